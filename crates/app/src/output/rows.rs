//! One row a person, or one a record. Columns have English names and values are codes, in any language.

use super::cells::{PersonLine, PersonRow, PersonTable, RecordRow};
use super::rows_file::{self, RowsFile, RowsKind};
use super::{Report, Sink, Target, words};
use crate::failure::Failure;
use xueshi_exchange::Out;

/// One row a person, written at the end: the columns follow from all of them.
pub(crate) struct PersonsFile {
    target: Target,
    kind: RowsKind,
    table: PersonTable,
}

impl PersonsFile {
    /// No row yet.
    pub(crate) fn new(target: Target, kind: RowsKind) -> Self {
        Self { target, kind, table: PersonTable::default() }
    }
}

impl Sink<Vec<PersonRow>> for PersonsFile {
    fn put(&mut self, piece: Vec<PersonRow>) -> Result<(), Failure> {
        piece.into_iter().for_each(|row| self.table.push(row));
        Ok(())
    }

    fn close(self, _: &Report) -> Result<(), Failure> {
        let titles = person_titles(&self.table);
        let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
        let mut file = RowsFile::new(self.target, self.kind, &titles, false)?;
        for line in &self.table.lines {
            file.row(&person_cells(&self.table, line, line.status.name()))?;
        }
        file.close()
    }
}

/// The names of the columns of persons.
pub(crate) fn person_titles(table: &PersonTable) -> Vec<String> {
    rows_file::person_titles(table.hours.iter().map(|subject| subject.id.as_str()), table.short.iter().map(|subject| subject.id.as_str()), table.has_duties())
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
pub(crate) struct RecordsFile(RowsFile);

impl RecordsFile {
    /// Starts the file.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn new(target: Target, kind: RowsKind) -> Result<Self, Failure> {
        let titles = ["person", "record", "subject", "hours", "rule", "policy", "clause", "cut", "carried", "problem"];
        RowsFile::new(target, kind, &titles, false).map(Self)
    }
}

impl Sink<Vec<RecordRow>> for RecordsFile {
    fn put(&mut self, piece: Vec<RecordRow>) -> Result<(), Failure> {
        for row in &piece {
            let clause = row.rule.as_ref().map(words::cite);
            let problem = row.problem.as_ref().map(|(code, _)| &**code);
            self.0.row(&record_cells(row, clause.as_deref(), &row.subject, problem))?;
        }
        Ok(())
    }

    fn close(self, _: &Report) -> Result<(), Failure> {
        self.0.close()
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
