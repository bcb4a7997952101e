//! A workbook of two sheets: one row a person, one row a record.

use super::cells::{PersonColumns, PersonRow, RecordRow};
use super::csv::{person_cells, person_titles, record_cells};
use super::{Report, Sink, Target, words};
use crate::failure::Failure;
use std::io::{Cursor, Write as _};
use xueshi_exchange::{ColumnKind, FileError, Out, SheetColumn, XlsxWriter};
use xueshi_policy::Lang;

/// Both sheets, written at the end: the one of persons comes first, and its columns follow from all of them.
pub(crate) struct Workbook {
    target: Target,
    lang: Lang,
    persons: Vec<PersonRow>,
    records: Vec<RecordRow>,
}

impl Workbook {
    /// No row yet.
    ///
    /// # Errors
    /// If the output is a terminal, which can not show a workbook.
    pub(crate) fn new(target: Target, lang: Lang) -> Result<Self, Failure> {
        if target.is_terminal() {
            return Err(Failure::new("工作簿不能显示在终端上；请用 --output 文件.xlsx。", "A workbook can not be shown on a terminal; use --output FILE.xlsx."));
        }
        Ok(Self { target, lang, persons: Vec::new(), records: Vec::new() })
    }

    fn write_persons(&self, book: &mut XlsxWriter) -> Result<(), FileError> {
        let columns = PersonColumns::of(&self.persons);
        let titles = if self.lang == Lang::Zh { chinese_titles(&columns) } else { person_titles(&columns) };
        let last = titles.len() - 1 - usize::from(columns.duties);
        let kind = |at: usize| if (3..last).contains(&at) { (ColumnKind::Number, 10) } else { (ColumnKind::Text, if at == last { 40 } else { 14 }) };
        book.sheet(if self.lang == Lang::Zh { "汇总" } else { "persons" }, &sheet_columns(&titles, kind))?;
        for row in &self.persons {
            let status = row.status.title();
            let status = if self.lang == Lang::Zh { status.get(self.lang) } else { row.status.name() };
            book.row(&person_cells(row, &columns, status))?;
        }
        Ok(())
    }

    fn write_records(&self, book: &mut XlsxWriter) -> Result<(), FileError> {
        const TITLES: [(&str, &str, u16, ColumnKind); 11] = [
            ("人员编号", "person", 14, ColumnKind::Text),
            ("记录编号", "record", 10, ColumnKind::Text),
            ("科目", "subject", 12, ColumnKind::Text),
            ("认定学时", "hours", 10, ColumnKind::Number),
            ("规则", "rule", 20, ColumnKind::Text),
            ("政策", "policy", 16, ColumnKind::Text),
            ("条款", "clause", 16, ColumnKind::Text),
            ("超出上限", "cut", 10, ColumnKind::Number),
            ("结转", "carried", 10, ColumnKind::Number),
            ("问题", "problem", 20, ColumnKind::Text),
            ("问题说明", "message", 60, ColumnKind::Text),
        ];
        let zh = self.lang == Lang::Zh;
        let columns: Vec<SheetColumn> = TITLES.iter().map(|(title, id, width, kind)| SheetColumn { title: (if zh { *title } else { *id }).to_owned(), width: *width, kind: *kind }).collect();
        book.sheet(if zh { "明细" } else { "records" }, &columns)?;
        for row in &self.records {
            let clause = row.rule.as_ref().map(words::cite);
            let (code, message) = row.problem.as_ref().map(|(code, message)| (code.as_str(), message.as_str())).unzip();
            let subject = if zh { &row.subject_title } else { &row.subject };
            let cells = record_cells(row, clause.as_deref(), subject, code);
            let mut cells = cells.to_vec();
            cells.push(message.map_or(Out::Empty, Out::Text));
            book.row(&cells)?;
        }
        Ok(())
    }
}

impl Sink<(Vec<PersonRow>, Vec<RecordRow>)> for Workbook {
    fn put(&mut self, (persons, records): (Vec<PersonRow>, Vec<RecordRow>)) -> Result<(), Failure> {
        self.persons.extend(persons);
        self.records.extend(records);
        Ok(())
    }

    fn close(self, _: &Report) -> Result<(), Failure> {
        let mut book = XlsxWriter::new();
        self.write_persons(&mut book)?;
        self.write_records(&mut book)?;
        match self.target.path() {
            Some(path) => book.save(path)?,
            None => {
                // A workbook is written with its directory last: a stream gets it whole.
                let mut bytes = Cursor::new(Vec::new());
                book.save_to_writer(&mut bytes)?;
                let mut out = self.target.writer()?;
                out.write_all(bytes.get_ref())?;
                out.flush()?;
            }
        }
        self.target.complete()
    }
}

fn chinese_titles(columns: &PersonColumns) -> Vec<String> {
    let mut titles: Vec<String> = ["人员编号", "年度", "状态"].map(str::to_owned).to_vec();
    titles.extend(columns.hours.iter().map(|subject| named(subject.title.get(Lang::Zh), &subject.id)));
    titles.push("合计".to_owned());
    titles.extend(columns.short.iter().map(|subject| format!("还差：{}", named(subject.title.get(Lang::Zh), &subject.id))));
    titles.push("政策".to_owned());
    if columns.duties {
        titles.push("义务".to_owned());
    }
    titles
}

fn named(title: &str, id: &str) -> String {
    if title.is_empty() { id.to_owned() } else { title.to_owned() }
}

fn sheet_columns(titles: &[String], kind: impl Fn(usize) -> (ColumnKind, u16)) -> Vec<SheetColumn> {
    let column = |(at, title): (usize, &String)| {
        let (kind, width) = kind(at);
        SheetColumn { title: title.clone(), width, kind }
    };
    titles.iter().enumerate().map(column).collect()
}
