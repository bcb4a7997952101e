//! A case as an officer sees it: what was declared beside its proofs, what it would earn, what this stage checks, its way, the decisions open.

use super::{days_since, earns, is_old};
use crate::web::errors::Failed;
use crate::web::law::Cite;
use crate::web::pages::people::grants;
use crate::web::pages::person::form::form_of;
use crate::web::result::{self, Earlier, Kept};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::Visit;
use serde::Serialize;
use std::sync::Arc;
use xueshi_policy::{FactType, Lang, Schema, Stack, Text};
use xueshi_registry::flow::{Flow, Step};
use xueshi_registry::{CaseShown, Learned, ReviewStage, StepTaken, time};

/// The case.
#[derive(Serialize)]
pub(super) struct Shown {
    id: i64,
    version: i64,
    /// The flow's word.
    flow: &'static str,
    title: String,
    person: i64,
    name: String,
    who: String,
    year: i64,
    state: String,
    /// How the state is coloured.
    chip: &'static str,
    /// Whole days since it stands so; nothing where nobody waits.
    days: Option<i64>,
    old: bool,
    due: String,
    corrects: bool,
    /// The regulation shows a form of recognition.
    form: bool,
    twins: Vec<TwinShown>,
    facts: Vec<(String, String)>,
    faults: Vec<String>,
    earns: Option<earns::Earns>,
    told: Option<Kept>,
    frozen: bool,
    /// What was verified before it.
    earlier: Vec<Earlier>,
    proofs: Vec<Proof>,
    stage: Option<StageShown>,
    /// The stage that follows when this one is passed.
    next_stage: String,
    /// Exemptions, reasons and discipline of a year under verification.
    grants: Vec<grants::Line>,
    way: Vec<Taken>,
    steps: Vec<Button>,
    /// Nothing but a step that needs a reason is open.
    only_with_reason: bool,
    /// It counts already.
    counts: bool,
    /// Some step has a key.
    keys: bool,
    suggestions: Vec<String>,
}

/// Another case with the same file.
#[derive(Serialize)]
struct TwinShown {
    case: i64,
    name: String,
    title: String,
    year: i64,
    state: String,
}

#[derive(Serialize)]
struct Proof {
    id: i64,
    kind: String,
    name: String,
    image: bool,
    kilobytes: i64,
    elsewhere: i64,
}

#[derive(Serialize)]
struct StageShown {
    title: String,
    checks: Vec<String>,
    /// Nothing where the texts are silent and the installation's setting fills the gap.
    cites: Vec<Cite>,
    silent: bool,
}

/// A step of the way.
#[derive(Serialize)]
pub(in crate::web) struct Taken {
    at: String,
    by: String,
    role: String,
    step: String,
    reason: String,
    entry: Option<i64>,
}

/// A step that is open.
#[derive(Serialize)]
pub(in crate::web) struct Button {
    id: &'static str,
    title: String,
    key: String,
    reason: bool,
    /// `btn`, `btn quiet` or `btn stop`.
    class: &'static str,
}

/// One of two words, in the language of the page.
pub(super) fn said(visit: &Visit, zh: &'static str, en: &'static str) -> &'static str {
    if visit.lang == Lang::En { en } else { zh }
}

/// A state of a flow in words.
pub(in crate::web) fn state_word(visit: &Visit, flow: &Flow, state: &str) -> &'static str {
    flow.state(state).map(|state| said(visit, state.zh, state.en)).unwrap_or_default()
}

/// How a state is coloured.
pub(in crate::web) fn state_chip(state: &str) -> &'static str {
    match state {
        "accepted" | "verified" | "done" | "merged" | "granted" => "ok",
        "waiting" | "returned" | "reopened" | "recorded" | "objected" => "wait",
        "rejected" | "revoked" | "refused" | "undone" | "upheld" => "no",
        _ => "",
    }
}

/// A case for its page. `limit`: days after which it is late.
///
/// # Errors
/// If a word is missing.
pub(super) fn shown(app: &App, visit: &Visit, case: &CaseShown, limit: i64, now: i64) -> Result<Shown, Failed> {
    let year = case.record.as_ref().map(|record| record.year).or(case.determination.as_ref().map(|one| one.year)).unwrap_or_default();
    let stacks = stacks(app, case, year)?;
    let teller = Teller::new(app, visit);
    let days = days_since(case.since, now);
    let waits = case.stage.is_some();
    let earns = case.trial.as_ref().map(|trial| earns::of(&teller, trial)).transpose()?.flatten();
    let mut suggestions = Vec::new();
    if case.steps.iter().any(|step| step.id == "return") {
        suggestions.extend(earns.as_ref().and_then(|earns| earns.reason().map(str::to_owned)));
        for key in ["desk.why-unclear", "desk.why-differs", "desk.why-days", "desk.why-own-field"] {
            suggestions.push(visit.word(key, &[])?);
        }
    }
    Ok(Shown {
        id: case.id,
        version: case.version,
        flow: case.flow.id,
        title: title(visit, case, year)?,
        person: case.person.id,
        name: case.person.name.clone(),
        who: [case.person.post.as_str(), case.person.employer.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        year,
        state: case.stage.as_ref().map_or_else(|| state_word(visit, case.flow, &case.state).to_owned(), |stage| visit.say(&stage.title).to_owned()),
        chip: state_chip(&case.state),
        days: waits.then_some(days),
        old: waits && is_old(case.due.as_deref(), days, limit, now),
        due: case.due.clone().unwrap_or_default(),
        corrects: case.corrects.is_some(),
        form: form_of(case, &stacks).is_some(),
        twins: case
            .twins
            .iter()
            .map(|twin| TwinShown { case: twin.case, name: twin.name.clone(), title: twin.title.clone(), year: twin.year, state: state_word(visit, case.flow, &twin.state).to_owned() })
            .collect(),
        facts: case.record.as_ref().map(|record| facts(visit, &stacks, record)).transpose()?.unwrap_or_default(),
        faults: case.trial.iter().flat_map(|trial| &trial.faults).map(|fault| fault_words(visit, &stacks, fault)).collect(),
        earns,
        told: case.determination.as_ref().map(|one| result::kept(&teller, &one.result)).transpose()?,
        frozen: case.determination.as_ref().is_some_and(|one| one.frozen),
        earlier: result::earlier(&teller, &case.earlier)?,
        proofs: proofs(visit, &stacks, case),
        stage: case.stage.as_ref().map(|stage| stage_shown(&teller, stage)).transpose()?,
        next_stage: case.next_stage.as_ref().map(|stage| visit.say(&stage.title).to_owned()).unwrap_or_default(),
        grants: case.grants.iter().map(|one| grants::line(visit, one)).collect::<Result<_, _>>()?,
        way: case.way.iter().map(|step| taken(visit, case.flow, step)).collect::<Result<_, _>>()?,
        steps: case.steps.iter().filter(|step| step.action != xueshi_registry::Action::Declare).map(|step| button(visit, step, case.next_stage.is_some())).collect::<Result<_, _>>()?,
        only_with_reason: case.steps.iter().all(|step| step.reason),
        counts: case.state == "accepted",
        keys: case.steps.iter().any(|step| step.key.is_some()),
        suggestions,
    })
}

fn title(visit: &Visit, case: &CaseShown, year: i64) -> Result<String, Failed> {
    match &case.record {
        Some(record) => Ok(record.title.clone()),
        None => visit.word("desk.year-of", &[("year", &year.to_string()), ("name", &case.person.name)]),
    }
}

fn stacks(app: &App, case: &CaseShown, year: i64) -> Result<Arc<Vec<Arc<Stack>>>, Failed> {
    let year = i16::try_from(year).map_err(|error| Failed::Internal(error.to_string()))?;
    app.engine.stacks(&case.person.region, case.person.sector.as_deref(), year).map_err(|found| Failed::Internal(format!("{} policies do not compile", found.len())))
}

/// The column of a fact in the first stack that knows it.
fn column<'s>(stacks: &'s [Arc<Stack>], name: &str) -> Option<(&'s Schema, usize)> {
    stacks.iter().find_map(|stack| Some((stack.schema(), stack.schema().find(name)?)))
}

/// A value as people say it.
fn value(visit: &Visit, stacks: &[Arc<Stack>], name: &str, text: &str) -> String {
    let Some((schema, at)) = column(stacks, name) else { return text.to_owned() };
    let about = &schema.columns[at];
    let code = |part: &str| schema.code(at, part).and_then(|code| about.codes.get(usize::from(code))).map_or_else(|| part.to_owned(), |code| visit.say(&code.title).to_owned());
    match about.kind {
        FactType::Code | FactType::Codes => text.split([';', '；']).map(str::trim).filter(|part| !part.is_empty()).map(code).collect::<Vec<_>>().join(visit.say(&Text::new("、", ", "))),
        FactType::YesNo => match text {
            "yes" | "true" | "1" | "是" => visit.say(&Text::new("是", "yes")).to_owned(),
            "no" | "false" | "0" | "否" => visit.say(&Text::new("否", "no")).to_owned(),
            other => other.to_owned(),
        },
        _ => text.to_owned(),
    }
}

/// What was stated: days and quantity first, then the rest as the policies order it.
fn facts(visit: &Visit, stacks: &[Arc<Stack>], record: &Learned) -> Result<Vec<(String, String)>, Failed> {
    const TOGETHER: [&str; 5] = ["start", "end", "quantity", "unit", "evidence"];
    let of = |name: &str| record.facts.get(name).filter(|text| !text.is_empty()).map(|text| value(visit, stacks, name, text));
    let mut all = Vec::new();
    let mut rest: Vec<(usize, &String, &String)> = Vec::new();
    for (name, text) in record.facts.iter().filter(|(name, text)| !TOGETHER.contains(&name.as_str()) && !text.is_empty() && **text != record.title) {
        rest.push((column(stacks, name).map_or(usize::MAX, |(_, at)| at), name, text));
    }
    rest.sort_unstable();
    let label = |name: &str| column(stacks, name).map_or_else(|| name.to_owned(), |(schema, at)| capital(visit.say(&schema.columns[at].title)));
    all.extend(rest.into_iter().map(|(_, name, text)| (label(name), value(visit, stacks, name, text))));
    let days = match (of("start"), of("end")) {
        (Some(start), Some(end)) if start != end => visit.word("desk.from-to", &[("from", &start), ("to", &end)])?,
        (start, end) => end.or(start).unwrap_or_default(),
    };
    all.push((visit.word("desk.days-of", &[])?, days));
    let quantity = [of("quantity"), of("unit")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    all.push((visit.word("desk.quantity", &[])?, quantity));
    all.retain(|(_, text)| !text.is_empty());
    Ok(all)
}

fn fault_words(visit: &Visit, stacks: &[Arc<Stack>], fault: &xueshi_policy::Fault) -> String {
    let name = column(stacks, &fault.column).map_or_else(|| fault.column.clone(), |(schema, at)| visit.say(&schema.columns[at].title).to_owned());
    visit.say(&Text::new(format!("{name}：{}", fault.message.zh), format!("{name}: {}", fault.message.get(Lang::En)))).to_owned()
}

fn proofs(visit: &Visit, stacks: &[Arc<Stack>], case: &CaseShown) -> Vec<Proof> {
    let proof = |line: &xueshi_registry::ProofLine| Proof {
        id: line.id,
        kind: value(visit, stacks, "evidence", &line.kind),
        name: line.name.clone(),
        image: line.media.starts_with("image/"),
        kilobytes: (line.bytes + 1023) / 1024,
        elsewhere: line.elsewhere,
    };
    case.proofs.iter().map(proof).collect()
}

fn stage_shown(teller: &Teller<'_>, stage: &ReviewStage) -> Result<StageShown, Failed> {
    let cites = stage.cite.as_ref().map(|(policy, clauses)| teller.cites_of(policy, clauses.iter().map(String::as_str))).transpose()?;
    Ok(StageShown {
        title: teller.visit.say(&stage.title).to_owned(),
        checks: stage.checks.iter().map(|check| teller.visit.say(check).to_owned()).collect(),
        silent: cites.is_none(),
        cites: cites.unwrap_or_default(),
    })
}

/// A step as pages tell it.
///
/// # Errors
/// If a word is missing.
pub(in crate::web) fn taken(visit: &Visit, flow: &Flow, step: &StepTaken) -> Result<Taken, Failed> {
    let known = flow.steps.iter().find(|known| known.id == step.step);
    let word = match known {
        // A review that passes to another stage is not the last word; how a record began says so whatever came of it.
        Some(known) if known.to != step.to_state && !known.from.is_empty() => visit.word("desk.passed", &[])?,
        Some(known) => said(visit, known.zh, known.en).to_owned(),
        None => visit.word(&format!("desk.way-{}", step.step), &[])?,
    };
    let role = visit.word(&format!("roles.{}", step.role), &[])?;
    Ok(Taken { at: time::minute_of(step.at), by: step.by.clone(), role, step: word, reason: step.reason.clone(), entry: step.entry })
}

/// A step as a button.
///
/// # Errors
/// If a word is missing.
pub(in crate::web) fn button(visit: &Visit, step: &'static Step, passes_on: bool) -> Result<Button, Failed> {
    let class = match step.id {
        "accept" | "verify" | "approve" => "btn",
        "return" | "reopen" | "withdraw" => "btn quiet",
        _ => "btn stop",
    };
    let on = passes_on && ["accept", "verify"].contains(&step.id);
    let title = if on { visit.word("desk.pass-on", &[])? } else { said(visit, step.zh, step.en).to_owned() };
    Ok(Button { id: step.id, title: capital(&title), key: step.key.map(|key| key.to_ascii_uppercase().to_string()).unwrap_or_default(), reason: step.reason, class })
}

/// The words with a capital letter, as a button has.
fn capital(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
