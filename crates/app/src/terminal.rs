//! What is shown on a terminal: colour where it is wanted, widths of Chinese characters, no control characters.

use std::borrow::Cow;
use std::io::IsTerminal as _;
use unicode_width::UnicodeWidthStr as _;

/// A colour of the screen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Colour {
    Green,
    Red,
    Yellow,
    Faint,
    Bold,
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// Colours on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn of_stdout() -> Self {
        let filled = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { on: std::io::stdout().is_terminal() && !filled("NO_COLOR") && !dumb }
    }

    /// No colours: output that goes to a file.
    pub(crate) fn plain() -> Self {
        Self { on: false }
    }

    /// The text in a colour.
    pub(crate) fn text<'a>(self, colour: Colour, text: &'a str) -> Cow<'a, str> {
        if !self.on || text.is_empty() {
            return Cow::Borrowed(text);
        }
        let code = match colour {
            Colour::Green => "32",
            Colour::Red => "31",
            Colour::Yellow => "33",
            Colour::Faint => "2",
            Colour::Bold => "1",
        };
        Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m"))
    }
}

/// The text without control characters, by which a file could steer the terminal.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(steers) { Cow::Owned(text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()) } else { Cow::Borrowed(text) }
}

/// The text without control characters and not longer than a message can carry.
pub(crate) fn excerpt(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut short: String = visible(text).chars().take(CHARS_MAX).collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

/// Columns on the screen.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text with spaces after it, up to a width in columns of the screen.
pub(crate) fn left(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text with spaces before it, up to a width in columns of the screen.
pub(crate) fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}
