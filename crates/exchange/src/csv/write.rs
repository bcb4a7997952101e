//! Writes CSV that spreadsheets open without running anything in it.

use std::io::{self, Write};

use crate::out::{Out, hundredths};

/// Writes a CSV file row by row: UTF-8, commas, LF.
pub struct CsvWriter<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// Starts a file without byte order mark.
    ///
    /// # Errors
    /// What the writer below fails with.
    pub fn new(writer: W, header: &[&str]) -> io::Result<CsvWriter<W>> {
        let mut this = CsvWriter { writer: csv::WriterBuilder::new().flexible(true).from_writer(writer) };
        let titles: Vec<Out<'_>> = header.iter().map(|title| Out::Text(title)).collect();
        this.row(&titles)?;
        Ok(this)
    }

    /// Starts a file with a byte order mark, by which Excel recognises UTF-8.
    ///
    /// # Errors
    /// What the writer below fails with.
    pub fn with_bom(mut writer: W, header: &[&str]) -> io::Result<CsvWriter<W>> {
        writer.write_all("\u{FEFF}".as_bytes())?;
        CsvWriter::new(writer, header)
    }

    /// Writes a row. A text that a spreadsheet might take for a formula gets an apostrophe before
    /// it, with which it is read again; numbers are written as they are.
    ///
    /// # Errors
    /// What the writer below fails with.
    pub fn row(&mut self, cells: &[Out<'_>]) -> io::Result<()> {
        for cell in cells {
            match cell {
                Out::Empty => self.field(""),
                Out::Text(text) if starts_a_formula(text) => self.field(&format!("'{text}")),
                Out::Text(text) => self.field(text),
                Out::Number(value) => self.field(&hundredths(*value)),
                Out::Integer(value) => self.field(&value.to_string()),
                Out::Date(date) => self.field(&date.to_string()),
            }?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io::Error::from)
    }

    /// Writes out what is buffered and gives the writer back.
    ///
    /// # Errors
    /// What the writer below fails with.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    fn field(&mut self, text: &str) -> io::Result<()> {
        if text.contains('\0') {
            // By this character readers know that a file is no text.
            let text = text.replace('\0', "\u{FFFD}");
            return self.writer.write_field(text).map_err(io::Error::from);
        }
        self.writer.write_field(text).map_err(io::Error::from)
    }
}

/// Whether a spreadsheet might take a text for a formula. Quotation marks do not keep it from
/// that, so that such a text gets an apostrophe before it.
fn starts_a_formula(text: &str) -> bool {
    let visible = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}'));
    text.starts_with(['\t', '\r', '\n']) || visible.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}
