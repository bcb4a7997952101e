//! What a professional sees and does: the year, a record and its way, declaring, who looked at the data, documents.
//!
//! ```text
//! home ── answer (how a duty stands) + lines (records)      record ── its way, its hours, its proofs, the steps open now
//! declare ── sent (what the form held) ── fields (what a rule asks)      documents ── printing      looked_at
//! ```

pub(in crate::web) mod answer;
pub(in crate::web) mod data;
pub(in crate::web) mod declare;
pub(in crate::web) mod deliveries;
pub(in crate::web) mod documents;
pub(in crate::web) mod form;
pub(in crate::web) mod home;
pub(in crate::web) mod lines;
pub(in crate::web) mod looked_at;
pub(in crate::web) mod record;
pub(in crate::web) mod sent;
pub(in crate::web) mod steps;

use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::Visit;
use std::sync::Arc;
use xueshi_policy::{Lang, Stack, Text};
use xueshi_registry::PersonShown;
use xueshi_registry::flow::State;

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// The person who is signed in.
fn own(signed: &Signed) -> Result<i64, Failed> {
    signed.actor.person.ok_or(Failed::Forbidden)
}

/// The stacks that answer for a person in a year.
///
/// # Errors
/// If there is no such year, or policies do not compile.
pub(in crate::web) fn stacks(app: &App, person: &PersonShown, year: i64) -> Result<Arc<Vec<Arc<Stack>>>, Failed> {
    let year = i16::try_from(year).map_err(|_| Failed::NotFound)?;
    app.engine.stacks(&person.region, person.sector.as_deref(), year).map_err(|found| Failed::Internal(format!("{} policies do not compile", found.len())))
}

/// What a kind of organisation is called: by the regulations, else by the words of the pages.
fn holder(stacks: &[Arc<Stack>], kind: &str, visit: &Visit) -> String {
    let stages = stacks.iter().flat_map(|stack| stack.stages());
    let named = stages.flat_map(|stage| stage.by).find(|(id, _)| **id == *kind).map(|(_, title)| visit.say(&title).to_owned());
    named.or_else(|| visit.word(&format!("holders.{kind}"), &[]).ok()).unwrap_or_else(|| kind.to_owned())
}

/// Any one of several kinds of organisations.
fn holders(stacks: &[Arc<Stack>], kinds: &[String], visit: &Visit) -> String {
    let all: Vec<String> = kinds.iter().map(|kind| holder(stacks, kind, visit)).collect();
    all.join(if visit.lang == Lang::Zh { "或" } else { " or " })
}

/// The word of a state.
fn state_word(state: Option<&'static State>, visit: &Visit) -> String {
    state.map(|state| visit.say(&Text::new(state.zh, state.en)).to_owned()).unwrap_or_default()
}

/// How a state is coloured.
fn tone(state: &str) -> &'static str {
    match state {
        "accepted" | "verified" => "ok",
        "waiting" | "reopened" => "wait",
        "returned" | "rejected" | "revoked" => "no",
        _ => "",
    }
}
