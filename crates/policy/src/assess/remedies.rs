//! What would close a gap, and a record in words: for explanations only.

use super::scope::Scope;
use super::{RecordWords, Remedy, RequirementResult};
use crate::exact::{self, Exact, Hours, show};
use crate::program::{Accepts, Figure, Label, Program, Rule};
use crate::speak;
use crate::syntax::ast::{FactType, Of};
use crate::text::{Lang, Text};
use crate::value::Value;

/// Most ways shown for one gap.
const MOST: usize = 4;

/// Ways to close each gap, from the rules that give a plain rate.
pub(crate) fn remedies(program: &Program, duty: usize, requirements: &[RequirementResult]) -> Vec<Remedy> {
    let mut all = Vec::new();
    for result in requirements.iter().filter(|r| r.binding && r.short > Hours::ZERO && r.unit.is_none() && r.parts.is_empty()) {
        let Some(requirement) = program.requirements.iter().find(|r| r.item == result.item) else { continue };
        let bucket = match requirement.label {
            Label::Total => None,
            Label::Bucket(bucket) => Some(bucket),
            Label::Own => continue,
        };
        let fitting = program.rules.iter().filter(|rule| rule.duties.contains(&duty) && counts_in(program, rule, bucket));
        let ways = fitting.filter_map(|rule| Some(Remedy { subject: result.subject.clone(), rule: rule.item.clone(), needs: needed(program, rule, result.short)? }));
        all.extend(ways.take(MOST));
    }
    all
}

/// Whether hours of a rule can count in a bucket.
fn counts_in(program: &Program, rule: &Rule, bucket: Option<u8>) -> bool {
    let Some(wanted) = bucket else { return true };
    let inside = |have: u8| program.bucket_set(have) >> (wanted + 1) & 1 == 1;
    if let Some(fixed) = rule.bucket {
        return inside(fixed);
    }
    let subjects = program.subject_buckets.iter().enumerate().filter(|(_, bucket)| bucket.is_some_and(inside)).map(|(code, _)| code);
    let classes = match &program.facts.get(program.subject).classes {
        crate::program::Classes::Codes { of_code, .. } => of_code.as_slice(),
        _ => &[],
    };
    let bits = subjects.filter_map(|code| classes.get(code)).fold(0_u128, |set, class| set | 1 << class);
    rule.matches.0.iter().any(|region| region.0.iter().all(|(fact, set)| *fact != program.subject || set & bits != 0))
}

/// How much of a rule's study gives so many hours.
fn needed(program: &Program, rule: &Rule, short: Hours) -> Option<Text> {
    let cap = match &rule.at_most {
        Some(Figure::Exact(most)) => Hours::floor(*most).filter(|most| *most < short),
        _ => None,
    };
    let tail = cap.map(|most| crate::text!("；一次至多 {most}", "; at most {most} at one time")).unwrap_or_default();
    match &rule.accepts {
        Accepts::Grant(Figure::Exact(each)) if *each > Exact::from_integer(0) => {
            let each = show(*each);
            Some(crate::text!("每次 {each}", "{each} each time"))
        }
        Accepts::Units(units) => units.iter().find_map(|(unit, figure)| match figure {
            Figure::Exact(each) if *each > Exact::from_integer(0) => {
                let quantity = Hours::ceil(exact::div(short.exact(), *each)?)?;
                let unit = &program.schema.columns.get(1)?.codes.get(usize::from(*unit))?.title;
                Some(Text::new(format!("{quantity} {}{}", unit.zh, tail.zh), format!("{quantity} {}{}", unit.get(Lang::En), tail.en)))
            }
            _ => None,
        }),
        Accepts::Grant(_) => None,
    }
}

impl Scope<'_> {
    /// A record in words: its name, its codes, its quantity and days.
    pub(crate) fn words_of(&self, record: usize) -> RecordWords {
        let program = self.program;
        let asked = |fact: u16| program.rules.iter().flat_map(|rule| &rule.matches.0).flat_map(|region| &region.0).any(|(f, _)| *f == fact);
        let codes = (0_u16..).zip(&program.schema.columns).filter(|(fact, column)| column.of == Of::Record && column.kind == FactType::Code && *fact != 1 && asked(*fact));
        let kind = speak::join(codes.filter_map(|(fact, _)| match self.value(fact, Some(record)) {
            Value::Empty => None,
            value => Some(speak::value(program, fact, value)),
        }));
        let unit = self.unit(record).and_then(|unit| program.schema.columns.get(1)?.codes.get(usize::from(unit))).map(|code| code.title.clone()).unwrap_or_default();
        let number = match self.records[record].values.first() {
            Some(Value::Number(number)) => show(*number),
            _ => String::new(),
        };
        let quantity = Text::new(format!("{number} {}", unit.zh), format!("{number} {}", unit.get(Lang::En)));
        let title = match program.label.map(|fact| self.value(fact, Some(record))) {
            Some(Value::Text(text)) => text.to_string(),
            _ => String::new(),
        };
        let dates = (0_u16..).zip(&program.schema.columns).filter(|(_, column)| column.of == Of::Record && column.kind == FactType::Date && !column.derived);
        let mut days: Vec<String> = dates.filter_map(|(fact, _)| match self.value(fact, Some(record)) {
            Value::Date(day) => Some(day.to_string()),
            _ => None,
        }).collect();
        days.sort_unstable();
        days.dedup();
        RecordWords { title, kind, quantity, unit, days: days.join(" – ") }
    }
}
