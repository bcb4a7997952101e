//! What the columnar path can not hold, said of a program before any record: the same questions that it asks when it runs.

use super::classes::MOST_COLUMNS;
use super::limits::asks_records;
use super::uses;
use super::verdict::MOST_RATE;
use crate::exact::{self, Exact};
use crate::program::atoms::Classes;
use crate::program::{Accepts, FactId, Figure, ItemRef, Keep, Limit, Measure, Program, Requirement, Rule};
use crate::syntax::ast::{FactType, Of, Way};

/// How records are assessed that the columnar path can not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    /// Each record by itself; what it comes to is added up by columns.
    Record,
    /// Everyone whom the item touches: who has a record of it, or of whom it takes something.
    Touched,
    /// Everyone.
    Everyone,
}

/// Every item of a program that the columnar path can not hold, whatever the records and persons are.
pub(crate) fn left(program: &Program) -> Vec<(By, ItemRef)> {
    let mut left: Vec<(By, ItemRef)> = Vec::new();
    let far: Vec<FactId> = uses::asked(program).into_iter().map(|(fact, _)| fact).filter(|fact| is_far(program, *fact)).collect();
    for rule in &program.rules {
        let asks_far = || [Some(&rule.matches), rule.needs.as_ref()].into_iter().flatten().flat_map(|is| &is.0).flat_map(|region| &region.0).any(|(fact, _)| far.contains(fact));
        let by = if asks_far() {
            Some(By::Everyone)
        } else if !uses::stays(rule) {
            Some(By::Touched)
        } else {
            by_record(program, rule).then_some(By::Record)
        };
        left.extend(by.map(|by| (by, rule.item.clone())));
    }
    for limit in program.limits.iter().filter(|limit| !limit.across_people) {
        left.extend(limit_by(program, limit).map(|by| (by, limit.item.clone())));
    }
    left.extend(program.surpluses.iter().map(|surplus| (By::Everyone, surplus.item.clone())));
    left.extend(program.exemptions.iter().filter(|exemption| exemption.defers_years > 0).map(|exemption| (By::Everyone, exemption.item.clone())));
    let requirements = program.requirements.iter().filter(|one| one.only_for.is_empty() && !by_sums(program, one));
    left.extend(requirements.map(|one| (By::Everyone, one.item.clone())));
    left
}

/// Whether a condition compares facts of a record of which there are too many, or that only recognition tells.
fn is_far(program: &Program, fact: FactId) -> bool {
    let about = program.facts.get(fact);
    let computed = about.derived.is_some() || matches!(about.classes, Classes::Compare(_));
    about.of == Of::Record && computed && uses::columns(program, fact).is_none_or(|columns| columns.len() > MOST_COLUMNS)
}

/// Whether the hours of a rule's records hang on more than their classes and the quantity, or on figures too fine for whole numbers.
fn by_record(program: &Program, rule: &Rule) -> bool {
    let derived_less = program.unit_less.iter().flatten().any(|fact| program.facts.get(*fact).derived.is_some());
    !uses::reckons_by_classes(program, rule) || too_fine(program, rule) || derived_less && matches!(rule.accepts, Accepts::Units(_))
}

/// Whether a rate of exact numbers is too fine.
fn too_fine(program: &Program, rule: &Rule) -> bool {
    let Accepts::Units(units) = &rule.accepts else { return false };
    let step = rule.round.as_ref().map_or(&program.step, |round| &round.step);
    let rate = |each: &Figure| rule.times.iter().try_fold(number(each)?, |rate, factor| exact::mul(rate, number(factor)?));
    let step = number(step).and_then(|step| exact::mul(step, Exact::from_integer(100)));
    let (Some(step), rates) = (step, units.iter().filter_map(|(_, each)| rate(each))) else { return false };
    let fine = |rate: Exact| *rate.numer() > MOST_RATE || rate.denom().checked_mul(step.to_integer()).is_none_or(|parts| parts > MOST_RATE);
    !step.is_integer() || rates.into_iter().any(fine)
}

fn number(figure: &Figure) -> Option<Exact> {
    match figure {
        Figure::Exact(number) => Some(*number),
        _ => None,
    }
}

/// How a limit is applied that sums do not tell.
fn limit_by(program: &Program, limit: &Limit) -> Option<By> {
    let derived = |fact: &FactId| program.facts.get(*fact).derived.is_some();
    if limit.early {
        // Records that repeat each other are looked for by their cells.
        return if limit.per.iter().any(derived) { Some(By::Everyone) } else { Some(By::Touched) };
    }
    let windows: Vec<usize> = program.duties.iter().map(|duty| duty.window).collect();
    let whole = limit.per.is_empty() && windows.iter().all(|window| *window == limit.window);
    let by_classes = |figure: &Figure| uses::by_classes(program, figure) && !asks_records(program, figure);
    match &limit.keep {
        Keep::AtMost(figure, round) => {
            let steps = round.as_ref().is_none_or(|round| round.way == Way::Down && by_classes(&round.step));
            (!(whole && steps && by_classes(figure))).then_some(By::Touched)
        }
        Keep::One { .. } => Some(By::Touched),
    }
}

/// Whether what a requirement asks can be told from sums.
fn by_sums(program: &Program, one: &Requirement) -> bool {
    let window = program.duties.get(one.duty).map(|duty| duty.window);
    let dated = window.and_then(|window| program.windows.get(window)).map(|window| program.facts.get(window.dated));
    let [way] = one.ways.as_slice() else { return false };
    let plain = dated.is_some_and(|dated| dated.kind == FactType::Date && dated.derived.is_none() && dated.of == Of::Record);
    plain && one.each.is_none() && one.per.is_empty() && Some(one.window) == window && way.what == Measure::Sum && super::asks::of_sums(&way.at_least)
}
