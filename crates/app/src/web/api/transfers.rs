//! `/api/v1/people/{id}/transfers` and `…/changes`, `/api/v1/people/transfer-in`: what is asked for about a person's employer, file, name and
//! numbers. A name or number stands in a body alone, so that no address or log holds it.

use super::answer::Created;
use super::describe::About;
use super::extract::{Body, Id, Short};
use super::matters::{Attachment, Matter, files, made};
use super::problem::Code;
use super::time::Day;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;
use xueshi_registry::changes::NewChange;
use xueshi_registry::transfers::{Kind, NewTransfer};

/// `POST /api/v1/people/{id}/transfers`.
pub(in crate::web) const ASK: About = About {
    id: "ask-transfer",
    tag: "people",
    zh: "申请调动、兼任或档案转递；由接收方同意。",
    en: "Ask for a transfer, a second post, or the file to go to another holder; the receiving side approves.",
    refuses: &[Code::WrongState, Code::Duplicate],
};
/// `POST /api/v1/people/transfer-in`.
pub(in crate::web) const ASK_IN: About = About {
    id: "ask-transfer-in",
    tag: "people",
    zh: "按姓名和身份证号申请调入他单位的人；由现单位同意，没有单位的当即办结。姓名和号码只写在请求正文里。",
    en: "Ask for somebody of another employer, found by name and identity number together, which stand in the body alone; the present employer approves, who has none is taken on at once.",
    refuses: &[Code::WrongState, Code::Duplicate, Code::Stale, Code::TooMany],
};
/// `POST /api/v1/people/{id}/changes`.
pub(in crate::web) const CHANGE: About = About {
    id: "ask-change",
    tag: "people",
    zh: "申请变更姓名或证件，附证明；由保管登记的一方提出的当即办结，本人提出的待审核。",
    en: "Ask for a change of name or identifier, with proof: done at once for who keeps the registration, waiting for them where the person asks.",
    refuses: &[Code::WrongState, Code::Duplicate, Code::Stale],
};

/// A transfer to be asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要申请的调动。"))]
pub(in crate::web) struct TransferAsked {
    /// `employer`: to another employer; `second`: a second post there; `file`: the personnel file.
    #[schemars(extend("x-zh" = "employer 调动到其他单位、second 兼任、file 档案转递。"))]
    kind: TransferKind,
    /// The receiving side: its unified social credit code, or its exact name; empty for a file that goes back to the employer.
    #[serde(default)]
    #[schemars(extend("x-zh" = "接收方：统一社会信用代码或全称；档案转回用人单位的为空。"))]
    to: Short<200>,
    /// What the new post is called.
    #[serde(default)]
    #[schemars(extend("x-zh" = "新岗位名称。"))]
    title: Short<100>,
    /// From which day, `YYYY-MM-DD`; it is approved on the day or later.
    #[schemars(extend("x-zh" = "自哪一天起，YYYY-MM-DD；当日或之后同意。"))]
    on: Day,
    /// Why.
    #[serde(default)]
    #[schemars(extend("x-zh" = "理由。"))]
    reason: Short<2000>,
}

/// What is transferred.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum TransferKind {
    Employer,
    Second,
    File,
}

/// Somebody of another employer who is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "要调入的人。"))]
pub(in crate::web) struct TransferInAsked {
    /// The name, as on the card.
    #[schemars(extend("x-zh" = "姓名，与证件一致。"))]
    name: Short<60>,
    /// The identity number.
    #[schemars(extend("x-zh" = "身份证号。"))]
    identity_number: Short<30>,
    /// What the new post is called.
    #[serde(default)]
    #[schemars(extend("x-zh" = "新岗位名称。"))]
    title: Short<100>,
    /// From which day, `YYYY-MM-DD`.
    #[schemars(extend("x-zh" = "自哪一天起，YYYY-MM-DD。"))]
    on: Day,
    /// Why.
    #[serde(default)]
    #[schemars(extend("x-zh" = "理由。"))]
    reason: Short<2000>,
}

/// A change of a name or an identifier.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-zh" = "姓名或证件的变更。"))]
pub(in crate::web) struct ChangeAsked {
    /// What changes.
    #[schemars(extend("x-zh" = "变更哪一项：name 姓名、identity-number 身份证号、passport 护照、hong-kong-macao-permit 港澳居民来往内地通行证、taiwan-permit 台湾居民来往大陆通行证。"))]
    kind: ChangeKind,
    /// The new name or number.
    #[schemars(extend("x-zh" = "新的姓名或号码。"))]
    value: Short<60>,
    /// The kind of identifier that it takes the place of, where it is another one.
    #[serde(default)]
    #[schemars(extend("x-zh" = "所取代的证件种类；同一种的不填。"))]
    replaces: Option<IdentifierKind>,
    /// Since which day it holds, `YYYY-MM-DD`.
    #[schemars(extend("x-zh" = "自哪一天起，YYYY-MM-DD。"))]
    from: Day,
    /// Why.
    #[serde(default)]
    #[schemars(extend("x-zh" = "理由。"))]
    reason: Short<2000>,
    /// The proofs (PDF, JPEG, PNG), one at least.
    #[schemars(length(max = 10), extend("x-zh" = "证明材料（PDF、JPEG、PNG），至少一份。"))]
    proofs: Vec<Attachment>,
}

/// What can be changed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum ChangeKind {
    Name,
    IdentityNumber,
    Passport,
    HongKongMacaoPermit,
    TaiwanPermit,
}

/// The kinds of identifiers.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum IdentifierKind {
    IdentityNumber,
    Passport,
    HongKongMacaoPermit,
    TaiwanPermit,
}

impl IdentifierKind {
    fn word(self) -> &'static str {
        match self {
            Self::IdentityNumber => "identity-number",
            Self::Passport => "passport",
            Self::HongKongMacaoPermit => "hong-kong-macao-permit",
            Self::TaiwanPermit => "taiwan-permit",
        }
    }
}

impl ChangeKind {
    fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::IdentityNumber => IdentifierKind::IdentityNumber.word(),
            Self::Passport => IdentifierKind::Passport.word(),
            Self::HongKongMacaoPermit => IdentifierKind::HongKongMacaoPermit.word(),
            Self::TaiwanPermit => IdentifierKind::TaiwanPermit.word(),
        }
    }
}

/// `POST /api/v1/people/{id}/transfers`.
pub(in crate::web) async fn transfer(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(person): Id, Body(asked): Body<TransferAsked>) -> Result<Created<Matter>, Failed> {
    let kind = match asked.kind {
        TransferKind::Employer => Kind::Employer,
        TransferKind::Second => Kind::Second,
        TransferKind::File => Kind::File,
    };
    let new = NewTransfer { kind, to: asked.to.0, title: asked.title.0, on: asked.on.0, reason: asked.reason.0 };
    made(&app, actor, move |registry, actor| registry.ask_transfer(actor, person, &new)).await
}

/// `POST /api/v1/people/transfer-in`.
pub(in crate::web) async fn transfer_in(State(app): State<Arc<App>>, Signed { actor }: Signed, Body(asked): Body<TransferInAsked>) -> Result<Created<Matter>, Failed> {
    let new = NewTransfer { kind: Kind::Employer, to: String::new(), title: asked.title.0, on: asked.on.0, reason: asked.reason.0 };
    made(&app, actor, move |registry, actor| registry.ask_transfer_in(actor, &asked.name.0, &asked.identity_number.0, &new)).await
}

/// `POST /api/v1/people/{id}/changes`.
pub(in crate::web) async fn change(State(app): State<Arc<App>>, Signed { actor }: Signed, Id(person): Id, Body(asked): Body<ChangeAsked>) -> Result<Created<Matter>, Failed> {
    let proofs = files(&asked.proofs)?;
    let replaces = asked.replaces.map(IdentifierKind::word).unwrap_or_default().to_owned();
    let new = NewChange { kind: asked.kind.word().to_owned(), value: asked.value.0, replaces, from: asked.from.0, reason: asked.reason.0 };
    made(&app, actor, move |registry, actor| registry.ask_change(actor, person, &new, &proofs)).await
}
