//! Everyone under both, by columns. Who changes nothing that is listed is only counted; the others are compared with their reasons.
//!
//! What is listed beside counts (the records, rules and reasons of somebody who changes) only the explaining path can tell, so that
//! of each task as many of those who change are assessed by it as are listed at all.

use super::Pair;
use super::both::Both;
use super::came::{Came, Rows, compared, pairs};
use super::tally::Tally;
use crate::failure::Failure;
use crate::input::{Book, Cards, Columns, Defaults, Frame, View};
use crate::population::{Duty, Kind, Kinds, LEFT, NO_CARD, OTHERS, Said, Step, Stop, Stream, Work};
use crate::work;
use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use xueshi_exchange::Batch;

/// A population that is compared.
pub(crate) struct Comparison<'a> {
    both: Both<'a>,
    stream: Stream<'a>,
    columns: &'a Columns,
    defaults: &'a Defaults,
    kinds: Pair<Kinds>,
    /// For each kind before, the position of its code of each fact.
    codes: Vec<Vec<Option<usize>>>,
}

impl<'a> Comparison<'a> {
    /// Prepares what all tasks share.
    ///
    /// # Errors
    /// If a policy can not be compiled.
    pub(crate) fn new(both: Both<'a>, stream: Stream<'a>, columns: &'a Columns, defaults: &'a Defaults, cards: Option<Arc<Cards>>) -> Result<Self, Failure> {
        let facts = both.facts.columns();
        let kinds = |engine| Kinds::new(engine, stream.files, columns, defaults, both.asked, (cards.clone(), &facts));
        let kinds = Pair { before: kinds(both.engines.before)?, after: kinds(both.engines.after)? };
        let mut codes = Vec::new();
        for (number, kind) in kinds.before.all() {
            let frame = stream.files.frame();
            let book = match (kind.card, &cards) {
                (Some(card), Some(cards)) => Book::of_cards([card].into_iter(), frame, columns.clone(), defaults.clone(), Arc::clone(cards)),
                _ => Book::somebody(frame, columns.clone(), defaults.clone()),
            };
            codes.resize_with(number as usize, Vec::new);
            codes.push(both.facts.codes(&book, 0));
        }
        Ok(Self { both, stream, columns, defaults, kinds, codes })
    }

    /// Compares everyone of files. `folder`: where rows are put aside if they turn out not to be sorted by person.
    ///
    /// # Errors
    /// The first failure.
    pub(crate) fn files(&self, folder: &Path, mut tell: impl FnMut(Step, u64)) -> Result<(Tally, Said), Failure> {
        let mut tally = self.both.tally();
        let sorted = self.stream.sorted(
            || Comparing::new(self),
            |found, done| {
                tally.merge(found);
                tell(Step::Assessing, done);
                Ok(())
            },
        );
        let said = match sorted {
            Err(Stop::Unsorted) => {
                tally = self.both.tally();
                self.stream.unsorted(folder, || Comparing::new(self), |found| tally.merge(found), tell)
            }
            done => done,
        };
        self.others(tally, said)
    }

    /// Compares everyone of a table, whose rows have these places.
    ///
    /// # Errors
    /// The first failure.
    pub(crate) fn table(&self, places: Vec<u64>, batch: Batch, mut tell: impl FnMut(u64)) -> Result<(Tally, Said), Failure> {
        let mut tally = self.both.tally();
        let said = self.stream.tabled(
            places,
            batch,
            || Comparing::new(self),
            |found, done| {
                tally.merge(found);
                tell(done);
            },
        );
        self.others(tally, said)
    }

    /// Compares those who have a card and no records. They follow all others in the order of their cards.
    fn others(&self, mut tally: Tally, said: Result<Said, Stop>) -> Result<(Tally, Said), Failure> {
        let mut said = said.map_err(|why| match why {
            Stop::Failure(failure) => failure,
            Stop::Unsorted | Stop::Columns => Failure::new("这些文件不能按列模拟：请转换为 CSV 后再试。", "These files can not be simulated by columns: convert them to CSV and try again."),
        })?;
        if let Some(cards) = &self.kinds.before.cards {
            said.errors.extend(cards.errors.iter().cloned());
            let (others, rows) = (self.kinds.before.without_records(), self.stream.files.rows());
            let chunks: Vec<&[u32]> = others.chunks(OTHERS).collect();
            let make = |at: usize| {
                let which: &[u32] = chunks.get(at).copied().unwrap_or_default();
                let book = Book::of_cards(which.iter().copied(), self.stream.files.frame(), self.columns.clone(), self.defaults.clone(), Arc::clone(cards));
                let (mut tally, mut said) = (self.both.tally(), Said::default());
                self.both.people(&book, 0..book.len(), |at| rows + u64::from(which[at]), (&mut tally, &mut said))?;
                Ok((tally, said))
            };
            work::tasks(chunks.len(), make, |(found, heard), _| {
                tally.merge(found);
                said.add(heard);
                Ok(())
            })?;
        }
        tally.settle();
        Ok((tally, said))
    }
}

/// Persons of one task.
struct Comparing<'a> {
    on: &'a Comparison<'a>,
    headers: Vec<usize>,
    /// For each set of policies its duties, once somebody came whom they govern; nothing where columns can not hold one of them.
    sets: Pair<Vec<Option<Option<Vec<Duty>>>>>,
    /// How many views there were.
    views: u64,
    tally: Tally,
    said: Said,
    /// Kinds of which it was said what there is to say.
    told: HashSet<Pair<u32>>,
    /// Rows of persons who are compared with their reasons, and the place of the first row of each.
    slow: Frame,
    places: Vec<u64>,
    /// So many changes are still to be listed.
    room: usize,
}

impl<'a> Comparing<'a> {
    fn new(on: &'a Comparison<'a>) -> Self {
        let none = |kinds: &Kinds| kinds.sets.iter().map(|_| None).collect();
        Self {
            on,
            headers: on.stream.files.headers(),
            sets: on.kinds.map(none),
            views: 0,
            tally: on.both.tally(),
            said: Said::default(),
            told: HashSet::new(),
            slow: on.stream.files.frame(),
            places: Vec::new(),
            room: on.both.keep,
        }
    }

    /// The kinds of each person; [`LEFT`] where a row is at fault.
    fn kinds(&self, view: &View<'_>, bounds: &[usize], people: &Range<usize>) -> Vec<Pair<u32>> {
        let (kinds, checked, mut id) = (&self.on.kinds, &self.on.stream.checked, String::new());
        let mut kinds_of = |at: usize| {
            if kinds.before.cards.is_none() {
                return Pair { before: NO_CARD, after: NO_CARD };
            }
            id.clear();
            checked.write_person(view, bounds[at], &mut id);
            let card = kinds.before.see(&id);
            kinds.map(|kinds| kinds.of_card(card))
        };
        let mut of: Vec<Pair<u32>> = people.clone().map(&mut kinds_of).collect();
        for at in checked.faulty(view, bounds, |word| kinds.before.is_whole(word) || kinds.after.is_whole(word)) {
            if let Some(of) = at.checked_sub(people.start).and_then(|at| of.get_mut(at)) {
                *of = Pair { before: LEFT, after: LEFT };
            }
        }
        of
    }

    /// Persons of one kind on either side, by their positions among those of the rows.
    fn stretch(&mut self, rows: &mut Rows<'_>, people: Range<usize>, of: Pair<u32>) {
        let on = self.on;
        let (Some(before), Some(after)) = (on.kinds.before.get(of.before), on.kinds.after.get(of.after)) else {
            return people.for_each(|at| self.leave(rows, at));
        };
        let sides = (on.came(&on.kinds.before, &mut self.sets.before, (before, of.before), rows, &people), on.came(&on.kinds.after, &mut self.sets.after, (after, of.after), rows, &people));
        let (Some(came_before), Some(came_after)) = sides else {
            return people.for_each(|at| self.leave(rows, at));
        };
        let came = Pair { before: came_before, after: came_after };
        let silent = Pair { before: on.kinds.before.sets[before.set].is_empty(), after: on.kinds.after.sets[after.set].is_empty() };
        let (pairs, codes) = (pairs(&came), on.codes.get(of.before as usize).map_or(&[][..], Vec::as_slice));
        let (mut left, mut first) = (Vec::new(), None);
        for (n, at) in people.clone().enumerate() {
            match compared(&came, silent, &pairs, n, codes) {
                Some(person) if person.changed == 0 || self.room == 0 => {
                    let place = rows.view.place(rows.bounds[at]);
                    first = first.or(Some(place));
                    self.tally.add(place, person);
                }
                Some(person) => {
                    self.room = self.room.saturating_sub(person.changed);
                    left.push(at);
                }
                None => left.push(at),
            }
        }
        if let Some(place) = first
            && self.told.insert(of)
        {
            self.said.of_person(place, before.notes.iter().chain(&after.notes));
        }
        if of.before == NO_CARD && on.kinds.before.cards.is_some() {
            self.said.without_card += people.len() - left.len();
        }
        left.into_iter().for_each(|at| self.leave(rows, at));
    }

    /// Leaves a person to the explaining path.
    fn leave(&mut self, rows: &Rows<'_>, at: usize) {
        (rows.bounds[at]..rows.bounds[at + 1]).for_each(|row| self.slow.push(rows.view, &self.headers, row));
        self.places.push(rows.view.place(rows.bounds[at]));
    }
}

impl Work for Comparing<'_> {
    type Made = Tally;

    fn persons(&mut self, view: &View<'_>, bounds: &[usize], people: Range<usize>) {
        self.views += 1;
        let of = self.kinds(view, bounds, &people);
        let mut rows = Rows::new(view, self.views, &bounds[people.start..=people.end]);
        let mut from = 0;
        for stretch in of.chunk_by(|one, other| one == other) {
            let to = from + stretch.len();
            self.stretch(&mut rows, from..to, stretch[0]);
            from = to;
        }
    }

    fn person(&mut self, rows: &Frame, place: u64) {
        self.slow.append(rows);
        self.places.push(place);
    }

    fn finish(self) -> Result<(Tally, Said), Stop> {
        let (on, mut tally, mut said) = (self.on, self.tally, self.said);
        let cards = &on.kinds.before.cards;
        let mut book = Book::framed(self.slow, on.columns.clone(), on.defaults.clone(), cards.clone());
        said.errors.append(&mut book.errors);
        if cards.is_some() {
            said.without_card += (0..book.len()).filter(|at| on.kinds.before.see(&book.entry(*at).id).is_none()).count();
        }
        on.both.people(&book, 0..book.len(), |at| self.places.get(at).copied().unwrap_or(0), (&mut tally, &mut said))?;
        Ok((tally, said))
    }
}

impl Comparison<'_> {
    /// What persons of a kind came to on one side, duty by duty; nothing where columns can not hold one.
    fn came<'d>(&self, kinds: &Kinds, sets: &'d mut [Option<Option<Vec<Duty>>>], (kind, number): (&Kind, u32), rows: &mut Rows<'_>, people: &Range<usize>) -> Option<Vec<Came<'d>>> {
        let duties = sets.get_mut(kind.set)?.get_or_insert_with(|| self.duties(kinds, kind)).as_mut()?;
        Some(duties.iter_mut().map(|duty| rows.came(duty, (kind, number), people, &self.stream)).collect())
    }

    /// The duties that are asked of a kind.
    fn duties(&self, kinds: &Kinds, kind: &Kind) -> Option<Vec<Duty>> {
        let mut all: Vec<Duty> = Vec::new();
        for (at, stack) in kinds.sets[kind.set].iter().enumerate() {
            for duty in stack.duties() {
                let duty = Duty::new(self.stream.files, self.columns, self.both.asked, (at, stack), *duty)?;
                if all.iter().any(|known| known.id == duty.id) {
                    return None;
                }
                all.push(duty);
            }
        }
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{ColumnFiles, Files, Place, Tables};
    use crate::output::Report;
    use crate::progress::Progress;
    use crate::simulation::{Facts, Simulated, Trial, Wanted, document};
    use std::fmt::Write as _;
    use xueshi_policy::{Asked, Engine, FactType, Lang, Of};

    /// Numbers to draw from.
    struct Draw(u64);

    impl Draw {
        fn up_to(&mut self, most: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % most
        }
    }

    /// A table of what policies ask of records or of persons, so many rows for each person. Days rise in no order.
    fn table(engine: &Engine, (region, year): (&str, i16), of: Of, persons: usize, draw: &mut Draw) -> String {
        let stacks = engine.stacks(region, None, year).unwrap();
        let columns: Vec<_> = stacks[0].schema().columns.iter().filter(|column| column.of == of && !column.derived && column.id != "region" && column.id != "industry").collect();
        let mut text = "person".to_owned();
        text.extend((of == Of::Record).then_some(",record"));
        columns.iter().for_each(|column| text += &format!(",{}", column.id));
        for person in 0..persons {
            for record in 0..if of == Of::Record { 1 + draw.up_to(14) } else { 1 } {
                let _ = write!(text, "\nP{person}");
                if of == Of::Record {
                    let _ = write!(text, ",{record}");
                }
                for column in &columns {
                    text.push(',');
                    match column.kind {
                        FactType::Code if !column.codes.is_empty() && (column.required || draw.up_to(4) > 0) => text += &column.codes[draw.up_to(column.codes.len())].id,
                        FactType::Number if column.required => drop(write!(text, "{}", 1 + draw.up_to(12))),
                        FactType::Number if draw.up_to(2) == 0 => drop(write!(text, "{}", draw.up_to(30))),
                        FactType::Date if column.id == "start" => drop(write!(text, "{year}-01-01")),
                        FactType::Date if of == Of::Record => drop(write!(text, "{year}-{:02}-{:02}", 1 + draw.up_to(12), 1 + draw.up_to(28))),
                        FactType::YesNo if draw.up_to(2) == 0 => text.push_str(["yes", "no"][draw.up_to(2)]),
                        _ => {}
                    }
                }
            }
        }
        text + "\n"
    }

    /// Counts whom columns leave to the explaining path.
    struct Leaving<'a>(Comparing<'a>);

    impl Work for Leaving<'_> {
        type Made = usize;

        fn persons(&mut self, view: &View<'_>, bounds: &[usize], people: Range<usize>) {
            self.0.persons(view, bounds, people);
        }

        fn person(&mut self, rows: &Frame, place: u64) {
            self.0.person(rows, place);
        }

        fn finish(self) -> Result<(usize, Said), Stop> {
            Ok((self.0.places.len(), Said::default()))
        }
    }

    /// Every alternative of every reading that answers in a place, tried on the same persons both ways: all that is shown must be equal.
    /// Gives how many persons were left to the explaining path, of how many.
    fn same((region, year): (&str, i16), with_cards: bool) -> (usize, usize) {
        const PERSONS: usize = 80;
        let engine = Engine::new(crate::policies::library(None).unwrap());
        let (folder, mut draw) = (tempfile::tempdir().unwrap(), Draw(11));
        let (records, persons) = (folder.path().join("records.csv"), folder.path().join("persons.csv"));
        std::fs::write(&records, table(&engine, (region, year), Of::Record, PERSONS, &mut draw)).unwrap();
        // Some have no records, and of some nothing is known.
        std::fs::write(&persons, table(&engine, (region, year), Of::Person, PERSONS + 5, &mut draw).replace("\nP7,", "\nQ7,")).unwrap();
        let (columns, place) = (Columns::of(&engine, year), Place { region: region.to_owned(), industry: None });
        let defaults = Defaults { place: place.clone(), facts: Vec::new() };
        let read = || Tables::read(Files { records: &[&records], persons: with_cards.then_some(&*persons) }, &columns, &defaults, &Progress::new()).unwrap();
        let (mut left, mut all) = (0, 0);
        let stacks = engine.stacks(region, None, year).unwrap();
        for file in stacks.iter().flat_map(|stack| stack.files()) {
            for reading in file.readings() {
                let wanted = format!("{}/{}=1", file.id(), reading.id);
                let trial = Trial::new(&engine, &Wanted { against: None, readings: vec![&wanted] }, &place, year).unwrap();
                let after = Engine::new(trial.library.clone());
                let engines = Pair { before: &engine, after: &after };
                // Some can not be read so in this year: another policy needs what the alternative takes away.
                let Ok(facts) = Facts::of(engines, std::slice::from_ref(&place), year) else { continue };
                for keep in [0, 3, usize::MAX] {
                    let both = Both { engines, asked: Asked::year(year), facts: &facts, keep, lang: Lang::En };
                    let shown = |(tally, said): (Tally, Said)| {
                        let mut report = Report::new(said.errors.clone(), Vec::new());
                        said.notes().into_iter().for_each(|note| report.note(note));
                        report.sort();
                        let simulated = Simulated { year, region, trial: &trial, tally: &tally, libraries: engines.map(|engine| engine.library()), lang: Lang::En };
                        format!("{}{:?}{}", document(&simulated, &report), tally.lacks, tally.changes_all)
                    };
                    let mut book = Book::of(read(), columns.clone(), defaults.clone());
                    let errors = std::mem::take(&mut book.errors);
                    let (tally, mut said) = both.rows(&book, |_| ()).unwrap();
                    said.errors.extend(errors);
                    let tables = read();
                    let laid = || ColumnFiles::of_table(&tables.records, &columns.records).unwrap();
                    let (files, batch) = laid();
                    let comparison = Comparison::new(both, Stream::new(&files, &columns), &columns, &defaults, tables.cards.clone()).unwrap();
                    let places = || (0..tables.records.len() as u64).collect::<Vec<_>>();
                    assert_eq!(shown(comparison.table(places(), batch, |_| ()).unwrap()), shown((tally, said)), "{wanted} {keep}");
                    if keep == 0 {
                        comparison.stream.tabled(places(), laid().1, || Leaving(Comparing::new(&comparison)), |some, _| left += some).unwrap();
                        all += PERSONS;
                    }
                }
            }
        }
        (left, all)
    }

    #[test]
    fn columns_come_to_what_rows_come_to_for_every_reading() {
        let places = [("510100", 2019), ("510700", 2018), ("500000", 2023), ("500103", 2018), ("650200", 2023), ("430100", 2020)];
        let found: Vec<(&str, bool, usize, usize)> = places
            .into_iter()
            .flat_map(|place| {
                [false, true].map(|with_cards| {
                    let (left, all) = same(place, with_cards);
                    (place.0, with_cards, left, all)
                })
            })
            .collect();
        assert!(found.iter().all(|(_, _, left, all)| *all > 0 && left * 10 <= *all), "too many are left to the explaining path: {found:?}");
    }
}
