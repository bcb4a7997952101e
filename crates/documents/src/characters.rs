//! Every character of a document's texts, before it is set: what can not be printed, or would make a text look like another, is an error that names it.

use crate::fonts::Fonts;
use crate::text::{Error, Text, excerpt};
use serde_json::Value;
use std::collections::BTreeSet;

/// Checks every text in the data.
///
/// # Errors
/// If a character is a control character, turns the direction of what follows, or is in none of the fonts.
pub(crate) fn check(data: &Value, fonts: &Fonts) -> Result<(), Error> {
    let mut drawn = BTreeSet::new();
    walk(data, fonts, &mut drawn)
}

fn walk(data: &Value, fonts: &Fonts, drawn: &mut BTreeSet<char>) -> Result<(), Error> {
    match data {
        Value::String(text) => text.chars().filter(|&c| !drawn.contains(&c)).collect::<Vec<_>>().into_iter().try_for_each(|character| {
            one(character, text, fonts)?;
            drawn.insert(character);
            Ok(())
        }),
        Value::Array(items) => items.iter().try_for_each(|item| walk(item, fonts, drawn)),
        Value::Object(entries) => entries.values().try_for_each(|item| walk(item, fonts, drawn)),
        _ => Ok(()),
    }
}

fn one(character: char, text: &str, fonts: &Fonts) -> Result<(), Error> {
    match character {
        '\n' => Ok(()),
        c if c.is_control() => Err(hidden(c, text)),
        // Marks, embeddings and isolates of direction, word joiner, byte order mark: unseen, they would let a name read as another.
        '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' => Err(hidden(character, text)),
        // They choose a shape of the character before them, where a font has it; a font does not list them.
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => Ok(()),
        c if fonts.draws(c) => Ok(()),
        c => Err(undrawn(c, text)),
    }
}

fn place(text: &str) -> Text {
    Text::new(format!("文字“{}”", excerpt(text)), format!("text \"{}\"", excerpt(text)))
}

fn hidden(character: char, text: &str) -> Error {
    let code = u32::from(character);
    Error::new(
        "character",
        place(text),
        Text::new(format!("含有看不见的控制字符 U+{code:04X}"), format!("it holds the invisible control character U+{code:04X}")),
        Text::new("请删去该字符后重试", "Remove it and try again"),
    )
}

fn undrawn(character: char, text: &str) -> Error {
    let code = u32::from(character);
    let package = match code {
        0x0600..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC | 0x0F00..=0x0FFF | 0x1800..=0x18AF | 0xA000..=0xA4CF => "fonts-noto-core",
        _ => "fonts-noto-cjk",
    };
    Error::new(
        "character",
        place(text),
        Text::new(format!("字符“{character}”（U+{code:04X}）在已有字体中都没有"), format!("no font here draws \"{character}\" (U+{code:04X})")),
        Text::new(
            format!("请安装含有该字符的字体（Debian、Ubuntu 上执行 apt-get install {package}），或改用能打印的字"),
            format!("Install a font that draws it (apt-get install {package} on Debian and Ubuntu), or write it otherwise"),
        ),
    )
}
