//! Whether two records of a person may repeat each other.

use super::input::{Block, Cells, Input};
use std::ops::Range;

/// So many keys are looked up at once; a power of two.
const TABLE: usize = 256;
/// With more records than these, keys are sorted instead.
const FEW: usize = TABLE / 2;

/// Keys of the records of a person.
#[derive(Debug)]
pub(super) struct Seen {
    keys: Vec<u64>,
    table: Vec<(u64, u64)>,
    round: u64,
}

impl Default for Seen {
    fn default() -> Self {
        Self { keys: Vec::new(), table: vec![(0, 0); TABLE], round: 0 }
    }
}

impl Seen {
    /// Whether two rows agree in all the inputs of one of `groups`. Unequal rows are taken for equal once in ages, never the other way round.
    #[inline]
    pub(super) fn twice(&mut self, inputs: &[Input], block: &Block<'_>, rows: Range<usize>, groups: &[Vec<usize>]) -> bool {
        groups.iter().any(|group| !on_other_days(block, &rows, group) && self.twice_in(inputs, block, rows.clone(), group))
    }

    fn twice_in(&mut self, inputs: &[Input], block: &Block<'_>, rows: Range<usize>, group: &[usize]) -> bool {
        self.keys.clear();
        self.keys.resize(rows.len(), 0);
        let mut factor = 0x517c_c1b7_2722_0a95_u64;
        for input in group {
            mix(&mut self.keys, &inputs[*input], block.columns[*input], rows.clone(), factor);
            factor = factor.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        let Self { keys, table, round } = self;
        !apart(keys) && if rows.len() > FEW { sorted_twice(keys) } else { looked_up_twice(keys, table, round) }
    }
}

/// Whether each row has another day of one of the inputs: then no two rows agree.
fn on_other_days(block: &Block<'_>, rows: &Range<usize>, group: &[usize]) -> bool {
    group.iter().any(|input| match block.columns[*input] {
        Cells::Days(days) => {
            let days = &days[rows.clone()];
            days.windows(2).all(|pair| pair[0] < pair[1]) || differ(days)
        }
        _ => false,
    })
}

/// Whether no two days are a multiple of 1,024 days apart, 0 among them: those of a year or two are not unless they are equal.
fn differ(days: &[i32]) -> bool {
    let mut met = [0_u64; 16];
    let mut twice = 0;
    for day in days {
        let (word, bit) = ((*day as usize >> 6) % 16, 1_u64 << (*day & 63));
        twice |= met[word] & bit;
        met[word] |= bit;
    }
    twice == 0
}

/// Adds the cells of a column, times a factor of its own, to the keys of the rows.
fn mix(keys: &mut [u64], input: &Input, cells: Cells<'_>, rows: Range<usize>, factor: u64) {
    let add = |key: &mut u64, cell: u64| *key = key.wrapping_add(cell.wrapping_add(1).wrapping_mul(factor));
    match cells {
        Cells::Words(ids) => keys.iter_mut().zip(&ids[rows]).for_each(|(key, id)| add(key, u64::from(input.meanings.get(*id as usize).copied().unwrap_or(0)))),
        Cells::Numbers(numbers) => keys.iter_mut().zip(&numbers[rows]).for_each(|(key, number)| add(key, *number as u64)),
        Cells::Days(days) => keys.iter_mut().zip(&days[rows]).for_each(|(key, day)| add(key, *day as u64)),
    }
}

/// Whether no two keys agree in ten bits: then none are equal, and nothing needs to be looked up.
fn apart(keys: &[u64]) -> bool {
    let mut bits = [0_u64; 16];
    let mut twice = 0;
    for key in keys {
        let (word, bit) = ((key >> 60) as usize, 1_u64 << (key >> 54 & 63));
        twice |= bits[word] & bit;
        bits[word] |= bit;
    }
    twice == 0
}

fn looked_up_twice(keys: &[u64], table: &mut [(u64, u64)], round: &mut u64) -> bool {
    *round = round.wrapping_add(1);
    for key in keys {
        let mut at = (key >> 56) as usize % TABLE;
        loop {
            let (known_in, known) = table[at];
            if known_in != *round {
                table[at] = (*round, *key);
                break;
            }
            if known == *key {
                return true;
            }
            at = (at + 1) % TABLE;
        }
    }
    false
}

fn sorted_twice(keys: &[u64]) -> bool {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}
