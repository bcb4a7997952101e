//! Results as they go into the ledger and onto certificates: figures in hundredths, each with rule and clause; and what they came from.

use crate::assessing::Learner;
use crate::error::{Error, Result};
use crate::evidence::digest;
use crate::facts;
use serde::{Serialize, Serializer};
use xueshi_policy::{Assessment, BucketHours, ItemRef, Lang, Text, sentence};

/// The JSON of a result. Its keys, their order and their meaning stand as they are: what was entered is compared with it letter by letter.
pub(crate) fn result_json(result: &Assessment) -> Result<String> {
    let told = Told {
        duty: &result.duty,
        title: Words::of(&result.duty_title),
        year: result.year,
        from: result.window.0.to_string(),
        to: result.window.1.to_string(),
        status: result.status.name(),
        sentence: Words { zh: &sentence(result, Lang::Zh), en: &sentence(result, Lang::En) },
        unit: Words::of(&result.unit),
        total: result.total.0,
        hours: &result.hours,
        requirements: result
            .requirements
            .iter()
            .map(|one| Asked {
                subject: &one.subject,
                title: Words::of(&one.subject_title),
                at_least: one.at_least.map(|hours| hours.0),
                have: one.have.0,
                short: one.short.0,
                met: one.met,
                binding: one.binding,
                policy: &one.item.policy,
                cite: cites(&one.item),
            })
            .collect(),
        records: result
            .records
            .iter()
            .map(|one| Line {
                record: &one.record,
                subject: &one.subject,
                hours: one.hours.0,
                rule: one.rule.as_ref().map(|rule| Rule { policy: &rule.policy, id: &rule.id, title: Words::of(&rule.title), cite: cites(rule) }),
                cuts: one.cuts.iter().map(|cut| Cut { hours: cut.hours.0, policy: &cut.by.policy, cite: cites(&cut.by), title: Words::of(&cut.by.title) }).collect(),
                problem: one.problem.as_ref().map(|problem| Problem { code: &problem.code, message: Words::of(&problem.message) }),
            })
            .collect(),
        policies: policies(result),
    };
    serde_json::to_string(&told).map_err(Error::fault)
}

/// The hash of the canonical facts of a person and the records that count.
pub(crate) fn facts_digest(learner: &Learner) -> String {
    let mut text = facts::to_json(&learner.facts);
    for record in &learner.records {
        text.push('\n');
        text.push_str(&record.id.to_string());
        text.push(' ');
        text.push_str(&facts::to_json(&record.facts));
    }
    digest(text.as_bytes())
}

/// What a result came from: the hash of the canonical facts, the facts of the person (those of records stand in their entries), and the
/// hash of each policy.
pub(crate) fn basis(learner: &Learner, result: &Assessment) -> Result<String> {
    let basis = Basis { facts: facts_digest(learner), person: &learner.facts, region: &learner.region, sector: learner.sector.as_deref(), policies: policies(result) };
    serde_json::to_string(&basis).map_err(Error::fault)
}

#[derive(Serialize)]
struct Words<'a> {
    zh: &'a str,
    en: &'a str,
}

impl<'a> Words<'a> {
    fn of(text: &'a Text) -> Self {
        Self { zh: &text.zh, en: text.get(Lang::En) }
    }
}

#[derive(Serialize)]
struct Told<'a> {
    duty: &'a str,
    title: Words<'a>,
    year: i16,
    from: String,
    to: String,
    status: &'a str,
    sentence: Words<'a>,
    unit: Words<'a>,
    total: i64,
    #[serde(serialize_with = "by_bucket")]
    hours: &'a [BucketHours],
    requirements: Vec<Asked<'a>>,
    records: Vec<Line<'a>>,
    policies: Vec<Policy<'a>>,
}

#[derive(Serialize)]
struct Hour<'a> {
    title: Words<'a>,
    hours: i64,
}

fn by_bucket<S: Serializer>(hours: &&[BucketHours], to: S) -> std::result::Result<S::Ok, S::Error> {
    to.collect_map(hours.iter().map(|one| (&*one.bucket, Hour { title: Words::of(&one.title), hours: one.hours.0 })))
}

#[derive(Serialize)]
struct Asked<'a> {
    subject: &'a str,
    title: Words<'a>,
    at_least: Option<i64>,
    have: i64,
    short: i64,
    met: Option<bool>,
    binding: bool,
    policy: &'a str,
    cite: Vec<&'a str>,
}

#[derive(Serialize)]
struct Line<'a> {
    record: &'a str,
    subject: &'a str,
    hours: i64,
    rule: Option<Rule<'a>>,
    cuts: Vec<Cut<'a>>,
    problem: Option<Problem<'a>>,
}

#[derive(Serialize)]
struct Rule<'a> {
    policy: &'a str,
    id: &'a str,
    title: Words<'a>,
    cite: Vec<&'a str>,
}

#[derive(Serialize)]
struct Cut<'a> {
    hours: i64,
    policy: &'a str,
    cite: Vec<&'a str>,
    title: Words<'a>,
}

#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    message: Words<'a>,
}

#[derive(Serialize)]
struct Policy<'a> {
    id: &'a str,
    sha256: &'a str,
}

#[derive(Serialize)]
struct Basis<'a> {
    facts: String,
    person: &'a facts::Facts,
    region: &'a str,
    sector: Option<&'a str>,
    policies: Vec<Policy<'a>>,
}

fn policies(result: &Assessment) -> Vec<Policy<'_>> {
    result.policies.iter().map(|policy| Policy { id: &policy.id, sha256: &policy.hash }).collect()
}

fn cites(item: &ItemRef) -> Vec<&str> {
    item.cite.iter().map(|cite| &**cite).collect()
}
