//! What came of persons by columns, under one duty after the other, on both sides.

use super::Pair;
use super::compared::{Compared, Gap, lacks};
use crate::input::View;
use crate::population::{Duty, Kind, Stream, picked};
use std::ops::Range;
use xueshi_exchange::Cells;
use xueshi_policy::{Hours, Outcome, Status};

/// Rows of persons, as they stand and in the orders in which they count.
pub(super) struct Rows<'a> {
    pub(super) view: &'a View<'a>,
    /// The number of the view.
    number: u64,
    /// Where the rows of each person begin.
    pub(super) bounds: &'a [usize],
    orders: Vec<Ordered>,
}

/// The rows in the order in which they count.
struct Ordered {
    /// The column by whose day they do.
    dated: usize,
    /// The rows in their order, and their cells; nothing where they stand so.
    rows: Option<(Vec<u32>, Vec<Cells>)>,
}

/// What a duty came to for some persons of equal facts.
pub(super) struct Came<'a> {
    duty: &'a Duty,
    /// The number of the facts.
    facts: usize,
    /// Where the hours of each person begin.
    starts: Vec<usize>,
    parts: Parts,
}

struct Parts {
    each: Vec<Each>,
    /// Numbers of requirements, and what lacks of each.
    lacks: Vec<(usize, Hours)>,
    /// The hours of each row, as the rows stand.
    hours: Vec<Hours>,
}

/// What it came to for one of them.
enum Each {
    None,
    Whole,
    Totals { status: Status, total: Hours, lacks: Range<usize> },
}

/// Status, hours in total, and numbers of requirements with what lacks of each.
type Totals<'a> = (Status, Hours, &'a [(usize, Hours)]);

impl<'a> Rows<'a> {
    /// Rows as they stand.
    pub(super) fn new(view: &'a View<'a>, number: u64, bounds: &'a [usize]) -> Self {
        Self { view, number, bounds, orders: Vec::new() }
    }

    /// What some persons came to under a duty.
    pub(super) fn came<'d>(&mut self, duty: &'d mut Duty, (kind, number): (&Kind, u32), people: &Range<usize>, stream: &Stream<'_>) -> Came<'d> {
        duty.turn(self.view, self.number, None);
        let mut facts = duty.person(kind, number);
        let order = duty.columnar.ordered_by(facts).and_then(|input| duty.column(input)).map(|dated| self.order(dated, stream));
        if let Some(order) = order
            && duty.turn(self.view, self.number, Some(order))
        {
            facts = duty.person(kind, number);
        }
        let begin = self.bounds[0];
        let own = &self.bounds[people.start..=people.end];
        let mut came = Parts { each: Vec::with_capacity(people.len()), lacks: Vec::new(), hours: vec![Hours::ZERO; own[own.len() - 1] - own[0]] };
        let (rows, columns, order_of, bounds) = match order.and_then(|order| self.orders[order].rows.as_ref()) {
            Some((order, columns)) => (order.len(), columns.as_slice(), Some(order), own.iter().map(|bound| bound - begin).collect()),
            None => (self.view.rows, self.view.columns, None, own.to_vec()),
        };
        duty.assess(facts, (rows, columns), &bounds, true, |n, outcome, records| match outcome {
            Outcome::None => came.each.push(Each::None),
            Outcome::Totals(totals) if order.is_some() => {
                let from = came.lacks.len();
                came.lacks.extend(totals.lacks());
                came.each.push(Each::Totals { status: totals.status, total: totals.total, lacks: from..came.lacks.len() });
                for (at, record) in (bounds[n]..).zip(records) {
                    let row = order_of.map_or(at, |order| order[at] as usize);
                    came.hours[row - own[0]] = record.hours;
                }
            }
            Outcome::Whole | Outcome::Totals(_) => came.each.push(Each::Whole),
        });
        let starts = own.iter().map(|bound| bound - own[0]).collect();
        Came { duty, facts, starts, parts: came }
    }

    /// The number of an order, which is found when it is first asked for.
    fn order(&mut self, dated: usize, stream: &Stream<'_>) -> usize {
        if let Some(known) = self.orders.iter().position(|order| order.dated == dated) {
            return known;
        }
        let order = stream.checked.ordered(self.view, self.bounds, dated);
        let rows = order.map(|order| {
            let columns = self.view.columns.iter().map(|cells| picked(cells, &order)).collect();
            (order, columns)
        });
        self.orders.push(Ordered { dated, rows });
        self.orders.len() - 1
    }
}

impl Came<'_> {
    fn totals(&self, person: usize) -> Option<Totals<'_>> {
        match &self.parts.each[person] {
            Each::Totals { status, total, lacks } => Some((*status, *total, &self.parts.lacks[lacks.clone()])),
            Each::None | Each::Whole => None,
        }
    }

    fn hours(&self, person: usize) -> &[Hours] {
        &self.parts.hours[self.starts[person]..self.starts[person + 1]]
    }

    /// What binds a person who is not done, and lacks.
    fn gaps(&self, person: usize) -> impl Iterator<Item = Gap<'_>> {
        let lacking = self.totals(person).filter(|(status, ..)| *status == Status::Short).map_or(&[][..], |(_, _, lacks)| lacks);
        let required = |(number, short): &(usize, Hours)| Some((self.duty.columnar.required(self.facts, *number)?, *short));
        let lacking = lacking.iter().filter_map(required).filter(|(one, short)| one.binding && *short > Hours::ZERO);
        lacking.map(|(one, short)| Gap { duty: &self.duty.id, subject: one.subject, title: one.title, unit: one.unit, short })
    }

    /// The least that is still to be done.
    fn least(&self, person: usize) -> Hours {
        lacks(self.gaps(person), |subject| self.duty.columnar.buckets(self.facts).any(|bucket| bucket == subject))
    }

    /// What lacks of each requirement that is asked, by what it is about.
    fn asked(&self, person: usize) -> impl Iterator<Item = (&str, Hours)> {
        let asked = self.totals(person).filter(|(status, ..)| !matches!(status, Status::Exempt | Status::NotCovered)).map_or(&[][..], |(_, _, lacks)| lacks);
        asked.iter().filter_map(|(number, short)| Some((&**self.duty.columnar.required(self.facts, *number)?.subject, *short)))
    }
}

/// Which duties of either side are one.
pub(super) fn pairs(came: &Pair<Vec<Came<'_>>>) -> Vec<Pair<Option<usize>>> {
    let after = |id: &str| came.after.iter().position(|one| *one.duty.id == *id);
    let mut pairs: Vec<Pair<Option<usize>>> = came.before.iter().enumerate().map(|(at, one)| Pair { before: Some(at), after: after(&one.duty.id) }).collect();
    let new = (0..came.after.len()).filter(|at| pairs.iter().all(|pair| pair.after != Some(*at))).collect::<Vec<_>>();
    pairs.extend(new.into_iter().map(|at| Pair { before: None, after: Some(at) }));
    pairs
}

/// A person on both sides; nothing where only the explaining path can tell. `silent`: no policy answers on that side.
pub(super) fn compared<'c>(came: &'c Pair<Vec<Came<'c>>>, silent: Pair<bool>, pairs: &[Pair<Option<usize>>], person: usize, codes: &'c [Option<usize>]) -> Option<Compared<'c>> {
    let whole = |side: &[Came<'_>]| side.iter().any(|one| matches!(one.parts.each[person], Each::Whole));
    // One of whom no duty speaks is told so by the explaining path.
    let nobody = |side: &[Came<'_>], silent: bool| !silent && side.iter().all(|one| matches!(one.parts.each[person], Each::None));
    if whole(&came.before) || whole(&came.after) || nobody(&came.before, silent.before) || nobody(&came.after, silent.after) {
        return None;
    }
    Some(Compared {
        status: came.map(|side| side.iter().filter_map(|one| one.totals(person)).map(|(status, ..)| status).max().unwrap_or(Status::NotCovered)),
        codes,
        gaps: Pair { before: came.before.iter().flat_map(|one| one.gaps(person)).collect(), after: came.after.iter().flat_map(|one| one.gaps(person)).collect() },
        lacks: came.map(|side| side.iter().map(|one| one.least(person)).max().unwrap_or_default()),
        changed: pairs.iter().filter(|pair| differs(came, pair, person)).count(),
        changes: Vec::new(),
    })
}

/// Whether anything changes for a person under a duty.
fn differs(came: &Pair<Vec<Came<'_>>>, pair: &Pair<Option<usize>>, person: usize) -> bool {
    let spoken = |one: &&Came<'_>| one.totals(person).is_some();
    let sides = Pair { before: pair.before.map(|at| &came.before[at]).filter(spoken), after: pair.after.map(|at| &came.after[at]).filter(spoken) };
    let Pair { before, after } = sides;
    let status = sides.map(|side| side.and_then(|one| one.totals(person)).map_or(Status::NotCovered, |(status, ..)| status));
    if status == (Pair { before: Status::NotCovered, after: Status::NotCovered }) {
        return false;
    }
    let total = sides.map(|side| side.and_then(|one| one.totals(person)).map_or(Hours::ZERO, |(_, total, _)| total));
    if status.differs() || total.differs() {
        return true;
    }
    let records = match (before, after) {
        (Some(before), Some(after)) => before.hours(person) != after.hours(person),
        (Some(one), None) | (None, Some(one)) => one.hours(person).iter().any(|hours| *hours != Hours::ZERO),
        (None, None) => false,
    };
    let closes =
        Pair { before: before.map_or(&[][..], |one| one.duty.columnar.closes(one.facts, status.before)), after: after.map_or(&[][..], |one| one.duty.columnar.closes(one.facts, status.after)) };
    let closes = closes.before.iter().any(|gate| !closes.after.contains(gate)) || closes.after.iter().any(|gate| !closes.before.contains(gate));
    let lacks = |side: Option<&Came<'_>>, subject: &str| side.and_then(|one| one.asked(person).find(|(known, _)| *known == subject)).map_or(Hours::ZERO, |(_, short)| short);
    // Of several requirements about one thing the first is compared.
    let lacking = |one: Option<&Came<'_>>, other: Option<&Came<'_>>| one.is_some_and(|sure| sure.asked(person).any(|(subject, _)| lacks(one, subject) != lacks(other, subject)));
    records || closes || lacking(before, after) || lacking(after, before)
}
