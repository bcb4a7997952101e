//! `/home`: a year at a glance: what lacks, what waits on whom, what counted and why.

use super::answer::{Duty, Standing};
use super::lines::{Carried, Line, carried, lines};
use super::{own, stacks};
use crate::printing;
use crate::web::errors::Failed;
use crate::web::pages::people::grants;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::Visit;
use axum::extract::{Query, State};
use axum::response::Response;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::{Hours, Lang, Text};
use xueshi_registry::documents::{DocumentLine, Standing as Holds, grouped};
use xueshi_registry::time::{day_of, minute_of};
use xueshi_registry::{Determination, Home};

/// Which year.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Asked {
    year: Option<i64>,
}

#[derive(Serialize)]
struct Page {
    id: i64,
    name: String,
    employer: String,
    post: String,
    year: i64,
    years: Vec<i64>,
    duties: Vec<Duty>,
    /// It is the person's turn.
    mine: Vec<Line>,
    lines: Vec<Line>,
    carried: Vec<Carried>,
    determined: Vec<Determined>,
    documents: Vec<Document>,
    /// Exemptions, reasons and discipline of the year.
    grants: Vec<grants::Line>,
    /// The registration card that a regulation of the place shows; empty where none does.
    card: String,
    /// The first year there is something of.
    since: i64,
}

/// A result that was determined.
#[derive(Serialize)]
struct Determined {
    obligation: i64,
    title: String,
    sentence: String,
    total: String,
    unit: String,
    on: String,
    frozen: bool,
    /// A document says this already, and holds.
    printed: bool,
}

/// A document that was handed out.
#[derive(Serialize)]
struct Document {
    id: i64,
    kind: String,
    year: Option<i64>,
    code: String,
    on: String,
    /// `valid`, `superseded` or `revoked`.
    holds: &'static str,
    reason: String,
}

/// `GET /home`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, signed: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let person = own(&signed)?;
    let (home, documents, today, now) = app
        .ask(move |registry| {
            let today = registry.clock().today();
            let year = asked.year.unwrap_or_else(|| i64::from(today.year()));
            Ok((registry.home(&signed.actor, person, year)?, registry.documents(&signed.actor, person)?, today, registry.now()))
        })
        .await?;
    let stacks = stacks(&app, &home.person, home.year)?;
    let teller = Teller::new(&app, &visit);
    let waiting = home.lines.iter().filter(|line| line.state == "waiting").count();
    let mut duties = Vec::new();
    for (result, readings) in home.standing.iter().zip(&home.readings) {
        let hoped = home.hoped.iter().find(|other| other.duty == result.duty);
        duties.push(Standing { now: result, hoped, readings, waiting, today }.told(&teller)?);
    }
    let (mine, lines) = lines(&home, &stacks, now, &teller)?.into_iter().partition(Line::is_mine);
    let page = Page {
        id: home.person.id,
        name: home.person.name.clone(),
        employer: home.person.employer.clone(),
        post: home.person.post.clone(),
        year: home.year,
        years: years(&home, i64::from(today.year())),
        duties,
        mine,
        lines,
        carried: carried(&home, &teller)?,
        determined: home.determinations.iter().map(|one| determined(one, &documents, &visit)).collect(),
        documents: documents.iter().map(document).collect(),
        grants: home.grants.iter().map(|one| grants::line(&visit, one)).collect::<Result<_, _>>()?,
        card: printing::card_form(&stacks).map(|form| form.title.pick(visit.lang == Lang::Zh).to_owned()).unwrap_or_default(),
        since: home.years.iter().copied().min().unwrap_or(home.year),
    };
    visit.page("home.html", Serde(page))
}

/// The years to choose from, this one among them.
fn years(home: &Home, today: i64) -> Vec<i64> {
    let mut years = home.years.clone();
    if !years.contains(&today) {
        years.push(today);
        years.sort_unstable_by(|a, b| b.cmp(a));
    }
    years
}

fn determined(one: &Determination, documents: &[DocumentLine], visit: &Visit) -> Determined {
    let text = |value: &serde_json::Value| {
        let word = |lang: &str| value[lang].as_str().unwrap_or_default().to_owned();
        visit.say(&Text::new(word("zh"), word("en"))).to_owned()
    };
    Determined {
        obligation: one.obligation,
        title: text(&one.result["title"]),
        sentence: text(&one.result["sentence"]),
        total: Hours(one.total).to_string(),
        unit: text(&one.result["unit"]),
        on: day_of(one.at).to_string(),
        frozen: one.frozen,
        printed: documents.iter().any(|document| document.year == Some(one.year) && document.standing == Holds::Valid && document.issued_at >= one.at),
    }
}

fn document(one: &DocumentLine) -> Document {
    let (holds, reason) = match &one.standing {
        Holds::Valid => ("valid", String::new()),
        Holds::Superseded(by) => ("superseded", by.as_deref().map(grouped).unwrap_or_default()),
        Holds::Revoked(_, reason) => ("revoked", reason.clone()),
    };
    Document { id: one.id, kind: one.kind.clone(), year: one.year, code: grouped(&one.code), on: minute_of(one.issued_at), holds, reason }
}
