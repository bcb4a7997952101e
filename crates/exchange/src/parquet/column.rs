//! Cells of a column, from its pages: where the values are kept in a dictionary each of it is read
//! once, and a cell is no more than a look at what came of it.

use super::bits::{Block, Hybrid, Piece};
use super::kind::{Kind, Raw};
use super::lane::Lane;
use super::page::{Fault, Next, Pages, Values};
use super::value::Miss;
use crate::text::excerpt;

/// A cell that holds something else than was asked for: its row in the batch, and its text.
pub(super) type Odd = (u32, String);

/// What is kept of a column between batches.
#[derive(Debug)]
pub(super) struct Store<T> {
    /// What each value of the dictionary is read as.
    table: Vec<T>,
    /// Places in the dictionary with something else in them, in their order.
    odd: Vec<Odd>,
    /// Filled cells without the empty ones between them.
    spare: Vec<T>,
}

impl<T> Store<T> {
    pub(super) fn new() -> Store<T> {
        Store { table: Vec::new(), odd: Vec::new(), spare: Vec::new() }
    }

    /// How much memory is in use, in bytes.
    pub(super) fn size(&self) -> usize {
        /// A short text, with what keeping it takes.
        const ODD: usize = 128;
        self.table.capacity() * size_of::<T>() + self.odd.len() * ODD
    }

    fn odd_text(&self, place: u32) -> Option<&String> {
        let at = self.odd.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        self.odd.get(at).map(|(_, text)| text)
    }
}

/// Reads the next cells of a column, as many as there is room for in `cells`.
pub(super) fn fill<L: Lane>(pages: &mut Pages, store: &mut Store<L::Cell>, lane: &mut L, cells: &mut [L::Cell], odd: &mut Vec<Odd>, room: usize) -> Result<(), Fault> {
    let mut block: Block = [0; _];
    let mut done = 0;
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
        let (levels, bytes) = pages.levels();
        let piece = levels.next(bytes, most, &mut block).ok_or(Fault::Damaged)?;
        let rest = cells.get_mut(done..).unwrap_or_default();
        let taken = match piece {
            Piece::Same(0, count) => {
                rest[..count].fill(L::EMPTY);
                count
            }
            Piece::Same(_, count) => {
                dense(pages, store, lane, &mut rest[..count], odd, done)?;
                count
            }
            Piece::Each(levels) => {
                spread(pages, store, lane, levels, &mut rest[..levels.len()], odd, done)?;
                levels.len()
            }
        };
        pages.pass(taken);
        done += taken;
    }
    Ok(())
}

/// Reads every value of a dictionary.
fn learn<L: Lane>(pages: &mut Pages, store: &mut Store<L::Cell>, lane: &mut L, count: usize, room: usize) -> Result<(), Fault> {
    let kind = pages.kind;
    store.table.clear();
    store.odd.clear();
    let (values, bytes) = pages.values();
    let Values::Plain(at) = values else {
        return Err(Fault::Damaged);
    };
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

/// Reads cells of which some are empty: those that are not are read, and moved to their places.
fn spread<L: Lane>(pages: &mut Pages, store: &mut Store<L::Cell>, lane: &mut L, levels: &[u32], cells: &mut [L::Cell], odd: &mut Vec<Odd>, base: usize) -> Result<(), Fault> {
    let filled: usize = levels.iter().map(|level| *level as usize).sum();
    let mut spare = std::mem::take(&mut store.spare);
    spare.resize(filled, L::EMPTY);
    let odd_before = odd.len();
    dense(pages, store, lane, &mut spare, odd, 0)?;
    // One more, so that there is always a next one to look at.
    spare.push(L::EMPTY);
    let mut next = 0;
    for (cell, level) in cells.iter_mut().zip(levels) {
        let value = spare.get(next).copied().unwrap_or(L::EMPTY);
        *cell = if *level == 0 { L::EMPTY } else { value };
        next += *level as usize;
    }
    store.spare = spare;
    let mut rows = levels.iter().enumerate().filter(|(_, level)| **level != 0).map(|(row, _)| row).enumerate();
    for (place, _) in odd.get_mut(odd_before..).unwrap_or_default() {
        if let Some((_, row)) = rows.find(|(count, _)| *count == *place as usize) {
            *place = row_number(base + row);
        }
    }
    Ok(())
}

/// Reads cells none of which is empty.
fn dense<L: Lane>(pages: &mut Pages, store: &Store<L::Cell>, lane: &mut L, cells: &mut [L::Cell], odd: &mut Vec<Odd>, base: usize) -> Result<(), Fault> {
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
            look_up(places, bytes, &both, cells, odd, base)
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
fn look_up<T: Copy>(places: &mut Hybrid, bytes: &[u8], store: &Store<T>, cells: &mut [T], odd: &mut Vec<Odd>, base: usize) -> Result<(), Fault> {
    let mut block: Block = [0; _];
    let mut done = 0;
    while done < cells.len() {
        let rest = cells.get_mut(done..).unwrap_or_default();
        let piece = places.next(bytes, rest.len(), &mut block).ok_or(Fault::Damaged)?;
        let taken = match piece {
            Piece::Same(place, count) => {
                let cell = store.table.get(place as usize).ok_or(Fault::Damaged)?;
                rest[..count].fill(*cell);
                if let Some(text) = store.odd_text(place) {
                    odd.extend((0..count).map(|row| (row_number(base + done + row), text.clone())));
                }
                count
            }
            Piece::Each(places) => {
                for (cell, place) in rest.iter_mut().zip(places) {
                    *cell = *store.table.get(*place as usize).ok_or(Fault::Damaged)?;
                }
                if !store.odd.is_empty() {
                    let found = places.iter().enumerate().filter_map(|(row, place)| Some((row, store.odd_text(*place)?)));
                    odd.extend(found.map(|(row, text)| (row_number(base + done + row), text.clone())));
                }
                places.len()
            }
        };
        done += taken;
    }
    Ok(())
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

fn row_number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
