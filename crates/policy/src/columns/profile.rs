//! What holds for every record of one person, and for all persons who have the same facts.

use super::asks::Asks;
use super::classes::{self, Classifier, Computed, MOST_COLUMNS, MOST_TABLE};
use super::input::{Block, Input};
use super::limits::Ceiling;
use super::verdict::{self, Plain, Single, Verdict};
use crate::assess::{Asked, Bounds, Covered, Scope, Status, duty_window};
use crate::program::{FactId, Program, Where};
use crate::syntax::ast::{FactType, Of};
use crate::value::{Person, Record, day_number};
use rustc_hash::FxHashMap;
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

/// Which limits and requirements a record counts towards.
#[derive(Clone, Debug, Default)]
pub(super) struct Masks {
    limits: Vec<usize>,
    /// What requirements measure.
    requirements: Vec<Where>,
}

impl Masks {
    /// The destination of a record whose rule and bucket are set.
    pub(super) fn of(&self, scope: &Scope<'_>, bucket: u8) -> Slot {
        let holds = |is| scope.holds_with(is, Some(0), Some(bucket)) == crate::assess::Truth::Yes;
        let bit = |at: usize, holds: bool| u64::from(holds) << at;
        let limits = self.limits.iter().enumerate().fold(0, |mask, (at, limit)| mask | bit(at, holds(&scope.program.limits[*limit].of)));
        let requirements = self.requirements.iter().enumerate().fold(0, |mask, (at, is)| mask | bit(at, holds(is)));
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
    pub(super) asks: Asks,
    /// Gates that the window closes by itself: of those who are short, and of all others.
    pub(super) closes: [Vec<Arc<str>>; 2],
    pub(super) ceilings: Vec<Ceiling>,
    pub(super) masks: Masks,
    /// Inputs that make a record the repetition of another, limit by limit.
    pub(super) repeats: Vec<Vec<usize>>,
    /// Records outside of the window can matter.
    pub(super) looks_outside: bool,
    /// The days on which lists are looked at, where they are those of the window.
    pub(super) listed_in: Option<Bounds>,
    /// Limits that reach beyond the window of the duty.
    beyond: u64,
    pub(super) slots: Vec<Slot>,
    /// For each slot, all ones where its hours are part of a figure: the buckets, then the requirements.
    pub(super) parts: Vec<i64>,
    /// For each limit the slots it is about.
    pub(super) about: Vec<u32>,
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
        if about.kind != FactType::Date || about.derived.is_some() || about.of != Of::Record || !program.surpluses.is_empty() {
            return None;
        }
        let placed_by = dated;
        let dated = input(dated)?;
        let before = crate::assess::before_records(&program, duty, window, person, covered, asked);
        if !before.missing.is_empty() {
            return None;
        }
        let scope = Scope::new(&program, person, &[], window, asked);
        let closes = [Status::Short, before.settled.unwrap_or(Status::Met)].map(|status| crate::assess::closes(&scope, status));
        let asks = Asks::new(&scope, duty, &before.requirements)?;
        let (mut masks, mut ceilings, mut beyond) = (Masks { limits: Vec::new(), requirements: asks.measures.clone() }, Vec::new(), 0_u64);
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
            let ceiling = Ceiling::new(&scope, limit, inside, &input)?;
            ceilings.push(ceiling);
            masks.limits.push(at);
        }
        let about = vec![0; ceilings.len()];
        if ceilings.len() > MOST || asks.measures.len() > MOST || !scope.missing.borrow().is_empty() {
            return None;
        }
        drop(scope);
        let looks_outside = beyond != 0 || program.rules.iter().any(|rule| !super::uses::stays(rule));
        let days = (day_number(window.begin), day_number(window.end));
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
            listed_in: (!looks_outside && placed_by == program.dated).then_some(window),
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

    /// The policies that cover the person, from the most general.
    pub(super) fn policies(&self) -> impl Iterator<Item = &str> {
        self.program.layers.iter().filter(|layer| layer.active).map(|layer| &*layer.policy)
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
                self.parts.extend((0..self.asks.measures.len()).map(|at| -((slot.requirements >> at & 1) as i64)));
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

    /// Whether compared and derived facts decide what a combination comes to.
    pub(super) fn depends(&self, number: u32) -> bool {
        self.table.get(number) == Some(DEPENDS)
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
    pub(super) fn verdict(&mut self, number: u32, classifier: &Classifier, inputs: &[Input], block: &Block<'_>, row: usize) -> Option<Verdict> {
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
                self.plain.push(Plain::of(&found, &self.slots));
                self.verdicts.len() - 1
            }
        };
        u16::try_from(at).ok().filter(|at| *at < DEPENDS)
    }

    /// What a combination comes to at once, where it is known.
    #[inline]
    pub(super) fn at_once(&self, number: u32) -> Option<&Plain> {
        self.plain.get(usize::from(self.table.get(number)?))
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
            if days[at].wrapping_sub(first) as u32 > span {
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
}
