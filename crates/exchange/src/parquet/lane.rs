//! The four ways of reading a column: what becomes of a stored value, one by one and, where they
//! stand plainly side by side, all at once.

use super::kind::{Kind, Meaning, Physical, Raw};
use super::value::{self, Miss};
use super::words::Words;
use super::{NO_DAY, NO_NUMBER};

/// A way of reading.
pub(super) trait Lane {
    /// What a cell becomes.
    type Cell: Copy + PartialEq;
    /// The empty cell.
    const EMPTY: Self::Cell;

    /// Reads a value.
    fn read(&mut self, kind: Kind, raw: Raw<'_>) -> Result<Self::Cell, Miss>;

    /// What a text as stored is known to be read as.
    fn known(&self, _text: &[u8]) -> Option<Self::Cell> {
        None
    }

    /// Reads values of a fixed width that stand side by side, as many as there are cells. Says
    /// whether that went well; where it did not, they are to be read one by one.
    fn read_all(&mut self, _kind: Kind, _bytes: &[u8], _cells: &mut [Self::Cell]) -> bool {
        false
    }
}

/// Texts, as their numbers in the column's words.
pub(super) struct Texts<'a> {
    words: &'a mut Words,
    last: u32,
}

/// Numbers, as hundredths.
pub(super) struct Numbers;

/// Dates, as days.
pub(super) struct Days;

/// Whole numbers that identify something.
pub(super) struct Identifiers;

impl<'a> Texts<'a> {
    pub(super) fn new(words: &'a mut Words) -> Texts<'a> {
        Texts { words, last: 0 }
    }
}

impl Lane for Texts<'_> {
    type Cell = u32;
    const EMPTY: u32 = 0;

    fn read(&mut self, kind: Kind, raw: Raw<'_>) -> Result<u32, Miss> {
        if let (Raw::Bytes(bytes), Meaning::Plain) = (raw, kind.meaning) {
            // Equal texts like to stand below each other.
            if self.words.texts().get(self.last as usize).is_some_and(|last| last.as_bytes() == bytes) {
                return Ok(self.last);
            }
            self.last = match self.words.find(bytes) {
                Some(number) => number,
                None => self.words.number(&value::text(kind, raw)?),
            };
            self.words.remember(bytes, self.last);
            return Ok(self.last);
        }
        Ok(self.words.number(&value::text(kind, raw)?))
    }

    fn known(&self, text: &[u8]) -> Option<u32> {
        self.words.recent(text)
    }
}

impl Lane for Numbers {
    type Cell = i64;
    const EMPTY: i64 = NO_NUMBER;

    fn read(&mut self, kind: Kind, raw: Raw<'_>) -> Result<i64, Miss> {
        value::number(kind, raw)
    }

    fn read_all(&mut self, kind: Kind, bytes: &[u8], cells: &mut [i64]) -> bool {
        let factor = match kind.meaning {
            Meaning::Plain | Meaning::Decimal(0) => 100,
            Meaning::Decimal(1) => 10,
            Meaning::Decimal(2) => 1,
            _ => return false,
        };
        match kind.physical {
            Physical::Int32 => scaled(bytes, cells, factor, |bytes| i64::from(i32::from_le_bytes(bytes))),
            Physical::Int64 => scaled(bytes, cells, factor, i64::from_le_bytes),
            // Bytes of a fixed number are a decimal, or else a text.
            Physical::Fixed(_) if kind.meaning == Meaning::Plain => false,
            Physical::Fixed(8) => scaled(bytes, cells, factor, i64::from_be_bytes),
            Physical::Fixed(16) => {
                let low = |bytes: [u8; 16]| i64::try_from(i128::from_be_bytes(bytes)).unwrap_or(-1);
                scaled(bytes, cells, factor, low)
            }
            _ => false,
        }
    }
}

impl Lane for Days {
    type Cell = i32;
    const EMPTY: i32 = NO_DAY;

    fn read(&mut self, kind: Kind, raw: Raw<'_>) -> Result<i32, Miss> {
        value::day(kind, raw)
    }

    fn read_all(&mut self, kind: Kind, bytes: &[u8], cells: &mut [i32]) -> bool {
        if kind.physical != Physical::Int32 || kind.meaning != Meaning::Date {
            return false;
        }
        let mut good = true;
        for (value, cell) in bytes.as_chunks().0.iter().zip(cells) {
            *cell = i32::from_le_bytes(*value);
            good &= value::is_day(*cell);
        }
        good
    }
}

impl Lane for Identifiers {
    type Cell = i64;
    const EMPTY: i64 = NO_NUMBER;

    fn read(&mut self, kind: Kind, raw: Raw<'_>) -> Result<i64, Miss> {
        value::identifier(kind, raw)
    }

    fn read_all(&mut self, kind: Kind, bytes: &[u8], cells: &mut [i64]) -> bool {
        let mut good = kind.meaning == Meaning::Plain;
        match kind.physical {
            Physical::Int32 => {
                for (value, cell) in bytes.as_chunks().0.iter().zip(cells) {
                    *cell = i32::from_le_bytes(*value).into();
                }
            }
            Physical::Int64 => {
                for (value, cell) in bytes.as_chunks().0.iter().zip(cells) {
                    *cell = i64::from_le_bytes(*value);
                    good &= *cell != NO_NUMBER;
                }
            }
            _ => good = false,
        }
        good
    }
}

/// Multiplies numbers; says whether none is negative or too large for that.
fn scaled<const N: usize>(bytes: &[u8], cells: &mut [i64], factor: i64, number: impl Fn([u8; N]) -> i64) -> bool {
    let most = i64::MAX / factor;
    let mut good = true;
    for (value, cell) in bytes.as_chunks().0.iter().zip(cells) {
        let value = number(*value);
        good &= (0..=most).contains(&value);
        *cell = value.wrapping_mul(factor);
    }
    good
}
