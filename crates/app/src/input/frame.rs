//! Rows taken out of columns: a table in memory that is read like one of a spreadsheet.

use super::view::View;
use std::collections::HashMap;
use std::sync::Arc;
use xueshi_exchange::{Cell, Cells, NO_DAY, NO_NUMBER};
use xueshi_policy::Hours;

/// Rows of some columns; every text is kept once.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    /// By header; none where the file has no such column.
    columns: Vec<Option<Column>>,
    /// The number of each row in its file, the first being 1.
    numbers: Vec<u32>,
    /// The files the rows are from, and which of them each row is from.
    files: Vec<Arc<str>>,
    of: Vec<u16>,
}

#[derive(Debug, Default)]
struct Column {
    kind: Kind,
    /// Numbers of words, or days.
    cells: Vec<u32>,
    words: Vec<Box<str>>,
    known: HashMap<Box<str>, u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Text,
    Number,
    /// A day since 1970-01-01 as bits, or a word from the end down.
    Day,
}

/// Cells of days from here down are words.
const WORD: u32 = 1 << 31;

impl Frame {
    /// No rows yet; `headers`: for each header whether the file has it.
    pub(crate) fn new(headers: impl Iterator<Item = bool>) -> Self {
        Self { columns: headers.map(|has| has.then(Column::default)).collect(), ..Self::default() }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The number of a row in its file.
    pub(crate) fn number(&self, row: usize) -> u32 {
        self.numbers.get(row).copied().unwrap_or(0)
    }

    /// The file a row is from.
    pub(crate) fn file(&self, row: usize) -> Arc<str> {
        let at = self.of.get(row).map_or(0, |at| usize::from(*at));
        self.files.get(at).cloned().unwrap_or_else(|| Arc::from(""))
    }

    /// Whether there is a column for a header.
    pub(crate) fn has(&self, header: usize) -> bool {
        self.columns.get(header).is_some_and(Option::is_some)
    }

    /// A cell.
    pub(crate) fn cell(&self, row: usize, header: usize) -> Cell<'_> {
        let Some(column) = self.columns.get(header).and_then(Option::as_ref) else { return Cell::Empty };
        let Some(cell) = column.cells.get(row).copied() else { return Cell::Empty };
        let word = |at: u32| column.words.get(at as usize).map_or("", |word| word);
        match column.kind {
            Kind::Day if cell < WORD => {
                let day = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(i64::from(cell) - i64::from(WORD / 2)));
                day.map_or(Cell::Empty, Cell::Date)
            }
            Kind::Day => text(word(cell - WORD)),
            Kind::Number if !word(cell).is_empty() => Cell::Number(word(cell)),
            Kind::Text | Kind::Number => text(word(cell)),
        }
    }

    /// Takes a row of columns. `headers`: for each of the columns its header.
    pub(crate) fn push(&mut self, view: &View<'_>, headers: &[usize], row: usize) {
        let (file, number) = view.origin(row);
        self.numbers.push(number);
        let of = self.file_at(file);
        self.of.push(of);
        for (at, (cells, header)) in view.columns.iter().zip(headers).enumerate() {
            let Some(column) = self.columns.get_mut(*header).and_then(Option::as_mut) else { continue };
            let odd = |odd: &[(u32, String)]| odd.binary_search_by_key(&row, |(at, _)| *at as usize).ok().map(|at| odd[at].1.clone());
            let cell = match cells {
                Cells::Words(ids) => column.word(view.words(at).get(ids[row] as usize).map_or("", String::as_str)),
                Cells::Integers(numbers) if numbers[row] == NO_NUMBER => column.word(""),
                Cells::Integers(numbers) => column.word(&numbers[row].to_string()),
                Cells::Numbers { hundredths, odd: texts } => {
                    column.kind = Kind::Number;
                    match hundredths[row] {
                        NO_NUMBER => column.word(&odd(texts).unwrap_or_default()),
                        number => column.word(&Hours(number).to_string()),
                    }
                }
                Cells::Days { days, odd: texts } => {
                    column.kind = Kind::Day;
                    match days[row] {
                        NO_DAY => WORD + column.word(&odd(texts).unwrap_or_default()),
                        day => (i64::from(day) + i64::from(WORD / 2)) as u32,
                    }
                }
            };
            column.cells.push(cell);
        }
    }
}

impl Frame {
    /// Takes the rows of another frame of the same columns.
    pub(crate) fn append(&mut self, other: &Self) {
        for row in 0..other.len() {
            self.numbers.push(other.number(row));
            let of = self.file_at(&other.file(row));
            self.of.push(of);
        }
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            let (Some(mine), Some(theirs)) = (mine, theirs) else { continue };
            mine.kind = theirs.kind;
            for cell in &theirs.cells {
                let word = |at: u32| theirs.words.get(at as usize).map_or("", |word| word);
                let cell = match theirs.kind {
                    Kind::Day if *cell < WORD => *cell,
                    Kind::Day => WORD + mine.word(word(cell - WORD)),
                    Kind::Text | Kind::Number => mine.word(word(*cell)),
                };
                mine.cells.push(cell);
            }
        }
    }

    fn file_at(&mut self, file: &Arc<str>) -> u16 {
        let at = self.files.iter().rposition(|known| known == file).unwrap_or_else(|| {
            self.files.push(Arc::clone(file));
            self.files.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }
}

impl Column {
    fn word(&mut self, word: &str) -> u32 {
        if let Some(known) = self.known.get(word) {
            return *known;
        }
        let at = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push(word.into());
        self.known.insert(word.into(), at);
        at
    }
}

fn text(word: &str) -> Cell<'_> {
    if word.is_empty() { Cell::Empty } else { Cell::Text(word) }
}
