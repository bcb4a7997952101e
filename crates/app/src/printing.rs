//! What is printed as PDF. Certificates and cards: from what stands in the ledger; nothing is reckoned here, and nothing that is not in the
//! entry is said of the hours. Forms and the sheet of a gate's answer: from what is kept; no code verifies them, and they say so.

mod card;
mod exemption;
mod forms;
mod gate;
mod recognition;

pub(crate) use card::card;
pub(crate) use exemption::{Grounded, exemption};
pub(crate) use forms::{card_form, exemption_form, form_of};
pub(crate) use gate::gate;
pub(crate) use recognition::recognition;

use crate::failure::Failure;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use xueshi_documents::{
    Bucket, Certificate, Error, Filled, Fonts, Form, GateSheet, Hours, Issue, LedgerEntry, Person, Policy, Press, Proof, Record, Requirement, Status, Text, Tone, Verification, Window,
};
use xueshi_policy::{Engine, Lang, Stack};
use xueshi_registry::OnForm;
use xueshi_registry::documents::{Prepared, grouped};

/// The press of the process: its fonts are read once, when the first document is printed.
static PRESS: LazyLock<Result<Press, Error>> = LazyLock::new(|| Fonts::system().map(|fonts| Press::new(Arc::new(fonts))));

/// What a document needs beside its entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printing<'a> {
    /// The policies, for the names of documents.
    pub(crate) engine: &'a Engine,
    /// The place, as people call it.
    pub(crate) place: &'a xueshi_policy::Text,
    /// The address of the installation, without a stroke at its end: `https://xueshi.example`.
    pub(crate) site: &'a str,
    /// When it is issued, in microseconds UTC.
    pub(crate) at: i64,
    /// The data are made up, and every page of it says so.
    pub(crate) specimen: bool,
}

/// Why a document was not printed.
#[derive(Debug)]
pub(crate) enum Unprinted {
    /// Its text can not be set: which character, and what to do.
    Text(Error),
    /// The entry does not hold what the document says, or there is no press.
    Failure(Failure),
}

impl From<Error> for Unprinted {
    fn from(error: Error) -> Self {
        Self::Text(error)
    }
}

impl From<Failure> for Unprinted {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Makes sure that documents can be printed here, before anything is entered.
///
/// # Errors
/// If there are no fonts; the message names what brings them.
pub(crate) fn ready() -> Result<(), Failure> {
    press().map(drop)
}

/// The certificate of a year as PDF, with what proves it inside.
///
/// # Errors
/// If a character can not be printed, or the entry is not that of a certificate.
pub(crate) fn certificate(prepared: &Prepared, with: Printing<'_>) -> Result<Vec<u8>, Unprinted> {
    let receipt = credential(prepared)?;
    let issue = Issue { at: shanghai(with.at), specimen: with.specimen, attachment: Some(&receipt) };
    Ok(press()?.certificate(&of(prepared, with)?, &issue)?)
}

/// A form as PDF, filled with what is known; nothing is entered or kept. `at` is in microseconds UTC, `specimen` says that data are made up.
///
/// # Errors
/// If there are no fonts, or a character can not be printed: which, and what to do.
pub(crate) fn form(form: &Form, filled: &Filled, (at, specimen): (i64, bool)) -> Result<Vec<u8>, Error> {
    PRESS.as_ref().map_err(Clone::clone)?.form(form, filled, &Issue { at: shanghai(at), specimen, attachment: None })
}

/// The sheet of a gate's answer as PDF; nothing is entered or kept.
///
/// # Errors
/// As [`form`].
pub(crate) fn sheet(sheet: &GateSheet, (at, specimen): (i64, bool)) -> Result<Vec<u8>, Error> {
    PRESS.as_ref().map_err(Clone::clone)?.gate(sheet, &Issue { at: shanghai(at), specimen, attachment: None })
}

/// What a form prints about a person, by its keys. What is not known has none and stays blank.
fn person(on: &OnForm) -> BTreeMap<&str, String> {
    let mut known: BTreeMap<&str, String> = on.facts.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    known.insert("name", on.name.clone());
    known.insert("identity", on.identity_masked.replace('•', "*"));
    known.insert("employer", on.employer.clone());
    if let Some(born) = on.born.as_deref().and_then(|born| born.parse::<Date>().ok()) {
        known.insert("born", format!("{}年{}月", born.year(), born.month()));
    }
    known
}

/// What a code of the policies is called in Chinese; what is none, as it is.
fn worded(stacks: &[Arc<Stack>], name: &str, value: &str) -> String {
    let column = stacks.iter().find_map(|stack| stack.schema().find(name).and_then(|at| stack.schema().columns.get(at)));
    column.and_then(|column| column.codes.iter().find(|code| code.id == value)).map_or_else(|| value.to_owned(), |code| code.title.zh.clone())
}

/// A day as forms say it: 2026年3月1日.
fn said_day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// What proves a document, as it is carried inside.
fn credential(prepared: &Prepared) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(&prepared.receipt).map_err(|error| Failure::new(format!("凭证：{error}"), format!("the credential: {error}")))
}

fn press() -> Result<&'static Press, Failure> {
    PRESS.as_ref().map_err(|error| failed(error.clone()))
}

fn failed(error: Error) -> Failure {
    Failure::new(error.message(true), error.message(false))
}

/// An entry without a part that every document's has.
fn incomplete(part: &str) -> Failure {
    Failure::new(format!("账本中的文书缺少“{part}”。"), format!("The document in the ledger has no \"{part}\"."))
}

fn shanghai(at: i64) -> DateTime {
    Timestamp::from_microsecond(at).map_or(DateTime::ZERO, |instant| Offset::constant(8).to_datetime(instant))
}

/// What a certificate says, part by part.
fn of(prepared: &Prepared, with: Printing<'_>) -> Result<Certificate, Failure> {
    let (body, result) = (&prepared.body, &prepared.body["result"]);
    let requirements: Vec<&Value> = all(&result["requirements"]).filter(|one| one["binding"].as_bool() == Some(true)).collect();
    let asked = |subject: &str| requirements.iter().find(|one| one["subject"].as_str() == Some(subject)).and_then(|one| one["at_least"].as_i64()).map(Hours);
    let total = result["total"].as_i64().ok_or_else(|| incomplete("total"))?;
    let buckets = result["hours"].as_object().into_iter().flatten();
    let year = result["year"].as_i64().ok_or_else(|| incomplete("year"))?;
    Ok(Certificate {
        person: Person { name: said(&body["name"]), identity: masked(&body["identity"]), employer: said(&body["employer"]), title: prepared.person.post.clone() },
        jurisdiction: words_of(with.place),
        duty: words(&result["title"]),
        window: Window { name: Text::new(format!("{year} 年度"), format!("Year {year}")), from: day(&result["from"], "from")?, to: day(&result["to"], "to")? },
        status: status(result),
        total: Bucket { name: Text::new("合计", "Total"), counted: Hours(total), required: asked("total") },
        buckets: buckets.map(|(id, bucket)| Bucket { name: words(&bucket["title"]), counted: Hours(bucket["hours"].as_i64().unwrap_or_default()), required: asked(id) }).collect(),
        requirements: requirements.iter().map(|one| requirement(one, &result["unit"], with)).collect(),
        records: all(&result["records"]).filter(|one| one["hours"].as_i64().unwrap_or_default() > 0).filter_map(|one| record(one, body, result, with)).collect(),
        verification: body["verified"]["at"].as_i64().map(|at| Verification { by: said(&body["verified"]["by"]), on: shanghai(at).date() }),
        policies: all(&result["policies"]).map(|one| policy(one, with.engine)).collect(),
        engine: format!("xueshi {}", said(&body["engine"])),
        proof: proof(prepared, with)?,
    })
}

fn status(result: &Value) -> Status {
    let known = xueshi_policy::Status::ALL.into_iter().find(|status| result["status"].as_str() == Some(status.name()));
    let tone = match known {
        Some(xueshi_policy::Status::Met | xueshi_policy::Status::Exempt) => Tone::Good,
        Some(xueshi_policy::Status::Short) => Tone::Short,
        _ => Tone::Open,
    };
    Status { tone, name: known.map(|status| words_of(&status.title())).unwrap_or_default(), sentence: words(&result["sentence"]) }
}

fn requirement(one: &Value, unit: &Value, with: Printing<'_>) -> Requirement {
    let unit = words(unit);
    let hours = |value: &Value| value.as_i64().map_or_else(|| "—".to_owned(), |hundredths| xueshi_policy::Hours(hundredths).to_string());
    let with_unit = |figure: String| Text::new(format!("{figure} {}", unit.pick(true)), format!("{figure} {}", unit.pick(false)));
    Requirement {
        name: words(&one["title"]),
        measured: with_unit(hours(&one["have"])),
        asked: with_unit(hours(&one["at_least"])),
        met: one["met"].as_bool() == Some(true),
        clause: clause(&one["policy"], &one["cite"], with.engine),
    }
}

/// A record that counts: its hours from the result, its name and days as they were accepted. Hours carried in from another year are of a
/// record that this entry does not hold; they count in the buckets.
fn record(one: &Value, body: &Value, result: &Value, with: Printing<'_>) -> Option<Record> {
    let accepted = all(&body["records"]).find(|accepted| accepted["record"] == one["record"])?;
    let to = day(&accepted["facts"]["end"], "end").ok()?;
    let subject = said(&one["subject"]);
    Some(Record {
        activity: said(&accepted["title"]),
        subject: result["hours"][&subject]["title"]["zh"].as_str().map_or(subject, str::to_owned),
        from: day(&accepted["facts"]["start"], "start").unwrap_or(to),
        to,
        hours: Hours(one["hours"].as_i64().unwrap_or_default()),
        rule: said(&one["rule"]["title"]["zh"]),
        clause: clause(&one["rule"]["policy"], &one["rule"]["cite"], with.engine),
    })
}

fn policy(one: &Value, engine: &Engine) -> Policy {
    let id = said(&one["id"]);
    let name = engine.library().get(&id).map_or_else(|| Text::new(&id, &id), |file| Text::new(file.cited_as(Lang::Zh), file.cited_as(Lang::En)));
    Policy { name, hash: one["sha256"].as_str().and_then(|hash| hash.get(..12)).unwrap_or_default().to_owned(), id }
}

/// The regulation's short name with its clauses.
fn clause(policy: &Value, cite: &Value, engine: &Engine) -> String {
    let id = policy.as_str().unwrap_or_default();
    let document = engine.library().get(id).map_or(id, |file| file.cited_as(Lang::Zh));
    let clauses: Vec<&str> = all(cite).filter_map(Value::as_str).map(|clause| if clause == "silent" { "文本未规定" } else { clause }).collect();
    format!("{document} {}", clauses.join("、")).trim().to_owned()
}

fn proof(prepared: &Prepared, with: Printing<'_>) -> Result<Proof, Failure> {
    let code = grouped(&prepared.code);
    // A checkpoint begins with three lines: origin, size, root.
    let checkpoint = prepared.receipt.checkpoint.lines().take(3).collect::<Vec<_>>().join(" ");
    Ok(Proof { url: format!("{}/verify/{code}", with.site), code: code.parse().map_err(failed)?, ledger: Some(LedgerEntry { index: prepared.receipt.index, checkpoint }) })
}

fn all(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn said(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A masked number as it is printed: the dots of pages are as wide as a Chinese character, an asterisk as a figure.
fn masked(value: &Value) -> String {
    said(value).replace('•', "*")
}

fn words(value: &Value) -> Text {
    Text::new(said(&value["zh"]), said(&value["en"]))
}

fn words_of(text: &xueshi_policy::Text) -> Text {
    Text::new(text.zh.as_str(), text.get(Lang::En))
}

fn day(value: &Value, part: &str) -> Result<Date, Failure> {
    value.as_str().and_then(|day| day.parse().ok()).ok_or_else(|| incomplete(part))
}
