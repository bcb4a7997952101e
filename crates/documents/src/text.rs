//! What is said in both languages, and what is said when a document can not be made or read.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A text in both languages of the product. Documents print the Chinese first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// 简体中文.
    pub zh: String,
    /// English, or empty.
    #[serde(default)]
    pub en: String,
}

impl Text {
    /// A text from its two versions.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The version in the language asked for.
    pub fn pick(&self, zh: bool) -> &str {
        if zh { &self.zh } else { &self.en }
    }
}

/// Why a document was not made, or a credential not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// One of [`Error::CODES`].
    pub code: &'static str,
    said: Box<Said>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    place: Text,
    cause: Text,
    remedy: Text,
}

impl Error {
    /// Every code an error can carry.
    pub const CODES: &'static [&'static str] = &["character", "credential-unreadable", "fonts", "form", "form-value", "not-pdf", "short-code", "too-large", "typesetting", "url"];

    pub(crate) fn new(code: &'static str, place: Text, cause: Text, remedy: Text) -> Self {
        debug_assert!(Self::CODES.contains(&code), "{code} is not a listed code");
        Self { code, said: Box::new(Said { place, cause, remedy }) }
    }

    /// Where: the text, the key or the file at fault.
    pub fn place(&self) -> &Text {
        &self.said.place
    }

    /// Why.
    pub fn cause(&self) -> &Text {
        &self.said.cause
    }

    /// What to do about it.
    pub fn remedy(&self) -> &Text {
        &self.said.remedy
    }

    /// The whole message in one language: place, cause, remedy.
    pub fn message(&self, zh: bool) -> String {
        let (place, cause, remedy) = (self.place().pick(zh), self.cause().pick(zh), self.remedy().pick(zh));
        if zh { format!("{place}：{cause}。{remedy}。") } else { format!("{place}: {cause}. {remedy}.") }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message(false))
    }
}

impl std::error::Error for Error {}

/// The beginning of a text, for a message.
pub(crate) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 24;
    let mut shown: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
