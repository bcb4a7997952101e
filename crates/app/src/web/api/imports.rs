//! `/api/v1/imports`: tables of people and records, tried row by row, then entered. A table is the body itself, as it stands on disk: its
//! name is not sent, since names of files tell of people and addresses stand in logs.

use super::answer::{Json, List, Made};
use super::ask;
use super::describe::{About, Input, Sketch};
use super::extract::{Body, Cursor, Id, Limit, Part, Query, Short};
use super::imported::{Import, ImportLine, ImportRow, shown};
use super::problem::{Code, Problem};
use crate::web::errors::Failed;
use crate::web::pages::imports::{Sent, begin};
use crate::web::session::Signed;
use crate::web::state::App;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::CONTENT_TYPE;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::{Error, ImportKind, RowOutcome, Why};

/// Bytes of a table at most.
pub(in crate::web) const BYTES_MAX: usize = crate::importing::FILE_BYTES_MAX;

/// `POST /api/v1/imports`.
pub(in crate::web) const CREATE: About = About {
    id: "begin-import",
    tag: "imports",
    zh: "上传一张表（CSV 或 XLSX，至多 32 MB、200,000 行）并开始逐行核对；此时不登记任何内容。各列见 /imports 的模板。",
    en: "Send a table (CSV or XLSX, 32 MB and 200,000 rows at most) and begin to try it row by row; nothing is entered yet. For its columns see the templates at /imports.",
    refuses: &[Code::NotAllowed],
};
/// `GET /api/v1/imports`.
pub(in crate::web) const LIST: About =
    About { id: "imports", tag: "imports", zh: "您以现在的身份上传的表，新的在前。", en: "The tables that you sent in this role, newest first.", refuses: &[] };
/// `GET /api/v1/imports/{id}`.
pub(in crate::web) const ONE: About =
    About {
        id: "import", tag: "imports", zh: "一次导入：状态、各结果的行数、后台任务的进度。", en: "An import: how it stands, how many rows come to what, how far its work is.", refuses: &[]
    };
/// `GET /api/v1/imports/{id}/lines`.
pub(in crate::web) const LINES: About = About {
    id: "import-lines",
    tag: "imports",
    zh: "各行将会（或已经）怎样，按行号分页；核对完成之后才有。",
    en: "What would become of each row, or became, in the order of the file; once they are tried.",
    refuses: &[Code::WrongState],
};
/// `POST /api/v1/imports/{id}/enter`.
pub(in crate::web) const ENTER: About = About {
    id: "enter-import",
    tag: "imports",
    zh: "确认并开始登记核对过的这份文件：全部或全不，或只登记正确的行。",
    en: "Confirm exactly the file that was tried, and begin to enter it: all rows or none, or the good ones only.",
    refuses: &[Code::WrongState, Code::Stale, Code::Invalid],
};

/// A table as the body of a request; what it is, is told by its bytes.
#[derive(Debug)]
pub(in crate::web) struct Table(Bytes);

/// The media types of a table; the last for who knows no better.
const MEDIA: [&str; 3] = ["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream"];

impl<S: Send + Sync> FromRequest<S> for Table {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed> {
        let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim();
        if !MEDIA.iter().any(|known| media.eq_ignore_ascii_case(known)) {
            let known = MEDIA.join(", ");
            let text = Text::new(format!("这个地址接受的是：{known}。"), format!("This address takes {known}."));
            return Err(Problem::at(Code::MediaType, "Content-Type", Some(text)).into());
        }
        Bytes::from_request(request, state).await.map(Self).map_err(|error| Failed::Status(error.status()))
    }
}

impl Input for Table {
    fn draw(sketch: &mut Sketch<'_>) {
        sketch.file(&MEDIA);
    }
}

/// What is sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Of {
    /// What the table holds: people with their facts, or learning records of people who are registered.
    #[schemars(extend("x-zh" = "表中是什么：people 人员，records 已登记人员的学习记录。"))]
    kind: Kind,
}

/// What a table holds.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Kind {
    People,
    Records,
}

/// Which rows are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Rows {
    /// Those that come to this.
    #[serde(default)]
    #[schemars(with = "Outcome", extend("x-zh" = "只列这一结果的行。"))]
    outcome: Option<Outcome>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<1>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<1>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Outcome {
    Created,
    Changed,
    Unchanged,
    Double,
    Refused,
}

impl Outcome {
    fn of_registry(self) -> RowOutcome {
        match self {
            Self::Created => RowOutcome::Created,
            Self::Changed => RowOutcome::Changed,
            Self::Unchanged => RowOutcome::Unchanged,
            Self::Double => RowOutcome::Double,
            Self::Refused => RowOutcome::Refused,
        }
    }
}

/// What is confirmed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "所确认的内容。"))]
pub(in crate::web) struct Confirmed {
    /// The SHA-256 of the file that was tried, as it was answered.
    #[schemars(extend("x-zh" = "核对过的文件的 SHA-256，同答复中的 sha256。"))]
    sha256: Short<64>,
    /// All rows or none; else the good ones only.
    #[schemars(extend("x-zh" = "true 全部或全不；false 只登记正确的行。"))]
    whole: bool,
}

/// `POST /api/v1/imports`.
pub(in crate::web) async fn create(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(of): Query<Of>, Table(bytes): Table) -> Result<Made<Import>, Failed> {
    let kind = match of.kind {
        Kind::People => ImportKind::People,
        Kind::Records => ImportKind::Records,
    };
    let end = if bytes.starts_with(b"PK") { "xlsx" } else { "csv" };
    let sent = Sent { kind, name: format!("{}.{end}", kind.word()), bytes };
    let parser = app.parser.clone();
    let import = ask(&app, move |registry| {
        let id = begin(registry, &parser, &actor, sent)?;
        shown(registry, &actor, id)
    });
    let import = import.await?;
    Ok(Made(format!("/api/v1/imports/{}", import.line.id), import))
}

/// `GET /api/v1/imports`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(part): Query<Part>) -> Result<Json<List<ImportLine>>, Failed> {
    let (before, limit) = (part.cursor.map(|cursor| cursor.0[0]), part.limit.0);
    let imports = ask(&app, move |registry| registry.imports(&actor, before, limit)).await?;
    Ok(Json(List::new(imports, limit, |last| Cursor([last.id]).text(), ImportLine::from)))
}

/// `GET /api/v1/imports/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Json<Import>, Failed> {
    ask(&app, move |registry| shown(registry, &actor, id)).await.map(Json)
}

/// `GET /api/v1/imports/{id}/lines`.
pub(in crate::web) async fn lines(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Query(rows): Query<Rows>) -> Result<Json<List<ImportRow>>, Failed> {
    let (after, limit) = (rows.cursor.map_or(0, |cursor| cursor.0[0]), rows.limit.0);
    let lines = ask(&app, move |registry| {
        if registry.import(&actor, id)?.state == "checking" {
            return Err(Error::refused(
                Why::WrongState,
                "还在核对，各行随时会变。请等后台任务（job）办完再读。",
                "The rows are still being tried, and change. Wait for the end of the work (job), then read them.",
            ));
        }
        registry.import_lines(&actor, id, rows.outcome.map(Outcome::of_registry), after, limit)
    });
    Ok(Json(List::new(lines.await?, limit, |last| Cursor([last.row]).text(), ImportRow::from)))
}

/// `POST /api/v1/imports/{id}/enter`.
pub(in crate::web) async fn enter(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Body(confirmed): Body<Confirmed>) -> Result<Json<Import>, Failed> {
    let import = ask(&app, move |registry| {
        registry.enter_import(&actor, id, &confirmed.sha256.0, confirmed.whole)?;
        shown(registry, &actor, id)
    });
    import.await.map(Json)
}
