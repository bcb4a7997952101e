//! Limits on the recognised records of a person, applied to sums where their order does not matter.

use super::classes::Classifier;
use super::input::{Block, Cells, Input};
use super::person::RowOutcome;
use super::profile::{MOST_SLOTS, Profile, Sum};
use super::verdict::Verdict;
use crate::assess::{Amount, At, Scope};
use crate::exact::{Exact, Hours};
use crate::program::{FactId, Keep, Limit, Program};
use crate::syntax::ast::{Of, Way};
use std::ops::Range;

/// What a limit on recognised records can do to sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceiling {
    /// Holds the sum of the window to so much.
    Sum(i64),
    /// The same, the sum then cut down to whole steps.
    Steps(i64, i64),
    /// Holds sums that are kept apart (by values, by other windows) to so much: above it the explaining path decides.
    Sums(i64),
    /// Keeps the records of one value of an input: of several values the explaining path decides.
    OneOf(usize),
    /// Of two records the explaining path decides.
    Two,
    /// The explaining path decides.
    Any,
}

impl Ceiling {
    /// What a limit can do. Nothing where not even its figure is known. `inside`: it looks at the window of the duty; `input`: where a fact stands.
    pub(super) fn new(scope: &Scope<'_>, limit: &Limit, inside: bool, input: &impl Fn(FactId) -> Option<usize>) -> Option<Self> {
        let program = scope.program;
        let by_classes = |figure| super::uses::by_classes(program, figure) && !asks_records(program, figure);
        Some(match &limit.keep {
            Keep::AtMost(figure, round) if by_classes(figure) => {
                let most = match scope.figure(figure, At::default()) {
                    Amount::Exact(most) => Hours::floor(most)?.0,
                    Amount::Unbounded => i64::MAX,
                    _ => return None,
                };
                match round {
                    None if inside && limit.per.is_empty() => Self::Sum(most),
                    None => Self::Sums(most),
                    Some(round) if inside && limit.per.is_empty() && round.way == Way::Down && by_classes(&round.step) => {
                        let step = crate::exact::mul(scope.figure(&round.step, At::default()).exact()?, Exact::from_integer(100))?;
                        if step.is_integer() && step > Exact::from_integer(0) { Self::Steps(most, step.to_integer()) } else { Self::Any }
                    }
                    Some(_) => Self::Any,
                }
            }
            Keep::AtMost(..) => Self::Any,
            Keep::One { fact: Some(fact), .. } if program.facts.get(*fact).derived.is_none() => input(*fact).map_or(Self::Two, Self::OneOf),
            Keep::One { .. } => Self::Two,
        })
    }

    /// By how much the sum of its members exceeds it. Nothing where the explaining path decides.
    fn over(self, all: Sum) -> Option<i64> {
        match self {
            Self::Any if all.records > 0 => None,
            Self::Two if all.records > 1 => None,
            Self::Sums(most) if all.hours > most => None,
            Self::Sum(most) => Some(all.hours - most),
            Self::Steps(most, step) => Some(all.hours - all.hours.min(most) / step * step),
            _ => Some(0),
        }
    }
}

impl Profile {
    /// Applies the limits to sums. Nothing where only the order of the records tells what is cut.
    pub(super) fn limit(&self, sums: &mut [Sum; MOST_SLOTS]) -> Option<()> {
        for (at, (ceiling, slots)) in self.ceilings.iter().zip(&self.about).enumerate() {
            if *slots == 0 {
                continue;
            }
            let over = ceiling.over(together(*slots, sums))?;
            if over > 0 {
                self.cut(at, over, sums)?;
            }
        }
        Some(())
    }

    /// Applies the limits to records in their order, and to the sums. Nothing where the explaining path decides.
    pub(super) fn limit_rows(&self, sums: &mut [Sum; MOST_SLOTS], rows: &mut [RowOutcome]) -> Option<()> {
        for (ceiling, slots) in self.ceilings.iter().zip(&self.about) {
            let mut over = ceiling.over(together(*slots, sums))?;
            // What is over is cut from the end: the record that crosses the limit keeps what is below it.
            for row in rows.iter_mut().rev().filter(|row| row.rule.is_some() && slots >> row.slot & 1 == 1) {
                if over <= 0 {
                    break;
                }
                let take = over.min(row.hours.0);
                over -= take;
                (row.hours, row.cut) = (Hours(row.hours.0 - take), Hours(row.cut.0 + take));
                sums[usize::from(row.slot)].hours -= take;
            }
        }
        Some(())
    }

    /// Takes hours from the members of a limit: the same wherever they are taken, as long as all members count alike and no later limit tells them apart.
    fn cut(&self, at: usize, over: i64, sums: &mut [Sum; MOST_SLOTS]) -> Option<()> {
        let members: Vec<usize> = (0..self.slots.len()).filter(|slot| self.about[at] >> slot & 1 == 1 && sums[*slot].records > 0).collect();
        let counts = |slot: &usize| (self.slots[*slot].bucket, self.slots[*slot].requirements);
        if members.iter().any(|slot| counts(slot) != counts(&members[0])) {
            return None;
        }
        for (ceiling, slots) in self.ceilings.iter().zip(&self.about).skip(at + 1) {
            let meets = members.iter().any(|slot| slots >> slot & 1 == 1);
            let all = together(*slots, sums);
            let can_cut = match ceiling {
                Ceiling::Sum(most) | Ceiling::Sums(most) => all.hours > *most,
                Ceiling::Steps(..) => all.hours > 0,
                Ceiling::OneOf(_) | Ceiling::Two => all.records > 1,
                Ceiling::Any => true,
            };
            if meets && can_cut {
                return None;
            }
        }
        let mut left = over;
        for slot in members {
            let take = left.min(sums[slot].hours);
            sums[slot].hours -= take;
            left -= take;
        }
        Some(())
    }

    /// Whether records of several values meet where one value keeps its hours.
    pub(super) fn several(&mut self, inputs: &[Input], block: &Block<'_>, rows: Range<usize>, sums: &[Sum; MOST_SLOTS], classifier: &Classifier) -> bool {
        for at in 0..self.ceilings.len() {
            let Ceiling::OneOf(input) = self.ceilings[at] else { continue };
            if together(self.about[at], sums).records < 2 {
                continue;
            }
            let mut one = None;
            for row in rows.clone() {
                let inside = matches!(block.columns[self.dated], Cells::Days(days) if self.days.0 <= days[row] && days[row] <= self.days.1);
                if !inside {
                    continue;
                }
                let member = match self.verdict(classifier.rows[row], classifier, inputs, block, row) {
                    Some(Verdict::Hours(reckoning)) => self.slots[usize::from(reckoning.slot)].limits >> at & 1 == 1,
                    Some(Verdict::Nothing { .. }) => false,
                    Some(Verdict::Each | Verdict::Whole) | None => return true,
                };
                if !member {
                    continue;
                }
                let value = match block.columns[input] {
                    Cells::Words(ids) => inputs[input].meanings.get(ids[row] as usize).copied().map(i64::from),
                    _ => Some(block.raw(input, row)),
                };
                if *one.get_or_insert(value) != value {
                    return true;
                }
            }
        }
        false
    }
}

/// The sum of some slots.
fn together(slots: u32, sums: &[Sum; MOST_SLOTS]) -> Sum {
    let (mut all, mut left) = (Sum::default(), slots);
    while left != 0 {
        let sum = &sums[left.trailing_zeros() as usize % MOST_SLOTS];
        all = Sum { hours: all.hours + sum.hours, records: all.records + sum.records };
        left &= left - 1;
    }
    all
}

/// Whether a figure's tables ask facts of records.
pub(super) fn asks_records(program: &Program, figure: &crate::program::Figure) -> bool {
    use crate::program::Figure;
    match figure {
        Figure::Table { rows, otherwise, .. } => {
            rows.iter().any(|(region, figure)| region.0.iter().any(|(fact, _)| program.facts.get(*fact).of == Of::Record) || asks_records(program, figure))
                || otherwise.iter().any(|figure| asks_records(program, figure))
        }
        Figure::Line { of, pieces } => asks_records(program, of) || pieces.iter().any(|(_, figure)| asks_records(program, figure)),
        Figure::Many(_, items) => items.iter().any(|item| asks_records(program, item)),
        Figure::Difference(pair) | Figure::Ratio(pair) => asks_records(program, &pair.0) || asks_records(program, &pair.1),
        Figure::OverYears(inner) => asks_records(program, inner),
        _ => false,
    }
}
