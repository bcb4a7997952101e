//! Persons with all of their rows out of files or a table, task by task on every core, for whatever is done with them.

use super::aside::{Aside, Putting};
use super::gathered::Gathered;
use super::rows::Checked;
use super::task::{Edge, Task};
use super::{Said, Step, Stop};
use crate::failure::Failure;
use crate::input::{ColumnFiles, Columns, Frame, View};
use crate::work;
use std::ops::Range;
use std::path::Path;
use xueshi_exchange::Batch;

/// So many rows at least are one task.
pub(super) const TASK_ROWS: u64 = 1 << 18;
/// Into so many parts at most are unsorted rows put aside: of a thousand million rows a part has a million.
const MOST_PARTS: u64 = 1 << 10;
/// So many gathered rows are looked at together, so that they stay in the cache.
const VIEW_ROWS: usize = 1 << 14;

/// What is done with persons all of whose rows are at hand. Each task has its own.
pub(crate) trait Work {
    /// What comes of it.
    type Made: Send;

    /// Takes persons by columns: person `n` has the rows from `bounds[n]` up to `bounds[n + 1]`.
    fn persons(&mut self, view: &View<'_>, bounds: &[usize], people: Range<usize>);

    /// Takes a person whose rows were put together one by one. `place`: of the first.
    fn person(&mut self, rows: &Frame, place: u64);

    /// Ends the work.
    ///
    /// # Errors
    /// If it failed, or another way must be taken.
    fn finish(self) -> Result<(Self::Made, Said), Stop>;
}

/// Files or a table.
#[derive(Clone, Copy)]
pub(crate) struct Stream<'a> {
    pub(crate) files: &'a ColumnFiles,
    pub(crate) checked: Checked,
}

impl<'a> Stream<'a> {
    /// Files, of which these columns are read.
    pub(crate) fn new(files: &'a ColumnFiles, columns: &Columns) -> Self {
        Self { files, checked: Checked::new(files, columns) }
    }

    /// Works on everyone of sorted files; `take` gets what was made in the order of the files, and how many rows are done.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(crate) fn sorted<W: Work>(&self, begin: impl Fn() -> W + Sync, mut take: impl FnMut(W::Made, u64) -> Result<(), Failure>) -> Result<Said, Stop> {
        let kinds = self.files.whole_numbers(Columns::PERSON)?;
        if kinds.windows(2).any(|pair| pair[0] != pair[1]) {
            // Numbers of one file may be texts of another.
            return Err(Stop::Unsorted);
        }
        let tasks = self.tasks();
        let (mut said, mut edge, mut stop, mut done) = (Said::default(), None::<Edge>, None, 0);
        let alone = |person: Edge, said: &mut Said, take: &mut dyn FnMut(W::Made) -> Result<(), Failure>| -> Result<(), Stop> {
            let mut work = begin();
            work.person(&person.frame, person.place);
            let (made, found) = work.finish()?;
            said.add(found);
            Ok(take(made)?)
        };
        let worked = work::tasks(
            tasks.len(),
            |at| Ok(tasks[at].run(self, begin())),
            |found, at| {
                let step = || -> Result<(), Stop> {
                    let found = found?;
                    said.add(found.said);
                    done += tasks[at].rows;
                    // A person is complete when another one follows.
                    for next in [found.head, found.tail].into_iter().flatten() {
                        if let Some(full) = meet(&mut edge, next)? {
                            alone(full, &mut said, &mut |made| take(made, done))?;
                        }
                    }
                    Ok(take(found.made, done)?)
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
            alone(edge, &mut said, &mut |made| take(made, done))?;
        }
        Ok(said)
    }

    /// Works on everyone of files in any order: rows are put aside by person in a folder. `take` gets what was made of each part.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(crate) fn unsorted<W: Work>(&self, folder: &Path, begin: impl Fn() -> W + Sync, mut take: impl FnMut(W::Made), mut tell: impl FnMut(Step, u64)) -> Result<Said, Stop> {
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
        let (mut said, mut done) = (Said::default(), 0);
        let make = |part: usize| -> Result<_, Stop> {
            let rows = Gathered::take(&aside, part, &known)?;
            let mut work = begin();
            self.people(&rows, 0..rows.bounds.len() - 1, &mut work);
            let (made, mut found) = work.finish()?;
            found.add(self.of_nobody(&rows, begin())?);
            Ok((made, found, rows.len() as u64))
        };
        all(aside.spill.parts(), make, |(made, found, rows), _| {
            said.add(found);
            take(made);
            done += rows;
            tell(Step::Assessing, done);
        })?;
        Ok(said)
    }

    /// Works on everyone of a table. `take` gets what was made, and how many rows are done.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(crate) fn tabled<W: Work>(&self, places: Vec<u64>, batch: Batch, begin: impl Fn() -> W + Sync, mut take: impl FnMut(W::Made, u64)) -> Result<Said, Stop> {
        let person = self.files.wanted.iter().position(|(header, _)| *header == Columns::PERSON).unwrap_or(0);
        let rows = Gathered::table(places, batch, person);
        // What a task learns of its words it learns anew: a few tasks for each core.
        let ranges = rows.ranges(VIEW_ROWS.max(rows.len() / (4 * work::cores())));
        let (mut said, mut done) = (self.of_nobody(&rows, begin())?, 0);
        let make = |at: usize| -> Result<_, Stop> {
            let mut work = begin();
            self.people(&rows, ranges[at].clone(), &mut work);
            work.finish()
        };
        all(ranges.len(), make, |(made, found), at| {
            said.add(found);
            done += rows.bounds[ranges[at].end] - rows.bounds[ranges[at].start];
            take(made, done as u64);
        })?;
        Ok(said)
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

    /// Hands over some of the persons.
    fn people(&self, rows: &Gathered, people: Range<usize>, work: &mut impl Work) {
        let mut first = people.start;
        while first < people.end {
            let from = rows.bounds[first];
            let many = rows.bounds[first + 1..=people.end].iter().take_while(|end| **end <= from + VIEW_ROWS).count().max(1);
            let bounds: Vec<usize> = rows.bounds[first..=first + many].iter().map(|bound| bound - from).collect();
            let (places, columns) = rows.rows(from..rows.bounds[first + many]);
            work.persons(&View::gathered(self.files, &places, &columns, &rows.words), &bounds, 0..many);
            first += many;
        }
    }

    /// Rows that name nobody are told as such, and nothing is made of them.
    fn of_nobody(&self, rows: &Gathered, mut work: impl Work) -> Result<Said, Stop> {
        let (places, columns) = rows.rows(0..rows.of_nobody());
        let view = View::gathered(self.files, &places, &columns, &rows.words);
        let (headers, mut nobody) = (self.files.headers(), self.files.frame());
        (0..view.rows).for_each(|row| nobody.push(&view, &headers, row));
        work.person(&nobody, 0);
        Ok(work.finish()?.1)
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
}

/// Joins the rows of a person at the border of two tasks; gives the one before where that is another person.
fn meet(edge: &mut Option<Edge>, next: Edge) -> Result<Option<Edge>, Stop> {
    match edge {
        Some(known) if known.person == next.person => known.frame.append(&next.frame),
        Some(known) if known.person < next.person => return Ok(Some(std::mem::replace(known, next))),
        Some(_) => return Err(Stop::Unsorted),
        None => *edge = Some(next),
    }
    Ok(None)
}

/// Makes something of each task on every core, and takes the results in order.
fn all<T: Send>(count: usize, make: impl Fn(usize) -> Result<T, Stop> + Sync, mut take: impl FnMut(T, usize)) -> Result<(), Stop> {
    let mut stop = None;
    let worked = work::tasks(
        count,
        |at| Ok(make(at)),
        |made, at| match made {
            Ok(made) => {
                take(made, at);
                Ok(())
            }
            Err(why) => {
                stop = Some(why);
                Err(Failure::Quiet)
            }
        },
    );
    match stop {
        Some(why) => Err(why),
        None => Ok(worked?),
    }
}
