//! Files of columns: which they are, and what is read of them.

use super::frame::Frame;
use super::headers::{Columns, Heads};
use crate::failure::Failure;
use crate::progress::Progress;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xueshi_exchange::{Cells, Limits, ParquetFile, Reading};
use xueshi_policy::{Text, text};

/// Files of one set of columns.
pub(crate) struct ColumnFiles {
    /// The files in their order, each with its name.
    pub(crate) files: Vec<(ParquetFile, Arc<str>)>,
    /// The columns that some file has, by their headers, and what each is read as.
    pub(crate) wanted: Vec<(usize, Reading)>,
    /// What is to be said once about the files.
    pub(crate) notes: Vec<Text>,
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
        Ok(Self { files, wanted, notes })
    }

    /// How many rows all files have.
    pub(crate) fn rows(&self) -> u64 {
        self.files.iter().map(|(file, _)| file.rows()).sum()
    }

    /// Whether persons are whole numbers in every file.
    ///
    /// # Errors
    /// If a file is damaged.
    pub(crate) fn numbers(&self) -> Result<bool, Failure> {
        for (file, _) in &self.files {
            if let Some(batch) = file.reader(&[(Columns::PERSON, Reading::Id)], 0..file.groups().min(1)).next()?
                && !matches!(batch.columns.as_slice(), [Cells::Integers(_)])
            {
                return Ok(false);
            }
        }
        Ok(true)
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
        let headers: Vec<usize> = self.wanted.iter().map(|(at, _)| *at).collect();
        let (mut done, all) = (0, self.rows());
        for (file, name) in &self.files {
            let mut reader = file.reader(&self.wanted, 0..file.groups());
            while let Some(batch) = reader.next()? {
                (0..batch.rows).for_each(|row| frame.push(batch, &headers, row, name));
                done += batch.rows as u64;
                progress.tell(name, done, all);
            }
        }
        Ok(frame)
    }
}
