//! Who asks: a bearer token, or a browser's session. A session that changes something sends the session's token in a header, since a
//! browser sends cookies along with what other sites ask of it.

use super::describe::{Input, Sketch};
use super::problem::Code;
use crate::web::errors::Failed;
use crate::web::session::Current;
use crate::web::state::App;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::convert::Infallible;
use std::sync::Arc;
use xueshi_registry::{Machine, Scope, SecondFactor, Session};

/// The header that carries the token of a session; `GET /api/v1/me` tells it.
pub(super) const CSRF: &str = "x-csrf-token";

/// Marks a request whose principal came with a bearer token, which no browser sends by itself; and what the token is for.
#[derive(Clone, Debug)]
pub(in crate::web) struct ByToken(Vec<Scope>);

/// What whoever asks came with: a key is for some uses, a session for all that its role may.
#[derive(Clone, Debug)]
pub(in crate::web) struct Uses(Option<ByToken>);

impl Uses {
    /// Refuses what a key is not for.
    ///
    /// # Errors
    /// That it is not allowed.
    pub(super) fn must(&self, scope: Scope) -> Result<(), Failed> {
        if self.0.as_ref().is_none_or(|key| key.0.contains(&scope)) { Ok(()) } else { Err(Code::NotAllowed.into()) }
    }
}

impl<S: Sync> FromRequestParts<S> for Uses {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<ByToken>().cloned()))
    }
}

impl Input for Uses {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.refuses(&[Code::NotAllowed, Code::TooMany]);
    }
}

/// The token of `Authorization: Bearer …`; nothing where the header is not sent, an empty one where it holds something else.
pub(in crate::web) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(AUTHORIZATION)?;
    let parts = header.to_str().ok().and_then(|value| value.split_once(' '));
    Some(parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map_or("", |(_, token)| token.trim()))
}

/// Who a bearer token stands for, and for what; nothing for a token that is unknown or revoked.
///
/// # Errors
/// If it came too often.
pub(in crate::web) async fn of_token(app: &App, token: &str) -> Result<Option<(Current, ByToken)>, Failed> {
    let key = token.to_owned();
    let machine = app.ask(move |registry| registry.machine(&key).map(|machine| (machine, registry.now()))).await?;
    let (Some(machine), now) = machine else { return Ok(None) };
    let Machine { actor, scopes } = machine;
    let session = Session { account: actor.account, roles: vec![actor.held.clone()], actor: Some(actor), csrf: String::new(), second_factor: SecondFactor::Done, seen_at: now };
    Ok(Some((Current { token: token.to_owned(), session }, ByToken(scopes))))
}

/// Refuses what a session would change without its token.
pub(in crate::web) async fn own_pages(request: Request, next: Next) -> Response {
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let by_token = request.extensions().get::<ByToken>().is_some();
    let given = request.headers().get(CSRF).and_then(|value| value.to_str().ok());
    let session = request.extensions().get::<Arc<Current>>();
    if safe || by_token || session.is_some_and(|current| given == Some(&current.session.csrf)) {
        return next.run(request).await;
    }
    Failed::from(Code::Csrf).into_response()
}
