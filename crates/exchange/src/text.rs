//! What is said to a person about a file: in both languages, always place, cause and remedy.

use std::fmt;
use std::path::Path;

/// A text in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text in Chinese.
    pub zh: String,
    /// The text in English.
    pub en: String,
}

/// What went wrong with a whole file: nothing of it can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file as the user named it; a sheet's name where a file is being written and has none yet.
    pub file: String,
    /// One of the codes listed in [`FileError::CODES`].
    pub code: &'static str,
    /// Why nothing could be used, with the place inside the file where there is one.
    pub cause: Text,
    /// What the user can do about it.
    pub remedy: Text,
}

/// Something to be said once about a file that was read all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The file as the user named it.
    pub file: String,
    /// One of the codes listed in [`Notice::CODES`].
    pub code: &'static str,
    /// What is to be said.
    pub text: Text,
}

/// A row that cannot be read as such; it is left out of the table and the other rows are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The row, 1 being the first one under the header.
    pub row: u32,
    /// The header of the column at fault, where one column is.
    pub column: Option<String>,
    /// The beginning of what stands in the row.
    pub value: String,
    /// Why the row cannot be read.
    pub cause: Text,
    /// What the user can do about it.
    pub remedy: Text,
}

/// A whole-file error that does not know its file yet: the readers below [`crate::read`] return it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) cause: Text,
    pub(crate) remedy: Text,
}

/// A notice that does not know its file yet.
pub(crate) type Remark = (&'static str, Text);

impl Text {
    /// A text from its two versions.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Text {
        Text { zh: zh.into(), en: en.into() }
    }

    /// The version in the language asked for.
    pub fn pick(&self, zh: bool) -> &str {
        if zh { &self.zh } else { &self.en }
    }
}

impl FileError {
    /// Every code a [`FileError`] can carry.
    pub const CODES: &'static [&'static str] = &[
        "cannot-open",
        "cannot-write",
        "column-type",
        "compression",
        "damaged",
        "duplicate-column",
        "empty",
        "encoding",
        "header-row",
        "lock-file",
        "merged-header",
        "missing-column",
        "nested-column",
        "no-sheet",
        "not-a-table",
        "old-xls",
        "password",
        "too-large",
        "too-many-columns",
        "too-many-faults",
        "too-many-rows",
        "wrong-name",
        "zip-not-workbook",
    ];
}

impl Notice {
    /// Every code a [`Notice`] can carry.
    pub const CODES: &'static [&'static str] =
        &["blank-rows", "encoding", "headless-columns", "hidden-sheet", "long-number", "merged-cells", "no-rows", "other-sheets", "separator", "unknown-columns"];
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.file, self.cause.en, self.remedy.en)
    }
}

impl std::error::Error for FileError {}

impl Problem {
    pub(crate) fn new(code: &'static str, cause: Text, remedy: Text) -> Problem {
        debug_assert!(FileError::CODES.contains(&code), "{code} is not a listed code");
        Problem { code, cause, remedy }
    }

    pub(crate) fn in_file(self, file: &str) -> FileError {
        FileError { file: file.to_owned(), code: self.code, cause: self.cause, remedy: self.remedy }
    }

    pub(crate) fn at_path(self, path: &Path) -> FileError {
        self.in_file(&path.display().to_string())
    }
}

/// The beginning of a value, short enough for a message, on one line.
pub(crate) fn excerpt(value: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut short: String = value.chars().take(CHARS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if value.chars().nth(CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

/// Names in a message, in quotation marks, the list cut where it would no longer be read.
pub(crate) fn listed<S: AsRef<str>>(names: &[S]) -> Text {
    const NAMES_MAX: usize = 20;
    let shown = || names.iter().take(NAMES_MAX).map(|name| excerpt(name.as_ref()));
    let mut zh = shown().map(|name| format!("“{name}”")).collect::<Vec<_>>().join("、");
    let mut en = shown().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_MAX {
        zh.push_str(&format!("等 {} 个", names.len()));
        en.push_str(&format!(" … ({} in all)", names.len()));
    }
    Text { zh, en }
}
