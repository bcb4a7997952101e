//! Lines of a population: CSV and Parquet, written as they come.

use super::Target;
use super::rows_file::{RowsFile, RowsKind, person_titles};
use crate::failure::Failure;
use crate::population::{LineColumns, Lines, NOT_KNOWN, Shown};
use xueshi_exchange::Out;

/// A file of one line a person.
pub(crate) struct LinesFile {
    file: RowsFile,
    /// What stands in each column, under [`person_titles`].
    sources: Vec<Source>,
    year: i16,
    columns: LineColumns,
    /// Persons are whole numbers.
    numbers: bool,
}

/// What stands in a column.
#[derive(Clone, Copy)]
enum Source {
    Person,
    Year,
    Status,
    Hours(usize),
    Total,
    Short(usize),
    Policies,
    Duty,
}

impl LinesFile {
    /// Starts the file. `numbers`: persons are whole numbers; `shown`: which of the columns are written.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn new(target: Target, kind: RowsKind, numbers: bool, year: i16, columns: &LineColumns, shown: &Shown) -> Result<Self, Failure> {
        let titles = person_titles(shown.hours.iter().map(|at| columns.hours[*at].0.as_str()), shown.short.iter().map(|at| columns.short[*at].0.as_str()), shown.duties);
        let numbers = numbers && kind == RowsKind::Parquet;
        let file = RowsFile::new(target, kind, &titles.iter().map(String::as_str).collect::<Vec<_>>(), numbers)?;
        let mut sources = vec![Source::Person, Source::Year, Source::Status];
        sources.extend(shown.hours.iter().map(|at| Source::Hours(*at)));
        sources.push(Source::Total);
        sources.extend(shown.short.iter().map(|at| Source::Short(*at)));
        sources.push(Source::Policies);
        sources.extend(shown.duties.then_some(Source::Duty));
        Ok(Self { file, sources, year, columns: columns.clone(), numbers })
    }

    /// Writes lines.
    ///
    /// # Errors
    /// If they can not be written.
    pub(crate) fn put(&mut self, lines: &Lines) -> Result<(), Failure> {
        let Self { file, sources, year, columns, numbers } = self;
        let hours = |hours: i64| if hours <= NOT_KNOWN { Out::Empty } else { Out::Number(hours) };
        file.rows(lines.len(), |column, row| match sources[column] {
            Source::Person => match lines.person(row) {
                person if *numbers => person.parse().map_or(Out::Text(person), Out::Integer),
                person => Out::Text(person),
            },
            Source::Year => Out::Integer(i64::from(*year)),
            Source::Status => Out::Text(lines.status(row).name()),
            Source::Hours(at) => hours(lines.hours(row, columns)[at]),
            Source::Total => Out::Number(lines.total(row)),
            Source::Short(at) => hours(lines.short(row, columns)[at]),
            Source::Policies => Out::Text(lines.policies(row)),
            Source::Duty => Out::Text(columns.duties.get(lines.duty(row)).map_or("", |(id, _)| id)),
        })
    }

    /// Finishes the file and puts it in its place.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn close(self) -> Result<(), Failure> {
        self.file.close()
    }
}
