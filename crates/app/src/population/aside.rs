//! Rows in any order put aside by person, so that all rows of a person come back together.

use super::spill::{Spill, folded, put_number, put_text};
use crate::failure::Failure;
use crate::input::{ColumnFiles, Columns, View};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use xueshi_exchange::{Cells, NO_DAY, NO_NUMBER, Reading};

/// Rows by person: the place of the first row of a piece, then row after row the distance from the one before and the cells.
///
/// ```text
/// whole number   folded
/// word           its number among the words known, or 0 and the text
/// number, day    0 for the empty cell, 1 and the text of one that is odd, or 2 + the number
/// ```
pub(super) struct Aside {
    pub(super) spill: Spill,
    /// How each column is kept.
    pub(super) kept: Vec<Kept>,
    /// Which column says whose a row is.
    pub(super) person: usize,
    /// Words of each column that are kept once.
    known: Vec<Mutex<Known>>,
}

/// How the cells of a column are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Words,
    Whole,
    Number,
    Day,
}

/// The empty cell of numbers and days, an odd one, and the first number.
pub(super) const EMPTY: u64 = 0;
pub(super) const ODD: u64 = 1;
pub(super) const FIRST: u64 = 2;
/// A word that stands in the row itself.
pub(super) const SPELT: u64 = 0;
/// What is added to a day so that none is negative.
pub(super) const DAYS: i64 = 719_163;

/// So many words of a column are kept once at most, and so many bytes of them; the others are spelt.
const MOST_WORDS: usize = 1 << 16;
const MOST_WORD_BYTES: usize = 4 << 20;
/// Bytes that all threads together gather before they are written, and bounds for those of one part.
const GATHERED: usize = 64 << 20;
const PIECE: std::ops::RangeInclusive<usize> = 4 << 10..=64 << 10;

/// Words in the order of their numbers, the first being 1.
#[derive(Default)]
struct Known {
    numbers: HashMap<Box<str>, u32>,
    bytes: usize,
}

impl Known {
    /// The number of a word; 0 where it is to be spelt.
    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        if self.numbers.len() == MOST_WORDS || self.bytes + word.len() > MOST_WORD_BYTES {
            return 0;
        }
        let number = u32::try_from(self.numbers.len() + 1).unwrap_or(0);
        self.numbers.insert(word.into(), number);
        self.bytes += word.len();
        number
    }
}

impl Aside {
    /// Nothing is put aside yet.
    ///
    /// # Errors
    /// If the folder can not be written, or a file is damaged.
    pub(super) fn new(files: &ColumnFiles, folder: &Path, parts: usize) -> Result<Self, Failure> {
        let kept = |(header, reading): &(usize, Reading)| {
            Ok(match reading {
                Reading::Id if files.whole_numbers(*header)?.iter().all(|whole| *whole) => Kept::Whole,
                Reading::Id | Reading::Words => Kept::Words,
                Reading::Number => Kept::Number,
                Reading::Date => Kept::Day,
            })
        };
        let kept = files.wanted.iter().map(kept).collect::<Result<Vec<_>, Failure>>()?;
        let person = files.wanted.iter().position(|(header, _)| *header == Columns::PERSON).unwrap_or(0);
        let known = kept.iter().map(|_| Mutex::default()).collect();
        Ok(Self { spill: Spill::new(folder, parts)?, kept, person, known })
    }

    /// The words of each column that are kept once; the first is 1.
    pub(super) fn words(&self) -> Vec<Vec<Box<str>>> {
        let words = |known: &Mutex<Known>| {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            let mut words: Vec<(u32, Box<str>)> = known.numbers.iter().map(|(word, number)| (*number, word.clone())).collect();
            words.sort_unstable();
            words.into_iter().map(|(_, word)| word).collect()
        };
        self.known.iter().map(words).collect()
    }
}

/// Puts rows of one task aside.
pub(super) struct Putting<'a> {
    aside: &'a Aside,
    parts: Vec<Part>,
    /// Bytes of a part from which on they are written.
    piece: usize,
    /// For each column the numbers of the words met.
    numbers: Vec<Vec<u32>>,
    /// For each word of a person the part it belongs to.
    parts_of: Vec<u32>,
}

#[derive(Default)]
struct Part {
    bytes: Vec<u8>,
    first: u64,
    last: u64,
}

impl<'a> Putting<'a> {
    pub(super) fn new(aside: &'a Aside, threads: usize) -> Self {
        let parts = aside.spill.parts();
        let piece = (GATHERED / (parts * threads).max(1)).clamp(*PIECE.start(), *PIECE.end());
        Self { aside, parts: (0..parts).map(|_| Part::default()).collect(), piece, numbers: vec![Vec::new(); aside.kept.len()], parts_of: Vec::new() }
    }

    /// Puts rows aside.
    ///
    /// # Errors
    /// If they can not be written.
    pub(super) fn rows(&mut self, view: &View<'_>) -> Result<(), Failure> {
        self.learn(view);
        for row in 0..view.rows {
            let part = self.part_of(view, row);
            let Some(to) = self.parts.get_mut(part) else { continue };
            let place = view.place(row);
            if to.bytes.is_empty() {
                (to.first, to.last) = (place, place);
                put_number(&mut to.bytes, place);
            }
            put_number(&mut to.bytes, place - to.last);
            to.last = place;
            for (at, (kept, cells)) in self.aside.kept.iter().zip(view.columns).enumerate() {
                put_cell(&mut to.bytes, *kept, cells, view.words(at), &self.numbers[at], row);
            }
            if to.bytes.len() >= self.piece {
                self.aside.spill.put(part, to.first, &to.bytes)?;
                to.bytes.clear();
            }
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// If it can not be written.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let mut left = self.parts.iter().enumerate().filter(|(_, part)| !part.bytes.is_empty());
        left.try_for_each(|(at, part)| self.aside.spill.put(at, part.first, &part.bytes))
    }

    /// Numbers words that were not met before.
    fn learn(&mut self, view: &View<'_>) {
        for (at, numbers) in self.numbers.iter_mut().enumerate() {
            let words = view.words(at);
            if numbers.len() == words.len() {
                continue;
            }
            let mut known = self.aside.known[at].lock().unwrap_or_else(PoisonError::into_inner);
            numbers.extend(words.iter().skip(numbers.len()).map(|word| known.number(word)));
        }
        let words = view.words(self.aside.person);
        let parts = self.parts.len().max(1) as u64;
        self.parts_of.extend(words.iter().skip(self.parts_of.len()).map(|word| (hash(word) % parts) as u32));
    }

    fn part_of(&self, view: &View<'_>, row: usize) -> usize {
        let parts = self.parts.len().max(1) as u64;
        match &view.columns[self.aside.person] {
            Cells::Words(ids) => self.parts_of[ids[row] as usize] as usize,
            // Numbers among texts are texts.
            Cells::Integers(ids) if self.aside.kept[self.aside.person] == Kept::Words => (hash(&whole_text(ids[row])) % parts) as usize,
            Cells::Integers(ids) => (mixed(ids[row].cast_unsigned()) % parts) as usize,
            Cells::Numbers { .. } | Cells::Days { .. } => 0,
        }
    }
}

fn put_cell(bytes: &mut Vec<u8>, kept: Kept, cells: &Cells, words: &[String], numbers: &[u32], row: usize) {
    let mut odd = |odd: &[(u32, String)]| match odd.binary_search_by_key(&row, |(at, _)| *at as usize) {
        Ok(at) => {
            put_number(bytes, ODD);
            put_text(bytes, &odd[at].1);
        }
        Err(_) => put_number(bytes, EMPTY),
    };
    match cells {
        Cells::Words(ids) => match numbers[ids[row] as usize] {
            0 => {
                put_number(bytes, SPELT);
                put_text(bytes, &words[ids[row] as usize]);
            }
            number => put_number(bytes, u64::from(number)),
        },
        Cells::Integers(ids) if kept == Kept::Whole => put_number(bytes, folded(ids[row])),
        Cells::Integers(ids) => {
            put_number(bytes, SPELT);
            put_text(bytes, &whole_text(ids[row]));
        }
        Cells::Numbers { hundredths, odd: texts } => match hundredths[row] {
            NO_NUMBER => odd(texts),
            number => put_number(bytes, number.cast_unsigned() + FIRST),
        },
        Cells::Days { days, odd: texts } => match days[row] {
            NO_DAY => odd(texts),
            day => put_number(bytes, (i64::from(day) + DAYS).cast_unsigned() + FIRST),
        },
    }
}

/// A whole number as a text; empty where there is none.
fn whole_text(number: i64) -> String {
    if number == NO_NUMBER { String::new() } else { number.to_string() }
}

fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

/// Spreads numbers that follow each other.
fn mixed(number: u64) -> u64 {
    let number = (number ^ number >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    number ^ number >> 29
}
