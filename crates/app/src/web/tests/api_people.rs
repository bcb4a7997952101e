//! People over time through the API: added, changed, moved, gone, found twice. Every way is walked on both databases.

use super::api::is_problem;
use super::officer::actor_of;
use super::people::number;
use super::program::{Program, parsed};
use super::support::Fixture;
use super::*;
use serde_json::{Value, json};

/// Somebody who asks through the API, in addresses that hold ids alone.
pub(super) struct Caller(Program);

impl Caller {
    pub(super) fn of(app: &Arc<App>, login: &str) -> Self {
        Self(Program::of(app, login))
    }

    pub(super) fn get(&mut self, url: &str) -> Answer {
        self.0.get(url)
    }

    /// What an address tells, which must be there.
    #[track_caller]
    pub(super) fn read(&mut self, url: &str) -> Value {
        let answer = self.get(url);
        assert_eq!(answer.status, StatusCode::OK, "{url}: {}", answer.text);
        parsed(&answer)
    }

    /// Sends something; no address ever holds more than ids, however it came to be.
    #[track_caller]
    pub(super) fn send(&mut self, method: &str, url: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let answer = self.0.send(method, url, headers, body);
        for address in [url, answer.header("location")] {
            assert!(address.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"/-".contains(&c)), "{address}");
        }
        answer
    }

    #[track_caller]
    pub(super) fn post(&mut self, url: &str, body: &Value) -> Answer {
        self.send("post", url, &[], body)
    }

    /// Makes something; gives its address, version and itself.
    #[track_caller]
    pub(super) fn make(&mut self, url: &str, body: &Value) -> (String, String, Value) {
        let made = self.post(url, body);
        assert_eq!(made.status, StatusCode::CREATED, "{url} {body}: {}", made.text);
        (made.header("location").to_owned(), made.header("etag").to_owned(), parsed(&made))
    }

    /// Does something of which there is nothing to tell.
    #[track_caller]
    pub(super) fn does(&mut self, method: &str, url: &str, body: &Value) {
        let done = self.send(method, url, &[], body);
        assert_eq!((done.status, done.text.as_str()), (StatusCode::NO_CONTENT, ""), "{url} {body}");
    }

    /// Takes a step of a matter or request, of the version that was seen.
    #[track_caller]
    pub(super) fn decide(&mut self, url: &str, tag: &str, body: &Value) -> Answer {
        self.send("post", &format!("{url}/decide"), &[("if-match", tag)], body)
    }
}

/// What an employer's officer sends to add somebody.
pub(super) fn newcomer(name: &str, serial: u32) -> Value {
    json!({ "name": name, "identity_number": number(serial), "title": "护师", "facts": { "title_level": "junior" }, "on": "2026-01-05" })
}

/// The name of the organisation somebody works for.
pub(super) fn organisation(app: &App, login: &str) -> String {
    actor_of(app, login).held.name.unwrap()
}

/// Posts as they stand: title, whether the main one, until when, why it ended.
fn posts(registration: &Value) -> Vec<(&str, bool, Option<&str>, &str)> {
    let all = registration["posts"].as_array().unwrap().iter();
    all.map(|post| (post["title"].as_str().unwrap(), post["main"].as_bool().unwrap(), post["to"].as_str(), post["ended_for"].as_str().unwrap())).collect()
}

fn a_person_is_added_changed_and_goes(app: &Arc<App>) {
    let (mut officer, mut stranger, mut own) = (Caller::of(app, "employer-chengdu-1"), Caller::of(app, "employer-chongqing-1"), Caller::of(app, "person-chengdu-1-1"));
    let people = "/api/v1/people";
    is_problem(&own.post(people, &newcomer("新人", 1)), "not-allowed");
    let with = |name: &str, value: Value| {
        let mut body = newcomer("新人", 1);
        body[name] = value;
        body
    };
    for (body, code, field) in [
        (with("identity_number", json!("999")), "invalid", "identity_number"),
        (with("on", json!("2026-02-31")), "invalid", "on"),
        (with("on", json!("2099-01-01")), "invalid", "on"),
        (with("on", json!("9999-99-99")), "malformed", "on"),
        (with("name", json!("新\0人")), "invalid", "text"),
        (with("name", json!("")), "invalid", "name"),
        (with("facts", json!({ "title_level": "很高" })), "invalid", "facts"),
        (with("facts", json!({ "shoe_size": "42" })), "invalid", "facts"),
        (with("organisation", json!(1)), "malformed", "organisation"),
    ] {
        let refused = officer.post(people, &body);
        assert_eq!(is_problem(&refused, code)["field"], field, "{body}");
        refused.lacks(&[&number(1)]);
    }
    // Sent twice, added once.
    let once = [("idempotency-key", "enrol-1")];
    let first = officer.send("post", people, &once, &newcomer("新人", 1));
    assert_eq!((first.status, parsed(&first)["name"].as_str()), (StatusCode::CREATED, Some("新人")), "{}", first.text);
    let again = officer.send("post", people, &once, &newcomer("新人", 1));
    assert_eq!((again.header("location"), again.header("idempotent-replayed"), &again.text), (first.header("location"), "true", &first.text));
    is_problem(&officer.post(people, &newcomer("新人", 1)), "duplicate");

    let url = first.header("location").to_owned();
    let registration = format!("{url}/registration");
    let shown = officer.get(&registration);
    shown.lacks(&[&number(1)]);
    shown.says(&["999•••••••••••"]);
    let shown = parsed(&shown);
    assert_eq!((shown["born"].as_str(), shown["may_keep"].as_bool()), (Some("1979-01-01"), Some(true)), "{shown}");
    assert!(shown["asked"].as_array().unwrap().iter().any(|asked| asked["name"] == "title_level" && asked["codes"].to_string().contains("junior")), "{shown}");

    // What is put holds from its day; what was stays to be read. The same again changes nothing.
    let facts = json!({ "facts": { "title_level": "intermediate", "sex": "女" }, "on": "2026-06-01" });
    officer.does("put", &format!("{url}/facts"), &facts);
    officer.does("put", &format!("{url}/facts"), &facts);
    let held = officer.read(&registration)["facts"].clone();
    let levels: Vec<&Value> = held.as_array().unwrap().iter().filter(|fact| fact["name"] == "title_level").collect();
    assert_eq!(
        levels,
        [&json!({ "name": "title_level", "value": "intermediate", "from": "2026-06-01", "to": null }), &json!({ "name": "title_level", "value": "junior", "from": "2026-01-05", "to": "2026-05-31" })]
    );
    is_problem(&own.send("put", &format!("{url}/facts"), &[], &facts), "not-allowed");
    for (method, part, body) in [
        ("put", "facts", facts),
        ("post", "departures", json!({ "why": "retire", "on": "2026-11-01" })),
        ("post", "post-title", json!({ "title": "x", "on": "2026-11-01" })),
        ("post", "transfers", json!({ "kind": "employer", "to": "x", "on": "2026-11-01" })),
        ("post", "breaches", json!({ "kind": "breach", "on": "2026-11-01", "reason": "缺课" })),
    ] {
        is_problem(&stranger.send(method, &format!("{url}/{part}"), &[], &body), "not-found");
    }
    is_problem(&stranger.get(&registration), "not-found");
    is_problem(&own.get(&registration), "not-found");

    officer.does("post", &format!("{url}/post-title"), &json!({ "title": "主管护师", "on": "2026-07-01" }));
    assert_eq!(posts(&officer.read(&registration)), [("主管护师", true, None, ""), ("护师", true, Some("2026-06-30"), "title")]);

    // A second post elsewhere, which becomes the main one: the person is the other employer's then, and comes back when it ends.
    let to = organisation(app, "employer-chongqing-1");
    let (matter, tag, _) = officer.make(&format!("{url}/transfers"), &json!({ "kind": "second", "to": to, "title": "讲师", "on": "2026-11-01" }));
    is_problem(&officer.post(&format!("{url}/transfers"), &json!({ "kind": "second", "to": to, "title": "讲师", "on": "2026-11-01" })), "duplicate");
    assert_eq!(stranger.decide(&matter, &tag, &json!({ "step": "approve" })).status, StatusCode::OK);
    let second = officer.read(&registration)["posts"].as_array().unwrap().iter().find(|post| post["title"] == "讲师").unwrap()["id"].clone();
    officer.does("post", &format!("{url}/main-post"), &json!({ "post": second, "on": "2026-11-10" }));
    is_problem(&officer.get(&registration), "not-found");
    let main = stranger.read(&registration)["posts"].as_array().unwrap().iter().find(|post| post["main"] == true && post["to"].is_null()).unwrap()["id"].clone();
    assert_eq!(is_problem(&stranger.post(&format!("{url}/departures"), &json!({ "why": "leave", "on": "2026-11-15" })), "invalid")["field"], "post");
    stranger.does("post", &format!("{url}/departures"), &json!({ "why": "leave", "post": main, "on": "2026-11-15", "reason": "聘期届满" }));
    is_problem(&stranger.get(&registration), "not-found");
    officer.does("post", &format!("{url}/departures"), &json!({ "why": "retire", "on": "2026-11-18" }));
    let gone = officer.read(&registration);
    assert!(gone["posts"].as_array().unwrap().iter().all(|post| !post["to"].is_null()), "{gone}");
    assert!(gone["facts"].as_array().unwrap().contains(&json!({ "name": "in_service", "value": "no", "from": "2026-11-19", "to": null })), "{gone}");
    is_problem(&officer.post(&format!("{url}/departures"), &json!({ "why": "retire", "on": "2026-11-18" })), "wrong-state");
}

#[test]
fn a_person_is_added_changed_and_goes_on_sqlite() {
    let fixture = Fixture::sqlite();
    a_person_is_added_changed_and_goes(&app_on(&fixture));
}

#[test]
fn a_person_is_added_changed_and_goes_on_postgres() {
    let fixture = Fixture::postgres();
    a_person_is_added_changed_and_goes(&app_on(&fixture));
}

fn doubles_are_merged_undone_and_kept_apart(app: &Arc<App>) {
    let (mut officer, mut authority, mut stranger) = (Caller::of(app, "employer-karamay-1"), Caller::of(app, "authority-karamay"), Caller::of(app, "employer-chongqing-1"));
    let mut ids = Vec::new();
    for serial in [21, 22, 23] {
        ids.push(officer.make("/api/v1/people", &newcomer("重名者", serial)).2["id"].as_i64().unwrap());
    }
    let (mut pairs, mut cursor) = (Vec::new(), String::new());
    loop {
        let part = officer.read(&format!("/api/v1/people/doubles?limit=1{cursor}"));
        pairs.extend(part["items"].as_array().unwrap().iter().map(|pair| (pair["one"]["id"].as_i64().unwrap(), pair["other"]["id"].as_i64().unwrap(), pair["same_identifier"] == true)));
        let Some(next) = part["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(pairs, [(ids[0], ids[1], false), (ids[0], ids[2], false), (ids[1], ids[2], false)], "part by part");
    assert_eq!(stranger.read("/api/v1/people/doubles")["items"], json!([]));

    let merge = "/api/v1/people/doubles/merge";
    let proposed = json!({ "person": ids[0], "double": ids[1], "reason": "身份证复印件一致" });
    is_problem(&stranger.post(merge, &proposed), "not-found");
    assert_eq!(is_problem(&officer.post(merge, &json!({ "person": ids[0], "double": ids[1], "reason": "" })), "invalid")["field"], "reason");
    is_problem(&officer.post(merge, &json!({ "person": ids[0], "double": ids[0], "reason": "同一个号" })), "wrong-state");
    let (matter, tag, told) = officer.make(merge, &proposed);
    assert_eq!((told["flow"].as_str(), told["other"].as_i64(), &told["steps"]), (Some("merge"), Some(ids[1]), &json!(["withdraw"])), "who proposed does not decide: {told}");
    is_problem(&officer.post(merge, &proposed), "duplicate");
    is_problem(&officer.decide(&matter, &tag, &json!({ "step": "approve" })), "not-allowed");
    let merged = authority.decide(&matter, &tag, &json!({ "step": "approve" }));
    assert_eq!(parsed(&merged)["state"], "merged", "{}", merged.text);
    let double = format!("/api/v1/people/{}/registration", ids[1]);
    let of_double = officer.read(&double);
    assert_eq!((of_double["person"]["id"].as_i64(), &of_double["merged"]), (Some(ids[0]), &json!([ids[1]])), "the double's address leads to the person");
    is_problem(&officer.decide(&matter, merged.header("etag"), &json!({ "step": "undo" })), "invalid");
    assert_eq!(parsed(&officer.decide(&matter, merged.header("etag"), &json!({ "step": "undo", "reason": "实为两人" })))["state"], "undone");
    assert_eq!(officer.read(&double)["person"]["id"].as_i64(), Some(ids[1]));

    let apart = json!({ "one": ids[1], "other": ids[0], "reason": "面谈核实" });
    is_problem(&stranger.post("/api/v1/people/doubles/keep-apart", &apart), "not-found");
    officer.does("post", "/api/v1/people/doubles/keep-apart", &apart);
    let left = officer.read("/api/v1/people/doubles")["items"].as_array().unwrap().len();
    assert_eq!(left, 2, "no longer listed");
}

#[test]
fn doubles_are_merged_undone_and_kept_apart_on_sqlite() {
    let fixture = Fixture::sqlite();
    doubles_are_merged_undone_and_kept_apart(&app_on(&fixture));
}

#[test]
fn doubles_are_merged_undone_and_kept_apart_on_postgres() {
    let fixture = Fixture::postgres();
    doubles_are_merged_undone_and_kept_apart(&app_on(&fixture));
}
