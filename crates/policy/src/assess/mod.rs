//! The assessment: one person, one duty, one window, with its reasons.

mod gates;
mod limits;
mod membership;
mod missing;
mod near;
mod outcome;
mod recognise;
mod remedies;
mod requirements;
mod result;
mod scope;
mod windows;
mod worlds;

pub use gates::{Answer, GateAnswer, GateYear, overall};
pub(crate) use gates::{answer, year_passes};
pub(crate) use limits::Ledger;
pub(crate) use missing::column_of;
pub use near::{Detail, Difference, NearMiss, Stated};
pub use outcome::*;
pub(crate) use recognise::Found;
pub(crate) use requirements::same_thing;
pub(crate) use result::{Bare, assess, bare, before_records, closes, unknown_window};
pub(crate) use scope::{Amount, At, Scope, Truth};
pub(crate) use windows::{Bounds, Which};
pub(crate) use worlds::{settle, worlds};

use crate::program::{FactId, ItemRef, Program};
use crate::value::{Person, Record, Value, compare_ids};
use jiff::civil::Date;

/// What is asked of an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The year assessed.
    pub year: i16,
    /// The day of the question, where a gate is asked.
    pub on: Option<Date>,
    /// Whether proofs are looked at; false where a file has no column for them.
    pub evidence: bool,
    /// A fact of the person that nobody stated is taken as covering (a spreadsheet), or left unknown (a register).
    pub assume_covered: bool,
    /// Whether near misses are looked for.
    pub explain: bool,
}

impl Asked {
    /// A year, proofs looked at, unknown facts taken as covering, nothing explained.
    pub fn year(year: i16) -> Self {
        Self { year, on: None, evidence: true, assume_covered: true, explain: false }
    }
}

/// Who is covered: which layers hold, and what follows for the status.
#[derive(Clone, Debug, Default)]
pub(crate) struct Covered {
    pub(crate) active: Vec<bool>,
    /// Coverages that only the status speaks of, and that do not hold.
    pub(crate) status: Vec<ItemRef>,
    /// Coverages whose layer dropped out.
    pub(crate) dropped: Vec<ItemRef>,
    /// Facts that were taken as covering because nobody stated them.
    pub(crate) assumed: Vec<FactId>,
    /// Facts that decide and are not known.
    pub(crate) missing: Vec<FactId>,
}

/// Decides coverage layer by layer from the person's facts. `program` is compiled with every layer.
pub(crate) fn covered(program: &Program, person: &Person, asked: Asked) -> Covered {
    let mut covered = Covered { active: program.layers.iter().map(|_| true).collect(), ..Covered::default() };
    let Some(window) = Bounds::of_year(asked.year) else { return covered };
    let scope = Scope::new(program, person, &[], window, asked);
    for coverage in &program.coverages {
        match scope.holds(&coverage.persons, None) {
            Truth::Yes => {}
            Truth::No if coverage.drops_layer => {
                covered.active[coverage.layer] = false;
                covered.dropped.push(coverage.item.clone());
            }
            Truth::No => covered.status.push(coverage.item.clone()),
            Truth::Unknown(fact) => {
                let facts = if asked.assume_covered { &mut covered.assumed } else { &mut covered.missing };
                if !facts.contains(&fact) {
                    facts.push(fact);
                }
            }
        }
    }
    covered
}

/// The order in which records count: by the day that places them, then by id.
pub(crate) fn record_order(program: &Program, records: &[Record]) -> Vec<usize> {
    let slot = program.facts.get(program.dated).slot;
    let day = |at: usize| match records[at].values.get(slot) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let mut order: Vec<(Option<Date>, usize)> = (0..records.len()).map(|at| (day(at), at)).collect();
    order.sort_by(|(day, a), (other, b)| day.cmp(other).then_with(|| compare_ids(&records[*a].id, &records[*b].id)));
    order.into_iter().map(|(_, at)| at).collect()
}

/// The window of a duty for the year asked. `Ok(None)`: the duty does not apply to the person.
pub(crate) fn duty_window(program: &Program, duty: usize, person: &Person, asked: Asked) -> Result<Option<Bounds>, FactId> {
    let Some(year) = Bounds::of_year(asked.year) else { return Ok(None) };
    let scope = Scope::new(program, person, &[], year, asked);
    let Some(bounds) = scope.bounds(program.duties[duty].window, Which::Year(asked.year))? else { return Ok(None) };
    match scope.in_window(bounds).holds(&program.duties[duty].persons, None) {
        Truth::Yes => Ok(Some(bounds)),
        Truth::No => Ok(None),
        Truth::Unknown(fact) => Err(fact),
    }
}

/// Runs the whole pipeline for one duty and window, as it is asked at a gate where one is named.
pub(crate) fn run(scope: &Scope<'_>, duty: usize, gate: Option<&str>, order: &[usize], evidence: bool) -> Ledger {
    let mut ledger = scope.recognise_all(duty, order, evidence);
    scope.keep_out_unknown(duty, gate, order, &mut ledger);
    scope.limit_all(order, &mut ledger);
    scope.surplus_all(scope.program.duties[duty].window, order, &mut ledger);
    ledger
}
