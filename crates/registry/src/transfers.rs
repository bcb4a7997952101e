//! Transfers (调动): to another employer, to a second post, or of the file to another holder. The receiving side approves what the person
//! or the sending side asks for; what the receiving side asks for, the sending side releases.

use crate::access::{self, Action, Actor, COUNTERPART, Thing};
use crate::accounts::throttle;
use crate::audit;
use crate::cases::{self, Case, Taking};
use crate::error::{Error, Result, Why};
use crate::facts::Facts;
use crate::flow::{FLOWS, Step, TRANSFER};
use crate::matters::{self, Asked, Desk, Opening};
use crate::organisations;
use crate::params;
use crate::people::{checked, same_person};
use crate::posts::{self, Held, before, day};
use crate::registration::employer_of;
use crate::registry::Registry;
use crate::store::Tx;
use jiff::civil::Date;
use serde_json::json;
use std::sync::Arc;

/// Attempts of one account in a minute to find somebody by name and number.
const SEARCHES: i64 = 6;

/// What is transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The person, to another employer.
    Employer,
    /// Nothing: a second post at another employer (兼任).
    Second,
    /// The file (人事档案), to an agency or back to the employer.
    File,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Employer, Self::Second, Self::File];

    /// The word it is kept by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Employer => "employer",
            Self::Second => "second",
            Self::File => "file",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A transfer to be asked for.
#[derive(Clone, Debug)]
pub struct NewTransfer {
    /// What is transferred.
    pub kind: Kind,
    /// The receiving side: its unified social credit code, or its exact name. Empty for a file that goes back to the employer.
    pub to: String,
    /// What the new post is called.
    pub title: String,
    /// From which day, `YYYY-MM-DD`; it is approved on the day or later.
    pub on: String,
    /// Why.
    pub reason: String,
}

impl Registry {
    /// Asks for a transfer of a person within the actor's reach: for himself, or for one's own people.
    ///
    /// # Errors
    /// If the actor may not, there is no such receiving side, or the same is asked for already.
    pub fn ask_transfer(&self, actor: &Actor, person: i64, new: &NewTransfer) -> Result<i64> {
        let (actor, engine, keys, new, now) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), new.clone(), self.now());
        self.write(move |tx| {
            let thing = access::of_person(tx, person)?;
            actor.must(Action::Request, &thing)?;
            let desk = Desk { tx, engine: &engine, keys: &keys, actor: &actor, now };
            let to = receiving(tx, &thing, &new)?;
            let case = match to {
                // The file goes to an agency, or a person to an employer: that side takes it on.
                Some(to) => ask(&desk, Thing { counterpart: Some(to), ..thing }, &new, "receive", COUNTERPART)?,
                // Back to the employer, who asks for it himself or takes it on.
                None => {
                    let holder = if actor.held.organisation == Some(thing.organisation) { COUNTERPART } else { "employer" };
                    ask(&desk, Thing { counterpart: thing.agency, ..thing }, &new, if holder == COUNTERPART { "release" } else { "receive" }, holder)?
                }
            };
            Ok(case.id)
        })
    }

    /// Asks for somebody of another employer, who is found by name and identity number together. The present employer releases; who has
    /// no employer is taken on at once.
    ///
    /// # Errors
    /// If nobody is found so, or the actor keeps no employer's people.
    pub fn ask_transfer_in(&self, actor: &Actor, name: &str, identity_number: &str, new: &NewTransfer) -> Result<i64> {
        let to = employer_of(actor)?;
        let number = checked(identity_number)?;
        let (keys, account, now) = (self.keys.clone(), actor.account.to_string(), self.now());
        // Counted whether somebody is found or not.
        self.write(move |tx| throttle(tx, &keys, "find-person", &account, now, SEARCHES))?;
        let (actor, engine, keys, new, name) = (actor.clone(), Arc::clone(&self.engine), self.keys.clone(), new.clone(), name.trim().to_owned());
        let lookup = keys.lookup("identity-number", number.as_str());
        self.write(move |tx| {
            let found = tx.first(
                "SELECT x.id FROM person_identifiers i JOIN people x ON x.id = i.person WHERE i.lookup = ?1 AND i.valid_to IS NULL AND x.name = ?2 AND x.erased_at IS NULL ORDER BY x.id LIMIT 1",
                params![&lookup, &name],
                |row| row.get::<i64>(0),
            )?;
            let thing = access::of_person(tx, found.ok_or_else(nobody)?)?;
            if thing.organisation == to || actor.person == Some(thing.person) {
                return Err(Error::refused(Why::Duplicate, "此人已在本单位名下。", "This person is registered with your employer already."));
            }
            audit::note(tx, now, Some(actor.account), "transfer-in", Some(thing.person), "", new.reason.trim())?;
            let desk = Desk { tx, engine: &engine, keys: &keys, actor: &actor, now };
            let free = posts::held(tx, thing.person)?.is_empty();
            let case = ask(&desk, Thing { counterpart: Some(to), ..thing }, &new, "release", "employer")?;
            if free {
                let step = TRANSFER.take("approve", &case.state, "")?;
                take(&desk, &case, step, "")?;
            }
            Ok(case.id)
        })
    }
}

fn nobody() -> Error {
    Error::invalid(
        "identity_number",
        "没有姓名与身份证号都相符的人。请逐字核对；尚未登记的，请新增人员。",
        "Nobody has both this name and this number. Compare them character by character; who is not registered yet is added as new.",
    )
}

/// The receiving side; nothing where the file goes back to the employer.
fn receiving(tx: &Tx<'_>, thing: &Thing, new: &NewTransfer) -> Result<Option<i64>> {
    let same = || Error::invalid("to", "接收方就是现在的一方。", "The receiving side is the present one.");
    match new.kind {
        Kind::File if new.to.trim().is_empty() => thing.agency.map(|_| None).ok_or_else(same),
        Kind::File => organisations::find(tx, &new.to, "file-agency").and_then(|to| if Some(to) == thing.agency { Err(same()) } else { Ok(Some(to)) }),
        Kind::Employer | Kind::Second => organisations::find(tx, &new.to, "employer").and_then(|to| if to == thing.organisation { Err(same()) } else { Ok(Some(to)) }),
    }
}

fn ask(desk: &Desk<'_, '_>, thing: Thing, new: &NewTransfer, stage: &str, holder: &str) -> Result<Case> {
    let on: Date = new.on.trim().parse().map_err(|_| Error::invalid("on", "日期写成 2026-03-01 这样。", "Write the date like 2026-03-01."))?;
    let open = desk.tx.number(
        concat!("SELECT COUNT(*) FROM cases c JOIN matters m ON m.case_id = c.id WHERE c.flow = 'transfer' AND c.open = 1 AND m.kind = ?2 AND ", same_person!("c.person", "?1")),
        params![thing.person, new.kind.word()],
    )?;
    if open > 0 {
        return Err(Error::refused(Why::Duplicate, "已有一件同样的调动在办。请先办结或撤回。", "The same is asked for already. Settle or withdraw that first."));
    }
    let mut body = Facts::new();
    for (name, value) in [("title", &new.title), ("reason", &new.reason)] {
        body.insert(name.to_owned(), value.trim().to_owned());
    }
    // Where it came from, for whoever reads it when the person has moved on.
    body.insert("from".to_owned(), posts::name_of(desk.tx, Some(thing.organisation))?);
    if new.kind == Kind::File && new.to.trim().is_empty() {
        body.insert("back".to_owned(), "yes".to_owned());
    }
    let asked = Asked { kind: new.kind.word().to_owned(), from: on.to_string(), body, ..Asked::default() };
    let opening = Opening { flow: &TRANSFER, state: "waiting", thing: &thing, stage: Some(stage), holders: &[holder], asking: Some("ask") };
    matters::open(desk, &opening, &asked, &[])
}

/// Takes a step of a transfer.
pub(crate) fn take(desk: &Desk<'_, '_>, case: &Case, step: &'static Step, reason: &str) -> Result<()> {
    let asked = matters::asked(desk.tx, case)?;
    if step.id != "approve" {
        return matters::settle(desk, case, step, reason, matters::ended(step.to), json!({ "kind": asked.kind }));
    }
    let from = day("on", &asked.from, desk.now)?;
    let kind = Kind::of(&asked.kind).ok_or_else(|| Error::fault(format!("transfer of {}", asked.kind)))?;
    let held = posts::held(desk.tx, case.thing.person)?;
    let said = json!({ "kind": asked.kind, "from": case.thing.organisation, "to": case.thing.counterpart, "on": asked.from });
    matters::settle(desk, case, step, reason, matters::ended(step.to), said)?;
    match kind {
        Kind::Employer => move_to(desk, case, &asked, &held, from),
        Kind::Second => {
            let to = case.thing.counterpart.ok_or_else(Error::wrong_state)?;
            if held.iter().any(|post| post.organisation == to) {
                return Err(Error::refused(Why::Duplicate, "此人在该单位已有岗位。", "This person has a post there already."));
            }
            begin(desk, case, &asked, held.is_empty(), from)
        }
        Kind::File => hand_over(desk, case, &asked, &held, from),
    }
}

/// The person goes to another employer: main posts end the day before, one begins, and what the flows say goes along.
fn move_to(desk: &Desk<'_, '_>, case: &Case, asked: &Asked, held: &[Held], from: Date) -> Result<()> {
    let to = case.thing.counterpart.ok_or_else(Error::wrong_state)?;
    if held.iter().any(|post| post.main && post.organisation != case.thing.organisation) {
        // Moved elsewhere since it was asked for.
        return Err(Error::wrong_state());
    }
    let last: Date = before(from)?.parse().map_err(Error::fault)?;
    for post in held.iter().filter(|post| post.main || post.organisation == to) {
        posts::end(desk.tx, post, last, "transfer")?;
    }
    begin(desk, case, asked, true, from)?;
    posts::in_service(desk.tx, case.thing.person, true, from)?;
    let thing = access::of_person(desk.tx, case.thing.person)?;
    go_along(desk, &thing)?;
    rehome(desk.tx, &thing, i64::from(from.year()))?;
    posts::determined_anew(desk.tx, desk.engine, thing.person, from, desk.now)
}

fn begin(desk: &Desk<'_, '_>, case: &Case, asked: &Asked, main: bool, from: Date) -> Result<()> {
    let to = case.thing.counterpart.ok_or_else(Error::wrong_state)?;
    let title = asked.body.get("title").cloned().unwrap_or_default();
    posts::begin(desk.tx, &Held { id: 0, person: case.thing.person, organisation: to, agency: None, title, main, from: from.to_string() }).map(drop)
}

/// The file changes hands: the post goes on with another holder, and what is open is seen by that one.
fn hand_over(desk: &Desk<'_, '_>, case: &Case, asked: &Asked, held: &[Held], from: Date) -> Result<()> {
    let main = held.iter().find(|post| post.main).ok_or_else(Error::wrong_state)?;
    let agency = if asked.body.contains_key("back") { None } else { case.thing.counterpart };
    posts::go_on(desk.tx, main, from, "agency", |post| post.agency = agency)?;
    desk.tx
        .execute(
            concat!("UPDATE cases SET agency = ?2, version = version + 1 WHERE open = 1 AND flow IN ('declaration', 'verification') AND ", same_person!("person", "?1")),
            params![case.thing.person, agency],
        )
        .map(drop)
}

/// Cases in the states that their flows let go along are the new employer's.
fn go_along(desk: &Desk<'_, '_>, thing: &Thing) -> Result<()> {
    let Desk { tx, actor, now, .. } = *desk;
    let open = tx.all(concat!("SELECT id, flow, state FROM cases WHERE open = 1 AND ", same_person!("person", "?1"), " ORDER BY id"), params![thing.person], |row| {
        Ok((row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<String>(2)?))
    })?;
    for (case, _, state) in open.iter().filter(|(_, flow, state)| FLOWS.iter().any(|known| known.id == flow && known.along.contains(&state.as_str()))) {
        tx.execute(
            "UPDATE cases SET organisation = ?2, agency = ?3, jurisdiction = (SELECT o.jurisdiction FROM organisations o WHERE o.id = ?2), sector = ?4, version = version + 1 WHERE id = ?1",
            params![*case, thing.organisation, thing.agency, thing.sector],
        )?;
        cases::keep_step(tx, actor, *case, Taking { step: "moved", to_state: state, stage: None, reason: "", entry: None }, now)?;
    }
    Ok(())
}

/// Years since the transfer that nothing froze are the new employer's: whom a year within which somebody changed belongs to, no text says.
fn rehome(tx: &Tx<'_>, thing: &Thing, since: i64) -> Result<()> {
    tx.execute(
        concat!(
            "UPDATE obligations SET organisation = ?2, jurisdiction = (SELECT o.jurisdiction FROM organisations o WHERE o.id = ?2),
                region = (SELECT j.region FROM organisations o JOIN jurisdictions j ON j.id = o.jurisdiction WHERE o.id = ?2),
                sector = (SELECT s.code FROM organisations o JOIN sectors s ON s.id = o.sector WHERE o.id = ?2)
             WHERE year >= ?3 AND NOT EXISTS (SELECT 1 FROM determinations d WHERE d.obligation = obligations.id AND d.frozen = 1) AND ",
            same_person!("person", "?1")
        ),
        params![thing.person, thing.organisation, since],
    )
    .map(drop)
}
