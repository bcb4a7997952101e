//! What a result hangs on: each reading's alternative flipped alone.

use crate::assess::{Asked, Assessment, Bare, RecordResult, Status};
use crate::check::same;
use crate::engine::{Engine, Rows, Stack, bare_in};
use crate::exact::Hours;
use crate::library::{COMMON, Library, PolicyFile, scalar_words};
use crate::text::Text;
use std::sync::Arc;

/// A reading that the result hangs on.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadingEffect {
    /// The policy it stands in.
    pub policy: String,
    /// Its id.
    pub reading: String,
    /// Its clauses.
    pub cite: Vec<String>,
    /// What is chosen, and why.
    pub text: Text,
    /// Its value, where it has one.
    pub value: Option<Text>,
    /// The alternatives under which something would come out otherwise.
    pub alternatives: Vec<AlternativeEffect>,
}

/// What one alternative alone would give.
#[derive(Clone, Debug, PartialEq)]
pub struct AlternativeEffect {
    /// The other way.
    pub text: Text,
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
    engine: Engine,
}

impl Engine {
    /// The readings an assessment hangs on, with what each alternative alone would give. Alternatives are not combined.
    pub fn readings(&self, region: &str, sector: Option<&str>, rows: &dyn Rows, asked: Asked, base: &Assessment) -> Vec<ReadingEffect> {
        let mut effects: Vec<ReadingEffect> = Vec::new();
        let unexplained = Asked { explain: false, ..asked };
        // Where hours come from other years or a fact is not known, only the whole assessment tells.
        let plain = base.outcomes.is_empty() && base.missing.is_empty() && base.records.iter().all(|record| record.carried_from.is_none());
        let before = if plain { self.bare(region, sector, rows, unexplained, &base.duty) } else { None };
        for variant in self.variants(region, sector, asked.year).iter() {
            if before.is_some() && variant.engine.bare(region, sector, rows, unexplained, &base.duty) == before {
                continue;
            }
            let Ok(results) = variant.engine.assess(region, sector, rows, unexplained) else { continue };
            let other = results.iter().find(|other| other.duty == base.duty);
            let Some(effect) = effect(base, other, variant) else { continue };
            let item = &variant.file.ast.readings[variant.reading];
            let known = effects.iter_mut().find(|known| known.policy == variant.file.id() && known.reading == item.id.is);
            match known {
                Some(known) => known.alternatives.push(effect),
                None => effects.push(ReadingEffect {
                    policy: variant.file.id().to_owned(),
                    reading: item.id.is.clone(),
                    cite: item.cite.iter().map(|word| word.is.clone()).collect(),
                    text: item.is.text.clone(),
                    value: item.is.value.as_ref().map(|value| scalar_words(&value.is)),
                    alternatives: vec![effect],
                }),
            }
        }
        effects
    }

    /// What can be compared of the one duty of that name.
    fn bare(&self, region: &str, sector: Option<&str>, rows: &dyn Rows, asked: Asked, duty: &str) -> Option<Bare> {
        let stacks = self.stacks(region, sector, asked.year).ok()?;
        let mut found = stacks.iter().flat_map(|stack| stack.duties().iter().map(move |at| (stack, *at))).filter(|(stack, at)| *stack.program().duties[*at].id == *duty);
        let ((stack, at), None) = (found.next()?, found.next()) else { return None };
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
                for alternative in 0..item.is.alternatives.len() {
                    let mut found = Vec::new();
                    let Some(changed) = file.with_alternative(reading, alternative, &mut found) else { continue };
                    let mut other = library.clone();
                    other.add(changed);
                    let engine = Engine::new(other);
                    let Ok(stacks) = engine.stacks(region, sector, year) else { continue };
                    let alike = stacks.len() == base.len() && stacks.iter().zip(base).all(|(a, b)| same(a, b));
                    if !alike {
                        variants.push(Variant { file: file.clone(), reading, alternative, engine });
                    }
                }
            }
        }
        variants
    }
}

/// What differs from the base; nothing where the result does not hang on it.
fn effect(base: &Assessment, other: Option<&Assessment>, variant: &Variant) -> Option<AlternativeEffect> {
    let item = &variant.file.ast.readings[variant.reading].is.alternatives[variant.alternative];
    let Some(other) = other else {
        return Some(AlternativeEffect { text: item.text.clone(), status: None, total: Hours::ZERO, requirements: Vec::new(), records: Vec::new(), gates: Vec::new() });
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
    let mut gates: Vec<(Arc<str>, bool)> =
        base.consequences.iter().chain(&other.consequences).map(|c| c.gate.clone()).filter(|gate| closed(base, gate) != closed(other, gate)).map(|gate| (gate.clone(), closed(other, &gate))).collect();
    gates.dedup();
    let same = records.is_empty() && requirements.is_empty() && gates.is_empty() && !gone && base.status == other.status && base.total == other.total;
    (!same).then(|| AlternativeEffect { text: item.text.clone(), status: Some(other.status), total: other.total, requirements, records, gates })
}
