//! The API: every operation × role, problems, and the document that describes it.

use super::doors::{LOGINS, Things, things};
use super::officer::{OFFICES, actor, signed_in};
use super::*;
use crate::web::api::problem::Code;
use crate::web::door::Door;
use crate::web::router::{described, listed};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use xueshi_registry::changes::NewChange;
use xueshi_registry::matters::{MatterShown, Which};
use xueshi_registry::{RequestKind, Role};

/// What an operation answers to those whom its door lets in: for one's own thing and another's.
struct Expected {
    method: &'static str,
    path: &'static str,
    /// A body such that nothing changes by it.
    body: &'static str,
    own: u16,
    other: u16,
}

const fn row(method: &'static str, path: &'static str, body: &'static str, own: u16, other: u16) -> Expected {
    Expected { method, path, body, own, other }
}

/// A draft that is refused for its title, where nothing before refuses it.
const NO_TITLE: &str = r#"{"title":"","facts":{}}"#;

/// A row for every operation. `If-Match` names a version that never was.
const EXPECTED: &[Expected] = &[
    row("get", "/api/v1/me", "", 200, 200),
    row("get", "/api/v1/people", "", 200, 200),
    row("post", "/api/v1/people/find", r#"{"name":"nobody"}"#, 200, 200),
    row("get", "/api/v1/people/{id}", "", 200, 404),
    row("post", "/api/v1/people", r#"{"name":"","on":"2026-01-05"}"#, 422, 422),
    row("get", "/api/v1/people/{id}/registration", "", 200, 404),
    row("put", "/api/v1/people/{id}/facts", r#"{"facts":{"none":"x"},"on":"2026-01-05"}"#, 422, 404),
    // Before the posts began.
    row("post", "/api/v1/people/{id}/departures", r#"{"why":"retire","on":"1990-01-01"}"#, 422, 404),
    row("post", "/api/v1/people/{id}/main-post", r#"{"post":9007199254740991,"on":"2026-01-05"}"#, 404, 404),
    row("post", "/api/v1/people/{id}/post-title", r#"{"title":"x","on":"1990-01-01"}"#, 422, 404),
    row("get", "/api/v1/people/doubles", "", 200, 200),
    row("post", "/api/v1/people/doubles/merge", r#"{"person":9007199254740991,"double":9007199254740990,"reason":"核对"}"#, 404, 404),
    row("post", "/api/v1/people/doubles/keep-apart", r#"{"one":9007199254740991,"other":9007199254740990,"reason":"核对"}"#, 404, 404),
    row("post", "/api/v1/people/transfer-in", r#"{"name":"x","identity_number":"999","on":"2026-01-05"}"#, 422, 422),
    row("post", "/api/v1/people/{id}/transfers", r#"{"kind":"employer","to":"none","on":"2026-01-05"}"#, 422, 404),
    // Files that are none are looked at after who asks.
    row("post", "/api/v1/people/{id}/changes", r#"{"kind":"name","value":"x","from":"2026-01-05","proofs":[{"name":"x","content":"TVqQAA=="}]}"#, 422, 404),
    row("get", "/api/v1/people/{id}/years/{year}/grants", "", 200, 404),
    row("post", "/api/v1/people/{id}/years/{year}/reasons", r#"{"reason":"产假","proofs":[{"name":"x","content":"TVqQAA=="}]}"#, 422, 404),
    row("post", "/api/v1/people/{id}/exemptions", r#"{"ground":"none","from":"2026-01-05","to":"2026-01-05","proofs":[{"name":"x","content":"TVqQAA=="}]}"#, 422, 404),
    row("post", "/api/v1/people/{id}/breaches", r#"{"kind":"breach","on":"2026-01-05","reason":"缺课","proofs":[{"name":"x","content":"TVqQAA=="}]}"#, 422, 404),
    row("get", "/api/v1/approvers", "", 200, 200),
    row("post", "/api/v1/approvers", r#"{"place":"none","ground":"none","organisation":"none"}"#, 422, 422),
    row("get", "/api/v1/matters", "", 200, 200),
    row("get", "/api/v1/matters/{id}", "", 200, 404),
    row("post", "/api/v1/matters/{id}/decide", r#"{"step":"withdraw"}"#, 412, 404),
    row("get", "/api/v1/matters/{id}/proofs/{proof}", "", 200, 404),
    row("post", "/api/v1/me/data", "", 200, 200),
    row("get", "/api/v1/me/requests", "", 200, 200),
    row("post", "/api/v1/me/requests", r#"{"kind":"erasure","wish":""}"#, 422, 422),
    row("get", "/api/v1/requests", "", 200, 200),
    row("get", "/api/v1/requests/{id}", "", 200, 404),
    row("post", "/api/v1/requests/{id}/decide", r#"{"step":"withdraw-request"}"#, 412, 404),
    row("post", "/api/v1/declarations", NO_TITLE, 422, 422),
    row("get", "/api/v1/declarations/{id}", "", 200, 404),
    row("put", "/api/v1/declarations/{id}", NO_TITLE, 412, 404),
    row("post", "/api/v1/declarations/{id}/submit", "", 412, 404),
    row("post", "/api/v1/declarations/{id}/withdraw", "", 412, 404),
    row("post", "/api/v1/declarations/{id}/decide", r#"{"step":"accept"}"#, 412, 404),
    row("post", "/api/v1/deliveries", r#"{"completions":[]}"#, 422, 422),
    row("get", "/api/v1/declarations/{id}/proofs", "", 200, 404),
    row("post", "/api/v1/declarations/{id}/proofs", r#"{"kind":"","name":"","content":""}"#, 422, 404),
    row("delete", "/api/v1/declarations/{id}/proofs/{proof}", "", 412, 404),
    row("get", "/api/v1/proofs/{id}", "", 200, 404),
    row("get", "/api/v1/documents/{code}/file", "", 404, 404),
    row("post", "/api/v1/documents/{code}/revoke", r#"{"reason":"撤销"}"#, 404, 404),
    row("post", "/api/v1/certificates", r#"{"obligation":9007199254740991}"#, 404, 404),
    row("post", "/api/v1/cards", r#"{"person":1,"from":2026,"to":1990}"#, 422, 422),
    row("get", "/api/v1/deliveries/{id}", "", 200, 404),
    row("get", "/api/v1/completions", "", 200, 200),
    row("post", "/api/v1/completions/retry", "", 200, 200),
    row("get", "/api/v1/completions/{id}", "", 200, 404),
    row("put", "/api/v1/completions/{id}", r#"{"name":"","title":"","facts":{}}"#, 412, 404),
    row("post", "/api/v1/completions/{id}/step", r#"{"step":"withdraw"}"#, 412, 404),
    row("get", "/api/v1/people/{id}/deliveries", "", 200, 404),
    row("get", "/api/v1/me/looked-at", "", 200, 200),
    row("get", "/api/v1/imports", "", 200, 200),
    // Of which kind it is, is not said.
    row("post", "/api/v1/imports", "", 400, 400),
    // What somebody else began, or nobody, is not there.
    row("get", "/api/v1/imports/{id}", "", 404, 404),
    row("get", "/api/v1/imports/{id}/lines", "", 404, 404),
    row("post", "/api/v1/imports/{id}/enter", r#"{"sha256":"","whole":true}"#, 404, 404),
    row("get", "/api/v1/jobs", "", 200, 200),
    row("get", "/api/v1/jobs/{id}", "", 404, 404),
    row("post", "/api/v1/jobs/{id}/cancel", "", 404, 404),
    row("post", "/api/v1/jobs/{id}/go-on", "", 404, 404),
    row("post", "/api/v1/jobs/{id}/take-back", "", 404, 404),
    row("get", "/api/v1/drafts", "", 200, 200),
    row("post", "/api/v1/drafts", r#"{"text":""}"#, 422, 422),
    row("get", "/api/v1/drafts/{id}", "", 404, 404),
    row("put", "/api/v1/drafts/{id}", r#"{"text":""}"#, 404, 404),
    row("post", "/api/v1/drafts/{id}/step", r#"{"step":"check"}"#, 404, 404),
    row("get", "/api/v1/drafts/{id}/effects", "", 404, 404),
    row("post", "/api/v1/drafts/{id}/redetermine", "", 404, 404),
    row("get", "/api/v1/people/{id}/years/{year}", "", 200, 404),
    row("get", "/api/v1/people/{id}/determinations", "", 200, 404),
    row("get", "/api/v1/people/{id}/documents", "", 200, 404),
    row("get", "/api/v1/records", "", 200, 200),
    row("post", "/api/v1/exports/records", r#"{"format":"csv","purpose":""}"#, 422, 422),
    row("get", "/api/v1/determinations/{id}", "", 200, 404),
    row("get", "/api/v1/verifications", "", 200, 200),
    row("get", "/api/v1/verifications/{id}", "", 200, 404),
    row("post", "/api/v1/verifications/{id}/decide", r#"{"step":"reopen","opinion":"重新审验"}"#, 412, 404),
    row("post", "/api/v1/verifications/open", r#"{"year":1800}"#, 400, 400),
    row("post", "/api/v1/people/{id}/gates", r#"{"gate":"appointment","on":""}"#, 422, 422),
    row("get", "/api/v1/gates/answers", "", 200, 200),
    row("get", "/api/v1/gates/answers/{id}", "", 404, 404),
    row("post", "/api/v1/gates/answers/{id}/endorsement", "", 404, 404),
    row("post", "/api/v1/gates/answers/{id}/endorsement/step", r#"{"step":"endorse"}"#, 404, 404),
    row("get", "/api/v1/gates/people", "", 200, 200),
    row("get", "/api/v1/gates/waiting", "", 200, 200),
    row("get", "/api/v1/employer-years", "", 200, 200),
    row("get", "/api/v1/employer-years/{id}/{year}", "", 200, 404),
    // Not opened.
    row("post", "/api/v1/employer-years/{id}/{year}/step", r#"{"step":"hand-over"}"#, 404, 404),
    row("post", "/api/v1/employer-years/{id}/{year}/verify", r#"{"opinion":""}"#, 422, 404),
    // Work begun by somebody else is nobody's.
    row("get", "/api/v1/spot-checks", "", 200, 200),
    row("post", "/api/v1/spot-checks/draw", r#"{"year":2025,"size":1,"reason":""}"#, 422, 422),
    row("get", "/api/v1/spot-checks/{id}", "", 404, 404),
    row("post", "/api/v1/spot-checks/{id}/findings", r#"{"place":1,"finding":"sound"}"#, 404, 404),
    row("get", "/api/v1/registers", "", 200, 200),
    row("post", "/api/v1/registers/add", r#"{"register":"base","name":"","basis":"某办","from":"2026-01-01"}"#, 422, 422),
    row("get", "/api/v1/registers/{id}", "", 404, 404),
    row("post", "/api/v1/registers/{id}/close", r#"{"until":"2026-01-01","reason":"停用"}"#, 404, 404),
    row("get", "/api/v1/documents/{code}", "", 404, 404),
    row("post", "/api/v1/assess", r#"{"year":2019,"region":"510100","records":[]}"#, 200, 200),
    row("get", "/api/v1/policies", "", 200, 200),
    row("get", "/api/v1/policies/{id}", "", 200, 200),
];

/// The id of nothing.
const NONE: i64 = (1 << 53) - 1;

fn address(path: &str, of: &Things) -> String {
    let id = match path {
        "/api/v1/policies/{id}" => OFFICES.engine.library().files()[0].id().to_owned(),
        "/api/v1/determinations/{id}" => determination(of).to_string(),
        _ if path.starts_with("/api/v1/declarations/") => of.case.to_string(),
        _ if path.starts_with("/api/v1/proofs/") => of.proof.to_string(),
        _ if path.starts_with("/api/v1/deliveries/") => of.delivery.to_string(),
        _ if path.starts_with("/api/v1/completions/") => of.completion.to_string(),
        _ if path.starts_with("/api/v1/verifications/") => verification(of).to_string(),
        _ if path.starts_with("/api/v1/matters/") => matter(of).case.to_string(),
        _ if path.starts_with("/api/v1/requests/") => request(of).to_string(),
        _ if path.starts_with("/api/v1/employer-years/") => of.employer.to_string(),
        _ if ["drafts", "gates", "imports", "jobs", "spot-checks", "registers"].iter().any(|part| path.starts_with(&format!("/api/v1/{part}/"))) => NONE.to_string(),
        _ => of.person.to_string(),
    };
    let query = match path {
        "/api/v1/verifications" | "/api/v1/employer-years" => "?year=2025",
        "/api/v1/gates/people" => "?gate=appointment&on=2026-03-01",
        "/api/v1/registers" => "?region=510100&year=2026",
        _ => "",
    };
    let year = if path.starts_with("/api/v1/employer-years/") { "1990" } else { "2025" };
    let proof = if path.starts_with("/api/v1/matters/") { matter(of).papers[0].id } else { of.proof };
    path.replace("{id}", &id).replace("{year}", year).replace("{code}", "0000000000000000").replace("{proof}", &proof.to_string()) + query
}

/// A change that the person asked for, with a proof, and took back, so that it waits for nobody.
fn matter(of: &Things) -> MatterShown {
    let registry = &OFFICES.registry;
    let known = registry.matters(&of.actor, Which::All, None, 200).unwrap().1.into_iter().find(|line| line.flow == "change").map(|line| line.case);
    let case = known.unwrap_or_else(|| {
        let new = NewChange { kind: "name".to_owned(), value: "各门".to_owned(), replaces: String::new(), from: "2026-11-01".to_owned(), reason: String::new() };
        let case = registry.ask_change(&of.actor, of.person, &new, &[("证.pdf".to_owned(), b"%PDF-1.7 doors".to_vec())]).unwrap();
        registry.take_step(&of.actor, case, 1, "withdraw", "").unwrap();
        case
    });
    registry.matter(&of.actor, case).unwrap()
}

/// A request of the person's, taken back.
fn request(of: &Things) -> i64 {
    let registry = &OFFICES.registry;
    let known = registry.own_requests(&of.actor).unwrap().first().map(|request| request.case);
    known.unwrap_or_else(|| {
        let case = registry.request_data(&of.actor, RequestKind::Erasure, "各门都试一试").unwrap();
        registry.decide_request(&of.actor, case, 1, "withdraw-request", "").unwrap();
        case
    })
}

fn determination(of: &Things) -> i64 {
    OFFICES.registry.determinations(&of.actor, of.person, None, 0, 1).unwrap()[0].id
}

fn verification(of: &Things) -> i64 {
    OFFICES.registry.dossier(&of.actor, of.person).unwrap().years.iter().find_map(|year| year.case.as_ref()).unwrap().0
}

impl Browser {
    /// The token of the session, as the API tells it.
    pub(super) fn csrf_of_api(&mut self) -> String {
        let me: Value = serde_json::from_str(&self.get("/api/v1/me").text).unwrap();
        me["csrf"].as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn api(&mut self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = Request::builder().method(method.to_uppercase().as_str()).uri(url);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.ask(request.header("content-type", "application/json"), body.to_owned())
    }
}

fn lets_in(door: Door, who: Option<&xueshi_registry::Actor>) -> Option<u16> {
    match (door, who) {
        (Door::Open, _) => None,
        (_, None) => Some(401),
        (door, Some(actor)) => (!door.lets_in(actor)).then_some(403),
    }
}

#[track_caller]
pub(super) fn is_problem(answer: &Answer, code: &str) -> Value {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text);
    let problem: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some(code), Some(u64::from(answer.status.as_u16()))), "{}", answer.text);
    for part in ["title", "detail", "remedy", "request_id"] {
        assert!(problem[part].as_str().is_some_and(|text| !text.is_empty()), "{part} in {}", answer.text);
    }
    problem
}

#[test]
fn every_operation_answers_every_role_as_the_table_says() {
    let operations = described();
    let known: BTreeSet<_> = operations.iter().map(|(path, _, described)| (*path, described.method)).collect();
    let rows: BTreeSet<_> = EXPECTED.iter().map(|row| (row.path, row.method)).collect();
    assert_eq!(known, rows, "every operation has its row in EXPECTED");
    let undescribed: Vec<_> = listed().into_iter().map(|(path, _)| path).filter(|path| path.starts_with("/api/v1/") && !known.iter().any(|(known, _)| known == path)).collect();
    assert_eq!(undescribed, ["/api/v1/openapi.json"], "every address of the API is described");
    let (own, other) = (things("chengdu"), things("chongqing"));
    let mut roles = BTreeSet::new();
    for login in LOGINS {
        let who = (!login.is_empty()).then(|| actor(login));
        roles.extend(who.as_ref().map(|actor| actor.held.role.word()));
        let mut browser = if login.is_empty() { Browser::new(&OFFICES) } else { signed_in(login) };
        let token = browser.csrf_of_api();
        for (path, door, described) in &operations {
            let row = EXPECTED.iter().find(|row| (row.path, row.method) == (*path, described.method)).unwrap();
            let refused = lets_in(*door, who.as_ref());
            for (things, mine) in [(&own, true), (&other, false)] {
                // Codes can be looked up only so often from one place, which other tests look up from as well.
                if *path == "/api/v1/documents/{code}" && (mine || !login.is_empty()) {
                    continue;
                }
                let url = address(path, things);
                let case = format!("{login} {} {url}", row.method);
                // An employer's year is nothing to agencies, who have people of many.
                let mine = mine && !(url.starts_with("/api/v1/employer-years/") && who.as_ref().is_some_and(|who| who.held.role == Role::AgencyOfficer));
                if row.method != "get" && *door != Door::Open {
                    // Without the session's token it is refused whoever sends it, and whatever it is about.
                    let answer = browser.api(row.method, &url, &[("if-match", "\"0\"")], row.body);
                    assert_eq!(answer.status.as_u16(), refused.unwrap_or(403), "without token {case}");
                }
                let answer = browser.api(row.method, &url, &[("if-match", "\"0\""), ("x-csrf-token", &token)], row.body);
                let expected = refused.unwrap_or(if mine { row.own } else { row.other });
                assert_eq!(answer.status.as_u16(), expected, "{case}: {}", answer.text);
                if expected >= 400 {
                    let code = Code::ALL.into_iter().find(|code| answer.text.contains(&format!("\"code\":\"{}\"", code.word()))).unwrap();
                    is_problem(&answer, code.word());
                }
            }
        }
    }
    assert_eq!(roles.len(), Role::ALL.len(), "every role was tried");
}

#[test]
fn whatever_fails_is_a_problem_with_code_field_and_remedy() {
    let mut browser = signed_in("person-chengdu-1-2");
    let token = browser.csrf_of_api();
    let csrf = ("x-csrf-token", token.as_str());
    let json = ("content-type", "application/json");
    let mut send = |method: &str, url: &str, headers: &[(&str, &str)], body: &str| {
        let request = Request::builder().method(method).uri(url);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        browser.ask(request, body.to_owned())
    };
    let declarations = "/api/v1/declarations";
    let large = format!(r#"{{"title":"{}","facts":{{}}}}"#, "x".repeat(300 * 1024));
    is_problem(&send("GET", "/api/v1/nothing", &[], ""), "not-found");
    let method = send("DELETE", "/api/v1/me", &[csrf], "");
    is_problem(&method, "method");
    assert_eq!(method.header("allow"), "GET,HEAD");
    is_problem(&send("POST", declarations, &[csrf, ("content-type", "text/plain")], "x"), "media-type");
    is_problem(&send("POST", declarations, &[csrf, json], &large), "too-large");
    is_problem(&send("POST", declarations, &[json], NO_TITLE), "csrf");
    is_problem(&send("POST", declarations, &[csrf, json, ("origin", "https://elsewhere.test"), ("host", "here.test")], NO_TITLE), "not-allowed");
    for authorization in ["Bearer none", "Bearer", "Basic eDp5", "\u{e9}"] {
        // Whatever the cookie says.
        is_problem(&send("GET", "/api/v1/me", &[("authorization", authorization)], ""), "not-signed-in");
    }
    for (url, method, body, field) in [
        ("/api/v1/people?limit=0", "GET", "", "limit"),
        ("/api/v1/people?limit=x", "GET", "", "limit"),
        ("/api/v1/people?cursor=~", "GET", "", "cursor"),
        ("/api/v1/people?name=x", "GET", "", "name"),
        ("/api/v1/people/find", "POST", r#"{"name":1}"#, "name"),
        ("/api/v1/people/x", "GET", "", "id"),
        ("/api/v1/people/0", "GET", "", "id"),
        (declarations, "POST", r#"{"title":1,"facts":{}}"#, "title"),
        (declarations, "POST", r#"{"title":"x","facts":{"quantity":8}}"#, "facts.quantity"),
        (declarations, "POST", r#"{"title":"x","facts":{},"more":1}"#, "more"),
        (declarations, "POST", r#"{"title":"x"#, "body"),
        (declarations, "POST", r#"{"title":"x","facts":{}} x"#, "body"),
        (declarations, "POST", r"[]", "body"),
        (declarations, "POST", r#"{"title":"x","facts":{},"corrects":1.5}"#, "corrects"),
        (declarations, "POST", r#"{"title":"x","facts":{},"corrects":"1"}"#, "corrects"),
        (declarations, "POST", r#"{"title":"x","facts":{},"corrects":0}"#, "corrects"),
    ] {
        let answer = send(method, url, &[csrf, json], body);
        let problem = is_problem(&answer, "malformed");
        assert_eq!(problem["field"], field, "{url} {body}: {}", answer.text);
        answer.lacks(&["expected", "i64", "struct", "serde"]);
    }
    // An integer by its schema, and no record that could be corrected.
    is_problem(&send("POST", declarations, &[csrf, json], r#"{"title":"x","facts":{},"corrects":9007199254740991.0}"#), "wrong-state");
    let invalid = is_problem(&send("POST", declarations, &[csrf, json, ("accept-language", "en")], NO_TITLE), "invalid");
    assert_eq!((invalid["field"].as_str(), invalid["detail"].as_str()), (Some("title"), Some("Say what was learnt, in at most 200 characters.")));
    assert_eq!(invalid["type"], "/api#problem-invalid");
}

/// A declaration goes its whole way through the API.
#[test]
fn a_declaration_is_made_revised_and_handed_in_by_its_versions() {
    let mut browser = signed_in("person-chengdu-1-3");
    let token = browser.csrf_of_api();
    let facts = json!({ "activity": "class", "subject": "specialised", "quantity": "8", "unit": "hours", "start": "2026-03-02", "end": "2026-03-03", "result": "pass" });
    let made = browser.api("post", "/api/v1/declarations", &[("x-csrf-token", &token)], &json!({ "title": "院感防控", "facts": facts }).to_string());
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let (url, first) = (made.header("location").to_owned(), made.header("etag").to_owned());
    let body: Value = serde_json::from_str(&made.text).unwrap();
    assert_eq!((body["state"].as_str(), body["year"].as_i64(), body["facts"]["quantity"].as_str()), (Some("draft"), Some(2026), Some("8")));
    assert_eq!(body["earns"][0]["problem"], "missing-evidence", "{}", made.text);
    let revised = |browser: &mut Browser, tag: &str| browser.api("put", &url, &[("x-csrf-token", &token), ("if-match", tag)], &json!({ "title": "院感防控二", "facts": facts }).to_string());
    is_problem(&browser.api("put", &url, &[("x-csrf-token", &token)], &json!({ "title": "x", "facts": {} }).to_string()), "no-precondition");
    is_problem(&revised(&mut browser, "*"), "malformed");
    let second = revised(&mut browser, &first);
    assert_eq!((second.status, second.header("etag") == first), (StatusCode::OK, false), "{}", second.text);
    is_problem(&revised(&mut browser, &first), "stale");
    let submit = browser.api("post", &format!("{url}/submit"), &[("x-csrf-token", &token), ("if-match", second.header("etag"))], "");
    let waits: Value = serde_json::from_str(&submit.text).unwrap();
    assert_eq!((submit.status, waits["state"].as_str(), waits["title"].as_str()), (StatusCode::OK, Some("waiting"), Some("院感防控二")), "{}", submit.text);
    is_problem(&revised(&mut browser, submit.header("etag")), "wrong-state");
    let mut officer = signed_in("employer-chengdu-1");
    let officers = officer.csrf_of_api();
    let decided = |officer: &mut Browser, body: &str| officer.api("post", &format!("{url}/decide"), &[("x-csrf-token", &officers), ("if-match", submit.header("etag"))], body);
    assert_eq!(is_problem(&decided(&mut officer, r#"{"step":"return"}"#), "invalid")["field"], "reason");
    let returned = decided(&mut officer, r#"{"step":"return","reason":"请补证明"}"#);
    let returned: Value = serde_json::from_str(&returned.text).unwrap();
    assert_eq!((returned["state"].as_str(), returned["way"][2]["reason"].as_str()), (Some("returned"), Some("请补证明")), "{returned}");
    let back = browser.get(&url);
    assert_eq!(serde_json::from_str::<Value>(&back.text).unwrap()["steps"], json!(["submit", "withdraw"]));
}

#[test]
fn lists_go_on_where_the_last_part_ended() {
    let mut officer = signed_in("authority-chengdu");
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let part: Value = serde_json::from_str(&officer.get(&format!("/api/v1/people?limit=2{cursor}")).text).unwrap();
        seen.extend(part["items"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()));
        let Some(next) = part["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let whole: Value = serde_json::from_str(&officer.get("/api/v1/people").text).unwrap();
    let whole: Vec<i64> = whole["items"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
    assert!(whole.len() > 2 && seen == whole, "{seen:?} {whole:?}");
}

#[test]
fn the_document_describes_every_operation_in_both_languages() {
    let answer = get("/api/v1/openapi.json");
    let document: Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeMap::new();
    for (path, _, described) in described() {
        let operation = &document["paths"][path][described.method];
        assert!(operation["summary"].is_string() && operation["x-zh"].is_string(), "{path}");
        *ids.entry(operation["operationId"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(parameter["description"].is_string() && parameter["x-zh"].is_string(), "{path} {parameter}");
        }
    }
    assert_eq!(ids.values().filter(|count| **count > 1).count(), 0, "{ids:?}");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (property, of) in schema["properties"].as_object().into_iter().flatten() {
            assert!(of["description"].is_string() && of["x-zh"].is_string(), "{name}.{property}: {of}");
        }
    }
    // Whatever is referred to is there.
    for part in answer.text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn every_code_has_words_in_both_languages() {
    let look = APP.look().unwrap();
    for code in Code::ALL {
        for part in ["title", "detail", "remedy"] {
            for lang in [Lang::Zh, Lang::En] {
                assert!(look.words.say(lang, &format!("api.problems.{}.{part}", code.word()), &[]).is_ok(), "{}", code.word());
            }
        }
    }
}
