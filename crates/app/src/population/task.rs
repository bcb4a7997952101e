//! Some row groups of a sorted file: whole persons are reckoned, the first and the last are left to whoever has their other rows.

use super::rows::Key;
use super::stream::{Stream, Work};
use super::{Said, Stop};
use crate::failure::Failure;
use crate::input::{Frame, View};
use std::cmp::Ordering;
use std::ops::Range;

/// A person of more rows is put together row by row instead of being kept from batch to batch.
const KEPT_MAX: usize = 1 << 10;

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
pub(super) struct Done<Made> {
    /// Nothing where there are no rows.
    pub(super) head: Option<Edge>,
    /// Nothing where all rows are of one person.
    pub(super) tail: Option<Edge>,
    pub(super) made: Made,
    pub(super) said: Said,
}

/// A task at work.
struct Run<'a, W> {
    stream: &'a Stream<'a>,
    headers: Vec<usize>,
    work: W,
    head: Option<Edge>,
    tail: Option<Edge>,
}

impl Task {
    /// Hands the persons of the task over.
    pub(super) fn run<W: Work>(&self, stream: &Stream<'_>, work: W) -> Result<Done<W::Made>, Stop> {
        let (file, _) = &stream.files.files[self.file];
        let mut run = Run { stream, headers: stream.files.headers(), work, head: None, tail: None };
        let mut reader = file.reader(&stream.files.wanted, self.groups.clone());
        let mut bounds = Vec::new();
        // Rows of the last person, who may go on: they are looked at again before those that follow.
        let mut kept = 0;
        while let Some(batch) = reader.next_behind(kept).map_err(Failure::from)? {
            let view = View::batch(stream.files, self.file, batch);
            stream.checked.bounds(&view, &mut bounds);
            if !stream.checked.rising(&view, &bounds) {
                return Err(Stop::Unsorted);
            }
            let last = bounds.len() - 2;
            let begins_here = kept > 0 && last > 0;
            if !begins_here {
                run.border(&view, &bounds, 0)?;
            }
            kept = 0;
            if last > 0 {
                let before = run.tail.take();
                run.complete(before);
                run.work.persons(&view, &bounds, usize::from(!begins_here)..last);
                match bounds[last + 1] - bounds[last] {
                    rows if rows <= KEPT_MAX => kept = rows,
                    _ => run.border(&view, &bounds, last)?,
                }
            }
        }
        if kept > 0 {
            run.border(&View::batch(stream.files, self.file, reader.batch()), &bounds, bounds.len() - 2)?;
        }
        let (made, said) = run.work.finish()?;
        Ok(Done { head: run.head, tail: run.tail, made, said })
    }
}

impl<W: Work> Run<'_, W> {
    /// A person at the border of what is at hand, whose other rows may come later or have come before.
    fn border(&mut self, view: &View<'_>, bounds: &[usize], at: usize) -> Result<(), Stop> {
        let (person, place) = (self.stream.checked.key(view, bounds[at]), view.place(bounds[at]));
        let before = self.tail.as_ref().or(self.head.as_ref()).map(|before| person.cmp(&before.person));
        if before == Some(Ordering::Less) {
            return Err(Stop::Unsorted);
        }
        let open = if self.head.is_none() || self.tail.is_none() && before == Some(Ordering::Equal) { &mut self.head } else { &mut self.tail };
        // One who stands there and is another is complete.
        let full = if before == Some(Ordering::Equal) { None } else { open.replace(Edge { person, place, frame: self.stream.files.frame() }) };
        if let Some(open) = open {
            (bounds[at]..bounds[at + 1]).for_each(|row| open.frame.push(view, &self.headers, row));
        }
        self.complete(full);
        Ok(())
    }

    /// Hands over a person all of whose rows are known.
    fn complete(&mut self, person: Option<Edge>) {
        if let Some(person) = person {
            self.work.person(&person.frame, person.place);
        }
    }
}
