//! What providers deliver, the keys they come with, and the registers that say who they are.

use crate::support::Fixture;
use crate::town::{Town, credit_code, facts, identity_number};
use std::sync::atomic::Ordering;
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::{Actor, Answer, Completion, CompletionsSought, Correction, Delivery, Facts, NewEntry, Registry, Scope, Why};

fn both() -> [Fixture; 2] {
    [Fixture::sqlite(), Fixture::postgres()]
}

#[test]
fn a_key_is_shown_once_scoped_and_revoked_for_good() {
    for fixture in both() {
        let registry = &fixture.registry;
        let town = Town::found(registry, "510000", "510100", 1);
        let provider = town.actor("provider", 1);
        assert_eq!(registry.make_key(&provider, " ", &[Scope::Read]).unwrap_err().why(), Some(Why::Invalid));
        assert_eq!(registry.make_key(&provider, "培训平台", &[]).unwrap_err().why(), Some(Why::Invalid));
        assert_eq!(registry.make_key(&town.actor("employer", 1), "培训平台", &[Scope::Read]).unwrap_err().why(), Some(Why::NotFound), "it is no provider");
        let made = registry.make_key(&provider, "培训平台", &[Scope::Read]).unwrap();
        let line = registry.machine_keys(&provider).unwrap().remove(0);
        assert!(made.key.starts_with(&line.prefix) && made.key.len() > line.prefix.len() + 40, "the list shows only how it begins");
        assert_eq!((line.name.as_str(), line.scopes.as_slice(), line.used_at), ("培训平台", [Scope::Read].as_slice(), None));
        let machine = registry.machine(&made.key).unwrap().unwrap();
        assert_eq!((machine.actor.held.organisation, machine.actor.login.as_str()), (Some(town.provider), line.prefix.as_str()));
        machine.must(Scope::Read).unwrap();
        assert_eq!(machine.must(Scope::Deliver).unwrap_err().why(), Some(Why::NotAllowed));
        assert!(registry.machine_keys(&provider).unwrap()[0].used_at.is_some());
        assert!(registry.machine(&made.key[..made.key.len() - 1]).unwrap().is_none());
        assert_eq!(registry.sign_in(&line.prefix, "", "elsewhere").unwrap_err().why(), Some(Why::NotSignedIn), "its account is nobody's to sign in to");
        let other = Town::found(registry, "500000", "500103", 2);
        assert_eq!(registry.revoke_key(&other.actor("provider", 2), made.id).unwrap_err().why(), Some(Why::NotFound));
        registry.revoke_key(&provider, made.id).unwrap();
        assert!(registry.machine(&made.key).unwrap().is_none());
        assert_eq!(registry.revoke_key(&provider, made.id).unwrap_err().why(), Some(Why::WrongState));
    }
}

#[test]
fn a_key_may_come_so_often_in_a_minute() {
    let fixture = Fixture::sqlite();
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let made = fixture.registry.make_key(&town.actor("provider", 1), "培训平台", &[Scope::Read]).unwrap();
    let refused = (0..200).find_map(|times| fixture.registry.machine(&made.key).err().map(|error| (times, error.why())));
    assert_eq!(refused, Some((120, Some(Why::TooMany))));
}

/// The annex of Chengdu's notice for 2019: 21 bases, and only in that year.
#[test]
fn registers_are_those_of_the_policies_by_year_and_place() {
    for fixture in both() {
        let registry = &fixture.registry;
        let of = |region: &str, year: i64, register: &str| registry.registers(None, (region, year), register, None, 100).unwrap().lines;
        let bases = of("510100", 2019, "base");
        assert_eq!((bases.len(), bases[0].name_zh.as_str(), bases[0].basis.as_str()), (21, "成都大学继续教育学院", "附件"));
        assert_eq!((bases[0].days.0.as_deref(), bases[0].days.1.as_deref()), (Some("2019-01-01"), Some("2019-12-31")));
        assert_eq!(of("510104", 2019, "base").len(), 21, "a district lies in its city");
        assert!(of("510100", 2020, "base").is_empty() && of("510300", 2019, "base").is_empty());
        assert_eq!(of("510100", 2019, "topic").len(), 2);
        assert_eq!(of("500000", 2023, "platform").len(), 3);
        // Page by page it is the same.
        let first = registry.registers(None, ("510100", 2019), "", None, 10).unwrap();
        let rest = registry.registers(None, ("510100", 2019), "", first.next, 100).unwrap();
        assert_eq!((first.lines.len() + rest.lines.len(), rest.next), (of("510100", 2019, "").len(), None));
        // Opened once more, nothing is entered twice.
        drop(fixture.beside());
        assert_eq!(of("510100", 2019, "base").len(), 21);
    }
}

#[test]
fn an_officer_adds_and_closes_entries_of_the_own_area() {
    for fixture in both() {
        let registry = &fixture.registry;
        let town = Town::found(registry, "510000", "510100", 1);
        let other = Town::found(registry, "500000", "500103", 2);
        let office = town.actor("authority", 1);
        let new = NewEntry { register: "provider".to_owned(), name: "甲培训中心".to_owned(), basis: "某办〔2019〕3号".to_owned(), from: "2019-01-01".to_owned(), ..NewEntry::default() };
        for wrong in [
            NewEntry { name: String::new(), ..new.clone() },
            NewEntry { basis: String::new(), ..new.clone() },
            NewEntry { from: "2019".to_owned(), ..new.clone() },
            NewEntry { from: "9999-99-99".to_owned(), ..new.clone() },
            NewEntry { to: "2020-01-01T08:00".to_owned(), ..new.clone() },
            NewEntry { register: "school".to_owned(), ..new.clone() },
            NewEntry { to: "2018-12-31".to_owned(), ..new.clone() },
            NewEntry { organisation: credit_code(77), ..new.clone() },
        ] {
            assert_eq!(registry.add_register_entry(&office, &wrong).unwrap_err().why(), Some(Why::Invalid), "{wrong:?}");
        }
        for login in ["person", "employer", "provider", "auditor", "operator"] {
            assert!(registry.add_register_entry(&town.actor(login, 1), &new).is_err(), "{login}");
        }
        let entry = registry.add_register_entry(&office, &new).unwrap();
        assert_eq!(registry.add_register_entry(&office, &new).unwrap_err().why(), Some(Why::Duplicate));
        let find = |year| registry.registers(Some(&office), ("510100", year), "provider", None, 100).unwrap().lines.into_iter().find(|line| line.id == entry);
        let line = find(2019).unwrap();
        assert_eq!((line.code.as_str(), line.place.as_str(), line.open_to_me, line.policy), ("甲培训中心", "5101", true, None));
        assert_eq!(registry.close_register_entry(&other.actor("authority", 2), entry, "2019-12-31", "评估不合格").unwrap_err().why(), Some(Why::NotFound));
        assert_eq!(registry.close_register_entry(&office, entry, "2018-12-31", "评估不合格").unwrap_err().why(), Some(Why::Invalid));
        registry.close_register_entry(&office, entry, "2020-06-30", "评估不合格").unwrap();
        assert_eq!(registry.close_register_entry(&office, entry, "2020-06-30", "评估不合格").unwrap_err().why(), Some(Why::WrongState));
        let closed = find(2020).unwrap();
        assert_eq!((closed.closed_for.as_str(), closed.open_to_me), ("评估不合格", false));
        assert!(find(2021).is_none());
        assert_eq!(registry.register_entry(entry).unwrap().closed_for, "评估不合格", "strangers read it as well");
        assert_eq!(registry.register_entry(i64::MAX).unwrap_err().why(), Some(Why::NotFound));
        // What a policy file lists is changed by the file.
        let listed = registry.registers(Some(&office), ("510100", 2019), "base", None, 1).unwrap().lines.remove(0);
        assert!(!listed.open_to_me);
        assert_eq!(registry.close_register_entry(&office, listed.id, "2019-12-31", "评估不合格").unwrap_err().why(), Some(Why::NotFound));
    }
}

fn class(hours: &str) -> Facts {
    facts([
        ("activity", "class"),
        ("subject", "specialised"),
        ("quantity", hours),
        ("unit", "hours"),
        ("start", "2019-02-11"),
        ("end", "2019-02-15"),
        ("result", "pass"),
        ("evidence", "completion-certificate"),
    ])
}

/// A completion of the town's person, whose number has this serial.
fn completion(own_id: &str, serial: u32, hours: &str) -> Completion {
    Completion { own_id: own_id.to_owned(), identity_number: identity_number(serial), name: "甲".to_owned(), title: "急救新技术培训班".to_owned(), facts: class(hours) }
}

fn send(registry: &Registry, provider: &Actor, completions: &[Completion]) -> Vec<Answer> {
    registry.deliver(provider, Delivery { reference: "2019-1".to_owned(), sent_at: None, completions: completions.to_vec() }).unwrap().answers
}

fn state(answer: &Answer) -> (&str, &str) {
    (answer.state.as_str(), answer.reason.as_ref().map_or("", |reason| reason.code.as_str()))
}

/// Enters the town's provider into the register of its city.
fn vouched(town: &Town, serial: u32) {
    let new = NewEntry { register: "provider".to_owned(), name: "甲培训中心".to_owned(), basis: "某办〔2019〕3号".to_owned(), from: "2019-01-01".to_owned(), ..NewEntry::default() };
    town.registry.add_register_entry(&town.actor("authority", serial), &new).unwrap();
}

fn way(registry: &Registry, actor: &Actor, person: i64) -> Vec<String> {
    registry.deliveries_about(actor, person, None, 10).unwrap().remove(0).way.into_iter().map(|step| step.step.zh).collect()
}

/// Sichuan: provider or employer registers. One who stands in the register does so by delivering, and only once.
#[test]
fn what_a_registered_provider_delivers_is_registered_once() {
    for fixture in both() {
        let registry = &fixture.registry;
        let town = Town::found(registry, "510000", "510100", 1);
        vouched(&town, 1);
        let (provider, person) = (town.actor("provider", 1), town.actor("person", 1));
        let first = registry.deliver(&provider, Delivery { completions: vec![completion("a-1", 1, "20")], ..Delivery::default() }).unwrap();
        assert_eq!(state(&first.answers[0]), ("registered", ""));
        let home = registry.home(&person, town.person, 2019).unwrap();
        assert_eq!((home.standing[0].total.0, home.determinations[0].total, home.lines[0].state.as_str()), (2000, 2000, "accepted"));
        // Again, the same: answered as it stands, nothing new.
        let again = registry.deliver(&provider, Delivery { completions: vec![completion("a-1", 1, "20")], ..Delivery::default() }).unwrap();
        assert_eq!((again.id, &again.answers), (first.id, &first.answers));
        assert_eq!(registry.deliveries(&provider, None, 10).unwrap().len(), 1);
        // Other content under the id of something registered is not taken.
        assert_eq!(state(&send(registry, &provider, &[completion("a-1", 1, "30")])[0]), ("registered", "id-taken"));
        assert_eq!(registry.home(&person, town.person, 2019).unwrap().standing[0].total.0, 2000);
        // Provider and person see the same way, its entry in the ledger at the end.
        assert_eq!(way(registry, &person, town.person), ["送出", "收到", "匹配到本人", "核算", "登记"]);
        let shown = registry.completion(&provider, first.answers[0].id.unwrap()).unwrap();
        assert_eq!((shown.way.len(), shown.way[4].entry.is_some(), shown.matched, shown.identity_masked.as_str()), (5, true, true, ""), "the number is not kept once the person is found");
        assert!(shown.way[3].reason.zh.contains("20"), "{:?}", shown.way[3]);
        assert!(shown.steps.is_empty(), "a registered one is revoked, not withdrawn");
        let case = home.lines[0].case;
        assert_eq!(registry.delivered_as(&person, case).unwrap().unwrap().provider, "甲培训中心");
        // Revoked by the employer, with its reason on the way of both.
        let employer = town.actor("employer", 1);
        let version = registry.case(&employer, case).unwrap().version;
        registry.decide(&employer, case, version, "revoke", "结业证系伪造").unwrap();
        assert_eq!(state(&send(registry, &provider, &[completion("a-1", 1, "20")])[0]), ("revoked", ""));
        let last = registry.completion(&provider, shown.line.id).unwrap().way.pop().unwrap();
        assert_eq!((last.step.zh.as_str(), last.reason.zh.as_str(), last.role.as_deref()), ("撤销认定", "结业证系伪造", Some("employer-officer")));
        while registry.place_entries().unwrap() > 0 {}
        assert_eq!(registry.verify_ledger(&[], |_, _| {}).unwrap().findings, Vec::new());
    }
}

/// No register names the provider: the employer, the other one of that stage, decides.
#[test]
fn what_another_provider_delivers_waits_for_the_employer() {
    for fixture in both() {
        let registry = &fixture.registry;
        let town = Town::found(registry, "510000", "510100", 1);
        let (provider, person, employer) = (town.actor("provider", 1), town.actor("person", 1), town.actor("employer", 1));
        let answer = send(registry, &provider, &[completion("a-1", 1, "20")]).remove(0);
        assert_eq!(state(&answer), ("waiting", ""));
        let line = registry.queue(&employer, "declaration", None, 10).unwrap().lines.remove(0);
        assert_eq!(registry.case(&employer, line.case).unwrap().stage.unwrap().holders, ["employer"]);
        // It is the provider's: the person sees it and changes nothing.
        assert!(registry.case(&person, line.case).unwrap().steps.is_empty());
        assert_eq!(registry.withdraw(&person, line.case, line.version).unwrap_err().why(), Some(Why::NotAllowed));
        let a_second_passes = || fixture.clock.fetch_add(1_000_000, Ordering::Relaxed);
        a_second_passes();
        registry.decide(&employer, line.case, line.version, "return", "学时与课表不符").unwrap();
        a_second_passes();
        assert_eq!(registry.submit(&person, line.case, line.version + 1).unwrap_err().why(), Some(Why::NotAllowed));
        let shown = registry.completion(&provider, answer.id.unwrap()).unwrap();
        assert_eq!((shown.line.state.as_str(), shown.steps.iter().map(|step| step.id).collect::<Vec<_>>()), ("returned", vec!["correct", "withdraw"]));
        let mended = Correction { name: "乙".to_owned(), title: "急救新技术培训班".to_owned(), facts: class("16"), ..Correction::default() };
        let wrong = Correction { facts: facts([("activity", "no such"), ("end", "2019-02-15")]), ..mended.clone() };
        assert_eq!(registry.correct_completion(&provider, shown.line.id, shown.line.version, &wrong).unwrap_err().why(), Some(Why::Invalid));
        registry.correct_completion(&provider, shown.line.id, shown.line.version, &mended).unwrap();
        assert_eq!(registry.correct_completion(&provider, shown.line.id, shown.line.version, &mended).unwrap_err().why(), Some(Why::Stale));
        a_second_passes();
        let version = registry.case(&employer, line.case).unwrap().version;
        registry.decide(&employer, line.case, version, "accept", "").unwrap();
        assert_eq!(registry.home(&person, town.person, 2019).unwrap().standing[0].total.0, 1600);
        assert_eq!(way(registry, &person, town.person), ["送出", "收到", "匹配到本人", "核算", "交审核", "退回补正", "更正后重办", "核算", "交审核", "认定"]);
        // What waits can be withdrawn, with a reason.
        let other = send(registry, &provider, &[completion("a-2", 1, "8")]).remove(0).id.unwrap();
        assert_eq!(registry.withdraw_completion(&provider, other, registry.completion(&provider, other).unwrap().line.version, "").unwrap_err().why(), Some(Why::Invalid));
        registry.withdraw_completion(&provider, other, registry.completion(&provider, other).unwrap().line.version, "发错了人").unwrap();
        assert_eq!(registry.completion(&provider, other).unwrap().line.state, "withdrawn");
        assert_eq!(registry.queue(&employer, "declaration", None, 10).unwrap().total, 0);
    }
}

#[test]
fn what_nobody_matches_waits_in_the_queue_and_is_tried_again() {
    for fixture in both() {
        let registry = &fixture.registry;
        let town = Town::found(registry, "510000", "510100", 1);
        vouched(&town, 1);
        let (provider, authority) = (town.actor("provider", 1), town.actor("authority", 1));
        let stranger = Completion { name: "阿依 • 古丽".to_owned(), ..completion("b-1", 40, "20") };
        let misnamed = Completion { name: "贾".to_owned(), ..completion("b-2", 1, "8") };
        let answers = send(registry, &provider, &[stranger, misnamed]);
        assert_eq!(answers.iter().map(state).collect::<Vec<_>>(), [("unmatched", "nobody"), ("unmatched", "name-differs")]);
        let queue = registry.completions(&provider, CompletionsSought { state: "unmatched", ..CompletionsSought::default() }, None, 10).unwrap();
        assert_eq!(queue.iter().map(|line| line.own_id.as_str()).collect::<Vec<_>>(), ["b-2", "b-1"]);
        let sent = registry.deliveries(&provider, None, 10).unwrap()[0].id;
        let of = |delivery| registry.completions(&provider, CompletionsSought { delivery: Some(delivery), ..CompletionsSought::default() }, None, 10).unwrap();
        assert_eq!((of(sent), of(sent + 1)), (queue, Vec::new()), "of one delivery");
        let waits = registry.delivery_queues(&authority).unwrap();
        assert_eq!((waits[0].provider.as_str(), waits[0].unmatched, waits.len()), ("甲培训中心", 2, 1));
        let shown = registry.completion(&provider, answers[0].id.unwrap()).unwrap();
        assert_eq!(shown.identity_masked, format!("999•••••••••••{}", &identity_number(40)[14..]));
        // Tried again too early, it waits on.
        registry.retry_completion(&provider, shown.line.id, shown.line.version).unwrap();
        assert_eq!(registry.completion(&provider, shown.line.id).unwrap().line.state, "unmatched");
        // The name is corrected.
        let named = registry.completion(&provider, answers[1].id.unwrap()).unwrap();
        let right = Correction { name: "甲".to_owned(), title: named.line.title.clone(), facts: named.facts.clone(), ..Correction::default() };
        registry.correct_completion(&provider, named.line.id, named.line.version, &right).unwrap();
        assert_eq!(registry.completion(&provider, named.line.id).unwrap().line.state, "registered");
        // Somebody of that number is registered: it goes on by itself.
        let (keys, clinic, now) = (fixture.keys.clone(), town.clinic, registry.now());
        let late = NewPerson {
            name: "阿依·古丽".to_owned(),
            identity_number: Some(identity_number(40)),
            facts: facts([("title_level", "intermediate"), ("in_service", "是")]),
            organisation: clinic,
            agency: None,
            title: "护师".to_owned(),
            from: "2010-01-01".to_owned(),
        };
        let late = registry.write(move |tx| people::add(tx, &keys, &late, now)).unwrap();
        assert_eq!(registry.work_deliveries().unwrap(), 1);
        assert_eq!(registry.work_deliveries().unwrap(), 0);
        assert_eq!(registry.home(&town.actor("employer", 1), late, 2019).unwrap().standing[0].total.0, 2000);
        let steps = way(registry, &town.actor("employer", 1), late);
        assert_eq!(steps, ["送出", "收到", "未匹配到人", "重办", "未匹配到人", "重办", "匹配到本人", "核算", "登记"]);
        assert!(registry.delivery_queues(&authority).unwrap().is_empty());
    }
}

#[test]
fn what_no_rule_recognises_is_refused_with_its_reason() {
    for fixture in both() {
        let registry = &fixture.registry;
        let town = Town::found(registry, "510000", "510100", 1);
        let other = Town::found(registry, "500000", "500103", 2);
        vouched(&town, 1);
        let provider = town.actor("provider", 1);
        let with = |own_id: &str, column: &str, value: &str| {
            let mut of = completion(own_id, 1, "20");
            of.facts.insert(column.to_owned(), value.to_owned());
            of
        };
        let number = identity_number(1);
        let bad_number = Completion { identity_number: format!("{}{}", &number[..17], if number.ends_with('0') { '1' } else { '0' }), ..completion("c-4", 1, "20") };
        let mut undated = with("c-6", "end", "");
        undated.facts.remove("start");
        let sent = [
            with("c-1", "result", "fail"),
            with("c-2", "evidence", ""),
            with("c-3", "colour", "red"),
            bad_number,
            Completion { title: String::new(), ..completion("c-5", 1, "20") },
            undated,
            Completion { own_id: " ".to_owned(), ..completion("", 1, "20") },
            completion("c-7", 1, "20"),
            completion("c-7", 1, "21"),
        ];
        let answers = send(registry, &provider, &sent);
        let expected = [
            ("refused", "not-passed"),
            ("refused", "missing-evidence"),
            ("refused", "facts"),
            ("refused", "identity-number"),
            ("refused", "title"),
            ("refused", "end"),
            ("refused", "id"),
            ("registered", ""),
            ("registered", "id-twice"),
        ];
        assert_eq!(answers.iter().map(state).collect::<Vec<_>>(), expected);
        assert!(answers.iter().all(|answer| answer.reason.as_ref().is_none_or(|reason| !reason.text.zh.is_empty() && !reason.text.get(xueshi_policy::Lang::En).is_empty())));
        // Refused, it can be delivered as it is right under the same id.
        assert_eq!(state(&send(registry, &provider, &[with("c-1", "quantity", "10")])[0]), ("registered", ""));
        let number = registry.completion(&provider, answers[3].id.unwrap()).unwrap();
        let right = Correction { identity_number: identity_number(1), name: "甲".to_owned(), title: "护理班".to_owned(), facts: class("4") };
        assert_eq!(registry.correct_completion(&provider, number.line.id, number.line.version, &Correction { identity_number: String::new(), ..right.clone() }).unwrap_err().why(), Some(Why::Invalid));
        registry.correct_completion(&provider, number.line.id, number.line.version, &right).unwrap();
        assert_eq!(registry.completion(&provider, number.line.id).unwrap().line.state, "registered");
        // Nobody else's to see or to change; none to an officer who delivers for nobody.
        let strange = other.actor("provider", 2);
        assert_eq!(registry.completion(&strange, number.line.id).unwrap_err().why(), Some(Why::NotFound));
        assert_eq!(registry.retry_completion(&strange, answers[0].id.unwrap(), 1).unwrap_err().why(), Some(Why::NotFound));
        assert!(registry.completions(&strange, CompletionsSought::default(), None, 10).unwrap().is_empty());
        for login in ["person", "employer", "agency", "office", "auditor", "operator"] {
            let actor = town.actor(login, 1);
            assert!(registry.deliver(&actor, Delivery { completions: sent.to_vec(), ..Delivery::default() }).is_err(), "{login}");
            assert!(registry.completion(&actor, number.line.id).is_err(), "{login}");
            assert!(registry.completions(&actor, CompletionsSought::default(), None, 10).unwrap().is_empty(), "{login}");
        }
        assert_eq!(registry.deliveries_about(&other.actor("person", 2), town.person, None, 10).unwrap_err().why(), Some(Why::NotFound));
        let none = registry.deliver(&provider, Delivery::default());
        assert_eq!(none.unwrap_err().why(), Some(Why::Invalid));
    }
}

/// Several hundred at once, answered in their order; a page at a time as in one.
#[test]
fn a_large_delivery_is_answered_in_its_order() {
    for fixture in both() {
        let registry = &fixture.registry;
        let town = Town::found(registry, "510000", "510100", 1);
        vouched(&town, 1);
        let provider = town.actor("provider", 1);
        let sent: Vec<Completion> = (0..450).map(|at| completion(&format!("d-{at}"), if at % 3 == 0 { 1 } else { 500 }, "0.5")).collect();
        let delivered = registry.deliver(&provider, Delivery { completions: sent, ..Delivery::default() }).unwrap();
        for (at, answer) in delivered.answers.iter().enumerate() {
            assert_eq!((answer.own_id.as_str(), answer.state.as_str()), (format!("d-{at}").as_str(), if at % 3 == 0 { "registered" } else { "unmatched" }));
        }
        let id = delivered.id.unwrap();
        let shown = registry.delivery(&provider, id).unwrap();
        assert_eq!((shown.counts, shown.line.completions), (vec![("registered".to_owned(), 150), ("unmatched".to_owned(), 300)], 450));
        let mut pages = Vec::new();
        while let after = pages.last().and_then(|answer: &Answer| answer.id).unwrap_or_default()
            && let page = registry.delivery_answers(&provider, id, after, 200).unwrap()
            && !page.is_empty()
        {
            pages.extend(page);
        }
        assert_eq!(pages, delivered.answers);
        assert_eq!(registry.retry_unmatched(&provider).unwrap(), 300);
        let mut worked = 0;
        while let count = registry.work_deliveries().unwrap()
            && count > 0
        {
            worked += count;
        }
        assert_eq!(worked, 300);
        assert_eq!(registry.completions_open(&provider).unwrap(), [("unmatched".to_owned(), 300)]);
    }
}

/// Chongqing: the employer or the file agency registers, whoever delivers.
#[test]
fn where_the_policy_gives_the_provider_no_stage_the_reviewers_decide() {
    let fixture = Fixture::sqlite();
    let registry = &fixture.registry;
    let town = Town::found(registry, "500000", "500103", 1);
    vouched(&town, 1);
    let mut of = completion("e-1", 1, "8");
    of.facts.extend(facts([("start", "2023-03-06"), ("end", "2023-03-06"), ("evidence", "training-certificate")]));
    assert_eq!(state(&send(registry, &town.actor("provider", 1), &[of])[0]), ("waiting", ""));
    let case = registry.queue(&town.actor("agency", 1), "declaration", None, 10).unwrap().lines.remove(0).case;
    assert_eq!(registry.case(&town.actor("agency", 1), case).unwrap().stage.unwrap().holders, ["employer", "file-agency"]);
}

/// Two servers are sent the same at once: every completion is registered once, and both answer the same.
#[test]
fn the_same_delivery_to_two_servers_at_once_is_registered_once() {
    for fixture in both() {
        let registry = &fixture.registry;
        let town = Town::found(registry, "510000", "510100", 1);
        vouched(&town, 1);
        let provider = town.actor("provider", 1);
        let sent: Vec<Completion> = (0..30).map(|at| Completion { title: format!("培训班{at}"), ..completion(&format!("r-{at}"), 1, &format!("1.{at:02}")) }).collect();
        let beside = fixture.beside();
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| send(registry, &provider, &sent));
            let other = scope.spawn(|| send(&beside, &provider, &sent));
            (one.join().unwrap(), other.join().unwrap())
        });
        // Who was slower may have answered while the faster one still worked; asked again, both know.
        assert!(one.iter().chain(&other).all(|answer| ["registered", "received"].contains(&answer.state.as_str())), "{one:?} {other:?}");
        let settled = send(&beside, &provider, &sent);
        assert!(settled.iter().all(|answer| answer.state == "registered"), "{settled:?}");
        let home = registry.home(&town.actor("person", 1), town.person, 2019).unwrap();
        let hundredths: i64 = (0..30).map(|at| 100 + at).sum();
        assert_eq!((home.lines.len(), home.standing[0].total.0, home.determinations[0].total), (30, hundredths, hundredths));
        while registry.place_entries().unwrap() > 0 {}
        assert_eq!(registry.verify_ledger(&[], |_, _| {}).unwrap().findings, Vec::new());
    }
}
