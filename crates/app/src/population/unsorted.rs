//! Rows in any order: those of files are put aside by person, those of a table are at hand; then each part is assessed like a sorted file.

use super::aside::{Aside, Putting};
use super::gathered::Gathered;
use super::reckon::Reckoning;
use super::task::Task;
use super::{Population, Said, Spool, Step, Stop, TASK_ROWS};
use crate::failure::Failure;
use crate::input::{Columns, View};
use crate::work;
use std::ops::Range;
use std::path::Path;
use xueshi_exchange::Batch;

/// Into so many parts at most are unsorted rows put aside: of a thousand million rows a part has a million.
const MOST_PARTS: u64 = 1 << 10;
/// So many gathered rows are looked at together, so that they stay in the cache.
const VIEW_ROWS: usize = 1 << 14;

impl Population<'_> {
    /// Assesses everyone of files in any order: rows are put aside by person, then lines by the place of the person's first row.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(super) fn unsorted(&self, folder: &Path, mut tell: impl FnMut(Step, u64)) -> Result<(Spool, Said), Stop> {
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
        let spool = self.spool(folder)?;
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

    /// Assesses everyone of a table and puts the lines aside in a folder.
    ///
    /// # Errors
    /// The first failure, or why another way must be taken.
    pub(crate) fn tabled(&self, places: Vec<u64>, batch: Batch, folder: &Path, mut tell: impl FnMut(u64)) -> Result<(Spool, Said), Stop> {
        let person = self.files.wanted.iter().position(|(header, _)| *header == Columns::PERSON).unwrap_or(0);
        let rows = Gathered::table(places, batch, person);
        // What a task learns of its words it learns anew: a few tasks for each core.
        let (ranges, spool) = (rows.ranges(VIEW_ROWS.max(rows.len() / (4 * work::cores()))), self.spool(folder)?);
        let (mut said, mut stop, mut done) = (self.of_nobody(&rows)?, None, 0);
        let worked = work::tasks(
            ranges.len(),
            |at| Ok(self.people(&rows, ranges[at].clone(), &spool)),
            |found, at| {
                said.add(found.map_err(|why| {
                    stop = Some(why);
                    Failure::Quiet
                })?);
                done += rows.bounds[ranges[at].end] - rows.bounds[ranges[at].start];
                tell(done as u64);
                Ok(())
            },
        );
        if let Some(why) = stop {
            return Err(why);
        }
        worked?;
        self.others(spool, said)
    }

    /// Assesses the persons of a part, and puts their lines aside. Gives what is said, and how many rows there were.
    fn gathered(&self, rows: Gathered, spool: &Spool) -> Result<(Said, u64), Stop> {
        let mut said = self.people(&rows, 0..rows.bounds.len() - 1, spool)?;
        said.add(self.of_nobody(&rows)?);
        Ok((said, rows.len() as u64))
    }

    /// Assesses some of the persons, and puts their lines aside.
    fn people(&self, rows: &Gathered, people: Range<usize>, spool: &Spool) -> Result<Said, Stop> {
        let mut reckoning = Reckoning::new(self);
        let mut first = people.start;
        while first < people.end {
            let from = rows.bounds[first];
            let many = rows.bounds[first + 1..=people.end].iter().take_while(|end| **end <= from + VIEW_ROWS).count().max(1);
            let bounds: Vec<usize> = rows.bounds[first..=first + many].iter().map(|bound| bound - from).collect();
            let (places, columns) = rows.rows(from..rows.bounds[first + many]);
            reckoning.persons(&View::gathered(self.files, &places, &columns, &rows.words), &bounds, 0..many);
            first += many;
        }
        let (lines, said) = reckoning.finish()?;
        spool.put(&lines)?;
        Ok(said)
    }

    /// Rows that name nobody are told as such and make no line.
    fn of_nobody(&self, rows: &Gathered) -> Result<Said, Stop> {
        let (places, columns) = rows.rows(0..rows.of_nobody());
        let view = View::gathered(self.files, &places, &columns, &rows.words);
        let (headers, mut nobody) = (self.files.wanted.iter().map(|(header, _)| *header).collect::<Vec<_>>(), self.files.frame());
        (0..view.rows).for_each(|row| nobody.push(&view, &headers, row));
        let mut said = Said::default();
        self.explained(nobody, &[], &mut said)?;
        Ok(said)
    }
}
