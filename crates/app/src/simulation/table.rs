//! A simulation for people: what is tried, who changes, counts and gaps before and after, the first persons with their reasons.

use super::compared::Change;
use super::tally::{Counts, persons};
use super::words::{answer, arrow, of_policy, reasons};
use super::{Pair, Simulated};
use crate::lang::t;
use crate::output::Report;
use crate::terminal::{Colour, Paint, left, right, visible, width};
use std::fmt::Write as _;
use xueshi_policy::{Lang, Status, Text, text};

/// So many of the persons that change are shown.
pub(crate) const SHOWN: usize = 20;
/// So many reasons of one person, and so many changed items of one policy.
const LINES: usize = 6;

/// The whole page.
pub(crate) fn page(simulated: &Simulated<'_>, report: &Report, paint: Paint) -> String {
    let mut page = Page { out: String::new(), simulated, paint };
    page.head();
    page.statuses();
    page.groups();
    page.gaps();
    page.people();
    page.policies();
    page.notes(&report.notes);
    page.out
}

struct Page<'a> {
    out: String,
    simulated: &'a Simulated<'a>,
    paint: Paint,
}

impl Page<'_> {
    fn say(&self, text: &Text) -> String {
        visible(text.get(self.simulated.lang)).into_owned()
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.out, "{}", line.trim_end());
    }

    fn heading(&mut self, zh: &str, en: &str) {
        let title = self.paint.text(Colour::Bold, t(self.simulated.lang, zh, en)).into_owned();
        self.line("");
        self.line(&title);
    }

    fn head(&mut self) {
        let Simulated { year, region, tally, trial, .. } = *self.simulated;
        let title = self.say(&text!("政策模拟 · {region} · {year} 年度", "What if · {region} · {year}"));
        let title = self.paint.text(Colour::Bold, &title).into_owned();
        self.line(&title);
        for line in trial.lines() {
            let line = self.say(&line);
            self.line(&format!("  {line}"));
        }
        let answer = self.say(&answer(tally));
        let answer = self.paint.text(Colour::Bold, &answer).into_owned();
        self.line("");
        self.line(&answer);
    }

    /// Counts by status, and who goes where.
    fn statuses(&mut self) {
        let (lang, tally) = (self.simulated.lang, self.simulated.tally);
        let counts = tally.counts();
        self.heading("状态", "Status");
        let mut rows = vec![vec![String::new(), t(lang, "现行", "in force").to_owned(), t(lang, "拟改", "proposed").to_owned(), t(lang, "增减", "change").to_owned()]];
        for (at, status) in Status::ALL.iter().enumerate() {
            let (before, after) = (counts.before[at], counts.after[at]);
            if before + after > 0 {
                rows.push(vec![status.title().get(lang).to_owned(), before.to_string(), after.to_string(), signed(before, after)]);
            }
        }
        self.grid(&rows);
        for (status, persons) in tally.moves() {
            let moved = arrow(status.map(|status| status.title().get(lang).to_owned()));
            let line = self.say(&text!("{moved}：{persons} 人", "{moved}: {persons}"));
            self.line(&format!("  {line}"));
        }
    }

    fn groups(&mut self) {
        let (lang, tally) = (self.simulated.lang, self.simulated.tally);
        let all = tally.counts();
        let used: Vec<usize> = (0..Status::ALL.len()).filter(|at| all.before[*at] + all.after[*at] > 0).collect();
        for group in tally.groups() {
            let title = &group.fact.title;
            self.heading(&format!("按{}", title.zh), &format!("By {}", title.get(Lang::En)));
            let mut header = vec![String::new(), t(lang, "人数", "persons").to_owned()];
            header.extend(used.iter().map(|at| Status::ALL[*at].title().get(lang).to_owned()));
            let mut rows = vec![header];
            for (_, title, counts) in group.lines() {
                let mut row = vec![title.get(lang).to_owned(), persons(&counts.before).to_string()];
                row.extend(used.iter().map(|at| cell(counts, *at)));
                rows.push(row);
            }
            self.grid(&rows);
        }
    }

    fn gaps(&mut self) {
        let (lang, tally) = (self.simulated.lang, self.simulated.tally);
        if tally.gaps.is_empty() {
            return;
        }
        self.heading("未达到的要求", "Requirements not met");
        let mut rows = vec![vec![String::new(), t(lang, "人数", "persons").to_owned(), t(lang, "共差", "lacking in all").to_owned()]];
        for gap in &tally.gaps {
            rows.push(vec![visible(gap.title.get(lang)).into_owned(), arrow(gap.persons), arrow(gap.short)]);
        }
        self.grid(&rows);
    }

    fn people(&mut self) {
        let (lang, tally) = (self.simulated.lang, self.simulated.tally);
        if tally.changes.is_empty() {
            return;
        }
        self.heading("有变动的人员", "Persons that change");
        for change in tally.changes.iter().take(SHOWN) {
            self.person(change);
        }
        let more = tally.changes_all.saturating_sub(SHOWN);
        if more > 0 {
            self.line(text!("  另有 {more} 项；--format json、csv 或 xlsx 列出全部", "  and {more} more; all of them in --format json, csv or xlsx").get(lang));
        }
    }

    fn person(&mut self, change: &Change) {
        let lang = self.simulated.lang;
        let status = arrow(change.status.map(|status| status.title().get(lang).to_owned()));
        let (total, lacks) = (arrow(change.total), arrow(change.lacks));
        let mut line = visible(&change.person).into_owned();
        if let Some(name) = &change.name {
            let _ = write!(line, " {}", visible(name));
        }
        let duty = if self.simulated.tally.has_duties() { format!(" · {}", visible(change.duty_title.get(lang))) } else { String::new() };
        let figures = text!("合计 {total}，还差 {lacks}", "total {total}, lacks {lacks}");
        self.line(&format!("  {line}{duty} · {status} · {}", figures.get(lang)));
        let reasons = reasons(change, self.simulated);
        for reason in reasons.iter().take(LINES) {
            let reason = visible(reason).into_owned();
            self.line(&format!("      {reason}"));
        }
        self.more(reasons.len(), "      ");
        for requirement in change.requirements.iter().filter(|one| one.short().differs()) {
            let (title, short) = (requirement.title.get(lang), arrow(requirement.short()));
            let line = self.say(&text!("还差：{title} {short}", "lacks: {title} {short}"));
            self.line(&format!("      {line}"));
        }
    }

    /// What the trial changes in the policies.
    fn policies(&mut self) {
        let (lang, trial) = (self.simulated.lang, self.simulated.trial);
        self.heading("政策的变化", "What changes in the policies");
        for policy in &trial.policies {
            self.line(&format!("  {}", policy.policy));
            let lines = of_policy(policy, lang);
            for line in lines.iter().take(LINES) {
                let line = visible(line).into_owned();
                self.line(&format!("      {line}"));
            }
            self.more(lines.len(), "      ");
        }
    }

    fn more(&mut self, all: usize, indent: &str) {
        let more = all.saturating_sub(LINES);
        if more > 0 {
            let line = self.say(&text!("另有 {more} 条", "and {more} more"));
            self.line(&format!("{indent}{line}"));
        }
    }

    fn notes(&mut self, notes: &[Text]) {
        let lang = self.simulated.lang;
        if !notes.is_empty() {
            self.line("");
        }
        for note in notes {
            self.line(&format!("{}{}", t(lang, "注意：", "note: "), visible(note.get(lang))));
        }
    }

    /// Rows of cells under each other: the first column to the left, numbers to the right.
    fn grid(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0)).collect();
        for row in rows {
            let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, widest))| if at == 0 { left(cell, *widest) } else { right(cell, *widest) });
            let line = cells.collect::<Vec<_>>().join("  ");
            self.line(&format!("  {line}"));
        }
    }
}

fn cell(counts: &Pair<Counts>, at: usize) -> String {
    arrow(counts.map(|counts| counts[at]))
}

fn signed(before: usize, after: usize) -> String {
    match after.cmp(&before) {
        std::cmp::Ordering::Less => format!("-{}", before - after),
        std::cmp::Ordering::Equal => "0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", after - before),
    }
}
