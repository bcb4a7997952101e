//! Why a record earned nothing, and what would change that.

use super::recognise::Found;
use super::scope::{Scope, Truth};
use crate::program::{Accepts, ItemRef, Proof, Region};
use crate::speak;
use crate::text::Text;
use crate::value::Value;

/// The rule that comes nearest to a record nobody recognises.
#[derive(Clone, Debug, PartialEq)]
pub struct NearMiss {
    /// The rule.
    pub rule: ItemRef,
    /// The facts that would have to be otherwise.
    pub differs: Vec<Difference>,
}

/// A fact that keeps a rule from applying.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The column's title.
    pub fact: Text,
    /// What the record states.
    pub have: Text,
    /// What the rule asks.
    pub wants: Text,
}

impl Scope<'_> {
    /// More about a problem: what is missing, what would be accepted.
    pub(crate) fn detail(&self, duty: usize, record: usize, problem: usize, found: &Found, explain: bool) -> Text {
        let structural = self.program.structural;
        if problem == structural.no_rule {
            return self.no_rule_detail(duty, record, explain);
        }
        let Some(rule) = found.rule.and_then(|at| self.program.rules.get(at)) else { return Text::default() };
        if problem == structural.unit {
            return match &rule.accepts {
                Accepts::Units(units) => {
                    let list = units.iter().filter_map(|(unit, _)| self.program.schema.columns.get(1)?.codes.get(usize::from(*unit))).map(|code| code.title.clone());
                    let list = speak::join(list);
                    Text::new(format!("本条只按{}计", list.zh), format!("counted in {} only", list.en))
                }
                Accepts::Grant(_) => Text::default(),
            };
        }
        if problem == structural.evidence {
            return self.missing_proof(&rule.proof, record);
        }
        if found.problem == Some(problem) {
            return self.unmet_detail(rule, record, problem);
        }
        Text::default()
    }

    fn no_rule_detail(&self, duty: usize, record: usize, explain: bool) -> Text {
        if let Some(delegate) = self.program.delegates.iter().find(|delegate| self.holds(&delegate.what, Some(record)) == Truth::Yes) {
            return Text::new(format!("由{}另行规定", delegate.to.zh), format!("left to {}", delegate.to.get(crate::Lang::En)));
        }
        if !explain {
            return Text::default();
        }
        match self.nearest_rule(duty, record) {
            Some(near) => {
                let differs: Vec<Text> = near
                    .differs
                    .iter()
                    .map(|d| Text::new(format!("{}须为{}（现为{}）", d.fact.zh, d.wants.zh, d.have.zh), format!("{} would have to be {} (it is {})", d.fact.get(crate::Lang::En), d.wants.get(crate::Lang::En), d.have.get(crate::Lang::En))))
                    .collect();
                let (zh, en): (Vec<_>, Vec<_>) = differs.into_iter().map(|text| (text.zh, text.en)).unzip();
                let (title, cite) = (speak::item(&near.rule), near.rule.cite.join("、"));
                Text::new(format!("最接近的是{}（{cite}）：{}", title.zh, zh.join("；")), format!("nearest is {} ({cite}): {}", title.get(crate::Lang::En), en.join("; ")))
            }
            None => Text::default(),
        }
    }

    /// The rule whose match differs from the record in the fewest facts.
    pub(crate) fn nearest_rule(&self, duty: usize, record: usize) -> Option<NearMiss> {
        let mut best: Option<(usize, usize, &Region)> = None;
        for (at, rule) in self.program.rules.iter().enumerate().filter(|(_, rule)| rule.duties.contains(&duty)) {
            let taken = rule.silenced.iter().any(|over| self.holds(&self.program.takeovers[*over], Some(record)) == Truth::Yes);
            for region in rule.matches.0.iter().filter(|_| !taken) {
                let off = region.0.iter().filter(|(fact, set)| self.off(*fact, *set, record)).count();
                if best.is_none_or(|(least, ..)| off < least) {
                    best = Some((off, at, region));
                }
            }
        }
        let (_, at, region) = best?;
        let differs = region.0.iter().filter(|(fact, set)| self.off(*fact, *set, record)).map(|(fact, set)| self.difference(*fact, *set, record)).collect();
        Some(NearMiss { rule: self.program.rules[at].item.clone(), differs })
    }

    fn off(&self, fact: u16, set: u128, record: usize) -> bool {
        self.region(&Region(vec![(fact, set)]), Some(record), None) != Truth::Yes
    }

    fn difference(&self, fact: u16, set: u128, record: usize) -> Difference {
        Difference { fact: self.program.facts.get(fact).title.clone(), have: self.have(fact, record), wants: speak::classes(self.program, fact, set) }
    }

    fn have(&self, fact: u16, record: usize) -> Text {
        match self.value(fact, Some(record)) {
            Value::Empty => Text::new("未填", "empty"),
            value => speak::value(self.program, fact, value),
        }
    }

    /// The proofs that are missing, group by group.
    fn missing_proof(&self, proof: &Proof, record: usize) -> Text {
        let codes = self.program.evidence.and_then(|fact| self.program.schema.columns.get(usize::from(fact))).map(|column| column.codes.as_slice()).unwrap_or_default();
        match proof {
            Proof::None => Text::default(),
            Proof::Any => Text::new("须有任一证明材料", "any one proof is needed"),
            Proof::Groups(groups) => {
                let lacking = groups.iter().filter(|group| !self.proven(&Proof::Groups(vec![(*group).clone()]), record));
                let lacking = lacking.map(|group| speak::either(group.iter().filter_map(|code| codes.get(usize::from(*code))).map(|code| code.title.clone())));
                let all = speak::join(lacking);
                Text::new(format!("缺{}", all.zh), format!("missing: {}", all.en))
            }
        }
    }

    /// What a failing condition asks of the facts that fail it.
    fn unmet_detail(&self, rule: &crate::program::Rule, record: usize, problem: usize) -> Text {
        let checks = self.program.checks.iter().filter(|check| self.holds(&check.of, Some(record)) == Truth::Yes).map(|check| &check.needs);
        let mut parts: Vec<Text> = Vec::new();
        for needs in rule.needs.iter().chain(checks) {
            if self.holds(needs, Some(record)) == Truth::Yes {
                continue;
            }
            for (fact, set) in needs.0.iter().flat_map(|region| &region.0) {
                if self.program.facts.get(*fact).problem == Some(problem) && self.off(*fact, *set, record) {
                    let d = self.difference(*fact, *set, record);
                    let part = Text::new(format!("{}须为{}（现为{}）", d.fact.zh, d.wants.zh, d.have.zh), format!("{} must be {} (it is {})", d.fact.get(crate::Lang::En), d.wants.get(crate::Lang::En), d.have.get(crate::Lang::En)));
                    if !parts.contains(&part) {
                        parts.push(part);
                    }
                }
            }
        }
        speak::or(parts.into_iter())
    }
}
