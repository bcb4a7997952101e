//! `/people/{id}/grants`: exemptions and reasons of a year, and the record of discipline: what the regulations allow, who approves, what was asked
//! for; and the forms. For the person himself and for those who keep the registration.

use crate::web::errors::Failed;
use crate::web::law::Cite;
use crate::web::pages::desk::{state_chip, state_word};
use crate::web::pages::person::sent::Sent;
use crate::web::places::Choice;
use crate::web::session::{Current, Signed};
use crate::web::state::App;
use crate::web::told::Teller;
use crate::web::visit::Visit;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_policy::{ItemRef, Text};
use xueshi_registry::flow::Flow;
use xueshi_registry::grants::{GrantLine, Grants, GroundHere, NewBreach, NewExemption, ground_key};
use xueshi_registry::{Actor, Registry};

/// Years that can be chosen, the running one among them.
const YEARS: i64 = 6;

/// Which year.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    year: String,
}

#[derive(Serialize)]
struct Page {
    id: i64,
    name: String,
    own: bool,
    year: i64,
    years: Vec<i64>,
    grounds: Vec<Ground>,
    consequences: Vec<Says>,
    /// Who decides on a reason.
    deciders: String,
    discipline: Vec<Says>,
    breaches: Vec<Choice>,
    lines: Vec<Line>,
    may_ask: bool,
    may_record: bool,
    today: String,
    /// What was posted, by field, and what was wrong with it.
    sent: BTreeMap<String, String>,
    form: String,
    error: String,
}

#[derive(Serialize)]
struct Ground {
    value: String,
    title: String,
    chosen: bool,
    cites: Vec<Cite>,
    /// Who approves as the text says it, and the organisation named here; each empty where there is none.
    approver: (String, String),
    /// The same for those who have returned; nothing where it is the same.
    returned: Option<(String, String)>,
}

#[derive(Serialize)]
struct Says {
    text: String,
    cites: Vec<Cite>,
}

/// Something that was asked for or recorded, in a list.
#[derive(Debug, Serialize)]
pub(in crate::web) struct Line {
    case: i64,
    title: String,
    state: &'static str,
    chip: &'static str,
    from: String,
    to: String,
}

/// A line in words.
///
/// # Errors
/// If a word is missing.
pub(in crate::web) fn line(visit: &Visit, one: &GrantLine) -> Result<Line, Failed> {
    let flow = Flow::of(&one.flow).ok_or_else(|| Failed::Internal(format!("flow {}", one.flow)))?;
    Ok(Line {
        case: one.case,
        title: visit.word(&format!("matter.{}-{}", one.flow, one.kind), &[])?,
        state: state_word(visit, flow, &one.state),
        chip: state_chip(&one.state),
        from: one.from.clone(),
        to: one.to.clone(),
    })
}

/// What a form that was posted came to.
#[derive(Default)]
struct Came {
    form: String,
    error: String,
    sent: BTreeMap<String, String>,
}

/// `GET /people/{id}/grants`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, (id, &asked.year), Came::default()).await
}

/// `POST /people/{id}/grants`: `what` names the form.
pub(in crate::web) async fn post(
    State(app): State<Arc<App>>,
    visit: Visit,
    signed: Signed,
    current: Current,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
    body: Multipart,
) -> Result<Response, Failed> {
    let sent = Sent::read(body, &current).await?;
    let (actor, form) = (signed.actor, sent.value("what").to_owned());
    let kept: BTreeMap<String, String> = sent.values.iter().cloned().collect();
    let (by, what, of_year) = (actor.clone(), form.clone(), asked.year.clone());
    let (why, status) = match app.ask(move |registry| take(registry, &by, id, (&what, &of_year), &sent)).await {
        Ok(case) => return Ok(Redirect::to(&format!("/matters/{case}")).into_response()),
        Err(Failed::Unprocessable(why)) => (why, StatusCode::UNPROCESSABLE_ENTITY),
        Err(Failed::Conflict(why)) => (why, StatusCode::CONFLICT),
        Err(other) => return Err(other),
    };
    let mut response = page(&app, &visit, &actor, (id, &asked.year), Came { form, error: visit.say(&why).to_owned(), sent: kept }).await?;
    *response.status_mut() = status;
    Ok(response)
}

/// Sends a form on; gives its case.
fn take(registry: &Registry, actor: &Actor, id: i64, (form, year): (&str, &str), sent: &Sent) -> xueshi_registry::Result<i64> {
    let value = |name: &str| sent.value(&format!("{form}-{name}")).to_owned();
    let files: Vec<(String, Vec<u8>)> = sent.files.iter().map(|file| (file.name.clone(), file.bytes.clone())).collect();
    match form {
        "exemption" => {
            let new = NewExemption { ground: value("ground"), returned: value("returned") == "yes", from: value("from"), to: value("to"), reason: value("reason") };
            registry.ask_exemption(actor, id, &new, &files)
        }
        "reason" => registry.ask_reason(actor, id, year.parse().unwrap_or_default(), &value("reason"), &files),
        "breach" => registry.record_breach(actor, id, &NewBreach { kind: value("kind"), on: value("on"), reason: value("reason") }, &files),
        _ => Err(xueshi_registry::Error::invalid("what", "请从页面上的表单提交。", "Use a form of the page.")),
    }
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, (id, year): (i64, &str), came: Came) -> Result<Response, Failed> {
    let (by, year) = (actor.clone(), year.trim().parse::<i64>().ok());
    let (grants, year, today) = app
        .ask(move |registry| {
            let today = registry.clock().today();
            let year = year.unwrap_or_else(|| i64::from(today.year()));
            Ok::<_, xueshi_registry::Error>((registry.grants(&by, id, year)?, year, today))
        })
        .await?;
    let mut years: Vec<i64> = (i64::from(today.year()) - YEARS + 1..=i64::from(today.year())).rev().collect();
    if !years.contains(&year) {
        years.push(year);
        years.sort_unstable_by(|a, b| b.cmp(a));
    }
    let own = actor.person == Some(grants.person.0) && !actor.held.role.is_officer();
    visit.page("grants.html", Serde(shown(&Teller::new(app, visit), grants, (own, year, years, today.to_string()), came)?))
}

fn shown(teller: &Teller<'_>, of: Grants, (own, year, years, today): (bool, i64, Vec<i64>, String), came: Came) -> Result<Page, Failed> {
    let visit = teller.visit;
    let says = |text: &Text, item: &ItemRef| Ok::<_, Failed>(Says { text: visit.say(text).to_owned(), cites: teller.cites(item)? });
    let chosen = |field: &str, value: &str| came.sent.get(field).is_some_and(|sent| sent == value);
    let deciders = of.deciders.iter().map(|kind| visit.word(&format!("holders.{kind}"), &[])).collect::<Result<Vec<_>, _>>()?;
    let ground = |one: &GroundHere| {
        let ground = &one.listed.ground;
        let value = ground_key(ground);
        let named = |text: &Text, here: &Option<String>| (visit.say(text).to_owned(), here.clone().unwrap_or_default());
        let (approver, returned) = (named(&ground.approver, &one.approver), named(&ground.returned, &one.returned));
        Ok::<_, Failed>(Ground {
            title: visit.say(&ground.title).to_owned(),
            chosen: chosen("exemption-ground", &value),
            cites: teller.cites(&ground.item)?,
            returned: (approver != returned).then_some(returned),
            approver,
            value,
        })
    };
    let breach = |kind: &str| Ok::<_, Failed>(Choice { value: kind.to_owned(), title: visit.word(&format!("matter.discipline-{kind}"), &[])?, chosen: chosen("breach-kind", kind) });
    Ok(Page {
        id: of.person.0,
        name: of.person.1,
        own,
        year,
        years,
        grounds: of.grounds.iter().map(ground).collect::<Result<_, _>>()?,
        consequences: of.consequences.iter().map(|one| says(&one.message, &one.item)).collect::<Result<_, _>>()?,
        deciders: deciders.join(visit.say(&Text::new("或", " or "))),
        discipline: of.discipline.iter().map(|one| Ok(Says { text: visit.say(&one.gist).to_owned(), cites: teller.cites_of(&one.policy, [one.clause.as_str()])? })).collect::<Result<_, Failed>>()?,
        breaches: ["refusal", "breach"].into_iter().map(breach).collect::<Result<_, _>>()?,
        lines: of.lines.iter().map(|one| line(visit, one)).collect::<Result<_, _>>()?,
        may_ask: of.may_ask,
        may_record: of.may_record,
        today,
        sent: came.sent,
        form: came.form,
        error: came.error,
    })
}
