//! A stack of policies to a program: which items hold in a year and for whom, names to positions.

use super::atoms::{Derived, Facts};
use super::names::Names;
use super::{Bucket, Duty, FactId, Figure, ItemInfo, ItemRef, Layer, Problem, Program, Structural, Window, WindowShape};
use crate::diagnostic::{Code, Diagnostic, Span, nearest};
use crate::exact::Exact;
use crate::schema::Schema;
use crate::syntax::ast::{self, FactType, Governs, Item, Policy, Scalar, Word};
use crate::text::Text;
use std::collections::{BTreeSet, HashMap};
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
    pub(crate) items: BTreeSet<(&'static str, usize, String)>,
    pub(crate) facts: BTreeSet<FactId>,
    pub(crate) codes: BTreeSet<(FactId, u16)>,
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
    pub(crate) window_layers: Vec<usize>,
    pub(crate) duties: Vec<Duty>,
    /// Layer and position in the layer of each compiled rule, in program order.
    pub(crate) rules: Vec<(usize, usize)>,
    pub(crate) dropped: BTreeSet<(String, &'static str, String)>,
    pub(crate) used: BTreeSet<(&'static str, usize, String)>,
    pub(crate) used_facts: BTreeSet<FactId>,
    pub(crate) used_codes: BTreeSet<(FactId, u16)>,
    pub(crate) depth: u32,
    pub(crate) out: Vec<Diagnostic>,
    reported: BTreeSet<(usize, usize, &'static str)>,
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
        window_layers: Vec::new(),
        duties: Vec::new(),
        rules: Vec::new(),
        dropped,
        used: BTreeSet::new(),
        used_facts: BTreeSet::new(),
        used_codes: BTreeSet::new(),
        depth: 0,
        out: Vec::new(),
        reported: BTreeSet::new(),
    };
    let program = compiler.program(hashes, schema);
    let usage = Usage { items: compiler.used, facts: compiler.used_facts, codes: compiler.used_codes };
    (program, usage, compiler.out)
}

/// What a policy drops or replaces in the layers below.
fn dropped_by(policy: &Policy) -> Vec<(String, &'static str, String)> {
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
            window_layers: Vec::new(),
            duties: program.duties.clone(),
            rules: program.rules.iter().filter_map(place).collect(),
            dropped: BTreeSet::new(),
            used: BTreeSet::new(),
            used_facts: BTreeSet::new(),
            used_codes: BTreeSet::new(),
            depth: 0,
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
        self.too_many();
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
        let unit = self.names.stack.iter().flat_map(|policy| &policy.units).find(|unit| unit.id.is == account.is.unit.is).map(|unit| unit.title.clone());
        let structural = self.structural()?;
        let (subject, dated) = (subject?, dated?);
        let takeovers = self.takeovers();
        let rules = self.compile_rules(&takeovers);
        let mut program = Program {
            schema: Arc::clone(schema),
            layers: self.layers(hashes),
            step: round.step,
            way: round.way,
            unit: Arc::new(unit.unwrap_or_default()),
            wants: HashMap::new(),
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
        let bound = |figure: &Option<ast::Sp<ast::Figure>>| {
            figure.as_ref().and_then(|figure| match &figure.is {
                ast::Figure::Exact(year) => Some(*year),
                ast::Figure::Name(name) => self.names.constant(layer, name),
                _ => None,
            })
        };
        let year = Exact::from_integer(i64::from(self.choice.year));
        let (from, to) = (bound(&governs.from), bound(&governs.to));
        for figure in [&governs.from, &governs.to].into_iter().flatten() {
            if let ast::Figure::Name(name) = &figure.is
                && let Some((at, item)) = self.names.reading(layer, name)
            {
                self.used.insert(("reading", at, item.id.is.clone()));
            }
        }
        from.is_none_or(|from| year >= from) && to.is_none_or(|to| year <= to)
    }

    pub(crate) fn item_ref<T>(&self, layer: usize, kind: &'static str, item: &Item<T>) -> ItemRef {
        self.item_of(layer, kind, &item.id.is, &item.cite, item.title.clone())
    }

    pub(crate) fn item_of(&self, layer: usize, kind: &'static str, id: &str, cite: &[Word], title: Text) -> ItemRef {
        Arc::new(ItemInfo { policy: self.names.stack[layer].head.id.is.as_str().into(), kind, id: id.into(), cite: cite.iter().map(|word| Arc::from(word.is.as_str())).collect(), title })
    }

    fn declare_buckets(&mut self) {
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
    fn declare_problems(&mut self) {
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

    fn structural(&mut self) -> Option<Structural> {
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

    fn too_many(&mut self) {
        let full: Vec<String> = self.facts.all.iter().filter(|fact| fact.classes.count() > super::atoms::MOST_ATOMS).map(|fact| fact.id.clone()).collect();
        for fact in full {
            let top = self.names.stack.len().saturating_sub(1);
            let most = super::atoms::MOST_ATOMS - 2;
            self.report(
                top,
                Code::TooMany,
                &(0..0),
                crate::text!("对 {fact} 区分的值超过 {most} 个", "more than {most} values of {fact} are told apart"),
                Text::new("合并取值相同的行，或用算式代替列举", "join rows of one result, or use arithmetic instead of a list"),
            );
        }
    }

    /// A fact that two layers declare must be the same fact.
    fn same_facts(&mut self) {
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
    fn describe_facts(&mut self) {
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

    fn first_date(&mut self, layer: usize, items: &[ast::Sp<ast::Figure>]) -> Option<super::DateExpr> {
        let dates = items.iter().map(|item| match &item.is {
            ast::Figure::Name(name) => self.date(layer, &ast::Sp { is: ast::DateFigure::Name(name.clone()), at: item.at.clone() }),
            ast::Figure::Date(date) => self.date(layer, date),
            _ => None,
        });
        Some(super::DateExpr::First(dates.collect::<Option<_>>()?))
    }

    fn declare_windows(&mut self) {
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
                    Some(window) => Some(WindowShape::BackFromWindow { years: *years, window }),
                    None => self.date_word(layer, ending).map(|date| WindowShape::BackFromDate { years: *years, date }),
                },
                ast::WindowShape::Ever => Some(WindowShape::Ever),
            };
            let stands_for = item.is.stands_for.as_ref().and_then(|word| {
                let at = ids.iter().position(|id| *id == word.is);
                if at.is_none() {
                    self.unknown(layer, Code::UnknownName, &word.at, &word.is, &ids.iter().map(String::as_str).collect::<Vec<_>>(), "[window]");
                }
                at
            });
            self.fact(layer, &item.is.dated);
            self.window_layers.push(layer);
            self.windows.push(Window { id: item.id.is.clone(), title: item.title.clone(), shape: shape.unwrap_or(WindowShape::Ever), numbered_by_end: item.is.numbered_by_end, stands_for });
        }
    }

    fn date_word(&mut self, layer: usize, word: &Word) -> Option<super::DateExpr> {
        self.date(layer, &ast::Sp { is: ast::DateFigure::Name(word.is.clone()), at: word.at.clone() })
    }

    fn declare_duties(&mut self) {
        for (layer, policy) in self.names.stack.iter().enumerate() {
            for item in &policy.duties {
                let Some(window) = self.window(layer, &item.is.window) else { continue };
                let persons = self.wheres(layer, &item.is.persons);
                let duty = Duty { id: item.id.is.as_str().into(), title: Arc::new(item.title.clone()), window, role: item.is.role.clone(), persons };
                match self.duties.iter_mut().find(|known| known.id == duty.id) {
                    Some(known) => *known = duty,
                    None => self.duties.push(duty),
                }
            }
        }
    }

    fn list_words(&self) -> HashMap<String, (Text, Vec<Text>)> {
        let word = |entry: &ast::Entry| if entry.title.is_empty() { Text::same(entry.id.clone()) } else { entry.title.clone() };
        let lists = self.names.stack.iter().flat_map(|policy| policy.lists.iter().map(move |list| (policy, list)));
        lists.map(|(policy, list)| (format!("{}/{}", policy.head.id.is, list.id.is), (list.title.clone(), list.is.entries.iter().map(word).collect()))).collect()
    }

    fn unit_less(&mut self) -> Vec<Option<FactId>> {
        let Some(column) = self.schema.find(crate::schema::UNIT) else { return Vec::new() };
        let ids: Vec<String> = self.schema.columns[column].codes.iter().map(|code| code.id.clone()).collect();
        let declared = |id: &str| self.names.stack.iter().enumerate().rev().find_map(|(at, policy)| policy.units.iter().find(|unit| unit.id.is == id).map(|unit| (at, unit)));
        let found: Vec<_> = ids.iter().map(|id| declared(id).and_then(|(at, unit)| unit.is.less.as_ref().map(|word| (at, word)))).collect();
        found.into_iter().map(|less| less.and_then(|(at, word)| self.fact(at, word))).collect()
    }

    fn subject_buckets(&self, subject: FactId) -> Vec<Option<u8>> {
        let codes = self.schema.columns.get(usize::from(subject)).map(|column| column.codes.as_slice()).unwrap_or_default();
        codes.iter().map(|code| self.buckets.iter().position(|bucket| *bucket.id == *code.id).and_then(|at| u8::try_from(at).ok())).collect()
    }

    pub(crate) fn window(&mut self, layer: usize, word: &Word) -> Option<usize> {
        let name = self.names.word(layer, &word.is);
        let found = self.windows.iter().position(|window| window.id == name);
        match found {
            Some(at) => {
                self.used.insert(("window", self.window_layers.get(at).copied().unwrap_or(0), name));
            }
            None => {
                let known: Vec<String> = self.windows.iter().map(|window| window.id.clone()).collect();
                self.unknown(layer, Code::UnknownName, &word.at, &word.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[window]");
            }
        }
        found
    }

    pub(crate) fn bucket(&mut self, layer: usize, name: &str, at: &Span) -> Option<u8> {
        let found = self.buckets.iter().position(|bucket| *bucket.id == *name).and_then(|at| u8::try_from(at).ok());
        if found.is_none() {
            let known: Vec<String> = self.buckets.iter().map(|bucket| bucket.id.to_string()).collect();
            self.unknown(layer, Code::UnknownName, at, name, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[bucket]");
        }
        found
    }

    pub(crate) fn problem(&mut self, layer: usize, word: &Word) -> Option<usize> {
        let found = self.problems.iter().position(|problem| *problem.id == *word.is);
        if found.is_none() {
            let known: Vec<String> = self.problems.iter().map(|problem| problem.id.to_string()).collect();
            self.unknown(layer, Code::UnknownName, &word.at, &word.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[problem]");
        }
        found
    }

    pub(crate) fn fact(&mut self, layer: usize, word: &Word) -> Option<FactId> {
        let found = self.facts.find(&word.is);
        match found {
            Some(id) => self.used_fact(id),
            None => {
                let known: Vec<String> = self.facts.all.iter().map(|fact| fact.id.clone()).collect();
                self.unknown(layer, Code::UnknownFact, &word.at, &word.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[fact]");
            }
        }
        found
    }

    pub(crate) fn used_fact(&mut self, id: FactId) {
        self.used_facts.insert(id);
    }

    pub(crate) fn unit(&mut self, layer: usize, word: &Word) -> Option<u16> {
        let column = self.schema.find(crate::schema::UNIT)?;
        let codes = &self.schema.columns[column].codes;
        let found = codes.iter().position(|code| code.id == word.is).and_then(|at| u16::try_from(at).ok());
        match found {
            Some(code) => {
                self.used_codes.insert((FactId::try_from(column).unwrap_or(0), code));
            }
            None => {
                let known: Vec<String> = codes.iter().map(|code| code.id.clone()).collect();
                self.unknown(layer, Code::UnknownName, &word.at, &word.is, &known.iter().map(String::as_str).collect::<Vec<_>>(), "[unit]");
            }
        }
        found
    }

    /// `true`, `false`, or the reading that says so.
    pub(crate) fn truth(&mut self, layer: usize, value: &ast::Sp<Scalar>) -> bool {
        match &value.is {
            Scalar::Bool(yes) => *yes,
            Scalar::Text(name) => match (self.names.scalar(layer, name), self.names.reading(layer, name)) {
                (Some(Scalar::Bool(yes)), Some((at, item))) => {
                    self.used.insert(("reading", at, item.id.is.clone()));
                    *yes
                }
                _ => {
                    self.report(
                        layer,
                        Code::WrongType,
                        &value.at,
                        Text::new("这里要 true、false，或值为其一的解读名", "true, false, or a reading whose value is one of them stands here"),
                        Text::new("例如 binding = true", "for instance binding = true"),
                    );
                    true
                }
            },
            _ => true,
        }
    }

    /// A word of a closed list, or the reading that has it for its value.
    pub(crate) fn chosen_word(&mut self, layer: usize, word: &Word, words: &[&str]) -> Option<String> {
        let found = self.names.word(layer, &word.is);
        if let Some((at, item)) = self.names.reading(layer, &word.is) {
            self.used.insert(("reading", at, item.id.is.clone()));
        }
        if words.contains(&found.as_str()) {
            return Some(found);
        }
        let all = words.join("、");
        let is = &word.is;
        self.report(
            layer,
            Code::BadWord,
            &word.at,
            crate::text!("“{is}”不能写在这里", "`{is}` does not stand here"),
            crate::text!("可用的词：{all}，或值为其一的解读名", "the words are: {all}, or a reading that has one of them for its value"),
        );
        None
    }

    pub(crate) fn wrong_test(&mut self, layer: usize, at: &Span, fact: FactId, cause: Text) {
        let id = self.facts.get(fact).id.clone();
        let kind = match self.facts.get(fact).kind {
            FactType::Code => "code",
            FactType::Codes => "codes",
            FactType::Number => "number",
            FactType::Date => "date",
            FactType::Text => "text",
            FactType::Texts => "texts",
            FactType::YesNo => "yes-no",
            FactType::Years => "years",
        };
        let (zh, en) = (cause.zh, cause.en);
        self.report(
            layer,
            Code::WrongTest,
            at,
            crate::text!("{zh}（{id} 的类型是 {kind}）", "{en} ({id} is of type {kind})"),
            Text::new("换一种比较，或改事实的类型", "use another test, or change the fact's type"),
        );
    }

    pub(crate) fn report(&mut self, layer: usize, code: Code, at: &Span, cause: Text, remedy: Text) {
        let Some(policy) = self.names.stack.get(layer) else { return };
        if self.reported.insert((layer, at.start, code.name())) {
            self.out.push(Diagnostic::new(code, &policy.source, at.clone(), cause, remedy));
        }
    }

    pub(crate) fn unknown(&mut self, layer: usize, code: Code, at: &Span, name: &str, known: &[&str], where_: &str) {
        let remedy = match nearest(name, known.iter().copied()) {
            Some(near) => crate::text!("改为 {near}，或在 {where_} 中声明 {name}", "write {near}, or declare {name} in {where_}"),
            None => crate::text!("在 {where_} 中声明 {name}", "declare {name} in {where_}"),
        };
        self.report(layer, code, at, crate::text!("没有叫 {name} 的{where_}", "there is no {name} in {where_}"), remedy);
    }

    /// The rules that hold, exceptions before what they except.
    fn order_rules(&mut self) {
        let mut all: Vec<(usize, usize)> = Vec::new();
        for (layer, item) in self.items("rule", |policy| &policy.rules) {
            let at = self.names.stack[layer].rules.iter().position(|rule| rule.id.is == item.id.is);
            if let Some(at) = at
                && self.governs(layer, &item.is.governs)
            {
                all.push((layer, at));
            }
        }
        let index: HashMap<(usize, &str), usize> = all.iter().enumerate().map(|(n, (layer, at))| ((*layer, self.names.stack[*layer].rules[*at].id.is.as_str()), n)).collect();
        let mut order = Vec::new();
        let mut state = vec![0_u8; all.len()];
        for n in 0..all.len() {
            self.visit_rule(n, &all, &index, &mut state, &mut order);
        }
        // A rule is placed after everything it speaks before has been placed; reversed, exceptions come first.
        order.reverse();
        self.rules = order.into_iter().map(|n| all[n]).collect();
    }

    fn visit_rule(&mut self, n: usize, all: &[(usize, usize)], index: &HashMap<(usize, &str), usize>, state: &mut [u8], order: &mut Vec<usize>) {
        if state[n] == 2 {
            return;
        }
        let (layer, at) = all[n];
        let item = &self.names.stack[layer].rules[at];
        if state[n] == 1 {
            let id = &item.id.is;
            self.report(
                layer,
                Code::Cycle,
                &item.id.at,
                crate::text!("规则 {id} 的 before 绕成了圈", "the `before` of rule {id} runs in a circle"),
                Text::new("断开其中一处", "break the circle at one place"),
            );
            return;
        }
        state[n] = 1;
        for word in &item.is.before {
            match self.before_target(layer, &word.is, index) {
                Some(Some(target)) => self.visit_rule(target, all, index, state, order),
                Some(None) => {}
                None => {
                    let known: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.rules).map(|r| r.id.is.as_str()).collect();
                    self.unknown(layer, Code::UnknownItem, &word.at, &word.is, &known, "[rule]");
                }
            }
        }
        state[n] = 2;
        order.push(n);
    }

    /// The position of the rule that a `before` names, `Some(None)` where it does not hold in this year.
    fn before_target(&self, layer: usize, name: &str, index: &HashMap<(usize, &str), usize>) -> Option<Option<usize>> {
        let (policy, id) = name.split_once('/').map_or((None, name), |(policy, id)| (Some(policy), id));
        let declared = (0..=layer).rev().find(|at| {
            let here = self.names.stack[*at];
            policy.is_none_or(|policy| policy == here.head.id.is) && here.rules.iter().any(|rule| rule.id.is == id)
        })?;
        Some(index.get(&(declared, id)).copied())
    }

    /// The position of a rule seen from a layer; `Some(None)` where it does not hold in this year or for this person.
    pub(crate) fn rule_position(&mut self, layer: usize, name: &str) -> Option<Option<usize>> {
        let (policy, id) = name.split_once('/').map_or((None, name), |(policy, id)| (Some(policy), id));
        let declared = (0..=layer).rev().find(|at| {
            let here = self.names.stack[*at];
            policy.is_none_or(|policy| policy == here.head.id.is) && here.rules.iter().any(|rule| rule.id.is == id)
        })?;
        Some(self.rules.iter().position(|(l, at)| *l == declared && self.names.stack[*l].rules[*at].id.is == id))
    }

    fn rule_name(&self, layer: usize, at: usize) -> String {
        let policy = self.names.stack[layer];
        format!("{}/{}", policy.head.id.is, policy.rules[at].id.is)
    }
}
