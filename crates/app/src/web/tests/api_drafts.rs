//! A policy is changed through the API: drafted, checked, tried, approved by another, in force, determined anew, repealed.

use super::api::is_problem;
use super::officer::{offices_on, over, signed_in_to};
use super::support::{Fixture, engine};
use super::*;
use serde_json::{Value, json};

/// The regulation of a city, which governs 2019.
const CITY: &str = "cn-5101-2019-200";

/// Its text with 6 hours of general subjects instead of 30; its worked examples spoke of the 30.
fn fewer_hours() -> String {
    let text = engine().library().get(CITY).unwrap().text().replace("at_least = 30\n", "at_least = 6\n");
    text.split("\n[examples]").next().unwrap().to_owned() + "\n"
}

/// An officer who works on one draft, and the version he read last.
struct Author {
    browser: Browser,
    token: String,
    url: String,
    tag: String,
}

impl Author {
    fn of(app: &Arc<App>, login: &str, url: &str) -> Self {
        let mut browser = signed_in_to(app, login);
        let token = browser.csrf_of_api();
        Self { browser, token, url: url.to_owned(), tag: String::new() }
    }

    fn begin(&mut self, key: &str, text: &str) -> Answer {
        let headers = [("x-csrf-token", self.token.as_str()), ("idempotency-key", key)];
        self.browser.api("post", "/api/v1/drafts", &headers, &json!({ "text": text }).to_string())
    }

    /// The draft as it stands now.
    #[track_caller]
    fn read(&mut self) -> Value {
        let answer = self.browser.get(&self.url.clone());
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.header("etag").clone_into(&mut self.tag);
        serde_json::from_str(&answer.text).unwrap()
    }

    fn send(&mut self, method: &str, under: &str, body: &Value) -> Answer {
        let headers = [("x-csrf-token", self.token.as_str()), ("if-match", self.tag.as_str())];
        self.browser.api(method, &format!("{}{under}", self.url), &headers, &body.to_string())
    }

    /// Takes a step from what stands now; gives the draft after it.
    #[track_caller]
    fn step(&mut self, body: &Value) -> Value {
        self.read();
        let answer = self.send("post", "/step", body);
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        serde_json::from_str(&answer.text).unwrap()
    }

    /// Takes a step that is refused.
    #[track_caller]
    fn refused(&mut self, body: &Value, code: &str) -> Value {
        self.read();
        is_problem(&self.send("post", "/step", body), code)
    }
}

fn a_policy_is_changed_by_two(fixture: &Fixture) {
    let app = offices_on(fixture);
    let mut author = Author::of(&app, "authority-chengdu", "");
    let text = engine().library().get(CITY).unwrap().text().to_owned();
    for odd in ["", "no policy", "\0", &format!("{text}\n# \0")] {
        assert_eq!(is_problem(&author.begin("odd", odd), "invalid")["field"], "text", "{odd:?}");
    }
    let elsewhere = engine().library().files().iter().find(|file| file.place().starts_with("50")).unwrap().text().to_owned();
    is_problem(&author.begin("elsewhere", &elsewhere), "not-allowed");
    is_problem(&Author::of(&app, "employer-chengdu-1", "").begin("employer", &text), "not-allowed");
    let begun = author.begin("draft", &text);
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text);
    let again = author.begin("draft", &text);
    assert_eq!((again.header("location"), again.header("idempotent-replayed")), (begun.header("location"), "true"));
    begun.header("location").clone_into(&mut author.url);
    let url = author.url.clone();
    let draft = author.read();
    assert_eq!((&draft["policy"], &draft["state"], &draft["changes"], &draft["steps"]), (&json!(CITY), &json!("draft"), &json!([]), &json!(["check", "drop"])));
    assert_eq!(draft["base"], draft["sha256"], "as it is in force");

    // By its version; with the place of what is wrong.
    let first = author.tag.clone();
    author.tag.clear();
    is_problem(&author.send("put", "", &json!({ "text": text })), "malformed");
    first.clone_into(&mut author.tag);
    let wrong = fewer_hours().replace("at_least = 6\n", "at_least = 6\nat_leest = 7\n");
    assert_eq!(author.send("put", "", &json!({ "text": wrong })).status, StatusCode::OK);
    is_problem(&author.send("put", "", &json!({ "text": wrong })), "stale");
    let draft = author.read();
    let finding = draft["findings"].as_array().unwrap().iter().find(|one| one["code"] == "unknown-key").unwrap();
    let line = wrong.lines().position(|line| line == "at_leest = 7").unwrap() + 1;
    assert_eq!((&finding["severity"], &finding["excerpt"], finding["line"].as_u64()), (&json!("error"), &json!("at_leest = 7"), u64::try_from(line).ok()));
    assert_eq!(author.refused(&json!({ "step": "check" }), "invalid")["field"], "text");
    let other_policy = json!({ "text": text.replace(CITY, "cn-5101-2019-201") });
    assert_eq!(is_problem(&author.send("put", "", &other_policy), "invalid")["field"], "text");
    assert_eq!(author.send("put", "", &json!({ "text": fewer_hours() })).status, StatusCode::OK);
    let draft = author.read();
    assert!(draft["changes"].as_array().unwrap().iter().any(|change| change["item"] == "requirement.general" && change["year"] == 2019), "{}", draft["changes"]);

    // Checked and tried, before it can be proposed.
    author.refused(&json!({ "step": "try", "year": 2019 }), "wrong-state");
    assert_eq!(author.step(&json!({ "step": "check" }))["state"], "checked");
    assert_eq!(author.refused(&json!({ "step": "try" }), "invalid")["field"], "year");
    let tried = author.step(&json!({ "step": "try", "year": 2019 }));
    assert_eq!((&tried["tried"], &tried["job"]["kind"], &tried["job"]["about"]["draft"]), (&json!(true), &json!("policy-trial"), &tried["id"]));
    author.refused(&json!({ "step": "propose" }), "wrong-state");
    fixture.registry.finish_jobs("one").unwrap();
    let effects = |author: &mut Author, query: &str| -> Value { serde_json::from_str(&author.browser.get(&format!("{url}/effects?{query}")).text).unwrap() };
    let all = effects(&mut author, "");
    let people = all["people"]["items"].as_array().unwrap();
    assert_eq!((&all["sha256"], &all["year"], people.len()), (&tried["sha256"], &json!(2019), 2), "{all}");
    assert_eq!(all["counts"].as_array().unwrap().iter().map(|one| one["results"].as_i64().unwrap()).sum::<i64>(), 2);
    let duty = &people[0]["duties"][0];
    let short = |came: &Value| came["lacks"].as_array().unwrap().iter().find(|one| one["requirement"]["zh"].as_str().unwrap().contains("公需")).unwrap()["hours"].clone();
    assert_eq!((short(&duty["before"]), short(&duty["after"]), &duty["frozen"]), (json!(30), json!(6), &json!(false)), "{duty}");
    let part = effects(&mut author, "limit=1");
    let rest = effects(&mut author, &format!("limit=1&cursor={}", part["people"]["next"].as_str().unwrap()));
    assert_eq!([&part["people"]["items"][0], &rest["people"]["items"][0]], [&people[0], &people[1]]);
    for (login, code) in [("authority-chongqing", "not-found"), ("employer-chengdu-1", "not-allowed")] {
        let mut stranger = signed_in_to(&app, login);
        is_problem(&stranger.get(&url), code);
        is_problem(&stranger.get(&format!("{url}/effects")), code);
    }

    // Another approves it, not into the past.
    author.step(&json!({ "step": "propose" }));
    author.refused(&json!({ "step": "approve" }), "not-allowed");
    let mut other = Author::of(&app, "office-chengdu", &url);
    assert_eq!(other.read()["steps"], json!(["send-back", "approve", "drop"]));
    assert_eq!(other.refused(&json!({ "step": "send-back" }), "invalid")["field"], "reason");
    for day in ["2020-01-01", "9999-99-99", "tomorrow"] {
        assert_eq!(other.refused(&json!({ "step": "approve", "active_from": day }), "invalid")["field"], "active_from", "{day}");
    }
    let stale = author.tag.clone();
    let published = other.step(&json!({ "step": "approve" }));
    assert_eq!((&published["state"], &published["active_from"], &published["way"][5]["step"]), (&json!("published"), &json!("2026-11-20"), &json!("propose")), "{}", published["way"]);
    stale.clone_into(&mut other.tag);
    is_problem(&other.send("post", "/step", &json!({ "step": "repeal", "reason": "有误" })), "stale");
    is_problem(&author.send("post", "/redetermine", &Value::Null), "wrong-state");

    // A server that goes by the new text determines anew, when somebody confirms it.
    let now = Arc::new(fixture.registry.refreshed().unwrap().unwrap());
    let app = over(Arc::clone(&now));
    let mut author = Author::of(&app, "authority-chengdu", &url);
    let begun: Value = serde_json::from_str(&author.send("post", "/redetermine", &Value::Null).text).unwrap();
    assert_eq!((&begun["job"]["kind"], &begun["job"]["state"]), (&json!("policy-redetermine"), &json!("queued")), "{begun}");
    now.finish_jobs("one").unwrap();
    assert!(author.read()["job"]["result"]["en"].as_str().is_some_and(|text| text.starts_with("2 people")));
    let mut other = Author::of(&app, "office-chengdu", &url);
    assert_eq!(other.step(&json!({ "step": "repeal", "reason": "有误" }))["state"], "repealed");
    let listed: Value = serde_json::from_str(&other.browser.get("/api/v1/drafts").text).unwrap();
    assert_eq!((listed["items"].as_array().map(Vec::len), &listed["items"][0]["state"]), (Some(1), &json!("repealed")));
}

#[test]
fn a_policy_is_changed_by_two_on_sqlite() {
    a_policy_is_changed_by_two(&Fixture::sqlite());
}

#[test]
fn a_policy_is_changed_by_two_on_postgres() {
    a_policy_is_changed_by_two(&Fixture::postgres());
}

/// A regulation that nothing stood for before: from 2026 on a city asks for general subjects beyond what the province asks.
const ANOTHER: &str = r#"
[policy]
id = "cn-5101-2026-1"
title = { zh = "关于2026年起公需科目学时的通知", en = "Notice on general subjects from 2026" }
short = { zh = "2026年公需科目通知", en = "general subjects 2026" }
number = "试〔2026〕1号"
authority = { zh = "甲市人力资源和社会保障局", en = "the city's personnel bureau" }
place = "5101"
issued = 2026-11-01
known_since = 2026-11-01
governs = { from = 2026 }

[layer]
on = ["cn-51-2016-20"]
takes_over = "nothing"
requirements = "higher"

[clause."一"]
is = "rule"
gist = { zh = "公需科目每年30学时", en = "30 hours of general subjects a year" }

[requirement.general]
cite = "一"
title = { zh = "公需科目", en = "general subjects" }
of = { bucket = "general" }
at_least = 30
binding = true
"#;

fn a_new_policy_comes_into_force(fixture: &Fixture) {
    let app = offices_on(fixture);
    let mut author = Author::of(&app, "authority-chengdu", "");
    let begun = author.begin("new", ANOTHER);
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text);
    begun.header("location").clone_into(&mut author.url);
    let draft = author.read();
    assert_eq!((&draft["policy"], &draft["base"], &draft["changes"]), (&json!("cn-5101-2026-1"), &Value::Null, &json!([])), "nothing stood for it");
    author.step(&json!({ "step": "check" }));
    author.step(&json!({ "step": "try", "year": 2026 }));
    fixture.registry.finish_jobs("one").unwrap();
    let url = author.url.clone();
    let effects: Value = serde_json::from_str(&author.browser.get(&format!("{url}/effects")).text).unwrap();
    let general = |came: &Value| came["lacks"].as_array().unwrap().iter().find(|one| one["requirement"]["zh"].as_str().unwrap().contains("公需")).map(|one| one["hours"].clone());
    let duty = &effects["people"]["items"][0]["duties"][0];
    assert_eq!((general(&duty["before"]), general(&duty["after"])), (None, Some(json!(30))), "{effects}");
    author.step(&json!({ "step": "propose" }));
    assert_eq!(Author::of(&app, "office-chengdu", &url).step(&json!({ "step": "approve" }))["state"], "published");

    // A server that goes by it shows it to everybody, and the people of the place have their year by it once that is confirmed.
    let now = Arc::new(fixture.registry.refreshed().unwrap().unwrap());
    let app = over(Arc::clone(&now));
    let shown: Value = serde_json::from_str(&Browser::new(&app).get("/api/v1/policies/cn-5101-2026-1").text).unwrap();
    assert_eq!((&shown["id"], &shown["place"]), (&json!("cn-5101-2026-1"), &json!("5101")), "{shown}");
    let mut author = Author::of(&app, "authority-chengdu", &url);
    author.send("post", "/redetermine", &Value::Null);
    now.finish_jobs("one").unwrap();
    let mut person = signed_in_to(&app, "person-chengdu-1-1");
    let id: Value = serde_json::from_str(&person.get("/api/v1/me").text).unwrap();
    let year: Value = serde_json::from_str(&person.get(&format!("/api/v1/people/{}/years/2026", id["person"])).text).unwrap();
    assert!(year.to_string().contains("cn-5101-2026-1"), "{year}");
}

#[test]
fn a_new_policy_comes_into_force_on_sqlite() {
    a_new_policy_comes_into_force(&Fixture::sqlite());
}

#[test]
fn a_new_policy_comes_into_force_on_postgres() {
    a_new_policy_comes_into_force(&Fixture::postgres());
}
