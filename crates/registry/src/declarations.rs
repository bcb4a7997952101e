//! Declaring learning: a draft, what it would earn, handing it in, and what reviewers decide.

use crate::access::{self, Action, Actor};
use crate::assessing::{self, Learned, Learner, year_of_record};
use crate::cases::{self, Case, Moved, NewCase, Taking};
use crate::determinations::COUNTING;
use crate::error::{Error, Refusal, Result, Why};
use crate::evidence::{FILE_BYTES_MAX, media_of};
use crate::facts::{Facts, to_json};
use crate::flow::DECLARATION;
use crate::params;
use crate::people::same_person;
use crate::registry::Registry;
use crate::review;
use crate::store::Tx;
use std::sync::Arc;
use xueshi_policy::{Assessment, Engine, Fault, Lang, ReadingEffect, Text, text};

/// What somebody declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// What it is called.
    pub title: String,
    /// Texts by column of the policies; `evidence` comes from the files attached.
    pub facts: Facts,
    /// The accepted record that it corrects.
    pub corrects: Option<i64>,
}

/// What a record would earn, beside everything that counts already.
#[derive(Debug)]
pub struct Trial {
    /// What is wrong with the facts; then nothing was assessed.
    pub faults: Vec<Fault>,
    /// Every duty of the year as it stands.
    pub before: Vec<Assessment>,
    /// Every duty with this record.
    pub after: Vec<Assessment>,
    /// Every duty with this record, as if every proof were there: what it would earn once they are.
    pub if_proven: Vec<Assessment>,
    /// The readings each result hangs on.
    pub readings: Vec<Vec<ReadingEffect>>,
    /// The id by which the results name the record.
    pub record: String,
}

/// A file to be attached.
#[derive(Clone, Debug)]
pub struct NewEvidence {
    /// What it proves, by the codes of the policies.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The draft's id in results, where it has no record yet. Larger than any record's, so that it comes last of one day.
const DRAFT: i64 = i64::MAX;

impl Registry {
    /// What a draft would earn. Nothing is kept.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn trial(&self, actor: &Actor, person: i64, declared: &Declared, proofs: &str) -> Result<Trial> {
        let year = year_of_record(&declared.facts).unwrap_or_else(|| i64::from(self.clock.today().year()));
        let learner = self.read(|tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::See, &thing)?;
            Learner::load(tx, thing.person, year, &COUNTING)
        })?;
        let mut facts = declared.facts.clone();
        facts.insert("evidence".to_owned(), proofs.to_owned());
        facts.insert("title".to_owned(), declared.title.clone());
        try_out(
            &self.engine,
            learner,
            year,
            Learned { id: DRAFT, state: "draft".to_owned(), year, title: declared.title.clone(), facts, corrects: declared.corrects, files: Vec::new() },
            declared.corrects,
        )
    }

    /// Keeps a draft. Its facts need not be whole yet.
    ///
    /// # Errors
    /// If the actor may not declare for the person, or it corrects what can not be corrected.
    pub fn declare(&self, actor: &Actor, person: i64, declared: &Declared) -> Result<i64> {
        let (actor, declared, now) = (actor.clone(), declared.clone(), self.now());
        let today = i64::from(self.clock.today().year());
        self.store.write_guarded(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Declare, &thing)?;
            check_title(&declared.title)?;
            if let Some(corrected) = declared.corrects {
                let accepted = tx.number(concat!("SELECT COUNT(*) FROM records WHERE id = ?1 AND ", same_person!("person", "?2"), " AND state = 'accepted'"), params![corrected, thing.person])?;
                if accepted == 0 {
                    return Err(Error::wrong_state());
                }
            }
            let record = tx.number(
                "INSERT INTO records (person, year, title, facts, corrects, organisation, state, entered_by, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'draft', ?7, ?8) RETURNING id",
                params![
                    thing.person,
                    year_of_record(&declared.facts).unwrap_or(today),
                    declared.title.trim(),
                    &to_json(&own_facts(&declared.facts)),
                    declared.corrects,
                    thing.organisation,
                    actor.account,
                    now
                ],
            )?;
            let new = NewCase { flow: DECLARATION.id, state: "draft", open: true, thing: &thing, record: Some(record), obligation: None, stage: None, holders: &[], due: None };
            let case = cases::open(tx, &actor, new, now)?;
            cases::keep_step(tx, &actor, case, Taking { step: "draft", to_state: "draft", stage: None, reason: "", entry: None }, now)?;
            Ok(case)
        })
    }

    /// Changes a draft, or one that was returned.
    ///
    /// # Errors
    /// If it changed since `version`, or is with a reviewer.
    pub fn revise(&self, actor: &Actor, case: i64, version: i64, declared: &Declared) -> Result<()> {
        let (actor, declared, now) = (actor.clone(), declared.clone(), self.now());
        self.store.write_guarded(move |tx| {
            let case = cases::get(tx, case)?;
            let record = editable(&actor, &case, version)?;
            check_title(&declared.title)?;
            tx.execute(
                "UPDATE records SET title = ?2, facts = ?3, year = COALESCE(CAST(?4 AS BIGINT), year), revision = revision + 1 WHERE id = ?1",
                params![record, declared.title.trim(), &to_json(&own_facts(&declared.facts)), year_of_record(&declared.facts)],
            )?;
            cases::move_on(tx, &case, Moved { state: &case.state, open: true, stage: None, holders: &[] }, now)
        })
    }

    /// Attaches a proof to a draft.
    ///
    /// # Errors
    /// If the file is too large or of a kind that is not accepted.
    pub fn attach(&self, actor: &Actor, case: i64, new: &NewEvidence) -> Result<i64> {
        self.attach_seen(actor, case, None, new)
    }

    /// The same to the version that was seen; nothing where any will do.
    ///
    /// # Errors
    /// See [`Registry::attach`]; also if it is another version by now.
    pub fn attach_seen(&self, actor: &Actor, case: i64, seen: Option<i64>, new: &NewEvidence) -> Result<i64> {
        let media = check_file(new)?;
        // Before the file is kept: who may not attach leaves nothing behind.
        self.read(|tx| {
            let case = cases::get(tx, case)?;
            cases::check(actor, &case, seen.unwrap_or(case.version), Action::Declare)
        })?;
        let digest = self.evidence.keep(&self.keys, &new.bytes)?;
        let (actor, kind, name, bytes, now) = (actor.clone(), new.kind.clone(), file_name(&new.name), new.bytes.len() as i64, self.now());
        self.write(move |tx| {
            let case = cases::get(tx, case)?;
            let record = editable(&actor, &case, seen.unwrap_or(case.version))?;
            cases::hold(tx, &case)?;
            tx.number(
                "INSERT INTO evidence (record, kind, name, media, bytes, digest, added_by, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
                params![record, &kind, &name, media, bytes, &digest, actor.account, now],
            )
        })
    }

    /// Takes a proof off a draft. The file stays where another record has it.
    ///
    /// # Errors
    /// If the record is with a reviewer.
    pub fn detach(&self, actor: &Actor, case: i64, evidence: i64) -> Result<()> {
        self.detach_seen(actor, case, None, evidence)
    }

    /// The same from the version that was seen; nothing where any will do.
    ///
    /// # Errors
    /// See [`Registry::detach`]; also if it is another version by now.
    pub fn detach_seen(&self, actor: &Actor, case: i64, seen: Option<i64>, evidence: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            let case = cases::get(tx, case)?;
            let record = editable(&actor, &case, seen.unwrap_or(case.version))?;
            cases::hold(tx, &case)?;
            let changed = tx.execute("UPDATE evidence SET removed_at = ?3 WHERE id = ?1 AND record = ?2 AND removed_at IS NULL", params![evidence, record, now])?;
            if changed == 1 { Ok(()) } else { Err(Error::not_found("证明材料", "proof")) }
        })
    }

    /// Hands a declaration in: it goes to the first stage of review that the policies name.
    ///
    /// # Errors
    /// If facts are missing or wrong.
    pub fn submit(&self, actor: &Actor, case: i64, version: i64) -> Result<()> {
        let (actor, engine, now) = (actor.clone(), Arc::clone(&self.engine), self.now());
        self.store.write_guarded(move |tx| {
            let case = cases::for_action(tx, &actor, case, version, Action::Declare)?;
            let step = DECLARATION.take("submit", &case.state, "")?;
            let (learner, learned) = learner_and_record(tx, &case)?;
            if let Some(fault) = assessing::faults(&engine, &learner, learned.year, &learned.facts)?.into_iter().next() {
                return Err(Error::Refused(Refusal { why: Why::Invalid, field: Some("facts"), text: worded(&fault) }));
            }
            let stages = review::of_declaration(&engine, &learner, learned.year)?;
            let first = stages.first().ok_or_else(|| Error::fault("no stage of review"))?;
            set_state(tx, &case, "waiting")?;
            cases::move_on(tx, &case, Moved { state: step.to, open: true, stage: Some(&first.id), holders: &first.holders }, now)?;
            cases::keep_step(tx, &actor, case.id, Taking { step: step.id, to_state: step.to, stage: None, reason: "", entry: None }, now)
        })
    }

    /// Takes a declaration back.
    ///
    /// # Errors
    /// If it was decided already.
    pub fn withdraw(&self, actor: &Actor, case: i64, version: i64) -> Result<()> {
        let (actor, now) = (actor.clone(), self.now());
        self.store.write_guarded(move |tx| {
            let case = cases::for_action(tx, &actor, case, version, Action::Declare)?;
            let step = DECLARATION.take("withdraw", &case.state, "")?;
            set_state(tx, &case, step.to)?;
            cases::move_on(tx, &case, Moved { state: step.to, open: false, stage: None, holders: &[] }, now)?;
            cases::keep_step(tx, &actor, case.id, Taking { step: step.id, to_state: step.to, stage: None, reason: "", entry: None }, now)
        })
    }
}

/// A fault under its column.
fn worded(fault: &Fault) -> Text {
    let (column, zh, en) = (&fault.column, &fault.message.zh, fault.message.get(Lang::En));
    text!("{column}：{zh}", "{column}: {en}")
}

/// Checks what a record is to be called.
///
/// # Errors
/// If it is empty or too long.
pub fn check_title(title: &str) -> Result<()> {
    let characters = title.trim().chars().count();
    if (1..=200).contains(&characters) {
        return Ok(());
    }
    Err(Error::invalid("title", "请填学习内容的名称，200 字以内。", "Say what was learnt, in at most 200 characters."))
}

/// What is kept of the facts: the title stands beside them, proofs come from the files.
fn own_facts(facts: &Facts) -> Facts {
    facts.iter().filter(|(column, _)| !["evidence", "title"].contains(&column.as_str())).map(|(column, value)| (column.clone(), value.clone())).collect()
}

/// A name without folders or control characters, at most 120 characters long.
pub(crate) fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).collect();
    let all: Vec<char> = clean.trim().chars().collect();
    if all.is_empty() { "proof".to_owned() } else { all[all.len().saturating_sub(120)..].iter().collect() }
}

/// What a file is: its media type.
///
/// # Errors
/// If it is too large, of a kind that is not accepted, or it is not said what it proves.
pub fn check_file(new: &NewEvidence) -> Result<&'static str> {
    if new.kind.trim().is_empty() {
        return Err(Error::invalid("kind", "请选择这是哪一种证明。", "Say which kind of proof this is."));
    }
    if new.bytes.len() > FILE_BYTES_MAX {
        let most = FILE_BYTES_MAX / 1024 / 1024;
        return Err(Error::invalid("file", format!("文件超过 {most} MB。请压缩图片或分开上传。"), format!("The file is larger than {most} MB. Make the picture smaller, or upload it in parts.")));
    }
    media_of(&new.bytes).ok_or_else(|| Error::invalid("file", "只收 PDF、JPEG、PNG。请拍照或另存为 PDF 后再传。", "PDF, JPEG and PNG are accepted. Take a photo, or save it as PDF."))
}

/// The record of a case that its owner may still change.
fn editable(actor: &Actor, case: &Case, version: i64) -> Result<i64> {
    cases::check(actor, case, version, Action::Declare)?;
    if !["draft", "returned"].contains(&case.state.as_str()) {
        return Err(Error::wrong_state());
    }
    case.record.ok_or_else(Error::wrong_state)
}

fn set_state(tx: &Tx<'_>, case: &Case, state: &str) -> Result<()> {
    tx.execute("UPDATE records SET state = ?2 WHERE id = ?1", params![case.record, state]).map(drop)
}

/// The person of a case with what counts, and the record of the case.
pub(crate) fn learner_and_record(tx: &Tx<'_>, case: &Case) -> Result<(Learner, Learned)> {
    let (Some(record), Some(year)) = (case.record, case.year) else { return Err(Error::wrong_state()) };
    let mut learner = Learner::load(tx, case.thing.person, year, &["draft", "waiting", "returned", "accepted", "rejected", "withdrawn", "corrected", "revoked"])?;
    let at = learner.records.iter().position(|learned| learned.id == record).ok_or_else(|| Error::not_found("记录", "record"))?;
    let learned = learner.records.remove(at);
    learner.records.retain(|learned| COUNTING.contains(&learned.state.as_str()));
    Ok((learner, learned))
}

/// A record beside what counts already.
pub(crate) fn try_out(engine: &Engine, mut learner: Learner, year: i64, record: Learned, corrects: Option<i64>) -> Result<Trial> {
    let faults = assessing::faults(engine, &learner, year, &record.facts)?;
    let before = learner.assess(engine, year, false)?;
    let id = record.id.to_string();
    if !faults.is_empty() {
        return Ok(Trial { faults, before, after: Vec::new(), if_proven: Vec::new(), readings: Vec::new(), record: id });
    }
    learner.records.retain(|other| Some(other.id) != corrects);
    learner.records.push(record);
    let after = learner.assess(engine, year, true)?;
    let if_proven = learner.assess_unproven(engine, year)?;
    let readings = after.iter().map(|result| learner.readings(engine, year, result)).collect::<Result<_>>()?;
    Ok(Trial { faults, before, after, if_proven, readings, record: id })
}
