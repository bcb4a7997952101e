//! `/account`: the ways in which one can sign in to one's account, beside the password.

use crate::web::client::Client;
use crate::web::errors::Failed;
use crate::web::session::{Current, Posted, Signed};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::time::minute_of;
use xueshi_registry::{Actor, Identity, Registry, SignInLink};

/// Time to confirm a link, in microseconds.
const TIME: i64 = 10 * 60_000_000;

#[derive(Serialize)]
struct Page {
    links: Vec<Link>,
    /// The provider that can be linked, as its button names it; empty where it is linked, or there is none.
    with: String,
    /// An identity that came back and is to be confirmed, sealed.
    sealed: String,
    error: String,
}

#[derive(Serialize)]
struct Link {
    id: i64,
    /// As its button names it; its address where it is no longer in use.
    name: String,
    since: String,
}

/// An identity that was seen, until when it can be confirmed.
#[derive(Deserialize, Serialize)]
struct Seen {
    issuer: String,
    subject: String,
    until: i64,
}

/// `GET /account`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed) -> Result<Response, Failed> {
    page(&app, &visit, &actor, String::new(), String::new()).await
}

/// The page that asks for the password before an identity is linked: who only found a browser open can not add a way of his own.
///
/// # Errors
/// If the links can not be read.
pub(in crate::web) async fn confirm(app: &Arc<App>, visit: &Visit, actor: &Actor, identity: Identity) -> Result<Response, Failed> {
    let purpose = purpose(actor);
    let sealed = app.ask(move |registry| {
        let seen = Seen { issuer: identity.issuer, subject: identity.subject, until: registry.now() + TIME };
        let text = serde_json::to_vec(&seen).map_err(|error| xueshi_registry::Error::Fault(error.to_string()))?;
        registry.seal_for_browser(&text, &purpose)
    });
    page(app, visit, actor, sealed.await?, String::new()).await
}

/// The page with why something was not done.
///
/// # Errors
/// If the links can not be read.
pub(in crate::web) async fn refused(app: &Arc<App>, visit: &Visit, actor: &Actor, sealed: String, error: String) -> Result<Response, Failed> {
    let mut response = page(app, visit, actor, sealed, error).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// What confirms a link.
#[derive(Deserialize)]
pub(in crate::web) struct Confirmed {
    sealed: String,
    password: String,
}

/// `POST /account/link`.
pub(in crate::web) async fn link(
    State(app): State<Arc<App>>,
    visit: Visit,
    client: Client,
    Signed { actor }: Signed,
    Posted(Confirmed { sealed, password }): Posted<Confirmed>,
) -> Result<Response, Failed> {
    let (by, given) = (actor.clone(), sealed.clone());
    let linked = app.ask(move |registry| registry.link_sign_in(&by, &seen(registry, &by, &given)?, &password, &client.0));
    match linked.await {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        Err(Failed::Unprocessable(why) | Failed::TooMany(why)) => refused(&app, &visit, &actor, sealed, visit.say(&why).to_owned()).await,
        Err(other) => Err(other),
    }
}

/// Which link.
#[derive(Deserialize)]
pub(in crate::web) struct Chosen {
    link: i64,
}

/// `POST /account/unlink`.
pub(in crate::web) async fn unlink(State(app): State<Arc<App>>, current: Current, Signed { actor }: Signed, Posted(chosen): Posted<Chosen>) -> Result<Response, Failed> {
    app.ask(move |registry| registry.unlink_sign_in(&actor, chosen.link, &current.token)).await?;
    Ok(Redirect::to("/account").into_response())
}

fn purpose(actor: &Actor) -> String {
    format!("sign-in-link/{}", actor.account)
}

fn seen(registry: &Registry, actor: &Actor, sealed: &str) -> xueshi_registry::Result<Identity> {
    let bytes = registry.unseal_for_browser(sealed, &purpose(actor))?;
    let seen: Option<Seen> = serde_json::from_slice(&bytes).ok();
    let seen = seen.filter(|seen| seen.until > registry.now()).ok_or_else(xueshi_registry::Error::wrong_state)?;
    Ok(Identity { issuer: seen.issuer, subject: seen.subject })
}

async fn page(app: &Arc<App>, visit: &Visit, actor: &Actor, sealed: String, error: String) -> Result<Response, Failed> {
    let by = actor.clone();
    let links = app.ask(move |registry| registry.sign_in_links(&by)).await?;
    let current = app.openid.as_ref();
    let is_linked = current.is_some_and(|openid| links.iter().any(|link| link.issuer == openid.issuer()));
    let with = current.filter(|_| !is_linked).map(|openid| visit.say(openid.label()).to_owned()).unwrap_or_default();
    let name = |link: &SignInLink| current.filter(|openid| openid.issuer() == link.issuer).map_or_else(|| link.issuer.clone(), |openid| visit.say(openid.label()).to_owned());
    let links = links.iter().map(|link| Link { id: link.id, name: name(link), since: minute_of(link.linked_at) }).collect();
    visit.page("account.html", Serde(Page { links, with, sealed, error }))
}
