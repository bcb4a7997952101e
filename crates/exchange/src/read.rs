//! The one entrance for tables: whatever the file is, it becomes a [`Table`] or a [`FileError`].

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use crate::header::{Dictionary, Header};
use crate::limits::{Limits, mebibytes};
use crate::sniff::{self, Content};
use crate::table::Table;
use crate::text::{FileError, Notice, Problem, Remark, Text};
use crate::{csv, xlsx};

/// Which sheet of a workbook is read. Names are compared like headers.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// The first visible sheet; the whole of a CSV file.
    First,
    /// The first sheet that has one of these names; a CSV file has none.
    Named(&'a [&'a str]),
}

/// Reads a table; none if the file has no sheet of the names asked for.
///
/// `progress` is called now and then with what is done and the total, in bytes for CSV and in rows
/// for workbooks; the total is 0 where it is not known.
///
/// # Errors
/// If nothing of the file can be used. A row or a cell that cannot be read is no such error: see
/// [`Table::row_errors`] and [`crate::Cell::Bad`].
pub fn read(path: &Path, headers: &[Header], which: Which<'_>, progress: &dyn Fn(u64, u64)) -> Result<Option<Table>, FileError> {
    read_with(path, headers, which, &Limits::default(), progress)
}

/// Reads a table as [`read`] does, within other limits.
///
/// # Errors
/// As of [`read`].
pub fn read_with(path: &Path, headers: &[Header], which: Which<'_>, limits: &Limits, progress: &dyn Fn(u64, u64)) -> Result<Option<Table>, FileError> {
    Ok(read_all(path, &[(headers, which)], limits, progress)?.pop().flatten())
}

/// Reads several sheets of a workbook, which is inspected and opened once: for each the columns that are understood, and which
/// sheet it is. What comes of them is in the order asked for.
///
/// # Errors
/// As of [`read`]; the first one ends the reading.
pub fn read_all(path: &Path, wanted: &[(&[Header], Which<'_>)], limits: &Limits, progress: &dyn Fn(u64, u64)) -> Result<Vec<Option<Table>>, FileError> {
    let wanted: Vec<Wanted<'_>> = wanted.iter().map(|(headers, which)| (Dictionary::new(headers), *which)).collect();
    let read = read_any(path, &wanted, limits, progress).map_err(|problem| problem.at_path(path))?;
    Ok(read.into_iter().map(|one| one.map(|read| named(read, path))).collect())
}

/// A sheet asked for: the columns that are understood, and which it is.
pub(crate) type Wanted<'a> = (Dictionary<'a>, Which<'a>);

/// A table with the file's name, in itself and in what is said of it.
fn named((mut table, remarks): csv::ReadTable, path: &Path) -> Table {
    table.file = path.display().to_string();
    let notice = |(code, text)| Notice { file: table.file.clone(), code, text };
    table.notices = remarks.into_iter().map(notice).collect();
    if table.is_empty() && table.row_errors.is_empty() {
        let (code, text) = no_rows();
        table.notices.push(Notice { file: table.file.clone(), code, text });
    }
    table
}

fn read_any(path: &Path, wanted: &[Wanted<'_>], limits: &Limits, progress: &dyn Fn(u64, u64)) -> Result<Vec<Option<csv::ReadTable>>, Problem> {
    let (mut file, size) = open(path, limits)?;
    let head = beginning(&mut file).map_err(|error| cannot_open(&error))?;
    if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$")) {
        return Err(lock_file());
    }
    match sniff::content(&head) {
        Content::Empty => Err(csv::empty()),
        Content::Other(zh, en) => Err(sniff::not_a_table(zh, en)),
        Content::Ole => Err(xlsx::old_or_locked(&whole(&file, size, limits)?, sniff::promise(path))),
        Content::Parquet => {
            sniff::agree(path, Content::Parquet)?;
            Err(sniff::parquet_columns())
        }
        Content::Zip => {
            let package = xlsx::inspect(&file, limits)?;
            sniff::agree(path, Content::Zip)?;
            xlsx::read(&file, package, wanted, progress)
        }
        Content::Text => {
            sniff::agree(path, Content::Text)?;
            let read = |(known, which): &Wanted<'_>| match which {
                Which::Named(_) => Ok(None),
                Which::First => csv::read(whole(&file, size, limits)?, known, limits, progress).map(Some),
            };
            wanted.iter().map(read).collect()
        }
    }
}

fn open(path: &Path, limits: &Limits) -> Result<(File, u64), Problem> {
    let metadata = std::fs::metadata(path).map_err(|error| cannot_open(&error))?;
    if metadata.is_dir() {
        return Err(folder());
    }
    if metadata.len() > limits.file_bytes {
        return Err(too_large(metadata.len(), limits.file_bytes));
    }
    let file = File::open(path).map_err(|error| cannot_open(&error))?;
    Ok((file, metadata.len()))
}

/// The first bytes, after which the file is at its start again.
fn beginning(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.by_ref().take(1024).read_to_end(&mut head)?;
    file.rewind()?;
    Ok(head)
}

/// The whole file. What it turns out to hold counts: devices and pipes say that they hold nothing.
fn whole(mut file: &File, size: u64, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.rewind().map_err(|error| cannot_open(&error))?;
    let mut limited = file.take(limits.file_bytes.saturating_add(1));
    limited.read_to_end(&mut bytes).map_err(|error| cannot_open(&error))?;
    if bytes.len() as u64 > limits.file_bytes {
        return Err(too_large(bytes.len() as u64, limits.file_bytes));
    }
    Ok(bytes)
}

pub(crate) fn cannot_open(error: &io::Error) -> Problem {
    let (zh, en) = match error.kind() {
        io::ErrorKind::NotFound => ("文件不存在。".to_owned(), "The file does not exist.".to_owned()),
        io::ErrorKind::PermissionDenied => ("没有读取文件的权限。".to_owned(), "Reading the file is not permitted.".to_owned()),
        _ => (format!("读取文件时出错：{error}。"), format!("The file could not be read: {error}.")),
    };
    Problem::new(
        "cannot-open",
        Text::new(zh, en),
        Text::new("请检查路径和权限；如果文件正在其他程序中打开，请先关闭。", "Check the path and the permissions; close the file if another program has it open."),
    )
}

/// Says that a file has columns and no rows.
pub(crate) fn no_rows() -> Remark {
    ("no-rows", Text::new("只有表头，没有数据。", "There is only a header and no row of data."))
}

pub(crate) fn folder() -> Problem {
    Problem::new("cannot-open", Text::new("这是文件夹，不是文件。", "This is a folder, not a file."), Text::new("请给出文件夹中的某个文件。", "Name a file inside of the folder."))
}

fn lock_file() -> Problem {
    Problem::new(
        "lock-file",
        Text::new("这是 Excel 打开文件时留下的临时文件（~$ 开头），没有数据。", "This is a temporary file that Excel keeps while a workbook is open (its name starts with ~$); it has no data."),
        Text::new("请使用名称中没有 ~$ 的文件。", "Use the file without ~$ in its name."),
    )
}

fn too_large(size: u64, most: u64) -> Problem {
    let (size, most) = (mebibytes(size), mebibytes(most));
    Problem::new(
        "too-large",
        Text::new(format!("文件大小为 {size}，最大可为 {most}。"), format!("The file is {size} large; {most} are accepted.")),
        Text::new("请分成几个文件。", "Split it into several files."),
    )
}
