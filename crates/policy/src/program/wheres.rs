//! Wheres as unions of boxes: every condition a set of classes.

use super::atoms::{Classes, Comparison, list_name};
use super::compile::Compiler;
use super::{AtomSet, DateExpr, FactId, Figure, Region, Where};
use crate::diagnostic::{Code, Span};
use crate::syntax::ast::{self, Bound, FactType, Scalar, Sp, Test, Word};
use crate::text::Text;

impl Compiler<'_> {
    pub(crate) fn wheres(&mut self, layer: usize, is: &ast::Where) -> Where {
        let mut regions = Vec::new();
        for table in &is.any {
            regions.extend(self.table_regions(layer, table));
        }
        Where(regions)
    }

    /// A where over persons: facts of records have no place in it.
    pub(crate) fn persons(&mut self, layer: usize, is: &ast::Where) -> Where {
        let found = self.wheres(layer, is);
        let of_record = found.0.iter().flat_map(|region| &region.0).find(|(fact, _)| self.facts.get(*fact).of == ast::Of::Record).map(|(fact, _)| *fact);
        if let Some(fact) = of_record {
            self.wrong_test(layer, &is.at, fact, Text::new("for 只问人员的事实，这是记录的", "`for` asks about persons; this fact is a record's"));
        }
        found
    }

    /// The regions of one table of conditions: the conjunction of all, named sets unfolded.
    fn table_regions(&mut self, layer: usize, table: &[ast::Condition]) -> Vec<Region> {
        let mut regions = vec![Region::default()];
        for condition in table {
            let with = match condition.fact.is.as_str() {
                "set" => self.set_regions(layer, &condition.test, &condition.at),
                _ => match self.condition(layer, &condition.fact, &condition.test) {
                    Some((fact, set)) => vec![Region(vec![(fact, set)])],
                    None => continue,
                },
            };
            regions = regions.iter().flat_map(|a| with.iter().map(move |b| super::algebra::meet(a, b))).flatten().collect();
        }
        regions
    }

    fn set_regions(&mut self, layer: usize, test: &Test, at: &Span) -> Vec<Region> {
        let (name, negated) = match test {
            Test::OneOf(names) => (names.first(), false),
            Test::Not(inner) => match &**inner {
                Test::OneOf(names) => (names.first(), true),
                _ => (None, true),
            },
            _ => (None, false),
        };
        let Some(Sp { is: Scalar::Text(name), at: name_at }) = name else {
            self.report(
                layer,
                Code::WrongTest,
                at,
                Text::new("set 后写一个条件名，或 { not = 名 }", "`set` takes the name of a set, or `{ not = name }`"),
                Text::new("例如 set = \"direct\"", "for instance set = \"direct\""),
            );
            return vec![Region::default()];
        };
        let Some((found, item)) = self.names.set(layer, name) else {
            let known: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.sets).map(|s| s.id.is.as_str()).collect();
            self.unknown(layer, Code::UnknownName, name_at, name, &known, "[set]");
            return vec![Region::default()];
        };
        if !self.enter(layer, at) {
            return vec![Region::default()];
        }
        self.used.insert(("set", found, item.id.is.clone()));
        let item = item.is.clone();
        let regions = self.wheres(found, &item);
        self.leave();
        if !negated {
            return regions.0;
        }
        super::algebra::complement(&self.facts, &regions).map(|w| w.0).unwrap_or_else(|| {
            self.report(
                layer,
                Code::Entangled,
                at,
                Text::new("这个条件的反面太复杂", "the opposite of this where is too entangled"),
                Text::new("不用 not，直接列出要的代码或范围；或把条件分成几个较小的 [set]", "instead of `not`, list the codes or bounds that are meant; or divide the [set] into smaller ones"),
            );
            vec![Region::default()]
        })
    }

    /// One condition as a set of a fact's classes.
    pub(crate) fn condition(&mut self, layer: usize, fact: &Word, test: &Test) -> Option<(FactId, AtomSet)> {
        let found = match fact.is.as_str() {
            "rule" => return self.rule_condition(layer, test, &fact.at),
            "bucket" => return self.bucket_condition(layer, test, &fact.at),
            name => self.facts.find(name),
        };
        let Some(id) = found else {
            let known: Vec<String> = self.facts.all.iter().map(|fact| fact.id.clone()).collect();
            self.unknown(layer, Code::UnknownFact, &fact.at, &fact.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[fact]");
            return None;
        };
        self.used_fact(id);
        self.test(layer, id, test)
    }

    fn test(&mut self, layer: usize, id: FactId, test: &Test) -> Option<(FactId, AtomSet)> {
        match test {
            Test::Not(inner) => {
                let (fact, set) = self.test(layer, id, inner)?;
                Some((fact, self.facts.domain(fact) & !set))
            }
            Test::Given(yes) => Some(self.given(id, *yes)),
            Test::In(list) => self.in_list(layer, id, list),
            Test::SameAs(other) | Test::Among(other) => {
                let Some(with) = self.facts.find(&other.is) else {
                    let known: Vec<String> = self.facts.all.iter().map(|fact| fact.id.clone()).collect();
                    self.unknown(layer, Code::UnknownFact, &other.at, &other.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[fact]");
                    return None;
                };
                self.used_fact(with);
                let comparison = if matches!(test, Test::SameAs(_)) { Comparison::SameAs(id, with) } else { Comparison::Among(id, with) };
                Some((self.facts.comparison(id, comparison), 0b010))
            }
            Test::OneOf(values) => self.one_of(layer, id, values),
            Test::Range(bounds) => self.range(layer, id, bounds),
        }
    }

    fn given(&mut self, id: FactId, yes: bool) -> (FactId, AtomSet) {
        let fact = self.facts.get(id);
        if fact.strict || fact.classes == Classes::Unasked {
            return (self.facts.comparison(id, Comparison::Given(id)), if yes { 0b010 } else { 0b100 });
        }
        let domain = self.facts.domain(id);
        (id, if yes { domain & !1 } else { 1 })
    }

    fn in_list(&mut self, layer: usize, id: FactId, list: &Word) -> Option<(FactId, AtomSet)> {
        let Some((at, item)) = self.names.list(layer, &list.is) else {
            let known: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.lists).map(|l| l.id.is.as_str()).collect();
            self.unknown(layer, Code::UnknownName, &list.at, &list.is, &known, "[list]");
            return None;
        };
        self.used.insert(("list", at, item.id.is.clone()));
        let name = list_name(self.names, at, &item.id.is);
        let set = match &self.facts.get(id).classes {
            Classes::Texts { keys, .. } => keys.iter().enumerate().filter(|(_, key)| key.lists.contains(&name)).fold(0, |set, (n, _)| set | 1 << (n + 2)),
            Classes::Codes { .. } if item.is.entries.iter().any(|entry| entry.from.is_some() || entry.to.is_some()) => {
                self.wrong_test(layer, &list.at, id, Text::new("名单的起止日期只对文字事实起作用", "the dates of a list hold for text facts only"));
                return None;
            }
            Classes::Codes { names, .. } => {
                let listed: Vec<&str> = item.is.entries.iter().map(|entry| entry.id.as_str()).collect();
                names.iter().enumerate().filter(|(_, code)| listed.contains(&code.as_str())).fold(0, |set, (n, _)| set | 1 << (n + 2))
            }
            _ => {
                self.wrong_test(layer, &list.at, id, Text::new("in 只用于文字与代码", "`in` is for texts and codes"));
                return None;
            }
        };
        Some((id, set))
    }

    fn one_of(&mut self, layer: usize, id: FactId, values: &[Sp<Scalar>]) -> Option<(FactId, AtomSet)> {
        let fact = self.facts.get(id).clone();
        match fact.kind {
            FactType::Codes => {
                let codes = values.iter().filter_map(|value| self.code_of(layer, id, value)).collect();
                return Some((self.facts.comparison(id, Comparison::HasCode(id, codes)), 0b010));
            }
            FactType::Texts => {
                let texts = values.iter().filter_map(|value| self.text_of(layer, id, value)).collect();
                return Some((self.facts.comparison(id, Comparison::HasText(id, texts)), 0b010));
            }
            _ => {}
        }
        let mut set = 0;
        for value in values {
            let class = match (&fact.classes, &value.is) {
                (Classes::Codes { of_code, .. }, _) => {
                    let code = self.code_of(layer, id, value)?;
                    of_code.get(usize::from(code)).copied()
                }
                (Classes::Texts { keys, .. }, Scalar::Text(word)) => {
                    set |= keys.iter().enumerate().filter(|(_, key)| key.literal.as_ref() == Some(word)).fold(0, |set, (n, _)| set | 1 << (n + 2));
                    continue;
                }
                (Classes::Numbers(cuts), Scalar::Number(number)) => Some(super::atoms::interval(cuts, number)),
                (Classes::Numbers(cuts), Scalar::Text(name)) => self.constant(layer, name).map(|number| super::atoms::interval(cuts, &number)),
                (Classes::Dates(cuts), Scalar::Date(date)) => Some(super::atoms::interval(cuts, date)),
                (Classes::YesNo, Scalar::Bool(yes)) => Some(if *yes { 1 } else { 2 }),
                (Classes::YesNo, Scalar::Text(word)) if word == "yes" => Some(1),
                (Classes::YesNo, Scalar::Text(word)) if word == "no" => Some(2),
                _ => None,
            };
            match class {
                Some(class) => set |= 1 << class,
                None => {
                    self.wrong_test(layer, &value.at, id, Text::new("这个值与该事实的类型不符", "the value does not fit the fact's type"));
                    return None;
                }
            }
        }
        Some((id, set))
    }

    pub(crate) fn code_of(&mut self, layer: usize, id: FactId, value: &Sp<Scalar>) -> Option<u16> {
        let Scalar::Text(word) = &value.is else {
            self.wrong_test(layer, &value.at, id, Text::new("这里要一个代码，加引号", "a code in quotes stands here"));
            return None;
        };
        let codes = &self.schema.columns.get(usize::from(id))?.codes;
        let found = codes.iter().position(|code| code.id == *word).and_then(|at| u16::try_from(at).ok());
        if found.is_some() {
            return found;
        }
        let known: Vec<String> = codes.iter().map(|code| code.id.clone()).collect();
        let fact = self.facts.get(id).id.clone();
        self.unknown(layer, Code::UnknownCode, &value.at, word, &known.iter().map(String::as_str).collect::<Vec<_>>(), &format!("[fact.{fact}] codes"));
        None
    }

    fn text_of(&mut self, layer: usize, id: FactId, value: &Sp<Scalar>) -> Option<String> {
        match &value.is {
            Scalar::Text(text) => Some(text.clone()),
            _ => {
                self.wrong_test(layer, &value.at, id, Text::new("这里要文字", "a text stands here"));
                None
            }
        }
    }

    fn range(&mut self, layer: usize, id: FactId, bounds: &[(Bound, Sp<Scalar>)]) -> Option<(FactId, AtomSet)> {
        let fact = self.facts.get(id).clone();
        let mut set = self.facts.domain(id) & !1;
        let mut open = Vec::new();
        for (bound, value) in bounds {
            let point = match (&fact.classes, &value.is) {
                (Classes::Numbers(cuts), Scalar::Number(number)) => Some(super::atoms::interval(cuts, number)),
                (Classes::Numbers(cuts), Scalar::Text(name)) => self.constant(layer, name).map(|number| super::atoms::interval(cuts, &number)),
                (Classes::Dates(cuts), Scalar::Date(date)) => Some(super::atoms::interval(cuts, date)),
                (Classes::Codes { of_code, .. }, Scalar::Text(_)) if self.schema.columns.get(usize::from(id)).is_some_and(|c| c.ordered) => {
                    let code = self.code_of(layer, id, value)?;
                    of_code.get(usize::from(code)).copied()
                }
                _ => None,
            };
            match (point, &value.is) {
                (Some(point), _) => set &= beyond(*bound, point),
                (None, Scalar::Text(_)) if matches!(fact.kind, FactType::Number | FactType::Date) => open.push((*bound, value.clone())),
                _ => {
                    self.wrong_test(layer, &value.at, id, Text::new("该事实不能与这个值比大小", "the fact can not be compared with this"));
                    return None;
                }
            }
        }
        if open.is_empty() {
            return Some((id, set));
        }
        // A bound that is itself a fact: the whole test becomes a comparison of its own. "At least" is the opposite of "below",
        // so that tables that split at a fact are seen to be complete.
        let opposite = match bounds {
            [(Bound::AtLeast, value)] => Some((Bound::Below, value.clone())),
            [(Bound::Above, value)] => Some((Bound::AtMost, value.clone())),
            _ => None,
        };
        let split = opposite.map(|bound| [bound]);
        let (bounds, set): (&[(Bound, Sp<Scalar>)], AtomSet) = match &split {
            Some(split) => (split, 0b100),
            None => (bounds, 0b010),
        };
        let comparison = if fact.kind == FactType::Date {
            let bounds = bounds.iter().filter_map(|(bound, value)| Some((*bound, self.date_scalar(layer, value)?))).collect();
            Comparison::Dates(id, bounds)
        } else {
            let bounds = bounds.iter().filter_map(|(bound, value)| Some((*bound, self.number_scalar(layer, value)?))).collect();
            Comparison::Numbers(id, bounds)
        };
        Some((self.facts.comparison(id, comparison), set))
    }

    fn number_scalar(&mut self, layer: usize, value: &Sp<Scalar>) -> Option<Figure> {
        match &value.is {
            Scalar::Number(number) => Some(Figure::Exact(*number)),
            Scalar::Text(name) => self.named_figure(layer, name, &value.at),
            _ => None,
        }
    }

    fn date_scalar(&mut self, layer: usize, value: &Sp<Scalar>) -> Option<DateExpr> {
        match &value.is {
            Scalar::Date(date) => Some(DateExpr::Day(*date)),
            Scalar::Text(name) => self.named_date(layer, name, &value.at),
            _ => None,
        }
    }

    fn words_of<'t>(&mut self, layer: usize, test: &'t Test, at: &Span) -> Option<(Vec<&'t Sp<Scalar>>, bool)> {
        match test {
            Test::OneOf(values) => Some((values.iter().collect(), false)),
            Test::Not(inner) => self.words_of(layer, inner, at).map(|(words, negated)| (words, !negated)),
            _ => {
                self.report(
                    layer,
                    Code::WrongTest,
                    at,
                    Text::new("rule 与 bucket 只写名称", "`rule` and `bucket` take names"),
                    Text::new("例如 rule = [\"self-study\"]", "for instance rule = [\"self-study\"]"),
                );
                None
            }
        }
    }

    fn rule_condition(&mut self, layer: usize, test: &Test, at: &Span) -> Option<(FactId, AtomSet)> {
        let (values, negated) = self.words_of(layer, test, at)?;
        let mut set = 0;
        for value in values {
            let Scalar::Text(name) = &value.is else { continue };
            match self.rule_position(layer, name) {
                Some(Some(position)) => set |= 1 << (position + 1),
                // A rule of a layer that dropped out, or that governs other years: nothing is of it.
                Some(None) => {}
                None => {
                    let known: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.rules).map(|r| r.id.is.as_str()).collect();
                    self.unknown(layer, Code::UnknownItem, &value.at, name, &known, "[rule]");
                }
            }
        }
        let fact = self.facts.rule();
        Some((fact, if negated { self.facts.domain(fact) & !set } else { set }))
    }

    fn bucket_condition(&mut self, layer: usize, test: &Test, at: &Span) -> Option<(FactId, AtomSet)> {
        let (values, negated) = self.words_of(layer, test, at)?;
        let mut set = 0;
        for value in values {
            let Scalar::Text(name) = &value.is else { continue };
            let Some(bucket) = self.bucket(layer, name, &value.at) else { continue };
            for (n, _) in self.buckets.iter().enumerate() {
                let inside = within(&self.buckets, n).contains(&usize::from(bucket));
                set |= AtomSet::from(inside) << (n + 1);
            }
        }
        let fact = self.facts.bucket();
        Some((fact, if negated { self.facts.domain(fact) & !set } else { set }))
    }
}

fn beyond(bound: Bound, point: u8) -> AtomSet {
    let up_to = |class: u8| if u32::from(class) + 1 >= AtomSet::BITS { AtomSet::MAX } else { (1 << (class + 1)) - 1 };
    match bound {
        Bound::AtLeast => !up_to(point - 1),
        Bound::Above => !up_to(point),
        Bound::AtMost => up_to(point),
        Bound::Below => up_to(point - 1),
    }
}

/// A bucket and all those it lies within.
fn within(buckets: &[super::Bucket], bucket: usize) -> Vec<usize> {
    let mut chain = vec![bucket];
    while let Some(next) = chain.last().and_then(|at| buckets.get(*at)).and_then(|b| b.within).map(usize::from) {
        if chain.contains(&next) {
            break;
        }
        chain.push(next);
    }
    chain
}
