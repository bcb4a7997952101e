//! Requests about one's own data: the person asks, an officer decides and says why.

use super::{erase, own};
use crate::access::{self, Action, Actor};
use crate::cases::{self, Moved, NewCase, StepTaken, Taking};
use crate::error::{Error, Result, Why};
use crate::flow::DATA_REQUEST;
use crate::ledger::{self, NewEntry};
use crate::params;
use crate::registry::Registry;
use crate::store::{Row, Tx};
use serde_json::json;

/// The one stage there is.
const STAGE: &str = "data";
/// Characters of a wish or an answer.
const WORDS: std::ops::RangeInclusive<usize> = 4..=2000;
/// Requests of a person shown at most.
const LINES_MAX: i64 = 50;

/// What can be asked for. What is kept is handed out at once ([`Registry::package`]), without anybody's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// Something is wrong and shall be put right.
    Correction,
    /// Everything about the person shall go.
    Erasure,
}

impl RequestKind {
    /// The word it is kept by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Correction => "correction",
            Self::Erasure => "erasure",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Correction, Self::Erasure].into_iter().find(|kind| kind.word() == word)
    }

    /// Who decides. No text of the regulations names anybody: this is the system's setting. What an employer keeps, the employer or who holds
    /// the file puts right; that records go is not for an employer to decide.
    fn holders(self) -> Vec<String> {
        let holders: &[&str] = match self {
            Self::Correction => &["employer", "file-agency"],
            Self::Erasure => &["personnel-authority", "sector-authority"],
        };
        holders.iter().map(|holder| (*holder).to_owned()).collect()
    }
}

/// A request with how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataRequest {
    /// Its case.
    pub case: i64,
    /// The version a step must name.
    pub version: i64,
    /// What is asked for.
    pub kind: RequestKind,
    /// Who asks; empty once erased.
    pub name: String,
    /// In his own words.
    pub wish: String,
    /// What was answered.
    pub answer: String,
    /// The state of its case.
    pub state: String,
    /// When it was asked, in microseconds UTC.
    pub asked_at: i64,
    /// Steps that the one who looks may take.
    pub steps: Vec<&'static str>,
    /// The way it went.
    pub way: Vec<StepTaken>,
}

fn words(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if WORDS.contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    let (least, most) = (WORDS.start(), WORDS.end());
    Err(Error::invalid(field, format!("请写 {least} 至 {most} 个字。"), format!("Write {least} to {most} characters.")))
}

const COLUMNS: &str = "c.id, c.version, d.kind, x.name, d.wish, d.answer, c.state, c.opened_at FROM data_requests d JOIN cases c ON c.id = d.case_id JOIN people x ON x.id = c.person";

fn read(row: Row<'_>) -> Result<DataRequest> {
    let kind: String = row.get(2)?;
    Ok(DataRequest {
        case: row.get(0)?,
        version: row.get(1)?,
        kind: RequestKind::of(&kind).ok_or_else(|| Error::fault(format!("request {kind}")))?,
        name: row.get(3)?,
        wish: row.get(4)?,
        answer: row.get(5)?,
        state: row.get(6)?,
        asked_at: row.get(7)?,
        steps: Vec::new(),
        way: Vec::new(),
    })
}

impl Registry {
    /// Asks for something about one's own data; gives the case.
    ///
    /// # Errors
    /// If the actor is no person, says too little, or such a request waits already.
    pub fn request_data(&self, actor: &Actor, kind: RequestKind, wish: &str) -> Result<i64> {
        let (person, wish) = (own(actor)?, words("wish", wish)?);
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Declare, &thing)?;
            let waiting = tx.number("SELECT COUNT(*) FROM data_requests d JOIN cases c ON c.id = d.case_id WHERE c.person = ?1 AND c.open = 1 AND d.kind = ?2", params![person, kind.word()])?;
            if waiting > 0 {
                return Err(Error::refused(Why::Duplicate, "同样的申请已在办理中。要补充，请撤回后重新提出。", "Such a request is under way. To add to it, withdraw it and ask again."));
            }
            let holders = kind.holders();
            let new = NewCase { flow: DATA_REQUEST.id, state: "waiting", open: true, thing: &thing, record: None, obligation: None, stage: Some(STAGE), holders: &holders, due: None };
            let case = cases::open(tx, &actor, new, now)?;
            tx.execute("INSERT INTO data_requests (case_id, kind, wish) VALUES (?1, ?2, ?3)", params![case, kind.word(), &wish])?;
            cases::keep_step(tx, &actor, case, Taking { step: "open", to_state: "waiting", stage: None, reason: "", entry: None }, now)?;
            Ok(case)
        })
    }

    /// One's own requests, newest first.
    ///
    /// # Errors
    /// If the actor is no person.
    pub fn own_requests(&self, actor: &Actor) -> Result<Vec<DataRequest>> {
        let person = own(actor)?;
        self.read(|tx| tx.all(&format!("SELECT {COLUMNS} WHERE c.person = ?1 ORDER BY c.id DESC LIMIT ?2"), params![person, LINES_MAX], read))
    }

    /// A request with its way, for who may see it.
    ///
    /// # Errors
    /// If there is none in the actor's reach.
    pub fn data_request(&self, actor: &Actor, case: i64) -> Result<DataRequest> {
        self.read(|tx| {
            let seen = cases::seen(tx, actor, case)?;
            let mut found = tx.first(&format!("SELECT {COLUMNS} WHERE d.case_id = ?1"), params![case], read)?.ok_or_else(|| Error::not_found("申请", "request"))?;
            found.steps = DATA_REQUEST.open(&seen.state).filter(|step| actor.may(step.action, &seen.thing)).map(|step| step.id).collect();
            found.way = cases::way(tx, case)?;
            Ok(found)
        })
    }

    /// Takes a step of a request: `withdraw-request`, `grant-request`, `refuse-request`; both of the latter with an answer. What is granted as erasure
    /// is erased in the same transaction.
    ///
    /// # Errors
    /// If the actor may not, says too little, or the case changed since `version`.
    pub fn decide_request(&self, actor: &Actor, case: i64, version: i64, step: &str, answer: &str) -> Result<()> {
        let (actor, step, answer, now) = (actor.clone(), step.to_owned(), answer.to_owned(), self.now());
        self.write(move |tx| decide(tx, &actor, (case, version), &step, &answer, now))
    }
}

fn decide(tx: &Tx<'_>, actor: &Actor, (case, version): (i64, i64), step: &str, answer: &str, now: i64) -> Result<()> {
    let case = cases::seen(tx, actor, case)?;
    let kind: Option<String> = tx.first("SELECT kind FROM data_requests WHERE case_id = ?1", params![case.id], |row| row.get(0))?;
    let kind = kind.as_deref().and_then(RequestKind::of).ok_or_else(|| Error::not_found("申请", "request"))?;
    cases::unchanged(&case, version)?;
    let step = DATA_REQUEST.take(step, &case.state, answer)?;
    cases::check(actor, &case, version, step.action)?;
    let answer = if step.reason { words("reason", answer)? } else { String::new() };
    let person = case.thing.person;
    cases::move_on(tx, &case, Moved { state: step.to, open: false, stage: None, holders: &[] }, now)?;
    tx.execute("UPDATE data_requests SET answer = ?2 WHERE case_id = ?1", params![case.id, &answer])?;
    let erased = kind == RequestKind::Erasure && step.to == "granted";
    if erased {
        erase(tx, person, case.id, now)?;
    }
    // Entered after what it erases: that it was done stands, and names nobody.
    let entry = match step.entry {
        Some(entered) => {
            let body = json!({ "case": case.id, "request": kind.word(), "by": actor.account, "role": actor.held.role.word() });
            Some(ledger::enter(tx, &NewEntry { kind: entered, person: Some(person), record: None, obligation: None, body: &body }, now)?)
        }
        None => None,
    };
    let reason = if erased { "" } else { &answer };
    cases::keep_step(tx, actor, case.id, Taking { step: step.id, to_state: step.to, stage: case.stage.as_deref(), reason, entry }, now)
}
