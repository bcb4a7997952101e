//! Figures in words: sums, lines and names in a phrase; tables in brackets, or set apart row by row.

use super::conditions::{condition, region, wheres};
use super::{classes, join};
use crate::exact::{self, Exact, show};
use crate::program::names::Names;
use crate::program::{DateExpr, FactId, Figure, Measure, Program, Region};
use crate::syntax::ast::{self, Arith, Sp, SpanOf};
use crate::text::{Lang, Text, say};

/// A table of at most so many short rows stands in the phrase.
const SHORT_ROWS: usize = 6;

/// A figure as its author wrote it: the layer, and the words.
pub(crate) type Written<'a> = Option<(usize, &'a Sp<ast::Figure>)>;

/// A figure in one phrase.
pub(crate) fn figure(program: &Program, is: &Figure) -> Text {
    Figures { program, names: None, tables: None }.phrase(is, None)
}

/// A date in words.
pub(crate) fn date(program: &Program, is: &DateExpr) -> Text {
    let list = |items: &[DateExpr]| join(items.iter().map(|item| date(program, item)));
    match is {
        DateExpr::Day(day) => Text::same(day.to_string()),
        DateExpr::Fact(fact) => (*program.facts.get(*fact).title).clone(),
        DateExpr::WindowBegin => Text::new("期间首日", "the window's first day"),
        DateExpr::WindowEnd => Text::new("期间末日", "the window's last day"),
        DateExpr::AskedOn => Text::new("所问之日", "the day asked about"),
        DateExpr::First(items) => first(&items.iter().map(|item| date(program, item)).collect::<Vec<_>>()),
        DateExpr::Earliest(items) => {
            let all = list(items);
            say!("{all}中最早的一天", "the earliest of {all}"; all)
        }
        DateExpr::Latest(items) => {
            let all = list(items);
            say!("{all}中最晚的一天", "the latest of {all}"; all)
        }
        DateExpr::Plus(of, count, unit) => {
            let (of, n) = (date(program, of), Text::same(count.abs().to_string()));
            let unit = match unit {
                SpanOf::Days => Text::new("天", " days"),
                SpanOf::Months => Text::new("个月", " months"),
                SpanOf::Years | SpanOf::CalendarYears => Text::new("年", " years"),
            };
            if *count < 0 { say!("{of}前{n}{unit}", "{n}{unit} before {of}"; of, n, unit) } else { say!("{of}后{n}{unit}", "{n}{unit} after {of}"; of, n, unit) }
        }
    }
}

/// What is reckoned over records, in words; `of` says over which, nothing over all.
pub(crate) fn measure(program: &Program, is: &Measure, of: &Text) -> Text {
    let unit = &*program.unit;
    let (of, records) = match of.is_empty() {
        true => (Text::default(), Text::new("", "records")),
        false => (Text::new(format!("{}的", of.zh), ""), Text::new("", format!("records where {}", of.get(Lang::En)))),
    };
    match is {
        Measure::Sum => say!("{of}{unit}合计", "{unit} of {records} in total"; of, unit, records),
        Measure::Largest => say!("{of}最多一条记录的{unit}", "{unit} of the largest of {records}"; of, unit, records),
        Measure::Records => say!("{of}记录条数", "the number of {records}"; of, records),
        Measure::Distinct(fact) => {
            let title = &*program.facts.get(*fact).title;
            say!("{of}不同{title}的个数", "the number of different {title} among {records}"; of, title, records)
        }
        Measure::SumOf(inner) => {
            let inner = figure(program, inner);
            say!("{of}{inner}合计", "{inner} of {records} in total"; of, inner, records)
        }
    }
}

/// A speaker of figures. Without `names` nothing is said of readings and named values; without `tables` every table stands in its phrase.
pub(crate) struct Figures<'a> {
    pub(crate) program: &'a Program,
    pub(crate) names: Option<Names<'a>>,
    /// Tables set apart: the rows of each.
    pub(crate) tables: Option<Vec<Vec<Text>>>,
}

/// The heart of a phrase, and what is said about it in brackets.
struct Spoken {
    main: Text,
    notes: Vec<Text>,
    number: Option<Exact>,
}

impl<'a> Figures<'a> {
    /// A figure in a phrase.
    pub(crate) fn phrase(&mut self, is: &Figure, written: Written<'a>) -> Text {
        self.in_unit(is, written, &Text::default())
    }

    /// A figure in a phrase, with its unit where it is a plain number.
    pub(crate) fn in_unit(&mut self, is: &Figure, written: Written<'a>, unit: &Text) -> Text {
        let Spoken { main, notes, number } = self.spoken(is, written);
        let with_unit = match number {
            Some(_) if !unit.is_empty() => say!("{main}{unit}", "{main} {unit}"; main, unit),
            _ => main,
        };
        if notes.is_empty() {
            return with_unit;
        }
        let (zh, en): (Vec<&str>, Vec<&str>) = notes.iter().map(|note| (note.zh.as_str(), note.get(Lang::En))).unzip();
        Text::new(format!("{}（{}）", with_unit.zh, zh.join("，")), format!("{} ({})", with_unit.get(Lang::En), en.join("; ")))
    }

    fn spoken(&mut self, is: &Figure, written: Written<'a>) -> Spoken {
        if let Some((layer, Sp { is: ast::Figure::Name(name), .. })) = written {
            return self.named(is, layer, name);
        }
        let mut notes = Vec::new();
        let main = self.main(is, written, &mut notes);
        let number = constant(is);
        match number {
            Some(number) if !matches!(is, Figure::Exact(_)) => {
                notes.insert(0, main);
                Spoken { main: Text::same(show(number)), notes, number: Some(number) }
            }
            _ => Spoken { main, notes, number },
        }
    }

    /// A name that stands for a figure: a reading is named, a value by its title.
    fn named(&mut self, is: &Figure, layer: usize, name: &'a str) -> Spoken {
        let Some(names) = self.names else { return self.spoken(is, None) };
        if let Some((at, item)) = names.reading(layer, name).filter(|(_, item)| item.is.value.is_some()) {
            let of_value = match &item.is.value {
                Some(Sp { is: ast::Scalar::Text(other), .. }) if other != name => Some((at, other)),
                _ => None,
            };
            let mut spoken = match of_value {
                Some((at, other)) => self.named(is, at, other),
                None => self.spoken(is, None),
            };
            spoken.notes.push(crate::text!("见解读 {name}", "reading {name}"));
            return spoken;
        }
        match names.value(layer, name) {
            Some((at, item)) => {
                let inner = match &item.is {
                    ast::Value::Figure(figure) => Some((at, figure)),
                    _ => None,
                };
                let mut spoken = self.spoken(is, inner);
                if !item.title.is_empty() {
                    let words = std::mem::replace(&mut spoken.main, item.title.clone());
                    if spoken.number.is_some() { spoken.main = words } else { spoken.notes.insert(0, bare(words)) }
                }
                spoken
            }
            None => self.spoken(is, None),
        }
    }

    /// One operand: its notes go to the end of the phrase.
    fn part(&mut self, is: &Figure, written: Written<'a>, notes: &mut Vec<Text>) -> Text {
        let mut spoken = self.spoken(is, written);
        notes.append(&mut spoken.notes);
        match is {
            Figure::Many(Arith::First, _) => spoken.main,
            Figure::Many(..) | Figure::Difference(_) | Figure::Ratio(_) if spoken.number.is_none() => {
                let main = spoken.main;
                say!("（{main}）", "({main})"; main)
            }
            _ => spoken.main,
        }
    }

    fn main(&mut self, is: &Figure, written: Written<'a>, notes: &mut Vec<Text>) -> Text {
        let layer = written.map_or(0, |(layer, _)| layer);
        let at = |inner: Option<&'a Sp<ast::Figure>>| inner.map(|inner| (layer, inner));
        match (is, written.map(|(_, written)| &written.is)) {
            (Figure::Exact(number), _) => Text::same(show(*number)),
            (Figure::Unbounded, _) => Text::new("不限", "without bound"),
            (Figure::Fact(fact), _) => title(self.program, *fact),
            (Figure::Table { rows, otherwise, .. }, written) => self.table(rows, otherwise.as_deref(), layer, written),
            (Figure::Line { of, pieces }, written) => {
                let (of_written, each) = match written {
                    Some(ast::Figure::Line { of, pieces }) => (Some(&**of), pieces.iter().map(|(_, each)| Some(each)).collect()),
                    _ => (None, Vec::new()),
                };
                let of = self.part(of, at(of_written), notes);
                let each: Vec<Text> = pieces.iter().enumerate().map(|(n, (_, figure))| self.part(figure, at(each.get(n).copied().flatten()), notes)).collect();
                line(of, pieces, &each)
            }
            (Figure::Many(arith, items), written) => {
                let inner: Vec<Option<&Sp<ast::Figure>>> = match written {
                    Some(ast::Figure::Many(_, items)) => items.iter().map(Some).collect(),
                    _ => Vec::new(),
                };
                let words: Vec<Text> = items.iter().enumerate().map(|(n, item)| self.part(item, at(inner.get(n).copied().flatten()), notes)).collect();
                many(*arith, &words)
            }
            (Figure::Difference(pair) | Figure::Ratio(pair), written) => {
                let (first, second) = match written {
                    Some(ast::Figure::Difference(pair) | ast::Figure::Ratio(pair)) => (Some(&pair.0), Some(&pair.1)),
                    _ => (None, None),
                };
                let (a, b) = (self.part(&pair.0, at(first), notes), self.part(&pair.1, at(second), notes));
                if matches!(is, Figure::Difference(_)) { say!("{a}减{b}", "{a} less {b}"; a, b) } else { say!("{a}÷{b}", "{a} ÷ {b}"; a, b) }
            }
            (Figure::Span(span, pair), _) => self.span(*span, &pair.0, &pair.1),
            (Figure::YearOf(of), _) => {
                let of = date(self.program, of);
                say!("{of}所在年份", "the year of {of}"; of)
            }
            (Figure::Count(fact), _) => {
                let title = title(self.program, *fact);
                say!("{title}的个数", "the number of {title}"; title)
            }
            (Figure::OverYears(inner), written) => {
                let inner_written = match written {
                    Some(ast::Figure::OverYears(inner)) => Some(&**inner),
                    _ => None,
                };
                let inner = self.part(inner, at(inner_written), notes);
                say!("期间内各年之{inner}的和", "{inner}, added over the years of the window"; inner)
            }
            (Figure::Measured(pair), _) => {
                let of = wheres(self.program, &pair.1, Text::default());
                measure(self.program, &pair.0, &of)
            }
        }
    }

    fn span(&self, span: SpanOf, from: &DateExpr, to: &DateExpr) -> Text {
        let (from, to) = (date(self.program, from), date(self.program, to));
        match span {
            SpanOf::Days => say!("{from}至{to}的天数（首尾都计）", "days from {from} to {to}, both counted"; from, to),
            SpanOf::Months => say!("{from}至{to}的整月数", "whole months from {from} to {to}"; from, to),
            SpanOf::Years => say!("{from}至{to}的整年数", "whole years from {from} to {to}"; from, to),
            SpanOf::CalendarYears => say!("{from}至{to}涉及的年度数", "calendar years touched from {from} to {to}"; from, to),
        }
    }

    /// A table: in brackets where it is short, else set apart.
    fn table(&mut self, rows: &[(Region, Figure)], otherwise: Option<&Figure>, layer: usize, written: Option<&'a ast::Figure>) -> Text {
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
                let all = super::list(lines.into_iter(), "；", "; ");
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
        let cells = super::list(cells.chain(rest), "，", ", ");
        say!("（按{title}：{cells}）", "(by {title}: {cells})"; title, cells)
    }

    /// A table row by row. Where several facts tell the rows apart, the one with the most values runs along the line.
    fn rows(&self, facts: &[FactId], rows: &[(Region, Figure)], figures: &[Text], otherwise: Option<&Text>) -> Vec<Text> {
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
        let mut all: Vec<Text> = lines
            .into_iter()
            .map(|(head, cells)| {
                let cells = super::list(cells.into_iter(), "；", "; ");
                if head.0.is_empty() {
                    return cells;
                }
                let head = region(self.program, &head);
                say!("{head}：{cells}", "{head}: {cells}"; head, cells)
            })
            .collect();
        all.extend(otherwise.map(|figure| say!("其余：{figure}", "others: {figure}"; figure)));
        all
    }
}

/// A phrase without the brackets around all of it.
fn bare(words: Text) -> Text {
    let inside = |text: &str, open, close| text.strip_prefix(open).and_then(|text: &str| text.strip_suffix(close)).map(str::to_owned);
    match (inside(&words.zh, '（', '）'), inside(&words.en, '(', ')')) {
        (Some(zh), Some(en)) => Text::new(zh, en),
        _ => words,
    }
}

fn title(program: &Program, fact: FactId) -> Text {
    if fact == program.facts.year() {
        return Text::new("年度", "the year");
    }
    let title = &*program.facts.get(fact).title;
    say!("“{title}”", "“{title}”"; title)
}

/// A straight line, or its pieces.
fn line(of: Text, pieces: &[(Exact, Figure)], each: &[Text]) -> Text {
    if let ([(over, _)], [each]) = (pieces, each)
        && *over.numer() == 0
    {
        return say!("{of}×{each}", "{of} × {each}"; of, each);
    }
    let parts = pieces.iter().zip(each).enumerate().map(|(n, ((over, _), each))| {
        let over = Text::same(show(*over));
        match pieces.get(n + 1) {
            Some((to, _)) => {
                let to = Text::same(show(*to));
                say!("{over}至{to}的部分×{each}", "{each} for each from {over} to {to}"; over, to, each)
            }
            None => say!("超过{over}的部分×{each}", "{each} for each beyond {over}"; over, each),
        }
    });
    let parts = super::list(parts, "，", ", ");
    say!("{of}分段（{parts}）", "{of} in pieces ({parts})"; of, parts)
}

fn many(arith: Arith, words: &[Text]) -> Text {
    let with = |zh: &str, en: &str| super::list(words.iter().cloned(), zh, en);
    let two = words.len() == 2;
    match arith {
        Arith::Sum => with("＋", " + "),
        Arith::Product => with("×", " × "),
        Arith::Least => {
            let all = with("、", ", ");
            if two { say!("{all}中较小者", "the lesser of {all}"; all) } else { say!("{all}中最小者", "the least of {all}"; all) }
        }
        Arith::Greatest => {
            let all = with("、", ", ");
            if two { say!("{all}中较大者", "the greater of {all}"; all) } else { say!("{all}中最大者", "the greatest of {all}"; all) }
        }
        Arith::First => first(words),
    }
}

/// "天数（未填则起止天数）".
fn first(words: &[Text]) -> Text {
    let Some((head, rest)) = words.split_first() else { return Text::default() };
    rest.iter().fold(head.clone(), |all, next| say!("{all}（未填则{next}）", "{all} (or {next} where that is not given)"; all, next))
}

/// The number a figure always has.
pub(crate) fn constant(is: &Figure) -> Option<Exact> {
    match is {
        Figure::Exact(number) => Some(*number),
        Figure::Many(arith, items) => {
            let numbers = items.iter().map(constant).collect::<Option<Vec<_>>>()?;
            let (first, rest) = numbers.split_first()?;
            rest.iter().try_fold(*first, |all, next| match arith {
                Arith::Sum => exact::add(all, *next),
                Arith::Product => exact::mul(all, *next),
                Arith::Least => Some(all.min(*next)),
                Arith::Greatest => Some(all.max(*next)),
                Arith::First => Some(all),
            })
        }
        Figure::Difference(pair) => exact::sub(constant(&pair.0)?, constant(&pair.1)?),
        Figure::Ratio(pair) => exact::div(constant(&pair.0)?, constant(&pair.1)?),
        _ => None,
    }
}
