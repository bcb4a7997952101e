//! A simulation as rows: CSV with one row a person that changes, and a workbook of all its parts.

use super::Simulated;
use super::compared::{Change, RecordSide};
use super::tally::{Counts, persons};
use super::words::{kind, reasons};
use crate::failure::Failure;
use crate::lang::t;
use crate::output::{Target, not_on_a_terminal, save};
use std::io::Write as _;
use std::sync::Arc;
use xueshi_exchange::{ColumnKind, CsvWriter, Out, SheetColumn, XlsxWriter};
use xueshi_policy::{Hours, Status, Text};

/// The names of the sheets, alike in both languages as those of results are.
const SHEETS: [&str; 6] = ["概况", "分组", "要求差额", "变动人员", "变动记录", "政策变化"];

/// One row a person that changes.
///
/// # Errors
/// If it can not be written.
pub(crate) fn csv(simulated: &Simulated<'_>, target: Target) -> Result<(), Failure> {
    let subjects = subjects(simulated);
    let mut titles: Vec<String> = ["person", "duty", "status_before", "status_after", "total_before", "total_after", "lacks_before", "lacks_after"].map(str::to_owned).to_vec();
    titles.extend(subjects.iter().flat_map(|(id, _)| [format!("short_{id}_before"), format!("short_{id}_after")]));
    titles.extend(["records", "reasons"].map(str::to_owned));
    let mut csv = CsvWriter::new(target.writer()?, &titles.iter().map(String::as_str).collect::<Vec<_>>())?;
    for change in &simulated.tally.changes {
        let (records, reasons) = (record_ids(change), reasons(change, simulated).join(t(simulated.lang, "；", "; ")));
        let mut cells = vec![Out::Text(&change.person), Out::Text(&change.duty), Out::Text(change.status.before.name()), Out::Text(change.status.after.name())];
        cells.extend(figures(change, &subjects));
        cells.extend([Out::Text(&records), Out::Text(&reasons)]);
        csv.row(&cells)?;
    }
    csv.finish()?.flush()?;
    target.complete()
}

/// Six sheets: counts, groups, gaps, persons, records, policies.
///
/// # Errors
/// If it can not be written.
pub(crate) fn workbook(simulated: &Simulated<'_>, target: Target) -> Result<(), Failure> {
    not_on_a_terminal(&target)?;
    let mut sheets = Sheets { book: XlsxWriter::new(), simulated };
    sheets.overview()?;
    sheets.groups()?;
    sheets.gaps()?;
    sheets.people()?;
    sheets.records()?;
    sheets.policies()?;
    save(sheets.book, target)
}

struct Sheets<'a> {
    book: XlsxWriter,
    simulated: &'a Simulated<'a>,
}

impl Sheets<'_> {
    fn word(&self, zh: &'static str, en: &'static str) -> &'static str {
        t(self.simulated.lang, zh, en)
    }

    fn status(&self, status: Status) -> String {
        status.title().get(self.simulated.lang).to_owned()
    }

    /// Statuses before, down; after, across.
    fn overview(&mut self) -> Result<(), Failure> {
        let tally = self.simulated.tally;
        let all = self.word("合计", "total");
        let mut columns = vec![text(self.word("现行＼拟改", "in force \\ proposed"), 20)];
        columns.extend(Status::ALL.map(|status| number(&self.status(status), 12)));
        columns.push(number(all, 12));
        self.book.sheet(SHEETS[0], &columns)?;
        for (status, row) in Status::ALL.iter().zip(&tally.matrix) {
            let title = self.status(*status);
            self.book.row(&counted(&title, row))?;
        }
        self.book.row(&counted(all, &tally.counts().after))?;
        Ok(())
    }

    fn groups(&mut self) -> Result<(), Failure> {
        let lang = self.simulated.lang;
        let mut columns = vec![text(self.word("分组", "by"), 16), text(self.word("值", "value"), 20), text(self.word("代码", "code"), 20), number(self.word("人数", "persons"), 10)];
        for side in [self.word("现行", "in force"), self.word("拟改", "proposed")] {
            columns.extend(Status::ALL.map(|status| number(&format!("{side} {}", self.status(status)), 14)));
        }
        self.book.sheet(SHEETS[1], &columns)?;
        for group in self.simulated.tally.groups() {
            for (code, title, counts) in group.lines() {
                let mut cells = vec![Out::Text(group.fact.title.get(lang)), Out::Text(title.get(lang)), code.map_or(Out::Empty, Out::Text), whole(persons(&counts.before))];
                cells.extend(counts.before.iter().chain(&counts.after).map(|persons| whole(*persons)));
                self.book.row(&cells)?;
            }
        }
        Ok(())
    }

    fn gaps(&mut self) -> Result<(), Failure> {
        let lang = self.simulated.lang;
        let columns = [
            text(self.word("要求", "requirement"), 30),
            text(self.word("义务", "duty"), 16),
            number(self.word("未达人数（现行）", "persons short, in force"), 18),
            number(self.word("未达人数（拟改）", "persons short, proposed"), 18),
            number(self.word("共差（现行）", "lacking in all, in force"), 18),
            number(self.word("共差（拟改）", "lacking in all, proposed"), 18),
            text(self.word("单位", "unit"), 14),
        ];
        self.book.sheet(SHEETS[2], &columns)?;
        for gap in &self.simulated.tally.gaps {
            let cells = [
                Out::Text(gap.title.get(lang)),
                Out::Text(&gap.duty),
                whole(gap.persons.before),
                whole(gap.persons.after),
                Out::Number(gap.short.before.0),
                Out::Number(gap.short.after.0),
                Out::Text(gap.unit.get(lang)),
            ];
            self.book.row(&cells)?;
        }
        Ok(())
    }

    fn people(&mut self) -> Result<(), Failure> {
        let (lang, subjects) = (self.simulated.lang, subjects(self.simulated));
        let sides = |title: &str| [self.word("现行", "in force"), self.word("拟改", "proposed")].map(|side| format!("{title}（{side}）"));
        let mut columns = vec![text(self.word("人员编号", "person"), 14), text(self.word("姓名", "name"), 12), text(self.word("义务", "duty"), 16)];
        columns.extend(sides(self.word("状态", "status")).map(|title| text(&title, 14)));
        for title in [self.word("合计", "total"), self.word("还差", "lacks")] {
            columns.extend(sides(title).map(|title| number(&title, 14)));
        }
        for (_, title) in &subjects {
            let title = format!("{}{}", self.word("还差：", "lacks: "), title.get(lang));
            columns.extend(sides(&title).map(|title| number(&title, 14)));
        }
        columns.push(text(self.word("原因", "reasons"), 80));
        self.book.sheet(SHEETS[3], &columns)?;
        for change in &self.simulated.tally.changes {
            let reasons = reasons(change, self.simulated).join(t(lang, "；", "; "));
            let (before, after) = (self.status(change.status.before), self.status(change.status.after));
            let mut cells = vec![Out::Text(&change.person), change.name.as_deref().map_or(Out::Empty, Out::Text), Out::Text(change.duty_title.get(lang)), Out::Text(&before), Out::Text(&after)];
            cells.extend(figures(change, &subjects));
            cells.push(Out::Text(&reasons));
            self.book.row(&cells)?;
        }
        Ok(())
    }

    fn records(&mut self) -> Result<(), Failure> {
        let mut columns = vec![text(self.word("人员编号", "person"), 14), text(self.word("记录编号", "record"), 12)];
        for side in [self.word("现行", "in force"), self.word("拟改", "proposed")] {
            let title = |zh, en| format!("{}（{side}）", self.word(zh, en));
            columns.extend([number(&title("认定学时", "hours"), 16), number(&title("结转以后年度", "carried"), 16), number(&title("超出上限", "cut"), 16)]);
            columns.extend([text(&title("规则", "rule"), 20), text(&title("问题", "problem"), 40)]);
        }
        self.book.sheet(SHEETS[4], &columns)?;
        for change in &self.simulated.tally.changes {
            for record in &change.records {
                let mut cells = vec![Out::Text(&change.person), Out::Text(&record.record)];
                cells.extend(record_cells(record.sides.before.as_ref()));
                cells.extend(record_cells(record.sides.after.as_ref()));
                self.book.row(&cells)?;
            }
        }
        Ok(())
    }

    /// What is tried, and what that changes in the policies.
    fn policies(&mut self) -> Result<(), Failure> {
        let (lang, trial) = (self.simulated.lang, self.simulated.trial);
        let columns = [text(self.word("政策", "policy"), 20), text(self.word("变化", "change"), 12), text(self.word("条目", "item"), 30), text(self.word("内容", "text"), 100)];
        self.book.sheet(SHEETS[5], &columns)?;
        for line in trial.lines() {
            self.book.row(&[Out::Empty, Out::Text(self.word("模拟", "tried")), Out::Empty, Out::Text(line.get(lang))])?;
        }
        for policy in &trial.policies {
            match &policy.items {
                None => self.book.row(&[Out::Text(&policy.policy), Out::Text(kind("added", lang)), Out::Empty, Out::Text(self.word("新增的政策", "a new policy"))])?,
                Some(items) => {
                    for item in items {
                        self.book.row(&[Out::Text(&policy.policy), Out::Text(kind(item.kind, lang)), Out::Text(&item.item), Out::Text(item.text.get(lang))])?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The requirements that are asked of anyone who changes.
fn subjects(simulated: &Simulated<'_>) -> Vec<(Arc<str>, Arc<Text>)> {
    let mut all: Vec<(Arc<str>, Arc<Text>)> = Vec::new();
    for one in simulated.tally.changes.iter().flat_map(|change| &change.requirements) {
        if all.iter().all(|(known, _)| *known != one.subject) {
            all.push((Arc::clone(&one.subject), Arc::clone(&one.title)));
        }
    }
    all
}

/// Totals, what lacks, and what lacks of each requirement; each before and after.
fn figures<'a>(change: &Change, subjects: &[(Arc<str>, Arc<Text>)]) -> Vec<Out<'a>> {
    let hours = |hours: Hours| Out::Number(hours.0);
    let mut cells = vec![hours(change.total.before), hours(change.total.after), hours(change.lacks.before), hours(change.lacks.after)];
    for (subject, _) in subjects {
        let sides = change.requirements.iter().find(|one| one.subject == *subject).map(|one| one.sides).unwrap_or_default();
        cells.extend([sides.before, sides.after].map(|side| side.map_or(Out::Empty, |figures| hours(figures.short))));
    }
    cells
}

fn record_cells(side: Option<&RecordSide>) -> [Out<'_>; 5] {
    let Some(side) = side else { return [Out::Empty; 5] };
    [
        Out::Number(side.hours.0),
        Out::Number(side.carried.0),
        Out::Number(side.cut.0),
        side.rule.as_ref().map_or(Out::Empty, |rule| Out::Text(&rule.id)),
        side.problem.as_ref().map_or(Out::Empty, |(_, message)| Out::Text(message)),
    ]
}

fn record_ids(change: &Change) -> String {
    change.records.iter().map(|record| record.record.as_str()).collect::<Vec<_>>().join(";")
}

/// A title, a count for each status and their sum.
fn counted<'a>(title: &'a str, counts: &Counts) -> Vec<Out<'a>> {
    let mut cells = vec![Out::Text(title)];
    cells.extend(counts.iter().map(|persons| whole(*persons)));
    cells.push(whole(persons(counts)));
    cells
}

fn whole<'a>(number: usize) -> Out<'a> {
    Out::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn text(title: &str, width: u16) -> SheetColumn {
    SheetColumn { title: title.to_owned(), width, kind: ColumnKind::Text }
}

fn number(title: &str, width: u16) -> SheetColumn {
    SheetColumn { title: title.to_owned(), width, kind: ColumnKind::Number }
}
