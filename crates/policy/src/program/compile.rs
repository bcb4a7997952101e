//! A stack of policies to a program: which items hold in a year and for whom, names to positions.

use super::atoms::Facts;
use super::names::{Names, Used};
use super::{Bucket, Duty, FactId, ItemInfo, ItemRef, Layer, Problem, Program, Window};
use crate::diagnostic::{Code, Diagnostic};
use crate::exact::Exact;
use crate::schema::Schema;
use crate::syntax::ast::{self, Governs, Item, Policy, Word};
use crate::text::Text;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is compiled: the year, and which layers hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Choice {
    /// The year assessed.
    pub(crate) year: i16,
    /// One for each policy of the stack: whether it covers the person.
    pub(crate) active: Vec<bool>,
}

/// What a compilation used; `policy check` reports the rest.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Kind, policy and id of every item that a name stood for.
    pub(crate) items: BTreeSet<(&'static str, String, String)>,
    /// The facts that were asked about.
    pub(crate) facts: BTreeSet<String>,
}

impl Usage {
    pub(crate) fn extend(&mut self, other: Self) {
        self.items.extend(other.items);
        self.facts.extend(other.facts);
    }
}

/// The state of a compilation.
pub(crate) struct Compiler<'a> {
    pub(crate) names: Names<'a>,
    pub(crate) schema: &'a Schema,
    pub(crate) choice: &'a Choice,
    pub(crate) facts: Facts,
    pub(crate) buckets: Vec<Bucket>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) windows: Vec<Window>,
    pub(crate) duties: Vec<Duty>,
    /// Layer and position in the layer of each compiled rule, in program order.
    pub(crate) rules: Vec<(usize, usize)>,
    pub(crate) dropped: BTreeSet<(String, &'static str, String)>,
    pub(crate) used: BTreeSet<Used>,
    pub(crate) used_facts: BTreeSet<FactId>,
    pub(crate) depth: u32,
    /// Inside a requirement, where hours already recognised can be measured.
    pub(crate) measuring: bool,
    pub(crate) out: Vec<Diagnostic>,
    /// Layer, place, kind and cause of what was said already: a name can be resolved more than once.
    pub(crate) reported: BTreeSet<(usize, usize, &'static str, String)>,
}

/// Compiles a stack, bottom policy first.
///
/// # Errors
/// Every name that nothing declares and every test that does not fit its fact, with its place.
pub(crate) fn compile(stack: &[&Policy], hashes: &[Arc<str>], schema: &Arc<Schema>, choice: &Choice) -> (Option<Program>, Usage, Vec<Diagnostic>) {
    let names = Names { stack };
    let mut dropped = BTreeSet::new();
    for (policy, _) in stack.iter().zip(&choice.active).filter(|(_, active)| **active) {
        dropped.extend(dropped_by(policy));
    }
    let mut compiler = Compiler {
        names,
        schema,
        choice,
        facts: Facts { all: Vec::new(), columns: 0 },
        buckets: Vec::new(),
        problems: Vec::new(),
        windows: Vec::new(),
        duties: Vec::new(),
        rules: Vec::new(),
        dropped,
        used: BTreeSet::new(),
        used_facts: BTreeSet::new(),
        depth: 0,
        measuring: false,
        out: Vec::new(),
        reported: BTreeSet::new(),
    };
    let program = compiler.program(hashes, schema);
    let items = compiler.used.into_iter().filter_map(|(kind, layer, id)| Some((kind, stack.get(layer)?.head.id.is.clone(), id))).collect();
    let usage = Usage { items, facts: compiler.used_facts.iter().map(|fact| compiler.facts.get(*fact).id.clone()).collect() };
    (program, usage, compiler.out)
}

/// What a policy drops or replaces in the layers below.
pub(crate) fn dropped_by(policy: &Policy) -> Vec<(String, &'static str, String)> {
    let qualified = |kind: &'static str, word: &Word| word.is.split_once('/').map(|(policy, id)| (policy.to_owned(), kind, id.to_owned()));
    let mut all: Vec<_> = policy.rules.iter().filter_map(|item| qualified("rule", item.is.replaces.as_ref()?)).collect();
    all.extend(policy.limits.iter().filter_map(|item| qualified("limit", item.is.replaces.as_ref()?)));
    all.extend(policy.requirements.iter().filter_map(|item| qualified("requirement", item.is.replaces.as_ref()?)));
    for (_, word) in policy.layer.iter().flat_map(|layer| &layer.is.drop) {
        if let Some((policy, rest)) = word.is.split_once('/')
            && let Some((kind, id)) = rest.split_once('.')
            && let Some(kind) = super::super::syntax::grammar::kind(kind)
        {
            all.push((policy.to_owned(), kind.name, id.to_owned()));
        }
    }
    all
}

impl<'a> Compiler<'a> {
    /// A compiler over a program that is there already, so that parts of its policies can be said by themselves.
    pub(crate) fn over(program: &'a Program, names: Names<'a>, choice: &'a Choice) -> Self {
        let place = |rule: &super::Rule| Some((rule.layer, names.stack.get(rule.layer)?.rules.iter().position(|item| *item.id.is == *rule.item.id)?));
        Self {
            names,
            schema: &program.schema,
            choice,
            facts: program.facts.clone(),
            buckets: program.buckets.clone(),
            problems: program.problems.clone(),
            windows: program.windows.clone(),
            duties: program.duties.clone(),
            rules: program.rules.iter().filter_map(place).collect(),
            dropped: BTreeSet::new(),
            used: BTreeSet::new(),
            used_facts: BTreeSet::new(),
            depth: 0,
            measuring: false,
            out: Vec::new(),
            reported: BTreeSet::new(),
        }
    }

    fn program(&mut self, hashes: &[Arc<str>], schema: &Arc<Schema>) -> Option<Program> {
        self.declare_buckets();
        self.declare_problems();
        self.order_rules();
        let rule_names = self.rules.iter().map(|(layer, at)| self.rule_name(*layer, *at)).collect();
        let buckets = self.buckets.iter().map(|bucket| bucket.id.to_string()).collect();
        self.facts = Facts::of(self.names, self.schema, rule_names, buckets);
        if self.too_many() {
            return None;
        }
        self.same_facts();
        self.describe_facts();
        self.declare_windows();
        self.declare_duties();
        let account = self.names.stack.iter().enumerate().rev().find_map(|(at, policy)| policy.account.as_ref().map(|account| (at, account)));
        let Some((account_layer, account)) = account else {
            let top = self.names.stack.len().saturating_sub(1);
            self.report(
                top,
                Code::MissingKey,
                &(0..0),
                Text::new("没有 [account]：结果以何计", "there is no [account]: what results are counted in"),
                Text::new("政策目录里要有 common.toml", "common.toml must be among the policies"),
            );
            return None;
        };
        let (mut subject, mut dated, mut label) = (None, None, None);
        for (at, policy) in self.names.stack.iter().enumerate() {
            if let Some(account) = &policy.account {
                subject = account.is.subject.as_ref().and_then(|word| self.fact(at, word)).or(subject);
                dated = account.is.dated.as_ref().and_then(|word| self.fact(at, word)).or(dated);
                label = account.is.label.as_ref().and_then(|word| self.fact(at, word)).or(label);
            }
        }
        let round = self.round(account_layer, &account.is.round)?;
        let structural = self.structural()?;
        let (subject, dated) = (subject?, dated?);
        self.uses();
        let takeovers = self.takeovers();
        let rules = self.compile_rules(&takeovers);
        let mut program = Program {
            schema: Arc::clone(schema),
            layers: self.layers(hashes),
            step: round.step,
            way: round.way,
            unit: Arc::new(self.account_unit()),
            wants: FxHashMap::default(),
            shown: Vec::new(),
            lists: self.list_words(),
            reached: std::sync::OnceLock::new(),
            unit_less: self.unit_less(),
            subject,
            dated,
            evidence: self.facts.find(crate::schema::EVIDENCE),
            label,
            subject_buckets: self.subject_buckets(subject),
            structural,
            takeovers: takeovers.into_iter().map(|(_, is)| is).collect(),
            rules,
            checks: self.compile_checks(),
            limits: self.compile_limits(structural),
            surpluses: self.compile_surpluses(),
            requirements: self.compile_requirements(),
            coverages: self.compile_coverages(),
            exemptions: self.compile_exemptions(),
            gates: self.compile_gates(),
            delegates: self.compile_delegates(),
            warnings: self.compile_warnings(),
            buckets: self.buckets.clone(),
            windows: self.windows.clone(),
            duties: self.duties.clone(),
            problems: self.problems.clone(),
            facts: self.facts.clone(),
        };
        program.wants = super::figures::wants(&program);
        program.shown = super::figures::shown(&program);
        self.out.iter().all(|d| d.severity != crate::diagnostic::Severity::Error).then_some(program)
    }

    /// The title of what results are counted in.
    pub(crate) fn account_unit(&self) -> Text {
        let account = self.names.stack.iter().rev().find_map(|policy| policy.account.as_ref());
        let unit = account.and_then(|account| self.names.stack.iter().flat_map(|policy| &policy.units).find(|unit| unit.id.is == account.is.unit.is));
        unit.map(|unit| unit.title.clone()).unwrap_or_default()
    }

    /// Notes the names that stand for something outside every figure and where.
    fn uses(&mut self) {
        for (layer, policy) in self.names.stack.iter().enumerate() {
            self.governs(layer, &policy.head.governs);
            policy.stages.iter().flat_map(|stage| &stage.is.by).for_each(|actor| self.used_everywhere("actor", &actor.is));
            policy.facts.iter().filter_map(|fact| fact.is.unit.as_ref()).for_each(|unit| self.used_everywhere("unit", &unit.is));
            let listed: Vec<FactId> = policy.lists.iter().flat_map(|list| &list.is.of).filter_map(|fact| self.facts.find(&fact.is)).collect();
            self.used_facts.extend(listed);
            if let Some(account) = &policy.account {
                self.used_everywhere("unit", &account.is.unit.is);
                let stated = account.is.subject.as_ref().and_then(|fact| self.schema.find(&fact.is)).map(|column| self.schema.columns[column].codes.as_slice());
                stated.unwrap_or_default().iter().for_each(|code| self.used_everywhere("bucket", &code.id));
            }
        }
    }

    fn layers(&self, hashes: &[Arc<str>]) -> Vec<Layer> {
        let stack = self.names.stack.iter().zip(&self.choice.active).zip(hashes);
        stack
            .map(|((policy, active), hash)| Layer {
                policy: policy.head.id.is.as_str().into(),
                title: Arc::new(policy.head.title.clone()),
                hash: Arc::clone(hash),
                note: policy.head.note.clone().map(Arc::new),
                active: *active,
                own_requirements: policy.layer.as_ref().is_some_and(|layer| layer.is.own_requirements),
            })
            .collect()
    }

    /// Whether a layer holds for the person.
    pub(crate) fn active(&self, layer: usize) -> bool {
        self.choice.active.get(layer).copied().unwrap_or(false)
    }

    /// Items of a kind in the layers that hold, from the bottom up.
    pub(crate) fn items<T>(&self, kind: &'static str, of: impl Fn(&'a Policy) -> &'a Vec<Item<T>>) -> Vec<(usize, &'a Item<T>)> {
        let stack = self.names.stack.iter().enumerate().filter(|(at, _)| self.active(*at));
        stack
            .flat_map(|(at, policy)| of(policy).iter().map(move |item| (at, item)))
            .filter(|(at, item)| !self.dropped.contains(&(self.names.stack[*at].head.id.is.clone(), kind, item.id.is.clone())))
            .collect()
    }

    /// Whether an item with these years holds in the year compiled for.
    pub(crate) fn governs(&mut self, layer: usize, governs: &Governs) -> bool {
        let mut bound = |figure: &Option<ast::Sp<ast::Figure>>| {
            figure.as_ref().and_then(|figure| match &figure.is {
                ast::Figure::Exact(year) => Some(*year),
                ast::Figure::Name(name) => self.constant(layer, name),
                _ => None,
            })
        };
        let (from, to) = (bound(&governs.from), bound(&governs.to));
        let year = Exact::from_integer(i64::from(self.choice.year));
        from.is_none_or(|from| year >= from) && to.is_none_or(|to| year <= to)
    }

    pub(crate) fn item_ref<T>(&self, layer: usize, kind: &'static str, item: &Item<T>) -> ItemRef {
        self.item_of(layer, kind, &item.id.is, &item.cite, item.title.clone())
    }

    pub(crate) fn item_of(&self, layer: usize, kind: &'static str, id: &str, cite: &[Word], title: Text) -> ItemRef {
        Arc::new(ItemInfo { policy: self.names.stack[layer].head.id.is.as_str().into(), kind, id: id.into(), cite: cite.iter().map(|word| Arc::from(word.is.as_str())).collect(), title })
    }
}
