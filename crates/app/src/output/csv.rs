//! CSV: one row a person, or one a record. Columns have English names and values are codes, in any language.

use super::cells::{PersonColumns, PersonRow, RecordRow};
use super::{Report, Sink, Target, words};
use crate::failure::Failure;
use std::io::Write;
use xueshi_exchange::{CsvWriter, Out};
use xueshi_policy::Hours;

/// One row a person. The columns follow from what was asked of anyone, so that the rows wait until all are known.
pub(crate) struct PersonsCsv {
    target: Target,
    rows: Vec<PersonRow>,
}

impl PersonsCsv {
    /// No row yet.
    pub(crate) fn new(target: Target) -> Self {
        Self { target, rows: Vec::new() }
    }
}

impl Sink<Vec<PersonRow>> for PersonsCsv {
    fn put(&mut self, piece: Vec<PersonRow>) -> Result<(), Failure> {
        self.rows.extend(piece);
        Ok(())
    }

    fn close(self, _: &Report) -> Result<(), Failure> {
        let columns = PersonColumns::of(&self.rows);
        let titles = person_titles(&columns);
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let mut csv = CsvWriter::new(self.target.writer()?, &titles)?;
        for row in &self.rows {
            csv.row(&person_cells(row, &columns, row.status.name()))?;
        }
        csv.finish()?.flush()?;
        self.target.complete()
    }
}

/// The names of the columns of persons.
pub(crate) fn person_titles(columns: &PersonColumns) -> Vec<String> {
    let mut titles: Vec<String> = ["person", "year", "status"].map(str::to_owned).to_vec();
    titles.extend(columns.hours.iter().map(|subject| subject.id.clone()));
    titles.push("total".to_owned());
    titles.extend(columns.short.iter().map(|subject| format!("short_{}", subject.id)));
    titles.push("policies".to_owned());
    if columns.duties {
        titles.push("duty".to_owned());
    }
    titles
}

/// A person's cells under [`person_titles`].
pub(crate) fn person_cells<'a>(row: &'a PersonRow, columns: &PersonColumns, status: &'a str) -> Vec<Out<'a>> {
    let hours = |hours: Option<Hours>| hours.map_or(Out::Empty, |hours| Out::Number(hours.0));
    let mut cells = vec![Out::Text(&row.person), Out::Integer(i64::from(row.year)), Out::Text(status)];
    for column in &columns.hours {
        cells.push(hours(row.hours.iter().find(|(subject, _)| subject.id == column.id).map(|(_, hours)| *hours)));
    }
    cells.push(Out::Number(row.total.0));
    for column in &columns.short {
        cells.push(hours(row.short.iter().find(|(subject, _)| subject.id == column.id).and_then(|(_, short)| *short)));
    }
    cells.push(Out::Text(&row.policies));
    if columns.duties {
        cells.push(Out::Text(&row.duty));
    }
    cells
}

/// One row a record, written as it comes.
pub(crate) struct RecordsCsv {
    target: Target,
    csv: CsvWriter<Box<dyn Write>>,
}

impl RecordsCsv {
    /// Starts the file.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn new(target: Target) -> Result<Self, Failure> {
        let titles = ["person", "record", "subject", "hours", "rule", "policy", "clause", "cut", "carried", "problem"];
        let csv = CsvWriter::new(target.writer()?, &titles)?;
        Ok(Self { target, csv })
    }
}

impl Sink<Vec<RecordRow>> for RecordsCsv {
    fn put(&mut self, piece: Vec<RecordRow>) -> Result<(), Failure> {
        for row in &piece {
            let clause = row.rule.as_ref().map(words::cite);
            let problem = row.problem.as_ref().map(|(code, _)| code.as_str());
            self.csv.row(&record_cells(row, clause.as_deref(), &row.subject, problem))?;
        }
        Ok(())
    }

    fn close(self, _: &Report) -> Result<(), Failure> {
        self.csv.finish()?.flush()?;
        self.target.complete()
    }
}

/// A record's cells.
pub(crate) fn record_cells<'a>(row: &'a RecordRow, clause: Option<&'a str>, subject: &'a str, problem: Option<&'a str>) -> [Out<'a>; 10] {
    let text = |text: Option<&'a str>| text.map_or(Out::Empty, Out::Text);
    [
        Out::Text(&row.person),
        Out::Text(&row.record),
        Out::Text(subject),
        Out::Number(row.hours.0),
        text(row.rule.as_ref().map(|rule| &*rule.id)),
        text(row.rule.as_ref().map(|rule| &*rule.policy)),
        text(clause),
        Out::Number(row.cut.0),
        Out::Number(row.carried.0),
        text(problem),
    ]
}
