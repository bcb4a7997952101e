//! `/api/v1/jobs`: the background work that whoever asks began in this role.

use super::answer::{Begun, Json, List};
use super::ask;
use super::declarations::Words;
use super::describe::About;
use super::extract::{Cursor, Id, Part, Query};
use super::problem::Code;
use super::time::instant;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use xueshi_registry::{self as registry, Actor, Error, Registry};

/// `GET /api/v1/jobs`.
pub(in crate::web) const LIST: About =
    About { id: "jobs", tag: "jobs", zh: "您以现在的身份开始的后台任务，新的在前。", en: "The background work that you began in this role, newest first.", refuses: &[] };
/// `GET /api/v1/jobs/{id}`.
pub(in crate::web) const ONE: About =
    About { id: "job", tag: "jobs", zh: "一项后台任务：状态、进度、所办何事。", en: "A piece of background work: how it stands, how far it is, what it is about.", refuses: &[] };
/// `POST /api/v1/jobs/{id}/cancel`.
pub(in crate::web) const CANCEL: About = About {
    id: "cancel-job",
    tag: "jobs",
    zh: "停下一项正在办或待办的后台任务；正办的一步办完即停，能收回的收回。",
    en: "Stop work that waits or is under way: after the step under way; what can be taken back is.",
    refuses: &[Code::WrongState],
};
/// `POST /api/v1/jobs/{id}/go-on`.
pub(in crate::web) const GO_ON: About =
    About { id: "go-on-with-job", tag: "jobs", zh: "中断的任务从停下处接着办。", en: "Go on with work that broke off, from where it stands.", refuses: &[Code::WrongState] };
/// `POST /api/v1/jobs/{id}/take-back`.
pub(in crate::web) const TAKE_BACK: About =
    About { id: "take-back-job", tag: "jobs", zh: "中断的任务收回已办的部分。", en: "Take back what work did that broke off.", refuses: &[Code::WrongState] };

/// Background work.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "后台任务。"))]
pub(in crate::web) struct Job {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// Its kind: `import-check`, `import-enter`, `open-year`, `verify-year`, `policy-trial`, `policy-redetermine`.
    #[schemars(extend("x-zh" = "种类：import-check 核对导入、import-enter 导入、open-year 开始年度审验、verify-year 审验一年、policy-trial 试算草案、policy-redetermine 重新认定。"))]
    kind: String,
    /// What it is called.
    #[schemars(extend("x-zh" = "名称。"))]
    title: Words,
    /// `queued`, `running`, `done`, `failed`, `cancelled`.
    #[schemars(extend("x-zh" = "状态：queued 等候、running 正在办、done 已办完、failed 未办成、cancelled 已停下。"))]
    state: &'static str,
    /// Somebody asked for it to be stopped.
    #[schemars(extend("x-zh" = "已请求停下。"))]
    cancelling: bool,
    /// How much is done, in hundredths of everything; null where that is not known.
    #[schemars(extend("x-zh" = "已办的百分比；尚不知道的为 null。"))]
    percent: Option<i64>,
    /// How many things are done: rows or people.
    #[schemars(extend("x-zh" = "已办的数量：行或人。"))]
    done: i64,
    /// Of how many; null where that is not known.
    #[schemars(extend("x-zh" = "总数；尚不知道的为 null。"))]
    total: Option<i64>,
    /// What came of it.
    #[schemars(extend("x-zh" = "办理结果。"))]
    result: Option<Words>,
    /// Why it failed, and what to do.
    #[schemars(extend("x-zh" = "没有办成的原因与办法。"))]
    error: Option<Words>,
    /// When it was begun.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时提出。"))]
    made_at: String,
    /// When the first step began.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时开始办。"))]
    began_at: Option<String>,
    /// When it ended.
    #[schemars(extend("format" = "date-time", "x-zh" = "何时结束。"))]
    ended_at: Option<String>,
    /// What it is about.
    #[schemars(extend("x-zh" = "所办何事。"))]
    about: JobAbout,
    /// The steps open now: `cancel`, `go-on`, `take-back`.
    #[schemars(extend("x-zh" = "现在可办的步骤：cancel 停下、go-on 接着办、take-back 收回。"))]
    steps: Vec<&'static str>,
}

/// What background work is about; what it is not about is null.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "任务所办何事；无关的为 null。"))]
struct JobAbout {
    /// The import, `/api/v1/imports/{id}`.
    #[schemars(extend("x-zh" = "导入，/api/v1/imports/{id}。"))]
    import: Option<i64>,
    /// The draft of a policy, `/api/v1/drafts/{id}`.
    #[schemars(extend("x-zh" = "政策草案，/api/v1/drafts/{id}。"))]
    draft: Option<i64>,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: Option<i64>,
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: Option<i64>,
}

impl From<registry::Job> for Job {
    fn from(job: registry::Job) -> Self {
        let about = |key: &str| job.payload[key].as_i64();
        let steps = [("cancel", job.state.open() && !job.cancelling), ("go-on", job.may_go_on()), ("take-back", job.may_take_back())];
        Self {
            about: JobAbout { import: about("import"), draft: about("draft"), employer: about("employer"), year: about("year") },
            steps: steps.into_iter().filter(|(_, open)| *open).map(|(step, _)| step).collect(),
            id: job.id,
            title: (&job.title).into(),
            state: job.state.word(),
            cancelling: job.cancelling,
            percent: job.percent(),
            done: job.done,
            total: job.total,
            result: job.result.as_ref().map(Words::from),
            error: job.error.as_ref().map(Words::from),
            made_at: instant(job.made_at),
            began_at: job.began_at.map(instant),
            ended_at: job.ended_at.map(instant),
            kind: job.kind,
        }
    }
}

/// `GET /api/v1/jobs`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(part): Query<Part>) -> Result<Json<List<Job>>, Failed> {
    let (before, limit) = (part.cursor.map(|cursor| cursor.0[0]), part.limit.0);
    let jobs = ask(&app, move |registry| registry.jobs(&actor, before, limit)).await?;
    Ok(Json(List::new(jobs, limit, |last| Cursor([last.id]).text(), Job::from)))
}

/// `GET /api/v1/jobs/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Json<Job>, Failed> {
    after(&app, actor, id, |_, _, _| Ok(())).await
}

/// `POST /api/v1/jobs/{id}/cancel`.
pub(in crate::web) async fn cancel(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Json<Job>, Failed> {
    after(&app, actor, id, |registry, actor, job| stop(registry, actor, job, job.state.open())).await
}

/// `POST /api/v1/jobs/{id}/go-on`.
pub(in crate::web) async fn go_on(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Json<Job>, Failed> {
    after(&app, actor, id, |registry, actor, job| registry.go_on_with_job(actor, job.id)).await
}

/// `POST /api/v1/jobs/{id}/take-back`.
pub(in crate::web) async fn take_back(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Json<Job>, Failed> {
    after(&app, actor, id, |registry, actor, job| stop(registry, actor, job, job.may_take_back())).await
}

/// Stops work, or has it take back what it did: for the registry one step, which by then is what was asked for or comes to the same.
fn stop(registry: &Registry, actor: &Actor, job: &registry::Job, may: bool) -> registry::Result<()> {
    if may { registry.cancel_job(actor, job.id) } else { Err(Error::wrong_state()) }
}

/// Does something with work, and tells how it stands then.
async fn after(app: &App, actor: Actor, id: i64, work: impl FnOnce(&Registry, &Actor, &registry::Job) -> registry::Result<()> + Send + 'static) -> Result<Json<Job>, Failed> {
    let job = ask(app, move |registry| {
        work(registry, &actor, &registry.job(&actor, id)?)?;
        registry.job(&actor, id)
    });
    job.await.map(|job| Json(job.into()))
}

/// Begins work, and tells how it stands.
///
/// # Errors
/// What the registry refuses.
pub(super) async fn begun(app: &App, actor: Actor, begin: impl FnOnce(&Registry, &Actor) -> registry::Result<i64> + Send + 'static) -> Result<Begun<Job>, Failed> {
    let job = ask(app, move |registry| {
        let id = begin(registry, &actor)?;
        registry.job(&actor, id)
    })
    .await?;
    Ok(Begun(format!("/api/v1/jobs/{}", job.id), job.into()))
}
