//! Persons all of whose rows are at hand: reckoned by columns; whom these can not hold is collected and assessed at the end.

use super::duty::Duty;
use super::kinds::{Kind, LEFT, NO_CARD};
use super::lines::{LineColumns, Lines, Places};
use super::rows::Checked;
use super::stream::Work;
use super::{Population, Said, Spool, Stop};
use crate::input::{Frame, View};
use std::collections::HashSet;
use std::ops::Range;
use xueshi_policy::Outcome;

/// A duty whose figures go to lines.
struct Reckoner {
    duty: Duty,
    /// Which of the duties of lines.
    line: usize,
    /// Where the figures of each kind of the view at hand go; nothing where a figure has no column.
    places: Vec<(u32, Option<Places>)>,
}

/// Persons of one task.
pub(super) struct Reckoning<'a> {
    population: &'a Population<'a>,
    headers: Vec<usize>,
    checked: Checked,
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
        Self {
            population,
            headers: population.stream.files.headers(),
            checked: population.stream.checked,
            sets: population.kinds.sets.iter().map(|_| None).collect(),
            views: 0,
            lines: Lines::default(),
            slow: population.stream.files.frame(),
            holes: Vec::new(),
            said: Said::default(),
            told: HashSet::new(),
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
}

impl Work for Reckoning<'_> {
    type Made = Lines;

    fn persons(&mut self, view: &View<'_>, bounds: &[usize], people: Range<usize>) {
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
        for at in self.checked.faulty(view, bounds, |word| self.population.kinds.is_whole(word)) {
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

    fn person(&mut self, rows: &Frame, place: u64) {
        self.slow.append(rows);
        self.holes.push((self.lines.len(), place));
    }

    /// Fills in the persons left to the explaining path.
    fn finish(self) -> Result<(Lines, Said), Stop> {
        let (columns, mut said) = (&self.population.lines, self.said);
        if self.holes.is_empty() {
            return Ok((self.lines, said));
        }
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

/// Lines of one task that are put aside.
pub(super) struct Spooled<'a> {
    pub(super) reckoning: Reckoning<'a>,
    pub(super) spool: &'a Spool,
}

impl Work for Spooled<'_> {
    type Made = ();

    fn persons(&mut self, view: &View<'_>, bounds: &[usize], people: Range<usize>) {
        self.reckoning.persons(view, bounds, people);
    }

    fn person(&mut self, rows: &Frame, place: u64) {
        self.reckoning.person(rows, place);
    }

    fn finish(self) -> Result<((), Said), Stop> {
        let (lines, said) = self.reckoning.finish()?;
        self.spool.put(&lines)?;
        Ok(((), said))
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
        if self.duty.turn(view, views, None) {
            self.places.clear();
        }
        let person = self.duty.person(kind, number);
        let at = match self.places.iter().position(|(known, _)| *known == number) {
            Some(at) => at,
            None => {
                let columnar = &self.duty.columnar;
                let short: Option<Vec<usize>> = columnar.requirements(person).map(|subject| population.lines.short_of(subject)).collect();
                let hours: Option<Vec<usize>> = columnar.buckets(person).map(|bucket| population.lines.hours_of(bucket)).collect();
                let policies = columnar.policies(person).collect::<Vec<_>>().join(";");
                self.places.push((number, hours.zip(short).map(|(hours, short)| Places { hours, short, duty: self.line, policies })));
                self.places.len() - 1
            }
        };
        let (_, Some(places)) = &self.places[at] else { return false };
        self.duty.assess(person, (view.rows, view.columns), bounds, false, |n, outcome, _| sink(n, outcome, places));
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
            let made = Duty::new(population.stream.files, population.columns, population.asked, (at, stack), *duty);
            let Some((duty, line)) = made.zip(subject) else { return Vec::new() };
            all.push(Reckoner { duty, line, places: Vec::new() });
        }
    }
    all
}
