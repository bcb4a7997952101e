//! Files in any order: rows are put aside by person, then each part is assessed like a sorted file.

use super::aside::{Aside, Putting};
use super::gathered::Gathered;
use super::reckon::Reckoning;
use super::task::Task;
use super::{Population, Said, Spool, Step, Stop, TASK_ROWS};
use crate::failure::Failure;
use crate::input::View;
use crate::work;
use std::path::Path;

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

    /// Assesses the persons of a part, and puts their lines aside. Gives what is said, and how many rows there were.
    fn gathered(&self, rows: Gathered, spool: &Spool) -> Result<(Said, u64), Stop> {
        let mut reckoning = Reckoning::new(self);
        // Rows that name nobody are told as such and make no line.
        let (places, columns) = rows.rows(0..rows.of_nobody());
        let view = View::gathered(self.files, &places, &columns, &rows.words);
        let mut nobody = self.files.frame();
        (0..view.rows).for_each(|row| reckoning.row(&mut nobody, &view, row));
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
        let (lines, mut said) = reckoning.finish()?;
        self.explained(nobody, &[], &mut said)?;
        spool.put(&lines)?;
        Ok((said, rows.len() as u64))
    }
}
