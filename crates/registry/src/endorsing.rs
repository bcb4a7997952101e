//! Endorsement (签注) of a gate's answer: the employer asks, authorities audit, an office endorses with its seal; what lacks is made up first.
//!
//! Which kinds of organisations do so is the installation's setting `endorsement-chain`: stages separated by blanks, kinds of one stage by `|`,
//! any one of which takes it.

use crate::access::{self, Action, Actor};
use crate::cases::{self, Moved, NewCase, StepTaken, Taking};
use crate::employer_years::{Seal, kinds_above};
use crate::error::{Error, Result};
use crate::flow::{ENDORSEMENT, Step};
use crate::gates::{self, GateAnswered};
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::registry::Registry;
use crate::settings;
use crate::store::Tx;
use serde_json::json;

/// The setting with the stages.
pub const ENDORSEMENT_SETTING: &str = "endorsement-chain";
/// What they are where nothing is set.
const CHAIN: &str = "sector-authority personnel-authority title-office";

/// Case with version and holders, way, steps, and whether an endorsement may be asked for.
type Shown = (Option<(i64, i64, Vec<String>)>, Vec<StepTaken>, Vec<&'static Step>, bool);

/// The endorsement of an answer as an actor sees it.
pub(crate) fn shown(tx: &Tx<'_>, actor: &Actor, answered: &GateAnswered) -> Result<Shown> {
    let Some(case) = case_of(tx, answered.id)? else {
        let may = answered.answer == "yes" && requests(actor, &access::of_person(tx, answered.person.0)?);
        return Ok((None, Vec::new(), Vec::new(), may));
    };
    let case = cases::get(tx, case)?;
    let steps = ENDORSEMENT.open(&case.state).filter(|step| actor.may(step.action, &case.thing)).collect();
    Ok((Some((case.id, case.version, case.thing.holders.clone())), cases::way(tx, case.id)?, steps, false))
}

/// Who took a step of an endorsement, and what was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The step's entry in the ledger.
    pub entry: i64,
    /// What was sealed; nothing where the entry's text was erased.
    pub seal: Option<Seal>,
    /// The office; nothing where the account acted for several of its kind.
    pub office: Option<String>,
}

/// The stamps of an answer's endorsement, in order.
pub(crate) fn stamps(tx: &Tx<'_>, answer: i64) -> Result<Vec<Stamp>> {
    tx.all(
        "SELECT s.entry, t.body,
           (SELECT CASE WHEN MIN(o.id) = MAX(o.id) THEN MIN(o.name) END FROM account_roles r JOIN organisations o ON o.id = r.organisation
            WHERE r.account = s.account AND r.role = s.role AND '|' || s.stage || '|' LIKE '%|' || o.kind || '|%')
         FROM endorsements e JOIN case_steps s ON s.case_id = e.case_id LEFT JOIN entry_texts t ON t.entry = s.entry WHERE e.answer = ?1 AND s.entry IS NOT NULL ORDER BY s.id",
        params![answer],
        |row| {
            let text = row.get::<Option<String>>(1)?.map(|text| crate::facts::json(&text)).transpose()?;
            Ok(Stamp { entry: row.get(0)?, seal: text.and_then(|text| Seal::of(text["body"]["seal"].as_str()?)), office: row.get(2)? })
        },
    )
}

/// Whether the actor may hand an answer to the authorities: an officer who may ask.
fn requests(actor: &Actor, thing: &access::Thing) -> bool {
    actor.held.role.is_officer() && actor.may(Action::Ask, thing)
}

fn case_of(tx: &Tx<'_>, answer: i64) -> Result<Option<i64>> {
    tx.first("SELECT case_id FROM endorsements WHERE answer = ?1", params![answer], |row| row.get(0))
}

/// The stages: their words and the kinds of organisations of each that there are above the employer; a stage of none is left out.
fn stages(tx: &Tx<'_>, employer: i64) -> Result<Vec<(String, Vec<String>)>> {
    let set = settings::get(tx, ENDORSEMENT_SETTING)?;
    let above = kinds_above(tx, employer)?;
    let kinds = |stage: &str| stage.split('|').filter(|kind| above.iter().any(|known| known == kind)).map(str::to_owned).collect::<Vec<_>>();
    let all = set.as_deref().unwrap_or(CHAIN).split_whitespace().map(|stage| (stage.to_owned(), kinds(stage)));
    Ok(all.filter(|(_, kinds)| !kinds.is_empty()).collect())
}

impl Registry {
    /// Asks for the endorsement of an answer that says yes. Gives the case.
    ///
    /// # Errors
    /// If the actor may not, the answer says otherwise, or it was asked for already.
    pub fn request_endorsement(&self, actor: &Actor, answer: i64) -> Result<i64> {
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            let answered = gates::get(tx, &actor, answer)?;
            let thing = access::of_person(tx, answered.person.0)?;
            if !requests(&actor, &thing) {
                return Err(Error::not_allowed());
            }
            if answered.answer != "yes" {
                return Err(Error::invalid(
                    "answer",
                    "答复不是“符合”，不能申请签注。先补学，再重新查询。",
                    "The answer is not yes, so that it can not be endorsed. Make up what lacks, then ask again.",
                ));
            }
            if case_of(tx, answer)?.is_some() {
                return Err(Error::wrong_state());
            }
            let stages = stages(tx, thing.organisation)?;
            let (stage, holders) = stages.first().ok_or_else(|| {
                Error::invalid(
                    "chain",
                    "本单位所在地没有登记审核、签注的部门，不能申请。请系统管理员登记。",
                    "No office that audits or endorses is registered for the employer's place. Have the operator add one.",
                )
            })?;
            let new = NewCase { flow: ENDORSEMENT.id, state: "waiting", open: true, thing: &thing, record: None, obligation: None, stage: Some(stage), holders, due: None };
            let case = cases::open(tx, &actor, new, now)?;
            tx.execute("INSERT INTO endorsements (answer, case_id) VALUES (?1, ?2)", params![answer, case])?;
            cases::keep_step(tx, &actor, case, Taking { step: "open", to_state: "waiting", stage: None, reason: "", entry: None }, now)?;
            Ok(case)
        })
    }

    /// Takes a step of an endorsement: `endorse` passes it on, and is the endorsement at the last stage; `refuse` says what is to be made up.
    ///
    /// # Errors
    /// If the actor may not, it changed since `version`, or a refusal has no reason.
    pub fn step_endorsement(&self, actor: &Actor, answer: i64, version: i64, step: &str, opinion: &str, seal: Seal) -> Result<()> {
        let (actor, step, opinion, now) = (actor.clone(), step.to_owned(), opinion.to_owned(), self.now());
        self.write(move |tx| {
            let answered = gates::get(tx, &actor, answer)?;
            let case = cases::seen(tx, &actor, case_of(tx, answer)?.ok_or_else(Error::wrong_state)?)?;
            let step = ENDORSEMENT.take(&step, &case.state, &opinion)?;
            cases::check(&actor, &case, version, step.action)?;
            let stages = stages(tx, case.thing.organisation)?;
            let here = stages.iter().position(|(stage, _)| Some(stage.as_str()) == case.stage.as_deref());
            let next = here.filter(|_| step.id == "endorse").and_then(|here| stages.get(here + 1));
            let (kind, state) = if next.is_some() { ("endorsement-passed", "waiting") } else { (step.entry.unwrap_or(step.id), step.to) };
            let body = json!({
                "answer": answer, "answer_entry": answered.entry, "stage": case.stage, "by": actor.account, "role": actor.held.role.word(),
                "opinion": opinion.trim(), "seal": seal.word(),
            });
            let entry = ledger::enter(tx, &NewEntry { kind, person: Some(case.thing.person), record: None, obligation: None, body: &body }, now)?;
            let to = match next {
                Some((stage, holders)) => Moved { state, open: true, stage: Some(stage), holders },
                None => Moved { state, open: false, stage: None, holders: &[] },
            };
            cases::move_on(tx, &case, to, now)?;
            cases::keep_step(tx, &actor, case.id, Taking { step: step.id, to_state: state, stage: case.stage.as_deref(), reason: &opinion, entry: Some(entry) }, now)
        })
    }

    /// The answers whose endorsement waits for the actor, longest first: id of the answer, question, name, since when in microseconds UTC.
    /// `after` is the last of the page before: since when, and its id.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn endorsements_waiting(&self, actor: &Actor, after: Option<(i64, i64)>, limit: i64) -> Result<Vec<(i64, String, String, i64)>> {
        let filter = actor.filter(Action::Review, access::CASES, 4);
        let (since, answer) = after.unwrap_or((i64::MIN, 0));
        let sql = format!(
            "SELECT e.answer, g.gate, x.name, c.since FROM cases c JOIN endorsements e ON e.case_id = c.id JOIN gate_answers g ON g.id = e.answer JOIN people x ON x.id = c.person
             WHERE c.flow = ?1 AND c.open = 1 AND c.stage IS NOT NULL AND (c.since > ?2 OR (c.since = ?2 AND e.answer > ?3)) AND {} ORDER BY c.since, e.answer LIMIT ?4",
            filter.sql
        );
        self.read(|tx| tx.all(&sql, &filter.params(params![ENDORSEMENT.id, since, answer, limit]), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))))
    }
}
