//! What would close a gap, and what a record states: for explanations only.

use super::limits::Ledger;
use super::scope::{Scope, Truth};
use super::{RecordWords, Remedy, RequirementResult};
use crate::exact::{self, Exact, Hours};
use crate::program::{Accepts, Figure, Keep, Label, Limit, Program, Rule};
use crate::value::Value;
use std::sync::Arc;

/// Most ways shown for one gap.
const MOST: usize = 4;

/// Ways to close each gap, from the rules that give a plain rate and that no limit of the window has used up.
pub(crate) fn remedies(scope: &Scope<'_>, duty: usize, order: &[usize], ledger: &Ledger, requirements: &[RequirementResult]) -> Vec<Remedy> {
    let program = scope.program;
    let mut all = Vec::new();
    for result in requirements.iter().filter(|r| r.binding && r.short > Hours::ZERO && r.unit.is_none() && r.parts.is_empty()) {
        let Some(requirement) = program.requirements.iter().find(|r| Arc::ptr_eq(&r.item, &result.item)) else { continue };
        let bucket = match requirement.label {
            Label::Total => None,
            Label::Bucket(bucket) => Some(bucket),
            Label::Own => continue,
        };
        let reached = program.reached();
        // The plain rules stand after their exceptions, and are what most people can do.
        let fitting = program.rules.iter().enumerate().zip(reached).rev().filter(|((_, rule), subjects)| rule.duties.contains(&duty) && counts_in(program, rule, **subjects, bucket));
        all.extend(fitting.filter_map(|((at, rule), _)| needed(program, rule, result, scope.room(at, order, ledger))).take(MOST));
    }
    all
}

/// Whether hours of a rule can count in a bucket.
fn counts_in(program: &Program, rule: &Rule, subjects: u128, bucket: Option<u8>) -> bool {
    let Some(wanted) = bucket else { return subjects != 0 };
    let inside = |have: u8| program.bucket_set(have) >> (wanted + 1) & 1 == 1;
    if let Some(fixed) = rule.bucket {
        return subjects != 0 && inside(fixed);
    }
    let wanted = program.subject_buckets.iter().enumerate().filter(|(_, bucket)| bucket.is_some_and(inside)).map(|(code, _)| code);
    let classes = match &program.facts.get(program.subject).classes {
        crate::program::Classes::Codes { of_code, .. } => of_code.as_slice(),
        _ => &[],
    };
    let bits = wanted.filter_map(|code| classes.get(code)).fold(0_u128, |set, class| set | 1 << class);
    subjects & bits != 0
}

/// How much of a rule's study gives the hours that lack.
fn needed(program: &Program, rule: &Rule, result: &RequirementResult, room: Option<Hours>) -> Option<Remedy> {
    if room == Some(Hours::ZERO) {
        return None;
    }
    let cap = match &rule.at_most {
        Some(Figure::Exact(most)) => Hours::floor(*most),
        _ => None,
    };
    let at_most = cap.filter(|most| *most < result.short);
    let room = room.filter(|room| *room < result.short);
    let positive = |each: &Exact| *each > Exact::from_integer(0);
    // No more than the limits of the window let count.
    let wanted = room.unwrap_or(result.short);
    let (needs, unit) = match &rule.accepts {
        Accepts::Grant(Figure::Exact(each)) if positive(each) => (Hours::floor(*each)?, None),
        Accepts::Units(units) => units.iter().find_map(|(unit, figure)| match figure {
            Figure::Exact(each) if positive(each) => Some((Hours::ceil(whole(program, *unit, exact::div(wanted.exact(), *each)?)?)?, program.schema.title(1, *unit))),
            _ => None,
        })?,
        Accepts::Grant(_) => return None,
    };
    Some(Remedy { subject: Arc::clone(&result.subject), rule: rule.item.clone(), needs, unit, at_most, room })
}

/// A quantity as it can be studied: of some units there are whole ones only.
fn whole(program: &Program, unit: u16, quantity: Exact) -> Option<Exact> {
    if program.schema.whole(unit) { exact::ceil_to(quantity, Exact::from_integer(1)) } else { Some(quantity) }
}

impl Scope<'_> {
    /// What the limits of the window still leave for a rule; nothing where none holds it.
    fn room(&self, rule: usize, order: &[usize], ledger: &Ledger) -> Option<Hours> {
        let bit = 1_u128 << (rule + 1);
        let named = |limit: &&Limit| limit.of.0.iter().any(|region| region.0.iter().any(|(fact, set)| *fact == self.program.facts.rule() && set & bit != 0));
        let rooms = self.program.limits.iter().filter(named).filter_map(|limit| match &limit.keep {
            Keep::AtMost(Figure::Exact(most), _) if limit.per.is_empty() => {
                let mine = ledger.entries.iter().filter(|entry| self.window.holds(entry.day) && self.holds_with(&limit.of, Some(order[entry.record]), Some(entry.bucket)) == Truth::Yes);
                Some(Hours::floor(*most)?.less(mine.fold(Hours::ZERO, |sum, entry| sum.plus(entry.hours))))
            }
            _ => None,
        });
        rooms.min()
    }

    /// What a record states: its name, its codes, its quantity and days.
    pub(crate) fn words_of(&self, record: usize) -> RecordWords {
        let program = self.program;
        let mut kind = Vec::with_capacity(program.shown.len());
        let mut days: Option<(jiff::civil::Date, jiff::civil::Date)> = None;
        for fact in &program.shown {
            match self.value(*fact, Some(record)) {
                Value::Code(code) => kind.extend(program.schema.title(usize::from(*fact), *code)),
                Value::Date(day) => days = Some(days.map_or((*day, *day), |(first, last)| (first.min(*day), last.max(*day)))),
                _ => {}
            }
        }
        let quantity = match self.records[record].values.first() {
            Some(Value::Number(number)) => *number,
            _ => Exact::from_integer(0),
        };
        let title = match program.label.map(|fact| self.value(fact, Some(record))) {
            Some(Value::Text(text)) => text.clone(),
            _ => Box::default(),
        };
        let unit = self.unit(record).and_then(|unit| program.schema.title(1, unit)).unwrap_or_default();
        RecordWords { title, kind, quantity, unit, days }
    }
}
