//! Some row groups of a sorted file: whole persons are reckoned, the first and the last are left to whoever has their other rows.

use super::rows::Key;
use super::stream::{Stream, Work};
use super::{Said, Stop};
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
        while let Some(batch) = reader.next().map_err(Failure::from)? {
            let view = View::batch(stream.files, self.file, batch);
            stream.checked.bounds(&view, &mut bounds);
            if !stream.checked.rising(&view, &bounds) {
                return Err(Stop::Unsorted);
            }
            let last = bounds.len() - 2;
            run.border(&view, &bounds, 0)?;
            if last > 0 {
                let before = run.tail.take();
                run.complete(before);
                run.work.persons(&view, &bounds, 1..last);
                run.border(&view, &bounds, last)?;
            }
        }
        let (made, said) = run.work.finish()?;
        Ok(Done { head: run.head, tail: run.tail, made, said })
    }
}

impl<W: Work> Run<'_, W> {
    /// A person at the border of a batch, who may go on in the next one or have begun in the one before.
    fn border(&mut self, view: &View<'_>, bounds: &[usize], at: usize) -> Result<(), Stop> {
        let (person, place) = (self.stream.checked.key(view, bounds[at]), view.place(bounds[at]));
        let first = match &self.head {
            None => true,
            Some(head) => head.person == person,
        };
        let open = if first { &mut self.head } else { &mut self.tail };
        let full = match open {
            Some(known) if known.person > person => return Err(Stop::Unsorted),
            Some(known) if known.person == person => None,
            // The one before is complete.
            _ => open.replace(Edge { person, place, frame: self.stream.files.frame() }),
        };
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
