//! What providers deliver (施教机构送达): taken in once by the provider's own id, matched to a person, assessed, and registered or handed
//! on for review.
//!
//! ```text
//! received ─▶ matched ─▶ assessed ─▶ registered      the provider passes the stages that the policy gives it
//!     │          │           └─────▶ waiting ─▶ …     the case of its record goes through review like every other
//!     │          └─▶ refused: what no rule recognises, with the reason
//!     └─▶ unmatched: nobody of this number and name; tried again when somebody is registered
//! ```
//!
//! Taking in and working are two transactions: what was taken in and not worked on, because a server stopped, is taken up by the next
//! one ([`Registry::work_deliveries`]).

mod matching;
mod shown;
mod steps;
mod work;

use crate::access::Actor;
use crate::assessing::year_of_record;
use crate::declarations::check_title;
use crate::error::{Error, Result};
use crate::facts::{Facts, to_json};
use crate::identity::IdentityNumber;
use crate::keys::Keys;
use crate::machine_keys::provider_of;
use crate::params;
use crate::registry::Registry;
use crate::store::{Param, Tx, placeholders};
use std::collections::HashMap;
use work::Which;
use xueshi_policy::Text;

pub use shown::{About, CompletionLine, CompletionShown, CompletionsSought, DeliveryLine, DeliveryShown, ProviderQueue, WayStep};
pub use steps::Correction;
pub(crate) use steps::found;

/// Completions of one delivery at most.
pub const COMPLETIONS_MOST: usize = 10_000;
/// Completions that are taken in, or worked on, in one transaction: few enough that others need not wait long.
const BATCH: usize = 200;
/// Characters of a provider's own id, and of a name, at most.
const ID_MOST: usize = 100;
/// Columns of one completion, and characters of one of them, at most.
const FACTS_MOST: (usize, usize) = (40, 2000);
/// When the work on what was taken in is taken up by whoever comes first: long after the request that brought it has done so itself.
const LATER: i64 = 300_000_000;

/// What a provider says of one completion (完成记录).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The provider's own id, which is never used for another one.
    pub own_id: String,
    /// The identity number (身份证号) of the person.
    pub identity_number: String,
    /// The person's name.
    pub name: String,
    /// What was learnt.
    pub title: String,
    /// Texts by column of the policies; `evidence` says which proofs the provider gave out, separated by semicolons.
    pub facts: Facts,
}

/// What is sent at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The provider's own number of it; may be empty.
    pub reference: String,
    /// When the provider sent it, in microseconds UTC; when it came, where it does not say.
    pub sent_at: Option<i64>,
    /// The completions.
    pub completions: Vec<Completion>,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Its id; that of the earlier one where everything in it was delivered before; nothing where nothing of it could be kept.
    pub id: Option<i64>,
    /// One answer for each completion, in their order.
    pub answers: Vec<Answer>,
}

/// What became of one completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The provider's own id.
    pub own_id: String,
    /// The id here; nothing where it was not kept.
    pub id: Option<i64>,
    /// The state, by the words of [`crate::flow::DELIVERY`].
    pub state: String,
    /// Why, where there is something to say.
    pub reason: Option<Reason>,
}

/// Why something stands as it does: a stable word, and the words for people, cause and remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// For machines: one of ours, or the code of a policy's problem.
    pub code: String,
    /// For people.
    pub text: Text,
}

impl Reason {
    fn new(code: &str, zh: &str, en: &str) -> Self {
        Self { code: code.to_owned(), text: Text::new(zh, en) }
    }

    /// As it is kept; nothing where nothing is to be said.
    fn kept(code: String, zh: String, en: String) -> Option<Self> {
        (!code.is_empty()).then(|| Self { code, text: Text::new(zh, en) })
    }
}

/// The state of a completion `k` as everybody sees it: that of the case `c` of its record, where it has one.
macro_rules! shown_state {
    () => {
        "CASE WHEN k.state <> 'delivered' THEN k.state WHEN c.state = 'accepted' THEN 'registered' WHEN c.state = 'rejected' THEN 'refused' ELSE c.state END"
    };
}
use shown_state;

/// A completion that was there before.
struct Known {
    id: i64,
    delivery: i64,
    digest: Vec<u8>,
    state: String,
    /// Its record has a case.
    has_record: bool,
}

/// What a batch came to when it was taken in.
#[derive(Default)]
struct Taken {
    delivery: Option<i64>,
    /// Where something was there before: its delivery.
    earlier: Option<i64>,
    /// What was not taken, by place in the batch.
    refused: Vec<(usize, Reason)>,
}

impl Registry {
    /// Takes in what a provider delivers, and works on it. The same completion delivered again changes nothing and is answered as it
    /// stands; delivered with other content under the same id it is a correction, as long as it is not registered or under review.
    ///
    /// # Errors
    /// If the actor delivers for no provider, or there are none or too many completions.
    pub fn deliver(&self, actor: &Actor, delivery: Delivery) -> Result<Delivered> {
        let Delivery { reference, sent_at, completions } = delivery;
        if completions.is_empty() || completions.len() > COMPLETIONS_MOST {
            let most = COMPLETIONS_MOST;
            return Err(Error::invalid("completions", format!("一次送达 1 至 {most} 条。请分批送。"), format!("A delivery has 1 to {most} completions. Send it in parts.")));
        }
        if reference.chars().count() > ID_MOST || reference.chars().any(char::is_control) {
            return Err(Error::invalid("reference", "批次号至多 100 字，不含控制字符。", "The reference has at most 100 characters, none of them control characters."));
        }
        let now = self.now();
        let provider = self.read(|tx| {
            let provider = provider_of(tx, actor)?;
            Ok((provider, tx.first("SELECT name FROM organisations WHERE id = ?1", params![provider], |row| row.get::<String>(0))?.unwrap_or_default()))
        })?;
        let mut batch = Batch {
            provider: provider.0,
            provider_name: provider.1,
            account: actor.account,
            reference: reference.trim().to_owned(),
            sent_at: sent_at.unwrap_or(now).min(now),
            count: completions.len(),
            delivery: None,
            now,
        };
        let (mut earlier, mut refused) = (None, HashMap::new());
        for (at, part) in completions.chunks(BATCH).enumerate() {
            let (this, part, keys) = (batch.clone(), part.to_vec(), self.keys.clone());
            let taken = self.write(move |tx| take_in(tx, &keys, &this, &part))?;
            batch.delivery = taken.delivery;
            earlier = earlier.or(taken.earlier);
            refused.extend(taken.refused.into_iter().map(|(place, reason)| (at * BATCH + place, reason)));
        }
        if let Some(delivery) = batch.delivery {
            while self.work(Which::Delivery(delivery))? > 0 {}
        }
        Ok(Delivered { id: batch.delivery.or(earlier), answers: self.answers(provider.0, &completions, refused)? })
    }

    fn answers(&self, provider: i64, completions: &[Completion], mut refused: HashMap<usize, Reason>) -> Result<Vec<Answer>> {
        let mut states: HashMap<String, Answer> = HashMap::new();
        for part in completions.chunks(BATCH) {
            self.read(|tx| {
                let sql = format!(
                    "SELECT k.own_id, k.id, {}, k.reason, k.reason_zh, k.reason_en FROM completions k LEFT JOIN cases c ON c.record = k.record WHERE k.provider = ?1 AND k.own_id IN ({})",
                    shown_state!(),
                    placeholders(BATCH, 1)
                );
                tx.each(&sql, &padded(provider, part), |row| {
                    let own_id: String = row.get(0)?;
                    states.insert(own_id.clone(), Answer { own_id, id: row.get(1)?, state: row.get(2)?, reason: Reason::kept(row.get(3)?, row.get(4)?, row.get(5)?) });
                    Ok(())
                })
            })?;
        }
        let answer = |(at, completion): (usize, &Completion)| {
            let own_id = completion.own_id.clone();
            match (refused.remove(&at), states.get(&own_id)) {
                // What stands under the id is another's content: its state, and why this one was not taken.
                (Some(reason), Some(known)) => Answer { reason: Some(reason), ..known.clone() },
                (Some(reason), None) => Answer { own_id, id: None, state: "refused".to_owned(), reason: Some(reason) },
                (None, Some(known)) => known.clone(),
                (None, None) => Answer { own_id, id: None, state: "received".to_owned(), reason: None },
            }
        };
        Ok(completions.iter().enumerate().map(answer).collect())
    }
}

/// What is the same for all completions of a delivery.
#[derive(Clone)]
struct Batch {
    provider: i64,
    provider_name: String,
    account: i64,
    reference: String,
    sent_at: i64,
    count: usize,
    delivery: Option<i64>,
    now: i64,
}

/// A completion as it is to be kept.
struct Kept {
    at: usize,
    digest: [u8; 32],
    lookup: Option<[u8; 32]>,
    sealed: (String, Vec<u8>),
    facts: String,
    year: i64,
    refused: Option<Reason>,
}

/// Takes a part of a delivery in.
fn take_in(tx: &Tx<'_>, keys: &Keys, batch: &Batch, part: &[Completion]) -> Result<Taken> {
    let mut known = known(tx, batch.provider, part)?;
    let mut taken = Taken { delivery: batch.delivery, ..Taken::default() };
    let (mut new, mut seen): (Vec<Kept>, HashMap<&str, [u8; 32]>) = (Vec::new(), HashMap::new());
    for (at, completion) in part.iter().enumerate() {
        if let Some(reason) = bad_id(&completion.own_id).or_else(|| bad_characters(completion)) {
            taken.refused.push((at, reason));
            continue;
        }
        let digest = digest(keys, completion);
        if let Some(first) = seen.get(completion.own_id.as_str()) {
            if *first != digest {
                taken.refused.push((
                    at,
                    Reason::new("id-twice", "同一批里同一编号出现了两次，内容不同；只收第一条。", "The same id stands twice in this delivery with different content; the first one was taken."),
                ));
            }
            continue;
        }
        seen.insert(&completion.own_id, digest);
        let kept = kept(keys, batch, completion, at, digest)?;
        match known.remove(&completion.own_id) {
            None => new.push(kept),
            Some(known) if known.digest == digest => taken.earlier = taken.earlier.or(Some(known.delivery)),
            Some(known) if ["unmatched", "refused"].contains(&known.state.as_str()) && !known.has_record => {
                let delivery = opened(tx, batch, &mut taken)?;
                again(tx, batch, &known, delivery, completion, &kept)?;
            }
            Some(known) => {
                taken.earlier = taken.earlier.or(Some(known.delivery));
                taken.refused.push((at, Reason::new("id-taken", "此编号已送达过，内容不同，且已登记、在审或已撤回：原来的不变。需要更正的，由审核方退回后在送达页更正，或撤销后用新编号重送。", "This id was delivered before with other content, and is registered, under review or withdrawn: what stands is unchanged. To correct it, have it returned and correct it on the page of deliveries, or have it revoked and deliver it under a new id.")));
            }
        }
    }
    if !new.is_empty() {
        let delivery = opened(tx, batch, &mut taken)?;
        insert(tx, batch, delivery, part, &new)?;
    }
    Ok(taken)
}

/// The delivery, entered when the first of it is kept.
fn opened(tx: &Tx<'_>, batch: &Batch, taken: &mut Taken) -> Result<i64> {
    if let Some(id) = taken.delivery {
        return Ok(id);
    }
    let count = i64::try_from(batch.count).map_err(Error::fault)?;
    let id = tx.number(
        "INSERT INTO deliveries (provider, account, reference, sent_at, received_at, completions) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        params![batch.provider, batch.account, &batch.reference, batch.sent_at, batch.now, count],
    )?;
    taken.delivery = Some(id);
    Ok(id)
}

fn known(tx: &Tx<'_>, provider: i64, part: &[Completion]) -> Result<HashMap<String, Known>> {
    let mut all = HashMap::new();
    let sql = format!(
        "SELECT k.own_id, k.id, k.delivery, k.digest, {}, CASE WHEN k.record IS NULL THEN 0 ELSE 1 END FROM completions k LEFT JOIN cases c ON c.record = k.record WHERE k.provider = ?1 AND k.own_id IN ({})",
        shown_state!(),
        placeholders(BATCH, 1)
    );
    tx.each(&sql, &padded(provider, part), |row| {
        all.insert(row.get(0)?, Known { id: row.get(1)?, delivery: row.get(2)?, digest: row.get(3)?, state: row.get(4)?, has_record: row.flag(5)? });
        Ok(())
    })?;
    Ok(all)
}

/// The provider and the ids of a part, repeated to a full one, so that one statement serves all.
fn padded(provider: i64, part: &[Completion]) -> Vec<Param<'_>> {
    let ids = part.iter().cycle().take(BATCH).map(|completion| Param::Text(&completion.own_id));
    std::iter::once(Param::Int(provider)).chain(ids).collect()
}

fn bad_id(own_id: &str) -> Option<Reason> {
    let good = !own_id.trim().is_empty() && own_id.chars().count() <= ID_MOST && !own_id.chars().any(char::is_control);
    (!good).then(|| Reason::new("id", "编号须为 1 至 100 个字符，由施教机构自定，永不重复。", "The id has 1 to 100 characters; the provider chooses it and never uses it twice."))
}

/// A text with the character zero is kept by no database.
fn bad_characters(of: &Completion) -> Option<Reason> {
    let texts = [&of.identity_number, &of.name, &of.title].into_iter().chain(of.facts.iter().flat_map(|(column, value)| [column, value]));
    let bad = texts.into_iter().any(|text| text.contains('\0'));
    bad.then(|| Reason::new("characters", "内容含有不可用的字符（编码为零），请去掉后重送。", "It holds a character that can not be kept (of code zero). Take it out and deliver it again."))
}

/// What tells one content from another. Keyed, since an identity number is among it.
fn digest(keys: &Keys, of: &Completion) -> [u8; 32] {
    keys.lookup("completion", &serde_json::json!([of.identity_number.trim(), of.name.trim(), of.title.trim(), to_json(&of.facts)]).to_string())
}

/// What can be seen to be wrong with a completion before anything is looked up.
fn faults(of: &Completion) -> Option<Reason> {
    if IdentityNumber::parse(&of.identity_number).is_none() {
        return Some(bad_number());
    }
    if !(1..=ID_MOST).contains(&of.name.trim().chars().count()) {
        return Some(Reason::new("name", "缺少姓名，或超过 100 字。", "The name is missing, or has more than 100 characters."));
    }
    if check_title(&of.title).is_err() {
        return Some(Reason::new("title", "学习内容的名称须为 1 至 200 字。", "The title of what was learnt has 1 to 200 characters."));
    }
    if of.facts.len() > FACTS_MOST.0 || of.facts.values().any(|value| value.chars().count() > FACTS_MOST.1) {
        return Some(Reason::new("facts", "内容过多：至多 40 项，每项至多 2000 字。", "Too much: at most 40 items of at most 2,000 characters."));
    }
    year_of_record(&of.facts).is_none().then(|| Reason::new("end", "缺少结束日期（end），写作年-月-日。", "The last day (end) is missing; it is written year-month-day."))
}

fn bad_number() -> Reason {
    Reason::new(
        "identity-number",
        "身份证号不对：应为18位，末位为校验码，或15位旧号。请对照证件逐位核对。",
        "The identity number is wrong: it has 18 characters, the last one a check, or the old 15 digits. Compare it with the card.",
    )
}

fn about(provider: i64, own_id: &str) -> String {
    format!("completion/{provider}/{own_id}")
}

/// What is kept of the facts: the title stands beside them, and who delivers is who taught.
fn own_facts(facts: &Facts, provider: &str) -> Facts {
    let mut own = facts.clone();
    own.remove("title");
    own.insert("provider".to_owned(), provider.to_owned());
    own
}

fn kept(keys: &Keys, batch: &Batch, of: &Completion, at: usize, digest: [u8; 32]) -> Result<Kept> {
    let number = IdentityNumber::parse(&of.identity_number);
    let plain: String = number.as_ref().map_or_else(|| of.identity_number.chars().take(ID_MOST).collect(), |number| number.as_str().to_owned());
    Ok(Kept {
        at,
        digest,
        lookup: number.map(|number| keys.lookup("identity-number", number.as_str())),
        sealed: keys.seal(plain.as_bytes(), &about(batch.provider, &of.own_id))?,
        facts: to_json(&own_facts(&of.facts, &batch.provider_name)),
        year: year_of_record(&of.facts).unwrap_or_default(),
        refused: faults(of),
    })
}

/// State and reason that a completion begins with.
fn begins(refused: &Option<Reason>) -> (&'static str, &str, &str, &str) {
    match refused {
        None => ("received", "", "", ""),
        Some(reason) => ("refused", &reason.code, &reason.text.zh, reason.text.get(xueshi_policy::Lang::En)),
    }
}

fn insert(tx: &Tx<'_>, batch: &Batch, delivery: i64, part: &[Completion], new: &[Kept]) -> Result<()> {
    let rows = new.iter().filter_map(|kept| part.get(kept.at).map(|of| (kept, of)));
    let rows: Vec<Vec<Param<'_>>> = rows
        .map(|(kept, of)| {
            let (state, code, zh, en) = begins(&kept.refused);
            params![
                batch.provider,
                &of.own_id,
                delivery,
                &kept.digest,
                of.name.trim(),
                kept.lookup.as_ref(),
                &kept.sealed.1,
                &kept.sealed.0,
                of.title.trim(),
                &kept.facts,
                kept.year,
                state,
                code,
                zh,
                en,
                batch.now,
                batch.now,
                batch.now + LATER
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many(
        "INSERT INTO completions (provider, own_id, delivery, digest, name, lookup, sealed, key_id, title, facts, year, state, reason, reason_zh, reason_en, received_at, since, due)",
        &rows,
    )?;
    let ids = known(tx, batch.provider, part)?;
    let mut steps = Vec::new();
    for kept in new {
        let Some(known) = part.get(kept.at).and_then(|of| ids.get(&of.own_id)) else { continue };
        steps.push(step(known.id, batch.sent_at, Some(batch.account), "send", None));
        steps.push(step(known.id, batch.now, None, "receive", None));
        steps.extend(kept.refused.as_ref().map(|reason| step(known.id, batch.now, None, "refuse", Some(&reason.text))));
    }
    keep_steps(tx, &steps)
}

/// Takes other content in under an id that is still open.
fn again(tx: &Tx<'_>, batch: &Batch, known: &Known, delivery: i64, of: &Completion, kept: &Kept) -> Result<()> {
    let (state, code, zh, en) = begins(&kept.refused);
    tx.execute(
        "UPDATE completions SET delivery = ?2, digest = ?3, name = ?4, lookup = ?5, sealed = ?6, key_id = ?7, title = ?8, facts = ?9, year = ?10, state = ?11, reason = ?12, reason_zh = ?13, reason_en = ?14,
                person = NULL, since = ?15, due = ?16, version = version + 1 WHERE id = ?1",
        params![
            known.id,
            delivery,
            &kept.digest,
            of.name.trim(),
            kept.lookup.as_ref(),
            &kept.sealed.1,
            &kept.sealed.0,
            of.title.trim(),
            &kept.facts,
            kept.year,
            state,
            code,
            zh,
            en,
            batch.now,
            batch.now + LATER
        ],
    )?;
    let mut steps = vec![step(known.id, batch.now, Some(batch.account), "correct", None)];
    steps.extend(kept.refused.as_ref().map(|reason| step(known.id, batch.now, None, "refuse", Some(&reason.text))));
    keep_steps(tx, &steps)
}

/// A row of the way.
fn step<'a>(completion: i64, at: i64, account: Option<i64>, step: &'a str, reason: Option<&'a Text>) -> Vec<Param<'a>> {
    let (zh, en) = reason.map_or(("", ""), |reason| (reason.zh.as_str(), reason.get(xueshi_policy::Lang::En)));
    params![completion, at, account, step, zh, en, None::<i64>].to_vec()
}

fn keep_steps(tx: &Tx<'_>, rows: &[Vec<Param<'_>>]) -> Result<()> {
    tx.insert_many("INSERT INTO completion_steps (completion, at, account, step, reason_zh, reason_en, entry)", rows)
}
