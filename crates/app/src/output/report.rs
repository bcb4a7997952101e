//! What is said beside the results: rows in error, warnings and notes.

use crate::input::RowError;
use std::collections::HashSet;
use std::io::Write as _;
use xueshi_policy::{Lang, Text, text};

/// Above this many, errors are counted and not listed on standard error.
const LISTED: usize = 50;

/// What was noticed while persons were assessed.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Rows that were left out; in the order of the files once [`Report::sort`] was called.
    pub(crate) errors: Vec<RowError>,
    /// What is to be said once about the files and the options.
    pub(crate) file_notes: Vec<Text>,
    /// What is to be said once about the results.
    pub(crate) notes: Vec<Text>,
    said: HashSet<Text>,
}

impl Report {
    /// What is known before anyone is assessed.
    pub(crate) fn new(errors: Vec<RowError>, file_notes: Vec<Text>) -> Self {
        Self { errors, file_notes, ..Self::default() }
    }

    /// Adds a note, unless it was said before.
    pub(crate) fn note(&mut self, note: &Text) {
        if !self.said.contains(note) {
            self.said.insert(note.clone());
            self.notes.push(note.clone());
        }
    }

    /// Puts the errors in the order of the files.
    pub(crate) fn sort(&mut self) {
        self.errors.sort_by(RowError::order);
    }

    /// Lists the errors on standard error.
    pub(crate) fn print_errors(&self, lang: Lang) {
        let mut out = std::io::stderr().lock();
        for error in self.errors.iter().take(LISTED) {
            let _ = writeln!(out, "{}", error.line(lang));
        }
        let more = self.errors.len().saturating_sub(LISTED);
        if more > 0 {
            let text = text!("另有 {more} 处；--format json 列出全部", "and {more} more; all of them in --format json");
            let _ = writeln!(out, "{}", text.get(lang));
        }
    }
}

/// Prints one note on standard error.
pub(crate) fn print_note(note: &Text, lang: Lang) {
    let word = if lang == Lang::Zh { "注意：" } else { "note: " };
    let _ = writeln!(std::io::stderr().lock(), "{word}{}", note.get(lang));
}
