//! Writes Parquet row by row: rows are gathered to row groups, and a group written takes no memory.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use super::value::days_of;
use super::words::Words;
use crate::out::{Out, hundredths};

/// A column of a Parquet file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParquetColumn {
    /// The column's name.
    pub title: String,
    /// What the column holds.
    pub kind: ParquetKind,
}

/// What a column of a Parquet file holds; every cell may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParquetKind {
    /// Texts in UTF-8.
    Text,
    /// Whole numbers of 64 bits, few of which differ.
    Integer,
    /// Whole numbers of 64 bits, most of which stand once: they are kept as steps from one to the next instead of in a dictionary.
    Identifier,
    /// Decimals of two places and 18 digits in all, kept as steps as well: finding each in a dictionary was a quarter of
    /// what writing took.
    Number,
    /// Dates.
    Date,
}

/// Writes a Parquet file row by row, packed by zstd.
pub struct ParquetWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<Column>,
    rows: usize,
    /// Bytes of the texts gathered.
    text_size: usize,
}

/// The cells of a column in the row group that is gathered.
enum Column {
    Text { words: Words, cells: Vec<Option<u32>> },
    Integer(Vec<Option<i64>>),
    Number(Vec<Option<i64>>),
    Date(Vec<Option<i32>>),
}

/// Rows of a group, of which there are fewer where their texts take more than [`GROUP_BYTES`]. So many are enough for their
/// dictionaries to pay, and few enough that the last group does not keep everybody waiting.
const GROUP_ROWS: usize = 1 << 17;

/// Bytes of texts that a group gathers before it is written, for all its columns.
const GROUP_BYTES: usize = 64 << 20;

/// Cells of a column that are taken and handed over at a time.
const PIECE: usize = 1 << 14;

/// The largest number of hundredths that 18 digits hold.
const NUMBER_MAX: u64 = 999_999_999_999_999_999;

impl<W: Write + Send> ParquetWriter<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// What the writer below fails with.
    pub fn new(writer: W, columns: &[ParquetColumn]) -> io::Result<ParquetWriter<W>> {
        let mut properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
        for column in columns.iter().filter(|column| matches!(column.kind, ParquetKind::Identifier | ParquetKind::Number)) {
            let path = ColumnPath::new(vec![column.title.clone()]);
            properties = properties.set_column_dictionary_enabled(path.clone(), false).set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
        let schema = schema(columns).map_err(failed)?;
        let writer = SerializedFileWriter::new(writer, schema, Arc::new(properties.build())).map_err(failed)?;
        Ok(ParquetWriter { writer, columns: columns.iter().map(|column| Column::new(column.kind)).collect(), rows: 0, text_size: 0 })
    }

    /// Writes a row. Cells that it lacks are empty.
    ///
    /// # Errors
    /// What the writer below fails with; if a cell does not fit its column: a text among numbers, a
    /// fraction among whole numbers, a number of more than 18 digits, or more cells than columns.
    pub fn row(&mut self, cells: &[Out<'_>]) -> io::Result<()> {
        if cells.len() > self.columns.len() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the row has more cells than there are columns"));
        }
        self.rows(1, |column, _| cells.get(column).copied().unwrap_or(Out::Empty))
    }

    /// Writes rows; `cell` gives what stands in a column, counted from 0, of a row, counted from the first of these.
    ///
    /// # Errors
    /// Those of [`ParquetWriter::row`].
    pub fn rows<'a>(&mut self, count: usize, cell: impl Fn(usize, usize) -> Out<'a>) -> io::Result<()> {
        let mut done = 0;
        while done < count {
            let next = count.min(done + PIECE).min(done + GROUP_ROWS - self.rows);
            for (at, column) in self.columns.iter_mut().enumerate() {
                self.text_size += column.extend((done..next).map(|row| cell(at, row)))?;
            }
            self.rows += next - done;
            done = next;
            if self.rows >= GROUP_ROWS || self.text_size >= GROUP_BYTES {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Writes out what is gathered, finishes the file and flushes the writer below.
    ///
    /// # Errors
    /// What the writer below fails with.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.writer.finish().map(drop).map_err(failed)
    }

    /// Writes the rows gathered as a group.
    fn flush(&mut self) -> io::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        self.text_size = 0;
        write_group(&mut self.writer, &mut self.columns).map_err(failed)
    }
}

fn schema(columns: &[ParquetColumn]) -> Result<TypePtr, ParquetError> {
    let fields: Result<Vec<TypePtr>, ParquetError> = columns.iter().map(|column| field(column).map(Arc::new)).collect();
    Type::group_type_builder("table").with_fields(fields?).build().map(Arc::new)
}

fn field(column: &ParquetColumn) -> Result<Type, ParquetError> {
    let (physical, logical) = match column.kind {
        ParquetKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ParquetKind::Integer | ParquetKind::Identifier => (Physical::INT64, None),
        ParquetKind::Number => (Physical::INT64, Some(LogicalType::decimal(2, 18))),
        ParquetKind::Date => (Physical::INT32, Some(LogicalType::Date)),
    };
    let field = Type::primitive_type_builder(&column.title, physical).with_repetition(Repetition::OPTIONAL).with_logical_type(logical);
    match column.kind {
        ParquetKind::Number => field.with_precision(18).with_scale(2).build(),
        _ => field.build(),
    }
}

impl Column {
    fn new(kind: ParquetKind) -> Column {
        match kind {
            ParquetKind::Text => Column::Text { words: Words::new(), cells: Vec::new() },
            ParquetKind::Integer | ParquetKind::Identifier => Column::Integer(Vec::new()),
            ParquetKind::Number => Column::Number(Vec::new()),
            ParquetKind::Date => Column::Date(Vec::new()),
        }
    }

    /// Adds cells; gives by how many bytes the texts kept grew.
    fn extend<'a>(&mut self, added: impl Iterator<Item = Out<'a>>) -> io::Result<usize> {
        match self {
            Column::Text { words, cells } => {
                let before = words.size();
                cells.extend(added.map(|cell| match cell {
                    Out::Empty => None,
                    Out::Text(text) => Some(words.lately(text)),
                    cell => Some(words.lately(&shown(cell))),
                }));
                return Ok(words.size() - before);
            }
            Column::Integer(cells) => all(cells, added, |cell| match cell {
                Out::Empty => Ok(None),
                Out::Integer(value) => Ok(Some(value)),
                Out::Number(value) if value % 100 == 0 => Ok(Some(value / 100)),
                _ => Err(does_not_fit(cell, "whole numbers")),
            }),
            Column::Number(cells) => all(cells, added, |cell| {
                let value = match cell {
                    Out::Empty => return Ok(None),
                    Out::Number(value) => Some(value),
                    Out::Integer(value) => value.checked_mul(100),
                    _ => return Err(does_not_fit(cell, "numbers")),
                };
                value.filter(|value| value.unsigned_abs() <= NUMBER_MAX).map(Some).ok_or_else(|| does_not_fit(cell, "numbers of 18 digits"))
            }),
            Column::Date(cells) => all(cells, added, |cell| match cell {
                Out::Empty => Ok(None),
                Out::Date(date) => Ok(i32::try_from(days_of(date)).ok()),
                _ => Err(does_not_fit(cell, "dates")),
            }),
        }?;
        Ok(0)
    }
}

/// Adds cells as long as they fit.
fn all<'a, T>(cells: &mut Vec<Option<T>>, added: impl Iterator<Item = Out<'a>>, read: impl Fn(Out<'a>) -> io::Result<Option<T>>) -> io::Result<()> {
    cells.reserve(added.size_hint().0);
    for cell in added {
        cells.push(read(cell)?);
    }
    Ok(())
}

fn write_group<W: Write + Send>(writer: &mut SerializedFileWriter<W>, columns: &mut [Column]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in columns {
        let Some(mut writer) = group.next_column()? else {
            break;
        };
        match column {
            Column::Text { words, cells } => {
                let texts: Vec<ByteArray> = words.texts().iter().map(|text| ByteArray::from(text.as_str())).collect();
                write_cells(writer.typed::<ByteArrayType>(), cells, |number| texts.get(number as usize).cloned().unwrap_or_default())?;
                *words = Words::new();
            }
            Column::Integer(cells) | Column::Number(cells) => write_cells(writer.typed::<Int64Type>(), cells, |value| value)?,
            Column::Date(cells) => write_cells(writer.typed::<Int32Type>(), cells, |day| day)?,
        }
        writer.close()?;
    }
    group.close().map(drop)
}

/// Hands over the cells of a column, after which there are none.
fn write_cells<C: Copy, T: DataType>(writer: &mut ColumnWriterImpl<'_, T>, cells: &mut Vec<Option<C>>, value: impl Fn(C) -> T::T) -> Result<(), ParquetError> {
    for piece in cells.chunks(PIECE) {
        let levels: Vec<i16> = piece.iter().map(|cell| i16::from(cell.is_some())).collect();
        let values: Vec<T::T> = piece.iter().flatten().map(|cell| value(*cell)).collect();
        writer.write_batch(&values, Some(&levels), None)?;
    }
    cells.clear();
    Ok(())
}

fn does_not_fit(cell: Out<'_>, of: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("a column of {of} has no place for {}", shown(cell)))
}

fn shown(cell: Out<'_>) -> String {
    match cell {
        Out::Empty => String::new(),
        Out::Text(text) => format!("\"{text}\""),
        Out::Number(value) => hundredths(value),
        Out::Integer(value) => value.to_string(),
        Out::Date(date) => date.to_string(),
    }
}

/// The error of the writer below, where it was one.
fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}
