//! For people: a block for each of a few persons, or one row for each of many; totals at the end.

use super::cells::{PersonCells, PersonRow, PersonTable};
use super::{Report, Shape, Sink, Target, block};
use crate::assessing::Done;
use crate::failure::Failure;
use crate::terminal::{Colour, Paint, left, right, visible, width};
use std::io::Write;
use xueshi_policy::{Explaining, Lang, Library, Status, explain, text};

/// Up to so many persons are shown in blocks.
pub(crate) const BLOCKS: usize = 8;

/// How persons are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableShape<'a> {
    /// The policies, for what clauses are cited by.
    pub(crate) library: &'a Library,
    pub(crate) lang: Lang,
    pub(crate) paint: Paint,
    /// A block for each person; otherwise one row.
    pub(crate) blocks: bool,
    /// An explanation under each block.
    pub(crate) explain: bool,
}

/// A person's row, and its block where it has one.
#[derive(Debug)]
pub(crate) struct TablePiece {
    rows: Vec<PersonRow>,
    block: String,
}

impl Shape for TableShape<'_> {
    type Piece = TablePiece;

    fn piece(&self, done: &Done) -> TablePiece {
        let mut text = String::new();
        for (at, assessment) in done.assessments.iter().enumerate().filter(|_| self.blocks) {
            if self.explain {
                let readings = done.readings.get(at).map(Vec::as_slice).unwrap_or_default();
                let told = explain(assessment, Explaining { library: self.library, readings, lang: self.lang });
                text.push_str(&told.lines().map(|line| format!("{}\n", visible(line))).collect::<String>());
            } else {
                text.push_str(&block::block(assessment, done, self.library, self.lang, self.paint));
            }
            text.push('\n');
        }
        TablePiece { rows: PersonCells.piece(done), block: text }
    }
}

/// The blocks as they come, or the rows at the end, when their widths are known.
pub(crate) struct TableSink<'a> {
    target: Target,
    out: Box<dyn Write>,
    shape: TableShape<'a>,
    table: PersonTable,
    statuses: [usize; Status::ALL.len()],
}

impl<'a> TableSink<'a> {
    /// Nothing yet.
    ///
    /// # Errors
    /// If the output can not be opened.
    pub(crate) fn new(target: Target, shape: TableShape<'a>) -> Result<Self, Failure> {
        let out = target.writer()?;
        Ok(Self { target, out, shape, table: PersonTable::default(), statuses: [0; Status::ALL.len()] })
    }

    fn write_rows(&mut self) -> Result<(), Failure> {
        let (lang, table) = (self.shape.lang, &self.table);
        let columns = Columns::of(table, lang);
        let header: Vec<String> = columns.titles.clone();
        let mut widths: Vec<usize> = header.iter().map(|title| width(title)).collect();
        for line in 0..table.lines.len() {
            for (widest, cell) in widths.iter_mut().zip(columns.cells(table, line, lang)) {
                *widest = (*widest).max(width(&cell));
            }
        }
        let aligned = |cells: &[String]| {
            let cells = cells.iter().zip(&widths).enumerate();
            cells.map(|(at, (cell, widest))| if columns.is_number(at) { right(cell, *widest) } else { left(cell, *widest) }).collect::<Vec<_>>().join("  ")
        };
        writeln!(self.out, "{}", self.shape.paint.text(Colour::Bold, aligned(&header).trim_end()))?;
        for (at, line) in table.lines.iter().enumerate() {
            let row = aligned(&columns.cells(table, at, lang));
            writeln!(self.out, "{}", self.shape.paint.text(block::colour(line.status), row.trim_end()))?;
        }
        writeln!(self.out)?;
        Ok(())
    }

    fn write_totals(&mut self) -> Result<(), Failure> {
        let lang = self.shape.lang;
        let all: usize = self.statuses.iter().sum();
        let parts = Status::ALL.iter().zip(self.statuses).filter(|(_, count)| *count > 0);
        let parts: Vec<String> = parts.map(|(status, count)| format!("{} {count}", status.title().get(lang))).collect();
        let parts = parts.join(if lang == Lang::Zh { "，" } else { ", " });
        let total = if parts.is_empty() { text!("没有人员", "nobody") } else { text!("共 {all} 人：{parts}", "{all} in all: {parts}") };
        writeln!(self.out, "{}", total.get(lang))?;
        Ok(())
    }
}

impl Sink<TablePiece> for TableSink<'_> {
    fn put(&mut self, piece: TablePiece) -> Result<(), Failure> {
        for row in piece.rows {
            if let Some(at) = Status::ALL.iter().position(|status| *status == row.status) {
                self.statuses[at] += 1;
            }
            if !self.shape.blocks {
                self.table.push(row);
            }
        }
        self.out.write_all(piece.block.as_bytes())?;
        Ok(())
    }

    fn close(mut self, report: &Report) -> Result<(), Failure> {
        if !self.shape.blocks {
            self.write_rows()?;
        }
        if self.statuses.iter().sum::<usize>() != 1 {
            self.write_totals()?;
        }
        let lang = self.shape.lang;
        for note in &report.notes {
            writeln!(self.out, "{}{}", if lang == Lang::Zh { "注意：" } else { "note: " }, visible(note.get(lang)))?;
        }
        self.out.flush()?;
        drop(self.out);
        self.target.complete()
    }
}

/// The columns of the table of many persons.
struct Columns {
    titles: Vec<String>,
    names: bool,
    duties: bool,
    /// Columns before the first number.
    texts: usize,
}

impl Columns {
    fn of(table: &PersonTable, lang: Lang) -> Self {
        let word = |zh: &str, en: &str| (if lang == Lang::Zh { zh } else { en }).to_owned();
        let names = table.lines.iter().any(|line| line.name.is_some());
        let duties = table.has_duties();
        let mut titles = vec![word("人员", "person")];
        titles.extend(names.then(|| word("姓名", "name")));
        titles.extend(duties.then(|| word("义务", "duty")));
        titles.push(word("年度", "year"));
        titles.push(word("状态", "status"));
        let texts = titles.len();
        titles.extend(table.hours.iter().map(|subject| if subject.title.is_empty() { subject.id.clone() } else { subject.title.get(lang).to_owned() }));
        titles.extend([word("合计", "total"), word("还差", "short"), word("不计的记录", "records without hours")]);
        Self { titles, names, duties, texts }
    }

    fn is_number(&self, at: usize) -> bool {
        at >= self.texts
    }

    fn cells(&self, table: &PersonTable, line: usize, lang: Lang) -> Vec<String> {
        let line = &table.lines[line];
        let mut cells = vec![visible(&line.person).into_owned()];
        if self.names {
            cells.push(line.name.as_deref().map(|name| visible(name).into_owned()).unwrap_or_default());
        }
        if self.duties {
            cells.push(table.duty(line).map(|duty| duty.title.get(lang).to_owned()).unwrap_or_default());
        }
        cells.push(line.year.to_string());
        cells.push(line.status.title().get(lang).to_owned());
        for at in 0..table.hours.len() {
            cells.push(line.hours.get(at).copied().flatten().map(|hours| hours.to_string()).unwrap_or_default());
        }
        cells.push(line.total.to_string());
        cells.push(if line.status == Status::Short { table.gap(line).to_string() } else { String::new() });
        cells.push(if line.problems > 0 { line.problems.to_string() } else { String::new() });
        cells
    }
}
