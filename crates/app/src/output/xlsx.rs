//! A workbook of two sheets: one row a person, one row a record.

use super::cells::{PersonRow, PersonTable, RecordRow, RecordTable, Subject};
use super::rows::{person_cells, person_titles, record_cells};
use super::{Report, Sink, Target, words};
use crate::failure::Failure;
use std::io::{Cursor, Write as _};
use xueshi_exchange::{ColumnKind, FileError, Out, SheetColumn, XlsxWriter};
use xueshi_policy::Lang;

/// The names of the sheets, alike in both languages.
const SHEETS: (&str, &str) = ("汇总", "明细");

/// The columns of the sheet of records: Chinese and English title, width, what they hold.
const RECORD_COLUMNS: [(&str, &str, u16, ColumnKind); 11] = [
    ("人员编号", "person", 14, ColumnKind::Text),
    ("记录编号", "record", 10, ColumnKind::Text),
    ("科目类别", "subject", 12, ColumnKind::Text),
    ("认定学时", "hours", 10, ColumnKind::Number),
    ("规则", "rule", 20, ColumnKind::Text),
    ("政策", "policy", 16, ColumnKind::Text),
    ("条款", "clause", 16, ColumnKind::Text),
    ("超出上限", "cut", 10, ColumnKind::Number),
    ("结转以后年度", "carried", 10, ColumnKind::Number),
    ("问题", "problem", 20, ColumnKind::Text),
    ("问题说明", "message", 60, ColumnKind::Text),
];

/// Both sheets, written at the end: the one of persons comes first, and its columns follow from all of them.
pub(crate) struct Workbook {
    target: Target,
    lang: Lang,
    persons: PersonTable,
    records: RecordTable,
}

impl Workbook {
    /// No row yet.
    ///
    /// # Errors
    /// If the output is a terminal, which can not show a workbook.
    pub(crate) fn new(target: Target, lang: Lang) -> Result<Self, Failure> {
        not_on_a_terminal(&target)?;
        Ok(Self { target, lang, persons: PersonTable::default(), records: RecordTable::default() })
    }

    fn write_persons(&self, book: &mut XlsxWriter) -> Result<(), Failure> {
        let zh = self.lang == Lang::Zh;
        let titles = if zh { chinese_titles(&self.persons) } else { person_titles(&self.persons) };
        let policies = titles.len() - 1 - usize::from(self.persons.has_duties());
        let column = |(at, title): (usize, String)| {
            let (width, kind) = if (3..policies).contains(&at) { (10, ColumnKind::Number) } else { (if at == policies { 40 } else { 14 }, ColumnKind::Text) };
            SheetColumn { title, width, kind }
        };
        let columns: Vec<SheetColumn> = titles.into_iter().enumerate().map(column).collect();
        book.sheet(SHEETS.0, &columns)?;
        for line in &self.persons.lines {
            let title = line.status.title();
            book.row(&person_cells(&self.persons, line, if zh { title.get(Lang::Zh) } else { line.status.name() }))?;
        }
        Ok(())
    }

    fn write_records(&self, book: &mut XlsxWriter) -> Result<(), Failure> {
        let zh = self.lang == Lang::Zh;
        let columns = RECORD_COLUMNS.map(|(title, id, width, kind)| SheetColumn { title: (if zh { title } else { id }).to_owned(), width, kind });
        book.sheet(SHEETS.1, &columns)?;
        for row in &self.records.rows {
            let clause = row.rule.as_ref().map(words::cite);
            let (code, message) = row.problem.as_ref().map(|(code, message)| (&**code, &**message)).unzip();
            let subject = if zh { &row.subject_title } else { &row.subject };
            let mut cells = record_cells(row, clause.as_deref(), subject, code).to_vec();
            cells.push(message.map_or(Out::Empty, Out::Text));
            book.row(&cells)?;
        }
        Ok(())
    }
}

impl Sink<(Vec<PersonRow>, Vec<RecordRow>)> for Workbook {
    fn put(&mut self, (persons, records): (Vec<PersonRow>, Vec<RecordRow>)) -> Result<(), Failure> {
        persons.into_iter().for_each(|row| self.persons.push(row));
        records.into_iter().for_each(|row| self.records.push(row));
        Ok(())
    }

    fn close(self, _: &Report) -> Result<(), Failure> {
        let mut book = XlsxWriter::new();
        self.write_persons(&mut book)?;
        self.write_records(&mut book)?;
        save(book, self.target)
    }
}

/// Writes a finished workbook where the output goes.
///
/// # Errors
/// If it can not be written.
pub(crate) fn save(book: XlsxWriter, target: Target) -> Result<(), Failure> {
    match target.part() {
        Some((part, path)) => book.save(part).map_err(|error| FileError { file: path.display().to_string(), ..error })?,
        None => {
            // A workbook is written with its directory last: a stream gets it whole.
            let mut bytes = Cursor::new(Vec::new());
            book.save_to_writer(&mut bytes)?;
            let mut out = target.writer()?;
            out.write_all(bytes.get_ref())?;
            out.flush()?;
        }
    }
    target.complete()
}

/// Refuses to show a workbook on a terminal.
///
/// # Errors
/// If the output is one.
pub(crate) fn not_on_a_terminal(target: &Target) -> Result<(), Failure> {
    if target.is_terminal() {
        return Err(Failure::new("工作簿不能显示在终端上；请用 --output 文件.xlsx。", "A workbook can not be shown on a terminal; use --output FILE.xlsx."));
    }
    Ok(())
}

fn chinese_titles(table: &PersonTable) -> Vec<String> {
    // What nobody was asked for has the title of its bucket.
    let named = |subject: &Subject| {
        let titled = [subject].into_iter().chain(table.hours.iter().filter(|bucket| bucket.id == subject.id)).find(|one| !one.title.is_empty());
        titled.map_or_else(|| subject.id.clone(), |one| one.title.zh.clone())
    };
    let mut titles: Vec<String> = ["人员编号", "年度", "状态"].map(str::to_owned).to_vec();
    titles.extend(table.hours.iter().map(named));
    titles.push("合计".to_owned());
    titles.extend(table.short.iter().map(|subject| format!("还差：{}", named(subject))));
    titles.push("政策".to_owned());
    titles.extend(table.has_duties().then(|| "义务".to_owned()));
    titles
}
