//! What all records of one combination of classes come to, the quantity aside.

use super::classes::record;
use super::input::{Block, Input, NO_NUMBER};
use super::person::RowOutcome;
use super::profile::Profile;
use super::uses;
use crate::assess::{At, Found, Scope};
use crate::exact::{Exact, Hours};
use crate::program::{Accepts, FactId, PerUnit, Program, Rule};
use crate::syntax::ast::Way;

/// What a record of a combination comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing, for a problem.
    Nothing { problem: u16 },
    /// Hours by a rule.
    Hours(Reckoning),
    /// Each record is recognised by itself.
    Each,
    /// Persons who have one are assessed by the explaining path.
    Whole,
}

/// A record's hours from its quantity: `((quantity - less) in whole steps, at most) × num + add) / den × times`, at most `cap`. Hundredths throughout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reckoning {
    pub(super) rule: u16,
    pub(super) slot: u8,
    /// The rule's limits reach beyond the window of the duty.
    pub(super) reaches: bool,
    /// The input that is taken off the quantity, and what an empty cell of it states.
    less: Option<(u8, i64)>,
    step: i64,
    most: i64,
    num: i64,
    add: i64,
    den: i64,
    times: i64,
    cap: i64,
}

/// Quantities up to here are reckoned without running over.
const MOST_QUANTITY: i64 = 1 << 41;
/// Numerators and denominators up to here too.
pub(super) const MOST_RATE: i64 = 1 << 20;

impl Reckoning {
    /// Whether another gives the same hours of every record, wherever they count.
    pub(super) fn gives_what(&self, other: &Self) -> bool {
        Self { rule: 0, slot: 0, ..*self } == Self { rule: 0, slot: 0, ..*other }
    }

    /// Hours after the rule's own cap, and what the cap took. Nothing where a number is not known or too large.
    pub(super) fn hours(&self, block: &Block<'_>, quantity: i64, row: usize) -> Option<(i64, i64)> {
        let mut counted = quantity;
        if let Some((input, empty)) = self.less {
            let stated = block.raw(usize::from(input), row);
            let less = if stated == NO_NUMBER { empty } else { stated };
            if less == NO_NUMBER {
                return None;
            }
            counted = (counted - less).max(0);
        }
        if !(0..=MOST_QUANTITY).contains(&counted) {
            return None;
        }
        if self.step > 1 {
            counted = counted / self.step * self.step;
        }
        let scaled = counted.min(self.most) * self.num + self.add;
        let rounded = if self.den == 1 { scaled } else { scaled / self.den } * self.times;
        let hours = rounded.min(self.cap);
        Some((hours, rounded - hours))
    }
}

/// A verdict without branches. Divisions are products with a reciprocal: exact below [`Plain::MOST`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain {
    /// Quantities below this are reckoned so: none where more is to be looked at than the quantity.
    below: u64,
    /// The reciprocal of the step.
    by_step: u64,
    /// What a step comes to, and what all steps come to at most.
    each: u64,
    most: u64,
    add: u64,
    /// The reciprocal of the denominator.
    by_den: u64,
    times: u64,
    cap: u64,
    pub(super) slot: u8,
    /// What it is told as, hours and cut aside.
    pub(super) told: RowOutcome,
}

impl Plain {
    /// Dividends up to here are divided exactly by what [`MOST_RATE`] allows.
    const MOST: u64 = 1 << 42;

    pub(super) fn of(verdict: &Verdict, slots: &[super::profile::Slot]) -> Self {
        let nothing = Self { below: Self::MOST, by_step: RECIPROCAL, each: 0, most: 0, add: 0, by_den: RECIPROCAL, times: 1, cap: 0, slot: super::profile::NOWHERE, told: RowOutcome::default() };
        let of = match verdict {
            Verdict::Hours(of) => of,
            Verdict::Nothing { problem } => return Self { told: RowOutcome { problem: Some(*problem), ..RowOutcome::default() }, ..nothing },
            Verdict::Each | Verdict::Whole => return Self { below: 0, ..nothing },
        };
        let [step, most, num, add, den] = [of.step, of.most, of.num, of.add, of.den].map(i64::unsigned_abs);
        // What is divided last stays below the most too. `num` is below 2^22.
        let most = most.min(Self::MOST) * num;
        let below = if most.saturating_add(add) < Self::MOST { Some(Self::MOST) } else { Self::MOST.checked_sub(add).and_then(|left| left.checked_div(num)) };
        let small = step <= MOST_RATE.unsigned_abs() && den <= MOST_RATE.unsigned_abs() && of.less.is_none();
        Self {
            below: below.filter(|_| small).unwrap_or(0),
            by_step: reciprocal(step),
            each: step.wrapping_mul(num),
            most,
            add,
            by_den: reciprocal(den),
            times: of.times.unsigned_abs(),
            cap: of.cap.unsigned_abs(),
            slot: of.slot,
            told: RowOutcome { rule: Some(of.rule), bucket: slots.get(usize::from(of.slot)).map(|slot| slot.bucket), slot: of.slot, ..RowOutcome::default() },
        }
    }

    /// Hours of a quantity; nothing where it is not known or too large for this way.
    #[inline(always)]
    pub(super) fn hours(&self, quantity: i64) -> Option<i64> {
        Some(self.rounded(quantity)?.min(self.cap) as i64)
    }

    /// What a record is told as, and its hours; nothing where more is to be looked at.
    #[inline(always)]
    pub(super) fn row(&self, quantity: i64) -> Option<RowOutcome> {
        let rounded = self.rounded(quantity)?;
        let hours = rounded.min(self.cap);
        let cut = if self.told.rule.is_some() { rounded - hours } else { 0 };
        Some(RowOutcome { hours: Hours(hours as i64), cut: Hours(cut as i64), ..self.told })
    }

    #[inline(always)]
    fn rounded(&self, quantity: i64) -> Option<u64> {
        let quantity = quantity as u64;
        if quantity >= self.below {
            return None;
        }
        let scaled = divide(quantity, self.by_step).wrapping_mul(self.each).min(self.most).wrapping_add(self.add);
        Some(divide(scaled, self.by_den).wrapping_mul(self.times))
    }
}

/// The reciprocal of one.
const RECIPROCAL: u64 = 1 << 63;

/// What [`divide`] takes for a divisor from 1 up.
fn reciprocal(divisor: u64) -> u64 {
    RECIPROCAL.div_ceil(divisor.max(1))
}

/// The quotient, downward: the error of the reciprocal times the dividend stays below one part of the divisor.
#[inline(always)]
fn divide(dividend: u64, by: u64) -> u64 {
    // The upper half of the product is at hand; the dividend has bits to spare.
    ((u128::from(dividend << 1) * u128::from(by)) >> 64) as u64
}

/// Recognises a row by the explaining path and keeps what holds for its whole combination. `classes`: of compared and derived facts,
/// in place of the row's own.
pub(super) fn find(profile: &mut Profile, inputs: &[Input], block: &Block<'_>, row: usize, varies: bool, classes: &[(FactId, u8)]) -> Verdict {
    let program = profile.program.clone();
    let Some(record) = record(&program, inputs, block, row) else { return Verdict::Whole };
    let records = [record];
    let scope = profile.scope(&records);
    classes.iter().for_each(|(fact, class)| scope.set_class(*fact, 0, *class));
    let found = scope.recognise(profile.duty, 0, profile.asked.evidence);
    // Where a rule places its records by another day, that day tells which are outside.
    if found.missing.is_some() || found.rule.is_some_and(|rule| !uses::on_its_day(&program.rules[rule])) {
        return Verdict::Whole;
    }
    if varies {
        return Verdict::Each;
    }
    if let Some(problem) = found.problem {
        return u16::try_from(problem).map_or(Verdict::Whole, |problem| Verdict::Nothing { problem });
    }
    let Some(rule) = found.rule else { return Verdict::Whole };
    if !uses::stays(&program.rules[rule]) {
        return Verdict::Whole;
    }
    let Some(slot) = slot_of(&scope, profile.duty, &found, &profile.masks) else { return Verdict::Whole };
    drop(scope);
    let Some((slot, reaches)) = profile.slot(slot) else { return Verdict::Whole };
    let scope = profile.scope(&records);
    classes.iter().for_each(|(fact, class)| scope.set_class(*fact, 0, *class));
    if !uses::reckons_by_classes(&program, &program.rules[rule]) {
        return Verdict::Each;
    }
    let Some(mut reckoning) = reckoning(&scope, &program.rules[rule], inputs, &found) else { return Verdict::Each };
    (reckoning.rule, reckoning.slot, reckoning.reaches) = (u16::try_from(rule).unwrap_or(u16::MAX), slot, reaches);
    // The formula must give what the explaining path gave here.
    let quantity = match records[0].values.first() {
        Some(crate::Value::Number(quantity)) => (quantity * Exact::from_integer(100)).to_integer(),
        _ => return Verdict::Each,
    };
    let want = found.steps.map(|steps| (steps.rounded.less(found.capped).0, found.capped.0));
    if reckoning.hours(block, quantity, row) == want { Verdict::Hours(reckoning) } else { Verdict::Each }
}

/// One record recognised by itself: its hours, what its rule's cap took, and what it counts towards. `Err`: the whole person.
pub(super) fn each(profile: &mut Profile, inputs: &[Input], block: &Block<'_>, row: usize) -> Result<Single, ()> {
    let program = profile.program.clone();
    let records = [record(&program, inputs, block, row).ok_or(())?];
    let scope = profile.scope(&records);
    let found = scope.recognise(profile.duty, 0, profile.asked.evidence);
    if found.missing.is_some() || found.rule.is_some_and(|rule| !uses::on_its_day(&program.rules[rule])) {
        return Err(());
    }
    if let Some(problem) = found.problem {
        return Ok(Single::Nothing(u16::try_from(problem).map_err(|_| ())?));
    }
    let (Some(rule), Some(steps)) = (found.rule, found.steps) else { return Err(()) };
    if !uses::stays(&program.rules[rule]) {
        return Err(());
    }
    let slot = slot_of(&scope, profile.duty, &found, &profile.masks).ok_or(())?;
    drop(scope);
    let (slot, reaches) = profile.slot(slot).ok_or(())?;
    Ok(Single::Hours { rule: u16::try_from(rule).map_err(|_| ())?, slot, reaches, hours: steps.rounded.less(found.capped).0, capped: found.capped.0 })
}

/// What a record that was recognised by itself came to.
pub(super) enum Single {
    Nothing(u16),
    Hours { rule: u16, slot: u8, reaches: bool, hours: i64, capped: i64 },
}

/// The bucket, limits and requirements that a recognised record counts towards.
fn slot_of(scope: &Scope<'_>, duty: usize, found: &Found, masks: &super::profile::Masks) -> Option<super::profile::Slot> {
    let (rule, bucket) = (found.rule?, found.bucket?);
    scope.set_class(scope.program.facts.rule(), 0, u8::try_from(rule + 1).ok()?);
    scope.set_class(scope.program.facts.bucket(), 0, bucket + 1);
    // A record of which it is not known where it belongs is an error of its row.
    if scope.unplaced(&scope.memberships(duty, None), 0, bucket).is_some() {
        return None;
    }
    Some(masks.of(scope, bucket))
}

fn reckoning(scope: &Scope<'_>, rule: &Rule, inputs: &[Input], found: &Found) -> Option<Reckoning> {
    let program: &Program = scope.program;
    let at = At { record: Some(0), quantity: None };
    let unit = scope.unit(0);
    let figure = |figure| scope.figure(figure, at).exact();
    let per_unit = |per: &Option<PerUnit>| per.as_ref().and_then(|per| per.of(unit)).map(|step| scope.figure(step, at));
    let mut new = Reckoning { rule: 0, slot: 0, reaches: false, less: None, step: 1, most: MOST_QUANTITY, num: 0, add: 0, den: 1, times: 1, cap: i64::MAX };
    new.cap = match rule.at_most.as_ref().map(|most| scope.figure(most, at)) {
        None | Some(crate::assess::Amount::Unbounded) => i64::MAX,
        Some(amount) => Hours::floor(amount.exact()?)?.0,
    };
    let units = match &rule.accepts {
        Accepts::Grant(_) => {
            // The same whatever the quantity; the steps say how much.
            new.add = found.steps?.rounded.0;
            return Some(new);
        }
        Accepts::Units(units) => units,
    };
    if let Some(fact) = unit.and_then(|unit| program.unit_less.get(usize::from(unit)).copied().flatten()) {
        new.less = less(program, fact, inputs)?;
    }
    new.step = match per_unit(&rule.counted_in) {
        None => 1,
        Some(step) => whole(step.exact()?)?,
    };
    new.most = match per_unit(&rule.quantity_at_most) {
        None | Some(crate::assess::Amount::Unbounded) => MOST_QUANTITY,
        Some(most) => whole(most.exact()?).or_else(|| (most.exact() == Some(Exact::from_integer(0))).then_some(0))?,
    };
    let each = figure(units.iter().find(|(code, _)| Some(*code) == unit).map(|(_, each)| each)?)?;
    let rate = rule.times.iter().try_fold(each, |rate, factor| crate::exact::mul(rate, figure(factor)?))?;
    let (step, way) = rule.round.as_ref().map_or((&program.step, program.way), |round| (&round.step, round.way));
    let step = whole(figure(step)?)?;
    let (num, den) = (*rate.numer(), rate.denom().checked_mul(step)?);
    if !(0..=MOST_RATE).contains(&num) || !(1..=MOST_RATE).contains(&den) || step > MOST_RATE {
        return None;
    }
    (new.num, new.den, new.add) = match way {
        Way::Down => (num, den, 0),
        Way::Up => (num, den, den - 1),
        Way::HalfUp => (num * 2, den * 2, den),
    };
    new.times = step;
    Some(new)
}

/// The input that holds what is taken off a quantity. `Some(None)`: nothing is ever taken off.
fn less(program: &Program, fact: FactId, inputs: &[Input]) -> Option<Option<(u8, i64)>> {
    let about = program.facts.get(fact);
    if about.derived.is_some() {
        return None;
    }
    let at = inputs.iter().position(|input| input.column == usize::from(fact));
    let empty = match about.empty {
        Some(empty) => crate::exact::mul(empty, Exact::from_integer(100)).filter(Exact::is_integer)?.to_integer(),
        None => NO_NUMBER,
    };
    match at {
        Some(at) => Some(Some((u8::try_from(at).ok()?, empty))),
        None => (empty == 0).then_some(None),
    }
}

/// Hundredths of a positive number that has no more places.
fn whole(number: Exact) -> Option<i64> {
    let scaled = crate::exact::mul(number, Exact::from_integer(100))?;
    (scaled.is_integer() && scaled > Exact::from_integer(0)).then(|| scaled.to_integer())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_with_reciprocals_are_quotients() {
        let mut state = 1_u64;
        let mut draw = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 22
        };
        for n in 0..200_000_u64 {
            let divisor = match n % 3 {
                0 => n % 997 + 1,
                1 => draw() % MOST_RATE.unsigned_abs() + 1,
                _ => MOST_RATE.unsigned_abs() - n % 50,
            };
            let near = draw() % (Plain::MOST / divisor) * divisor;
            for dividend in [draw() % Plain::MOST, near, near.saturating_sub(1), Plain::MOST - 1] {
                assert_eq!(divide(dividend, reciprocal(divisor)), dividend / divisor, "{dividend} / {divisor}");
            }
        }
    }
}
