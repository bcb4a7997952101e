//! Files of columns: which they are, and what is read of them. A table in memory can be taken as one.

use super::frame::Frame;
use super::headers::Heads;
use super::source::Source;
use super::view::View;
use crate::failure::Failure;
use crate::progress::Progress;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xueshi_exchange::{Batch, Cells, Limits, ParquetFile, Reading};
use xueshi_policy::{Text, text};

/// Files of one set of columns.
pub(crate) struct ColumnFiles {
    /// The files in their order, each with its name.
    pub(crate) files: Vec<(ParquetFile, Arc<str>)>,
    /// The columns that some file has, by their headers, and what each is read as.
    pub(crate) wanted: Vec<(usize, Reading)>,
    /// What is to be said once about the files.
    pub(crate) notes: Vec<Text>,
    /// For each file the place of its first row, counted over all files.
    starts: Vec<u64>,
    /// In place of files: the name of a table, and how many places its rows have, those without a row among them.
    table: Option<(Arc<str>, u64)>,
}

/// The Parquet files among what was named: files, or all those in a folder. Nothing where one table of another kind is named.
///
/// # Errors
/// If a folder has none, or tables of several kinds are named.
pub(crate) fn parquet_among(paths: &[&Path]) -> Result<Option<Vec<PathBuf>>, Failure> {
    let mut found = Vec::new();
    let mut other = None;
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            in_folder(path, &mut found);
            found[before..].sort();
            if found.len() == before {
                let path = path.display();
                return Err(Failure::Message(text!("文件夹 {path} 中没有 *.parquet 文件。", "There is no *.parquet file in the folder {path}.")));
            }
        } else if is_parquet(path) {
            found.push((*path).to_owned());
        } else {
            other = Some(*path);
        }
    }
    match other {
        None => Ok(Some(found)),
        Some(_) if paths.len() == 1 => Ok(None),
        Some(path) => {
            let path = path.display();
            Err(Failure::Message(text!("只有 Parquet 文件可以一次给出几个；{path} 不是。", "Only Parquet files can be given several at a time; {path} is none.")))
        }
    }
}

fn in_folder(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            in_folder(&path, found);
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet")) {
            found.push(path);
        }
    }
}

/// By its first bytes, or by its name where they are not to be read: opening it then says why.
fn is_parquet(path: &Path) -> bool {
    let mut first = [0; 4];
    match File::open(path).and_then(|mut file| file.read_exact(&mut first)) {
        Ok(()) => &first == b"PAR1",
        Err(_) => path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet")),
    }
}

impl ColumnFiles {
    /// Opens the files and finds the columns that are known.
    ///
    /// # Errors
    /// If one of them can not be used.
    pub(crate) fn open(paths: &[PathBuf], heads: &Heads) -> Result<Self, Failure> {
        let headers = heads.headers();
        let mut files = Vec::with_capacity(paths.len());
        let mut notes = Vec::new();
        for path in paths {
            let file = ParquetFile::open(path, &headers, &Limits::default())?;
            notes.extend(file.notices().iter().map(|notice| Text::new(format!("{}：{}", notice.file, notice.text.zh), format!("{}: {}", notice.file, notice.text.en))));
            files.push((file, Arc::from(path.display().to_string())));
        }
        let has = |at: usize| files.iter().any(|(file, _)| file.columns().get(at).copied().flatten().is_some());
        let wanted = heads.list().iter().enumerate().filter(|(at, _)| has(*at)).map(|(at, head)| (at, head.reading)).collect();
        let starts = files.iter().scan(0, |next, (file, _)| Some(std::mem::replace(next, *next + file.rows()))).collect();
        Ok(Self { files, wanted, notes, starts, table: None })
    }

    /// A table's cells as columns; nothing where they can not be held so.
    pub(crate) fn of_table(records: &Source, heads: &Heads) -> Option<(Self, Batch)> {
        let Source::File(name, table) = records else { return None };
        let wanted: Vec<(usize, Reading)> = heads.list().iter().enumerate().filter(|(at, _)| table.has(*at)).map(|(at, head)| (at, head.reading)).collect();
        let batch = table.columns(&wanted)?;
        let places = table.len().checked_sub(1).map_or(0, |last| u64::from(table.row_number(last)));
        Some((Self { files: Vec::new(), wanted, notes: Vec::new(), starts: Vec::new(), table: Some((Arc::clone(name), places)) }, batch))
    }

    /// The place of a file's first row, counted over all files.
    pub(crate) fn start(&self, file: usize) -> u64 {
        self.starts.get(file).copied().unwrap_or(0)
    }

    /// The file of a place, and the number of the row there, 1 being the first.
    pub(crate) fn origin(&self, place: u64) -> (&Arc<str>, u32) {
        if let Some((name, _)) = &self.table {
            return (name, u32::try_from(place + 1).unwrap_or(u32::MAX));
        }
        let file = self.starts.partition_point(|start| *start <= place).saturating_sub(1);
        // An empty file begins where the next one does, which is the last of those that begin there.
        (&self.files[file].1, u32::try_from(place - self.start(file) + 1).unwrap_or(u32::MAX))
    }

    /// How many rows all files have; of a table, how many places.
    pub(crate) fn rows(&self) -> u64 {
        self.table.as_ref().map_or_else(|| self.files.iter().map(|(file, _)| file.rows()).sum(), |(_, places)| *places)
    }

    /// For each file whether an identifier is a whole number there; nothing of files without rows.
    ///
    /// # Errors
    /// If a file is damaged.
    pub(crate) fn whole_numbers(&self, header: usize) -> Result<Vec<bool>, Failure> {
        let mut whole = Vec::with_capacity(self.files.len());
        for (file, _) in &self.files {
            if let Some(batch) = file.reader(&[(header, Reading::Id)], 0..file.groups()).next()? {
                whole.push(matches!(batch.columns.as_slice(), [Cells::Integers(_)]));
            }
        }
        Ok(whole)
    }

    /// The header of each column that is read.
    pub(crate) fn headers(&self) -> Vec<usize> {
        self.wanted.iter().map(|(header, _)| *header).collect()
    }

    /// A frame for rows of these files.
    pub(crate) fn frame(&self) -> Frame {
        let last = self.wanted.iter().map(|(at, _)| at + 1).max().unwrap_or(0);
        Frame::new((0..last).map(|at| self.wanted.iter().any(|(wanted, _)| *wanted == at)))
    }

    /// Reads every row into memory.
    ///
    /// # Errors
    /// If a file is damaged.
    pub(crate) fn whole(&self, progress: &Progress) -> Result<Frame, Failure> {
        let mut frame = self.frame();
        let headers = self.headers();
        let (mut done, all) = (0, self.rows());
        for (at, (file, name)) in self.files.iter().enumerate() {
            let mut reader = file.reader(&self.wanted, 0..file.groups());
            while let Some(batch) = reader.next()? {
                let view = View::batch(self, at, batch);
                (0..batch.rows).for_each(|row| frame.push(&view, &headers, row));
                done += batch.rows as u64;
                progress.tell(name, done, all);
            }
        }
        Ok(frame)
    }
}
