//! What is granted year by year: exemptions (免学) on the grounds that a policy lists, reasons (正当理由) that lift the consequence of a
//! short year; and the record of who refused to study or broke its discipline (学习纪律).
//!
//! What may be granted, who approves and what follows stands in the policies. What is granted is a fact of the person in the years granted.

mod approvers;
mod asking;
mod discipline;
mod steps;

pub use approvers::Approver;
pub use asking::NewExemption;
pub use discipline::NewBreach;
pub(crate) use steps::take;

use crate::access::{self, Action, Actor, CASES};
use crate::assessing::{Learner, year_of};
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::flow::{DISCIPLINE, EXEMPTION, REASON};
use crate::matters::Asked;
use crate::params;
use crate::people::{self, days_of};
use crate::registry::Registry;
use crate::review;
use crate::store::Tx;
use approvers::Named;
use jiff::civil::Date;
use std::sync::Arc;
use xueshi_policy::{Clause, Engine, Excusing, Exempting, Ground, ItemInfo, Stack, Text};

/// Lines of one year at most.
const LINES_MAX: i64 = 50;
/// The feature by whose name clauses say that they speak of discipline.
const DISCIPLINE_FEATURE: &str = "discipline";

/// A ground as it stands at a place.
#[derive(Clone, Debug)]
pub struct GroundHere {
    /// The ground.
    pub listed: Exempting,
    /// The organisation named here that approves; nothing where none is named.
    pub approver: Option<String>,
    /// The same for those who have returned.
    pub returned: Option<String>,
}

/// Something asked for or recorded about a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantLine {
    /// Its case.
    pub case: i64,
    /// Its flow.
    pub flow: String,
    /// Which of the kinds of its flow.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// The first day it is about.
    pub from: String,
    /// The last.
    pub to: String,
}

/// What can be granted to a person in a year, and what was asked for.
#[derive(Clone, Debug)]
pub struct Grants {
    /// The person: id and name.
    pub person: (i64, String),
    /// The grounds of exemptions: a closed list; empty where the texts list none.
    pub grounds: Vec<GroundHere>,
    /// What follows from a short year unless a reason was accepted; empty where no text speaks of reasons.
    pub consequences: Vec<Excusing>,
    /// Kinds of organisations that decide on a reason: who verifies the year. No text names them; this is the installation's setting.
    pub deciders: Vec<String>,
    /// The clauses that speak of the discipline of study.
    pub discipline: Vec<Clause>,
    /// What was asked for or recorded, the latest first.
    pub lines: Vec<GrantLine>,
    /// Whether the actor may ask.
    pub may_ask: bool,
    /// Whether the actor may record a breach of discipline.
    pub may_record: bool,
}

/// What a policy says of a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySays {
    /// The policy and its clauses.
    pub cite: (String, Vec<String>),
    /// What it says.
    pub text: Text,
    /// Who approves, of an exemption; empty where the text names nobody.
    pub approver: Option<Text>,
}

/// What the texts of a place and year let be granted.
#[derive(Default)]
struct Listed {
    grounds: Vec<Exempting>,
    consequences: Vec<Excusing>,
    discipline: Vec<Clause>,
}

fn listed(engine: &Engine, learner: &Learner, year: i64) -> Result<Listed> {
    let (region, sector) = (&learner.region, learner.sector.as_deref());
    let stacks = engine.stacks(region, sector, year_of(year)?).map_err(|found| Error::fault(format!("policies of {region} can not be compiled: {found:?}")))?;
    // The stack of the regional duty comes first; others (licences) have their own duties.
    let of = |stack: &Arc<Stack>| Listed { grounds: stack.exemptings(), consequences: stack.excusings(), discipline: stack.clauses_of(DISCIPLINE_FEATURE) };
    Ok(stacks.first().map(of).unwrap_or_default())
}

/// The word a ground is kept by: `policy/exemption/ground`.
pub fn ground_key(ground: &Ground) -> String {
    format!("{}/{}/{}", ground.item.policy, ground.item.id, ground.id)
}

/// Adds a year to a column of years, once.
pub(crate) fn add_year(facts: &mut Facts, name: String, year: i64) {
    let (years, year) = (facts.entry(name).or_default(), year.to_string());
    if years.split([';', '；']).any(|known| known.trim() == year) {
        return;
    }
    if !years.is_empty() {
        years.push(';');
    }
    years.push_str(&year);
}

fn date(field: &'static str, text: &str) -> Result<Date> {
    text.trim().parse().map_err(|_| Error::invalid(field, "日期写成 2026-03-01 这样。", "Write the date like 2026-03-01."))
}

fn unlisted() -> Error {
    Error::invalid("ground", "适用的规定没有列这项事由；各地不得自设。请从所列事由中选择。", "The regulations that apply list no such ground, and nobody may add one. Choose from those listed.")
}

impl Registry {
    /// What can be granted to a person in a year, and what was asked for.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn grants(&self, actor: &Actor, person: i64, year: i64) -> Result<Grants> {
        self.read(|tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::See, &thing)?;
            let shown = people::shown(tx, &self.keys, thing.person)?;
            let learner = Learner::load(tx, thing.person, year, &[])?;
            let of = listed(&self.engine, &learner, year)?;
            let named = Named::at(tx, shown.jurisdiction)?;
            let here = |listed: Exempting| {
                let key = ground_key(&listed.ground);
                GroundHere { approver: named.name(&key, false), returned: named.name(&key, true), listed }
            };
            Ok(Grants {
                person: (shown.id, shown.name),
                grounds: of.grounds.into_iter().map(here).collect(),
                consequences: of.consequences,
                deciders: deciders(&self.engine, &learner, year)?,
                discipline: of.discipline,
                lines: lines(tx, actor, thing.person, year)?,
                may_ask: actor.may(Action::Request, &thing),
                may_record: actor.may(Action::Keep, &thing),
            })
        })
    }
}

/// Who decides on a reason: the first stage of the year's verification.
fn deciders(engine: &Engine, learner: &Learner, year: i64) -> Result<Vec<String>> {
    Ok(review::of_verification(engine, learner, year)?.into_iter().next().map(|stage| stage.holders).unwrap_or_default())
}

/// What was asked for or recorded of a person in a year, as far as the actor may see it; the latest first.
pub(crate) fn lines(tx: &Tx<'_>, actor: &Actor, person: i64, year: i64) -> Result<Vec<GrantLine>> {
    let (first, last) = days_of(year);
    let filter = actor.filter(Action::See, CASES, 7);
    let sql = format!(
        "SELECT c.id, c.flow, m.kind, c.state, m.valid_from, COALESCE(m.valid_to, m.valid_from) FROM cases c JOIN matters m ON m.case_id = c.id
         WHERE c.person IN (SELECT y.id FROM people y WHERE y.id = ?1 OR y.merged_in = ?1) AND c.flow IN (?2, ?3, ?4) AND m.valid_from <= ?5 AND COALESCE(m.valid_to, m.valid_from) >= ?6 AND {}
         ORDER BY c.id DESC LIMIT ?7",
        filter.sql
    );
    let values = filter.params(params![person, EXEMPTION.id, REASON.id, DISCIPLINE.id, &last, &first, LINES_MAX]);
    tx.all(&sql, &values, |row| Ok(GrantLine { case: row.get(0)?, flow: row.get(1)?, kind: row.get(2)?, state: row.get(3)?, from: row.get(4)?, to: row.get(5)? }))
}

/// What the policies of the person's place say of a matter; nothing of matters that are none of these.
pub(crate) fn says(tx: &Tx<'_>, engine: &Engine, (person, flow): (i64, &str), asked: &Asked) -> Result<Vec<PolicySays>> {
    if ![EXEMPTION.id, REASON.id, DISCIPLINE.id].contains(&flow) {
        return Ok(Vec::new());
    }
    let year = i64::from(date("from", &asked.from)?.year());
    let of = listed(engine, &Learner::load(tx, person, year, &[])?, year)?;
    let cite = |item: &ItemInfo| (item.policy.to_string(), item.cite.iter().map(ToString::to_string).collect());
    if flow == EXEMPTION.id {
        let returned = asked.body.get("returned").is_some_and(|returned| returned == "yes");
        let ground = of.grounds.iter().map(|one| &one.ground).find(|ground| asked.body.get("ground").is_some_and(|key| *key == ground_key(ground)));
        let approver = |ground: &Ground| if returned { ground.returned.clone() } else { ground.approver.clone() };
        return Ok(ground.map(|ground| PolicySays { cite: cite(&ground.item), text: ground.title.clone(), approver: Some(approver(ground)) }).into_iter().collect());
    }
    if flow == REASON.id {
        return Ok(of.consequences.iter().map(|one| PolicySays { cite: cite(&one.item), text: one.message.clone(), approver: None }).collect());
    }
    Ok(of.discipline.into_iter().map(|one| PolicySays { cite: (one.policy, vec![one.clause]), text: one.gist, approver: None }).collect())
}
