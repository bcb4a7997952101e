//! What a stack declares: buckets, problems in their order, facts, windows, duties.

use super::atoms::Derived;
use super::compile::Compiler;
use super::{Bucket, Duty, FactId, Figure, Problem, Structural, Window, WindowShape};
use crate::diagnostic::Code;
use crate::syntax::ast::{self, FactType, Item, Word};
use crate::text::Text;
use std::collections::HashMap;
use std::sync::Arc;

impl<'a> Compiler<'a> {
    pub(crate) fn declare_buckets(&mut self) {
        let mut within = Vec::new();
        for (at, policy) in self.names.stack.iter().enumerate() {
            for bucket in &policy.buckets {
                if self.buckets.iter().all(|known| *known.id != *bucket.id.is) {
                    self.buckets.push(Bucket { id: bucket.id.is.as_str().into(), title: Arc::new(bucket.title.clone()), within: None });
                    within.push((at, bucket.is.within.clone()));
                }
            }
        }
        for (n, (layer, name)) in within.into_iter().enumerate() {
            if let Some(name) = name {
                self.buckets[n].within = self.bucket(layer, &name.is, &name.at);
            }
        }
    }

    /// Puts the problems in the order in which they are checked: each right after the one it names.
    pub(crate) fn declare_problems(&mut self) {
        let stack = self.names.stack.iter().enumerate();
        let mut waiting: Vec<(usize, &Item<ast::Problem>)> = stack.flat_map(|(at, policy)| policy.problems.iter().map(move |item| (at, item))).collect();
        loop {
            let before = waiting.len();
            waiting.retain(|(_, item)| {
                let place = match &item.is.after {
                    None => Some(self.problems.len()),
                    Some(after) => self.problems.iter().position(|known| *known.id == *after.is).map(|at| at + 1),
                };
                match place {
                    Some(place) => {
                        self.problems.insert(place, Problem { id: item.id.is.as_str().into(), text: Arc::new(item.is.text.clone()) });
                        false
                    }
                    None => true,
                }
            });
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        for (layer, item) in waiting {
            if let Some(after) = &item.is.after {
                let known: Vec<String> = self.problems.iter().map(|problem| problem.id.to_string()).collect();
                self.unknown(layer, Code::UnknownName, &after.at, &after.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[problem]");
            }
        }
    }

    pub(crate) fn structural(&mut self) -> Option<Structural> {
        let find = |id: &str| self.problems.iter().position(|problem| *problem.id == *id);
        let found = (find("outside-year"), find("no-rule"), find("unit-not-accepted"), find("missing-evidence"));
        match found {
            (Some(outside), Some(no_rule), Some(unit), Some(evidence)) => Some(Structural { outside, no_rule, unit, evidence }),
            _ => {
                self.report(
                    0,
                    Code::MissingKey,
                    &(0..0),
                    Text::new(
                        "common 须声明问题 outside-year、no-rule、unit-not-accepted、missing-evidence",
                        "common must declare the problems outside-year, no-rule, unit-not-accepted, missing-evidence",
                    ),
                    Text::new("恢复随软件的 common.toml", "restore the common.toml that comes with the software"),
                );
                None
            }
        }
    }

    /// Whether some fact has more classes than a set can hold: nothing about it could be compiled.
    pub(crate) fn too_many(&mut self) -> bool {
        let full: Vec<String> = self.facts.all.iter().filter(|fact| fact.classes.count() > super::atoms::MOST_ATOMS).map(|fact| fact.id.clone()).collect();
        for fact in &full {
            let top = self.names.stack.len().saturating_sub(1);
            let most = super::atoms::MOST_ATOMS - 2;
            let Some(policy) = self.names.stack.get(top) else { continue };
            let declared = policy.facts.iter().find(|item| item.id.is == *fact);
            let at = declared.map_or_else(|| policy.head.id.at.clone(), |item| item.id.at.clone());
            self.report(
                top,
                Code::TooMany,
                &at,
                match fact.as_str() {
                    "rule" => crate::text!("叠在一起的规则超过 {most} 条", "more than {most} rules lie in one stack"),
                    _ => crate::text!("对 {fact} 区分的值超过 {most} 个", "more than {most} values of {fact} are told apart"),
                },
                match fact.as_str() {
                    "rule" => Text::new("把只差一个代码或一个数的规则合成一条，用表写出差别", "join rules that differ in a code or a figure only, and write the difference as a table"),
                    _ => Text::new("合并取值相同的行；列举的名称改用名单；或用算式代替列举", "join rows of one result; make a list of names that are listed; or use arithmetic instead"),
                },
            );
        }
        !full.is_empty()
    }

    /// A fact that two layers declare must be the same fact.
    pub(crate) fn same_facts(&mut self) {
        let mut known: HashMap<&str, (ast::Of, FactType)> = HashMap::new();
        for (layer, policy) in self.names.stack.iter().enumerate() {
            for item in &policy.facts {
                let Some(kind) = item.is.kind else { continue };
                let before = *known.entry(item.id.is.as_str()).or_insert(kind);
                if before != kind {
                    let id = &item.id.is;
                    self.report(
                        layer,
                        Code::Redeclared,
                        &item.id.at,
                        crate::text!("事实 {id} 在下层已声明为别的类型", "a layer below declares the fact {id} as something else"),
                        Text::new("换一个名字；只加代码时不写 of 与 type", "take another name; leave out `of` and `type` to add codes only"),
                    );
                }
            }
        }
    }

    /// Problems, defaults and derivations of the facts.
    pub(crate) fn describe_facts(&mut self) {
        for (layer, policy) in self.names.stack.iter().enumerate() {
            for item in &policy.facts {
                let Some(id) = self.facts.find(&item.id.is) else { continue };
                let problem = item.is.problem.as_ref().and_then(|word| self.problem(layer, word));
                let empty = item.is.empty.as_ref().and_then(|figure| match self.figure(layer, figure) {
                    Some(Figure::Exact(number)) => Some(number),
                    _ => None,
                });
                let fact = &mut self.facts.all[usize::from(id)];
                fact.problem = problem.or(fact.problem);
                fact.empty = empty.or(fact.empty);
                if fact.empty.is_some() {
                    fact.strict = false;
                }
            }
        }
        for (layer, policy) in self.names.stack.iter().enumerate() {
            for item in &policy.facts {
                let (Some(id), Some(is)) = (self.facts.find(&item.id.is), &item.is.derived) else { continue };
                let derived = match (&is.is, self.facts.get(id).kind) {
                    (ast::Figure::Date(date), FactType::Date) => self.date(layer, date).map(Derived::Date),
                    (ast::Figure::Name(name), FactType::Date) => self.date(layer, &ast::Sp { is: ast::DateFigure::Name(name.clone()), at: is.at.clone() }).map(Derived::Date),
                    (ast::Figure::Many(ast::Arith::First, items), FactType::Date) => self.first_date(layer, items).map(Derived::Date),
                    _ => self.figure(layer, is).map(Derived::Number),
                };
                self.facts.all[usize::from(id)].derived = derived;
            }
        }
    }

    pub(crate) fn first_date(&mut self, layer: usize, items: &[ast::Sp<ast::Figure>]) -> Option<super::DateExpr> {
        let dates = items.iter().map(|item| match &item.is {
            ast::Figure::Name(name) => self.date(layer, &ast::Sp { is: ast::DateFigure::Name(name.clone()), at: item.at.clone() }),
            ast::Figure::Date(date) => self.date(layer, date),
            _ => None,
        });
        Some(super::DateExpr::First(dates.collect::<Option<_>>()?))
    }

    pub(crate) fn declare_windows(&mut self) {
        let mut found: Vec<(usize, &'a Item<ast::Window>)> = Vec::new();
        for (at, policy) in self.names.stack.iter().enumerate() {
            for item in &policy.windows {
                match found.iter_mut().find(|(_, known)| known.id.is == item.id.is) {
                    Some(known) => *known = (at, item),
                    None => found.push((at, item)),
                }
            }
        }
        let ids: Vec<String> = found.iter().map(|(_, item)| item.id.is.clone()).collect();
        for (layer, item) in found {
            let shape = match &item.is.shape {
                ast::WindowShape::Calendar { years, begins, first } => {
                    let first = first.as_ref().and_then(|first| self.figure(layer, first));
                    Some(WindowShape::Calendar { years: *years, begins: *begins, first })
                }
                ast::WindowShape::Term { from, to } => {
                    let (from, to) = (self.date_word(layer, from), self.date_word(layer, to));
                    from.zip(to).map(|(from, to)| WindowShape::Term { from, to })
                }
                ast::WindowShape::Back { years, ending } => match ids.iter().position(|id| *id == ending.is) {
                    Some(window) => {
                        self.used_everywhere("window", &ending.is);
                        Some(WindowShape::BackFromWindow { years: *years, window })
                    }
                    None => self.date_word(layer, ending).map(|date| WindowShape::BackFromDate { years: *years, date }),
                },
                ast::WindowShape::Ever => Some(WindowShape::Ever),
            };
            let stands_for = item.is.stands_for.as_ref().and_then(|word| {
                let at = ids.iter().position(|id| *id == word.is);
                self.used_everywhere("window", &word.is);
                if at.is_none() {
                    self.unknown(layer, Code::UnknownName, &word.at, &word.is, &ids.iter().map(String::as_str).collect::<Vec<_>>(), "[window]");
                }
                at
            });
            let dated = self.fact(layer, &item.is.dated).unwrap_or(0);
            self.windows.push(Window { dated, id: item.id.is.clone(), title: item.title.clone(), shape: shape.unwrap_or(WindowShape::Ever), numbered_by_end: item.is.numbered_by_end, stands_for });
        }
    }

    pub(crate) fn date_word(&mut self, layer: usize, word: &Word) -> Option<super::DateExpr> {
        self.date(layer, &ast::Sp { is: ast::DateFigure::Name(word.is.clone()), at: word.at.clone() })
    }

    pub(crate) fn declare_duties(&mut self) {
        for (layer, policy) in self.names.stack.iter().enumerate() {
            for item in &policy.duties {
                let Some(window) = self.window(layer, &item.is.window) else { continue };
                let persons = self.persons(layer, &item.is.persons);
                let duty = Duty { id: item.id.is.as_str().into(), title: Arc::new(item.title.clone()), window, role: item.is.role.clone(), persons };
                match self.duties.iter_mut().find(|known| known.id == duty.id) {
                    Some(known) => *known = duty,
                    None => self.duties.push(duty),
                }
            }
        }
    }

    pub(crate) fn list_words(&self) -> HashMap<String, (Text, Vec<Text>)> {
        let word = |entry: &ast::Entry| if entry.title.is_empty() { Text::same(entry.id.clone()) } else { entry.title.clone() };
        let lists = self.names.stack.iter().flat_map(|policy| policy.lists.iter().map(move |list| (policy, list)));
        lists.map(|(policy, list)| (format!("{}/{}", policy.head.id.is, list.id.is), (list.title.clone(), list.is.entries.iter().map(word).collect()))).collect()
    }

    pub(crate) fn unit_less(&mut self) -> Vec<Option<FactId>> {
        let Some(column) = self.schema.find(crate::schema::UNIT) else { return Vec::new() };
        let ids: Vec<String> = self.schema.columns[column].codes.iter().map(|code| code.id.clone()).collect();
        let declared = |id: &str| self.names.stack.iter().enumerate().rev().find_map(|(at, policy)| policy.units.iter().find(|unit| unit.id.is == id).map(|unit| (at, unit)));
        let found: Vec<_> = ids.iter().map(|id| declared(id).and_then(|(at, unit)| unit.is.less.as_ref().map(|word| (at, word)))).collect();
        found.into_iter().map(|less| less.and_then(|(at, word)| self.fact(at, word))).collect()
    }

    pub(crate) fn subject_buckets(&self, subject: FactId) -> Vec<Option<u8>> {
        let codes = self.schema.columns.get(usize::from(subject)).map(|column| column.codes.as_slice()).unwrap_or_default();
        codes.iter().map(|code| self.buckets.iter().position(|bucket| *bucket.id == *code.id).and_then(|at| u8::try_from(at).ok())).collect()
    }
}
