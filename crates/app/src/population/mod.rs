//! A population at once: persons of sorted columns, reckoned by columns, task by task on every core.
//!
//! ```text
//! files ── tasks (row groups) ── run ──┬── Columnar ──┐
//!                                      └── Book ──────┴── lines ── output
//! ```
//!
//! Whom the columnar path leaves to the explaining path is collected, task by task, in a frame and assessed like a table.

mod lines;
mod rows;
mod task;

pub(crate) use lines::{Line, LineColumns, Lines};

use crate::assessing::Assessing;
use crate::failure::Failure;
use crate::input::{Book, ColumnFiles, Columns, Defaults, Frame, Layouts, RowError};
use crate::output::{PersonCells, PersonRow, Shape as _};
use crate::work;
use std::sync::Arc;
use task::{Edge, Task};
use xueshi_policy::{Asked, Engine, Stack, Text};

/// So many rows at least are one task.
const TASK_ROWS: u64 = 1 << 18;

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
    fn note(&mut self, note: &Text) {
        if !self.notes.contains(note) {
            self.notes.push(note.clone());
        }
    }
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

    /// Assesses everyone; `take` gets the lines in the order of the files, and how many rows are done.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(crate) fn run(&self, mut take: impl FnMut(&Lines, u64) -> Result<(), Failure>) -> Result<Said, Stop> {
        let tasks = self.tasks();
        let (mut said, mut edge, mut stop, mut done) = (Said::default(), None::<Edge>, None, 0);
        let worked = work::tasks(
            tasks.len(),
            |at| Ok(tasks[at].run(self)),
            |found, at| {
                let step = || -> Result<(), Stop> {
                    let found = found?;
                    said.errors.extend(found.said.errors);
                    found.said.notes.iter().for_each(|note| said.note(note));
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
            take(&self.framed(edge.frame, &mut said)?, done)?;
        }
        Ok(said)
    }

    /// Joins the rows of a person at the border of two tasks; a person who is complete is assessed.
    fn meet(&self, edge: &mut Option<Edge>, next: Option<Edge>, said: &mut Said, take: &mut dyn FnMut(&Lines) -> Result<(), Failure>) -> Result<(), Stop> {
        let Some(next) = next else { return Ok(()) };
        match edge {
            Some(known) if known.person == next.person => known.frame.append(&next.frame),
            Some(known) if known.person < next.person => {
                let full = std::mem::replace(known, next);
                take(&self.framed(full.frame, said)?)?;
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

    /// Lines of persons assessed by the explaining path.
    fn framed(&self, frame: Frame, said: &mut Said) -> Result<Lines, Stop> {
        let mut lines = Lines::default();
        for row in self.explained(frame, said)?.iter().flatten() {
            if !lines.row(row, &self.lines) {
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
