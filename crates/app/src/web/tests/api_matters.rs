//! What is asked for and decided through the API: transfers, changes, exemptions, reasons, discipline, one's own data. Every way is walked on
//! both databases.

use super::api::is_problem;
use super::api_people::{Caller, newcomer, organisation};
use super::officer::actor_of;
use super::people::number;
use super::program::parsed;
use super::support::Fixture;
use super::*;
use serde_json::json;

/// A PDF in Base64, `%PDF-1.7 a proof`.
const PDF: &str = "JVBERi0xLjcgYSBwcm9vZg==";
/// A ground of exemption in a city of Xinjiang.
const VILLAGE: &str = "cn-65-city-2022/assigned/village-stationing";

fn person(app: &App, login: &str) -> String {
    format!("/api/v1/people/{}", actor_of(app, login).person.unwrap())
}

fn a_transfer_and_a_change_go_from_desk_to_desk(app: &Arc<App>) {
    let (mut sending, mut receiving, mut outside) = (Caller::of(app, "employer-chengdu-1"), Caller::of(app, "employer-chongqing-1"), Caller::of(app, "employer-karamay-1"));
    let (person, _, _) = sending.make("/api/v1/people", &newcomer("调动者", 11));

    // Found by name and number together, in the body alone.
    let come = "/api/v1/people/transfer-in";
    let sought = |name: &str| json!({ "name": name, "identity_number": number(11), "title": "主管护师", "on": "2026-11-01" });
    let nobody = receiving.post(come, &sought("别人"));
    assert_eq!(is_problem(&nobody, "invalid")["field"], "identity_number");
    nobody.lacks(&[&number(11), "别人"]);
    let once = [("idempotency-key", "come-1")];
    let asked = receiving.send("post", come, &once, &sought("调动者"));
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
    let again = receiving.send("post", come, &once, &sought("调动者"));
    assert_eq!((again.header("location"), again.header("idempotent-replayed")), (asked.header("location"), "true"), "asked for once");
    is_problem(&receiving.post(come, &sought("调动者")), "duplicate");
    let (matter, tag) = (asked.header("location").to_owned(), asked.header("etag").to_owned());

    // Whom it waits for sees it; the others see that it waits, or nothing.
    let waiting = |caller: &mut Caller| caller.read("/api/v1/matters?which=waiting")["items"].as_array().unwrap().len();
    assert_eq!((waiting(&mut sending), waiting(&mut receiving), waiting(&mut outside)), (1, 0, 0));
    is_problem(&outside.get(&matter), "not-found");
    is_problem(&outside.decide(&matter, &tag, &json!({ "step": "approve" })), "not-found");
    is_problem(&receiving.decide(&matter, &tag, &json!({ "step": "approve" })), "not-allowed");
    is_problem(&sending.send("post", &format!("{matter}/decide"), &[], &json!({ "step": "approve" })), "no-precondition");
    is_problem(&sending.decide(&matter, "\"77\"", &json!({ "step": "approve" })), "stale");
    assert_eq!(is_problem(&sending.decide(&matter, &tag, &json!({ "step": "refuse" })), "invalid")["field"], "reason");
    is_problem(&sending.decide(&matter, &tag, &json!({ "step": "uphold", "reason": "没有这一步" })), "not-found");
    let done = sending.decide(&matter, &tag, &json!({ "step": "approve" }));
    assert_eq!((done.status, parsed(&done)["state"].as_str()), (StatusCode::OK, Some("done")), "{}", done.text);
    is_problem(&sending.decide(&matter, &tag, &json!({ "step": "refuse", "reason": "晚了一步" })), "stale");
    is_problem(&sending.decide(&matter, done.header("etag"), &json!({ "step": "approve" })), "wrong-state");
    assert_eq!(receiving.read(&format!("{person}/registration"))["posts"][0]["title"], "主管护师");
    is_problem(&sending.get(&format!("{person}/registration")), "not-found");

    // A name with its proof, at once for who keeps it; a number shows masked, and no other's is taken.
    let changes = format!("{person}/changes");
    let change = |kind: &str, value: &str, proofs: serde_json::Value| json!({ "kind": kind, "value": value, "from": "2026-11-05", "proofs": proofs });
    let proof = json!([{ "name": "户籍证明.pdf", "content": PDF }]);
    assert_eq!(is_problem(&receiving.post(&changes, &change("name", "新名", json!([]))), "invalid")["field"], "file");
    assert_eq!(is_problem(&receiving.post(&changes, &change("name", "新名", json!([{ "name": "x", "content": "~" }]))), "invalid")["field"], "proofs[0].content");
    let (change_of_name, _, told) = receiving.make(&changes, &change("name", "新名", proof.clone()));
    assert_eq!((told["state"].as_str(), told["facts"]["before"].as_str(), told["proofs"][0]["media"].as_str()), (Some("done"), Some("调动者"), Some("application/pdf")));
    let file = format!("{change_of_name}/proofs/{}", told["proofs"][0]["id"]);
    assert_eq!((receiving.get(&file).bytes.as_slice(), receiving.get(&file).header("cache-control")), (b"%PDF-1.7 a proof".as_slice(), "private, no-store"));
    is_problem(&outside.get(&file), "not-found");
    is_problem(&receiving.get(&format!("{matter}/proofs/{}", told["proofs"][0]["id"])), "not-found");
    let renumbered = receiving.post(&changes, &change("identity-number", &number(12), proof.clone()));
    assert_eq!(renumbered.status, StatusCode::CREATED, "{}", renumbered.text);
    renumbered.lacks(&[&number(12)]);
    sending.make("/api/v1/people", &newcomer("别人", 13));
    is_problem(&receiving.post(&changes, &change("identity-number", &number(13), proof)), "duplicate");
    let listed = receiving.read("/api/v1/matters?limit=1");
    let next = receiving.read(&format!("/api/v1/matters?limit=1&cursor={}", listed["next"].as_str().unwrap()));
    assert_eq!((listed["items"][0]["kind"].as_str(), next["items"][0]["kind"].as_str()), (Some("identity-number"), Some("name")), "the latest first");
}

#[test]
fn a_transfer_and_a_change_go_from_desk_to_desk_on_sqlite() {
    let fixture = Fixture::sqlite();
    a_transfer_and_a_change_go_from_desk_to_desk(&app_on(&fixture));
}

#[test]
fn a_transfer_and_a_change_go_from_desk_to_desk_on_postgres() {
    let fixture = Fixture::postgres();
    a_transfer_and_a_change_go_from_desk_to_desk(&app_on(&fixture));
}

fn years_are_granted_ended_and_breaches_objected_to(app: &Arc<App>) {
    let (mut own, mut authority, mut operator) = (Caller::of(app, "person-karamay-1-1"), Caller::of(app, "authority-karamay"), Caller::of(app, "operator-karamay"));
    let of = person(app, "person-karamay-1-1");
    let grants = own.read(&format!("{of}/years/2026/grants"));
    let ground = grants["grounds"].as_array().unwrap().iter().find(|ground| ground["ground"] == VILLAGE).unwrap().clone();
    assert_eq!((ground["cite"]["policy"].as_str(), &ground["approver"]["organisation"]), (Some("cn-65-city-2022"), &json!(null)), "{grants}");
    assert!(ground["approver"]["text"]["zh"].as_str().unwrap().contains("访惠聚"), "as the text says it: {ground}");
    assert_eq!((&grants["asked"], grants["may_ask"].as_bool(), grants["may_record"].as_bool()), (&json!([]), Some(true), Some(false)));

    let exemptions = format!("{of}/exemptions");
    let asked = |to: &str| json!({ "ground": VILLAGE, "from": "2026-03-01", "to": to, "proofs": [{ "name": "选派文件.pdf", "content": PDF }] });
    is_problem(&own.post(&exemptions, &asked("2026-12-31")), "wrong-state");
    let named = json!({ "place": "650200", "ground": VILLAGE, "organisation": organisation(app, "authority-karamay") });
    is_problem(&authority.post("/api/v1/approvers", &named), "not-allowed");
    operator.does("post", "/api/v1/approvers", &named);
    let approvers = operator.read("/api/v1/approvers");
    assert_eq!((approvers["items"][0]["ground"].as_str(), approvers["items"][0]["place"]["zh"].as_str()), (Some(VILLAGE), Some("克拉玛依市")), "{approvers}");
    assert_eq!(is_problem(&own.post(&exemptions, &asked("2026-02-01")), "invalid")["field"], "to");
    assert_eq!(is_problem(&own.post(&exemptions, &asked("2199-12-31")), "invalid")["field"], "to");
    let once = [("idempotency-key", "village-1")];
    let first = own.send("post", &exemptions, &once, &asked("2026-12-31"));
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert_eq!(own.send("post", &exemptions, &once, &asked("2026-12-31")).header("idempotent-replayed"), "true");
    is_problem(&own.post(&exemptions, &asked("2026-12-31")), "duplicate");
    let (matter, tag) = (first.header("location").to_owned(), first.header("etag").to_owned());
    assert_eq!(parsed(&first)["said"][0]["approver"]["zh"], ground["approver"]["text"]["zh"], "{}", first.text);
    is_problem(&own.decide(&matter, &tag, &json!({ "step": "approve" })), "not-allowed");
    let granted = authority.decide(&matter, &tag, &json!({ "step": "approve" }));
    assert_eq!(parsed(&granted)["state"], "granted", "{}", granted.text);
    let year = own.read(&format!("{of}/years/2026"));
    assert!(year["assessments"].as_array().unwrap().iter().any(|one| one["status"] == "exempt"), "{year}");
    // Ended early with its day only; the year of that day stays exempt.
    assert_eq!(is_problem(&authority.decide(&matter, granted.header("etag"), &json!({ "step": "end", "reason": "提前返回" })), "invalid")["field"], "on");
    let ended = authority.decide(&matter, granted.header("etag"), &json!({ "step": "end", "reason": "提前返回", "on": "2026-10-01" }));
    assert_eq!((parsed(&ended)["state"].as_str(), parsed(&ended)["to"].as_str()), (Some("ended"), Some("2026-10-01")), "{}", ended.text);

    // A reason, accepted by who verifies the year; a breach, which the person objects to.
    let (mut person_of, mut officer) = (Caller::of(app, "person-chengdu-1-1"), Caller::of(app, "employer-chengdu-1"));
    let of = person(app, "person-chengdu-1-1");
    is_problem(&own.get(&format!("{of}/years/2026/grants")), "not-found");
    is_problem(&own.post(&format!("{of}/years/2026/reasons"), &json!({ "reason": "产假" })), "not-found");
    assert_eq!(is_problem(&person_of.post(&format!("{of}/years/2027/reasons"), &json!({ "reason": "产假" })), "invalid")["field"], "year");
    is_problem(&person_of.post(&format!("{of}/years/3000/reasons"), &json!({ "reason": "产假" })), "malformed");
    let (matter, tag, told) = person_of.make(&format!("{of}/years/2026/reasons"), &json!({ "reason": "产假" }));
    assert!(told["said"][0]["cite"]["policy"].is_string(), "what the text says of reasons: {told}");
    assert_eq!(parsed(&officer.decide(&matter, &tag, &json!({ "step": "approve" })))["state"], "granted");
    let breaches = format!("{of}/breaches");
    is_problem(&person_of.post(&breaches, &json!({ "kind": "breach", "on": "2026-05-12", "reason": "缺课" })), "not-allowed");
    assert_eq!(is_problem(&officer.post(&breaches, &json!({ "kind": "breach", "on": "2026-05-12", "reason": "" })), "invalid")["field"], "reason");
    let (matter, tag, _) = officer.make(&breaches, &json!({ "kind": "breach", "on": "2026-05-12", "reason": "缺课一天", "proofs": [{ "name": "考勤.pdf", "content": PDF }] }));
    let objected = person_of.decide(&matter, &tag, &json!({ "step": "object", "reason": "当日有急诊" }));
    assert_eq!(parsed(&objected)["state"], "objected", "{}", objected.text);
    assert_eq!(parsed(&officer.decide(&matter, objected.header("etag"), &json!({ "step": "lift", "reason": "出诊属实" })))["state"], "lifted");
    let asked = officer.read(&format!("{of}/years/2026/grants"))["asked"].clone();
    let asked: Vec<_> = asked.as_array().unwrap().iter().map(|one| (one["flow"].as_str().unwrap(), one["state"].as_str().unwrap())).collect();
    assert_eq!(asked, [("discipline", "lifted"), ("reason", "granted")], "the latest first");
}

#[test]
fn years_are_granted_ended_and_breaches_objected_to_on_sqlite() {
    let fixture = Fixture::sqlite();
    years_are_granted_ended_and_breaches_objected_to(&app_on(&fixture));
}

#[test]
fn years_are_granted_ended_and_breaches_objected_to_on_postgres() {
    let fixture = Fixture::postgres();
    years_are_granted_ended_and_breaches_objected_to(&app_on(&fixture));
}

fn ones_own_data_are_handed_out_corrected_and_erased(app: &Arc<App>) {
    let (mut own, mut officer, mut authority, mut stranger) =
        (Caller::of(app, "person-chengdu-1-1"), Caller::of(app, "employer-chengdu-1"), Caller::of(app, "authority-chengdu"), Caller::of(app, "employer-chongqing-1"));
    // A file that is kept by nobody on the way, whatever key it is asked under.
    let package = |own: &mut Caller| own.send("post", "/api/v1/me/data", &[("idempotency-key", "data-1")], &json!({}));
    let (one, two) = (package(&mut own), package(&mut own));
    assert_eq!((one.status, one.header("cache-control"), two.header("idempotent-replayed")), (StatusCode::OK, "private, no-store", ""));
    assert_eq!(parsed(&two)["person"].as_array().map(Vec::len), Some(1), "{}", two.text);
    assert!(parsed(&two)["looked_at"].to_string().contains("data-package"), "the first time left a line");
    is_problem(&officer.post("/api/v1/me/data", &json!({})), "not-allowed");

    let requests = "/api/v1/me/requests";
    assert_eq!(is_problem(&own.post(requests, &json!({ "kind": "correction", "wish": "错" })), "invalid")["field"], "wish");
    is_problem(&own.post(requests, &json!({ "kind": "access", "wish": "要我的数据" })), "malformed");
    assert_eq!(is_problem(&own.post(requests, &json!({ "kind": "correction", "wish": "姓名\0写错了" })), "invalid")["field"], "text");
    let (correction, tag, told) = own.make(requests, &json!({ "kind": "correction", "wish": "姓名写错了" }));
    assert_eq!((told["state"].as_str(), &told["steps"]), (Some("waiting"), &json!(["withdraw-request"])));
    is_problem(&own.post(requests, &json!({ "kind": "correction", "wish": "再说一遍" })), "duplicate");
    assert_eq!(officer.read("/api/v1/requests")["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(stranger.read("/api/v1/requests")["items"], json!([]));
    is_problem(&stranger.get(&correction), "not-found");
    is_problem(&stranger.decide(&correction, &tag, &json!({ "step": "grant-request", "reason": "已更正" })), "not-found");
    is_problem(&own.decide(&correction, &tag, &json!({ "step": "grant-request", "reason": "自己同意" })), "not-allowed");
    is_problem(&officer.decide(&correction, "\"9\"", &json!({ "step": "refuse-request", "reason": "与证件一致" })), "stale");
    assert_eq!(is_problem(&officer.decide(&correction, &tag, &json!({ "step": "refuse-request" })), "invalid")["field"], "reason");
    let refused = officer.decide(&correction, &tag, &json!({ "step": "refuse-request", "reason": "与身份证一致" }));
    assert_eq!((parsed(&refused)["state"].as_str(), parsed(&refused)["answer"].as_str()), (Some("refused"), Some("与身份证一致")), "{}", refused.text);
    is_problem(&own.decide(&correction, &tag, &json!({ "step": "withdraw-request" })), "stale");
    is_problem(&own.decide(&correction, refused.header("etag"), &json!({ "step": "withdraw-request" })), "wrong-state");

    // Erased when an authority grants it: nothing of the wish or the name is left.
    let (erasure, tag, _) = own.make(requests, &json!({ "kind": "erasure", "wish": "已离开本行业" }));
    let listed = own.read(requests)["items"].clone();
    assert_eq!(listed.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["erasure", "correction"], "newest first");
    is_problem(&officer.decide(&erasure, &tag, &json!({ "step": "grant-request", "reason": "单位同意" })), "not-allowed");
    let granted = authority.decide(&erasure, &tag, &json!({ "step": "grant-request", "reason": "同意删除" }));
    assert_eq!((parsed(&granted)["state"].as_str(), parsed(&granted)["name"].as_str(), parsed(&granted)["wish"].as_str()), (Some("granted"), Some(""), Some("")), "{}", granted.text);
    is_problem(&own.get(requests), "not-signed-in");
}

#[test]
fn ones_own_data_are_handed_out_corrected_and_erased_on_sqlite() {
    let fixture = Fixture::sqlite();
    ones_own_data_are_handed_out_corrected_and_erased(&app_on(&fixture));
}

#[test]
fn ones_own_data_are_handed_out_corrected_and_erased_on_postgres() {
    let fixture = Fixture::postgres();
    ones_own_data_are_handed_out_corrected_and_erased(&app_on(&fixture));
}
