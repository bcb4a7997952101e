//! A kept answer of a gate as a sheet. Nothing is asked anew: what is printed is what was answered.

use super::{all, clause, policy, said, words, words_of};
use serde_json::Value;
use xueshi_documents::{Asked, Endorsed, GateSheet, GateText, GateYear, Hours, Lack, Person, Text, Tone};
use xueshi_policy::{Engine, question_title};
use xueshi_registry::employer_years::Seal;
use xueshi_registry::flow::ENDORSEMENT;
use xueshi_registry::gates::GateShown;
use xueshi_registry::time::{day_of, minute_of};
use xueshi_registry::{PersonShown, StepTaken};

/// What the sheet of an answer says. `word` gives a word of the pages in both languages.
///
/// # Errors
/// If a word is missing.
pub(crate) fn gate<E>(engine: &Engine, (shown, person): (&GateShown, &PersonShown), word: impl Fn(&str) -> Result<Text, E>) -> Result<GateSheet, E> {
    let one = &shown.answered;
    let state = one.endorsement.as_deref().and_then(|state| ENDORSEMENT.state(state));
    Ok(GateSheet {
        number: one.id,
        person: Person { name: person.name.clone(), identity: person.identity_masked.replace('•', "*"), employer: person.employer.clone(), title: person.post.clone() },
        question: words_of(&question_title(&one.gate)),
        on: one.on.clone(),
        asked: Asked { at: minute_of(one.at), role: word(&format!("roles.{}", one.by.1))?, by: one.by.0.clone() },
        tone: tone(&one.answer),
        answer: word(&format!("gates.answer-{}", one.answer))?,
        texts: all(&one.result).map(|text| answered(engine, text, &word)).collect::<Result<_, E>>()?,
        endorsement: state.map(|state| Text::new(state.zh, state.en)),
        endorsed: shown.way.iter().map(|step| endorsed(shown, step, &word)).collect::<Result<_, E>>()?,
        facts: said(&one.basis["facts"]),
        policies: all(&one.basis["policies"]).map(|one| policy(one, engine)).collect(),
        engine: format!("xueshi {}", one.engine),
        entry: one.entry,
    })
}

fn tone(answer: &str) -> Tone {
    match answer {
        "yes" => Tone::Good,
        "no" => Tone::Short,
        _ => Tone::Open,
    }
}

fn answered<E>(engine: &Engine, one: &Value, word: &impl Fn(&str) -> Result<Text, E>) -> Result<GateText, E> {
    let answer = said(&one["answer"]);
    Ok(GateText {
        tone: tone(&answer),
        answer: word(&format!("gates.answer-{answer}"))?,
        strength: word(&format!("strengths.{}", said(&one["strength"])))?,
        message: words(&one["message"]),
        reason: words(&one["reason"]),
        clause: clause(&one["by"]["policy"], &one["by"]["cite"], engine),
        any_year: one["any_year"] == true,
        years: all(&one["years"]).map(year).collect(),
        papers: all(&one["papers"]).map(words).collect(),
    })
}

fn year(one: &Value) -> GateYear {
    let known = xueshi_policy::Status::ALL.into_iter().find(|status| one["status"].as_str() == Some(status.name()));
    let mut determined = all(&one["determined"]).peekable();
    let hours = determined.peek().and_then(|first| first["total"].as_i64()).map(Hours);
    GateYear {
        year: one["year"].as_i64().unwrap_or_default(),
        tone: match one["passes"].as_bool() {
            Some(true) => Tone::Good,
            Some(false) => Tone::Short,
            None => Tone::Open,
        },
        status: known.map(|status| words_of(&status.title())),
        hours,
        lacks: all(&one["lacks"]).map(|lack| Lack { name: words(&lack["title"]), short: Hours(lack["short"].as_i64().unwrap_or_default()) }).collect(),
        verified: determined.peek().is_some() && determined.all(|one| one["verified"] == true),
    }
}

fn endorsed<E>(shown: &GateShown, step: &StepTaken, word: &impl Fn(&str) -> Result<Text, E>) -> Result<Endorsed, E> {
    let stamp = step.entry.and_then(|entry| shown.stamps.iter().find(|stamp| stamp.entry == entry));
    let known = ENDORSEMENT.steps.iter().find(|known| known.id == step.step);
    Ok(Endorsed {
        on: day_of(step.at),
        step: known.map_or_else(|| word("gates.requested"), |known| Ok(Text::new(known.zh, known.en)))?,
        office: stamp.and_then(|stamp| stamp.office.clone()),
        role: word(&format!("roles.{}", step.role))?,
        by: step.by.clone(),
        opinion: step.reason.clone(),
        seal: stamp.and_then(|stamp| stamp.seal).map(|seal| word(&format!("seals.{}", Seal::word(seal)))).transpose()?,
        entry: step.entry,
    })
}
