//! What the values of a column are: how they are stored, and what they mean.

/// A column's values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Kind {
    pub(super) physical: Physical,
    pub(super) meaning: Meaning,
}

/// How a value is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Physical {
    Bool,
    Int32,
    Int64,
    /// A moment of old files: the nanosecond of a day, then the Julian number of the day.
    Int96,
    Float,
    Double,
    /// Bytes behind their number.
    Bytes,
    /// So many bytes.
    Fixed(usize),
}

/// What a stored value means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    /// What is stored: a number, yes or no, or a text.
    Plain,
    Unsigned,
    /// A whole number of so many decimal places.
    Decimal(u8),
    /// Days since 1970-01-01.
    Date,
    /// Time since 1970-01-01.
    Moment(Unit),
    Uuid,
    /// Something no column of a table has here.
    Other,
}

/// Parts of a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    Milli,
    Micro,
    Nano,
}

/// A value as stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Raw<'a> {
    Truth(bool),
    Whole(i128),
    Single(f32),
    Double(f64),
    /// A moment, in nanoseconds since 1970-01-01.
    Moment(i128),
    Bytes(&'a [u8]),
}

/// The Julian number of 1970-01-01.
const JULIAN_1970: i128 = 2_440_588;

impl Kind {
    /// Whether values of this kind can be read at all.
    pub(super) fn is_readable(self) -> bool {
        use Physical::{Bytes, Fixed, Int32, Int64, Int96};
        match self.meaning {
            Meaning::Plain => self.physical != Fixed(0),
            Meaning::Unsigned => matches!(self.physical, Int32 | Int64),
            Meaning::Decimal(_) => matches!(self.physical, Int32 | Int64 | Bytes | Fixed(1..=32)),
            Meaning::Date => self.physical == Int32,
            Meaning::Moment(_) => matches!(self.physical, Int64 | Int96),
            Meaning::Uuid => self.physical == Fixed(16),
            Meaning::Other => false,
        }
    }

    /// Whether the values are whole numbers and nothing else.
    pub(super) fn is_whole(self) -> bool {
        matches!(self.physical, Physical::Int32 | Physical::Int64) && matches!(self.meaning, Meaning::Plain | Meaning::Unsigned)
    }

    /// Whether the values are yes and no.
    pub(super) fn is_truth(self) -> bool {
        self.physical == Physical::Bool
    }

    /// How many bytes a value takes; none where that differs, or is less than one.
    pub(super) fn width(self) -> Option<usize> {
        match self.physical {
            Physical::Int32 | Physical::Float => Some(4),
            Physical::Int64 | Physical::Double => Some(8),
            Physical::Int96 => Some(12),
            Physical::Fixed(width) => Some(width),
            Physical::Bool | Physical::Bytes => None,
        }
    }

    /// A value from its bytes, which are as many as a value of this kind has.
    pub(super) fn raw(self, bytes: &[u8]) -> Raw<'_> {
        match (self.physical, self.meaning) {
            (Physical::Int32, Meaning::Unsigned) => Raw::Whole(u32::from_le_bytes(low(bytes)).into()),
            (Physical::Int64, Meaning::Unsigned) => Raw::Whole(u64::from_le_bytes(low(bytes)).into()),
            (Physical::Int32, _) => Raw::Whole(i32::from_le_bytes(low(bytes)).into()),
            (Physical::Int64, _) => Raw::Whole(i64::from_le_bytes(low(bytes)).into()),
            (Physical::Float, _) => Raw::Single(f32::from_le_bytes(low(bytes))),
            (Physical::Double, _) => Raw::Double(f64::from_le_bytes(low(bytes))),
            (Physical::Int96, _) => {
                let nanos = i64::from_le_bytes(low(bytes));
                let day = u32::from_le_bytes(low(bytes.get(8..).unwrap_or(&[])));
                Raw::Moment((i128::from(day) - JULIAN_1970) * NANOS_A_DAY + i128::from(nanos))
            }
            (Physical::Bytes | Physical::Fixed(_), Meaning::Decimal(_)) => big_endian(bytes).map_or(Raw::Bytes(bytes), Raw::Whole),
            _ => Raw::Bytes(bytes),
        }
    }
}

pub(super) const NANOS_A_DAY: i128 = 86_400_000_000_000;

impl Unit {
    pub(super) fn nanos(self) -> i128 {
        match self {
            Unit::Milli => 1_000_000,
            Unit::Micro => 1_000,
            Unit::Nano => 1,
        }
    }
}

/// The first bytes, zeros where there are none.
fn low<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or([0; N])
}

/// A signed whole number whose highest byte comes first; none if it needs more than 128 bits.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let sign = if bytes.first().is_some_and(|byte| *byte >= 0x80) { 0xFF } else { 0 };
    let (above, bytes) = bytes.split_at(bytes.len().saturating_sub(16));
    let mut whole = [sign; 16];
    whole[16 - bytes.len()..].copy_from_slice(bytes);
    let value = i128::from_be_bytes(whole);
    (above.iter().all(|byte| *byte == sign) && (value < 0) == (sign != 0)).then_some(value)
}
