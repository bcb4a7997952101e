//! Years of learning: declared, reviewed, verified, month by month, so that dates on ways and in the ledger are as they would have been.

use super::chance::Chance;
use super::material::{Kind, Material, Place};
use super::proof;
use super::settle::Settled;
use crate::failure::Failure;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use xueshi_registry::{Actor, Declared, Error, NewEvidence, Registry, time};

/// Requests under way at once, so that many are committed together.
const AT_ONCE: usize = 24;
/// One hour in microseconds.
const HOUR: i64 = 3_600_000_000;

/// Something somebody learns.
struct Learning<'a> {
    town: &'a Settled,
    person: &'a Actor,
    employer: usize,
    kind: &'a Kind,
    title: String,
    declared: Declared,
    end: Date,
    fate: Fate,
    proof: Vec<u8>,
}

/// What becomes of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Draft,
    Waiting,
    Returned,
    Rejected,
    Withdrawn,
    Revoked,
    Accepted,
}

/// Lives the years up to today.
pub(super) fn live(registry: &Arc<Registry>, clock: &AtomicI64, material: &Material, towns: &[Settled], today: Date, years: usize, progress: &mut dyn FnMut(usize, usize)) -> Result<(), Failure> {
    let last = i64::from(today.year());
    let mut chance = Chance::new(321);
    let months = years * 12;
    let back = i64::try_from(years).unwrap_or_default();
    for (number, year) in (last - back + 1..=last).enumerate() {
        let all = learnings(material, towns, year, today, &mut chance)?;
        for month in 1..=12_i8 {
            progress(number * 12 + usize::try_from(month).unwrap_or_default(), months);
            let first = date(i16::try_from(year).unwrap_or_default(), month, 1);
            if first > today {
                break;
            }
            let of_month: Vec<&Learning<'_>> = all.iter().filter(|learning| learning.end.month() == month).collect();
            let close = first.last_of_month().min(today);
            clock.store(time::instant_of(close) + 9 * HOUR, Ordering::Relaxed);
            at_once(&of_month, |learning| one(registry, learning))?;
        }
        if year < last {
            clock.store(time::instant_of(date(i16::try_from(year + 1).unwrap_or_default(), 1, 15)) + 10 * HOUR, Ordering::Relaxed);
            verify(registry, towns, year)?;
        }
    }
    clock.store(time::instant_of(today) + 9 * HOUR, Ordering::Relaxed);
    while registry.place_entries()? > 0 {}
    Ok(())
}

/// Runs something for each of many, several at once.
fn at_once<T: Sync>(all: &[T], work: impl Fn(&T) -> Result<(), Error> + Sync) -> Result<(), Failure> {
    let share = all.len().div_ceil(AT_ONCE).max(1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = all.chunks(share).map(|chunk| scope.spawn(|| chunk.iter().try_for_each(&work))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(Error::Fault("a worker of the demonstration panicked".to_owned()))))
    })
    .map_err(Failure::from)
}

fn learnings<'a>(material: &'a Material, towns: &'a [Settled], year: i64, today: Date, chance: &mut Chance) -> Result<Vec<Learning<'a>>, Failure> {
    let mut all = Vec::new();
    for town in towns {
        let Some(place) = material.places.get(town.at) else { continue };
        for (person, employer) in &town.people {
            for _ in 0..chance.between(2, 6) {
                all.extend(learning(material, place, town, person, *employer, year, today, chance));
            }
        }
    }
    Ok(all)
}

#[allow(clippy::too_many_arguments, reason = "a record is made of just these")]
fn learning<'a>(material: &Material, place: &'a Place, town: &'a Settled, person: &'a Actor, employer: usize, year: i64, today: Date, chance: &mut Chance) -> Option<Learning<'a>> {
    let kind = chance.one(&place.records)?;
    let ward = chance.one(&material.wards)?;
    let start = date(i16::try_from(year).ok()?, 1, 1).checked_add(chance.between(10, 350).days()).ok()?;
    let end = start.checked_add(chance.between(0, 9).days()).ok()?;
    if end > today || end.year() != start.year() {
        return None;
    }
    let mut facts = kind.facts.clone();
    facts.insert("quantity".to_owned(), chance.between(kind.quantity.0, kind.quantity.1).to_string());
    facts.insert("start".to_owned(), start.to_string());
    facts.insert("end".to_owned(), end.to_string());
    let title = kind.title.replace("{ward}", ward);
    let running = year == i64::from(today.year());
    let fate = fate(running && today.since(end).is_ok_and(|since| since.get_days() < 60), chance);
    let proof = proof::page(&person.login, year, i64::from(start.day_of_year()));
    Some(Learning { town, person, employer, kind, declared: Declared { title: title.clone(), facts, corrects: None }, title, end, fate, proof })
}

fn fate(recent: bool, chance: &mut Chance) -> Fate {
    match (recent, chance.between(1, 100)) {
        (true, 1..=8) => Fate::Draft,
        (true, 9..=60) => Fate::Waiting,
        (true, 61..=68) => Fate::Returned,
        (_, 95..=96) => Fate::Rejected,
        (_, 97..=98) => Fate::Withdrawn,
        (_, 99) => Fate::Revoked,
        _ => Fate::Accepted,
    }
}

/// Declares one record and brings it to where it stands today.
fn one(registry: &Registry, learning: &Learning<'_>) -> Result<(), Error> {
    let person = learning.person;
    let Some(id) = person.person else { return Ok(()) };
    let case = registry.declare(person, id, &learning.declared)?;
    for kind in &learning.kind.proofs {
        registry.attach(person, case, &NewEvidence { kind: kind.clone(), name: format!("{}.pdf", learning.title), bytes: learning.proof.clone() })?;
    }
    if learning.fate == Fate::Draft {
        return Ok(());
    }
    registry.submit(person, case, 1)?;
    let Some(officer) = learning.town.officers.get(learning.employer) else { return Ok(()) };
    match learning.fate {
        Fate::Draft | Fate::Waiting => Ok(()),
        Fate::Withdrawn => registry.withdraw(person, case, 2),
        Fate::Returned => registry.decide(officer, case, 2, "return", "证明材料看不清楚，请重新拍照上传"),
        Fate::Rejected => registry.decide(officer, case, 2, "reject", "与本人从事的专业无关"),
        Fate::Accepted | Fate::Revoked => accept(registry, learning, officer, case),
    }
}

/// Passes every stage, whoever it waits for.
fn accept(registry: &Registry, learning: &Learning<'_>, officer: &Actor, case: i64) -> Result<(), Error> {
    let mut version = 2;
    let reviewers = [Some(officer), learning.town.office.as_ref(), learning.town.authority.as_ref()];
    for reviewer in reviewers.into_iter().flatten() {
        match registry.decide(reviewer, case, version, "accept", "") {
            Ok(()) => version += 1,
            Err(error) if error.why().is_some() => break,
            Err(error) => return Err(error),
        }
    }
    if learning.fate == Fate::Revoked {
        registry.decide(officer, case, version, "revoke", "经核实，结业证系伪造")?;
    }
    Ok(())
}

/// Every employer verifies the year of its people; a few are left for whoever looks at the demonstration.
fn verify(registry: &Registry, towns: &[Settled], year: i64) -> Result<(), Failure> {
    for town in towns {
        for officer in &town.officers {
            registry.open_year(officer, year, |_| {})?;
            let mut after = None;
            loop {
                let page = registry.queue(officer, "verification", after, 100)?;
                let lines: Vec<_> = page.lines.iter().filter(|line| line.year == year && line.case % 20 != 0).collect();
                at_once(&lines, |line| registry.verify_year(officer, line.case, line.version, "verify", "情况属实"))?;
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    Ok(())
}
