//! A table of raw cells, stored compactly: eight bytes a cell beside the texts themselves.
//!
//! A million rows of 23 columns are 184 MB of cells; each text stands once in one of two long
//! strings (the file's own text for CSV, kept pieces for everything else).

use jiff::civil::Date;

use crate::bad::{BadCell, Reason};
use crate::limits;
use crate::slot::{Kind, Slot};
use crate::text::{Notice, Problem, RowFault, Text, excerpt};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing, or nothing but white space.
    Empty,
    /// A text exactly as it stands in the file. Every filled cell of a CSV file is one.
    Text(&'a str),
    /// A number of a workbook as its exact shortest decimal digits, such as `78.5`; at most 15
    /// significant digits, which is what spreadsheets calculate with and show. Very large and very
    /// small ones have an exponent, such as `1e300`.
    Number(&'a str),
    /// A date of a workbook.
    Date(Date),
    /// Something that cannot be read.
    Bad(BadCell),
}

/// The rows of a file under the headers the caller understands.
#[derive(Clone, Debug)]
pub struct Table {
    /// The file as the user named it.
    pub file: String,
    /// The sheet that was read; none for CSV.
    pub sheet: Option<String>,
    /// For each column of the file, the header it belongs to.
    pub columns: Vec<Option<usize>>,
    /// What is to be said once about the file.
    pub notices: Vec<Notice>,
    /// The rows that could not be read, in the order of the file.
    pub row_errors: Vec<RowFault>,
    /// Visible sheets of the workbook that were not read, the template's guide left out.
    pub other_sheets: Vec<String>,
    pub(crate) rows: Rows,
}

/// The cells of the rows, those of columns the caller understands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// For each header, its place in a row's slots.
    places: Vec<Option<usize>>,
    /// For each column of the file, its place in a row's slots.
    columns: Vec<Option<usize>>,
    width: usize,
    slots: Vec<Slot>,
    numbers: Vec<u32>,
    /// The text of the whole file, where cells are parts of it.
    text: String,
    /// Texts that do not stand in the file's text as they are.
    kept: String,
    /// Whether the row being filled has anything in it.
    filled: bool,
}

impl Table {
    /// How many rows were read.
    pub fn len(&self) -> usize {
        self.rows.numbers.len()
    }

    /// Whether no row was read.
    pub fn is_empty(&self) -> bool {
        self.rows.numbers.is_empty()
    }

    /// The place of a row in the file: 1 is the first row under the header. Blank rows and
    /// unreadable ones are left out of the table, but count here.
    pub fn row_number(&self, row: usize) -> u32 {
        self.rows.numbers.get(row).copied().unwrap_or(0)
    }

    /// The cell of a row under a header; empty where the file lacks the column.
    pub fn cell(&self, row: usize, header: usize) -> Cell<'_> {
        self.rows.cell(row, header)
    }

    /// Whether the file has a column for the header.
    pub fn has(&self, header: usize) -> bool {
        matches!(self.rows.places.get(header), Some(Some(_)))
    }
}

impl Rows {
    /// Rows of the columns whose headers are given (file column → header), out of `headers` many,
    /// as parts of a file's text.
    pub(crate) fn new(columns: &[Option<usize>], headers: usize, text: String) -> Rows {
        let mut rows = Rows { places: vec![None; headers], text, ..Rows::default() };
        for header in columns {
            let place = header.and_then(|header| rows.places.get_mut(header)).map(|place| {
                let next = rows.width;
                rows.width += 1;
                *place = Some(next);
                next
            });
            rows.columns.push(place);
        }
        rows
    }

    /// Where a file column's cells stand in a row, if the caller understands the column.
    pub(crate) fn place(&self, column: usize) -> Option<usize> {
        self.columns.get(column).copied().flatten()
    }

    /// Adds an empty row, to be filled by [`Rows::set`] and kept by [`Rows::finish_row`].
    pub(crate) fn start_row(&mut self, number: u32) {
        self.numbers.push(number);
        self.slots.resize(self.slots.len() + self.width, Slot::default());
        self.filled = false;
    }

    /// Says that the row being filled has something in a column that is not read.
    pub(crate) fn touch(&mut self) {
        self.filled = true;
    }

    pub(crate) fn set(&mut self, place: usize, slot: Slot) {
        if slot.kind() == Kind::Empty {
            return;
        }
        self.filled = true;
        let row = self.numbers.len().saturating_sub(1);
        self.replace(row, place, slot);
    }

    pub(crate) fn replace(&mut self, row: usize, place: usize, slot: Slot) {
        if let Some(cell) = self.slots.get_mut(row * self.width + place) {
            *cell = slot;
        }
    }

    /// Keeps the row being filled, or drops it if it is blank; says which.
    pub(crate) fn finish_row(&mut self) -> bool {
        if !self.filled {
            self.drop_row();
        }
        self.filled
    }

    /// Takes the row being filled out again.
    pub(crate) fn drop_row(&mut self) {
        self.numbers.pop();
        self.slots.truncate(self.slots.len().saturating_sub(self.width));
    }

    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// A text that stands in the file's text.
    pub(crate) fn text_in_file(&mut self, start: usize, bytes: usize) -> Result<Slot, Problem> {
        let text = self.text.get(start..start + bytes).unwrap_or("");
        if text.chars().all(char::is_whitespace) {
            return Ok(Slot::default());
        }
        if limits::too_long(text) {
            let short = excerpt(text);
            return self.bad(Reason::LongText, &short);
        }
        Slot::text(Kind::InFile, start, bytes).ok_or_else(too_much_text)
    }

    /// A text that is kept beside the file's text.
    pub(crate) fn text(&mut self, text: &str) -> Result<Slot, Problem> {
        if text.chars().all(char::is_whitespace) {
            return Ok(Slot::default());
        }
        if limits::too_long(text) {
            return self.bad(Reason::LongText, &excerpt(text));
        }
        self.keep(Kind::Kept, text)
    }

    pub(crate) fn number(&mut self, digits: &str) -> Result<Slot, Problem> {
        self.keep(Kind::Number, digits)
    }

    pub(crate) fn bad(&mut self, reason: Reason, value: &str) -> Result<Slot, Problem> {
        self.keep(Kind::Bad(reason), value)
    }

    fn keep(&mut self, kind: Kind, text: &str) -> Result<Slot, Problem> {
        let slot = Slot::text(kind, self.kept.len(), text.len()).ok_or_else(too_much_text)?;
        self.kept.push_str(text);
        Ok(slot)
    }

    fn cell(&self, row: usize, header: usize) -> Cell<'_> {
        let Some(place) = self.places.get(header).copied().flatten() else {
            return Cell::Empty;
        };
        let Some(slot) = self.slots.get(row * self.width + place) else {
            return Cell::Empty;
        };
        let in_file = || self.text.get(slot.place()).unwrap_or("");
        let kept = || self.kept.get(slot.place()).unwrap_or("");
        match slot.kind() {
            Kind::Empty => Cell::Empty,
            Kind::InFile => Cell::Text(in_file()),
            Kind::Kept => Cell::Text(kept()),
            Kind::Number => Cell::Number(kept()),
            Kind::Date => slot.stored_date().map_or(Cell::Empty, Cell::Date),
            Kind::Bad(reason) => Cell::Bad(reason.cell(kept())),
        }
    }

    /// The text of the whole file, in which [`Rows::text_in_file`] points.
    pub(crate) fn file_text(&self) -> &str {
        &self.text
    }

    /// Gives back memory taken in advance: a table lives long and does not grow any more.
    pub(crate) fn shrink(&mut self) {
        self.slots.shrink_to_fit();
        self.numbers.shrink_to_fit();
        self.kept.shrink_to_fit();
    }
}

fn too_much_text() -> Problem {
    Problem::new("too-large", Text::new("文件中的文字超过 4 GiB。", "The texts of the file are more than 4 GiB."), Text::new("请分成几个文件。", "Split it into several files."))
}
