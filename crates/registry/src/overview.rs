//! What pages show: a professional's home, a case with its way, an officer's queue. Each in one transaction, a fixed number of statements.

use crate::access::{self, Action, Actor, CASES, STUDY};
use crate::assessing::{Learned, Learner};
use crate::cases::{self, StepTaken};
use crate::declarations::{Trial, learner_and_record, try_out};
use crate::determinations::{self, Determination};
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::flow::{Flow, Step};
use crate::grants::{self, GrantLine};
use crate::params;
use crate::people::{self, PersonShown, same_person};
use crate::registry::Registry;
use crate::review::{self, ReviewStage};
use crate::store::{Param, Tx};
use crate::years::STANDING;
use xueshi_policy::{Assessment, ReadingEffect};

/// A professional's year.
#[derive(Debug)]
pub struct Home {
    /// Who.
    pub person: PersonShown,
    /// The year shown.
    pub year: i64,
    /// Years that have records or results, newest first; the year shown among them.
    pub years: Vec<i64>,
    /// Every duty as it stands, with reasons.
    pub standing: Vec<Assessment>,
    /// The readings each hangs on.
    pub readings: Vec<Vec<ReadingEffect>>,
    /// Every duty if what waits were accepted.
    pub hoped: Vec<Assessment>,
    /// What was determined, and whether it is frozen.
    pub determinations: Vec<Determination>,
    /// The records of the year, newest first.
    pub lines: Vec<RecordLine>,
    /// Exemptions, reasons and what was recorded about discipline in the year, latest first.
    pub grants: Vec<GrantLine>,
}

/// A record in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLine {
    /// Its case.
    pub case: i64,
    /// Its id, by which results name it.
    pub record: i64,
    /// What was learnt.
    pub title: String,
    /// The state of its case.
    pub state: String,
    /// Since when, in microseconds UTC.
    pub since: i64,
    /// Whom it waits for: kinds of organisations.
    pub holders: Vec<String>,
    /// Texts by column.
    pub facts: Facts,
    /// What the last step said.
    pub reason: String,
}

/// A case with everything around it.
#[derive(Debug)]
pub struct CaseShown {
    /// Its id.
    pub id: i64,
    /// Its flow.
    pub flow: &'static Flow,
    /// Its state.
    pub state: String,
    /// The version a step must name.
    pub version: i64,
    /// The stage of review it waits at.
    pub stage: Option<ReviewStage>,
    /// The stage after that one.
    pub next_stage: Option<ReviewStage>,
    /// Since when it stands as it does, in microseconds UTC.
    pub since: i64,
    /// The last day, where one is set.
    pub due: Option<String>,
    /// Whom it is about.
    pub person: PersonShown,
    /// The record it is about.
    pub record: Option<Learned>,
    /// The accepted record it corrects.
    pub corrects: Option<i64>,
    /// Its proofs.
    pub proofs: Vec<ProofLine>,
    /// Other cases within the actor's reach that have a file of this one.
    pub twins: Vec<Twin>,
    /// What the record earns or would earn.
    pub trial: Option<Trial>,
    /// The year under verification, as determined.
    pub determination: Option<Determination>,
    /// Those before it, newest first: what was frozen stands beside its corrections.
    pub earlier: Vec<Determination>,
    /// Exemptions, reasons and what was recorded about discipline in the year under verification, latest first.
    pub grants: Vec<GrantLine>,
    /// The way so far.
    pub way: Vec<StepTaken>,
    /// The steps this actor may take now.
    pub steps: Vec<&'static Step>,
}

/// A proof in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofLine {
    /// Its id.
    pub id: i64,
    /// What it proves, by the codes of the policies.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its size.
    pub bytes: i64,
    /// Other records that have the same file: their number.
    pub elsewhere: i64,
}

/// Another case that has the same file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// The case.
    pub case: i64,
    /// Whose it is.
    pub name: String,
    /// What was learnt.
    pub title: String,
    /// The year.
    pub year: i64,
    /// Its state.
    pub state: String,
}

/// Which cases of a queue are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// The flow.
    pub flow: &'a str,
    /// What the person's name or the title holds; empty for all.
    pub text: &'a str,
    /// The year; nothing for all.
    pub year: Option<i64>,
}

impl<'a> From<&'a str> for Sought<'a> {
    fn from(flow: &'a str) -> Self {
        Self { flow, text: "", year: None }
    }
}

/// A case in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLine {
    /// The case.
    pub case: i64,
    /// The version a step must name.
    pub version: i64,
    /// Its flow.
    pub flow: String,
    /// The person's name.
    pub name: String,
    /// What was learnt; empty for a year's verification.
    pub title: String,
    /// The year.
    pub year: i64,
    /// Since when it waits here, in microseconds UTC.
    pub since: i64,
    /// The last day, where one is set.
    pub due: Option<String>,
    /// What a verification would freeze: the status.
    pub status: Option<String>,
}

/// A page of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The cases, those that wait longest first.
    pub lines: Vec<QueueLine>,
    /// How many wait in all.
    pub total: i64,
    /// Where the next page begins: since and id of the last line; nothing at the end.
    pub next: Option<(i64, i64)>,
}

/// Records of one year shown at most; nobody has more, and a page must end.
const LINES_MAX: i64 = 1000;

/// Other cases with the same file shown at most.
const TWINS_MAX: i64 = 20;

impl Registry {
    /// A person's year: where it stands, what waits on whom, what is missing.
    ///
    /// # Errors
    /// If the actor may not see the person.
    pub fn home(&self, actor: &Actor, person: i64, year: i64) -> Result<Home> {
        let (shown, years, learner, determinations, (lines, grants)) = self.read(|tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::See, &thing)?;
            let person = thing.person;
            let learner = Learner::load(tx, person, year, &["accepted", "waiting"])?;
            Ok((
                people::shown(tx, &self.keys, person)?,
                years(tx, person, year)?,
                learner,
                determinations::standing(tx, person, year)?,
                (lines(tx, person, year)?, grants::lines(tx, actor, person, year)?),
            ))
        })?;
        let mut counting = learner.clone();
        counting.records.retain(|record| record.state == "accepted");
        let standing = counting.assess(&self.engine, year, true)?;
        let readings = standing.iter().map(|result| counting.readings(&self.engine, year, result)).collect::<Result<_>>()?;
        let hoped = if learner.records.len() == counting.records.len() { standing.clone() } else { learner.assess(&self.engine, year, true)? };
        Ok(Home { person: shown, year, years, standing, readings, hoped, determinations, lines, grants })
    }

    /// Refuses a case that the actor may not see, or that is of another flow.
    ///
    /// # Errors
    /// That there is no such matter.
    pub fn must_flow(&self, actor: &Actor, case: i64, flow: &Flow) -> Result<()> {
        let case = self.read(|tx| cases::seen(tx, actor, case))?;
        if case.flow == flow.id { Ok(()) } else { Err(Error::not_found("事项", "matter")) }
    }

    /// A case with its record, proofs, assessment and way.
    ///
    /// # Errors
    /// If the actor may not see it.
    pub fn case(&self, actor: &Actor, id: i64) -> Result<CaseShown> {
        let read = self.read(|tx| {
            let case = cases::seen(tx, actor, id)?;
            let flow = Flow::of(&case.flow).ok_or_else(|| Error::not_found("事项", "matter"))?;
            let steps = flow.open(&case.state).filter(|step| actor.may(step.action, &case.thing)).collect();
            let with = if case.record.is_some() { Some(learner_and_record(tx, &case)?) } else { None };
            let corrects = tx.first("SELECT corrects FROM records WHERE id = ?1", params![case.record], |row| row.get::<Option<i64>>(0))?.flatten();
            let mut history = determinations::history(tx, case.obligation)?.into_iter();
            let (determination, earlier) = (history.next(), history.collect::<Vec<_>>());
            let learner = match &with {
                Some((learner, _)) => learner.clone(),
                None => Learner::load(tx, case.thing.person, determination.as_ref().map_or(0, |one| one.year), &[])?,
            };
            let person = people::shown(tx, &self.keys, case.thing.person)?;
            let proofs = (proof_lines(tx, case.record)?, twins(tx, actor, case.record)?);
            let grants = match &determination {
                Some(one) => grants::lines(tx, actor, case.thing.person, one.year)?,
                None => Vec::new(),
            };
            Ok((case, flow, steps, with, corrects, (determination, earlier), learner, person, proofs, (grants, cases::way(tx, id)?)))
        })?;
        let (case, flow, steps, with, corrects, (determination, earlier), learner, person, (proofs, twins), (grants, way)) = read;
        let year = with.as_ref().map(|(_, record)| record.year).or(determination.as_ref().map(|one| one.year));
        let (stage, next_stage) = match (&case.stage, year) {
            (Some(stage), Some(year)) => {
                let stages = if case.record.is_some() { review::of_declaration(&self.engine, &learner, year)? } else { review::of_verification(&self.engine, &learner, year)? };
                let mut from_here = stages.into_iter().skip_while(|known| known.id != *stage);
                (from_here.next(), from_here.next())
            }
            _ => (None, None),
        };
        let record = with.as_ref().map(|(_, record)| record.clone());
        let trial = with.map(|(learner, record)| try_out(&self.engine, learner, record.year, record, corrects)).transpose()?;
        Ok(CaseShown {
            id,
            flow,
            state: case.state,
            version: case.version,
            stage,
            next_stage,
            since: case.since,
            due: case.due,
            person,
            record,
            corrects,
            proofs,
            twins,
            trial,
            determination,
            earlier,
            grants,
            way,
            steps,
        })
    }

    /// Name and title of cases, those within the actor's reach.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn named(&self, actor: &Actor, cases: &[i64]) -> Result<Vec<(i64, String, String)>> {
        let filter = actor.filter(Action::See, CASES, 0);
        let ids = cases.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT c.id, x.name, COALESCE(r.title, '') FROM cases c JOIN people x ON x.id = c.person LEFT JOIN records r ON r.id = c.record WHERE c.id IN ({ids}) AND {} ORDER BY c.since, c.id",
            filter.sql
        );
        self.read(|tx| tx.all(&sql, &filter.params(&[]), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))))
    }

    /// What waits for the actor, longest first. `sought` is a flow, or narrows it; `after` goes on from an earlier page.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn queue<'a>(&self, actor: &Actor, sought: impl Into<Sought<'a>>, after: Option<(i64, i64)>, limit: i64) -> Result<Queue> {
        const NAMED: &str = "JOIN people x ON x.id = c.person LEFT JOIN records r ON r.id = c.record LEFT JOIN obligations o ON o.id = c.obligation";
        const WAITS: &str = "WHERE c.flow = ?1 AND c.open = 1 AND c.stage IS NOT NULL";
        let sought = sought.into();
        let action = if sought.flow == crate::flow::VERIFICATION.id { Action::Verify } else { Action::Review };
        let (since, id) = after.unwrap_or((i64::MIN, 0));
        let text = holding(sought.text);
        let mut asked = vec![Param::from(sought.flow)];
        let mut narrowed = String::new();
        if text != "%" {
            asked.push(Param::from(&text));
            let at = asked.len();
            narrowed.push_str(&format!(" AND (x.name LIKE ?{at} ESCAPE '!' OR COALESCE(r.title, '') LIKE ?{at} ESCAPE '!')"));
        }
        if let Some(year) = sought.year.filter(|year| *year != 0) {
            asked.push(Param::from(year));
            narrowed.push_str(&format!(" AND COALESCE(r.year, o.year, 0) = ?{}", asked.len()));
        }
        let columns = if [crate::flow::DECLARATION.id, crate::flow::VERIFICATION.id].contains(&sought.flow) { STUDY } else { CASES };
        let counting = actor.filter(action, columns, asked.len());
        let filter = actor.filter(action, columns, asked.len() + 3);
        self.read(|tx| {
            // Everything that waits is counted: by the index alone, where nothing else is asked of it.
            let joined = if narrowed.is_empty() { "" } else { NAMED };
            let total = tx.number(&format!("SELECT COUNT(*) FROM cases c {joined} {WAITS}{narrowed} AND {}", counting.sql), &counting.params(&asked))?;
            let [from, from_id, most] = [1, 2, 3].map(|after| asked.len() + after);
            let sql = format!(
                "SELECT c.id, c.version, c.flow, x.name, COALESCE(r.title, ''), COALESCE(r.year, o.year, 0), c.since, c.due,
                        {STANDING}
                 FROM cases c {NAMED} {WAITS}{narrowed} AND (c.since, c.id) > (?{from}, ?{from_id}) AND {} ORDER BY c.since, c.id LIMIT ?{most}",
                filter.sql
            );
            asked.extend([Param::Int(since), Param::Int(id), Param::Int(limit)]);
            let lines = tx.all(&sql, &filter.params(&asked), |row| {
                Ok(QueueLine {
                    case: row.get(0)?,
                    version: row.get(1)?,
                    flow: row.get(2)?,
                    name: row.get(3)?,
                    title: row.get(4)?,
                    year: row.get(5)?,
                    since: row.get(6)?,
                    due: row.get(7)?,
                    status: row.get(8)?,
                })
            })?;
            let full = i64::try_from(lines.len()).is_ok_and(|count| count == limit);
            let next = lines.last().filter(|_| full).map(|line| (line.since, line.case));
            Ok(Queue { lines, total, next })
        })
    }
}

/// The pattern of what holds a text; `%` for all.
pub(crate) fn holding(text: &str) -> String {
    let text = text.trim().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    if text.is_empty() { "%".to_owned() } else { format!("%{text}%") }
}

fn years(tx: &Tx<'_>, person: i64, shown: i64) -> Result<Vec<i64>> {
    let mut years = tx.all(
        concat!("SELECT year FROM records WHERE ", same_person!("person", "?1"), " UNION SELECT year FROM obligations WHERE ", same_person!("person", "?1"), " ORDER BY 1 DESC LIMIT 60"),
        params![person],
        |row| row.get(0),
    )?;
    if !years.contains(&shown) {
        years.push(shown);
        years.sort_unstable_by(|a, b| b.cmp(a));
    }
    Ok(years)
}

fn lines(tx: &Tx<'_>, person: i64, year: i64) -> Result<Vec<RecordLine>> {
    tx.all(
        concat!(
            "SELECT c.id, r.id, r.title, c.state, c.since, c.holders, r.facts, COALESCE((SELECT s.reason FROM case_steps s WHERE s.case_id = c.id ORDER BY s.id DESC LIMIT 1), '')
         FROM records r JOIN cases c ON c.record = r.id WHERE ",
            same_person!("r.person", "?1"),
            " AND r.year = ?2 ORDER BY r.id DESC LIMIT ?3"
        ),
        params![person, year, LINES_MAX],
        |row| {
            Ok(RecordLine {
                case: row.get(0)?,
                record: row.get(1)?,
                title: row.get(2)?,
                state: row.get(3)?,
                since: row.get(4)?,
                holders: cases::holders(&row.get::<String>(5)?),
                facts: crate::facts::from_json(&row.get::<String>(6)?)?,
                reason: row.get(7)?,
            })
        },
    )
}

fn proof_lines(tx: &Tx<'_>, record: Option<i64>) -> Result<Vec<ProofLine>> {
    tx.all(
        "SELECT e.id, e.kind, e.name, e.media, e.bytes, (SELECT COUNT(DISTINCT x.record) FROM evidence x WHERE x.digest = e.digest AND x.record <> e.record AND x.removed_at IS NULL)
         FROM evidence e WHERE e.record = ?1 AND e.removed_at IS NULL ORDER BY e.id",
        params![record],
        |row| Ok(ProofLine { id: row.get(0)?, kind: row.get(1)?, name: row.get(2)?, media: row.get(3)?, bytes: row.get(4)?, elsewhere: row.get(5)? }),
    )
}

/// Other cases that the actor may see and that have a file of this record.
fn twins(tx: &Tx<'_>, actor: &Actor, record: Option<i64>) -> Result<Vec<Twin>> {
    let filter = actor.filter(Action::See, CASES, 2);
    let sql = format!(
        "SELECT DISTINCT c.id, x.name, r.title, r.year, c.state FROM evidence e JOIN evidence f ON f.digest = e.digest AND f.record <> e.record AND f.removed_at IS NULL
         JOIN cases c ON c.record = f.record JOIN records r ON r.id = f.record JOIN people x ON x.id = r.person
         WHERE e.record = ?1 AND e.removed_at IS NULL AND {} ORDER BY c.id LIMIT ?2",
        filter.sql
    );
    tx.all(&sql, &filter.params(params![record, TWINS_MAX]), |row| Ok(Twin { case: row.get(0)?, name: row.get(1)?, title: row.get(2)?, year: row.get(3)?, state: row.get(4)? }))
}
