//! A table's cells as columns, for work that takes rows by their columns.

use crate::parquet::{Batch, Cells, NO_DAY, NO_NUMBER, Reading, Words, days_of, is_day, parse_date, parse_number};
use crate::table::{Cell, Table};

impl Table {
    /// The cells of these headers as columns, read as those of a Parquet file that holds the same texts. What is odd
    /// is kept whole. Nothing where a cell can not be read at all: only the table can tell why.
    pub fn columns(&self, wanted: &[(usize, Reading)]) -> Option<Batch> {
        let mut batch = Batch { rows: self.len(), first_row: 0, columns: Vec::with_capacity(wanted.len()), words: Vec::with_capacity(wanted.len()) };
        for (header, reading) in wanted {
            let mut words = Words::new();
            batch.columns.push(match reading {
                Reading::Words | Reading::Id => Cells::Words(self.words(*header, &mut words)?),
                Reading::Number => self.numbers(*header)?,
                Reading::Date => self.days(*header)?,
            });
            batch.words.push(words);
        }
        Some(batch)
    }

    fn words(&self, header: usize, words: &mut Words) -> Option<Vec<u32>> {
        let mut cells = Vec::with_capacity(self.len());
        for row in 0..self.len() {
            cells.push(match self.cell(row, header) {
                Cell::Empty => 0,
                Cell::Text(text) | Cell::Number(text) => word(words, text.trim()),
                Cell::Date(date) => word(words, &date.to_string()),
                Cell::Bad(_) => return None,
            });
        }
        Some(cells)
    }

    fn numbers(&self, header: usize) -> Option<Cells> {
        let (mut hundredths, mut odd) = (Vec::with_capacity(self.len()), Vec::new());
        for row in 0..self.len() {
            let number = match self.cell(row, header) {
                Cell::Empty => Ok(NO_NUMBER),
                Cell::Text(text) | Cell::Number(text) => parse_number(text.trim()).ok_or_else(|| text.trim().to_owned()),
                Cell::Date(date) => Err(date.to_string()),
                Cell::Bad(_) => return None,
            };
            hundredths.push(or_odd(number, row, NO_NUMBER, &mut odd));
        }
        Some(Cells::Numbers { hundredths, odd })
    }

    fn days(&self, header: usize) -> Option<Cells> {
        let (mut days, mut odd) = (Vec::with_capacity(self.len()), Vec::new());
        for row in 0..self.len() {
            let day = match self.cell(row, header) {
                Cell::Empty => Ok(NO_DAY),
                Cell::Text(text) | Cell::Number(text) => day(parse_date(text.trim())).ok_or_else(|| text.trim().to_owned()),
                Cell::Date(date) => day(Some(days_of(date))).ok_or_else(|| date.to_string()),
                Cell::Bad(_) => return None,
            };
            days.push(or_odd(day, row, NO_DAY, &mut odd));
        }
        Some(Cells::Days { days, odd })
    }
}

fn word(words: &mut Words, text: &str) -> u32 {
    if let Some(number) = words.recent(text.as_bytes()) {
        return number;
    }
    let number = words.number(text);
    words.remember(text.as_bytes(), number);
    number
}

fn day(days: Option<i64>) -> Option<i32> {
    days.and_then(|days| i32::try_from(days).ok()).filter(|day| is_day(*day))
}

fn or_odd<T>(cell: Result<T, String>, row: usize, empty: T, odd: &mut Vec<(u32, String)>) -> T {
    cell.unwrap_or_else(|text| {
        odd.push((u32::try_from(row).unwrap_or(u32::MAX), text));
        empty
    })
}
