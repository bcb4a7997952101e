//! Some row groups of a sorted file: whole persons are reckoned, the first and the last are left to whoever has their other rows.

use super::lines::Lines;
use super::reckon::Reckoning;
use super::rows::Key;
use super::{Population, Said, Stop};
use crate::failure::Failure;
use crate::input::{Frame, View};
use std::ops::Range;

/// Row groups of a file.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) file: usize,
    pub(super) groups: Range<usize>,
    pub(super) rows: u64,
}

/// A person some of whose rows may be in another task.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) person: Key,
    /// Where its first row stands.
    pub(super) place: u64,
    pub(super) frame: Frame,
}

/// What came of a task.
pub(super) struct Done {
    /// Nothing where there are no rows.
    pub(super) head: Option<Edge>,
    /// Nothing where all rows are of one person.
    pub(super) tail: Option<Edge>,
    pub(super) lines: Lines,
    pub(super) said: Said,
}

/// A task at work.
struct Run<'a> {
    population: &'a Population<'a>,
    reckoning: Reckoning<'a>,
    head: Option<Edge>,
    tail: Option<Edge>,
}

impl Task {
    /// Assesses the persons of the task.
    pub(super) fn run(&self, population: &Population<'_>) -> Result<Done, Stop> {
        let (file, _) = &population.files.files[self.file];
        let mut run = Run { population, reckoning: Reckoning::new(population), head: None, tail: None };
        let mut reader = file.reader(&population.files.wanted, self.groups.clone());
        let mut bounds = Vec::new();
        while let Some(batch) = reader.next().map_err(Failure::from)? {
            let view = View::batch(population.files, self.file, batch);
            run.reckoning.checked.bounds(&view, &mut bounds);
            if !run.reckoning.checked.rising(&view, &bounds) {
                return Err(Stop::Unsorted);
            }
            let last = bounds.len() - 2;
            run.border(&view, &bounds, 0)?;
            if last > 0 {
                let before = run.tail.take();
                run.complete(before);
                run.reckoning.persons(&view, &bounds, 1..last);
                run.border(&view, &bounds, last)?;
            }
        }
        let (lines, said) = run.reckoning.finish()?;
        Ok(Done { head: run.head, tail: run.tail, lines, said })
    }
}

impl Run<'_> {
    /// A person at the border of a batch, who may go on in the next one or have begun in the one before.
    fn border(&mut self, view: &View<'_>, bounds: &[usize], at: usize) -> Result<(), Stop> {
        let (person, place) = (self.reckoning.checked.key(view, bounds[at]), view.place(bounds[at]));
        let first = match &self.head {
            None => true,
            Some(head) => head.person == person,
        };
        let open = if first { &mut self.head } else { &mut self.tail };
        let full = match open {
            Some(known) if known.person > person => return Err(Stop::Unsorted),
            Some(known) if known.person == person => None,
            // The one before is complete.
            _ => open.replace(Edge { person, place, frame: self.population.files.frame() }),
        };
        if let Some(open) = open {
            (bounds[at]..bounds[at + 1]).for_each(|row| self.reckoning.row(&mut open.frame, view, row));
        }
        self.complete(full);
        Ok(())
    }

    /// Leaves a person all of whose rows are known to the explaining path.
    fn complete(&mut self, person: Option<Edge>) {
        if let Some(person) = person {
            self.reckoning.leave(&person.frame, person.place);
        }
    }
}
