//! Lines of a population: CSV and Parquet, written as they come.

use super::Target;
use crate::failure::Failure;
use crate::population::{Line, LineColumns, Lines};
use std::io::Write;
use xueshi_exchange::{CsvWriter, NO_NUMBER, Out, ParquetColumn, ParquetKind, ParquetWriter};

/// A file of one line a person.
pub(crate) struct LinesFile {
    target: Target,
    year: i16,
    columns: LineColumns,
    /// Persons are whole numbers.
    numbers: bool,
    file: Kind,
}

enum Kind {
    Csv(Box<CsvWriter<Box<dyn Write + Send>>>),
    Parquet(Box<ParquetWriter<Box<dyn Write + Send>>>),
}

impl LinesFile {
    /// Starts the file. `numbers`: persons are whole numbers.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn new(target: Target, parquet: bool, numbers: bool, year: i16, columns: &LineColumns) -> Result<Self, Failure> {
        let titles = titles(columns);
        let file = if parquet {
            let kind = |title: &str| match title {
                "person" if numbers => ParquetKind::Integer,
                "year" => ParquetKind::Integer,
                "person" | "status" | "policies" | "duty" => ParquetKind::Text,
                _ => ParquetKind::Number,
            };
            let columns: Vec<ParquetColumn> = titles.iter().map(|title| ParquetColumn { kind: kind(title), title: title.clone() }).collect();
            Kind::Parquet(Box::new(ParquetWriter::new(target.writer()?, &columns)?))
        } else {
            Kind::Csv(Box::new(CsvWriter::new(target.writer()?, &titles.iter().map(String::as_str).collect::<Vec<_>>())?))
        };
        Ok(Self { target, year, columns: columns.clone(), numbers: numbers && parquet, file })
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
            match &mut self.file {
                Kind::Csv(file) => file.row(&cells)?,
                Kind::Parquet(file) => file.row(&cells)?,
            }
        }
        Ok(())
    }

    /// Finishes the file and puts it in its place.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn close(self) -> Result<(), Failure> {
        match self.file {
            Kind::Csv(file) => file.finish()?.flush()?,
            Kind::Parquet(file) => file.finish()?,
        }
        self.target.complete()
    }
}

/// The names of the columns.
fn titles(columns: &LineColumns) -> Vec<String> {
    let mut titles: Vec<String> = ["person", "year", "status"].map(str::to_owned).to_vec();
    titles.extend(columns.hours.iter().map(|(id, _)| id.clone()));
    titles.push("total".to_owned());
    titles.extend(columns.short.iter().map(|(id, _)| format!("short_{id}")));
    titles.push("policies".to_owned());
    titles.extend((columns.duties.len() > 1).then(|| "duty".to_owned()));
    titles
}

/// A line's cells under [`titles`].
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
