//! Worked examples: the cases that stand beside the rules, run and compared.

use crate::ItemRef;
use crate::assess::{Asked, Assessment, GateAnswer};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::engine::{Engine, Stack};
use crate::exact::{Exact, Hours, show};
use crate::library::PolicyFile;
use crate::program::Accepts;
use crate::schema::{Cell, Schema};
use crate::syntax::ast::{Bound, Condition, FactType, Item, Of, Rule, Scalar, Test, Where};
use crate::syntax::node::{Node, NodeKind};
use crate::text::Text;
use crate::value::{Person, Record, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One worked example, run.
#[derive(Clone, Debug)]
pub struct ExampleResult {
    /// The policy's id.
    pub policy: String,
    /// The rule it stands under, or the title of the case.
    pub title: String,
    /// Where it stands.
    pub place: (String, usize),
    /// What came out otherwise; nothing where it is right.
    pub failures: Vec<Diagnostic>,
    /// The rules that spoke of its records, and, of a whole case, the requirements that were asked.
    pub reached: Vec<ItemRef>,
}

type Cells = BTreeMap<String, String>;

impl Engine {
    /// Runs every worked example of a policy.
    pub fn run_examples(&self, policy: &str) -> Vec<ExampleResult> {
        let Some(file) = self.library().get(policy) else { return Vec::new() };
        let mut all = Vec::new();
        for rule in &file.ast.rules {
            for example in &rule.is.examples {
                let runner = Runner { engine: self, file, node: &example.node, at: &example.at, reached: RefCell::default() };
                all.push(runner.result(&rule.id.is, runner.rule_example(rule)));
            }
        }
        for case in &file.ast.cases {
            let at = case.node.get("title").map_or(&case.at, |title| &title.at);
            let runner = Runner { engine: self, file, node: &case.node, at, reached: RefCell::default() };
            let title = case.node.get("title").map(words).unwrap_or_default();
            all.push(runner.result(&title, runner.case()));
        }
        all
    }
}

/// One example while it runs.
struct Runner<'a> {
    engine: &'a Engine,
    file: &'a PolicyFile,
    node: &'a Node,
    at: &'a Span,
    reached: RefCell<Vec<ItemRef>>,
}

impl Runner<'_> {
    fn result(&self, title: &str, failures: Vec<Text>) -> ExampleResult {
        let source = &self.file.ast.source;
        let remedy = Text::new("核对示例与规则：若示例有误改示例，否则改规则", "hold the example against the rule: mend whichever is wrong");
        let failures = failures.into_iter().map(|cause| Diagnostic::new(Code::ExampleFails, source, self.at.clone(), cause, remedy.clone()));
        ExampleResult {
            policy: self.file.id().to_owned(),
            title: title.to_owned(),
            place: (source.name.clone(), source.place(self.at.start).0),
            failures: failures.collect(),
            reached: self.reached.take(),
        }
    }

    /// Notes the rules that spoke of the records.
    fn spoke(&self, result: &Assessment) {
        self.reached.borrow_mut().extend(result.records.iter().filter_map(|record| record.rule.clone()));
    }

    fn year(&self, rule: Option<&Rule>) -> i16 {
        let asked = self.node.get("year").and_then(number).and_then(|year| i16::try_from(year.to_integer()).ok());
        let of_rule = rule.and_then(|rule| rule.governs.from.as_ref()).and_then(|figure| match &figure.is {
            crate::syntax::ast::Figure::Exact(year) => i16::try_from(year.to_integer()).ok(),
            _ => None,
        });
        asked.or(of_rule).or(self.file.years().0).unwrap_or(2020)
    }

    fn region(&self) -> String {
        match self.node.get("region").map(words) {
            Some(region) => region,
            None if self.file.place() == "*" => "000000".to_owned(),
            None => format!("{:0<6}", self.file.place()),
        }
    }

    /// The stack that holds the policy in that year.
    fn stack(&self, region: &str, year: i16) -> Result<Arc<Stack>, Text> {
        let stacks = self.engine.stacks(region, self.file.sector(), year).map_err(|found| {
            let first = found.first().map(|d| d.cause.clone()).unwrap_or_default();
            Text::new(format!("政策不成立：{}", first.zh), format!("the policy does not hold together: {}", first.get(crate::Lang::En)))
        })?;
        let holds = |stack: &&Arc<Stack>| stack.files().iter().any(|file| file.id() == self.file.id());
        let fallback = || stacks.iter().find(|stack| stack.files().len() > 1);
        stacks.iter().find(holds).or_else(fallback).cloned().ok_or_else(|| crate::text!("{year} 年没有政策适用于 {region}", "no policy answers for {region} in {year}"))
    }

    /// The example of a rule: `given` laid over the simplest record it accepts.
    fn rule_example(&self, item: &Item<Rule>) -> Vec<Text> {
        let year = self.year(Some(&item.is));
        let region = self.region();
        let stack = match self.stack(&region, year) {
            Ok(stack) => stack,
            Err(why) => return vec![why],
        };
        let mut record = self.node.get("given").map(cells).unwrap_or_default();
        let mut person = self.node.get("person").map(cells).unwrap_or_default();
        simplest(&self.file.ast, &stack, item, year, &mut record, &mut person);
        let duty = self.node.get("duty").map(words).or_else(|| item.is.duties.first().map(|word| word.is.clone()));
        let assessed = self.assess(&region, &stack, &person, &[record], year, duty.as_deref());
        match assessed {
            Ok((result, _)) => {
                self.spoke(&result);
                self.compare_record(&result)
            }
            Err(why) => vec![why],
        }
    }

    fn assess(&self, region: &str, stack: &Stack, person: &Cells, records: &[Cells], year: i16, duty: Option<&str>) -> Result<(Assessment, (Person, Vec<Record>)), Text> {
        let rows = (read_person(stack.schema(), person)?, records.iter().enumerate().map(|(at, cells)| read_record(stack.schema(), cells, at)).collect::<Result<Vec<_>, _>>()?);
        let all = self.engine.assess(region, self.file.sector(), &rows, Asked::year(year)).map_err(|found| found.first().map(|d| d.cause.clone()).unwrap_or_default())?;
        let mine = |result: &Assessment| duty.is_none_or(|duty| *result.duty == *duty);
        let told = |result: &Assessment| !records.is_empty() && result.records.is_empty();
        let of_stack = |result: &Assessment| result.policies.iter().all(|policy| stack.files().iter().any(|file| *file.id() == *policy.id));
        let found = all.iter().find(|result| mine(result) && of_stack(result) && !told(result)).or_else(|| all.iter().find(|result| mine(result))).cloned();
        found.map(|result| (result, rows)).ok_or_else(|| Text::new("没有适用的义务", "no duty applies"))
    }

    fn compare_record(&self, result: &Assessment) -> Vec<Text> {
        let mut failures = Vec::new();
        let Some(record) = result.records.first() else {
            return vec![Text::new("义务的期间未知，记录没有被评定", "the window of the duty is not known: the record was not assessed")];
        };
        let mut check = |key: &str, got: String| {
            if let Some(want) = self.node.get(key) {
                let want = words(want);
                if want != got {
                    failures.push(crate::text!("{key} 应为 {want}，得到 {got}", "{key} should be {want}, got {got}"));
                }
            }
        };
        let cut = record.cuts.iter().fold(Hours::ZERO, |sum, cut| sum.plus(cut.hours));
        let problem = record.missing.as_ref().map_or_else(|| record.problem.as_ref().map(|p| p.code.to_string()).unwrap_or_default(), |missing| format!("missing:{}", missing.column));
        let wants_problem = self.node.get("problem").is_some();
        check("hours", record.hours.to_string());
        check("cut", cut.to_string());
        check("problem", problem.clone());
        check("bucket", record.subject.to_string());
        if let Some(want) = self.node.get("exact").map(words) {
            let got = record.steps.map(|steps| show(steps.exact)).unwrap_or_default();
            if crate::exact::parse_exact(&want) != record.steps.map(|steps| steps.exact) {
                failures.push(crate::text!("exact 应为 {want}，得到 {got}", "exact should be {want}, got {got}"));
            }
        }
        for (later, want) in self.node.get("later").map(Node::entries).unwrap_or_default() {
            let year = later.name.parse::<i16>().map(|n| result.year + n).unwrap_or(0);
            let got = record.carried_to.iter().filter(|(to, _)| *to == year).fold(Hours::ZERO, |sum, (_, hours)| sum.plus(*hours)).to_string();
            let want = words(want);
            if want != got {
                failures.push(crate::text!("{year} 年应计 {want}，得到 {got}", "{year} should have {want}, got {got}"));
            }
        }
        if !wants_problem && !problem.is_empty() {
            let detail = record.problem.as_ref().map(|p| p.detail.words()).unwrap_or_default();
            failures.push(Text::new(format!("记录有问题 {problem} {}", detail.zh), format!("the record has problem {problem} {}", detail.get(crate::Lang::En))));
        }
        failures
    }

    /// A whole case: a person, its records, and everything that must come out.
    fn case(&self) -> Vec<Text> {
        let (year, region) = (self.year(None), self.region());
        let stack = self.stack(&region, year);
        if let Some(want) = self.node.get("expect").and_then(|expect| expect.get("governed")) {
            let selected = self.engine.library().select(&region, self.file.sector(), year);
            let governed = selected.iter().flatten().any(|file| file.id() == self.file.id());
            let (want, got) = (words(want), if governed { "yes" } else { "no" });
            return if want == got { Vec::new() } else { vec![crate::text!("governed 应为 {want}，得到 {got}", "governed should be {want}, got {got}")] };
        }
        let stack = match stack {
            Ok(stack) => stack,
            Err(why) => return vec![why],
        };
        let person = self.node.get("person").map(cells).unwrap_or_default();
        let mut records: Vec<Cells> = match self.node.get("records").map(|node| &node.kind) {
            Some(NodeKind::List(items)) => items.iter().map(cells).collect(),
            _ => Vec::new(),
        };
        for record in &mut records {
            complete(stack.schema(), record, year);
        }
        let duty = self.node.get("duty").map(words);
        let (result, rows) = match self.assess(&region, &stack, &person, &records, year, duty.as_deref()) {
            Ok(found) => found,
            Err(why) => return vec![why],
        };
        let Some(expect) = self.node.get("expect") else { return Vec::new() };
        self.spoke(&result);
        self.reached.borrow_mut().extend(result.requirements.iter().flat_map(|r| std::iter::once(&r.item).chain(r.over.iter().map(|(item, _)| item))).cloned());
        let mut failures = compare_case(&result, expect);
        for (window, want) in expect.get("window").map(Node::entries).unwrap_or_default() {
            let got = crate::engine::window_days(&stack, &window.name, &rows.0, Asked::year(year)).map_or_else(|| "—".to_owned(), |(from, to)| format!("{from}/{to}"));
            let (name, want) = (&window.name, words(want));
            if want != got {
                failures.push(crate::text!("期间 {name} 应为 {want}，得到 {got}", "window {name} should be {want}, got {got}"));
            }
        }
        failures.extend(self.compare_gates(expect, &result, &region, &rows, year));
        failures
    }

    /// The answer to a question: no where one gate says so, unknown where one does or none is there.
    fn answer(&self, question: &str, region: &str, rows: &(Person, Vec<Record>), year: i16) -> &'static str {
        let answers = self.gates(question, region, rows, year);
        self.reached.borrow_mut().extend(answers.iter().flat_map(|answer| &answer.years).flat_map(|year| &year.asked).cloned());
        let said = |word: &str| answers.iter().any(|answer| answer.answer.name() == word);
        if said("no") {
            "no"
        } else if said("unknown") || answers.is_empty() {
            "unknown"
        } else {
            "yes"
        }
    }

    /// The gates of a question that this policy or the layers below it ask.
    fn gates(&self, question: &str, region: &str, rows: &(Person, Vec<Record>), year: i16) -> Vec<GateAnswer> {
        let asked = Asked { on: jiff::civil::Date::new(year, 12, 31).ok(), ..Asked::year(year) };
        let mut answers = self.engine.gate(question, region, self.file.sector(), rows, asked).unwrap_or_default();
        // A person may stand in other stacks too; they are not this policy's.
        if let Ok(stack) = self.stack(region, year) {
            answers.retain(|answer| stack.files().iter().any(|file| *file.id() == *answer.by.policy));
        }
        answers
    }

    fn compare_gates(&self, expect: &Node, result: &Assessment, region: &str, rows: &(Person, Vec<Record>), year: i16) -> Vec<Text> {
        let mut failures = Vec::new();
        match expect.get("gates").map(|node| (&node.kind, node)) {
            Some((NodeKind::List(want), _)) => {
                let mut want: Vec<String> = want.iter().map(words).collect();
                let mut got: Vec<String> = result.consequences.iter().map(|c| c.gate.to_string()).collect();
                got.extend(self.engine.questions().into_iter().filter(|question| self.answer(question, region, rows, year) == "no"));
                want.sort_unstable();
                got.sort_unstable();
                got.dedup();
                if want != got {
                    let (want, got) = (want.join(" "), got.join(" "));
                    failures.push(crate::text!("应关闭的关口 {want}，得到 {got}", "gates closed should be {want}, got {got}"));
                }
            }
            Some((NodeKind::Table(questions), _)) => {
                for (question, want) in questions {
                    let got = self.answer(&question.name, region, rows, year);
                    let (name, want) = (&question.name, words(want));
                    if want != got {
                        failures.push(crate::text!("关口 {name} 应答 {want}，得到 {got}", "gate {name} should answer {want}, got {got}"));
                    }
                }
            }
            _ => {}
        }
        for (gate, want) in expect.get("looks").map(Node::entries).unwrap_or_default() {
            let all: Vec<GateAnswer> = self.engine.questions().iter().flat_map(|question| self.gates(question, region, rows, year)).collect();
            let got = all.iter().find(|answer| *answer.by.id == *gate.name && *answer.by.policy == *self.file.id());
            let got = got.map_or_else(|| "—".to_owned(), |answer| answer.years.iter().map(|year| year.year.to_string()).collect::<Vec<_>>().join(";"));
            let (name, want) = (&gate.name, words(want));
            if want != got {
                failures.push(crate::text!("关口 {name} 应看 {want}，实看 {got}", "gate {name} should look at {want}, looked at {got}"));
            }
        }
        failures
    }
}

fn compare_case(result: &Assessment, expect: &Node) -> Vec<Text> {
    let mut failures = Vec::new();
    let mut check = |what: String, want: String, got: String| {
        if want != got {
            failures.push(crate::text!("{what} 应为 {want}，得到 {got}", "{what} should be {want}, got {got}"));
        }
    };
    let list = |key: &str| match expect.get(key).map(|node| &node.kind) {
        Some(NodeKind::List(items)) => items.iter().map(words).collect(),
        Some(_) => expect.get(key).map(words).into_iter().collect(),
        None => Vec::new(),
    };
    for (key, get) in [
        ("hours", (|r| r.hours.to_string()) as fn(&crate::assess::RecordResult) -> String),
        ("cut", |r| r.cuts.iter().fold(Hours::ZERO, |sum, cut| sum.plus(cut.hours)).to_string()),
        ("problem", |r| r.missing.as_ref().map_or_else(|| r.problem.as_ref().map(|p| p.code.to_string()).unwrap_or_default(), |m| format!("missing:{}", m.column))),
        ("rule", |r| r.rule.as_ref().map(|rule| rule.id.to_string()).unwrap_or_default()),
    ] {
        for (at, want) in list(key).into_iter().enumerate() {
            let got = result.records.get(at).map(get).unwrap_or_else(|| "—".to_owned());
            check(format!("{key}[{}]", at + 1), want, got);
        }
    }
    if let Some(want) = expect.get("status") {
        check("status".to_owned(), words(want), result.status.name().to_owned());
    }
    if let Some(want) = expect.get("total") {
        check("total".to_owned(), words(want), result.total.to_string());
    }
    if expect.get("warnings").is_some() {
        let mut got: Vec<String> = result.warnings.iter().map(|warning| warning.code.to_string()).collect();
        got.dedup();
        check("warnings".to_owned(), list("warnings").join(" "), got.join(" "));
    }
    for (bucket, want) in expect.get("bucket").map(Node::entries).unwrap_or_default() {
        let got = result.hours.iter().find(|h| *h.bucket == *bucket.name).map(|h| h.hours.to_string()).unwrap_or_default();
        check(format!("bucket.{}", bucket.name), words(want), got);
    }
    for (key, get) in [("short", (|r| r.short.to_string()) as fn(&crate::assess::RequirementResult) -> String), ("asked", |r| r.at_least.map_or_else(|| "?".to_owned(), |hours| hours.to_string()))] {
        for (name, want) in expect.get(key).map(Node::entries).unwrap_or_default() {
            let found = result.requirements.iter().find(|r| *r.subject == *name.name || *r.item.id == *name.name);
            if let Some((policy, id)) = name.name.split_once('/').filter(|_| key == "asked") {
                check(format!("{key}.{}", name.name), words(want), asked_by(result, policy, id));
                continue;
            }
            let got = found.map(get).unwrap_or_else(|| if key == "short" { "0".to_owned() } else { "—".to_owned() });
            check(format!("{key}.{}", name.name), words(want), got);
        }
    }
    failures
}

/// What one policy asks, also where a higher requirement of another layer prevails over it.
fn asked_by(result: &Assessment, policy: &str, id: &str) -> String {
    let mine = |item: &crate::ItemRef| *item.policy == *policy && *item.id == *id;
    let found = result.requirements.iter().find_map(|r| {
        let over = r.over.iter().find(|(item, _)| mine(item)).map(|(_, hours)| *hours);
        if mine(&r.item) { r.at_least } else { over }
    });
    found.map_or_else(|| "—".to_owned(), |hours| hours.to_string())
}

/// Fills what a record of a rule's example leaves out, so that the rule would accept it.
fn simplest(policy: &crate::syntax::ast::Policy, stack: &Stack, item: &Item<Rule>, year: i16, record: &mut Cells, person: &mut Cells) {
    let layer = stack.files().iter().position(|file| file.id() == policy.head.id.is).unwrap_or(0);
    for is in std::iter::once(&item.is.matches).chain(&item.is.needs) {
        let tables = unfold(stack, layer, is);
        for condition in tables.first().into_iter().flatten() {
            let Some(column) = stack.schema().find(&condition.fact.is).and_then(|at| stack.schema().columns.get(at)).filter(|column| !column.derived) else { continue };
            let cells = if column.of == Of::Record { &mut *record } else { &mut *person };
            if !cells.contains_key(&column.id)
                && let Some(value) = value_for(stack, layer, column, &condition.test, year)
            {
                cells.insert(column.id.clone(), value);
            }
        }
    }
    if !record.contains_key("unit") {
        let name = (policy.head.id.is.as_str(), item.id.is.as_str());
        let compiled = stack.program().rules.iter().find(|rule| (&*rule.item.policy, &*rule.item.id) == name);
        let unit = match compiled.map(|rule| &rule.accepts) {
            Some(Accepts::Units(units)) => units.first().map(|(code, _)| *code),
            _ => Some(0),
        };
        let codes = stack.schema().columns.get(1).map(|column| column.codes.as_slice()).unwrap_or_default();
        if let Some(code) = unit.and_then(|unit| codes.get(usize::from(unit))) {
            record.insert("unit".to_owned(), code.id.clone());
        }
    }
    record.entry("quantity".to_owned()).or_insert_with(|| "1".to_owned());
    prove(stack.schema(), record);
    complete(stack.schema(), record, year);
}

/// The tables of a where with named sets written out.
fn unfold(stack: &Stack, layer: usize, is: &Where) -> Vec<Vec<Condition>> {
    let asts: Vec<&crate::syntax::ast::Policy> = stack.files().iter().map(|file| &*file.ast).collect();
    let names = crate::program::names::Names { stack: &asts };
    let mut all = Vec::new();
    for table in &is.any {
        let mut unfolded = vec![Vec::new()];
        for condition in table {
            let named = match (&condition.fact.is[..], &condition.test) {
                ("set", Test::OneOf(values)) => values.first().and_then(|value| match &value.is {
                    Scalar::Text(name) => names.set(layer, name),
                    _ => None,
                }),
                _ => None,
            };
            let with: Vec<Vec<Condition>> = match named {
                Some((at, set)) => unfold(stack, at, &set.is),
                None => vec![vec![condition.clone()]],
            };
            unfolded = unfolded.iter().flat_map(|left| with.iter().map(move |right| left.iter().chain(right).cloned().collect())).collect();
        }
        all.extend(unfolded);
    }
    all
}

fn value_for(stack: &Stack, layer: usize, column: &crate::schema::Column, test: &Test, year: i16) -> Option<String> {
    let asts: Vec<&crate::syntax::ast::Policy> = stack.files().iter().map(|file| &*file.ast).collect();
    let names = crate::program::names::Names { stack: &asts };
    match test {
        Test::OneOf(values) => values.first().map(|value| scalar(&value.is)),
        Test::In(list) => names.list(layer, &list.is).and_then(|(_, list)| {
            let holds = |entry: &&crate::syntax::ast::Entry| entry.from.is_none_or(|from| from.year() <= year) && entry.to.is_none_or(|to| to.year() >= year);
            list.is.entries.iter().find(holds).map(|entry| entry.id.clone())
        }),
        Test::Given(true) => Some(match column.kind {
            FactType::Number => "1".to_owned(),
            FactType::Date => format!("{year}-07-01"),
            FactType::Code | FactType::Codes => column.codes.first().map(|code| code.id.clone()).unwrap_or_default(),
            FactType::YesNo => "yes".to_owned(),
            _ => "示例".to_owned(),
        }),
        Test::Not(inner) => match &**inner {
            Test::OneOf(values) if column.kind == FactType::Code => column.codes.iter().find(|code| values.iter().all(|value| scalar(&value.is) != code.id)).map(|code| code.id.clone()),
            _ => None,
        },
        Test::Range(bounds) => bounds.iter().find_map(|(bound, value)| {
            let one = Exact::from_integer(1);
            match (bound, &value.is) {
                (Bound::AtLeast | Bound::AtMost, Scalar::Number(number)) => Some(show(*number)),
                (Bound::Above, Scalar::Number(number)) => crate::exact::add(*number, one).map(show),
                (Bound::AtLeast, Scalar::Text(code)) if column.kind == FactType::Code => Some(code.clone()),
                _ => None,
            }
        }),
        Test::Given(false) | Test::SameAs(_) | Test::Among(_) => None,
    }
}

/// Gives a record every proof there is.
fn prove(schema: &Schema, record: &mut Cells) {
    if let Some(column) = schema.find(crate::schema::EVIDENCE).and_then(|at| schema.columns.get(at)) {
        let all = column.codes.iter().map(|code| code.id.as_str()).collect::<Vec<_>>().join(";");
        record.entry(column.id.clone()).or_insert(all);
    }
}

/// What every record must have: its days, and the first code of columns that must be filled in.
fn complete(schema: &Schema, record: &mut Cells, year: i16) {
    record.entry("end".to_owned()).or_insert_with(|| format!("{year}-07-01"));
    let end = record["end"].clone();
    record.entry("start".to_owned()).or_insert(end);
    for column in schema.columns.iter().filter(|column| column.of == Of::Record) {
        if column.required && column.kind == FactType::Code {
            let first = column.codes.first().map(|code| code.id.clone()).unwrap_or_default();
            record.entry(column.id.clone()).or_insert(first);
        }
    }
}

fn read_person(schema: &Schema, cells: &Cells) -> Result<Person, Text> {
    let mut values = vec![Value::Empty; schema.slots(Of::Person)];
    for column in schema.columns.iter().filter(|column| column.of == Of::Person && column.kind == FactType::Years) {
        values[column.slot] = Value::Years(Vec::new());
    }
    fill(schema, Of::Person, cells, &mut values)?;
    Ok(Person { id: "P".to_owned(), values, rows_in_error: false })
}

fn read_record(schema: &Schema, cells: &Cells, at: usize) -> Result<Record, Text> {
    let mut values = vec![Value::Empty; schema.slots(Of::Record)];
    fill(schema, Of::Record, cells, &mut values)?;
    let row = u32::try_from(at + 1).unwrap_or(u32::MAX);
    Ok(Record { id: cells.get("record").cloned().unwrap_or_else(|| row.to_string()), row, values })
}

fn fill(schema: &Schema, of: Of, cells: &Cells, values: &mut [Value]) -> Result<(), Text> {
    for (id, cell) in cells.iter().filter(|(id, _)| !["record", "person", "region", "industry"].contains(&id.as_str())) {
        let Some(at) = schema.find(id).filter(|at| schema.columns[*at].of == of) else {
            return Err(crate::text!("没有 {id} 这一列", "there is no column {id}"));
        };
        match schema.read(at, cell) {
            Cell::Is(value, sets) => {
                values[schema.columns[at].slot] = value;
                for (other, code) in sets {
                    if let Some(at) = schema.find(&other)
                        && let Cell::Is(value, _) = schema.read(at, &code)
                    {
                        values[schema.columns[at].slot] = value;
                    }
                }
            }
            Cell::Bad(why) => return Err(Text::new(format!("{id} = {cell}：{}", why.zh), format!("{id} = {cell}: {}", why.get(crate::Lang::En)))),
        }
    }
    Ok(())
}

fn cells(node: &Node) -> Cells {
    node.entries().iter().map(|(key, value)| (key.name.clone(), words(value))).collect()
}

fn number(node: &Node) -> Option<Exact> {
    match &node.kind {
        NodeKind::Number(number) => Some(*number),
        _ => None,
    }
}

/// A node as the cell that would hold it.
fn words(node: &Node) -> String {
    match &node.kind {
        NodeKind::Text(text) => text.clone(),
        NodeKind::Number(number) => show(*number),
        NodeKind::Bool(true) => "yes".to_owned(),
        NodeKind::Bool(false) => "no".to_owned(),
        NodeKind::Date(date) => date.to_string(),
        NodeKind::List(items) => items.iter().map(words).collect::<Vec<_>>().join(";"),
        NodeKind::Table(_) => node.get("zh").map(words).unwrap_or_default(),
        NodeKind::Bad => String::new(),
    }
}

fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Bool(true) => "yes".to_owned(),
        Scalar::Bool(false) => "no".to_owned(),
        other => crate::library::scalar_words(other).zh,
    }
}
