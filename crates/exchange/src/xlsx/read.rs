//! A sheet of a workbook as a table.

use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Reader, Xlsx};

use super::cells::{Cells, Record, is_blank};
use super::package::{Package, damaged_zip};
use super::stream::{Stream, unreadable};
use super::{merged, sheets};
use crate::csv::{ReadTable, blank_rows, empty};
use crate::header::{self, Dictionary, Understood};
use crate::read::{Wanted, Which};
use crate::table::{Rows, Table};
use crate::text::Problem;

/// Rows between two reports of progress.
const ROWS_A_STEP: u32 = 4096;

type Book<'a> = Xlsx<BufReader<&'a File>>;

/// Reads sheets; none for one if the workbook has no sheet of the names asked for.
pub(crate) fn read(file: &File, package: Package, wanted: &[Wanted<'_>], progress: &dyn Fn(u64, u64)) -> Result<Vec<Option<ReadTable>>, Problem> {
    let read = || {
        let mut book: Book<'_> = Xlsx::new(BufReader::new(file)).map_err(|error| unreadable(&error, None))?;
        wanted.iter().map(|(known, which)| read_sheet(&mut book, package, known, *which, progress)).collect()
    };
    // The library that parses workbooks panics on some impossible cell references; a damaged file
    // must not end the program. Nothing that it has touched is used afterwards.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(damaged_zip()))
}

fn read_sheet(book: &mut Book<'_>, package: Package, known: &Dictionary<'_>, which: Which<'_>, progress: &dyn Fn(u64, u64)) -> Result<Option<ReadTable>, Problem> {
    let Some(chosen) = sheets::choose(book.sheets_metadata(), book.defined_names(), which)? else {
        return Ok(None);
    };
    let areas = if package.merged { book.merge_cells_by_sheet_name(&chosen.name).map_err(|error| unreadable(&error, None))? } else { Vec::new() };
    let cells = book.worksheet_cells_reader(&chosen.name).map_err(|error| unreadable(&error, None))?;
    let mut stream = Stream::new(cells)?;
    let titles = stream.titles()?;
    if titles.iter().flatten().all(|title| header::is_blank(title)) && stream.at_end {
        return Err(empty());
    }
    let understood = header::understand(&titles, known);
    // Merged cells are why columns seem to be missing; only a title above the header explains more.
    if !matches!(&understood, Err(problem) if problem.code == "header-row") {
        merged::check_header(&areas)?;
    }
    let understood = understood?;
    let mut sheet = SheetRows::new(&understood, known.headers.len());
    sheet.fill(&mut stream, progress)?;
    let SheetRows { mut rows, blank, cells, first_headless, .. } = sheet;
    let mut remarks = chosen.remarks;
    remarks.extend(understood.remarks);
    remarks.extend(merged::mark(&mut rows, &areas, understood.columns.len())?);
    remarks.extend(first_headless.map(header::headless_columns));
    remarks.extend(cells.remark());
    remarks.extend(blank_rows(&blank));
    rows.shrink();
    let table = Table { file: String::new(), sheet: Some(chosen.name), columns: understood.columns, notices: Vec::new(), row_errors: Vec::new(), other_sheets: chosen.others, rows };
    Ok(Some((table, remarks)))
}

/// The rows under the header.
struct SheetRows {
    rows: Rows,
    /// Blank rows with a filled one below them.
    blank: Vec<u32>,
    cells: Cells,
    /// For each column of the sheet, whether its title is blank.
    headless: Vec<bool>,
    first_headless: Option<(u32, usize)>,
}

impl SheetRows {
    fn new(understood: &Understood, headers: usize) -> SheetRows {
        SheetRows { rows: Rows::new(&understood.columns, headers, String::new()), blank: Vec::new(), cells: Cells::default(), headless: understood.headless.clone(), first_headless: None }
    }

    fn fill(&mut self, stream: &mut Stream<'_, '_>, progress: &dyn Fn(u64, u64)) -> Result<(), Problem> {
        let mut row = 0;
        let mut filled_last = 0;
        while let Some(record) = stream.next()? {
            let number = record.pos.0;
            if number == 0 {
                continue;
            }
            if number != row {
                self.finish(row, &mut filled_last);
                if number / ROWS_A_STEP != row / ROWS_A_STEP {
                    progress(number.into(), stream.rows_declared.max(number.into()));
                }
                row = number;
                self.rows.start_row(row);
            }
            self.cell(&record)?;
        }
        self.finish(row, &mut filled_last);
        progress(row.into(), row.into());
        Ok(())
    }

    fn cell(&mut self, record: &Record<'_>) -> Result<(), Problem> {
        let (row, column) = (record.pos.0, record.pos.1 as usize);
        if let Some(place) = self.rows.place(column) {
            let slot = self.cells.slot(&mut self.rows, record)?;
            self.rows.set(place, slot);
        } else if !is_blank(record) {
            self.rows.touch();
            if self.headless.get(column).copied().unwrap_or(true) {
                self.first_headless.get_or_insert((row, column));
            }
        }
        Ok(())
    }

    /// Ends a row; the blank ones before it are remembered only now, as those below the last
    /// filled row are nobody's concern.
    fn finish(&mut self, row: u32, filled_last: &mut u32) {
        if row > 0 && self.rows.finish_row() {
            self.blank.extend(*filled_last + 1..row);
            *filled_last = row;
        }
    }
}
