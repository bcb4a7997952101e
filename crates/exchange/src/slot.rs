//! A stored cell: eight bytes, the text itself standing elsewhere.

use std::ops::Range;

use jiff::civil::Date;

use crate::bad::Reason;

/// Where a cell's text stands (or its date), and what it is.
///
/// `what` holds the kind in its top 4 bits, the reason of a bad cell in the next 8, and the length
/// of the text in bytes in the lower 20, enough for the longest text of a cell.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slot {
    start: u32,
    what: u32,
}

const _: () = assert!(size_of::<Slot>() == 8, "tables of a million rows rely on it");

/// What a slot is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Empty,
    /// A part of the file's text.
    InFile,
    /// A text kept beside it.
    Kept,
    /// Kept digits.
    Number,
    Date,
    /// What a bad cell shows, kept.
    Bad(Reason),
}

impl Slot {
    const LENGTH: u32 = (1 << 20) - 1;

    /// A slot whose text stands at a place; none beyond 4 GiB.
    pub(crate) fn text(kind: Kind, start: usize, bytes: usize) -> Option<Slot> {
        let start = u32::try_from(start).ok()?;
        let bytes = u32::try_from(bytes).ok().filter(|bytes| *bytes <= Slot::LENGTH)?;
        Some(Slot { start, what: kind.number() << 28 | kind.reason() << 20 | bytes })
    }

    pub(crate) fn date(date: Date) -> Slot {
        let (year, month, day) = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
        // Dates of spreadsheets are of the years 1900 to 9999.
        let start = (year * 10_000 + month * 100 + day).unsigned_abs();
        Slot { start, what: Kind::Date.number() << 28 }
    }

    pub(crate) fn kind(self) -> Kind {
        match self.what >> 28 {
            1 => Kind::InFile,
            2 => Kind::Kept,
            3 => Kind::Number,
            4 => Kind::Date,
            5 => Kind::Bad(Reason::from_byte((self.what >> 20 & 0xFF) as u8)),
            _ => Kind::Empty,
        }
    }

    /// Where the text stands.
    pub(crate) fn place(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + (self.what & Slot::LENGTH) as usize
    }

    pub(crate) fn stored_date(self) -> Option<Date> {
        let year = i16::try_from(self.start / 10_000).ok()?;
        let month = i8::try_from(self.start / 100 % 100).ok()?;
        let day = i8::try_from(self.start % 100).ok()?;
        Date::new(year, month, day).ok()
    }
}

impl Kind {
    fn number(self) -> u32 {
        match self {
            Kind::Empty => 0,
            Kind::InFile => 1,
            Kind::Kept => 2,
            Kind::Number => 3,
            Kind::Date => 4,
            Kind::Bad(_) => 5,
        }
    }

    fn reason(self) -> u32 {
        if let Kind::Bad(reason) = self { u32::from(reason as u8) } else { 0 }
    }
}
