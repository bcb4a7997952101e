//! Which alternatives can change nothing for a person, told by the classes of its records.
//!
//! For persons of the same facts it is found once how the limits and requirements of each alternative stand to those of what is
//! chosen, and once for every combination of classes that any of the programs tells apart, under which alternatives a record comes to
//! something else. An alternative that none of a person's records is touched by need not be run.

use super::flips::{Column, Other};
use super::input::{Block, Cells, NO_DAY, NO_NUMBER, Storage};
use super::person::RowOutcome;
use super::profile::{MOST_SLOTS, Profile, Sum};
use super::verdict::Verdict;
use crate::value::Person;
use rustc_hash::FxHashMap;

/// Alternatives beyond so many are always run.
const MOST: usize = u128::BITS as usize;
/// So many combinations are kept for persons of the same facts; then they are found anew.
const MOST_KEPT: usize = 1 << 14;

/// What an alternative does to a person.
#[derive(Debug)]
pub(super) enum Touched {
    /// Nothing.
    Not,
    /// Its records come to the same, but something else is asked: the number of its facts, and the sums of its hours.
    Asked(usize, Box<[Sum; MOST_SLOTS]>),
    /// Its records may come to something else.
    Records,
}

/// How an alternative stands to what is chosen, for persons of the same facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Like {
    /// Limits and requirements are the same.
    Wholly,
    /// Limits are the same, what is asked is not.
    InHours,
    Not,
}

/// How all alternatives stand to what is chosen, for persons of the same facts.
#[derive(Debug)]
pub(super) struct Alike {
    /// The number of these facts in what is chosen, and in each alternative.
    base: usize,
    others: Vec<(usize, Like)>,
    parts: Vec<Part>,
    /// How many values of all columns are classed.
    told: usize,
    /// Inputs on which compared and derived facts of any program hang.
    hang: Vec<usize>,
    entries: Vec<Entry>,
    known: FxHashMap<u64, u32>,
    /// The same where compared or derived facts decide: the combination, then the cells they hang on.
    finer: FxHashMap<Box<[i64]>, u32>,
}

/// A column as all programs together tell its cells apart.
#[derive(Debug, Default)]
struct Part {
    /// What each word adds to the number of the combination.
    adds: Vec<u64>,
    classes: FxHashMap<Vec<Option<u32>>, u64>,
    /// From where on numbers and days belong to the next class.
    bounds: Vec<i64>,
    shift: u32,
    /// How many bits of the number are its own.
    bits: u32,
}

/// What a combination is under the alternatives.
#[derive(Debug)]
struct Entry {
    /// Alternatives under which its records may come to something else.
    touched: u128,
    /// Compared or derived facts decide.
    depends: bool,
    /// Where its hours go under alternatives that ask something else.
    slots: Vec<(u8, u8)>,
}

impl Alike {
    /// Holds the alternatives against what is chosen, for persons of the facts of one.
    pub(super) fn new(base: &mut Other, others: &mut [Option<Other>], person: &Person, columns: &[Column]) -> Self {
        let number = base.columnar.person(person);
        let stands = |(at, other): (usize, &mut Option<Other>)| {
            let Some(other) = other.as_mut().filter(|_| at < MOST) else { return (0, Like::Not) };
            let its = other.columnar.person(person);
            match (base.columnar.profile(number), other.columnar.profile(its)) {
                (Some(base), Some(profile)) if other.columnar.classifier(its).is_some() => (its, like(base, profile)),
                _ => (its, Like::Not),
            }
        };
        let others = others.iter_mut().enumerate().map(stands).collect();
        let mut new = Self {
            base: number,
            others,
            parts: columns.iter().map(|_| Part::default()).collect(),
            told: usize::MAX,
            hang: Vec::new(),
            entries: Vec::new(),
            known: FxHashMap::default(),
            finer: FxHashMap::default(),
        };
        new.forget();
        new
    }

    /// Bytes of what is kept, roughly.
    pub(super) fn bytes(&self) -> usize {
        let each = size_of::<Entry>() + self.others.len() * 2 + size_of::<u64>() * (4 + self.hang.len());
        let words = self.parts.iter().map(|part| size_of::<Part>() + part.adds.len() * size_of::<u64>()).sum::<usize>();
        // Each program keeps something of its own for these facts, besides its tables.
        self.entries.len() * each + words + self.others.len() * size_of::<Profile>()
    }

    /// What each alternative does to a person whose rows came to `found` under what is chosen, which ran over this block last.
    pub(super) fn touched(&mut self, base: &mut Other, others: &mut [Option<Other>], columns: &[Column], block: &Block<'_>, found: &[RowOutcome]) -> Vec<Touched> {
        if self.entries.len() > MOST_KEPT {
            self.forget();
        }
        let some = self.others.iter().any(|(_, like)| *like != Like::Not);
        let classed = if some { self.class(base, others, columns, block) } else { None };
        let Some(entries) = classed.and_then(|()| self.entries(base, others, columns, block)) else {
            return others.iter().map(|_| Touched::Records).collect();
        };
        let all = entries.iter().fold(0, |all, entry| entry.map_or(all, |at| all | self.entries[at as usize].touched));
        let mut touched: Vec<Touched> = Vec::with_capacity(others.len());
        for (at, (number, like)) in self.others.iter().enumerate() {
            touched.push(match like {
                Like::Wholly if all >> at & 1 == 0 => Touched::Not,
                Like::InHours if all >> at & 1 == 0 => Touched::Asked(*number, Box::new([Sum::default(); MOST_SLOTS])),
                _ => Touched::Records,
            });
        }
        for (row, entry) in found.iter().zip(&entries) {
            let Some(entry) = entry else { continue };
            for (at, slot) in &self.entries[*entry as usize].slots {
                if let Some(Touched::Asked(_, sums)) = touched.get_mut(usize::from(*at)) {
                    let sum = &mut sums[usize::from(*slot) % MOST_SLOTS];
                    (sum.hours, sum.records) = (sum.hours + row.hours.0, sum.records + 1);
                }
            }
        }
        touched
    }

    fn forget(&mut self) {
        self.entries.clear();
        self.known.clear();
        self.finer.clear();
    }

    /// Sorts values that were not there before into classes. Nothing where the combinations can not be numbered.
    fn class(&mut self, base: &mut Other, others: &mut [Option<Other>], columns: &[Column], block: &Block<'_>) -> Option<()> {
        let all: usize = columns.iter().map(|column| column.values.len()).sum();
        if self.told == all {
            return Some(());
        }
        let begun = self.told != usize::MAX;
        self.told = all;
        self.prepare(others, columns, block);
        let mut programs = vec![base.columnar.classifier(self.base)?];
        for (other, (number, like)) in others.iter().zip(&self.others) {
            if let (Some(other), Like::Wholly | Like::InHours) = (other, like) {
                programs.push(other.columnar.classifier(*number)?);
            }
        }
        let mut grown = !begun;
        for (input, (part, column)) in self.parts.iter_mut().zip(columns).enumerate() {
            if column.storage != Storage::Words {
                if !begun {
                    part.bounds = programs.iter().flat_map(|program| program.bounds(input)).collect();
                    part.bounds.sort_unstable();
                    part.bounds.dedup();
                    part.bits = (part.bounds.len() + 2).next_power_of_two().ilog2();
                }
                continue;
            }
            let words: Vec<&[Option<u32>]> = programs.iter().filter_map(|program| program.words(input)).collect();
            for word in part.adds.len()..column.values.len() {
                let key: Vec<Option<u32>> = words.iter().map(|of| of.get(word).copied().flatten()).collect();
                let next = part.classes.len() as u64;
                let class = *part.classes.entry(key).or_insert(next);
                part.adds.push(class << part.shift);
            }
            let bits = part.classes.len().max(1).next_power_of_two().ilog2();
            grown |= bits > part.bits;
            part.bits = part.bits.max(bits);
        }
        if !begun {
            self.hang = programs.iter().flat_map(|program| &program.computed).flat_map(|computed| computed.inputs.iter().copied()).collect();
            self.hang.sort_unstable();
            self.hang.dedup();
        }
        if grown { self.lay_out() } else { Some(()) }
    }

    /// Gives every column its bits of the number. Nothing where there are too few.
    fn lay_out(&mut self) -> Option<()> {
        self.forget();
        if self.parts.iter().map(|part| part.bits).sum::<u32>() >= u64::BITS {
            self.others.iter_mut().for_each(|(_, like)| *like = Like::Not);
            return None;
        }
        let mut shift = 0;
        for part in &mut self.parts {
            for add in &mut part.adds {
                *add = *add >> part.shift << shift;
            }
            part.shift = shift;
            shift += part.bits;
        }
        Some(())
    }

    /// Has every alternative number the rows; those that can not are run always.
    fn prepare(&mut self, others: &mut [Option<Other>], columns: &[Column], block: &Block<'_>) {
        for (other, (number, like)) in others.iter_mut().zip(&mut self.others) {
            if let (Some(other), Like::Wholly | Like::InHours) = (other, *like) {
                other.begin(columns);
                if !other.columnar.prepare(*number, block) {
                    *like = Like::Not;
                }
            }
        }
    }

    /// What is known of the combination of each row; nothing for rows that no program looks at.
    fn entries(&mut self, base: &mut Other, others: &mut [Option<Other>], columns: &[Column], block: &Block<'_>) -> Option<Vec<Option<u32>>> {
        let (window, dated, outside) = {
            let profile = base.columnar.profile(self.base)?;
            (profile.days, profile.dated, profile.looks_outside)
        };
        let Cells::Days(days) = block.columns[dated] else { return None };
        let mut numbers = vec![0_u64; block.rows];
        for (part, cells) in self.parts.iter().zip(block.columns).filter(|(part, _)| part.bits > 0) {
            part.add(*cells, &mut numbers);
        }
        let mut prepared = false;
        let mut entries = Vec::with_capacity(block.rows);
        for (row, number) in numbers.into_iter().enumerate() {
            if !outside && !(window.0..=window.1).contains(&days[row]) {
                entries.push(None);
                continue;
            }
            let known = self.known.get(&number).copied().filter(|at| !self.entries[*at as usize].depends).or_else(|| self.finer.get(&*self.cells(number, block, row)).copied());
            let at = match known {
                Some(known) => known,
                None => {
                    if !prepared {
                        self.prepare(others, columns, block);
                        prepared = true;
                    }
                    self.find(base, others, block, row, number)?
                }
            };
            entries.push(Some(at));
        }
        Some(entries)
    }

    /// A combination with the cells on which compared and derived facts hang.
    fn cells(&self, number: u64, block: &Block<'_>, row: usize) -> Box<[i64]> {
        std::iter::once(number.cast_signed()).chain(self.hang.iter().map(|input| block.raw(*input, row))).collect()
    }

    /// Holds what a row comes to under every alternative against what it comes to under what is chosen.
    fn find(&mut self, base: &mut Other, others: &mut [Option<Other>], block: &Block<'_>, row: usize, number: u64) -> Option<u32> {
        let (is, mut depends) = base.columnar.known(self.base, block, row)?;
        let (mut touched, mut slots) = (0, Vec::new());
        let bucket = |profile: &Profile, verdict: Verdict| match verdict {
            Verdict::Hours(reckoning) => profile.slots.get(usize::from(reckoning.slot)).copied(),
            _ => None,
        };
        let was = bucket(base.columnar.profile(self.base)?, is);
        for (at, (other, (its, like))) in others.iter_mut().zip(&self.others).enumerate() {
            let (Some(other), Like::Wholly | Like::InHours) = (other, like) else { continue };
            let Some((verdict, hangs)) = other.columnar.known(*its, block, row) else {
                touched |= 1 << at;
                continue;
            };
            depends |= hangs;
            let then = bucket(other.columnar.profile(*its)?, verdict);
            let same = match (is, verdict) {
                (Verdict::Nothing { .. }, Verdict::Nothing { .. }) => true,
                (Verdict::Hours(a), Verdict::Hours(b)) => {
                    let counts = was.zip(then).is_some_and(|(was, then)| was.limits == then.limits && (*like == Like::InHours || was.requirements == then.requirements));
                    if *like == Like::InHours {
                        slots.push((u8::try_from(at).ok()?, b.slot));
                    }
                    // Hours that reach beyond the window are told by the run.
                    counts && a.gives_what(&b) && !a.reaches
                }
                _ => false,
            };
            touched |= u128::from(!same) << at;
        }
        let entry = u32::try_from(self.entries.len()).ok()?;
        self.entries.push(Entry { touched, depends, slots });
        self.known.insert(number, entry);
        if depends {
            self.finer.insert(self.cells(number, block, row), entry);
        }
        Some(entry)
    }
}

impl Part {
    /// Adds what the cells of a column say to the numbers of the rows.
    fn add(&self, cells: Cells<'_>, numbers: &mut [u64]) {
        let class = |number: i64| (1 + self.bounds.partition_point(|bound| *bound <= number) as u64) << self.shift;
        match cells {
            Cells::Words(ids) => numbers.iter_mut().zip(ids).for_each(|(number, id)| *number |= self.adds[*id as usize]),
            Cells::Numbers(cells) => numbers.iter_mut().zip(cells).filter(|(_, cell)| **cell != NO_NUMBER).for_each(|(number, cell)| *number |= class(*cell)),
            Cells::Days(cells) => numbers.iter_mut().zip(cells).filter(|(_, cell)| **cell != NO_DAY).for_each(|(number, cell)| *number |= class(i64::from(*cell))),
        }
    }
}

/// How two programs stand to each other for persons of the same facts, given that each record comes to the same.
fn like(base: &Profile, other: &Profile) -> Like {
    let counts = |profile: &Profile| (profile.dated, profile.days, profile.looks_outside);
    if counts(base) != counts(other) || base.repeats != other.repeats || base.ceilings != other.ceilings {
        return Like::Not;
    }
    if base.settled == other.settled && base.closes == other.closes && base.asks.alike(&other.asks) { Like::Wholly } else { Like::InHours }
}
