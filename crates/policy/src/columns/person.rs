//! One pass over the records of each person.

use super::classes::{BAD, Classifier};
use super::input::{Block, Cells, Input, NO_DAY, NO_NUMBER, Storage};
use super::profile::{Kind, MOST_SLOTS, Profile, Sum};
use super::repeats::Seen;
use super::verdict::Single;
use crate::assess::{Asked, Status, covered};
use crate::engine::Stack;
use crate::exact::Hours;
use crate::program::{ItemRef, Label};
use crate::value::{Person, Value};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// So many bytes at most for the tables of all profiles.
const MOST_BYTES: usize = 64 << 20;

/// A stack's duty over columns of one file. Each thread has its own.
#[derive(Debug)]
pub struct Columnar {
    stack: Arc<Stack>,
    duty: usize,
    asked: Asked,
    inputs: Vec<Input>,
    /// The columns of the schema of `inputs`.
    columns: Vec<usize>,
    /// The input that holds the quantity.
    quantity: Option<usize>,
    classifiers: Vec<(Vec<bool>, Result<Classifier, &'static str>)>,
    profiles: Vec<Kind>,
    known: FxHashMap<Vec<Value>, usize>,
    bytes: usize,
    blocks: u64,
    sums: [Sum; MOST_SLOTS],
    /// Of the person at hand: hours of each bucket, then of each requirement.
    figures: Vec<i64>,
    seen: Seen,
}

/// What a person came to.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// The duty does not apply.
    None,
    /// To be assessed by the explaining path: why is in the person's facts or records.
    Whole,
    /// Reckoned.
    Totals(Totals<'a>),
}

/// A person's result in figures.
#[derive(Clone, Copy, Debug)]
pub struct Totals<'a> {
    /// How the person stands.
    pub status: Status,
    /// Recognised, all buckets.
    pub total: Hours,
    /// Hours of each bucket, then of each requirement.
    figures: &'a [i64],
    profile: &'a Profile,
}

/// What a record came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowOutcome {
    /// Recognised.
    pub hours: Hours,
    /// Taken away by the rule's own cap.
    pub cut: Hours,
    rule: Option<u16>,
    problem: Option<u16>,
    bucket: Option<u8>,
}

impl Totals<'_> {
    /// Recognised in a bucket, by its id.
    pub fn bucket(&self, id: &str) -> Option<Hours> {
        let at = self.profile.program.buckets.iter().position(|bucket| *bucket.id == *id)?;
        self.figures.get(at).map(|hours| Hours(*hours))
    }

    /// Recognised and lacking for the requirement on everything (`None`) or on a bucket: the first such.
    pub fn requirement(&self, bucket: Option<&str>) -> Option<(Hours, Hours)> {
        let wanted = |label: &Label| match (label, bucket) {
            (Label::Total, None) => true,
            (Label::Bucket(at), Some(id)) => *self.profile.program.buckets[usize::from(*at)].id == *id,
            _ => false,
        };
        let at = self.profile.asks.iter().position(|ask| wanted(&ask.label))?;
        let (have, _, short) = self.requirements().nth(at)?;
        Some((have, short))
    }

    /// Recognised, asked and lacking for every requirement, in the order of the assessment.
    pub fn requirements(&self) -> impl Iterator<Item = (Hours, Hours, Hours)> + '_ {
        let have = self.figures.iter().skip(self.profile.program.buckets.len());
        have.zip(&self.profile.asks).map(|(have, ask)| (Hours(*have), Hours(ask.at_least), Hours(ask.at_least.saturating_sub(*have).max(0))))
    }

    /// The policies that cover the person, from the most general.
    pub fn policies(&self) -> impl Iterator<Item = &str> + '_ {
        self.profile.program.layers.iter().filter(|layer| layer.active).map(|layer| &*layer.policy)
    }

    /// The rule that gave a record its hours.
    pub fn rule(&self, row: &RowOutcome) -> Option<&ItemRef> {
        row.rule.map(|rule| &self.profile.program.rules[usize::from(rule)].item)
    }

    /// Why a record gives nothing.
    pub fn problem(&self, row: &RowOutcome) -> Option<&str> {
        row.problem.map(|problem| &*self.profile.program.problems[usize::from(problem)].id)
    }

    /// The bucket in which a record's hours count; nothing where it gives none.
    pub fn subject(&self, row: &RowOutcome) -> Option<&str> {
        row.bucket.map(|bucket| &*self.profile.program.buckets[usize::from(bucket)].id)
    }
}

impl Columnar {
    /// The duty's id.
    pub fn duty(&self) -> &str {
        &self.stack.program().duties[self.duty].id
    }

    /// A duty over columns of a file, named by the facts of the stack's schema and how they are kept.
    ///
    /// # Errors
    /// The column that is no fact read from records, or not kept as its fact asks: words for codes and texts, hundredths
    /// for numbers, days for dates.
    pub fn new(stack: Arc<Stack>, duty: usize, asked: Asked, columns: &[(&str, Storage)]) -> Result<Self, usize> {
        let input = |(at, (id, storage)): (usize, &(&str, Storage))| {
            let column = stack.schema().find(id).ok_or(at)?;
            Input::new(stack.schema(), column, *storage).ok_or(at)
        };
        let inputs = columns.iter().enumerate().map(input).collect::<Result<Vec<_>, _>>()?;
        let columns: Vec<usize> = inputs.iter().map(|input| input.column).collect();
        Ok(Self {
            duty,
            asked: Asked { explain: false, ..asked },
            quantity: columns.iter().position(|column| *column == 0),
            inputs,
            columns,
            classifiers: Vec::new(),
            profiles: Vec::new(),
            known: FxHashMap::default(),
            bytes: 0,
            blocks: 0,
            sums: [Sum::default(); MOST_SLOTS],
            figures: Vec::new(),
            seen: Seen::default(),
            stack,
        })
    }

    /// Tells the words of a column; the first are those told before.
    pub fn learn(&mut self, column: usize, words: &[String]) {
        if let Some(input) = self.inputs.get_mut(column) {
            input.learn(self.stack.schema(), words);
        }
    }

    /// The number of the facts of a person; the same for persons of equal facts, until the next block.
    pub fn person(&mut self, person: &Person) -> usize {
        if let Some(known) = self.known.get(&person.values) {
            return *known;
        }
        let kind = self.kind(person);
        self.profiles.push(kind);
        self.known.insert(person.values.clone(), self.profiles.len() - 1);
        self.profiles.len() - 1
    }

    fn kind(&mut self, person: &Person) -> Kind {
        let covered = covered(self.stack.program(), person, self.asked);
        let Some(program) = self.stack.for_layers(&covered.active) else { return Kind::Whole };
        let mut kind = Profile::kind(self.duty, person, self.asked, &covered, Arc::clone(&program), &self.columns);
        if let Kind::Columns(profile) = &mut kind {
            let at = match self.classifiers.iter().position(|(active, _)| *active == covered.active) {
                Some(at) => at,
                None => {
                    self.classifiers.push((covered.active.clone(), Classifier::new(program, &self.inputs, self.asked)));
                    self.classifiers.len() - 1
                }
            };
            if self.classifiers[at].1.is_err() || self.quantity.is_none() {
                return Kind::Whole;
            }
            profile.classifier = at;
        }
        kind
    }

    /// Begins a block. Numbers of persons from before hold no longer.
    pub fn begin(&mut self) {
        self.blocks += 1;
        if self.bytes > MOST_BYTES {
            self.profiles.clear();
            self.known.clear();
            self.bytes = 0;
        }
    }

    /// Assesses the rows of one person; the row outcomes are put into `rows_out` where it is given.
    pub fn assess(&mut self, person: usize, block: &Block<'_>, rows: Range<usize>, rows_out: Option<&mut Vec<RowOutcome>>) -> Outcome<'_> {
        let Some(found) = self.run(person, block, rows, rows_out) else {
            return if matches!(self.profiles.get(person), Some(Kind::None)) { Outcome::None } else { Outcome::Whole };
        };
        match self.profiles.get(person) {
            Some(Kind::Columns(profile)) => Outcome::Totals(Totals { status: found.0, total: Hours(found.1), figures: &self.figures, profile }),
            _ => Outcome::Whole,
        }
    }

    fn run(&mut self, person: usize, block: &Block<'_>, rows: Range<usize>, mut rows_out: Option<&mut Vec<RowOutcome>>) -> Option<(Status, i64)> {
        let Some(Kind::Columns(profile)) = self.profiles.get_mut(person) else { return None };
        let window = (!profile.looks_outside).then_some(profile.window);
        let (_, kept) = self.classifiers.get_mut(profile.classifier)?;
        if let Ok(classifier) = kept
            && let Err(why) = classifier.read(&self.inputs, block, self.blocks, window)
        {
            *kept = Err(why);
        }
        let Ok(classifier) = kept else { return None };
        if profile.layout != classifier.layout {
            self.bytes += profile.forget(classifier);
        }
        let quantity = self.quantity.and_then(|at| match block.columns.get(at) {
            Some(Cells::Numbers(numbers)) => Some(*numbers),
            _ => None,
        })?;
        let Some(Cells::Days(days)) = block.columns.get(profile.dated) else { return None };
        if !profile.repeats.is_empty() && self.seen.twice(&self.inputs, block, self.blocks, rows.clone(), &profile.repeats) {
            return None;
        }
        let mut slots = profile.slots.len();
        self.sums[..slots].fill(Sum::default());
        let closed = rows_out.is_none() && classifier.computed.is_empty() && !profile.looks_outside;
        let mut row = rows.start;
        while row < rows.end {
            if closed {
                row += profile.plain_rows(&classifier.rows[row..rows.end], &days[row..rows.end], &quantity[row..rows.end], &mut self.sums);
                if row == rows.end {
                    break;
                }
            }
            let (day, amount, number) = (days[row], quantity[row], classifier.rows[row]);
            if day == NO_DAY || amount == NO_NUMBER || number >= BAD {
                return None;
            }
            let inside = profile.days.0 <= day && day <= profile.days.1;
            let outside = RowOutcome { problem: u16::try_from(profile.program.structural.outside).ok(), ..RowOutcome::default() };
            let outcome = if !inside && !profile.looks_outside {
                outside
            } else {
                let single = profile.single(number, classifier, &self.inputs, block, row, amount)?;
                // A destination seen for the first time.
                if profile.slots.len() > slots {
                    self.sums[slots..profile.slots.len()].fill(Sum::default());
                    slots = profile.slots.len();
                }
                match single {
                    Single::Hours { reaches: true, .. } if !inside => return None,
                    _ if !inside => outside,
                    Single::Hours { rule, slot, hours, capped, .. } => {
                        let sum = &mut self.sums[usize::from(slot)];
                        (sum.hours, sum.records) = (sum.hours + hours, sum.records + 1);
                        RowOutcome { hours: Hours(hours), cut: Hours(capped), rule: Some(rule), problem: None, bucket: Some(profile.slots[usize::from(slot)].bucket) }
                    }
                    Single::Nothing(problem) => RowOutcome { problem: Some(problem), ..RowOutcome::default() },
                }
            };
            if let Some(out) = &mut rows_out {
                out.push(outcome);
            }
            row += 1;
        }
        let exactly = rows_out.is_some();
        profile.limit(&mut self.sums, exactly)?;
        if profile.several(&self.inputs, block, rows, &self.sums, classifier) {
            return None;
        }
        Some(profile.totals(&self.sums, &mut self.figures))
    }
}
