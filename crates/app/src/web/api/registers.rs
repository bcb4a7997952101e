//! `/api/v1/registers`: the public registers of platforms, topics, bases and providers; officers keep those of their area.

use super::answer::{Json, List, Made};
use super::ask;
use super::assess::Region;
use super::declarations::Words;
use super::describe::About;
use super::extract::{Body, Cursor, Id, Limit, Query, Short};
use super::problem::{Code, Problem};
use super::records::Year;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::{REGISTERS, Text};
use xueshi_registry::{NewEntry, RegisterLine};

/// `GET /api/v1/registers`.
pub(in crate::web) const LIST: About = About {
    id: "register-entries",
    tag: "registers",
    zh: "一地一年的公开名册，包括其上级地区的，按名册排列。",
    en: "The registers of a place in a year, those of the places around it included, register by register.",
    refuses: &[],
};
/// `GET /api/v1/registers/{id}`.
pub(in crate::web) const ONE: About = About { id: "register-entry", tag: "registers", zh: "名册中的一条。", en: "An entry of a register.", refuses: &[] };
/// `POST /api/v1/registers/add`.
pub(in crate::web) const ADD: About =
    About { id: "add-register-entry", tag: "registers", zh: "在自己管理的地区的名册中新增一条。", en: "Add an entry for one's own area.", refuses: &[Code::Duplicate] };
/// `POST /api/v1/registers/{id}/close`.
pub(in crate::web) const CLOSE: About = About {
    id: "close-register-entry",
    tag: "registers",
    zh: "停用一条由管理人员新增的；理由公开，不可恢复。",
    en: "Close an entry that an officer added, for good; everybody reads why.",
    refuses: &[Code::WrongState],
};

/// Which entries are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Sought {
    /// The place: six digits of GB/T 2260.
    #[schemars(with = "String", extend("pattern" = "^[0-9]{6}$", "x-zh" = "行政区划代码，六位（GB/T 2260）。"))]
    region: Region,
    /// The year.
    #[schemars(extend("x-zh" = "年度。"))]
    year: Year,
    /// Of this register.
    #[serde(default)]
    #[schemars(with = "Register", extend("x-zh" = "只列此名册的。"))]
    register: Option<Register>,
    /// Where to go on: `next` of the part before.
    #[serde(default)]
    #[schemars(with = "Cursor<2>", extend("x-zh" = "从哪里接着列：上一页的 next。"))]
    cursor: Option<Cursor<2>>,
    /// How many at most.
    #[serde(default)]
    #[schemars(extend("x-zh" = "至多几项。"))]
    limit: Limit,
}

/// The registers.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Register {
    Platform,
    Topic,
    Base,
    Provider,
}

impl Register {
    fn word(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Topic => "topic",
            Self::Base => "base",
            Self::Provider => "provider",
        }
    }
}

/// What is added.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要新增的一条。"))]
pub(in crate::web) struct Adding {
    /// Which register.
    #[schemars(extend("x-zh" = "哪一名册：platform 平台、topic 课题、base 基地、provider 施教机构。"))]
    register: Register,
    /// What it is called.
    #[schemars(extend("x-zh" = "名称。"))]
    name: Short<100>,
    /// What records name it by; the name unless given.
    #[serde(default)]
    #[schemars(extend("x-zh" = "记录中用来称它的代码；不填即名称。"))]
    code: Short<100>,
    /// The unified social credit code of the organisation that it is, where it is registered here.
    #[serde(default)]
    #[schemars(extend("x-zh" = "本系统中登记的单位，填统一社会信用代码。"))]
    organisation: Short<100>,
    /// The document it rests on; at least two characters.
    #[schemars(extend("x-zh" = "依据的文件，至少两个字。"))]
    basis: Short<100>,
    /// First day, `YYYY-MM-DD`.
    #[schemars(extend("format" = "date", "x-zh" = "起始日，写成 年-月-日。"))]
    from: String,
    /// Last day, `YYYY-MM-DD`; none unless given.
    #[serde(default)]
    #[schemars(extend("format" = "date", "x-zh" = "终止日；不填为没有。"))]
    to: Option<String>,
}

/// Until when an entry holds, and why no longer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "停用。"))]
pub(in crate::web) struct Closing {
    /// The last day, `YYYY-MM-DD`.
    #[schemars(extend("format" = "date", "x-zh" = "最后一日，写成 年-月-日。"))]
    until: String,
    /// The reason, which everybody reads; at least two characters.
    #[schemars(extend("x-zh" = "理由，公开可见，至少两个字。"))]
    reason: Short<2000>,
}

/// An entry of a register.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "名册中的一条。"))]
pub(in crate::web) struct RegisterEntry {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// Which register: `platform`, `topic`, `base`, `provider`.
    #[schemars(extend("x-zh" = "哪一名册：platform 平台、topic 课题、base 基地、provider 施教机构。"))]
    register: String,
    /// What records name it by.
    #[schemars(extend("x-zh" = "记录中用来称它的代码。"))]
    code: String,
    /// What it is called.
    #[schemars(extend("x-zh" = "名称。"))]
    name: Words,
    /// Where it holds: the beginning of the GB/T 2260 code, `*` for the nation.
    #[schemars(extend("x-zh" = "适用地区：行政区划代码的开头，* 为全国。"))]
    place: String,
    /// The policy file that lists it; null where an officer added it.
    #[schemars(extend("x-zh" = "列出它的规定；由管理人员新增的为 null。"))]
    policy: Option<String>,
    /// The clauses of the policy file, or the document an officer named.
    #[schemars(extend("x-zh" = "规定的条款，或管理人员写明的文件。"))]
    basis: String,
    /// The organisation that it is, where it is known here.
    #[schemars(extend("x-zh" = "它是本系统中的哪个单位。"))]
    organisation: Option<String>,
    /// First day; null where there is none.
    #[schemars(extend("x-zh" = "起始日；没有的为 null。"))]
    from: Option<String>,
    /// Last day; null where there is none.
    #[schemars(extend("x-zh" = "终止日；没有的为 null。"))]
    to: Option<String>,
    /// Why it was closed.
    #[schemars(extend("x-zh" = "停用的理由。"))]
    closed_for: String,
}

impl From<RegisterLine> for RegisterEntry {
    fn from(line: RegisterLine) -> Self {
        Self {
            id: line.id,
            register: line.register,
            code: line.code,
            name: (&Text::new(line.name_zh, line.name_en)).into(),
            place: line.place,
            policy: line.policy,
            basis: line.basis,
            organisation: line.organisation,
            from: line.days.0,
            to: line.days.1,
            closed_for: line.closed_for,
        }
    }
}

/// The last entry of a part: its register by its place among all registers, and its id.
fn cursor(last: &RegisterLine) -> String {
    let at = REGISTERS.iter().position(|known| *known == last.register).and_then(|at| i64::try_from(at).ok());
    Cursor([at.unwrap_or_default(), last.id]).text()
}

/// `GET /api/v1/registers`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Query(sought): Query<Sought>) -> Result<Json<List<RegisterEntry>>, Failed> {
    let limit = sought.limit.0;
    let after = sought.cursor.map(|Cursor([at, id])| {
        let register = usize::try_from(at).ok().and_then(|at| REGISTERS.get(at));
        register.map(|register| ((*register).to_owned(), id)).ok_or_else(|| Problem::at(Code::Invalid, "cursor", None))
    });
    let (after, register) = (after.transpose()?, sought.register.map_or("", Register::word));
    let page = ask(&app, move |registry| registry.registers(None, (&sought.region.0, sought.year.0), register, after, limit)).await?;
    Ok(Json(List::new(page.lines, limit, cursor, RegisterEntry::from)))
}

/// `GET /api/v1/registers/{id}`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Id(id): Id) -> Result<Json<RegisterEntry>, Failed> {
    ask(&app, move |registry| registry.register_entry(id)).await.map(|line| Json(line.into()))
}

/// `POST /api/v1/registers/add`.
pub(in crate::web) async fn add(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(adding): Body<Adding>) -> Result<Made<RegisterEntry>, Failed> {
    let new = NewEntry {
        register: adding.register.word().to_owned(),
        code: adding.code.0,
        name: adding.name.0,
        organisation: adding.organisation.0,
        basis: adding.basis.0,
        from: adding.from,
        to: adding.to.unwrap_or_default(),
    };
    let line = ask(&app, move |registry| registry.register_entry(registry.add_register_entry(&actor, &new)?)).await?;
    Ok(Made(format!("/api/v1/registers/{}", line.id), line.into()))
}

/// `POST /api/v1/registers/{id}/close`.
pub(in crate::web) async fn close(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Body(closing): Body<Closing>) -> Result<Json<RegisterEntry>, Failed> {
    let line = ask(&app, move |registry| {
        registry.close_register_entry(&actor, id, &closing.until, &closing.reason.0)?;
        registry.register_entry(id)
    });
    Ok(Json(line.await?.into()))
}
