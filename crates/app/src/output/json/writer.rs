//! JSON, written as it comes: no tree is kept in memory, and hours keep their decimal digits.

use std::fmt::{self, Write as _};

/// JSON text under construction.
#[derive(Debug, Default)]
pub(crate) struct Json {
    text: String,
    /// Whether the next value of the innermost list or object needs a comma.
    comma: bool,
}

impl Json {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// An object.
    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.nest('{', fill, '}');
    }

    /// A list of a value for each item.
    pub(crate) fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut item: impl FnMut(&mut Self, T)) {
        self.nest('[', |json| items.into_iter().for_each(|one| item(json, one)), ']');
    }

    /// The name of the next value of an object.
    pub(crate) fn key(&mut self, name: &str) -> &mut Self {
        self.string(name);
        self.text.push(':');
        self.comma = false;
        self
    }

    /// A text.
    pub(crate) fn string(&mut self, text: &str) {
        self.separate();
        push_quoted(&mut self.text, text);
    }

    /// A number in the digits it is shown with: hours, years.
    pub(crate) fn number(&mut self, number: impl fmt::Display) {
        self.separate();
        let _ = write!(self.text, "{number}");
    }

    /// `true` or `false`.
    pub(crate) fn bool(&mut self, value: bool) {
        self.separate();
        self.text.push_str(if value { "true" } else { "false" });
    }

    /// A value, or `null`.
    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => {
                self.separate();
                self.text.push_str("null");
            }
        }
    }

    fn nest(&mut self, open: char, fill: impl FnOnce(&mut Self), close: char) {
        self.separate();
        self.text.push(open);
        self.comma = false;
        fill(self);
        self.text.push(close);
        self.comma = true;
    }

    fn separate(&mut self) {
        if self.comma {
            self.text.push(',');
        }
        self.comma = true;
    }
}

/// Adds a text as a JSON string.
fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| matches!(c, '"' | '\\') || c < ' ') {
        out.push_str(&rest[..at]);
        let mut after = rest[at..].chars();
        match after.next() {
            Some('\n') => out.push_str("\\n"),
            Some('\t') => out.push_str("\\t"),
            Some('\r') => out.push_str("\\r"),
            Some(c @ ('"' | '\\')) => {
                out.push('\\');
                out.push(c);
            }
            Some(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            None => {}
        }
        rest = after.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_read_again_as_it_was() {
        for text in ["", "学时", "a\"b\\c", "\u{1}\u{1f}\n\r\t", "=cmd|' /C calc'!A0", "\u{2028}😀"] {
            let mut json = Json::new();
            json.string(text);
            let read: String = serde_json::from_str(&json.into_text()).unwrap();
            assert_eq!(read, text);
        }
    }

    #[test]
    fn values_stand_between_commas() {
        let mut json = Json::new();
        json.object(|json| {
            json.key("a").number(xueshi_policy::Hours(4850));
            json.key("b").list(["x", "y"], Json::string);
            json.key("c").object(|_| {});
            json.key("d").option(None::<bool>, Json::bool);
        });
        assert_eq!(json.into_text(), r#"{"a":48.5,"b":["x","y"],"c":{},"d":null}"#);
    }
}
