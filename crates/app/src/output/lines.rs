//! Lines of a population: CSV and Parquet, written as they come.

use super::Target;
use super::rows_file::{RowsFile, RowsKind, person_titles};
use crate::failure::Failure;
use crate::population::{Line, LineColumns, Lines, NOT_KNOWN, Shown};
use xueshi_exchange::Out;

/// A file of one line a person.
pub(crate) struct LinesFile {
    file: RowsFile,
    year: i16,
    columns: LineColumns,
    shown: Shown,
    /// Persons are whole numbers.
    numbers: bool,
}

impl LinesFile {
    /// Starts the file. `numbers`: persons are whole numbers; `shown`: which of the columns are written.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn new(target: Target, kind: RowsKind, numbers: bool, year: i16, columns: &LineColumns, shown: Shown) -> Result<Self, Failure> {
        let titles = person_titles(shown.hours.iter().map(|at| columns.hours[*at].0.as_str()), shown.short.iter().map(|at| columns.short[*at].0.as_str()), shown.duties);
        let numbers = numbers && kind == RowsKind::Parquet;
        let file = RowsFile::new(target, kind, &titles.iter().map(String::as_str).collect::<Vec<_>>(), numbers)?;
        Ok(Self { file, year, columns: columns.clone(), shown, numbers })
    }

    /// Writes lines.
    ///
    /// # Errors
    /// If they can not be written.
    pub(crate) fn put(&mut self, lines: &Lines) -> Result<(), Failure> {
        let mut cells = Vec::new();
        for line in lines.iter(&self.columns) {
            cells.clear();
            fill(&mut cells, &line, &self.columns, &self.shown, self.year, self.numbers);
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
fn fill<'a>(cells: &mut Vec<Out<'a>>, line: &Line<'a>, columns: &'a LineColumns, shown: &Shown, year: i16, numbers: bool) {
    let hours = |hours: i64| if hours <= NOT_KNOWN { Out::Empty } else { Out::Number(hours) };
    let number = if numbers { line.person.parse().ok() } else { None };
    cells.extend([number.map_or(Out::Text(line.person), Out::Integer), Out::Integer(i64::from(year)), Out::Text(line.status.name())]);
    cells.extend(shown.hours.iter().map(|at| hours(line.hours[*at])));
    cells.push(Out::Number(line.total));
    cells.extend(shown.short.iter().map(|at| hours(line.short[*at])));
    cells.push(Out::Text(line.policies));
    if shown.duties {
        cells.push(Out::Text(columns.duties.get(line.duty).map_or("", |(id, _)| id)));
    }
}
