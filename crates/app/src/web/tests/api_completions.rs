//! A provider's program mends what it delivered; the person sees the same way, and who looked at his data.

use super::api::is_problem;
use super::deliveries::{completion, json_of};
use super::officer::{actor_of, offices_on_both, signed_in_to};
use super::*;
use serde_json::{Value, json};
use xueshi_registry::Scope;

/// A program of a provider, by its key.
struct Machine<'a> {
    app: &'a Arc<App>,
    key: String,
}

impl<'a> Machine<'a> {
    fn of(app: &'a Arc<App>, login: &str, scopes: &[Scope]) -> Self {
        Self { app, key: app.registry.make_key(&actor_of(app, login), "学习平台", scopes).unwrap().key }
    }

    fn send(&self, method: &str, url: &str, tag: &str, body: &Value) -> Answer {
        let request = Request::builder().method(method).uri(url).header("authorization", format!("Bearer {}", self.key)).header("content-type", "application/json");
        let request = if tag.is_empty() { request } else { request.header("if-match", tag) };
        ask(self.app, request.body(Body::from(body.to_string())).unwrap())
    }

    fn get(&self, url: &str) -> Answer {
        self.send("GET", url, "", &json!({}))
    }

    /// Delivers one that is nobody's; its id here.
    fn deliver(&self, own_id: &str) -> i64 {
        json_of(&self.send("POST", "/api/v1/deliveries", "", &json!({ "completions": [completion(own_id)] })))["answers"][0]["completion"].as_i64().unwrap()
    }
}

#[test]
fn what_was_not_matched_is_mended_tried_again_and_withdrawn() {
    for (app, _fixture) in &offices_on_both() {
        let machine = Machine::of(app, "provider-chengdu", &Scope::ALL);
        let id = machine.deliver("c-1");
        let url = format!("/api/v1/completions/{id}");
        let listed = json_of(&machine.get("/api/v1/completions?state=unmatched&limit=1"));
        assert_eq!((&listed["items"][0]["own_id"], &listed["items"][0]["reason"]["code"]), (&json!("c-1"), &json!("nobody")), "{listed}");
        let shown = machine.get(&url);
        let (one, tag) = (json_of(&shown), shown.header("etag").to_owned());
        assert_eq!((&one["matched"], &one["steps"]), (&json!(false), &json!(["correct", "retry", "withdraw"])), "{one}");
        assert!(one["identity_masked"].as_str().is_some_and(|number| number.contains('•')), "{one}");

        // Whom it is about: the number is known to the employer, who says why he looks at it.
        let (officer, person) = (actor_of(app, "employer-chengdu-1"), actor_of(app, "person-chengdu-1-3").person.unwrap());
        let number = app.registry.unmask(&officer, person, "核对送达").unwrap();
        let name = app.registry.person(&officer, person).unwrap().name;
        let right = |number: &str| json!({ "identity_number": number, "name": name, "title": "护理新技术班", "facts": one["facts"] });
        is_problem(&machine.send("PUT", &url, "", &right(&number)), "no-precondition");
        is_problem(&machine.send("PUT", &url, "\"99\"", &right(&number)), "stale");
        is_problem(&machine.send("PUT", &url, &tag, &right("123")), "invalid");
        is_problem(&Machine::of(app, "provider-chengdu", &[Scope::Read]).send("PUT", &url, &tag, &right(&number)), "not-allowed");
        let other = Machine::of(app, "provider-chongqing", &Scope::ALL);
        is_problem(&other.get(&url), "not-found");
        is_problem(&other.send("PUT", &url, &tag, &right(&number)), "not-found");
        let mended = json_of(&machine.send("PUT", &url, &tag, &right(&number)));
        assert_eq!((&mended["matched"], &mended["identity_masked"]), (&json!(true), &json!("")), "{mended}");
        is_problem(&machine.send("PUT", &url, &tag, &right(&number)), "stale");

        // The person sees the same way, and who looked.
        let mut browser = signed_in_to(app, "person-chengdu-1-3");
        let about = json_of(&browser.get(&format!("/api/v1/people/{person}/deliveries?limit=1")));
        assert_eq!((&about["items"][0]["completion"]["own_id"], &about["items"][0]["way"]), (&json!("c-1"), &mended["way"]), "{about}");
        let looks = json_of(&browser.get("/api/v1/me/looked-at?limit=1"));
        assert_eq!((&looks["items"][0]["action"], &looks["items"][0]["purpose"]), (&json!("unmask"), &json!("核对送达")), "{looks}");
        is_problem(&signed_in_to(app, "person-chongqing-1-1").get(&format!("/api/v1/people/{person}/deliveries")), "not-found");

        // Everything that nobody was found for is tried again; what stays so is withdrawn with the reason.
        let url = format!("/api/v1/completions/{}", machine.deliver("c-2"));
        assert_eq!(json_of(&machine.send("POST", "/api/v1/completions/retry", "", &json!({})))["completions"].as_u64().map(|all| all >= 1), Some(true));
        app.registry.work_deliveries().unwrap();
        let shown = machine.get(&url);
        let tag = shown.header("etag").to_owned();
        assert_eq!(json_of(&shown)["completion"]["state"], "unmatched");
        let step = format!("{url}/step");
        is_problem(&machine.send("POST", &step, &tag, &json!({ "step": "withdraw" })), "invalid");
        let tried = machine.send("POST", &step, &tag, &json!({ "step": "retry" }));
        assert_eq!(json_of(&tried)["completion"]["state"], "unmatched");
        let withdrawn = machine.send("POST", &step, tried.header("etag"), &json!({ "step": "withdraw", "reason": "发错了" }));
        assert_eq!((&json_of(&withdrawn)["completion"]["state"], &json_of(&withdrawn)["steps"]), (&json!("withdrawn"), &json!([])));
        is_problem(&machine.send("POST", &step, withdrawn.header("etag"), &json!({ "step": "retry" })), "wrong-state");
    }
}
