//! What providers deliver, the keys they come with, and the registers that say who they are.

use crate::support::Fixture;
use crate::town::{Town, credit_code};
use xueshi_registry::{NewEntry, Scope, Why};

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
        // What a policy file lists is changed by the file.
        let listed = registry.registers(Some(&office), ("510100", 2019), "base", None, 1).unwrap().lines.remove(0);
        assert!(!listed.open_to_me);
        assert_eq!(registry.close_register_entry(&office, listed.id, "2019-12-31", "评估不合格").unwrap_err().why(), Some(Why::NotFound));
    }
}
