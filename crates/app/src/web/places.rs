//! Places to choose from: every province, and below it the places that have documents of their own. Elsewhere the province's answer.

use super::state::App;
use super::visit::Visit;
use super::words::Words;
use serde::Serialize;
use std::collections::BTreeMap;
use xueshi_policy::Text;

/// Something to choose in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    /// What is sent.
    pub(super) value: String,
    /// What is shown.
    pub(super) title: String,
    pub(super) chosen: bool,
}

/// Digits of a province's code.
const PROVINCE: usize = 2;

/// The name of a place by the beginning of its code, with its province's before it: 四川省成都市.
pub(super) fn name(words: &Words, place: &str) -> Text {
    let own = |code: &str| words.places.get(code).cloned().unwrap_or_else(|| Text::same(code));
    match place.get(..PROVINCE).filter(|province| place.len() > PROVINCE && *province != place) {
        Some(province) => {
            let (province, own) = (own(province), own(place));
            Text::new(format!("{}{}", province.zh, own.zh), format!("{}, {}", own.en, province.en))
        }
        None => own(place),
    }
}

/// The beginnings of codes that have documents of their own, the nation's aside.
fn with_documents(app: &App) -> Vec<&str> {
    let mut places: Vec<&str> = app.engine.library().files().iter().map(|file| file.place()).filter(|place| *place != "*").collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Every place to choose from, provinces in the order of their codes.
pub(super) fn choices(app: &App, words: &Words, visit: &Visit, chosen: Option<&str>) -> Vec<Choice> {
    let mut all: BTreeMap<&str, Vec<&str>> = words.places.keys().filter(|code| code.len() == PROVINCE).map(|code| (code.as_str(), Vec::new())).collect();
    for place in with_documents(app) {
        if let Some(province) = place.get(..PROVINCE) {
            let below = all.entry(province).or_default();
            if place.len() > PROVINCE {
                below.push(place);
            }
        }
    }
    let chosen = chosen.map(|code| known(app, code));
    let choice = |place: &str, title: String| Choice { value: code(place), title, chosen: chosen.is_some_and(|chosen| chosen == place) };
    let mut list = Vec::new();
    for (province, below) in all {
        let title = name(words, province);
        for place in &below {
            list.push(choice(place, visit.say(&name(words, place)).to_owned()));
        }
        let elsewhere = Text::new(format!("{}其他地方", title.zh), format!("Elsewhere in {}", title.en));
        list.push(choice(province, visit.say(if below.is_empty() { &title } else { &elsewhere }).to_owned()));
    }
    list
}

/// The place of the list that answers for a code: the longest with documents that the code begins with, else its province.
pub(super) fn known<'a>(app: &'a App, code: &'a str) -> &'a str {
    let with = with_documents(app).into_iter().filter(|place| place.len() > PROVINCE && code.starts_with(place)).max_by_key(|place| place.len());
    with.or_else(|| code.get(..PROVINCE)).unwrap_or(code)
}

/// The code of six digits.
pub(super) fn code(place: &str) -> String {
    format!("{place:0<6}")
}
