//! Lines of a population: CSV and Parquet, written as they come.

use super::Target;
use super::rows_file::{RowsFile, RowsKind, person_titles};
use crate::failure::Failure;
use crate::population::{Line, LineColumns, Lines};
use xueshi_exchange::{NO_NUMBER, Out};

/// A file of one line a person.
pub(crate) struct LinesFile {
    file: RowsFile,
    year: i16,
    columns: LineColumns,
    /// Persons are whole numbers.
    numbers: bool,
}

impl LinesFile {
    /// Starts the file. `numbers`: persons are whole numbers.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn new(target: Target, kind: RowsKind, numbers: bool, year: i16, columns: &LineColumns) -> Result<Self, Failure> {
        let titles = person_titles(columns.hours.iter().map(|(id, _)| id.as_str()), columns.short.iter().map(|(id, _)| id.as_str()), columns.duties.len() > 1);
        let numbers = numbers && kind == RowsKind::Parquet;
        let file = RowsFile::new(target, kind, &titles.iter().map(String::as_str).collect::<Vec<_>>(), numbers)?;
        Ok(Self { file, year, columns: columns.clone(), numbers })
    }

    /// Writes lines.
    ///
    /// # Errors
    /// If they can not be written.
    pub(crate) fn put(&mut self, lines: &Lines) -> Result<(), Failure> {
        let mut cells = Vec::new();
        for line in lines.iter(&self.columns) {
            cells.clear();
            fill(&mut cells, &line, &self.columns, self.year, self.numbers);
            self.file.row(&cells)?;
        }
        Ok(())
    }

    /// Finishes the file and puts it in its place.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn close(self) -> Result<(), Failure> {
        self.file.close()
    }
}

/// A line's cells under [`person_titles`].
fn fill<'a>(cells: &mut Vec<Out<'a>>, line: &Line<'a>, columns: &'a LineColumns, year: i16, numbers: bool) {
    let hours = |hours: &i64| if *hours == NO_NUMBER { Out::Empty } else { Out::Number(*hours) };
    let number = if numbers { line.person.parse().ok() } else { None };
    cells.extend([number.map_or(Out::Text(line.person), Out::Integer), Out::Integer(i64::from(year)), Out::Text(line.status.name())]);
    cells.extend(line.hours.iter().map(hours));
    cells.push(Out::Number(line.total));
    cells.extend(line.short.iter().map(hours));
    cells.push(Out::Text(line.policies));
    if columns.duties.len() > 1 {
        cells.push(columns.duties.get(line.duty).map_or(Out::Empty, |(id, _)| Out::Text(id)));
    }
}
