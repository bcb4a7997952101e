//! A determination as it is kept, in the language of a page.

use super::errors::Failed;
use super::law::Cite;
use super::told::{Teller, part_of};
use super::visit::Visit;
use serde::Serialize;
use serde_json::Value;
use xueshi_policy::{Hours, Lang, Status};
use xueshi_registry::Determination;
use xueshi_registry::time::minute_of;

/// What a year came to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Kept {
    /// The duty.
    pub(super) duty: String,
    /// The answer in one sentence.
    pub(super) sentence: String,
    /// The status in a word.
    pub(super) status: String,
    /// How the status is coloured: `ok`, `wait`, `no`.
    pub(super) chip: &'static str,
    /// Hours that count.
    pub(super) total: String,
    /// Their unit.
    pub(super) unit: String,
    /// What is asked.
    pub(super) needs: Vec<Need>,
}

/// A requirement and what there is of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Need {
    pub(super) subject: String,
    pub(super) title: String,
    pub(super) have: String,
    pub(super) asked: String,
    pub(super) short: String,
    pub(super) met: bool,
    /// Hundredths of what is asked, up to all of it.
    pub(super) percent: i64,
    pub(super) cites: Vec<Cite>,
}

/// What was verified before, and stands beside the result that corrected it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Earlier {
    /// When, to the minute.
    pub(super) at: String,
    /// The answer in one sentence.
    pub(super) sentence: String,
    /// Hours that counted.
    pub(super) total: String,
    /// Their unit.
    pub(super) unit: String,
    /// Its entry in the ledger.
    pub(super) entry: i64,
}

/// The frozen ones of earlier determinations, newest first.
///
/// # Errors
/// If a word is missing.
pub(super) fn earlier(teller: &Teller<'_>, determinations: &[Determination]) -> Result<Vec<Earlier>, Failed> {
    let one = |one: &Determination| {
        let told = kept(teller, &one.result)?;
        Ok(Earlier { at: minute_of(one.at), sentence: told.sentence, total: told.total, unit: told.unit, entry: one.entry })
    };
    determinations.iter().filter(|one| one.frozen).map(one).collect()
}

/// Puts a kept result into words.
///
/// # Errors
/// If a word is missing.
pub(super) fn kept(teller: &Teller<'_>, result: &Value) -> Result<Kept, Failed> {
    let visit = teller.visit;
    let needs = result["requirements"].as_array().into_iter().flatten().filter(|need| need["binding"] == true && need["at_least"].is_i64());
    let status = result["status"].as_str().unwrap_or_default();
    Ok(Kept {
        duty: words(visit, &result["title"]).to_owned(),
        sentence: words(visit, &result["sentence"]).to_owned(),
        status: status_word(visit, status),
        chip: status_chip(status),
        total: hours(&result["total"]),
        unit: words(visit, &result["unit"]).to_owned(),
        needs: needs.map(|need| need_of(teller, need)).collect::<Result<_, _>>()?,
    })
}

fn need_of(teller: &Teller<'_>, need: &Value) -> Result<Need, Failed> {
    let (have, asked) = (need["have"].as_i64().unwrap_or_default(), need["at_least"].as_i64().unwrap_or_default());
    let clauses = need["cite"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(Need {
        subject: need["subject"].as_str().unwrap_or_default().to_owned(),
        title: words(teller.visit, &need["title"]).to_owned(),
        have: hours(&need["have"]),
        asked: hours(&need["at_least"]),
        short: need["short"].as_i64().filter(|short| *short > 0).map(|short| Hours(short).to_string()).unwrap_or_default(),
        met: need["met"] == true,
        percent: part_of(Hours(have), Hours(asked), 100),
        cites: teller.cites_of(need["policy"].as_str().unwrap_or_default(), clauses)?,
    })
}

/// `{ zh, en }` in the language of the page.
pub(super) fn words<'v>(visit: &Visit, value: &'v Value) -> &'v str {
    let name = if visit.lang == Lang::En { "en" } else { "zh" };
    value[name].as_str().unwrap_or_default()
}

/// Hours that are kept in hundredths.
pub(super) fn hours(value: &Value) -> String {
    Hours(value.as_i64().unwrap_or_default()).to_string()
}

/// A status in a word.
pub(super) fn status_word(visit: &Visit, status: &str) -> String {
    Status::ALL.into_iter().find(|known| known.name() == status).map(|known| visit.say(&known.title()).to_owned()).unwrap_or_default()
}

/// How a status is coloured.
pub(super) fn status_chip(status: &str) -> &'static str {
    match status {
        "met" | "exempt" => "ok",
        "short" => "no",
        _ => "wait",
    }
}
