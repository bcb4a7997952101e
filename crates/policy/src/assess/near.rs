//! Why a record earned nothing, and what would change that. Kept as data; put into words when it is shown.

use super::recognise::Found;
use super::scope::{Scope, Truth};
use crate::program::{Accepts, ItemRef, Proof, Region, Rule, Where};
use crate::speak;
use crate::syntax::ast::FactType;
use crate::text::{Lang, Text};
use crate::value::Value;
use std::sync::Arc;

/// More about a problem.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Detail {
    /// Nothing more to say.
    #[default]
    None,
    /// The text leaves such records to others.
    LeftTo(Arc<Text>),
    /// Only these units are accepted.
    Units(Vec<Arc<Text>>),
    /// Any one proof is missing.
    AnyProof,
    /// One of each of these groups of proofs is missing.
    Proofs(Vec<Vec<Arc<Text>>>),
    /// Facts that would have to be otherwise; one of them suffices where several ways are open.
    Unmet(Vec<Difference>),
    /// The rule that comes nearest.
    Near(NearMiss),
}

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
    pub fact: Arc<Text>,
    /// What the record states.
    pub have: Stated,
    /// What the rule asks.
    pub wants: Arc<Text>,
}

/// What a record states of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Stated {
    /// Nothing.
    Nothing,
    /// A code, by its title.
    Code(Arc<Text>),
    /// Another value.
    Value(Value),
}

impl Stated {
    /// In words.
    pub fn words(&self) -> Text {
        match self {
            Self::Nothing => Text::new("未填", "empty"),
            Self::Code(title) => (**title).clone(),
            Self::Value(value) => speak::plain(value),
        }
    }
}

impl Difference {
    /// "学习形式须为培训班（现为自学）".
    fn words(&self, must: (&str, &str)) -> Text {
        let have = self.have.words();
        if self.have == Stated::Nothing && self.wants.zh == "已填写" {
            return Text::new(format!("须填写{}", self.fact.zh), format!("{} {} filled in", self.fact.get(Lang::En), must.1));
        }
        // "不少于20" reads on by itself; "培训班" needs a verb.
        let verb = if ["不少于", "多于", "不超过", "少于"].iter().any(|word| self.wants.zh.starts_with(word)) { "须" } else { must.0 };
        Text::new(format!("{}{verb}{}（现为{}）", self.fact.zh, self.wants.zh, have.zh), format!("{} {} {} (it is {})", self.fact.get(Lang::En), must.1, self.wants.get(Lang::En), have.get(Lang::En)))
    }
}

impl Detail {
    /// In words; empty where there is nothing more to say.
    pub fn words(&self) -> Text {
        let titles = |list: &[Arc<Text>]| list.iter().map(|title| (**title).clone()).collect::<Vec<_>>().into_iter();
        match self {
            Self::None => Text::default(),
            Self::LeftTo(to) => Text::new(format!("由{}另行规定", to.zh), format!("left to {}", to.get(Lang::En))),
            Self::Units(units) => {
                let list = speak::join(titles(units));
                Text::new(format!("只按{}计", list.zh), format!("counted in {} only", list.en))
            }
            Self::AnyProof => Text::new("须有任一证明材料", "any one proof is needed"),
            Self::Proofs(groups) => {
                let all = speak::join(groups.iter().map(|group| speak::either(titles(group))));
                Text::new(format!("缺{}", all.zh), format!("missing: {}", all.en))
            }
            Self::Unmet(differs) => speak::or(differs.iter().map(|differs| differs.words(("须为", "must be")))),
            Self::Near(near) => {
                let differs: Vec<Text> = near.differs.iter().map(|differs| differs.words(("须为", "would have to be"))).collect();
                let (zh, en): (Vec<_>, Vec<_>) = differs.into_iter().map(|text| (text.zh, text.en)).unzip();
                let (title, cite) = (speak::item(&near.rule), near.rule.cite.join("、"));
                Text::new(format!("最接近的是“{}”（{cite}）：{}", title.zh, zh.join("；")), format!("nearest is \"{}\" ({cite}): {}", title.get(Lang::En), en.join("; ")))
            }
        }
    }

    /// Whether there is nothing more to say.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

impl Scope<'_> {
    /// More about a problem: what is missing, what would be accepted.
    pub(crate) fn detail(&self, duty: usize, record: usize, problem: usize, found: &Found, explain: bool) -> Detail {
        let structural = self.program.structural;
        if problem == structural.no_rule {
            return self.no_rule_detail(duty, record, explain);
        }
        let Some(rule) = found.rule.and_then(|at| self.program.rules.get(at)) else { return Detail::None };
        if problem == structural.unit && self.unit_refused(rule, record) {
            return match &rule.accepts {
                Accepts::Units(units) => Detail::Units(units.iter().filter_map(|(unit, _)| self.program.schema.title(1, *unit)).collect()),
                Accepts::Grant(_) => Detail::None,
            };
        }
        if problem == structural.evidence {
            return self.missing_proof(&rule.proof, record);
        }
        if found.problem == Some(problem) { self.unmet_detail(rule, record, problem) } else { Detail::None }
    }

    fn unit_refused(&self, rule: &Rule, record: usize) -> bool {
        matches!(&rule.accepts, Accepts::Units(units) if units.iter().all(|(unit, _)| Some(*unit) != self.unit(record)))
    }

    fn no_rule_detail(&self, duty: usize, record: usize, explain: bool) -> Detail {
        if let Some(delegate) = self.program.delegates.iter().find(|delegate| self.holds(&delegate.what, Some(record)) == Truth::Yes) {
            return Detail::LeftTo(Arc::clone(&delegate.to));
        }
        if !explain {
            return Detail::None;
        }
        self.nearest_rule(duty, record).map_or(Detail::None, Detail::Near)
    }

    /// The rule whose match differs from the record in the fewest facts; among equals one that agrees in the first code it asks for.
    fn nearest_rule(&self, duty: usize, record: usize) -> Option<NearMiss> {
        let mut best: Option<((usize, bool), usize, &Region)> = None;
        for (at, rule) in self.program.rules.iter().enumerate().filter(|(_, rule)| rule.duties.contains(&duty)) {
            if rule.silenced.iter().any(|over| self.holds(&self.program.takeovers[*over], Some(record)) == Truth::Yes) {
                continue;
            }
            for region in &rule.matches.0 {
                let most = best.map_or(usize::MAX, |((least, _), ..)| least);
                // What differs in more facts than the best is left as soon as that shows.
                let off = region.0.iter().filter(|(fact, set)| self.off(*fact, *set, record)).take(most.saturating_add(1)).count();
                if off > most {
                    continue;
                }
                let code = |(fact, _): &&(u16, u128)| self.program.facts.get(*fact).kind == FactType::Code;
                let first = region.0.iter().filter(code).min_by_key(|(fact, _)| *fact);
                let other = first.is_none_or(|(fact, set)| self.off(*fact, *set, record));
                if best.is_none_or(|(least, ..)| (off, other) < least) {
                    best = Some(((off, other), at, region));
                }
            }
        }
        let (_, at, region) = best?;
        let differs = region.0.iter().filter(|(fact, set)| self.off(*fact, *set, record)).map(|(fact, set)| self.difference(*fact, *set, record)).collect();
        Some(NearMiss { rule: self.program.rules[at].item.clone(), differs })
    }

    fn off(&self, fact: u16, set: u128, record: usize) -> bool {
        let class = self.class(fact, Some(record));
        class == 0 && self.program.facts.get(fact).strict || set >> class & 1 == 0
    }

    fn difference(&self, fact: u16, set: u128, record: usize) -> Difference {
        let wants = self.program.wants.get(&(fact, set)).cloned();
        let have = match &*self.datum(fact, Some(record)) {
            Value::Empty => Stated::Nothing,
            Value::Code(code) => self.program.schema.title(usize::from(fact), *code).map_or(Stated::Nothing, Stated::Code),
            other => Stated::Value(other.clone()),
        };
        Difference { fact: Arc::clone(&self.program.facts.get(fact).title), have, wants: wants.unwrap_or_else(|| Arc::new(speak::classes(self.program, fact, set))) }
    }

    /// The proofs that are missing, group by group.
    fn missing_proof(&self, proof: &Proof, record: usize) -> Detail {
        let column = usize::from(self.program.evidence.unwrap_or(0));
        match proof {
            Proof::None => Detail::None,
            Proof::Any => Detail::AnyProof,
            Proof::Groups(groups) => {
                let lacking = groups.iter().filter(|group| !self.has_one(group, record));
                Detail::Proofs(lacking.map(|group| group.iter().filter_map(|code| self.program.schema.title(column, *code)).collect()).collect())
            }
        }
    }

    /// What a failing condition asks of the facts that fail it.
    fn unmet_detail(&self, rule: &Rule, record: usize, problem: usize) -> Detail {
        let checks = self.program.checks.iter().filter(|check| self.holds(&check.of, Some(record)) == Truth::Yes).map(|check| &check.needs);
        let mut all: Vec<Difference> = Vec::new();
        for needs in rule.needs.iter().chain(checks) {
            self.unmet(needs, record, problem, &mut all);
        }
        if all.is_empty() { Detail::None } else { Detail::Unmet(all) }
    }

    fn unmet(&self, needs: &Where, record: usize, problem: usize, all: &mut Vec<Difference>) {
        if self.holds(needs, Some(record)) == Truth::Yes {
            return;
        }
        // What an earlier condition asked of a fact is not asked again in other words.
        let asked: Vec<Arc<Text>> = all.iter().map(|differs| Arc::clone(&differs.fact)).collect();
        for (fact, set) in needs.0.iter().flat_map(|region| &region.0) {
            if asked.iter().any(|title| Arc::ptr_eq(title, &self.program.facts.get(*fact).title)) {
                continue;
            }
            if self.program.facts.get(*fact).problem == Some(problem) && self.off(*fact, *set, record) {
                let next = self.difference(*fact, *set, record);
                if !all.contains(&next) {
                    all.push(next);
                }
            }
        }
    }
}
