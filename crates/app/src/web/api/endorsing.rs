//! `/api/v1/gates/answers/{id}/endorsement`, `/api/v1/gates/waiting`: an answer that says yes is audited by authorities and endorsed by an
//! office, one after the other.

use super::answer::{Json, List, Tagged};
use super::ask;
use super::describe::About;
use super::employer_years::Sealed;
use super::extract::{Body, Cursor, Id, IfMatch, Limit, Query, Short};
use super::gates::{GateShown, tagged};
use super::problem::Code;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_registry::{Actor, Registry};

/// `GET /api/v1/gates/waiting`.
pub(in crate::web) const WAITING: About =
    About {
        id: "endorsements-waiting", tag: "gates", zh: "等我审核签注的答复，等得最久的在前。", en: "The answers whose endorsement waits for whoever asks, longest first.", refuses: &[]
    };
/// `POST /api/v1/gates/answers/{id}/endorsement`.
pub(in crate::web) const REQUEST: About =
    About {
        id: "request-endorsement", tag: "gates", zh: "为一次“符合”的答复申请签注。", en: "Ask for the endorsement of an answer that says yes.", refuses: &[Code::WrongState, Code::Invalid]
    };
/// `POST /api/v1/gates/answers/{id}/endorsement/step`.
pub(in crate::web) const STEP: About = About {
    id: "step-endorsement",
    tag: "gates",
    zh: "审核通过（最后一级为签注），或不予签注。",
    en: "Pass it, which endorses it at the last stage; or refuse it.",
    refuses: &[Code::WrongState, Code::Invalid],
};

/// Which part of what waits is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Sought {
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<2>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<2>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// A step of an endorsement.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "签注的一步。"))]
pub(in crate::web) struct EndorsementStep {
    /// The step.
    #[schemars(extend("x-zh" = "步骤。"))]
    step: Steps,
    /// The opinion; what is to be made up, needed for `refuse`.
    #[serde(default)]
    #[schemars(extend("x-zh" = "意见；不予签注时必填，写明要补什么。"))]
    opinion: Short<2000>,
    /// What was sealed.
    #[serde(default)]
    #[schemars(extend("x-zh" = "盖章：none 没有、paper 纸质、electronic 电子。"))]
    seal: Sealed,
}

/// The steps.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Steps {
    Endorse,
    Refuse,
}

/// An answer whose endorsement waits.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "等待签注的答复。"))]
pub(in crate::web) struct Waiting {
    /// The id of the answer.
    #[schemars(extend("x-zh" = "答复的编号。"))]
    answer: i64,
    /// The question.
    #[schemars(extend("x-zh" = "问题。"))]
    gate: String,
    /// The person's name.
    #[schemars(extend("x-zh" = "姓名。"))]
    name: String,
    /// Since when it waits.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起等候。"))]
    since: String,
}

/// `GET /api/v1/gates/waiting`.
pub(in crate::web) async fn waiting(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(sought): Query<Sought>) -> Result<Json<List<Waiting>>, Failed> {
    let (after, limit) = (sought.cursor.map(|Cursor([since, answer])| (since, answer)), sought.limit.0);
    let lines = ask(&app, move |registry| registry.endorsements_waiting(&actor, after, limit)).await?;
    let item = |(answer, gate, name, since)| Waiting { answer, gate, name, since: instant(since) };
    Ok(Json(List::new(lines, limit, |last: &(i64, String, String, i64)| Cursor([last.3, last.0]).text(), item)))
}

/// `POST /api/v1/gates/answers/{id}/endorsement`.
pub(in crate::web) async fn request(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Tagged<GateShown>, Failed> {
    after(&app, actor, id, move |registry, actor| registry.request_endorsement(actor, id).map(drop)).await
}

/// `POST /api/v1/gates/answers/{id}/endorsement/step`.
pub(in crate::web) async fn step(
    State(app): State<Arc<App>>,
    Signed { actor }: Signed,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(taken): Body<EndorsementStep>,
) -> Result<Tagged<GateShown>, Failed> {
    let step = match taken.step {
        Steps::Endorse => "endorse",
        Steps::Refuse => "refuse",
    };
    after(&app, actor, id, move |registry, actor| registry.step_endorsement(actor, id, version, step, &taken.opinion.0, taken.seal.into())).await
}

async fn after(app: &App, actor: Actor, id: i64, work: impl FnOnce(&Registry, &Actor) -> xueshi_registry::Result<()> + Send + 'static) -> Result<Tagged<GateShown>, Failed> {
    let shown = ask(app, move |registry| {
        work(registry, &actor)?;
        registry.gate_answer(&actor, id)
    });
    shown.await.map(tagged)
}
