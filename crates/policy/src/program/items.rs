//! The items of a program, kind by kind.

use super::algebra;
use super::compile::Compiler;
use super::figures::exactly;
use super::{Check, Coverage, Delegate, Exemption, Gate, Keep, Label, Limit, Measure, Requirement, Rule, Rung, Spread, Structural, Surplus, SurplusTo, Warning, Way_, Where};
use crate::diagnostic::Code;
use crate::syntax::ast::{self, Item, Scalar, TakesOver, Word};
use crate::text::Text;
use std::sync::Arc;

const STATUSES: [&str; 5] = ["met", "short", "exempt", "not-covered", "undetermined"];

impl<'a> Compiler<'a> {
    /// What each layer takes over from those below it.
    pub(crate) fn takeovers(&mut self) -> Vec<(usize, Where)> {
        let mut all = Vec::new();
        for (at, policy) in self.names.stack.iter().enumerate().filter(|(at, _)| self.choice.active.get(*at).copied().unwrap_or(false)) {
            if let Some(layer) = &policy.layer
                && let TakesOver::Records(records) = &layer.is.takes_over
            {
                let records = self.wheres(at, records);
                all.push((at, records));
            }
        }
        all
    }

    pub(crate) fn compile_rules(&mut self, takeovers: &[(usize, Where)]) -> Vec<Rule> {
        let places = self.rules.clone();
        places.into_iter().filter_map(|(layer, at)| self.compile_rule(layer, &self.names.stack[layer].rules[at], takeovers)).collect()
    }

    fn compile_rule(&mut self, layer: usize, item: &'a Item<ast::Rule>, takeovers: &[(usize, Where)]) -> Option<Rule> {
        let rule = &item.is;
        let matches = self.wheres(layer, &rule.matches);
        let later = [self.facts.rule(), self.facts.bucket()];
        if matches.0.iter().flat_map(|region| &region.0).any(|(fact, _)| later.contains(fact)) {
            let cause = Text::new("match 里不能问 rule 与 bucket：认定之后才有", "`match` can not ask about rule or bucket: they are known after recognition only");
            self.report(layer, Code::WrongTest, &rule.matches.at, cause, Text::new("改问记录的事实，如 subject", "ask about a fact of the record, such as subject"));
        }
        let needs = rule.needs.as_ref().map(|needs| self.wheres(layer, needs));
        if let Some(needs) = &needs {
            self.needs_have_problems(layer, needs, rule.needs.as_ref());
        }
        let before = rule.before.iter().filter_map(|word| self.rule_position(layer, &word.is).flatten()).collect();
        Some(Rule {
            item: self.item_ref(layer, "rule", item),
            layer,
            matches,
            silenced: takeovers.iter().enumerate().filter(|(_, (above, _))| *above > layer).map(|(n, _)| n).collect(),
            before,
            duties: self.duty_positions(layer, &rule.duties),
            needs,
            accepts: self.accepts(layer, &rule.gives)?,
            counted_in: rule.counted_in.as_ref().and_then(|is| self.per_unit(layer, is)),
            quantity_at_most: rule.quantity_at_most.as_ref().and_then(|is| self.per_unit(layer, is)),
            times: rule.times.iter().filter_map(|is| self.figure(layer, is)).collect(),
            round: rule.round.as_ref().and_then(|is| self.round(layer, is)),
            at_most: rule.at_most.as_ref().and_then(|is| self.figure(layer, is)),
            bucket: rule.bucket.as_ref().and_then(|word| self.rule_bucket(layer, word)),
            dated: rule.dated.as_ref().and_then(|word| self.fact(layer, word)),
            counts_in: rule.counts_in.as_ref().and_then(|word| self.window(layer, word)),
            spread: rule.spread.as_ref().and_then(|is| self.spread(layer, is)),
            proof: self.proof(layer, &rule.proof)?,
        })
    }

    /// A `needs` says which problem a failing record has, so each fact in it must have one.
    fn needs_have_problems(&mut self, layer: usize, needs: &Where, written: Option<&ast::Where>) {
        let lacking = needs.0.iter().flat_map(|region| &region.0).find(|(fact, _)| self.facts.get(*fact).problem.is_none());
        if let (Some((fact, _)), Some(written)) = (lacking, written) {
            let id = self.facts.get(*fact).id.clone();
            self.report(
                layer,
                Code::MissingKey,
                &written.at,
                crate::text!("needs 问到 {id}，但它没有声明 problem：不满足时报什么", "`needs` asks about {id}, which declares no problem: what is reported when it fails"),
                crate::text!("在 [fact.{id}] 写 problem = \"…\"，或把条件写进 match（不符者为 no-rule）", "write problem = \"…\" in [fact.{id}], or put the condition in `match` (others are no-rule)"),
            );
        }
    }

    /// A bucket, or the word of the account's subject fact for "as stated".
    fn rule_bucket(&mut self, layer: usize, word: &Word) -> Option<u8> {
        let name = self.word(layer, &word.is);
        let stated = self.names.stack.iter().filter_map(|policy| policy.account.as_ref()).filter_map(|account| account.is.subject.as_ref());
        if stated.into_iter().any(|subject| subject.is == name) {
            return None;
        }
        self.bucket(layer, &name, &word.at)
    }

    fn spread(&mut self, layer: usize, is: &ast::Spread) -> Option<Spread> {
        Some(match is {
            ast::Spread::Ladder(rungs) => Spread::Ladder(
                rungs
                    .iter()
                    .map(|rung| Rung {
                        year: rung.year,
                        at_most: rung.at_most.as_ref().and_then(|figure| self.figure(layer, figure)),
                        part: rung.part.as_ref().and_then(|figure| self.figure(layer, figure)),
                    })
                    .collect(),
            ),
            ast::Spread::Across { from, to, each } => Spread::Across { from: self.date(layer, from)?, to: self.date(layer, to)?, each: *each },
        })
    }

    fn duty_positions(&mut self, layer: usize, words: &[Word]) -> Vec<usize> {
        if words.is_empty() {
            return (0..self.duties.len()).collect();
        }
        words.iter().filter_map(|word| self.duty(layer, word)).collect()
    }

    fn duty(&mut self, layer: usize, word: &Word) -> Option<usize> {
        let found = self.duties.iter().position(|duty| *duty.id == *word.is);
        if found.is_none() {
            let known: Vec<String> = self.duties.iter().map(|duty| duty.id.to_string()).collect();
            self.unknown(layer, Code::UnknownName, &word.at, &word.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[duty]");
        }
        found
    }

    /// Standing conditions; those for everyone also where the layer does not cover the person.
    pub(crate) fn compile_checks(&mut self) -> Vec<Check> {
        let mut all = Vec::new();
        for (layer, policy) in self.names.stack.iter().enumerate() {
            for item in &policy.checks {
                let gone = self.dropped.contains(&(policy.head.id.is.clone(), "check", item.id.is.clone()));
                if gone || !self.active(layer) && !item.is.everyone {
                    continue;
                }
                let (of, needs) = (self.wheres(layer, &item.is.of), self.wheres(layer, &item.is.needs));
                self.needs_have_problems(layer, &needs, Some(&item.is.needs));
                all.push(Check { item: self.item_ref(layer, "check", item), of, needs });
            }
        }
        all
    }

    pub(crate) fn compile_limits(&mut self, structural: Structural) -> Vec<Limit> {
        let items = self.items("limit", |policy| &policy.limits);
        let ids: Vec<(usize, &str)> = items.iter().map(|(layer, item)| (*layer, item.id.is.as_str())).collect();
        let mut limits: Vec<Limit> = Vec::new();
        for (layer, item) in &items {
            let after = item.is.after.iter().filter_map(|word| self.limit_position(*layer, word, &ids)).collect();
            limits.extend(self.compile_limit(*layer, item, structural, after));
        }
        if limits.len() != items.len() {
            return limits;
        }
        let mut order: Vec<usize> = Vec::new();
        while order.len() < limits.len() {
            let ready = (0..limits.len()).find(|n| !order.contains(n) && limits[*n].after.iter().all(|after| order.contains(after)));
            match ready {
                Some(n) => order.push(n),
                None => {
                    if let Some((layer, item)) = items.iter().enumerate().find(|(n, _)| !order.contains(n)).map(|(_, found)| found) {
                        let id = &item.id.is;
                        self.report(
                            *layer,
                            Code::Cycle,
                            &item.id.at,
                            crate::text!("限额 {id} 的 after 绕成了圈", "the `after` of limit {id} runs in a circle"),
                            Text::new("断开其中一处", "break the circle at one place"),
                        );
                    }
                    return limits;
                }
            }
        }
        let place: Vec<usize> = (0..limits.len()).map(|n| order.iter().position(|at| *at == n).unwrap_or(n)).collect();
        let mut sorted: Vec<Limit> = order.iter().map(|n| limits[*n].clone()).collect();
        for limit in &mut sorted {
            limit.after = limit.after.iter().map(|n| place[*n]).collect();
        }
        sorted
    }

    fn limit_position(&mut self, layer: usize, word: &Word, ids: &[(usize, &str)]) -> Option<usize> {
        let (policy, name) = word.is.split_once('/').map_or((None, word.is.as_str()), |(policy, id)| (Some(policy), id));
        let found = ids.iter().enumerate().rev().find(|(_, (at, id))| *at <= layer && *id == name && policy.is_none_or(|policy| policy == self.names.stack[*at].head.id.is));
        let declared = self.names.stack.iter().flat_map(|p| &p.limits).chain(std::iter::empty()).any(|limit| limit.id.is == name);
        if found.is_none() && !declared {
            let known: Vec<&str> = ids.iter().map(|(_, id)| *id).collect();
            self.unknown(layer, Code::UnknownItem, &word.at, &word.is, &known, "[limit]");
        }
        found.map(|(n, _)| n)
    }

    fn compile_limit(&mut self, layer: usize, item: &'a Item<ast::Limit>, structural: Structural, after: Vec<usize>) -> Option<Limit> {
        let limit = &item.is;
        let keep = match &limit.keep {
            ast::Keep::AtMost(figure) => Keep::AtMost(self.figure(layer, figure)?, limit.round.as_ref().and_then(|round| self.round(layer, round))),
            ast::Keep::One { what, which } => {
                let fact = if what.is == "record" { None } else { Some(self.fact(layer, what)?) };
                Keep::One { fact, most: self.chosen_word(layer, which, &["first", "most"])? == "most" }
            }
        };
        let problem = limit.problem.as_ref().and_then(|word| self.problem(layer, word));
        let early = problem.is_some_and(|problem| problem < structural.no_rule);
        if early && !matches!(keep, Keep::One { fact: None, most: false }) {
            let id = &item.id.is;
            self.report(
                layer,
                Code::Conflict,
                &item.id.at,
                crate::text!("限额 {id} 的问题排在 no-rule 之前，只能留先者一条记录", "the problem of limit {id} stands before no-rule: it can only keep the first record"),
                Text::new("写 keep_one = \"record\", which = \"first\"，或用排在 no-rule 之后的问题", "write keep_one = \"record\", which = \"first\", or use a problem after no-rule"),
            );
        }
        let per = limit.per.iter().filter(|word| word.is != "person").filter_map(|word| self.fact(layer, word)).collect();
        Some(Limit {
            item: self.item_ref(layer, "limit", item),
            of: self.wheres(layer, &limit.of),
            window: self.window(layer, &limit.window)?,
            per,
            persons: self.persons(layer, &limit.persons),
            keep,
            problem,
            early,
            after,
            across_people: limit.across_people,
        })
    }

    pub(crate) fn compile_surpluses(&mut self) -> Vec<Surplus> {
        let items = self.items("surplus", |policy| &policy.surpluses);
        let mut waiting: Vec<(usize, &Item<ast::Surplus>)> = items;
        let mut done: Vec<String> = Vec::new();
        let mut all = Vec::new();
        while !waiting.is_empty() {
            let ready = waiting.iter().position(|(_, item)| {
                let names = |word: &Word| waiting.iter().any(|(_, other)| other.id.is == word.is && other.id.is != item.id.is);
                !item.is.after.iter().any(names)
            });
            let (layer, item) = waiting.remove(ready.unwrap_or(0));
            if ready.is_none() {
                let id = &item.id.is;
                self.report(
                    layer,
                    Code::Cycle,
                    &item.id.at,
                    crate::text!("超出去向 {id} 的 after 绕成了圈", "the `after` of surplus {id} runs in a circle"),
                    Text::new("断开其中一处", "break the circle at one place"),
                );
            }
            self.surplus_after(layer, item);
            done.push(item.id.is.clone());
            let to = match &item.is.to {
                ast::SurplusTo::Bucket(word) => self.bucket(layer, &word.is, &word.at).map(SurplusTo::Bucket),
                ast::SurplusTo::Windows(n) => {
                    self.later_windows(layer, item);
                    Some(SurplusTo::Windows(*n))
                }
            };
            let above = self.figure(layer, &item.is.above);
            let at_most = item.is.at_most.as_ref().and_then(|figure| self.figure(layer, figure));
            let (of, persons) = (self.wheres(layer, &item.is.of), self.persons(layer, &item.is.persons));
            if let (Some(to), Some(above)) = (to, above) {
                all.push(Surplus { item: self.item_ref(layer, "surplus", item), of, persons, above, to, at_most });
            }
        }
        all
    }

    /// Hours can be moved on only where some duty's window has a next one.
    fn later_windows(&mut self, layer: usize, item: &Item<ast::Surplus>) {
        let follows = |duty: &super::Duty| matches!(self.windows[duty.window].shape, super::WindowShape::Calendar { .. });
        if !self.duties.is_empty() && !self.duties.iter().any(follows) {
            let id = &item.id.is;
            self.report(
                layer,
                Code::Conflict,
                &item.id.at,
                crate::text!("超出去向 {id} 移入以后的期间，而义务的期间没有下一期", "surplus {id} moves hours to a later window, and the duty's window has none after it"),
                Text::new(
                    "只有按 years 轮转的期间才有下一期；写 from 与 to 或 ending 的没有：改期间的写法，或去掉这一去向",
                    "only a window that comes round by `years` has a next one, not one of `from` and `to` or of `ending`: write the window otherwise, or leave the surplus out",
                ),
            );
        }
    }

    /// What a surplus waits for must exist.
    fn surplus_after(&mut self, layer: usize, item: &Item<ast::Surplus>) {
        let known: Vec<&str> = self.names.stack.iter().flat_map(|p| p.surpluses.iter().map(|s| s.id.is.as_str()).chain(p.limits.iter().map(|l| l.id.is.as_str()))).collect();
        for word in item.is.after.iter().filter(|word| !known.contains(&word.is.as_str())) {
            self.unknown(layer, Code::UnknownItem, &word.at, &word.is, &known, "[surplus]");
        }
    }

    pub(crate) fn compile_requirements(&mut self) -> Vec<Requirement> {
        let own = self.names.stack.iter().enumerate().rev().find(|(at, policy)| self.active(*at) && policy.layer.as_ref().is_some_and(|layer| layer.is.own_requirements));
        let lowest = own.map_or(0, |(at, _)| at);
        let mut all = Vec::new();
        for (layer, item) in self.items("requirement", |policy| &policy.requirements) {
            if layer >= lowest && self.governs(layer, &item.is.governs) {
                all.extend(self.compile_requirement(layer, item));
            }
        }
        all
    }

    fn compile_requirement(&mut self, layer: usize, item: &'a Item<ast::Requirement>) -> Option<Requirement> {
        let requirement = &item.is;
        let duty = self.requirement_duty(layer, item)?;
        let window = match &requirement.window {
            Some(word) => self.window(layer, word)?,
            None => self.duties[duty].window,
        };
        let questions: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.gates).map(|gate| gate.is.gate.is.as_str()).collect();
        for word in requirement.only_for.iter().filter(|word| !questions.contains(&word.is.as_str())) {
            self.unknown(layer, Code::UnknownItem, &word.at, &word.is, &questions, "[gate] gate");
        }
        let mut ways = Vec::new();
        self.measuring = true;
        for way in &requirement.ways {
            let (what, at_least) = (self.measure(layer, &way.what), self.figure(layer, &way.at_least));
            let of = self.wheres(layer, &way.of);
            ways.push(Way_ { title: way.title.clone(), what: what?, of, at_least: at_least? });
        }
        self.measuring = false;
        let per = requirement.per.iter().filter_map(|(fact, with)| {
            let with = match with {
                Some(word) => Some(self.fact(layer, word)?),
                None => None,
            };
            Some((self.fact(layer, fact)?, with))
        });
        let per = per.collect::<Vec<_>>();
        let each = requirement.each.as_ref().and_then(|word| self.window(layer, word));
        let simple = ways.len() == 1 && each.is_none() && per.is_empty() && requirement.unit.is_none() && matches!(ways[0].what, Measure::Sum);
        let label = match requirement.ways.first() {
            Some(way) if simple && way.of.is_all() && requirement.window.is_none() => Label::Total,
            Some(way) if simple && requirement.window.is_none() => self.bucket_label(way),
            _ => Label::Own,
        };
        let name = self.requirement_name(&label, item);
        Some(Requirement {
            item: self.item_ref(layer, "requirement", item),
            label,
            name,
            duty,
            window,
            each,
            per,
            persons: self.persons(layer, &requirement.persons),
            only_for: requirement.only_for.iter().map(|word| word.is.clone()).collect(),
            ways,
            binding: self.truth(layer, &requirement.binding),
            unit: requirement.unit.as_ref().and_then(|word| self.unit(layer, word)).and_then(|unit| self.schema.title(1, unit)),
        })
    }

    fn requirement_name(&self, label: &Label, item: &Item<ast::Requirement>) -> (Arc<str>, Arc<Text>) {
        let (name, title) = match label {
            Label::Total => ("total".into(), Arc::new(Text::new(format!("总{}", self.account_unit().zh), "total"))),
            Label::Bucket(bucket) => {
                let bucket = &self.buckets[usize::from(*bucket)];
                (Arc::clone(&bucket.id), Arc::clone(&bucket.title))
            }
            Label::Own => (item.id.is.as_str().into(), Arc::new(Text::same(item.id.is.as_str()))),
        };
        (name, if item.title.is_empty() { title } else { Arc::new(item.title.clone()) })
    }

    /// A requirement on one bucket and nothing else is called by the bucket.
    fn bucket_label(&self, way: &ast::Measured) -> Label {
        match way.of.any.as_slice() {
            [table] => match table.as_slice() {
                [condition] if condition.fact.is == "bucket" => match &condition.test {
                    ast::Test::OneOf(names) if names.len() == 1 => match &names[0].is {
                        Scalar::Text(name) => self.buckets.iter().position(|bucket| *bucket.id == **name).and_then(|at| u8::try_from(at).ok()).map_or(Label::Own, Label::Bucket),
                        _ => Label::Own,
                    },
                    _ => Label::Own,
                },
                _ => Label::Own,
            },
            _ => Label::Own,
        }
    }

    fn requirement_duty(&mut self, layer: usize, item: &Item<ast::Requirement>) -> Option<usize> {
        if let Some(word) = &item.is.duty {
            return self.duty(layer, word);
        }
        let mine: Vec<&str> = self.names.stack[layer].duties.iter().map(|duty| duty.id.is.as_str()).collect();
        let visible: Vec<usize> = (0..self.duties.len()).filter(|n| mine.is_empty() || mine.contains(&&*self.duties[*n].id)).collect();
        let id = &item.id.is;
        match visible.as_slice() {
            [one] => Some(*one),
            [] => {
                self.report(
                    layer,
                    Code::NoDuty,
                    &item.id.at,
                    crate::text!("要求 {id} 没有可归属的义务", "requirement {id} has no duty to belong to"),
                    Text::new(
                        "写一个义务，例如 duty.annual = { title = \"年度继续教育\", window = \"year\", role = \"regional\" }；或用 [layer] 叠加在有义务的文件之上",
                        "declare a duty, for instance duty.annual = { title = \"the year\", window = \"year\", role = \"regional\" }; or lie on a document that has one, with [layer]",
                    ),
                );
                None
            }
            _ => {
                let all: Vec<&str> = visible.iter().map(|n| &*self.duties[*n].id).collect();
                let (zh, en, first) = (all.join("、"), all.join(", "), all.first().copied().unwrap_or_default());
                self.report(
                    layer,
                    Code::ManyDuties,
                    &item.id.at,
                    crate::text!("有几个义务（{zh}），要求 {id} 属于哪一个", "there are several duties ({en}): to which does requirement {id} belong"),
                    crate::text!("写明一个，例如 duty = \"{first}\"", "name one, for instance duty = \"{first}\""),
                );
                None
            }
        }
    }

    /// Coverage is compiled for every layer, also those that dropped out: it is what decides.
    pub(crate) fn compile_coverages(&mut self) -> Vec<Coverage> {
        let mut all = Vec::new();
        for (layer, policy) in self.names.stack.iter().enumerate() {
            for item in &policy.coverages {
                if self.dropped.contains(&(policy.head.id.is.clone(), "coverage", item.id.is.clone())) {
                    continue;
                }
                let persons = self.persons(layer, &item.is.persons);
                all.push(Coverage { item: self.item_ref(layer, "coverage", item), layer, persons, drops_layer: item.is.drops_layer });
            }
        }
        all
    }

    pub(crate) fn compile_exemptions(&mut self) -> Vec<Exemption> {
        let mut all = Vec::new();
        for (layer, item) in self.items("exemption", |policy| &policy.exemptions) {
            let persons = self.persons(layer, &item.is.persons);
            for word in &item.is.lifts {
                if self.names.stack.iter().flat_map(|p| &p.requirements).all(|requirement| requirement.id.is != word.is) {
                    let known: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.requirements).map(|r| r.id.is.as_str()).collect();
                    self.unknown(layer, Code::UnknownItem, &word.at, &word.is, &known, "[requirement]");
                }
            }
            let lifts = item.is.lifts.iter().map(|word| word.is.clone()).collect();
            all.push(Exemption { item: self.item_ref(layer, "exemption", item), persons, lifts, defers_years: item.is.defers_years });
        }
        all
    }

    pub(crate) fn compile_gates(&mut self) -> Vec<Gate> {
        let items = self.items("gate", |policy| &policy.gates);
        items.into_iter().filter_map(|(layer, item)| self.compile_gate(layer, item)).collect()
    }

    fn compile_gate(&mut self, layer: usize, item: &'a Item<ast::Gate>) -> Option<Gate> {
        let gate = &item.is;
        let any_year = match &gate.hold {
            Some(word) => self.chosen_word(layer, word, &["each", "any"])? == "any",
            None => false,
        };
        if let Some(word) = &gate.asks.requirement
            && self.names.stack.iter().flat_map(|p| &p.requirements).all(|requirement| requirement.id.is != word.is)
        {
            let known: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.requirements).map(|r| r.id.is.as_str()).collect();
            self.unknown(layer, Code::UnknownItem, &word.at, &word.is, &known, "[requirement]");
        }
        let named = |status: &str| gate.asks.is.iter().any(|word| word.is == status);
        let passes = STATUSES.iter().filter(|status| named(status) != gate.asks.negated).map(|status| (*status).to_owned()).collect();
        let papers = gate.papers.iter().filter_map(|word| self.paper(layer, word)).collect();
        let duty = match &gate.duty {
            Some(word) => Some(self.duty(layer, word)?),
            None => None,
        };
        Some(Gate {
            item: self.item_ref(layer, "gate", item),
            gate: gate.gate.is.as_str().into(),
            persons: self.persons(layer, &gate.persons),
            from: self.figure(layer, &gate.from).unwrap_or_else(|| exactly(0)),
            to: self.figure(layer, &gate.to).unwrap_or_else(|| exactly(0)),
            duty,
            any_year,
            requirement: gate.asks.requirement.as_ref().map(|word| word.is.clone()),
            passes,
            unless: gate.unless.as_ref().map(|is| self.wheres(layer, is)),
            strength: gate.strength,
            papers,
            message: Arc::new(gate.message.clone()),
        })
    }

    fn paper(&mut self, layer: usize, word: &Word) -> Option<Text> {
        let found = self.names.stack.iter().enumerate().rev().find_map(|(at, policy)| policy.papers.iter().find(|paper| paper.id.is == word.is).map(|paper| (at, paper)));
        match found {
            Some((at, paper)) => {
                self.used.insert(("paper", at, paper.id.is.clone()));
                Some(paper.title.clone())
            }
            None => {
                let known: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.papers).map(|p| p.id.is.as_str()).collect();
                self.unknown(layer, Code::UnknownName, &word.at, &word.is, &known, "[paper]");
                None
            }
        }
    }

    pub(crate) fn compile_delegates(&mut self) -> Vec<Delegate> {
        let mut all = Vec::new();
        for (at, policy) in self.names.stack.iter().enumerate() {
            let Some(layer) = policy.layer.as_ref().filter(|_| self.choice.active.get(at).copied().unwrap_or(false)) else { continue };
            for delegate in &layer.is.delegates {
                let what = self.wheres(at, &delegate.what);
                all.push(Delegate { item: self.item_of(at, "layer", "layer", &delegate.cite, Text::default()), to: Arc::new(delegate.to.clone()), what });
            }
        }
        all
    }

    pub(crate) fn compile_warnings(&mut self) -> Vec<Warning> {
        let mut all = Vec::new();
        for (layer, item) in self.items("warning", |policy| &policy.warnings) {
            let of = self.wheres(layer, &item.is.of);
            let when = item.is.when.as_ref().map(|is| self.wheres(layer, is));
            let overlap = match &item.is.overlap {
                Some((start, end)) => self.fact(layer, start).zip(self.fact(layer, end)),
                None => None,
            };
            all.push(Warning { item: self.item_ref(layer, "warning", item), of, overlap, when, message: Arc::new(item.is.message.clone()) });
        }
        all
    }
}

/// What a rule really speaks of: its match, minus the rules before it, minus what layers above took over.
pub(crate) fn speaks(program: &super::Program, at: usize) -> Option<Where> {
    let rule = &program.rules[at];
    let mut left = rule.matches.clone();
    for n in &rule.silenced {
        left = algebra::subtract(&program.facts, &left, &program.takeovers[*n])?;
    }
    for before in 0..program.rules.len() {
        if before != at && reaches(program, before, at) {
            left = algebra::subtract(&program.facts, &left, &program.rules[before].matches)?;
        }
    }
    Some(left)
}

/// Whether rule `from` speaks before rule `to`, directly or through others.
pub(crate) fn reaches(program: &super::Program, from: usize, to: usize) -> bool {
    let mut seen = vec![false; program.rules.len()];
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        if at == to && at != from {
            return true;
        }
        if !std::mem::replace(&mut seen[at], true) {
            waiting.extend(&program.rules[at].before);
        }
    }
    false
}
