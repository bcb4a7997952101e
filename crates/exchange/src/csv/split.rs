//! Splits the text of a CSV file into rows of fields (RFC 4180; lines may end in LF, CRLF or CR).
//!
//! Unlike common CSV readers it keeps blank lines, so that rows have the numbers that a
//! spreadsheet shows, and it says where quotation marks are broken: the line is given up and
//! reading goes on with the next one, so that one stray mark does not swallow the file.

use crate::header;
use crate::limits;

/// A field's place in the text, without its quotation marks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Quotation marks inside of the field are doubled.
    pub(crate) doubled: bool,
}

/// The most fields of a row that are handed over: one more than a table may have, so that the
/// surplus shows while a hostile row of nothing but separators takes no memory.
const FIELDS: usize = limits::COLUMNS + 1;

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Row {
    Fields,
    /// A quotation mark that is never closed.
    Unclosed,
    /// Text between a closing quotation mark and the next separator.
    AfterQuote,
}

/// The place in the text up to which rows have been read.
#[derive(Debug)]
pub(crate) struct Splitter {
    pub(crate) at: usize,
    separator: u8,
    tried: Tried,
}

/// Where quoted fields begin that a row had below its first line, a bit for each byte of the text.
///
/// A row that comes to one of them is broken like the row before it, which was given up for its first line alone. Without this,
/// many fields over two lines, the last of them broken, take time by the square of their number.
#[derive(Debug, Default)]
struct Tried {
    bits: Vec<u64>,
    /// What was wrong with the last row given up.
    broken: Option<Row>,
}

impl Tried {
    /// What is wrong with every row that comes to this place; none where no row has come there.
    fn before(&mut self, at: usize, bytes: usize) -> Option<Row> {
        if self.bits.is_empty() {
            self.bits.resize(bytes / 64 + 1, 0);
        }
        let word = self.bits.get_mut(at / 64)?;
        let bit = 1 << (at % 64);
        let known = *word & bit != 0;
        *word |= bit;
        self.broken.filter(|_| known)
    }
}

impl Splitter {
    pub(crate) fn new(separator: u8) -> Splitter {
        Splitter { at: 0, separator, tried: Tried::default() }
    }

    /// Reads the next row into `fields`; none at the end of the text.
    pub(crate) fn next(&mut self, text: &str, fields: &mut Vec<Field>) -> Option<Row> {
        let bytes = text.as_bytes();
        let row = self.at;
        fields.clear();
        if row >= bytes.len() {
            return None;
        }
        let mut first_line = None;
        loop {
            let field = if bytes.get(self.at) == Some(&b'"') {
                let is_below = self.at > row && self.at > *first_line.get_or_insert_with(|| line_end(bytes, row));
                let broken = if is_below { self.tried.before(self.at, bytes.len()) } else { None };
                broken.map_or_else(|| self.quoted(bytes), Err)
            } else {
                Ok(self.bare(bytes))
            };
            match field {
                Ok(field) if fields.len() < FIELDS => fields.push(field),
                Ok(_) => {}
                Err(broken) => {
                    self.tried.broken = Some(broken);
                    fields.clear();
                    self.at = line_end(bytes, row);
                    self.skip_line_end(bytes);
                    return Some(broken);
                }
            }
            if bytes.get(self.at) != Some(&self.separator) {
                self.skip_line_end(bytes);
                return Some(Row::Fields);
            }
            self.at += 1;
        }
    }

    fn bare(&mut self, bytes: &[u8]) -> Field {
        let start = self.at;
        let rest = &bytes[start..];
        let length = rest.iter().position(|byte| *byte == self.separator || *byte == b'\n' || *byte == b'\r');
        self.at = start + length.unwrap_or(rest.len());
        Field { start, end: self.at, doubled: false }
    }

    fn quoted(&mut self, bytes: &[u8]) -> Result<Field, Row> {
        let start = self.at + 1;
        let mut doubled = false;
        let mut at = start;
        let end = loop {
            let mark = memchr::memchr(b'"', &bytes[at..]).ok_or(Row::Unclosed)? + at;
            if bytes.get(mark + 1) != Some(&b'"') {
                break mark;
            }
            doubled = true;
            at = mark + 2;
        };
        self.at = end + 1;
        // Blanks before the separator are a habit of some programs and mean nothing.
        while bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        match bytes.get(self.at) {
            None | Some(b'\n' | b'\r') => Ok(Field { start, end, doubled }),
            Some(byte) if *byte == self.separator => Ok(Field { start, end, doubled }),
            Some(_) => Err(Row::AfterQuote),
        }
    }

    fn skip_line_end(&mut self, bytes: &[u8]) {
        if bytes.get(self.at) == Some(&b'\r') {
            self.at += 1;
        }
        if bytes.get(self.at) == Some(&b'\n') {
            self.at += 1;
        }
    }
}

impl Field {
    /// The field's text as it stands in the file; doubled quotation marks are still doubled.
    pub(crate) fn raw(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }

    /// The field as a title, cut where it is longer than any.
    pub(crate) fn title(self, text: &str) -> String {
        let title = header::title(self.raw(text));
        if self.doubled { title.replace("\"\"", "\"") } else { title.to_owned() }
    }

    pub(crate) fn value(self, text: &str) -> String {
        if self.doubled { self.raw(text).replace("\"\"", "\"") } else { self.raw(text).to_owned() }
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |length| from + length)
}
