//! Some row groups of a file: whole persons are reckoned, the first and the last are left to whoever has their other rows.

use super::lines::{Lines, Places};
use super::rows::{Checked, Key};
use super::{Population, Said, Stop};
use crate::failure::Failure;
use crate::input::{Book, Columns, Frame, Layouts, PersonRows};
use std::ops::Range;
use std::sync::Arc;
use xueshi_exchange::{Batch, Cells};
use xueshi_policy::{self as policy, Block, Columnar, FactType, Of, Outcome, Person, Rows as _, Storage};

/// Row groups of a file.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) file: usize,
    pub(super) groups: Range<usize>,
    pub(super) rows: u64,
}

/// A person some of whose rows may be in another task.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) person: Key,
    pub(super) frame: Frame,
}

/// What came of a task.
pub(super) struct Done {
    /// Nothing where there are no rows.
    pub(super) head: Option<Edge>,
    /// Nothing where all rows are of one person.
    pub(super) tail: Option<Edge>,
    pub(super) lines: Lines,
    pub(super) said: Said,
}

/// A duty under columns of the file.
struct Reckoner {
    columnar: Columnar,
    /// For each of its columns, the column of the batch.
    columns: Vec<usize>,
    /// Whom the command line describes.
    person: Person,
}

/// A task at work.
struct Run<'a> {
    population: &'a Population<'a>,
    name: &'a Arc<str>,
    headers: Vec<usize>,
    checked: Checked,
    /// Nothing where there are several duties: everybody is assessed by the explaining path.
    reckoner: Option<Reckoner>,
    lines: Lines,
    /// Rows of persons left to the explaining path.
    slow: Frame,
    /// For each of them, before which line it stands.
    holes: Vec<usize>,
}

impl Task {
    /// Assesses the persons of the task.
    pub(super) fn run(&self, population: &Population<'_>) -> Result<Done, Stop> {
        let (file, name) = &population.files.files[self.file];
        let mut said = Said::default();
        let mut run = Run::new(population, name, &mut said)?;
        let mut reader = file.reader(&population.files.wanted, self.groups.clone());
        let (mut head, mut tail): (Option<Edge>, Option<Edge>) = (None, None);
        let mut bounds = Vec::new();
        while let Some(batch) = reader.next().map_err(Failure::from)? {
            run.checked.bounds(batch, &mut bounds);
            if !run.checked.rising(batch, &bounds) {
                return Err(Stop::Unsorted);
            }
            let last = bounds.len() - 2;
            run.border(batch, &bounds, 0, &mut head, &mut tail)?;
            if last > 0 {
                run.complete(tail.take());
                run.middle(batch, &bounds, 1..last);
                run.border(batch, &bounds, last, &mut head, &mut tail)?;
            }
        }
        let lines = run.finish(&mut said)?;
        Ok(Done { head, tail, lines, said })
    }
}

impl<'a> Run<'a> {
    fn new(population: &'a Population<'a>, name: &'a Arc<str>, said: &mut Said) -> Result<Self, Stop> {
        let headers: Vec<usize> = population.files.wanted.iter().map(|(header, _)| *header).collect();
        let at = |id: &str| population.columns.records.find(id).and_then(|header| headers.iter().position(|known| *known == header));
        let checked = Checked { person: at("person").unwrap_or(0), record: at("record"), start: at("start"), end: at("end"), quantity: at("quantity"), unit: at("unit") };
        let reckoner = reckoner(population, said)?;
        Ok(Self { population, name, headers, checked, reckoner, lines: Lines::default(), slow: population.files.frame(), holes: Vec::new() })
    }

    /// A person at the border of a batch, who may go on in the next one or have begun in the one before.
    fn border(&mut self, batch: &Batch, bounds: &[usize], at: usize, head: &mut Option<Edge>, tail: &mut Option<Edge>) -> Result<(), Stop> {
        let person = self.checked.key(batch, bounds[at]);
        let first = match head {
            None => true,
            Some(head) => head.person == person,
        };
        let open = if first { head } else { tail };
        match open {
            Some(known) if known.person > person => return Err(Stop::Unsorted),
            Some(known) if known.person < person => {
                // The one before is complete.
                let full = std::mem::replace(known, Edge { person, frame: self.population.files.frame() });
                self.complete(Some(full));
            }
            Some(_) => {}
            None => *open = Some(Edge { person, frame: self.population.files.frame() }),
        }
        if let Some(open) = open {
            (bounds[at]..bounds[at + 1]).for_each(|row| open.frame.push(batch, &self.headers, row, self.name));
        }
        Ok(())
    }

    /// Leaves a person all of whose rows are known to the explaining path.
    fn complete(&mut self, person: Option<Edge>) {
        if let Some(person) = person {
            self.slow.append(&person.frame);
            self.holes.push(self.lines.len());
        }
    }

    /// Persons all of whose rows are in the batch.
    fn middle(&mut self, batch: &Batch, bounds: &[usize], people: Range<usize>) {
        let Self { population, name, headers, checked, reckoner, lines, slow, holes } = self;
        let mut leave = |lines: &Lines, at: usize| {
            (bounds[at]..bounds[at + 1]).for_each(|row| slow.push(batch, headers, row, name));
            holes.push(lines.len());
        };
        let Some(reckoner) = reckoner else { return people.for_each(|at| leave(lines, at)) };
        let cells: Vec<policy::Cells<'_>> = reckoner.columns.iter().map(|at| cells(&batch.columns[*at])).collect();
        for (at, column) in reckoner.columns.iter().enumerate() {
            reckoner.columnar.learn(at, batch.words(*column));
        }
        reckoner.columnar.begin();
        let number = reckoner.columnar.person(&reckoner.person);
        let block = Block { rows: batch.rows, columns: &cells };
        let subjects: Vec<Option<usize>> = reckoner.columnar.requirements(number).map(|subject| population.lines.short_of(subject)).collect();
        let hours: Vec<Option<usize>> = reckoner.columnar.buckets(number).map(|bucket| population.lines.hours_of(bucket)).collect();
        let places = subjects.into_iter().collect::<Option<Vec<_>>>().zip(hours.into_iter().collect::<Option<Vec<_>>>());
        let Some((short, hours)) = places else { return people.for_each(|at| leave(lines, at)) };
        let places = Places { hours, short, duty: 0 };
        let whole = |word: &str| {
            let whole = |stack: &Arc<policy::Stack>| stack.schema().find(UNIT).and_then(|unit| stack.schema().code(unit, word)).is_some_and(|unit| stack.schema().whole(unit));
            population.stacks.iter().any(whole)
        };
        // Stretches between persons with a row at fault.
        let faulty = checked.faulty(batch, bounds, whole);
        let mut faulty = faulty.into_iter().filter(|at| people.contains(at));
        let mut from = people.start;
        while from < people.end {
            let fault = faulty.next();
            let to = fault.unwrap_or(people.end);
            reckoner.columnar.assess(number, &block, &bounds[from..=to], false, |n, outcome, _| match outcome {
                Outcome::Totals(totals) => lines.totals(|text| checked.write_person(batch, bounds[from + n], text), &totals, &population.lines, &places),
                Outcome::None | Outcome::Whole => leave(lines, from + n),
            });
            if let Some(fault) = fault {
                leave(lines, fault);
            }
            from = to + 1;
        }
    }

    /// Fills in the persons left to the explaining path.
    fn finish(self, said: &mut Said) -> Result<Lines, Stop> {
        let columns = &self.population.lines;
        let mut lines = Lines::default();
        let mut from = 0;
        // Rows that name nobody make no person: they stand with the persons before and after them.
        for (rows, hole) in self.population.explained(self.slow, said)?.iter().zip(&self.holes) {
            lines.append(&self.lines, from..*hole, columns);
            from = *hole;
            if !rows.iter().all(|row| lines.row(row, columns)) {
                return Err(Stop::Columns);
            }
        }
        lines.append(&self.lines, from..self.lines.len(), columns);
        Ok(lines)
    }
}

const UNIT: &str = "unit";

/// The one duty under columns of the files, and what is to be said of everyone.
fn reckoner(population: &Population<'_>, said: &mut Said) -> Result<Option<Reckoner>, Stop> {
    // Somebody without records: whom the command line describes.
    let mut nobody = population.files.frame();
    nobody.push_text(Columns::PERSON, "-");
    let book = Book::framed(nobody, population.columns.clone(), population.defaults.clone());
    let layouts = Layouts::default();
    let rows = PersonRows::new(&book, 0, &layouts, &population.stacks);
    let mut duties = Vec::new();
    for stack in population.stacks.iter() {
        let (person, _) = rows.read(stack.schema());
        let person = Person { rows_in_error: false, ..person };
        population.engine.notes(stack, &person, population.asked).iter().for_each(|note| said.note(note));
        duties.extend(stack.duties().iter().map(|duty| (stack, *duty, person.clone())));
    }
    let [(stack, duty, person)] = duties.as_slice() else { return Ok(None) };
    let mut columns = Vec::new();
    let mut names: Vec<(&str, Storage)> = Vec::new();
    for (column, (header, _)) in population.files.wanted.iter().enumerate() {
        let head = &population.columns.records.list()[*header];
        let about = stack.schema().find(&head.id).map(|at| &stack.schema().columns[at]);
        if let Some(about) = about.filter(|about| about.of == Of::Record && !about.derived) {
            let storage = match about.kind {
                FactType::Number => Storage::Numbers,
                FactType::Date => Storage::Days,
                _ => Storage::Words,
            };
            names.push((&about.id, storage));
            columns.push(column);
        }
    }
    let columnar = Columnar::new(Arc::clone(stack), *duty, population.asked, &names).map_err(|_| Stop::Columns)?;
    Ok(Some(Reckoner { columnar, columns, person: person.clone() }))
}

fn cells(cells: &Cells) -> policy::Cells<'_> {
    match cells {
        Cells::Words(ids) => policy::Cells::Words(ids),
        Cells::Numbers { hundredths, .. } => policy::Cells::Numbers(hundredths),
        Cells::Integers(numbers) => policy::Cells::Numbers(numbers),
        Cells::Days { days, .. } => policy::Cells::Days(days),
    }
}
