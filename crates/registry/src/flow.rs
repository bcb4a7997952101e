//! Workflows as tables: which steps are open in which state, who may take them, what they ask for and what they leave in the ledger.
//!
//! The page, the rules and the tests read the same table.

use crate::access::Action;
use crate::error::{Error, Result};

/// A workflow.
#[derive(Debug)]
pub struct Flow {
    /// The word cases are kept by.
    pub id: &'static str,
    /// Its states.
    pub states: &'static [State],
    /// Its steps.
    pub steps: &'static [Step],
    /// The states in which a case goes along with a person who is transferred; else it stays with the employer it waits for.
    pub along: &'static [&'static str],
}

/// A state of a case.
#[derive(Debug)]
pub struct State {
    /// The word it is kept by.
    pub id: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// Whether something is still to be done.
    pub open: bool,
}

/// A step from one state to another.
#[derive(Debug)]
pub struct Step {
    /// The word it is kept by.
    pub id: &'static str,
    /// In Chinese, as on a button.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// The states it is open in.
    pub from: &'static [&'static str],
    /// Where it leads; a review leads there only after its last stage.
    pub to: &'static str,
    /// What one must be allowed to do.
    pub action: Action,
    /// Whether a reason must be given.
    pub reason: bool,
    /// The key officers press for it.
    pub key: Option<char>,
    /// The kind of entry it leaves in the ledger.
    pub entry: Option<&'static str>,
}

/// Declaration of a learning record (学习记录申报).
pub const DECLARATION: Flow = Flow {
    id: "declaration",
    states: &[
        State { id: "draft", zh: "草稿", en: "draft", open: true },
        State { id: "waiting", zh: "待审核", en: "under review", open: true },
        State { id: "returned", zh: "退回补正", en: "returned", open: true },
        State { id: "accepted", zh: "已认定", en: "accepted", open: false },
        State { id: "rejected", zh: "不予认定", en: "rejected", open: false },
        State { id: "withdrawn", zh: "已撤回", en: "withdrawn", open: false },
        State { id: "corrected", zh: "已更正", en: "corrected", open: false },
        State { id: "revoked", zh: "已撤销", en: "revoked", open: false },
    ],
    steps: &[
        Step { id: "submit", zh: "提交", en: "hand in", from: &["draft", "returned"], to: "waiting", action: Action::Declare, reason: false, key: None, entry: None },
        Step { id: "withdraw", zh: "撤回", en: "withdraw", from: &["draft", "waiting", "returned"], to: "withdrawn", action: Action::Declare, reason: false, key: None, entry: None },
        Step { id: "accept", zh: "认定", en: "accept", from: &["waiting"], to: "accepted", action: Action::Review, reason: false, key: Some('a'), entry: Some("record-accepted") },
        Step { id: "return", zh: "退回补正", en: "return", from: &["waiting"], to: "returned", action: Action::Review, reason: true, key: Some('e'), entry: Some("record-returned") },
        Step { id: "reject", zh: "不予认定", en: "reject", from: &["waiting"], to: "rejected", action: Action::Review, reason: true, key: Some('r'), entry: Some("record-rejected") },
        // How a record begins that an employer brought in a table: never open to anybody.
        Step { id: "import", zh: "单位导入", en: "imported by the employer", from: &[], to: "waiting", action: Action::Import, reason: false, key: None, entry: Some("record-accepted") },
        // How a record begins that a provider delivered: never open to anybody.
        Step { id: "deliver", zh: "施教机构送达", en: "delivered by the provider", from: &[], to: "waiting", action: Action::Deliver, reason: false, key: None, entry: Some("record-accepted") },
        Step { id: "revoke", zh: "撤销认定", en: "revoke", from: &["accepted"], to: "revoked", action: Action::Revoke, reason: true, key: None, entry: Some("record-revoked") },
    ],
    // What was handed in is decided by the employer who saw the learning; what was not is handed in at the new one.
    along: &["draft", "returned"],
};

/// Yearly verification (年度审验), which freezes a year.
pub const VERIFICATION: Flow = Flow {
    id: "verification",
    states: &[
        State { id: "waiting", zh: "待审验", en: "to be verified", open: true },
        State { id: "verified", zh: "已审验", en: "verified", open: false },
        State { id: "reopened", zh: "重新审验", en: "reopened", open: true },
        State { id: "set-aside", zh: "并入另一档案", en: "part of another file", open: false },
    ],
    steps: &[
        Step { id: "verify", zh: "审验", en: "verify", from: &["waiting", "reopened"], to: "verified", action: Action::Verify, reason: false, key: Some('a'), entry: Some("year-verified") },
        Step { id: "reopen", zh: "重新审验", en: "reopen", from: &["verified"], to: "reopened", action: Action::Revoke, reason: true, key: None, entry: Some("year-reopened") },
    ],
    // The file goes along, and who holds it verifies.
    along: &["waiting", "reopened"],
};

/// The states that most matters have.
const ASKED: &[State] = &[
    State { id: "waiting", zh: "待办理", en: "waiting", open: true },
    State { id: "done", zh: "已办结", en: "done", open: false },
    State { id: "refused", zh: "不予办理", en: "refused", open: false },
    State { id: "withdrawn", zh: "已撤回", en: "withdrawn", open: false },
];

const REFUSE: Step = Step { id: "refuse", zh: "不予办理", en: "refuse", from: &["waiting"], to: "refused", action: Action::Review, reason: true, key: Some('r'), entry: None };
const WITHDRAW: Step = Step { id: "withdraw", zh: "撤回", en: "withdraw", from: &["waiting"], to: "withdrawn", action: Action::Withdraw, reason: false, key: None, entry: None };

/// Transfer (调动), a second post (兼任), or the file to another holder (档案转递).
pub const TRANSFER: Flow = Flow {
    id: "transfer",
    states: ASKED,
    steps: &[
        Step { id: "approve", zh: "同意", en: "approve", from: &["waiting"], to: "done", action: Action::Review, reason: false, key: Some('a'), entry: Some("person-transferred") },
        REFUSE,
        WITHDRAW,
    ],
    along: &[],
};

/// Change of a name or an identifier (姓名、证件变更).
pub const CHANGE: Flow = Flow {
    id: "change",
    states: ASKED,
    steps: &[Step { id: "approve", zh: "同意", en: "approve", from: &["waiting"], to: "done", action: Action::Review, reason: false, key: Some('a'), entry: Some("person-changed") }, REFUSE, WITHDRAW],
    along: &["waiting"],
};

/// Merging two registrations of one person (重复登记合并), and undoing it.
pub const MERGE: Flow = Flow {
    id: "merge",
    states: &[
        State { id: "waiting", zh: "待复核", en: "waiting for a second person", open: true },
        State { id: "merged", zh: "已合并", en: "merged", open: false },
        State { id: "refused", zh: "不予合并", en: "refused", open: false },
        State { id: "withdrawn", zh: "已撤回", en: "withdrawn", open: false },
        State { id: "undone", zh: "已恢复为两人", en: "undone", open: false },
    ],
    steps: &[
        Step { id: "approve", zh: "同意合并", en: "merge", from: &["waiting"], to: "merged", action: Action::Review, reason: false, key: Some('a'), entry: Some("people-merged") },
        REFUSE,
        WITHDRAW,
        Step { id: "undo", zh: "恢复为两人", en: "undo the merge", from: &["merged"], to: "undone", action: Action::Revoke, reason: true, key: None, entry: Some("people-unmerged") },
    ],
    along: &[],
};

/// Exemption (免学) on a ground that a policy lists.
pub const EXEMPTION: Flow = Flow {
    id: "exemption",
    states: &[
        State { id: "waiting", zh: "待审核", en: "waiting", open: true },
        State { id: "granted", zh: "已批准免学", en: "granted", open: false },
        State { id: "refused", zh: "不予批准", en: "refused", open: false },
        State { id: "withdrawn", zh: "已撤回", en: "withdrawn", open: false },
        State { id: "ended", zh: "提前结束", en: "ended early", open: false },
        State { id: "revoked", zh: "已撤销", en: "revoked", open: false },
    ],
    steps: &[
        Step { id: "approve", zh: "批准", en: "grant", from: &["waiting"], to: "granted", action: Action::Review, reason: false, key: Some('a'), entry: Some("exemption-granted") },
        Step { entry: Some("exemption-refused"), ..REFUSE },
        WITHDRAW,
        Step { id: "end", zh: "提前结束", en: "end early", from: &["granted"], to: "ended", action: Action::End, reason: true, key: None, entry: Some("exemption-ended") },
        Step { id: "revoke", zh: "撤销", en: "revoke", from: &["granted", "ended"], to: "revoked", action: Action::End, reason: true, key: None, entry: Some("exemption-revoked") },
    ],
    along: &["waiting"],
};

/// A good reason (正当理由) for a short year, accepted by who verifies it.
pub const REASON: Flow = Flow {
    id: "reason",
    states: &[
        State { id: "waiting", zh: "待审核", en: "waiting", open: true },
        State { id: "granted", zh: "理由已接受", en: "accepted", open: false },
        State { id: "refused", zh: "理由不成立", en: "not accepted", open: false },
        State { id: "withdrawn", zh: "已撤回", en: "withdrawn", open: false },
        State { id: "revoked", zh: "已撤销", en: "revoked", open: false },
    ],
    steps: &[
        Step { id: "approve", zh: "接受", en: "accept", from: &["waiting"], to: "granted", action: Action::Review, reason: false, key: Some('a'), entry: Some("reason-accepted") },
        Step { zh: "不接受", en: "do not accept", entry: Some("reason-refused"), ..REFUSE },
        WITHDRAW,
        Step { id: "revoke", zh: "撤销", en: "revoke", from: &["granted"], to: "revoked", action: Action::Revoke, reason: true, key: None, entry: Some("reason-revoked") },
    ],
    along: &["waiting"],
};

/// Refusal to study, or a breach of its discipline (学习纪律): recorded; the person can object, and somebody else than who recorded it upholds it.
pub const DISCIPLINE: Flow = Flow {
    id: "discipline",
    states: &[
        State { id: "recorded", zh: "已记录", en: "recorded", open: false },
        State { id: "objected", zh: "本人有异议", en: "objected to", open: true },
        State { id: "upheld", zh: "维持记录", en: "upheld", open: false },
        State { id: "lifted", zh: "已撤销", en: "lifted", open: false },
    ],
    steps: &[
        Step { id: "object", zh: "提出异议", en: "object", from: &["recorded"], to: "objected", action: Action::Object, reason: true, key: None, entry: Some("breach-objected") },
        Step { id: "uphold", zh: "维持记录", en: "uphold", from: &["objected"], to: "upheld", action: Action::Review, reason: true, key: None, entry: Some("breach-upheld") },
        Step {
            id: "lift",
            zh: "撤销记录",
            en: "lift the record",
            from: &["recorded", "objected", "upheld"],
            to: "lifted",
            action: Action::Keep,
            reason: true,
            key: None,
            entry: Some("breach-lifted"),
        },
    ],
    along: &["objected"],
};

/// A completion that a provider delivers (施教机构送达). Steps that are open in no state are the program's own; those after `matched` that
/// people take are the steps of the case of its record.
pub const DELIVERY: Flow = Flow {
    id: "delivery",
    states: &[
        State { id: "received", zh: "已收到", en: "received", open: true },
        State { id: "unmatched", zh: "未匹配到人", en: "nobody found", open: true },
        State { id: "waiting", zh: "待审核", en: "under review", open: true },
        State { id: "returned", zh: "退回补正", en: "returned", open: true },
        State { id: "registered", zh: "已登记", en: "registered", open: false },
        State { id: "refused", zh: "未予登记", en: "refused", open: false },
        State { id: "corrected", zh: "已更正", en: "corrected", open: false },
        State { id: "revoked", zh: "已撤销", en: "revoked", open: false },
        State { id: "withdrawn", zh: "已撤回", en: "withdrawn", open: false },
    ],
    steps: &[
        Step { id: "send", zh: "送出", en: "sent", from: &[], to: "received", action: Action::Deliver, reason: false, key: None, entry: None },
        Step { id: "receive", zh: "收到", en: "received", from: &[], to: "received", action: Action::Deliver, reason: false, key: None, entry: None },
        Step { id: "match", zh: "匹配到本人", en: "matched", from: &[], to: "received", action: Action::Deliver, reason: false, key: None, entry: None },
        Step { id: "unmatch", zh: "未匹配到人", en: "nobody found", from: &[], to: "unmatched", action: Action::Deliver, reason: false, key: None, entry: None },
        Step { id: "assess", zh: "核算", en: "assessed", from: &[], to: "received", action: Action::Deliver, reason: false, key: None, entry: None },
        Step { id: "register", zh: "登记", en: "registered", from: &[], to: "registered", action: Action::Deliver, reason: false, key: None, entry: Some("record-accepted") },
        Step { id: "hand-on", zh: "交审核", en: "handed on for review", from: &[], to: "waiting", action: Action::Deliver, reason: false, key: None, entry: None },
        Step { id: "refuse", zh: "未予登记", en: "refused", from: &[], to: "refused", action: Action::Deliver, reason: false, key: None, entry: None },
        Step {
            id: "correct",
            zh: "更正后重办",
            en: "correct and try again",
            from: &["unmatched", "refused", "returned"],
            to: "received",
            action: Action::Deliver,
            reason: false,
            key: None,
            entry: None,
        },
        Step { id: "retry", zh: "重办", en: "try again", from: &["unmatched", "refused"], to: "received", action: Action::Deliver, reason: false, key: None, entry: None },
        // A record of discipline about who was matched: a matter of its own, which leaves the completion where it stands.
        Step { id: "breach", zh: "记录违反学习纪律", en: "a breach of discipline was recorded", from: &[], to: "received", action: Action::Deliver, reason: true, key: None, entry: None },
        Step { id: "withdraw", zh: "撤回", en: "withdraw", from: &["unmatched", "refused", "waiting", "returned"], to: "withdrawn", action: Action::Deliver, reason: true, key: None, entry: None },
    ],
    along: &[],
};

/// Yearly verification of an employer (单位年度审验): the employer hands its year over, the authorities above it look at it in turn.
/// Which authorities, and in which order, is the installation's setting; a step leads to `confirmed` only after the last.
pub const EMPLOYER_YEAR: Flow = Flow {
    id: "employer-year",
    states: &[
        State { id: "gathering", zh: "单位审验中", en: "with the employer", open: true },
        State { id: "sector-authority", zh: "待行业主管部门审核", en: "with the sector authority", open: true },
        State { id: "personnel-authority", zh: "待人社部门审核", en: "with the personnel authority", open: true },
        State { id: "sent-back", zh: "退回单位", en: "sent back to the employer", open: true },
        State { id: "confirmed", zh: "审验完成", en: "complete", open: false },
    ],
    steps: &[
        Step {
            id: "hand-over",
            zh: "报送",
            en: "hand over",
            from: &["gathering", "sent-back"],
            to: "confirmed",
            action: Action::Verify,
            reason: false,
            key: None,
            entry: Some("employer-year-handed-over"),
        },
        Step {
            id: "confirm",
            zh: "审核通过",
            en: "confirm",
            from: &["sector-authority", "personnel-authority"],
            to: "confirmed",
            action: Action::Verify,
            reason: false,
            key: None,
            entry: Some("employer-year-confirmed"),
        },
        Step {
            id: "send-back",
            zh: "退回单位",
            en: "send back",
            from: &["sector-authority", "personnel-authority"],
            to: "sent-back",
            action: Action::Verify,
            reason: true,
            key: None,
            entry: Some("employer-year-sent-back"),
        },
        Step {
            id: "take-up-again",
            zh: "重新办理",
            en: "take up again",
            from: &["confirmed"],
            to: "sent-back",
            action: Action::Inspect,
            reason: true,
            key: None,
            entry: Some("employer-year-taken-up-again"),
        },
    ],
    along: &[],
};

/// Endorsement (签注) of a gate's answer: audited by authorities, endorsed by an office with its seal, else made up first.
/// A step leads to `endorsed` only after the last stage, which is the installation's setting.
pub const ENDORSEMENT: Flow = Flow {
    id: "endorsement",
    states: &[
        State { id: "waiting", zh: "待审核签注", en: "to be audited and endorsed", open: true },
        State { id: "endorsed", zh: "已签注", en: "endorsed", open: false },
        State { id: "refused", zh: "未予签注，须补学", en: "not endorsed: to be made up", open: false },
    ],
    steps: &[
        Step { id: "endorse", zh: "审核通过", en: "pass", from: &["waiting"], to: "endorsed", action: Action::Review, reason: false, key: None, entry: Some("endorsed") },
        Step { id: "refuse", zh: "不予签注", en: "refuse", from: &["waiting"], to: "refused", action: Action::Review, reason: true, key: None, entry: Some("endorsement-refused") },
    ],
    along: &[],
};

/// A request about one's own data (个人信息申请): correction or erasure.
pub const DATA_REQUEST: Flow = Flow {
    id: "data-request",
    states: &[
        State { id: "waiting", zh: "待办理", en: "waiting", open: true },
        State { id: "granted", zh: "已办理", en: "granted", open: false },
        State { id: "refused", zh: "不同意", en: "refused", open: false },
        State { id: "withdrawn", zh: "已撤回", en: "withdrawn", open: false },
    ],
    steps: &[
        Step { id: "withdraw-request", zh: "撤回申请", en: "withdraw", from: &["waiting"], to: "withdrawn", action: Action::Declare, reason: false, key: None, entry: None },
        Step { id: "grant-request", zh: "同意", en: "grant", from: &["waiting"], to: "granted", action: Action::Review, reason: true, key: None, entry: Some("data-request-granted") },
        Step { id: "refuse-request", zh: "不同意", en: "refuse", from: &["waiting"], to: "refused", action: Action::Review, reason: true, key: None, entry: Some("data-request-refused") },
    ],
    along: &["waiting"],
};

/// A policy's draft (政策草案), from the first text to its force.
pub const POLICY: Flow = Flow {
    id: "policy",
    states: &[
        State { id: "draft", zh: "草稿", en: "draft", open: true },
        State { id: "checked", zh: "已检查", en: "checked", open: true },
        State { id: "tried", zh: "已试算", en: "tried", open: true },
        State { id: "proposed", zh: "待批准", en: "proposed", open: true },
        State { id: "published", zh: "已公布", en: "published", open: false },
        State { id: "repealed", zh: "已废止", en: "repealed", open: false },
        State { id: "withdrawn", zh: "已撤回", en: "withdrawn", open: false },
    ],
    steps: &[
        Step { id: "edit", zh: "修改", en: "change", from: &["draft", "checked", "tried"], to: "draft", action: Action::Regulate, reason: false, key: None, entry: None },
        Step { id: "check", zh: "检查", en: "check", from: &["draft"], to: "checked", action: Action::Regulate, reason: false, key: None, entry: None },
        Step { id: "try", zh: "试算", en: "try on everybody", from: &["checked", "tried"], to: "tried", action: Action::Regulate, reason: false, key: None, entry: None },
        Step { id: "propose", zh: "提请批准", en: "propose", from: &["tried"], to: "proposed", action: Action::Regulate, reason: false, key: None, entry: None },
        Step { id: "send-back", zh: "退回修改", en: "send back", from: &["proposed"], to: "draft", action: Action::Enact, reason: true, key: None, entry: None },
        Step { id: "approve", zh: "批准公布", en: "approve and publish", from: &["proposed"], to: "published", action: Action::Enact, reason: false, key: None, entry: Some("policy-published") },
        Step {
            id: "repeal",
            zh: "废止，恢复原文本",
            en: "repeal, back to the text before",
            from: &["published"],
            to: "repealed",
            action: Action::Enact,
            reason: true,
            key: None,
            entry: Some("policy-published"),
        },
        Step {
            id: "drop",
            zh: "撤回草案",
            en: "withdraw the draft",
            from: &["draft", "checked", "tried", "proposed"],
            to: "withdrawn",
            action: Action::Regulate,
            reason: false,
            key: None,
            entry: None,
        },
    ],
    along: &[],
};

/// Every workflow of cases.
pub const FLOWS: [&Flow; 9] = [&DECLARATION, &VERIFICATION, &TRANSFER, &CHANGE, &MERGE, &DATA_REQUEST, &EXEMPTION, &REASON, &DISCIPLINE];

/// The workflows whose cases are matters: neither a declaration nor a year.
pub const MATTERS: [&str; 6] = [TRANSFER.id, CHANGE.id, MERGE.id, EXEMPTION.id, REASON.id, DISCIPLINE.id];

impl Flow {
    /// The workflow of a word.
    pub fn of(id: &str) -> Option<&'static Self> {
        FLOWS.into_iter().find(|flow| flow.id == id)
    }

    /// A state.
    pub fn state(&self, id: &str) -> Option<&'static State> {
        self.states.iter().find(|state| state.id == id)
    }

    /// The steps open in a state.
    pub fn open(&self, state: &str) -> impl Iterator<Item = &'static Step> {
        let steps: &'static [Step] = self.steps;
        steps.iter().filter(move |step| step.from.contains(&state))
    }

    /// A step that is open in a state, with what it asks for at hand.
    ///
    /// # Errors
    /// If there is no such step, it is not open, or its reason is missing.
    pub fn take(&self, step: &str, state: &str, reason: &str) -> Result<&'static Step> {
        let steps: &'static [Step] = self.steps;
        let found = steps.iter().find(|known| known.id == step).ok_or_else(|| Error::not_found("步骤", "step"))?;
        if !found.from.contains(&state) {
            return Err(Error::wrong_state());
        }
        if found.reason && reason.trim().chars().count() < 2 {
            return Err(Error::invalid("reason", "请写明理由，申报人会看到。", "State the reason; the person who declared will see it."));
        }
        Ok(found)
    }
}
