//! Persons all of whose rows are at hand: reckoned by columns; whom these can not hold is collected and assessed at the end.

use super::lines::{Lines, Places};
use super::rows::Checked;
use super::{Population, Said, Stop};
use crate::input::{Book, Columns, Frame, Layouts, PersonRows, View};
use std::ops::Range;
use std::sync::Arc;
use xueshi_exchange::Cells;
use xueshi_policy::{self as policy, Block, Columnar, FactType, Of, Outcome, Person, Rows as _, Storage};

/// A duty under columns of the file.
struct Reckoner {
    columnar: Columnar,
    /// For each of its columns, the column of the files.
    columns: Vec<usize>,
    /// Whom the command line describes.
    person: Person,
}

/// Persons of one task.
pub(super) struct Reckoning<'a> {
    population: &'a Population<'a>,
    headers: Vec<usize>,
    pub(super) checked: Checked,
    /// Nothing where there are several duties: everybody is assessed by the explaining path.
    reckoner: Option<Reckoner>,
    lines: Lines,
    /// Rows of persons left to the explaining path.
    slow: Frame,
    /// For each of them, before which line it stands, and the place of its first row.
    holes: Vec<(usize, u64)>,
}

impl<'a> Reckoning<'a> {
    /// Nobody yet. What is to be said of everyone is added to `said`.
    ///
    /// # Errors
    /// If a column is none of the policies'.
    pub(super) fn new(population: &'a Population<'a>, said: &mut Said) -> Result<Self, Stop> {
        let headers: Vec<usize> = population.files.wanted.iter().map(|(header, _)| *header).collect();
        let at = |id: &str| population.columns.records.find(id).and_then(|header| headers.iter().position(|known| *known == header));
        let checked = Checked { person: at("person").unwrap_or(0), record: at("record"), start: at("start"), end: at("end"), quantity: at("quantity"), unit: at("unit") };
        let reckoner = reckoner(population, said)?;
        Ok(Self { population, headers, checked, reckoner, lines: Lines::default(), slow: population.files.frame(), holes: Vec::new() })
    }

    /// Takes a row for the explaining path.
    pub(super) fn row(&self, frame: &mut Frame, view: &View<'_>, row: usize) {
        frame.push(view, &self.headers, row);
    }

    /// Leaves a person to the explaining path. `place`: of its first row.
    pub(super) fn leave(&mut self, rows: &Frame, place: u64) {
        self.slow.append(rows);
        self.holes.push((self.lines.len(), place));
    }

    /// Persons all of whose rows are in view: person `n` has the rows from `bounds[n]` up to `bounds[n + 1]`.
    pub(super) fn persons(&mut self, view: &View<'_>, bounds: &[usize], people: Range<usize>) {
        let Self { population, headers, checked, reckoner, lines, slow, holes } = self;
        let mut leave = |lines: &Lines, at: usize| {
            (bounds[at]..bounds[at + 1]).for_each(|row| slow.push(view, headers, row));
            holes.push((lines.len(), view.place(bounds[at])));
        };
        let Some(reckoner) = reckoner else { return people.for_each(|at| leave(lines, at)) };
        let cells: Vec<policy::Cells<'_>> = reckoner.columns.iter().map(|at| cells(&view.columns[*at])).collect();
        for (at, column) in reckoner.columns.iter().enumerate() {
            reckoner.columnar.learn(at, view.words(*column));
        }
        reckoner.columnar.begin();
        let number = reckoner.columnar.person(&reckoner.person);
        let block = Block { rows: view.rows, columns: &cells };
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
        let faulty = checked.faulty(view, bounds, whole);
        let mut faulty = faulty.into_iter().filter(|at| people.contains(at));
        let mut from = people.start;
        while from < people.end {
            let fault = faulty.next();
            let to = fault.unwrap_or(people.end);
            reckoner.columnar.assess(number, &block, &bounds[from..=to], false, |n, outcome, _| match outcome {
                Outcome::Totals(totals) => lines.totals(view.place(bounds[from + n]), |text| checked.write_person(view, bounds[from + n], text), &totals, &population.lines, &places),
                Outcome::None | Outcome::Whole => leave(lines, from + n),
            });
            if let Some(fault) = fault {
                leave(lines, fault);
            }
            from = to + 1;
        }
    }

    /// Fills in the persons left to the explaining path.
    ///
    /// # Errors
    /// If a policy can not be compiled, or a figure has no column.
    pub(super) fn finish(self, said: &mut Said) -> Result<Lines, Stop> {
        let columns = &self.population.lines;
        let mut lines = Lines::default();
        let mut from = 0;
        for (rows, (hole, place)) in self.population.explained(self.slow, said)?.iter().zip(&self.holes) {
            lines.append(&self.lines, from..*hole, columns);
            from = *hole;
            if !rows.iter().all(|row| lines.row(*place, row, columns)) {
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
