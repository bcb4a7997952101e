//! The credential carried inside a document, read back from the file.
//!
//! A file that comes for verification may be anybody's. A general reader of PDF follows its tables wherever they lead; this one only looks for the attachment as [`crate::Press`] writes it: one pass over the bytes, no
//! recursion, and nothing unpacked beyond a bound. Changes that other software appends (a seal, a comment) leave those bytes where they are.

use crate::press::CREDENTIAL;
use crate::text::{Error, Text};
use flate2::bufread::ZlibDecoder;
use std::io::Read as _;

/// The longest file looked at, in bytes: our longest documents are some megabytes.
const FILE_BYTES: usize = 64 << 20;

/// The longest credential, in bytes.
const CREDENTIAL_BYTES: u64 = 8 << 20;

/// The longest description of an object, in bytes: what is written takes some hundred.
const DESCRIPTION_BYTES: usize = 2048;

/// How many mentions of the name are looked at, from the end: a document has two.
const MENTIONS: usize = 64;

/// The credential attached to a document, if it has one.
///
/// Of several, the last: that of the latest state of the file. Whether it is genuine is for its signature to show.
///
/// # Errors
/// If the bytes are no PDF, are too many, or the attachment is there but can not be read.
pub fn extract(pdf: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    if pdf.len() > FILE_BYTES {
        return Err(failed("too-large", "文件超过 64 MB", "the file is longer than 64 MB"));
    }
    if find(&pdf[..pdf.len().min(1024)], b"%PDF-").is_none() {
        return Err(failed("not-pdf", "不是 PDF 文件", "it is not a PDF file"));
    }
    let damaged = || failed("credential-unreadable", "其中的凭证已损坏", "the credential inside is damaged");
    let name = format!("({CREDENTIAL})");
    let mut named = memchr::memmem::rfind_iter(pdf, name.as_bytes()).take(MENTIONS).peekable();
    if named.peek().is_none() {
        return Ok(None);
    }
    let number = named.find_map(|at| stream_of(pdf, at)).ok_or_else(damaged)?;
    let start = object(pdf, number).ok_or_else(damaged)?;
    let head = &pdf[start..(start + DESCRIPTION_BYTES).min(pdf.len())];
    let stream = find(head, b"stream").ok_or_else(damaged)?;
    let (dictionary, rest) = (&head[..stream], &pdf[start + stream + b"stream".len()..]);
    let data = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).ok_or_else(damaged)?;
    let length = after(dictionary, b"/Length").and_then(|digits| usize::try_from(digits).ok()).ok_or_else(damaged)?;
    let data = data.get(..length).ok_or_else(damaged)?;
    if find(dictionary, b"/Filter").is_none() {
        return Ok(Some(data.to_vec()));
    }
    if find(dictionary, b"/FlateDecode").is_none() {
        return Err(damaged());
    }
    let mut credential = Vec::new();
    ZlibDecoder::new(data).take(CREDENTIAL_BYTES + 1).read_to_end(&mut credential).map_err(|_| damaged())?;
    match u64::try_from(credential.len()) {
        Ok(length) if length <= CREDENTIAL_BYTES => Ok(Some(credential)),
        _ => Err(failed("too-large", "其中的凭证超过 8 MB", "the credential inside is longer than 8 MB")),
    }
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, needle)
}

/// The number after a key of a dictionary.
fn after(dictionary: &[u8], key: &[u8]) -> Option<u64> {
    let rest = &dictionary[find(dictionary, key)? + key.len()..];
    number(rest.trim_ascii_start())
}

fn number(bytes: &[u8]) -> Option<u64> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}

/// The object with the bytes of the file that is named here, if this is its description and not the list of names.
fn stream_of(pdf: &[u8], named: usize) -> Option<u64> {
    let (before, behind) = pdf.split_at(named);
    let before = &before[before.len().saturating_sub(DESCRIPTION_BYTES)..];
    let behind = &behind[..behind.len().min(DESCRIPTION_BYTES)];
    let from = memchr::memmem::rfind(before, b" obj")?;
    let description = [&before[from..], &behind[..find(behind, b"endobj")?]].concat();
    let files = find(&description, b"/EF")?;
    after(&description[files..], b"/F ")
}

/// Where the last object of this number begins, after `n 0 obj`.
fn object(pdf: &[u8], number: u64) -> Option<usize> {
    let mark = format!("{number} 0 obj");
    // `12 0 obj` is also the end of `112 0 obj`.
    let whole = |&at: &usize| !at.checked_sub(1).and_then(|before| pdf.get(before)).is_some_and(u8::is_ascii_digit);
    memchr::memmem::rfind_iter(pdf, mark.as_bytes()).find(whole).map(|at| at + mark.len())
}

fn failed(code: &'static str, zh: &str, en: &str) -> Error {
    Error::new(
        code,
        Text::new("要核验的文件", "the file to be verified"),
        Text::new(zh, en),
        Text::new("请用本系统签发的原件；打印件或截图可凭二维码或核验码核验", "Use the file as this system issued it; of a print or picture, use the QR code or the short code"),
    )
}
