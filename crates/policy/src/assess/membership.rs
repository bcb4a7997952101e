//! Whether a record belongs to what a limit, a surplus or a requirement speaks of: unknown is not "no".

use super::limits::Ledger;
use super::scope::{Amount, At, Scope, Truth};
use crate::exact::Exact;
use crate::program::{FactId, Measure, Way_, Where};
use crate::syntax::ast::Of;
use crate::value::Value;

/// What asks which of a person's records belong to it: wheres that could be left without an answer, and ways of requirements.
pub(crate) struct Memberships<'a> {
    wheres: Vec<&'a Where>,
    ways: Vec<&'a Way_>,
}

impl<'a> Scope<'a> {
    /// Whether an entry belongs; a fact that would tell and is not known is noted, and counts as not belonging.
    pub(crate) fn belongs(&self, of: &Where, record: usize, bucket: u8) -> bool {
        match self.holds_with(of, Some(record), Some(bucket)) {
            Truth::Yes => true,
            Truth::No => false,
            Truth::Unknown(fact) => {
                self.needs(fact);
                false
            }
        }
    }

    /// What asks which records belong to it and could be left without an answer.
    pub(crate) fn memberships(&self, duty: usize, gate: Option<&str>) -> Memberships<'a> {
        let program = self.program;
        let limits = program.limits.iter().filter(|limit| !limit.across_people && self.person_is(&limit.persons)).map(|limit| &limit.of);
        let surpluses = program.surpluses.iter().filter(|surplus| self.person_is(&surplus.persons)).map(|surplus| &surplus.of);
        let asked = program.requirements.iter().filter(|requirement| requirement.duty == duty && self.is_asked(requirement, gate));
        let ways: Vec<&Way_> = asked.flat_map(|requirement| &requirement.ways).collect();
        let hangs = |of: &&Where| of.0.iter().flat_map(|region| &region.0).any(|(fact, _)| program.facts.get(*fact).strict);
        let wheres = limits.chain(surpluses).chain(ways.iter().map(|way| &way.of)).filter(hangs).collect();
        Memberships { wheres, ways }
    }

    /// The fact of a recognised record without which it is not known whether it belongs, or what is measured of it.
    pub(crate) fn unplaced(&self, asked: &Memberships<'_>, record: usize, bucket: u8) -> Option<FactId> {
        let lacking = asked.wheres.iter().find_map(|of| match self.holds_with(of, Some(record), Some(bucket)) {
            Truth::Unknown(fact) if self.program.facts.get(fact).of == Of::Record => Some(fact),
            _ => None,
        });
        lacking.or_else(|| asked.ways.iter().find_map(|way| self.unmeasured(way, record, bucket)))
    }

    /// Keeps out the records of which a limit, a surplus or a requirement can not tell whether they belong, or what to measure:
    /// they lack a fact, as those do whose rule needs one.
    pub(crate) fn keep_out_unknown(&self, duty: usize, gate: Option<&str>, order: &[usize], ledger: &mut Ledger) {
        let asked = self.memberships(duty, gate);
        let mut seen = usize::MAX;
        for entry in ledger.entries.iter().filter(|entry| std::mem::replace(&mut seen, entry.record) != entry.record) {
            if let Some(fact) = self.unplaced(&asked, order[entry.record], entry.bucket) {
                ledger.found[entry.record].lacks(fact);
            }
        }
        let found = &ledger.found;
        ledger.entries.retain(|entry| found[entry.record].missing.is_none());
    }

    /// The fact of a record that a way of a requirement measures and that is not known.
    fn unmeasured(&self, way: &Way_, record: usize, bucket: u8) -> Option<FactId> {
        let mine = || self.holds_with(&way.of, Some(record), Some(bucket)) == Truth::Yes;
        match &way.what {
            Measure::Sum | Measure::Largest | Measure::Records => None,
            Measure::Distinct(fact) => (self.program.facts.get(*fact).strict && *self.datum(*fact, Some(record)) == Value::Empty && mine()).then_some(*fact),
            Measure::SumOf(figure) => match self.figure(figure, At { record: Some(record), quantity: None }) {
                Amount::Unknown(fact) if self.program.facts.get(fact).of == Of::Record && mine() => Some(fact),
                _ => None,
            },
        }
    }

    /// What is measured of one record; a fact of the person that would tell and is not known is noted.
    pub(crate) fn measured_of(&self, figure: &crate::program::Figure, record: usize) -> Exact {
        match self.figure(figure, At { record: Some(record), quantity: None }) {
            Amount::Exact(number) => number,
            Amount::Unknown(fact) | Amount::ByZero(fact) => {
                self.needs(fact);
                Exact::from_integer(0)
            }
            Amount::Unbounded | Amount::Undefined => Exact::from_integer(0),
        }
    }
}
