//! The door to the columnar path: words are told, persons are numbered by their facts, blocks are assessed.

use super::asks::Prevails;
use super::classes::Classifier;
use super::input::{Block, Cells, Input, Storage};
use super::profile::{Kind, MOST_SLOTS, Profile, Sum};
use super::repeats::Seen;
use super::run::Run;
use super::verdict::Verdict;
use crate::assess::{Asked, Status, covered};
use crate::engine::Stack;
use crate::exact::Hours;
use crate::program::ItemRef;
use crate::text::Text;
use crate::value::{Person, Value};
use rustc_hash::FxHashMap;
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
    /// The facts asked for last, and their number.
    last: Option<(Vec<Value>, usize)>,
    bytes: usize,
    blocks: u64,
    sums: [Sum; MOST_SLOTS],
    /// Of the person at hand: hours of each bucket, then of each measure.
    figures: Vec<i64>,
    prevail: Vec<Prevails>,
    seen: Seen,
    rows: Vec<RowOutcome>,
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
    /// Hours of each bucket, then of each measure.
    figures: &'a [i64],
    asked: &'a [Prevails],
    profile: &'a Profile,
}

/// A requirement that is asked of persons of equal facts.
#[derive(Clone, Copy, Debug)]
pub struct Required<'a> {
    /// What it is about: `total`, a bucket, or its own id.
    pub subject: &'a Arc<str>,
    /// The same in words.
    pub title: &'a Arc<Text>,
    /// What its hours are called.
    pub unit: &'a Arc<Text>,
    /// Whether the year is short without it.
    pub binding: bool,
}

/// What a record came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowOutcome {
    /// Recognised.
    pub hours: Hours,
    /// Taken away by the rule's own cap.
    pub cut: Hours,
    pub(super) rule: Option<u16>,
    pub(super) problem: Option<u16>,
    pub(super) bucket: Option<u8>,
    pub(super) slot: u8,
}

impl Totals<'_> {
    /// Recognised in each bucket, in the order of [`Columnar::buckets`].
    pub fn hours(&self) -> impl Iterator<Item = Hours> + '_ {
        self.figures.iter().take(self.profile.program.buckets.len()).map(|hours| Hours(*hours))
    }

    /// Recognised in a bucket, by its id.
    pub fn bucket(&self, id: &str) -> Option<Hours> {
        let at = self.profile.program.buckets.iter().position(|bucket| *bucket.id == *id)?;
        self.figures.get(at).map(|hours| Hours(*hours))
    }

    /// Recognised, asked and lacking for every requirement, in the order of the assessment.
    pub fn requirements(&self) -> impl Iterator<Item = (Hours, Hours, Hours)> + '_ {
        self.asked().map(|(_, _, _, have, at_least)| (have, at_least, at_least.less(have)))
    }

    /// What lacks of every requirement, in the order of the assessment; each with its number for [`Columnar::required`].
    pub fn lacks(&self) -> impl Iterator<Item = (usize, Hours)> + '_ {
        self.asked.iter().zip(self.requirements()).map(|(asked, (_, _, lacks))| (asked.of, lacks))
    }

    /// Every requirement: subject, title, whether it binds, recognised, asked.
    pub(super) fn asked(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Text>, bool, Hours, Hours)> + '_ {
        let buckets = self.profile.program.buckets.len();
        self.asked.iter().map(move |asked| {
            let ask = &self.profile.asks.list[asked.of];
            (&ask.subject, &ask.title, ask.binding, Hours(self.figures[buckets + asked.of]), Hours(asked.at_least))
        })
    }

    /// Gates that the window closes by itself.
    pub(super) fn closes(&self) -> &[Arc<str>] {
        self.profile.closes(self.status)
    }

    /// The policies that cover the person, from the most general.
    pub fn policies(&self) -> impl Iterator<Item = &str> + '_ {
        self.profile.policies()
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
            last: None,
            bytes: 0,
            blocks: 0,
            sums: [Sum::default(); MOST_SLOTS],
            figures: Vec::new(),
            prevail: Vec::new(),
            seen: Seen::default(),
            rows: Vec::new(),
            stack,
        })
    }

    /// Tells the words of a column; the first are those told before.
    pub fn learn(&mut self, column: usize, words: &[String]) {
        if let Some(input) = self.inputs.get_mut(column) {
            input.learn(self.stack.schema(), words);
        }
    }

    /// Takes values of a column in place of words; the first are those taken before.
    pub(super) fn learn_values(&mut self, column: usize, values: &[Value]) {
        if let Some(input) = self.inputs.get_mut(column) {
            input.learn_values(values);
        }
    }

    /// The number of the facts of a person; the same for persons of equal facts, until the next block.
    pub fn person(&mut self, person: &Person) -> usize {
        if let Some((values, known)) = &self.last
            && *values == person.values
        {
            return *known;
        }
        let number = match self.known.get(&person.values) {
            Some(known) => *known,
            None => {
                let kind = self.kind(person);
                self.profiles.push(kind);
                self.known.insert(person.values.clone(), self.profiles.len() - 1);
                self.profiles.len() - 1
            }
        };
        self.last = Some((person.values.clone(), number));
        number
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

    /// The buckets of persons of these facts, by their ids; none where they are not reckoned by columns.
    pub fn buckets(&self, person: usize) -> impl Iterator<Item = &str> {
        self.profile(person).into_iter().flat_map(|profile| profile.program.buckets.iter().map(|bucket| &*bucket.id))
    }

    /// What is asked of persons of these facts: `total`, buckets, or requirements by their ids.
    pub fn requirements(&self, person: usize) -> impl Iterator<Item = &str> {
        self.profile(person).into_iter().flat_map(|profile| profile.asks.subjects())
    }

    /// A requirement of persons of these facts, by its number in [`Totals::lacks`].
    pub fn required(&self, person: usize, number: usize) -> Option<Required<'_>> {
        let profile = self.profile(person)?;
        let ask = profile.asks.list.get(number)?;
        Some(Required { subject: &ask.subject, title: &ask.title, unit: ask.unit.as_ref().unwrap_or(&profile.program.unit), binding: ask.binding })
    }

    /// Gates that the window closes by itself for persons of these facts and a status.
    pub fn closes(&self, person: usize, status: Status) -> &[Arc<str>] {
        self.profile(person).map_or(&[], |profile| profile.closes(status))
    }

    /// The column, as [`Columnar::new`] was told of it, by whose day the records of persons of these facts follow each other; nothing
    /// where they are not reckoned by columns, or the day is not read from one.
    pub fn ordered_by(&self, person: usize) -> Option<usize> {
        let dated = usize::from(self.profile(person)?.program.dated);
        self.columns.iter().position(|column| *column == dated)
    }

    /// The policies that cover persons of these facts, from the most general.
    pub fn policies(&self, person: usize) -> impl Iterator<Item = &str> {
        self.profile(person).into_iter().flat_map(Profile::policies)
    }

    /// Bytes of the tables of all profiles, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What a row of a block comes to whatever its quantity, and whether compared or derived facts decide. Nothing where its person is
    /// for the explaining path.
    pub(super) fn known(&mut self, person: usize, block: &Block<'_>, row: usize) -> Option<(Verdict, bool)> {
        let run = self.run(person, block, true)?;
        let number = *run.classifier.rows.get(row)?;
        let verdict = run.profile.verdict(number, run.classifier, run.inputs, block, row)?;
        Some((verdict, run.profile.depends(number)))
    }

    /// Numbers the rows of a block. False where persons of these facts can not be reckoned by columns.
    pub(super) fn prepare(&mut self, person: usize, block: &Block<'_>) -> bool {
        self.run(person, block, true).is_some()
    }

    /// Holds sums of hours, slot by slot, against what is asked of persons of these facts.
    pub(super) fn sums<T>(&mut self, person: usize, sums: &[Sum; MOST_SLOTS], take: impl FnOnce(&Totals<'_>) -> T) -> Option<T> {
        let Some(Kind::Columns(profile)) = self.profiles.get(person) else { return None };
        let (status, total) = profile.totals(sums, &mut self.figures, &mut self.prevail)?;
        Some(take(&Totals { status, total: Hours(total), figures: &self.figures, asked: &self.prevail, profile }))
    }

    /// The classifier of persons of these facts, where they are reckoned by columns.
    pub(super) fn classifier(&self, person: usize) -> Option<&Classifier> {
        self.classifiers.get(self.profile(person)?.classifier)?.1.as_ref().ok()
    }

    pub(super) fn profile(&self, person: usize) -> Option<&Profile> {
        match self.profiles.get(person) {
            Some(Kind::Columns(profile)) => Some(profile),
            _ => None,
        }
    }

    /// Begins a block. Numbers of persons from before hold no longer.
    pub fn begin(&mut self) {
        self.blocks += 1;
        if self.bytes > MOST_BYTES {
            self.profiles.clear();
            self.known.clear();
            self.last = None;
            self.bytes = 0;
        }
    }

    /// Assesses persons of equal facts whose rows follow each other: person `n` has the rows from `bounds[n]` up to `bounds[n + 1]`.
    /// `sink` is told of each. Where `rows` asks for it, the rows of a person must be in the order in which records count (by the day
    /// that places them, then by id), and `sink` is told what each came to, if the person could be reckoned.
    pub fn assess(&mut self, person: usize, block: &Block<'_>, bounds: &[usize], rows: bool, mut sink: impl FnMut(usize, Outcome<'_>, &[RowOutcome])) {
        let people = bounds.len().saturating_sub(1);
        let Some(mut run) = self.run(person, block, rows) else {
            let none = matches!(self.profiles.get(person), Some(Kind::None));
            return (0..people).for_each(|at| sink(at, if none { Outcome::None } else { Outcome::Whole }, &[]));
        };
        for (at, pair) in bounds.windows(2).enumerate() {
            match run.person(pair[0]..pair[1]) {
                Some((status, total)) => sink(at, Outcome::Totals(Totals { status, total: Hours(total), figures: run.figures, asked: run.asked, profile: run.profile }), run.rows),
                None => sink(at, Outcome::Whole, &[]),
            }
        }
    }

    /// What persons of equal facts share in a block; nothing where they can not be reckoned by columns.
    fn run<'r>(&'r mut self, person: usize, block: &'r Block<'r>, rows: bool) -> Option<Run<'r>> {
        let Some(Kind::Columns(profile)) = self.profiles.get_mut(person) else { return None };
        let window = profile.listed_in;
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
        let quantities = self.quantity.and_then(|at| match block.columns.get(at) {
            Some(Cells::Numbers(numbers)) => Some(*numbers),
            _ => None,
        })?;
        let Some(Cells::Days(days)) = block.columns.get(profile.dated) else { return None };
        self.rows.clear();
        let closed = !rows && !profile.looks_outside;
        Some(Run {
            profile,
            classifier,
            inputs: &self.inputs,
            block,
            days,
            quantities,
            closed,
            exactly: rows,
            sums: &mut self.sums,
            figures: &mut self.figures,
            asked: &mut self.prevail,
            seen: &mut self.seen,
            rows: &mut self.rows,
        })
    }
}
