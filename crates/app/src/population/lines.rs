//! Results of many persons in columns, one line a person and duty.

use crate::output::PersonRow;
use std::ops::Range;
use xueshi_policy::{Hours, NO_NUMBER, Status, Text, Totals};

/// The columns of the lines: what is recognised and what is asked under any of the stacks.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineColumns {
    /// Buckets: id and title.
    pub(crate) hours: Vec<(String, Text)>,
    /// Subjects of requirements: id and title.
    pub(crate) short: Vec<(String, Text)>,
    /// Duties: id and title.
    pub(crate) duties: Vec<(String, Text)>,
}

/// Lines of some persons, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    /// The place of each person's first row.
    places: Vec<u64>,
    people: String,
    ends: Vec<u32>,
    statuses: Vec<Status>,
    totals: Vec<i64>,
    /// For each line the hours of each bucket, in hundredths; [`NO_NUMBER`] where there is none.
    hours: Vec<i64>,
    /// For each line what lacks of each subject; [`NOT_KNOWN`] where something is asked and it is not known how much.
    short: Vec<i64>,
    policies: Vec<u16>,
    /// What `policies` are: ids joined.
    words: Vec<String>,
    duties: Vec<u8>,
}

/// Asked, and not known how much.
pub(crate) const NOT_KNOWN: i64 = NO_NUMBER + 1;
/// The duty of lines of whom no regulation speaks.
pub(crate) const NO_DUTY: usize = u8::MAX as usize;

/// One line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// The place of the person's first row.
    pub(crate) place: u64,
    pub(crate) person: &'a str,
    pub(crate) status: Status,
    /// Hundredths.
    pub(crate) total: i64,
    /// Hundredths, or [`NO_NUMBER`].
    pub(crate) hours: &'a [i64],
    /// Hundredths, [`NO_NUMBER`] or [`NOT_KNOWN`].
    pub(crate) short: &'a [i64],
    pub(crate) policies: &'a str,
    pub(crate) duty: usize,
}

/// Where the figures of persons of one kind go among the columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub(crate) hours: Vec<usize>,
    /// For each requirement its column; the first of a subject counts.
    pub(crate) short: Vec<usize>,
    pub(crate) duty: usize,
    /// The ids of the policies, joined.
    pub(crate) policies: String,
}

impl LineColumns {
    /// The column of a bucket.
    pub(crate) fn hours_of(&self, id: &str) -> Option<usize> {
        self.hours.iter().position(|(known, _)| known == id)
    }

    /// The column of a requirement's subject.
    pub(crate) fn short_of(&self, id: &str) -> Option<usize> {
        self.short.iter().position(|(known, _)| known == id)
    }
}

impl Lines {
    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Every line in order.
    pub(crate) fn iter<'a>(&'a self, columns: &'a LineColumns) -> impl Iterator<Item = Line<'a>> {
        (0..self.len()).map(move |at| Line {
            place: self.places[at],
            person: self.person(at),
            status: self.status(at),
            total: self.total(at),
            hours: self.hours(at, columns),
            short: self.short(at, columns),
            policies: self.policies(at),
            duty: self.duty(at),
        })
    }

    /// Who a line is about.
    pub(crate) fn person(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.people[start..self.ends[at] as usize]
    }

    /// A line's status.
    pub(crate) fn status(&self, at: usize) -> Status {
        self.statuses[at]
    }

    /// All hours of a line, in hundredths.
    pub(crate) fn total(&self, at: usize) -> i64 {
        self.totals[at]
    }

    /// A line's hours of each bucket; see [`Line::hours`].
    pub(crate) fn hours(&self, at: usize, columns: &LineColumns) -> &[i64] {
        let width = columns.hours.len();
        &self.hours[at * width..(at + 1) * width]
    }

    /// What a line lacks of each subject; see [`Line::short`].
    pub(crate) fn short(&self, at: usize, columns: &LineColumns) -> &[i64] {
        let width = columns.short.len();
        &self.short[at * width..(at + 1) * width]
    }

    /// The ids of a line's policies, joined.
    pub(crate) fn policies(&self, at: usize) -> &str {
        &self.words[usize::from(self.policies[at])]
    }

    /// Which of the duties a line is of.
    pub(crate) fn duty(&self, at: usize) -> usize {
        usize::from(self.duties[at])
    }

    /// Adds a person reckoned by columns. `place`: of the person's first row.
    pub(crate) fn totals(&mut self, place: u64, person: impl FnOnce(&mut String), totals: &Totals<'_>, columns: &LineColumns, places: &Places) {
        person(&mut self.people);
        self.places.push(place);
        let (hours, short) = self.line(totals.status, totals.total, places.duty, columns);
        for (at, amount) in places.hours.iter().zip(totals.hours()) {
            self.hours[hours + at] = amount.0;
        }
        for (at, (_, _, lacks)) in places.short.iter().zip(totals.requirements()) {
            let cell = &mut self.short[short + at];
            *cell = if *cell == NO_NUMBER { lacks.0 } else { *cell };
        }
        self.policies_of(&places.policies);
    }

    /// Adds a line as it was put aside.
    pub(crate) fn push(&mut self, line: &Line<'_>) {
        self.people.push_str(line.person);
        self.ends.push(u32::try_from(self.people.len()).unwrap_or(u32::MAX));
        self.places.push(line.place);
        self.statuses.push(line.status);
        self.totals.push(line.total);
        self.duties.push(u8::try_from(line.duty).unwrap_or(u8::MAX));
        self.hours.extend(line.hours);
        self.short.extend(line.short);
        self.policies_of(line.policies);
    }

    /// The same lines in the order of their places.
    pub(crate) fn sorted(&self, columns: &LineColumns) -> Self {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|at| self.places[*at]);
        let mut sorted = Self::default();
        order.into_iter().for_each(|at| sorted.append(self, at..at + 1, columns));
        sorted
    }

    /// Adds a person assessed by the explaining path. False where a figure has no column.
    pub(crate) fn row(&mut self, place: u64, row: &PersonRow, columns: &LineColumns) -> bool {
        self.people.push_str(&row.person);
        self.places.push(place);
        let duty = columns.duties.iter().position(|(id, _)| *id == row.duty.id);
        let (hours, short) = self.line(row.status, row.total, duty.unwrap_or(NO_DUTY), columns);
        let mut fits = duty.is_some() || row.duty.id.is_empty();
        for (subject, amount) in &row.hours {
            match columns.hours_of(&subject.id) {
                Some(at) => self.hours[hours + at] = amount.0,
                None => fits = false,
            }
        }
        for (subject, lacks) in &row.short {
            match columns.short_of(&subject.id) {
                Some(at) => self.short[short + at] = lacks.map_or(NOT_KNOWN, |lacks| lacks.0),
                None => fits = false,
            }
        }
        self.policies_of(&row.policies);
        fits
    }

    /// Adds lines of others.
    pub(crate) fn append(&mut self, other: &Self, lines: Range<usize>, columns: &LineColumns) {
        let (h, s) = (columns.hours.len(), columns.short.len());
        for at in lines.clone() {
            self.people.push_str(other.person(at));
            self.ends.push(u32::try_from(self.people.len()).unwrap_or(u32::MAX));
            self.policies_of(&other.words[usize::from(other.policies[at])]);
        }
        self.places.extend(&other.places[lines.clone()]);
        self.statuses.extend(&other.statuses[lines.clone()]);
        self.totals.extend(&other.totals[lines.clone()]);
        self.duties.extend(&other.duties[lines.clone()]);
        self.hours.extend(&other.hours[lines.start * h..lines.end * h]);
        self.short.extend(&other.short[lines.start * s..lines.end * s]);
    }

    /// Adds an empty line; gives where its hours and lacks begin.
    fn line(&mut self, status: Status, total: Hours, duty: usize, columns: &LineColumns) -> (usize, usize) {
        self.ends.push(u32::try_from(self.people.len()).unwrap_or(u32::MAX));
        self.statuses.push(status);
        self.totals.push(total.0);
        self.duties.push(u8::try_from(duty).unwrap_or(u8::MAX));
        let starts = (self.hours.len(), self.short.len());
        self.hours.resize(starts.0 + columns.hours.len(), NO_NUMBER);
        self.short.resize(starts.1 + columns.short.len(), NO_NUMBER);
        starts
    }

    fn policies_of(&mut self, words: &str) {
        // Neighbours mostly have the same.
        let last = self.policies.last().copied().map(usize::from).filter(|last| self.words[*last] == words);
        let at = last.or_else(|| self.words.iter().position(|known| known == words)).unwrap_or_else(|| {
            self.words.push(words.to_owned());
            self.words.len() - 1
        });
        self.policies.push(u16::try_from(at).unwrap_or(u16::MAX));
    }
}
