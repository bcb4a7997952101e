//! `/api/v1/people/{id}/registration` and what changes it: a person over time. Every change has its day and leaves what was.

use super::answer::{Done, Json, Made};
use super::ask;
use super::declarations::Words;
use super::describe::About;
use super::extract::{Body, Id, Short, Whole};
use super::people::Person;
use super::problem::{Code, Problem};
use super::time::Day;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_policy::{Column, Text};
use xueshi_registry::people::NewPerson;
use xueshi_registry::{Dated, Leaving, PostHeld, Registration};

/// `POST /api/v1/people`.
pub(in crate::web) const ENROL: About = About {
    id: "enrol-person",
    tag: "people",
    zh: "为本单位新增一名人员。姓名和身份证号只写在请求正文里。",
    en: "Add a professional to one's employer. Name and number stand in the body alone.",
    refuses: &[Code::Duplicate],
};
/// `GET /api/v1/people/{id}/registration`.
pub(in crate::web) const ONE: About = About {
    id: "registration",
    tag: "people",
    zh: "一人的全部登记：姓名、证件（已遮盖）、岗位、各项情况，各有起止日期，新的在前，每项至多 500 条。",
    en: "Everything registered about a person: names, identifiers (masked), posts and facts with their days, the latest first, 500 of each at most.",
    refuses: &[],
};
/// `PUT /api/v1/people/{id}/facts`.
pub(in crate::web) const FACTS: About = About {
    id: "put-facts",
    tag: "people",
    zh: "自某日起登记各项情况；空值表示自该日起没有。此前的保留，以后各年重新认定。",
    en: "Put facts in force from a day on; an empty value ends one. What held before stays, and the years since are determined anew.",
    refuses: &[],
};
/// `POST /api/v1/people/{id}/departures`.
pub(in crate::web) const LEAVE: About = About {
    id: "leave",
    tag: "people",
    zh: "登记离职（结束一个岗位）或退休（结束全部岗位）。",
    en: "Register that somebody left a post, or retired from all.",
    refuses: &[Code::WrongState, Code::Stale],
};
/// `POST /api/v1/people/{id}/main-post`.
pub(in crate::web) const MAIN: About = About {
    id: "make-main-post",
    tag: "people",
    zh: "自某日起以另一岗位为主要岗位；查看权限、地区和单位随之变动。",
    en: "Make another post the main one from a day on: access, place and employer follow it.",
    refuses: &[Code::Stale],
};
/// `POST /api/v1/people/{id}/post-title`.
pub(in crate::web) const TITLE: About =
    About { id: "rename-post", tag: "people", zh: "自某日起变更主要岗位的名称。", en: "Change what the main post is called from a day on.", refuses: &[Code::WrongState, Code::Stale] };

/// A professional to be added.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要新增的人员。"))]
pub(in crate::web) struct NewProfessional {
    /// The name, as on the card.
    #[schemars(extend("x-zh" = "姓名，与证件一致。"))]
    name: Short<60>,
    /// The identity number, where it is known.
    #[serde(default)]
    #[schemars(extend("x-zh" = "身份证号；未知的不填。"))]
    identity_number: Option<Short<30>>,
    /// What the post is called.
    #[serde(default)]
    #[schemars(extend("x-zh" = "岗位名称。"))]
    title: Short<100>,
    /// Texts by column of the policies about persons: `title_level` …
    #[serde(default)]
    #[schemars(extend("x-zh" = "规定问到的各项情况：title_level（职称级别）等。"))]
    facts: BTreeMap<String, String>,
    /// Since when all of this holds, `YYYY-MM-DD`.
    #[schemars(extend("x-zh" = "自哪一天起，YYYY-MM-DD。"))]
    on: Day,
}

/// Facts to be put in force.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要登记的各项情况。"))]
pub(in crate::web) struct FactsFrom {
    /// Texts by name, as `asked` of the registration lists them, and `sex`, `degree`, `graduated`, `working-since`, `title`, `title-sought`, which
    /// forms print; those not named stay as they are.
    #[schemars(extend(
        "x-zh" = "各项情况，名称见登记的 asked，另有表格所印的 sex 性别、degree 学历、graduated 毕业、working-since 参加工作时间、title 职称、title-sought 拟申报职称；未列的不变。"
    ))]
    facts: BTreeMap<String, String>,
    /// From which day, `YYYY-MM-DD`.
    #[schemars(extend("x-zh" = "自哪一天起，YYYY-MM-DD。"))]
    on: Day,
}

/// How somebody leaves.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "离职或退休。"))]
pub(in crate::web) struct Departure {
    /// `leave` ends one post, `retire` every one.
    #[schemars(extend("x-zh" = "leave 离职（结束一个岗位）、retire 退休（结束全部岗位）。"))]
    why: DepartureKind,
    /// The post that ends; `leave` needs it.
    #[serde(default)]
    #[schemars(extend("x-zh" = "结束的岗位；leave 必填。"))]
    post: Option<Whole>,
    /// The last day, `YYYY-MM-DD`.
    #[schemars(extend("x-zh" = "最后一天，YYYY-MM-DD。"))]
    on: Day,
    /// Why.
    #[serde(default)]
    #[schemars(extend("x-zh" = "理由。"))]
    reason: Short<2000>,
}

/// The ways to leave.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum DepartureKind {
    Leave,
    Retire,
}

/// Which post becomes the main one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "新的主要岗位。"))]
pub(in crate::web) struct MainPost {
    /// The post.
    #[schemars(extend("x-zh" = "岗位编号。"))]
    post: Whole,
    /// From which day, `YYYY-MM-DD`.
    #[schemars(extend("x-zh" = "自哪一天起，YYYY-MM-DD。"))]
    on: Day,
}

/// What the main post is called.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "主要岗位的新名称。"))]
pub(in crate::web) struct PostTitle {
    /// The title.
    #[schemars(extend("x-zh" = "岗位名称。"))]
    title: Short<100>,
    /// From which day, `YYYY-MM-DD`.
    #[schemars(extend("x-zh" = "自哪一天起，YYYY-MM-DD。"))]
    on: Day,
}

/// Everything registered about a person.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一人的全部登记。"))]
pub(in crate::web) struct Registered {
    /// Who.
    #[schemars(extend("x-zh" = "此人。"))]
    person: Person,
    /// The day of birth, where it is known.
    #[schemars(extend("x-zh" = "出生日期；未知的为 null。"))]
    born: Option<String>,
    /// Every name, the present one first; `name` is empty.
    #[schemars(extend("x-zh" = "历次姓名，现用的在前；name 为空。"))]
    names: Vec<Held>,
    /// Every identifier, masked; `name` is its kind.
    #[schemars(extend("x-zh" = "历次证件，号码已遮盖；name 为证件种类。"))]
    identifiers: Vec<Held>,
    /// Every post, the latest first.
    #[schemars(extend("x-zh" = "历次岗位，新的在前。"))]
    posts: Vec<Post>,
    /// What policies and forms ask, with its history.
    #[schemars(extend("x-zh" = "规定与表格问到的各项情况及其历次变动。"))]
    facts: Vec<Held>,
    /// What the policies of the place ask about persons: what can be put.
    #[schemars(extend("x-zh" = "当地规定问到的各项：可登记的名称。"))]
    asked: Vec<FactAsked>,
    /// What the employer's registration says of all its people.
    #[schemars(extend("x-zh" = "单位登记中对全体人员的规定项。"))]
    by_employer: BTreeMap<String, String>,
    /// Ids of registrations that were merged into this one.
    #[schemars(extend("x-zh" = "已并入的重复登记的编号。"))]
    merged: Vec<i64>,
    /// Whether whoever asks may change it.
    #[schemars(extend("x-zh" = "提出请求的人可否修改。"))]
    may_keep: bool,
    /// Whether whoever asks may ask for a transfer or another change.
    #[schemars(extend("x-zh" = "提出请求的人可否申请调动或变更。"))]
    may_ask: bool,
}

/// Something that held for some time.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "有起止日期的一项。"))]
struct Held {
    /// What it is.
    #[schemars(extend("x-zh" = "是什么。"))]
    name: String,
    /// The value.
    #[schemars(extend("x-zh" = "内容。"))]
    value: String,
    /// Since when.
    #[schemars(extend("x-zh" = "自哪一天起。"))]
    from: String,
    /// Until when; null where it holds now.
    #[schemars(extend("x-zh" = "至哪一天；现在有效的为 null。"))]
    to: Option<String>,
}

/// A post.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "岗位。"))]
struct Post {
    /// Its id.
    #[schemars(extend("x-zh" = "岗位编号。"))]
    id: i64,
    /// The employer.
    #[schemars(extend("x-zh" = "用人单位。"))]
    employer: String,
    /// The agency that holds the file; empty where the employer does.
    #[schemars(extend("x-zh" = "保管档案的机构；由单位保管的为空。"))]
    agency: String,
    /// What it is called.
    #[schemars(extend("x-zh" = "岗位名称。"))]
    title: String,
    /// Whether it is the main one.
    #[schemars(extend("x-zh" = "是否主要岗位。"))]
    main: bool,
    /// Since when.
    #[schemars(extend("x-zh" = "自哪一天起。"))]
    from: String,
    /// Until when; null where it is held now.
    #[schemars(extend("x-zh" = "至哪一天；在岗的为 null。"))]
    to: Option<String>,
    /// Why it ended: `transfer`, `leave`, `retire`, `agency`, `main`, `title`; empty where it is held.
    #[schemars(extend("x-zh" = "为何结束：transfer 调动、leave 离职、retire 退休、agency 档案转递、main 主要岗位变动、title 改名；在岗的为空。"))]
    ended_for: String,
}

/// What policies ask about persons.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "规定问到的一项。"))]
struct FactAsked {
    /// Its name.
    #[schemars(extend("x-zh" = "名称。"))]
    name: String,
    /// What it is called.
    #[schemars(extend("x-zh" = "叫法。"))]
    title: Words,
    /// The codes that are accepted; empty where it has none.
    #[schemars(extend("x-zh" = "可填的代码；没有代码的为空。"))]
    codes: Vec<String>,
}

impl From<Dated> for Held {
    fn from(of: Dated) -> Self {
        Self { name: of.kind, value: of.value, from: of.from, to: of.to }
    }
}

impl From<PostHeld> for Post {
    fn from(of: PostHeld) -> Self {
        Self { id: of.id, employer: of.employer, agency: of.agency, title: of.title, main: of.main, from: of.from, to: of.to, ended_for: of.ended_for }
    }
}

impl From<Column> for FactAsked {
    fn from(column: Column) -> Self {
        Self { title: (&column.title).into(), codes: column.codes.into_iter().map(|code| code.id).collect(), name: column.id }
    }
}

impl From<Registration> for Registered {
    fn from(of: Registration) -> Self {
        Self {
            person: of.person.into(),
            born: of.born,
            names: of.names.into_iter().map(Held::from).collect(),
            identifiers: of.identifiers.into_iter().map(Held::from).collect(),
            posts: of.posts.into_iter().map(Post::from).collect(),
            facts: of.facts.into_iter().map(Held::from).collect(),
            asked: of.columns.into_iter().map(FactAsked::from).collect(),
            by_employer: of.by_employer,
            merged: of.doubles.into_iter().map(|(id, _)| id).collect(),
            may_keep: of.may_keep,
            may_ask: of.may_ask,
        }
    }
}

/// `POST /api/v1/people`.
pub(in crate::web) async fn enrol(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(new): Body<NewProfessional>) -> Result<Made<Person>, Failed> {
    // The employer is the officer's own.
    let new = NewPerson { name: new.name.0, identity_number: new.identity_number.map(|number| number.0), facts: new.facts, organisation: 0, agency: None, title: new.title.0, from: new.on.0 };
    let shown = ask(&app, move |registry| {
        let id = registry.enrol(&actor, &new)?;
        registry.person(&actor, id)
    });
    let shown = shown.await?;
    Ok(Made(format!("/api/v1/people/{}", shown.id), shown.into()))
}

/// `GET /api/v1/people/{id}/registration`.
pub(in crate::web) async fn one(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id) -> Result<Json<Registered>, Failed> {
    ask(&app, move |registry| registry.registration(&actor, id)).await.map(|of| Json(of.into()))
}

/// `PUT /api/v1/people/{id}/facts`.
pub(in crate::web) async fn facts(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Body(put): Body<FactsFrom>) -> Result<Done, Failed> {
    ask(&app, move |registry| registry.put_facts(&actor, id, &put.facts, &put.on.0)).await.map(|()| Done)
}

/// `POST /api/v1/people/{id}/departures`.
pub(in crate::web) async fn leave(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Body(departure): Body<Departure>) -> Result<Done, Failed> {
    let (leaving, post) = match (departure.why, departure.post) {
        (DepartureKind::Leave, None) => {
            let text = Text::new("请写明结束哪个岗位，见登记的 posts。", "Say which post ends, as posts of the registration lists them.");
            return Err(Problem::at(Code::Invalid, "post", Some(text)).into());
        }
        (DepartureKind::Leave, Some(Whole(post))) => (Leaving::Left, post),
        (DepartureKind::Retire, _) => (Leaving::Retired, 0),
    };
    ask(&app, move |registry| registry.leave(&actor, id, leaving, post, &departure.on.0, &departure.reason.0)).await.map(|()| Done)
}

/// `POST /api/v1/people/{id}/main-post`.
pub(in crate::web) async fn main_post(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Body(main): Body<MainPost>) -> Result<Done, Failed> {
    ask(&app, move |registry| registry.make_main(&actor, id, main.post.0, &main.on.0)).await.map(|()| Done)
}

/// `POST /api/v1/people/{id}/post-title`.
pub(in crate::web) async fn post_title(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(id): Id, Body(new): Body<PostTitle>) -> Result<Done, Failed> {
    ask(&app, move |registry| registry.rename_post(&actor, id, &new.title.0, &new.on.0)).await.map(|()| Done)
}
