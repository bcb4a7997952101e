//! `/people/{id}/registration`: everything registered about a person, over time, and the forms that change it. For the person himself and
//! for those who keep it.

use crate::web::errors::Failed;
use crate::web::fields::{Field, capital, of_person, plain};
use crate::web::pages::person::sent::Sent;
use crate::web::places::Choice;
use crate::web::session::{Current, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Multipart, Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_policy::{FactType, Text};
use xueshi_registry::changes::{KINDS, NewChange};
use xueshi_registry::registration::FORM_FIELDS;
use xueshi_registry::transfers::{Kind, NewTransfer};
use xueshi_registry::{Action, Actor, Dated, Facts, Leaving, Registration};

#[derive(Serialize)]
struct Page {
    id: i64,
    name: String,
    employer: String,
    /// The professional's own.
    own: bool,
    identity: String,
    born: String,
    may_keep: bool,
    may_ask: bool,
    posts: Vec<Post>,
    names: Vec<Row>,
    identifiers: Vec<Row>,
    facts: Vec<Row>,
    fields: Vec<Field>,
    kinds: Vec<Choice>,
    transfers: Vec<Choice>,
    replaces: Vec<Choice>,
    /// Whether an agency holds the file now, so that it can go back.
    agency: String,
    second: Vec<Choice>,
    logins: Vec<String>,
    doubles: Vec<(i64, String)>,
    today: String,
    /// Declarations and years that wait for the employer.
    undone: (i64, i64),
    /// What was posted, by field, and what was wrong with it.
    sent: BTreeMap<String, String>,
    form: String,
    error: String,
    /// A first password, shown this once.
    password: Option<(String, String)>,
}

#[derive(Serialize)]
struct Post {
    id: i64,
    employer: String,
    title: String,
    agency: String,
    main: bool,
    held: bool,
    from: String,
    to: String,
    why: String,
}

#[derive(Serialize)]
struct Row {
    label: String,
    value: String,
    from: String,
    to: String,
}

/// What a form that was posted came to.
#[derive(Default)]
struct Came {
    form: String,
    error: String,
    sent: BTreeMap<String, String>,
    password: Option<(String, String)>,
}

/// `GET /me`: one's own registration.
pub(in crate::web) async fn own(Signed { actor }: Signed) -> Result<Response, Failed> {
    let person = actor.person.ok_or(Failed::Forbidden)?;
    Ok(Redirect::to(&format!("/people/{person}/registration")).into_response())
}

/// `GET /people/{id}/registration`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    page(&app, &visit, &actor, id, Came::default()).await
}

/// What came of a form.
enum Done {
    /// The page again.
    Here,
    /// A case to go to.
    Case(i64),
    /// A sign-in name and its first password.
    Password(String, String),
}

/// `POST /people/{id}/registration`: `what` names the form.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, signed: Signed, current: Current, Path(id): Path<i64>, body: Multipart) -> Result<Response, Failed> {
    let sent = Sent::read(body, &current).await?;
    let actor = signed.actor;
    let what = sent.value("what").to_owned();
    let kept: BTreeMap<String, String> = sent.values.iter().cloned().collect();
    let (by, form) = (actor.clone(), what.clone());
    match app.ask(move |registry| take(registry, &by, id, &form, &sent)).await {
        Ok(Done::Here) => Ok(Redirect::to(&format!("/people/{id}/registration")).into_response()),
        Ok(Done::Case(case)) => Ok(Redirect::to(&format!("/matters/{case}")).into_response()),
        Ok(Done::Password(login, password)) => {
            let mut response = page(&app, &visit, &actor, id, Came { password: Some((login, password)), ..Came::default() }).await?;
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Err(Failed::Unprocessable(why)) => again(&app, &visit, &actor, id, (what, why, kept), StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(Failed::Conflict(why)) => again(&app, &visit, &actor, id, (what, why, kept), StatusCode::CONFLICT).await,
        Err(other) => Err(other),
    }
}

async fn again(app: &Arc<App>, visit: &Visit, actor: &Actor, id: i64, (form, why, sent): (String, Text, BTreeMap<String, String>), status: StatusCode) -> Result<Response, Failed> {
    let mut response = page(app, visit, actor, id, Came { form, error: visit.say(&why).to_owned(), sent, password: None }).await?;
    *response.status_mut() = status;
    Ok(response)
}

fn take(registry: &xueshi_registry::Registry, actor: &Actor, id: i64, form: &str, sent: &Sent) -> xueshi_registry::Result<Done> {
    let value = |name: &str| sent.value(&format!("{form}-{name}")).to_owned();
    match form {
        "transfer" => {
            let kind = Kind::of(&value("kind")).ok_or_else(|| xueshi_registry::Error::invalid("kind", "请选择办理哪一种。", "Choose which kind."))?;
            registry.ask_transfer(actor, id, &NewTransfer { kind, to: value("to"), title: value("title"), on: value("on"), reason: value("reason") }).map(Done::Case)
        }
        "change" => {
            let files: Vec<(String, Vec<u8>)> = sent.files.iter().map(|file| (file.name.clone(), file.bytes.clone())).collect();
            let new = NewChange { kind: value("kind"), value: value("value"), replaces: value("replaces"), from: value("from"), reason: value("reason") };
            registry.ask_change(actor, id, &new, &files).map(Done::Case)
        }
        "leave" => {
            let leaving = if value("why") == "retire" { Leaving::Retired } else { Leaving::Left };
            registry.leave(actor, id, leaving, value("post").parse().unwrap_or_default(), &value("on"), &value("reason")).map(|()| Done::Here)
        }
        "main" => registry.make_main(actor, id, value("post").parse().unwrap_or_default(), &value("on")).map(|()| Done::Here),
        "post" => registry.rename_post(actor, id, &value("title"), &value("on")).map(|()| Done::Here),
        "facts" => {
            let prefix = "fact-";
            let facts: Facts = sent.values.iter().filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone()))).collect();
            let facts = emptied(facts, sent.value("facts-all"));
            registry.put_facts(actor, id, &facts, &value("from")).map(|()| Done::Here)
        }
        "account" => registry.give_account(actor, id, &value("login")).map(|password| Done::Password(value("login"), password)),
        _ => Err(xueshi_registry::Error::invalid("what", "请从页面上的表单提交。", "Use a form of the page.")),
    }
}

/// Empty fields are not sent on: what the form asked for and was left empty is told apart from what it did not ask.
fn emptied(mut facts: Facts, all: &str) -> Facts {
    for name in all.split(' ').filter(|name| !name.is_empty()) {
        facts.entry(name.to_owned()).or_default();
    }
    facts
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, id: i64, came: Came) -> Result<Response, Failed> {
    let by = actor.clone();
    let (registered, undone, today) = app
        .ask(move |registry| {
            let registered = registry.registration(&by, id)?;
            let undone = registry.left_undone(&by, id)?;
            Ok::<_, xueshi_registry::Error>((registered, undone, registry.clock().today().to_string()))
        })
        .await?;
    visit.page("registration.html", Serde(shown(visit, actor, registered, undone, today, came)?))
}

fn shown(visit: &Visit, actor: &Actor, of: Registration, undone: (i64, i64), today: String, came: Came) -> Result<Page, Failed> {
    let kind = |value: &str, chosen: &str| -> Result<Choice, Failed> { Ok(Choice { value: value.to_owned(), title: visit.word(&format!("matter.kind-{value}"), &[])?, chosen: value == chosen }) };
    let sent = |name: &str| came.sent.get(name).map(String::as_str).unwrap_or_default().to_owned();
    let held = |post: &&xueshi_registry::PostHeld| post.to.is_none();
    let main = of.posts.iter().filter(held).find(|post| post.main);
    Ok(Page {
        id: of.person.id,
        own: actor.person == Some(of.person.id) && !actor.held.role.is_officer(),
        born: of.born.clone().unwrap_or_default(),
        agency: main.map(|post| post.agency.clone()).unwrap_or_default(),
        fields: fields(visit, &of, &came)?,
        kinds: KINDS.iter().map(|one| kind(one, &sent("change-kind"))).collect::<Result<_, _>>()?,
        replaces: KINDS[1..].iter().map(|one| kind(one, &sent("change-replaces"))).collect::<Result<_, _>>()?,
        transfers: Kind::ALL
            .iter()
            .map(|one| Ok(Choice { value: one.word().to_owned(), title: visit.word(&format!("matter.transfer-{}", one.word()), &[])?, chosen: one.word() == sent("transfer-kind") }))
            .collect::<Result<_, Failed>>()?,
        second: of.posts.iter().filter(held).filter(|post| !post.main).map(|post| Choice { value: post.id.to_string(), title: post.employer.clone(), chosen: false }).collect(),
        posts: of
            .posts
            .iter()
            .map(|post| {
                Ok(Post {
                    id: post.id,
                    employer: post.employer.clone(),
                    title: post.title.clone(),
                    agency: post.agency.clone(),
                    main: post.main,
                    held: post.to.is_none(),
                    from: post.from.clone(),
                    to: post.to.clone().unwrap_or_default(),
                    why: if post.ended_for.is_empty() { String::new() } else { visit.word(&format!("matter.ended-{}", post.ended_for), &[])? },
                })
            })
            .collect::<Result<_, Failed>>()?,
        names: of.names.iter().map(|name| row(String::new(), name.value.clone(), name)).collect(),
        identifiers: of.identifiers.iter().map(|one| Ok(row(visit.word(&format!("matter.kind-{}", one.kind), &[])?, one.value.clone(), one))).collect::<Result<_, Failed>>()?,
        facts: of.facts.iter().map(|fact| Ok(row(label(visit, &of, &fact.kind)?, said(visit, &of, fact), fact))).collect::<Result<_, Failed>>()?,
        logins: of.logins,
        doubles: of.doubles,
        may_keep: of.may_keep,
        may_ask: of.may_ask,
        name: of.person.name,
        employer: of.person.employer,
        identity: of.person.identity_masked,
        undone,
        today,
        form: came.form,
        error: came.error,
        sent: came.sent,
        password: came.password,
    })
}

fn row(label: String, value: String, of: &Dated) -> Row {
    Row { label, value, from: of.from.clone(), to: of.to.clone().unwrap_or_default() }
}

/// What an item is called.
fn label(visit: &Visit, of: &Registration, name: &str) -> Result<String, Failed> {
    match of.columns.iter().find(|column| column.id == name) {
        Some(column) => Ok(capital(visit.say(&column.title))),
        None if FORM_FIELDS.contains(&name) => visit.word(&format!("matter.field-{name}"), &[]),
        None => Ok(name.to_owned()),
    }
}

/// A value as people say it.
fn said(visit: &Visit, of: &Registration, fact: &Dated) -> String {
    let Some(column) = of.columns.iter().find(|column| column.id == fact.kind) else { return fact.value.clone() };
    if column.kind == FactType::YesNo {
        let yes = ["yes", "是", "true", "1"].contains(&fact.value.as_str());
        return visit.say(&if yes { Text::new("是", "yes") } else { Text::new("否", "no") }).to_owned();
    }
    column.codes.iter().find(|code| code.id == fact.value).map_or_else(|| fact.value.clone(), |code| visit.say(&code.title).to_owned())
}

/// What can be edited: what the policies of the place ask about persons, and what forms print.
fn fields(visit: &Visit, of: &Registration, came: &Came) -> Result<Vec<Field>, Failed> {
    let held = |name: &str| {
        let sent = came.sent.get(&format!("fact-{name}")).filter(|_| came.form == "facts");
        let now = of.facts.iter().find(|fact| fact.kind == name && fact.to.is_none()).map(|fact| &fact.value);
        sent.or(now).cloned().unwrap_or_default()
    };
    let mut all: Vec<Field> = of.columns.iter().filter(|column| column.id != "in_service").map(|column| of_person(column, visit, &held(&column.id))).collect();
    for name in FORM_FIELDS {
        if of.columns.iter().any(|column| column.id == name) {
            continue;
        }
        let value = held(name);
        let sexes = [Text::new("男", "male"), Text::new("女", "female")];
        let options = if name == "sex" { sexes.iter().map(|sex| Choice { value: sex.zh.clone(), title: visit.say(sex).to_owned(), chosen: sex.zh == value }).collect() } else { Vec::new() };
        all.push(plain(name, visit.word(&format!("matter.field-{name}"), &[])?, &value, options));
    }
    for field in &mut all {
        field.name = format!("fact-{}", field.name);
    }
    Ok(all)
}

/// Whether an actor keeps people at all; for links of other pages.
pub(super) fn keeps(actor: &Actor) -> bool {
    actor.may_ever(Action::Keep)
}
