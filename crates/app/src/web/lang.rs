//! The language of a page: what the address asks for, else what was chosen before, else what the browser prefers; Chinese first.

use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use xueshi_policy::Lang;

/// The cookie that keeps the choice.
const COOKIE: &str = "lang";

/// The language of a request, and whether its address asked for it.
pub(super) fn of(parts: &Parts) -> (Lang, bool) {
    if let Some(lang) = asked(parts.uri.query().unwrap_or_default()) {
        return (lang, true);
    }
    let jar = CookieJar::from_headers(&parts.headers);
    let chosen = jar.get(COOKIE).and_then(|cookie| read(cookie.value()));
    let preferred = || parts.headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok()).and_then(preferred);
    (chosen.or_else(preferred).unwrap_or_default(), false)
}

/// The cookie that remembers a language.
pub(super) fn cookie(lang: Lang) -> Cookie<'static> {
    Cookie::build((COOKIE, name(lang))).path("/").permanent().same_site(SameSite::Lax).http_only(true).build()
}

/// `zh` or `en`.
pub(super) fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    }
}

/// The other one.
pub(super) fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Zh => Lang::En,
        Lang::En => Lang::Zh,
    }
}

fn read(word: &str) -> Option<Lang> {
    match word {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

fn asked(query: &str) -> Option<Lang> {
    query.split('&').filter_map(|pair| pair.strip_prefix("lang=")).find_map(read)
}

/// A query without its `lang`, and with that of another language: what the switch points to.
pub(super) fn switched(path: &str, query: &str, lang: Lang) -> String {
    let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
    let to = format!("lang={}", name(lang));
    pairs.push(&to);
    format!("{path}?{}", pairs.join("&"))
}

/// The first of the browser's languages that is one of ours, by its weight.
fn preferred(header: &str) -> Option<Lang> {
    let mut best: Option<(u32, Lang)> = None;
    for part in header.split(',') {
        let mut fields = part.split(';');
        let tag = fields.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = fields.find_map(|field| field.trim().strip_prefix("q=").map(thousandths)).unwrap_or(1000);
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

/// "0.8" as 800; what is no weight as 0.
fn thousandths(weight: &str) -> u32 {
    let (whole, part) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    format!("{whole}{part}").parse::<u32>().map_or(0, |weight| weight.min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_choice_among_ours_is_taken() {
        assert_eq!(preferred("en-GB,en;q=0.9,zh;q=0.8"), Some(Lang::En));
        assert_eq!(preferred("de, en;q=0.3, zh-CN;q=0.85"), Some(Lang::Zh));
        assert_eq!(preferred("fr;q=0.5, en;q=0"), None);
    }

    #[test]
    fn the_switch_keeps_what_else_the_address_says() {
        assert_eq!(switched("/calculator", "year=2019&lang=zh&place=51", Lang::En), "/calculator?year=2019&place=51&lang=en");
        assert_eq!(switched("/", "", Lang::Zh), "/?lang=zh");
    }
}
