//! The compact form of Thrift, in which a Parquet file describes itself.
//!
//! Nothing is taken on trust: a length never exceeds the bytes that are there, and nesting has an
//! end. None means that the bytes are no such description.

/// How deep the parts of a description may lie in each other; a true one needs about seven levels.
const DEPTH_MAX: usize = 32;

/// Reads one value after the other.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The kind of a value, as it stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind(u8);

impl Kind {
    const TRUE: Kind = Kind(1);
    const FALSE: Kind = Kind(2);
    const BYTE: Kind = Kind(3);
    const DOUBLE: Kind = Kind(7);
    const BINARY: Kind = Kind(8);
    const LIST: Kind = Kind(9);
    const SET: Kind = Kind(10);
    const MAP: Kind = Kind(11);
    const STRUCT: Kind = Kind(12);
    const UUID: Kind = Kind(13);

    fn is_integer(self) -> bool {
        matches!(self.0, 4..=6)
    }
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    /// How many bytes have been read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Reads a structure: `each` is handed the number and the kind of every field, and says whether
    /// it has read its value; the values it leaves are skipped.
    pub(super) fn fields(&mut self, mut each: impl FnMut(&mut Cursor<'a>, i64, Kind) -> Option<bool>) -> Option<()> {
        let mut number = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            let step = i64::from(head >> 4);
            number = if step == 0 { self.zigzag()? } else { number.checked_add(step)? };
            let kind = Kind(head & 15);
            if !each(self, number, kind)? {
                self.skip(kind, DEPTH_MAX)?;
            }
        }
    }

    /// A whole number of any width.
    pub(super) fn integer(&mut self, kind: Kind) -> Option<i64> {
        match kind {
            Kind::BYTE => self.byte().map(|byte| i64::from(byte.cast_signed())),
            kind if kind.is_integer() => self.zigzag(),
            _ => None,
        }
    }

    pub(super) fn size(&mut self, kind: Kind) -> Option<usize> {
        self.integer(kind).and_then(|value| usize::try_from(value).ok())
    }

    /// A field that holds yes or no keeps it in its kind.
    pub(super) fn truth(&mut self, kind: Kind) -> Option<bool> {
        match kind {
            Kind::TRUE => Some(true),
            Kind::FALSE => Some(false),
            _ => None,
        }
    }

    pub(super) fn text(&mut self, kind: Kind) -> Option<String> {
        if kind != Kind::BINARY {
            return None;
        }
        String::from_utf8(self.take_counted()?.to_vec()).ok()
    }

    /// Reads a list of structures; `each` reads one of them.
    pub(super) fn structures(&mut self, kind: Kind, mut each: impl FnMut(&mut Cursor<'a>) -> Option<()>) -> Option<()> {
        let (of, count) = self.list(kind)?;
        if of != Kind::STRUCT {
            return None;
        }
        (0..count).try_for_each(|_| each(self))
    }

    fn list(&mut self, kind: Kind) -> Option<(Kind, usize)> {
        if kind != Kind::LIST && kind != Kind::SET {
            return None;
        }
        let head = self.byte()?;
        let count = if head >> 4 == 15 { usize::try_from(self.varint()?).ok()? } else { usize::from(head >> 4) };
        // Each value takes a byte at least.
        (count <= self.left()).then_some((Kind(head & 15), count))
    }

    fn skip(&mut self, kind: Kind, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            Kind::TRUE | Kind::FALSE => Some(()),
            Kind::BYTE => self.take(1).map(drop),
            Kind::DOUBLE => self.take(8).map(drop),
            Kind::UUID => self.take(16).map(drop),
            Kind::BINARY => self.take_counted().map(drop),
            Kind::LIST | Kind::SET => {
                let (of, count) = self.list(kind)?;
                (0..count).try_for_each(|_| self.skip_value(of, depth))
            }
            Kind::MAP => self.skip_map(depth),
            Kind::STRUCT => self.skip_structure(depth),
            kind if kind.is_integer() => self.varint().map(drop),
            _ => None,
        }
    }

    fn skip_structure(&mut self, depth: usize) -> Option<()> {
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            if head >> 4 == 0 {
                self.varint()?;
            }
            self.skip(Kind(head & 15), depth)?;
        }
    }

    fn skip_map(&mut self, depth: usize) -> Option<()> {
        let count = usize::try_from(self.varint()?).ok()?;
        if count == 0 {
            return Some(());
        }
        let kinds = self.byte()?;
        for _ in 0..count {
            self.skip_value(Kind(kinds >> 4), depth)?;
            self.skip_value(Kind(kinds & 15), depth)?;
        }
        Some(())
    }

    /// A value inside of a list, where yes or no takes a byte of its own.
    fn skip_value(&mut self, kind: Kind, depth: usize) -> Option<()> {
        match kind {
            Kind::TRUE | Kind::FALSE => self.take(1).map(drop),
            kind => self.skip(kind, depth),
        }
    }

    fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..)?.get(..count)?;
        self.at += count;
        Some(taken)
    }

    fn take_counted(&mut self) -> Option<&'a [u8]> {
        let count = usize::try_from(self.varint()?).ok()?;
        self.take(count)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
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
