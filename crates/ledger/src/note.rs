//! Signed notes (`c2sp.org/signed-note`): a text, an empty line, and signature lines.

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::key::good_name;
use crate::text::{Text, text};

/// Longer notes and more signatures than any log has need of are not read.
const MOST_BYTES: usize = 256 * 1024;
const MOST_SIGNATURES: usize = 100;

/// A text with signatures, of which nothing is verified yet; as text, the signed note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// A line of a note, verified or not; as text `— name base64` with a newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The key's name.
    pub(crate) name: String,
    /// The key's id.
    pub(crate) id: u32,
    /// What the key signed with: of a witness, eight bytes of time and the signature.
    pub(crate) bytes: Vec<u8>,
}

/// Why a text is no signed note. Lines are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteFault {
    /// Longer than 256 KiB or with more than 100 signatures.
    TooLong,
    /// A control character other than a newline.
    Control {
        /// The line it stands in.
        line: usize,
    },
    /// No empty line parts text and signatures, or the text or the last line has no newline at its end.
    Parts,
    /// A line after the empty one is no signature line.
    SignatureLine {
        /// The line.
        line: usize,
    },
}

impl NoteFault {
    /// What is wrong, and in which line.
    pub fn title(&self) -> Text {
        match self {
            Self::TooLong => text!("签名文本超过 256 KiB 或 100 个签名", "The note has more than 256 KiB or 100 signatures"),
            Self::Control { line } => text!("签名文本第 {line} 行有控制字符", "Line {line} of the note has a control character"),
            Self::Parts => text!("签名文本缺少正文与签名之间的空行，或末尾缺换行", "The note lacks the empty line between text and signatures, or a newline at its end"),
            Self::SignatureLine { line } => {
                text!("签名文本第 {line} 行不是“— 名称 Base64”形式的签名", "Line {line} of the note is no signature of the form “— name base64”")
            }
        }
    }
}

impl fmt::Display for NoteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.title().fmt(f)
    }
}

impl std::error::Error for NoteFault {}

impl Note {
    /// A text to be signed.
    ///
    /// # Errors
    /// The text is too long, has control characters, or does not end with a newline.
    pub fn new(text: &str) -> Result<Self, NoteFault> {
        check(text)?;
        if text.ends_with('\n') { Ok(Self::unchecked(text.to_owned())) } else { Err(NoteFault::Parts) }
    }

    /// A text known to be good.
    pub(crate) fn unchecked(text: String) -> Self {
        Self { text, signatures: Vec::new() }
    }

    /// The signed text with its last newline. To be believed only once a signature is verified.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in their order.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature; it takes the place of an earlier one of the same key.
    pub fn add(&mut self, signature: Signature) {
        match self.signatures.iter_mut().find(|s| (&s.name, s.id) == (&signature.name, signature.id)) {
            Some(old) => *old = signature,
            None => self.signatures.push(signature),
        }
    }
}

fn check(text: &str) -> Result<(), NoteFault> {
    if text.len() > MOST_BYTES {
        return Err(NoteFault::TooLong);
    }
    let control = |line: &str| line.contains(|c: char| c.is_ascii_control() && c != '\u{7f}');
    match text.split('\n').position(control) {
        Some(line) => Err(NoteFault::Control { line: line + 1 }),
        None => Ok(()),
    }
}

impl Signature {
    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    pub fn id(&self) -> u32 {
        self.id
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.to_be_bytes().as_slice(), &self.bytes].concat();
        writeln!(f, "— {} {}", self.name, BASE64_STANDARD.encode(bytes))
    }
}

impl FromStr for Signature {
    type Err = NoteFault;

    /// One line, with or without its newline: what a witness answers, line by line.
    fn from_str(line: &str) -> Result<Self, NoteFault> {
        let fault = NoteFault::SignatureLine { line: 1 };
        let (name, bytes) = line.strip_suffix('\n').unwrap_or(line).strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(fault)?;
        let bytes = BASE64_STANDARD.decode(bytes).map_err(|_| fault)?;
        let (id, bytes) = bytes.split_first_chunk().ok_or(fault)?;
        if good_name(name) && !bytes.is_empty() { Ok(Self { name: name.to_owned(), id: u32::from_be_bytes(*id), bytes: bytes.to_vec() }) } else { Err(fault) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| write!(f, "{signature}"))
    }
}

impl FromStr for Note {
    type Err = NoteFault;

    fn from_str(note: &str) -> Result<Self, NoteFault> {
        check(note)?;
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteFault::Parts)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteFault::Parts)?;
        if lines.split('\n').count() > MOST_SIGNATURES {
            return Err(NoteFault::TooLong);
        }
        let before = text.split('\n').count() + 2;
        let mut signatures = Vec::new();
        for (line, signature) in (before..).zip(lines.split('\n')) {
            signatures.push(signature.parse().map_err(|_| NoteFault::SignatureLine { line })?);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }
}
