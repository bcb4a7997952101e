//! The words of the pages: one table a language, `web/words/zh.toml` and `en.toml`.
//!
//! A word may hold `{name}`, which is filled in, and may be two: `{ one = "{n} hour", other = "{n} hours" }`, chosen by `n`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use xueshi_policy::{Lang, Text};

/// The tables of both languages, and the names of places.
#[derive(Debug)]
pub(crate) struct Words {
    zh: Table,
    en: Table,
    /// Names of places by the beginning of their code (GB/T 2260).
    pub(super) places: BTreeMap<String, Text>,
}

type Table = BTreeMap<String, Word>;

/// A word, or its singular and plural.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// The same for any number.
    Plain(String),
    /// One, and any other number.
    Counted(String, String),
}

impl Words {
    /// Reads the tables.
    ///
    /// # Errors
    /// If one is missing or is no table of words.
    pub(super) fn read(files: &[(String, Cow<'static, [u8]>)]) -> Result<Self, String> {
        let table = |name: &str| -> Result<toml::Table, String> {
            let (_, content) = files.iter().find(|(known, _)| known == name).ok_or_else(|| format!("{name}: missing"))?;
            let text = std::str::from_utf8(content).map_err(|_| format!("{name}: not UTF-8"))?;
            text.parse().map_err(|error| format!("{name}: {error}"))
        };
        let words = |name: &str| -> Result<Table, String> {
            let mut all = Table::new();
            flatten("", &table(name)?, &mut all).map_err(|key| format!("{name}: {key} is no word"))?;
            Ok(all)
        };
        let places = table("words/places.toml")?.into_iter().filter_map(|(code, names)| {
            let name = |lang: &str| names.get(lang).and_then(toml::Value::as_str).map(str::to_owned);
            Some((code, Text::new(name("zh")?, name("en")?)))
        });
        Ok(Self { zh: words("words/zh.toml")?, en: words("words/en.toml")?, places: places.collect() })
    }

    /// The word of a key, with its values filled in.
    ///
    /// # Errors
    /// If there is no such word, or it asks for a value that is not given.
    pub(super) fn say(&self, lang: Lang, key: &str, values: &[(&str, &str)]) -> Result<String, String> {
        let word = self.table(lang).get(key).ok_or_else(|| format!("there is no word {key}"))?;
        let text = match word {
            Word::Plain(text) => text,
            Word::Counted(one, other) => match values.iter().find(|(name, _)| *name == "n") {
                Some((_, "1")) => one,
                _ => other,
            },
        };
        fill(text, values).ok_or_else(|| format!("the word {key} needs other values than it was given"))
    }

    pub(super) fn table(&self, lang: Lang) -> &Table {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// `[page] key = "…"` becomes `page.key`.
fn flatten(prefix: &str, table: &toml::Table, all: &mut Table) -> Result<(), String> {
    for (key, value) in table {
        let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::String(text) => {
                all.insert(key, Word::Plain(text.clone()));
            }
            toml::Value::Table(inner) => match (inner.get("one"), inner.get("other")) {
                (Some(toml::Value::String(one)), Some(toml::Value::String(other))) => {
                    all.insert(key, Word::Counted(one.clone(), other.clone()));
                }
                _ => flatten(&key, inner, all)?,
            },
            _ => return Err(key),
        }
    }
    Ok(())
}

/// Replaces `{name}`. Nothing if a name is not given or a bracket is left open.
fn fill(text: &str, values: &[(&str, &str)]) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(before);
        out.push_str(values.iter().find(|(known, _)| *known == name)?.1);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn names_are_filled_in_once_and_a_missing_one_is_a_mistake() {
        assert_eq!(fill("{n} of {all}", &[("n", "{all}"), ("all", "3")]).as_deref(), Some("{all} of 3"));
        assert_eq!(fill("{n} of {all}", &[("n", "2")]), None);
        assert_eq!(fill("open {n", &[("n", "2")]), None);
    }
}
