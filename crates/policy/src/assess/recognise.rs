//! Steps one to eight: one record at a time, from its facts to hours with a date.

use super::scope::{Amount, At, Scope, Truth};
use super::windows::Which;
use crate::exact::{self, Exact, Hours};
use crate::program::{Accepts, FactId, Figure, ItemRef, Proof, Round, Rule, Spread, Where};
use crate::syntax::ast::{FactType, Way};
use crate::value::Value;
use jiff::civil::Date;

/// What became of a record before its neighbours are looked at.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The rule that spoke.
    pub(crate) rule: Option<usize>,
    /// The day that places it.
    pub(crate) day: Option<Date>,
    /// It lies outside the window assessed.
    pub(crate) outside: bool,
    /// Position of its problem, the window aside.
    pub(crate) problem: Option<usize>,
    /// The check or rule whose condition failed.
    pub(crate) failed: Option<ItemRef>,
    /// The fact without which it can not be assessed.
    pub(crate) missing: Option<FactId>,
    /// That fact is given, and the reckoning divides by zero with it.
    pub(crate) by_zero: bool,
    /// The bucket it counts in.
    pub(crate) bucket: Option<u8>,
    pub(crate) steps: Option<super::Steps>,
    /// Taken away by the rule's own cap.
    pub(crate) capped: Hours,
    /// Taken away by limits: which, how much, on which day it would have counted.
    pub(crate) cuts: Vec<(usize, Hours, Date)>,
}

impl Found {
    /// Notes that it can not be assessed without a fact: nothing is reckoned of it.
    pub(crate) fn lacks(&mut self, fact: FactId) {
        self.missing = Some(fact);
        self.steps = None;
        self.capped = Hours::ZERO;
    }
}

/// Hours of a record with the day on which they count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) record: usize,
    pub(crate) day: Date,
    pub(crate) bucket: u8,
    pub(crate) hours: Hours,
    /// Brought here from an earlier window's surplus; it is not moved on.
    pub(crate) moved: bool,
}

/// Why nothing can be reckoned: a fact that is not known, or that a division by zero hangs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lack {
    pub(crate) fact: FactId,
    pub(crate) by_zero: bool,
}

impl From<FactId> for Lack {
    fn from(fact: FactId) -> Self {
        Self { fact, by_zero: false }
    }
}

/// A reason against a record: where it stands in the order of problems.
enum Against {
    Problem(usize, Option<ItemRef>),
    Missing(usize, FactId),
}

impl Against {
    fn order(&self) -> usize {
        match self {
            Self::Problem(at, _) | Self::Missing(at, _) => *at,
        }
    }
}

impl Scope<'_> {
    /// Recognises one record for a duty. `evidence`: whether proofs are looked at.
    pub(crate) fn recognise(&self, duty: usize, record: usize, evidence: bool) -> Found {
        let mut found = Found {
            rule: None,
            day: None,
            outside: false,
            problem: None,
            failed: None,
            missing: None,
            by_zero: false,
            bucket: self.stated_bucket(record),
            steps: None,
            capped: Hours::ZERO,
            cuts: Vec::new(),
        };
        match self.rule_of(duty, record) {
            Ok(rule) => found.rule = rule,
            Err(fact) => found.missing = Some(fact),
        }
        let rule = found.rule.map(|at| &self.program.rules[at]);
        match self.day_of(duty, rule, record) {
            Ok(day) => found.day = Some(day),
            Err(fact) => found.missing = found.missing.or(Some(fact)),
        }
        found.outside = match found.day {
            Some(day) => !self.window.holds(day),
            None => matches!(self.value(self.program.dated, Some(record)), Value::Date(day) if !self.window.holds(*day)),
        };
        if found.missing.is_some() {
            return found;
        }
        let Some(rule) = rule else {
            found.problem = Some(self.program.structural.no_rule);
            return found;
        };
        match self.against(rule, record, evidence) {
            Some(Against::Problem(at, by)) => {
                found.problem = Some(at);
                found.failed = by;
            }
            Some(Against::Missing(_, fact)) => found.missing = Some(fact),
            None => self.earn(rule, record, &mut found),
        }
        found
    }

    /// The bucket that the record states.
    pub(crate) fn stated_bucket(&self, record: usize) -> Option<u8> {
        match self.value(self.program.subject, Some(record)) {
            Value::Code(code) => self.program.subject_buckets.get(usize::from(*code)).copied().flatten(),
            _ => None,
        }
    }

    /// The rule that speaks of a record, or the fact that would tell.
    fn rule_of(&self, duty: usize, record: usize) -> Result<Option<usize>, FactId> {
        let mut unknown: Option<(usize, FactId)> = None;
        for (at, rule) in self.program.rules.iter().enumerate() {
            if !rule.duties.contains(&duty) {
                continue;
            }
            match self.speaks(rule, record) {
                Truth::No => {}
                Truth::Yes => {
                    return match unknown {
                        Some((before, fact)) if self.program.rules[before].before.contains(&at) => Err(fact),
                        _ => Ok(Some(at)),
                    };
                }
                Truth::Unknown(fact) => unknown = unknown.or(Some((at, fact))),
            }
        }
        unknown.map_or(Ok(None), |(_, fact)| Err(fact))
    }

    /// Whether a rule's match holds and no layer above took the record over.
    fn speaks(&self, rule: &Rule, record: usize) -> Truth {
        let mut found = self.holds(&rule.matches, Some(record));
        if found == Truth::No {
            return Truth::No;
        }
        for over in &rule.silenced {
            match self.holds(&self.program.takeovers[*over], Some(record)) {
                Truth::Yes => return Truth::No,
                Truth::No => {}
                unknown @ Truth::Unknown(_) => found = unknown,
            }
        }
        found
    }

    /// The day that places a record.
    /// The rule's own date, else that of the duty's window.
    fn day_of(&self, duty: usize, rule: Option<&Rule>, record: usize) -> Result<Date, FactId> {
        let by_window = self.program.windows[self.program.duties[duty].window].dated;
        let fact = rule.and_then(|rule| rule.dated).unwrap_or(by_window);
        let day = match self.program.facts.get(fact).kind {
            FactType::Number => match self.number(fact, Some(record)) {
                // A year without a day counts at its end.
                Amount::Exact(year) => i16::try_from(year.to_integer()).ok().and_then(|year| Date::new(year, 12, 31).ok()),
                _ => None,
            },
            _ => self.date(&crate::program::DateExpr::Fact(fact), Some(record)),
        };
        let day = day.ok_or(fact)?;
        let Some(window) = rule.and_then(|rule| rule.counts_in) else { return Ok(day) };
        let Some(stands_for) = self.program.windows[window].stands_for else { return Ok(day) };
        let Some(own) = self.bounds(window, Which::Day(day))? else { return Ok(day) };
        let Some(target) = self.bounds(stands_for, Which::Year(own.number))? else { return Ok(day) };
        Ok(day.clamp(target.begin, target.end))
    }

    /// The first reason against a record, in the order of problems.
    fn against(&self, rule: &Rule, record: usize, evidence: bool) -> Option<Against> {
        let mut first: Option<Against> = None;
        let mut add = |next: Option<Against>| {
            if let Some(next) = next
                && first.as_ref().is_none_or(|have| next.order() < have.order())
            {
                first = Some(next);
            }
        };
        if let (Accepts::Units(units), Some(unit)) = (&rule.accepts, self.unit(record))
            && units.iter().all(|(accepted, _)| *accepted != unit)
        {
            add(Some(Against::Problem(self.program.structural.unit, None)));
        }
        for check in &self.program.checks {
            match self.holds(&check.of, Some(record)) {
                Truth::No => {}
                Truth::Yes => add(self.fails(&check.needs, record, &check.item)),
                Truth::Unknown(fact) => add(self.fails(&check.needs, record, &check.item).map(|against| Against::Missing(against.order(), fact))),
            }
        }
        if let Some(needs) = &rule.needs {
            add(self.fails(needs, record, &rule.item));
        }
        if evidence && !self.proven(&rule.proof, record) {
            add(Some(Against::Problem(self.program.structural.evidence, None)));
        }
        first
    }

    pub(crate) fn unit(&self, record: usize) -> Option<u16> {
        match self.records[record].values.get(1) {
            Some(Value::Code(unit)) => Some(*unit),
            _ => None,
        }
    }

    /// Why a condition fails: of several ways to meet it, the one that gets furthest in the order of problems speaks.
    fn fails(&self, needs: &Where, record: usize, by: &ItemRef) -> Option<Against> {
        let mut furthest: Option<Against> = None;
        for region in &needs.0 {
            let mut first: Option<Against> = None;
            for (fact, set) in &region.0 {
                let fails = self.conditions(&[(*fact, *set)], Some(record), None);
                if fails == Truth::Yes {
                    continue;
                }
                let order = self.program.facts.get(*fact).problem.unwrap_or(self.program.structural.no_rule);
                if first.as_ref().is_none_or(|have| order < have.order()) {
                    first = Some(match fails {
                        Truth::Unknown(fact) => Against::Missing(order, fact),
                        _ => Against::Problem(order, Some(by.clone())),
                    });
                }
            }
            match first {
                None => return None,
                Some(next) => {
                    if furthest.as_ref().is_none_or(|have| next.order() > have.order()) {
                        furthest = Some(next);
                    }
                }
            }
        }
        furthest
    }

    /// Whether the proofs at hand hold one of every group asked.
    pub(crate) fn proven(&self, proof: &Proof, record: usize) -> bool {
        match proof {
            Proof::None => true,
            Proof::Any => matches!(self.program.evidence.map(|fact| self.value(fact, Some(record))), Some(Value::Codes(have)) if !have.is_empty()),
            Proof::Groups(groups) => groups.iter().all(|group| self.has_one(group, record)),
        }
    }

    /// Whether one proof of a group is at hand.
    pub(crate) fn has_one(&self, group: &[u16], record: usize) -> bool {
        match self.program.evidence.map(|fact| self.value(fact, Some(record))) {
            Some(Value::Codes(have)) => group.iter().any(|code| have.contains(code)),
            _ => false,
        }
    }

    /// Steps three to seven: quantity, rate, factors, rounding, cap.
    fn earn(&self, rule: &Rule, record: usize, found: &mut Found) {
        match self.reckon(rule, record) {
            Ok((steps, capped)) => {
                found.bucket = rule.bucket.or(found.bucket);
                found.capped = capped;
                found.steps = Some(steps);
                if found.bucket.is_none() {
                    found.problem = Some(self.program.structural.no_rule);
                }
            }
            Err(lack) => {
                found.missing = Some(lack.fact);
                found.by_zero = lack.by_zero;
            }
        }
    }

    fn reckon(&self, rule: &Rule, record: usize) -> Result<(super::Steps, Hours), Lack> {
        const QUANTITY: FactId = 0;
        let zero = Exact::from_integer(0);
        let quantity = match self.records[record].values.first() {
            Some(Value::Number(quantity)) => *quantity,
            _ => return Err(QUANTITY.into()),
        };
        let unit = self.unit(record);
        let mut less = zero;
        if let (Accepts::Units(_), Some(fact)) = (&rule.accepts, unit.and_then(|unit| self.program.unit_less.get(usize::from(unit)).copied().flatten())) {
            less = self.known(self.number(fact, Some(record)))?;
        }
        let mut counted = exact::sub(quantity, less).ok_or(QUANTITY)?.max(zero);
        let at = |counted| At { record: Some(record), quantity: Some(counted) };
        if let Some(step) = rule.counted_in.as_ref().and_then(|step| step.of(unit)) {
            let step = self.known(self.figure(step, at(counted)))?;
            counted = exact::floor_to(counted, step).ok_or(QUANTITY)?;
        }
        if let Some(most) = rule.quantity_at_most.as_ref().and_then(|most| most.of(unit)) {
            counted = match self.figure(most, at(counted)) {
                Amount::Unbounded => counted,
                amount => counted.min(self.known(amount)?),
            };
        }
        let mut exactly = match &rule.accepts {
            Accepts::Grant(figure) => self.known(self.figure(figure, at(counted)))?,
            Accepts::Units(units) => {
                let each = units.iter().find(|(code, _)| Some(*code) == unit).map(|(_, each)| each).ok_or(QUANTITY)?;
                exact::mul(counted, self.known(self.figure(each, at(counted)))?).ok_or(QUANTITY)?
            }
        };
        for factor in &rule.times {
            exactly = exact::mul(exactly, self.known(self.figure(factor, at(counted)))?).ok_or(QUANTITY)?;
        }
        let rounded = self.rounded(rule.round.as_ref(), exactly).ok_or(QUANTITY)?;
        let grant = matches!(rule.accepts, Accepts::Grant(_));
        let steps = super::Steps { grant, quantity, less: less.min(quantity), counted, exact: exactly, rounded };
        let capped = match rule.at_most.as_ref().map(|most| self.figure(most, at(counted))) {
            None | Some(Amount::Unbounded) => Hours::ZERO,
            Some(amount) => rounded.less(Hours::floor(self.known(amount)?).ok_or(QUANTITY)?),
        };
        Ok((steps, capped))
    }

    /// A number that must be known; else the fact it hangs on. What can not be reckoned is laid to the quantity.
    fn known(&self, amount: Amount) -> Result<Exact, Lack> {
        match amount {
            Amount::Exact(number) => Ok(number),
            Amount::Unknown(fact) => Err(fact.into()),
            Amount::ByZero(fact) => Err(Lack { fact, by_zero: true }),
            Amount::Unbounded | Amount::Undefined => Err(0.into()),
        }
    }

    /// Rounds by a rule's own way, else by the account's, and never finer than a hundredth.
    pub(crate) fn rounded(&self, round: Option<&Round>, value: Exact) -> Option<Hours> {
        let (step, way): (&Figure, Way) = round.map_or((&self.program.step, self.program.way), |round| (&round.step, round.way));
        exact::hours_in_steps(value, self.figure(step, At::default()).exact()?, way)
    }

    /// Step eight: the days on which a record's hours count. Gives what no day takes.
    pub(crate) fn place(&self, record: usize, found: &Found, entries: &mut Vec<Entry>) -> Result<Hours, Lack> {
        let (Some(rule), Some(day), Some(bucket), Some(steps)) = (found.rule, found.day, found.bucket, found.steps) else {
            return Ok(Hours::ZERO);
        };
        let earned = steps.rounded.less(found.capped);
        let mut put = |day: Date, hours: Hours| entries.push(Entry { record, day, bucket, hours, moved: false });
        match &self.program.rules[rule].spread {
            None => put(day, earned),
            Some(Spread::Ladder(rungs)) => {
                let mut left = earned;
                for rung in rungs {
                    let mut take = left;
                    if let Some(part) = &rung.part {
                        let part = self.known(self.figure(part, At { record: Some(record), quantity: None }))?;
                        take = take.min(exact::mul(earned.exact(), part).and_then(Hours::floor).unwrap_or(take));
                    }
                    if let Some(most) = &rung.at_most {
                        match self.figure(most, At { record: Some(record), quantity: None }) {
                            Amount::Unbounded => {}
                            amount => take = take.min(Hours::floor(self.known(amount)?).unwrap_or(take)),
                        }
                    }
                    let when = if rung.year == 0 { Some(day) } else { Date::new(day.year() + rung.year, 1, 1).ok() };
                    if let Some(when) = when.filter(|_| take > Hours::ZERO || rung.year == 0) {
                        put(when, take);
                    }
                    left = left.less(take);
                }
                return Ok(left);
            }
            Some(Spread::Across { from, to, each }) => {
                let (Some(from), Some(to)) = (self.date(from, Some(record)), self.date(to, Some(record))) else {
                    put(day, earned);
                    return Ok(Hours::ZERO);
                };
                across(from, to, *each, earned, &mut put);
            }
        }
        Ok(Hours::ZERO)
    }
}

/// Over the calendar years from one day to another: split by days, or whole in each.
fn across(from: Date, to: Date, each: bool, earned: Hours, put: &mut impl FnMut(Date, Hours)) {
    let all = i64::from(from.until(to).map_or(0, |span| span.get_days())) + 1;
    let mut left = earned;
    for year in from.year()..=to.year() {
        let (Ok(first), Ok(last)) = (Date::new(year, 1, 1), Date::new(year, 12, 31)) else { continue };
        let (first, last) = (first.max(from), last.min(to));
        let days = i64::from(first.until(last).map_or(0, |span| span.get_days())) + 1;
        let share = if each {
            earned
        } else if year == to.year() {
            left
        } else {
            exact::mul(earned.exact(), Exact::new(days, all.max(1))).and_then(Hours::floor).unwrap_or(Hours::ZERO)
        };
        left = left.less(share);
        put(last, share);
    }
}
