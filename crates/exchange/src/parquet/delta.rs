//! Values stored as differences, or with their bytes apart: written out plainly, after which they
//! are read like any others.

use super::bits::wide;

/// The most bytes that a page may become when it is written out.
type Room = usize;

/// Whole numbers as differences to the one before, `WIDTH` bytes each when written out.
pub(super) fn numbers<const WIDTH: usize>(bytes: &[u8], room: Room, into: &mut Vec<u8>) -> Option<()> {
    into.clear();
    let mut differences = Differences::new(bytes)?;
    for _ in 0..differences.left {
        if into.len() + WIDTH > room {
            return None;
        }
        into.extend_from_slice(differences.next()?.to_le_bytes().first_chunk::<WIDTH>()?);
    }
    Some(())
}

/// Texts behind the list of their lengths.
pub(super) fn lengths(bytes: &[u8], room: Room, into: &mut Vec<u8>) -> Option<()> {
    into.clear();
    let mut lengths = Differences::new(bytes)?;
    let mut at = lengths.end()?;
    for _ in 0..lengths.left {
        let length = usize::try_from(lengths.next()?).ok()?;
        push(into, bytes.get(at..)?.get(..length)?, room)?;
        at += length;
    }
    Some(())
}

/// Texts of which each begins with some bytes of the one before.
///
/// Of a fixed width they are written out as they are, else behind their lengths.
pub(super) fn prefixes(bytes: &[u8], width: Option<usize>, room: Room, into: &mut Vec<u8>) -> Option<()> {
    into.clear();
    let mut prefixes = Differences::new(bytes)?;
    let at = prefixes.end()?;
    let rest = bytes.get(at..)?;
    let mut lengths = Differences::new(rest)?;
    let mut text = lengths.end()?;
    let mut last: Vec<u8> = Vec::new();
    for _ in 0..prefixes.left {
        let prefix = usize::try_from(prefixes.next()?).ok()?;
        let length = usize::try_from(lengths.next()?).ok()?;
        let added = rest.get(text..)?.get(..length)?;
        text += length;
        if prefix > last.len() {
            return None;
        }
        last.truncate(prefix);
        last.extend_from_slice(added);
        match width {
            None => push(into, &last, room)?,
            Some(width) if last.len() == width && into.len() + width <= room => into.extend_from_slice(&last),
            Some(_) => return None,
        }
    }
    Some(())
}

/// Values whose first bytes stand together, then the second ones, and so on.
pub(super) fn split(bytes: &[u8], width: usize, room: Room, into: &mut Vec<u8>) -> Option<()> {
    into.clear();
    let count = bytes.len().checked_div(width)?;
    if count == 0 {
        return Some(());
    }
    if count * width > room {
        return None;
    }
    into.resize(count * width, 0);
    for (place, stream) in bytes.chunks_exact(count).take(width).enumerate() {
        for (value, byte) in into.chunks_exact_mut(width).zip(stream) {
            *value.get_mut(place)? = *byte;
        }
    }
    Some(())
}

/// Adds a text behind its length, as plain pages have it.
fn push(into: &mut Vec<u8>, text: &[u8], room: Room) -> Option<()> {
    if into.len() + text.len() + 4 > room {
        return None;
    }
    into.extend_from_slice(&u32::try_from(text.len()).ok()?.to_le_bytes());
    into.extend_from_slice(text);
    Some(())
}

/// A list of whole numbers, each but the first stored as the difference to the one before: blocks
/// of some parts, each part with differences of one width above the least of the block.
#[derive(Clone)]
struct Differences<'a> {
    bytes: &'a [u8],
    at: usize,
    parts: usize,
    part_values: usize,
    /// Values not handed out yet.
    left: usize,
    value: i64,
    is_first: bool,
    least: i64,
    /// The widths of the block's parts still to come.
    widths: &'a [u8],
    width: usize,
    /// The bit at which the next difference begins, and how many there still are in the part.
    bit: usize,
    in_part: usize,
}

impl<'a> Differences<'a> {
    fn new(bytes: &'a [u8]) -> Option<Differences<'a>> {
        let mut this = Differences { bytes, at: 0, parts: 0, part_values: 0, left: 0, value: 0, is_first: true, least: 0, widths: &[], width: 0, bit: 0, in_part: 0 };
        let block = usize::try_from(this.varint()?).ok()?;
        this.parts = usize::try_from(this.varint()?).ok()?;
        this.left = usize::try_from(this.varint()?).ok()?;
        this.value = this.zigzag()?;
        this.part_values = block.checked_div(this.parts)?;
        (this.part_values > 0 && this.part_values % 8 == 0 && this.part_values <= 1 << 20).then_some(this)
    }

    /// The next value.
    fn next(&mut self) -> Option<i64> {
        self.left = self.left.checked_sub(1)?;
        if self.is_first {
            self.is_first = false;
            return Some(self.value);
        }
        if self.in_part == 0 {
            self.part(self.left + 1)?;
        }
        let difference = wide(self.bytes, self.bit, self.width).cast_signed();
        self.bit += self.width;
        self.in_part -= 1;
        self.value = self.value.wrapping_add(self.least).wrapping_add(difference);
        Some(self.value)
    }

    /// Where the list ends, found by walking through its parts.
    fn end(&self) -> Option<usize> {
        let mut walk = self.clone();
        walk.left = walk.left.saturating_sub(1);
        while walk.left > 0 {
            walk.part(walk.left)?;
            walk.left = walk.left.saturating_sub(walk.part_values);
        }
        Some(walk.at)
    }

    /// Goes to the next part, and at the end of a block to the next block; so many values are left.
    fn part(&mut self, left: usize) -> Option<()> {
        if self.widths.is_empty() {
            self.least = self.zigzag()?;
            self.widths = self.bytes.get(self.at..)?.get(..self.parts)?;
            self.at += self.parts;
        }
        let (width, rest) = self.widths.split_first()?;
        self.widths = rest;
        self.width = usize::from(*width);
        self.bit = self.at.checked_mul(8)?;
        self.in_part = self.part_values;
        let size = self.part_values / 8 * self.width;
        // The last part may be cut after its last difference.
        let there = self.bytes.len().checked_sub(self.at)?;
        let needed = (left.min(self.part_values) * self.width).div_ceil(8);
        if self.width > 64 || needed > there {
            return None;
        }
        self.at += size.min(there);
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7F).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }
}
