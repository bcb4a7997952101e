//! CSV: one row a person, or one a record. Columns have English names and values are codes, in any language.

use super::cells::{PersonLine, PersonRow, PersonTable, RecordRow};
use super::{Report, Sink, Target, words};
use crate::failure::Failure;
use std::io::Write;
use xueshi_exchange::{CsvWriter, Out, ParquetColumn, ParquetKind, ParquetWriter};

/// One row a person, written at the end: the columns follow from all of them.
pub(crate) struct PersonsCsv {
    target: Target,
    table: PersonTable,
}

impl PersonsCsv {
    /// No row yet.
    pub(crate) fn new(target: Target) -> Self {
        Self { target, table: PersonTable::default() }
    }
}

impl Sink<Vec<PersonRow>> for PersonsCsv {
    fn put(&mut self, piece: Vec<PersonRow>) -> Result<(), Failure> {
        piece.into_iter().for_each(|row| self.table.push(row));
        Ok(())
    }

    fn close(self, _: &Report) -> Result<(), Failure> {
        let titles = person_titles(&self.table);
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let mut csv = CsvWriter::new(self.target.writer()?, &titles)?;
        for line in &self.table.lines {
            csv.row(&person_cells(&self.table, line, line.status.name()))?;
        }
        csv.finish()?.flush()?;
        self.target.complete()
    }
}

/// One row a person as Parquet, written at the end.
pub(crate) struct PersonsParquet {
    target: Target,
    table: PersonTable,
}

impl PersonsParquet {
    /// No row yet.
    pub(crate) fn new(target: Target) -> Self {
        Self { target, table: PersonTable::default() }
    }
}

impl Sink<Vec<PersonRow>> for PersonsParquet {
    fn put(&mut self, piece: Vec<PersonRow>) -> Result<(), Failure> {
        piece.into_iter().for_each(|row| self.table.push(row));
        Ok(())
    }

    fn close(self, _: &Report) -> Result<(), Failure> {
        let mut file = ParquetWriter::new(self.target.writer()?, &parquet_columns(&person_titles(&self.table)))?;
        for line in &self.table.lines {
            file.row(&person_cells(&self.table, line, line.status.name()))?;
        }
        file.finish()?;
        self.target.complete()
    }
}

/// Columns of Parquet by their names: texts, the year, and hours.
fn parquet_columns(titles: &[String]) -> Vec<ParquetColumn> {
    const TEXTS: [&str; 10] = ["person", "status", "policies", "duty", "record", "subject", "rule", "policy", "clause", "problem"];
    let kind = |title: &str| match title {
        "year" => ParquetKind::Integer,
        title if TEXTS.contains(&title) => ParquetKind::Text,
        _ => ParquetKind::Number,
    };
    titles.iter().map(|title| ParquetColumn { title: title.clone(), kind: kind(title) }).collect()
}

/// One row a record as Parquet, written as it comes.
pub(crate) struct RecordsParquet {
    target: Target,
    file: ParquetWriter<Box<dyn Write + Send>>,
}

impl RecordsParquet {
    /// Starts the file.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn new(target: Target) -> Result<Self, Failure> {
        let file = ParquetWriter::new(target.writer()?, &parquet_columns(&RECORD_TITLES.map(str::to_owned)))?;
        Ok(Self { target, file })
    }
}

impl Sink<Vec<RecordRow>> for RecordsParquet {
    fn put(&mut self, piece: Vec<RecordRow>) -> Result<(), Failure> {
        for row in &piece {
            let clause = row.rule.as_ref().map(words::cite);
            let problem = row.problem.as_ref().map(|(code, _)| &**code);
            self.file.row(&record_cells(row, clause.as_deref(), &row.subject, problem))?;
        }
        Ok(())
    }

    fn close(self, _: &Report) -> Result<(), Failure> {
        self.file.finish()?;
        self.target.complete()
    }
}

/// The names of the columns of records.
const RECORD_TITLES: [&str; 10] = ["person", "record", "subject", "hours", "rule", "policy", "clause", "cut", "carried", "problem"];

/// The names of the columns of persons.
pub(crate) fn person_titles(table: &PersonTable) -> Vec<String> {
    let mut titles: Vec<String> = ["person", "year", "status"].map(str::to_owned).to_vec();
    titles.extend(table.hours.iter().map(|subject| subject.id.clone()));
    titles.push("total".to_owned());
    titles.extend(table.short.iter().map(|subject| format!("short_{}", subject.id)));
    titles.push("policies".to_owned());
    titles.extend(table.has_duties().then(|| "duty".to_owned()));
    titles
}

/// A person's cells under [`person_titles`].
pub(crate) fn person_cells<'a>(table: &'a PersonTable, line: &'a PersonLine, status: &'a str) -> Vec<Out<'a>> {
    let mut cells = vec![Out::Text(&line.person), Out::Integer(i64::from(line.year)), Out::Text(status)];
    let hours = |hours: Option<&Option<xueshi_policy::Hours>>| hours.copied().flatten().map_or(Out::Empty, |hours| Out::Number(hours.0));
    cells.extend((0..table.hours.len()).map(|at| hours(line.hours.get(at))));
    cells.push(Out::Number(line.total.0));
    cells.extend((0..table.short.len()).map(|at| hours(line.short.get(at))));
    cells.push(Out::Text(table.policies(line)));
    cells.extend(table.duty(line).map(|duty| Out::Text(&duty.id)));
    cells
}

/// One row a record, written as it comes.
pub(crate) struct RecordsCsv {
    target: Target,
    csv: CsvWriter<Box<dyn Write + Send>>,
}

impl RecordsCsv {
    /// Starts the file.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn new(target: Target) -> Result<Self, Failure> {
        let csv = CsvWriter::new(target.writer()?, &RECORD_TITLES)?;
        Ok(Self { target, csv })
    }
}

impl Sink<Vec<RecordRow>> for RecordsCsv {
    fn put(&mut self, piece: Vec<RecordRow>) -> Result<(), Failure> {
        for row in &piece {
            let clause = row.rule.as_ref().map(words::cite);
            let problem = row.problem.as_ref().map(|(code, _)| &**code);
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
