//! Yearly verification (年度审验): what a year came to is looked at, and frozen.

use crate::access::{self, Action, Actor};
use crate::assessing::Learner;
use crate::cases::{self, Case, Moved, NewCase, Taking};
use crate::determinations::{self, COUNTING, Standing};
use crate::employer_years;
use crate::error::{Error, Result};
use crate::flow::VERIFICATION;
use crate::ledger::{self, NewEntry};
use crate::many;
use crate::params;
use crate::registry::Registry;
use crate::review::{self, ReviewStage};
use crate::store::Tx;
use crate::years::{STANDING, of_year};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;
use xueshi_policy::Engine;

/// What is verified of a year with one opinion.
#[derive(Clone, Debug, Default)]
pub struct YearWanted {
    /// The year.
    pub year: i64,
    /// One employer's people; 0 for everybody in reach.
    pub employer: i64,
    /// Those of one status as determined, such as `met`; empty for all.
    pub status: String,
    /// What is written of each (审验意见).
    pub opinion: String,
}

/// Some hundred of many were done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many.
    pub done: usize,
    /// Where to go on; nothing at the end.
    pub next: Option<i64>,
}

impl Registry {
    /// Opens the verification of a year for everybody in the actor's reach for whom it is not open yet. Gives how many were opened.
    ///
    /// # Errors
    /// If the actor's role never verifies.
    pub fn open_year(&self, actor: &Actor, year: i64, progress: impl FnMut(usize)) -> Result<usize> {
        in_batches(progress, |after| self.open_batch(actor, year, after))
    }

    /// The next people of [`Registry::open_year`] after a person's id, in one transaction. What is verified already stays as it is.
    ///
    /// # Errors
    /// If the actor's role never verifies.
    pub fn open_batch(&self, actor: &Actor, year: i64, after: i64) -> Result<Batch> {
        actor.must_ever(Action::Verify)?;
        let (actor, engine, now) = (actor.clone(), Arc::clone(&self.engine), self.now());
        self.write(move |tx| open_some(tx, &engine, &actor, year, after, now))
    }

    /// Takes a step of verification: `verify`, with an opinion, freezes the year after the last stage; `reopen` needs a reason.
    ///
    /// # Errors
    /// If the actor may not, or the case changed since `version`.
    pub fn verify_year(&self, actor: &Actor, case: i64, version: i64, step: &str, opinion: &str) -> Result<()> {
        let (actor, engine, step, opinion, now) = (actor.clone(), Arc::clone(&self.engine), step.to_owned(), opinion.to_owned(), self.now());
        self.write(move |tx| take(tx, &engine, &actor, (case, version), &step, &opinion, now))
    }

    /// Verifies everybody that the actor may, with one opinion, as [`Registry::verify_year`] does one by one. Gives how many were.
    ///
    /// # Errors
    /// If the actor's role never verifies.
    pub fn verify_many(&self, actor: &Actor, wanted: &YearWanted, progress: impl FnMut(usize)) -> Result<usize> {
        in_batches(progress, |after| self.verify_batch(actor, wanted, after))
    }

    /// The next cases of [`Registry::verify_many`] after a case's id, in one transaction.
    ///
    /// # Errors
    /// If the actor's role never verifies.
    pub fn verify_batch(&self, actor: &Actor, wanted: &YearWanted, after: i64) -> Result<Batch> {
        actor.must_ever(Action::Verify)?;
        let (actor, engine, wanted, now) = (actor.clone(), Arc::clone(&self.engine), wanted.clone(), self.now());
        self.write(move |tx| verify_some(tx, &engine, &actor, &wanted, after, now))
    }
}

/// Runs batches until one has nothing left, telling how many were done.
fn in_batches(mut progress: impl FnMut(usize), mut batch: impl FnMut(i64) -> Result<Batch>) -> Result<usize> {
    let (mut after, mut done) = (0, 0);
    loop {
        let Batch { done: some, next } = batch(after)?;
        let Some(next) = next else { return Ok(done) };
        (after, done) = (next, done + some);
        progress(done);
    }
}

/// Opens a year for the next people after a person's id.
pub(crate) fn open_some(tx: &Tx<'_>, engine: &Engine, actor: &Actor, year: i64, after: i64, now: i64) -> Result<Batch> {
    let filter = actor.filter(Action::See, access::POSTS, 3);
    let sql = format!(
        "SELECT DISTINCT p.person FROM posts p JOIN organisations o ON o.id = p.organisation WHERE p.valid_to IS NULL AND p.main = 1 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.id = p.person AND x.merged_in IS NOT NULL) AND p.person > ?1
         AND NOT EXISTS (SELECT 1 FROM obligations y JOIN cases c ON c.obligation = y.id WHERE y.person = p.person AND y.year = ?2 AND c.open = 0) AND {} ORDER BY p.person LIMIT ?3",
        filter.sql
    );
    let people: Vec<i64> = tx.all(&sql, &filter.params(params![after, year, many_at_once()?]), |row| row.get(0))?;
    let done = open_for(tx, engine, actor, &people, year, now)?;
    Ok(Batch { done, next: people.last().copied() })
}

fn many_at_once() -> Result<i64> {
    i64::try_from(many::AT_ONCE).map_err(Error::fault)
}

/// The stages of verification by place, sector and year: asked for once a batch.
struct Stages<'e> {
    engine: &'e Engine,
    year: i64,
    known: HashMap<(String, Option<String>), Rc<Vec<ReviewStage>>>,
}

impl Stages<'_> {
    fn of(&mut self, learner: &Learner) -> Result<Rc<Vec<ReviewStage>>> {
        let key = (learner.region.clone(), learner.sector.clone());
        if let Some(known) = self.known.get(&key) {
            return Ok(Rc::clone(known));
        }
        let stages = Rc::new(review::of_verification(self.engine, learner, self.year)?);
        self.known.insert(key, Rc::clone(&stages));
        Ok(stages)
    }
}

fn first_of(stages: &[ReviewStage]) -> Result<&ReviewStage> {
    stages.first().ok_or_else(|| Error::fault("no stage of verification"))
}

fn open_for(tx: &Tx<'_>, engine: &Engine, actor: &Actor, people: &[i64], year: i64, now: i64) -> Result<usize> {
    let members = many::load(tx, people, year, &COUNTING)?;
    let standing = many::determine(tx, engine, &members, year, &|_, _| false, now)?;
    let mut stages = Stages { engine, year, known: HashMap::new() };
    let (open, mut opened) = (with_case(tx, &standing)?, 0);
    for member in &members {
        let stages = stages.of(&member.learner)?;
        let first = first_of(&stages)?;
        let due = first.until.as_ref().map(|until| format!("{}-{until}", year + 1));
        employer_years::begin(tx, member, year, due.as_deref(), now)?;
        for one in standing.iter().filter(|one| one.person == member.learner.person && !open.contains(&one.obligation)) {
            let new = NewCase {
                flow: VERIFICATION.id,
                state: "waiting",
                open: true,
                thing: &member.thing,
                record: None,
                obligation: Some(one.obligation),
                stage: Some(&first.id),
                holders: &first.holders,
                due: due.as_deref(),
            };
            let case = cases::open_at(tx, actor, new, member.jurisdiction, now)?;
            cases::keep_step(tx, actor, case, Taking { step: "open", to_state: "waiting", stage: None, reason: "", entry: None }, now)?;
            opened += 1;
        }
    }
    Ok(opened)
}

/// The obligations that have a case already.
fn with_case(tx: &Tx<'_>, standing: &[Standing]) -> Result<HashSet<i64>> {
    let sql = format!("SELECT obligation FROM cases WHERE obligation IN ({})", many::places(1));
    let ids: Vec<i64> = standing.iter().map(|one| one.obligation).collect();
    let mut open = HashSet::new();
    for some in ids.chunks(many::AT_ONCE) {
        tx.each(&sql, &many::with_ids(&[], some), |row| {
            open.insert(row.get(0)?);
            Ok(())
        })?;
    }
    Ok(open)
}

/// Verifies the next cases after a case's id.
pub(crate) fn verify_some(tx: &Tx<'_>, engine: &Engine, actor: &Actor, wanted: &YearWanted, after: i64, now: i64) -> Result<Batch> {
    let cases = waiting(tx, actor, wanted, after)?;
    verify_all(tx, engine, actor, &cases, wanted, now)?;
    Ok(Batch { done: cases.len(), next: cases.last().map(|case| case.id) })
}

/// A case that waits to be verified.
struct Waiting {
    id: i64,
    person: i64,
    obligation: i64,
    duty: String,
    stage: Option<String>,
}

/// Cases that the actor may verify now, by id.
fn waiting(tx: &Tx<'_>, actor: &Actor, wanted: &YearWanted, after: i64) -> Result<Vec<Waiting>> {
    let filter = actor.filter(Action::Verify, access::STUDY, 5);
    let sql = format!(
        "SELECT c.id, COALESCE(x.merged_in, x.id), c.obligation, o.duty, c.stage FROM cases c JOIN obligations o ON o.id = c.obligation JOIN people x ON x.id = c.person
         WHERE {} AND c.open = 1 AND c.id > ?3 AND (?4 = '' OR {STANDING} = ?4) AND {} ORDER BY c.id LIMIT ?5",
        of_year(wanted.employer),
        filter.sql
    );
    let values = filter.params(params![wanted.year, wanted.employer, after, &wanted.status, many_at_once()?]);
    tx.all(&sql, &values, |row| Ok(Waiting { id: row.get(0)?, person: row.get(1)?, obligation: row.get(2)?, duty: row.get(3)?, stage: row.get(4)? }))
}

/// Passes cases on, or freezes their years where this was the last stage.
fn verify_all(tx: &Tx<'_>, engine: &Engine, actor: &Actor, cases: &[Waiting], wanted: &YearWanted, now: i64) -> Result<()> {
    let mut people: Vec<i64> = cases.iter().map(|case| case.person).collect();
    people.sort_unstable();
    people.dedup();
    let members = many::load(tx, &people, wanted.year, &COUNTING)?;
    let mut stages = Stages { engine, year: wanted.year, known: HashMap::new() };
    let mut onward: HashMap<i64, Option<ReviewStage>> = HashMap::new();
    let learners: HashMap<i64, &Learner> = members.iter().map(|member| (member.learner.person, &member.learner)).collect();
    for case in cases {
        let learner = learners.get(&case.person).ok_or_else(|| Error::not_found("人员", "person"))?;
        onward.insert(case.id, review::after(&stages.of(learner)?, case.stage.as_deref()).cloned());
    }
    let ended = |case: &&Waiting| onward.get(&case.id).is_some_and(Option::is_none);
    let freeze: HashSet<(i64, &str)> = cases.iter().filter(ended).map(|case| (case.person, case.duty.as_str())).collect();
    let people: HashSet<i64> = freeze.iter().map(|(person, _)| *person).collect();
    let frozen: Vec<many::Member> = members.iter().filter(|member| people.contains(&member.learner.person)).cloned().collect();
    let standing = many::determine(tx, engine, &frozen, wanted.year, &|person, duty| freeze.contains(&(person, duty)), now)?;
    let mut determinations: HashMap<i64, i64> = standing.iter().map(|one| (one.obligation, one.determination)).collect();
    for case in cases {
        let next = onward.remove(&case.id).flatten();
        let last = match determinations.remove(&case.obligation) {
            Some(id) => Some(id),
            None => determinations::last_id(tx, Some(case.obligation))?,
        };
        let (kind, state) = if next.is_some() { ("stage-passed", "waiting") } else { ("year-verified", "verified") };
        let about = About { case: case.id, person: case.person, obligation: Some(case.obligation), stage: case.stage.as_deref(), determination: last };
        let entry = enter(tx, actor, about, kind, &wanted.opinion, now)?;
        let to = match &next {
            Some(next) => Moved { state, open: true, stage: Some(&next.id), holders: &next.holders },
            None => Moved { state, open: false, stage: None, holders: &[] },
        };
        cases::move_read(tx, case.id, to, now)?;
        let stage = case.stage.as_deref().or(Some("verify"));
        cases::keep_step(tx, actor, case.id, Taking { step: "verify", to_state: state, stage, reason: &wanted.opinion, entry: Some(entry) }, now)?;
    }
    Ok(())
}

pub(crate) fn take(tx: &Tx<'_>, engine: &Engine, actor: &Actor, (case, version): (i64, i64), step: &str, opinion: &str, now: i64) -> Result<()> {
    let case = cases::seen(tx, actor, case)?;
    let step = VERIFICATION.take(step, &case.state, opinion)?;
    cases::check(actor, &case, version, step.action)?;
    let obligation = case.obligation.ok_or_else(Error::wrong_state)?;
    let (year, duty) = tx
        .first("SELECT year, duty FROM obligations WHERE id = ?1", params![obligation], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)))?
        .ok_or_else(|| Error::not_found("义务", "obligation"))?;
    let learner = Learner::load(tx, case.thing.person, year, &COUNTING)?;
    let stages = review::of_verification(engine, &learner, year)?;
    if step.id == "reopen" {
        let entry = enter(tx, actor, about(tx, &case)?, "year-reopened", opinion, now)?;
        let first = first_of(&stages)?;
        cases::move_on(tx, &case, Moved { state: step.to, open: true, stage: Some(&first.id), holders: &first.holders }, now)?;
        return cases::keep_step(tx, actor, case.id, Taking { step: step.id, to_state: step.to, stage: None, reason: opinion, entry: Some(entry) }, now);
    }
    if let Some(next) = review::after(&stages, case.stage.as_deref()) {
        let entry = enter(tx, actor, about(tx, &case)?, "stage-passed", opinion, now)?;
        cases::move_on(tx, &case, Moved { state: "waiting", open: true, stage: Some(&next.id), holders: &next.holders }, now)?;
        return cases::keep_step(tx, actor, case.id, Taking { step: step.id, to_state: "waiting", stage: case.stage.as_deref(), reason: opinion, entry: Some(entry) }, now);
    }
    determinations::determine(tx, engine, case.thing.person, year, Some(&duty), now)?;
    let entry = enter(tx, actor, about(tx, &case)?, "year-verified", opinion, now)?;
    cases::move_on(tx, &case, Moved { state: step.to, open: false, stage: None, holders: &[] }, now)?;
    let stage = case.stage.as_deref().or(Some(step.id));
    cases::keep_step(tx, actor, case.id, Taking { step: step.id, to_state: step.to, stage, reason: opinion, entry: Some(entry) }, now)
}

/// What an entry of verification is about.
#[derive(Clone, Copy)]
struct About<'a> {
    case: i64,
    person: i64,
    obligation: Option<i64>,
    stage: Option<&'a str>,
    /// The determination that stands.
    determination: Option<i64>,
}

fn about<'a>(tx: &Tx<'_>, case: &'a Case) -> Result<About<'a>> {
    Ok(About { case: case.id, person: case.thing.person, obligation: case.obligation, stage: case.stage.as_deref(), determination: determinations::last_id(tx, case.obligation)? })
}

fn enter(tx: &Tx<'_>, actor: &Actor, about: About<'_>, kind: &str, opinion: &str, now: i64) -> Result<i64> {
    let body = json!({ "case": about.case, "stage": about.stage, "by": actor.account, "role": actor.held.role.word(), "opinion": opinion.trim(), "determination": about.determination });
    ledger::enter(tx, &NewEntry { kind, person: Some(about.person), record: None, obligation: about.obligation, body: &body }, now)
}
