//! Which of the two languages is spoken.

use std::ffi::OsString;
use xueshi_policy::Lang;

/// The words of the language: every help text and message is written in both.
pub(crate) fn t<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// The language of `--lang`, else of `XUESHI_LANG`, else of the locale; Chinese where none says English.
///
/// It is needed before the arguments are parsed, because their help is written in it.
pub(crate) fn choose(words: &[OsString], env: impl Fn(&str) -> Option<String>) -> Lang {
    let mut asked = None;
    let mut words = words.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            Some("") => asked = words.next().map(|word| word.to_string()),
            Some(rest) => asked = rest.strip_prefix('=').map(str::to_owned).or(asked),
            None if word == "--" => break,
            None => {}
        }
    }
    let filled = |name: &str| env(name).filter(|value| !value.is_empty());
    let word = asked.or_else(|| filled("XUESHI_LANG")).or_else(|| filled("LC_ALL")).or_else(|| filled("LC_MESSAGES")).or_else(|| filled("LANG"));
    match word {
        Some(word) if word.to_ascii_lowercase().starts_with("en") => Lang::En,
        _ => Lang::Zh,
    }
}

/// A number with its noun, in English.
pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_comes_before_the_variable_and_the_locale() {
        let chosen = |words: &[&str], env: &[(&str, &str)]| {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            let env: Vec<(String, String)> = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            choose(&words, |name| env.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
        };
        assert_eq!(chosen(&["x"], &[]), Lang::Zh);
        assert_eq!(chosen(&["x"], &[("LANG", "en_US.UTF-8")]), Lang::En);
        assert_eq!(chosen(&["x"], &[("LANG", "en_US.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(chosen(&["x"], &[("LANG", "C.UTF-8"), ("XUESHI_LANG", "en")]), Lang::En);
        assert_eq!(chosen(&["x", "--lang", "zh"], &[("XUESHI_LANG", "en")]), Lang::Zh);
        assert_eq!(chosen(&["x", "--lang=en"], &[]), Lang::En);
        assert_eq!(chosen(&["x", "--", "--lang=en"], &[]), Lang::Zh);
    }
}
