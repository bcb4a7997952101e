//! People over time: transfers, leaving, changes of names and numbers, doubles and their undoing. On both databases.

use crate::support::Fixture;
use crate::town::{PASSWORD, Town, facts, identity_number};
use crate::{class, handed_in};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use xueshi_registry::accounts::{self, NewAccount};
use xueshi_registry::changes::NewChange;
use xueshi_registry::matters::Which;
use xueshi_registry::people::NewPerson;
use xueshi_registry::transfers::{Kind, NewTransfer};
use xueshi_registry::{Actor, Declared, Facts, Leaving, Registry, Role, Why, params};

const PHOTO: &[u8] = b"%PDF-1.7 a card";

/// A second officer of the same kind as one there is.
pub(crate) fn colleague(town: &Town, of: &Actor, login: &str) -> Actor {
    let (held, name) = (of.held.clone(), login.to_owned());
    town.registry
        .write(move |tx| {
            let account = accounts::add(tx, &NewAccount { login: name.clone(), password: accounts::hash_password(PASSWORD)?, person: None }, 0)?;
            accounts::give_role(tx, account, held.role, held.organisation, held.jurisdiction, held.sector, "2010-01-01")
        })
        .unwrap();
    let token = town.registry.sign_in(login, PASSWORD, login).unwrap().token;
    town.registry.session(&token).unwrap().unwrap().actor.unwrap()
}

fn to(kind: Kind, to: &str, on: &str) -> NewTransfer {
    NewTransfer { kind, to: to.to_owned(), title: "副主任医师".to_owned(), on: on.to_owned(), reason: "工作调动".to_owned() }
}

/// The code of the clinic of a town.
fn code(serial: u32) -> String {
    crate::town::credit_code(serial)
}

fn newcomer(name: &str, serial: u32) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        identity_number: Some(identity_number(serial)),
        facts: facts([("title_level", "junior")]),
        organisation: 0,
        agency: None,
        title: "护师".to_owned(),
        from: "2012-07-01".to_owned(),
    }
}

fn version(registry: &Registry, actor: &Actor, case: i64) -> i64 {
    registry.matter(actor, case).unwrap().version
}

fn a_transfer(fixture: &Fixture) {
    let registry = &fixture.registry;
    let (old, new) = (Town::found(registry, "510000", "510100", 1), Town::found(registry, "500000", "500103", 2));
    let (person, sending, receiving) = (old.actor("person", 1), old.actor("employer", 1), new.actor("employer", 2));
    // A year at the old place, verified; a draft, and a declaration that waits.
    let accepted = handed_in(&old, &class("24"), 1);
    registry.decide(&sending, accepted, 2, "accept", "").unwrap();
    registry.open_year(&sending, 2019, |_| {}).unwrap();
    let year = registry.queue(&sending, "verification", None, 10).unwrap().lines.remove(0);
    registry.verify_year(&sending, year.case, year.version, "verify", "属实").unwrap();
    let frozen = registry.home(&person, old.person, 2019).unwrap().determinations.remove(0);
    let draft = registry.declare(&person, old.person, &class("8")).unwrap();
    let waiting = handed_in(&old, &Declared { title: "新技术讲座".to_owned(), ..class("4") }, 1);

    // Asked for by the sending side, it waits for the receiving one alone; nothing changes before that approves, on the day.
    assert_eq!(registry.ask_transfer(&sending, old.person, &to(Kind::Employer, "没有这家", "2019-03-01")).unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(registry.ask_transfer(&receiving, old.person, &to(Kind::Employer, &code(2), "2019-03-01")).unwrap_err().why(), Some(Why::NotFound));
    let case = registry.ask_transfer(&sending, old.person, &to(Kind::Employer, &code(2), "2020-04-01")).unwrap();
    assert_eq!(registry.ask_transfer(&person, old.person, &to(Kind::Employer, &code(2), "2020-04-01")).unwrap_err().why(), Some(Why::Duplicate));
    assert_eq!(registry.matters(&sending, Which::Waiting, None, 10).unwrap().0, 0);
    let (total, lines) = registry.matters(&receiving, Which::Waiting, None, 10).unwrap();
    assert_eq!((total, lines[0].case, lines[0].kind.as_str(), lines[0].employer.as_str()), (1, case, "employer", "甲诊所"));
    let seen = registry.matter(&receiving, case).unwrap();
    assert!(!seen.person_open, "the file itself is not open yet");
    assert_eq!(registry.dossier(&receiving, old.person).unwrap_err().why(), Some(Why::NotFound));
    for nobody in ["agency", "office", "authority", "auditor", "operator"] {
        assert_eq!(registry.matter(&new.actor(nobody, 2), case).unwrap_err().why(), Some(Why::NotFound), "{nobody}");
    }
    assert_eq!(registry.take_step(&sending, case, seen.version, "approve", "").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.take_step(&receiving, case, seen.version, "approve", "").unwrap_err().why(), Some(Why::Invalid), "the day has not come");
    fixture.days_pass(400);
    let (person, sending, receiving) = (old.actor("person", 1), old.actor("employer", 1), new.actor("employer", 2));
    registry.take_step(&receiving, case, seen.version, "approve", "").unwrap();

    // The new employer keeps the person; the old one keeps what waited there, and sees how the transfer ended.
    let registered = registry.registration(&receiving, old.person).unwrap();
    let posts: Vec<_> = registered.posts.iter().map(|post| (post.from.as_str(), post.to.as_deref(), post.ended_for.as_str(), post.title.as_str())).collect();
    assert_eq!(posts, [("2020-04-01", None, "", "副主任医师"), ("2010-01-01", Some("2020-03-31"), "transfer", "主治医师")]);
    assert_eq!(registry.registration(&sending, old.person).unwrap_err().why(), Some(Why::NotFound));
    assert_eq!(registry.matter(&sending, case).unwrap().state, "done");
    assert!(registry.case(&receiving, draft).is_ok() && registry.case(&sending, draft).is_err(), "what was not handed in goes along");
    assert!(registry.case(&sending, waiting).is_ok() && registry.case(&receiving, waiting).is_err(), "what was handed in stays");
    registry.decide(&sending, waiting, 2, "reject", "与岗位无关").unwrap();

    // A year at the old place is judged by that place for good, also where it is corrected later; the year of the transfer by the new one.
    let home = registry.home(&person, old.person, 2019).unwrap();
    assert_eq!((home.standing[0].total.0, &home.determinations[0]), (2400, &frozen));
    let of = |year: i64| registry.home(&person, old.person, year).unwrap().standing[0].policies.iter().map(|policy| policy.id.to_string()).collect::<Vec<_>>();
    assert!(of(2019).contains(&"cn-51-2016-20".to_owned()) && !of(2020).contains(&"cn-51-2016-20".to_owned()) && of(2020).contains(&"cn-50-2006-17".to_owned()), "{:?} {:?}", of(2019), of(2020));

    // Back again, asked for by the receiving side: name and number together, and the present employer releases.
    let back = to(Kind::Employer, "", "2020-04-04");
    assert_eq!(registry.ask_transfer_in(&sending, "乙", &identity_number(1), &back).unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(registry.ask_transfer_in(&person, "甲", &identity_number(1), &back).unwrap_err().why(), Some(Why::NotAllowed));
    let case = registry.ask_transfer_in(&sending, "甲", &identity_number(1), &back).unwrap();
    assert_eq!(registry.take_step(&sending, case, version(registry, &sending, case), "approve", "").unwrap_err().why(), Some(Why::NotAllowed), "who asked does not release");
    registry.take_step(&receiving, case, version(registry, &receiving, case), "refuse", "尚在服务期内").unwrap();
    let again = registry.ask_transfer_in(&sending, "甲", &identity_number(1), &back).unwrap();
    registry.take_step(&sending, again, version(registry, &sending, again), "withdraw", "").unwrap();
    let last = registry.ask_transfer_in(&sending, "甲", &identity_number(1), &back).unwrap();
    registry.take_step(&receiving, last, version(registry, &receiving, last), "approve", "").unwrap();
    assert_eq!(registry.registration(&sending, old.person).unwrap().posts.len(), 3);
    assert!(registry.looked_at(&person, old.person, None, 50).unwrap().iter().any(|line| line.action == "transfer-in"));
}

#[test]
fn a_transfer_on_sqlite() {
    a_transfer(&Fixture::sqlite());
}

#[test]
fn a_transfer_on_postgres() {
    a_transfer(&Fixture::postgres());
}

/// A file goes to an agency and back; a second post leaves the main one where it is; who leaves is out of service, and is taken on at once.
fn posts_over_time(fixture: &Fixture) {
    let registry = &fixture.registry;
    let (town, other) = (Town::found(registry, "510000", "510100", 1), Town::found(registry, "510000", "510100", 2));
    let (employer, agency, elsewhere) = (town.actor("employer", 1), town.actor("agency", 1), other.actor("employer", 2));
    let back = registry.ask_transfer(&employer, town.person, &NewTransfer { to: String::new(), ..to(Kind::File, "", "2019-02-20") }).unwrap();
    assert_eq!(registry.take_step(&employer, back, 1, "approve", "").unwrap_err().why(), Some(Why::NotAllowed), "the agency hands over");
    registry.take_step(&agency, back, 1, "approve", "").unwrap();
    assert_eq!(registry.registration(&agency, town.person).unwrap_err().why(), Some(Why::NotFound));
    let second = registry.ask_transfer(&employer, town.person, &to(Kind::Second, &code(2), "2019-02-21")).unwrap();
    registry.take_step(&elsewhere, second, 1, "approve", "").unwrap();
    let registered = registry.registration(&employer, town.person).unwrap();
    assert_eq!(registered.posts.iter().filter(|post| post.to.is_none()).map(|post| post.main).collect::<Vec<_>>(), [false, true]);

    // The second becomes the main one: the other employer keeps the person from then on.
    let chosen = registered.posts.iter().find(|post| post.to.is_none() && !post.main).unwrap().id;
    assert_eq!(registry.make_main(&employer, town.person, chosen, "2019-02-21").unwrap_err().why(), Some(Why::Invalid), "not on the day it began");
    registry.make_main(&employer, town.person, chosen, "2019-02-25").unwrap();
    assert!(registry.registration(&employer, town.person).is_err());
    let posts = registry.registration(&elsewhere, town.person).unwrap().posts;
    let main = posts.iter().find(|post| post.to.is_none() && post.main).unwrap();
    assert_eq!((main.from.as_str(), posts.iter().filter(|post| post.to.is_none()).count()), ("2019-02-25", 2));

    // Leaves the main post: the other one stands for the person. Retires from that: no post, and not covered.
    registry.leave(&elsewhere, town.person, Leaving::Left, main.id, "2019-02-26", "合同期满").unwrap();
    assert!(registry.registration(&elsewhere, town.person).is_err());
    assert_eq!(registry.leave(&employer, town.person, Leaving::Retired, 0, "2019-03-09", "").unwrap_err().why(), Some(Why::Invalid), "in the future");
    registry.leave(&employer, town.person, Leaving::Retired, 0, "2019-02-28", "达到退休年龄").unwrap();
    let person = town.actor("person", 1);
    assert_eq!(registry.home(&person, town.person, 2019).unwrap().standing[0].status.name(), "not-covered");
    assert_eq!(registry.home(&person, town.person, 2018).unwrap().standing[0].status.name(), "short", "the year before stays as it was");
    assert_eq!(registry.leave(&employer, town.person, Leaving::Retired, 0, "2019-02-28", "").unwrap_err().why(), Some(Why::WrongState));
    // Taken on again, at once: there is nobody to release.
    let case = registry.ask_transfer_in(&elsewhere, "甲", &identity_number(1), &to(Kind::Employer, "", "2019-03-01")).unwrap();
    assert_eq!(registry.matter(&elsewhere, case).unwrap().state, "done");
    assert_eq!(registry.home(&person, town.person, 2019).unwrap().standing[0].status.name(), "short");
}

#[test]
fn posts_over_time_on_sqlite() {
    posts_over_time(&Fixture::sqlite());
}

#[test]
fn posts_over_time_on_postgres() {
    posts_over_time(&Fixture::postgres());
}

fn names_and_numbers(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let (person, employer, auditor) = (town.actor("person", 1), town.actor("employer", 1), town.actor("auditor", 1));
    let files = [("身份证.pdf".to_owned(), PHOTO.to_vec())];
    let change =
        |kind: &str, value: &str, from: &str| NewChange { kind: kind.to_owned(), value: value.to_owned(), replaces: String::new(), from: from.to_owned(), reason: "公安机关已变更".to_owned() };

    // The person asks with proof, and waits; the officer approves.
    assert_eq!(registry.ask_change(&person, town.person, &change("name", "甲乙", "2019-02-01"), &[]).unwrap_err().why(), Some(Why::Invalid), "no proof");
    assert_eq!(registry.ask_change(&auditor, town.person, &change("name", "甲乙", "2019-02-01"), &files).unwrap_err().why(), Some(Why::NotAllowed));
    let case = registry.ask_change(&person, town.person, &change("name", "甲乙", "2019-02-01"), &files).unwrap();
    assert_eq!(registry.person(&employer, town.person).unwrap().name, "甲");
    let shown = registry.matter(&employer, case).unwrap();
    assert_eq!((shown.body["before"].as_str(), shown.body["value"].as_str(), registry.paper(&employer, shown.papers[0].id).unwrap().2.as_slice()), ("甲", "甲乙", PHOTO));
    registry.take_step(&employer, case, shown.version, "approve", "").unwrap();
    let names: Vec<_> = registry.registration(&person, town.person).unwrap().names.into_iter().map(|name| (name.value, name.to)).collect();
    assert_eq!(names, [("甲乙".to_owned(), None), ("甲".to_owned(), Some("2019-01-31".to_owned()))]);

    // An officer registers a passport, then the identity number that takes its place: at once, and nowhere in clear.
    let other = registry.enrol(&employer, &newcomer("丙", 40)).unwrap();
    assert_eq!(registry.enrol(&employer, &newcomer("丙", 40)).unwrap_err().why(), Some(Why::Duplicate));
    registry.ask_change(&employer, other, &change("passport", "e 1234567", "2019-01-01"), &files).unwrap();
    assert_eq!(registry.ask_change(&employer, other, &change("identity-number", &identity_number(1), "2019-02-01"), &files).unwrap_err().why(), Some(Why::Duplicate));
    let number = identity_number(41);
    let replaced = registry.ask_change(&employer, other, &NewChange { replaces: "passport".to_owned(), ..change("identity-number", &number, "2019-02-01") }, &files).unwrap();
    let registered = registry.registration(&employer, other).unwrap();
    let held: Vec<_> = registered.identifiers.iter().map(|one| (one.kind.as_str(), one.to.as_deref())).collect();
    assert_eq!(held, [("identity-number", None), ("passport", Some("2019-01-31")), ("identity-number", Some("2019-01-31"))]);
    assert!(registered.identifiers.iter().all(|one| one.value.contains('•')));
    assert_eq!(registry.unmask(&employer, other, "核对变更").unwrap(), number);
    let kept: i64 = {
        let number = number.clone();
        registry.read(move |tx| tx.number("SELECT COUNT(*) FROM entry_texts t, matters m WHERE t.body LIKE ?1 OR m.body LIKE ?1", params![&format!("%{number}%")])).unwrap()
    };
    assert_eq!(kept, 0, "a number stands nowhere in clear");
    assert_eq!(registry.matter(&employer, replaced).unwrap().state, "done");
    // The old fifteen digits are the same number.
    let old = format!("{}{}", &number[..6], &number[8..17]);
    assert_eq!(registry.enrol(&employer, &NewPerson { identity_number: Some(old), ..newcomer("丁", 42) }).unwrap_err().why(), Some(Why::Duplicate));

    // An account for the newcomer: its password opens it, once there is one only.
    let password = registry.give_account(&employer, other, "bing40").unwrap();
    assert_eq!(registry.session(&registry.sign_in("bing40", &password, "new").unwrap().token).unwrap().unwrap().actor.unwrap().held.role, Role::Person);
    assert_eq!(registry.give_account(&employer, other, "bing41").unwrap_err().why(), Some(Why::Duplicate));
    // What policies can not read is refused in their words; what they can changes results from its day on.
    assert_eq!(registry.put_facts(&employer, other, &facts([("title_level", "很高")]), "2019-01-01").unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(registry.put_facts(&employer, other, &facts([("shoe_size", "42")]), "2019-01-01").unwrap_err().why(), Some(Why::Invalid));
    registry.put_facts(&employer, other, &facts([("title_level", "senior"), ("sex", "女"), ("working-since", "2012-07")]), "2019-01-01").unwrap();
    registry.put_facts(&employer, other, &facts([("sex", "")]), "2019-02-01").unwrap();
    assert!(registry.registration(&employer, other).unwrap().facts.iter().any(|fact| fact.kind == "sex" && fact.to.as_deref() == Some("2019-01-31")), "nothing ends it the day before");
    let facts: Vec<_> = registry.registration(&employer, other).unwrap().facts.into_iter().filter(|fact| fact.kind == "title_level").map(|fact| (fact.value, fact.from, fact.to)).collect();
    assert_eq!(facts, [("senior".to_owned(), "2019-01-01".to_owned(), None), ("junior".to_owned(), "2012-07-01".to_owned(), Some("2018-12-31".to_owned()))]);
}

#[test]
fn names_and_numbers_on_sqlite() {
    names_and_numbers(&Fixture::sqlite());
}

#[test]
fn names_and_numbers_on_postgres() {
    names_and_numbers(&Fixture::postgres());
}

/// Rows of people as they stand, but for what only counts changes.
fn snapshot(registry: &Registry) -> Vec<String> {
    const TABLES: [(&str, &str); 9] = [
        ("people", "id || name || COALESCE(merged_in, 0) || COALESCE(born, '')"),
        ("person_names", "person || name || valid_from || COALESCE(valid_to, '')"),
        ("person_identifiers", "id || ' ' || person || kind || valid_from || COALESCE(valid_to, '')"),
        ("person_facts", "person || name || value || valid_from || COALESCE(valid_to, '')"),
        ("posts", "id || ' ' || person || organisation || title || main || valid_from || COALESCE(valid_to, '')"),
        ("obligations", "id || ' ' || person || duty || year || organisation || region"),
        ("records", "id || ' ' || person || year || title || facts || state || revision"),
        ("cases WHERE flow <> 'merge'", "id || ' ' || flow || state || open || COALESCE(stage, '') || holders || person || organisation || since"),
        ("documents", "id || ' ' || person || code"),
    ];
    registry
        .read(|tx| {
            let mut all = Vec::new();
            for (table, columns) in TABLES {
                all.extend(tx.all(&format!("SELECT {columns} FROM {table} ORDER BY 1"), &[], |row| Ok(format!("{table}: {}", row.get::<String>(0)?)))?);
            }
            Ok(all)
        })
        .unwrap()
}

/// What stands for a person in two years: totals, status and state.
fn results(registry: &Registry, actor: &Actor, person: i64) -> Vec<(i64, i64, String, bool)> {
    [2018, 2019].into_iter().flat_map(|year| registry.home(actor, person, year).unwrap().determinations.into_iter().map(move |one| (year, one.total, one.status, one.frozen))).collect()
}

/// What both did before: hours of a class in 2018 and 2019, and whether the year was verified.
type Past = [[(u8, bool); 2]; 2];

fn live(town: &Town, employer: &Actor, people: [(i64, &Actor); 2], past: &Past) {
    let registry = &town.registry;
    for (of, (person, actor)) in past.iter().zip(people) {
        for (year, (hours, verified)) in [2018_i64, 2019].into_iter().zip(of) {
            if *hours > 0 {
                let mut declared = Declared { title: format!("{person}的培训班{year}"), ..class(&hours.to_string()) };
                declared.facts.insert("start".to_owned(), format!("{year}-02-11"));
                declared.facts.insert("end".to_owned(), format!("{year}-02-15"));
                let case = registry.declare(actor, person, &declared).unwrap();
                registry.attach(actor, case, &xueshi_registry::NewEvidence { kind: "completion-certificate".to_owned(), name: "证.pdf".to_owned(), bytes: PHOTO.to_vec() }).unwrap();
                registry.submit(actor, case, 1).unwrap();
                registry.decide(employer, case, 2, "accept", "").unwrap();
            }
            if *verified {
                registry.open_year(employer, year, |_| {}).unwrap();
                let line = registry.year(employer, year, xueshi_registry::YearSought::default(), 0, 50).unwrap().lines.into_iter().find(|line| line.person == person && line.open_to_me);
                if let Some(line) = line {
                    registry.verify_year(employer, line.case, line.version, "verify", "属实").unwrap();
                }
            }
        }
    }
}

/// Merging and undoing it is nothing, whatever both had before; between the two they are one.
fn merging_and_undoing_is_nothing(fixture: &Fixture, times: usize) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let employer = town.actor("employer", 1);
    let second = colleague(&town, &employer, "second");
    let mut runner = TestRunner::deterministic();
    let pasts = proptest::array::uniform2(proptest::array::uniform2((0_u8..3, any::<bool>()).prop_map(|(class, verified)| (class * 8, verified))));
    for at in 0..times {
        let serials = [100 + 2 * u32::try_from(at).unwrap(), 101 + 2 * u32::try_from(at).unwrap()];
        let (one, other) = (registry.enrol(&employer, &newcomer("戊", serials[0])).unwrap(), registry.enrol(&employer, &newcomer("戊", serials[1])).unwrap());
        let actors = [one, other].map(|person| {
            let login = format!("double{person}");
            let password = registry.give_account(&employer, person, &login).unwrap();
            registry.session(&registry.sign_in(&login, &password, &login).unwrap().token).unwrap().unwrap().actor.unwrap()
        });
        let past = pasts.new_tree(&mut runner).unwrap().current();
        live(&town, &employer, [(one, &actors[0]), (other, &actors[1])], &past);
        let answer = registry.ask_gate(&employer, other, "appointment", "2019-03-01").unwrap();
        let answers = |actor, person| registry.gate_answers(actor, Some(person), None, 10).unwrap().iter().map(|one| (one.id, one.person.0)).collect::<Vec<_>>();
        let (before, stood) = (snapshot(registry), [one, other].map(|person| results(registry, &employer, person)));

        // Proposed by one, decided by another; neither alone.
        let pairs = registry.possible_doubles(&employer, (0, 0), 500).unwrap();
        assert!(pairs.iter().any(|pair| (pair.one.id, pair.other.id) == (one, other) && !pair.same_identifier && pair.case.is_none()), "{pairs:?}");
        assert_eq!(registry.propose_merge(&employer, one, other, "").unwrap_err().why(), Some(Why::Invalid));
        assert_eq!(registry.propose_merge(&actors[0], one, other, "是一人").unwrap_err().why(), Some(Why::NotAllowed));
        let case = registry.propose_merge(&employer, one, other, "身份证号登记有误，核对无误").unwrap();
        assert_eq!(registry.propose_merge(&employer, other, one, "再来一次").unwrap_err().why(), Some(Why::Duplicate));
        assert_eq!(registry.take_step(&employer, case, 1, "approve", "").unwrap_err().why(), Some(Why::NotAllowed), "who proposed does not decide");
        registry.take_step(&second, case, 1, "approve", "").unwrap();

        // One person: all records, each year once, whoever of the two is asked for and whichever account asks.
        let hours = |year: usize| past.iter().map(|of| i64::from(of[year].0) * 100).sum::<i64>();
        for (at, year) in [2018, 2019].into_iter().enumerate() {
            let home = registry.home(&employer, other, year).unwrap();
            assert_eq!((home.person.id, home.standing[0].total.0), (one, hours(at)), "{past:?}");
            if let [only] = home.determinations.as_slice() {
                assert_eq!(only.total, hours(at), "{past:?}");
            } else {
                assert_eq!((home.determinations.len(), hours(at)), (0, 0), "{past:?}");
            }
        }
        assert!(registry.people(&employer, "戊", 0, 500).unwrap().iter().all(|(id, ..)| *id != other));
        assert_eq!((answers(&employer, one), answers(&actors[0], one)), (vec![(answer, one)], vec![(answer, one)]), "what a double was answered is theirs");
        assert_eq!(registry.propose_merge(&employer, other, one, "再来一次").unwrap_err().why(), Some(Why::WrongState));

        let version = version(registry, &employer, case);
        assert_eq!(registry.take_step(&employer, case, version, "undo", "").unwrap_err().why(), Some(Why::Invalid), "a reason is needed");
        registry.take_step(&employer, case, version, "undo", "实为两人").unwrap();
        assert_eq!(snapshot(registry), before, "{past:?}");
        assert_eq!((answers(&employer, one), answers(&employer, other)), (vec![], vec![(answer, other)]));
        assert_eq!([one, other].map(|person| results(registry, &employer, person)), stood, "{past:?}");
        registry.keep_apart(&employer, one, other, "已核对").unwrap();
        assert!(registry.possible_doubles(&employer, (0, 0), 500).unwrap().iter().all(|pair| (pair.one.id, pair.other.id) != (one, other)));
    }
    while registry.place_entries().unwrap() > 0 {}
    assert_eq!(registry.verify_ledger(&[], |_, _| {}).unwrap().findings, Vec::new());
}

#[test]
fn merging_and_undoing_is_nothing_on_sqlite() {
    merging_and_undoing_is_nothing(&Fixture::sqlite(), 6);
}

#[test]
fn merging_and_undoing_is_nothing_on_postgres() {
    merging_and_undoing_is_nothing(&Fixture::postgres(), 2);
}

/// Two approve one transfer at once, and two others take one person on: one of each wins, and there is one main post.
fn two_take_one_person_on(fixture: &Fixture) {
    let registry = &fixture.registry;
    let (old, new) = (Town::found(registry, "510000", "510100", 1), Town::found(registry, "510000", "510100", 2));
    let (sending, receiving) = (old.actor("employer", 1), new.actor("employer", 2));
    let case = registry.ask_transfer(&sending, old.person, &to(Kind::Employer, &code(2), "2019-03-01")).unwrap();
    let colleague = colleague(&new, &receiving, "colleague");
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = [&receiving, &colleague, &receiving, &colleague].map(|actor| scope.spawn(move || registry.take_step(actor, case, 1, "approve", ""))).into_iter().collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|error| matches!(error.why(), Some(Why::Stale | Why::WrongState))), "{outcomes:?}");
    let posts = registry.registration(&receiving, old.person).unwrap().posts;
    assert_eq!((posts.len(), posts.iter().filter(|post| post.to.is_none()).count()), (2, 1));
}

#[test]
fn two_take_one_person_on_on_sqlite() {
    two_take_one_person_on(&Fixture::sqlite());
}

#[test]
fn two_take_one_person_on_on_postgres() {
    two_take_one_person_on(&Fixture::postgres());
}

/// A fact of a day is what was said last of the latest day up to it, in whatever order it was said.
#[test]
fn a_fact_of_a_day_is_what_was_last_said_of_it() {
    let fixture = Fixture::sqlite();
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let (registry, employer) = (&fixture.registry, town.actor("employer", 1));
    let mut runner = TestRunner::deterministic();
    let said = prop::collection::vec((2011_i64..2019, prop::sample::select(vec!["学士", "硕士", "博士"])), 1..12);
    for serial in 200..240 {
        let person = registry.enrol(&employer, &newcomer("己", serial)).unwrap();
        let said = said.new_tree(&mut runner).unwrap().current();
        let mut model = std::collections::BTreeMap::new();
        for (year, degree) in &said {
            let day = format!("{year}-06-01");
            let one = Facts::from([("degree".to_owned(), (*degree).to_owned())]);
            // Told of a day what holds in the present year already: nothing is said.
            let now = model.range(..=2019).next_back().map_or("", |(_, degree)| *degree);
            registry.put_facts(&employer, person, &one, &day).unwrap();
            let then = model.range(..=*year).next_back().map_or("", |(_, degree)| *degree);
            if now != *degree && then != *degree {
                model.insert(*year, *degree);
            }
        }
        let rows = registry.registration(&employer, person).unwrap().facts;
        for year in 2011..2019 {
            let day = format!("{year}-07-01");
            let held: Vec<&str> = rows.iter().filter(|row| row.kind == "degree" && row.from <= day && row.to.as_ref().is_none_or(|to| *to >= day)).map(|row| row.value.as_str()).collect();
            let expected = model.range(..=year).next_back().map_or("", |(_, degree)| *degree);
            assert_eq!(held.first().copied().unwrap_or_default(), expected, "{year} of {said:?}: {rows:?}");
            assert!(held.len() <= 1, "{said:?}");
        }
    }
}
