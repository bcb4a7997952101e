//! Opens a Parquet file: reads what it says of itself, and finds the columns asked for.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::footer::{self, Chunk, Flat, Footer};
use super::reader::ColumnReader;
use super::{Reading, faults};
use crate::csv;
use crate::header::{self, Dictionary, Header};
use crate::limits::Limits;
use crate::read::{cannot_open, folder, no_rows};
use crate::sniff::{self, Content};
use crate::text::{FileError, Notice, Problem, Remark};

/// A Parquet file and its columns. Cheap to clone, and shared between threads: each reads through
/// a [`ColumnReader`] of its own.
#[derive(Clone)]
pub struct ParquetFile {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    file: Arc<File>,
    footer: Footer,
    /// For each header, the place of its column among those kept.
    columns: Vec<Option<usize>>,
    /// Of the columns kept, the name in the file and the kind.
    kept: Vec<(String, Flat)>,
    notices: Vec<Notice>,
    memory: u64,
    page: u64,
}

/// The four bytes a file begins and ends with; the second are those of an encrypted one.
const MAGIC: &[u8; 4] = b"PAR1";
const LOCKED: &[u8; 4] = b"PARE";

/// The most bytes of a description.
const FOOTER_MAX: u64 = 256 << 20;

/// Why a description is refused.
enum Refusal {
    Fault(footer::Fault),
    Problem(Problem),
}

impl From<footer::Fault> for Refusal {
    fn from(fault: footer::Fault) -> Refusal {
        Refusal::Fault(fault)
    }
}

impl ParquetFile {
    /// Opens a file and reads its description; no row is read yet.
    ///
    /// # Errors
    /// If the file is no Parquet file, damaged, encrypted or larger than the limits allow; if it
    /// lacks a required column, has one twice, or nested or of a type that is not read.
    pub fn open(path: &Path, headers: &[Header], limits: &Limits) -> Result<ParquetFile, FileError> {
        let inner = open(path, &Dictionary::new(headers), limits).map_err(|problem| problem.at_path(path))?;
        Ok(ParquetFile { inner: Arc::new(inner) })
    }

    /// The file as the user named it.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// What is to be said once about the file.
    pub fn notices(&self) -> &[Notice] {
        &self.inner.notices
    }

    /// For each header, the place of its column among the file's columns that are known; none where
    /// the file lacks it.
    pub fn columns(&self) -> &[Option<usize>] {
        &self.inner.columns
    }

    /// How many rows the file has.
    pub fn rows(&self) -> u64 {
        self.inner.footer.rows
    }

    /// How many row groups the file has.
    pub fn groups(&self) -> usize {
        self.inner.footer.groups.len()
    }

    /// How many rows a group has.
    pub fn group_rows(&self, group: usize) -> u64 {
        self.inner.footer.groups.get(group).map_or(0, |group| group.rows)
    }

    /// The place of a group's first row in the file, the file's first row being 0.
    pub fn first_row(&self, group: usize) -> u64 {
        self.inner.footer.groups.get(group).map_or(self.rows(), |group| group.first_row)
    }

    /// Reads columns of some row groups. A header that the file lacks has empty cells.
    pub fn reader(&self, wanted: &[(usize, Reading)], groups: Range<usize>) -> ColumnReader {
        let find = |(header, reading): &(usize, Reading)| {
            let place = self.inner.columns.get(*header).copied().flatten();
            (place.and_then(|place| Some((place, self.inner.kept.get(place)?.1))), *reading)
        };
        let wanted: Vec<(Option<(usize, Flat)>, Reading)> = wanted.iter().map(find).collect();
        let end = groups.end.min(self.groups());
        ColumnReader::new(self, &self.inner.file, &wanted, groups.start.min(end)..end)
    }

    /// Where a kept column stands in a group.
    pub(super) fn chunk(&self, group: usize, place: usize) -> Option<Chunk> {
        self.inner.footer.groups.get(group)?.chunks.get(place).copied()
    }

    pub(super) fn column_name(&self, place: usize) -> &str {
        self.inner.kept.get(place).map_or("", |(name, _)| name)
    }

    /// The most bytes a reader may hold in memory.
    pub(super) fn memory(&self) -> u64 {
        self.inner.memory
    }

    /// The most bytes of a page.
    pub(super) fn page_bytes(&self) -> u64 {
        self.inner.page
    }
}

fn open(path: &Path, known: &Dictionary<'_>, limits: &Limits) -> Result<Inner, Problem> {
    let metadata = std::fs::metadata(path).map_err(|error| cannot_open(&error))?;
    if metadata.is_dir() {
        return Err(folder());
    }
    let mut file = File::open(path).map_err(|error| cannot_open(&error))?;
    let (bytes, end) = description(path, &mut file)?;
    let mut columns = vec![None; known.headers.len()];
    let (mut kept, mut remarks): (Vec<(String, Flat)>, Vec<Remark>) = (Vec::new(), Vec::new());
    let footer = Footer::read(&bytes, end, |all| {
        let names: Vec<String> = all.iter().map(|column| column.name.clone()).collect();
        let (found, said) = header::understand_names(&names, known).map_err(Refusal::Problem)?;
        remarks = said;
        for (column, header) in all.iter().zip(found) {
            let Some(header) = header else {
                continue;
            };
            let flat = column.flat.ok_or_else(|| Refusal::Problem(faults::nested(&column.name)))?;
            if !flat.kind.is_readable() {
                return Err(Refusal::Problem(faults::column_type(&column.name)));
            }
            if let Some(place) = columns.get_mut(header) {
                *place = Some(kept.len());
            }
            kept.push((column.name.clone(), flat));
        }
        Ok(kept.iter().map(|(_, flat)| *flat).collect())
    });
    let footer = footer.map_err(|refusal| match refusal {
        Refusal::Fault(fault) => faults::end(&fault),
        Refusal::Problem(problem) => problem,
    })?;
    if footer.rows > limits.parquet_rows {
        return Err(faults::too_many_rows(footer.rows, limits.parquet_rows));
    }
    if footer.rows == 0 {
        remarks.push(no_rows());
    }
    let name = path.display().to_string();
    let notices = remarks.into_iter().map(|(code, text)| Notice { file: name.clone(), code, text }).collect();
    Ok(Inner { path: path.to_owned(), file: Arc::new(file), footer, columns, kept, notices, memory: limits.parquet_bytes, page: limits.page_bytes })
}

/// The bytes of a file's description, and where it begins.
fn description(path: &Path, file: &mut File) -> Result<(Vec<u8>, u64), Problem> {
    let mut head = Vec::new();
    file.by_ref().take(1024).read_to_end(&mut head).map_err(|error| cannot_open(&error))?;
    match sniff::content(&head) {
        Content::Empty => return Err(csv::empty()),
        Content::Parquet => sniff::agree(path, Content::Parquet)?,
        other => {
            sniff::agree(path, other)?;
            return Err(faults::no_parquet());
        }
    }
    let size = file.seek(SeekFrom::End(0)).map_err(|error| cannot_open(&error))?;
    // Between two marks of four bytes, and before the second one four that say how long it is.
    let Some(tail_at) = size.checked_sub(8).filter(|at| *at >= 4) else {
        return Err(faults::damaged_end());
    };
    let mut tail = [0; 8];
    read_at(file, tail_at, &mut tail)?;
    let [length @ .., _, _, _, _] = tail;
    match &tail[4..] {
        mark if mark == MAGIC => {}
        mark if mark == LOCKED => return Err(faults::encrypted("")),
        _ => return Err(faults::damaged_end()),
    }
    let length = u64::from(u32::from_le_bytes(length));
    let Some(at) = tail_at.checked_sub(length).filter(|at| *at >= 4) else {
        return Err(faults::damaged_end());
    };
    if length > FOOTER_MAX {
        return Err(faults::large_end(length, FOOTER_MAX));
    }
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
    read_at(file, at, &mut bytes)?;
    Ok((bytes, at))
}

fn read_at(file: &mut File, at: u64, into: &mut [u8]) -> Result<(), Problem> {
    file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(into)).map_err(|error| cannot_open(&error))
}
