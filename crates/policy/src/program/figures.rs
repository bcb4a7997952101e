//! Figures and dates with their names resolved.

use super::compile::Compiler;
use super::{Accepts, AtomSet, DateExpr, FactId, Figure, Measure, PerUnit, Proof, Region, Round};
use crate::diagnostic::{Code, Span};
use crate::exact::Exact;
use crate::syntax::ast::{self, FactType, Of, Scalar, Sp, Test, Word};
use crate::text::Text;
use rustc_hash::FxHashMap;
use std::collections::HashSet;
use std::sync::Arc;

/// How deep names may stand for names.
const DEEPEST: u32 = 40;

impl Compiler<'_> {
    pub(crate) fn figure(&mut self, layer: usize, is: &Sp<ast::Figure>) -> Option<Figure> {
        if !self.enter(layer, &is.at) {
            return None;
        }
        let found = self.figure_inner(layer, is);
        self.leave();
        found
    }

    fn figure_inner(&mut self, layer: usize, is: &Sp<ast::Figure>) -> Option<Figure> {
        Some(match &is.is {
            ast::Figure::Exact(number) => Figure::Exact(*number),
            ast::Figure::Unbounded => Figure::Unbounded,
            ast::Figure::Name(name) => self.named_figure(layer, name, &is.at)?,
            ast::Figure::Table(table) => self.decision_table(layer, table)?,
            ast::Figure::Line { of, pieces } => {
                let of = Box::new(self.figure(layer, of)?);
                let pieces = pieces.iter().map(|(over, each)| Some((*over, self.figure(layer, each)?))).collect::<Option<_>>()?;
                Figure::Line { of, pieces }
            }
            ast::Figure::Many(arith, items) => Figure::Many(*arith, items.iter().map(|item| self.figure(layer, item)).collect::<Option<_>>()?),
            ast::Figure::Difference(pair) => Figure::Difference(Box::new((self.figure(layer, &pair.0)?, self.figure(layer, &pair.1)?))),
            ast::Figure::Ratio(pair) => Figure::Ratio(Box::new((self.figure(layer, &pair.0)?, self.figure(layer, &pair.1)?))),
            ast::Figure::Span(span, pair) => Figure::Span(*span, Box::new((self.date(layer, &pair.0)?, self.date(layer, &pair.1)?))),
            ast::Figure::YearOf(date) => Figure::YearOf(Box::new(self.date(layer, date)?)),
            ast::Figure::Count(fact) => Figure::Count(self.fact(layer, fact)?),
            ast::Figure::OverYears(of) => Figure::OverYears(Box::new(self.figure(layer, of)?)),
            ast::Figure::Measured(_) if !self.measuring => {
                let (cause, remedy) = (
                    Text::new("measure 只能写在要求里：别处还没有认定的学时可量", "`measure` stands in requirements only: elsewhere nothing has been recognised yet"),
                    Text::new("改用事实或数", "use a fact or a number"),
                );
                self.report(layer, Code::WrongType, &is.at, cause, remedy);
                return None;
            }
            ast::Figure::Measured(pair) => Figure::Measured(Box::new((self.measure(layer, &pair.0)?, self.wheres(layer, &pair.1)))),
            ast::Figure::Date(_) => {
                self.report(
                    layer,
                    Code::WrongType,
                    &is.at,
                    Text::new("这里要数，不要日期", "a figure stands here, not a date"),
                    Text::new("用 year_of 或 days 由日期得数", "use year_of or days to get a figure from dates"),
                );
                return None;
            }
        })
    }

    pub(crate) fn measure(&mut self, layer: usize, is: &ast::Measure) -> Option<Measure> {
        Some(match is {
            ast::Measure::Sum => Measure::Sum,
            ast::Measure::Largest => Measure::Largest,
            ast::Measure::Records => Measure::Records,
            ast::Measure::Distinct(fact) => Measure::Distinct(self.fact(layer, fact)?),
            ast::Measure::SumOf(figure) => Measure::SumOf(Box::new(self.figure(layer, figure)?)),
        })
    }

    /// A name where a figure is expected: a reading's value, a named value, or a number fact.
    pub(crate) fn named_figure(&mut self, layer: usize, name: &str, at: &Span) -> Option<Figure> {
        if !self.enter(layer, at) {
            return None;
        }
        let found = self.named_figure_inner(layer, name, at);
        self.leave();
        found
    }

    fn named_figure_inner(&mut self, layer: usize, name: &str, at: &Span) -> Option<Figure> {
        if let Some((found, item)) = self.names.reading(layer, name)
            && let Some(value) = &item.is.value
        {
            self.used.insert(("reading", found, item.id.is.clone()));
            return match &value.is {
                Scalar::Number(number) => Some(Figure::Exact(*number)),
                Scalar::Text(text) if text == "none" => Some(Figure::Unbounded),
                Scalar::Text(text) => match crate::exact::parse_exact(text) {
                    Some(number) => Some(Figure::Exact(number)),
                    None => self.named_figure(found, &text.clone(), at),
                },
                _ => {
                    self.report(
                        layer,
                        Code::WrongType,
                        at,
                        crate::text!("解读 {name} 的值不是数", "the value of reading {name} is no figure"),
                        Text::new("这里用一个值为数的名称", "use a name whose value is a figure"),
                    );
                    None
                }
            };
        }
        if let Some((found, item)) = self.names.value(layer, name)
            && let ast::Value::Figure(figure) = &item.is
        {
            self.used.insert(("value", found, item.id.is.clone()));
            return self.figure(found, figure);
        }
        if let Some(fact) = self.facts.find(name)
            && self.facts.get(fact).kind == FactType::Number
        {
            self.used_fact(fact);
            return Some(Figure::Fact(fact));
        }
        let mut known: Vec<&str> = self.names.stack.iter().flat_map(|p| p.readings.iter().map(|r| r.id.is.as_str()).chain(p.values.iter().map(|v| v.id.is.as_str()))).collect();
        let numbers: Vec<String> = self.facts.all.iter().filter(|fact| fact.kind == FactType::Number).map(|fact| fact.id.clone()).collect();
        known.extend(numbers.iter().map(String::as_str));
        self.unknown(layer, Code::UnknownName, at, name, &known, "[value] / [reading] / [fact]");
        None
    }

    fn decision_table(&mut self, layer: usize, table: &ast::DecisionTable) -> Option<Figure> {
        // Where one row is for an empty cell, the others are for a filled one: silence is none there, not unknown.
        let blank: Vec<bool> = (0..table.by.len()).map(|column| table.rows.iter().any(|(tests, ..)| tests.get(column) == Some(&Test::Given(false)))).collect();
        let mut rows = Vec::new();
        for (tests, figure, _) in &table.rows {
            let mut region = Region::default();
            let mut possible = true;
            for ((fact, test), blank) in table.by.iter().zip(tests).zip(&blank) {
                let mut with = Region(vec![self.condition(layer, fact, test)?]);
                if *blank && !matches!(test, Test::Given(_)) {
                    let filled = self.condition(layer, fact, &Test::Given(true))?;
                    with = super::algebra::meet(&with, &Region(vec![filled])).unwrap_or(with);
                }
                match super::algebra::meet(&region, &with) {
                    Some(met) => region = met,
                    None => possible = false,
                }
            }
            let figure = self.figure(layer, figure)?;
            if possible {
                rows.push((region, figure));
            }
        }
        let otherwise = match &table.otherwise {
            Some(figure) => Some(Box::new(self.figure(layer, figure)?)),
            None => None,
        };
        Some(Figure::Table { rows, otherwise, at: super::TablePlace { layer, span: table.at.clone() } })
    }

    pub(crate) fn date(&mut self, layer: usize, is: &Sp<ast::DateFigure>) -> Option<DateExpr> {
        let all = |compiler: &mut Self, items: &[Sp<ast::DateFigure>]| items.iter().map(|item| compiler.date(layer, item)).collect::<Option<Vec<_>>>();
        Some(match &is.is {
            ast::DateFigure::Date(date) => DateExpr::Day(*date),
            ast::DateFigure::Name(name) => self.named_date(layer, name, &is.at)?,
            ast::DateFigure::First(items) => DateExpr::First(all(self, items)?),
            ast::DateFigure::Earliest(items) => DateExpr::Earliest(all(self, items)?),
            ast::DateFigure::Latest(items) => DateExpr::Latest(all(self, items)?),
            ast::DateFigure::Plus(of, count, unit) => DateExpr::Plus(Box::new(self.date(layer, of)?), *count, *unit),
        })
    }

    pub(crate) fn named_date(&mut self, layer: usize, name: &str, at: &Span) -> Option<DateExpr> {
        match name {
            "window.begin" => return Some(DateExpr::WindowBegin),
            "window.end" => return Some(DateExpr::WindowEnd),
            "asked_on" => return Some(DateExpr::AskedOn),
            _ => {}
        }
        let resolved = self.word(layer, name);
        if let Some(Scalar::Date(date)) = self.names.scalar(layer, name) {
            return Some(DateExpr::Day(*date));
        }
        if let Some(fact) = self.facts.find(&resolved)
            && self.facts.get(fact).kind == FactType::Date
        {
            self.used_fact(fact);
            return Some(DateExpr::Fact(fact));
        }
        let dates: Vec<String> = self.facts.all.iter().filter(|fact| fact.kind == FactType::Date).map(|fact| fact.id.clone()).collect();
        let mut known: Vec<&str> = dates.iter().map(String::as_str).collect();
        known.extend(["window.begin", "window.end", "asked_on"]);
        self.unknown(layer, Code::UnknownName, at, name, &known, "[fact] type = \"date\"");
        None
    }

    pub(crate) fn accepts(&mut self, layer: usize, gives: &ast::Gives) -> Option<Accepts> {
        match gives {
            ast::Gives::Grant(figure) => Some(Accepts::Grant(self.figure(layer, figure)?)),
            ast::Gives::Units(units) => self.units(layer, units).map(Accepts::Units),
            ast::Gives::Named(name) => {
                let word = self.word(layer, &name.is);
                match self.names.value(layer, &word) {
                    Some((found, item)) => {
                        self.used.insert(("value", found, item.id.is.clone()));
                        match &item.is {
                            ast::Value::Gives(gives) => self.accepts(found, gives),
                            ast::Value::Figure(figure) => Some(Accepts::Grant(self.figure(found, figure)?)),
                            ast::Value::Proof(_) => {
                                self.report(
                                    layer,
                                    Code::WrongType,
                                    &name.at,
                                    Text::new("这个名称是证明，不是计法", "the name is of a proof, not of a rate"),
                                    Text::new("用一个写了 gives 或 is 的 [value]", "use a value with `gives` or `is`"),
                                );
                                None
                            }
                        }
                    }
                    None => Some(Accepts::Grant(self.named_figure(layer, &name.is, &name.at)?)),
                }
            }
        }
    }

    fn units(&mut self, layer: usize, units: &[(Word, Sp<ast::Figure>)]) -> Option<Vec<(u16, Figure)>> {
        units.iter().map(|(unit, figure)| Some((self.unit(layer, unit)?, self.figure(layer, figure)?))).collect()
    }

    pub(crate) fn per_unit(&mut self, layer: usize, is: &ast::PerUnit) -> Option<PerUnit> {
        Some(match is {
            ast::PerUnit::All(figure) => PerUnit::All(self.figure(layer, figure)?),
            ast::PerUnit::Units(units) => PerUnit::Units(self.units(layer, units)?),
        })
    }

    pub(crate) fn round(&mut self, layer: usize, is: &ast::Round) -> Option<Round> {
        Some(Round { step: self.figure(layer, &is.step)?, way: is.way })
    }

    pub(crate) fn proof(&mut self, layer: usize, is: &ast::Proof) -> Option<Proof> {
        Some(match is {
            ast::Proof::None => Proof::None,
            ast::Proof::Any => Proof::Any,
            ast::Proof::Named(name) => {
                let word = self.word(layer, &name.is);
                match (word.as_str(), self.names.value(layer, &word)) {
                    ("none", _) => Proof::None,
                    ("any", _) => Proof::Any,
                    (_, Some((found, item))) if matches!(item.is, ast::Value::Proof(_)) => {
                        self.used.insert(("value", found, item.id.is.clone()));
                        let ast::Value::Proof(proof) = &item.is else { return None };
                        self.proof(found, proof)?
                    }
                    _ => {
                        let known: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.values).map(|v| v.id.is.as_str()).collect();
                        self.unknown(layer, Code::UnknownName, &name.at, &name.is, &known, "[value] proof");
                        return None;
                    }
                }
            }
            ast::Proof::Groups(groups) => {
                let evidence = self.facts.find(crate::schema::EVIDENCE)?;
                let codes = groups.iter().map(|group| {
                    let values: Vec<Sp<Scalar>> = group.iter().map(|word| Sp { is: Scalar::Text(word.is.clone()), at: word.at.clone() }).collect();
                    values.iter().filter_map(|value| self.code_of(layer, evidence, value)).collect()
                });
                Proof::Groups(codes.collect())
            }
        })
    }

    /// Guards against names that stand for themselves.
    pub(crate) fn enter(&mut self, layer: usize, at: &Span) -> bool {
        self.depth += 1;
        if self.depth == DEEPEST {
            let written = self.names.stack.get(layer).and_then(|policy| policy.source.text.get(at.clone())).unwrap_or("");
            let word: String = written.lines().next().unwrap_or("").chars().take(40).collect();
            let cause = crate::text!("{word} 绕了一圈又指代它自己", "{word} stands for itself in the end");
            self.report(layer, Code::Cycle, at, cause, Text::new("断开其中一处：让一个名称直接写数或条件", "break the circle: let one of the names be a figure or a where of its own"));
        }
        if self.depth >= DEEPEST {
            self.depth -= 1;
            return false;
        }
        true
    }

    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

/// What every condition of a rule or check asks, in words, made once.
pub(crate) fn wants(program: &super::Program) -> FxHashMap<(FactId, AtomSet), Arc<Text>> {
    let rules = program.rules.iter().flat_map(|rule| std::iter::once(&rule.matches).chain(&rule.needs));
    let all = rules.chain(program.checks.iter().map(|check| &check.needs)).flat_map(|is| &is.0).flat_map(|region| &region.0);
    let mut words = FxHashMap::default();
    for (fact, set) in all {
        words.entry((*fact, *set)).or_insert_with(|| Arc::new(crate::speak::classes(program, *fact, *set)));
    }
    words
}

/// The columns a record is told by: the codes that rules ask about, and its days; the unit is told with the quantity.
pub(crate) fn shown(program: &super::Program) -> Vec<FactId> {
    let asked: HashSet<FactId> = program.rules.iter().flat_map(|rule| &rule.matches.0).flat_map(|region| &region.0).map(|(fact, _)| *fact).collect();
    let columns = (0..).zip(&program.schema.columns).skip(2).filter(|(_, column)| column.of == Of::Record && !column.derived);
    columns.filter(|(fact, column)| column.kind == FactType::Date || column.kind == FactType::Code && asked.contains(fact)).map(|(fact, _)| fact).collect()
}

/// A figure that is this number.
pub(crate) fn exactly(number: i64) -> Figure {
    Figure::Exact(Exact::from_integer(number))
}
