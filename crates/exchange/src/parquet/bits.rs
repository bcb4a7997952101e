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
    /// Where the next run or the next groups begin, and where they all end.
    at: usize,
    end: usize,
    width: usize,
    /// The run being read: its number, and how many times more.
    value: u32,
    same: usize,
    /// The groups being read: where they begin, how many numbers they have and how many are done.
    packed: usize,
    count: usize,
    done: usize,
}

impl Hybrid {
    /// Numbers of `width` bits in this part of a page; none if no number is so wide.
    pub(super) fn new(at: usize, end: usize, width: u8) -> Option<Hybrid> {
        (width <= 32).then(|| Hybrid { at, end, width: usize::from(width), ..Hybrid::default() })
    }

    /// That many times the same number.
    pub(super) fn same(value: u32, count: usize) -> Hybrid {
        Hybrid { value, same: count, ..Hybrid::default() }
    }

    /// So many packed numbers from a place in a page on.
    pub(super) fn packed(at: usize, end: usize, width: u8, count: usize) -> Hybrid {
        Hybrid { at: end, end, width: usize::from(width), packed: at, count, ..Hybrid::default() }
    }

    /// The next numbers, `most` of them at most and one at least; none if there are no more.
    #[inline]
    pub(super) fn next<'b>(&mut self, bytes: &[u8], most: usize, block: &'b mut Block) -> Option<Piece<'b>> {
        self.ready(bytes)?;
        if self.same > 0 {
            let taken = most.min(self.same);
            self.same -= taken;
            return Some(Piece::Same(self.value, taken));
        }
        self.unpacked(bytes, most, block).map(Piece::Each)
    }

    /// The bytes of the next groups of eight numbers, if whole groups are what comes next; for at
    /// most so many numbers.
    #[inline]
    pub(super) fn whole_groups<'a>(&mut self, bytes: &'a [u8], most: usize) -> Option<&'a [u8]> {
        self.ready(bytes)?;
        let groups = most.min(self.count - self.done) / 8;
        if self.same > 0 || !self.done.is_multiple_of(8) || groups == 0 {
            return None;
        }
        let from = self.packed + self.done / 8 * self.width;
        let packed = bytes.get(from..from + groups * self.width)?;
        self.done += groups * 8;
        Some(packed)
    }

    /// Bits of a number.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Sees to it that a run or groups are being read.
    #[inline]
    fn ready(&mut self, bytes: &[u8]) -> Option<()> {
        while self.same == 0 && self.done == self.count {
            self.start(bytes)?;
        }
        Some(())
    }

    /// Unpacks the next numbers of the groups being read.
    fn unpacked<'b>(&mut self, bytes: &[u8], most: usize, block: &'b mut Block) -> Option<&'b [u32]> {
        let (group, begun) = (self.done / 8, self.done % 8);
        let taken = most.min(self.count - self.done).min(BLOCK);
        let groups = (begun + taken).div_ceil(8);
        let from = self.packed + group * self.width;
        let packed = bytes.get(from..from + groups * self.width)?;
        unpack(packed, self.width, &mut block[..groups * 8]);
        self.done += taken;
        block.get(begun..begun + taken)
    }

    /// Goes to the next run or the next groups.
    #[inline]
    fn start(&mut self, bytes: &[u8]) -> Option<()> {
        let bytes = bytes.get(..self.end)?;
        let head = match bytes.get(self.at) {
            Some(byte) if *byte < 0x80 => {
                self.at += 1;
                u64::from(*byte)
            }
            _ => varint(bytes, &mut self.at)?,
        };
        let count = usize::try_from(head >> 1).ok()?;
        if head & 1 == 0 {
            let width = self.width.div_ceil(8);
            let value = bytes.get(self.at..)?.get(..width)?;
            self.value = value.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte));
            self.same = count;
            self.at += width;
            return Some(());
        }
        let there = bytes.len() - self.at;
        // The last group may say that it is longer than the page: what is there of it counts.
        let groups = there.checked_div(self.width).map_or(count, |most| count.min(most));
        if groups == 0 && count > 0 {
            return None;
        }
        (self.packed, self.count, self.done) = (self.at, groups.checked_mul(8)?, 0);
        self.at += groups * self.width;
        Some(())
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
            continue;
        }
        for (half, four) in eight.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            // Half a group is a number of at most 64 bits, or of at most 128.
            let bit = half * 4 * W;
            let bytes = &group[bit / 8..(bit + 4 * W).div_ceil(8)];
            if W <= 16 {
                let mut window = [0_u8; 8];
                window[..bytes.len()].copy_from_slice(bytes);
                let window = u64::from_le_bytes(window) >> (bit % 8);
                for (place, value) in four.iter_mut().enumerate() {
                    *value = (window >> (place * W)) as u32 & mask(W);
                }
            } else {
                let mut window = [0_u8; 16];
                window[..bytes.len()].copy_from_slice(bytes);
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

/// A number of seven bits a byte, the lowest first, at a place that is moved behind it.
pub(super) fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// The same for a signed number, whose sign is in its lowest bit.
pub(super) fn zigzag(bytes: &[u8], at: &mut usize) -> Option<i64> {
    let value = varint(bytes, at)?;
    Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
}
