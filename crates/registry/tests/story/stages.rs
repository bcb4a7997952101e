//! Who reviews is what the policies say: one stage or two, the employer or the agency, and nobody reviews himself or twice.

use crate::support::Fixture;
use crate::town::{Town, facts};
use crate::{class, handed_in};
use xueshi_registry::{Declared, Role, Why, accounts};

fn seminar() -> Declared {
    Declared {
        title: "专业高级研修班".to_owned(),
        facts: facts([
            ("activity", "advanced-seminar"),
            ("subject", "specialised"),
            ("quantity", "3"),
            ("unit", "days"),
            ("start", "2023-03-06"),
            ("end", "2023-03-08"),
            ("result", "pass"),
            ("provider_kind", "authority"),
        ]),
        corrects: None,
    }
}

/// Xinjiang: the employer checks, the title office approves; only then does it count.
#[test]
fn two_stages_take_two_and_the_second_decides() {
    for fixture in [Fixture::sqlite(), Fixture::postgres()] {
        let town = Town::found(&fixture.registry, "650000", "650200", 1);
        let (person, employer, office, authority) = (town.actor("person", 1), town.actor("employer", 1), town.actor("office", 1), town.actor("authority", 1));
        let registry = &fixture.registry;
        let case = handed_in(&town, &seminar(), 1);
        assert_eq!(registry.case(&employer, case).unwrap().stage.unwrap().holders, ["employer"]);
        assert_eq!(registry.decide(&office, case, 2, "accept", "").unwrap_err().why(), Some(Why::NotAllowed), "not its turn");
        registry.decide(&employer, case, 2, "accept", "").unwrap();
        let shown = registry.case(&office, case).unwrap();
        let stage = shown.stage.unwrap();
        assert_eq!((stage.holders.as_slice(), stage.cite.is_some(), shown.state.as_str()), (["title-office".to_owned()].as_slice(), true, "waiting"));
        assert_eq!(registry.home(&person, town.person, 2023).unwrap().standing[0].total.0, 0, "checked, not yet approved");
        assert_eq!(registry.decide(&employer, case, 3, "accept", "").unwrap_err().why(), Some(Why::NotAllowed));
        assert_eq!(registry.decide(&authority, case, 3, "accept", "").unwrap_err().why(), Some(Why::NotAllowed), "another kind of authority");
        registry.decide(&office, case, 3, "accept", "").unwrap();
        assert_eq!(registry.home(&person, town.person, 2023).unwrap().standing[0].total.0, 3600);
    }
}

/// Chongqing: the employer, or the agency that holds the file.
#[test]
fn either_of_two_may_take_a_stage() {
    let fixture = Fixture::sqlite();
    let town = Town::found(&fixture.registry, "500000", "500103", 1);
    let registry = &fixture.registry;
    let agency = town.actor("agency", 1);
    let declared = Declared {
        facts: facts([("activity", "class"), ("subject", "specialised"), ("quantity", "8"), ("unit", "hours"), ("start", "2023-03-06"), ("end", "2023-03-06"), ("result", "pass")]),
        ..class("8")
    };
    let case = handed_in(&town, &declared, 1);
    assert_eq!(registry.case(&agency, case).unwrap().stage.unwrap().holders, ["employer", "file-agency"]);
    assert_eq!(registry.queue(&agency, "declaration", None, 10).unwrap().total, 1);
    registry.decide(&agency, case, 2, "accept", "").unwrap();
    assert_eq!(registry.queue(&agency, "declaration", None, 10).unwrap().total, 0);
}

#[test]
fn nobody_reviews_himself() {
    let fixture = Fixture::sqlite();
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let registry = &fixture.registry;
    let case = handed_in(&town, &class("8"), 1);
    // The professional is made the officer of the same employer.
    let person = town.actor("person", 1);
    let (account, clinic) = (person.account, town.clinic);
    registry.write(move |tx| accounts::give_role(tx, account, Role::EmployerOfficer, Some(clinic), None, None, "2010-01-01")).unwrap();
    let signed_in = registry.sign_in("person1", crate::town::PASSWORD, "test").unwrap();
    let roles = registry.session(&signed_in.token).unwrap().unwrap().roles;
    registry.take_role(&signed_in.token, roles[1].id).unwrap();
    let himself = registry.session(&signed_in.token).unwrap().unwrap().actor.unwrap();
    assert_eq!(himself.held.role, Role::EmployerOfficer);
    assert_eq!(registry.queue(&himself, "declaration", None, 10).unwrap().total, 0, "not even listed");
    assert_eq!(registry.decide(&himself, case, 2, "accept", "").unwrap_err().why(), Some(Why::NotAllowed));
    registry.decide(&town.actor("employer", 1), case, 2, "accept", "").unwrap();
}

#[test]
fn what_lies_elsewhere_does_not_exist() {
    let fixture = Fixture::sqlite();
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let other = Town::found(&fixture.registry, "500000", "500103", 2);
    let case = handed_in(&town, &class("8"), 1);
    let registry = &fixture.registry;
    for login in ["person", "employer", "agency", "office", "authority", "auditor", "operator"] {
        let stranger = other.actor(login, 2);
        assert_eq!(registry.case(&stranger, case).unwrap_err().why(), Some(Why::NotFound), "{login}");
        assert_eq!(registry.home(&stranger, town.person, 2019).unwrap_err().why(), Some(Why::NotFound), "{login}");
        for step in ["accept", "revoke", "no such step"] {
            assert_eq!(registry.decide(&stranger, case, 2, step, "").unwrap_err().why(), Some(Why::NotFound), "{login} {step}");
        }
        assert!(registry.people(&stranger, "", 0, 50).unwrap().iter().all(|(id, ..)| *id != town.person), "{login}");
        assert_eq!(registry.unmask(&stranger, town.person, "核对身份").unwrap_err().why(), Some(Why::NotFound), "{login}");
    }
}

#[test]
fn unmasking_states_a_purpose_that_the_person_sees() {
    let fixture = Fixture::sqlite();
    let town = Town::found(&fixture.registry, "510000", "510100", 7);
    let (registry, employer, person) = (&fixture.registry, town.actor("employer", 7), town.actor("person", 7));
    assert_eq!(registry.person(&employer, town.person).unwrap().identity_masked, format!("999•••••••••••{}", &crate::town::identity_number(7)[14..]));
    assert_eq!(registry.unmask(&employer, town.person, " ").unwrap_err().why(), Some(Why::Invalid));
    assert_eq!(registry.unmask(&employer, town.person, "打印登记卡").unwrap(), crate::town::identity_number(7));
    let lines = registry.looked_at(&person, town.person, None, 50).unwrap();
    assert_eq!((lines[0].action.as_str(), lines[0].purpose.as_str(), lines[0].by.as_deref()), ("unmask", "打印登记卡", Some("employer7")));
}
