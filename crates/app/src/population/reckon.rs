//! Persons all of whose rows are at hand: reckoned by columns; whom these can not hold is collected and assessed at the end.

use super::kinds::{Kind, LEFT, NO_CARD};
use super::lines::{LineColumns, Lines, Places};
use super::rows::Checked;
use super::{Population, Said, Stop};
use crate::input::{Frame, View};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use xueshi_exchange::Cells;
use xueshi_policy::{self as policy, Block, Columnar, FactType, Of, Outcome, Storage};

/// A duty under columns of the files.
struct Reckoner {
    /// Which stack of the set.
    stack: usize,
    /// Which of the columns of lines.
    duty: usize,
    columnar: Columnar,
    /// For each of its columns, the column of the files.
    columns: Vec<usize>,
    /// Where the figures of each kind of the view at hand go; nothing where a figure has no column.
    places: Vec<(u32, usize, Option<Places>)>,
    /// Which view that is.
    view: u64,
}

/// Persons of one task.
pub(super) struct Reckoning<'a> {
    population: &'a Population<'a>,
    headers: Vec<usize>,
    pub(super) checked: Checked,
    /// For each set of policies its duties, once somebody came whom they govern.
    sets: Vec<Option<Vec<Reckoner>>>,
    /// How many views there were.
    views: u64,
    lines: Lines,
    /// Rows of persons left to the explaining path.
    slow: Frame,
    /// For each of them, before which line it stands, and the place of its first row.
    holes: Vec<(usize, u64)>,
    said: Said,
    /// Kinds of which it was said what there is to say.
    told: HashSet<u32>,
}

/// What a duty came to for a person, where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    Line,
    None,
    Whole,
}

impl<'a> Reckoning<'a> {
    /// Nobody yet.
    pub(super) fn new(population: &'a Population<'a>) -> Self {
        let headers: Vec<usize> = population.files.wanted.iter().map(|(header, _)| *header).collect();
        let at = |id: &str| population.columns.records.find(id).and_then(|header| headers.iter().position(|known| *known == header));
        let checked = Checked { person: at("person").unwrap_or(0), record: at("record"), start: at("start"), end: at("end"), quantity: at("quantity"), unit: at("unit") };
        Self {
            population,
            headers,
            checked,
            sets: population.kinds.sets.iter().map(|_| None).collect(),
            views: 0,
            lines: Lines::default(),
            slow: population.files.frame(),
            holes: Vec::new(),
            said: Said::default(),
            told: HashSet::new(),
        }
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
        self.views += 1;
        let (kinds, mut id) = (&self.population.kinds, String::new());
        let mut kind_of = |at: usize| {
            if kinds.cards.is_some() {
                id.clear();
                self.checked.write_person(view, bounds[at], &mut id);
            }
            kinds.of(&id)
        };
        let mut of: Vec<u32> = people.clone().map(&mut kind_of).collect();
        for at in self.checked.faulty(view, bounds, |word| self.population.is_whole(word)) {
            if let Some(kind) = at.checked_sub(people.start).and_then(|at| of.get_mut(at)) {
                *kind = LEFT;
            }
        }
        let mut from = people.start;
        for stretch in of.chunk_by(|one, other| one == other) {
            let to = from + stretch.len();
            self.stretch(view, bounds, from..to, stretch[0]);
            from = to;
        }
    }

    /// Persons of one kind.
    fn stretch(&mut self, view: &View<'_>, bounds: &[usize], people: Range<usize>, number: u32) {
        let population = self.population;
        let kind = population.kinds.get(number);
        let reckoners = kind.and_then(|kind| {
            let set = self.sets.get_mut(kind.set)?;
            Some(set.get_or_insert_with(|| reckoners(population, kind)))
        });
        let holes = self.holes.len();
        let mut left = Left { view, bounds, headers: &self.headers, slow: &mut self.slow, holes: &mut self.holes };
        let count = people.len();
        match (kind, reckoners.map(Vec::as_mut_slice)) {
            (Some(kind), Some([one])) => {
                let (lines, checked) = (&mut self.lines, &self.checked);
                let done = one.assess(population, kind, number, self.views, (view, &bounds[people.start..=people.end]), |n, outcome, places| match outcome {
                    Outcome::Totals(totals) => {
                        lines.totals(view.place(bounds[people.start + n]), |text| checked.write_person(view, bounds[people.start + n], text), &totals, &population.lines, places)
                    }
                    Outcome::None | Outcome::Whole => left.push(lines, people.start + n),
                });
                if !done {
                    people.clone().for_each(|at| left.push(&self.lines, at));
                }
            }
            (Some(kind), Some(several @ [_, ..])) => {
                let found = several.iter_mut().map(|one| one.apart(population, kind, number, self.views, (view, &bounds[people.start..=people.end]), &self.checked)).collect::<Vec<_>>();
                interleave(&mut self.lines, &found, &population.lines, people.clone(), &mut left);
            }
            _ => people.clone().for_each(|at| left.push(&self.lines, at)),
        }
        let reckoned = count - (self.holes.len() - holes);
        if reckoned == 0 {
            return;
        }
        if let Some(kind) = kind
            && self.told.insert(number)
        {
            self.said.of_person(view.place(bounds[people.start]), kind.notes.iter());
        }
        if number == NO_CARD && population.kinds.cards.is_some() {
            self.said.without_card += reckoned;
        }
    }

    /// Fills in the persons left to the explaining path.
    ///
    /// # Errors
    /// If a policy can not be compiled, or a figure has no column.
    pub(super) fn finish(self) -> Result<(Lines, Said), Stop> {
        let (columns, mut said) = (&self.population.lines, self.said);
        let mut lines = Lines::default();
        let mut from = 0;
        let places: Vec<u64> = self.holes.iter().map(|(_, place)| *place).collect();
        for (rows, (hole, place)) in self.population.explained(self.slow, &places, &mut said)?.iter().zip(&self.holes) {
            lines.append(&self.lines, from..*hole, columns);
            from = *hole;
            if !rows.iter().all(|row| lines.row(*place, row, columns)) {
                return Err(Stop::Columns);
            }
        }
        lines.append(&self.lines, from..self.lines.len(), columns);
        Ok((lines, said))
    }
}

/// Where persons go who are left to the explaining path.
struct Left<'a> {
    view: &'a View<'a>,
    bounds: &'a [usize],
    headers: &'a [usize],
    slow: &'a mut Frame,
    holes: &'a mut Vec<(usize, u64)>,
}

impl Left<'_> {
    fn push(&mut self, lines: &Lines, at: usize) {
        (self.bounds[at]..self.bounds[at + 1]).for_each(|row| self.slow.push(self.view, self.headers, row));
        self.holes.push((lines.len(), self.view.place(self.bounds[at])));
    }
}

impl Reckoner {
    /// Assesses persons of a kind. False where they are to be left to the explaining path.
    fn assess(&mut self, population: &Population<'_>, kind: &Kind, number: u32, views: u64, (view, bounds): (&View<'_>, &[usize]), mut sink: impl FnMut(usize, Outcome<'_>, &Places)) -> bool {
        if self.view != views {
            self.view = views;
            self.places.clear();
            for (at, column) in self.columns.iter().enumerate() {
                self.columnar.learn(at, view.words(*column));
            }
            self.columnar.begin();
        }
        let at = match self.places.iter().position(|(known, ..)| *known == number) {
            Some(at) => at,
            None => {
                let person = self.columnar.person(&kind.persons[self.stack]);
                let short: Option<Vec<usize>> = self.columnar.requirements(person).map(|subject| population.lines.short_of(subject)).collect();
                let hours: Option<Vec<usize>> = self.columnar.buckets(person).map(|bucket| population.lines.hours_of(bucket)).collect();
                let policies = self.columnar.policies(person).collect::<Vec<_>>().join(";");
                self.places.push((number, person, hours.zip(short).map(|(hours, short)| Places { hours, short, duty: self.duty, policies })));
                self.places.len() - 1
            }
        };
        let (_, person, Some(places)) = &self.places[at] else { return false };
        let cells: Vec<policy::Cells<'_>> = self.columns.iter().map(|at| cells(&view.columns[*at])).collect();
        let block = Block { rows: view.rows, columns: &cells };
        self.columnar.assess(*person, &block, bounds, false, |n, outcome, _| sink(n, outcome, places));
        true
    }

    /// Assesses persons of a kind who have other duties too: what came of each, and the lines.
    fn apart(&mut self, population: &Population<'_>, kind: &Kind, number: u32, views: u64, (view, bounds): (&View<'_>, &[usize]), checked: &Checked) -> (Vec<Came>, Lines) {
        let (mut came, mut lines) = (Vec::new(), Lines::default());
        let done = self.assess(population, kind, number, views, (view, bounds), |n, outcome, places| {
            came.push(match outcome {
                Outcome::Totals(totals) => {
                    lines.totals(view.place(bounds[n]), |text| checked.write_person(view, bounds[n], text), &totals, &population.lines, places);
                    Came::Line
                }
                Outcome::None => Came::None,
                Outcome::Whole => Came::Whole,
            });
        });
        if !done {
            came.resize(bounds.len() - 1, Came::Whole);
        }
        (came, lines)
    }
}

/// Puts the lines of each person together, duty by duty.
fn interleave(lines: &mut Lines, found: &[(Vec<Came>, Lines)], columns: &LineColumns, people: Range<usize>, left: &mut Left<'_>) {
    let mut next = vec![0; found.len()];
    for (n, at) in people.enumerate() {
        let all = || found.iter().map(|(came, _)| came[n]);
        // One of whom no duty speaks is told so by the explaining path.
        let leaves = all().any(|came| came == Came::Whole) || all().all(|came| came == Came::None);
        if leaves {
            left.push(lines, at);
        }
        for ((_, from), next) in found.iter().zip(&mut next).filter(|((came, _), _)| came[n] == Came::Line) {
            if !leaves {
                lines.append(from, *next..*next + 1, columns);
            }
            *next += 1;
        }
    }
}

/// The duties that are asked of a kind, under columns of the files. None where a column is none of the policies'.
fn reckoners(population: &Population<'_>, kind: &Kind) -> Vec<Reckoner> {
    let mut all = Vec::new();
    for (at, stack) in population.kinds.sets[kind.set].iter().enumerate() {
        for duty in stack.duties() {
            let subject = stack.subjects(*duty).and_then(|subjects| population.lines.duties.iter().position(|(id, _)| *id == *subjects.duty.0));
            let Some(reckoner) = subject.and_then(|subject| reckoner(population, (at, stack), *duty, subject)) else { return Vec::new() };
            all.push(reckoner);
        }
    }
    all
}

fn reckoner(population: &Population<'_>, (at, stack): (usize, &Arc<policy::Stack>), duty: usize, subject: usize) -> Option<Reckoner> {
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
    let columnar = Columnar::new(Arc::clone(stack), duty, population.asked, &names).ok()?;
    Some(Reckoner { stack: at, duty: subject, columnar, columns, places: Vec::new(), view: 0 })
}

fn cells(cells: &Cells) -> policy::Cells<'_> {
    match cells {
        Cells::Words(ids) => policy::Cells::Words(ids),
        Cells::Numbers { hundredths, .. } => policy::Cells::Numbers(hundredths),
        Cells::Integers(numbers) => policy::Cells::Numbers(numbers),
        Cells::Days { days, .. } => policy::Cells::Days(days),
    }
}
