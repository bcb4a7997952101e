//! The ZIP package of a workbook, inspected before the workbook is opened: that it is one, that it
//! does not unpack to more than is sane, and what would make the reader take memory on trust.
//!
//! The sizes of the package's directory can be relied on: unpacking a part fails as soon as it
//! grows past its declared size.

use std::fs::File;
use std::io::{BufReader, Read};

use zip::ZipArchive;

use super::locked::password;
use super::scan;
use crate::limits::{Limits, mebibytes};
use crate::text::{Problem, Text, excerpt, listed};

/// A workbook's package that passed inspection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package {
    /// Whether some sheet has merged cells; finding which takes another reading of the sheet.
    pub(crate) merged: bool,
}

pub(super) type Archive<'a> = ZipArchive<BufReader<&'a File>>;

/// The most parts of a package.
const PARTS: usize = 20_000;
/// Parts that are read into memory as a whole, other than the shared texts.
const SMALL_PART_BYTES: u64 = 32 << 20;
const SHARED_TEXTS_BYTES: u64 = 512 << 20;
/// A part smaller than this may be compressed as much as it likes; a larger one by `RATIO` only.
/// Sheets are compressed 10 to 40 times; the method's extreme, which bombs use, is 1032 times.
const RATIO_FREE_BYTES: u64 = 64 << 20;
const RATIO: u64 = 250;

/// Inspects a ZIP file.
pub(crate) fn inspect(file: &File, limits: &Limits) -> Result<Package, Problem> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| damaged_zip())?;
    if archive.len() > PARTS {
        return Err(bomb(Text::new(format!("含有 {} 个部分", archive.len()), format!("has {} parts", archive.len()))));
    }
    let names: Vec<String> = archive.file_names_raw().map(part_name).collect();
    recognise(&mut archive, &names)?;
    check_sizes(&mut archive, &names, limits)?;
    // Every part, whatever its name: any of them can be named as a sheet.
    let mut package = Package { merged: false };
    for (part, name) in names.iter().enumerate() {
        package.merged |= scan::part(&mut archive, part, name)?.merged;
    }
    Ok(package)
}

/// A part's name as the reader compares it.
fn part_name(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).replace('\\', "/").to_ascii_lowercase()
}

fn recognise(archive: &mut Archive<'_>, names: &[String]) -> Result<(), Problem> {
    let has = |name: &str| names.iter().any(|found| found == name);
    if names.iter().any(|name| name.starts_with("xl/workbook") && name.ends_with(".xml")) {
        return Ok(());
    }
    let (zh, en) = if has("xl/workbook.bin") {
        ("二进制 Excel 工作簿（.xlsb）", "a binary Excel workbook (.xlsb)")
    } else if has("word/document.xml") {
        ("Word 文档（.docx）", "a Word document (.docx)")
    } else if has("ppt/presentation.xml") {
        ("演示文稿（.pptx）", "a presentation (.pptx)")
    } else if has("index/document.iwa") {
        ("Numbers 或 Pages 文件", "a Numbers or Pages file")
    } else if open_document(archive, names).is_some_and(|mime| mime.contains("spreadsheet")) {
        ("OpenDocument 电子表格（.ods）", "an OpenDocument spreadsheet (.ods)")
    } else if has("mimetype") && has("content.xml") {
        ("OpenDocument 文档", "an OpenDocument file")
    } else {
        return Err(plain_zip(names));
    };
    Err(Problem::new(
        "zip-not-workbook",
        Text::new(format!("文件是{zh}，不是 Excel 工作簿（.xlsx）。"), format!("The file is {en}, not an Excel workbook (.xlsx).")),
        Text::new("请用 Excel 或 WPS 打开，另存为 .xlsx 或 .csv。", "Open it in a spreadsheet program and save it as .xlsx or .csv."),
    ))
}

/// What an OpenDocument package says it is.
fn open_document(archive: &mut Archive<'_>, names: &[String]) -> Option<String> {
    let part = names.iter().position(|name| name == "mimetype")?;
    let mut mime = String::new();
    archive.by_index(part).ok()?.take(200).read_to_string(&mut mime).ok()?;
    Some(mime)
}

fn check_sizes(archive: &mut Archive<'_>, names: &[String], limits: &Limits) -> Result<(), Problem> {
    let mut sum: u64 = 0;
    for (part, name) in names.iter().enumerate() {
        let entry = archive.by_index_data(part).map_err(|_| damaged_zip())?;
        if entry.encrypted() {
            return Err(password());
        }
        let (size, packed) = (entry.size(), entry.compressed_size());
        sum = sum.saturating_add(size);
        let most = if name.ends_with("sharedstrings.xml") {
            SHARED_TEXTS_BYTES
        } else if is_small_part(name) {
            SMALL_PART_BYTES
        } else {
            u64::MAX
        };
        if size > most || (size > RATIO_FREE_BYTES && size / packed.max(1) > RATIO) {
            let (name, size, packed) = (excerpt(name), mebibytes(size), mebibytes(packed));
            return Err(bomb(Text::new(format!("其中的“{name}”由 {packed} 解压为 {size}"), format!("has a part \"{name}\" that unpacks from {packed} to {size}"))));
        }
    }
    if sum > limits.unpacked_bytes {
        let (size, most) = (mebibytes(sum), mebibytes(limits.unpacked_bytes));
        return Err(bomb(Text::new(format!("解压后为 {size}，最大可为 {most}"), format!("unpacks to {size}; {most} are accepted"))));
    }
    Ok(())
}

fn is_small_part(name: &str) -> bool {
    name.ends_with(".rels") || name.ends_with("styles.xml") || (name.starts_with("xl/workbook") && name.ends_with(".xml")) || name.starts_with("xl/theme/")
}

fn plain_zip(names: &[String]) -> Problem {
    const NAMES: usize = 3;
    let inside = listed(&names[..names.len().min(NAMES)]);
    let count = names.len();
    Problem::new(
        "zip-not-workbook",
        Text::new(
            format!("文件是 ZIP 压缩包（{count} 个文件，如{}），不是 Excel 工作簿。", inside.zh),
            format!("The file is a ZIP archive ({count} files, such as {}), not an Excel workbook.", inside.en),
        ),
        Text::new("请先解压，再选择其中的表格文件。", "Unpack it and choose the table inside."),
    )
}

pub(super) fn bomb(what: Text) -> Problem {
    Problem::new(
        "too-large",
        Text::new(format!("工作簿{}，超出了合理范围，没有打开。", what.zh), format!("The workbook {}, which is out of proportion; it was not opened.", what.en)),
        Text::new("请把数据复制到新的工作簿中再保存，或改用 CSV。", "Copy the data to a new workbook and save that, or use CSV."),
    )
}

pub(crate) fn damaged_zip() -> Problem {
    Problem::new(
        "damaged",
        Text::new("工作簿已损坏或不完整。", "The workbook is damaged or not complete."),
        Text::new("请重新下载或导出；如果 Excel 能够打开，请另存为新的文件。", "Download or export it again; if Excel can open it, save it as a new file."),
    )
}
