//! What is said of a population beside its lines: errors of rows, and notes in the order in which they come up.

use crate::input::{RowError, missing_cards};
use std::sync::Arc;
use xueshi_policy::Text;

/// What is said of a population beside its lines.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) errors: Vec<RowError>,
    /// Each with the place of the first row of whom it is said first, and how many are said of that person before.
    notes: Vec<((u64, usize), Text)>,
    /// Persons with records whom the table of persons lacks.
    pub(crate) without_card: usize,
}

impl Said {
    /// Adds what others said.
    pub(crate) fn add(&mut self, other: Self) {
        self.errors.extend(other.errors);
        other.notes.iter().for_each(|(at, note)| self.note(*at, note));
        self.without_card += other.without_card;
    }

    fn note(&mut self, at: (u64, usize), note: &Text) {
        match self.notes.iter_mut().find(|(_, known)| known == note) {
            Some((first, _)) => *first = at.min(*first),
            None => self.notes.push((at, note.clone())),
        }
    }

    /// Adds what is said of a person. `place`: of its first row.
    pub(crate) fn of_person<'t>(&mut self, place: u64, notes: impl Iterator<Item = &'t Arc<Text>>) {
        notes.enumerate().for_each(|(at, note)| self.note((place, at), note));
    }

    /// What is said of results, in the order in which it comes up.
    pub(crate) fn notes(&self) -> Vec<&Text> {
        let mut notes: Vec<&((u64, usize), Text)> = self.notes.iter().collect();
        notes.sort_by_key(|(at, _)| *at);
        notes.into_iter().map(|(_, note)| note).collect()
    }

    /// What is said of the table of persons.
    pub(crate) fn of_cards(&self) -> Option<Text> {
        missing_cards(self.without_card)
    }
}
