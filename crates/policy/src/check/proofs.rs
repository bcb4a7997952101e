//! Rules against each other, tables against what can arrive, limits against their order.

use super::at_item;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::exact::{self, Exact};
use crate::library::PolicyFile;
use crate::program::algebra::{intersect, meet, merge, subtract};
use crate::program::figures::exactly;
use crate::program::items::{reaches, speaks};
use crate::program::{Accepts, Figure, Limit, Program, Region, SurplusTo, TablePlace, Way_, Where};
use crate::speak;
use crate::syntax::ast::{Arith, Policy};
use crate::text::{Lang, Text};
use std::collections::BTreeMap;

/// Rows of tables, by the place of the table, with whether anything has reached them yet.
pub(crate) type Rows = BTreeMap<usize, Vec<(Text, bool)>>;

/// Proves what can be proved of one compiled program and reports what concerns `file`.
pub(crate) fn check(program: &Program, stack: &[&Policy], file: &PolicyFile, whole: bool, rows: &mut Rows, out: &mut Vec<Diagnostic>) {
    let proof = Proof { program, stack, file };
    proof.overlaps(out);
    proof.tables(rows, out);
    if whole {
        proof.unreachable(out);
        proof.limits(out);
        proof.unfed(out);
        proof.unrecognised(out);
    }
}

/// Reports the rows that nothing reached in any program.
pub(crate) fn idle_rows(file: &PolicyFile, rows: Rows, out: &mut Vec<Diagnostic>) {
    for (start, rows) in rows {
        for (row, _) in rows.iter().filter(|(_, reached)| !reached) {
            let cause = Text::new(format!("表中“{}”一行永远用不到", row.zh), format!("the row \"{}\" is never reached", row.get(Lang::En)));
            out.push(at_item(Code::Unreachable, &file.ast, &(start..start + 1), cause, Text::new("删去该行，或放宽规则的 match", "delete the row, or widen the `match`")));
        }
    }
}

struct Proof<'a> {
    program: &'a Program,
    stack: &'a [&'a Policy],
    file: &'a PolicyFile,
}

impl Proof<'_> {
    fn mine(&self, layer: usize) -> bool {
        self.stack.get(layer).is_some_and(|policy| policy.head.id.is == self.file.id())
    }

    fn rule_span(&self, at: usize) -> Option<(usize, Span)> {
        let rule = &self.program.rules[at];
        let item = self.stack.get(rule.layer)?.rules.iter().find(|item| *item.id.is == *rule.item.id)?;
        Some((rule.layer, item.id.at.clone()))
    }

    /// No two rules claim one record, unless one is said to speak before the other.
    fn overlaps(&self, out: &mut Vec<Diagnostic>) {
        let count = self.program.rules.len();
        for a in 0..count {
            'pairs: for b in a + 1..count {
                let (one, two) = (&self.program.rules[a], &self.program.rules[b]);
                if !self.mine(one.layer) && !self.mine(two.layer) || !one.duties.iter().any(|duty| two.duties.contains(duty)) || reaches(self.program, a, b) || reaches(self.program, b, a) {
                    continue;
                }
                let mut shared = intersect(&one.matches, &two.matches);
                for over in one.silenced.iter().chain(&two.silenced) {
                    shared = match subtract(&self.program.facts, &shared, &self.program.takeovers[*over]) {
                        Some(left) => left,
                        None => {
                            if let Some((layer, span)) = self.rule_span(b) {
                                out.push(entangled(self.stack[layer], &span, &two.item.id));
                            }
                            continue 'pairs;
                        }
                    };
                }
                let Some(sample) = shared.0.first() else { continue };
                let sample = speak::region(self.program, sample);
                let (layer, span) = match (self.rule_span(b).filter(|(layer, _)| self.mine(*layer)), self.rule_span(a)) {
                    (Some(found), _) | (None, Some(found)) => found,
                    _ => continue,
                };
                let (x, y) = (name(one), name(two));
                let (zh, en) = (&sample.zh, sample.get(Lang::En));
                let policy = self.stack[layer];
                out.push(at_item(Code::Overlap, policy, &span, crate::text!("规则 {x} 与 {y} 都认定这样的记录：{zh}", "rules {x} and {y} both claim a record such as: {en}"), self.exception(a, b)));
            }
        }
    }

    /// What to write where two rules claim one record: of a rule that lies wholly inside the other it is the exception that speaks first.
    fn exception(&self, a: usize, b: usize) -> Text {
        let rules = &self.program.rules;
        let inside = |x: usize, y: usize| subtract(&self.program.facts, &rules[x].matches, &rules[y].matches).is_some_and(|left| left.0.is_empty());
        let (first, then) = if inside(b, a) && !inside(a, b) || rules[b].layer > rules[a].layer { (b, a) } else { (a, b) };
        let (x, y) = (&rules[first].item.id, if rules[first].layer == rules[then].layer { rules[then].item.id.to_string() } else { name(&rules[then]) });
        if inside(first, then) {
            return crate::text!(
                "若 {x} 是例外，在 [rule.{x}] 写 before = [\"{y}\"]；否则把其中一条的 match 写窄",
                "if {x} is the exception, write before = [\"{y}\"] in [rule.{x}]; else narrow one `match`"
            );
        }
        crate::text!("把其中一条的 match 写窄；或说明谁先说，例如在 [rule.{x}] 写 before = [\"{y}\"]", "narrow one `match`; or say which speaks first, for instance before = [\"{y}\"] in [rule.{x}]")
    }

    /// Every rule can speak; every `needs` can be met.
    fn unreachable(&self, out: &mut Vec<Diagnostic>) {
        for (at, rule) in self.program.rules.iter().enumerate().filter(|(_, rule)| self.mine(rule.layer)) {
            let Some((layer, span)) = self.rule_span(at) else { continue };
            let (id, policy) = (&rule.item.id, self.stack[layer]);
            match speaks(self.program, at) {
                Some(left) if left.0.is_empty() => out.push(at_item(
                    Code::Unreachable,
                    policy,
                    &span,
                    crate::text!("规则 {id} 永远用不到：别的规则或上层已先认定它说的全部记录", "rule {id} is never reached: other rules or layers above speak of all its records first"),
                    self.who_speaks_first(at),
                )),
                Some(left) => {
                    if let (Accepts::Grant(grant), Some(Figure::Exact(most))) = (&rule.accepts, &rule.at_most)
                        && let Some(grant) = largest(grant, &rule.takes())
                        && rule.times.is_empty()
                        && *most >= grant
                    {
                        let (grant, most) = (exact::show(grant), exact::show(*most));
                        out.push(at_item(
                            Code::IdleCap,
                            policy,
                            &span,
                            crate::text!("规则 {id} 至多给 {grant}，上限 {most} 永不触及", "rule {id} gives at most {grant}: its cap of {most} is never reached"),
                            Text::new("删去 at_most，或核对数字", "delete `at_most`, or look at the figures"),
                        ));
                    }
                    if let Some(needs) = &rule.needs
                        && intersect(&left, needs).0.is_empty()
                    {
                        out.push(at_item(
                            Code::NeverMet,
                            policy,
                            &span,
                            crate::text!("规则 {id} 的 needs 与 match 相抵：没有记录能满足", "`needs` of rule {id} contradicts its `match`: no record can meet it"),
                            Text::new("改 needs 或 match", "change `needs` or `match`"),
                        ));
                    }
                }
                None => out.push(entangled(policy, &span, id)),
            }
        }
    }

    /// The rules that speak before one, and the layers that took its records over.
    fn who_speaks_first(&self, at: usize) -> Text {
        let rules = &self.program.rules;
        let before: Vec<String> = (0..rules.len()).filter(|other| *other != at && reaches(self.program, *other, at)).map(|other| name(&rules[other])).collect();
        let above: Vec<&str> = self.stack.iter().skip(rules[at].layer + 1).filter(|policy| policy.layer.is_some()).map(|policy| policy.head.id.is.as_str()).collect();
        let rules = speak::ids(before.iter().map(String::as_str).chain(if rules[at].silenced.is_empty() { Vec::new() } else { above }));
        let (zh, en) = (&rules.zh, &rules.en);
        if rules.is_empty() {
            return Text::new("检查 match：没有记录合乎它", "look at its `match`: no record fits it");
        }
        crate::text!("先说的有：{zh}；检查它们的 before、takes_over 与本条的 match", "these speak first: {en}; look at their `before` and `takes_over`, and at this `match`")
    }

    /// Tables have one row for everything that can arrive.
    fn tables(&self, known: &mut Rows, out: &mut Vec<Diagnostic>) {
        self.program.each_figure(&mut |figure, context| {
            if let Figure::Table { rows, otherwise, at } = figure
                && self.mine(at.layer)
            {
                self.table(rows, otherwise.is_some(), &self.covered(context, at.layer), at, known, out);
            }
        });
    }

    /// A context of a layer's own figure: only persons whom the layer covers.
    fn covered(&self, context: &Where, layer: usize) -> Where {
        let coverages = self.program.coverages.iter().filter(|coverage| coverage.layer == layer && coverage.drops_layer);
        coverages.fold(context.clone(), |context, coverage| intersect(&context, &coverage.persons))
    }

    fn table(&self, rows: &[(Region, Figure)], otherwise: bool, context: &Where, place: &TablePlace, known: &mut Rows, out: &mut Vec<Diagnostic>) {
        let (policy, span) = (self.stack[place.layer], &place.span);
        let seen = known.entry(span.start).or_insert_with(|| rows.iter().map(|(region, _)| (speak::region(self.program, region), false)).collect());
        for (a, (one, _)) in rows.iter().enumerate() {
            if let Some((_, reached)) = seen.get_mut(a) {
                *reached |= !intersect(context, &Where(vec![one.clone()])).0.is_empty();
            }
            for (two, _) in &rows[a + 1..] {
                if let Some(both) = meet(one, two).and_then(|both| intersect(context, &Where(vec![both])).0.into_iter().next()) {
                    let both = speak::region(self.program, &both);
                    out.push(at_item(
                        Code::TableOverlap,
                        policy,
                        span,
                        Text::new(format!("两行同时成立：{}", both.zh), format!("two rows hold at once: {}", both.get(Lang::En))),
                        Text::new("把其中一行写窄", "narrow one of them"),
                    ));
                }
            }
        }
        if otherwise {
            return;
        }
        match subtract(&self.program.facts, context, &Where(rows.iter().map(|(region, _)| region.clone()).collect())) {
            Some(left) if left.0.is_empty() => {}
            Some(left) => {
                let asked: Vec<u16> = rows.iter().flat_map(|(region, _)| &region.0).map(|(fact, _)| *fact).collect();
                let gap = merge(left.0.iter().map(|region| Region(region.0.iter().filter(|(fact, _)| asked.contains(fact)).copied().collect())).collect());
                let gap = speak::or(gap.iter().take(4).map(|region| speak::region(self.program, region)));
                out.push(at_item(
                    Code::TableGap,
                    policy,
                    span,
                    Text::new(format!("没有一行是：{}", gap.zh), format!("there is no row for: {}", gap.get(Lang::En))),
                    Text::new("补上这一行，或写 else = …", "add the row, or write else = …"),
                ));
            }
            None => out.push(entangled(policy, span, "table")),
        }
    }

    /// Limits that share records have an order.
    fn limits(&self, out: &mut Vec<Diagnostic>) {
        let (limits, recognised) = (&self.program.limits, self.program.recognised());
        let taken = |limit: &Limit| intersect(&recognised, &limit.of);
        for (a, one) in limits.iter().enumerate() {
            for (b, two) in limits.iter().enumerate().skip(a + 1) {
                if one.early
                    || two.early
                    || one.across_people
                    || two.across_people
                    || intersect(&taken(one), &taken(two)).0.is_empty()
                    || intersect(&one.persons, &two.persons).0.is_empty()
                    || self.ordered(a, b)
                    || self.ordered(b, a)
                {
                    continue;
                }
                let Some(policy) = self.stack.iter().find(|policy| policy.head.id.is == *two.item.policy) else { continue };
                let Some(item) = policy.limits.iter().find(|item| *item.id.is == *two.item.id).filter(|_| policy.head.id.is == self.file.id()) else { continue };
                let (x, y) = (&one.item.id, &two.item.id);
                out.push(at_item(
                    Code::LimitOrder,
                    policy,
                    &item.id.at,
                    crate::text!("限额 {x} 与 {y} 涉及同样的记录，先后不同结果不同", "limits {x} and {y} share records: which cuts first changes the result"),
                    crate::text!("说明谁后削减，例如在 [limit.{y}] 写 after = [\"{x}\"]", "say which cuts later, for instance after = [\"{x}\"] in [limit.{y}]"),
                ));
            }
        }
    }

    fn ordered(&self, first: usize, second: usize) -> bool {
        let mut waiting = vec![second];
        let mut seen = vec![false; self.program.limits.len()];
        while let Some(at) = waiting.pop() {
            if at == first {
                return true;
            }
            if !std::mem::replace(&mut seen[at], true) {
                waiting.extend(&self.program.limits[at].after);
            }
        }
        false
    }

    /// Something a rule gives, a surplus moves or the text leaves to others counts for every requirement.
    fn unfed(&self, out: &mut Vec<Diagnostic>) {
        if self.program.rules.is_empty() {
            return;
        }
        let mut given = self.program.recognised();
        given.0.extend(self.program.surpluses.iter().filter_map(|surplus| match surplus.to {
            SurplusTo::Bucket(bucket) => Some(Region(vec![(self.program.facts.bucket(), 1 << (bucket + 1))])),
            SurplusTo::Windows(_) => None,
        }));
        given.0.extend(self.program.delegates.iter().flat_map(|delegate| delegate.what.0.clone()));
        for requirement in self.program.requirements.iter().filter(|requirement| *requirement.item.policy == *self.file.id()) {
            let given = intersect(&given, &requirement.persons);
            let unfed = |way: &Way_| intersect(&given, &way.of).0.is_empty() && way.at_least != exactly(0);
            let policy = &*self.file.ast;
            let Some(item) = policy.requirements.iter().find(|item| *item.id.is == *requirement.item.id).filter(|_| requirement.ways.iter().all(unfed)) else { continue };
            let id = &item.id.is;
            out.push(at_item(
                Code::NeverFed,
                policy,
                &item.id.at,
                crate::text!("没有规则给要求 {id} 所量的记录任何学时", "no rule gives anything to what requirement {id} measures"),
                Text::new("核对 of 所写的类别与条件；或补一条规则", "look at the bucket and the conditions in `of`; or add a rule"),
            ));
        }
    }

    /// Says which records nobody recognises; the author confirms it by reading.
    fn unrecognised(&self, out: &mut Vec<Diagnostic>) {
        let top = self.stack.len().saturating_sub(1);
        if !self.mine(top) || self.program.rules.is_empty() {
            return;
        }
        let mut left = Where::all();
        for at in 0..self.program.rules.len() {
            let Some(speaks) = speaks(self.program, at) else { return };
            match subtract(&self.program.facts, &left, &speaks) {
                Some(next) => left = next,
                None => return,
            }
            if left.0.len() > 400 {
                return;
            }
        }
        let boxes = merge(left.0);
        if boxes.is_empty() {
            return;
        }
        let lines: Vec<Text> = boxes.iter().take(12).map(|region| speak::region(self.program, region)).collect();
        let more = boxes.len().saturating_sub(12);
        let tail = if more > 0 { (format!("；另有 {more} 类"), format!("; and {more} more")) } else { Default::default() };
        let zh = lines.iter().map(|line| line.zh.clone()).collect::<Vec<_>>().join("；") + &tail.0;
        let en = lines.iter().map(|line| line.get(Lang::En).to_owned()).collect::<Vec<_>>().join("; ") + &tail.1;
        let policy = self.stack[top];
        out.push(at_item(
            Code::Unrecognised,
            policy,
            &policy.head.id.at,
            Text::new(format!("这些记录没有规则认定：{zh}"), format!("no rule recognises these records: {en}")),
            Text::new("对照原文确认如此；否则补一条规则", "hold it against the text; add a rule where that is not meant"),
        ));
    }
}

/// The most a figure can be for what arrives in a context; `None` where facts of it can make it any number.
fn largest(figure: &Figure, context: &Where) -> Option<Exact> {
    let all = |items: &[Figure]| items.iter().map(|item| largest(item, context)).collect::<Option<Vec<_>>>();
    match figure {
        Figure::Exact(number) => Some(*number),
        Figure::Table { rows, otherwise, .. } => {
            let arriving = rows.iter().map(|(region, inner)| (intersect(context, &Where(vec![region.clone()])), inner)).filter(|(context, _)| !context.0.is_empty());
            let rows = arriving.map(|(context, inner)| largest(inner, &context)).collect::<Option<Vec<_>>>()?;
            let otherwise = otherwise.iter().map(|inner| largest(inner, context)).collect::<Option<Vec<_>>>()?;
            rows.into_iter().chain(otherwise).max()
        }
        Figure::Many(Arith::Least, items) => items.iter().filter_map(|item| largest(item, context)).min(),
        Figure::Many(Arith::Greatest | Arith::First, items) => all(items)?.into_iter().max(),
        Figure::Many(Arith::Sum, items) => all(items)?.into_iter().try_fold(Exact::from_integer(0), exact::add),
        Figure::Many(Arith::Product, _)
        | Figure::Unbounded
        | Figure::Fact(_)
        | Figure::Line { .. }
        | Figure::Difference(_)
        | Figure::Ratio(_)
        | Figure::Span(..)
        | Figure::YearOf(_)
        | Figure::Count(_)
        | Figure::OverYears(_)
        | Figure::Measured(_) => None,
    }
}

fn name(rule: &crate::program::Rule) -> String {
    format!("{}/{}", rule.item.policy, rule.item.id)
}

fn entangled(policy: &Policy, span: &Span, id: &str) -> Diagnostic {
    at_item(Code::Entangled, policy, span, crate::text!("{id} 的条件太纠缠，无法证明", "the conditions of {id} are too entangled to prove anything"), Text::new("把它拆成几条", "split it"))
}
