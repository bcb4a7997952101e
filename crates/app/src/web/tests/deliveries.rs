//! Deliveries: keys, the API they are used with, the queue of a provider, the way as the person sees it, registers.

use super::doors::unmatched;
use super::officer::{OFFICES, actor, between, signed_in};
use super::*;
use serde_json::{Value, json};
use xueshi_registry::{Scope, identity};

/// A request of a machine.
fn machine(key: &str, method: &str, url: &str, body: &Value) -> Answer {
    let request = Request::builder().method(method).uri(url).header("authorization", format!("Bearer {key}")).header("content-type", "application/json");
    ask(&OFFICES, request.body(Body::from(body.to_string())).unwrap())
}

#[track_caller]
pub(super) fn json_of(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    serde_json::from_slice(&answer.bytes).unwrap()
}

/// A completion as the API takes it.
pub(super) fn completion(own_id: &str) -> Value {
    let of = unmatched(own_id);
    json!({ "id": of.own_id, "identity_number": of.identity_number, "name": of.name, "title": of.title, "facts": of.facts })
}

#[test]
fn a_key_is_shown_once_and_does_only_what_it_is_for() {
    // Where nothing was ever delivered, it says how to begin.
    let mut new = Browser::signed_in("provider-karamay");
    new.get("/deliveries/keys").says(&["还没有密钥", "送达记录", "查询送达结果"]);
    new.get("/deliveries").says(&["还没有送达过记录"]);
    new.get("/deliveries/sent").says(&["还没有送达过记录"]);
    let mut provider = signed_in("provider-chongqing");
    provider.get("/deliveries/keys");
    let made = provider.post("/deliveries/keys", &[("name", "学习平台"), ("scope", "read")]);
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::OK, "no-store"), "{}", made.text);
    made.says(&["离开此页后无法再看", "Authorization: Bearer"]);
    let key = between(&made.text, "<p class=\"mono wide\">", "<").to_owned();
    let again = provider.get("/deliveries/keys");
    again.says(&["学习平台", "未使用过"]);
    again.lacks(&[&key]);
    assert_eq!(json_of(&machine(&key, "GET", "/api/v1/me", &json!({})))["role"], "provider-officer");
    let refused = machine(&key, "POST", "/api/v1/deliveries", &json!({ "completions": [completion("k-1")] }));
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.says(&["not-allowed"]);
    // It is no session: no page takes it.
    let page = ask(&OFFICES, Request::get("/deliveries").header("authorization", format!("Bearer {key}")).body(Body::empty()).unwrap());
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let id = OFFICES.registry.machine_keys(&actor("provider-chongqing")).unwrap().into_iter().find(|line| line.name == "学习平台").unwrap().id;
    assert_eq!(provider.post(&format!("/deliveries/keys/{id}"), &[]).status, StatusCode::SEE_OTHER);
    provider.get("/deliveries/keys").says(&["已吊销"]);
    assert_eq!(machine(&key, "GET", "/api/v1/me", &json!({})).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn what_a_machine_delivers_is_answered_and_mended_on_the_page() {
    let by = actor("provider-karamay");
    let key = OFFICES.registry.make_key(&by, "学习平台", &Scope::ALL).unwrap().key;
    let none = machine(&key, "POST", "/api/v1/deliveries", &json!({ "completions": [completion("m-1"), { "id": "m-2" }] }));
    assert_eq!((none.status, json_field(&none)), (StatusCode::BAD_REQUEST, "completions[1]".to_owned()), "{}", none.text);
    let sent = json!({ "reference": "2026-11", "sent_at": "2026-11-19T08:00:00+08:00", "completions": [completion("m-1"), completion("m-1"), completion(" ")] });
    let delivered = json_of(&machine(&key, "POST", "/api/v1/deliveries", &sent));
    let answers = delivered["answers"].as_array().unwrap();
    let states: Vec<_> = answers.iter().map(|answer| (answer["state"].as_str().unwrap(), answer["reason"]["code"].as_str().unwrap())).collect();
    assert_eq!(states, [("unmatched", "nobody"), ("unmatched", "nobody"), ("refused", "id")]);
    let url = format!("/api/v1/deliveries/{}", delivered["id"]);
    let shown = json_of(&machine(&key, "GET", &url, &json!({})));
    assert_eq!((shown["reference"].as_str(), shown["sent_at"].as_str(), &shown["counts"]), (Some("2026-11"), Some("2026-11-19T00:00:00Z"), &json!({ "unmatched": 1 })));
    assert_eq!(shown["answers"]["items"][0]["id"], "m-1");
    let other = OFFICES.registry.make_key(&actor("provider-chongqing"), "别家", &Scope::ALL).unwrap().key;
    assert_eq!(machine(&other, "GET", &url, &json!({})).status, StatusCode::NOT_FOUND);
    // On its page: why it waits, its way, the number masked; the correction is refused with its reason until it is right.
    let mut provider = signed_in("provider-karamay");
    provider.get("/deliveries").says(&["1 条送达记录等您处理", "没有这个身份证号的在册人员", "m-1", "未匹配的全部重办"]);
    provider.get("/deliveries/sent").says(&["2026-11", "2026-11-19 08:00"]);
    provider.get(&format!("/deliveries?delivery={}", delivered["id"])).says(&["未匹配到人 1"]);
    provider.get("/deliveries?state=registered").says(&["没有符合的记录"]);
    let page_url = format!("/deliveries/{}", answers[0]["completion"]);
    let page = provider.get(&page_url);
    page.says(&["送出", "收到", "未匹配到人", "999•••••••••••", "value=\"correct\"", "value=\"retry\"", "value=\"withdraw\""]);
    page.lacks(&["99999919500101999"]);
    let version = between(&page.text, "name=\"version\" value=\"", "\"").to_owned();
    let form = |number: &'static str| [("step", "correct"), ("name", "无名"), ("identity_number", number), ("title", "护理新技术班"), ("fact", "end"), ("value", "2026-03-03")];
    let with = |number: &'static str| form(number).into_iter().chain([("version", version.as_str())]).collect::<Vec<_>>();
    let wrong = provider.post(&page_url, &with("123"));
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says(&["身份证号不对", "role=\"alert\""]);
    assert_eq!(provider.post(&page_url, &with("")).status, StatusCode::SEE_OTHER);
    provider.get(&page_url).says(&["更正后重办"]);
    assert_eq!(provider.post(&page_url, &with("")).status, StatusCode::CONFLICT, "somebody was faster");
    let version = between(&provider.get(&page_url).text, "name=\"version\" value=\"", "\"").to_owned();
    let no_reason = provider.post(&page_url, &[("step", "withdraw"), ("version", &version)]);
    assert_eq!(no_reason.status, StatusCode::UNPROCESSABLE_ENTITY);
    no_reason.says(&["请写明理由"]);
    assert_eq!(provider.post(&page_url, &[("step", "withdraw"), ("version", &version), ("reason", "发错了")]).status, StatusCode::SEE_OTHER);
    provider.get(&format!("{page_url}?lang=en")).says(&["withdrawn", "发错了"]);
}

/// The field a problem is about.
fn json_field(answer: &Answer) -> String {
    let problem: Value = serde_json::from_slice(&answer.bytes).unwrap();
    problem["field"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_person_and_the_authority_see_what_was_delivered() {
    // Whom the demonstration made: the number is the person's own, told to the test by the employer, who states why.
    let person = actor("person-chengdu-1-3");
    let number = OFFICES.registry.unmask(&actor("employer-chengdu-1"), person.person.unwrap(), "核对送达").unwrap();
    assert!(identity::IdentityNumber::parse(&number).is_some());
    let name = OFFICES.registry.person(&person, person.person.unwrap()).unwrap().name;
    let key = OFFICES.registry.make_key(&actor("provider-chengdu"), "学习平台", &Scope::ALL).unwrap().key;
    let mut of = completion("p-1");
    (of["identity_number"], of["name"], of["title"]) = (number.into(), name.into(), "送达的培训班".into());
    let delivered = json_of(&machine(&key, "POST", "/api/v1/deliveries", &json!({ "completions": [of, completion("p-2")] })));
    assert_eq!(delivered["answers"][0]["state"], "waiting", "no register names this provider: {delivered}");
    let mut browser = signed_in("person-chengdu-1-3");
    let page = browser.get("/me/deliveries");
    page.says(&["送达的培训班", "成都演示培训中心", "匹配到本人", "交审核", "待审核"]);
    let record = between(&page.text, "href=\"/records/", "\"").to_owned();
    let shown = browser.get(&format!("/records/{record}"));
    shown.says(&["由成都演示培训中心送达", "核算"]);
    shown.lacks(&["/submit\"", "/edit\"", "/withdraw\""]);
    browser.get("/home?lang=en").says(&["/me/deliveries"]);
    // The authority sees how much waits, of whom, and nothing of the people; it enters the provider into the register.
    let mut authority = signed_in("authority-chengdu");
    let desk = authority.get("/register-desk?year=2026");
    desk.says(&["成都演示培训中心", "未匹配到人", "登记条目"]);
    desk.lacks(&["送达的培训班"]);
    let entry = [("register", "provider"), ("name", "成都演示培训中心"), ("basis", "成卫办〔2026〕1号"), ("from", "2026-01-01")];
    let wrong = authority.post("/register-desk", &[("register", "provider"), ("name", "成都演示培训中心")]);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says(&["依据的文件", "value=\"成都演示培训中心\""]);
    assert_eq!(authority.post("/register-desk", &entry).status, StatusCode::SEE_OTHER);
    authority.get("/register-desk?year=2026").says(&["成卫办〔2026〕1号", "停用此条目"]);
    get_of("/registers?place=510100&year=2026").says(&["成都演示培训中心", "成卫办〔2026〕1号"]);
    get_of("/registers?place=510100&year=2019&register=base").says(&["成都大学继续教育学院", "附件", "2019-12-31"]);
    get_of("/registers?place=510100&year=2019&lang=en").says(&["Continuing education bases", "Platforms", "Topics of general subjects"]);
    // From now on it registers by delivering.
    let mut later = completion("p-3");
    later["title"] = "送达的另一班".into();
    (later["identity_number"], later["name"]) = {
        let number = OFFICES.registry.unmask(&actor("employer-chengdu-1"), person.person.unwrap(), "核对送达").unwrap();
        (number.into(), OFFICES.registry.person(&person, person.person.unwrap()).unwrap().name.into())
    };
    assert_eq!(json_of(&machine(&key, "POST", "/api/v1/deliveries", &json!({ "completions": [later] })))["answers"][0]["state"], "registered");
    let id = between(&authority.get("/register-desk?year=2026").text, "action=\"/register-desk/", "\"").to_owned();
    let url = format!("/register-desk/{id}");
    assert_eq!(authority.post(&url, &[("until", ""), ("reason", "停办")]).status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(authority.post(&url, &[("until", "2026-12-31"), ("reason", "停办"), ("year", "2026")]).header("location"), "/register-desk?year=2026");
    authority.get("/register-desk?year=2026").says(&["停用：停办"]);
}

fn get_of(url: &str) -> Answer {
    let answer = ask(&OFFICES, Request::get(url).body(Body::empty()).unwrap());
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer
}
