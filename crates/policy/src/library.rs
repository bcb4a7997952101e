//! A set of policies: reading files, choosing what governs a person in a year, and assessing.

use crate::assess::{self, Answer, Asked, Assessment, Covered, GateAnswer, GateYear};
use crate::diagnostic::{Code, Diagnostic, Severity, Source};
use crate::effects::Variant;
use crate::program::{Choice, Figure, Program, compile};
use crate::schema::Schema;
use crate::syntax::ast::{Policy, Scalar};
use crate::syntax::node::{Node, NodeKind};
use crate::syntax::{decode, node};
use crate::text::Text;
use crate::value::{Person, Record};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The policy on which every stack stands.
pub(crate) const COMMON: &str = "common";

/// A policy file that was read.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    pub(crate) ast: Arc<Policy>,
    pub(crate) root: Arc<Node>,
    pub(crate) hash: Arc<str>,
}

impl PolicyFile {
    /// Reads a file. Everything wrong in it is reported; `None` where not even its head can be read.
    pub fn parse(name: &str, text: &str) -> (Option<Self>, Vec<Diagnostic>) {
        let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned() });
        let mut out = Vec::new();
        let root = node::parse(&source, &mut out);
        let ast = decode(&source, &root, &mut out);
        let hash = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        (ast.map(|ast| Self { ast: Arc::new(ast), root: Arc::new(root), hash: hash.into() }), out)
    }

    /// The policy's id.
    pub fn id(&self) -> &str {
        &self.ast.head.id.is
    }

    /// The title of the document.
    pub fn title(&self) -> &Text {
        &self.ast.head.title
    }

    /// The document number, where it has one.
    pub fn number(&self) -> Option<&str> {
        self.ast.head.number.as_deref()
    }

    /// What it is cited by: its short name, else its number, else its title.
    pub fn cited_as(&self, lang: crate::Lang) -> &str {
        match (&self.ast.head.short, &self.ast.head.number) {
            (Some(short), _) => short.get(lang),
            (None, Some(number)) => number,
            (None, None) => self.ast.head.title.get(lang),
        }
    }

    /// The issuing authority.
    pub fn authority(&self) -> &Text {
        &self.ast.head.authority
    }

    /// The prefix of the GB/T 2260 code where it holds, `*` for the nation.
    pub fn place(&self) -> &str {
        &self.ast.head.place.is
    }

    /// Its sector, where it is of one.
    pub fn sector(&self) -> Option<&str> {
        self.ast.head.sector.as_deref()
    }

    /// SHA-256 of the file.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// SHA-256 of the source text it encodes, where it names one.
    pub fn source_sha256(&self) -> Option<&str> {
        self.ast.head.source_sha256.as_ref().map(|word| word.is.as_str())
    }

    /// First and last year it governs.
    pub fn years(&self) -> (Option<i16>, Option<i16>) {
        let names = crate::program::names::Names { stack: &[&self.ast] };
        let year = |figure: &Option<crate::syntax::ast::Sp<crate::syntax::ast::Figure>>| {
            let number = match figure.as_ref().map(|figure| &figure.is)? {
                crate::syntax::ast::Figure::Exact(number) => *number,
                crate::syntax::ast::Figure::Name(name) => names.constant(0, name)?,
                _ => return None,
            };
            i16::try_from(number.to_integer()).ok()
        };
        (year(&self.ast.head.governs.from), year(&self.ast.head.governs.to))
    }

    /// The same file with an alternative of a reading in place of what it chose.
    pub(crate) fn with_alternative(&self, reading: usize, alternative: usize, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let item = &self.ast.readings.get(reading)?;
        let chosen = item.is.alternatives.get(alternative)?;
        let mut root = (*self.root).clone();
        if let Some(value) = &chosen.value {
            root.set(&["reading", &item.id.is, "value"], Some(value.clone()));
        }
        if let Some(change) = &chosen.change {
            apply_change(&mut root, change, &self.ast, out);
        }
        self.redecode(root, out)
    }

    pub(crate) fn redecode(&self, root: Node, out: &mut Vec<Diagnostic>) -> Option<Self> {
        let ast = decode(&self.ast.source, &root, out)?;
        Some(Self { ast: Arc::new(ast), root: Arc::new(root), hash: self.hash.clone() })
    }
}

/// Applies the changes of an alternative to a file's tree.
fn apply_change(root: &mut Node, change: &Node, policy: &Policy, out: &mut Vec<Diagnostic>) {
    let report = |out: &mut Vec<Diagnostic>, at: &Node, path: &str| {
        out.push(Diagnostic::new(
            Code::BadChange,
            &policy.source,
            at.at.clone(),
            crate::text!("改动所指的 {path} 不存在", "the change points at {path}, which is not there"),
            Text::new("写成 种类.标识.键 = 值，或 drop = [\"种类.标识\"]", "write kind.id.key = value, or drop = [\"kind.id\"]"),
        ));
    };
    for (kind, inner) in change.entries() {
        if kind.name == "drop" {
            let items: Vec<&Node> = match &inner.kind {
                NodeKind::List(items) => items.iter().collect(),
                _ => vec![inner],
            };
            for item in items {
                let path = item.text().unwrap_or("").split_once('.');
                let gone = path.is_some_and(|(kind, id)| root.set(&[kind, id], None));
                if !gone {
                    report(out, item, item.text().unwrap_or("?"));
                }
            }
            continue;
        }
        if kind.name == "policy" || kind.name == "account" || kind.name == "layer" {
            patch_item(root, &[&kind.name], inner);
            continue;
        }
        for (id, keys) in inner.entries() {
            if root.get(&kind.name).and_then(|items| items.get(&id.name)).is_none() {
                report(out, keys, &format!("{}.{}", kind.name, id.name));
                continue;
            }
            patch_item(root, &[&kind.name, &id.name], keys);
        }
    }
}

/// Replaces whole keys of an item; `look` and `governs` may be changed in part.
fn patch_item(root: &mut Node, path: &[&str], keys: &Node) {
    for (key, value) in keys.entries() {
        if ["look", "governs"].contains(&key.name.as_str()) {
            for (part, value) in value.entries() {
                let path: Vec<&str> = path.iter().copied().chain([key.name.as_str(), part.name.as_str()]).collect();
                root.set(&path, Some(value.clone()));
            }
        } else {
            let path: Vec<&str> = path.iter().copied().chain([key.name.as_str()]).collect();
            root.set(&path, Some(value.clone()));
        }
    }
}

/// Policies by id. Later ones of an id replace earlier ones.
#[derive(Clone, Debug, Default)]
pub struct Library {
    files: Vec<PolicyFile>,
}

impl Library {
    /// Adds a policy, or replaces the one of its id. Says whether it replaced one.
    pub fn add(&mut self, file: PolicyFile) -> bool {
        match self.files.iter_mut().find(|known| known.id() == file.id()) {
            Some(known) => {
                *known = file;
                true
            }
            None => {
                self.files.push(file);
                false
            }
        }
    }

    /// Every policy.
    pub fn files(&self) -> &[PolicyFile] {
        &self.files
    }

    /// The policy of an id.
    pub fn get(&self, id: &str) -> Option<&PolicyFile> {
        self.files.iter().find(|file| file.id() == id)
    }

    /// The stacks that answer for a place, sector and year, from the bottom up; `common` lies under each.
    pub(crate) fn select(&self, region: &str, sector: Option<&str>, year: i16) -> Vec<Vec<PolicyFile>> {
        let here: Vec<&PolicyFile> = self
            .files
            .iter()
            .filter(|file| file.id() != COMMON)
            .filter(|file| file.place() == "*" || region.starts_with(file.place()))
            .filter(|file| file.sector().is_none() || file.sector() == sector)
            .filter(|file| {
                let (from, to) = file.years();
                from.is_none_or(|from| year >= from) && to.is_none_or(|to| year <= to)
            })
            .collect();
        let mut group: Vec<usize> = (0..here.len()).collect();
        for (at, file) in here.iter().enumerate() {
            for below in on(file) {
                let joined: Vec<usize> =
                    if below == "region" { (0..here.len()).filter(|n| here[*n].sector().is_none()).collect() } else { (0..here.len()).filter(|n| here[*n].id() == below).collect() };
                for other in joined {
                    let (from, to) = (group[at], group[other]);
                    group.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
                }
            }
        }
        let mut stacks: Vec<Vec<PolicyFile>> = Vec::new();
        let mut groups: Vec<usize> = group.clone();
        groups.sort_unstable();
        groups.dedup();
        for one in groups {
            let members: Vec<&PolicyFile> = here.iter().zip(&group).filter(|(_, g)| **g == one).map(|(file, _)| *file).collect();
            let mut stack: Vec<PolicyFile> = self.get(COMMON).into_iter().cloned().collect();
            stack.extend(layered(members));
            stacks.push(stack);
        }
        stacks
    }
}

/// The policies a file lies on.
fn on(file: &PolicyFile) -> Vec<&str> {
    file.ast.layer.as_ref().map(|layer| layer.is.on.iter().map(|word| word.is.as_str()).collect()).unwrap_or_default()
}

/// Sorts the members of a stack: below before above; among equals the wider place, then no sector, then the earlier.
fn layered(mut members: Vec<&PolicyFile>) -> Vec<PolicyFile> {
    let wide = |file: &PolicyFile| if file.place() == "*" { 0 } else { file.place().len() };
    members.sort_by_key(|file| (file.sector().is_some(), wide(file), file.ast.head.issued));
    let mut sorted: Vec<PolicyFile> = Vec::new();
    while !members.is_empty() {
        let ready = members.iter().position(|file| {
            let below = on(file);
            let waits = |other: &&PolicyFile| other.id() != file.id() && (below.contains(&other.id()) || below.contains(&"region") && other.sector().is_none());
            !members.iter().any(waits)
        });
        sorted.push(members.remove(ready.unwrap_or(0)).clone());
    }
    sorted
}

/// Rows of one person, read for whichever stack asks: the years of a gate may have different columns.
pub trait Rows {
    /// The person and its records under a schema.
    fn read(&self, schema: &Schema) -> (Person, Vec<Record>);

    /// Hands the person and its records on without copying them where they are already at hand.
    fn with(&self, schema: &Schema, run: &mut dyn FnMut(&Person, &[Record])) {
        let (person, records) = self.read(schema);
        run(&person, &records);
    }
}

impl Rows for (Person, Vec<Record>) {
    fn read(&self, _: &Schema) -> (Person, Vec<Record>) {
        self.clone()
    }

    fn with(&self, _: &Schema, run: &mut dyn FnMut(&Person, &[Record])) {
        run(&self.0, &self.1);
    }
}

/// A stack compiled for a year. Programs for persons whom a layer does not cover are compiled when first needed.
#[derive(Debug)]
pub struct Stack {
    files: Vec<PolicyFile>,
    schema: Arc<Schema>,
    year: i16,
    full: Arc<Program>,
    variants: Mutex<HashMap<Vec<bool>, Option<Arc<Program>>>>,
    /// Duties of this stack that no nearer stack takes.
    duties: Vec<usize>,
}

impl Stack {
    /// Compiles a stack; every layer covering.
    ///
    /// # Errors
    /// Everything in its policies that can not be compiled.
    pub(crate) fn compile(files: Vec<PolicyFile>, year: i16) -> Result<Self, Vec<Diagnostic>> {
        let schema = Arc::new(Schema::of(&files.iter().map(|file| &*file.ast).collect::<Vec<_>>()));
        let (program, diagnostics) = program(&files, &schema, year, vec![true; files.len()]);
        match program {
            Some(program) => {
                let duties = (0..program.duties.len()).collect();
                Ok(Self { files, schema, year, full: Arc::new(program), variants: Mutex::default(), duties })
            }
            None => Err(diagnostics),
        }
    }

    /// The columns its records and persons have.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Its policies, from the bottom up.
    pub fn files(&self) -> &[PolicyFile] {
        &self.files
    }

    pub(crate) fn program(&self) -> &Arc<Program> {
        &self.full
    }

    /// The program for persons whom only some layers cover.
    pub(crate) fn for_layers(&self, active: &[bool]) -> Option<Arc<Program>> {
        if active.iter().all(|active| *active) {
            return Some(Arc::clone(&self.full));
        }
        let mut variants = self.variants.lock().unwrap_or_else(PoisonError::into_inner);
        variants.entry(active.to_vec()).or_insert_with(|| program(&self.files, &self.schema, self.year, active.to_vec()).0.map(Arc::new)).clone()
    }

    /// How far the width of its place reaches, for choosing the nearer of two stacks of one role.
    fn nearness(&self) -> usize {
        self.files.iter().skip(1).map(|file| if file.place() == "*" { 0 } else { file.place().len() }).max().unwrap_or(0)
    }

    /// Whether hours of a record can count in a later year.
    fn carries(&self) -> bool {
        self.full.rules.iter().any(|rule| rule.spread.is_some())
    }

    /// What tells two stacks apart: their policies and the rules that hold.
    fn same_rules(&self, other: &Self) -> bool {
        self.files.len() == other.files.len() && self.full.rules == other.full.rules && self.full.limits == other.full.limits && self.full.layers == other.full.layers
    }
}

fn program(files: &[PolicyFile], schema: &Arc<Schema>, year: i16, active: Vec<bool>) -> (Option<Program>, Vec<Diagnostic>) {
    let asts: Vec<&Policy> = files.iter().map(|file| &*file.ast).collect();
    let hashes: Vec<Arc<str>> = files.iter().map(|file| Arc::clone(&file.hash)).collect();
    let (program, _, diagnostics) = compile(&asts, &hashes, schema, &Choice { year, active });
    (program, diagnostics)
}

type StackKey = (String, Option<String>, i16);

/// Assesses people under a library of policies, compiling each stack once.
#[derive(Debug)]
pub struct Engine {
    library: Library,
    stacks: Mutex<HashMap<StackKey, Arc<Vec<Arc<Stack>>>>>,
    variants: Mutex<HashMap<StackKey, Arc<Vec<Variant>>>>,
}

impl Engine {
    /// An engine over checked policies.
    pub fn new(library: Library) -> Self {
        Self { library, stacks: Mutex::default(), variants: Mutex::default() }
    }

    /// The policies.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The stacks that answer for a place, sector and year. For one role the stack of the nearer place answers alone.
    ///
    /// # Errors
    /// Everything that can not be compiled; checked policies have none.
    pub fn stacks(&self, region: &str, sector: Option<&str>, year: i16) -> Result<Arc<Vec<Arc<Stack>>>, Vec<Diagnostic>> {
        let key = (region.to_owned(), sector.map(str::to_owned), year);
        let mut known = self.stacks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(&key) {
            return Ok(Arc::clone(found));
        }
        let mut stacks = self.library.select(region, sector, year).into_iter().map(|files| Stack::compile(files, year)).collect::<Result<Vec<_>, _>>()?;
        let claims: Vec<(String, usize)> = stacks.iter().flat_map(|stack| stack.full.duties.iter().map(|duty| (duty.role.clone(), stack.nearness()))).collect();
        for stack in &mut stacks {
            let near = stack.nearness();
            let program = Arc::clone(&stack.full);
            stack.duties.retain(|duty| claims.iter().all(|(role, other)| *role != program.duties[*duty].role || *other <= near));
        }
        stacks.retain(|stack| !stack.duties.is_empty());
        let found = Arc::new(stacks.into_iter().map(Arc::new).collect::<Vec<_>>());
        known.insert(key, Arc::clone(&found));
        Ok(found)
    }

    /// The alternatives of readings that make a difference for a place, sector and year.
    pub(crate) fn variants(&self, region: &str, sector: Option<&str>, year: i16) -> Arc<Vec<Variant>> {
        let key = (region.to_owned(), sector.map(str::to_owned), year);
        if let Some(found) = self.variants.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(found);
        }
        let built = match self.stacks(region, sector, year) {
            Ok(base) => Self::build_variants(&self.library, &base, region, sector, year),
            Err(_) => Vec::new(),
        };
        let built = Arc::new(built);
        self.variants.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&built));
        built
    }

    /// Assesses every duty of a person in a year.
    ///
    /// # Errors
    /// See [`Engine::stacks`].
    pub fn assess(&self, region: &str, sector: Option<&str>, rows: &dyn Rows, asked: Asked) -> Result<Vec<Assessment>, Vec<Diagnostic>> {
        let stacks = self.stacks(region, sector, asked.year)?;
        let mut all = Vec::new();
        for stack in stacks.iter() {
            let mut failed = Vec::new();
            rows.with(stack.schema(), &mut |person, records| {
                for duty in &stack.duties {
                    match self.assess_duty(stack, *duty, person, records, Place { region, sector, rows }, Question { asked, gate: None }) {
                        Ok(found) => all.extend(found),
                        Err(found) => failed.extend(found),
                    }
                }
            });
            if !failed.is_empty() {
                return Err(failed);
            }
        }
        Ok(all)
    }

    fn assess_duty(&self, stack: &Stack, duty: usize, person: &Person, records: &[Record], place: Place<'_>, question: Question<'_>) -> Result<Option<Assessment>, Vec<Diagnostic>> {
        let asked = question.asked;
        let Some(mut result) = assess_in(stack, duty, person, records, question) else { return Ok(None) };
        self.carry(stack, duty, &mut result, place, asked)?;
        let of_person = result.missing.iter().any(|fact| fact.of_person);
        if of_person && result.status != assess::Status::Exempt {
            let outcomes =
                assess::worlds(stack.schema(), person, &result.missing).into_iter().filter_map(|(assuming, person)| Some((assuming, assess_in(stack, duty, &person, records, question)?))).collect();
            assess::settle(&mut result, outcomes);
        }
        Ok(Some(result))
    }

    /// Hours carried in from a year that other rules governed are judged by the rules of that year.
    fn carry(&self, stack: &Stack, duty: usize, result: &mut Assessment, place: Place<'_>, asked: Asked) -> Result<(), Vec<Diagnostic>> {
        let earlier = (asked.year - 3)..asked.year;
        let mut wrong: Vec<(i16, usize)> = Vec::new();
        for (at, record) in result.records.iter().enumerate() {
            if let Some(year) = record.carried_from {
                wrong.push((year, at));
            }
        }
        if wrong.is_empty() && !stack.carries() {
            return Ok(());
        }
        for year in earlier {
            if !wrong.iter().any(|(from, _)| *from == year) {
                continue;
            }
            let then = self.stacks(place.region, place.sector, year)?;
            if then.iter().any(|other| stack.same_rules(other)) {
                continue;
            }
            let id = stack.full.duties.get(duty).map(|duty| duty.id.clone()).unwrap_or_else(|| "".into());
            let mut judged: HashMap<String, crate::Hours> = HashMap::new();
            for other in then.iter() {
                let (person, records) = place.rows.read(other.schema());
                for duty in other.duties.iter().filter(|duty| other.full.duties[**duty].id == id) {
                    let past = assess_in(other, *duty, &person, &records, Question { asked: Asked { year, ..asked }, gate: None });
                    for record in past.iter().flat_map(|past| &past.records) {
                        let carried = record.carried_to.iter().filter(|(to, _)| *to == asked.year).fold(crate::Hours::ZERO, |sum, (_, hours)| sum.plus(*hours));
                        judged.insert(record.record.clone(), carried);
                    }
                }
            }
            for (_, at) in wrong.iter().filter(|(from, _)| *from == year) {
                let id = result.records[*at].record.clone();
                result.set_carried(*at, judged.get(&id).copied().unwrap_or(crate::Hours::ZERO), &stack.full);
            }
        }
        Ok(())
    }

    /// Asks the gates of one question for a person: what each year says, and what follows.
    ///
    /// # Errors
    /// See [`Engine::stacks`].
    pub fn gate(&self, gate: &str, region: &str, sector: Option<&str>, rows: &dyn Rows, asked: Asked) -> Result<Vec<GateAnswer>, Vec<Diagnostic>> {
        let stacks = self.stacks(region, sector, asked.year)?;
        let mut answers = Vec::new();
        for stack in stacks.iter() {
            let (person, _) = rows.read(stack.schema());
            let covered = assess::covered(&stack.full, &person, asked);
            let Some(program) = stack.for_layers(&covered.active) else { continue };
            for item in program.gates.iter().filter(|item| *item.gate == *gate) {
                answers.extend(self.ask(item, &program, &person, Place { region, sector, rows }, asked)?);
            }
        }
        Ok(answers)
    }

    fn ask(&self, gate: &crate::program::Gate, program: &Program, person: &Person, place: Place<'_>, asked: Asked) -> Result<Option<GateAnswer>, Vec<Diagnostic>> {
        let Some(year) = assess::Bounds::of_year(asked.year) else { return Ok(None) };
        let scope = assess::Scope::new(program, person, &[], year, asked);
        match scope.holds(&gate.persons, None) {
            assess::Truth::No => return Ok(None),
            assess::Truth::Unknown(fact) => {
                let missing = assess::column_of(program, fact);
                let reason = Text::new(format!("未填{}，不知是否适用", missing.title.zh), format!("{} is not given: it is not known whether this applies", missing.title.get(crate::Lang::En)));
                return Ok(Some(bare(gate, Answer::Unknown, reason)));
            }
            assess::Truth::Yes => {}
        }
        if gate.unless.as_ref().is_some_and(|unless| scope.holds(unless, None) == assess::Truth::Yes) {
            return Ok(Some(bare(gate, Answer::Yes, Text::new("有认可的正当理由", "a good reason was accepted"))));
        }
        let (from, to) = (year_of(&scope, &gate.from, asked.year), year_of(&scope, &gate.to, asked.year));
        let (Some(from), Some(to)) = (from, to) else {
            return Ok(Some(bare(gate, Answer::Unknown, Text::new("回看的年度取决于未填的事实", "the years to look at hang on a fact that is not given"))));
        };
        let duty = gate.duty.and_then(|duty| program.duties.get(duty)).map(|duty| &*duty.id);
        let mut years = Vec::new();
        for year in from..=to {
            years.push(self.gate_year(gate, year, duty, place, Asked { year, ..asked })?);
        }
        let (answer, reason) = if years.is_empty() { (Answer::Yes, Text::new("没有须看的年度", "there is no year to look at")) } else { assess::answer(gate.strength, gate.any_year, &years) };
        Ok(Some(GateAnswer { years, answer, reason, ..bare(gate, answer, Text::default()) }))
    }

    fn gate_year(&self, gate: &crate::program::Gate, year: i16, duty: Option<&str>, place: Place<'_>, asked: Asked) -> Result<GateYear, Vec<Diagnostic>> {
        let stacks = self.stacks(place.region, place.sector, year)?;
        // The gate's own stack, else whichever answers for a year that its policy does not govern.
        let own: Vec<&Arc<Stack>> = stacks.iter().filter(|stack| stack.files.iter().any(|file| *file.id() == *gate.item.policy)).collect();
        let looked = if own.is_empty() { stacks.iter().collect() } else { own };
        let mut all = Vec::new();
        for stack in looked {
            let (person, records) = place.rows.read(stack.schema());
            for at in stack.duties.iter().filter(|at| duty.is_none_or(|duty| *stack.full.duties[**at].id == *duty)) {
                let question = Question { asked, gate: Some(&gate.gate) };
                all.extend(self.assess_duty(stack, *at, &person, &records, place, question)?);
            }
        }
        let answers = |result: &Assessment| {
            gate.requirement.is_none()
                || result.requirements.iter().any(|r| gate.requirement.as_deref() == Some(&*r.item.id))
                || matches!(result.status, assess::Status::NotCovered | assess::Status::Exempt)
        };
        let Some(result) = all.into_iter().find(answers) else {
            return Ok(GateYear { year, status: None, passes: None, lacks: Vec::new() });
        };
        let requirement = gate.requirement.as_ref().and_then(|id| result.requirements.iter().find(|r| *r.item.id == **id));
        let passes = assess::year_passes(&result, requirement, gate.requirement.is_some(), &gate.passes);
        let lacks = result
            .requirements
            .iter()
            .filter(|r| r.binding && r.short > crate::Hours::ZERO && gate.requirement.as_deref().is_none_or(|id| *r.item.id == *id))
            .map(|r| ((*r.subject_title).clone(), r.short))
            .collect();
        Ok(GateYear { year, status: Some(result.status), passes, lacks })
    }

    /// Every question that some policy of the library asks.
    pub fn questions(&self) -> Vec<String> {
        let mut all: Vec<String> = self.library.files.iter().flat_map(|file| file.ast.gates.iter().map(|gate| gate.is.gate.is.clone())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Where a person stands, and its rows.
#[derive(Clone, Copy)]
struct Place<'a> {
    region: &'a str,
    sector: Option<&'a str>,
    rows: &'a dyn Rows,
}

/// What is asked, and for which gate.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) asked: Asked,
    /// Requirements that are asked at this gate only are asked too.
    pub(crate) gate: Option<&'a str>,
}

/// Assesses one duty under its own stack.
pub(crate) fn assess_in(stack: &Stack, duty: usize, person: &Person, records: &[Record], question: Question<'_>) -> Option<Assessment> {
    let asked = question.asked;
    let covered: Covered = assess::covered(&stack.full, person, asked);
    let program = stack.for_layers(&covered.active)?;
    let mut result = match assess::duty_window(&program, duty, person, asked) {
        Ok(None) => return None,
        Ok(Some(window)) => assess::assess(&program, duty, window, person, records, &covered, question),
        Err(fact) => assess::unknown_window(&program, duty, fact, person, &covered, question)?,
    };
    for fact in &covered.assumed {
        let title = &program.facts.get(*fact).title;
        result.notes.push(Arc::new(Text::new(format!("未提供“{}”，按适用处理", title.zh), format!("{} is not given: taken as covering", title.get(crate::Lang::En)))));
    }
    Some(result)
}

fn bare(gate: &crate::program::Gate, answer: Answer, reason: Text) -> GateAnswer {
    GateAnswer {
        gate: gate.gate.to_string(),
        by: gate.item.clone(),
        answer,
        strength: gate.strength,
        reason,
        years: Vec::new(),
        any_year: gate.any_year,
        papers: gate.papers.clone(),
        message: (*gate.message).clone(),
    }
}

/// A year of a gate: 0 is the year asked about, small numbers are counted from it, others are years.
fn year_of(scope: &assess::Scope<'_>, figure: &Figure, asked: i16) -> Option<i16> {
    let number = scope.figure(figure, Default::default()).exact()?;
    let number = i16::try_from(number.to_integer()).ok()?;
    Some(if number.abs() < 1000 { asked + number } else { number })
}

/// The word of a reading's value, for showing.
pub(crate) fn scalar_words(value: &Scalar) -> Text {
    match value {
        Scalar::Text(word) => Text::same(word.clone()),
        Scalar::Number(number) => Text::same(crate::exact::show(*number)),
        Scalar::Date(date) => Text::same(date.to_string()),
        Scalar::Bool(true) => Text::new("是", "yes"),
        Scalar::Bool(false) => Text::new("否", "no"),
    }
}

/// Whether any finding is an error.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// First and last day of a window in a year, for a person.
pub(crate) fn window_days(stack: &Stack, window: &str, person: &Person, asked: Asked) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
    let at = stack.full.windows.iter().position(|known| known.id == window)?;
    let scope = assess::Scope::new(&stack.full, person, &[], assess::Bounds::of_year(asked.year)?, asked);
    let bounds = scope.bounds(at, assess::Which::Year(asked.year)).ok()??;
    Some((bounds.begin, bounds.end))
}
