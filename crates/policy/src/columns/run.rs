//! One pass over the records of each person.

use super::classes::{BAD, Classifier};
use super::input::{Block, Input, NO_DAY, NO_NUMBER};
use super::person::RowOutcome;
use super::profile::{MOST_SLOTS, Profile, Sum};
use super::repeats::Seen;
use super::verdict::Single;
use crate::assess::Status;
use crate::exact::Hours;
use std::ops::Range;

/// Persons of equal facts in a block.
pub(super) struct Run<'r> {
    pub(super) profile: &'r mut Profile,
    pub(super) classifier: &'r Classifier,
    pub(super) inputs: &'r [Input],
    pub(super) block: &'r Block<'r>,
    pub(super) days: &'r [i32],
    pub(super) quantities: &'r [i64],
    /// Nearly every record is a known combination of which only the quantity is looked at.
    pub(super) closed: bool,
    /// What every record came to is asked for; the rows are in the order in which records count.
    pub(super) exactly: bool,
    pub(super) sums: &'r mut [Sum; MOST_SLOTS],
    pub(super) figures: &'r mut Vec<i64>,
    pub(super) seen: &'r mut Seen,
    pub(super) rows: &'r mut Vec<RowOutcome>,
}

impl Run<'_> {
    /// Status and total of a person. Nothing: the person is for the explaining path.
    pub(super) fn person(&mut self, rows: Range<usize>) -> Option<(Status, i64)> {
        if self.seen.twice(self.inputs, self.block, rows.clone(), &self.profile.repeats) {
            return None;
        }
        self.rows.clear();
        let mut slots = self.profile.slots.len();
        for sum in &mut self.sums[..slots] {
            *sum = Sum::default();
        }
        let mut row = rows.start;
        while row < rows.end {
            if self.closed {
                row += self.profile.plain_rows(&self.classifier.rows[row..rows.end], &self.days[row..rows.end], &self.quantities[row..rows.end], self.sums);
                if row == rows.end {
                    break;
                }
            }
            self.row(row, &mut slots)?;
            row += 1;
        }
        if self.exactly {
            self.profile.limit_rows(self.sums, self.rows)?;
        } else {
            self.profile.limit(self.sums)?;
        }
        if self.profile.several(self.inputs, self.block, rows, self.sums, self.classifier) {
            return None;
        }
        Some(self.profile.totals(self.sums, self.figures))
    }

    /// Adds what one record comes to, whatever it takes.
    fn row(&mut self, row: usize, slots: &mut usize) -> Option<()> {
        let (day, quantity, number) = (self.days[row], self.quantities[row], self.classifier.rows[row]);
        if day == NO_DAY || quantity == NO_NUMBER || number >= BAD {
            return None;
        }
        let profile = &mut *self.profile;
        let inside = profile.days.0 <= day && day <= profile.days.1;
        let outside = RowOutcome { problem: u16::try_from(profile.program.structural.outside).ok(), ..RowOutcome::default() };
        let outcome = if !inside && !profile.looks_outside {
            outside
        } else {
            let single = profile.single(number, self.classifier, self.inputs, self.block, row, quantity)?;
            // Destinations seen for the first time.
            for sum in &mut self.sums[*slots..profile.slots.len()] {
                *sum = Sum::default();
            }
            *slots = profile.slots.len();
            match single {
                Single::Hours { reaches: true, .. } if !inside => return None,
                _ if !inside => outside,
                Single::Hours { rule, slot, hours, capped, .. } => {
                    let sum = &mut self.sums[usize::from(slot)];
                    (sum.hours, sum.records) = (sum.hours + hours, sum.records + 1);
                    RowOutcome { hours: Hours(hours), cut: Hours(capped), rule: Some(rule), problem: None, bucket: Some(profile.slots[usize::from(slot)].bucket), slot }
                }
                Single::Nothing(problem) => RowOutcome { problem: Some(problem), ..RowOutcome::default() },
            }
        };
        if self.exactly {
            self.rows.push(outcome);
        }
        Some(())
    }
}
