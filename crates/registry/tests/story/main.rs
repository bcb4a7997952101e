//! The whole story, on both databases: declare, review, determine, verify, certify, look up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing step fails its test")]

mod access;
mod delivering;
mod drafting;
mod gates;
mod grants;
mod imports;
mod jobs;
mod ledger;
mod people;
mod personal;
mod programs;
mod races;
mod recompute;
mod signing_in;
mod stages;
#[allow(dead_code, reason = "each test file uses some of it")]
#[path = "../support/mod.rs"]
mod support;
mod town;
mod yearly;

use support::Fixture;
use town::{Town, facts};
use xueshi_registry::documents::{Standing, grouped};
use xueshi_registry::{Declared, NewEvidence, Why};

const PDF: &[u8] = b"%PDF-1.7 a certificate of a class";

pub(crate) fn class(hours: &str) -> Declared {
    Declared {
        title: "急救新技术培训班".to_owned(),
        facts: facts([("activity", "class"), ("subject", "specialised"), ("quantity", hours), ("unit", "hours"), ("start", "2019-02-11"), ("end", "2019-02-15"), ("result", "pass")]),
        corrects: None,
    }
}

fn proof() -> NewEvidence {
    NewEvidence { kind: "completion-certificate".to_owned(), name: "结业证.pdf".to_owned(), bytes: PDF.to_vec() }
}

/// Declares a class and hands it in; gives the case.
pub(crate) fn handed_in(town: &Town, declared: &Declared, serial: u32) -> i64 {
    let person = town.actor("person", serial);
    let case = town.registry.declare(&person, town.person, declared).unwrap();
    town.registry.attach(&person, case, &proof()).unwrap();
    let shown = town.registry.case(&person, case).unwrap();
    town.registry.submit(&person, case, shown.version).unwrap();
    case
}

fn the_story(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let (person, employer) = (town.actor("person", 1), town.actor("employer", 1));

    // What a class would earn, before anything is kept: nothing without its proof, and the law says why.
    let without = registry.trial(&person, town.person, &class("24"), "").unwrap();
    let problem = without.after[0].records.last().unwrap().problem.clone().unwrap();
    assert_eq!(&*problem.code, "missing-evidence");
    let with = registry.trial(&person, town.person, &class("24"), "completion-certificate").unwrap();
    let earned = with.after[0].records.last().unwrap();
    assert_eq!((earned.hours.0, earned.rule.as_ref().unwrap().cite.is_empty()), (2400, false));
    assert!(registry.home(&person, town.person, 2019).unwrap().lines.is_empty());

    // Handed in, it waits for the employer; it counts as hoped for, not as standing.
    let case = handed_in(&town, &class("24"), 1);
    let home = registry.home(&person, town.person, 2019).unwrap();
    assert_eq!((home.standing[0].total.0, home.hoped[0].total.0), (0, 2400));
    assert_eq!(home.lines[0].holders, ["employer"]);
    let queue = registry.queue(&employer, "declaration", None, 10).unwrap();
    assert_eq!((queue.total, queue.lines[0].case, queue.lines[0].title.as_str()), (1, case, "急救新技术培训班"));

    // Returned with a reason, mended, handed in again, accepted.
    let version = registry.case(&employer, case).unwrap().version;
    assert_eq!(registry.decide(&employer, case, version, "return", "").unwrap_err().why(), Some(Why::Invalid));
    registry.decide(&employer, case, version, "return", "学时与结业证不符").unwrap();
    assert_eq!(registry.decide(&employer, case, version, "accept", "").unwrap_err().why(), Some(Why::WrongState));
    let home = registry.home(&person, town.person, 2019).unwrap();
    assert_eq!((home.lines[0].state.as_str(), home.lines[0].reason.as_str()), ("returned", "学时与结业证不符"));
    let version = registry.case(&person, case).unwrap().version;
    registry.revise(&person, case, version, &class("20")).unwrap();
    registry.submit(&person, case, version + 1).unwrap();
    registry.decide(&employer, case, version + 2, "accept", "").unwrap();
    let home = registry.home(&person, town.person, 2019).unwrap();
    assert_eq!((home.standing[0].total.0, home.determinations[0].total, home.determinations[0].frozen), (2000, 2000, false));
    let way: Vec<String> = registry.case(&person, case).unwrap().way.into_iter().map(|step| step.step).collect();
    assert_eq!(way, ["draft", "submit", "return", "submit", "accept"]);

    // The year is verified, which freezes it; only then is there a certificate.
    let obligation = home.determinations[0].obligation;
    assert_eq!(registry.prepare_certificate(&person, obligation).unwrap_err().why(), Some(Why::WrongState));
    fixture.days_pass(320);
    let (employer, person) = (town.actor("employer", 1), town.actor("person", 1));
    assert_eq!(registry.open_year(&employer, 2019, |_| {}).unwrap(), 1);
    assert_eq!(registry.open_year(&employer, 2019, |_| {}).unwrap(), 0, "open already");
    let waiting = registry.queue(&employer, "verification", None, 10).unwrap();
    let line = &waiting.lines[0];
    assert_eq!(line.status.as_deref(), Some("short"));
    registry.verify_year(&employer, line.case, line.version, "verify", "属实").unwrap();
    let home = registry.home(&person, town.person, 2019).unwrap();
    assert!(home.determinations[0].frozen);

    // The certificate, and a stranger with its code.
    let prepared = registry.prepare_certificate(&person, obligation).unwrap();
    registry.freeze_document(prepared.id, b"%PDF-1.7 the certificate").unwrap();
    assert_eq!(registry.freeze_document(prepared.id, b"%PDF-1.7 another").unwrap_err().why(), Some(Why::WrongState));
    let shown = registry.look_up(&grouped(&prepared.code).to_lowercase(), "somewhere").unwrap().unwrap();
    assert_eq!((shown.standing.clone(), shown.body["result"]["total"].as_i64(), shown.body["verified"]["opinion"].as_str()), (Standing::Valid, Some(2000), Some("属实")));
    let verifiers = xueshi_ledger::Verifiers::new(registry.origin(), [registry.ledger_key().unwrap()], 0);
    let verified = shown.receipt.unwrap().verify(&verifiers).unwrap();
    assert!(verified.entry.unwrap().contains(&prepared.code));
    assert!(registry.look_up("0000-0000-0000-0000-0", "somewhere").unwrap().is_none());

    // A correction after the freeze: a new determination beside the frozen one, and the certificate no longer holds.
    let accepted = home.lines[0].record;
    let corrected = Declared { corrects: Some(accepted), ..class("16") };
    let again = handed_in(&town, &corrected, 1);
    let version = registry.case(&employer, again).unwrap().version;
    registry.decide(&employer, again, version, "accept", "").unwrap();
    let home = registry.home(&person, town.person, 2019).unwrap();
    let determination = &home.determinations[0];
    assert_eq!((determination.total, determination.frozen, determination.supersedes.is_some()), (1600, true, true));
    assert_eq!(home.lines.iter().find(|line| line.record == accepted).unwrap().state, "corrected");
    assert_eq!(registry.look_up(&prepared.code, "somewhere").unwrap().unwrap().standing, Standing::Superseded(None));
    registry.prepare_certificate(&person, obligation).unwrap();
    assert_eq!(registry.look_up(&prepared.code, "somewhere").unwrap().unwrap().standing, Standing::Superseded(None), "what was not printed takes no place");
    let later = registry.prepare_certificate(&person, obligation).unwrap();
    registry.freeze_document(later.id, b"%PDF-1.7 the later certificate").unwrap();
    assert_eq!(registry.look_up(&prepared.code, "somewhere").unwrap().unwrap().standing, Standing::Superseded(Some(later.code.clone())));
    registry.revoke_document(&employer, later.id, "打印有误").unwrap();
    assert!(matches!(registry.look_up(&later.code, "somewhere").unwrap().unwrap().standing, Standing::Revoked(_, reason) if reason == "打印有误"));

    // The ledger holds all of it.
    while registry.place_entries().unwrap() > 0 {}
    let verification = registry.verify_ledger(&[], |_, _| {}).unwrap();
    assert_eq!((verification.findings, verification.waiting), (Vec::new(), 0));
}

#[test]
fn the_story_on_sqlite() {
    the_story(&Fixture::sqlite());
}

#[test]
fn the_story_on_postgres() {
    the_story(&Fixture::postgres());
}
