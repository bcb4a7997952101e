//! A CSV file as a table.

use super::decode::{Decoded, decode};
use super::faults::{blank_rows, broken_bytes, broken_header, broken_quotes, damaged_header, empty, other_separator, too_many_faults, too_many_fields, too_many_rows};
use super::split::{Field, Row, Splitter};
use crate::header::{self, Dictionary, Understood};
use crate::limits::Limits;
use crate::table::{Rows, Table};
use crate::text::{Problem, Remark, RowFault, excerpt};

/// Rows between two reports of progress.
const ROWS_A_STEP: u32 = 16_384;

/// Unreadable rows of a file that are reported; with more of them the file is no such table.
const FAULTS_MAX: usize = 200_000;

/// What a reader hands over: a table without the file's name, and what is to be said about it.
pub(crate) type ReadTable = (Table, Vec<Remark>);

/// Reads the bytes of a CSV file.
pub(crate) fn read(bytes: Vec<u8>, known: &Dictionary<'_>, limits: &Limits, progress: &dyn Fn(u64, u64)) -> Result<ReadTable, Problem> {
    let Decoded { text, damaged, remark } = decode(bytes)?;
    if header::is_blank(&text) {
        return Err(empty());
    }
    let mut remarks: Vec<Remark> = remark.into_iter().collect();
    let (separator, head) = head(&text, known)?;
    if separator != b',' {
        remarks.push(other_separator(separator));
    }
    let mut understood = header::understand(&head, known)?;
    remarks.append(&mut understood.remarks);
    let columns = understood.columns.clone();
    let mut reading = Reading {
        rows: Rows::new(&columns, known.headers.len(), text),
        faults: Vec::new(),
        blank: Vec::new(),
        splitter: Splitter::new(separator),
        fields: Vec::new(),
        understood,
        first_headless: None,
        damaged,
    };
    reading.rows(limits, progress)?;
    remarks.extend(reading.first_headless.map(header::headless_columns));
    remarks.extend(blank_rows(&reading.blank));
    let mut rows = reading.rows;
    rows.shrink();
    let table = Table { file: String::new(), sheet: None, columns, notices: Vec::new(), row_errors: reading.faults, other_sheets: Vec::new(), rows };
    Ok((table, remarks))
}

/// The state of reading the rows under the header.
struct Reading {
    rows: Rows,
    faults: Vec<RowFault>,
    /// Blank rows with a filled one below them.
    blank: Vec<u32>,
    splitter: Splitter,
    fields: Vec<Field>,
    understood: Understood,
    /// The first cell in a column whose title is blank.
    first_headless: Option<(u32, usize)>,
    /// Some bytes of the file are not of its encoding.
    damaged: bool,
}

impl Reading {
    fn rows(&mut self, limits: &Limits, progress: &dyn Fn(u64, u64)) -> Result<(), Problem> {
        let total = self.rows.file_text().len() as u64;
        let mut number = 0;
        let mut blank_below = Vec::new();
        self.splitter.next(self.rows.file_text(), &mut self.fields);
        loop {
            let start = self.splitter.at;
            let Some(row) = self.splitter.next(self.rows.file_text(), &mut self.fields) else {
                break;
            };
            number += 1;
            if number > limits.csv_rows {
                return Err(too_many_rows(limits.csv_rows));
            }
            if self.row(number, start, row)? {
                self.blank.append(&mut blank_below);
            } else {
                blank_below.push(number);
            }
            if number % ROWS_A_STEP == 0 {
                progress(self.splitter.at as u64, total);
            }
        }
        progress(total, total);
        Ok(())
    }

    /// Takes in a row that was split; says whether anything stood in it.
    fn row(&mut self, number: u32, start: usize, row: Row) -> Result<bool, Problem> {
        if let Some(fault) = self.fault(number, start, row) {
            if self.faults.len() >= FAULTS_MAX {
                return Err(too_many_faults(&fault));
            }
            self.faults.push(fault);
            return Ok(true);
        }
        self.rows.start_row(number);
        for column in 0..self.fields.len().min(self.understood.width) {
            let field = self.fields[column];
            let Some(place) = self.rows.place(column) else {
                if !header::is_blank(field.raw(self.rows.file_text())) {
                    self.rows.touch();
                    if self.understood.headless[column] {
                        self.first_headless.get_or_insert((number, column));
                    }
                }
                continue;
            };
            let slot = if field.doubled {
                let value = field.value(self.rows.file_text());
                self.rows.text(&value)?
            } else {
                self.rows.text_in_file(field.start, field.end - field.start)?
            };
            self.rows.set(place, slot);
        }
        Ok(self.rows.finish_row())
    }

    /// What is wrong with a row as such.
    fn fault(&self, number: u32, start: usize, row: Row) -> Option<RowFault> {
        let text = self.rows.file_text();
        let line = text.get(start..self.splitter.at).unwrap_or("");
        let shown = || excerpt(line.trim_end());
        let width = self.understood.width;
        let surplus = self.fields.get(width..).unwrap_or(&[]);
        if row != Row::Fields {
            Some(broken_quotes(number, row, shown()))
        } else if self.damaged && line.contains('\u{FFFD}') {
            Some(broken_bytes(number, shown()))
        } else if surplus.iter().any(|field| !header::is_blank(field.raw(text))) {
            Some(too_many_fields(number, self.fields.len(), width, shown()))
        } else {
            None
        }
    }
}

/// The separator and the first rows of the file: the comma, unless another one makes more sense
/// of the header. The header itself must be readable.
fn head(text: &str, known: &Dictionary<'_>) -> Result<(u8, Vec<Vec<String>>), Problem> {
    let (mut separator, mut rows, mut titles) = (b',', Vec::new(), None);
    for candidate in [b',', b';', b'\t'] {
        let found = first_rows(text, candidate);
        let count = found.iter().flatten().map(|row| known.known_in(row)).max();
        if titles.is_none() || count > titles {
            (separator, rows, titles) = (candidate, found, count);
        }
    }
    if rows.first().is_some_and(Option::is_none) {
        return Err(broken_header());
    }
    let rows: Vec<Vec<String>> = rows.into_iter().map(Option::unwrap_or_default).collect();
    let mut header = rows.iter().take(1).flatten();
    if header.any(|title| title.contains('\u{FFFD}')) {
        return Err(damaged_header());
    }
    Ok((separator, rows))
}

/// The titles of the first rows; none for a row with broken quotation marks.
fn first_rows(text: &str, separator: u8) -> Vec<Option<Vec<String>>> {
    let mut splitter = Splitter::new(separator);
    let mut fields = Vec::new();
    let mut rows = Vec::new();
    while rows.len() <= header::ROWS_SEARCHED {
        let Some(row) = splitter.next(text, &mut fields) else {
            break;
        };
        let titles = || fields.iter().map(|field| field.title(text)).collect();
        rows.push(if row == Row::Fields { Some(titles()) } else { None });
    }
    rows
}
