//! Many people at once: a fixed number of statements for some hundred people, and the assessment on every core.
//!
//! What comes out is what [`Learner::load`] and [`determinations::determine`](crate::determinations::determine) give one by one.

use crate::assessing::Learner;
use crate::determinations::{Computed, Outcome, Standing, Stands, compute, outcome};
use crate::error::{Error, Result};
use crate::facts::{Facts, from_json};
use crate::people::main_post_first;
use crate::store::{Param, Tx};
use std::collections::HashMap;
use xueshi_policy::Engine;

use crate::access::Thing;
use crate::assessing::Learned;

/// People, cases or obligations in one list of a statement; one number for all, so that each text is prepared once.
pub(crate) const AT_ONCE: usize = 250;

/// A person of many, with what access and policies ask.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) learner: Learner,
    /// The person at the post that stands for him; without the jurisdictions above.
    pub(crate) thing: Thing,
    /// The employer's jurisdiction.
    pub(crate) jurisdiction: i64,
}

/// `?first, …` for [`AT_ONCE`] ids.
pub(crate) fn places(first: usize) -> String {
    (first..first + AT_ONCE).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ")
}

/// The ids as parameters after others; places that are left over have an id that no row has.
pub(crate) fn with_ids<'p>(before: &[Param<'p>], ids: &[i64]) -> Vec<Param<'p>> {
    let padding = std::iter::repeat_n(-1, AT_ONCE.saturating_sub(ids.len()));
    before.iter().copied().chain(ids.iter().copied().chain(padding).map(Param::Int)).collect()
}

/// Reads people with their records of the states asked for: five statements for every [`AT_ONCE`].
/// People come in the order of `people`; somebody without a post is left out.
pub(crate) fn load(tx: &Tx<'_>, people: &[i64], year: i64, states: &[&str]) -> Result<Vec<Member>> {
    let mut all = Vec::with_capacity(people.len());
    for some in people.chunks(AT_ONCE) {
        let mut found = posts(tx, some, year)?;
        person_facts(tx, some, year, &mut found)?;
        records(tx, some, states, &mut found)?;
        all.extend(some.iter().filter_map(|person| found.remove(person)));
    }
    Ok(all)
}

/// Where everybody works, with the facts that follow from the employer at the end of the year.
fn posts(tx: &Tx<'_>, people: &[i64], year: i64) -> Result<HashMap<i64, Member>> {
    let last = format!("{year}-12-31");
    let sql = format!(
        "SELECT p.person, p.organisation, p.agency, o.jurisdiction, o.sector, j.region, s.code, p.valid_from, o.facts
         FROM posts p JOIN organisations o ON o.id = p.organisation JOIN jurisdictions j ON j.id = o.jurisdiction LEFT JOIN sectors s ON s.id = o.sector
         WHERE p.person IN ({}) {}",
        places(1),
        main_post_first!().replacen("ORDER BY ", "ORDER BY p.person, ", 1)
    );
    let mut found: HashMap<i64, Member> = HashMap::new();
    let mut with_employer = std::collections::HashSet::new();
    tx.each(&sql, &with_ids(&[], people), |row| {
        let person: i64 = row.get(0)?;
        let member = match found.entry(person) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert(Member {
                learner: Learner { person, region: row.get(5)?, sector: row.get(6)?, facts: Facts::new(), records: Vec::new() },
                thing: Thing { person, organisation: row.get(1)?, agency: row.get(2)?, sector: row.get(4)?, ..Thing::default() },
                jurisdiction: row.get(3)?,
            }),
        };
        // The employer of the year's end, who need not be the one of today.
        if row.get::<String>(7)? <= last && with_employer.insert(person) {
            member.learner.facts = from_json(&row.get::<String>(8)?)?;
        }
        Ok(())
    })?;
    Ok(found)
}

fn person_facts(tx: &Tx<'_>, people: &[i64], year: i64, found: &mut HashMap<i64, Member>) -> Result<()> {
    let (first, last) = (format!("{year}-01-01"), format!("{year}-12-31"));
    let sql = format!("SELECT person, name, value FROM person_facts WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to >= ?2) AND person IN ({}) ORDER BY person, valid_from", places(3));
    tx.each(&sql, &with_ids(crate::params![&last, &first], people), |row| {
        if let Some(member) = found.get_mut(&row.get(0)?) {
            member.learner.facts.insert(row.get(1)?, row.get(2)?);
        }
        Ok(())
    })
}

fn records(tx: &Tx<'_>, people: &[i64], states: &[&str], found: &mut HashMap<i64, Member>) -> Result<()> {
    if states.is_empty() {
        return Ok(());
    }
    let mut files: HashMap<i64, Vec<(i64, String, String)>> = HashMap::new();
    let sql = format!("SELECT e.record, e.id, e.kind, e.digest FROM evidence e JOIN records r ON r.id = e.record WHERE r.person IN ({}) AND e.removed_at IS NULL", places(1));
    tx.each(&sql, &with_ids(&[], people), |row| {
        files.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?, row.get(3)?));
        Ok(())
    })?;
    let sql = format!("SELECT id, state, year, title, facts, person, corrects FROM records WHERE person IN ({}) ORDER BY person, id", places(1));
    tx.each(&sql, &with_ids(&[], people), |row| {
        let (id, state): (i64, String) = (row.get(0)?, row.get(1)?);
        let Some(member) = found.get_mut(&row.get(5)?).filter(|_| states.contains(&state.as_str())) else { return Ok(()) };
        let (title, mut facts): (String, Facts) = (row.get(3)?, from_json(&row.get::<String>(4)?)?);
        facts.insert("title".to_owned(), title.clone());
        let mut learned = Learned { id, state, year: row.get(2)?, title, facts, corrects: row.get(6)?, files: Vec::new() };
        learned.attach(files.remove(&id).unwrap_or_default());
        member.learner.records.push(learned);
        Ok(())
    })
}

/// Determines every duty of a year of many people anew, as [`determinations::determine`](crate::determinations::determine) does of one; freezes those
/// whose person and duty `freeze` names. Gives what stands, person by person.
pub(crate) fn determine(tx: &Tx<'_>, engine: &Engine, members: &[Member], year: i64, freeze: &dyn Fn(i64, &str) -> bool, now: i64) -> Result<Vec<Standing>> {
    let computed = on_every_core(members, |member| compute(engine, &member.learner, year))?;
    let mut obligations = obligations(tx, members, year)?;
    let mut wanted: Vec<(&Member, Computed, i64)> = Vec::new();
    for (member, all) in members.iter().zip(computed) {
        for one in all {
            let key = (member.learner.person, one.duty.clone());
            let id = match obligations.get(&key) {
                Some(id) => *id,
                None => {
                    let id = tx.number(
                        "INSERT INTO obligations (person, duty, year, organisation, jurisdiction, region, sector) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
                        crate::params![member.learner.person, &one.duty, year, member.thing.organisation, member.jurisdiction, &member.learner.region, member.learner.sector.as_ref()],
                    )?;
                    obligations.insert(key, id);
                    id
                }
            };
            wanted.push((member, one, id));
        }
    }
    let ids: Vec<i64> = wanted.iter().map(|(.., id)| *id).collect();
    let mut lasts = lasts(tx, &ids)?;
    let keep = |(member, one, obligation): (&Member, Computed, i64)| {
        let person = member.learner.person;
        let frozen = freeze(person, &one.duty);
        let determination = match outcome(one, person, lasts.remove(&obligation).as_ref(), frozen, now)? {
            Outcome::Stands(id) => id,
            Outcome::New(new) => new.keep(tx, obligation)?,
        };
        Ok(Standing { person, obligation, determination })
    };
    wanted.into_iter().map(keep).collect()
}

/// The obligations there are, by person and duty.
fn obligations(tx: &Tx<'_>, members: &[Member], year: i64) -> Result<HashMap<(i64, String), i64>> {
    let people: Vec<i64> = members.iter().map(|member| member.learner.person).collect();
    let sql = format!("SELECT id, person, duty FROM obligations WHERE year = ?1 AND person IN ({})", places(2));
    let mut known = HashMap::new();
    for some in people.chunks(AT_ONCE) {
        tx.each(&sql, &with_ids(crate::params![year], some), |row| {
            known.insert((row.get(1)?, row.get(2)?), row.get(0)?);
            Ok(())
        })?;
    }
    Ok(known)
}

/// The determination of each obligation that stands: id, whether it is frozen, result and basis as texts.
fn lasts(tx: &Tx<'_>, obligations: &[i64]) -> Result<HashMap<i64, Stands>> {
    let sql = format!(
        "SELECT d.obligation, d.id, d.frozen, d.result, d.basis FROM determinations d
         WHERE d.obligation IN ({}) AND d.id = (SELECT MAX(x.id) FROM determinations x WHERE x.obligation = d.obligation)",
        places(1)
    );
    let mut all = HashMap::new();
    for some in obligations.chunks(AT_ONCE) {
        tx.each(&sql, &with_ids(&[], some), |row| {
            all.insert(row.get(0)?, (row.get(1)?, row.flag(2)?, row.get(3)?, row.get(4)?));
            Ok(())
        })?;
    }
    Ok(all)
}

/// Does something for each of many on all cores; results in their order.
pub(crate) fn on_every_core<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = all.len().div_ceil(cores).max(1);
    let parts: Vec<Result<Vec<R>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = all.chunks(share).map(|part| scope.spawn(|| part.iter().map(&work).collect::<Result<Vec<R>>>())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(Error::fault("an assessment panicked")))).collect()
    });
    let mut results = Vec::with_capacity(all.len());
    for part in parts {
        results.extend(part?);
    }
    Ok(results)
}
