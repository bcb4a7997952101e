//! What years are used for, and public registers, through the API, on both databases.

use super::api::is_problem;
use super::officer::{actor_of, offices_on_both};
use super::program::{Program, parsed};
use super::*;
use serde_json::{Value, json};

#[track_caller]
pub(super) fn json_of(answer: &Answer) -> Value {
    assert!(answer.status.is_success(), "{} {}", answer.status, answer.text);
    parsed(answer)
}

/// Every thing of a list, taken in parts of so many.
pub(super) fn in_parts(program: &mut Program, url: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let joint = if url.contains('?') { '&' } else { '?' };
        let part = json_of(&program.get(&format!("{url}{joint}limit={limit}{cursor}")));
        all.extend(part["items"].as_array().unwrap().iter().cloned());
        let Some(next) = part["next"].as_str() else { return all };
        cursor = format!("&cursor={next}");
    }
}

#[test]
fn a_gate_is_asked_once_kept_and_seen_by_those_concerned() {
    for (app, _fixture) in &offices_on_both() {
        let person = actor_of(app, "person-chengdu-1-1").person.unwrap();
        let url = format!("/api/v1/people/{person}/gates");
        let mut own = Program::of(app, "person-chengdu-1-1");
        let question = json!({ "gate": "title-review", "on": "2026-03-01" });
        let asked = own.post(&url, &[("idempotency-key", "gate-1")], &question);
        assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
        let again = own.post(&url, &[("idempotency-key", "gate-1")], &question);
        assert_eq!((again.header("location"), again.header("idempotent-replayed")), (asked.header("location"), "true"));
        is_problem(&own.post(&url, &[("idempotency-key", "gate-1")], &json!({ "gate": "title-review", "on": "2026-03-02" })), "key-reused");
        let kept = own.get(asked.header("location"));
        let told = json_of(&kept);
        assert_eq!((kept.header("etag"), &told["answered"], told["may_request"].as_bool()), ("\"0\"", &json_of(&asked), Some(false)));
        let text = &told["answered"]["result"][0];
        assert_eq!((text["by"]["policy"].as_str(), text["strength"].as_str()), (Some("cn-51-2016-20"), Some("important-condition")), "{text}");
        assert!(told["answered"]["basis"]["facts"].as_str().is_some_and(|hash| hash.len() == 64) && told["answered"]["entry"].is_i64());
        assert_eq!(json_of(&own.get("/api/v1/gates/answers"))["items"].as_array().map(Vec::len), Some(1), "sent twice, kept once");

        for (body, code, field) in [
            (json!({ "gate": "title-review", "on": "9999-99-99" }), "invalid", Some("on")),
            (json!({ "gate": "title-review", "on": "2026-3-1" }), "invalid", Some("on")),
            (json!({ "gate": "title-review", "on": "9999-12-31" }), "invalid", Some("year")),
            (json!({ "gate": "title-review", "on": "\0" }), "invalid", Some("on")),
            (json!({ "gate": "no\0such", "on": "2026-03-01" }), "not-found", None),
            (json!({ "gate": "x".repeat(101), "on": "2026-03-01" }), "malformed", Some("gate")),
            (json!({ "gate": "title-review" }), "malformed", Some("body")),
        ] {
            let problem = is_problem(&own.post(&url, &[], &body), code);
            assert_eq!(problem["field"].as_str(), field, "{body} {problem}");
        }
        is_problem(&own.post("/api/v1/people/9223372036854775808/gates", &[], &question), "malformed");
        is_problem(&own.get("/api/v1/gates/answers/-1"), "malformed");
        let colleague = actor_of(app, "person-chengdu-1-2").person.unwrap();
        is_problem(&own.post(&format!("/api/v1/people/{colleague}/gates"), &[], &question), "not-found");
        let mut stranger = Program::of(app, "employer-chongqing-1");
        is_problem(&stranger.get(asked.header("location")), "not-found");
        is_problem(&stranger.post(&url, &[], &question), "not-found");
        assert_eq!(json_of(&stranger.get("/api/v1/gates/answers"))["items"], json!([]));
        let mut auditor = Program::of(app, "auditor-chengdu");
        assert_eq!(json_of(&auditor.get(&format!("/api/v1/gates/answers?person={person}")))["items"].as_array().map(Vec::len), Some(1));
        is_problem(&auditor.post(&url, &[], &question), "not-allowed");

        // An officer looks at everybody, part by part; nothing of it is kept.
        let mut officer = Program::of(app, "employer-chengdu-1");
        let people = "/api/v1/gates/people?gate=appointment&on=2026-03-01";
        let (whole, parts) = (in_parts(&mut officer, people, 200), in_parts(&mut officer, people, 1));
        assert_eq!((whole.len(), &whole), (3, &parts));
        assert_eq!(whole[0]["result"][0]["by"]["policy"], "cn-51-2016-20", "{}", whole[0]);
        is_problem(&officer.get("/api/v1/gates/people?gate=none&on=2026-03-01"), "not-found");
        assert_eq!(is_problem(&officer.get("/api/v1/gates/people?gate=appointment&on=9999-99-99"), "invalid")["field"], "on");
        is_problem(&own.get(people), "not-allowed");
        assert_eq!(in_parts(&mut Program::of(app, "authority-chengdu"), &format!("{people}&employer={}", actor_of(app, "employer-chengdu-1").held.organisation.unwrap()), 2), whole);
    }
}

#[test]
fn an_answer_is_endorsed_office_by_office() {
    for (app, _fixture) in &offices_on_both() {
        let mut officer = Program::of(app, "employer-chengdu-1");
        let people: Vec<i64> = in_parts(&mut officer, "/api/v1/people", 200).iter().map(|one| one["id"].as_i64().unwrap()).collect();
        let mut ask = |person: &i64, on: &str| {
            let made = officer.post(&format!("/api/v1/people/{person}/gates"), &[], &json!({ "gate": "title-review", "on": on }));
            (made.header("location").to_owned(), json_of(&made))
        };
        let asked: Vec<(String, Value)> = people.iter().flat_map(|person| ["2026-03-01", "2025-03-01", "2027-03-01"].map(|on| (person, on))).map(|(person, on)| ask(person, on)).collect();
        let (url, yes) = asked.iter().find(|(_, one)| one["answer"] == "yes").unwrap();
        let step = format!("{url}/endorsement/step");

        let mut authority = Program::of(app, "authority-chengdu");
        is_problem(&authority.post(&step, &[("if-match", "\"1\"")], &json!({ "step": "endorse" })), "wrong-state");
        if let Some((other, _)) = asked.iter().find(|(_, one)| one["answer"] != "yes") {
            assert_eq!(is_problem(&officer.post(&format!("{other}/endorsement"), &[], &json!({})), "invalid")["field"], "answer");
        }
        let requested = officer.post(&format!("{url}/endorsement"), &[("idempotency-key", "endorse-1")], &json!({}));
        assert_eq!((json_of(&requested)["answered"]["endorsement"].as_str(), requested.header("etag")), (Some("waiting"), "\"1\""));
        assert_eq!(officer.post(&format!("{url}/endorsement"), &[("idempotency-key", "endorse-1")], &json!({})).header("idempotent-replayed"), "true");
        is_problem(&officer.post(&format!("{url}/endorsement"), &[], &json!({})), "wrong-state");

        let waiting = in_parts(&mut authority, "/api/v1/gates/waiting", 1);
        assert_eq!(waiting.iter().map(|one| &one["answer"]).collect::<Vec<_>>(), [&yes["id"]]);
        is_problem(&authority.post(&step, &[], &json!({ "step": "endorse" })), "no-precondition");
        is_problem(&authority.post(&step, &[("if-match", "\"0\"")], &json!({ "step": "endorse" })), "stale");
        is_problem(&authority.post(&step, &[("if-match", "\"1\"")], &json!({ "step": "refuse" })), "invalid");
        is_problem(&authority.post(&step, &[("if-match", "\"1\"")], &json!({ "step": "endorse", "opinion": "同\0意" })), "invalid");
        is_problem(&authority.post(&step, &[("if-match", "\"1\"")], &json!({ "step": "endorse", "seal": "wax" })), "malformed");
        is_problem(&officer.post(&step, &[("if-match", "\"1\"")], &json!({ "step": "endorse" })), "not-allowed");
        is_problem(&Program::of(app, "authority-chongqing").post(&step, &[("if-match", "\"1\"")], &json!({ "step": "endorse" })), "not-found");

        let passed = authority.post(&step, &[("if-match", "\"1\"")], &json!({ "step": "endorse", "opinion": "同意", "seal": "paper" }));
        assert_eq!((json_of(&passed)["answered"]["endorsement"].as_str(), passed.header("etag")), (Some("waiting"), "\"2\""));
        assert_eq!(json_of(&authority.get("/api/v1/gates/waiting"))["items"], json!([]));
        let mut office = Program::of(app, "office-chengdu");
        let endorsed = json_of(&office.post(&step, &[("if-match", "\"2\"")], &json!({ "step": "endorse", "opinion": "同意", "seal": "electronic" })));
        assert_eq!((endorsed["answered"]["endorsement"].as_str(), endorsed["way"].as_array().map(Vec::len), &endorsed["steps"]), (Some("endorsed"), Some(3), &json!([])), "{endorsed}");
        is_problem(&office.post(&step, &[("if-match", "\"3\"")], &json!({ "step": "endorse" })), "wrong-state");
    }
}

#[test]
fn an_entry_of_a_register_is_added_read_by_everybody_and_closed() {
    for (app, _fixture) in &offices_on_both() {
        let mut public = Program { browser: Browser::new(app), token: String::new() };
        // What the policies of the place list for 2019: several registers, part by part.
        let list = "/api/v1/registers?region=510100&year=2019";
        let listed = in_parts(&mut public, list, 200);
        assert!(listed.iter().map(|one| one["register"].to_string()).collect::<BTreeSet<_>>().len() > 1, "{listed:?}");
        assert_eq!(in_parts(&mut public, list, 1), listed);
        for (query, field) in [
            ("region=51010x&year=2026", "region"),
            ("region=510100&year=99999999999999999999", "year"),
            ("region=510100&year=2026&cursor=1", "cursor"),
            ("region=510100&year=2026&register=school", "register"),
        ] {
            assert_eq!(is_problem(&public.get(&format!("/api/v1/registers?{query}")), "malformed")["field"], field);
        }

        assert_eq!(is_problem(&public.get(&format!("{list}&cursor=9-1")), "invalid")["field"], "cursor", "no register is the ninth");

        let mut authority = Program::of(app, "authority-chengdu");
        let add = "/api/v1/registers/add";
        let entry = json!({ "register": "base", "name": "丁实训基地", "basis": "某办〔2026〕1号", "from": "2026-01-01" });
        let with = |field: &str, value: &str| {
            let mut entry = entry.clone();
            entry[field] = value.into();
            entry
        };
        for (field, value, of) in [
            ("from", "9999-99-99", "from"),
            ("from", "2026-01-01T08:00", "from"),
            ("to", "2025-12-31", "to"),
            ("basis", "某", "basis"),
            ("name", "\0", "text"),
            ("organisation", "none", "organisation"),
        ] {
            assert_eq!(is_problem(&authority.post(add, &[], &with(field, value)), "invalid")["field"], of, "{field} {value}");
        }
        is_problem(&authority.post(add, &[], &with("register", "school")), "malformed");
        is_problem(&Program::of(app, "employer-chengdu-1").post(add, &[], &entry), "not-allowed");
        let made = authority.post(add, &[("idempotency-key", "entry-1")], &entry);
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert_eq!(authority.post(add, &[("idempotency-key", "entry-1")], &entry).header("location"), made.header("location"));
        is_problem(&authority.post(add, &[], &entry), "duplicate");
        let url = made.header("location").to_owned();
        let told = json_of(&public.get(&url));
        assert_eq!(
            (told["name"]["zh"].as_str(), told["place"].as_str(), &told["policy"], told["from"].as_str(), &told["to"]),
            (Some("丁实训基地"), Some("5101"), &Value::Null, Some("2026-01-01"), &Value::Null)
        );
        assert_eq!(in_parts(&mut public, "/api/v1/registers?region=510100&year=2026&register=base", 1).iter().filter(|one| **one == told).count(), 1, "kept once");
        assert_eq!(json_of(&public.get("/api/v1/registers?region=510100&year=2025&register=base"))["items"].as_array().unwrap().iter().filter(|one| one["id"] == told["id"]).count(), 0);

        let close = format!("{url}/close");
        let closing = json!({ "until": "2026-06-30", "reason": "评估不合格" });
        is_problem(&Program::of(app, "authority-chongqing").post(&close, &[], &closing), "not-found");
        for (until, reason, field) in [("9999-99-99", "停用", "until"), ("2025-12-31", "停用", "until"), ("2026-06-30", "停", "reason"), ("2026-06-30", "停\0用", "text")] {
            assert_eq!(is_problem(&authority.post(&close, &[], &json!({ "until": until, "reason": reason })), "invalid")["field"], field, "{until} {reason}");
        }
        let closed = json_of(&authority.post(&close, &[], &closing));
        assert_eq!((closed["to"].as_str(), closed["closed_for"].as_str()), (Some("2026-06-30"), Some("评估不合格")));
        assert_eq!(json_of(&public.get(&url)), closed);
        is_problem(&authority.post(&close, &[], &closing), "wrong-state");
        // What a policy file lists is not an officer's to close.
        let of_policy = listed.iter().find(|one| one["policy"].is_string()).unwrap();
        is_problem(&authority.post(&format!("/api/v1/registers/{}/close", of_policy["id"]), &[], &closing), "not-found");
    }
}
