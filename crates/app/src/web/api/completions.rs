//! `/api/v1/completions`: what was delivered, one by one: why it stands as it does, its whole way, and what its provider does about it.
//! `/api/v1/people/{id}/deliveries` tells the person the same.

use super::answer::{Json, List, Tagged};
use super::ask;
use super::auth::Uses;
use super::declarations::Words;
use super::deliveries::Reason;
use super::describe::About;
use super::extract::{Body, Cursor, Id, IfMatch, Limit, Part, Query, Short, Whole};
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
use xueshi_registry::{CompletionLine, CompletionShown, CompletionsSought, Correction, Scope, WayStep};

/// `GET /api/v1/completions`.
pub(in crate::web) const LIST: About = About {
    id: "completions",
    tag: "deliveries",
    zh: "本机构送达的完成记录，新的在前；可只列一种状态或一批。",
    en: "The completions of one's provider, newest first; of one state or one delivery where that is asked.",
    refuses: &[],
};
/// `GET /api/v1/completions/{id}`.
pub(in crate::web) const ONE: About = About { id: "completion", tag: "deliveries", zh: "一条完成记录及其全过程。", en: "A completion with its whole way.", refuses: &[] };
/// `PUT /api/v1/completions/{id}`.
pub(in crate::web) const CORRECT: About = About {
    id: "correct-completion",
    tag: "deliveries",
    zh: "更正未匹配到人、未予登记或退回补正的一条，随即重新办理。已匹配到的人不变。",
    en: "Correct one that was not matched, was refused or was returned; it is worked on at once. Whom it was found to be about stays.",
    refuses: &[Code::WrongState, Code::Invalid],
};
/// `POST /api/v1/completions/{id}/step`.
pub(in crate::web) const STEP: About =
    About { id: "step-completion", tag: "deliveries", zh: "重试一条，或写明理由撤回。", en: "Try one again, or withdraw it with the reason.", refuses: &[Code::WrongState] };
/// `POST /api/v1/completions/retry`.
pub(in crate::web) const RETRY: About =
    About {
        id: "retry-completions", tag: "deliveries", zh: "未匹配到人的全部重试，随后陆续办理。", en: "Have everything tried again that was not matched, by and by.", refuses: &[]
    };
/// `GET /api/v1/people/{id}/deliveries`.
pub(in crate::web) const ABOUT: About =
    About {
        id: "deliveries-about", tag: "deliveries", zh: "施教机构送达的一人的完成记录及各条的全过程。", en: "What providers delivered about a person, each with its whole way.", refuses: &[]
    };

/// Which completions are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Sought {
    /// Of which state; of all unless given.
    #[serde(default)]
    #[schemars(with = "Standing", extend("x-zh" = "哪种状态；不填为全部。"))]
    state: Option<Standing>,
    /// Of which delivery; of all unless given.
    #[serde(default)]
    #[schemars(with = "Whole", extend("x-zh" = "哪一批；不填为全部。"))]
    delivery: Option<Whole>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几条。"))]
    limit: Limit,
}

/// How a completion can stand.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Standing {
    Received,
    Unmatched,
    Waiting,
    Returned,
    Registered,
    Refused,
    Corrected,
    Revoked,
    Withdrawn,
}

impl Standing {
    fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Unmatched => "unmatched",
            Self::Waiting => "waiting",
            Self::Returned => "returned",
            Self::Registered => "registered",
            Self::Refused => "refused",
            Self::Corrected => "corrected",
            Self::Revoked => "revoked",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A completion in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "列表中的完成记录。"))]
pub(in crate::web) struct CompletionListed {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The provider's own id.
    #[schemars(extend("x-zh" = "施教机构的编号。"))]
    own_id: String,
    /// The delivery.
    #[schemars(extend("x-zh" = "批次编号。"))]
    delivery: i64,
    /// The name, as it was delivered.
    #[schemars(extend("x-zh" = "送达的姓名。"))]
    name: String,
    /// What was learnt.
    #[schemars(extend("x-zh" = "学习内容。"))]
    title: String,
    /// The year it belongs to.
    #[schemars(extend("x-zh" = "年度。"))]
    year: i64,
    /// `received`, `unmatched`, `waiting`, `returned`, `registered`, `refused`, `corrected`, `revoked`, `withdrawn`.
    #[schemars(
        extend("x-zh" = "received 已收到、unmatched 未匹配到人、waiting 待审核、returned 退回补正、registered 已登记、refused 未予登记、corrected 已更正、revoked 已撤销、withdrawn 已撤回。")
    )]
    state: String,
    /// Why it stands so.
    #[schemars(extend("x-zh" = "为何如此。"))]
    reason: Option<Reason>,
    /// Since when.
    #[schemars(extend("format" = "date-time", "x-zh" = "自何时起。"))]
    since: String,
}

/// A completion.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "完成记录。"))]
pub(in crate::web) struct CompletionTold {
    /// The completion.
    #[schemars(extend("x-zh" = "记录。"))]
    completion: CompletionListed,
    /// The version, as in the ETag.
    #[schemars(extend("x-zh" = "版本，同 ETag。"))]
    version: i64,
    /// Texts by column.
    #[schemars(extend("x-zh" = "各列的内容。"))]
    facts: BTreeMap<String, String>,
    /// The identity number masked, while it is kept: until the person is found.
    #[schemars(extend("x-zh" = "身份证号（遮盖）；匹配到本人后不再保存，为空。"))]
    identity_masked: String,
    /// Whether the person was found.
    #[schemars(extend("x-zh" = "是否已匹配到人。"))]
    matched: bool,
    /// Its way so far.
    #[schemars(extend("x-zh" = "办理经过。"))]
    way: Vec<Went>,
    /// The steps open now: `correct`, `retry`, `withdraw`.
    #[schemars(extend("x-zh" = "现在可办的步骤：correct 更正、retry 重试、withdraw 撤回。"))]
    steps: Vec<&'static str>,
}

/// A step of the way.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "经过的一步。"))]
struct Went {
    /// When.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时。"))]
    at: String,
    /// In which role; null where the program did it.
    #[schemars(extend("x-zh" = "以什么身份；由程序办的为 null。"))]
    role: Option<String>,
    /// Which step.
    #[schemars(extend("x-zh" = "哪一步。"))]
    step: Words,
    /// What is said of it.
    #[schemars(extend("x-zh" = "说明。"))]
    reason: Words,
    /// Its entry in the ledger.
    #[schemars(extend("x-zh" = "在账簿中的条目。"))]
    entry: Option<i64>,
}

/// A completion about a person.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "送达的一人的完成记录。"))]
pub(in crate::web) struct Told {
    /// The provider.
    #[schemars(extend("x-zh" = "施教机构。"))]
    provider: String,
    /// The completion.
    #[schemars(extend("x-zh" = "记录。"))]
    completion: CompletionListed,
    /// The declaration it became, `/api/v1/declarations/{id}`; null where none.
    #[schemars(extend("x-zh" = "成为的申报，/api/v1/declarations/{id}；没有的为 null。"))]
    declaration: Option<i64>,
    /// Its way so far.
    #[schemars(extend("x-zh" = "办理经过。"))]
    way: Vec<Went>,
}

/// What is right instead.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "更正后的内容。"))]
pub(in crate::web) struct Corrected {
    /// The identity number; the one kept stays where it is empty.
    #[serde(default)]
    #[schemars(extend("x-zh" = "身份证号；不填则不变。"))]
    identity_number: Short<30>,
    /// The name, as on the card.
    #[schemars(extend("x-zh" = "姓名，与证件一致。"))]
    name: Short<60>,
    /// What was learnt.
    #[schemars(extend("x-zh" = "学习内容。"))]
    title: Short<200>,
    /// Texts by column of the policies, all of them.
    #[schemars(extend("x-zh" = "各列的内容，全部写出。"))]
    facts: BTreeMap<String, String>,
}

/// A step of a completion.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "办理一步。"))]
pub(in crate::web) struct CompletionStep {
    /// The step.
    #[schemars(extend("x-zh" = "retry 重试、withdraw 撤回。"))]
    step: Doing,
    /// The reason; `withdraw` needs it.
    #[serde(default)]
    #[schemars(extend("x-zh" = "理由；withdraw 必填。"))]
    reason: Short<2000>,
}

/// The steps of a completion.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Doing {
    Retry,
    Withdraw,
}

/// How many are tried again.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "重试的条数。"))]
pub(in crate::web) struct Retried {
    /// How many.
    #[schemars(extend("x-zh" = "条数。"))]
    completions: u64,
}

impl From<CompletionLine> for CompletionListed {
    fn from(line: CompletionLine) -> Self {
        Self {
            id: line.id,
            own_id: line.own_id,
            delivery: line.delivery,
            name: line.name,
            title: line.title,
            year: line.year,
            state: line.state,
            reason: line.reason.map(Reason::from),
            since: instant(line.since),
        }
    }
}

impl From<WayStep> for Went {
    fn from(step: WayStep) -> Self {
        Self { at: instant(step.at), role: step.role, step: (&step.step).into(), reason: (&step.reason).into(), entry: step.entry }
    }
}

impl From<CompletionShown> for CompletionTold {
    fn from(shown: CompletionShown) -> Self {
        Self {
            version: shown.line.version,
            completion: shown.line.into(),
            facts: shown.facts,
            identity_masked: shown.identity_masked,
            matched: shown.matched,
            way: shown.way.into_iter().map(Went::from).collect(),
            steps: shown.steps.iter().map(|step| step.id).collect(),
        }
    }
}

impl From<registry::About> for Told {
    fn from(about: registry::About) -> Self {
        Self { provider: about.provider, completion: about.line.into(), declaration: about.case, way: about.way.into_iter().map(Went::from).collect() }
    }
}

/// `GET /api/v1/completions`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, uses: Uses, Query(sought): Query<Sought>) -> Result<Json<List<CompletionListed>>, Failed> {
    uses.must(Scope::Read)?;
    let (before, limit) = (sought.cursor.map(|cursor| cursor.0[0]), sought.limit.0);
    let lines = ask(&app, move |registry| {
        let of = CompletionsSought { state: sought.state.map_or("", Standing::word), text: "", delivery: sought.delivery.map(|id| id.0) };
        registry.completions(&actor, of, before, limit)
    });
    Ok(Json(List::new(lines.await?, limit, |last| Cursor([last.id]).text(), CompletionListed::from)))
}

/// `GET /api/v1/completions/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, uses: Uses, Id(id): Id) -> Result<Tagged<CompletionTold>, Failed> {
    uses.must(Scope::Read)?;
    ask(&app, move |registry| registry.completion(&actor, id)).await.map(|shown| Tagged(shown.line.version, shown.into()))
}

/// `PUT /api/v1/completions/{id}`.
pub(in crate::web) async fn correct(
    State(app): State<Arc<App>>,
    Signed { actor }: Signed,
    uses: Uses,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(right): Body<Corrected>,
) -> Result<Tagged<CompletionTold>, Failed> {
    uses.must(Scope::Deliver)?;
    let with = Correction { identity_number: right.identity_number.0, name: right.name.0, title: right.title.0, facts: right.facts };
    let shown = ask(&app, move |registry| {
        registry.correct_completion(&actor, id, version, &with)?;
        registry.completion(&actor, id)
    });
    shown.await.map(|shown| Tagged(shown.line.version, shown.into()))
}

/// `POST /api/v1/completions/{id}/step`.
pub(in crate::web) async fn step(
    State(app): State<Arc<App>>,
    Signed { actor }: Signed,
    uses: Uses,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(taken): Body<CompletionStep>,
) -> Result<Tagged<CompletionTold>, Failed> {
    uses.must(Scope::Deliver)?;
    let shown = ask(&app, move |registry| {
        match taken.step {
            Doing::Retry => registry.retry_completion(&actor, id, version)?,
            Doing::Withdraw => registry.withdraw_completion(&actor, id, version, &taken.reason.0)?,
        }
        registry.completion(&actor, id)
    });
    shown.await.map(|shown| Tagged(shown.line.version, shown.into()))
}

/// `POST /api/v1/completions/retry`.
pub(in crate::web) async fn retry(State(app): State<Arc<App>>, Signed { actor }: Signed, uses: Uses) -> Result<Json<Retried>, Failed> {
    uses.must(Scope::Deliver)?;
    ask(&app, move |registry| registry.retry_unmatched(&actor)).await.map(|completions| Json(Retried { completions }))
}

/// `GET /api/v1/people/{id}/deliveries`.
pub(in crate::web) async fn about(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(person): Id, Query(part): Query<Part>) -> Result<Json<List<Told>>, Failed> {
    let (before, limit) = (part.cursor.map(|cursor| cursor.0[0]), part.limit.0);
    let all = ask(&app, move |registry| registry.deliveries_about(&actor, person, before, limit)).await?;
    Ok(Json(List::new(all, limit, |last| Cursor([last.line.id]).text(), Told::from)))
}
