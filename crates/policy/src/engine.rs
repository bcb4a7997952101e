//! Stacks compiled once, and people assessed under them.

use crate::assess::{self, Asked, Assessment, Covered};
use crate::columns::Flips;
use crate::diagnostic::Diagnostic;
use crate::effects::Variant;
use crate::kept::{FilesKey, Kept, PlaceKey};
use crate::library::{Library, PolicyFile};
use crate::program::atoms::Comparison;
use crate::program::{Choice, Classes, Program, compile};
use crate::schema::Schema;
use crate::syntax::ast::Policy;
use crate::text::Text;
use crate::value::{Person, Record};
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

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

    /// Positions of the duties of this stack that no nearer stack takes.
    pub fn duties(&self) -> &[usize] {
        &self.duties
    }

    /// What results of a duty can speak of; nothing where only the records show it (what was put off from earlier years).
    pub fn subjects(&self, duty: usize) -> Option<Subjects> {
        let about = self.full.duties.get(duty)?;
        if self.full.exemptions.iter().any(|exemption| exemption.defers_years > 0) {
            return None;
        }
        let requirements = self.full.requirements.iter().filter(|one| one.duty == duty && one.only_for.is_empty());
        Some(Subjects {
            duty: (Arc::clone(&about.id), Arc::clone(&about.title)),
            buckets: self.full.buckets.iter().map(|bucket| (Arc::clone(&bucket.id), Arc::clone(&bucket.title))).collect(),
            requirements: requirements.map(|one| one.name.clone()).collect(),
        })
    }

    /// Whether results can hang on what stands in a column of persons; where they can not, at most on whether anything does (a name).
    pub fn reads(&self, column: &str) -> bool {
        let facts = &self.full.facts;
        let Some(at) = self.schema.find(column).and_then(|at| u16::try_from(at).ok()) else { return false };
        let compares = |comparison: &Comparison| match comparison {
            Comparison::SameAs(of, with) | Comparison::Among(of, with) => *of == at || *with == at,
            Comparison::HasText(of, _) => *of == at,
            Comparison::Given(_) | Comparison::HasCode(..) | Comparison::Numbers(..) | Comparison::Dates(..) => false,
        };
        match &facts.get(at).classes {
            Classes::Texts { known, keys } if known.is_empty() && keys.is_empty() => facts.all.iter().any(|fact| matches!(&fact.classes, Classes::Compare(comparison) if compares(comparison))),
            _ => true,
        }
    }

    /// The program with every layer.
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

/// What results of a duty can speak of: ids and titles.
#[derive(Clone, Debug)]
pub struct Subjects {
    /// The duty.
    pub duty: (Arc<str>, Arc<Text>),
    /// The buckets.
    pub buckets: Vec<(Arc<str>, Arc<Text>)>,
    /// The subjects of requirements.
    pub requirements: Vec<(Arc<str>, Arc<Text>)>,
}

fn program(files: &[PolicyFile], schema: &Arc<Schema>, year: i16, active: Vec<bool>) -> (Option<Program>, Vec<Diagnostic>) {
    let asts: Vec<&Policy> = files.iter().map(|file| &*file.ast).collect();
    let hashes: Vec<Arc<str>> = files.iter().map(|file| Arc::clone(&file.hash)).collect();
    let (program, _, diagnostics) = compile(&asts, &hashes, schema, &Choice { year, active });
    (program, diagnostics)
}

/// Compiled stacks kept at most; each takes some hundred kilobytes.
const STACKS_MOST: usize = 256;
/// Sets of alternatives kept at most; each takes some ten megabytes.
const VARIANTS_MOST: usize = 16;

/// Assesses people under a library of policies, compiling each stack once.
#[derive(Debug)]
pub struct Engine {
    library: Library,
    stacks: Mutex<Kept<Vec<Arc<Stack>>>>,
    variants: Mutex<Kept<Vec<Variant>>>,
    /// What readings are flipped with, for whichever thread needs it next.
    pub(crate) flips: Mutex<FxHashMap<FlipKey, Vec<Flips>>>,
}

/// A place, sector and year; the duty; whether proofs are looked at, and unknown facts taken as covering.
pub(crate) type FlipKey = (PlaceKey, Arc<str>, bool, bool);

impl Engine {
    /// An engine over checked policies.
    pub fn new(library: Library) -> Self {
        Self { library, stacks: Mutex::new(Kept::new(STACKS_MOST)), variants: Mutex::new(Kept::new(VARIANTS_MOST)), flips: Mutex::default() }
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
        if let Some(found) = known.of_place(&key) {
            return Ok(found);
        }
        let files = self.library.select(region, sector, year);
        let of_files: FilesKey = (files.iter().map(|stack| stack.iter().map(|file| file.id().to_owned()).collect()).collect(), year);
        if let Some(found) = known.of_files(key.clone(), &of_files) {
            return Ok(found);
        }
        let mut stacks = files.into_iter().map(|files| Stack::compile(files, year)).collect::<Result<Vec<_>, _>>()?;
        let claims: Vec<(String, usize)> = stacks.iter().flat_map(|stack| stack.full.duties.iter().map(|duty| (duty.role.clone(), stack.nearness()))).collect();
        for stack in &mut stacks {
            let near = stack.nearness();
            let program = Arc::clone(&stack.full);
            stack.duties.retain(|duty| claims.iter().all(|(role, other)| *role != program.duties[*duty].role || *other <= near));
        }
        stacks.retain(|stack| !stack.duties.is_empty());
        let found = Arc::new(stacks.into_iter().map(Arc::new).collect::<Vec<_>>());
        known.keep(key, of_files, &found);
        Ok(found)
    }

    /// The alternatives of readings that make a difference for a place, sector and year.
    pub(crate) fn variants(&self, region: &str, sector: Option<&str>, year: i16) -> Arc<Vec<Variant>> {
        let key = (region.to_owned(), sector.map(str::to_owned), year);
        let of_files: FilesKey;
        {
            let mut known = self.variants.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = known.of_place(&key) {
                return found;
            }
            // Those of other years too: an alternative may begin or end in another one.
            let here = self.library.files().iter().filter(|file| file.answers_for(region, sector));
            of_files = (vec![here.map(|file| file.id().to_owned()).collect()], year);
            if let Some(found) = known.of_files(key.clone(), &of_files) {
                return found;
            }
        }
        let built = match self.stacks(region, sector, year) {
            Ok(base) => Self::build_variants(&self.library, &base, region, sector, year),
            Err(_) => Vec::new(),
        };
        let built = Arc::new(built);
        self.variants.lock().unwrap_or_else(PoisonError::into_inner).keep(key, of_files, &built);
        built
    }

    /// What is said of every result of a person under a stack, whatever the records.
    pub fn notes(&self, stack: &Stack, person: &Person, asked: Asked) -> Vec<Arc<Text>> {
        let results = stack.duties.iter().filter_map(|duty| assess_in(stack, *duty, person, &[], Question { asked, gate: None }));
        results.flat_map(|result| result.notes).collect()
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

    pub(crate) fn assess_duty(&self, stack: &Stack, duty: usize, person: &Person, records: &[Record], place: Place<'_>, question: Question<'_>) -> Result<Option<Assessment>, Vec<Diagnostic>> {
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
}

/// Where a person stands, and its rows.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) region: &'a str,
    pub(crate) sector: Option<&'a str>,
    pub(crate) rows: &'a dyn Rows,
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

/// First and last day of a window in a year, for a person.
pub(crate) fn window_days(stack: &Stack, window: &str, person: &Person, asked: Asked) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
    let at = stack.full.windows.iter().position(|known| known.id == window)?;
    let scope = assess::Scope::new(&stack.full, person, &[], assess::Bounds::of_year(asked.year)?, asked);
    let bounds = scope.bounds(at, assess::Which::Year(asked.year)).ok()??;
    Some((bounds.begin, bounds.end))
}

/// What can be compared of one duty under its own stack; nothing where its window is not known or it does not apply.
pub(crate) fn bare_in(stack: &Stack, duty: usize, person: &Person, records: &[Record], asked: Asked) -> Option<assess::Bare> {
    let covered = assess::covered(&stack.full, person, asked);
    let program = stack.for_layers(&covered.active)?;
    let window = assess::duty_window(&program, duty, person, asked).ok()??;
    Some(assess::bare(&program, duty, window, person, records, &covered, Question { asked, gate: None }))
}
