//! Exemptions, reasons and the record of discipline in the browser: what the texts allow, who decides, what the person sees.

use super::officer::{OFFICES, actor, signed_in};
use super::people::{enrolled, send};
use super::*;

/// Somebody new at an employer, signed in; and the id.
fn newcomer(employer: &str, name: &str, login: &str, serial: u32) -> (Browser, i64) {
    let mut officer = signed_in(employer);
    let url = enrolled(&mut officer, name, serial);
    officer.get(&url);
    let given = send(&mut officer, &url, &[("what", "account"), ("account-login", login)], None);
    let password = given.text.split_once("<b class=\"mono\">").unwrap().1.split('<').next().unwrap().to_owned();
    let mut own = Browser::new(&OFFICES);
    assert_eq!(own.post("/sign-in", &[("login", login), ("password", &password)]).status, StatusCode::SEE_OTHER);
    (own, url.split('/').nth(2).unwrap().parse().unwrap())
}

#[test]
fn an_exemption_is_asked_for_and_granted_by_who_is_named() {
    let (mut own, id) = newcomer("employer-karamay-1", "驻村者", "village", 31);
    let url = format!("/people/{id}/grants?year=2026");
    own.get("/home?year=2026").says(&["免学、正当理由", &format!("/people/{id}/grants?year=2026")]);
    let page = own.get(&format!("{url}&lang=zh"));
    page.says(&["“访惠聚”驻村", "规定写明的审核者：同级“访惠聚”办公室", "已返回的：", "规定未写明由谁审核", "本地还没有指定由哪个单位办理", "各地各部门不得自设", "这一年还没有申请"]);
    page.lacks(&["value=\"breach\""]);
    let ground = "cn-65-city-2022/assigned/village-stationing";
    let fields = [("what", "exemption"), ("exemption-ground", ground), ("exemption-returned", "no"), ("exemption-from", "2026-03-01"), ("exemption-to", "2026-12-31")];
    let without = send(&mut own, &url, &fields, None);
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    without.says(&["请附证明材料", "value=\"2026-03-01\"", "role=\"alert\"", "village-stationing\" checked"]);
    let order: Option<(&str, &[u8])> = Some(("选派文件.pdf", b"%PDF-1.7 order"));
    assert_eq!(send(&mut own, &url, &fields, order).status, StatusCode::CONFLICT, "nobody is named");

    // The operator says which organisation the text's office is.
    let mut operator = signed_in("operator-karamay");
    operator.get("/approvers?lang=zh").says(&["免学由谁办理", "行政区划代码", "“访惠聚”驻村"]);
    let office = actor("authority-karamay").held.name.unwrap();
    let name = |place: &'static str| [("place", place), ("ground", ground), ("returned", "no")];
    let refused = operator.post("/approvers", &[&name("650200")[..], &[("organisation", "没有这家")]].concat());
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says(&["没有登记“没有这家”", "value=\"650200\""]);
    assert_eq!(operator.post("/approvers", &[&name("650200")[..], &[("organisation", office.as_str())]].concat()).status, StatusCode::SEE_OTHER);
    operator.get("/approvers").says(&[&office, "克拉玛依市"]);

    let asked = send(&mut own, &url, &fields, order);
    let matter = asked.header("location").to_owned();
    own.get(&matter).says(&["免学申请", "待审核", &format!("等{office}办理"), "规定写明的审核者：同级“访惠聚”办公室", "仍在任务中", "二.3", "选派文件.pdf", "value=\"withdraw\""]);
    // The form of the annex, to be signed: what is registered stands there, the opinion is open.
    let form = format!("{matter}/form");
    own.get(&matter).says(&[&format!("href=\"{form}\"")]);
    let open = own.get(&form).pdf();
    for said in ["免除继续教育学习申请表", "驻村者", "999***", "1979年1月", "“访惠聚”驻村", "2026年3月1日至2026年12月31日", "所及年度：2026", "选派文件.pdf", "公章", "待审核", "附件2"]
    {
        assert!(open.contains(said), "“{said}” is not in: {open}");
    }
    assert!(open.contains("年月日") && !open.contains("已批准免学"), "{open}");
    assert_eq!(signed_in("employer-chongqing-1").get(&form).status, StatusCode::NOT_FOUND);
    assert_eq!(signed_in("office-karamay").post(&matter, &[("version", "1"), ("step", "approve")]).status, StatusCode::FORBIDDEN);
    let mut authority = signed_in("authority-karamay");
    authority.get("/matters").says(&["免学申请", "驻村者"]);
    authority.get(&matter).says(&["value=\"approve\"", "value=\"refuse\""]);
    assert_eq!(authority.post(&matter, &[("version", "1"), ("step", "approve")]).status, StatusCode::SEE_OTHER);
    let home = own.get("/home?year=2026");
    home.says(&["已批准免学", "二.3", "2026 年度免学"]);
    home.lacks(&["class=\"ring\"", "差 90"]);
    // Ended early: its day is asked for, and the year of that day stays exempt.
    authority.get(&matter).says(&["实际的最后一天", "value=\"end\""]);
    let without_day = authority.post(&matter, &[("version", "2"), ("step", "end"), ("reason", "提前返回")]);
    assert_eq!(without_day.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(authority.post(&matter, &[("version", "2"), ("step", "end"), ("reason", "提前返回"), ("on", "2026-10-01")]).status, StatusCode::SEE_OTHER);
    own.get(&matter).says(&["提前结束", "2026-10-01", "提前返回"]);
    let decided = authority.get(&form).pdf();
    for said in ["已批准免学", "提前结束：提前返回", &office, "2026年11月20日", "至2026年10月1日", "公章"] {
        assert!(decided.contains(said), "“{said}” is not in: {decided}");
    }
    assert_eq!(signed_in("employer-chongqing-1").get(&url).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_reason_is_accepted_and_a_breach_objected_to() {
    let (mut own, id) = newcomer("employer-chengdu-1", "休产假者", "leave", 32);
    let url = format!("/people/{id}/grants?year=2026");
    own.get(&format!("{url}&lang=zh")).says(&["没有列明免学事由", "理由被接受的，不适用", "四¶2", "规定未写明，按本系统设置"]);
    let asked = send(&mut own, &url, &[("what", "reason"), ("reason-reason", "产假")], None);
    let matter = asked.header("location").to_owned();
    let mut officer = signed_in("employer-chengdu-1");
    officer.get(&url).says(&["未完成的正当理由", "待审核", "value=\"breach\""]);
    officer.get(&matter).says(&["产假", "四¶2", "value=\"approve\""]);
    assert_eq!(officer.get(&format!("{matter}/form")).status, StatusCode::NOT_FOUND, "only an exemption has a form");
    assert_eq!(officer.post(&matter, &[("version", "1"), ("step", "approve")]).status, StatusCode::SEE_OTHER);
    own.get("/home?year=2026").says(&["理由已接受"]);
    own.get("/home?year=2026&lang=en").says(&["Good reason for a short year", "accepted"]);

    let none = send(&mut officer, &url, &[("what", "breach"), ("breach-kind", "breach"), ("breach-on", "2026-05-12")], None);
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let recorded = send(&mut officer, &url, &[("what", "breach"), ("breach-kind", "breach"), ("breach-on", "2026-05-12"), ("breach-reason", "缺课一天")], None);
    let matter = recorded.header("location").to_owned();
    own.get(&format!("{matter}?lang=zh")).says(&["违反学习纪律", "已记录", "缺课一天", "三(一)", "value=\"object\""]);
    assert_eq!(own.post(&matter, &[("version", "1"), ("step", "object"), ("reason", "当日有急诊")]).status, StatusCode::SEE_OTHER);
    officer.get(&matter).says(&["本人有异议", "当日有急诊", "value=\"lift\""]);
    own.get("/me/looked-at").says(&["记录违反学习纪律"]);
    assert_eq!(send(&mut own, &url, &[("what", "breach"), ("breach-kind", "breach"), ("breach-on", "2026-05-12"), ("breach-reason", "缺课")], None).status, StatusCode::FORBIDDEN);
}
