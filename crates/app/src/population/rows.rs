//! Rows before any policy looks at them: whose they are, and which are at fault whatever the policy.

use crate::input::{ColumnFiles, Columns, View};
use std::cmp::Ordering;
use xueshi_exchange::{Cells, NO_DAY, NO_NUMBER};
use xueshi_policy::compare_ids;

/// Who a row is about; numbers before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Number(i64),
    Text(String),
}

/// The columns that are looked at beside the policies, by their places among those read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checked {
    person: usize,
    record: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
    quantity: Option<usize>,
    unit: Option<usize>,
}

impl Checked {
    /// Finds the columns among those that are read of files.
    pub(crate) fn new(files: &ColumnFiles, columns: &Columns) -> Self {
        let at = |id: &str| columns.records.find(id).and_then(|header| files.wanted.iter().position(|(known, _)| *known == header));
        Self { person: at("person").unwrap_or(0), record: at("record"), start: at("start"), end: at("end"), quantity: at("quantity"), unit: at("unit") }
    }

    /// Where persons begin, and the end of the rows.
    pub(super) fn bounds(&self, view: &View<'_>, bounds: &mut Vec<usize>) {
        fn changes<T: PartialEq>(ids: &[T], bounds: &mut Vec<usize>) {
            bounds.extend(ids.windows(2).enumerate().filter(|(_, pair)| pair[0] != pair[1]).map(|(at, _)| at + 1));
        }
        bounds.clear();
        bounds.push(0);
        match &view.columns[self.person] {
            Cells::Words(ids) => changes(ids, bounds),
            Cells::Integers(ids) => changes(ids, bounds),
            Cells::Numbers { .. } | Cells::Days { .. } => {}
        }
        bounds.push(view.rows);
    }

    /// Whether persons follow each other in rising order, so that none comes back later.
    pub(super) fn rising(&self, view: &View<'_>, bounds: &[usize]) -> bool {
        let starts = &bounds[..bounds.len() - 1];
        match &view.columns[self.person] {
            Cells::Integers(ids) => starts.windows(2).all(|pair| ids[pair[0]] < ids[pair[1]]),
            Cells::Words(ids) => {
                let words = view.words(self.person);
                starts.windows(2).all(|pair| words[ids[pair[0]] as usize] < words[ids[pair[1]] as usize])
            }
            Cells::Numbers { .. } | Cells::Days { .. } => false,
        }
    }

    /// Who a row is about.
    pub(super) fn key(&self, view: &View<'_>, row: usize) -> Key {
        match &view.columns[self.person] {
            Cells::Integers(ids) => Key::Number(ids[row]),
            Cells::Words(ids) => Key::Text(view.words(self.person)[ids[row] as usize].clone()),
            Cells::Numbers { .. } | Cells::Days { .. } => Key::Number(NO_NUMBER),
        }
    }

    /// Writes who a row is about.
    pub(crate) fn write_person(&self, view: &View<'_>, row: usize, text: &mut String) {
        match &view.columns[self.person] {
            Cells::Integers(ids) => text.push_str(itoa::Buffer::new().format(ids[row])),
            Cells::Words(ids) => text.push_str(&view.words(self.person)[ids[row] as usize]),
            Cells::Numbers { .. } | Cells::Days { .. } => {}
        }
    }

    /// The rows of some persons in the order in which they count: by the day of a column, then by the record's id. Nothing where they
    /// stand so.
    pub(crate) fn ordered(&self, view: &View<'_>, bounds: &[usize], dated: usize) -> Option<Vec<u32>> {
        let Some(Cells::Days { days, .. }) = view.columns.get(dated) else { return None };
        let compare = |one: usize, other: usize| days[one].cmp(&days[other]).then_with(|| self.compare_records(view, one, other));
        let (first, end) = (*bounds.first()?, *bounds.last()?);
        let rises = |pair: &[usize]| (pair[0] + 1..pair[1]).all(|row| compare(row - 1, row) != Ordering::Greater);
        if bounds.windows(2).all(rises) {
            return None;
        }
        let mut order: Vec<u32> = (first..end).map(|row| row as u32).collect();
        for pair in bounds.windows(2).filter(|pair| !rises(pair)) {
            order[pair[0] - first..pair[1] - first].sort_by(|one, other| compare(*one as usize, *other as usize));
        }
        Some(order)
    }

    /// Compares the ids of two records; the numbers of their rows, where they have none.
    fn compare_records(&self, view: &View<'_>, one: usize, other: usize) -> Ordering {
        let by_rows = || view.origin(one).1.cmp(&view.origin(other).1);
        match self.record.map(|at| (at, &view.columns[at])) {
            Some((_, Cells::Integers(ids))) if ids[one] != NO_NUMBER && ids[other] != NO_NUMBER => {
                let digits = 0..1_000_000_000_000_000_000;
                if digits.contains(&ids[one]) && digits.contains(&ids[other]) { ids[one].cmp(&ids[other]) } else { compare_ids(&ids[one].to_string(), &ids[other].to_string()) }
            }
            Some((at, Cells::Words(ids))) if ids[one] != 0 && ids[other] != 0 => {
                let words = view.words(at);
                compare_ids(&words[ids[one] as usize], &words[ids[other] as usize])
            }
            _ => by_rows(),
        }
    }

    /// Persons with a row that is at fault whatever the policy, or whose records are not numbered in rising order; in rising order.
    /// `whole`: whether quantities in a unit must be whole.
    pub(crate) fn faulty(&self, view: &View<'_>, bounds: &[usize], whole: impl Fn(&str) -> bool) -> Vec<usize> {
        let mut faulty: Vec<usize> = self.faulty_rows(view, whole).iter().map(|row| bounds.partition_point(|start| start <= row) - 1).collect();
        if let Some(at) = self.record {
            // Where a person's records have no ids, the numbers of their rows are.
            let repeats = |from: usize, to: usize| match &view.columns[at] {
                Cells::Integers(ids) => (!rises(&ids[from..to]) || ids[from] == NO_NUMBER) && ids[from..to].iter().any(|id| *id != NO_NUMBER),
                Cells::Words(ids) => (!rises(&ids[from..to]) || ids[from] == 0) && ids[from..to].iter().any(|id| *id != 0),
                Cells::Numbers { .. } | Cells::Days { .. } => true,
            };
            faulty.extend(bounds.windows(2).enumerate().filter(|(_, pair)| repeats(pair[0], pair[1])).map(|(person, _)| person));
        }
        faulty.sort_unstable();
        faulty.dedup();
        faulty
    }

    fn faulty_rows(&self, view: &View<'_>, whole: impl Fn(&str) -> bool) -> Vec<usize> {
        let mut bad: Vec<usize> = Vec::new();
        for cells in view.columns {
            if let Cells::Numbers { odd, .. } | Cells::Days { odd, .. } = cells {
                bad.extend(odd.iter().map(|(row, _)| *row as usize));
            }
        }
        match &view.columns[self.person] {
            Cells::Integers(ids) => bad.extend(positions(ids, |id| *id == NO_NUMBER)),
            Cells::Words(ids) => bad.extend(positions(ids, |id| *id == 0)),
            Cells::Numbers { .. } | Cells::Days { .. } => {}
        }
        let column = |at: Option<usize>| at.map(|at| &view.columns[at]);
        if let (Some(Cells::Days { days: starts, .. }), Some(Cells::Days { days: ends, .. })) = (column(self.start), column(self.end)) {
            let backward = |(start, end): &(&i32, &i32)| start > end && **start != NO_DAY && **end != NO_DAY;
            bad.extend(starts.iter().zip(ends).enumerate().filter(|(_, days)| backward(days)).map(|(row, _)| row));
        }
        if let (Some(at), Some(Cells::Words(units)), Some(Cells::Numbers { hundredths, .. })) = (self.unit, column(self.unit), column(self.quantity)) {
            let whole: Vec<bool> = view.words(at).iter().map(|word| whole(word)).collect();
            if whole.contains(&true) {
                bad.extend(units.iter().zip(hundredths).enumerate().filter(|(_, (unit, number))| whole[**unit as usize] && **number % 100 != 0).map(|(row, _)| row));
            }
        }
        bad
    }
}

fn positions<T>(cells: &[T], is: impl Fn(&T) -> bool) -> impl Iterator<Item = usize> {
    cells.iter().enumerate().filter(move |(_, cell)| is(cell)).map(|(row, _)| row)
}

fn rises<T: PartialOrd>(ids: &[T]) -> bool {
    ids.windows(2).all(|pair| pair[0] < pair[1])
}
