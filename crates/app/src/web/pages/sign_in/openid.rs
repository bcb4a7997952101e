//! `/sign-in/with` and `/sign-in/back`: to the provider of identities, and back from it. What was begun is kept sealed by the browser alone.

use super::{arrived, page};
use crate::openid::{Back, Challenge, OpenId, Trouble};
use crate::web::client::Client;
use crate::web::errors::Failed;
use crate::web::pages::account;
use crate::web::session::{Current, begun, begun_cookie, no_begun_cookie};
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::{Actor, Identity, Registry, random_word};

/// What the cookie is sealed for.
const PURPOSE: &str = "sign-in-with";
/// The provider has so long, in microseconds.
const TIME: i64 = 10 * 60_000_000;

/// What is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Wanted {
    /// Where to go on to afterwards.
    next: String,
    /// `1`: who is signed in links the identity with the account.
    link: String,
}

/// What the browser keeps until the provider sends it back.
#[derive(Deserialize, Serialize)]
struct Begun {
    state: String,
    nonce: String,
    verifier: String,
    next: String,
    /// The account that is to be linked.
    link: Option<i64>,
    until: i64,
}

impl Begun {
    fn new(next: String, link: Option<i64>, now: i64) -> xueshi_registry::Result<Self> {
        Ok(Self { state: random_word()?, nonce: random_word()?, verifier: random_word()?, next, link, until: now + TIME })
    }

    fn challenge(&self) -> Challenge<'_> {
        Challenge { state: &self.state, nonce: &self.nonce, verifier: &self.verifier }
    }

    /// What a cookie holds, while it holds.
    fn of(registry: &Registry, sealed: Option<String>) -> Option<Self> {
        let bytes = registry.unseal_for_browser(&sealed?, PURPOSE).ok()?;
        serde_json::from_slice(&bytes).ok().filter(|begun: &Self| begun.until > registry.now())
    }
}

/// The provider; no such page where there is none.
fn provider(app: &App) -> Result<Arc<OpenId>, Failed> {
    app.openid.clone().ok_or(Failed::NotFound)
}

/// `GET /sign-in/with`. A link, no form: a page's forms lead nowhere else.
pub(in crate::web) async fn begin(State(app): State<Arc<App>>, visit: Visit, client: Client, current: Option<Current>, jar: CookieJar, Query(wanted): Query<Wanted>) -> Result<Response, Failed> {
    let (openid, lang) = (provider(&app)?, visit.lang);
    let actor = current.and_then(|current| current.session.actor);
    let link = if wanted.link == "1" { Some(actor.as_ref().ok_or_else(|| Failed::NotSignedIn("/account".to_owned()))?.account) } else { None };
    if let Some(why) = too_many(app.ask(move |registry| registry.count_setting_out(&client.0)).await)? {
        return refused(&app, &visit, actor.filter(|_| link.is_some()), wanted.next, &why).await;
    }
    let next = wanted.next.clone();
    let made = app.run(move |registry| -> xueshi_registry::Result<Result<(String, String), Trouble>> {
        let begun = Begun::new(next, link, registry.now())?;
        let address = match openid.address(&begun.challenge(), lang) {
            Ok(address) => address,
            Err(trouble) => return Ok(Err(trouble)),
        };
        let text = serde_json::to_vec(&begun).map_err(|error| xueshi_registry::Error::Fault(error.to_string()))?;
        Ok(Ok((address, registry.seal_for_browser(&text, PURPOSE)?)))
    });
    match made.await?? {
        Ok((address, sealed)) => Ok((jar.add(begun_cookie(&app, sealed)), Redirect::to(&address)).into_response()),
        Err(trouble) => told(&app, &visit, actor.filter(|_| link.is_some()), wanted.next, &trouble).await,
    }
}

/// `GET /sign-in/back`.
pub(in crate::web) async fn back(State(app): State<Arc<App>>, visit: Visit, client: Client, current: Option<Current>, jar: CookieJar, Query(back): Query<Back>) -> Result<Response, Failed> {
    let openid = provider(&app)?;
    let actor = current.and_then(|current| current.session.actor);
    let sealed = begun(&app, &jar);
    let jar = jar.add(no_begun_cookie(&app));
    let Some(begun) = app.run(move |registry| Begun::of(registry, sealed)).await? else {
        return Ok((jar, told(&app, &visit, None, String::new(), &Trouble::Lost).await?).into_response());
    };
    let (next, link) = (begun.next.clone(), begun.link);
    // Who was to be linked is still there; a sign-in needs nobody.
    let actor = actor.filter(|actor| link == Some(actor.account));
    if link.is_some() && actor.is_none() {
        return Ok((jar, told(&app, &visit, None, next, &Trouble::Lost).await?).into_response());
    }
    let from = client.0.clone();
    if let Some(why) = too_many(app.ask(move |registry| registry.count_sign_in(&from)).await)? {
        return Ok((jar, refused(&app, &visit, actor, next, &why).await?).into_response());
    }
    let identity = app.run(move |registry| openid.identity(&back, &begun.challenge(), registry.now() / 1_000_000)).await?;
    let response = match (identity, actor) {
        (Err(trouble), actor) => told(&app, &visit, actor, next, &trouble).await?,
        (Ok((identity, _)), Some(actor)) => account::confirm(&app, &visit, &actor, identity).await?,
        (Ok((identity, strong)), None) => return signed_in(&app, &visit, client, jar, identity, strong, next).await,
    };
    Ok((jar, response).into_response())
}

/// Why an attempt is one too many, which is told where it was begun.
fn too_many(counted: Result<(), Failed>) -> Result<Option<Text>, Failed> {
    match counted {
        Ok(()) => Ok(None),
        Err(Failed::TooMany(why)) => Ok(Some(why)),
        Err(other) => Err(other),
    }
}

async fn signed_in(app: &Arc<App>, visit: &Visit, client: Client, jar: CookieJar, identity: Identity, strong: bool, next: String) -> Result<Response, Failed> {
    match app.ask(move |registry| registry.sign_in_linked(&identity, strong, &client.0)).await {
        Ok(signed_in) => arrived(app, jar, signed_in, &next).await,
        Err(Failed::Unprocessable(why)) => Ok((jar, refused(app, visit, None, next, &why).await?).into_response()),
        Err(other) => Err(other),
    }
}

async fn told(app: &Arc<App>, visit: &Visit, actor: Option<Actor>, next: String, trouble: &Trouble) -> Result<Response, Failed> {
    trouble.log();
    refused(app, visit, actor, next, &trouble.text()).await
}

/// The page it was begun on, with why it was not done.
async fn refused(app: &Arc<App>, visit: &Visit, actor: Option<Actor>, next: String, why: &Text) -> Result<Response, Failed> {
    let error = visit.say(why).to_owned();
    match actor {
        Some(actor) => account::refused(app, visit, &actor, String::new(), error).await,
        None => page(app, visit, String::new(), next, error),
    }
}
