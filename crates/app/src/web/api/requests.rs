//! `/api/v1/me/data`, `/api/v1/me/requests` and `/api/v1/requests`: a person's data as the person's own. What is kept is handed out at once;
//! corrections and erasures are asked for and decided with an answer.

use super::answer::{Created, Json, List, Tagged};
use super::ask;
use super::declarations::Taken;
use super::describe::{About, Output, Sketch};
use super::extract::{Body, Cursor, Id, IfMatch, Limit, Query, Short};
use super::problem::Code;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use xueshi_registry::flow::DATA_REQUEST;
use xueshi_registry::{DataRequest, QueueLine, RequestKind};

/// `POST /api/v1/me/data`.
pub(in crate::web) const PACKAGE: About = About {
    id: "my-data",
    tag: "personal-data",
    zh: "本人的全部数据，成为一个文件；每次都留下记录，所以是 POST。",
    en: "Everything kept about oneself, as a file; each time leaves a line in the audit, so that it is a POST.",
    refuses: &[],
};
/// `GET /api/v1/me/requests`.
pub(in crate::web) const MINE: About =
    About {
        id: "my-requests", tag: "personal-data", zh: "本人的个人信息申请，新的在前，至多 50 件。", en: "One's own requests about one's data, newest first, 50 at most.", refuses: &[]
    };
/// `POST /api/v1/me/requests`.
pub(in crate::web) const ASK: About = About {
    id: "request-data",
    tag: "personal-data",
    zh: "申请更正或删除本人的个人信息（查阅、复制无须申请，见 /api/v1/me/data）。",
    en: "Ask for a correction or the erasure of one's data (to read and copy it needs no request: /api/v1/me/data).",
    refuses: &[Code::Duplicate],
};
/// `GET /api/v1/requests`.
pub(in crate::web) const LIST: About =
    About {
        id: "requests", tag: "personal-data", zh: "等我办理的个人信息申请，等得最久的在前。", en: "Requests about personal data that wait for who asks, longest first.", refuses: &[]
    };
/// `GET /api/v1/requests/{id}`.
pub(in crate::web) const ONE: About = About { id: "request", tag: "personal-data", zh: "一件个人信息申请。", en: "A request about personal data.", refuses: &[] };
/// `POST /api/v1/requests/{id}/decide`.
pub(in crate::web) const DECIDE: About = About {
    id: "decide-request",
    tag: "personal-data",
    zh: "办理一步：同意、不同意（均须答复）；本人撤回。同意删除的，当即删除。",
    en: "Take a step: grant or refuse, both with an answer; withdraw one's own. An erasure that is granted is done at once.",
    refuses: &[Code::NotAllowed, Code::WrongState, Code::Invalid],
};

/// What is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "个人信息申请。"))]
pub(in crate::web) struct RequestAsked {
    /// Whether something is to be put right, or everything to go.
    #[schemars(extend("x-zh" = "correction 更正、erasure 删除。"))]
    kind: RequestSort,
    /// In one's own words, 4 to 2000 characters.
    #[schemars(extend("x-zh" = "用自己的话说明，4 至 2000 字。"))]
    wish: Short<2000>,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum RequestSort {
    Correction,
    Erasure,
}

/// Which part of what waits.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct WaitingSought {
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<2>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<2>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// A request in a list of what waits.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "等待办理的个人信息申请。"))]
pub(in crate::web) struct RequestWaiting {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The version, as in the ETag.
    #[schemars(extend("x-zh" = "版本，同 ETag。"))]
    version: i64,
    /// The name of who asks.
    #[schemars(extend("x-zh" = "申请人姓名。"))]
    name: String,
    /// Since when it waits.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起等待。"))]
    since: String,
}

/// A request about one's own data.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "个人信息申请。"))]
pub(in crate::web) struct RequestShown {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The version, as in the ETag.
    #[schemars(extend("x-zh" = "版本，同 ETag。"))]
    version: i64,
    /// `correction` or `erasure`.
    #[schemars(extend("x-zh" = "correction 更正、erasure 删除。"))]
    kind: &'static str,
    /// The state: `waiting`, `granted`, `refused`, `withdrawn`.
    #[schemars(extend("x-zh" = "waiting 待办理、granted 已办理、refused 不同意、withdrawn 已撤回。"))]
    state: String,
    /// Who asks; empty once erased.
    #[schemars(extend("x-zh" = "申请人姓名；已删除的为空。"))]
    name: String,
    /// In the person's own words.
    #[schemars(extend("x-zh" = "申请的内容。"))]
    wish: String,
    /// What was answered.
    #[schemars(extend("x-zh" = "答复。"))]
    answer: String,
    /// When it was asked.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时申请。"))]
    asked_at: String,
    /// The way so far; empty in lists.
    #[schemars(extend("x-zh" = "办理经过；列表中为空。"))]
    way: Vec<Taken>,
    /// The steps that whoever asks may take now; empty in lists.
    #[schemars(extend("x-zh" = "提出请求的人现在可办的步骤；列表中为空。"))]
    steps: Vec<&'static str>,
}

/// A step of a request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "办理一步。"))]
pub(in crate::web) struct RequestDecision {
    /// The step, one of the request's `steps`.
    #[schemars(extend("x-zh" = "步骤，见申请的 steps。"))]
    step: RequestStep,
    /// The answer, which the person reads, 4 to 2000 characters; needed for all but `withdraw-request`.
    #[serde(default)]
    #[schemars(extend("x-zh" = "答复，申请人会看到，4 至 2000 字；除 withdraw-request 外必填。"))]
    reason: Short<2000>,
}

/// The steps of a request.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[schemars(inline)]
enum RequestStep {
    #[serde(rename = "grant-request")]
    Grant,
    #[serde(rename = "refuse-request")]
    Refuse,
    #[serde(rename = "withdraw-request")]
    Withdraw,
}

impl RequestStep {
    fn word(self) -> &'static str {
        match self {
            Self::Grant => "grant-request",
            Self::Refuse => "refuse-request",
            Self::Withdraw => "withdraw-request",
        }
    }
}

/// Everything kept about somebody, as a file; kept by nobody on the way.
#[derive(Debug)]
pub(in crate::web) struct Package(String);

impl IntoResponse for Package {
    fn into_response(self) -> Response {
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.json\"")),
            (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        ];
        (headers, self.0).into_response()
    }
}

impl Output for Package {
    fn draw(sketch: &mut Sketch<'_>) {
        let schema = json!({ "type": "object", "additionalProperties": { "type": "array", "items": { "type": "object" } } });
        sketch.answer(200, json!({ "description": "Rows by what they are of.", "x-zh": "按类列出的全部内容。", "content": { "application/json": { "schema": schema } } }));
    }
}

impl From<DataRequest> for RequestShown {
    fn from(request: DataRequest) -> Self {
        Self {
            id: request.case,
            version: request.version,
            kind: request.kind.word(),
            state: request.state,
            name: request.name,
            wish: request.wish,
            answer: request.answer,
            asked_at: instant(request.asked_at),
            way: request.way.into_iter().map(Taken::from).collect(),
            steps: request.steps,
        }
    }
}

impl From<QueueLine> for RequestWaiting {
    fn from(line: QueueLine) -> Self {
        Self { id: line.case, version: line.version, name: line.name, since: instant(line.since) }
    }
}

/// `POST /api/v1/me/data`.
pub(in crate::web) async fn package(State(app): State<Arc<App>>, Signed { actor }: Signed) -> Result<Package, Failed> {
    ask(&app, move |registry| registry.package(&actor)).await.map(|package| Package(format!("{package:#}\n")))
}

/// `GET /api/v1/me/requests`.
pub(in crate::web) async fn mine(State(app): State<Arc<App>>, Signed { actor }: Signed) -> Result<Json<List<RequestShown>>, Failed> {
    let requests = ask(&app, move |registry| registry.own_requests(&actor)).await?;
    Ok(Json(List { items: requests.into_iter().map(RequestShown::from).collect(), next: None }))
}

/// `POST /api/v1/me/requests`.
pub(in crate::web) async fn request(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(asked): Body<RequestAsked>) -> Result<Created<RequestShown>, Failed> {
    let kind = match asked.kind {
        RequestSort::Correction => RequestKind::Correction,
        RequestSort::Erasure => RequestKind::Erasure,
    };
    let shown = ask(&app, move |registry| {
        let case = registry.request_data(&actor, kind, &asked.wish.0)?;
        registry.data_request(&actor, case)
    });
    let shown = shown.await?;
    Ok(Created(format!("/api/v1/requests/{}", shown.case), shown.version, shown.into()))
}

/// `GET /api/v1/requests`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(sought): Query<WaitingSought>) -> Result<Json<List<RequestWaiting>>, Failed> {
    let (after, limit) = (sought.cursor.map(|cursor| (cursor.0[0], cursor.0[1])), sought.limit.0);
    let queue = ask(&app, move |registry| registry.queue(&actor, DATA_REQUEST.id, after, limit)).await?;
    let next = queue.next.map(|(since, case)| Cursor([since, case]).text());
    Ok(Json(List { items: queue.lines.into_iter().map(RequestWaiting::from).collect(), next }))
}

/// `GET /api/v1/requests/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Tagged<RequestShown>, Failed> {
    ask(&app, move |registry| registry.data_request(&actor, id)).await.map(|shown| Tagged(shown.version, shown.into()))
}

/// `POST /api/v1/requests/{id}/decide`.
pub(in crate::web) async fn decide(
    State(app): State<Arc<App>>,
    Signed { actor }: Signed,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(decision): Body<RequestDecision>,
) -> Result<Tagged<RequestShown>, Failed> {
    let shown = ask(&app, move |registry| {
        registry.decide_request(&actor, id, version, decision.step.word(), &decision.reason.0)?;
        registry.data_request(&actor, id)
    });
    shown.await.map(|shown| Tagged(shown.version, shown.into()))
}
