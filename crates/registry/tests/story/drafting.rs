//! A policy is changed without a release: checked, tried, approved by another, in force from its day; what stood stays until somebody confirms.

use crate::support::{Fixture, engine};
use crate::town::Town;
use crate::{class, handed_in};
use std::collections::BTreeMap;
use xueshi_registry::people::{self, NewPerson};
use xueshi_registry::{Actor, Determination, DraftStepTaken, JobState, Registry, Why, YearSought, params};

const CITY: &str = "cn-5101-2019-200";

/// The city's text with 6 hours of general subjects instead of 30; its worked examples spoke of the 30.
fn fewer_hours() -> String {
    let text = engine().library().get(CITY).unwrap().text().replace("at_least = 30\n", "at_least = 6\n");
    text.split("\n[examples]").next().unwrap().to_owned() + "\n"
}

fn step(step: &str) -> DraftStepTaken {
    DraftStepTaken { step: step.to_owned(), year: 2019, ..DraftStepTaken::default() }
}

fn take(registry: &Registry, actor: &Actor, draft: i64, taken: &DraftStepTaken) -> xueshi_registry::Result<()> {
    let version = registry.draft(actor, draft)?.version;
    registry.step_draft(actor, draft, version, taken)
}

fn standing(registry: &Registry, actor: &Actor, person: i64) -> Determination {
    registry.home(actor, person, 2019).unwrap().determinations[0].clone()
}

fn in_force_from_its_day_and_nothing_changes_in_silence(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let (keys, clinic) = (fixture.keys.clone(), town.clinic);
    let new = NewPerson { name: "乙".to_owned(), identity_number: None, facts: BTreeMap::new(), organisation: clinic, agency: None, title: String::new(), from: "2010-01-01".to_owned() };
    let second = registry.write(move |tx| people::add(tx, &keys, &new, 0)).unwrap();
    let case = handed_in(&town, &class("20"), 1);
    let version = registry.case(&town.actor("employer", 1), case).unwrap().version;
    registry.decide(&town.actor("employer", 1), case, version, "accept", "").unwrap();
    fixture.days_pass(320);
    let employer = town.actor("employer", 1);
    registry.open_year(&employer, 2019, |_| {}).unwrap();
    // The first one's year is frozen, the second one's is provisional.
    let lines = registry.year(&employer, 2019, YearSought::default(), 0, 10).unwrap().lines;
    let line = lines.iter().find(|line| line.person == town.person).unwrap();
    registry.verify_year(&employer, line.case, line.version, "verify", "属实").unwrap();
    let before = (standing(registry, &employer, town.person), standing(registry, &employer, second));
    assert_eq!((before.0.frozen, before.1.frozen), (true, false));

    let (author, other) = (town.actor("authority", 1), town.actor("office", 1));
    // Who may draft what.
    assert_eq!(registry.begin_draft(&employer, &fewer_hours()).unwrap_err().why(), Some(Why::NotAllowed));
    let elsewhere = engine().library().files().iter().find(|file| file.place().starts_with("50")).unwrap().text().to_owned();
    assert_eq!(registry.begin_draft(&author, &elsewhere).unwrap_err().why(), Some(Why::NotAllowed), "another place");
    assert_eq!(registry.begin_draft(&author, "no policy").unwrap_err().why(), Some(Why::Invalid));
    let draft = registry.begin_draft(&author, engine().library().get(CITY).unwrap().text()).unwrap();
    let far = Town::found(registry, "500000", "500100", 2);
    assert_eq!(registry.draft(&far.actor("authority", 2), draft).unwrap_err().why(), Some(Why::NotFound));

    // A text with an error is told of with its line, and goes no further.
    let version = registry.draft(&author, draft).unwrap().version;
    registry.edit_draft(&author, draft, version, &fewer_hours().replace("at_least = 6\n", "at_least = 6\nat_leest = 7\n")).unwrap();
    assert_eq!(registry.edit_draft(&author, draft, version, &fewer_hours()).unwrap_err().why(), Some(Why::Stale));
    let shown = registry.draft(&author, draft).unwrap();
    let found = registry.check_draft(&shown);
    let error = found.iter().find(|one| one.code.name() == "unknown-key").unwrap();
    assert_eq!(error.source.line(error.source.place(error.span.start).0), "at_leest = 7");
    assert_eq!(take(registry, &author, draft, &step("check")).unwrap_err().why(), Some(Why::Invalid));
    registry.edit_draft(&author, draft, shown.version, &fewer_hours()).unwrap();
    assert_eq!(take(registry, &author, draft, &step("try")).unwrap_err().why(), Some(Why::WrongState), "not checked yet");
    take(registry, &author, draft, &step("check")).unwrap();
    take(registry, &author, draft, &step("try")).unwrap();
    assert_eq!(take(registry, &author, draft, &step("propose")).unwrap_err().why(), Some(Why::WrongState), "the trial is not done");
    registry.finish_jobs("one").unwrap();

    // Who is affected, with before and after; nothing has changed.
    let effects = registry.effects(&author, draft, 0, 10).unwrap();
    let told: Vec<(i64, bool, Vec<i64>, Vec<i64>)> = effects
        .iter()
        .map(|one| {
            let general = |came: &Option<xueshi_registry::Came>| came.as_ref().unwrap().lacks.iter().filter(|(title, _)| title.zh.contains("公需")).map(|(_, short)| *short).collect();
            (one.person, one.frozen, general(&one.before), general(&one.after))
        })
        .collect();
    assert_eq!(told, [(town.person, true, vec![3000], vec![600]), (second, false, vec![3000], vec![600])]);
    assert_eq!(registry.effect_counts(&author, draft).unwrap().iter().map(|one| one.people).sum::<i64>(), 2);
    // A part of the list holds whole people, whatever their duties.
    let another = "INSERT INTO policy_effects (draft, sha256, person, duty, year, frozen) SELECT draft, sha256, person, 'zz', year, 0 FROM policy_effects WHERE draft = ?1";
    registry.write(move |tx| tx.execute(another, params![draft]).map(drop)).unwrap();
    let part = |after: i64| registry.effects(&author, draft, after, 1).unwrap().iter().map(|one| one.person).collect::<Vec<_>>();
    assert_eq!([part(0), part(town.person), part(second)], [vec![town.person; 2], vec![second; 2], vec![]]);
    registry.write(move |tx| tx.execute("DELETE FROM policy_effects WHERE duty = 'zz'", &[]).map(drop)).unwrap();
    assert_eq!((standing(registry, &employer, town.person), standing(registry, &employer, second)), before);

    // A second person approves it, from tomorrow on.
    take(registry, &author, draft, &step("propose")).unwrap();
    let tomorrow = registry.clock().today().tomorrow().unwrap().to_string();
    let approve = DraftStepTaken { active_from: tomorrow, ..step("approve") };
    assert_eq!(take(registry, &author, draft, &approve).unwrap_err().why(), Some(Why::NotAllowed), "not the one who wrote it");
    assert_eq!(take(registry, &other, draft, &DraftStepTaken { active_from: "2020-01-01".to_owned(), ..step("approve") }).unwrap_err().why(), Some(Why::Invalid), "not in the past");
    take(registry, &other, draft, &approve).unwrap();
    assert!(registry.refreshed().unwrap().is_none(), "its day has not come");
    fixture.days_pass(1);
    let now = registry.refreshed().unwrap().unwrap();
    assert!(now.refreshed().unwrap().is_none());
    assert_ne!(now.engine().library().get(CITY).unwrap().hash(), registry.engine().library().get(CITY).unwrap().hash());
    let (author, employer) = (town.actor("authority", 1), town.actor("employer", 1));
    assert_eq!((standing(&now, &employer, town.person), standing(&now, &employer, second)), before, "publishing changes nobody's result");

    // On confirmation only, and only what is provisional.
    assert_eq!(registry.begin_redetermining(&author, draft).unwrap_err().why(), Some(Why::WrongState), "a server that does not know it yet");
    let job = now.begin_redetermining(&author, draft).unwrap();
    now.finish_jobs("one").unwrap();
    assert_eq!(now.job(&author, job).unwrap().state, JobState::Done);
    let after = standing(&now, &employer, second);
    assert_eq!(standing(&now, &employer, town.person), before.0, "a frozen year stands");
    assert_eq!((after.supersedes, after.basis["policies"] == before.1.basis["policies"]), (Some(before.1.id), false));
    for determination in [&before.0, &before.1, &after] {
        assert!(now.recompute(&employer, determination.id).unwrap().same(), "each by the text of its time, to the byte");
    }
    // Repealed, the text of before is in force again.
    take(&now, &town.actor("office", 1), draft, &DraftStepTaken { reason: "有误".to_owned(), ..step("repeal") }).unwrap();
    let back = now.refreshed().unwrap().unwrap();
    assert_eq!(back.engine().library().get(CITY).unwrap().hash(), registry.engine().library().get(CITY).unwrap().hash());
    let way: Vec<String> = back.draft_way(&town.actor("office", 1), draft).unwrap().into_iter().map(|step| step.step).collect();
    assert_eq!(way, ["draft", "edit", "edit", "check", "try", "propose", "approve", "repeal"]);
    while back.place_entries().unwrap() > 0 {}
    assert_eq!(back.verify_ledger(&[], |_, _| {}).unwrap().findings, []);
    let entered = back.read(|tx| tx.number("SELECT COUNT(*) FROM entries WHERE kind = ?1", params!["policy-published"])).unwrap();
    assert_eq!(entered, 2);
}

#[test]
fn in_force_from_its_day_and_nothing_changes_in_silence_on_sqlite() {
    in_force_from_its_day_and_nothing_changes_in_silence(&Fixture::sqlite());
}

#[test]
fn in_force_from_its_day_and_nothing_changes_in_silence_on_postgres() {
    in_force_from_its_day_and_nothing_changes_in_silence(&Fixture::postgres());
}
