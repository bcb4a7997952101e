//! Import: tried first, entered as tried, never more than the actor and the policy allow, all or the good rows, and again after a death.

use crate::support::Fixture;
use crate::town::{Town, facts, identity_number};
use xueshi_registry::{Actor, ImportKind, ImportRow, JobState, NewImport, Registry, RowOutcome, Stepped, Why, params};

/// A row of the table: cells by column.
fn row(number: i64, cells: &[(&str, &str)]) -> ImportRow {
    ImportRow { row: number, cells: cells.iter().map(|(column, value)| ((*column).to_owned(), (*value).to_owned())).collect(), fault: None }
}

fn class(number: i64, person: &str, title: &str, hours: &str) -> ImportRow {
    row(
        number,
        &[
            ("person", person),
            ("title", title),
            ("activity", "培训班"),
            ("subject", "专业科目"),
            ("quantity", hours),
            ("unit", "学时"),
            ("start", "2019-02-11"),
            ("end", "2019-02-15"),
            ("result", "合格"),
            ("evidence", "结业证"),
        ],
    )
}

fn begin(registry: &Registry, officer: &Actor, kind: ImportKind, rows: Vec<ImportRow>) -> i64 {
    registry.begin_import(officer, NewImport { kind, name: "表.xlsx".to_owned(), digest: "d1".to_owned(), notices: Vec::new(), rows }).unwrap()
}

/// Begins an import and tries it.
fn tried(registry: &Registry, officer: &Actor, kind: ImportKind, rows: Vec<ImportRow>) -> i64 {
    let id = begin(registry, officer, kind, rows);
    registry.finish_jobs("one").unwrap();
    id
}

fn outcomes(registry: &Registry, officer: &Actor, import: i64) -> Vec<(i64, RowOutcome, String)> {
    let lines = registry.import_lines(officer, import, None, 0, 1000).unwrap();
    lines.into_iter().map(|line| (line.row, line.outcome, line.fault.map(|fault| fault.column).unwrap_or_default())).collect()
}

/// Registers so many people besides the first; gives their identity numbers.
fn staff(registry: &Registry, officer: &Actor, count: u32) -> Vec<String> {
    let numbers: Vec<String> = (0..count).map(|at| identity_number(100 + at)).collect();
    let rows =
        (1..).zip(&numbers).map(|(at, number)| row(at, &[("identity_number", number), ("name", &format!("员工{at}")), ("post", "护士"), ("from", "2015-01-01"), ("title_level", "中级")])).collect();
    let import = tried(registry, officer, ImportKind::People, rows);
    registry.enter_import(officer, import, "d1", true).unwrap();
    registry.finish_jobs("one").unwrap();
    assert_eq!(registry.import(officer, import).unwrap().state, "entered");
    numbers
}

fn people_are_created_changed_and_refused(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let other = Town::found(registry, "500000", "500100", 2);
    let officer = town.actor("employer", 1);
    let (known, foreign, new) = (identity_number(1), identity_number(2), identity_number(3));
    let rows = vec![
        row(1, &[("identity_number", &new), ("name", "丁"), ("post", "护士"), ("from", "2018-01-01"), ("title_level", "中级"), ("in_service", "是")]),
        row(2, &[("identity_number", &known), ("name", "甲"), ("from", "2019-01-01"), ("title_level", "副高")]),
        row(3, &[("identity_number", &foreign), ("name", "甲")]),
        row(4, &[("identity_number", "510100199001011234"), ("name", "戊")]),
        row(5, &[("identity_number", &new), ("name", "丁")]),
        row(6, &[("identity_number", &identity_number(4)), ("name", "己"), ("title_level", "大师")]),
        row(7, &[("identity_number", &identity_number(5)), ("name", "庚"), ("from", "2030-01-01")]),
    ];
    let import = tried(registry, &officer, ImportKind::People, rows);
    use RowOutcome::{Changed, Created, Double, Refused};
    let told: Vec<_> = outcomes(registry, &officer, import).into_iter().map(|(_, outcome, column)| (outcome, column)).collect();
    let told: Vec<(RowOutcome, &str)> = told.iter().map(|(outcome, column)| (*outcome, column.as_str())).collect();
    let number = "identity_number";
    assert_eq!(told, [(Created, ""), (Changed, ""), (Refused, number), (Refused, number), (Double, number), (Refused, "title_level"), (Refused, "from")]);
    let lines = registry.import_lines(&officer, import, Some(Changed), 0, 10).unwrap();
    assert_eq!((lines[0].about.as_str(), lines[0].changes.clone()), ("甲", vec![("title_level".to_owned(), "intermediate".to_owned(), "deputy-senior".to_owned())]));
    let refused = registry.import_lines(&officer, import, Some(Refused), 0, 10).unwrap();
    assert!(!format!("{refused:?}").contains("199001011234"), "a number that is told of is masked");
    // Nothing has happened so far; all or none is not to be had, and only this file can be confirmed, by its officer.
    assert_eq!(registry.people_count().unwrap(), 2);
    assert_eq!(registry.enter_import(&officer, import, "d1", true).unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(registry.enter_import(&officer, import, "d2", false).unwrap_err().why(), Some(Why::Stale));
    assert_eq!(registry.enter_import(&other.actor("employer", 2), import, "d1", false).unwrap_err().why(), Some(Why::NotFound));
    registry.enter_import(&officer, import, "d1", false).unwrap();
    registry.finish_jobs("one").unwrap();
    assert_eq!(registry.people_count().unwrap(), 3);
    assert_eq!(registry.enter_import(&officer, import, "d1", false).unwrap_err().why(), Some(Why::WrongState), "once");
    // The history of the one who changed stays.
    let person = town.person;
    let history: Vec<(String, Option<String>)> = registry
        .read(|tx| tx.all("SELECT value, valid_to FROM person_facts WHERE person = ?1 AND name = 'title_level' ORDER BY valid_from", params![person], |row| Ok((row.get(0)?, row.get(1)?))))
        .unwrap();
    assert_eq!(history, [("intermediate".to_owned(), Some("2018-12-31".to_owned())), ("deputy-senior".to_owned(), None)]);
    // The same file again: nothing is new.
    let again = tried(registry, &officer, ImportKind::People, vec![row(1, &[("identity_number", &new), ("name", "丁"), ("title_level", "intermediate")])]);
    assert_eq!(outcomes(registry, &officer, again)[0].1, RowOutcome::Unchanged);
    // Roles that never import.
    let file = NewImport { kind: ImportKind::People, name: String::new(), digest: String::new(), notices: Vec::new(), rows: vec![row(1, &[])] };
    for login in ["person", "office", "authority", "auditor", "operator", "agency"] {
        assert_eq!(registry.begin_import(&town.actor(login, 1), file.clone()).unwrap_err().why(), Some(Why::NotAllowed), "{login}");
    }
}

fn records_go_as_far_as_the_policy_lets_them(fixture: &Fixture) {
    let registry = &fixture.registry;
    // One stage, the employer's: accepted. Two stages in the city of Xinjiang: they wait for the second.
    for (province, city, serial, state) in [("510000", "510100", 1, "accepted"), ("650000", "650200", 2, "waiting")] {
        let town = Town::found(registry, province, city, serial);
        let officer = town.actor("employer", serial);
        let me = town.person.to_string();
        let mut rows = vec![class(1, &me, "急救培训", "8"), class(2, &identity_number(serial), "护理培训", "16")];
        // Each column is spelled as people do; by code it is the same record.
        rows.push(row(
            3,
            &[
                ("person", &me),
                ("title", "急救培训"),
                ("activity", "class"),
                ("subject", "specialised"),
                ("quantity", "8.00"),
                ("unit", "hours"),
                ("start", "2019-02-11"),
                ("end", "2019-02-15"),
                ("result", "pass"),
                ("evidence", "completion-certificate"),
            ],
        ));
        rows.push(class(4, "999", "别人的培训", "8"));
        rows.push(class(5, &me, "", "8"));
        rows.push(class(6, &me, "单位不明", "八"));
        if serial == 2 {
            for row in &mut rows {
                for column in ["start", "end"] {
                    row.cells.insert(column.to_owned(), row.cells[column].replace("2019", "2023"));
                }
            }
        }
        let import = tried(registry, &officer, ImportKind::Records, rows);
        use RowOutcome::{Created, Double, Refused};
        let told: Vec<(RowOutcome, String)> = outcomes(registry, &officer, import).into_iter().map(|(_, outcome, column)| (outcome, column)).collect();
        let told: Vec<(RowOutcome, &str)> = told.iter().map(|(outcome, column)| (*outcome, column.as_str())).collect();
        assert_eq!(told, [(Created, ""), (Created, ""), (Double, ""), (Refused, "person"), (Refused, "title"), (Refused, "quantity")], "{city}");
        registry.enter_import(&officer, import, "d1", false).unwrap();
        registry.finish_jobs("one").unwrap();
        let shown = registry.import(&officer, import).unwrap();
        assert_eq!((shown.state.as_str(), shown.count(Created)), ("entered", 2));
        let line = &registry.import_lines(&officer, import, Some(Created), 0, 10).unwrap()[0];
        let case = registry.case(&officer, line.case.unwrap()).unwrap();
        assert_eq!((case.state.as_str(), case.way.len(), case.way[0].step.as_str(), case.way[0].entry.is_some()), (state, 1, "import", true), "{city}");
        let year = if serial == 2 { 2023 } else { 2019 };
        let home = registry.home(&town.actor("person", serial), town.person, year).unwrap();
        assert_eq!(home.determinations.iter().map(|one| one.total).sum::<i64>(), if state == "accepted" { 2400 } else { 0 }, "{city}");
        // Brought again, they are doubles.
        let mut again = class(1, &me, "急救培训", "8");
        if serial == 2 {
            again.cells.extend(facts([("start", "2023-02-11"), ("end", "2023-02-15")]));
        }
        let import = tried(registry, &officer, ImportKind::Records, vec![again]);
        assert_eq!(outcomes(registry, &officer, import)[0].1, Double);
        assert_eq!(registry.enter_import(&officer, import, "d1", false).unwrap_err().why(), Some(Why::Invalid), "nothing to enter");
    }
    while registry.place_entries().unwrap() > 0 {}
    assert_eq!(registry.verify_ledger(&[], |_, _| {}).unwrap().findings, []);
}

fn count(registry: &Registry, what: &str) -> i64 {
    registry.read(|tx| tx.number(&format!("SELECT COUNT(*) FROM {what}"), &[])).unwrap()
}

/// A server dies in the middle of it, another goes on: each row once.
fn goes_on_after_a_death(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let officer = town.actor("employer", 1);
    let numbers = staff(registry, &officer, 60);
    let rows: Vec<ImportRow> = (1..).zip(numbers.iter().cycle().take(1500)).map(|(at, number)| class(at, number, &format!("第{at}期"), "1")).collect();
    let import = begin(registry, &officer, ImportKind::Records, rows);
    let mut server = 0;
    // Each step by another server, each of which dies after it.
    let mut limp = || {
        while let Some(job) = {
            fixture.clock.fetch_add(31_000_000, std::sync::atomic::Ordering::Relaxed);
            server += 1;
            fixture.beside().claim_job(&format!("server {server}")).unwrap()
        } {
            assert!(matches!(fixture.beside().step_job(&format!("server {server}"), job).unwrap(), Stepped::Goes | Stepped::Ended));
        }
    };
    limp();
    assert_eq!(registry.import(&officer, import).unwrap().count(RowOutcome::Created), 1500);
    registry.enter_import(&officer, import, "d1", true).unwrap();
    limp();
    assert_eq!(registry.import(&officer, import).unwrap().state, "entered");
    assert_eq!((count(registry, "records WHERE state = 'accepted'"), count(registry, "cases WHERE state = 'accepted'"), count(registry, "entries WHERE kind = 'record-accepted'")), (1500, 1500, 1500));
    assert_eq!(count(registry, "determinations"), 60, "one for each person");
}

/// Stopped, or refused in the middle where all were wanted: nothing is left.
fn all_or_none(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let officer = town.actor("employer", 1);
    let numbers = staff(registry, &officer, 3);
    let rows = || -> Vec<ImportRow> { (1..).zip(numbers.iter().cycle().take(2400)).map(|(at, number)| class(at, number, &format!("第{at}期"), "1")).collect() };
    let stopped = tried(registry, &officer, ImportKind::Records, rows());
    let job = registry.enter_import(&officer, stopped, "d1", true).unwrap();
    registry.claim_job("one").unwrap();
    registry.step_job("one", job).unwrap();
    assert_eq!((count(registry, "records"), count(registry, "cases")), (1000, 0), "put down, and seen by nobody");
    registry.cancel_job(&officer, job).unwrap();
    registry.release_job("one", job).unwrap();
    registry.finish_jobs("one").unwrap();
    assert_eq!((registry.job(&officer, job).unwrap().state, count(registry, "records")), (JobState::Cancelled, 0));
    assert_eq!(registry.import(&officer, stopped).unwrap().state, "undone");

    // Somebody left the employer between the trial and the entering.
    let left = tried(registry, &officer, ImportKind::Records, rows());
    let job = registry.enter_import(&officer, left, "d1", true).unwrap();
    registry.claim_job("one").unwrap();
    registry.step_job("one", job).unwrap();
    registry.write(|tx| tx.execute("UPDATE posts SET valid_to = '2019-02-28' WHERE person = (SELECT MAX(person) FROM posts)", &[]).map(drop)).unwrap();
    registry.release_job("one", job).unwrap();
    registry.finish_jobs("one").unwrap();
    let shown = registry.job(&officer, job).unwrap();
    assert_eq!((shown.state, count(registry, "records")), (JobState::Failed, 0));
    assert!(shown.error.unwrap().zh.contains("第 1002 行"));
    // The good rows alone go on.
    let good = tried(registry, &officer, ImportKind::Records, rows());
    assert_eq!(registry.import(&officer, good).unwrap().count(RowOutcome::Refused), 800);
    registry.enter_import(&officer, good, "d1", false).unwrap();
    registry.finish_jobs("one").unwrap();
    assert_eq!(count(registry, "records WHERE state = 'accepted'"), 1600);
}

/// Entering broke off: its officer goes on with it or takes it back; what nobody saw to goes with the file's rows.
fn what_broke_off_goes_on_or_is_taken_back(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let officer = town.actor("employer", 1);
    let numbers = staff(registry, &officer, 3);
    let role = officer.held.id;
    let ends = move |day: Option<&'static str>| registry.write(move |tx| tx.execute("UPDATE account_roles SET valid_to = ?2 WHERE id = ?1", params![role, day]).map(drop)).unwrap();
    let broken_off = |what: &str| {
        let rows = (1..).zip(numbers.iter().cycle().take(1200)).map(|(at, number)| class(at, number, &format!("{what}第{at}期"), "1")).collect();
        let import = tried(registry, &officer, ImportKind::Records, rows);
        let job = registry.enter_import(&officer, import, "d1", true).unwrap();
        registry.claim_job("one").unwrap();
        registry.step_job("one", job).unwrap();
        registry.release_job("one", job).unwrap();
        ends(Some("2019-02-28"));
        registry.finish_jobs("one").unwrap();
        ends(None);
        assert_eq!((registry.job(&officer, job).unwrap().state, count(registry, "records WHERE state = 'importing'")), (JobState::Failed, 1000), "{what}");
        (import, job)
    };
    let (import, job) = broken_off("甲");
    registry.go_on_with_job(&officer, job).unwrap();
    assert_eq!(registry.go_on_with_job(&officer, job).unwrap_err().why(), Some(Why::WrongState), "it is under way");
    registry.finish_jobs("one").unwrap();
    assert_eq!((registry.import(&officer, import).unwrap().state.as_str(), count(registry, "records WHERE state = 'accepted'")), ("entered", 1200));
    assert_eq!(registry.go_on_with_job(&officer, job).unwrap_err().why(), Some(Why::WrongState), "it is done");

    let (import, job) = broken_off("乙");
    assert_eq!(registry.cancel_job(&town.actor("office", 1), job).unwrap_err().why(), Some(Why::NotFound));
    registry.cancel_job(&officer, job).unwrap();
    registry.finish_jobs("one").unwrap();
    assert_eq!((registry.import(&officer, import).unwrap().state.as_str(), count(registry, "records WHERE state = 'importing'")), ("undone", 0));
    assert_eq!(registry.go_on_with_job(&officer, job).unwrap_err().why(), Some(Why::WrongState), "nothing is left to go on with");

    let (import, _) = broken_off("丙");
    let purged = || registry.purge().unwrap().iter().find(|one| one.kind == "imports").unwrap().removed;
    assert_eq!(purged(), 0);
    fixture.clock.fetch_add(31 * 86_400_000_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(purged(), 4, "the people and three files");
    assert_eq!((count(registry, "records WHERE state = 'importing'"), count(registry, "import_rows WHERE sealed IS NOT NULL")), (0, 0));
    let lines = registry.import_lines(&officer, import, None, 0, 10).unwrap();
    assert_eq!((lines.len(), lines[0].about.as_str(), lines[0].outcome), (10, "", RowOutcome::Created), "what became of each row stays");
}

#[test]
fn what_broke_off_goes_on_or_is_taken_back_on_sqlite() {
    what_broke_off_goes_on_or_is_taken_back(&Fixture::sqlite());
}

#[test]
fn what_broke_off_goes_on_or_is_taken_back_on_postgres() {
    what_broke_off_goes_on_or_is_taken_back(&Fixture::postgres());
}

#[test]
fn people_are_created_changed_and_refused_on_sqlite() {
    people_are_created_changed_and_refused(&Fixture::sqlite());
}

#[test]
fn people_are_created_changed_and_refused_on_postgres() {
    people_are_created_changed_and_refused(&Fixture::postgres());
}

#[test]
fn records_go_as_far_as_the_policy_lets_them_on_sqlite() {
    records_go_as_far_as_the_policy_lets_them(&Fixture::sqlite());
}

#[test]
fn records_go_as_far_as_the_policy_lets_them_on_postgres() {
    records_go_as_far_as_the_policy_lets_them(&Fixture::postgres());
}

#[test]
fn goes_on_after_a_death_on_sqlite() {
    goes_on_after_a_death(&Fixture::sqlite());
}

#[test]
fn goes_on_after_a_death_on_postgres() {
    goes_on_after_a_death(&Fixture::postgres());
}

#[test]
fn all_or_none_on_sqlite() {
    all_or_none(&Fixture::sqlite());
}

#[test]
fn all_or_none_on_postgres() {
    all_or_none(&Fixture::postgres());
}
