//! What a file is, told from its first bytes, and what its name says it is.

use std::path::Path;

use crate::text::{Problem, Text};

/// What the first bytes of a file look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Content {
    Empty,
    Text,
    Zip,
    /// The container of old Office files and of password-protected new ones.
    Ole,
    Parquet,
    /// Something that is no table the product reads: its name in both languages.
    Other(&'static str, &'static str),
}

/// What the end of a file's name says that it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Promise {
    Csv,
    Xlsx,
    Xls,
    Parquet,
    Nothing,
}

/// Signatures of files that are taken for tables by mistake.
const SIGNATURES: &[(&[u8], &str, &str)] = &[
    (b"%PDF", "PDF 文件", "a PDF file"),
    (b"\x89PNG", "PNG 图片", "a PNG picture"),
    (b"\xFF\xD8\xFF", "JPEG 图片", "a JPEG picture"),
    (b"GIF8", "GIF 图片", "a GIF picture"),
    (b"{\\rtf", "RTF 文档", "an RTF document"),
    (b"SQLite format 3", "SQLite 数据库", "a SQLite database"),
    (b"Rar!", "RAR 压缩包", "a RAR archive"),
    (b"7z\xBC\xAF\x27\x1C", "7z 压缩包", "a 7z archive"),
    (b"\x1F\x8B", "gzip 压缩文件", "a gzip file"),
];

/// The same for text, compared in lower case after leading white space.
const TEXT_SIGNATURES: &[(&str, &str, &str)] = &[
    ("<!doctype html", "网页（HTML）", "a web page (HTML)"),
    ("<html", "网页（HTML）", "a web page (HTML)"),
    ("<table", "网页（HTML）", "a web page (HTML)"),
    ("<meta", "网页（HTML）", "a web page (HTML)"),
    ("<?xml", "XML 文件", "an XML file"),
    ("mime-version:", "网页归档（MHTML）", "a web archive (MHTML)"),
];

/// Tells what a file is from its first bytes; some hundreds are enough.
pub(crate) fn content(head: &[u8]) -> Content {
    if head.is_empty() {
        return Content::Empty;
    }
    if head.starts_with(b"PK") {
        return Content::Zip;
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0") {
        return Content::Ole;
    }
    // The second is a file whose description is encrypted.
    if head.starts_with(b"PAR1") || head.starts_with(b"PARE") {
        return Content::Parquet;
    }
    if let Some((_, zh, en)) = SIGNATURES.iter().find(|(start, ..)| head.starts_with(start)) {
        return Content::Other(zh, en);
    }
    let text = String::from_utf8_lossy(head).to_lowercase();
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    if let Some((_, zh, en)) = TEXT_SIGNATURES.iter().find(|(start, ..)| text.starts_with(start)) {
        return Content::Other(zh, en);
    }
    if is_json(text) { Content::Other("JSON 文件", "a JSON file") } else { Content::Text }
}

/// What a file's name says that it is.
pub(crate) fn promise(path: &Path) -> Promise {
    let extension = path.extension().map(|ext| ext.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("csv" | "tsv" | "txt") => Promise::Csv,
        Some("xlsx" | "xlsm" | "xltx" | "xltm") => Promise::Xlsx,
        Some("xls") => Promise::Xls,
        Some("parquet" | "pq" | "parq") => Promise::Parquet,
        _ => Promise::Nothing,
    }
}

/// Refuses a file whose name and content disagree: nobody can tell which of the two was meant.
pub(crate) fn agree(path: &Path, content: Content) -> Result<(), Problem> {
    match (promise(path), content) {
        (Promise::Xlsx | Promise::Xls | Promise::Parquet, Content::Text) => Err(wrong_name(path, "纯文本（CSV）", "plain text (CSV)", ".csv")),
        (Promise::Csv | Promise::Xls | Promise::Parquet, Content::Zip) => Err(wrong_name(path, "Excel 工作簿（XLSX）", "an Excel workbook (XLSX)", ".xlsx")),
        (Promise::Csv | Promise::Xls | Promise::Xlsx, Content::Parquet) => Err(wrong_name(path, "Parquet 文件", "Parquet", ".parquet")),
        _ => Ok(()),
    }
}

/// A Parquet file where a table of cells is asked for.
pub(crate) fn parquet_columns() -> Problem {
    Problem::new(
        "not-a-table",
        Text::new("这是 Parquet 文件，此处只读取 CSV 和 XLSX。", "The file is Parquet; only CSV and XLSX are read here."),
        Text::new("请把数据另存为 .xlsx 或 .csv。", "Save the data as .xlsx or .csv."),
    )
}

/// A file that is no table at all.
pub(crate) fn not_a_table(zh: &str, en: &str) -> Problem {
    Problem::new(
        "not-a-table",
        Text::new(format!("文件其实是{zh}，不是表格。"), format!("The file is really {en}, not a table.")),
        Text::new("请用 Excel 或 WPS 打开原始数据，另存为 .xlsx 或 .csv。", "Open the data in a spreadsheet program and save it as .xlsx or .csv."),
    )
}

fn wrong_name(path: &Path, zh: &str, en: &str, right: &str) -> Problem {
    let name = path.extension().map(|ext| ext.to_string_lossy().into_owned()).unwrap_or_default();
    Problem::new(
        "wrong-name",
        Text::new(format!("文件名以 .{name} 结尾，内容却是{zh}。"), format!("The file's name ends in .{name}, but it holds {en}.")),
        Text::new(format!("请把文件改名为以 {right} 结尾，或重新导出。"), format!("Rename it to end in {right}, or export it again.")),
    )
}

/// JSON starts with a brace, or with a bracket before another value.
fn is_json(text: &str) -> bool {
    match text.strip_prefix('[') {
        Some(rest) => rest.trim_start().starts_with(['{', '[', '"']),
        None => text.starts_with('{'),
    }
}
