//! Decision tables in words: in brackets where they are short, else set apart row by row.

use super::conditions::{condition, region};
use super::figures::{Figures, title};
use super::{classes, list};
use crate::program::{FactId, Figure, Region};
use crate::syntax::ast;
use crate::text::{Text, say};

/// A table of at most so many short rows stands in the phrase.
const SHORT_ROWS: usize = 6;

/// A row of a decision table in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// For what it holds; nothing where the cells say it.
    pub when: Text,
    /// Its figures.
    pub gives: Text,
}

impl TableRow {
    /// Both in one line.
    pub fn line(&self) -> Text {
        let (when, gives) = (&self.when, &self.gives);
        if when.is_empty() { gives.clone() } else { say!("{when}：{gives}", "{when}: {gives}"; when, gives) }
    }
}

impl<'a> Figures<'a> {
    /// A table: in brackets where it is short, else set apart.
    pub(super) fn table(&mut self, rows: &[(Region, Figure)], otherwise: Option<&Figure>, layer: usize, written: Option<&'a ast::Figure>) -> Text {
        let (inner, inner_else) = match written {
            Some(ast::Figure::Table(table)) => (table.rows.iter().map(|(_, figure, _)| figure).collect(), table.otherwise.as_ref()),
            _ => (Vec::new(), None),
        };
        let inner = if inner.len() == rows.len() { inner } else { Vec::new() };
        let figures: Vec<Text> = rows.iter().enumerate().map(|(n, (_, figure))| self.phrase(figure, inner.get(n).map(|written| (layer, *written)))).collect();
        let otherwise_words = otherwise.map(|figure| self.phrase(figure, inner_else.map(|written| (layer, written))));
        let facts: Vec<FactId> = rows.iter().flat_map(|(region, _)| region.0.iter().map(|(fact, _)| *fact)).fold(Vec::new(), |mut seen, fact| {
            if !seen.contains(&fact) {
                seen.push(fact);
            }
            seen
        });
        let plain = rows.iter().all(|(_, figure)| matches!(figure, Figure::Exact(_) | Figure::Unbounded | Figure::Fact(_)));
        if let ([fact], true) = (facts.as_slice(), self.tables.is_none() || rows.len() <= SHORT_ROWS && plain) {
            return self.short_table(*fact, rows, &figures, otherwise_words.as_ref());
        }
        let lines = self.rows(&facts, rows, &figures, otherwise_words.as_ref());
        match &mut self.tables {
            Some(tables) => {
                tables.push(lines);
                let n = tables.len();
                crate::text!("表{n}之数", "the figure of table {n}")
            }
            None => {
                let all = list(lines.iter().map(TableRow::line), "；", "; ");
                say!("（{all}）", "({all})"; all)
            }
        }
    }

    /// "（按级别：国家级 12，省级 10）".
    fn short_table(&self, fact: FactId, rows: &[(Region, Figure)], figures: &[Text], otherwise: Option<&Text>) -> Text {
        let title = title(self.program, fact);
        let cells = rows.iter().zip(figures).map(|((region, _), figure)| {
            let is = region.0.first().map_or_else(|| Text::new("任何", "any"), |(_, set)| classes(self.program, fact, *set));
            say!("{is}为{figure}", "{is}: {figure}"; is, figure)
        });
        let rest = otherwise.map(|figure| say!("其余为{figure}", "others: {figure}"; figure));
        let cells = list(cells.chain(rest), "，", ", ");
        say!("（按{title}：{cells}）", "(by {title}: {cells})"; title, cells)
    }

    /// A table row by row. Where several facts tell the rows apart, the one with the most values runs along the line.
    fn rows(&self, facts: &[FactId], rows: &[(Region, Figure)], figures: &[Text], otherwise: Option<&Text>) -> Vec<TableRow> {
        let values = |fact: FactId| {
            let mut sets: Vec<u128> = rows.iter().flat_map(|(region, _)| region.0.iter().filter(|(f, _)| *f == fact).map(|(_, set)| *set)).collect();
            sets.sort_unstable();
            sets.dedup();
            sets.len()
        };
        let along = if facts.len() > 1 { facts.iter().copied().max_by_key(|fact| values(*fact)) } else { None };
        let mut lines: Vec<(Region, Vec<Text>)> = Vec::new();
        for ((is, _), figure) in rows.iter().zip(figures) {
            let (run, head): (Vec<_>, Vec<_>) = is.0.iter().copied().partition(|(fact, _)| Some(*fact) == along);
            let cell = match run.first() {
                Some((fact, set)) => {
                    let is = condition(self.program, *fact, *set);
                    say!("{is}计 {figure}", "{is}: {figure}"; is, figure)
                }
                None => figure.clone(),
            };
            match lines.iter_mut().find(|(known, _)| known.0 == head) {
                Some((_, cells)) => cells.push(cell),
                None => lines.push((Region(head), vec![cell])),
            }
        }
        let row = |(head, cells): (Region, Vec<Text>)| TableRow { when: if head.0.is_empty() { Text::default() } else { region(self.program, &head) }, gives: list(cells.into_iter(), "；", "; ") };
        let mut all: Vec<TableRow> = lines.into_iter().map(row).collect();
        all.extend(otherwise.map(|figure| TableRow { when: Text::new("其余", "others"), gives: figure.clone() }));
        all
    }
}
