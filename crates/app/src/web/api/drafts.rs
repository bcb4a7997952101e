//! `/api/v1/drafts`: policies that an authority changes, from the draft to its publication.

use super::affected::{AffectedPerson, Effects, people};
use super::answer::{Created, Json, List, Tagged};
use super::ask;
use super::describe::About;
use super::drafted::{DraftLine, PolicyDraft, shown};
use super::extract::{Body, Cursor, Id, IfMatch, Part, Query, Short};
use super::problem::Code;
use super::records::Year;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use xueshi_policy::PolicyFile;
use xueshi_registry::{self as registry, Actor, DraftStepTaken, Registry};

/// Bytes of a body with the longest text: within JSON a character takes twice its bytes at most, as programs write it.
pub(in crate::web) const BYTES_MAX: usize = 2 * PolicyFile::BYTES_MAX + 64 * 1024;

/// `GET /api/v1/drafts`.
pub(in crate::web) const LIST: About =
    About { id: "drafts", tag: "drafts", zh: "本管辖范围的政策草案，新的在前。", en: "The drafts of policies of your area, newest first.", refuses: &[] };
/// `POST /api/v1/drafts`.
pub(in crate::web) const CREATE: About = About {
    id: "begin-draft",
    tag: "drafts",
    zh: "以一份政策文件（TOML）起草；现行文本见 GET /api/v1/policies/{id}。",
    en: "Begin a draft with a policy file (TOML); for the text in force see GET /api/v1/policies/{id}.",
    refuses: &[Code::NotAllowed, Code::Invalid],
};
/// `GET /api/v1/drafts/{id}`.
pub(in crate::web) const ONE: About = About {
    id: "draft",
    tag: "drafts",
    zh: "一份草案：文本、检查发现、与现行文本的差别、办理经过、现在可办的步骤。",
    en: "A draft: its text, what the checks find, what it changes, its way, the steps open now.",
    refuses: &[],
};
/// `PUT /api/v1/drafts/{id}`.
pub(in crate::web) const EDIT: About = About {
    id: "edit-draft",
    tag: "drafts",
    zh: "修改尚未提请批准的草案；须重新检查和试算。",
    en: "Change the text of a draft that is not proposed; it is to be checked and tried anew.",
    refuses: &[Code::WrongState, Code::NotAllowed, Code::Invalid],
};
/// `POST /api/v1/drafts/{id}/step`.
pub(in crate::web) const STEP: About = About {
    id: "step-draft",
    tag: "drafts",
    zh: "办理草案的一步：检查、试算（后台任务）、提请批准、由另一人批准公布、退回、废止、撤回。",
    en: "Take a step: check, try on everybody (background work), propose, have a second person approve and publish it, send back, repeal, drop.",
    refuses: &[Code::WrongState, Code::Invalid],
};
/// `GET /api/v1/drafts/{id}/effects`.
pub(in crate::web) const EFFECTS: About = About {
    id: "draft-effects",
    tag: "drafts",
    zh: "最近一次试算中结果会改变的人员，按人员编号分页，并附各种变化的数量。",
    en: "Whose results the draft would change by its last trial, by person, with how many results go from what to what.",
    refuses: &[],
};
/// `POST /api/v1/drafts/{id}/redetermine`.
pub(in crate::web) const REDETERMINE: About = About {
    id: "redetermine",
    tag: "drafts",
    zh: "草案生效后，确认按新文本重新认定所涉人员（后台任务）；已审验的年度不动。",
    en: "Once it is in force, confirm that those affected are determined anew (background work); verified years stand.",
    refuses: &[Code::WrongState],
};

/// A text to be drafted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要起草的文本。"))]
pub(in crate::web) struct DraftText {
    /// The policy file, in TOML; 1 MiB at most.
    #[schemars(extend("x-zh" = "政策文件（TOML），至多 1 MiB。"))]
    text: String,
}

/// A step to be taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要办的一步。"))]
pub(in crate::web) struct DraftTaking {
    /// The step.
    #[schemars(extend("x-zh" = "步骤：check 检查、try 试算、propose 提请批准、approve 批准公布、send-back 退回、repeal 废止、drop 撤回。"))]
    step: DraftStepName,
    /// The reason; needed for `send-back` and `repeal`.
    #[serde(default)]
    #[schemars(extend("x-zh" = "理由；退回和废止必填。"))]
    reason: Short<2000>,
    /// The year to try it on; needed for `try`.
    #[serde(default)]
    #[schemars(extend("x-zh" = "试算的年度；试算必填。"))]
    year: Option<Year>,
    /// From which day on it is in force, or no longer is: `2026-01-01`, today or later; of `approve` and `repeal`. Today unless given.
    #[serde(default)]
    #[schemars(extend("x-zh" = "自哪天起生效（或废止），如 2026-01-01，不早于今天；用于批准和废止，不填为今天。"))]
    active_from: Short<10>,
}

/// The steps of a draft.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum DraftStepName {
    Check,
    Try,
    Propose,
    Approve,
    SendBack,
    Repeal,
    Drop,
}

impl DraftStepName {
    fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Try => "try",
            Self::Propose => "propose",
            Self::Approve => "approve",
            Self::SendBack => "send-back",
            Self::Repeal => "repeal",
            Self::Drop => "drop",
        }
    }
}

impl From<DraftTaking> for DraftStepTaken {
    fn from(taking: DraftTaking) -> Self {
        Self { step: taking.step.word().to_owned(), reason: taking.reason.0, year: taking.year.map(|year| year.0).unwrap_or_default(), active_from: taking.active_from.0 }
    }
}

/// `GET /api/v1/drafts`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(part): Query<Part>) -> Result<Json<List<DraftLine>>, Failed> {
    let (before, limit) = (part.cursor.map(|cursor| cursor.0[0]), part.limit.0);
    let drafts = ask(&app, move |registry| registry.drafts(&actor, before, limit)).await?;
    Ok(Json(List::new(drafts, limit, |last| Cursor([last.id]).text(), |draft| DraftLine::from(&draft))))
}

/// `POST /api/v1/drafts`.
pub(in crate::web) async fn create(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(sent): Body<DraftText>) -> Result<Created<PolicyDraft>, Failed> {
    let draft = ask(&app, move |registry| {
        let id = registry.begin_draft(&actor, &sent.text)?;
        shown(registry, &actor, id)
    });
    let draft = draft.await?;
    Ok(Created(format!("/api/v1/drafts/{}", draft.line.id), draft.line.version, draft))
}

/// `GET /api/v1/drafts/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Tagged<PolicyDraft>, Failed> {
    after(&app, actor, id, |_, _| Ok(())).await
}

/// `PUT /api/v1/drafts/{id}`.
pub(in crate::web) async fn edit(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, IfMatch(version): IfMatch, Body(sent): Body<DraftText>) -> Result<Tagged<PolicyDraft>, Failed> {
    after(&app, actor, id, move |registry, actor| registry.edit_draft(actor, id, version, &sent.text)).await
}

/// `POST /api/v1/drafts/{id}/step`.
pub(in crate::web) async fn step(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, IfMatch(version): IfMatch, Body(taking): Body<DraftTaking>) -> Result<Tagged<PolicyDraft>, Failed> {
    after(&app, actor, id, move |registry, actor| registry.step_draft(actor, id, version, &taking.into())).await
}

/// `GET /api/v1/drafts/{id}/effects`.
pub(in crate::web) async fn effects(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Query(part): Query<Part>) -> Result<Json<Effects>, Failed> {
    let (after, limit) = (part.cursor.map_or(0, |cursor| cursor.0[0]), part.limit.0);
    let (draft, counts, lines) = ask(&app, move |registry| {
        let draft = registry.draft(&actor, id)?;
        Ok((draft, registry.effect_counts(&actor, id)?, registry.effects(&actor, id, after, limit)?))
    })
    .await?;
    let people: List<AffectedPerson> = List::new(people(lines), limit, |last| Cursor([last.person]).text(), |one| one);
    Ok(Json(Effects { sha256: draft.tried, year: draft.trial_year, counts: counts.into_iter().map(Into::into).collect(), people }))
}

/// `POST /api/v1/drafts/{id}/redetermine`.
pub(in crate::web) async fn redetermine(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Tagged<PolicyDraft>, Failed> {
    after(&app, actor, id, move |registry, actor| registry.begin_redetermining(actor, id).map(drop)).await
}

/// Does something with a draft of the actor's area, and tells how it stands then.
async fn after(app: &App, actor: Actor, id: i64, work: impl FnOnce(&Registry, &Actor) -> registry::Result<()> + Send + 'static) -> Result<Tagged<PolicyDraft>, Failed> {
    let draft = ask(app, move |registry| {
        registry.draft(&actor, id)?;
        work(registry, &actor)?;
        shown(registry, &actor, id)
    });
    let draft = draft.await?;
    Ok(Tagged(draft.line.version, draft))
}
