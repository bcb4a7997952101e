//! Many people at once: a fixed number of statements for some hundred people, and the assessment on every core.
//!
//! What comes out is what [`Learner::load`] and [`determinations::determine`](crate::determinations::determine) give one by one.

use crate::assessing::Learner;
use crate::determinations::{Computed, Outcome, Standing, Stands, compute, outcome};
use crate::error::{Error, Result};
use crate::facts::{Facts, from_json};
use crate::grants::add_year;
use crate::people::{days_of, main_post_first};
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
    /// The employer of the year, and its jurisdiction.
    pub(crate) of_year: (i64, i64),
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

/// Reads people with their records of the states asked for: six statements for every [`AT_ONCE`].
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

/// That a person (`people x`) is one of many, or was merged into one.
fn one_of(first: usize) -> String {
    let ids = places(first);
    format!("(x.id IN ({ids}) OR x.merged_in IN ({ids}))")
}

/// A post of one of many.
struct Held {
    in_year: bool,
    main: bool,
    from: String,
    id: i64,
}

/// Where everybody works, with the facts that follow from the employer of the year.
fn posts(tx: &Tx<'_>, people: &[i64], year: i64) -> Result<HashMap<i64, Member>> {
    let (first, last) = days_of(year);
    let sql = format!(
        "SELECT COALESCE(x.merged_in, x.id), p.organisation, p.agency, o.jurisdiction, o.sector, j.region, s.code, p.valid_from, o.facts, p.valid_to, p.main, p.id
         FROM people x JOIN posts p ON p.person = x.id JOIN organisations o ON o.id = p.organisation JOIN jurisdictions j ON j.id = o.jurisdiction LEFT JOIN sectors s ON s.id = o.sector
         WHERE {} {}",
        one_of(1),
        main_post_first!()
    );
    let mut found: HashMap<i64, Member> = HashMap::new();
    // The post of the year need not be the one of today: as `post_of_year_first` orders them.
    let mut of_year: HashMap<i64, Held> = HashMap::new();
    tx.each(&sql, &with_ids(&[], people), |row| {
        let person: i64 = row.get(0)?;
        let (organisation, jurisdiction): (i64, i64) = (row.get(1)?, row.get(3)?);
        let member = match found.entry(person) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert(Member {
                learner: Learner { person, region: String::new(), sector: None, facts: Facts::new(), records: Vec::new() },
                thing: Thing { person, organisation, agency: row.get(2)?, sector: row.get(4)?, ..Thing::default() },
                jurisdiction,
                of_year: (organisation, jurisdiction),
            }),
        };
        let (from, to): (String, Option<String>) = (row.get(7)?, row.get(9)?);
        let held = Held { in_year: from <= last && to.is_none_or(|to| to >= first), main: row.flag(10)?, from, id: row.get(11)? };
        let nearer = |before: &Held| (held.in_year, held.main, &held.from, held.id) > (before.in_year, before.main, &before.from, before.id);
        if of_year.get(&person).is_none_or(nearer) {
            member.learner.region = row.get(5)?;
            member.learner.sector = row.get(6)?;
            member.learner.facts = from_json(&row.get::<String>(8)?)?;
            member.of_year = (organisation, jurisdiction);
            of_year.insert(person, held);
        }
        Ok(())
    })?;
    Ok(found)
}

fn person_facts(tx: &Tx<'_>, people: &[i64], year: i64, found: &mut HashMap<i64, Member>) -> Result<()> {
    let (first, last) = days_of(year);
    let sql = format!(
        "SELECT COALESCE(x.merged_in, x.id), f.name, f.value FROM people x JOIN person_facts f ON f.person = x.id WHERE f.valid_from <= ?1 AND (f.valid_to IS NULL OR f.valid_to >= ?2) AND {}
         ORDER BY f.valid_from, CASE WHEN x.merged_in IS NULL THEN 1 ELSE 0 END",
        one_of(3)
    );
    tx.each(&sql, &with_ids(crate::params![&last, &first], people), |row| {
        if let Some(member) = found.get_mut(&row.get(0)?) {
            member.learner.facts.insert(row.get(1)?, row.get(2)?);
        }
        Ok(())
    })?;
    let sql = format!("SELECT DISTINCT COALESCE(x.merged_in, x.id), g.name, g.year FROM people x JOIN year_grants g ON g.person = x.id WHERE g.ended_at IS NULL AND {} ORDER BY 2, 3", one_of(1));
    tx.each(&sql, &with_ids(&[], people), |row| {
        if let Some(member) = found.get_mut(&row.get(0)?) {
            add_year(&mut member.learner.facts, row.get(1)?, row.get(2)?);
        }
        Ok(())
    })
}

fn records(tx: &Tx<'_>, people: &[i64], states: &[&str], found: &mut HashMap<i64, Member>) -> Result<()> {
    if states.is_empty() {
        return Ok(());
    }
    let mut files: HashMap<i64, Vec<(i64, String, String)>> = HashMap::new();
    let sql = format!("SELECT e.record, e.id, e.kind, e.digest FROM people x JOIN records r ON r.person = x.id JOIN evidence e ON e.record = r.id WHERE {} AND e.removed_at IS NULL", one_of(1));
    tx.each(&sql, &with_ids(&[], people), |row| {
        files.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?, row.get(3)?));
        Ok(())
    })?;
    let sql = format!("SELECT r.id, r.state, r.year, r.title, r.facts, COALESCE(x.merged_in, x.id), r.corrects FROM people x JOIN records r ON r.person = x.id WHERE {} ORDER BY r.id", one_of(1));
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
                        crate::params![member.learner.person, &one.duty, year, member.of_year.0, member.of_year.1, &member.learner.region, member.learner.sector.as_ref()],
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
    // His own before a double's, the first of those.
    let sql = format!(
        "SELECT o.id, COALESCE(x.merged_in, x.id), o.duty FROM people x JOIN obligations o ON o.person = x.id WHERE o.year = ?1 AND {} ORDER BY CASE WHEN x.merged_in IS NULL THEN 0 ELSE 1 END, o.id",
        one_of(2)
    );
    let mut known = HashMap::new();
    for some in people.chunks(AT_ONCE) {
        tx.each(&sql, &with_ids(crate::params![year], some), |row| {
            known.entry((row.get(1)?, row.get(2)?)).or_insert(row.get(0)?);
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
