//! Everyone under both, with reasons.

use super::Pair;
use super::compared::compare;
use super::facts::Facts;
use super::tally::Tally;
use crate::assessing::Assessing;
use crate::failure::Failure;
use crate::input::{Book, Layouts, RowErrors};
use crate::population::Said;
use crate::work;
use std::ops::Range;
use xueshi_policy::{Asked, Engine, Lang};

/// What is compared, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Both<'a> {
    pub(crate) engines: Pair<&'a Engine>,
    pub(crate) asked: Asked,
    pub(crate) facts: &'a Facts,
    /// How many of the changes are listed.
    pub(crate) keep: usize,
    pub(crate) lang: Lang,
}

impl Both<'_> {
    /// Nobody yet.
    pub(crate) fn tally(&self) -> Tally {
        Tally::new(self.facts, self.keep)
    }

    /// Compares everyone of a book, in the order of the files.
    ///
    /// # Errors
    /// If a policy can not be compiled.
    pub(crate) fn rows(&self, book: &Book, mut tell: impl FnMut(u64)) -> Result<(Tally, Said), Failure> {
        let (mut tally, mut said) = (self.tally(), Said::default());
        let make = |range: Range<usize>| {
            let (mut tally, mut said) = (self.tally(), Said::default());
            self.people(book, range, |person| person as u64, (&mut tally, &mut said))?;
            Ok((tally, said))
        };
        work::in_order(book.len(), make, |(found, heard), done| {
            tally.merge(found);
            said.add(heard);
            tell(done as u64);
            Ok(())
        })?;
        tally.settle();
        Ok((tally, said))
    }

    /// Compares some persons of a book. `place`: where each stands among all.
    ///
    /// # Errors
    /// If a policy can not be compiled.
    pub(super) fn people(&self, book: &Book, people: Range<usize>, place: impl Fn(usize) -> u64, (tally, said): (&mut Tally, &mut Said)) -> Result<(), Failure> {
        let assessing = self.engines.map(|engine| Assessing { engine, book, asked: self.asked });
        let layouts = Layouts::default();
        for person in people {
            let (before, after) = (assessing.before.person(person, &layouts)?, assessing.after.person(person, &layouts)?);
            let place = place(person);
            said.of_person(place, before.assessments.iter().chain(&after.assessments).flat_map(|assessment| &assessment.notes));
            tally.add(place, compare(Pair { before: &before, after: &after }, place, &self.facts.codes(book, person), self.lang));
            // A row at fault under both is one error.
            let mut errors = RowErrors::default();
            before.errors.into_iter().chain(after.errors).for_each(|error| errors.push(error));
            said.errors.append(&mut errors.into_list());
        }
        Ok(())
    }
}
