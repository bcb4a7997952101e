//! A population at once: persons reckoned by columns, task by task on every core.
//!
//! ```text
//!           sorted:   tasks (row groups) ──┐            ┌── Columnar ──┐
//! files ──┤                                ├── reckon ──┤              ├── lines ── (spool) ── output
//!           unsorted: aside ── gathered ───┘            └── Book ──────┘
//! ```
//!
//! Whom the columnar path leaves to the explaining path is collected, task by task, in a frame and assessed like a table.
//! Unsorted rows are put aside on disk by person, and the lines by the places of their persons' first rows: what is in
//! memory at a time does not grow with the files.

mod aside;
mod duty;
mod gathered;
mod kinds;
mod lines;
mod reckon;
mod rows;
mod said;
mod spill;
mod spool;
mod stream;
mod task;

pub(crate) use duty::Duty;
pub(crate) use gathered::picked;
pub(crate) use kinds::{Kind, Kinds, LEFT, NO_CARD};
pub(crate) use lines::{LineColumns, Lines, NOT_KNOWN};
pub(crate) use said::Said;
pub(crate) use spool::{Shown, Spool};
pub(crate) use stream::{Stream, Work};

use crate::assessing::Assessing;
use crate::failure::Failure;
use crate::input::{Book, Cards, ColumnFiles, Columns, Defaults, Frame, Layouts};
use crate::output::{PersonCells, PersonRow, Shape as _};
use crate::work;
use reckon::{Reckoning, Spooled};
use std::path::Path;
use std::sync::Arc;
use stream::TASK_ROWS;
use xueshi_exchange::Batch;
use xueshi_policy::{Asked, Engine, Text};

/// So many persons without records are assessed at a time.
pub(crate) const OTHERS: usize = 1 << 11;

/// A population and what is asked of it.
pub(crate) struct Population<'a> {
    engine: &'a Engine,
    stream: Stream<'a>,
    columns: &'a Columns,
    defaults: &'a Defaults,
    asked: Asked,
    kinds: Kinds,
    lines: LineColumns,
}

/// A step of the work that takes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Rows are put together by person.
    Grouping,
    /// Persons are assessed.
    Assessing,
}

/// Why a population was not run to its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Persons do not stand in rising order: the rows must be grouped first.
    Unsorted,
    /// A figure came up that no column was made for.
    Columns,
    /// It failed.
    Failure(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl<'a> Population<'a> {
    /// Prepares what all tasks share; nothing where no policy answers, or where only records show what is asked.
    ///
    /// # Errors
    /// If a policy can not be compiled.
    pub(crate) fn new(engine: &'a Engine, files: &'a ColumnFiles, columns: &'a Columns, defaults: &'a Defaults, asked: Asked, cards: Option<Arc<Cards>>) -> Result<Option<Self>, Failure> {
        let kinds = Kinds::new(engine, files, columns, defaults, asked, (cards, &[]))?;
        let text = |id: &str| (id.to_owned(), Text::default());
        let mut lines = LineColumns { hours: ["general", "specialised", "elective"].map(text).to_vec(), short: ["total", "general", "specialised"].map(text).to_vec(), duties: Vec::new() };
        for stack in kinds.sets.iter().flat_map(|stacks| stacks.iter()) {
            for subjects in stack.duties().iter().filter_map(|duty| stack.subjects(*duty)) {
                subjects.buckets.iter().for_each(|(id, title)| add(&mut lines.hours, id, title));
                subjects.requirements.iter().for_each(|(id, title)| add(&mut lines.short, id, title));
                add(&mut lines.duties, &subjects.duty.0, &subjects.duty.1);
            }
        }
        Ok((!lines.duties.is_empty()).then_some(Self { engine, stream: Stream::new(files, columns), columns, defaults, asked, kinds, lines }))
    }

    /// Whether lines can be written as they come: it is known before which columns they have.
    pub(crate) fn streams(&self) -> bool {
        self.kinds.cards.is_none() && self.lines.duties.len() == 1
    }

    /// The columns of the lines.
    pub(crate) fn lines(&self) -> &LineColumns {
        &self.lines
    }

    /// Assesses everyone of sorted files; `take` gets the lines in the order of the files, and how many rows are done.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(crate) fn run(&self, mut take: impl FnMut(&Lines, u64) -> Result<(), Failure>) -> Result<Said, Stop> {
        self.stream.sorted(|| Reckoning::new(self), |lines, done| take(&lines, done))
    }

    /// Assesses everyone and puts the lines aside in a folder. `sorted`: the files may turn out to be.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(crate) fn spooled(&self, folder: &Path, sorted: bool, mut tell: impl FnMut(Step, u64)) -> Result<(Spool, Said), Stop> {
        if sorted {
            let spool = self.spool(folder)?;
            let take = |lines: &Lines, done| {
                tell(Step::Assessing, done);
                spool.put(lines)
            };
            match self.run(take) {
                Err(Stop::Unsorted) => {}
                done => return self.others(spool, done?),
            }
        }
        let spool = self.spool(folder)?;
        let said = self.stream.unsorted(folder, || self.spooling(&spool), |()| (), tell)?;
        self.others(spool, said)
    }

    /// Assesses everyone of a table and puts the lines aside in a folder.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(crate) fn tabled(&self, places: Vec<u64>, batch: Batch, folder: &Path, mut tell: impl FnMut(u64)) -> Result<(Spool, Said), Stop> {
        let spool = self.spool(folder)?;
        let said = self.stream.tabled(places, batch, || self.spooling(&spool), |(), done| tell(done))?;
        self.others(spool, said)
    }

    fn spooling<'s>(&'s self, spool: &'s Spool) -> Spooled<'s> {
        Spooled { reckoning: Reckoning::new(self), spool }
    }

    fn spool(&self, folder: &Path) -> Result<Spool, Failure> {
        let cards = self.kinds.cards.as_ref().map_or(0, |cards| cards.list.len());
        Spool::new(folder, &self.lines, self.stream.files.rows() + cards as u64, TASK_ROWS)
    }

    /// Assesses those who have a card and no records. They follow all others in the order of their cards.
    fn others(&self, spool: Spool, mut said: Said) -> Result<(Spool, Said), Stop> {
        let Some(cards) = &self.kinds.cards else { return Ok((spool, said)) };
        said.errors.extend(cards.errors.iter().cloned());
        let others = self.kinds.without_records();
        let chunks: Vec<&[u32]> = others.chunks(OTHERS).collect();
        let make = |at: usize| {
            let which: &[u32] = chunks.get(at).copied().unwrap_or_default();
            let book = Book::of_cards(which.iter().copied(), self.stream.files.frame(), self.columns.clone(), self.defaults.clone(), Arc::clone(cards));
            let places: Vec<u64> = which.iter().map(|card| self.stream.files.rows() + u64::from(*card)).collect();
            let (mut said, mut lines) = (Said::default(), Lines::default());
            let rows = self.booked(&book, &places, &mut said)?;
            let fits = rows.iter().zip(&places).all(|(rows, place)| rows.iter().all(|row| lines.row(*place, row, &self.lines)));
            spool.put(&lines)?;
            Ok((said, fits))
        };
        let mut all_fit = true;
        work::tasks(chunks.len(), make, |(found, fits), _| {
            said.add(found);
            all_fit &= fits;
            Ok(())
        })?;
        if all_fit { Ok((spool, said)) } else { Err(Stop::Columns) }
    }

    /// The persons of a frame assessed by the explaining path, in the order of their first rows, which have these places.
    fn explained(&self, frame: Frame, places: &[u64], said: &mut Said) -> Result<Vec<Vec<PersonRow>>, Failure> {
        let mut book = Book::framed(frame, self.columns.clone(), self.defaults.clone(), self.kinds.cards.clone());
        said.errors.append(&mut book.errors);
        if self.kinds.cards.is_some() {
            said.without_card += (0..book.len()).filter(|at| self.kinds.see(&book.entry(*at).id).is_none()).count();
        }
        self.booked(&book, places, said)
    }

    /// The persons of a book assessed by the explaining path.
    fn booked(&self, book: &Book, places: &[u64], said: &mut Said) -> Result<Vec<Vec<PersonRow>>, Failure> {
        let assessing = Assessing { engine: self.engine, book, asked: self.asked };
        let layouts = Layouts::default();
        let mut all = Vec::with_capacity(book.len());
        for at in 0..book.len() {
            let done = assessing.person(at, &layouts)?;
            let place = places.get(at).copied().unwrap_or(0);
            said.of_person(place, done.assessments.iter().flat_map(|assessment| &assessment.notes));
            all.push(PersonCells.piece(&done));
            said.errors.extend(done.errors);
        }
        Ok(all)
    }
}

fn add(known: &mut Vec<(String, Text)>, id: &str, title: &Text) {
    match known.iter_mut().find(|(known, _)| known == id) {
        Some((_, words)) if words.is_empty() => *words = title.clone(),
        Some(_) => {}
        None => known.push((id.to_owned(), title.clone())),
    }
}
