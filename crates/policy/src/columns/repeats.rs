//! Whether two records of a person may repeat each other.

use super::input::{Block, Cells, Input};
use std::ops::Range;

/// So many keys are looked up at once; a power of two.
const TABLE: usize = 256;
/// With more records than these, keys are sorted instead.
const FEW: usize = TABLE / 2;

/// Keys of the records of a block.
#[derive(Debug)]
pub(super) struct Seen {
    /// The inputs that make up a key, and the key of every row, for each way to repeat a record.
    keys: Vec<(Vec<usize>, Vec<u64>)>,
    block: u64,
    table: Vec<(u64, u64)>,
    round: u64,
}

impl Default for Seen {
    fn default() -> Self {
        Self { keys: Vec::new(), block: 0, table: vec![(0, 0); TABLE], round: 0 }
    }
}

impl Seen {
    /// Whether two rows agree in all the inputs of one of `groups`. Unequal rows are taken for equal once in ages, never the other way round.
    pub(super) fn twice(&mut self, inputs: &[Input], block: &Block<'_>, number: u64, rows: Range<usize>, groups: &[Vec<usize>]) -> bool {
        if rows.len() < 2 {
            return false;
        }
        if self.block != number || self.keys.len() != groups.len() || self.keys.iter().zip(groups).any(|((known, _), group)| known != group) {
            self.block = number;
            self.keys.resize_with(groups.len(), Default::default);
            for ((known, keys), group) in self.keys.iter_mut().zip(groups) {
                known.clone_from(group);
                keys.clear();
                keys.resize(block.rows, 0);
                group.iter().for_each(|input| mix(keys, &inputs[*input], block.columns[*input]));
            }
        }
        let Self { keys, table, round, .. } = self;
        keys.iter().any(|(_, keys)| !apart(&keys[rows.clone()]) && if rows.len() > FEW { sorted_twice(&keys[rows.clone()]) } else { looked_up_twice(&keys[rows.clone()], table, round) })
    }
}

/// Mixes the cells of a column into the keys of the rows.
fn mix(keys: &mut [u64], input: &Input, cells: Cells<'_>) {
    let mixed = |key: u64, cell: u64| (key.rotate_left(5) ^ cell).wrapping_mul(0x517c_c1b7_2722_0a95);
    match cells {
        Cells::Words(ids) => {
            for (key, id) in keys.iter_mut().zip(ids) {
                *key = mixed(*key, u64::from(input.meanings.get(*id as usize).copied().unwrap_or(0)));
            }
        }
        Cells::Numbers(numbers) => keys.iter_mut().zip(numbers).for_each(|(key, number)| *key = mixed(*key, *number as u64)),
        Cells::Days(days) => keys.iter_mut().zip(days).for_each(|(key, day)| *key = mixed(*key, *day as u64)),
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
