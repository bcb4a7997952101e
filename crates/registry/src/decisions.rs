//! What reviewers decide about declarations: prepared beside the writer, kept if nothing it rests on has changed.
//!
//! Reading, assessing and sealing take longer than writing, and go on for many people at once. A decision rests on its case, every step of
//! which raises `cases.version`, and on what else counts for the person, every change of which leads to a determination and so raises
//! `people.version` (by trigger). The transaction that keeps a decision begins by comparing and raising both; what was prepared from an
//! earlier state is prepared again. So two decisions about one person never count without each other, and of two about one case one is kept.
//! The two updates lock their rows to the end of the transaction: PostgreSQL needs no serializable reads here.

use crate::access::{Action, Actor};
use crate::assessing::{Learned, Learner};
use crate::cases::{self, Case, Moved, Taking};
use crate::declarations::learner_and_record;
use crate::determinations::{self, NewDetermination, Obligations, Outcome};
use crate::error::{Error, Result};
use crate::flow::{DECLARATION, Step};
use crate::ledger::{self, NewEntry, Sealed};
use crate::params;
use crate::registry::Registry;
use crate::review;
use crate::store::Tx;
use serde_json::json;
use std::sync::Arc;
use xueshi_policy::Engine;

/// How often a decision is prepared beside the writer, before it is prepared by it.
const ATTEMPTS: usize = 8;

impl Registry {
    /// Takes a step of review: `accept`, `return`, `reject`, or `revoke` of what was accepted. What is accepted at the last stage
    /// is entered in the ledger with what it earns.
    ///
    /// # Errors
    /// If the actor may not, the case changed since `version`, or a reason is missing.
    pub fn decide(&self, actor: &Actor, case: i64, version: i64, step: &str, reason: &str) -> Result<()> {
        let now = self.now();
        for _ in 0..ATTEMPTS {
            let seen = self.read(|tx| Seen::read(tx, actor, (case, version), step, reason))?;
            let decision = seen.decide(&self.engine, actor, reason, now)?;
            match self.store.write_once(move |tx| decision.keep(tx)) {
                Err(Error::Busy) => {}
                done => return done,
            }
        }
        let (actor, engine, step, reason) = (actor.clone(), Arc::clone(&self.engine), step.to_owned(), reason.to_owned());
        self.write(move |tx| Seen::read(tx, &actor, (case, version), &step, &reason)?.decide(&engine, &actor, &reason, now)?.keep(tx))
    }
}

/// What a decision rests on, as it was read.
struct Seen {
    case: Case,
    step: &'static Step,
    /// What else counts for the person.
    learner: Learner,
    learned: Learned,
    obligations: Obligations,
}

impl Seen {
    fn read(tx: &Tx<'_>, actor: &Actor, (case, version): (i64, i64), step: &str, reason: &str) -> Result<Self> {
        let case = cases::seen(tx, actor, case)?;
        let step = DECLARATION.take(step, &case.state, reason)?;
        if step.action == Action::Declare {
            return Err(Error::not_allowed());
        }
        cases::check(actor, &case, version, step.action)?;
        let (learner, learned) = learner_and_record(tx, &case)?;
        let obligations = determinations::obligations(tx, case.thing.person, learned.year)?;
        Ok(Self { case, step, learner, learned, obligations })
    }

    /// What follows from the step: everything that is to be written.
    fn decide(self, engine: &Engine, actor: &Actor, reason: &str, now: i64) -> Result<Decision> {
        let Self { case, step, mut learner, mut learned, obligations } = self;
        let stages = review::of_declaration(engine, &learner, learned.year)?;
        let next = review::after(&stages, case.stage.as_deref()).filter(|_| step.id == "accept");
        let kind = if next.is_some() { Some("stage-passed") } else { step.entry };
        let entry = kind.map(|kind| sealed(kind, actor, &case, &learned, reason, now)).transpose()?;
        let mut decision = Decision {
            actor: actor.clone(),
            step: step.id,
            to: if next.is_some() { "waiting" } else { step.to },
            stage: case.stage.clone().or_else(|| next.is_none().then(|| step.id.to_owned())).filter(|_| step.action == Action::Review),
            next: next.map(|next| (next.id.clone(), next.holders.clone())),
            reason: reason.to_owned(),
            record: learned.id,
            year: learned.year,
            corrects: None,
            entry,
            determined: None,
            case,
            now,
        };
        if next.is_none() && ["accept", "revoke"].contains(&step.id) {
            if step.id == "accept" {
                decision.corrects = learned.corrects;
                learner.records.retain(|other| Some(other.id) != learned.corrects);
                learned.state = "accepted".to_owned();
                let at = learner.records.partition_point(|other| other.id < learned.id);
                learner.records.insert(at, learned);
            }
            let mut all = Vec::new();
            for computed in determinations::compute(engine, &learner, decision.year)? {
                let stands = obligations.get(&computed.duty).and_then(|known| known.1.as_ref());
                if let Outcome::New(new) = determinations::outcome(computed, learner.person, stands, false, now)? {
                    all.push(*new);
                }
            }
            decision.determined = Some((learner, obligations, all));
        }
        Ok(decision)
    }
}

/// The entry of a step, with the facts as they were judged.
fn sealed(kind: &str, actor: &Actor, case: &Case, learned: &Learned, reason: &str, now: i64) -> Result<Sealed> {
    let files: Vec<_> = learned.files.iter().map(|(kind, digest)| json!({ "kind": kind, "sha256": digest })).collect();
    let body = json!({
        "case": case.id, "stage": case.stage, "by": actor.account, "role": actor.held.role.word(), "reason": reason.trim(),
        "title": learned.title, "year": learned.year, "facts": learned.facts, "evidence": files,
    });
    Sealed::new(kind, Some(case.thing.person), Some(learned.id), &body.to_string(), now)
}

/// A decision, ready to be written.
struct Decision {
    actor: Actor,
    case: Case,
    step: &'static str,
    to: &'static str,
    stage: Option<String>,
    /// The stage it goes on to, and whom it waits for there.
    next: Option<(String, Vec<String>)>,
    reason: String,
    record: i64,
    year: i64,
    /// The accepted record that no longer counts.
    corrects: Option<i64>,
    entry: Option<Sealed>,
    /// Where it changes what counts: the person, the obligations, and the determinations that differ from those that stand.
    determined: Option<(Learner, Obligations, Vec<NewDetermination>)>,
    now: i64,
}

impl Decision {
    /// Writes it; [`Error::Busy`], and nothing is kept, where another decision about the person came in between.
    fn keep(&self, tx: &Tx<'_>) -> Result<()> {
        let (case, person) = (&self.case, self.case.thing.person);
        if self.determined.is_some() {
            tx.must("UPDATE people SET version = version + 1 WHERE id = ?1 AND version = ?2", params![person, case.person_version], Error::Busy)?;
        }
        let (stage, holders) = self.next.as_ref().map_or((None, &[][..]), |(stage, holders)| (Some(stage.as_str()), holders.as_slice()));
        let open = DECLARATION.state(self.to).is_some_and(|state| state.open);
        cases::move_on(tx, case, Moved { state: self.to, open, stage, holders }, self.now)?;
        if self.next.is_none() {
            tx.later("UPDATE records SET state = ?2 WHERE id = ?1", params![self.record, self.to])?;
        }
        let entry = self.entry.as_ref().map(|entry| entry.enter(tx, None)).transpose()?;
        cases::keep_step(tx, &self.actor, case.id, Taking { step: self.step, to_state: self.to, stage: self.stage.as_deref(), reason: &self.reason, entry }, self.now)?;
        if let Some(corrected) = self.corrects {
            self.correct(tx, corrected)?;
        }
        if let Some((learner, obligations, all)) = &self.determined {
            for new in all {
                new.keep_under(tx, obligations, learner, self.year)?;
            }
        }
        Ok(())
    }

    /// Where an accepted record corrects another, that one no longer counts.
    fn correct(&self, tx: &Tx<'_>, corrected: i64) -> Result<()> {
        let changed = tx.execute("UPDATE records SET state = 'corrected' WHERE id = ?1 AND state = 'accepted'", params![corrected])?;
        if changed == 0 {
            return Err(Error::stale());
        }
        let case = tx.number("SELECT id FROM cases WHERE record = ?1", params![corrected])?;
        let case = cases::get(tx, case)?;
        let body = json!({ "corrected_by": self.record });
        let entry = ledger::enter(tx, &NewEntry { kind: "record-corrected", person: Some(case.thing.person), record: Some(corrected), obligation: None, body: &body }, self.now)?;
        cases::move_on(tx, &case, Moved { state: "corrected", open: false, stage: None, holders: &[] }, self.now)?;
        cases::keep_step(tx, &self.actor, case.id, Taking { step: "correct", to_state: "corrected", stage: None, reason: "", entry: Some(entry) }, self.now)
    }
}
