//! Who is signed in. One layer reads the session, or the API's token, of every request; doors (see [`super::door`]) and pages look at what it found.

use super::api::{self, auth};
use super::errors::Failed;
use super::state::App;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::{Actor, Session};

/// The session of a request.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    /// What the browser holds.
    pub(super) token: String,
    /// What it stands for.
    pub(super) session: Session,
}

/// Who acts; pages behind a door always have one.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    /// The account in its role.
    pub(super) actor: Actor,
}

/// The fields of a form that was posted with its token.
#[derive(Debug)]
pub(crate) struct Posted<T>(pub(super) T);

/// A session that nobody used for a minute is marked as used.
const MARK: i64 = 60_000_000;

/// Reads the session of a request.
pub(super) async fn load(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    // Who sends a token, whatever it is, is known by it alone; pages know no tokens.
    if let Some(token) = auth::bearer(request.headers()).filter(|_| request.uri().path().starts_with(api::ROOT)) {
        match auth::of_token(&app, token).await {
            Ok(Some((current, uses))) => {
                request.extensions_mut().insert(Arc::new(current));
                request.extensions_mut().insert(uses);
            }
            Ok(None) => {}
            Err(failed) => return failed.into_response(),
        }
        return next.run(request).await;
    }
    let token = CookieJar::from_headers(request.headers()).get(cookie_name(&app)).map(|cookie| cookie.value().to_owned());
    if let Some(token) = token {
        let asked = token.clone();
        let found = app.ask(move |registry| {
            let session = registry.session(&asked)?;
            if session.as_ref().is_some_and(|session| registry.now() - session.seen_at > MARK) {
                registry.session_used(&asked)?;
            }
            Ok(session)
        });
        match found.await {
            Ok(Some(session)) => drop(request.extensions_mut().insert(Arc::new(Current { token, session }))),
            Ok(None) => {}
            Err(failed) => return failed.into_response(),
        }
    }
    next.run(request).await
}

/// A name that browsers keep to this host, where there is HTTPS.
fn cookie_name(app: &App) -> &'static str {
    if app.https_only { "__Host-session" } else { "session" }
}

/// The cookie that holds a session.
pub(super) fn cookie(app: &App, token: String) -> Cookie<'static> {
    Cookie::build((cookie_name(app), token)).path("/").http_only(true).secure(app.https_only).same_site(SameSite::Lax).build()
}

/// The cookie that ends it.
pub(super) fn no_cookie(app: &App) -> Cookie<'static> {
    removed(cookie(app, String::new()))
}

/// The cookie of a sign-in by the provider of identities that was begun: it is to come back when the provider sends the browser back.
pub(super) fn begun_cookie(app: &App, sealed: String) -> Cookie<'static> {
    Cookie::build((begun_name(app), sealed)).path("/").http_only(true).secure(app.https_only).same_site(SameSite::Lax).build()
}

/// What the browser keeps of a sign-in that was begun.
pub(super) fn begun(app: &App, jar: &CookieJar) -> Option<String> {
    jar.get(begun_name(app)).map(|cookie| cookie.value().to_owned())
}

/// The cookie that ends it.
pub(super) fn no_begun_cookie(app: &App) -> Cookie<'static> {
    removed(begun_cookie(app, String::new()))
}

fn removed(mut cookie: Cookie<'static>) -> Cookie<'static> {
    cookie.make_removal();
    cookie
}

fn begun_name(app: &App) -> &'static str {
    if app.https_only { "__Host-sign-in" } else { "sign-in" }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        let current = parts.extensions.get::<Arc<Current>>();
        let actor = current.and_then(|current| current.session.actor.clone());
        actor.map(|actor| Self { actor }).ok_or_else(|| Failed::NotSignedIn(parts.uri.path().to_owned()))
    }
}

/// A session, also one whose second factor is still to come.
impl<S: Sync> FromRequestParts<S> for Current {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failed> {
        parts.extensions.get::<Arc<Self>>().map(|current| Self::clone(current)).ok_or_else(|| Failed::NotSignedIn(parts.uri.path().to_owned()))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Current {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Arc<Self>>().map(|current| Self::clone(current)))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Posted<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed> {
        #[derive(Deserialize)]
        struct Token {
            csrf: String,
        }
        let current = request.extensions().get::<Arc<Current>>().cloned();
        let body = axum::body::Bytes::from_request(request, state).await.map_err(|error| Failed::Status(error.status()))?;
        let token: Option<Token> = serde_html_form::from_bytes(&body).ok();
        check_token(current.as_deref(), token.map(|token| token.csrf).as_deref())?;
        serde_html_form::from_bytes(&body).map(Self).map_err(|_| Failed::Unprocessable(Text::new("表单缺少内容，请返回重填。", "The form is not complete. Go back and fill it in again.")))
    }
}

/// Refuses a form without the token of its session: it may have been posted from elsewhere.
///
/// # Errors
/// If the token is missing or another's.
pub(super) fn check_token(current: Option<&Current>, token: Option<&str>) -> Result<(), Failed> {
    match (current, token) {
        (Some(current), Some(token)) if current.session.csrf == token => Ok(()),
        _ => Err(Failed::Forbidden),
    }
}
