//! The pages of a column, one after the other: found, unpacked, and laid open for reading.

use std::fs::File;
use std::io;
use std::sync::Arc;

use super::bits::Hybrid;
use super::delta;
use super::footer::{Chunk, Flat};
use super::input::Input;
use super::kind::{Kind, Physical};
use super::thrift::{Cursor, Kind as Form};
use super::unpack::{Codec, Unpacker};

/// What can be wrong with a page.
#[derive(Debug)]
pub(super) enum Fault {
    Damaged,
    /// A text that is not UTF-8.
    NotText,
    /// Packed in a way that is not read, by its name.
    Codec(&'static str),
    /// Values written in a way that is not read.
    Encoding,
    /// More memory is asked for than there is leave for.
    Large,
    /// A number that should identify something and is too large for it.
    Identifier(String),
    Locked,
    Input(io::Error),
}

/// The pages of one column.
pub(super) struct Pages {
    pub(super) kind: Kind,
    optional: bool,
    input: Input,
    unpacker: Unpacker,
    codec: Codec,
    unpacked: Vec<u8>,
    /// Values written out plainly that were stored otherwise.
    written: Vec<u8>,
    page: Page,
}

/// What is left of a page.
#[derive(Default)]
struct Page {
    rows: usize,
    /// Which cells are filled.
    levels: Hybrid,
    levels_in: Buffer,
    values: Values,
    values_in: Buffer,
    values_end: usize,
}

/// How the values of a page are stored.
#[derive(Clone, Debug)]
pub(super) enum Values {
    /// As places in the dictionary.
    Places(Hybrid),
    /// One after the other, from a byte on.
    Plain(usize),
}

impl Default for Values {
    fn default() -> Values {
        Values::Plain(0)
    }
}

/// Where bytes of a page stand.
#[derive(Clone, Copy, Debug, Default)]
enum Buffer {
    #[default]
    Input,
    Unpacked,
    Written,
}

/// What a page is.
pub(super) enum Next {
    /// Values that the pages after it refer to, so many of them, from the start of the bytes.
    Dictionary(usize),
    Data,
    End,
}

/// What stands before a page.
#[derive(Default)]
struct Head {
    kind: i64,
    unpacked: usize,
    packed: usize,
    checksum: Option<u32>,
    /// Where the structure of the page's own kind was there.
    detail: Option<Detail>,
}

#[derive(Default)]
struct Detail {
    values: usize,
    encoding: i64,
    /// Bytes of levels before the values, which are not packed; of the newer kind of page only.
    levels: usize,
    is_packed: bool,
}

const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const NEWER_DATA: i64 = 3;

/// The most bytes that the description of a page may take; long texts can be among them.
const HEAD_MAX: usize = 16 << 20;

impl Pages {
    pub(super) fn new(file: Arc<File>, flat: Flat) -> Pages {
        Pages { kind: flat.kind, optional: flat.optional, input: Input::new(file), unpacker: Unpacker::default(), codec: Codec::Bare, unpacked: Vec::new(), written: Vec::new(), page: Page::default() }
    }

    /// Goes to the chunk of another group.
    pub(super) fn set(&mut self, chunk: Chunk) -> Result<(), Fault> {
        if chunk.locked {
            return Err(Fault::Locked);
        }
        self.codec = Codec::of(chunk.codec)?;
        self.input.set(chunk.start, chunk.end);
        self.page = Page::default();
        Ok(())
    }

    /// How many rows of the page are left.
    pub(super) fn rows(&self) -> usize {
        self.page.rows
    }

    /// Counts rows as read.
    pub(super) fn pass(&mut self, rows: usize) {
        self.page.rows = self.page.rows.saturating_sub(rows);
    }

    /// Whether no row is left in the chunk.
    pub(super) fn is_done(&mut self, room: usize) -> Result<bool, Fault> {
        while self.page.rows == 0 {
            if let Next::End = self.next(room)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How much memory is in use.
    pub(super) fn size(&self) -> usize {
        self.input.size() + self.unpacked.capacity() + self.written.capacity()
    }

    /// Which cells of the page are filled, with the bytes that say so.
    pub(super) fn levels(&mut self) -> (&mut Hybrid, &[u8]) {
        let bytes = match self.page.levels_in {
            Buffer::Input => self.input.bytes(),
            Buffer::Unpacked => &self.unpacked,
            Buffer::Written => &self.written,
        };
        (&mut self.page.levels, bytes)
    }

    /// The values of the page, and the bytes they stand in up to their end.
    pub(super) fn values(&mut self) -> (&mut Values, &[u8]) {
        let bytes = match self.page.values_in {
            Buffer::Input => self.input.bytes(),
            Buffer::Unpacked => &self.unpacked,
            Buffer::Written => &self.written,
        };
        (&mut self.page.values, bytes.get(..self.page.values_end).unwrap_or(&[]))
    }

    /// Goes to the next page of the chunk. No more than `room` bytes of memory are taken for it.
    pub(super) fn next(&mut self, room: usize) -> Result<Next, Fault> {
        while self.input.left() > 0 {
            let head = self.head()?;
            if head.packed > room || head.unpacked > room {
                return Err(Fault::Large);
            }
            let packed = self.input.peek(head.packed)?.get(..head.packed).ok_or(Fault::Damaged)?;
            if head.checksum.is_some_and(|sum| sum != crc32fast::hash(packed)) {
                return Err(Fault::Damaged);
            }
            let at = self.input.take(head.packed);
            match (head.kind, &head.detail) {
                (DICTIONARY, Some(detail)) => {
                    if detail.encoding != 0 && detail.encoding != 2 {
                        return Err(Fault::Encoding);
                    }
                    let (buffer, from, end) = self.unpack(at, head.packed, head.unpacked, self.codec)?;
                    self.page = Page { values: Values::Plain(from), values_in: buffer, values_end: end, ..Page::default() };
                    return Ok(Next::Dictionary(detail.values));
                }
                (DATA, Some(detail)) => {
                    self.data(at, &head, detail, room)?;
                    return Ok(Next::Data);
                }
                (NEWER_DATA, Some(detail)) => {
                    self.newer_data(at, &head, detail, room)?;
                    return Ok(Next::Data);
                }
                (DATA | DICTIONARY | NEWER_DATA, None) => return Err(Fault::Damaged),
                // Other kinds of pages are for those who search.
                _ => {}
            }
        }
        Ok(Next::End)
    }

    fn head(&mut self) -> Result<Head, Fault> {
        let mut least = 512;
        loop {
            let all = usize::try_from(self.input.left()).unwrap_or(usize::MAX);
            let mut cursor = Cursor::new(self.input.peek(least.min(all))?);
            match read_head(&mut cursor) {
                Some(head) => {
                    let size = cursor.at();
                    self.input.take(size);
                    return Ok(head);
                }
                None if least < all && least < HEAD_MAX => least *= 8,
                None => return Err(Fault::Damaged),
            }
        }
    }

    /// Unpacks bytes of the input; says in which buffer, from where and up to where they are then.
    fn unpack(&mut self, at: usize, packed: usize, size: usize, codec: Codec) -> Result<(Buffer, usize, usize), Fault> {
        if codec == Codec::Bare {
            return if packed == size { Ok((Buffer::Input, at, at + size)) } else { Err(Fault::Damaged) };
        }
        let bytes = self.input.bytes().get(at..at + packed).ok_or(Fault::Damaged)?;
        self.unpacker.unpack(codec, bytes, size, &mut self.unpacked)?;
        Ok((Buffer::Unpacked, 0, size))
    }

    /// A page whose levels are packed with its values.
    fn data(&mut self, at: usize, head: &Head, detail: &Detail, room: usize) -> Result<(), Fault> {
        let (buffer, from, end) = self.unpack(at, head.packed, head.unpacked, self.codec)?;
        self.page = Page { rows: detail.values, levels_in: buffer, values_in: buffer, values_end: end, ..Page::default() };
        let (levels, values) = if self.optional {
            let (_, bytes) = self.values();
            let size = bytes.get(from..end).and_then(|bytes| bytes.first_chunk()).ok_or(Fault::Damaged)?;
            let start = from + 4;
            let size = usize::try_from(u32::from_le_bytes(*size)).map_err(|_| Fault::Damaged)?;
            let values = start.checked_add(size).filter(|values| *values <= end).ok_or(Fault::Damaged)?;
            (Hybrid::new(start, values, 1).ok_or(Fault::Damaged)?, values)
        } else {
            (Hybrid::same(1, detail.values), from)
        };
        self.page.levels = levels;
        self.lay_open(values, end, detail, room)
    }

    /// A page whose levels stand unpacked before its values.
    fn newer_data(&mut self, at: usize, head: &Head, detail: &Detail, room: usize) -> Result<(), Fault> {
        let packed = head.packed.checked_sub(detail.levels).ok_or(Fault::Damaged)?;
        let size = head.unpacked.checked_sub(detail.levels).ok_or(Fault::Damaged)?;
        let from = at + detail.levels;
        let codec = if detail.is_packed && packed > 0 { self.codec } else { Codec::Bare };
        let (buffer, start, end) = self.unpack(from, packed, size, codec)?;
        let levels = if self.optional { Hybrid::new(at, from, 1).ok_or(Fault::Damaged)? } else { Hybrid::same(1, detail.values) };
        self.page = Page { rows: detail.values, levels, levels_in: Buffer::Input, values: Values::default(), values_in: buffer, values_end: end };
        self.lay_open(start, end, detail, room)
    }

    /// Finds the values of the page in the bytes from a place on.
    fn lay_open(&mut self, from: usize, end: usize, detail: &Detail, room: usize) -> Result<(), Fault> {
        let bytes = match self.page.values_in {
            Buffer::Input => self.input.bytes(),
            Buffer::Unpacked => &self.unpacked,
            Buffer::Written => return Err(Fault::Damaged),
        };
        let bytes = bytes.get(from..end).ok_or(Fault::Damaged)?;
        let into = &mut self.written;
        let width = self.kind.width();
        let written = match (detail.encoding, self.kind.physical) {
            (0, Physical::Bool) => {
                self.page.values = Values::Places(Hybrid::packed(from, end, 1, bytes.len() * 8));
                return Ok(());
            }
            (0, _) => {
                self.page.values = Values::Plain(from);
                return Ok(());
            }
            (2 | 8, _) => {
                // Where all cells are empty, not even the width of places need be there.
                let Some(width) = bytes.first() else {
                    self.page.values = Values::Places(Hybrid::default());
                    return Ok(());
                };
                self.page.values = Values::Places(Hybrid::new(from + 1, end, *width).ok_or(Fault::Damaged)?);
                return Ok(());
            }
            (3, Physical::Bool) => {
                self.page.values = Values::Places(Hybrid::new(from.saturating_add(4).min(end), end, 1).ok_or(Fault::Damaged)?);
                return Ok(());
            }
            _ if bytes.is_empty() => {
                into.clear();
                Some(())
            }
            (5, Physical::Int32) => delta::numbers::<4>(bytes, room, into),
            (5, Physical::Int64) => delta::numbers::<8>(bytes, room, into),
            (6, Physical::Bytes) => delta::lengths(bytes, room, into),
            (7, Physical::Bytes | Physical::Fixed(_)) => delta::prefixes(bytes, width, room, into),
            (9, _) if width.is_some() => delta::split(bytes, width.unwrap_or(1), room, into),
            _ => return Err(Fault::Encoding),
        };
        self.page.values = Values::Plain(0);
        self.page.values_in = Buffer::Written;
        self.page.values_end = into.len();
        written.ok_or(Fault::Damaged)
    }
}

fn read_head(cursor: &mut Cursor<'_>) -> Option<Head> {
    let mut head = Head { kind: -1, ..Head::default() };
    cursor.fields(|cursor, number, form| {
        match number {
            1 => head.kind = cursor.integer(form)?,
            2 => head.unpacked = cursor.size(form)?,
            3 => head.packed = cursor.size(form)?,
            4 => head.checksum = Some(i32::try_from(cursor.integer(form)?).ok()?.cast_unsigned()),
            5 | 7 => head.detail = Some(read_detail(cursor)?),
            8 => head.detail = Some(read_newer_detail(cursor)?),
            _ => return Some(false),
        }
        Some(true)
    })?;
    Some(head)
}

fn read_detail(cursor: &mut Cursor<'_>) -> Option<Detail> {
    let mut detail = Detail::default();
    cursor.fields(|cursor, number, form| {
        match number {
            1 => detail.values = cursor.size(form)?,
            2 => detail.encoding = cursor.integer(form)?,
            _ => return Some(false),
        }
        Some(true)
    })?;
    Some(detail)
}

fn read_newer_detail(cursor: &mut Cursor<'_>) -> Option<Detail> {
    let mut detail = Detail { is_packed: true, ..Detail::default() };
    cursor.fields(|cursor, number, form: Form| {
        match number {
            1 => detail.values = cursor.size(form)?,
            4 => detail.encoding = cursor.integer(form)?,
            5 | 6 => detail.levels = detail.levels.checked_add(cursor.size(form)?)?,
            7 => detail.is_packed = cursor.truth(form)?,
            _ => return Some(false),
        }
        Some(true)
    })?;
    Some(detail)
}
