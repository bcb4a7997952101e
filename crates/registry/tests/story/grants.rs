//! Exemptions on the grounds a policy lists, reasons for a short year, and the record of discipline. On both databases.

use crate::people::colleague;
use crate::support::Fixture;
use crate::town::{Town, facts, identity_number};
use xueshi_registry::grants::{NewBreach, NewExemption};
use xueshi_registry::matters::Which;
use xueshi_registry::{Actor, Completion, Delivery, Registry, RequestKind, Why};

const ORDER: &[u8] = b"%PDF-1.7 an order of assignment";
const VILLAGE: &str = "cn-65-city-2022/assigned/village-stationing";
const ILLNESS: &str = "cn-65-city-2022/assigned/illness";

fn exemption(ground: &str, returned: bool, from: &str, to: &str) -> NewExemption {
    NewExemption { ground: ground.to_owned(), returned, from: from.to_owned(), to: to.to_owned(), reason: "驻村一年".to_owned() }
}

fn papers() -> Vec<(String, Vec<u8>)> {
    vec![("选派文件.pdf".to_owned(), ORDER.to_vec())]
}

/// Status of the first duty of a year: as it stands, and as it was determined last.
fn status(registry: &Registry, actor: &Actor, person: i64, year: i64) -> (&'static str, Option<String>) {
    let home = registry.home(actor, person, year).unwrap();
    (home.standing[0].status.name(), home.determinations.first().map(|one| one.status.clone()))
}

fn both(word: &'static str) -> (&'static str, Option<String>) {
    (word, Some(word.to_owned()))
}

/// A town of Xinjiang in 2024, with the years 2022 and 2023 open for verification.
fn town(fixture: &Fixture) -> Town {
    let town = Town::found(&fixture.registry, "650000", "650200", 1);
    fixture.days_pass(5 * 365);
    let employer = town.actor("employer", 1);
    for year in [2022, 2023] {
        assert_eq!(fixture.registry.open_year(&employer, year, |_| {}).unwrap(), 1);
    }
    town
}

fn who_may_approve_an_exemption(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = town(fixture);
    let (person, employer, operator) = (town.actor("person", 1), town.actor("employer", 1), town.actor("operator", 1));
    let (authority, office) = (town.actor("authority", 1), town.actor("office", 1));
    assert_eq!(status(registry, &person, town.person, 2023), both("short"));

    // Seven grounds, a closed list; the text names an approver for three, and another for those who have returned.
    let grants = registry.grants(&person, town.person, 2023).unwrap();
    assert_eq!((grants.grounds.len(), grants.may_ask, grants.may_record), (7, true, false));
    assert_eq!(grants.grounds.iter().filter(|one| one.listed.ground.approver.is_empty()).count(), 4);
    let village = grants.grounds.iter().find(|one| one.listed.ground.id == "village-stationing").unwrap();
    assert_ne!(village.listed.ground.approver, village.listed.ground.returned);
    assert_eq!((village.listed.years.as_str(), village.approver.as_deref()), ("exempt_years", None));

    // Only on a ground that is listed in every year the days touch, with proof, and where somebody is named who approves.
    let why = |new: &NewExemption, files: &[(String, Vec<u8>)]| registry.ask_exemption(&person, town.person, new, files).unwrap_err().why();
    assert_eq!(why(&exemption(ILLNESS, false, "2022-07-01", "2023-02-28"), &papers()), Some(Why::Invalid), "nobody may add a ground");
    assert_eq!(why(&exemption(VILLAGE, false, "2022-07-01", "2023-02-28"), &[]), Some(Why::Invalid), "without proof");
    assert_eq!(why(&exemption(VILLAGE, false, "2023-02-28", "2022-07-01"), &papers()), Some(Why::Invalid), "ends before it begins");
    assert_eq!(why(&exemption(VILLAGE, false, "2017-01-01", "2023-02-28"), &papers()), Some(Why::Invalid), "years before the regulation");
    assert_eq!(why(&exemption(VILLAGE, false, "2022-07-01", "2023-02-28"), &papers()), Some(Why::WrongState), "nobody is named");
    let name = |actor: &Actor, place: &str, ground: &str, returned: bool, organisation: &str| registry.name_approver(actor, place, ground, returned, organisation);
    assert_eq!(name(&employer, "650200", VILLAGE, false, "甲市卫健委").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(name(&operator, "650200", ILLNESS, false, "甲市卫健委").unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(name(&operator, "999999", VILLAGE, false, "甲市卫健委").unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(name(&operator, "650200", VILLAGE, false, "无此单位").unwrap_err().why(), Some(Why::Invalid));
    name(&operator, "650200", VILLAGE, false, "甲市卫健委").unwrap();
    name(&operator, "650000", VILLAGE, false, "甲市职称办").unwrap();
    name(&operator, "650000", VILLAGE, true, "甲市卫健委").unwrap();
    name(&operator, "650000", VILLAGE, true, "甲市职称办").unwrap();
    assert_eq!(registry.approvers(&operator, 0, 10).unwrap().len(), 3, "naming again takes the place of what was named");

    // While there, the nearer of those named approves; nobody else may, nor the person or the employer.
    let case = registry.ask_exemption(&person, town.person, &exemption(VILLAGE, false, "2022-07-01", "2023-02-28"), &papers()).unwrap();
    assert_eq!(why(&exemption(VILLAGE, false, "2022-07-01", "2023-02-28"), &papers()), Some(Why::Duplicate));
    assert_eq!([&office, &authority].map(|actor| registry.matters(actor, Which::Waiting, None, 10).unwrap().0), [0, 1]);
    let shown = registry.matter(&authority, case).unwrap();
    assert_eq!((shown.said[0].cite.1.as_slice(), shown.said[0].approver.as_ref(), shown.papers.len()), (["二.3".to_owned(), "附件2".to_owned()].as_slice(), Some(&village.listed.ground.approver), 1));
    // The form is part of what is asked for: who approves sees what it asks of the person, and of it nothing else.
    registry.put_facts(&employer, town.person, &facts([("sex", "女"), ("education", "master"), ("title", "主治医师")]), "2023-05-01").unwrap();
    let form = registry.on_form(&authority, case, &["education", "title", "reason"]).unwrap();
    assert_eq!(form.facts, facts([("education", "硕士"), ("title", "主治医师")]), "codes in words, and not what the form does not ask");
    assert!(form.identity_masked.contains('•') && form.born.is_some() && !form.employer.is_empty(), "{form:?}");
    assert_eq!(registry.on_form(&person, case, &["education"]).unwrap().name, form.name);
    for nobody in [&person, &employer, &office] {
        assert_eq!(registry.take_step(nobody, case, shown.version, "approve", "").unwrap_err().why(), Some(Why::NotAllowed));
    }
    registry.take_step(&authority, case, shown.version, "refuse", "未附选派文件").unwrap();
    assert_eq!(status(registry, &person, town.person, 2023), both("short"));

    // Who has returned is approved elsewhere; the employer may ask for the person, and not grant it.
    let case = registry.ask_exemption(&employer, town.person, &exemption(VILLAGE, true, "2022-07-01", "2022-10-31"), &papers()).unwrap();
    assert_eq!(registry.take_step(&employer, case, 1, "approve", "").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.matter(&office, case).unwrap().said[0].approver.as_ref(), Some(&village.listed.ground.returned));
    registry.take_step(&office, case, 1, "approve", "").unwrap();
    assert_eq!([2022, 2023].map(|year| status(registry, &person, town.person, year).0), ["exempt", "short"]);
    assert_eq!(why(&exemption(VILLAGE, true, "2022-07-01", "2022-10-31"), &papers()), Some(Why::Duplicate), "granted already");

    // Decided, the form stays as it was on that day; to strangers there is none.
    fixture.days_pass(2);
    registry.put_facts(&employer, town.person, &facts([("title", "副主任医师")]), "2024-03-01").unwrap();
    assert_eq!(registry.on_form(&person, case, &["title"]).unwrap().facts, facts([("title", "主治医师")]));
    let stranger = Town::found(registry, "500000", "500103", 2).actor("authority", 2);
    assert_eq!(registry.on_form(&stranger, case, &["title"]).unwrap_err().why(), Some(Why::NotFound));
}

#[test]
fn who_may_approve_an_exemption_on_sqlite() {
    who_may_approve_an_exemption(&Fixture::sqlite());
}

#[test]
fn who_may_approve_an_exemption_on_postgres() {
    who_may_approve_an_exemption(&Fixture::postgres());
}

fn an_exemption_from_day_to_day(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = town(fixture);
    let (person, employer, authority) = (town.actor("person", 1), town.actor("employer", 1), town.actor("authority", 1));
    registry.name_approver(&town.actor("operator", 1), "650200", VILLAGE, false, "甲市卫健委").unwrap();
    let case = registry.ask_exemption(&person, town.person, &exemption(VILLAGE, false, "2022-07-01", "2023-02-28"), &papers()).unwrap();

    // Two officers at once: one of them grants it.
    let officers = [authority.clone(), colleague(&town, &authority, "authority-too")];
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = officers.iter().map(|officer| scope.spawn(|| registry.take_step(officer, case, 1, "approve", ""))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().flat_map(|outcome| outcome.as_ref().err()).all(|error| [Some(Why::Stale), Some(Why::WrongState)].contains(&error.why())));
    for year in [2022, 2023] {
        assert_eq!(status(registry, &person, town.person, year), both("exempt"), "{year}");
    }
    let lifted = registry.home(&person, town.person, 2023).unwrap().standing[0].exempt_by.clone().unwrap();
    assert_eq!((&*lifted.policy, lifted.cite.iter().map(|clause| &**clause).collect::<Vec<_>>()), ("cn-65-city-2022", vec!["二.3", "附件2"]), "the clause is named");
    assert_eq!(status(registry, &person, town.person, 2024).0, "short", "no further than its days");
    // Many at once see the same years: nothing is left to determine.
    let entries = || registry.read(|tx| tx.number("SELECT COUNT(*) FROM entries WHERE kind = 'determination'", &[])).unwrap();
    let before = entries();
    registry.open_year(&employer, 2023, |_| {}).unwrap();
    assert_eq!(entries(), before);

    // The assignment ended earlier: the year after it is asked for again. Revoked, so is the first. Only who granted may.
    assert_eq!(registry.end_exemption(&employer, case, 2, "2022-12-31", "提前返回").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.end_exemption(&authority, case, 2, "2024-12-31", "提前返回").unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(registry.take_step(&authority, case, 2, "end", "提前返回").unwrap_err().why(), Some(Why::Invalid), "without its day");
    registry.end_exemption(&authority, case, 2, "2022-12-31", "提前返回").unwrap();
    assert_eq!([2022, 2023].map(|year| status(registry, &person, town.person, year).1.unwrap()), ["exempt", "short"]);
    assert_eq!(registry.take_step(&authority, case, 3, "revoke", "").unwrap_err().why(), Some(Why::Invalid), "with a reason only");
    registry.take_step(&authority, case, 3, "revoke", "材料不实").unwrap();
    assert_eq!(status(registry, &person, town.person, 2022), both("short"));
    let lines = registry.grants(&person, town.person, 2022).unwrap().lines;
    assert_eq!(lines.iter().map(|line| line.state.as_str()).collect::<Vec<_>>(), ["revoked"]);

    // A year that was verified short is corrected when an exemption comes later.
    let waiting = registry.queue(&employer, "verification", None, 10).unwrap();
    let line = waiting.lines.iter().find(|line| line.year == 2022).unwrap();
    registry.verify_year(&employer, line.case, line.version, "verify", "属实").unwrap();
    let case = registry.ask_exemption(&person, town.person, &exemption(VILLAGE, false, "2022-07-01", "2022-12-31"), &papers()).unwrap();
    registry.take_step(&authority, case, 1, "approve", "").unwrap();
    let last = registry.home(&person, town.person, 2022).unwrap().determinations.remove(0);
    assert_eq!((last.status.as_str(), last.frozen, last.supersedes.is_some()), ("exempt", true, true));
    while registry.place_entries().unwrap() > 0 {}
    assert_eq!(registry.verify_ledger(&[], |_, _| {}).unwrap().findings, Vec::new());

    // What is kept of it is handed out, and erased.
    let package = registry.package(&person).unwrap();
    assert_eq!(package["grants"].as_array().unwrap().len(), 3, "two years taken back, one granted: {}", package["grants"]);
    assert_eq!((package["grants"][2]["what"].as_str(), package["grants"][2]["year"].as_str()), (Some("exempt_years"), Some("2022")));
    let erasure = registry.request_data(&person, RequestKind::Erasure, "已移居，请删除").unwrap();
    registry.decide_request(&authority, erasure, 1, "grant-request", "同意删除").unwrap();
    let left = |sql: &str| registry.read(|tx| tx.number(sql, &[])).unwrap();
    assert_eq!((left("SELECT COUNT(*) FROM year_grants"), left("SELECT COUNT(*) FROM papers"), left("SELECT COUNT(*) FROM matters WHERE body LIKE '%驻村%'")), (0, 0, 0));
}

#[test]
fn an_exemption_from_day_to_day_on_sqlite() {
    an_exemption_from_day_to_day(&Fixture::sqlite());
}

#[test]
fn an_exemption_from_day_to_day_on_postgres() {
    an_exemption_from_day_to_day(&Fixture::postgres());
}

fn a_reason(fixture: &Fixture) {
    let registry = &fixture.registry;
    let (town, elsewhere) = (Town::found(registry, "510000", "510100", 1), Town::found(registry, "500000", "500103", 2));
    let (person, employer, authority) = (town.actor("person", 1), town.actor("employer", 1), town.actor("authority", 1));
    let years = || registry.read(|tx| tx.all("SELECT name, year FROM year_grants WHERE ended_at IS NULL ORDER BY id", &[], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))).unwrap();
    let grants = registry.grants(&person, town.person, 2019).unwrap();
    assert!(grants.grounds.is_empty() && !grants.consequences.is_empty(), "no ground is listed here, and the text speaks of reasons");
    // Where no text speaks of reasons there is none to accept; nor for a year that has not come.
    assert_eq!(registry.ask_reason(&elsewhere.actor("person", 2), elsewhere.person, 2018, "产假", &[]).unwrap_err().why(), Some(Why::WrongState));
    assert_eq!(registry.ask_reason(&person, town.person, 2020, "产假", &[]).unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(registry.ask_reason(&person, town.person, 2019, " ", &[]).unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(registry.ask_reason(&elsewhere.actor("employer", 2), town.person, 2019, "产假", &[]).unwrap_err().why(), Some(Why::NotFound), "another employer's person");

    registry.open_year(&employer, 2019, |_| {}).unwrap();
    let before = registry.home(&person, town.person, 2019).unwrap().determinations.remove(0);
    let case = registry.ask_reason(&person, town.person, 2019, "产假", &papers()).unwrap();
    assert_eq!(registry.ask_reason(&person, town.person, 2019, "产假", &[]).unwrap_err().why(), Some(Why::Duplicate));
    let shown = registry.matter(&employer, case).unwrap();
    assert!(shown.said.iter().any(|says| says.cite.1 == ["四¶2".to_owned()]), "{:?}", shown.said);
    assert_eq!(shown.holders, grants.deciders);
    assert_eq!(registry.take_step(&person, case, 1, "approve", "").unwrap_err().why(), Some(Why::NotAllowed));
    assert_eq!(registry.take_step(&authority, case, 1, "revoke", "不实").unwrap_err().why(), Some(Why::WrongState));
    registry.take_step(&employer, case, 1, "approve", "属实").unwrap();
    assert_eq!(years(), [("excused_years".to_owned(), 2019)]);
    let after = registry.home(&person, town.person, 2019).unwrap().determinations.remove(0);
    assert!(after.supersedes == Some(before.id) && after.basis["facts"] != before.basis["facts"]);
    assert_eq!(after.status, "short", "the year stays short: only what follows is lifted");
    // Who asked for somebody does not accept it.
    registry.take_step(&employer, case, 2, "revoke", "材料不实").unwrap();
    assert_eq!(years(), []);
    assert_eq!(registry.home(&person, town.person, 2019).unwrap().determinations[0].basis["facts"], before.basis["facts"]);
    let case = registry.ask_reason(&employer, town.person, 2019, "长期病假", &[]).unwrap();
    assert_eq!(registry.take_step(&employer, case, 1, "approve", "").unwrap_err().why(), Some(Why::NotAllowed));
    registry.take_step(&colleague(&town, &employer, "employer-too"), case, 1, "approve", "").unwrap();
    assert_eq!(years().len(), 1);
}

#[test]
fn a_reason_on_sqlite() {
    a_reason(&Fixture::sqlite());
}

#[test]
fn a_reason_on_postgres() {
    a_reason(&Fixture::postgres());
}

fn a_breach(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = town(fixture);
    let (person, employer) = (town.actor("person", 1), town.actor("employer", 1));
    let breach = |kind: &str, on: &str, reason: &str| NewBreach { kind: kind.to_owned(), on: on.to_owned(), reason: reason.to_owned() };
    let why = |actor: &Actor, new: &NewBreach| registry.record_breach(actor, town.person, new, &[]).unwrap_err().why();
    assert_eq!(why(&person, &breach("breach", "2023-02-11", "缺课")), Some(Why::NotAllowed));
    assert_eq!(why(&employer, &breach("late", "2023-02-11", "缺课")), Some(Why::Invalid));
    assert_eq!(why(&employer, &breach("breach", "2023-02-11", "")), Some(Why::Invalid));
    assert_eq!(why(&employer, &breach("breach", "2030-02-11", "缺课")), Some(Why::Invalid), "a day to come");
    let before = registry.home(&person, town.person, 2023).unwrap().determinations;
    let case = registry.record_breach(&employer, town.person, &breach("breach", "2023-02-11", "未请假缺课两天"), &[]).unwrap();

    // The person sees it with what the text says, and objects; nothing waits until then. It changes no hours.
    assert_eq!(registry.matters(&employer, Which::Waiting, None, 10).unwrap().0, 0);
    let shown = registry.matter(&person, case).unwrap();
    assert_eq!((shown.said[0].cite.0.as_str(), shown.said[0].cite.1.as_slice()), ("cn-65-city-2022", ["一.4".to_owned()].as_slice()));
    assert_eq!(registry.take_step(&employer, case, 1, "object", "没有缺课").unwrap_err().why(), Some(Why::NotAllowed));
    registry.take_step(&person, case, 1, "object", "当日出差，有批准").unwrap();
    let shown = registry.matter(&employer, case).unwrap();
    assert_eq!((shown.state.as_str(), shown.way.last().unwrap().reason.as_str()), ("objected", "当日出差，有批准"));
    // Who recorded it does not uphold it; he may take it back.
    assert_eq!(registry.take_step(&employer, case, 2, "uphold", "属实").unwrap_err().why(), Some(Why::NotAllowed));
    let other = colleague(&town, &employer, "employer-too");
    assert_eq!(registry.matters(&other, Which::Waiting, None, 10).unwrap().0, 1);
    registry.take_step(&other, case, 2, "uphold", "考勤属实").unwrap();
    assert_eq!(registry.take_step(&person, case, 3, "lift", "当日出差").unwrap_err().why(), Some(Why::NotAllowed));
    registry.take_step(&employer, case, 3, "lift", "出差审批属实").unwrap();
    assert_eq!(registry.home(&person, town.person, 2023).unwrap().determinations, before);
    assert!(registry.looked_at(&person, town.person, None, 50).unwrap().iter().any(|line| line.action == "record-breach"));

    // The provider records it of who was matched to what it delivered, and of nobody else.
    let provider = town.actor("provider", 1);
    let delivered = |name: &str, own_id: &str| {
        let facts = facts([("activity", "class"), ("subject", "specialised"), ("quantity", "8"), ("unit", "hours"), ("start", "2023-03-02"), ("end", "2023-03-03"), ("result", "pass")]);
        let one = Completion { own_id: own_id.to_owned(), identity_number: identity_number(1), name: name.to_owned(), title: "护理新技术班".to_owned(), facts };
        registry.deliver(&provider, Delivery { completions: vec![one], ..Delivery::default() }).unwrap().answers[0].id.unwrap()
    };
    let (matched, unmatched) = (delivered("甲", "1"), delivered("乙", "2"));
    while registry.work_deliveries().unwrap() > 0 {}
    let new = breach("refusal", "2023-03-02", "报名后拒不参加");
    assert_eq!(registry.record_breach_at(&provider, unmatched, &new).unwrap_err().why(), Some(Why::WrongState));
    assert_eq!(registry.record_breach_at(&employer, matched, &new).unwrap_err().why(), Some(Why::NotFound));
    registry.record_breach_at(&provider, matched, &new).unwrap();
    assert_eq!(registry.completion(&provider, matched).unwrap().way.last().unwrap().step.zh, "记录违反学习纪律");
    let line = registry.grants(&person, town.person, 2023).unwrap().lines.remove(0);
    assert_eq!((line.kind.as_str(), line.state.as_str()), ("refusal", "recorded"));
    assert_eq!(registry.matter(&employer, line.case).unwrap().body["provider"], "甲培训中心");
    while registry.place_entries().unwrap() > 0 {}
    assert_eq!(registry.verify_ledger(&[], |_, _| {}).unwrap().findings, Vec::new());
}

#[test]
fn a_breach_on_sqlite() {
    a_breach(&Fixture::sqlite());
}

#[test]
fn a_breach_on_postgres() {
    a_breach(&Fixture::postgres());
}
