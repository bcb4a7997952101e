//! An employer's year (单位年度审验): gathered by the employer, handed over with its counts, opinion and seal, looked at by the authorities above.
//!
//! Who verifies each person's year is what the policies say (`verification`); to whom an employer hands its year over is the installation's
//! setting `yearly-chain`, since the texts say that it is inspected level by level, and not by which form.

use crate::access::{self, Action, Actor, EMPLOYER_YEARS, Thing};
use crate::cases;
use crate::error::{Error, Result};
use crate::flow::{EMPLOYER_YEAR, Step, VERIFICATION};
use crate::ledger::{self, NewEntry};
use crate::many::{self, Member};
use crate::overview::holding;
use crate::params;
use crate::registry::Registry;
use crate::review::{self, ReviewStage};
use crate::settings;
use crate::store::Tx;
use crate::years::STANDING;
use serde_json::json;
use std::collections::BTreeMap;

/// The setting with the kinds of organisations that look at an employer's year in turn, separated by blanks.
pub const CHAIN_SETTING: &str = "yearly-chain";
/// What it is where nothing is set.
const CHAIN: &str = "sector-authority personnel-authority";
/// Steps of a way shown at most.
const STEPS_MAX: i64 = 200;

/// What was sealed (盖章).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// Nothing.
    None,
    /// Paper, by hand.
    Paper,
    /// By an electronic seal outside this program.
    Electronic,
}

impl Seal {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::None, Self::Paper, Self::Electronic];

    /// The word it is kept by.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Paper => "paper",
            Self::Electronic => "electronic",
        }
    }

    /// The seal of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|seal| seal.word() == word)
    }
}

/// How many of an employer's people stand how: duties of a year, since verification goes duty by duty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub all: i64,
    /// By status as determined: `met`, `short` …
    pub by_status: BTreeMap<String, i64>,
    /// Verified.
    pub verified: i64,
    /// Verified once, and reopened.
    pub reopened: i64,
    /// Waiting for the employer.
    pub with_employer: i64,
}

impl Counts {
    /// How many have a status.
    pub fn of(&self, status: &str) -> i64 {
        self.by_status.get(status).copied().unwrap_or_default()
    }

    fn json(&self) -> serde_json::Value {
        json!({ "all": self.all, "by_status": self.by_status, "verified": self.verified, "reopened": self.reopened })
    }
}

/// A line of the list of employers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployerYearLine {
    /// The employer's id.
    pub employer: i64,
    /// Its name.
    pub name: String,
    /// The state of its year.
    pub state: String,
    /// Since when, in microseconds UTC.
    pub since: i64,
    /// The last day, where one is set.
    pub due: Option<String>,
    /// Whether the actor may take a step now.
    pub open_to_me: bool,
    /// How its people stand.
    pub counts: Counts,
}

/// A page of employers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployerYearPage {
    /// How many employers are in which state, over all in reach.
    pub states: BTreeMap<String, i64>,
    /// The lines, by employer.
    pub lines: Vec<EmployerYearLine>,
    /// The employer after which the next page begins; nothing at the end.
    pub next: Option<i64>,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployerYearStep {
    /// When, in microseconds UTC.
    pub at: i64,
    /// By whom: the sign-in name.
    pub by: String,
    /// In which role.
    pub role: String,
    /// Which step.
    pub step: String,
    /// The state it led to.
    pub to_state: String,
    /// The opinion, or the reason for sending it back.
    pub opinion: String,
    /// What was sealed.
    pub seal: String,
    /// How the people stood then, as JSON.
    pub counts: serde_json::Value,
    /// Its entry in the ledger.
    pub entry: i64,
}

/// An employer's year with everything around it.
#[derive(Clone, Debug)]
pub struct EmployerYear {
    /// The employer's id.
    pub employer: i64,
    /// Its name.
    pub name: String,
    /// The year.
    pub year: i64,
    /// What policies know its place by, and its sector's code.
    pub place: (String, Option<String>),
    /// Its state, and the version a step must name; nothing where the year is not opened.
    pub state: Option<(String, i64)>,
    /// Since when it stands so, in microseconds UTC.
    pub since: i64,
    /// The last day for the employer, where a policy sets one.
    pub due: Option<String>,
    /// The stages of verification of the policies in force.
    pub stages: Vec<ReviewStage>,
    /// Whom it goes to in turn: kinds of organisations that there are.
    pub chain: Vec<String>,
    /// How its people stand.
    pub counts: Counts,
    /// People with a post there for whom the year is not opened.
    pub not_opened: i64,
    /// Its way, oldest first.
    pub way: Vec<EmployerYearStep>,
    /// The steps the actor may take.
    pub steps: Vec<&'static Step>,
    /// Whether the actor may verify people of it now.
    pub may_verify: bool,
}

/// What is said with a step.
#[derive(Clone, Debug)]
pub struct Said {
    /// The version that was read.
    pub version: i64,
    /// The opinion; a reason where it is sent back.
    pub opinion: String,
    /// What was sealed.
    pub seal: Seal,
}

/// Makes sure that the year of a member's employer stands open.
pub(crate) fn begin(tx: &Tx<'_>, member: &Member, year: i64, due: Option<&str>, now: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO employer_years (organisation, year, jurisdiction, sector, state, holders, since, due) VALUES (?1, ?2, ?3, ?4, 'gathering', '|employer|', ?5, ?6) ON CONFLICT (organisation, year) DO NOTHING",
        params![member.thing.organisation, year, member.jurisdiction, member.thing.sector, now, due],
    )
    .map(drop)
}

/// An employer's year as it is kept.
struct Kept {
    id: i64,
    state: String,
    since: i64,
    due: Option<String>,
    version: i64,
    holders: Vec<String>,
}

/// An employer: name, place as policies know it, and what access asks of it.
fn employer(tx: &Tx<'_>, id: i64) -> Result<(String, (String, Option<String>), Thing)> {
    let found = tx.first(
        "SELECT o.name, j.region, s.code, o.jurisdiction, o.sector FROM organisations o JOIN jurisdictions j ON j.id = o.jurisdiction LEFT JOIN sectors s ON s.id = o.sector WHERE o.id = ?1 AND o.kind = 'employer'",
        params![id],
        |row| Ok((row.get::<String>(0)?, (row.get::<String>(1)?, row.get::<Option<String>>(2)?), row.get::<i64>(3)?, row.get::<Option<i64>>(4)?)),
    )?;
    let (name, place, jurisdiction, sector) = found.ok_or_else(|| Error::not_found("单位", "employer"))?;
    Ok((name, place, Thing { person: access::NOBODY, organisation: id, jurisdictions: access::within(tx, jurisdiction)?, sector, ..Thing::default() }))
}

fn kept(tx: &Tx<'_>, organisation: i64, year: i64) -> Result<Option<Kept>> {
    tx.first("SELECT id, state, since, due, version, holders FROM employer_years WHERE organisation = ?1 AND year = ?2", params![organisation, year], |row| {
        Ok(Kept { id: row.get(0)?, state: row.get(1)?, since: row.get(2)?, due: row.get(3)?, version: row.get(4)?, holders: cases::holders(&row.get::<String>(5)?) })
    })
}

/// How the people of employers stand, employer by employer.
fn counts(tx: &Tx<'_>, employers: &[i64], year: i64) -> Result<BTreeMap<i64, Counts>> {
    let sql = format!(
        "SELECT c.organisation, {STANDING}, c.state,
                CASE WHEN c.open = 1 AND c.holders LIKE '%|employer|%' THEN 1 ELSE 0 END, COUNT(*)
         FROM obligations o JOIN cases c ON c.obligation = o.id WHERE o.year = ?1 AND c.flow = ?2 AND c.organisation IN ({}) GROUP BY 1, 2, 3, 4",
        many::places(3)
    );
    let mut all: BTreeMap<i64, Counts> = BTreeMap::new();
    for some in employers.chunks(many::AT_ONCE) {
        tx.each(&sql, &many::with_ids(params![year, VERIFICATION.id], some), |row| {
            let counts = all.entry(row.get(0)?).or_default();
            let (status, state, people): (Option<String>, String, i64) = (row.get(1)?, row.get(2)?, row.get(4)?);
            counts.all += people;
            *counts.by_status.entry(status.unwrap_or_default()).or_default() += people;
            match state.as_str() {
                "verified" => counts.verified += people,
                "reopened" => counts.reopened += people,
                _ => {}
            }
            if row.flag(3)? {
                counts.with_employer += people;
            }
            Ok(())
        })?;
    }
    Ok(all)
}

/// The kinds of organisations that there are above an employer, in its sector or in none.
pub(crate) fn kinds_above(tx: &Tx<'_>, employer: i64) -> Result<Vec<String>> {
    tx.all(
        "SELECT DISTINCT o.kind FROM organisations e JOIN jurisdiction_within w ON w.inner_id = e.jurisdiction JOIN organisations o ON o.jurisdiction = w.outer_id
         WHERE e.id = ?1 AND o.valid_to IS NULL AND (o.sector IS NULL OR o.sector = e.sector)",
        params![employer],
        |row| row.get::<String>(0),
    )
}

/// The kinds of the chain for which there is an organisation above an employer.
fn chain(tx: &Tx<'_>, thing: &Thing) -> Result<Vec<String>> {
    let set = settings::get(tx, CHAIN_SETTING)?;
    let above = kinds_above(tx, thing.organisation)?;
    Ok(set.as_deref().unwrap_or(CHAIN).split_whitespace().filter(|kind| above.iter().any(|known| known == kind)).map(str::to_owned).collect())
}

impl Registry {
    /// The employers of a year within the actor's reach, a page at a time. `state` empty for all; `text` is what the name holds.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn employer_years(&self, actor: &Actor, year: i64, (state, text): (&str, &str), after: i64, limit: i64) -> Result<EmployerYearPage> {
        let counting = actor.filter(Action::See, EMPLOYER_YEARS, 1);
        let seeing = actor.filter(Action::See, EMPLOYER_YEARS, 5);
        let verifying = actor.filter(Action::Verify, EMPLOYER_YEARS, 5 + seeing.values.len());
        let text = holding(text);
        self.read(|tx| {
            let sql = format!("SELECT y.state, COUNT(*) FROM employer_years y WHERE y.year = ?1 AND {} GROUP BY y.state", counting.sql);
            let states = tx.all(&sql, &counting.params(params![year]), |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
            let sql = format!(
                "SELECT y.organisation, e.name, y.state, y.since, y.due, CASE WHEN {} THEN 1 ELSE 0 END FROM employer_years y JOIN organisations e ON e.id = y.organisation
                 WHERE y.year = ?1 AND y.organisation > ?2 AND (?3 = '' OR y.state = ?3) AND (?4 = '%' OR e.name LIKE ?4 ESCAPE '!') AND {} ORDER BY y.organisation LIMIT ?5",
                verifying.sql, seeing.sql
            );
            let mut lines = tx.all(&sql, &verifying.params(&seeing.params(params![year, after, state, &text, limit])), |row| {
                Ok(EmployerYearLine { employer: row.get(0)?, name: row.get(1)?, state: row.get(2)?, since: row.get(3)?, due: row.get(4)?, open_to_me: row.flag(5)?, counts: Counts::default() })
            })?;
            let mut counts = counts(tx, &lines.iter().map(|line| line.employer).collect::<Vec<_>>(), year)?;
            for line in &mut lines {
                line.counts = counts.remove(&line.employer).unwrap_or_default();
            }
            let full = i64::try_from(lines.len()).is_ok_and(|count| count == limit);
            let next = lines.last().filter(|_| full).map(|line| line.employer);
            Ok(EmployerYearPage { states, lines, next })
        })
    }

    /// An employer's year: how its people stand, its way, and what the actor may do.
    ///
    /// # Errors
    /// If the actor may not see the employer.
    pub fn employer_year(&self, actor: &Actor, organisation: i64, year: i64) -> Result<EmployerYear> {
        self.read(|tx| {
            let (name, place, mut thing) = employer(tx, organisation)?;
            actor.must(Action::See, &thing)?;
            let kept = kept(tx, organisation, year)?;
            thing.holders = kept.as_ref().map_or_else(|| vec!["employer".to_owned()], |kept| kept.holders.clone());
            let steps = kept.iter().flat_map(|kept| EMPLOYER_YEAR.open(&kept.state)).filter(|step| actor.may(step.action, &thing)).collect();
            let not_opened = tx.number(
                "SELECT COUNT(DISTINCT p.person) FROM posts p WHERE p.organisation = ?1 AND p.valid_to IS NULL AND p.main = 1 AND NOT EXISTS (SELECT 1 FROM people x WHERE x.id = p.person AND x.merged_in IS NOT NULL)
                 AND NOT EXISTS (SELECT 1 FROM obligations o JOIN cases c ON c.obligation = o.id WHERE o.person = p.person AND o.year = ?2)",
                params![organisation, year],
            )?;
            let verifying = actor.filter(Action::Verify, access::CASES, 2);
            let sql = format!(
                "SELECT COUNT(*) FROM (SELECT c.id FROM cases c JOIN obligations o ON o.id = c.obligation WHERE c.organisation = ?1 AND c.flow = 'verification' AND c.open = 1 AND o.year = ?2 AND {} LIMIT 1) x",
                verifying.sql
            );
            let may_verify = tx.number(&sql, &verifying.params(params![organisation, year]))? > 0;
            let way = match &kept {
                Some(kept) => way(tx, kept.id)?,
                None => Vec::new(),
            };
            Ok(EmployerYear {
                stages: review::at(&self.engine, (&place.0, place.1.as_deref()), year)?,
                chain: chain(tx, &thing)?,
                counts: counts(tx, &[organisation], year)?.remove(&organisation).unwrap_or_default(),
                state: kept.as_ref().map(|kept| (kept.state.clone(), kept.version)),
                since: kept.as_ref().map_or(0, |kept| kept.since),
                due: kept.and_then(|kept| kept.due),
                employer: organisation,
                name,
                year,
                place,
                not_opened,
                way,
                steps,
                may_verify,
            })
        })
    }

    /// Takes a step of an employer's year. It is handed over when nobody of it waits for the employer, and complete when nobody waits at all.
    ///
    /// # Errors
    /// If the actor may not, it changed since, or people still wait.
    pub fn step_employer_year(&self, actor: &Actor, organisation: i64, year: i64, step: &str, said: &Said) -> Result<()> {
        let (actor, step, said, now) = (actor.clone(), step.to_owned(), said.clone(), self.now());
        self.write(move |tx| take(tx, &actor, (organisation, year), &step, &said, now))
    }
}

fn take(tx: &Tx<'_>, actor: &Actor, (organisation, year): (i64, i64), step: &str, said: &Said, now: i64) -> Result<()> {
    let (_, _, mut thing) = employer(tx, organisation)?;
    actor.must(Action::See, &thing)?;
    let kept = kept(tx, organisation, year)?.ok_or_else(|| Error::not_found("单位年度", "employer's year"))?;
    thing.holders.clone_from(&kept.holders);
    let step = EMPLOYER_YEAR.take(step, &kept.state, &said.opinion)?;
    if kept.version != said.version {
        return Err(Error::stale());
    }
    actor.must(step.action, &thing)?;
    let counts = counts(tx, &[organisation], year)?.remove(&organisation).unwrap_or_default();
    let chain = chain(tx, &thing)?;
    let next = match step.id {
        "hand-over" | "confirm" => next_of(&chain, step, &kept, &counts)?,
        _ => Some("employer"),
    };
    let to_state = match next {
        Some("employer") => step.to,
        Some(next) => next,
        None => "confirmed",
    };
    let holders: Vec<String> = next.iter().map(|&next| next.to_owned()).collect();
    let body = json!({
        "employer": organisation, "year": year, "to": to_state, "by": actor.account, "role": actor.held.role.word(), "opinion": said.opinion.trim(),
        "seal": said.seal.word(), "counts": counts.json(),
    });
    let entry = ledger::enter(tx, &NewEntry { kind: step.entry.unwrap_or(step.id), person: None, record: None, obligation: None, body: &body }, now)?;
    let changed = tx.execute(
        "UPDATE employer_years SET state = ?3, holders = ?4, since = ?5, version = version + 1 WHERE id = ?1 AND version = ?2",
        params![kept.id, kept.version, to_state, &cases::joined(&holders), now],
    )?;
    if changed != 1 {
        return Err(Error::stale());
    }
    tx.execute(
        "INSERT INTO employer_year_steps (employer_year, at, account, role, step, to_state, opinion, seal, counts, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![kept.id, now, actor.account, actor.held.role.word(), step.id, to_state, said.opinion.trim(), said.seal.word(), &counts.json().to_string(), entry],
    )
    .map(drop)
}

/// Whom it goes to next; nothing after the last.
fn next_of<'c>(chain: &'c [String], step: &Step, kept: &Kept, counts: &Counts) -> Result<Option<&'c str>> {
    if counts.with_employer > 0 {
        let left = counts.with_employer;
        return Err(Error::invalid(
            "people",
            format!("还有 {left} 人等待单位审验。请逐人或一次签署意见后再报送。"),
            format!("{left} still wait for the employer. Give the opinion one by one or for all, then hand over."),
        ));
    }
    let here = chain.iter().position(|kind| *kind == kept.state);
    let next = match (step.id, here) {
        ("hand-over", _) => chain.first(),
        (_, Some(here)) => chain.get(here + 1),
        (_, None) => None,
    };
    if next.is_none() {
        if step.id == "hand-over" {
            return Err(Error::invalid(
                "chain",
                "本单位所在地没有登记行业主管部门或人社部门，无法报送。请系统管理员登记。",
                "No sector or personnel authority is registered for the employer's place. Have the operator add one.",
            ));
        }
        let left = counts.all - counts.verified;
        if left > 0 {
            return Err(Error::invalid("people", format!("还有 {left} 人没有审验完。请先办完，再审核通过。"), format!("{left} are not verified to the end. Finish them, then confirm.")));
        }
    }
    Ok(next.map(String::as_str))
}

fn way(tx: &Tx<'_>, employer_year: i64) -> Result<Vec<EmployerYearStep>> {
    let mut way = tx.all(
        "SELECT s.at, a.login, s.role, s.step, s.to_state, s.opinion, s.seal, s.counts, s.entry FROM employer_year_steps s JOIN accounts a ON a.id = s.account
         WHERE s.employer_year = ?1 ORDER BY s.id DESC LIMIT ?2",
        params![employer_year, STEPS_MAX],
        |row| {
            Ok(EmployerYearStep {
                at: row.get(0)?,
                by: row.get(1)?,
                role: row.get(2)?,
                step: row.get(3)?,
                to_state: row.get(4)?,
                opinion: row.get(5)?,
                seal: row.get(6)?,
                counts: crate::facts::json(&row.get::<String>(7)?)?,
                entry: row.get(8)?,
            })
        },
    )?;
    way.reverse();
    Ok(way)
}
