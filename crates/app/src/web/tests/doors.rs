//! Every address of the pages, tried by every role and by nobody, on one's own and on another's things.

use super::officer::{OFFICES, actor, handed_in, signed_in};
use super::*;
use crate::web::door::Door;
use crate::web::router::listed;
use xueshi_registry::{Completion, Delivery, Role, Scope, identity};

/// The fields of a form.
type Form = &'static [(&'static str, &'static str)];

/// What comes back from an address to those whom its door lets in.
struct Expected {
    path: &'static str,
    /// For one's own thing and another's, where it can be asked for.
    get: Option<(u16, u16)>,
    /// The form, and the same for who posts it.
    post: Option<(Form, u16, u16)>,
}

const fn get_only(path: &'static str, own: u16, other: u16) -> Expected {
    Expected { path, get: Some((own, other)), post: None }
}

const fn post_only(path: &'static str, form: Form, own: u16, other: u16) -> Expected {
    Expected { path, get: None, post: Some((form, own, other)) }
}

/// A row for every address. Forms are such that nothing changes by them.
const EXPECTED: &[Expected] = &[
    get_only("/", 200, 200),
    get_only("/regulations", 200, 200),
    get_only("/regulations/{id}", 200, 200),
    get_only("/calculator", 200, 200),
    get_only("/verify", 200, 200),
    get_only("/verify/{code}", 404, 404),
    get_only("/ledger", 200, 200),
    get_only("/ledger/checkpoint", 200, 200),
    get_only("/ledger/key", 200, 200),
    get_only("/ledger/tile/{*path}", 200, 200),
    get_only("/desk", 200, 200),
    post_only("/desk/many", &[("step", "accept")], 200, 200),
    // A stale version: who sees the case is told so, before it is asked whether he may decide.
    Expected { path: "/desk/{case}", get: Some((200, 404)), post: Some((&[("step", "accept"), ("version", "-1")], 409, 404)) },
    get_only("/desk/{case}/proofs/{proof}", 200, 404),
    get_only("/verification", 200, 200),
    post_only("/verification/open", &[("year", "1800")], 422, 422),
    post_only("/verification/many", &[("step", "verify")], 200, 200),
    Expected { path: "/drafts", get: Some((200, 200)), post: Some((&[("policy", "none")], 404, 404)) },
    Expected { path: "/drafts/{id}", get: Some((404, 404)), post: Some((&[("step", "check")], 404, 404)) },
    // Files come as another kind of body: the token is tested with the imports.
    get_only("/imports", 200, 200),
    get_only("/imports/template/{kind}", 200, 200),
    Expected { path: "/imports/{id}", get: Some((404, 404)), post: Some((&[("digest", "")], 404, 404)) },
    get_only("/imports/{id}/rows.csv", 404, 404),
    // Work begun by somebody else is nobody's.
    get_only("/jobs", 200, 200),
    get_only("/jobs/{id}", 404, 404),
    get_only("/jobs/{id}/events", 404, 404),
    post_only("/jobs/{id}/cancel", &[], 404, 404),
    post_only("/jobs/{id}/again", &[], 404, 404),
    get_only("/deliveries", 200, 200),
    get_only("/deliveries/sent", 200, 200),
    post_only("/deliveries/retry", &[], 303, 303),
    Expected { path: "/deliveries/keys", get: Some((200, 200)), post: Some((&[("name", "")], 422, 422)) },
    // It was revoked before.
    post_only("/deliveries/keys/{key}", &[], 409, 404),
    Expected { path: "/deliveries/{id}", get: Some((200, 404)), post: Some((&[("step", "retry"), ("version", "-1")], 409, 404)) },
    get_only("/registers", 200, 200),
    Expected { path: "/register-desk", get: Some((200, 200)), post: Some((&[("name", "")], 422, 422)) },
    post_only("/register-desk/{entry}", &[("until", "2026-01-01"), ("reason", "停用")], 404, 404),
    get_only("/me/deliveries", 200, 200),
    get_only("/yearly", 200, 200),
    Expected { path: "/yearly/{employer}/{year}", get: Some((200, 404)), post: Some((&[("step", "hand-over"), ("version", "-1")], 404, 404)) },
    post_only("/yearly/{employer}/{year}/verify", &[("opinion", "")], 422, 404),
    get_only("/spot-checks", 200, 200),
    post_only("/spot-checks/draw", &[("size", "0")], 422, 422),
    get_only("/spot-checks/{id}", 404, 404),
    post_only("/spot-checks/{id}/found", &[("place", "1"), ("finding", "sound")], 404, 404),
    get_only("/gates", 200, 200),
    post_only("/gates/ask", &[("gate", "appointment"), ("on", "")], 422, 422),
    get_only("/gates/explained", 200, 200),
    get_only("/gates/people", 200, 200),
    get_only("/gates/people.csv", 422, 422),
    get_only("/gates/{id}", 404, 404),
    get_only("/gates/{id}/sheet", 404, 404),
    post_only("/gates/{id}/endorsement", &[], 404, 404),
    post_only("/gates/{id}/step", &[("step", "endorse"), ("version", "1")], 404, 404),
    get_only("/people", 200, 200),
    get_only("/people/{id}", 200, 404),
    post_only("/people/{id}/identity", &[("purpose", "")], 422, 404),
    post_only("/people/{id}/documents/{document}", &[("reason", "")], 422, 404),
    get_only("/people/new", 200, 200),
    get_only("/people/transfer-in", 200, 200),
    Expected { path: "/people/doubles", get: Some((200, 200)), post: Some((&[("one", "-1"), ("other", "-1"), ("step", "apart"), ("reason", "doors")], 404, 404)) },
    get_only("/people/{id}/registration", 200, 404),
    get_only("/people/{id}/grants", 200, 404),
    Expected { path: "/approvers", get: Some((200, 200)), post: Some((&[("place", "none"), ("ground", "none"), ("organisation", "")], 422, 422)) },
    get_only("/matters", 200, 200),
    // A declaration is no matter, whoever may see it.
    Expected { path: "/matters/{case}", get: Some((404, 404)), post: Some((&[("step", "approve"), ("version", "-1")], 404, 404)) },
    get_only("/matters/{case}/form", 404, 404),
    get_only("/matters/{case}/papers/{paper}", 404, 404),
    // One's own registration, for who has one.
    get_only("/me", 303, 303),
    // Where who is signed in is led on; nobody sees the form, by the test of signing in.
    Expected { path: "/sign-in", get: Some((303, 303)), post: None },
    Expected { path: "/sign-in/code", get: Some((200, 200)), post: None },
    Expected { path: "/sign-in/app", get: Some((409, 409)), post: None },
    // Here is no provider of identities; the browser's tests have one.
    get_only("/sign-in/with", 404, 404),
    get_only("/sign-in/back", 404, 404),
    get_only("/account", 200, 200),
    post_only("/account/link", &[("sealed", "none"), ("password", "")], 409, 409),
    post_only("/account/unlink", &[("link", "-1")], 404, 404),
    Expected { path: "/sign-out", get: None, post: None },
    post_only("/find", &[("to", "/people"), ("name", "甲")], 303, 303),
    post_only("/role", &[("role", "-1")], 403, 403),
    get_only("/home", 200, 200),
    // Forms with files are another kind of body: their tokens are tested with the professional's pages.
    get_only("/declare", 200, 200),
    // What is handed in is no longer edited.
    get_only("/records/{case}/edit", 303, 404),
    // Neither place of the test shows a form of recognition.
    get_only("/records/{case}/form", 404, 404),
    Expected { path: "/records/{case}/attach", get: None, post: None },
    get_only("/records/{case}", 200, 404),
    post_only("/records/{case}/submit", &[("version", "-1")], 409, 404),
    post_only("/records/{case}/withdraw", &[("version", "-1")], 409, 404),
    post_only("/records/{case}/detach", &[("proof", "0")], 409, 404),
    post_only("/records/certificate", &[("obligation", "-1")], 404, 404),
    post_only("/records/card", &[("from", "2026"), ("to", "1800")], 422, 422),
    get_only("/proofs/{id}", 200, 404),
    get_only("/documents/{id}", 404, 404),
    get_only("/me/looked-at", 200, 200),
    Expected { path: "/me/data", get: Some((200, 200)), post: Some((&[("kind", ""), ("wish", "")], 422, 422)) },
    // One's own, whatever else the address is tried with.
    post_only("/me/data/package", &[], 200, 200),
    post_only("/me/data/{case}/withdraw", &[("version", "-1")], 404, 404),
    get_only("/requests", 200, 200),
    // A declaration is no request.
    Expected { path: "/requests/{case}", get: Some((404, 404)), post: Some((&[("step", "grant-request"), ("version", "-1"), ("reason", "")], 404, 404)) },
    get_only("/assets/{file}", 404, 404),
    // Without a purpose nothing is taken out.
    Expected { path: "/exports", get: Some((200, 200)), post: Some((&[("format", "csv"), ("purpose", "")], 422, 422)) },
    get_only("/api", 200, 200),
    get_only("/favicon.ico", 307, 307),
    get_only("/healthz", 200, 200),
    get_only("/readyz", 200, 200),
];

/// What an address is about, in the place of the roles and in another.
pub(super) struct Things {
    pub(super) person: i64,
    pub(super) case: i64,
    /// The professional whose they are.
    pub(super) actor: xueshi_registry::Actor,
    pub(super) proof: i64,
    /// What the place's provider delivered and made.
    pub(super) delivery: i64,
    pub(super) completion: i64,
    key: i64,
    pub(super) employer: i64,
}

pub(super) fn things(place: &str) -> Things {
    let login = format!("person-{place}-1-1");
    let case = handed_in(&login, "各门都试一试", &format!("doors {place}"));
    let person = actor(&login);
    let proof = OFFICES.registry.case(&person, case).unwrap().proofs[0].id;
    let provider = actor(&format!("provider-{place}"));
    let delivered = OFFICES.registry.deliver(&provider, Delivery { completions: vec![unmatched(place)], ..Delivery::default() }).unwrap();
    let key = OFFICES.registry.make_key(&provider, "试钥", &[Scope::Read]).unwrap().id;
    OFFICES.registry.revoke_key(&provider, key).unwrap();
    let employer = actor(&format!("employer-{place}-1")).held.organisation.unwrap();
    Things { person: person.person.unwrap(), case, proof, employer, delivery: delivered.id.unwrap(), completion: delivered.answers[0].id.unwrap(), key, actor: person }
}

/// A completion of nobody who is registered.
pub(super) fn unmatched(own_id: &str) -> Completion {
    let body = "99999919500101999";
    let identity_number = format!("{body}{}", identity::check_character(body).unwrap());
    let facts = [
        ("activity", "class"),
        ("subject", "specialised"),
        ("quantity", "8"),
        ("unit", "hours"),
        ("start", "2026-03-02"),
        ("end", "2026-03-03"),
        ("result", "pass"),
        ("evidence", "completion-certificate"),
    ];
    let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Completion { own_id: own_id.to_owned(), identity_number, name: "无名".to_owned(), title: "护理新技术班".to_owned(), facts }
}

fn address(path: &str, of: &Things) -> String {
    let policy = OFFICES.engine.library().files()[0].id();
    let id = match path {
        "/regulations/{id}" => policy.to_owned(),
        "/proofs/{id}" => of.proof.to_string(),
        "/deliveries/{id}" => of.completion.to_string(),
        "/documents/{id}" | "/drafts/{id}" | "/imports/{id}" | "/imports/{id}/rows.csv" | "/jobs/{id}" | "/jobs/{id}/events" | "/jobs/{id}/cancel" | "/jobs/{id}/again" => "-1".to_owned(),
        _ => of.person.to_string(),
    };
    let ids = [("{case}", of.case), ("{proof}", of.proof), ("{document}", 1), ("{key}", of.key), ("{entry}", 0), ("{employer}", of.employer), ("{year}", 1990), ("{paper}", -1)];
    let parts = ids.map(|(name, value)| (name, value.to_string()));
    let all = parts.iter().chain(&[("{id}", id), ("{kind}", "records".to_owned())]).fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    all.replace("{code}", "00000000000000000").replace("{*path}", "0/000.p/1").replace("{file}", "none.css")
}

/// Whether a door lets somebody in; nobody has no role.
fn lets_in(door: Door, who: Option<&xueshi_registry::Actor>) -> Option<u16> {
    match (door, who) {
        (Door::Open, _) => None,
        (_, None) => Some(303),
        (door, Some(actor)) => (!door.lets_in(actor)).then_some(403),
    }
}

/// Nobody, and somebody in every role.
pub(super) const LOGINS: [&str; 9] =
    ["", "person-chengdu-1-1", "employer-chengdu-1", "agency-chengdu", "provider-chengdu", "authority-chengdu", "office-chengdu", "auditor-chengdu", "operator-chengdu"];

#[test]
fn every_address_answers_every_role_as_the_table_says() {
    // The API has a table of its own.
    let listed: Vec<_> = listed().into_iter().filter(|(path, _)| !path.starts_with(crate::web::api::ROOT)).collect();
    let (known, rows): (BTreeSet<&str>, BTreeSet<&str>) = (listed.iter().map(|(path, _)| *path).collect(), EXPECTED.iter().map(|row| row.path).collect());
    assert_eq!(known, rows, "every address has its row in EXPECTED");
    let (own, other) = (things("chengdu"), things("chongqing"));
    let mut roles = BTreeSet::new();
    for login in LOGINS {
        let who = (!login.is_empty()).then(|| actor(login));
        let mut browser = if login.is_empty() { Browser::new(&OFFICES) } else { signed_in(login) };
        roles.extend(who.as_ref().map(|actor| actor.held.role.word()));
        for (path, door) in &listed {
            let row = EXPECTED.iter().find(|row| row.path == *path).unwrap();
            let refused = lets_in(*door, who.as_ref());
            for (things, mine) in [(&own, true), (&other, false)] {
                let url = address(path, things);
                let case = format!("{login} {url}");
                // An employer's year is nothing to agencies and providers, who have people and records of many.
                let mine = mine && !(path.contains("{employer}") && who.as_ref().is_some_and(|who| [Role::AgencyOfficer, Role::ProviderOfficer].contains(&who.held.role)));
                let expected = match row.get {
                    _ if *path == "/sign-in" && who.is_none() => 200,
                    Some((own, other)) => refused.unwrap_or(if mine { own } else { other }),
                    None => refused.unwrap_or(405),
                };
                assert_eq!(browser.get(&url).status.as_u16(), expected, "GET {case}");
                let Some((form, own, other)) = row.post else { continue };
                // Without the token it is refused whoever posts it, and whatever it is about.
                assert_eq!(browser.post_just(&url, form).status.as_u16(), refused.unwrap_or(403), "POST without token {case}");
                let expected = refused.unwrap_or(if mine { own } else { other });
                assert_eq!(browser.post(&url, form).status.as_u16(), expected, "POST {case}");
            }
        }
    }
    assert_eq!(roles.len(), Role::ALL.len(), "every role was tried");
}
