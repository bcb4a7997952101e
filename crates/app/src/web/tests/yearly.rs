//! An employer's year as a guided task, and spot checks, through the pages.

use super::officer::{actor_of, between, offices, signed_in_to};
use super::*;

#[test]
fn an_employers_year_is_guided_from_opening_to_the_authority() {
    let app = offices();
    let registry = &app.registry;
    let officer = actor_of(&app, "employer-chengdu-1");
    let employer = officer.held.organisation.unwrap();
    let mut browser = signed_in_to(&app, "employer-chengdu-1");
    let url = format!("/yearly/{employer}/2026");
    registry.open_year(&officer, 2026, |_| {}).unwrap();
    let waiting = registry.employer_year(&officer, employer, 2026).unwrap().counts.with_employer;
    browser.get("/verification?year=2026&lang=zh").says(&["按单位办理与报送"]);
    browser.get("/yearly?year=2026").says(&[&url, "等我办理"]);
    let page = browser.get(&url);
    page.says(&["单位审验中", "aria-current=\"step\"", "一次签署意见并审验", "name=\"seal\" value=\"paper\"", "免学、减免情形", "行业主管部门"]);
    let version = between(&page.text, "name=\"version\" value=\"", "\"").to_owned();
    let hand_over = [("step", "hand-over"), ("version", version.as_str()), ("opinion", "全部属实"), ("seal", "paper")];
    if waiting > 0 {
        let refused = browser.post(&url, &hand_over);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says(&[&format!("还有 {waiting} 人等待单位审验"), "aria-invalid=\"true\"", "value=\"全部属实\""]);
    }
    assert_eq!(browser.post(&url, &[("step", "hand-over"), ("version", "1"), ("seal", "wax")]).status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.post(&format!("{url}/verify"), &[("opinion", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
    let job = browser.post(&format!("{url}/verify"), &[("status", ""), ("opinion", "情况属实")]).header("location").to_owned();
    browser.get(&job).says(&["审验 2026 年度"]);
    registry.finish_jobs("test").unwrap();
    browser.get(&job).says(&["已完成", &url]);
    let handed = browser.post(&url, &hand_over);
    assert_eq!((handed.status, handed.header("location")), (StatusCode::SEE_OTHER, url.as_str()), "{}", handed.text);
    let page = browser.get(&format!("{url}?lang=en"));
    page.says(&["with the sector authority", "sealed on paper", "No step waits for you now.", "全部属实"]);
    page.lacks(&["一次签署意见并审验"]);

    // The authority confirms it; nobody else does.
    let mut authority = signed_in_to(&app, "authority-chengdu");
    let page = authority.get(&format!("{url}?lang=zh"));
    page.says(&["审核通过", "退回单位", "纸质已盖章"]);
    let version = between(&page.text, "name=\"version\" value=\"", "\"").to_owned();
    let refused = authority.post(&url, &[("step", "send-back"), ("version", &version), ("opinion", " ")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let confirm = [("step", "confirm"), ("version", version.as_str()), ("opinion", "同意"), ("seal", "electronic")];
    assert_eq!(signed_in_to(&app, "auditor-chengdu").post(&url, &confirm).status, StatusCode::FORBIDDEN);
    assert_eq!(authority.post(&url, &confirm).status, StatusCode::SEE_OTHER);
    authority.get(&url).says(&["审验完成", "已加盖电子印章"]);
    authority.get("/yearly?year=2026&state=confirmed").says(&["1 个已完成"]);
    authority.get("/yearly?year=2026&state=gathering").says(&["没有符合条件的单位"]);

    // A sample of it: seed and hash are shown, what is wrong waits again for the employer.
    let refused = authority.post("/spot-checks/draw", &[("year", "2026"), ("size", "2"), ("reason", "")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says(&["请写明抽查的依据或计划"]);
    let drawn = authority.post("/spot-checks/draw", &[("year", "2026"), ("size", "2"), ("reason", "年度抽查计划"), ("seed", "摇号 17")]);
    let url = drawn.header("location").to_owned();
    authority.get("/spot-checks").says(&["年度抽查计划", "无问题"]);
    authority.get(&url).says(&["摇号 17", "SHA-256", "有问题，重新审验"]);
    let silent = authority.post(&format!("{url}/found"), &[("place", "1"), ("finding", "wrong"), ("note", "")]);
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    silent.says(&["请写明发现的问题"]);
    assert_eq!(authority.post(&format!("{url}/found"), &[("place", "1"), ("finding", "wrong"), ("note", "结业证有误")]).status, StatusCode::SEE_OTHER);
    assert_eq!(authority.post(&format!("{url}/found"), &[("place", "2"), ("finding", "sound")]).status, StatusCode::SEE_OTHER);
    authority.get(&url).says(&["发现问题 1 人，待查 0 人", "结业证有误", "重新审验"]);
    assert_eq!(registry.employer_year(&officer, employer, 2026).unwrap().counts.reopened, 1);

    // A record that counted is revoked: the new result stands beside what was verified before, for the officer and for the person.
    let (case, record, person) = registry
        .read(|tx| {
            let reopened = "SELECT c.id, d.id, a.login FROM cases c JOIN accounts a ON a.person = c.person JOIN cases d ON d.person = c.person JOIN records r ON r.id = d.record
                WHERE c.flow = 'verification' AND c.state = 'reopened' AND d.state = 'accepted' AND r.year = 2026";
            tx.first(reopened, xueshi_registry::params![], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?)))
        })
        .unwrap()
        .unwrap();
    let mut employer = signed_in_to(&app, "employer-chengdu-1");
    employer.get(&format!("/desk/{case}?lang=zh")).lacks(&["此前审验的结果"]);
    let version = between(&authority.get(&format!("/desk/{record}")).text, "name=\"version\" value=\"", "\"").to_owned();
    assert_eq!(authority.post(&format!("/desk/{record}"), &[("step", "revoke"), ("version", &version), ("reason", "结业证有误")]).status, StatusCode::SEE_OTHER);
    employer.get(&format!("/desk/{case}")).says(&["此前审验的结果", "账本记录"]);
    signed_in_to(&app, &person).get(&format!("/records/{case}?lang=zh")).says(&["此前审验的结果"]);
}
