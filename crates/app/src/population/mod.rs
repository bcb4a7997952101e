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
mod gathered;
mod lines;
mod reckon;
mod rows;
mod spill;
mod spool;
mod task;

pub(crate) use lines::{Line, LineColumns, Lines, NOT_KNOWN};
pub(crate) use spool::{Shown, Spool};

use crate::assessing::Assessing;
use crate::failure::Failure;
use crate::input::{Book, ColumnFiles, Columns, Defaults, Frame, Layouts, RowError, View};
use crate::output::{PersonCells, PersonRow, Shape as _};
use crate::work;
use aside::{Aside, Putting};
use gathered::Gathered;
use reckon::Reckoning;
use std::path::Path;
use std::sync::Arc;
use task::{Edge, Task};
use xueshi_policy::{Asked, Engine, Stack, Text};

/// So many rows at least are one task.
const TASK_ROWS: u64 = 1 << 18;
/// Into so many parts at most are unsorted rows put aside: of a thousand million rows a part has a million.
const MOST_PARTS: u64 = 1 << 10;
/// So many gathered rows are looked at together, so that they stay in the cache.
const VIEW_ROWS: usize = 1 << 14;

/// A population and what is asked of it.
pub(crate) struct Population<'a> {
    engine: &'a Engine,
    files: &'a ColumnFiles,
    columns: &'a Columns,
    defaults: &'a Defaults,
    asked: Asked,
    stacks: Arc<Vec<Arc<Stack>>>,
    lines: LineColumns,
}

/// What is said of a population beside its lines.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) errors: Vec<RowError>,
    pub(crate) notes: Vec<Text>,
}

impl Said {
    fn add(&mut self, other: Self) {
        self.errors.extend(other.errors);
        other.notes.iter().for_each(|note| self.note(note));
    }

    fn note(&mut self, note: &Text) {
        if !self.notes.contains(note) {
            self.notes.push(note.clone());
        }
    }
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
    pub(crate) fn new(engine: &'a Engine, files: &'a ColumnFiles, columns: &'a Columns, defaults: &'a Defaults, asked: Asked) -> Result<Option<Self>, Failure> {
        let place = &defaults.place;
        let stacks = engine.stacks(&place.region, place.industry.as_deref(), asked.year)?;
        let text = |id: &str| (id.to_owned(), Text::default());
        let mut lines = LineColumns { hours: ["general", "specialised", "elective"].map(text).to_vec(), short: ["total", "general", "specialised"].map(text).to_vec(), duties: Vec::new() };
        for stack in stacks.iter() {
            for duty in stack.duties() {
                let Some(subjects) = stack.subjects(*duty) else { return Ok(None) };
                subjects.buckets.iter().for_each(|(id, title)| add(&mut lines.hours, id, title));
                subjects.requirements.iter().for_each(|(id, title)| add(&mut lines.short, id, title));
                add(&mut lines.duties, &subjects.duty.0, &subjects.duty.1);
            }
        }
        Ok((!stacks.is_empty()).then_some(Self { engine, files, columns, defaults, asked, stacks, lines }))
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
        let kinds = self.files.whole_numbers(Columns::PERSON)?;
        if kinds.windows(2).any(|pair| pair[0] != pair[1]) {
            // Numbers of one file may be texts of another.
            return Err(Stop::Unsorted);
        }
        let tasks = self.tasks();
        let (mut said, mut edge, mut stop, mut done) = (Said::default(), None::<Edge>, None, 0);
        let worked = work::tasks(
            tasks.len(),
            |at| Ok(tasks[at].run(self)),
            |found, at| {
                let step = || -> Result<(), Stop> {
                    let found = found?;
                    said.add(found.said);
                    done += tasks[at].rows;
                    self.meet(&mut edge, found.head, &mut said, &mut |lines| take(lines, done))?;
                    let Some(tail) = found.tail else { return Ok(()) };
                    // Another person follows: the first one is complete.
                    self.meet(&mut edge, Some(tail), &mut said, &mut |lines| take(lines, done))?;
                    take(&found.lines, done).map_err(Stop::from)
                };
                step().map_err(|why| {
                    stop = Some(why);
                    Failure::Quiet
                })
            },
        );
        if let Some(why) = stop {
            return Err(why);
        }
        worked?;
        if let Some(edge) = edge {
            take(&self.framed(edge, &mut said)?, done)?;
        }
        Ok(said)
    }

    /// Assesses everyone and puts the lines aside in a folder. `sorted`: the files may turn out to be.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(crate) fn spooled(&self, folder: &Path, sorted: bool, mut tell: impl FnMut(Step, u64)) -> Result<(Spool, Said), Stop> {
        if sorted {
            let spool = Spool::new(folder, &self.lines, self.files.rows(), TASK_ROWS)?;
            let take = |lines: &Lines, done| {
                tell(Step::Assessing, done);
                spool.put(lines)
            };
            match self.run(take) {
                Err(Stop::Unsorted) => {}
                done => return Ok((spool, done?)),
            }
        }
        self.unsorted(folder, tell)
    }

    /// Assesses everyone of files in any order: rows are put aside by person, then lines by the place of the person's first row.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    fn unsorted(&self, folder: &Path, mut tell: impl FnMut(Step, u64)) -> Result<(Spool, Said), Stop> {
        let aside = Aside::new(self.files, folder, self.files.rows().div_ceil(TASK_ROWS).clamp(1, MOST_PARTS) as usize)?;
        let tasks = self.tasks();
        let mut done = 0;
        work::tasks(
            tasks.len(),
            |at| self.put_aside(&tasks[at], &aside),
            |(), at| {
                done += tasks[at].rows;
                tell(Step::Grouping, done);
                Ok(())
            },
        )?;
        let known = aside.words();
        let spool = Spool::new(folder, &self.lines, self.files.rows(), TASK_ROWS)?;
        let (mut said, mut stop, mut done) = (Said::default(), None, 0);
        let worked = work::tasks(
            aside.spill.parts(),
            |part| Ok(self.gathered(Gathered::take(&aside, part, &known)?, &spool)),
            |found, _| {
                let (found, rows) = found.map_err(|why| {
                    stop = Some(why);
                    Failure::Quiet
                })?;
                said.add(found);
                done += rows;
                tell(Step::Assessing, done);
                Ok(())
            },
        );
        match stop {
            Some(why) => Err(why),
            None => Ok(worked.map(|()| (spool, said))?),
        }
    }

    /// Puts the rows of a task aside by person.
    fn put_aside(&self, task: &Task, aside: &Aside) -> Result<(), Failure> {
        let (file, _) = &self.files.files[task.file];
        let mut reader = file.reader(&self.files.wanted, task.groups.clone());
        let mut putting = Putting::new(aside, work::cores());
        while let Some(batch) = reader.next()? {
            putting.rows(&View::batch(self.files, task.file, batch))?;
        }
        putting.finish()
    }

    /// Assesses the persons of a part, and puts their lines aside. Gives what is said, and how many rows there were.
    fn gathered(&self, rows: Gathered, spool: &Spool) -> Result<(Said, u64), Stop> {
        let mut said = Said::default();
        let mut reckoning = Reckoning::new(self, &mut said)?;
        // Rows that name nobody are told as such and make no line.
        let (places, columns) = rows.rows(0..rows.of_nobody());
        let view = View::gathered(self.files, &places, &columns, &rows.words);
        let mut nobody = self.files.frame();
        (0..view.rows).for_each(|row| reckoning.row(&mut nobody, &view, row));
        self.explained(nobody, &mut said)?;
        let mut first = 0;
        let people = rows.bounds.len() - 1;
        while first < people {
            let from = rows.bounds[first];
            let many = rows.bounds[first + 1..].iter().take_while(|end| **end <= from + VIEW_ROWS).count().max(1);
            let bounds: Vec<usize> = rows.bounds[first..=first + many].iter().map(|bound| bound - from).collect();
            let (places, columns) = rows.rows(from..rows.bounds[first + many]);
            reckoning.persons(&View::gathered(self.files, &places, &columns, &rows.words), &bounds, 0..many);
            first += many;
        }
        spool.put(&reckoning.finish(&mut said)?)?;
        Ok((said, rows.len() as u64))
    }

    /// Joins the rows of a person at the border of two tasks; a person who is complete is assessed.
    fn meet(&self, edge: &mut Option<Edge>, next: Option<Edge>, said: &mut Said, take: &mut dyn FnMut(&Lines) -> Result<(), Failure>) -> Result<(), Stop> {
        let Some(next) = next else { return Ok(()) };
        match edge {
            Some(known) if known.person == next.person => known.frame.append(&next.frame),
            Some(known) if known.person < next.person => {
                let full = std::mem::replace(known, next);
                take(&self.framed(full, said)?)?;
            }
            Some(_) => return Err(Stop::Unsorted),
            None => *edge = Some(next),
        }
        Ok(())
    }

    /// Row groups in tasks of enough rows.
    fn tasks(&self) -> Vec<Task> {
        let mut tasks: Vec<Task> = Vec::new();
        for (at, (file, _)) in self.files.files.iter().enumerate() {
            for group in 0..file.groups() {
                let rows = file.group_rows(group);
                match tasks.last_mut() {
                    Some(last) if last.file == at && last.rows < TASK_ROWS => {
                        last.groups.end = group + 1;
                        last.rows += rows;
                    }
                    _ => tasks.push(Task { file: at, groups: group..group + 1, rows }),
                }
            }
        }
        tasks
    }

    /// The lines of a person assessed by the explaining path.
    fn framed(&self, person: Edge, said: &mut Said) -> Result<Lines, Stop> {
        let mut lines = Lines::default();
        for row in self.explained(person.frame, said)?.iter().flatten() {
            if !lines.row(person.place, row, &self.lines) {
                return Err(Stop::Columns);
            }
        }
        Ok(lines)
    }

    /// The persons of a frame assessed by the explaining path, in the order of their first rows.
    fn explained(&self, frame: Frame, said: &mut Said) -> Result<Vec<Vec<PersonRow>>, Stop> {
        let mut book = Book::framed(frame, self.columns.clone(), self.defaults.clone());
        said.errors.append(&mut book.errors);
        let assessing = Assessing { engine: self.engine, book: &book, asked: self.asked };
        let layouts = Layouts::default();
        let mut all = Vec::with_capacity(book.len());
        for at in 0..book.len() {
            let done = assessing.person(at, &layouts)?;
            done.assessments.iter().flat_map(|assessment| &assessment.notes).for_each(|note| said.note(note));
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
