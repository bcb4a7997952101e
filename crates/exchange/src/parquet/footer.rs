//! The description at the end of a Parquet file: its columns, and where each part of them stands.
//!
//! Read here and not by the library that writes: its reader takes the counts in a description on
//! trust, so that a few bytes make it ask for gigabytes or nest until the program is aborted.

use super::kind::{Kind, Meaning, Physical, Unit};
use super::thrift::{Cursor, Kind as Form};

/// What a file says of itself.
#[derive(Debug, Default)]
pub(super) struct Footer {
    pub(super) rows: u64,
    /// The columns in the order of the file; a nested one is a single column here.
    pub(super) columns: Vec<Column>,
    pub(super) groups: Vec<Group>,
}

/// A column of the table.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// None for one that holds lists or parts of its own.
    pub(super) flat: Option<Flat>,
}

/// A column with one value a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flat {
    /// Which of the file's chunks, counted through nested columns, is this column's.
    leaf: usize,
    pub(super) kind: Kind,
    /// Whether cells may be empty.
    pub(super) optional: bool,
}

/// A part of the rows, all columns of which stand together.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) rows: u64,
    pub(super) first_row: u64,
    /// Of each column that is kept, its chunk; see [`Footer::keep`].
    pub(super) chunks: Vec<Chunk>,
}

/// A column's values in a group: a stretch of the file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chunk {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) codec: i64,
    pub(super) locked: bool,
    /// Whether the values are in another file.
    elsewhere: bool,
}

/// What can be wrong with a description.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    Damaged,
    Elsewhere,
}

/// Whether the values of a column may be missing, as numbers in the description.
const OPTIONAL: i64 = 1;
const REPEATED: i64 = 2;

impl Footer {
    /// Reads a description whose chunks end before `end` of the file, and calls `keep` with the
    /// columns for those that are asked for.
    pub(super) fn read<E: From<Fault>>(bytes: &[u8], end: u64, keep: impl FnOnce(&[Column]) -> Result<Vec<Flat>, E>) -> Result<Footer, E> {
        let (mut footer, groups_at) = head(bytes).ok_or(Fault::Damaged)?;
        let kept = keep(&footer.columns)?;
        let Some(mut groups) = groups_at else {
            return Err(Fault::Damaged.into());
        };
        let mut first_row = 0_u64;
        let mut read = Vec::new();
        let whole = groups.0.structures(groups.1, |cursor| {
            let mut group = read_group(cursor, &kept)?;
            group.first_row = first_row;
            first_row = first_row.checked_add(group.rows)?;
            read.push(group);
            Some(())
        });
        if whole.is_none() || first_row != footer.rows {
            return Err(Fault::Damaged.into());
        }
        for chunk in read.iter().filter(|group| group.rows > 0).flat_map(|group| &group.chunks) {
            if chunk.elsewhere {
                return Err(Fault::Elsewhere.into());
            }
            if !chunk.locked && (chunk.start < 4 || chunk.start > chunk.end || chunk.end > end) {
                return Err(Fault::Damaged.into());
            }
        }
        footer.groups = read;
        Ok(footer)
    }
}

/// The rows and columns, and where the list of groups begins.
fn head(bytes: &[u8]) -> Option<(Footer, Option<(Cursor<'_>, Form)>)> {
    let mut footer = Footer::default();
    let (mut columns, mut rows, mut groups) = (None, None, None);
    Cursor::new(bytes).fields(|cursor, number, form| {
        match number {
            2 => columns = Some(schema(cursor, form)?),
            3 => rows = Some(u64::try_from(cursor.integer(form)?).ok()?),
            4 => {
                groups = Some((cursor.clone(), form));
                return Some(false);
            }
            _ => return Some(false),
        }
        Some(true)
    })?;
    footer.columns = columns?;
    footer.rows = rows?;
    Some((footer, groups))
}

/// One element of the schema, which lists every node of a tree before its children.
#[derive(Default)]
struct Element {
    name: String,
    physical: Option<i64>,
    length: i64,
    repetition: i64,
    children: i64,
    converted: Option<i64>,
    scale: i64,
    logical: Option<Meaning>,
}

fn schema(cursor: &mut Cursor<'_>, form: Form) -> Option<Vec<Column>> {
    let mut columns = Vec::new();
    let (mut is_root, mut leaf) = (true, 0_usize);
    // How many elements of the column being read are still to come.
    let mut inside = 0_u64;
    cursor.structures(form, |cursor| {
        let element = element(cursor)?;
        let children = u64::try_from(element.children).ok()?;
        if is_root {
            is_root = false;
            return Some(());
        }
        let is_leaf = children == 0;
        if inside == 0 {
            let flat = is_leaf && element.repetition != REPEATED;
            let kind = element.kind();
            let flat = flat.then_some(Flat { leaf, kind, optional: element.repetition == OPTIONAL });
            columns.push(Column { name: element.name, flat });
            inside = children;
        } else {
            inside = (inside - 1).checked_add(children)?;
        }
        leaf += usize::from(is_leaf);
        Some(())
    })?;
    (inside == 0).then_some(columns)
}

fn element(cursor: &mut Cursor<'_>) -> Option<Element> {
    let mut element = Element::default();
    cursor.fields(|cursor, number, form| {
        match number {
            1 => element.physical = Some(cursor.integer(form)?),
            2 => element.length = cursor.integer(form)?,
            3 => element.repetition = cursor.integer(form)?,
            4 => element.name = cursor.text(form)?,
            5 => element.children = cursor.integer(form)?,
            6 => element.converted = Some(cursor.integer(form)?),
            7 => element.scale = cursor.integer(form)?,
            10 => element.logical = logical(cursor)?,
            _ => return Some(false),
        }
        Some(true)
    })?;
    Some(element)
}

impl Element {
    fn kind(&self) -> Kind {
        let physical = match self.physical {
            Some(0) => Physical::Bool,
            Some(1) => Physical::Int32,
            Some(2) => Physical::Int64,
            Some(3) => Physical::Int96,
            Some(4) => Physical::Float,
            Some(5) => Physical::Double,
            Some(7) => Physical::Fixed(usize::try_from(self.length).unwrap_or(0)),
            _ => Physical::Bytes,
        };
        Kind { physical, meaning: self.logical.unwrap_or_else(|| self.converted_meaning()) }
    }

    /// What older files say of a column's meaning.
    fn converted_meaning(&self) -> Meaning {
        match self.converted {
            Some(5) => decimal(self.scale),
            Some(6) => Meaning::Date,
            Some(9) => Meaning::Moment(Unit::Milli),
            Some(10) => Meaning::Moment(Unit::Micro),
            Some(11..=14) => Meaning::Unsigned,
            None | Some(0 | 4 | 15..=19) => Meaning::Plain,
            Some(_) => Meaning::Other,
        }
    }
}

fn decimal(scale: i64) -> Meaning {
    u8::try_from(scale).ok().filter(|scale| *scale <= 76).map_or(Meaning::Other, Meaning::Decimal)
}

/// A column's meaning: a structure whose one field is the name of it.
fn logical(cursor: &mut Cursor<'_>) -> Option<Option<Meaning>> {
    let mut meaning = None;
    cursor.fields(|cursor, number, _| {
        meaning = Some(match number {
            1 | 4 | 11 | 12 => Meaning::Plain,
            5 => {
                let mut scale = 0;
                cursor.fields(|cursor, number, form| {
                    let is_scale = number == 1;
                    if is_scale {
                        scale = cursor.integer(form)?;
                    }
                    Some(is_scale)
                })?;
                meaning = Some(decimal(scale));
                return Some(true);
            }
            6 => Meaning::Date,
            8 => {
                meaning = Some(moment(cursor)?);
                return Some(true);
            }
            10 => {
                meaning = Some(whole_number(cursor)?);
                return Some(true);
            }
            14 => Meaning::Uuid,
            _ => Meaning::Other,
        });
        Some(false)
    })?;
    Some(meaning)
}

fn moment(cursor: &mut Cursor<'_>) -> Option<Meaning> {
    let mut unit = None;
    cursor.fields(|cursor, number, _| {
        if number != 2 {
            return Some(false);
        }
        cursor.fields(|_, number, _| {
            unit = match number {
                1 => Some(Unit::Milli),
                2 => Some(Unit::Micro),
                3 => Some(Unit::Nano),
                _ => None,
            };
            Some(false)
        })?;
        Some(true)
    })?;
    Some(unit.map_or(Meaning::Other, Meaning::Moment))
}

fn whole_number(cursor: &mut Cursor<'_>) -> Option<Meaning> {
    let mut signed = true;
    cursor.fields(|cursor, number, form| {
        let is_sign = number == 2;
        if is_sign {
            signed = cursor.truth(form)?;
        }
        Some(is_sign)
    })?;
    Some(if signed { Meaning::Plain } else { Meaning::Unsigned })
}

fn read_group(cursor: &mut Cursor<'_>, kept: &[Flat]) -> Option<Group> {
    let mut group = Group { chunks: vec![Chunk::default(); kept.len()], ..Group::default() };
    let (mut rows, mut found) = (None, 0);
    cursor.fields(|cursor, number, form| {
        match number {
            1 => {
                let mut leaf = 0;
                cursor.structures(form, |cursor| {
                    let chunk = read_chunk(cursor)?;
                    if let Some(place) = kept.iter().position(|flat| flat.leaf == leaf) {
                        *group.chunks.get_mut(place)? = chunk;
                        found += 1;
                    }
                    leaf += 1;
                    Some(())
                })?;
            }
            3 => rows = Some(u64::try_from(cursor.integer(form)?).ok()?),
            _ => return Some(false),
        }
        Some(true)
    })?;
    group.rows = rows?;
    (found == kept.len()).then_some(group)
}

fn read_chunk(cursor: &mut Cursor<'_>) -> Option<Chunk> {
    let mut chunk = Chunk::default();
    cursor.fields(|cursor, number, form| {
        match number {
            1 => chunk.elsewhere = !cursor.text(form)?.is_empty(),
            3 => read_place(cursor, &mut chunk)?,
            8 => {
                chunk.locked = true;
                return Some(false);
            }
            _ => return Some(false),
        }
        Some(true)
    })?;
    Some(chunk)
}

/// Where a chunk stands: at its dictionary, if it has one, else at its first page.
fn read_place(cursor: &mut Cursor<'_>, chunk: &mut Chunk) -> Option<()> {
    let (mut bytes, mut pages, mut dictionary) = (0_u64, 0_u64, 0_u64);
    cursor.fields(|cursor, number, form| {
        match number {
            4 => chunk.codec = cursor.integer(form)?,
            7 => bytes = u64::try_from(cursor.integer(form)?).ok()?,
            9 => pages = u64::try_from(cursor.integer(form)?).ok()?,
            11 => dictionary = u64::try_from(cursor.integer(form)?).ok()?,
            _ => return Some(false),
        }
        Some(true)
    })?;
    chunk.start = if dictionary > 0 { pages.min(dictionary) } else { pages };
    chunk.end = chunk.start.checked_add(bytes)?;
    Some(())
}
