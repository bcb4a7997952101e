//! Figures in words: sums, lines and names in a phrase; tables in brackets, or set apart row by row.

use super::conditions::wheres;
use super::dates::{date, measure, span as span_words};
use crate::exact::{self, Exact, show};
use crate::program::names::Names;
use crate::program::{FactId, Figure, Program};
use crate::syntax::ast::{self, Arith, Sp};
use crate::text::{Lang, Text, say};

/// A figure as its author wrote it: the layer, and the words.
pub(crate) type Written<'a> = Option<(usize, &'a Sp<ast::Figure>)>;

/// A figure in one phrase.
pub(crate) fn figure(program: &Program, is: &Figure) -> Text {
    Figures { program, names: None, tables: None }.phrase(is, None)
}

/// A speaker of figures. Without `names` nothing is said of readings and named values; without `tables` every table stands in its phrase.
pub(crate) struct Figures<'a> {
    pub(crate) program: &'a Program,
    pub(crate) names: Option<Names<'a>>,
    /// Tables set apart: the rows of each.
    pub(crate) tables: Option<Vec<Vec<super::TableRow>>>,
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
            Some(number) if !unit.is_empty() => {
                let one = number == Exact::from_integer(1);
                let unit = Text::new(unit.zh.clone(), if one { unit.get(Lang::En).trim_end_matches('s') } else { unit.get(Lang::En) });
                say!("{main}{unit}", "{main} {unit}"; main, unit)
            }
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
            (Figure::Span(span, pair), _) => span_words(self.program, *span, &pair.0, &pair.1),
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
}

/// A phrase without the brackets around all of it.
fn bare(words: Text) -> Text {
    let inside = |text: &str, open, close| text.strip_prefix(open).and_then(|text: &str| text.strip_suffix(close)).map(str::to_owned);
    match (inside(&words.zh, '（', '）'), inside(&words.en, '(', ')')) {
        (Some(zh), Some(en)) => Text::new(zh, en),
        _ => words,
    }
}

pub(super) fn title(program: &Program, fact: FactId) -> Text {
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
pub(super) fn first(words: &[Text]) -> Text {
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
