//! Cells of a column, from its pages: where the values are kept in a dictionary each of it is read
//! once, and a cell is no more than a look at what came of it.

use super::bits::{Block, Hybrid, Piece};
use super::kind::{Kind, Raw};
use super::lane::Lane;
use super::page::{Fault, Next, Pages, Values};
use super::pairs::Pairs;
use super::value::Miss;
use crate::text::excerpt;

/// A cell that holds something else than was asked for: its row in the batch, and its text.
pub(super) type Odd = (u32, String);

/// What is kept of a column between batches.
#[derive(Debug)]
pub(super) struct Store<T> {
    /// What each value of the dictionary is read as.
    table: Vec<T>,
    pairs: Pairs<T>,
    /// Places in the dictionary with something else in them, in their order.
    odd: Vec<Odd>,
    /// Which of the cells being read are filled: 1, else 0.
    levels: Vec<u8>,
    block: Box<Block>,
}

impl<T: Copy> Store<T> {
    pub(super) fn new() -> Store<T> {
        Store { table: Vec::new(), pairs: Pairs::new(), odd: Vec::new(), levels: Vec::new(), block: Box::new([0; _]) }
    }

    /// How much memory is in use, in bytes.
    pub(super) fn size(&self) -> usize {
        /// A short text, with what keeping it takes.
        const ODD: usize = 128;
        self.table.capacity() * size_of::<T>() + self.odd.len() * ODD
    }
}

/// Reads the next cells of a column, as many as there is room for in `cells` behind the first `done` of them.
pub(super) fn fill<L: Lane>(pages: &mut Pages, store: &mut Store<L::Cell>, lane: &mut L, cells: &mut [L::Cell], odd: &mut Vec<Odd>, mut done: usize, room: usize) -> Result<(), Fault> {
    while done < cells.len() {
        let most = pages.rows().min(cells.len() - done);
        if most == 0 {
            match pages.next(room)? {
                Next::Dictionary(count) => learn(pages, store, lane, count, room)?,
                Next::Data => {}
                Next::End => return Err(Fault::Damaged),
            }
            continue;
        }
        let rest = cells.get_mut(done..).and_then(|rest| rest.get_mut(..most)).unwrap_or_default();
        let filled = levels(pages, store, most)?;
        let odd_before = odd.len();
        let (front, back) = rest.split_at_mut(filled);
        dense(pages, store, lane, front, odd, done)?;
        if !back.is_empty() {
            spread(&store.levels, rest, filled, L::EMPTY);
            let moved = odd.get_mut(odd_before..).unwrap_or_default();
            spread_odd(&store.levels, moved, done);
        }
        pages.pass(most);
        done += most;
    }
    Ok(())
}

/// Finds out which of the next cells are filled, and how many are. Nothing is put down where all are.
fn levels<T>(pages: &mut Pages, store: &mut Store<T>, count: usize) -> Result<usize, Fault> {
    let (levels, bytes) = pages.levels();
    store.levels.clear();
    let (mut done, mut filled) = (0, 0);
    while done < count {
        match levels.next(bytes, count - done, &mut store.block).ok_or(Fault::Damaged)? {
            Piece::Same(1, all) if all == count => return Ok(count),
            Piece::Same(level @ 0..=1, many) => {
                store.levels.resize(done + many, level as u8);
                filled += many * level as usize;
                done += many;
            }
            Piece::Same(..) => return Err(Fault::Damaged),
            Piece::Each(some) => {
                store.levels.extend(some.iter().map(|level| *level as u8));
                filled += some.iter().map(|level| *level as usize).sum::<usize>();
                done += some.len();
            }
        }
    }
    Ok(filled)
}

/// Reads every value of a dictionary.
fn learn<L: Lane>(pages: &mut Pages, store: &mut Store<L::Cell>, lane: &mut L, count: usize, room: usize) -> Result<(), Fault> {
    let kind = pages.kind;
    store.table.clear();
    store.pairs.clear();
    store.odd.clear();
    let (values, bytes) = pages.values();
    let Values::Plain(at) = values else {
        return Err(Fault::Damaged);
    };
    if let Some(width) = kind.width() {
        let all = bytes.get(*at..).and_then(|rest| rest.get(..count.checked_mul(width)?)).ok_or(Fault::Damaged)?;
        store.table.resize(count, L::EMPTY);
        if lane.read_all(kind, all, &mut store.table) {
            return Ok(());
        }
        store.table.clear();
    }
    for place in 0..count {
        let value = match kind.width() {
            Some(width) => fixed(bytes, at, width)?,
            None => counted(bytes, at)?,
        };
        let cell = read_one(lane, kind.raw(value), kind, place, &mut store.odd)?;
        store.table.push(cell);
        if store.size() > room {
            return Err(Fault::Large);
        }
    }
    Ok(())
}

/// Moves filled cells, which stand side by side in front, to their rows; the others become empty.
fn spread<T: Copy>(levels: &[u8], cells: &mut [T], filled: usize, empty: T) {
    let mut from = filled;
    for (row, level) in levels.iter().enumerate().rev() {
        if from > row {
            // No cell in front of this one is empty.
            return;
        }
        let value = cells.get(from.wrapping_sub(1)).copied().unwrap_or(empty);
        if let Some(cell) = cells.get_mut(row) {
            *cell = if *level == 0 { empty } else { value };
        }
        from -= usize::from(*level);
    }
}

/// Moves odd cells along: their places among the filled ones, which begin at `base`, become rows.
fn spread_odd(levels: &[u8], odd: &mut [Odd], base: usize) {
    let mut rows = levels.iter().enumerate().filter(|(_, level)| **level != 0).map(|(row, _)| row).enumerate();
    for (place, _) in odd {
        if let Some((_, row)) = rows.find(|(count, _)| base + count == *place as usize) {
            *place = row_number(base + row);
        }
    }
}

/// Reads cells none of which is empty.
fn dense<L: Lane>(pages: &mut Pages, store: &mut Store<L::Cell>, lane: &mut L, cells: &mut [L::Cell], odd: &mut Vec<Odd>, base: usize) -> Result<(), Fault> {
    let kind = pages.kind;
    let (values, bytes) = pages.values();
    match values {
        Values::Places(places) if kind.is_truth() => {
            let mut both = Store::new();
            for truth in [false, true] {
                let place = both.table.len();
                let cell = read_one(lane, Raw::Truth(truth), kind, place, &mut both.odd)?;
                both.table.push(cell);
            }
            look_up(places, bytes, &mut both, cells, odd, base)
        }
        Values::Places(places) => look_up(places, bytes, store, cells, odd, base),
        Values::Plain(at) => match kind.width() {
            Some(width) => {
                let size = cells.len().checked_mul(width).ok_or(Fault::Damaged)?;
                let all = fixed(bytes, at, size)?;
                if !lane.read_all(kind, all, cells) {
                    for (row, (value, cell)) in all.chunks_exact(width).zip(cells).enumerate() {
                        *cell = read_one(lane, kind.raw(value), kind, base + row, odd)?;
                    }
                }
                Ok(())
            }
            None => {
                for (row, cell) in cells.iter_mut().enumerate() {
                    let value = counted(bytes, at)?;
                    *cell = match lane.known(value) {
                        Some(known) => known,
                        None => read_one(lane, kind.raw(value), kind, base + row, odd)?,
                    };
                }
                Ok(())
            }
        },
    }
}

/// Reads cells from their places in the dictionary.
fn look_up<T: Copy>(places: &mut Hybrid, bytes: &[u8], store: &mut Store<T>, cells: &mut [T], odd: &mut Vec<Odd>, base: usize) -> Result<(), Fault> {
    let mut done = 0;
    // Odd values are found by their places one by one.
    let in_pairs = store.odd.is_empty() && store.pairs.prepare(places.width(), &store.table);
    while done < cells.len() {
        let rest = cells.get_mut(done..).unwrap_or_default();
        if in_pairs && let Some(packed) = places.whole_groups(bytes, rest.len()) {
            if !store.pairs.look_up(packed, rest) {
                return Err(Fault::Damaged);
            }
            done += packed.len() / places.width() * 8;
            continue;
        }
        let piece = places.next(bytes, rest.len(), &mut store.block).ok_or(Fault::Damaged)?;
        let taken = match piece {
            Piece::Same(place, count) => {
                let cell = store.table.get(place as usize).ok_or(Fault::Damaged)?;
                rest[..count].fill(*cell);
                if let Some(text) = odd_text(&store.odd, place) {
                    odd.extend((0..count).map(|row| (row_number(base + done + row), text.clone())));
                }
                count
            }
            Piece::Each(places) => {
                for (cell, place) in rest.iter_mut().zip(places) {
                    *cell = *store.table.get(*place as usize).ok_or(Fault::Damaged)?;
                }
                if !store.odd.is_empty() {
                    let found = places.iter().enumerate().filter_map(|(row, place)| Some((row, odd_text(&store.odd, *place)?)));
                    odd.extend(found.map(|(row, text)| (row_number(base + done + row), text.clone())));
                }
                places.len()
            }
        };
        done += taken;
    }
    Ok(())
}

/// What stands at a place of the dictionary, if it is odd.
fn odd_text(odd: &[Odd], place: u32) -> Option<&String> {
    let at = odd.binary_search_by_key(&place, |(place, _)| *place).ok()?;
    odd.get(at).map(|(_, text)| text)
}

/// Reads a value; where it is something else, its text is put down under this place.
fn read_one<L: Lane>(lane: &mut L, raw: Raw<'_>, kind: Kind, place: usize, odd: &mut Vec<Odd>) -> Result<L::Cell, Fault> {
    match lane.read(kind, raw) {
        Ok(cell) => Ok(cell),
        Err(Miss::Odd(text)) => {
            odd.push((row_number(place), excerpt(&text)));
            Ok(L::EMPTY)
        }
        Err(Miss::NotText) => Err(Fault::NotText),
        Err(Miss::Large(text)) => Err(Fault::Identifier(text)),
    }
}

/// Bytes from a place on, which is moved behind them.
fn fixed<'a>(bytes: &'a [u8], at: &mut usize, size: usize) -> Result<&'a [u8], Fault> {
    let taken = bytes.get(*at..).and_then(|rest| rest.get(..size)).ok_or(Fault::Damaged)?;
    *at += size;
    Ok(taken)
}

/// Bytes behind their number.
fn counted<'a>(bytes: &'a [u8], at: &mut usize) -> Result<&'a [u8], Fault> {
    let rest = bytes.get(*at..).unwrap_or(&[]);
    let (size, rest) = rest.split_first_chunk().ok_or(Fault::Damaged)?;
    let size = usize::try_from(u32::from_le_bytes(*size)).map_err(|_| Fault::Damaged)?;
    let taken = rest.get(..size).ok_or(Fault::Damaged)?;
    *at += 4 + size;
    Ok(taken)
}

pub(super) fn row_number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
