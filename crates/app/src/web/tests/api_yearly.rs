//! An employer's year and spot checks through the API, on both databases.

use super::api::is_problem;
use super::api_gates::{in_parts, json_of};
use super::officer::{actor_of, offices_on_both};
use super::program::Program;
use super::*;
use serde_json::json;

#[test]
fn an_employers_year_goes_from_opening_to_the_authority_and_is_spot_checked() {
    for (app, _fixture) in &offices_on_both() {
        let employer = actor_of(app, "employer-chengdu-1").held.organisation.unwrap();
        let mut officer = Program::of(app, "employer-chengdu-1");
        let url = format!("/api/v1/employer-years/{employer}/2026");
        let closed = officer.get(&url);
        assert_eq!((closed.header("etag"), &json_of(&closed)["state"]), ("\"0\"", &json!(null)), "{}", closed.text);

        // Opening takes its time: the work is told, and followed.
        is_problem(&officer.post("/api/v1/verifications/open", &[], &json!({ "year": 1800 })), "malformed");
        is_problem(&Program::of(app, "auditor-chengdu").post("/api/v1/verifications/open", &[], &json!({ "year": 2026 })), "not-allowed");
        let begun = officer.post("/api/v1/verifications/open", &[], &json!({ "year": 2026 }));
        assert_eq!((begun.status, json_of(&begun)["state"].as_str()), (StatusCode::ACCEPTED, Some("queued")));
        let job = begun.header("location").to_owned();
        is_problem(&Program::of(app, "authority-chengdu").get(&job), "not-found");
        app.registry.finish_jobs("test").unwrap();
        let done = json_of(&officer.get(&job));
        assert_eq!((done["state"].as_str(), done["kind"].as_str(), &done["error"]), (Some("done"), Some("open-year"), &json!(null)), "{done}");
        assert!(done["result"]["zh"].is_string() && done["ended_at"].is_string());

        let opened = officer.get(&url);
        let (told, tag) = (json_of(&opened), opened.header("etag").to_owned());
        assert_eq!((told["state"].as_str(), &told["steps"], told["may_verify"].as_bool()), (Some("gathering"), &json!(["hand-over"]), Some(true)), "{told}");
        assert!(told["counts"]["with_employer"].as_i64().is_some_and(|left| left > 0), "{told}");
        let step = format!("{url}/step");
        let hand_over = json!({ "step": "hand-over", "opinion": "全部属实", "seal": "paper" });
        is_problem(&officer.post(&step, &[], &hand_over), "no-precondition");
        is_problem(&officer.post(&step, &[("if-match", "\"99\"")], &hand_over), "stale");
        assert_eq!(is_problem(&officer.post(&step, &[("if-match", &tag)], &hand_over), "invalid")["field"], "people", "people wait for the employer");
        is_problem(&officer.post(&step, &[("if-match", &tag)], &json!({ "step": "hand-over", "seal": "wax" })), "malformed");
        is_problem(&officer.post(&step, &[("if-match", &tag)], &json!({ "step": "confirm" })), "wrong-state");
        for stranger in ["employer-chongqing-1", "authority-chongqing"] {
            let mut stranger = Program::of(app, stranger);
            is_problem(&stranger.get(&url), "not-found");
            is_problem(&stranger.post(&step, &[("if-match", &tag)], &hand_over), "not-found");
            is_problem(&stranger.post(&format!("{url}/verify"), &[], &json!({ "opinion": "情况属实" })), "not-found");
            assert!(in_parts(&mut stranger, "/api/v1/employer-years?year=2026", 1).iter().all(|line| line["employer"] != employer));
        }
        is_problem(&officer.get("/api/v1/employer-years/9223372036854775808/2026"), "malformed");
        is_problem(&officer.get("/api/v1/employer-years/1/99999"), "malformed");
        is_problem(&officer.get("/api/v1/employer-years/9007199254740991/2026"), "not-found");

        // Everybody with one opinion, again in the background.
        let verify = format!("{url}/verify");
        assert_eq!(is_problem(&officer.post(&verify, &[], &json!({ "opinion": " " })), "invalid")["field"], "opinion");
        is_problem(&officer.post(&verify, &[], &json!({ "opinion": "情况属实", "status": "good" })), "malformed");
        let begun = officer.post(&verify, &[("idempotency-key", "verify-1")], &json!({ "opinion": "情况属实" }));
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text);
        assert_eq!(officer.post(&verify, &[("idempotency-key", "verify-1")], &json!({ "opinion": "情况属实" })).header("location"), begun.header("location"));
        app.registry.finish_jobs("test").unwrap();
        assert_eq!(json_of(&officer.get(begun.header("location")))["state"], "done");

        let sent = [("if-match", tag.as_str()), ("idempotency-key", "hand-over-1")];
        let handed = officer.post(&step, &sent, &hand_over);
        let told = json_of(&handed);
        assert_eq!((told["state"].as_str(), &told["steps"], told["way"][0]["seal"].as_str()), (Some("sector-authority"), &json!([]), Some("paper")), "{told}");
        assert_eq!(officer.post(&step, &sent, &hand_over).header("idempotent-replayed"), "true");
        let next = handed.header("etag").to_owned();
        assert_ne!(next, tag);

        let mut authority = Program::of(app, "authority-chengdu");
        is_problem(&Program::of(app, "auditor-chengdu").post(&step, &[("if-match", &next)], &json!({ "step": "confirm" })), "not-allowed");
        is_problem(&authority.post(&step, &[("if-match", &next)], &json!({ "step": "send-back" })), "invalid");
        is_problem(&authority.post(&step, &[("if-match", &next)], &json!({ "step": "confirm", "opinion": "\0" })), "invalid");
        let confirmed = json_of(&authority.post(&step, &[("if-match", &next)], &json!({ "step": "confirm", "opinion": "同意", "seal": "electronic" })));
        assert_eq!((confirmed["state"].as_str(), confirmed["way"].as_array().map(Vec::len)), (Some("confirmed"), Some(2)), "{confirmed}");
        assert_eq!(json_of(&authority.get("/api/v1/employer-years?year=2026&state=confirmed"))["items"][0]["employer"], employer);
        assert_eq!(json_of(&authority.get("/api/v1/employer-years?year=2026&state=gathering"))["items"], json!([]));

        // A sample of it, drawn in front of others.
        let draw = "/api/v1/spot-checks/draw";
        let drawing = json!({ "year": 2026, "size": 2, "reason": "年度抽查计划", "seed": "摇号 17" });
        is_problem(&officer.post(draw, &[], &drawing), "not-allowed");
        for (wrong, field) in [
            (json!({ "year": 2026, "size": 1001, "reason": "年度抽查计划" }), "size"),
            (json!({ "year": 2026, "size": 2, "reason": "年" }), "reason"),
            (json!({ "year": 2026, "size": 2, "reason": "年度\0计划" }), "text"),
            (json!({ "year": 1999, "size": 2, "reason": "年度抽查计划" }), "year"),
        ] {
            assert_eq!(is_problem(&authority.post(draw, &[], &wrong), "invalid")["field"], field, "{wrong}");
        }
        is_problem(&authority.post(draw, &[], &json!({ "year": 2026, "size": 0, "reason": "年度抽查计划" })), "malformed");
        let drawn = authority.post(draw, &[("idempotency-key", "draw-1")], &drawing);
        assert_eq!(drawn.status, StatusCode::CREATED, "{}", drawn.text);
        assert_eq!(authority.post(draw, &[("idempotency-key", "draw-1")], &drawing).header("location"), drawn.header("location"));
        let check = json_of(&drawn);
        assert_eq!((check["seed"].as_str(), check["size"].as_i64(), check["digest"].as_str().map(str::len)), (Some("摇号 17"), Some(2), Some(64)));
        assert_eq!(in_parts(&mut authority, "/api/v1/spot-checks", 1), std::slice::from_ref(&check), "drawn once");
        let url = drawn.header("location").to_owned();
        let first = json_of(&authority.get(&format!("{url}?limit=1")));
        let second = json_of(&authority.get(&format!("{url}?limit=1&cursor={}", first["cases"]["next"].as_str().unwrap())));
        assert_eq!((first["cases"]["items"][0]["place"].as_i64(), second["cases"]["items"][0]["place"].as_i64(), &first["check"]), (Some(1), Some(2), &check));
        is_problem(&Program::of(app, "authority-chongqing").get(&url), "not-found");

        let findings = format!("{url}/findings");
        is_problem(&authority.post(&findings, &[], &json!({ "place": 99, "finding": "sound" })), "not-found");
        assert_eq!(is_problem(&authority.post(&findings, &[], &json!({ "place": 1, "finding": "wrong" })), "invalid")["field"], "note");
        is_problem(&authority.post(&findings, &[], &json!({ "place": 1, "finding": "odd" })), "malformed");
        is_problem(&Program::of(app, "authority-chongqing").post(&findings, &[], &json!({ "place": 1, "finding": "sound" })), "not-found");
        let wrong = json_of(&authority.post(&findings, &[], &json!({ "place": 1, "finding": "wrong", "note": "结业证有误" })));
        assert_eq!((wrong["finding"].as_str(), wrong["state"].as_str(), wrong["note"].as_str(), wrong["open_to_me"].as_bool()), (Some("wrong"), Some("reopened"), Some("结业证有误"), Some(false)));
        is_problem(&authority.post(&findings, &[], &json!({ "place": 1, "finding": "sound" })), "wrong-state");
        assert_eq!(json_of(&authority.post(&findings, &[], &json!({ "place": 2, "finding": "sound" })))["finding"], "sound");
        let check = json_of(&authority.get(&url))["check"].clone();
        assert_eq!((check["sound"].as_i64(), check["wrong"].as_i64()), (Some(1), Some(1)));
        assert_eq!(json_of(&officer.get(&format!("/api/v1/employer-years/{employer}/2026")))["counts"]["reopened"], 1);
    }
}
