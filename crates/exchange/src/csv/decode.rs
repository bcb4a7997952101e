//! The encoding of a text file: UTF-8, UTF-16 with a byte order mark, or GBK (GB 18030).

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};

use crate::text::{Problem, Remark, Text};

/// A file's text.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// Some bytes are not of the encoding: they stand in the text as U+FFFD, and rows with it are
    /// in error.
    pub(crate) damaged: bool,
    pub(crate) remark: Option<Remark>,
}

/// Decodes a file's bytes.
///
/// UTF-8 with a few broken bytes and GBK are told apart by which of the two the file nearly is:
/// Chinese in UTF-8 is three bytes a character, a form that GBK text takes only by rare accident.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<Decoded, Problem> {
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return Ok(utf16(UTF_16LE, rest));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return Ok(utf16(UTF_16BE, rest));
    }
    if bytes.contains(&0) {
        return Err(no_text(&bytes));
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(plain(text)),
        Err(error) => error.into_bytes(),
    };
    let shape = Shape::of(&bytes);
    if shape.wide_chars >= shape.errors {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        return Ok(Decoded { damaged: true, ..plain(text) });
    }
    let (text, malformed) = GB18030.decode_without_bom_handling(&bytes);
    let replaced = if malformed { text.matches('\u{FFFD}').count() } else { 0 };
    let chinese = text.chars().filter(|c| !c.is_ascii()).count();
    if replaced * 10 > chinese || (malformed && chinese < 10) {
        return Err(neither(&bytes, shape.first_error));
    }
    let remark = Text::new(
        "文件不是 UTF-8 编码，已按 GBK（GB 18030）读取；如有乱码，请另存为 UTF-8 编码的 CSV。",
        "The file is not UTF-8 and was read as GBK (GB 18030); if characters look wrong, save it as CSV in UTF-8.",
    );
    Ok(Decoded { text: text.into_owned(), damaged: malformed, remark: Some(("encoding", remark)) })
}

/// How a file that is not UTF-8 looks when read as UTF-8.
struct Shape {
    errors: usize,
    /// Characters of three bytes or more.
    wide_chars: usize,
    first_error: usize,
}

impl Shape {
    fn of(bytes: &[u8]) -> Shape {
        let mut shape = Shape { errors: 0, wide_chars: 0, first_error: 0 };
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            shape.wide_chars += chunk.valid().chars().filter(|c| c.len_utf8() > 2).count();
            at += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                if shape.errors == 0 {
                    shape.first_error = at;
                }
                shape.errors += 1;
            }
            at += chunk.invalid().len();
        }
        shape
    }
}

fn plain(mut text: String) -> Decoded {
    if text.starts_with('\u{FEFF}') {
        text.remove(0);
    }
    Decoded { text, damaged: false, remark: None }
}

fn utf16(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    let remark = Text::new("文件为 UTF-16 编码，已按此读取。", "The file is UTF-16 and was read as such.");
    Decoded { text: text.into_owned(), damaged, remark: Some(("encoding", remark)) }
}

fn neither(bytes: &[u8], offset: usize) -> Problem {
    let row = bytes[..offset].iter().filter(|byte| **byte == b'\n').count() + 1;
    let byte = bytes.get(offset).copied().unwrap_or(0);
    Problem::new(
        "encoding",
        Text::new(
            format!("文件既不是 UTF-8 也不是 GBK 编码：第 {row} 行，第 {offset} 字节处为 0x{byte:02X}。"),
            format!("The file is neither UTF-8 nor GBK: line {row}, byte {offset} is 0x{byte:02X}."),
        ),
        save_as_utf8(),
    )
}

fn no_text(bytes: &[u8]) -> Problem {
    let offset = bytes.iter().position(|byte| *byte == 0).unwrap_or(0);
    Problem::new(
        "encoding",
        Text::new(
            format!("文件不是文本：第 {offset} 字节为 0（可能是没有标记的 UTF-16，或不是表格的文件）。"),
            format!("The file is no text: byte {offset} is 0 (it may be UTF-16 without its mark, or no table at all)."),
        ),
        save_as_utf8(),
    )
}

fn save_as_utf8() -> Text {
    Text::new("请用 Excel 或 WPS 打开后另存为“CSV UTF-8（逗号分隔）”或 .xlsx。", "Open it in a spreadsheet program and save it as \"CSV UTF-8 (comma delimited)\" or as .xlsx.")
}
