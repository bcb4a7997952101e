//! A duty under columns of the files.

use super::kinds::Kind;
use crate::input::{ColumnFiles, Columns, View};
use std::sync::Arc;
use xueshi_exchange::Cells;
use xueshi_policy::{self as policy, Asked, Block, Columnar, FactType, Of, Outcome, RowOutcome, Stack, Storage};

/// A duty under columns of the files. Each task has its own.
pub(crate) struct Duty {
    /// The duty's id.
    pub(crate) id: Arc<str>,
    /// Which stack of the set.
    stack: usize,
    pub(crate) columnar: Columnar,
    /// For each of its columns, the column of the files.
    columns: Vec<usize>,
    /// The numbers of the facts of each kind in the rows at hand.
    known: Vec<(u32, usize)>,
    /// Which view was looked at last, and which order of its rows.
    view: u64,
    order: Option<usize>,
}

impl Duty {
    /// A duty of a stack; nothing where a column is none of the policies'.
    pub(crate) fn new(files: &ColumnFiles, heads: &Columns, asked: Asked, (at, stack): (usize, &Arc<Stack>), duty: usize) -> Option<Self> {
        let mut columns = Vec::new();
        let mut names: Vec<(&str, Storage)> = Vec::new();
        for (column, (header, _)) in files.wanted.iter().enumerate() {
            let head = &heads.records.list()[*header];
            let about = stack.schema().find(&head.id).map(|at| &stack.schema().columns[at]);
            if let Some(about) = about.filter(|about| about.of == Of::Record && !about.derived) {
                let storage = match about.kind {
                    FactType::Number => Storage::Numbers,
                    FactType::Date => Storage::Days,
                    _ => Storage::Words,
                };
                names.push((&about.id, storage));
                columns.push(column);
            }
        }
        let columnar = Columnar::new(Arc::clone(stack), duty, asked, &names).ok()?;
        Some(Self { id: Arc::from(columnar.duty()), stack: at, columnar, columns, known: Vec::new(), view: 0, order: None })
    }

    /// Turns to a view, and to an order of its rows where it matters. True where numbers of facts from before hold no longer.
    pub(crate) fn turn(&mut self, view: &View<'_>, number: u64, order: Option<usize>) -> bool {
        if self.view == number && (order.is_none() || order == self.order) {
            return false;
        }
        if self.view != number {
            for (at, column) in self.columns.iter().enumerate() {
                self.columnar.learn(at, view.words(*column));
            }
        }
        (self.view, self.order) = (number, order);
        self.known.clear();
        self.columnar.begin();
        true
    }

    /// The number of the facts of a kind.
    pub(crate) fn person(&mut self, kind: &Kind, number: u32) -> usize {
        if let Some((_, person)) = self.known.iter().find(|(known, _)| *known == number) {
            return *person;
        }
        let person = self.columnar.person(&kind.persons[self.stack]);
        self.known.push((number, person));
        person
    }

    /// The column of the files that one of the duty's is.
    pub(crate) fn column(&self, input: usize) -> Option<usize> {
        self.columns.get(input).copied()
    }

    /// Assesses persons of equal facts, each with rows of the columns of the files; see [`Columnar::assess`].
    pub(crate) fn assess(&mut self, person: usize, (rows, columns): (usize, &[Cells]), bounds: &[usize], exactly: bool, sink: impl FnMut(usize, Outcome<'_>, &[RowOutcome])) {
        let cells: Vec<policy::Cells<'_>> = self.columns.iter().map(|at| cells(&columns[*at])).collect();
        self.columnar.assess(person, &Block { rows, columns: &cells }, bounds, exactly, sink);
    }
}

fn cells(cells: &Cells) -> policy::Cells<'_> {
    match cells {
        Cells::Words(ids) => policy::Cells::Words(ids),
        Cells::Numbers { hundredths, .. } => policy::Cells::Numbers(hundredths),
        Cells::Integers(numbers) => policy::Cells::Numbers(numbers),
        Cells::Days { days, .. } => policy::Cells::Days(days),
    }
}
