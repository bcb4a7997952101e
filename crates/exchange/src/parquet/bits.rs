//! Small numbers packed to as few bits as they need, and runs of equal ones: so a page keeps the
//! places of its values in the dictionary, and which of its cells are filled.

/// How many packed numbers are unpacked at a time; small enough to stay in the nearest cache.
const BLOCK: usize = 1024;

/// Room for the numbers that are unpacked at a time, and for those of a group begun before them.
pub(super) type Block = [u32; BLOCK + 8];

/// The numbers that come next.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// One number, that many times.
    Same(u32, usize),
    /// Different ones.
    Each(&'a [u32]),
}

/// Runs and packed groups by turns, from a place in a page on.
#[derive(Clone, Debug, Default)]
pub(super) struct Hybrid {
    at: usize,
    end: usize,
    width: usize,
    run: Run,
}

#[derive(Clone, Copy, Debug)]
enum Run {
    Same {
        value: u32,
        left: usize,
    },
    /// Groups of eight from a place on, of which so many numbers are done.
    Packed {
        at: usize,
        done: usize,
        count: usize,
    },
}

impl Default for Run {
    fn default() -> Run {
        Run::Same { value: 0, left: 0 }
    }
}

impl Hybrid {
    /// Numbers of `width` bits in this part of a page; none if no number is so wide.
    pub(super) fn new(at: usize, end: usize, width: u8) -> Option<Hybrid> {
        (width <= 32).then(|| Hybrid { at, end, width: usize::from(width), run: Run::default() })
    }

    /// That many times the same number.
    pub(super) fn same(value: u32, count: usize) -> Hybrid {
        Hybrid { run: Run::Same { value, left: count }, ..Hybrid::default() }
    }

    /// So many packed numbers from a place in a page on.
    pub(super) fn packed(at: usize, end: usize, width: u8, count: usize) -> Hybrid {
        Hybrid { at: end, end, width: usize::from(width), run: Run::Packed { at, done: 0, count } }
    }

    /// The next numbers, `most` of them at most and one at least; none if there are no more.
    pub(super) fn next<'b>(&mut self, bytes: &[u8], most: usize, block: &'b mut Block) -> Option<Piece<'b>> {
        loop {
            match &mut self.run {
                Run::Same { left: 0, .. } => self.run = self.start(bytes)?,
                Run::Packed { done, count, .. } if done == count => self.run = self.start(bytes)?,
                Run::Same { value, left } => {
                    let taken = most.min(*left);
                    *left -= taken;
                    return Some(Piece::Same(*value, taken));
                }
                Run::Packed { at, done, count } => {
                    let (group, begun) = (*done / 8, *done % 8);
                    let taken = most.min(*count - *done).min(BLOCK);
                    let groups = (begun + taken).div_ceil(8);
                    let from = *at + group * self.width;
                    let packed = bytes.get(from..from + groups * self.width)?;
                    unpack(packed, self.width, &mut block[..groups * 8]);
                    *done += taken;
                    return block.get(begun..begun + taken).map(Piece::Each);
                }
            }
        }
    }

    fn start(&mut self, bytes: &[u8]) -> Option<Run> {
        let bytes = bytes.get(..self.end)?;
        let head = self.varint(bytes)?;
        let count = usize::try_from(head >> 1).ok()?;
        if head & 1 == 0 {
            let mut value = [0; 4];
            let width = self.width.div_ceil(8);
            value.get_mut(..width)?.copy_from_slice(bytes.get(self.at..)?.get(..width)?);
            self.at += width;
            return Some(Run::Same { value: u32::from_le_bytes(value), left: count });
        }
        let at = self.at;
        let there = bytes.len().checked_sub(at)?;
        // The last group may say that it is longer than the page: what is there of it counts.
        let groups = if self.width == 0 { count } else { count.min(there / self.width) };
        if groups == 0 && count > 0 {
            return None;
        }
        self.at += groups * self.width;
        Some(Run::Packed { at, done: 0, count: groups.checked_mul(8)? })
    }

    fn varint(&mut self, bytes: &[u8]) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = *bytes.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

/// Unpacks groups of eight numbers; `width` bytes hold a group of that many bits each.
fn unpack(packed: &[u8], width: usize, out: &mut [u32]) {
    macro_rules! by_width {
        ($($w:literal)*) => {
            match width {
                $($w => groups::<$w>(packed, out),)*
                _ => out.fill(0),
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

/// The same for a width known in advance, so that every shift is a constant.
fn groups<const W: usize>(packed: &[u8], out: &mut [u32]) {
    for (group, eight) in packed.chunks_exact(W).zip(out.as_chunks_mut::<8>().0) {
        if W <= 8 {
            // The whole group is one number.
            let mut window = [0_u8; 8];
            window[..W].copy_from_slice(group);
            let window = u64::from_le_bytes(window);
            for (place, value) in eight.iter_mut().enumerate() {
                *value = (window >> (place * W)) as u32 & mask(W);
            }
        } else {
            // Half a group is a number of at most 128 bits.
            for (half, four) in eight.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                let bit = half * 4 * W;
                let mut window = [0_u8; 16];
                let end = (bit + 4 * W).div_ceil(8);
                window[..end - bit / 8].copy_from_slice(&group[bit / 8..end]);
                let window = u128::from_le_bytes(window) >> (bit % 8);
                for (place, value) in four.iter_mut().enumerate() {
                    *value = (window >> (place * W)) as u32 & mask(W);
                }
            }
        }
    }
}

fn mask(width: usize) -> u32 {
    u32::MAX >> (32 - width)
}

/// Unpacks a number of up to 64 bits that begins at a bit; bits beyond the end are zero.
pub(super) fn wide(packed: &[u8], bit: usize, width: usize) -> u64 {
    let mut window = [0_u8; 16];
    let from = packed.get(bit / 8..).unwrap_or(&[]);
    let taken = from.len().min(9);
    window[..taken].copy_from_slice(&from[..taken]);
    let mask = if width == 0 { 0 } else { u128::MAX >> (128 - width) };
    ((u128::from_le_bytes(window) >> (bit % 8)) & mask) as u64
}
