//! The regulation's form of recognition, printed from a declaration.

use super::officer::{OFFICES, actor, signed_in};
use super::*;
use std::collections::BTreeMap;
use xueshi_registry::{Declared, NewEvidence};

/// A seminar of two days, handed in.
fn handed_in(login: &str) -> i64 {
    let (registry, person) = (&OFFICES.registry, actor(login));
    let facts = [
        ("activity", "advanced-seminar"),
        ("subject", "specialised"),
        ("quantity", "2"),
        ("unit", "days"),
        ("start", "2026-03-02"),
        ("end", "2026-03-03"),
        ("result", "pass"),
        ("provider", "某护理学会"),
        ("provider_kind", "authority"),
    ];
    let facts: BTreeMap<String, String> = facts.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let case = registry.declare(&person, person.person.unwrap(), &Declared { title: "急诊护理新技术研修班".to_owned(), facts, corrects: None }).unwrap();
    registry.attach(&person, case, &NewEvidence { kind: "completion-certificate".to_owned(), name: "结业证.pdf".to_owned(), bytes: b"%PDF-1.7 recognition".to_vec() }).unwrap();
    registry.submit(&person, case, registry.case(&person, case).unwrap().version).unwrap();
    case
}

#[test]
fn a_declaration_is_printed_on_the_form_of_its_regulation() {
    let case = handed_in("person-karamay-1-2");
    let form = format!("/records/{case}/form");
    let mut own = signed_in("person-karamay-1-2");
    own.get(&format!("/records/{case}?lang=zh")).says(&[&format!("href=\"{form}\""), "认定登记表（PDF）"]);
    let person = OFFICES.registry.person(&actor("person-karamay-1-2"), actor("person-karamay-1-2").person.unwrap()).unwrap();
    let declared = own.get(&form).pdf();
    for said in ["专技继续教育学时认定登记表", &person.name, &person.employer, "某护理学会", "急诊护理新技术研修班", "2026年3月2日至2026年3月3日", "2天", "经审验,", "待审核", "附件1"]
    {
        assert!(declared.contains(said), "“{said}” is not in: {declared}");
    }
    assert!(declared.contains("年月日") && !declared.contains("在系统中办理，账本"), "no opinion yet: {declared}");
    // The employer's opinion stands on the form once it is given; the office's place is still open.
    let mut employer = signed_in("employer-karamay-1");
    employer.get(&format!("/desk/{case}")).says(&[&format!("href=\"{form}\"")]);
    let version = OFFICES.registry.case(&actor("employer-karamay-1"), case).unwrap().version;
    OFFICES.registry.decide(&actor("employer-karamay-1"), case, version, "accept", "情况属实").unwrap();
    let checked = employer.get(&form).pdf();
    assert!(checked.contains("认定：情况属实") && checked.contains("年月日"), "{checked}");
    let version = OFFICES.registry.case(&actor("office-karamay"), case).unwrap().version;
    OFFICES.registry.decide(&actor("office-karamay"), case, version, "accept", "").unwrap();
    let accepted = employer.get(&form).pdf();
    assert!(accepted.contains("累计学时24") && !accepted.contains("年月日"), "{accepted}");
    assert_eq!(signed_in("employer-chongqing-1").get(&form).status, StatusCode::NOT_FOUND);
}
