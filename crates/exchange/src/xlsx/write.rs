//! Writes workbooks row by row: rows already written take no memory.

use std::io::{Seek, Write};
use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

use crate::limits::{CELL_CHARS, SHEET_ROWS, too_long};
use crate::out::{ColumnKind, Out, hundredths};
use crate::text::{FileError, Problem, Text, excerpt};

/// A column of a sheet to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetColumn {
    /// The header.
    pub title: String,
    /// The width in half-width characters; never less than the title needs.
    pub width: u16,
    /// What the column holds.
    pub kind: ColumnKind,
}

/// Writes a workbook sheet by sheet, each of them row by row.
pub struct XlsxWriter {
    workbook: Workbook,
    sheet: usize,
    name: String,
    columns: u16,
    /// The next row of the sheet, its header being row 0.
    row: u32,
    formats: Formats,
}

struct Formats {
    header: Format,
    date: Format,
    whole: Format,
    fraction: Format,
}

impl XlsxWriter {
    /// Starts a workbook without a sheet.
    #[must_use]
    pub fn new() -> XlsxWriter {
        let formats = Formats {
            header: Format::new().set_bold().set_background_color("DDE6F0").set_align(FormatAlign::VerticalCenter),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            // By 0.## alone, 30 would be shown as "30." with a bare point.
            whole: Format::new().set_num_format("0"),
            fraction: Format::new().set_num_format("0.##"),
        };
        XlsxWriter { workbook: Workbook::new(), sheet: 0, name: String::new(), columns: 0, row: 0, formats }
    }

    /// Starts a sheet; the one before it is finished.
    ///
    /// # Errors
    /// If the name is not one that spreadsheets accept or is taken, or if there is no room for
    /// temporary files. The error's file is the name of the sheet.
    pub fn sheet(&mut self, name: &str, columns: &[SheetColumn]) -> Result<(), FileError> {
        self.finish_sheet()?;
        name.clone_into(&mut self.name);
        self.row = 0;
        self.columns = 0;
        self.start_sheet(columns).map_err(|error| cannot_write(&error).in_file(name))
    }

    /// Writes a row of the sheet. Texts longer than a cell can hold are cut, the cut marked by `…`.
    ///
    /// # Errors
    /// If the sheet has as many rows as a sheet can have, or none was started. The error's file is
    /// the name of the sheet.
    pub fn row(&mut self, cells: &[Out<'_>]) -> Result<(), FileError> {
        if self.row >= SHEET_ROWS {
            return Err(sheet_full().in_file(&self.name));
        }
        self.write_row(cells).map_err(|error| cannot_write(&error).in_file(&self.name))
    }

    /// Finishes the workbook and writes it to a file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(mut self, path: &Path) -> Result<(), FileError> {
        self.finish_sheet()?;
        self.workbook.save(path).map_err(|error| cannot_write(&error).at_path(path))
    }

    /// Finishes the workbook and writes it to a writer.
    ///
    /// # Errors
    /// If the writer fails.
    pub fn save_to_writer<W: Write + Seek + Send>(mut self, writer: W) -> Result<(), FileError> {
        self.finish_sheet()?;
        self.workbook.save_to_writer(writer).map_err(|error| cannot_write(&error).in_file(&self.name))
    }

    fn start_sheet(&mut self, columns: &[SheetColumn]) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(&self.name)?.set_freeze_panes(1, 0)?;
        for (column, at) in columns.iter().zip(0..) {
            sheet.set_column_width(at, column_width(&column.title, column.width))?;
        }
        for (column, at) in columns.iter().zip(0..) {
            sheet.write_string_with_format(0, at, &column.title, &self.formats.header)?;
            self.columns = at + 1;
        }
        self.sheet = self.workbook.worksheets_mut().len() - 1;
        self.row = 1;
        Ok(())
    }

    fn write_row(&mut self, cells: &[Out<'_>]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(self.sheet)?;
        for (cell, column) in cells.iter().zip(0..) {
            write_cell(sheet, self.row, column, *cell, &self.formats)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Gives the sheet its filter, whose last row is known only now.
    fn finish_sheet(&mut self) -> Result<(), FileError> {
        if self.columns == 0 {
            return Ok(());
        }
        let (last_row, last_column) = (self.row - 1, self.columns - 1);
        let sheet = self.workbook.worksheet_from_index(self.sheet);
        let filtered = sheet.and_then(|sheet| sheet.autofilter(0, 0, last_row, last_column).map(|_| ()));
        filtered.map_err(|error| cannot_write(&error).in_file(&self.name))
    }
}

impl Default for XlsxWriter {
    fn default() -> XlsxWriter {
        XlsxWriter::new()
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: Out<'_>, formats: &Formats) -> Result<(), XlsxError> {
    match cell {
        Out::Empty => {}
        Out::Text(text) if too_long(text) => {
            sheet.write_string(row, column, cut(text))?;
        }
        Out::Text(text) => {
            sheet.write_string(row, column, text)?;
        }
        Out::Number(value) => {
            let format = if value % 100 == 0 { &formats.whole } else { &formats.fraction };
            write_decimal(sheet, row, column, &hundredths(value), format)?;
        }
        Out::Integer(value) => write_decimal(sheet, row, column, &value.to_string(), &formats.whole)?,
        Out::Date(date) => match excel_date(date) {
            Some(date) => {
                sheet.write_datetime_with_format(row, column, &date, &formats.date)?;
            }
            // Spreadsheets know no date before 1900.
            None => {
                sheet.write_string(row, column, date.to_string())?;
            }
        },
    }
    Ok(())
}

/// Writes digits as the nearest number, without calculating with it.
fn write_decimal(sheet: &mut Worksheet, row: u32, column: u16, digits: &str, format: &Format) -> Result<(), XlsxError> {
    match digits.parse::<f64>() {
        Ok(number) => sheet.write_number_with_format(row, column, number, format)?,
        Err(_) => sheet.write_string(row, column, digits)?,
    };
    Ok(())
}

pub(crate) fn excel_date(date: jiff::civil::Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok().filter(|year| *year >= 1900)?;
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    ExcelDateTime::from_ymd(year, month, day).ok()
}

/// A column's width in half-width characters: Chinese ones are two wide, and a filter's button
/// needs some room.
pub(crate) fn column_width(title: &str, width: u16) -> f64 {
    const BUTTON: usize = 4;
    const WIDTH_MAX: u16 = 80;
    let needed = u16::try_from(title.width() + BUTTON).unwrap_or(WIDTH_MAX);
    f64::from(width.max(needed).min(WIDTH_MAX))
}

/// Says why a workbook cannot be written.
pub(crate) fn cannot_write(error: &XlsxError) -> Problem {
    let cause = match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => Text::new(format!("写文件时出错：{error}。"), format!("The file could not be written: {error}.")),
        XlsxError::SheetnameCannotBeBlank(_)
        | XlsxError::SheetnameLengthExceeded(_)
        | XlsxError::SheetnameReused(_)
        | XlsxError::SheetnameContainsInvalidCharacter(_)
        | XlsxError::SheetnameStartsOrEndsWithApostrophe(_) => Text::new(
            "工作表名称不可用（为空、超过 31 个字符、重复，或含有 [ ] : * ? / \\）。",
            "The sheet's name cannot be used: it is empty, longer than 31 characters, taken, or has one of [ ] : * ? / \\.",
        ),
        other => {
            let detail = excerpt(&other.to_string());
            Text::new(format!("写工作簿时出错：{detail}。"), format!("The workbook could not be written: {detail}."))
        }
    };
    Problem::new(
        "cannot-write",
        cause,
        Text::new("请检查路径、权限和磁盘空间；如果文件正在其他程序中打开，请先关闭。", "Check the path, the permissions and the disk's free space; close the file if another program has it open."),
    )
}

fn sheet_full() -> Problem {
    Problem::new(
        "too-many-rows",
        Text::new(format!("一个工作表最多有 {SHEET_ROWS} 行。"), format!("A sheet cannot have more than {SHEET_ROWS} rows.")),
        Text::new("请改用 CSV，或分成几个文件。", "Use CSV, or split the output into several files."),
    )
}

/// The beginning of a text that fits into a cell.
fn cut(text: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < CELL_CHARS
    };
    text.chars().take_while(fits).chain(['…']).collect()
}
