//! What is answered when something does not work: one error, shown as a page, to programs as JSON, and under `/api` as a problem (see
//! [`super::api::problem`]).
//!
//! A handler returns [`Failed`]; [`present`], outside of all handlers, puts it into words of the visitor's language. It also takes over
//! the answers of the layers between (too large, too slow, no such method), which know no words.

use super::api::{self, problem::Problem};
use super::state::App;
use super::visit::Visit;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::value::Serde;
use serde::Serialize;
use std::sync::Arc;
use xueshi_policy::Text;

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failed {
    /// There is nothing at this address, or nothing that this visitor may know of.
    NotFound,
    /// This visitor may not do this.
    Forbidden,
    /// Nobody is signed in: browsers are led to the form, and back to this path afterwards.
    NotSignedIn(String),
    /// It changed meanwhile, or this step is not open: why, and what to do.
    Conflict(Text),
    /// Too many attempts.
    TooMany(Text),
    /// What was sent can not be accepted: what is wrong and what would be accepted.
    Unprocessable(Text),
    /// A mistake of ours; the words are for the log only.
    Internal(String),
    /// Any other status that a layer answered.
    Status(StatusCode),
    /// A problem of the API, with its code.
    Api(Box<Problem>),
}

impl Failed {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotSignedIn(_) => StatusCode::UNAUTHORIZED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Status(status) => *status,
            Self::Api(problem) => problem.status(),
        }
    }

    /// The table of words that speaks of it.
    fn words(&self) -> &'static str {
        match self.status() {
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::UNAUTHORIZED => "signed-out",
            StatusCode::CONFLICT => "conflict",
            StatusCode::TOO_MANY_REQUESTS => "too-many",
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => "unprocessable",
            StatusCode::METHOD_NOT_ALLOWED => "method",
            StatusCode::PAYLOAD_TOO_LARGE => "too-large",
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => "busy",
            _ => "internal",
        }
    }
}

/// A path as a value of a query.
fn encoded(path: &str) -> String {
    path.bytes().map(|c| if c.is_ascii_alphanumeric() || b"/-_.".contains(&c) { char::from(c).to_string() } else { format!("%{c:02X}") }).collect()
}

impl From<xueshi_registry::Error> for Failed {
    fn from(error: xueshi_registry::Error) -> Self {
        use xueshi_registry::{Error, Why};
        match error {
            Error::Refused(refusal) => match refusal.why {
                Why::NotSignedIn | Why::Invalid => Self::Unprocessable(refusal.text),
                Why::NotAllowed => Self::Forbidden,
                Why::NotFound => Self::NotFound,
                Why::Stale | Why::WrongState | Why::Duplicate => Self::Conflict(refusal.text),
                Why::TooMany => Self::TooMany(refusal.text),
            },
            Error::Busy => Self::Status(StatusCode::SERVICE_UNAVAILABLE),
            Error::Fault(why) => Self::Internal(why),
        }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What the page and the JSON of an error say.
#[derive(Serialize)]
struct Shown {
    status: u16,
    code: &'static str,
    title: String,
    what: String,
    kept: String,
    remedy: String,
    request_id: String,
}

/// Puts errors into words.
pub(super) async fn present(State(app): State<Arc<App>>, visit: Visit, request: Request, next: Next) -> Response {
    let json = wants_json(request.headers());
    let response = next.run(request).await;
    let Some(failed) = failure(&response) else { return response };
    if visit.path.starts_with(api::ROOT) {
        return problem(&app, &visit, failed, &response);
    }
    if let Failed::NotSignedIn(path) = &failed
        && !json
    {
        return Redirect::to(&format!("/sign-in?next={}", encoded(path))).into_response();
    }
    if let Failed::Internal(why) = &failed {
        tracing::error!(request_id = visit.request_id, path = visit.path, why, "a request failed");
    }
    let shown = match shown(&app, &visit, &failed) {
        Ok(shown) => shown,
        Err(why) => {
            tracing::error!(?why, "an error page failed");
            return failed.status().into_response();
        }
    };
    let mut presented = if json {
        let body = serde_json::json!({ "error": shown }).to_string();
        ([(CONTENT_TYPE, "application/json")], body).into_response()
    } else {
        match visit.page("error.html", Serde(&shown)) {
            Ok(page) => page,
            Err(why) => {
                tracing::error!(?why, "an error page failed");
                return failed.status().into_response();
            }
        }
    };
    *presented.status_mut() = failed.status();
    keep_allow(&response, &mut presented);
    presented
}

/// What the API answers.
fn problem(app: &App, visit: &Visit, failed: Failed, response: &Response) -> Response {
    let status = failed.status();
    let answered = app.look().and_then(|look| Problem::of_failed(failed).answer(&look, visit));
    let mut answered = answered.unwrap_or_else(|why| {
        tracing::error!(?why, "a problem could not be told");
        status.into_response()
    });
    keep_allow(response, &mut answered);
    answered
}

/// Which methods an address takes.
fn keep_allow(from: &Response, to: &mut Response) {
    if let Some(allow) = from.headers().get(ALLOW) {
        to.headers_mut().insert(ALLOW, allow.clone());
    }
}

/// The failure that a response stands for: a handler's, or a layer's that has no page of its own.
fn failure(response: &Response) -> Option<Failed> {
    if let Some(failed) = response.extensions().get::<Failed>() {
        return Some(failed.clone());
    }
    let status = response.status();
    let page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html") || kind.as_bytes().starts_with(b"application/json"));
    let failed = status.is_client_error() || status.is_server_error();
    (failed && !page).then_some(Failed::Status(status))
}

fn shown(app: &App, visit: &Visit, failed: &Failed) -> Result<Shown, Failed> {
    let look = app.look()?;
    let code = failed.words();
    let word = |part: &str| look.words.say(visit.lang, &format!("errors.{code}.{part}"), &[]).map_err(Failed::Internal);
    let what = match failed {
        Failed::Unprocessable(what) | Failed::Conflict(what) | Failed::TooMany(what) => what.get(visit.lang).to_owned(),
        _ => word("what")?,
    };
    Ok(Shown { status: failed.status().as_u16(), code, title: word("title")?, what, kept: word("kept")?, remedy: word("remedy")?, request_id: visit.request_id.clone() })
}

/// Whether a program asks, and no browser.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}
