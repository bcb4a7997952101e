//! Changed inputs, from a fixed seed: what damage, other programs and spite do to files.

use fastrand::Rng;

/// Numbers at which readers go wrong: nothing, signs, borders of the kinds of whole numbers, more than any.
const NUMBERS: [&str; 16] =
    ["0", "-1", "1", "127", "255", "256", "16384", "65536", "1048577", "2147483647", "4294967295", "-2147483648", "9223372036854775807", "18446744073709551616", "1e308", "99999999999999999999999"];

/// Bytes at which the formats turn.
const BYTES: [u8; 16] = [0, 1, 0x7F, 0x80, 0xFF, b'\n', b'\r', b'"', b'\'', b',', b';', b'<', b'&', b'=', b'[', b'}'];

/// Makes inputs out of seeds, one after another.
pub(crate) struct Changer<'a> {
    seeds: &'a [Vec<u8>],
    most: usize,
    chance: Rng,
}

impl<'a> Changer<'a> {
    /// Inputs out of these seeds, none of more than so many bytes.
    pub(crate) fn new(seeds: &'a [Vec<u8>], most: usize) -> Self {
        Self { seeds, most, chance: Rng::with_seed(0x7EA5_0C1D) }
    }

    /// The next input: one of the seeds, changed one to eight times.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut input = self.seed().to_vec();
        for _ in 0..1 << self.chance.u32(0..4) {
            self.change(&mut input);
        }
        input.truncate(self.most);
        input
    }

    fn seed(&mut self) -> &'a [u8] {
        &self.seeds[self.chance.usize(0..self.seeds.len())]
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.chance.usize(0..=input.len());
        match self.chance.u8(0..9) {
            0 => input.truncate(at),
            1 => flip(input, at, self.chance.u8(0..8)),
            2 => self.replace(input, at..at),
            3 => self.replace(input, at..at + 1),
            4 => self.number(input, at),
            // Cut out, said twice, said many times.
            5 => {
                let end = self.stretch(at, input.len());
                input.drain(at..end);
            }
            6 | 7 => {
                let end = self.stretch(at, input.len());
                let times = if self.chance.u8(0..8) == 0 { 500 } else { 1 };
                let again = input[at..end].repeat(times);
                let to = self.chance.usize(0..=input.len());
                insert(input, to, &again);
            }
            // A stretch of another file.
            _ => {
                let other = self.seed();
                let from = self.chance.usize(0..=other.len());
                let end = self.stretch(from, other.len());
                insert(input, at, &other[from..end]);
            }
        }
        input.truncate(self.most);
    }

    /// The end of a stretch that is short more often than long.
    fn stretch(&mut self, from: usize, end: usize) -> usize {
        let most = 1 << self.chance.u32(0..12);
        (from + self.chance.usize(0..=most)).min(end)
    }

    fn replace(&mut self, input: &mut Vec<u8>, range: std::ops::Range<usize>) {
        let range = range.start.min(input.len())..range.end.min(input.len());
        let byte = if self.chance.bool() { BYTES[self.chance.usize(0..BYTES.len())] } else { self.chance.u8(..) };
        input.splice(range, [byte]);
    }

    /// Puts another number in the place of the next one in the text.
    fn number(&mut self, input: &mut Vec<u8>, at: usize) {
        let Some(start) = input[at..].iter().position(u8::is_ascii_digit).map(|found| at + found) else { return };
        let digits = input[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let other = NUMBERS[self.chance.usize(0..NUMBERS.len())];
        input.splice(start..start + digits, other.bytes());
    }
}

fn flip(input: &mut [u8], at: usize, bit: u8) {
    if let Some(byte) = input.get_mut(at) {
        *byte ^= 1 << bit;
    }
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    input.splice(at..at, bytes.iter().copied());
}
