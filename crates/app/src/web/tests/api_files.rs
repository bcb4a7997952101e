//! Files through the API: proofs of a declaration, certificates and cards.

use super::api::is_problem;
use super::officer::{OFFICES, actor, signed_in};
use super::program::parsed;
use super::*;
use serde_json::{Value, json};

/// `%PDF-1.7 a proof` in Base64.
const PDF: &str = "JVBERi0xLjcgYSBwcm9vZg==";

#[test]
fn proofs_are_attached_listed_handed_out_and_taken_off() {
    let mut browser = signed_in("person-chengdu-1-2");
    let token = browser.csrf_of_api();
    let csrf = ("x-csrf-token", token.as_str());
    let made = browser.api("post", "/api/v1/declarations", &[csrf], &json!({ "title": "附件", "facts": { "activity": "class" } }).to_string());
    let (url, tag) = (made.header("location").to_owned(), made.header("etag").to_owned());
    let proofs = format!("{url}/proofs");
    let proof = |name: &str, content: &str| json!({ "kind": "completion-certificate", "name": name, "content": content }).to_string();
    let attach = |browser: &mut Browser, headers: &[(&str, &str)], body: &str| browser.api("post", &proofs, &[&[csrf], headers].concat(), body);

    is_problem(&attach(&mut browser, &[], &proof("证.pdf", PDF)), "no-precondition");
    is_problem(&attach(&mut browser, &[("if-match", "\"77\"")], &proof("证.pdf", PDF)), "stale");
    assert_eq!(is_problem(&attach(&mut browser, &[("if-match", &tag)], &proof("证.pdf", "~")), "invalid")["field"], "content");
    // What it is, is told by its bytes and not by its name.
    assert_eq!(is_problem(&attach(&mut browser, &[("if-match", &tag)], &proof("证.pdf", "TVqQAA==")), "invalid")["field"], "file");
    let once = [("if-match", tag.as_str()), ("idempotency-key", "proof-1")];
    let first = attach(&mut browser, &once, &proof("证.pdf", PDF));
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let again = attach(&mut browser, &once, &proof("证.pdf", PDF));
    assert_eq!((again.header("location"), again.header("idempotent-replayed")), (first.header("location"), "true"));
    let listed = parsed(&browser.get(&proofs));
    assert_eq!((listed["items"].as_array().map(Vec::len), &listed["items"]), (Some(1), &parsed(&first)["proofs"]), "sent twice, kept once");
    assert_eq!((listed["items"][0]["name"].as_str(), listed["items"][0]["media"].as_str(), listed["items"][0]["bytes"].as_i64()), (Some("证.pdf"), Some("application/pdf"), Some(16)));

    let file = browser.get(first.header("location"));
    assert_eq!((file.header("content-type"), file.bytes.as_slice(), file.header("cache-control")), ("application/pdf", b"%PDF-1.7 a proof".as_slice(), "private, no-store"));
    for stranger in ["person-chengdu-1-3", "employer-chongqing-1"] {
        is_problem(&signed_in(stranger).get(first.header("location")), "not-found");
        is_problem(&signed_in(stranger).get(&proofs), "not-found");
    }
    assert_eq!(signed_in("employer-chengdu-1").get(first.header("location")).status, StatusCode::OK, "who reviews it");

    let one = format!("{proofs}/{}", listed["items"][0]["id"]);
    is_problem(&browser.api("delete", &one, &[csrf], ""), "no-precondition");
    let off = browser.api("delete", &one, &[csrf, ("if-match", first.header("etag"))], "");
    assert_eq!((off.status, &parsed(&off)["proofs"]), (StatusCode::OK, &json!([])), "{}", off.text);
    is_problem(&browser.api("delete", &one, &[csrf, ("if-match", off.header("etag"))], ""), "not-found");
}

#[test]
fn certificates_are_issued_handed_out_and_revoked() {
    let people: Vec<String> = ["chengdu", "chongqing", "karamay"].iter().flat_map(|place| (1..=3).map(move |number| format!("person-{place}-1-{number}"))).collect();
    let frozen = people.iter().find_map(|login| {
        let actor = actor(login);
        let all = OFFICES.registry.determinations(&actor, actor.person.unwrap(), None, 0, 50).unwrap();
        all.iter().find(|one| one.frozen).map(|one| (login.clone(), one.obligation, one.year))
    });
    let (login, obligation, year) = frozen.expect("somebody's year is verified");
    let place = login.split('-').nth(1).unwrap().to_owned();
    let mut browser = signed_in(&login);
    let token = browser.csrf_of_api();
    let csrf = ("x-csrf-token", token.as_str());
    let body = json!({ "obligation": obligation }).to_string();
    let issued = browser.api("post", "/api/v1/certificates", &[csrf, ("idempotency-key", "certificate-1")], &body);
    assert_eq!(issued.status, StatusCode::CREATED, "{}", issued.text);
    let document = parsed(&issued);
    assert_eq!((document["kind"].as_str(), document["year"].as_i64(), document["standing"].as_str()), (Some("certificate"), Some(year), Some("valid")));
    let again = browser.api("post", "/api/v1/certificates", &[csrf, ("idempotency-key", "certificate-1")], &body);
    assert_eq!((&again.text, again.header("location")), (&issued.text, issued.header("location")), "one certificate, however often it is sent");
    let at = issued.header("location").to_owned();
    let file = browser.get(&format!("{at}/file"));
    assert_eq!((file.header("content-type"), &file.bytes[..5]), ("application/pdf", b"%PDF-".as_slice()));
    let elsewhere = if place == "chengdu" { "chongqing" } else { "chengdu" };
    let mut stranger = signed_in(&format!("employer-{elsewhere}-1"));
    let theirs = stranger.csrf_of_api();
    is_problem(&stranger.get(&format!("{at}/file")), "not-found");
    is_problem(&stranger.api("post", "/api/v1/certificates", &[("x-csrf-token", &theirs)], &body), "not-found");
    is_problem(&stranger.api("post", &format!("{at}/revoke"), &[("x-csrf-token", &theirs)], r#"{"reason":"不归我管"}"#), "not-found");

    // Its owner does not revoke it; who does says why, once.
    let revoke = |browser: &mut Browser, token: &str, reason: &str| browser.api("post", &format!("{at}/revoke"), &[("x-csrf-token", token)], &json!({ "reason": reason }).to_string());
    is_problem(&revoke(&mut browser, &token, "我不要了"), "not-allowed");
    let mut officer = signed_in(&format!("employer-{place}-1"));
    let officers = officer.csrf_of_api();
    assert_eq!(is_problem(&revoke(&mut officer, &officers, ""), "invalid")["field"], "reason");
    let revoked = revoke(&mut officer, &officers, "姓名印错");
    assert_eq!((revoked.status, parsed(&revoked)["standing"].as_str()), (StatusCode::OK, Some("revoked")), "{}", revoked.text);
    is_problem(&revoke(&mut officer, &officers, "再撤一次"), "wrong-state");
    let person = actor(&login).person.unwrap();
    let listed = parsed(&browser.get(&format!("/api/v1/people/{person}/documents")));
    assert!(listed["items"].as_array().unwrap().iter().any(|one| one["code"] == document["code"] && one["standing"] == "revoked"), "{listed}");
}

#[test]
fn a_card_is_issued_where_a_regulation_shows_one() {
    for (place, status) in [("chongqing", StatusCode::CREATED), ("chengdu", StatusCode::CREATED), ("karamay", StatusCode::NOT_FOUND)] {
        let person = actor(&format!("person-{place}-1-1")).person.unwrap();
        let mut officer = signed_in(&format!("employer-{place}-1"));
        let token = officer.csrf_of_api();
        let card = officer.api("post", "/api/v1/cards", &[("x-csrf-token", &token)], &json!({ "person": person, "from": 2025, "to": 2026 }).to_string());
        assert_eq!(card.status, status, "{place}: {}", card.text);
        if status == StatusCode::CREATED {
            assert_eq!(parsed(&card)["kind"], "card");
            assert_eq!(&officer.get(&format!("{}/file", card.header("location"))).bytes[..5], b"%PDF-");
        }
    }
}

#[test]
fn a_name_that_no_font_draws_is_named() {
    let mut officer = signed_in("employer-chengdu-1");
    let token = officer.csrf_of_api();
    let mut post = |url: &str, body: Value| officer.api("post", url, &[("x-csrf-token", token.as_str())], &body.to_string());
    let enrolled = parsed(&post("/api/v1/people", json!({ "name": "乙\u{e000}", "title": "护师", "on": "2026-01-05" })));
    let refused = is_problem(&post("/api/v1/cards", json!({ "person": enrolled["id"], "from": 2026, "to": 2026 })), "invalid");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("U+E000")), "{refused}");
}
