//! `/api/v1/deliveries`: what providers deliver, each completion answered in its order, and what became of it since.

use super::answer::{Json, List};
use super::ask;
use super::auth::Uses;
use super::declarations::Words;
use super::describe::About;
use super::extract::{Body, Cursor, Id, Part, Query, misfit};
use super::problem::Code;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_registry as registry;
use xueshi_registry::Scope;

/// Bytes of a delivery at most: 10,000 completions of some 1,600 bytes.
pub(in crate::web) const BYTES_MAX: usize = 16 * 1024 * 1024;

/// `POST /api/v1/deliveries`.
pub(in crate::web) const DELIVER: About = About {
    id: "deliver",
    tag: "deliveries",
    zh: "送达完成记录，一次至多 10,000 条；按顺序逐条答复。同一编号重复送达不会重复登记，可放心重发。",
    en: "Deliver completions, at most 10,000 at once; each is answered, in their order. The same one delivered again is not registered twice, so that a delivery can be sent again.",
    refuses: &[Code::Invalid],
};
/// `GET /api/v1/deliveries/{id}`.
pub(in crate::web) const ONE: About =
    About { id: "delivery", tag: "deliveries", zh: "一批送达记录现在的状态，按编号分页。", en: "How the completions of a delivery stand now, part by part.", refuses: &[] };

/// What is delivered at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "一批送达记录。"))]
pub(in crate::web) struct Delivery {
    /// Your own number of it.
    #[serde(default)]
    #[schemars(length(max = 100), extend("x-zh" = "贵机构的批次号。"))]
    reference: String,
    /// When you sent it.
    #[serde(default)]
    #[schemars(extend("format" = "date-time", "x-zh" = "送出的时间。"))]
    sent_at: Option<String>,
    /// The completions.
    #[schemars(length(min = 1, max = 10_000), extend("x-zh" = "完成记录。"))]
    completions: Vec<Completion>,
}

/// What a person completed. What is wrong with one is its answer, and holds up no other.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "一人完成的一项学习；有误的单独答复，不影响其他条。"))]
pub(in crate::web) struct Completion {
    /// Your own id, of 1 to 100 characters, never used for another completion.
    #[schemars(extend("x-zh" = "贵机构的编号，1 至 100 个字符，永不用于另一条。"))]
    id: String,
    /// The identity number; kept until the person is found, and no longer.
    #[schemars(extend("x-zh" = "身份证号；匹配到本人后即不再保存。"))]
    identity_number: String,
    /// The name, as on the card.
    #[schemars(extend("x-zh" = "姓名，与证件一致。"))]
    name: String,
    /// What was learnt, in at most 200 characters.
    #[schemars(extend("x-zh" = "学习内容，至多 200 字。"))]
    title: String,
    /// Texts by column of the policies: `activity`, `subject`, `quantity`, `unit`, `start`, `end`, `result`, `evidence` …
    #[schemars(extend("x-zh" = "各列的内容：activity、subject、quantity、unit、start、end、result、evidence（已发给本人的证明，以分号隔开）等，见规定。"))]
    facts: BTreeMap<String, String>,
}

/// What became of a delivery.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一批送达记录的结果。"))]
pub(in crate::web) struct Delivered {
    /// Its id; that of the earlier one where everything in it was delivered before; absent where nothing of it was kept.
    #[schemars(extend("x-zh" = "批次编号；全部送达过的为先前的编号；一条也没有收下的没有此项。"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    /// One answer for each completion, in their order.
    #[schemars(extend("x-zh" = "逐条答复，顺序与送达相同。"))]
    answers: Vec<Answer>,
}

/// What became of a completion.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一条送达记录的结果。"))]
struct Answer {
    /// Your own id.
    #[schemars(extend("x-zh" = "贵机构的编号。"))]
    id: String,
    /// The id here; null where it was not kept.
    #[schemars(extend("x-zh" = "本系统的编号；未收下的为 null。"))]
    completion: Option<i64>,
    /// `received`, `unmatched`, `waiting`, `returned`, `registered`, `refused`, `corrected`, `revoked`, `withdrawn`.
    #[schemars(
        extend("x-zh" = "received 已收到、unmatched 未匹配到人、waiting 待审核、returned 退回补正、registered 已登记、refused 未予登记、corrected 已更正、revoked 已撤销、withdrawn 已撤回。")
    )]
    state: String,
    /// Why.
    #[schemars(extend("x-zh" = "原因。"))]
    reason: Option<Reason>,
}

/// Why something stands as it does.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "原因。"))]
pub(super) struct Reason {
    /// A stable word, or the code of a policy's problem.
    #[schemars(extend("x-zh" = "不变的代码，或规定中问题的代码。"))]
    code: String,
    /// Cause and remedy.
    #[schemars(extend("x-zh" = "原因与办法。"))]
    text: Words,
}

/// A delivery, as it stands now.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一批送达记录现在的状态。"))]
pub(in crate::web) struct Shown {
    /// Its id.
    #[schemars(extend("x-zh" = "批次编号。"))]
    id: i64,
    /// Your own number of it.
    #[schemars(extend("x-zh" = "贵机构的批次号。"))]
    reference: String,
    /// When it was sent.
    #[schemars(extend("format" = "date-time", "x-zh" = "送出的时间。"))]
    sent_at: String,
    /// When it was received.
    #[schemars(extend("format" = "date-time", "x-zh" = "收到的时间。"))]
    received_at: String,
    /// How many completions it had.
    #[schemars(extend("x-zh" = "条数。"))]
    completions: i64,
    /// How many are in which state.
    #[schemars(extend("x-zh" = "各状态的条数。"))]
    counts: BTreeMap<String, i64>,
    /// The completions that were kept, part by part.
    #[schemars(extend("x-zh" = "收下的各条，分页列出。"))]
    answers: List<Answer>,
}

impl From<registry::Reason> for Reason {
    fn from(reason: registry::Reason) -> Self {
        Self { text: (&reason.text).into(), code: reason.code }
    }
}

impl From<registry::Answer> for Answer {
    fn from(answer: registry::Answer) -> Self {
        Self { id: answer.own_id, completion: answer.id, state: answer.state, reason: answer.reason.map(Reason::from) }
    }
}

/// `POST /api/v1/deliveries`.
pub(in crate::web) async fn deliver(State(app): State<Arc<App>>, Signed { actor }: Signed, uses: Uses, Body(sent): Body<Delivery>) -> Result<Json<Delivered>, Failed> {
    uses.must(Scope::Deliver)?;
    let sent_at = sent.sent_at.map(|text| text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_microsecond).map_err(|_| misfit("sent_at"))).transpose()?;
    let completion = |one: Completion| registry::Completion { own_id: one.id, identity_number: one.identity_number, name: one.name, title: one.title, facts: one.facts };
    let delivery = registry::Delivery { reference: sent.reference, sent_at, completions: sent.completions.into_iter().map(completion).collect() };
    let delivered = ask(&app, move |registry| registry.deliver(&actor, delivery)).await?;
    Ok(Json(Delivered { id: delivered.id, answers: delivered.answers.into_iter().map(Answer::from).collect() }))
}

/// `GET /api/v1/deliveries/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, uses: Uses, Id(id): Id, Query(part): Query<Part>) -> Result<Json<Shown>, Failed> {
    uses.must(Scope::Read)?;
    let (after, limit) = (part.cursor.map_or(0, |cursor| cursor.0[0]), part.limit.0);
    let (shown, answers) = ask(&app, move |registry| Ok((registry.delivery(&actor, id)?, registry.delivery_answers(&actor, id, after, limit)?))).await?;
    Ok(Json(Shown {
        id: shown.line.id,
        reference: shown.line.reference,
        sent_at: instant(shown.line.at.0),
        received_at: instant(shown.line.at.1),
        completions: shown.line.completions,
        counts: shown.counts.into_iter().collect(),
        answers: List::new(answers, limit, |last| Cursor([last.id.unwrap_or_default()]).text(), Answer::from),
    }))
}
