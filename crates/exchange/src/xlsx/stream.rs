//! The cells of a sheet one by one, and what is said where they cannot be read.

use std::collections::VecDeque;
use std::fs::File;
use std::io::BufReader;

use calamine::{Dimensions, XlsxCellReader, XlsxError};

use super::cells::{Record, own_text, title};
use super::locked::password;
use super::package::{bomb, damaged_zip};
use crate::csv::too_many_rows;
use crate::header::{self, ROWS_SEARCHED};
use crate::limits;
use crate::text::{Problem, Text, excerpt};

type Reading<'a, 'b> = XlsxCellReader<'a, BufReader<&'b File>>;

/// The cells of a sheet in order, the first rows of which have been looked at in advance.
pub(crate) struct Stream<'a, 'b> {
    cells: Reading<'a, 'b>,
    pub(crate) ahead: VecDeque<Record<'a>>,
    row: u32,
    pub(crate) at_end: bool,
    pub(crate) rows_declared: u64,
}

impl<'a, 'b> Stream<'a, 'b> {
    pub(crate) fn new(cells: Reading<'a, 'b>) -> Result<Stream<'a, 'b>, Problem> {
        let Dimensions { end, .. } = cells.dimensions();
        Ok(Stream { cells, ahead: VecDeque::new(), row: 0, at_end: false, rows_declared: u64::from(end.0) })
    }

    /// The texts of the first rows, in which the header is looked for.
    pub(crate) fn titles(&mut self) -> Result<Vec<Vec<String>>, Problem> {
        // A sound row has each of its cells once.
        const CELLS_MAX: usize = (ROWS_SEARCHED + 1) * limits::COLUMNS;
        // Far more than anybody reads in so many rows; all of them are held at once.
        const BYTES_MAX: usize = 64 << 20;
        let mut bytes = 0;
        let mut titles: Vec<Vec<String>> = Vec::new();
        while let Some(record) = self.parse()? {
            let (row, column) = (record.pos.0 as usize, record.pos.1 as usize);
            let beyond = row > ROWS_SEARCHED;
            if !beyond {
                titles.resize(titles.len().max(row + 1), Vec::new());
                let title = title(&record);
                if !title.is_empty() {
                    let width = titles[row].len().max(column + 1);
                    titles[row].resize(width, String::new());
                    titles[row][column] = title;
                }
            }
            bytes += own_text(&record);
            if bytes > BYTES_MAX {
                return Err(bomb(Text::new(
                    format!("的前 {ROWS_SEARCHED} 行有 {} MiB 以上的文字", BYTES_MAX >> 20),
                    format!("has more than {} MiB of text in its first {ROWS_SEARCHED} rows", BYTES_MAX >> 20),
                )));
            }
            self.ahead.push_back(record);
            if self.ahead.len() > CELLS_MAX {
                return Err(damaged_zip());
            }
            if beyond {
                break;
            }
        }
        Ok(titles)
    }

    pub(crate) fn next(&mut self) -> Result<Option<Record<'a>>, Problem> {
        match self.ahead.pop_front() {
            Some(record) => Ok(Some(record)),
            None if self.at_end => Ok(None),
            None => self.parse(),
        }
    }

    fn parse(&mut self) -> Result<Option<Record<'a>>, Problem> {
        let place = Some(self.row);
        let record = self.cells.next_cell_with_formula_metadata().map_err(|error| unreadable(&error, place))?;
        let Some(record) = record else {
            self.at_end = true;
            return Ok(None);
        };
        if record.pos.0 < self.row {
            return Err(damaged_zip());
        }
        self.row = record.pos.0;
        if record.pos.0 >= limits::SHEET_ROWS {
            return Err(too_many_rows(limits::SHEET_ROWS));
        }
        if record.pos.1 as usize >= limits::COLUMNS {
            return Err(header::too_many_columns());
        }
        Ok(Some(record))
    }
}

/// Says why a workbook cannot be read; `row` is the row of the sheet that was reached.
pub(crate) fn unreadable(error: &XlsxError, row: Option<u32>) -> Problem {
    let (zh, en) = match row {
        Some(row) => (format!("第 {} 行附近", u64::from(row) + 1), format!("near row {}", u64::from(row) + 1)),
        None => ("打开时".to_owned(), "while opening it".to_owned()),
    };
    let (cause_zh, cause_en) = match error {
        XlsxError::Password => return password(),
        XlsxError::CellError(value) => {
            let value = excerpt(value);
            (format!("单元格的错误值“{value}”无法识别"), format!("a cell has the unknown error \"{value}\""))
        }
        XlsxError::Unrecognized { val, .. } | XlsxError::CellTAttribute(val) => {
            let value = excerpt(val);
            (format!("“{value}”无法识别"), format!("\"{value}\" is not known"))
        }
        _ => return damaged_at(&zh, &en),
    };
    Problem::new(
        "damaged",
        Text::new(format!("工作簿无法读取：{zh}，{cause_zh}。"), format!("The workbook cannot be read: {en}, {cause_en}.")),
        Text::new("请用 Excel 或 WPS 打开，改正该处，另存为新的 .xlsx。", "Open it in a spreadsheet program, correct that place and save it as a new .xlsx."),
    )
}

fn damaged_at(zh: &str, en: &str) -> Problem {
    let Problem { code, remedy, .. } = damaged_zip();
    let cause = Text::new(format!("工作簿已损坏或不完整（{zh}）。"), format!("The workbook is damaged or not complete ({en})."));
    Problem { code, cause, remedy }
}
