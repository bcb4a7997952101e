//! What holds for every record of one person, and for all persons who have the same facts.

use super::classes::{self, Classifier, Computed, MOST_COLUMNS, MOST_TABLE};
use super::input::{Block, Cells, Input};
use super::person::RowOutcome;
use super::verdict::{self, Plain, Single, Verdict};
use crate::assess::{Amount, Asked, At, Bounds, Covered, Scope, Status, duty_window};
use crate::exact::Hours;
use crate::program::{FactId, Keep, Measure, Program, Requirement};
use crate::syntax::ast::{FactType, Of};
use crate::text::Text;
use crate::value::{Person, Record};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// So many limits, and so many requirements, at most.
const MOST: usize = 64;
/// So many classes of compared facts are kept for a profile.
const MOST_KEPT: usize = 1 << 16;
/// So many different destinations of hours at most.
pub(super) const MOST_SLOTS: usize = 32;
/// Where hours of records without any go.
pub(super) const NOWHERE: u8 = MOST_SLOTS as u8 - 1;

/// Where hours count: a bucket, and which limits and requirements are about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Slot {
    pub(super) bucket: u8,
    pub(super) limits: u64,
    pub(super) requirements: u64,
}

/// Hours that go to one destination, and of how many records.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) hours: i64,
    pub(super) records: u32,
}

/// A requirement as it stands before any record.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) at_least: i64,
    pub(super) binding: bool,
    /// What it is called in results.
    pub(super) subject: Arc<str>,
    pub(super) title: Arc<Text>,
}

/// What a limit on recognised records can do to sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceiling {
    /// Holds the sum of the window to so much.
    Sum(i64),
    /// Holds sums that are kept apart (by values, by other windows) to so much: above it the explaining path decides.
    Sums(i64),
    /// Keeps the records of one value of an input: of several values the explaining path decides.
    OneOf(usize),
    /// Of two records the explaining path decides.
    Two,
    /// The explaining path decides.
    Any,
}

impl Ceiling {
    /// By how much the sum of its members exceeds it. Nothing where the explaining path decides.
    fn over(self, all: Sum) -> Option<i64> {
        match self {
            Self::Any if all.records > 0 => None,
            Self::Two if all.records > 1 => None,
            Self::Sums(most) if all.hours > most => None,
            Self::Sum(most) => Some(all.hours - most),
            _ => Some(0),
        }
    }
}

/// Which limits and requirements a record counts towards.
#[derive(Clone, Debug, Default)]
pub(super) struct Masks {
    limits: Vec<usize>,
    /// Positions in the program, way by way.
    requirements: Vec<(usize, usize)>,
}

impl Masks {
    /// The destination of a record whose rule and bucket are set.
    pub(super) fn of(&self, scope: &Scope<'_>, bucket: u8) -> Slot {
        let holds = |is| scope.holds_with(is, Some(0), Some(bucket)) == crate::assess::Truth::Yes;
        let bit = |at: usize, holds: bool| u64::from(holds) << at;
        let limits = self.limits.iter().enumerate().fold(0, |mask, (at, limit)| mask | bit(at, holds(&scope.program.limits[*limit].of)));
        let requirements = self.requirements.iter().enumerate().fold(0, |mask, (at, (one, way))| mask | bit(at, holds(&scope.program.requirements[*one].ways[*way].of)));
        Slot { bucket, limits, requirements }
    }
}

/// What holds for all persons of the same facts.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) program: Arc<Program>,
    /// The classifier of that program.
    pub(super) classifier: usize,
    pub(super) duty: usize,
    pub(super) asked: Asked,
    person: Person,
    pub(super) window: Bounds,
    /// First and last day, since 1970-01-01.
    pub(super) days: (i32, i32),
    /// The input that places records.
    pub(super) dated: usize,
    /// The status whatever the records are.
    pub(super) settled: Option<Status>,
    pub(super) asks: Vec<Ask>,
    /// Gates that the window closes by itself: of those who are short, and of all others.
    closes: [Vec<Arc<str>>; 2],
    pub(super) ceilings: Vec<Ceiling>,
    pub(super) masks: Masks,
    /// Inputs that make a record the repetition of another, limit by limit.
    pub(super) repeats: Vec<Vec<usize>>,
    /// Records outside of the window can matter.
    pub(super) looks_outside: bool,
    /// Limits that reach beyond the window of the duty.
    beyond: u64,
    pub(super) slots: Vec<Slot>,
    /// For each slot, all ones where its hours are part of a figure: the buckets, then the requirements.
    parts: Vec<i64>,
    /// For each limit the slots it is about.
    about: Vec<u32>,
    pub(super) verdicts: Vec<Verdict>,
    /// What is reckoned at once, verdict by verdict.
    plain: Vec<Plain>,
    table: Table,
    /// The verdicts of combinations in which compared or derived facts decide.
    finer: FxHashMap<u32, u16>,
    /// The layout the table was made for.
    pub(super) layout: u32,
    /// Classes of compared facts by the cells they hang on.
    pub(super) computed: FxHashMap<(FactId, [i64; super::classes::MOST_COLUMNS]), u8>,
}

/// The sum of some slots.
fn together(slots: u32, sums: &[Sum; MOST_SLOTS]) -> Sum {
    let (mut all, mut left) = (Sum::default(), slots);
    while left != 0 {
        let sum = &sums[left.trailing_zeros() as usize % MOST_SLOTS];
        all = Sum { hours: all.hours + sum.hours, records: all.records + sum.records };
        left &= left - 1;
    }
    all
}

/// Compared and derived facts decide.
const DEPENDS: u16 = u16::MAX - 1;
/// So many combinations of their classes are tried at most.
const MOST_WAYS: usize = 64;

/// Which verdict each combination has.
#[derive(Debug, Default)]
struct Table {
    /// One more than the verdict; 0 where it is not known yet.
    few: Vec<u16>,
    /// The same where there are too many combinations for a table.
    many: FxHashMap<u32, u16>,
}

impl Table {
    fn new(size: u32) -> Self {
        let few = if size <= MOST_TABLE { vec![0; size as usize] } else { Vec::new() };
        Self { few, many: FxHashMap::default() }
    }

    fn get(&self, number: u32) -> Option<u16> {
        let found = match self.few.get(number as usize) {
            Some(found) => *found,
            None => self.many.get(&number).copied().unwrap_or(0),
        };
        found.checked_sub(1)
    }

    fn set(&mut self, number: u32, verdict: u16) {
        match self.few.get_mut(number as usize) {
            Some(known) => *known = verdict + 1,
            None => drop(self.many.insert(number, verdict + 1)),
        }
    }
}

/// Persons of the same facts.
#[derive(Debug)]
pub(super) enum Kind {
    /// The duty does not apply to them.
    None,
    /// They are assessed by the explaining path.
    Whole,
    /// They are reckoned by columns.
    Columns(Box<Profile>),
}

impl Profile {
    /// What holds for a person; `inputs` are the columns of the file by their facts.
    pub(super) fn kind(duty: usize, person: &Person, asked: Asked, covered: &Covered, program: Arc<Program>, inputs: &[usize]) -> Kind {
        let window = match duty_window(&program, duty, person, asked) {
            Ok(None) => return Kind::None,
            Ok(Some(window)) => window,
            Err(_) => return Kind::Whole,
        };
        Self::of(duty, person, asked, covered, program, window, inputs).map_or(Kind::Whole, |profile| Kind::Columns(Box::new(profile)))
    }

    fn of(duty: usize, person: &Person, asked: Asked, covered: &Covered, program: Arc<Program>, window: Bounds, inputs: &[usize]) -> Option<Self> {
        let input = |fact: FactId| inputs.iter().position(|column| *column == usize::from(fact));
        let duty_window = program.duties[duty].window;
        let dated = program.windows[duty_window].dated;
        let about = program.facts.get(dated);
        if about.kind != FactType::Date || about.derived.is_some() || about.of != Of::Record || dated != program.dated || !program.surpluses.is_empty() {
            return None;
        }
        let dated = input(dated)?;
        let before = crate::assess::before_records(&program, duty, window, person, covered, asked);
        if !before.missing.is_empty() {
            return None;
        }
        let scope = Scope::new(&program, person, &[], window, asked);
        let closes = [Status::Short, before.settled.unwrap_or(Status::Met)].map(|status| crate::assess::closes(&scope, status));
        let (mut asks, mut masks, mut ceilings, mut beyond) = (Vec::new(), Masks::default(), Vec::new(), 0_u64);
        // Of two layers the higher prevails: what is measured can be the higher one for some records only.
        let asked_here = |one: &&Requirement| one.duty == duty && one.only_for.is_empty();
        if program.requirements.iter().filter(asked_here).flat_map(|one| &one.ways).any(|way| measured(&way.at_least)) {
            return None;
        }
        for result in &before.requirements {
            let mut mine = program.requirements.iter().enumerate().filter(|(_, one)| one.duty == duty && one.item == result.item && one.name.0 == result.subject);
            let ((at, one), None) = (mine.next()?, mine.next()) else { return None };
            let plain = one.each.is_none() && one.per.is_empty() && one.window == duty_window && one.ways.len() == 1 && one.ways[0].what == Measure::Sum;
            if !plain || result.arrears_of.is_some() {
                return None;
            }
            asks.push(Ask { at_least: result.at_least?.0, binding: result.binding, subject: Arc::clone(&result.subject), title: Arc::clone(&result.subject_title) });
            masks.requirements.push((at, 0));
        }
        let mut repeats = Vec::new();
        for (at, limit) in program.limits.iter().enumerate() {
            if limit.across_people || !scope.person_is(&limit.persons) {
                continue;
            }
            if limit.early {
                let columns: Option<Vec<usize>> = limit
                    .per
                    .iter()
                    .map(|fact| (program.facts.get(*fact).derived.is_none()).then(|| input(*fact)))
                    .filter(|at| *at != Some(None))
                    .collect::<Option<Vec<_>>>()
                    .map(|all| all.into_iter().flatten().collect());
                repeats.push(columns?);
                continue;
            }
            let inside = limit.window == duty_window;
            if !inside {
                beyond |= 1 << ceilings.len();
            }
            let ceiling = match &limit.keep {
                Keep::AtMost(figure, None) if super::uses::by_classes(&program, figure) && !asks_records(&program, figure) => match scope.figure(figure, At::default()) {
                    Amount::Exact(most) if inside && limit.per.is_empty() => Ceiling::Sum(Hours::floor(most)?.0),
                    Amount::Exact(most) => Ceiling::Sums(Hours::floor(most)?.0),
                    Amount::Unbounded => Ceiling::Sum(i64::MAX),
                    _ => return None,
                },
                Keep::AtMost(..) => Ceiling::Any,
                Keep::One { fact: Some(fact), .. } if program.facts.get(*fact).derived.is_none() => input(*fact).map_or(Ceiling::Two, Ceiling::OneOf),
                Keep::One { .. } => Ceiling::Two,
            };
            ceilings.push(ceiling);
            masks.limits.push(at);
        }
        let about = vec![0; ceilings.len()];
        if ceilings.len() > MOST || asks.len() > MOST || !scope.missing.borrow().is_empty() {
            return None;
        }
        drop(scope);
        let looks_outside = beyond != 0 || program.rules.iter().any(|rule| !super::uses::stays(rule));
        let days = (super::input::day_number(window.begin), super::input::day_number(window.end));
        if days.0 > days.1 {
            return None;
        }
        Some(Self {
            classifier: 0,
            duty,
            asked,
            person: person.clone(),
            window,
            days,
            dated,
            settled: before.settled,
            asks,
            closes,
            ceilings,
            masks,
            repeats,
            looks_outside,
            beyond,
            slots: Vec::new(),
            parts: Vec::new(),
            about,
            verdicts: Vec::new(),
            plain: Vec::new(),
            table: Table::default(),
            finer: FxHashMap::default(),
            layout: 0,
            computed: FxHashMap::default(),
            program,
        })
    }

    /// Gates that the window closes by itself for a status.
    pub(super) fn closes(&self, status: Status) -> &[Arc<str>] {
        &self.closes[usize::from(status != Status::Short)]
    }

    /// The person with some records.
    pub(super) fn scope<'a>(&'a self, records: &'a [Record]) -> Scope<'a> {
        Scope::new(&self.program, &self.person, records, self.window, self.asked)
    }

    /// The number of a destination and whether a limit on it reaches beyond the window; nothing where there are too many.
    pub(super) fn slot(&mut self, slot: Slot) -> Option<(u8, bool)> {
        let reaches = slot.limits & self.beyond != 0;
        let at = match self.slots.iter().position(|known| *known == slot) {
            Some(at) => at,
            None if self.slots.len() == usize::from(NOWHERE) => return None,
            None => {
                self.slots.push(slot);
                // The first bit of a set of buckets stands for none.
                let inside = self.program.bucket_set(slot.bucket) >> 1;
                self.parts.extend((0..self.program.buckets.len()).map(|at| -((inside >> at & 1) as i64)));
                self.parts.extend((0..self.asks.len()).map(|at| -((slot.requirements >> at & 1) as i64)));
                for (at, slots) in self.about.iter_mut().enumerate() {
                    *slots |= u32::from(slot.limits >> at & 1 == 1) << (self.slots.len() - 1);
                }
                self.slots.len() - 1
            }
        };
        Some((u8::try_from(at).ok()?, reaches))
    }

    /// Forgets what was found under another layout. Gives the bytes of the new table.
    pub(super) fn forget(&mut self, classifier: &Classifier) -> usize {
        self.layout = classifier.layout;
        self.verdicts.clear();
        self.plain.clear();
        self.finer.clear();
        self.table = Table::new(classifier.size);
        self.table.few.len() * size_of::<u16>()
    }

    /// What one record comes to, the window aside. Nothing: the person is for the explaining path.
    pub(super) fn single(&mut self, number: u32, classifier: &Classifier, inputs: &[Input], block: &Block<'_>, row: usize, quantity: i64) -> Option<Single> {
        match self.verdict(number, classifier, inputs, block, row)? {
            Verdict::Hours(reckoning) => {
                let (hours, capped) = reckoning.hours(block, quantity, row)?;
                Some(Single::Hours { rule: reckoning.rule, slot: reckoning.slot, reaches: reckoning.reaches, hours, capped })
            }
            Verdict::Nothing { problem } => Some(Single::Nothing(problem)),
            Verdict::Each => verdict::each(self, inputs, block, row).ok(),
            Verdict::Whole => None,
        }
    }

    /// What a combination comes to, found by its first record. Nothing: the person is for the explaining path.
    fn verdict(&mut self, number: u32, classifier: &Classifier, inputs: &[Input], block: &Block<'_>, row: usize) -> Option<Verdict> {
        match self.table.get(number) {
            Some(DEPENDS) => {}
            Some(at) => return self.verdicts.get(usize::from(at)).copied(),
            None => {
                let at = match self.whatever(classifier, inputs, block, row) {
                    Some(found) => self.keep(found)?,
                    None => DEPENDS,
                };
                self.table.set(number, at);
                return self.verdict(number, classifier, inputs, block, row);
            }
        }
        let mut finer = number;
        for computed in &classifier.computed {
            finer += u32::from(self.class(computed, inputs, block, row)?) * computed.stride;
        }
        let at = match self.finer.get(&finer) {
            Some(at) => *at,
            None => {
                let found = verdict::find(self, inputs, block, row, classifier.varies(block, row), &[]);
                let at = self.keep(found)?;
                self.finer.insert(finer, at);
                at
            }
        };
        self.verdicts.get(usize::from(at)).copied()
    }

    /// What a combination comes to whatever its compared and derived facts are; nothing where these decide.
    fn whatever(&mut self, classifier: &Classifier, inputs: &[Input], block: &Block<'_>, row: usize) -> Option<Verdict> {
        let varies = classifier.varies(block, row);
        let mut ways: Vec<Vec<(FactId, u8)>> = vec![Vec::new()];
        for computed in &classifier.computed {
            if ways.len() * computed.classes as usize > MOST_WAYS {
                return None;
            }
            let each = |way: &Vec<(FactId, u8)>| (0..computed.classes).map(|class| way.iter().copied().chain([(computed.fact, class as u8)]).collect::<Vec<_>>()).collect::<Vec<_>>();
            ways = ways.iter().flat_map(each).collect();
        }
        let mut found = ways.iter().map(|way| verdict::find(self, inputs, block, row, varies, way)).collect::<Vec<_>>().into_iter();
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    fn keep(&mut self, found: Verdict) -> Option<u16> {
        let at = match self.verdicts.iter().position(|known| *known == found) {
            Some(at) => at,
            None => {
                self.verdicts.push(found);
                self.plain.push(Plain::of(&found));
                self.verdicts.len() - 1
            }
        };
        u16::try_from(at).ok().filter(|at| *at < DEPENDS)
    }

    /// Adds up records as long as each lies in the window, its combination is known, and only its quantity is to be looked at. Gives how many.
    #[inline(never)]
    pub(super) fn plain_rows(&self, numbers: &[u32], days: &[i32], quantities: &[i64], sums: &mut [Sum; MOST_SLOTS]) -> usize {
        let (first, span) = (self.days.0, self.days.1.wrapping_sub(self.days.0) as u32);
        let (few, plain) = (self.table.few.as_slice(), self.plain.as_slice());
        let rows = numbers.len().min(days.len()).min(quantities.len());
        let (numbers, days, quantities) = (&numbers[..rows], &days[..rows], &quantities[..rows]);
        // Walked by position: three slices zipped cost twice the instructions.
        #[allow(clippy::needless_range_loop, reason = "see above")]
        for at in 0..rows {
            let Some(verdict) = few.get(numbers[at] as usize).and_then(|known| plain.get(usize::from(*known).wrapping_sub(1))) else { return at };
            let Some(hours) = verdict.hours(quantities[at]) else { return at };
            if verdict.open || days[at].wrapping_sub(first) as u32 > span {
                return at;
            }
            let sum = &mut sums[usize::from(verdict.slot) % MOST_SLOTS];
            sum.hours = sum.hours.wrapping_add(hours);
            sum.records = sum.records.wrapping_add(1);
        }
        rows
    }

    /// The class of a compared or derived fact of a row; nothing where a cell is in error.
    fn class(&mut self, computed: &Computed, inputs: &[Input], block: &Block<'_>, row: usize) -> Option<u8> {
        let mut cells = [0; MOST_COLUMNS];
        for (cell, input) in cells.iter_mut().zip(&computed.inputs) {
            *cell = block.raw(*input, row);
        }
        if let Some(known) = self.computed.get(&(computed.fact, cells)) {
            return Some(*known);
        }
        let records = [classes::record(&self.program, inputs, block, row)?];
        let class = self.scope(&records).class(computed.fact, Some(0));
        if self.computed.len() > MOST_KEPT {
            self.computed.clear();
        }
        self.computed.insert((computed.fact, cells), class);
        Some(class)
    }

    /// Applies the limits to sums. Nothing where only the order of the records tells what is cut.
    pub(super) fn limit(&self, sums: &mut [Sum; MOST_SLOTS]) -> Option<()> {
        for (at, (ceiling, slots)) in self.ceilings.iter().zip(&self.about).enumerate() {
            if *slots == 0 {
                continue;
            }
            let over = ceiling.over(together(*slots, sums))?;
            if over > 0 {
                self.cut(at, over, sums)?;
            }
        }
        Some(())
    }

    /// Applies the limits to records in their order, and to the sums. Nothing where the explaining path decides.
    pub(super) fn limit_rows(&self, sums: &mut [Sum; MOST_SLOTS], rows: &mut [RowOutcome]) -> Option<()> {
        for (ceiling, slots) in self.ceilings.iter().zip(&self.about) {
            let mut over = ceiling.over(together(*slots, sums))?;
            // What is over is cut from the end: the record that crosses the limit keeps what is below it.
            for row in rows.iter_mut().rev().filter(|row| row.rule.is_some() && slots >> row.slot & 1 == 1) {
                if over <= 0 {
                    break;
                }
                let take = over.min(row.hours.0);
                over -= take;
                (row.hours, row.cut) = (Hours(row.hours.0 - take), Hours(row.cut.0 + take));
                sums[usize::from(row.slot)].hours -= take;
            }
        }
        Some(())
    }

    /// Takes hours from the members of a limit: the same wherever they are taken, as long as all members count alike and no later limit tells them apart.
    fn cut(&self, at: usize, over: i64, sums: &mut [Sum; MOST_SLOTS]) -> Option<()> {
        let members: Vec<usize> = (0..self.slots.len()).filter(|slot| self.about[at] >> slot & 1 == 1 && sums[*slot].records > 0).collect();
        let counts = |slot: &usize| (self.slots[*slot].bucket, self.slots[*slot].requirements);
        if members.iter().any(|slot| counts(slot) != counts(&members[0])) {
            return None;
        }
        for (ceiling, slots) in self.ceilings.iter().zip(&self.about).skip(at + 1) {
            let meets = members.iter().any(|slot| slots >> slot & 1 == 1);
            let all = together(*slots, sums);
            let can_cut = match ceiling {
                Ceiling::Sum(most) | Ceiling::Sums(most) => all.hours > *most,
                Ceiling::OneOf(_) | Ceiling::Two => all.records > 1,
                Ceiling::Any => true,
            };
            if meets && can_cut {
                return None;
            }
        }
        let mut left = over;
        for slot in members {
            let take = left.min(sums[slot].hours);
            sums[slot].hours -= take;
            left -= take;
        }
        Some(())
    }

    /// Whether records of several values meet where one value keeps its hours.
    pub(super) fn several(&mut self, inputs: &[Input], block: &Block<'_>, rows: Range<usize>, sums: &[Sum; MOST_SLOTS], classifier: &Classifier) -> bool {
        for at in 0..self.ceilings.len() {
            let Ceiling::OneOf(input) = self.ceilings[at] else { continue };
            if together(self.about[at], sums).records < 2 {
                continue;
            }
            let mut one = None;
            for row in rows.clone() {
                let inside = matches!(block.columns[self.dated], Cells::Days(days) if self.days.0 <= days[row] && days[row] <= self.days.1);
                if !inside {
                    continue;
                }
                let member = match self.verdict(classifier.rows[row], classifier, inputs, block, row) {
                    Some(Verdict::Hours(reckoning)) => self.slots[usize::from(reckoning.slot)].limits >> at & 1 == 1,
                    Some(Verdict::Nothing { .. }) => false,
                    Some(Verdict::Each | Verdict::Whole) | None => return true,
                };
                if !member {
                    continue;
                }
                let value = match block.columns[input] {
                    Cells::Words(ids) => inputs[input].meanings.get(ids[row] as usize).copied().map(i64::from),
                    _ => Some(block.raw(input, row)),
                };
                if *one.get_or_insert(value) != value {
                    return true;
                }
            }
        }
        false
    }

    /// Puts the sums together: status and total; hours of each bucket, then of each requirement.
    pub(super) fn totals(&self, sums: &[Sum; MOST_SLOTS], figures: &mut Vec<i64>) -> (Status, i64) {
        let count = self.program.buckets.len() + self.asks.len();
        figures.resize(count, 0);
        for figure in figures.iter_mut() {
            *figure = 0;
        }
        let mut total = 0_i64;
        for (parts, sum) in self.parts.chunks_exact(count).zip(sums) {
            total = total.wrapping_add(sum.hours);
            for (figure, part) in figures.iter_mut().zip(parts) {
                *figure = figure.wrapping_add(sum.hours & part);
            }
        }
        let mut met = true;
        for (have, ask) in figures[self.program.buckets.len()..].iter().zip(&self.asks) {
            met &= *have >= ask.at_least || !ask.binding;
        }
        (self.settled.unwrap_or(if met { Status::Met } else { Status::Short }), total)
    }
}

/// Whether a figure measures what was recognised.
fn measured(figure: &crate::program::Figure) -> bool {
    use crate::program::Figure;
    match figure {
        Figure::Measured(_) => true,
        Figure::Table { rows, otherwise, .. } => rows.iter().any(|(_, figure)| measured(figure)) || otherwise.iter().any(|figure| measured(figure)),
        Figure::Line { of, pieces } => measured(of) || pieces.iter().any(|(_, figure)| measured(figure)),
        Figure::Many(_, items) => items.iter().any(measured),
        Figure::Difference(pair) | Figure::Ratio(pair) => measured(&pair.0) || measured(&pair.1),
        Figure::OverYears(inner) => measured(inner),
        Figure::Exact(_) | Figure::Unbounded | Figure::Fact(_) | Figure::Span(..) | Figure::YearOf(_) | Figure::Count(_) => false,
    }
}

/// Whether a figure's tables ask facts of records.
fn asks_records(program: &Program, figure: &crate::program::Figure) -> bool {
    use crate::program::Figure;
    match figure {
        Figure::Table { rows, otherwise, .. } => {
            rows.iter().any(|(region, figure)| region.0.iter().any(|(fact, _)| program.facts.get(*fact).of == Of::Record) || asks_records(program, figure))
                || otherwise.iter().any(|figure| asks_records(program, figure))
        }
        Figure::Line { of, pieces } => asks_records(program, of) || pieces.iter().any(|(_, figure)| asks_records(program, figure)),
        Figure::Many(_, items) => items.iter().any(|item| asks_records(program, item)),
        Figure::Difference(pair) | Figure::Ratio(pair) => asks_records(program, &pair.0) || asks_records(program, &pair.1),
        Figure::OverYears(inner) => asks_records(program, inner),
        _ => false,
    }
}
