//! What a result hangs on: each reading's alternative flipped alone.

use crate::assess::{Asked, Assessment, Bare, RecordResult, Status};
use crate::check::same;
use crate::columns::{Flip, Flips, Then};
use crate::engine::{Engine, Rows, Stack, bare_in};
use crate::exact::Hours;
use crate::library::{COMMON, Library, PolicyFile, scalar_words};
use crate::text::Text;
use std::sync::{Arc, PoisonError};

/// Of so many places at most is kept what readings are flipped with.
const MOST_KEPT: usize = 8;

/// A reading that the result hangs on.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadingEffect {
    /// The policy it stands in.
    pub policy: Arc<str>,
    /// Its id.
    pub reading: Arc<str>,
    /// Its clauses.
    pub cite: Arc<[String]>,
    /// What is chosen, and why.
    pub text: Arc<Text>,
    /// Its value, where it has one.
    pub value: Option<Arc<Text>>,
    /// The alternatives under which something would come out otherwise.
    pub alternatives: Vec<AlternativeEffect>,
}

/// What one alternative alone would give.
#[derive(Clone, Debug, PartialEq)]
pub struct AlternativeEffect {
    /// The other way.
    pub text: Arc<Text>,
    /// The status then; nothing where no duty would apply.
    pub status: Option<Status>,
    /// All hours then.
    pub total: Hours,
    /// Requirements whose figures change.
    pub requirements: Vec<RequirementThen>,
    /// Records whose hours change: id, before, then.
    pub records: Vec<(String, Hours, Hours)>,
    /// Gates that would open or close: question, closed then.
    pub gates: Vec<(Arc<str>, bool)>,
}

/// A requirement under an alternative.
#[derive(Clone, Debug, PartialEq)]
pub struct RequirementThen {
    /// What it is on.
    pub title: Arc<Text>,
    /// Recognised.
    pub have: Hours,
    /// Asked.
    pub at_least: Option<Hours>,
    /// Whether it binds.
    pub binding: bool,
}

/// An alternative that makes a difference for a place, sector and year, with the engine that runs it.
#[derive(Debug)]
pub(crate) struct Variant {
    file: PolicyFile,
    reading: usize,
    alternative: usize,
    /// Its reading in words, with no alternatives; shared by all of them.
    told: Arc<ReadingEffect>,
    text: Arc<Text>,
    engine: Engine,
}

impl Engine {
    /// The readings an assessment hangs on, with what each alternative alone would give. Alternatives are not combined.
    pub fn readings(&self, region: &str, sector: Option<&str>, rows: &dyn Rows, asked: Asked, base: &Assessment) -> Vec<ReadingEffect> {
        let asked = Asked { explain: false, ..asked };
        let variants = self.variants(region, sector, asked.year);
        let flips = if plain(base) { self.flipped(region, sector, rows, asked, base, &variants) } else { None };
        self.effects(region, sector, rows, asked, base, &variants, flips.as_deref().unwrap_or_default())
    }

    /// The effects of variants; those that were not run by columns are run by the explaining path.
    #[expect(clippy::too_many_arguments, reason = "whose readings, and what is known of them")]
    fn effects(&self, region: &str, sector: Option<&str>, rows: &dyn Rows, asked: Asked, base: &Assessment, variants: &[Variant], flips: &[Flip]) -> Vec<ReadingEffect> {
        let plain = plain(base);
        let mut before = None;
        let mut effects: Vec<ReadingEffect> = Vec::new();
        for (at, variant) in variants.iter().enumerate() {
            let found = match flips.get(at) {
                Some(Flip::Same) => None,
                Some(Flip::Other(then)) => effect_of(base, then, variant),
                Some(Flip::Unknown) | None => {
                    let before = before.get_or_insert_with(|| if plain { self.bare(region, sector, rows, asked, &base.duty) } else { None });
                    if before.is_some() && variant.engine.bare(region, sector, rows, asked, &base.duty) == *before {
                        continue;
                    }
                    let Ok(results) = variant.engine.assess(region, sector, rows, asked) else { continue };
                    effect(base, results.iter().find(|other| other.duty == base.duty), variant)
                }
            };
            if let Some(found) = found {
                add(&mut effects, variant, found);
            }
        }
        effects
    }

    /// Every variant run by columns; nothing where the person can not be.
    fn flipped(&self, region: &str, sector: Option<&str>, rows: &dyn Rows, asked: Asked, base: &Assessment, variants: &[Variant]) -> Option<Vec<Flip>> {
        let stacks = self.stacks(region, sector, asked.year).ok()?;
        let (stack, duty) = one_duty(&stacks, &base.duty)?;
        let key = ((region.to_owned(), sector.map(str::to_owned), asked.year), Arc::clone(&base.duty), asked.evidence, asked.assume_covered);
        let kept = self.flips.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&key).and_then(Vec::pop);
        let mut flips = match kept {
            Some(kept) => kept,
            None => {
                let other = |variant: &Variant| {
                    let stacks = variant.engine.stacks(region, sector, asked.year).ok()?;
                    one_duty(&stacks, &base.duty).map(|(stack, duty)| (Arc::clone(stack), duty))
                };
                Flips::new(stack, duty, asked, &variants.iter().map(other).collect::<Vec<_>>())?
            }
        };
        let mut found = None;
        rows.with(stack.schema(), &mut |person, records| found = flips.run(person, records, (base.status, base.total)));
        if !flips.is_full() {
            let mut kept = self.flips.lock().unwrap_or_else(PoisonError::into_inner);
            // Each takes some megabytes: those of many places are not kept together.
            if kept.len() >= MOST_KEPT && !kept.contains_key(&key) {
                kept.clear();
            }
            kept.entry(key).or_default().push(flips);
        }
        found
    }

    /// What can be compared of the one duty of that name.
    fn bare(&self, region: &str, sector: Option<&str>, rows: &dyn Rows, asked: Asked, duty: &str) -> Option<Bare> {
        let stacks = self.stacks(region, sector, asked.year).ok()?;
        let (stack, at) = one_duty(&stacks, duty)?;
        let mut bare = None;
        rows.with(stack.schema(), &mut |person, records| bare = bare_in(stack, at, person, records, asked));
        bare
    }

    /// The alternatives that make another program of the stacks of a place, sector and year; compiled once.
    pub(crate) fn build_variants(library: &Library, base: &[Arc<Stack>], region: &str, sector: Option<&str>, year: i16) -> Vec<Variant> {
        let mut variants = Vec::new();
        let here = library.files().iter().filter(|file| file.id() == COMMON || file.answers_for(region, sector));
        for file in here {
            for (reading, item) in file.ast.readings.iter().enumerate() {
                let told = Arc::new(ReadingEffect {
                    policy: file.id().into(),
                    reading: item.id.is.as_str().into(),
                    cite: item.cite.iter().map(|word| word.is.clone()).collect(),
                    text: Arc::new(item.is.text.clone()),
                    value: item.is.value.as_ref().map(|value| Arc::new(scalar_words(&value.is))),
                    alternatives: Vec::new(),
                });
                for alternative in 0..item.is.alternatives.len() {
                    let mut found = Vec::new();
                    let Some(changed) = file.with_alternative(reading, alternative, &mut found) else { continue };
                    let mut other = library.clone();
                    other.add(changed);
                    let engine = Engine::new(other);
                    let Ok(stacks) = engine.stacks(region, sector, year) else { continue };
                    let alike = stacks.len() == base.len() && stacks.iter().zip(base).all(|(a, b)| same(a, b));
                    if !alike {
                        let text = Arc::new(item.is.alternatives[alternative].text.clone());
                        variants.push(Variant { file: file.clone(), reading, alternative, told: Arc::clone(&told), text, engine });
                    }
                }
            }
        }
        variants
    }
}

/// Whether one run under one program tells everything: where hours come from other years or a fact is not known, only the whole assessment does.
fn plain(base: &Assessment) -> bool {
    base.outcomes.is_empty() && base.missing.is_empty() && base.records.iter().all(|record| record.carried_from.is_none())
}

/// The one duty of that name, and its stack.
fn one_duty<'a>(stacks: &'a [Arc<Stack>], duty: &str) -> Option<(&'a Arc<Stack>, usize)> {
    let mut found = stacks.iter().flat_map(|stack| stack.duties().iter().map(move |at| (stack, *at))).filter(|(stack, at)| *stack.program().duties[*at].id == *duty);
    let (Some(found), None) = (found.next(), found.next()) else { return None };
    Some(found)
}

/// Puts an alternative's effect under its reading.
fn add(effects: &mut Vec<ReadingEffect>, variant: &Variant, effect: AlternativeEffect) {
    match effects.last_mut().filter(|known| Arc::ptr_eq(&known.text, &variant.told.text)) {
        Some(known) => known.alternatives.push(effect),
        None => effects.push(ReadingEffect { alternatives: vec![effect], ..(*variant.told).clone() }),
    }
}

/// What differs from the base in a result reckoned by columns.
fn effect_of(base: &Assessment, then: &Then, variant: &Variant) -> Option<AlternativeEffect> {
    let changed = base.records.iter().zip(&then.hours).filter(|(record, hours)| record.hours != **hours);
    let records = changed.map(|(record, hours)| (record.record.clone(), record.hours, *hours)).collect();
    let asked = then
        .requirements
        .iter()
        .filter(|r| base.requirements.iter().find(|was| was.subject == r.subject).is_none_or(|was| was.have != r.have || was.at_least != Some(r.at_least) || was.binding != r.binding));
    let requirements = asked.map(|r| RequirementThen { title: r.title.clone(), have: r.have, at_least: Some(r.at_least), binding: r.binding }).collect();
    let gone = base.requirements.iter().any(|was| then.requirements.iter().all(|r| r.subject != was.subject));
    let before = |gate: &Arc<str>| base.consequences.iter().any(|c| c.gate == *gate);
    let gates = base.consequences.iter().map(|c| &c.gate).chain(&then.closes).filter(|gate| before(gate) != then.closes.contains(gate));
    let gates = gates.map(|gate| (Arc::clone(gate), then.closes.contains(gate))).collect();
    told(AlternativeEffect { text: Arc::clone(&variant.text), status: Some(then.status), total: then.total, requirements, records, gates }, base, gone)
}

/// An effect where it is one.
fn told(mut effect: AlternativeEffect, base: &Assessment, gone: bool) -> Option<AlternativeEffect> {
    effect.gates.dedup();
    let same = effect.records.is_empty() && effect.requirements.is_empty() && effect.gates.is_empty() && !gone && Some(base.status) == effect.status && base.total == effect.total;
    (!same).then_some(effect)
}

/// What differs from the base; nothing where the result does not hang on it.
fn effect(base: &Assessment, other: Option<&Assessment>, variant: &Variant) -> Option<AlternativeEffect> {
    let item = &variant.file.ast.readings[variant.reading].is.alternatives[variant.alternative];
    let Some(other) = other else {
        return Some(AlternativeEffect { text: Arc::clone(&variant.text), status: None, total: Hours::ZERO, requirements: Vec::new(), records: Vec::new(), gates: Vec::new() });
    };
    // A row can be unreadable under one and not the other, so records are held together by their row.
    let changed = |record: &RecordResult| {
        let then = other.records.iter().find(|then| then.row == record.row)?;
        (then.hours != record.hours || then.carried_to != record.carried_to).then(|| (record.record.clone(), record.hours, then.hours))
    };
    // Records placed by another column say nothing where none of them has it: they lack it, or can not be read at all.
    if let Some(dated) = item.change.as_ref().and_then(|change| change.get("account")?.get("dated")?.text()) {
        let placed = |then: &RecordResult| then.missing.as_ref().is_none_or(|missing| missing.column != dated);
        let mut counted = base.records.iter().filter(|record| record.hours > Hours::ZERO).peekable();
        if counted.peek().is_some() && counted.all(|record| !other.records.iter().any(|then| then.row == record.row && placed(then))) {
            return None;
        }
    }
    let records: Vec<(String, Hours, Hours)> = base.records.iter().filter_map(changed).collect();
    let requirements: Vec<RequirementThen> = other
        .requirements
        .iter()
        .filter(|r| base.requirements.iter().find(|was| was.subject == r.subject).is_none_or(|was| was.have != r.have || was.at_least != r.at_least || was.binding != r.binding))
        .map(|r| RequirementThen { title: r.subject_title.clone(), have: r.have, at_least: r.at_least, binding: r.binding })
        .collect();
    let gone = base.requirements.iter().any(|was| other.requirements.iter().all(|r| r.subject != was.subject));
    let closed = |a: &Assessment, gate: &str| a.consequences.iter().any(|c| *c.gate == *gate);
    let gates =
        base.consequences.iter().chain(&other.consequences).map(|c| c.gate.clone()).filter(|gate| closed(base, gate) != closed(other, gate)).map(|gate| (gate.clone(), closed(other, &gate))).collect();
    told(AlternativeEffect { text: Arc::clone(&variant.text), status: Some(other.status), total: other.total, requirements, records, gates }, base, gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::ast::{FactType, Of};
    use crate::value::{Person, Record, Value};
    use crate::{Exact, PolicyFile};
    use std::path::Path;

    fn library(folder: &Path, library: &mut Library) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self::library(&path, library);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                library.add(PolicyFile::parse(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap()).0.unwrap());
            }
        }
    }

    /// A person with records drawn under a schema: ordinary ones, some out of the year, some unproven.
    fn person(schema: &crate::Schema, year: i16, draw: &mut impl FnMut(usize) -> usize) -> (Person, Vec<Record>) {
        let words = ["", "sc-online", "5G+", "cq-public-1", "cq-public-2", "xj-rst-1"];
        let mut values = vec![Value::Empty; schema.slots(Of::Person)];
        for column in schema.columns.iter().filter(|column| column.of == Of::Person && !column.derived) {
            values[column.slot] = match column.kind {
                FactType::Years => Value::Years(if draw(6) == 0 { vec![year] } else { Vec::new() }),
                FactType::Code if draw(2) == 0 => Value::Code(draw(column.codes.len()) as u16),
                FactType::YesNo => Value::YesNo(draw(8) > 0),
                FactType::Text => Value::Text(format!("甲{}", draw(1000)).into()),
                _ => Value::Empty,
            };
        }
        let records = (1..=draw(25)).map(|id| {
            let mut values = vec![Value::Empty; schema.slots(Of::Record)];
            for column in schema.columns.iter().filter(|column| column.of == Of::Record && !column.derived) {
                values[column.slot] = match column.kind {
                    FactType::Code if column.required || draw(3) > 0 => Value::Code(draw(column.codes.len()) as u16),
                    FactType::Codes if draw(5) > 0 => Value::Codes((0..column.codes.len() as u16).collect()),
                    FactType::Number if column.required => Value::Number(Exact::new(draw(4000) as i64, 100)),
                    FactType::Number if draw(3) == 0 => Value::Number(Exact::from_integer(draw(30) as i64)),
                    FactType::Date => Value::Date(jiff::civil::date(year, 1, 1).checked_add(jiff::Span::new().days(draw(400) as i64 - 10)).unwrap()),
                    FactType::Text => match words[draw(words.len())] {
                        "" => Value::Empty,
                        word => Value::Text(word.into()),
                    },
                    _ => Value::Empty,
                };
            }
            Record { id: id.to_string(), row: id as u32, values }
        });
        let records = records.collect();
        (Person { id: "P".to_owned(), values, rows_in_error: draw(10) == 0 }, records)
    }

    #[test]
    fn columns_find_the_readings_that_reasons_find() {
        let mut all = Library::default();
        library(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies"), &mut all);
        let engine = Engine::new(all);
        let mut state = 7_u64;
        let mut draw = move |most: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % most.max(1)
        };
        let (mut by_columns, mut people) = (0, 0);
        for (region, year) in [("510100", 2019), ("510700", 2018), ("500000", 2023), ("500103", 2010), ("430100", 2020), ("650200", 2023)] {
            let asked = Asked::year(year);
            let mut told = Vec::new();
            let mut facts: Vec<Vec<Value>> = Vec::new();
            for _ in 0..80 {
                let mut rows = person(engine.stacks(region, None, year).unwrap()[0].schema(), year, &mut draw);
                // Half of them have the facts of another, so that what was learnt of those is used.
                match facts.get(draw(2 * facts.len())) {
                    Some(known) => rows.0.values.clone_from(known),
                    None => facts.push(rows.0.values.clone()),
                }
                for base in engine.assess(region, None, &rows, asked).unwrap() {
                    let variants = engine.variants(region, None, year);
                    let flips = if plain(&base) { engine.flipped(region, None, &rows, asked, &base, &variants) } else { None };
                    people += 1;
                    by_columns += usize::from(flips.is_some());
                    let slow = engine.effects(region, None, &rows, asked, &base, &variants, &[]);
                    assert_eq!(engine.readings(region, None, &rows, asked, &base), slow, "{region} {year} {:#?}", rows.1);
                    told.push((rows.clone(), base, slow));
                }
            }
            // In another order, with all that was learnt in between.
            for (rows, base, slow) in told.iter().rev() {
                assert_eq!(engine.readings(region, None, rows, asked, base), *slow, "{region} {year} {:#?}", rows.1);
            }
        }
        assert!(by_columns * 2 > people, "{by_columns} of {people}");
    }
}
