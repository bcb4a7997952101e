//! What the API does beside single things: requests done once, assessments, exports.

use super::api::is_problem;
use super::officer::{OFFICES, handed_in, signed_in};
use super::program::parsed;
use super::*;
use serde_json::json;

#[test]
fn the_same_request_with_the_same_key_is_done_once_and_answered_the_same() {
    let mut browser = signed_in("person-chongqing-1-2");
    let token = browser.csrf_of_api();
    let body = json!({ "title": "幂等", "facts": { "activity": "class" } }).to_string();
    let post = |browser: &mut Browser, key: &str, body: &str| browser.api("post", "/api/v1/declarations", &[("x-csrf-token", &token), ("idempotency-key", key)], body);
    let first = post(&mut browser, "a-1", &body);
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let again = post(&mut browser, "a-1", &body);
    assert_eq!((again.status, &again.text, again.header("location"), again.header("etag")), (first.status, &first.text, first.header("location"), first.header("etag")));
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
    is_problem(&post(&mut browser, "a-1", &body.replace("幂等", "别的")), "key-reused");
    assert_ne!(post(&mut browser, "a-2", &body).header("location"), first.header("location"), "another key, another request");
    is_problem(&post(&mut browser, "", &body), "malformed");
    // What was refused is free to be sent again, corrected.
    is_problem(&post(&mut browser, "a-3", &body.replace("幂等", "")), "invalid");
    assert_eq!(post(&mut browser, "a-3", &body).status, StatusCode::CREATED);
    // A file changes nothing: it is made again.
    let export = |browser: &mut Browser, token: &str| {
        let body = json!({ "format": "csv", "purpose": "测试幂等" }).to_string();
        browser.api("post", "/api/v1/exports/records", &[("x-csrf-token", token), ("idempotency-key", "a-4")], &body)
    };
    let (one, two) = (export(&mut browser, &token), export(&mut browser, &token));
    assert_eq!((one.status, two.status, &two.text, two.header("idempotent-replayed")), (StatusCode::OK, StatusCode::OK, &one.text, ""));
    let mut other = signed_in("person-chongqing-1-3");
    let token = other.csrf_of_api();
    let theirs = other.api("post", "/api/v1/declarations", &[("x-csrf-token", &token), ("idempotency-key", "a-1")], &body);
    assert_ne!(theirs.header("location"), first.header("location"), "a key belongs to whoever sent it");
}

#[test]
fn programs_assess_rows_as_the_command_line_does() {
    let mut browser = Browser::new(&OFFICES);
    let body = json!({
        "year": 2019, "region": "510100",
        "records": [
            { "person": "P1", "record": "1", "activity": "class", "subject": "specialised", "end": "2019-05-06", "quantity": 8, "unit": "hours", "result": "pass", "evidence": "completion-certificate" },
            { "人员编号": "P1", "学习形式": "培训班", "科目类别": "专业科目", "结束日期": "2019-05-07", "数量": "4.5", "计量单位": "学时", "考核结果": "合格", "证明材料": "结业证" },
            { "person": "P2", "activity": "class", "subject": "specialised", "end": "2019-05-06", "quantity": "many", "unit": "hours", "colour": "red" },
        ],
    });
    let answer = browser.api("post", "/api/v1/assess", &[("accept-language", "en")], &body.to_string());
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let told = parsed(&answer);
    assert_eq!((told["assessments"][0]["person"].as_str(), told["assessments"][0]["hours"]["specialised"].to_string()), (Some("P1"), "12.5".to_owned()), "{told}");
    assert_eq!(told["assessments"][0]["records"][0]["cite"]["policy"], "cn-51-2016-20", "{told}");
    assert_eq!(told["errors"][0]["column"], "quantity");
    assert_eq!((told["errors"][0]["row"].as_u64(), told["errors"][0]["value"].as_str()), (Some(3), Some("many")));
    assert!(told["notes"].to_string().contains("colour"), "{told}");
    is_problem(&browser.api("post", "/api/v1/assess", &[], &json!({ "year": 1950, "region": "510100", "records": [] }).to_string()), "invalid");
}

/// A file of what one may see, in every format, with the purpose kept.
#[test]
fn an_export_holds_what_one_may_see_masked_and_its_purpose_is_kept() {
    handed_in("person-chengdu-1-1", "=导出", "export 1");
    handed_in("person-chongqing-1-1", "别处", "export 2");
    let mut officer = signed_in("employer-chengdu-1");
    let token = officer.csrf_of_api();
    let export = |officer: &mut Browser, format: &str| {
        officer.api("post", "/api/v1/exports/records", &[("x-csrf-token", &token)], &json!({ "format": format, "purpose": "测试导出", "state": "waiting" }).to_string())
    };
    let csv = export(&mut officer, "csv");
    assert_eq!((csv.status, csv.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"), "{}", csv.text);
    csv.says(&["人员编号,记录编号,姓名,身份证号,用人单位", "'=导出", "waiting", "999•••••••••••"]);
    csv.lacks(&["别处"]);
    let number = OFFICES.registry.unmask(&super::officer::actor("authority-chengdu"), super::officer::actor("person-chengdu-1-1").person.unwrap(), "测试遮盖").unwrap();
    csv.lacks(&[&number]);
    // Compressed on its way, as browsers and most programs ask for.
    let body = json!({ "format": "csv", "purpose": "测试压缩" }).to_string();
    let packed = officer.api("post", "/api/v1/exports/records", &[("x-csrf-token", &token), ("accept-encoding", "gzip")], &body);
    assert_eq!((packed.status, packed.header("content-encoding"), &packed.bytes[..2]), (StatusCode::OK, "gzip", &[0x1f, 0x8b][..]));
    let book = export(&mut officer, "xlsx");
    let mut sheets: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(book.bytes)).unwrap();
    let sheet = calamine::Reader::worksheet_range_at(&mut sheets, 0).unwrap().unwrap();
    assert_eq!(sheet.height(), csv.text.trim_end().lines().count(), "the same lines");
    assert_eq!(&export(&mut officer, "parquet").bytes[..4], b"PAR1");
    let kept = OFFICES
        .registry
        .read(|tx| tx.all("SELECT subject, purpose FROM audits WHERE action = 'export' ORDER BY id", xueshi_registry::params![], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?))))
        .unwrap();
    assert!(kept.contains(&("records.csv waiting".to_owned(), "测试导出".to_owned())), "{kept:?}");
}

#[test]
fn the_page_of_exports_asks_for_a_purpose_and_gives_the_file() {
    let mut officer = signed_in("authority-chengdu");
    officer.get("/exports?lang=zh").says(&["导出学习记录", "name=\"purpose\""]);
    let refused = officer.post("/exports", &[("format", "csv"), ("purpose", "无"), ("year", "2025")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says(&["id=\"purpose-error\"", "value=\"2025\"", "value=\"无\""]);
    officer.post("/exports", &[("format", "csv"), ("purpose", "年度统计报送"), ("year", "20x")]).says(&["id=\"year-error\""]);
    let file = officer.post("/exports", &[("format", "csv"), ("purpose", "年度统计报送"), ("year", "2025")]);
    assert_eq!((file.status, file.header("content-disposition")), (StatusCode::OK, "attachment; filename=\"records.csv\""));
    let years: BTreeSet<&str> = file.text.lines().skip(1).filter_map(|line| line.split(',').nth(5)).collect();
    assert_eq!(years, BTreeSet::from(["2025"]));
}

#[test]
fn the_readable_page_shows_every_operation_and_code() {
    for (lang, words) in [("zh", ["程序接口", "提交审核。", "幂等"]), ("en", ["The API", "Hand it in for review.", "Once:"])] {
        let page = get(&format!("/api?lang={lang}"));
        page.says(&words);
        for (path, _, described) in crate::web::router::described() {
            page.says(&[path, &format!("id=\"{}\"", described.about.id)]);
        }
        for code in crate::web::api::problem::Code::ALL {
            page.says(&[&format!("id=\"problem-{}\"", code.word())]);
        }
    }
}
