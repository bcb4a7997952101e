//! Steps nine and eleven: what records of one person do to each other.

use super::recognise::{Entry, Found};
use super::scope::{Amount, At, Scope, Truth};
use super::windows::{Bounds, Which};
use crate::exact::Hours;
use crate::program::{FactId, Keep, Limit, SurplusTo};
use jiff::civil::Date;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHasher};
use std::hash::{Hash as _, Hasher as _};

/// Records in order with what became of them, and the hours they gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) found: Vec<Found>,
    pub(crate) entries: Vec<Entry>,
}

impl Scope<'_> {
    /// Recognises every record in order. A record like an earlier one that is fine is kept out before a rule is looked for.
    pub(crate) fn recognise_all(&self, duty: usize, order: &[usize], evidence: bool) -> Ledger {
        let mut ledger = Ledger { found: Vec::with_capacity(order.len()), entries: Vec::with_capacity(order.len() + 4) };
        let early: Vec<&Limit> = self.program.limits.iter().filter(|limit| limit.early && self.person_is(&limit.persons)).collect();
        // Records that count, by their key; of those of one key, which ones by their number.
        let mut seen: Vec<FxHashMap<(u64, usize), usize>> = early.iter().map(|_| FxHashMap::with_capacity_and_hasher(order.len(), FxBuildHasher)).collect();
        for (at, record) in order.iter().enumerate() {
            let mut found = self.recognise(duty, *record, evidence);
            for (limit, seen) in early.iter().zip(&mut seen) {
                match self.holds(&limit.of, Some(*record)) {
                    Truth::Yes => {}
                    Truth::No => continue,
                    Truth::Unknown(fact) => {
                        if found.problem.is_none() {
                            found.lacks(found.missing.unwrap_or(fact));
                        }
                        continue;
                    }
                }
                // What lies in different windows is not alike.
                let number = found.day.and_then(|day| self.bounds(limit.window, Which::Day(day)).ok().flatten()).map_or(0, |bounds| bounds.number);
                let key = self.key(&limit.per, *record) ^ u64::from(number.unsigned_abs()) << 40;
                let alike = |other: &usize| limit.per.iter().all(|fact| self.datum(*fact, Some(*other)) == self.datum(*fact, Some(*record)));
                let mut same = 0;
                let twin = loop {
                    match seen.get(&(key, same)) {
                        Some(other) if alike(other) => break true,
                        Some(_) => same += 1,
                        None => break false,
                    }
                };
                match twin {
                    true => {
                        found.problem = limit.problem;
                        found.failed = Some(limit.item.clone());
                        found.missing = None;
                        found.steps = None;
                        found.capped = Hours::ZERO;
                        found.bucket = self.stated_bucket(*record);
                    }
                    false if found.problem.is_none() && found.missing.is_none() => drop(seen.insert((key, same), *record)),
                    false => {}
                }
            }
            if found.problem.is_none() && found.missing.is_none() {
                let first = ledger.entries.len();
                match self.place(*record, &found, &mut ledger.entries) {
                    Ok(left) => {
                        found.capped = found.capped.plus(left);
                        let rule = found.rule.unwrap_or(0);
                        self.set_class(self.program.facts.rule(), *record, u8::try_from(rule + 1).unwrap_or(0));
                        self.set_class(self.program.facts.bucket(), *record, found.bucket.map_or(0, |bucket| bucket + 1));
                        // Entries speak of records by their place in the order.
                        ledger.entries[first..].iter_mut().for_each(|entry| entry.record = at);
                    }
                    Err(lack) => {
                        ledger.entries.truncate(first);
                        found.missing = Some(lack.fact);
                        found.by_zero = lack.by_zero;
                    }
                }
            }
            ledger.found.push(found);
        }
        ledger
    }

    /// A number for the values of some facts of a record; equal values give equal numbers.
    fn key(&self, per: &[FactId], record: usize) -> u64 {
        let mut hasher = FxHasher::default();
        for fact in per {
            self.datum(*fact, Some(record)).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Applies the limits that look at recognised records, in their order.
    pub(crate) fn limit_all(&self, order: &[usize], ledger: &mut Ledger) {
        for (at, limit) in self.program.limits.iter().enumerate() {
            if limit.early || limit.across_people || !self.person_is(&limit.persons) {
                continue;
            }
            match &limit.keep {
                Keep::AtMost(..) => self.hold_sum(at, limit, order, ledger),
                Keep::One { fact, most } => self.keep_one(at, limit, *fact, *most, order, ledger),
            }
        }
    }

    /// Entries a limit is about, each with its group: the instance of the window and the values it is asked for separately.
    fn groups(&self, limit: &Limit, order: &[usize], ledger: &Ledger) -> Vec<(usize, (i16, u64))> {
        let mut all = Vec::new();
        for (at, entry) in ledger.entries.iter().enumerate() {
            let record = order[entry.record];
            if !self.belongs(&limit.of, record, entry.bucket) {
                continue;
            }
            match self.bounds(limit.window, Which::Day(entry.day)) {
                Ok(Some(bounds)) => all.push((at, (bounds.number, self.key(&limit.per, record)))),
                Ok(None) => {}
                Err(fact) => self.needs(fact),
            }
        }
        all
    }

    fn hold_sum(&self, at: usize, limit: &Limit, order: &[usize], ledger: &mut Ledger) {
        let Keep::AtMost(figure, round) = &limit.keep else { return };
        let mut sums: Vec<((i16, u64), Hours, usize)> = Vec::new();
        let groups = self.groups(limit, order, ledger);
        for (n, group) in groups.iter().copied() {
            let record = order[ledger.entries[n].record];
            let most = match self.figure(figure, At { record: Some(record), quantity: None }) {
                Amount::Exact(most) => Hours::floor(most).unwrap_or(Hours::ZERO),
                Amount::Unbounded => Hours(i64::MAX),
                Amount::Unknown(fact) | Amount::ByZero(fact) => {
                    self.needs(fact);
                    continue;
                }
                Amount::Undefined => continue,
            };
            let sum = match sums.iter_mut().find(|(known, ..)| *known == group) {
                Some((_, sum, last)) => {
                    *last = n;
                    sum
                }
                None => {
                    sums.push((group, Hours::ZERO, n));
                    match sums.last_mut() {
                        Some((_, sum, _)) => sum,
                        None => continue,
                    }
                }
            };
            let allowed = ledger.entries[n].hours.min(most.less(*sum));
            *sum = sum.plus(allowed);
            cut(ledger, n, at, ledger.entries[n].hours.less(allowed));
        }
        let Some(round) = round else { return };
        for (group, sum, last) in sums {
            let mut over = sum.less(self.rounded(Some(round), sum.exact()).unwrap_or(sum));
            // What is left below a step is taken from the last records.
            for n in (0..=last).rev() {
                if over == Hours::ZERO {
                    break;
                }
                if groups.contains(&(n, group)) {
                    let take = over.min(ledger.entries[n].hours);
                    over = over.less(take);
                    cut(ledger, n, at, take);
                }
            }
        }
    }

    fn keep_one(&self, at: usize, limit: &Limit, fact: Option<FactId>, most: bool, order: &[usize], ledger: &mut Ledger) {
        let groups = self.groups(limit, order, ledger);
        // Candidates of each group in order of appearance: a record, or a value of the fact.
        let mut candidates: Vec<((i16, u64), u64, Hours)> = Vec::new();
        let candidate = |n: usize, ledger: &Ledger| match fact {
            Some(fact) => self.key(&[fact], order[ledger.entries[n].record]),
            None => ledger.entries[n].record as u64,
        };
        for (n, group) in &groups {
            let (key, hours) = (candidate(*n, ledger), ledger.entries[*n].hours);
            match candidates.iter_mut().find(|(known, id, _)| known == group && *id == key) {
                Some((_, _, sum)) => *sum = sum.plus(hours),
                None => candidates.push((*group, key, hours)),
            }
        }
        for (n, group) in groups {
            let mut winner: Option<(u64, Hours)> = None;
            for (_, id, hours) in candidates.iter().filter(|(known, ..)| *known == group) {
                if winner.is_none_or(|(_, best)| most && *hours > best) {
                    winner = Some((*id, *hours));
                }
            }
            if winner.is_some_and(|(id, _)| id != candidate(n, ledger)) {
                let record = ledger.entries[n].record;
                match limit.problem {
                    Some(problem) => {
                        ledger.entries[n].hours = Hours::ZERO;
                        ledger.found[record].problem = Some(problem);
                        ledger.found[record].failed = Some(limit.item.clone());
                    }
                    None => cut(ledger, n, at, ledger.entries[n].hours),
                }
            }
        }
        let found = &ledger.found;
        ledger.entries.retain(|entry| found[entry.record].problem.is_none());
    }

    /// Moves what exceeds to other buckets and to later windows. Returns nothing; entries are split.
    pub(crate) fn surplus_all(&self, window: usize, order: &[usize], ledger: &mut Ledger) {
        if self.program.surpluses.is_empty() {
            return;
        }
        let carries = self.program.surpluses.iter().any(|surplus| matches!(surplus.to, SurplusTo::Windows(_)));
        let first = ledger.entries.iter().map(|entry| entry.day).min().unwrap_or(self.window.begin);
        let mut windows: Vec<Bounds> = Vec::new();
        let mut day = if carries { first.min(self.window.begin) } else { self.window.begin };
        while day <= self.window.begin {
            match self.bounds(window, Which::Day(day)) {
                Ok(Some(bounds)) => {
                    windows.push(bounds);
                    match bounds.end.tomorrow() {
                        Ok(next) => day = next,
                        Err(_) => break,
                    }
                }
                _ => match Date::new(day.year() + 1, 1, 1) {
                    Ok(next) => day = next,
                    Err(_) => break,
                },
            }
        }
        for bounds in windows {
            for surplus in 0..self.program.surpluses.len() {
                self.move_surplus(surplus, window, bounds, order, ledger);
            }
        }
    }

    /// The instance of a window so many after this one.
    fn later(&self, window: usize, bounds: Bounds, count: i16) -> Option<Bounds> {
        (0..count).try_fold(bounds, |at, _| self.bounds(window, Which::Day(at.end.tomorrow().ok()?)).ok()?)
    }

    fn move_surplus(&self, at: usize, window: usize, bounds: Bounds, order: &[usize], ledger: &mut Ledger) {
        let surplus = &self.program.surpluses[at];
        if !self.person_is(&surplus.persons) {
            return;
        }
        let mine: Vec<usize> = (0..ledger.entries.len())
            .filter(|n| {
                let entry = &ledger.entries[*n];
                bounds.holds(entry.day) && !entry.moved && self.belongs(&surplus.of, order[entry.record], entry.bucket)
            })
            .collect();
        let sum = mine.iter().fold(Hours::ZERO, |sum, n| sum.plus(ledger.entries[*n].hours));
        let hours = |amount| match amount {
            Amount::Exact(number) => Hours::floor(number),
            Amount::Unbounded => Some(Hours(i64::MAX)),
            Amount::Unknown(fact) | Amount::ByZero(fact) => {
                self.needs(fact);
                None
            }
            Amount::Undefined => None,
        };
        let Some(above) = hours(self.figure(&surplus.above, At::default())) else { return };
        let Some(most) = surplus.at_most.as_ref().map_or(Some(Hours(i64::MAX)), |most| hours(self.figure(most, At::default()))) else { return };
        // Where there is no later window the hours stay where they are.
        let later = match surplus.to {
            SurplusTo::Bucket(_) => None,
            SurplusTo::Windows(later) => match self.later(window, bounds, later) {
                Some(to) => Some(to.begin),
                None => return,
            },
        };
        let mut left = sum.less(above).min(most);
        for n in mine.into_iter().rev() {
            if left == Hours::ZERO {
                break;
            }
            let take = left.min(ledger.entries[n].hours);
            left = left.less(take);
            ledger.entries[n].hours = ledger.entries[n].hours.less(take);
            let mut moved = Entry { hours: take, ..ledger.entries[n] };
            if let SurplusTo::Bucket(bucket) = surplus.to {
                moved.bucket = bucket;
            }
            if let Some(day) = later {
                (moved.day, moved.moved) = (day, true);
            }
            if take > Hours::ZERO {
                ledger.entries.push(moved);
            }
        }
    }
}

/// Takes hours from an entry and notes what took them.
fn cut(ledger: &mut Ledger, entry: usize, limit: usize, hours: Hours) {
    if hours > Hours::ZERO {
        let at = &mut ledger.entries[entry];
        at.hours = at.hours.less(hours);
        ledger.found[at.record].cuts.push((limit, hours, at.day));
    }
}
