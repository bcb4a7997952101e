//! Signing in by a provider of identities: linked beforehand, by who knows the password; officers keep their second factor.

use crate::support::Fixture;
use crate::town::{PASSWORD, Town};
use xueshi_registry::{Identity, SecondFactor, Why};

const ISSUER: &str = "https://id.example.cn";

fn known_as(subject: &str) -> Identity {
    Identity { issuer: ISSUER.to_owned(), subject: subject.to_owned() }
}

fn by_a_provider(fixture: &Fixture) {
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    let (person, employer) = (town.actor("person", 1), town.actor("employer", 1));

    // Nobody is known by his name: what is not linked signs in to nothing.
    assert_eq!(registry.sign_in_linked(&known_as("person1"), true, "a").unwrap_err().why(), Some(Why::NotSignedIn));
    assert_eq!(registry.link_sign_in(&person, &known_as("甲"), "wrong password", "a").unwrap_err().why(), Some(Why::NotSignedIn), "who found a browser open");
    assert!(registry.sign_in_links(&person).unwrap().is_empty());
    registry.link_sign_in(&person, &known_as("甲"), PASSWORD, "a").unwrap();
    registry.link_sign_in(&employer, &known_as("乙"), PASSWORD, "a").unwrap();

    // One identity an account, one account an identity; another provider's subject of the same name is somebody else.
    assert_eq!(registry.link_sign_in(&person, &known_as("丙"), PASSWORD, "b").unwrap_err().why(), Some(Why::Duplicate));
    assert_eq!(registry.link_sign_in(&town.actor("agency", 1), &known_as("甲"), PASSWORD, "b").unwrap_err().why(), Some(Why::Duplicate));
    let other = Identity { issuer: "https://other.example.cn".to_owned(), ..known_as("甲") };
    assert_eq!(registry.sign_in_linked(&other, true, "a").unwrap_err().why(), Some(Why::NotSignedIn));

    let signed_in = registry.sign_in_linked(&known_as("甲"), false, "a").unwrap();
    assert_eq!(signed_in.second_factor, SecondFactor::Done);
    assert_eq!(registry.session(&signed_in.token).unwrap().unwrap().actor.unwrap().account, person.account);

    // An officer is asked for the second factor, unless the provider vouches for one. (Only a demonstration asks for none.)
    registry.forget_setting("demo").unwrap();
    let half = registry.sign_in_linked(&known_as("乙"), false, "a").unwrap();
    assert_eq!(half.second_factor, SecondFactor::SetUp);
    assert_eq!(registry.session(&half.token).unwrap().unwrap().actor, None, "nothing is done with half a sign-in");
    let whole = registry.sign_in_linked(&known_as("乙"), true, "a").unwrap();
    assert_eq!(registry.session(&whole.token).unwrap().unwrap().actor.unwrap().account, employer.account);

    // Only one's own link goes, and with it every session but the one in which it went; it is kept that it was, and who it was is not.
    let link = registry.sign_in_links(&employer).unwrap()[0].clone();
    assert_eq!(link.issuer, ISSUER);
    assert_eq!(registry.unlink_sign_in(&person, link.id, &signed_in.token).unwrap_err().why(), Some(Why::NotFound));
    registry.unlink_sign_in(&employer, link.id, &whole.token).unwrap();
    assert!(registry.session(&whole.token).unwrap().is_some() && registry.session(&half.token).unwrap().is_none());
    assert_eq!(registry.sign_in_linked(&known_as("乙"), true, "a").unwrap_err().why(), Some(Why::NotSignedIn));
    let lines = registry.read(|tx| tx.all("SELECT action, subject FROM audits WHERE action LIKE 'sign-in%' ORDER BY id", &[], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))).unwrap();
    let of = |action: &str, subject: &str| lines.iter().filter(|line| *line == &(action.to_owned(), subject.to_owned())).count();
    assert_eq!((of("sign-in-linked", ISSUER), of("sign-in-unlinked", ISSUER), of("sign-in", "provider")), (2, 1, 3));

    // A closed account is nobody's.
    fixture.database.tamper(&format!("UPDATE accounts SET closed_at = 1 WHERE id = {}", person.account));
    assert_eq!(registry.sign_in_linked(&known_as("甲"), true, "a").unwrap_err().why(), Some(Why::NotSignedIn));
}

/// The minute stands: as many as like sign in from one place, and whoever guesses there is stopped, with all who come after him.
#[test]
fn who_signs_in_is_not_counted_and_who_guesses_is() {
    let fixture = Fixture::sqlite();
    let registry = &fixture.registry;
    let town = Town::found(registry, "510000", "510100", 1);
    registry.link_sign_in(&town.actor("person", 1), &known_as("甲"), PASSWORD, "office").unwrap();
    for _ in 0..30 {
        registry.sign_in("person1", PASSWORD, "office").unwrap();
        registry.count_setting_out("office").unwrap();
        registry.count_sign_in("office").unwrap();
        registry.sign_in_linked(&known_as("甲"), true, "office").unwrap();
    }
    let guess = |of: i32| registry.sign_in(&format!("nobody{of}"), PASSWORD, "office").unwrap_err().why();
    assert_eq!((0..40).map(guess).position(|why| why == Some(Why::TooMany)), Some(20));
    assert_eq!(registry.sign_in("person1", PASSWORD, "office").unwrap_err().why(), Some(Why::TooMany), "no attempt more, right or wrong");
    registry.sign_in("person1", PASSWORD, "elsewhere").unwrap();
}

#[test]
fn by_a_provider_on_sqlite() {
    by_a_provider(&Fixture::sqlite());
}

#[test]
fn by_a_provider_on_postgres() {
    by_a_provider(&Fixture::postgres());
}
