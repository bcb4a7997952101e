//! Who may come to an address at all. Every address stands in the router with its door; what may be done to which person's affairs is
//! decided by the registry for each thing.

use super::errors::Failed;
use super::session::Current;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use xueshi_registry::{Action, Actor};

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// Anybody.
    Open,
    /// Who gave a password; the second factor may still be to come.
    Half,
    /// Who is signed in, in any role.
    In,
    /// Who is signed in in a role that may ever do this.
    For(Action),
    /// The same, in an officer's role: not for oneself.
    Officer(Action),
}

impl Door {
    /// Whether it is open to somebody who is signed in.
    pub(super) fn lets_in(self, actor: &Actor) -> bool {
        match self {
            Self::Open | Self::Half | Self::In => true,
            Self::For(action) => actor.may_ever(action),
            Self::Officer(action) => actor.held.role.is_officer() && actor.may_ever(action),
        }
    }
}

/// Lets a request through a door, or not. What changes something comes from our own pages.
pub(super) async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    if ![Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method()) && foreign(&request) {
        return Failed::Forbidden.into_response();
    }
    match allowed(door, request.extensions().get::<Arc<Current>>().map(Arc::as_ref), request.uri().path()) {
        Ok(()) => next.run(request).await,
        Err(failed) => failed.into_response(),
    }
}

fn allowed(door: Door, current: Option<&Current>, path: &str) -> Result<(), Failed> {
    let signed_out = || Failed::NotSignedIn(path.to_owned());
    match door {
        Door::Open => Ok(()),
        Door::Half => current.map(drop).ok_or_else(signed_out),
        Door::In => current.and_then(|current| current.session.actor.as_ref()).map(drop).ok_or_else(signed_out),
        Door::For(_) | Door::Officer(_) => {
            let actor = current.and_then(|current| current.session.actor.as_ref()).ok_or_else(signed_out)?;
            if door.lets_in(actor) { Ok(()) } else { Err(Failed::Forbidden) }
        }
    }
}

/// Whether a browser says that another site sent this.
fn foreign(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match (header("sec-fetch-site"), header("origin"), header("host")) {
        (Some(site), ..) => !["same-origin", "none"].contains(&site),
        (None, Some(origin), Some(host)) => origin.split_once("://").map(|(_, from)| from) != Some(host),
        _ => false,
    }
}
