//! What the API answers when something does not work: problem details (RFC 9457) with a code that stays the same.

use crate::web::errors::Failed;
use crate::web::look::Look;
use crate::web::visit::Visit;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Serialize;
use xueshi_policy::Text;
use xueshi_registry::{Error, Why};

/// The media type of problems.
pub(super) const MEDIA: &str = "application/problem+json";

/// Every kind of problem. Its word never changes its meaning; words for people stand under `api.problems.<word>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::web) enum Code {
    /// A parameter or the body does not fit what the operation describes.
    Malformed,
    /// Nobody is signed in, or the token does not hold.
    NotSignedIn,
    /// The role or the relation does not allow it.
    NotAllowed,
    /// A browser's session wrote without the token of its session.
    Csrf,
    /// There is no such thing within reach.
    NotFound,
    /// The address does not take this method.
    Method,
    /// The step is not open in this state.
    WrongState,
    /// It exists already.
    Duplicate,
    /// A request with this idempotency key began and has no answer yet.
    KeyInUse,
    /// It changed since the version that `If-Match` names.
    Stale,
    /// The body is larger than this address takes.
    TooLarge,
    /// The body is of a media type that this address does not take.
    MediaType,
    /// A value is well formed and not accepted.
    Invalid,
    /// The idempotency key was used for another request.
    KeyReused,
    /// `If-Match` is missing.
    NoPrecondition,
    /// Too many requests.
    TooMany,
    /// A mistake of ours.
    Internal,
    /// Too slow, or too many at once.
    Busy,
}

impl Code {
    /// Every code.
    pub(in crate::web) const ALL: [Self; 18] = [
        Self::Malformed,
        Self::NotSignedIn,
        Self::NotAllowed,
        Self::Csrf,
        Self::NotFound,
        Self::Method,
        Self::WrongState,
        Self::Duplicate,
        Self::KeyInUse,
        Self::Stale,
        Self::TooLarge,
        Self::MediaType,
        Self::Invalid,
        Self::KeyReused,
        Self::NoPrecondition,
        Self::TooMany,
        Self::Internal,
        Self::Busy,
    ];

    /// The word.
    pub(in crate::web) fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NotSignedIn => "not-signed-in",
            Self::NotAllowed => "not-allowed",
            Self::Csrf => "csrf",
            Self::NotFound => "not-found",
            Self::Method => "method",
            Self::WrongState => "wrong-state",
            Self::Duplicate => "duplicate",
            Self::KeyInUse => "key-in-use",
            Self::Stale => "stale",
            Self::TooLarge => "too-large",
            Self::MediaType => "media-type",
            Self::Invalid => "invalid",
            Self::KeyReused => "key-reused",
            Self::NoPrecondition => "no-precondition",
            Self::TooMany => "too-many",
            Self::Internal => "internal",
            Self::Busy => "busy",
        }
    }

    /// The status it is answered with.
    pub(in crate::web) fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::NotSignedIn => StatusCode::UNAUTHORIZED,
            Self::NotAllowed | Self::Csrf => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::WrongState | Self::Duplicate | Self::KeyInUse => StatusCode::CONFLICT,
            Self::Stale => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoPrecondition => StatusCode::PRECONDITION_REQUIRED,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What a status of a layer stands for.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::REQUEST_TIMEOUT => Self::Busy,
            _ => Self::ALL.into_iter().find(|code| code.status() == status).unwrap_or(if status.is_client_error() { Self::Malformed } else { Self::Internal }),
        }
    }

    fn of_why(why: Why) -> Self {
        match why {
            Why::NotSignedIn => Self::NotSignedIn,
            Why::NotAllowed => Self::NotAllowed,
            Why::NotFound => Self::NotFound,
            Why::Stale => Self::Stale,
            Why::WrongState => Self::WrongState,
            Why::Invalid => Self::Invalid,
            Why::Duplicate => Self::Duplicate,
            Why::TooMany => Self::TooMany,
        }
    }
}

/// A problem of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) struct Problem {
    /// Which kind.
    pub(super) code: Code,
    /// The field, parameter or header it is about: a path such as `facts.quantity`.
    pub(in crate::web) field: Option<String>,
    /// What is wrong, where more can be said than the kind says.
    pub(in crate::web) detail: Option<Text>,
    /// For the log only.
    pub(super) inside: Option<String>,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self { code, field: None, detail: None, inside: None }
    }
}

impl Problem {
    /// A problem with a field.
    pub(super) fn at(code: Code, field: impl Into<String>, detail: Option<Text>) -> Self {
        Self { code, field: Some(field.into()), detail, inside: None }
    }

    /// What the registry refused.
    pub(super) fn of(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self { code: Code::of_why(refusal.why), field: refusal.field.map(str::to_owned), detail: Some(refusal.text), inside: None },
            Error::Busy => Code::Busy.into(),
            Error::Fault(why) => Self { inside: Some(why), ..Code::Internal.into() },
        }
    }

    /// What failed outside of the API's own handlers.
    pub(in crate::web) fn of_failed(failed: Failed) -> Self {
        match failed {
            Failed::Api(problem) => *problem,
            Failed::NotFound => Code::NotFound.into(),
            Failed::Forbidden => Code::NotAllowed.into(),
            Failed::NotSignedIn(_) => Code::NotSignedIn.into(),
            Failed::Conflict(text) => Self { detail: Some(text), ..Code::WrongState.into() },
            Failed::TooMany(text) => Self { detail: Some(text), ..Code::TooMany.into() },
            Failed::Unprocessable(text) => Self { detail: Some(text), ..Code::Invalid.into() },
            Failed::Internal(why) => Self { inside: Some(why), ..Code::Internal.into() },
            Failed::Status(status) => Code::of_status(status).into(),
        }
    }

    /// The status it is answered with.
    pub(in crate::web) fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// The answer, in the language of the visit.
    ///
    /// # Errors
    /// If a word is missing.
    pub(in crate::web) fn answer(&self, look: &Look, visit: &Visit) -> Result<Response, Failed> {
        if let Some(why) = &self.inside {
            tracing::error!(request_id = visit.request_id, path = visit.path, why, "a request failed");
        }
        let code = self.code.word();
        let word = |part: &str| look.words.say(visit.lang, &format!("api.problems.{code}.{part}"), &[]).map_err(Failed::Internal);
        let detail = self.detail.as_ref().map_or_else(|| word("detail"), |text| Ok(visit.say(text).to_owned()))?;
        let shown = Details {
            kind: format!("/api#problem-{code}"),
            title: word("title")?,
            status: self.code.status().as_u16(),
            detail,
            code: self.code,
            field: self.field.clone(),
            remedy: word("remedy")?,
            request_id: visit.request_id.clone(),
        };
        let body = serde_json::to_string(&shown).map_err(|error| Failed::Internal(error.to_string()))?;
        let mut response = (self.code.status(), [(CONTENT_TYPE, MEDIA)], body).into_response();
        match self.code {
            Code::NotSignedIn => drop(response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Code::TooMany => drop(response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"))),
            Code::Busy => drop(response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"))),
            _ => {}
        }
        Ok(response)
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Api(Box::new(problem))
    }
}

impl From<Code> for Failed {
    fn from(code: Code) -> Self {
        Problem::from(code).into()
    }
}

/// A problem (RFC 9457): what happened, and what to do.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem", extend("x-zh" = "问题说明（RFC 9457）：发生了什么，怎么办。"))]
pub(super) struct Details {
    /// Where the kind of problem is described.
    #[serde(rename = "type")]
    #[schemars(extend("x-zh" = "这一类问题的说明所在。"))]
    kind: String,
    /// The kind in a few words.
    #[schemars(extend("x-zh" = "这一类问题的名称。"))]
    title: String,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599), extend("x-zh" = "HTTP 状态码。"))]
    status: u16,
    /// What is wrong this time, in the language asked for.
    #[schemars(extend("x-zh" = "这一次错在哪里，用所要求的语言。"))]
    detail: String,
    /// The kind for programs; never changes its meaning.
    #[schemars(extend("x-zh" = "供程序判断的代码，含义永不改变。"))]
    code: Code,
    /// The field, parameter or header it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-zh" = "所涉的字段、参数或请求头。"))]
    field: Option<String>,
    /// What to do.
    #[schemars(extend("x-zh" = "怎么办。"))]
    remedy: String,
    /// What names this request in the log.
    #[schemars(extend("x-zh" = "本次请求在日志中的编号。"))]
    request_id: String,
}
