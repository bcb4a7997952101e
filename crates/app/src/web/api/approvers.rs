//! `/api/v1/approvers`: who approves exemptions on the grounds that the regulations list; the operator names them.

use super::answer::{Done, Json, List};
use super::ask;
use super::declarations::Words;
use super::describe::About;
use super::extract::{Body, Cursor, Part, Query, Short};
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::Text;
use xueshi_registry::grants::Approver;

/// `GET /api/v1/approvers`.
pub(in crate::web) const LIST: About =
    About { id: "approvers", tag: "matters", zh: "各地各项免学事由由谁审核。", en: "Who approves on which ground of exemption, and where.", refuses: &[] };
/// `POST /api/v1/approvers`.
pub(in crate::web) const NAME: About = About {
    id: "name-approver",
    tag: "matters",
    zh: "指定一地及其下各地的一项免学事由由哪个单位审核；已指定的改为新的单位。",
    en: "Name who approves on a ground in a place and all below it, in the place of whoever was named.",
    refuses: &[],
};

/// Who approves on a ground.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(extend("x-zh" = "一项事由由谁审核。"))]
pub(in crate::web) struct ApproverListed {
    /// Its id.
    #[schemars(extend("x-zh" = "编号。"))]
    id: i64,
    /// The place.
    #[schemars(extend("x-zh" = "地方。"))]
    place: Words,
    /// The ground, as grants list it.
    #[schemars(extend("x-zh" = "事由的代码，见一年的 grants。"))]
    ground: String,
    /// For those who have returned.
    #[schemars(extend("x-zh" = "是否为已返回的人。"))]
    returned: bool,
    /// The organisation that approves.
    #[schemars(extend("x-zh" = "审核的单位。"))]
    organisation: String,
}

/// Who is named.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "指定由谁审核。"))]
pub(in crate::web) struct ApproverNamed {
    /// The place, by its code.
    #[schemars(extend("x-zh" = "行政区划代码。"))]
    place: Short<20>,
    /// The ground, as grants list it.
    #[schemars(extend("x-zh" = "事由的代码，见一年的 grants。"))]
    ground: Short<200>,
    /// For those who have returned.
    #[serde(default)]
    #[schemars(extend("x-zh" = "是否为已返回的人。"))]
    returned: bool,
    /// The organisation: its unified social credit code, or its exact name.
    #[schemars(extend("x-zh" = "审核的单位：统一社会信用代码或全称。"))]
    organisation: Short<200>,
}

impl From<Approver> for ApproverListed {
    fn from(one: Approver) -> Self {
        let place = Text::new(one.place.0, one.place.1);
        Self { id: one.id, place: (&place).into(), ground: one.ground, returned: one.returned, organisation: one.organisation }
    }
}

/// `GET /api/v1/approvers`.
pub(in crate::web) async fn list(State(app): State<Arc<App>>, Signed { actor }: Signed, Query(part): Query<Part>) -> Result<Json<List<ApproverListed>>, Failed> {
    let (after, limit) = (part.cursor.map_or(0, |cursor| cursor.0[0]), part.limit.0);
    let lines = ask(&app, move |registry| registry.approvers(&actor, after, limit)).await?;
    Ok(Json(List::new(lines, limit, |last| Cursor([last.id]).text(), ApproverListed::from)))
}

/// `POST /api/v1/approvers`.
pub(in crate::web) async fn name(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(named): Body<ApproverNamed>) -> Result<Done, Failed> {
    ask(&app, move |registry| registry.name_approver(&actor, &named.place.0, &named.ground.0, named.returned, &named.organisation.0)).await.map(|()| Done)
}
