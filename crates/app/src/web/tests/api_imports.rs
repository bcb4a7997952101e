//! Imports through the API, from the file to the ledger, and the background work behind them.

use super::api::is_problem;
use super::officer::{OFFICES, actor_of, offices_on, signed_in, signed_in_to};
use super::program::{Program, parsed};
use super::support::Fixture;
use super::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use xueshi_registry::params;

const RECORDS: &str = "/api/v1/imports?kind=records";

#[track_caller]
fn told(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    parsed(answer)
}

impl Program {
    /// Sends a table of records.
    fn table(&mut self, key: &str, table: &str) -> Answer {
        let request = Request::post(RECORDS).header("content-type", "text/csv; charset=utf-8").header("x-csrf-token", &self.token).header("idempotency-key", key);
        self.browser.ask(request, table.to_owned())
    }

    fn lines(&mut self, import: &str, query: &str) -> Value {
        told(&self.get(&format!("{import}/lines?{query}")), 200)
    }
}

/// A table of so many good records of somebody.
fn records(person: i64, rows: i64) -> String {
    let row = |at: i64| format!("{person},第{at}期培训,培训班,专业科目,2026-03-02,2026-03-03,8,学时,合格,结业证,x\r\n");
    format!("人员编号,学习内容,学习形式,科目类别,开始日期,结束日期,数量,计量单位,考核结果,证明材料,备注\r\n{}", (1..=rows).map(row).collect::<String>())
}

fn a_table_goes_its_whole_way(fixture: &Fixture) {
    let app = offices_on(fixture);
    let mut officer = Program::of(&app, "employer-chengdu-1");
    let me = actor_of(&app, "person-chengdu-1-2").person.unwrap();
    let table = records(me, 1) + &format!("{me},=坏的数量,培训班,专业科目,2026-03-02,2026-03-03,八,学时,合格,结业证,\r\n999999,别人的,培训班,专业科目,2026-03-02,2026-03-03,8,学时,合格,结业证,\r\n");
    let sent = officer.table("table-1", &table);
    let import = told(&sent, 201);
    let url = sent.header("location").to_owned();
    let sha256: String = Sha256::digest(&table).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((&import["state"], &import["kind"], &import["name"], &import["rows"], &import["sha256"]), (&json!("checking"), &json!("records"), &json!("records.csv"), &json!(3), &json!(sha256)));
    let again = officer.table("table-1", &table);
    assert_eq!((again.header("location"), again.header("idempotent-replayed")), (url.as_str(), "true"));
    assert_eq!(told(&officer.get("/api/v1/imports"), 200)["items"].as_array().map(Vec::len), Some(1), "sent twice, taken once");

    // What it waits for is a job of its own; until then there is nothing to look at or to confirm.
    let job = format!("/api/v1/jobs/{}", import["job"]["id"]);
    let work = told(&officer.get(&job), 200);
    assert_eq!((&work["kind"], &work["state"], &work["about"]["import"], &work["steps"]), (&json!("import-check"), &json!("queued"), &import["id"], &json!(["cancel"])));
    is_problem(&officer.get(&format!("{url}/lines")), "wrong-state");
    let enter = |officer: &mut Program, key: &str, sha256: &str, whole: bool| officer.post(&format!("{url}/enter"), &[("idempotency-key", key)], &json!({ "sha256": sha256, "whole": whole }));
    is_problem(&enter(&mut officer, "enter-1", &sha256, false), "wrong-state");
    fixture.registry.finish_jobs("one").unwrap();
    let work = told(&officer.get(&job), 200);
    assert_eq!((&work["state"], &work["percent"], work["steps"].as_array().map(Vec::len)), (&json!("done"), &json!(100), Some(0)), "{work}");

    let tried = told(&officer.get(&url), 200);
    assert_eq!((&tried["state"], &tried["counts"]), (&json!("checked"), &json!({ "created": 1, "changed": 0, "unchanged": 0, "double": 0, "refused": 2 })));
    assert!(tried["notices"].to_string().contains("备注"), "{tried}");
    let first = officer.lines(&url, "limit=2");
    let rest = officer.lines(&url, &format!("limit=2&cursor={}", first["next"].as_str().unwrap()));
    assert_eq!((first["items"].as_array().map(Vec::len), rest["items"][0]["row"].as_i64(), &rest["next"]), (Some(2), Some(3), &Value::Null));
    let refused = officer.lines(&url, "outcome=refused");
    let fault = &refused["items"][0]["fault"];
    assert_eq!((refused["items"].as_array().map(Vec::len), &fault["column"], &fault["value"]), (Some(2), &json!("quantity"), &json!("八")));
    assert!(fault["message"]["zh"].is_string() && fault["message"]["en"].as_str().is_some_and(|text| !text.is_empty()), "{fault}");
    is_problem(&officer.get(&format!("{url}/lines?outcome=good")), "malformed");

    // Nobody else sees it, also of the same place.
    let mut stranger = Program::of(&app, "employer-chongqing-1");
    for address in [url.clone(), format!("{url}/lines"), job.clone()] {
        is_problem(&stranger.get(&address), "not-found");
    }
    is_problem(&enter(&mut stranger, "enter-1", &sha256, false), "not-found");
    assert_eq!(told(&stranger.get("/api/v1/imports"), 200)["items"], json!([]));
    let mut authority = Program::of(&app, "authority-chengdu");
    is_problem(&authority.get(&url), "not-allowed");
    is_problem(&authority.get(&job), "not-found");

    is_problem(&enter(&mut officer, "enter-2", "another", false), "stale");
    assert_eq!(is_problem(&enter(&mut officer, "enter-3", &sha256, true), "invalid")["field"], "whole");
    assert_eq!(told(&enter(&mut officer, "enter-4", &sha256, false), 200)["state"], "entering");
    assert_eq!(enter(&mut officer, "enter-4", &sha256, false).header("idempotent-replayed"), "true");
    is_problem(&enter(&mut officer, "enter-5", &sha256, false), "wrong-state");
    fixture.registry.finish_jobs("one").unwrap();
    let entered = told(&officer.get(&url), 200);
    assert_eq!((&entered["state"], &entered["job"]["kind"], &entered["job"]["state"]), (&json!("entered"), &json!("import-enter"), &json!("done")));
    assert!(entered["job"]["result"]["en"].as_str().is_some_and(|text| text.starts_with("1 new")), "{entered}");
    let line = &officer.lines(&url, "outcome=created")["items"][0];
    assert_eq!((line["person"].as_i64(), line["about"].as_str()), (Some(me), Some("第1期培训")));
    let declaration = told(&officer.get(&format!("/api/v1/declarations/{}", line["declaration"])), 200);
    assert_eq!((&declaration["state"], &declaration["title"]), (&json!("accepted"), &json!("第1期培训")));
}

#[test]
fn a_table_goes_its_whole_way_on_sqlite() {
    a_table_goes_its_whole_way(&Fixture::sqlite());
}

#[test]
fn a_table_goes_its_whole_way_on_postgres() {
    a_table_goes_its_whole_way(&Fixture::postgres());
}

/// Work is stopped, goes on, and takes back what it did; a step that is not open is refused.
fn work_is_stopped_goes_on_and_is_taken_back(fixture: &Fixture) {
    let app = offices_on(fixture);
    let mut officer = Program::of(&app, "employer-chengdu-1");
    let me = actor_of(&app, "person-chengdu-1-2").person.unwrap();
    let sent = officer.table("table-1", &records(me, 1200));
    let (url, import) = (sent.header("location").to_owned(), told(&sent, 201));
    let job = format!("/api/v1/jobs/{}", import["job"]["id"]);
    let step = |officer: &mut Program, job: &str, step: &str| officer.post(&format!("{job}/{step}"), &[], &"");
    for closed in ["go-on", "take-back"] {
        is_problem(&step(&mut officer, &job, closed), "wrong-state");
    }
    let stopped = told(&step(&mut officer, &job, "cancel"), 200);
    assert_eq!((&stopped["state"], &stopped["steps"]), (&json!("cancelled"), &json!(["go-on"])));
    is_problem(&step(&mut officer, &job, "cancel"), "wrong-state");
    is_problem(&step(&mut Program::of(&app, "employer-chongqing-1"), &job, "go-on"), "not-found");
    assert_eq!(told(&step(&mut officer, &job, "go-on"), 200)["state"], "queued");
    fixture.registry.finish_jobs("one").unwrap();

    // Entering it breaks off in the middle, where the officer's role ends; it is held again.
    let confirmed = json!({ "sha256": import["sha256"], "whole": true }).to_string();
    let entering = told(&officer.post(&format!("{url}/enter"), &[], &confirmed), 200);
    let id = entering["job"]["id"].as_i64().unwrap();
    let role = actor_of(&app, "employer-chengdu-1").held.id;
    let ends = |day: Option<&'static str>| fixture.registry.write(move |tx| tx.execute("UPDATE account_roles SET valid_to = ?2 WHERE id = ?1", params![role, day]).map(drop)).unwrap();
    let kept = || fixture.registry.read(|tx| tx.number("SELECT COUNT(*) FROM records", &[])).unwrap();
    let before = kept();
    fixture.registry.claim_job("one").unwrap();
    fixture.registry.step_job("one", id).unwrap();
    assert_eq!(kept(), before + 1000, "put down, and seen by nobody yet");
    fixture.registry.release_job("one", id).unwrap();
    ends(Some("2019-02-28"));
    fixture.registry.finish_jobs("one").unwrap();
    ends(None);
    let job = format!("/api/v1/jobs/{id}");
    let failed = told(&officer.get(&job), 200);
    assert_eq!((&failed["state"], &failed["steps"]), (&json!("failed"), &json!(["go-on", "take-back"])));
    assert!(failed["error"]["en"].as_str().is_some_and(|text| !text.is_empty()), "{failed}");
    assert_eq!(told(&step(&mut officer, &job, "take-back"), 200)["cancelling"], true);
    fixture.registry.finish_jobs("one").unwrap();
    assert_eq!((told(&officer.get(&url), 200)["state"].as_str(), kept()), (Some("undone"), before));
    is_problem(&step(&mut officer, &job, "take-back"), "wrong-state");

    // Newest first, part by part.
    let first = told(&officer.get("/api/v1/jobs?limit=1"), 200);
    let rest = told(&officer.get(&format!("/api/v1/jobs?limit=1&cursor={}", first["next"].as_str().unwrap())), 200);
    assert_eq!((first["items"][0]["id"].as_i64(), &rest["items"][0]["id"]), (Some(id), &import["job"]["id"]));
}

#[test]
fn work_is_stopped_goes_on_and_is_taken_back_on_sqlite() {
    work_is_stopped_goes_on_and_is_taken_back(&Fixture::sqlite());
}

#[test]
fn work_is_stopped_goes_on_and_is_taken_back_on_postgres() {
    work_is_stopped_goes_on_and_is_taken_back(&Fixture::postgres());
}

#[test]
fn what_is_no_table_is_a_problem_with_its_place() {
    let mut officer = signed_in("employer-chengdu-1");
    let token = officer.csrf_of_api();
    let mut send = |url: &str, media: &str, body: Vec<u8>| officer.ask(Request::post(url).header("content-type", media).header("x-csrf-token", &token), body);
    let media = is_problem(&send(RECORDS, "application/json", b"[]".to_vec()), "media-type");
    assert_eq!(media["field"], "Content-Type");
    assert!(media["detail"].as_str().is_some_and(|text| text.contains("text/csv")), "{media}");
    for (url, field) in [("/api/v1/imports", "query"), ("/api/v1/imports?kind=other", "kind")] {
        assert_eq!(is_problem(&send(url, "text/csv", Vec::new()), "malformed")["field"], field);
    }
    let nameless = "姓名\r\n甲\r\n".as_bytes().to_vec();
    for body in [Vec::new(), b"\x89PNG\r\n\x1a\n picture".to_vec(), b"PK\x03\x04 no workbook".to_vec(), b"\0\0\0".to_vec(), nameless] {
        assert_eq!(is_problem(&send(RECORDS, "application/octet-stream", body), "invalid")["field"], "file");
    }
    is_problem(&send(RECORDS, "text/csv", vec![b'x'; crate::importing::FILE_BYTES_MAX + 1]), "too-large");
    // The columns of the template are understood; only rows are missing.
    let book = signed_in("employer-chengdu-1").get("/imports/template/records").bytes;
    let empty = is_problem(&send(RECORDS, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", book), "invalid");
    assert!(empty["detail"].as_str().is_some_and(|text| text.contains("数据行")), "{empty}");
    assert_eq!(signed_in_to(&OFFICES, "employer-chengdu-1").get("/api/v1/imports/9223372036854775808").status, StatusCode::BAD_REQUEST);
}
