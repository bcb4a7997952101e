//! A part of the rows put aside, or a table, with the rows of each person together.

use super::aside::{Aside, DAYS, EMPTY, FIRST, Kept, ODD, SPELT};
use super::spill::{Taking, unfolded};
use crate::failure::Failure;
use std::collections::HashMap;
use std::io;
use std::ops::Range;
use xueshi_exchange::{Batch, Cells, NO_DAY, NO_NUMBER};

/// Rows in the order of the files.
pub(super) struct Gathered {
    /// Where each row stands, counted over all files.
    places: Vec<u64>,
    columns: Vec<Cells>,
    /// The texts that each column's numbers stand for; the first is the empty one.
    pub(super) words: Vec<Vec<String>>,
    /// The rows person by person: those of nobody, then the persons in the order of their first rows.
    order: Vec<u32>,
    /// Where the rows of each person begin in `order`, and where the last one's end. Those of nobody stand before.
    pub(super) bounds: Vec<usize>,
}

/// Words of a column in this part.
struct Spelling {
    /// For each word known to all parts its number here; 0 where it was not met yet.
    of_known: Vec<u32>,
    numbers: HashMap<Box<str>, u32>,
    words: Vec<String>,
}

impl Spelling {
    fn new(known: usize) -> Self {
        Self { of_known: vec![0; known], numbers: HashMap::new(), words: vec![String::new()] }
    }

    fn number(&mut self, word: &str) -> u32 {
        if word.is_empty() {
            return 0;
        }
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(0);
        self.words.push(word.to_owned());
        self.numbers.insert(word.into(), number);
        number
    }

    /// The number of a word known to all parts.
    fn known(&mut self, at: usize, known: &[Box<str>]) -> Option<u32> {
        let word = known.get(at)?;
        if self.of_known[at] == 0 {
            self.of_known[at] = self.number(word);
        }
        Some(self.of_known[at])
    }
}

impl Gathered {
    /// Takes a part back. `known`: the words known to all parts.
    ///
    /// # Errors
    /// If it can not be read.
    pub(super) fn take(aside: &Aside, part: usize, known: &[Vec<Box<str>>]) -> Result<Self, Failure> {
        let mut spellings: Vec<Spelling> = known.iter().map(|known| Spelling::new(known.len())).collect();
        let columns = aside.kept.iter().map(|kept| match kept {
            Kept::Words => Cells::Words(Vec::new()),
            Kept::Whole => Cells::Integers(Vec::new()),
            Kept::Number => Cells::Numbers { hundredths: Vec::new(), odd: Vec::new() },
            Kept::Day => Cells::Days { days: Vec::new(), odd: Vec::new() },
        });
        let mut new = Self { places: Vec::new(), columns: columns.collect(), words: Vec::new(), order: Vec::new(), bounds: Vec::new() };
        for piece in aside.spill.take(part)? {
            new.piece(&piece, &mut spellings, known).ok_or_else(|| aside.spill.damaged(&io::ErrorKind::UnexpectedEof.into()))?;
        }
        new.words = spellings.into_iter().map(|spelling| spelling.words).collect();
        new.group(aside.person);
        Ok(new)
    }

    /// The rows of a table, each at a place. `person`: the column that says whose they are.
    pub(super) fn table(places: Vec<u64>, batch: Batch, person: usize) -> Self {
        let (columns, words) = batch.into_parts();
        let mut new = Self { places, columns, words, order: Vec::new(), bounds: Vec::new() };
        new.group(person);
        new
    }

    /// All persons in ranges of so many rows or a few more, each at least one person.
    pub(super) fn ranges(&self, rows: usize) -> Vec<Range<usize>> {
        let people = self.bounds.len() - 1;
        let (mut ranges, mut first) = (Vec::new(), 0);
        while first < people {
            let end = (first + 1).max(self.bounds.partition_point(|bound| *bound < self.bounds[first] + rows)).min(people);
            ranges.push(first..end);
            first = end;
        }
        ranges
    }

    /// Adds the rows of a piece; nothing where it is damaged.
    fn piece(&mut self, bytes: &[u8], spellings: &mut [Spelling], known: &[Vec<Box<str>>]) -> Option<()> {
        let mut taking = Taking(bytes);
        let mut place = taking.number()?;
        while !taking.is_empty() {
            place += taking.number()?;
            let row = u32::try_from(self.places.len()).ok()?;
            self.places.push(place);
            for ((cells, spelling), known) in self.columns.iter_mut().zip(spellings.iter_mut()).zip(known) {
                match cells {
                    Cells::Words(ids) => ids.push(match taking.number()? {
                        SPELT => spelling.number(taking.text()?),
                        number => spelling.known(usize::try_from(number - 1).ok()?, known)?,
                    }),
                    Cells::Integers(numbers) => numbers.push(unfolded(taking.number()?)),
                    Cells::Numbers { hundredths, odd } => hundredths.push(match taking.number()? {
                        EMPTY => NO_NUMBER,
                        ODD => {
                            odd.push((row, taking.text()?.to_owned()));
                            NO_NUMBER
                        }
                        number => i64::try_from(number - FIRST).ok()?,
                    }),
                    Cells::Days { days, odd } => days.push(match taking.number()? {
                        EMPTY => NO_DAY,
                        ODD => {
                            odd.push((row, taking.text()?.to_owned()));
                            NO_DAY
                        }
                        number => i32::try_from(i64::try_from(number - FIRST).ok()? - DAYS).ok()?,
                    }),
                }
            }
        }
        Some(())
    }

    /// Puts the rows of each person together, in their order.
    fn group(&mut self, person: usize) {
        // 0 is nobody; persons are numbered as they come.
        let mut met: HashMap<i64, u32> = HashMap::new();
        let whose: Vec<u32> = match &self.columns[person] {
            Cells::Words(ids) => ids.clone(),
            Cells::Integers(ids) => {
                let mut number = |id: &i64| {
                    let next = u32::try_from(met.len() + 1).unwrap_or(u32::MAX);
                    if *id == NO_NUMBER { 0 } else { *met.entry(*id).or_insert(next) }
                };
                ids.iter().map(&mut number).collect()
            }
            Cells::Numbers { .. } | Cells::Days { .. } => vec![0; self.places.len()],
        };
        let people = whose.iter().max().map_or(0, |last| *last as usize);
        let mut starts = vec![0_usize; people + 2];
        whose.iter().for_each(|person| starts[*person as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        self.order = vec![0; whose.len()];
        for (row, person) in (0_u32..).zip(&whose) {
            let to = &mut next[*person as usize];
            self.order[*to] = row;
            *to += 1;
        }
        self.bounds = starts.split_off(1);
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// How many rows name nobody.
    pub(super) fn of_nobody(&self) -> usize {
        self.bounds.first().copied().unwrap_or(0)
    }

    /// Places and cells of some rows, by their positions person by person.
    pub(super) fn rows(&self, range: Range<usize>) -> (Vec<u64>, Vec<Cells>) {
        let order = &self.order[range];
        let columns = self.columns.iter().map(|cells| picked(cells, order));
        (order.iter().map(|row| self.places[*row as usize]).collect(), columns.collect())
    }
}

/// The cells of some rows.
pub(crate) fn picked(cells: &Cells, rows: &[u32]) -> Cells {
    fn each<T: Copy>(cells: &[T], rows: &[u32]) -> Vec<T> {
        rows.iter().map(|row| cells[*row as usize]).collect()
    }
    let odd_of = |odd: &[(u32, String)]| -> Vec<(u32, String)> {
        if odd.is_empty() {
            return Vec::new();
        }
        let find = |row: &u32| odd.binary_search_by_key(row, |(at, _)| *at).ok().map(|at| odd[at].1.clone());
        (0_u32..).zip(rows).filter_map(|(at, row)| Some((at, find(row)?))).collect()
    };
    match cells {
        Cells::Words(ids) => Cells::Words(each(ids, rows)),
        Cells::Integers(ids) => Cells::Integers(each(ids, rows)),
        Cells::Numbers { hundredths, odd } => Cells::Numbers { hundredths: each(hundredths, rows), odd: odd_of(odd) },
        Cells::Days { days, odd } => Cells::Days { days: each(days, rows), odd: odd_of(odd) },
    }
}
