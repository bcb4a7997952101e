//! An authority's officer changes a policy; another approves it.

use super::officer::{OFFICES, signed_in, work_ends};
use super::*;

/// Everything between two words.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    text.split_once(before).unwrap_or_else(|| panic!("“{before}” is missing in:\n{text}")).1.split(after).next().unwrap()
}

#[test]
fn a_policy_is_drafted_checked_tried_and_approved_by_another() {
    let mut author = signed_in("authority-chengdu");
    let policy = "cn-5101-2019-200";
    author.get("/drafts?lang=zh").says(&["政策管理", policy]);
    let url = author.post("/drafts", &[("policy", policy)]).header("location").to_owned();
    let page = author.get(&url);
    page.says(&["草稿", "没有规则上的差别", "name=\"text\"", "value=\"check\""]);
    let text = OFFICES.engine.library().get(policy).unwrap().text().replace("at_least = 30\n", "at_least = 6\n");
    let text = text.split("\n[examples]").next().unwrap();
    let version = |page: &Answer| between(&page.text, "name=\"version\" value=\"", "\"").to_owned();
    let wrong = format!("{text}\n[requirement.general]\nat_least = 7\n");
    author.post(&url, &[("version", &version(&page)), ("step", "edit"), ("text", &wrong)]);
    // Findings with line and excerpt; nothing goes on while there are errors.
    let page = author.get(&url);
    page.says(&["错误", "<pre class=\"law\">", "第 "]);
    let refused = author.post(&url, &[("version", &version(&page)), ("step", "check")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says(&["检查发现错误"]);
    author.post(&url, &[("version", &version(&page)), ("step", "edit"), ("text", text)]);
    let page = author.get(&url);
    page.says(&["requirement.general", "至少6学时", "还没有试算过"]);
    author.post(&url, &[("version", &version(&page)), ("step", "check")]);
    let page = author.get(&url);
    author.post(&url, &[("version", &version(&page)), ("step", "try"), ("year", "2026")]);
    author.get(&url).says(&["data-events=\"/jobs/"]);
    work_ends();
    let page = author.get(&url);
    page.says(&["人中有 0 人的结果会改变", "按 2026 年度全部记录试算", "value=\"propose\""]);
    author.post(&url, &[("version", &version(&page)), ("step", "propose")]);
    let page = author.get(&url);
    page.lacks(&["value=\"approve\"", "name=\"text\""]);
    assert_eq!(author.post(&url, &[("version", &version(&page)), ("step", "approve")]).status, StatusCode::FORBIDDEN);
    let mut other = signed_in("office-chengdu");
    let page = other.get(&format!("{url}?lang=zh"));
    page.says(&["value=\"approve\"", "name=\"active_from\"", "value=\"send-back\""]);
    assert_eq!(other.post(&url, &[("version", &version(&page)), ("step", "send-back"), ("reason", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
    // From a far day on, so that other tests go by the text of now.
    other.post(&url, &[("version", &version(&page)), ("step", "approve"), ("active_from", "2999-01-01")]);
    other.get(&url).says(&["已公布", "2999-01-01 起生效", "批准公布"]);
    assert_eq!(signed_in("authority-chongqing").get(&url).status, StatusCode::NOT_FOUND);
    author.get(&format!("{url}?lang=en")).says(&["published", "in force from 2999-01-01"]);
}
