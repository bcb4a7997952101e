//! Columns of a Parquet file, batch by batch.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use super::column::{Odd, Store, fill, row_number};
use super::faults;
use super::footer::Flat;
use super::lane::{Days, Identifiers, Numbers, Texts};
use super::open::ParquetFile;
use super::page::{Fault, Pages};
use super::words::Words;
use super::{NO_DAY, NO_NUMBER, Reading};
use crate::text::FileError;

/// Rows of a batch: enough that what is done once a batch does not count, and few enough that the
/// cells stay in the cache until they are used.
const BATCH_ROWS: u64 = 16_384;

/// Some rows of the columns that were asked for.
#[derive(Debug)]
pub struct Batch {
    /// How many rows there are.
    pub rows: usize,
    /// The place of the first of them in the file, the file's first row being 0.
    pub first_row: u64,
    /// The cells of each column, in the order in which the columns were asked for.
    pub columns: Vec<Cells>,
    pub(crate) words: Vec<Words>,
}

/// The cells of a column in a batch, one for each row.
#[derive(Debug, PartialEq)]
pub enum Cells {
    /// Texts: each the place of a text in [`Batch::words`]. 0 is the empty cell.
    Words(Vec<u32>),
    /// Numbers.
    Numbers {
        /// The numbers in hundredths, none of them negative; [`NO_NUMBER`] where the cell is empty
        /// or odd.
        hundredths: Vec<i64>,
        /// The rows of the batch that hold something else, and what stands there, shortened where it
        /// is long.
        odd: Vec<(u32, String)>,
    },
    /// Dates.
    Days {
        /// Days since 1970-01-01, in the years 1 to 9999; [`NO_DAY`] where the cell is empty or odd.
        days: Vec<i32>,
        /// The rows of the batch that hold something else, and what stands there, shortened where it
        /// is long.
        odd: Vec<(u32, String)>,
    },
    /// Whole numbers that identify something; [`NO_NUMBER`] where the cell is empty.
    Integers(Vec<i64>),
}

/// Reads columns of a Parquet file batch by batch, in the order of the rows.
///
/// What is new in a batch lies within one row group. What a batch holds in memory is used again for the next one.
pub struct ColumnReader {
    file: ParquetFile,
    columns: Vec<Option<Column>>,
    batch: Batch,
    groups: Range<usize>,
    /// Rows of the group that are read, and how many it has.
    done: u64,
    rows: u64,
}

struct Column {
    /// The column's place among those the file's footer keeps.
    place: usize,
    pages: Pages,
    store: AnyStore,
}

/// What is kept of a column, by what its cells are.
enum AnyStore {
    Words(Store<u32>),
    Numbers(Store<i64>),
    Days(Store<i32>),
    Integers(Store<i64>),
}

impl Batch {
    /// The texts that a column's numbers stand for, so far: the list grows from batch to batch, and
    /// a text keeps its number. The first is the empty one. Empty for a column without texts.
    pub fn words(&self, column: usize) -> &[String] {
        match self.columns.get(column) {
            Some(Cells::Words(_)) => self.words.get(column).map_or(&[], Words::texts),
            _ => &[],
        }
    }

    /// The cells of each column, and the texts that its numbers stand for.
    pub fn into_parts(self) -> (Vec<Cells>, Vec<Vec<String>>) {
        (self.columns, self.words.into_iter().map(Words::into_texts).collect())
    }
}

impl ColumnReader {
    pub(super) fn new(file: &ParquetFile, handle: &Arc<File>, wanted: &[(Option<(usize, Flat)>, Reading)], groups: Range<usize>) -> ColumnReader {
        let columns = wanted.iter().map(|(found, reading)| {
            let (place, flat) = (*found)?;
            Some(Column { place, pages: Pages::new(Arc::clone(handle), flat), store: AnyStore::new(*reading, flat) })
        });
        let columns: Vec<Option<Column>> = columns.collect();
        let cells = columns.iter().zip(wanted).map(|(column, (_, reading))| Cells::new(column.as_ref(), *reading)).collect();
        let words = wanted.iter().map(|_| Words::new()).collect();
        let batch = Batch { rows: 0, first_row: 0, columns: cells, words };
        ColumnReader { file: file.clone(), columns, batch, groups, done: 0, rows: 0 }
    }

    /// Reads the next batch; none at the end. A column that the file lacks has empty cells.
    ///
    /// # Errors
    /// If a page is damaged or cannot be read, or takes more memory than the limits allow. There
    /// is nothing more to be read then.
    #[expect(clippy::should_implement_trait, reason = "what is handed out is used again for the next batch")]
    pub fn next(&mut self) -> Result<Option<&Batch>, FileError> {
        self.next_behind(0)
    }

    /// Reads the next batch behind the last rows of this one, so many of which are `kept`: a batch
    /// begins with them then, and may reach over the border of two row groups. At the end there is
    /// none, and this one stays as it is.
    ///
    /// # Errors
    /// Those of [`ColumnReader::next`].
    pub fn next_behind(&mut self, kept: usize) -> Result<Option<&Batch>, FileError> {
        while self.done == self.rows {
            let Some(group) = self.groups.next() else {
                return Ok(None);
            };
            self.start(group)?;
        }
        let rows = BATCH_ROWS.min(self.rows - self.done);
        let kept = kept.min(self.batch.rows);
        let gone = self.batch.rows - kept;
        self.batch.rows = kept + usize::try_from(rows).unwrap_or(0);
        let group = self.groups.start - 1;
        self.batch.first_row = self.file.first_row(group) + self.done - kept as u64;
        for at in 0..self.columns.len() {
            if let Err(fault) = self.column(at, gone, kept) {
                return Err(self.fail(fault, at));
            }
        }
        self.done += rows;
        Ok(Some(&self.batch))
    }

    /// The batch that was read last.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Goes to a group.
    fn start(&mut self, group: usize) -> Result<(), FileError> {
        self.done = 0;
        self.rows = self.file.group_rows(group);
        for at in 0..self.columns.len() {
            let Some(column) = self.columns.get_mut(at).and_then(Option::as_mut) else {
                continue;
            };
            let set = self.file.chunk(group, column.place).ok_or(Fault::Damaged).and_then(|chunk| column.pages.set(chunk));
            if let Err(fault) = set {
                return Err(self.fail(fault, at));
            }
        }
        Ok(())
    }

    /// Fills the cells of a column behind those that are kept, before which so many are gone.
    fn column(&mut self, at: usize, gone: usize, kept: usize) -> Result<(), Fault> {
        let limit = usize::try_from(self.file.memory()).unwrap_or(usize::MAX);
        let sizes = self.columns.iter().flatten().map(Column::size).chain(self.batch.words.iter().map(Words::size));
        let room = limit.checked_sub(sizes.sum()).ok_or(Fault::Large)?;
        let page = usize::try_from(self.file.page_bytes()).unwrap_or(usize::MAX);
        let rows = self.batch.rows;
        let (Some(cells), Some(words)) = (self.batch.columns.get_mut(at), self.batch.words.get_mut(at)) else {
            return Ok(());
        };
        cells.turn(gone, rows);
        let Some(Column { pages, store, .. }) = self.columns.get_mut(at).and_then(Option::as_mut) else {
            return Ok(());
        };
        let mut none: Vec<Odd> = Vec::new();
        let is_last = self.done + (rows - kept) as u64 == self.rows;
        match (store, cells) {
            (AnyStore::Words(store), Cells::Words(cells)) => fill(pages, store, &mut Texts::new(words), cells, &mut none, kept, room.min(page)),
            (AnyStore::Numbers(store), Cells::Numbers { hundredths, odd }) => fill(pages, store, &mut Numbers, hundredths, odd, kept, room.min(page)),
            (AnyStore::Days(store), Cells::Days { days, odd }) => fill(pages, store, &mut Days, days, odd, kept, room.min(page)),
            (AnyStore::Integers(store), Cells::Integers(cells)) => fill(pages, store, &mut Identifiers, cells, &mut none, kept, room.min(page)),
            _ => Ok(()),
        }?;
        // Rows beyond those the file says it has would be left out without a word.
        if is_last && !pages.is_done(room.min(page))? { Err(Fault::Damaged) } else { Ok(()) }
    }

    /// Says what is wrong with a column, and reads no more.
    fn fail(&mut self, fault: Fault, at: usize) -> FileError {
        let group = self.groups.start.saturating_sub(1);
        (self.groups, self.done, self.rows) = (0..0, 0, 0);
        let name = self.columns.get(at).and_then(Option::as_ref).map_or("", |column| self.file.column_name(column.place));
        faults::page(fault, name, group, self.file.memory()).at_path(self.file.path())
    }
}

impl Column {
    fn size(&self) -> usize {
        self.pages.size() + self.store.size()
    }
}

impl AnyStore {
    fn new(reading: Reading, flat: Flat) -> AnyStore {
        match reading {
            Reading::Id if flat.kind.is_whole() => AnyStore::Integers(Store::new()),
            Reading::Words | Reading::Id => AnyStore::Words(Store::new()),
            Reading::Number => AnyStore::Numbers(Store::new()),
            Reading::Date => AnyStore::Days(Store::new()),
        }
    }

    fn size(&self) -> usize {
        match self {
            AnyStore::Words(store) => store.size(),
            AnyStore::Numbers(store) | AnyStore::Integers(store) => store.size(),
            AnyStore::Days(store) => store.size(),
        }
    }
}

impl Cells {
    fn new(column: Option<&Column>, reading: Reading) -> Cells {
        match (column.map(|column| &column.store), reading) {
            (Some(AnyStore::Integers(_)), _) => Cells::Integers(Vec::new()),
            (_, Reading::Words | Reading::Id) => Cells::Words(Vec::new()),
            (_, Reading::Number) => Cells::Numbers { hundredths: Vec::new(), odd: Vec::new() },
            (_, Reading::Date) => Cells::Days { days: Vec::new(), odd: Vec::new() },
        }
    }

    /// Moves what stands behind so many cells to the front, and makes room for so many in all, whatever
    /// is in the others; cells that are new are empty.
    fn turn(&mut self, gone: usize, rows: usize) {
        fn turn<T: Copy>(cells: &mut Vec<T>, gone: usize, rows: usize, empty: T) {
            if gone < cells.len() {
                cells.copy_within(gone.., 0);
            }
            cells.resize(rows, empty);
        }
        fn turn_odd(odd: &mut Vec<Odd>, gone: usize) {
            odd.retain_mut(|(row, _)| {
                let kept = (*row as usize).checked_sub(gone);
                *row = kept.map_or(0, row_number);
                kept.is_some()
            });
        }
        match self {
            Cells::Words(cells) => turn(cells, gone, rows, 0),
            Cells::Integers(cells) => turn(cells, gone, rows, NO_NUMBER),
            Cells::Numbers { hundredths, odd } => {
                turn_odd(odd, gone);
                turn(hundredths, gone, rows, NO_NUMBER);
            }
            Cells::Days { days, odd } => {
                turn_odd(odd, gone);
                turn(days, gone, rows, NO_DAY);
            }
        }
    }
}
