//! What a rule makes of a record: quantity, rate, bucket, year, proof.

use super::Seen;
use super::rules::window;
use crate::program::{Accepts, PerUnit, Program, Proof, Rule, Spread};
use crate::speak::{self, Figures, Written, join};
use crate::syntax::ast::{self, Sp};
use crate::text::{Text, say};

/// Steps before the rate: whole steps, a ceiling.
pub(super) fn quantity<'a>(program: &Program, rule: &Rule, written: &'a ast::Rule, layer: usize, figures: &mut Figures<'a>) -> Vec<Text> {
    let mut parts = Vec::new();
    let steps = per_unit(program, rule.counted_in.as_ref(), written.counted_in.as_ref(), layer, figures);
    parts.extend(steps.into_iter().map(|(unit, step)| say!("{unit}按{step}的整倍数计，舍去余数", "{unit} in whole steps of {step}, downward"; unit, step)));
    let most = per_unit(program, rule.quantity_at_most.as_ref(), written.quantity_at_most.as_ref(), layer, figures);
    parts.extend(most.into_iter().map(|(unit, most)| say!("{unit}至多计{most}", "{unit} counted up to {most}"; unit, most)));
    parts
}

/// Each unit, or the quantity, with its figure.
fn per_unit<'a>(program: &Program, is: Option<&PerUnit>, written: Option<&'a ast::PerUnit>, layer: usize, figures: &mut Figures<'a>) -> Vec<(Text, Text)> {
    match (is, written) {
        (Some(PerUnit::All(figure)), Some(ast::PerUnit::All(written))) => vec![(Text::new("数量", "the quantity"), figures.phrase(figure, Some((layer, written))))],
        (Some(PerUnit::Units(units)), Some(ast::PerUnit::Units(written))) => {
            let both = units.iter().zip(written);
            both.map(|((unit, figure), (_, written))| {
                let title = unit_title(program, *unit);
                (say!("{title}数", "{title}"; title), figures.phrase(figure, Some((layer, written))))
            })
            .collect()
        }
        _ => Vec::new(),
    }
}

/// The rate as written: where it is a name, as its value was written.
pub(super) struct Gives<'a> {
    layer: usize,
    written: Option<&'a ast::Gives>,
    grant: Option<&'a Sp<ast::Figure>>,
    title: Text,
    reading: Option<String>,
}

pub(super) fn gives<'a>(seen: &Seen<'a>, rule: &Rule, written: &'a ast::Gives) -> Gives<'a> {
    let ast::Gives::Named(name) = written else {
        return Gives { layer: seen.layer, written: Some(written), grant: None, title: Text::default(), reading: None };
    };
    let reading = seen.names.reading(rule.layer, &name.is).map(|(_, item)| item.id.is.clone());
    match seen.names.value(rule.layer, &seen.names.word(rule.layer, &name.is)) {
        Some((layer, item)) => match &item.is {
            ast::Value::Gives(gives) => Gives { layer, written: Some(gives), grant: None, title: item.title.clone(), reading },
            ast::Value::Figure(figure) => Gives { layer, written: None, grant: Some(figure), title: item.title.clone(), reading },
            ast::Value::Proof(_) => Gives { layer, written: None, grant: None, title: Text::default(), reading },
        },
        None => Gives { layer: rule.layer, written: None, grant: None, title: Text::default(), reading },
    }
}

impl<'a> Gives<'a> {
    /// "每天计8学时"; "计60学时".
    pub(super) fn words(&self, program: &Program, rule: &Rule, figures: &mut Figures<'a>) -> Vec<Text> {
        let mut parts = Vec::new();
        if !self.title.is_empty() {
            let title = &self.title;
            parts.push(say!("计法为“{title}”", "the rate is “{title}”"; title));
        }
        let account = &*program.unit;
        match &rule.accepts {
            Accepts::Grant(figure) => {
                let written: Written<'a> = match self.written {
                    Some(ast::Gives::Grant(written)) => Some((self.layer, written)),
                    _ => self.grant.map(|written| (self.layer, written)),
                };
                let gives = figures.in_unit(figure, written, account);
                parts.push(if speak::constant(figure).is_some() {
                    say!("计{gives}，不论数量", "gives {gives}, whatever the quantity"; gives)
                } else {
                    say!("计{gives}", "gives {gives}"; gives)
                });
            }
            Accepts::Units(units) => {
                for (n, (unit, figure)) in units.iter().enumerate() {
                    let written: Written<'a> = match self.written {
                        Some(ast::Gives::Units(written)) => written.get(n).map(|(_, written)| (self.layer, written)),
                        _ => None,
                    };
                    let (gives, mut of) = (figures.in_unit(figure, written, account), unit_title(program, *unit));
                    if let Some(Some(less)) = program.unit_less.get(usize::from(*unit)) {
                        let less = &*program.facts.get(*less).title;
                        of = say!("{of}（先减{less}）", "{of} (less {less})"; of, less);
                    }
                    parts.push(say!("每{of}计{gives}", "{of}: {gives} each"; of, gives));
                }
            }
        }
        if let Some(reading) = &self.reading {
            parts.push(crate::text!("计法见解读 {reading}", "the rate by reading {reading}"));
        }
        parts
    }
}

/// Where and when it counts.
pub(super) fn place<'a>(seen: &Seen<'a>, rule: &Rule, written: &'a ast::Rule, figures: &mut Figures<'a>) -> Vec<Text> {
    let (program, layer) = (seen.program, seen.layer);
    let mut parts = Vec::new();
    if let Some(bucket) = rule.bucket.and_then(|bucket| program.buckets.get(usize::from(bucket))) {
        let title = &*bucket.title;
        let reading = written.bucket.as_ref().and_then(|word| seen.names.reading(rule.layer, &word.is)).map(|(_, item)| item.id.is.as_str());
        let by = reading.map(|reading| crate::text!("（见解读 {reading}）", " (reading {reading})")).unwrap_or_default();
        parts.push(say!("计入{title}{by}", "counts as {title}{by}"; title, by));
    }
    if let Some(dated) = rule.dated {
        let title = &*program.facts.get(dated).title;
        parts.push(say!("按{title}归入年度", "placed by {title}"; title));
    }
    if let Some(at) = rule.counts_in {
        let title = window(program, at);
        parts.push(say!("按“{title}”归入", "placed in “{title}”"; title));
    }
    match (&rule.spread, &written.spread) {
        (Some(Spread::Ladder(rungs)), Some(ast::Spread::Ladder(written))) => {
            let mut words = Vec::new();
            for (n, (rung, written)) in rungs.iter().zip(written).enumerate() {
                let year = match rung.year {
                    0 => Text::new("结束当年", "the year it ends"),
                    1 => Text::new("次年", "the next year"),
                    n => crate::text!("其后第{n}年", "the year {n} later"),
                };
                let most = rung.at_most.as_ref().map(|most| figures.in_unit(most, written.at_most.as_ref().map(|is| (layer, is)), &program.unit));
                let part = rung.part.as_ref().map(|part| figures.phrase(part, written.part.as_ref().map(|is| (layer, is))));
                words.push(match (most, part) {
                    (Some(most), None) => say!("{year}至多{most}", "at most {most} in {year}"; year, most),
                    (None, Some(part)) => say!("{part}计入{year}", "{part} of it in {year}"; year, part),
                    (Some(most), Some(part)) => say!("{part}计入{year}，至多{most}", "{part} of it in {year}, at most {most}"; year, most, part),
                    (None, None) if n == 0 => say!("全部计入{year}", "all in {year}"; year),
                    (None, None) => say!("其余计入{year}", "the rest in {year}"; year),
                });
            }
            parts.push(join(words.into_iter()));
        }
        (Some(Spread::Across { from, to, each }), _) => {
            let (from, to) = (speak::date(program, from), speak::date(program, to));
            parts.push(match each {
                true => say!("自{from}至{to}的每一年各计全数", "whole in every year from {from} to {to}"; from, to),
                false => say!("自{from}至{to}按天数分摊到各年", "shared by days over the years from {from} to {to}"; from, to),
            });
        }
        _ => {}
    }
    parts
}

pub(super) fn proof(program: &Program, is: &Proof) -> Text {
    match is {
        Proof::None => Text::new("不要求证明", "no proof asked"),
        Proof::Any => Text::new("须有任一种证明", "any one proof"),
        Proof::Groups(groups) => {
            let title = |code: &u16| {
                program
                    .evidence
                    .and_then(|fact| program.schema.columns.get(usize::from(fact)))
                    .and_then(|column| column.codes.get(usize::from(*code)))
                    .map(|code| code.title.clone())
                    .unwrap_or_default()
            };
            let (mut zh, mut en) = (Vec::new(), Vec::new());
            for group in groups {
                let words = speak::either(group.iter().map(title));
                let listed = join(group.iter().map(title));
                zh.push(if group.len() > 1 { format!("{}之一", listed.zh) } else { words.zh });
                en.push(words.en);
            }
            Text::new(format!("须有{}", zh.join("，并有")), format!("proof: {}", en.join(", and ")))
        }
    }
}

fn unit_title(program: &Program, unit: u16) -> Text {
    program.schema.columns.get(1).and_then(|column| column.codes.get(usize::from(unit))).map(|code| code.title.clone()).unwrap_or_default()
}
