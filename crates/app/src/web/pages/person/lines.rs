//! The records of a year, each with what it earned or would earn.

use super::{DAY, holders, state_word, tone};
use crate::web::errors::Failed;
use crate::web::fields::capital;
use crate::web::told::{Teller, Told};
use serde::Serialize;
use std::sync::Arc;
use xueshi_policy::{Assessment, Lang, RecordResult, RecordWords, Stack};
use xueshi_registry::flow::DECLARATION;
use xueshi_registry::{Home, RecordLine};

/// A record in the list.
#[derive(Serialize)]
pub(super) struct Line {
    case: i64,
    title: String,
    /// Activity, quantity and days in words.
    kind: String,
    state: String,
    tone: &'static str,
    /// Whom it waits for; empty where it waits for nobody.
    waits: String,
    days: i64,
    /// What the last step said.
    reason: String,
    /// It is the person's turn.
    mine: bool,
    told: Option<Told>,
    /// The hours are those that acceptance would give.
    would: bool,
}

impl Line {
    /// Whether it is the person's turn.
    pub(super) fn is_mine(&self) -> bool {
        self.mine
    }
}

/// Hours that came from an earlier year.
#[derive(Serialize)]
pub(super) struct Carried {
    year: i16,
    kind: String,
    told: Told,
}

/// Every line of a year.
///
/// # Errors
/// If a word is missing.
pub(super) fn lines(home: &Home, stacks: &[Arc<Stack>], now: i64, teller: &Teller<'_>) -> Result<Vec<Line>, Failed> {
    home.lines.iter().map(|line| of(home, line, stacks, now, teller)).collect()
}

fn of(home: &Home, line: &RecordLine, stacks: &[Arc<Stack>], now: i64, teller: &Teller<'_>) -> Result<Line, Failed> {
    let would = line.state == "waiting";
    let assessed = match line.state.as_str() {
        "accepted" => found(&home.standing, line.record),
        "waiting" => found(&home.hoped, line.record),
        _ => None,
    };
    let days = ["start", "end"].iter().filter_map(|column| line.facts.get(*column)).cloned().collect::<Vec<_>>().join(" – ");
    Ok(Line {
        case: line.case,
        title: line.title.clone(),
        kind: assessed.and_then(|(_, record)| record.words.as_ref()).map_or(days, |words| kind(words, teller)),
        state: state_word(DECLARATION.state(&line.state), teller.visit),
        tone: tone(&line.state),
        waits: holders(stacks, &line.holders, teller.visit),
        days: (now - line.since).max(0) / DAY,
        reason: line.reason.clone(),
        mine: ["draft", "returned"].contains(&line.state.as_str()),
        told: assessed.map(|(result, record)| teller.told(result, record, None)).transpose()?,
        would,
    })
}

/// The record under the duty for which it gives something, else under the first.
pub(super) fn found(results: &[Assessment], record: i64) -> Option<(&Assessment, &RecordResult)> {
    found_by(results, &record.to_string())
}

/// The same by the id that results name it by.
pub(super) fn found_by<'a>(results: &'a [Assessment], id: &str) -> Option<(&'a Assessment, &'a RecordResult)> {
    let all = results.iter().filter_map(|result| Some((result, result.records.iter().find(|record| record.record == *id)?)));
    all.min_by_key(|(_, record)| record.problem.is_some() || record.missing.is_some())
}

/// Hours that earlier years left to this one.
///
/// # Errors
/// If a word is missing.
pub(super) fn carried(home: &Home, teller: &Teller<'_>) -> Result<Vec<Carried>, Failed> {
    let mut all = Vec::new();
    for result in &home.standing {
        for record in result.records.iter().filter(|record| record.hours > xueshi_policy::Hours::ZERO) {
            if let Some(year) = record.carried_from {
                all.push(Carried { year, kind: record.words.as_ref().map(|words| named(words, teller)).unwrap_or_default(), told: teller.told(result, record, None)? });
            }
        }
    }
    Ok(all)
}

fn named(words: &RecordWords, teller: &Teller<'_>) -> String {
    if words.title.is_empty() { kind(words, teller) } else { words.title.to_string() }
}

/// What a record states: activity and level, and its days.
fn kind(words: &RecordWords, teller: &Teller<'_>) -> String {
    let mut parts = vec![capital(&words.kind.iter().map(|title| teller.visit.say(title)).collect::<Vec<_>>().join(if teller.visit.lang == Lang::Zh { "、" } else { ", " }))];
    parts.extend(words.days.map(|(first, last)| if first == last { last.to_string() } else { format!("{first} – {last}") }));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}
