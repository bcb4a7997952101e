//! Registration over time and matters, in the browser: a new person, a change with proof, a transfer from desk to desk, doubles.

use super::officer::{OFFICES, actor, signed_in};
use super::person::form;
use super::*;
use xueshi_registry::identity;

/// Posts a form with files.
pub(super) fn send(browser: &mut Browser, url: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
    let csrf = browser.csrf.clone();
    let all: Vec<(&str, &str)> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.ask(Request::post(url).header("content-type", super::person::multipart()), form(&all, file))
}

/// An identity number of nobody, of somebody born on 1 January 1979.
pub(super) fn number(serial: u32) -> String {
    let body = format!("99999919790101{serial:03}");
    let check = identity::check_character(&body).unwrap();
    format!("{body}{check}")
}

/// Adds somebody to an employer; gives the address of the registration.
pub(super) fn enrolled(officer: &mut Browser, name: &str, serial: u32) -> String {
    officer.get("/people/new?lang=zh").says(&["name=\"fact-title_level\"", "15位旧号自动换算"]);
    let answer = send(officer, "/people/new", &[("name", name), ("identity", &number(serial)), ("title", "护师"), ("on", "2026-01-05"), ("fact-title_level", "junior")], None);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.header("location").to_owned()
}

#[test]
fn a_newcomer_is_registered_changed_and_given_an_account() {
    let mut officer = signed_in("employer-chengdu-1");
    let refused = send(&mut officer, "/people/new", &[("name", "新人"), ("identity", "999"), ("on", "2026-01-05")], None);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says(&["身份证号不对", "value=\"新人\""]);
    let url = enrolled(&mut officer, "新人", 1);
    let page = officer.get(&url);
    page.says(&["新人", "999•••••••••••", "护师", "2026-01-05 起", "1979-01-01 出生", "初级", "value=\"facts\"", "value=\"leave\""]);
    page.lacks(&[&number(1)]);
    // What is changed holds from its day; what was stays to be read.
    let changed = send(&mut officer, &url, &[("what", "facts"), ("facts-all", "title_level sex"), ("fact-title_level", "intermediate"), ("fact-sex", "女"), ("facts-from", "2026-06-01")], None);
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text);
    officer.get(&url).says(&["中级", "2026-01-05 至 2026-05-31", "性别"]);
    let unread = send(&mut officer, &url, &[("what", "facts"), ("facts-all", "title_level"), ("fact-title_level", "很高"), ("facts-from", "2026-06-01")], None);
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    unread.says(&["职称级别", "role=\"alert\""]);
    // A name with its proof: at once, for who keeps it.
    assert_eq!(send(&mut officer, &url, &[("what", "change"), ("change-kind", "name"), ("change-value", "新名"), ("change-from", "2026-07-01")], None).status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = send(&mut officer, &url, &[("what", "change"), ("change-kind", "name"), ("change-value", "新名"), ("change-from", "2026-07-01")], Some(("户籍证明.pdf", b"%PDF-1.7 x")));
    let matter = done.header("location").to_owned();
    let page = officer.get(&matter);
    page.says(&["姓名变更", "已办结", "新人", "户籍证明.pdf"]);
    let paper = page.text.split_once("/papers/").unwrap().1.split('"').next().unwrap().to_owned();
    assert_eq!(officer.get(&format!("{matter}/papers/{paper}")).bytes, b"%PDF-1.7 x");
    assert_eq!(signed_in("employer-chongqing-1").get(&format!("{matter}/papers/{paper}")).status, StatusCode::NOT_FOUND);
    officer.get(&url).says(&["新名", "2026-01-05 至 2026-06-30"]);
    // The password of the account is shown once, and opens it.
    let given = send(&mut officer, &url, &[("what", "account"), ("account-login", "newcomer")], None);
    assert_eq!(given.header("cache-control"), "no-store");
    let password = given.text.split_once("<b class=\"mono\">").unwrap().1.split('<').next().unwrap().to_owned();
    officer.get(&url).lacks(&[&password, "value=\"account\""]);
    let mut own = Browser::new(&OFFICES);
    assert_eq!(own.post("/sign-in", &[("login", "newcomer"), ("password", &password)]).status, StatusCode::SEE_OTHER);
    assert_eq!(own.get("/me").header("location"), url);
    let page = own.get(&url);
    page.says(&["value=\"transfer\"", "value=\"change\""]);
    page.lacks(&["value=\"leave\"", "value=\"facts\"", "value=\"account\""]);
    assert_eq!(send(&mut own, &url, &[("what", "facts"), ("facts-from", "2026-06-01"), ("fact-sex", "男")], None).status, StatusCode::FORBIDDEN);
    own.get("/me/looked-at").says(&["新增登记", "开通账号", "变更姓名或证件"]);
}

#[test]
fn a_transfer_goes_from_one_desk_to_the_other() {
    let mut sending = signed_in("employer-chengdu-1");
    let url = enrolled(&mut sending, "调动者", 11);
    let receiving_name = actor("employer-chongqing-1").held.name.unwrap();
    let fields = [("what", "transfer"), ("transfer-kind", "employer"), ("transfer-to", "没有这家"), ("transfer-on", "2026-11-01"), ("transfer-title", "主管护师")];
    let refused = send(&mut sending, &url, &fields, None);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says(&["没有登记“没有这家”", "value=\"没有这家\""]);
    let right: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, if *name == "transfer-to" { receiving_name.as_str() } else { *value })).collect();
    let asked = send(&mut sending, &url, &right, None);
    let matter = asked.header("location").to_owned();
    sending.get(&matter).says(&["待办理", &format!("等{receiving_name}办理"), "撤回"]);
    assert_eq!(send(&mut sending, &url, &right, None).status, StatusCode::CONFLICT, "the same once more");

    let mut receiving = signed_in("employer-chongqing-1");
    receiving.get("/matters?lang=zh").says(&["等我办理 1 件", "调动到其他单位", "调动者"]);
    let page = receiving.get(&matter);
    page.says(&["调动者", "value=\"approve\"", "value=\"refuse\""]);
    page.lacks(&["/registration\""]);
    assert_eq!(receiving.get(&url).status, StatusCode::NOT_FOUND, "not before it is approved");
    let no_reason = receiving.post(&matter, &[("version", "1"), ("step", "refuse"), ("reason", "")]);
    assert_eq!(no_reason.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(receiving.post(&matter, &[("version", "1"), ("step", "approve"), ("reason", "")]).status, StatusCode::SEE_OTHER);
    receiving.get(&url).says(&["主管护师", "2026-11-01 起", "2026-01-05 至 2026-10-31", "调动"]);
    assert_eq!(sending.get(&url).status, StatusCode::NOT_FOUND);
    sending.get("/matters?which=all").says(&["调动者", "已办结"]);
    // The desk of declarations leads on to where a matter stands.
    let case = matter.rsplit('/').next().unwrap();
    assert_eq!(receiving.get(&format!("/desk/{case}")).header("location"), matter);

    // Back, asked for by name and number together; a wrong name finds nobody.
    sending.get("/people/transfer-in?lang=zh").says(&["姓名与号码都相符才能找到"]);
    let back = [("name", "别人"), ("identity", &*number(11)), ("on", "2026-11-10")];
    let nobody = send(&mut sending, "/people/transfer-in", &back, None);
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    nobody.says(&["没有姓名与身份证号都相符的人"]);
    let found = send(&mut sending, "/people/transfer-in", &[("name", "调动者"), back[1], back[2]], None);
    assert_eq!(found.status, StatusCode::SEE_OTHER, "{}", found.text);
    // Leaves instead: no post, and out of service.
    let post = receiving.get(&url).text.split_once("id=\"leave-post\"").unwrap().1.split_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let left = send(&mut receiving, &url, &[("what", "leave"), ("leave-why", "leave"), ("leave-post", &post), ("leave-on", "2026-11-15"), ("leave-reason", "个人原因")], None);
    assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", left.text);
    receiving.get(&url).says(&["离职"]);
}

#[test]
fn doubles_are_listed_and_either_merged_or_kept_apart() {
    let mut officer = signed_in("employer-karamay-1");
    let (one, other) = (enrolled(&mut officer, "重名者", 21), enrolled(&mut officer, "重名者", 22));
    let id = |url: &str| url.split('/').nth(2).unwrap().to_owned();
    let page = officer.get("/people/doubles?lang=zh");
    page.says(&["姓名与出生日期相同", "重名者", &format!("合并，保留 #{}", id(&one))]);
    let decision = |step: &'static str, reason: &'static str| [("one", id(&one)), ("other", id(&other)), ("step", step.to_owned()), ("reason", reason.to_owned())];
    let post = |officer: &mut Browser, fields: [(&str, String); 4]| {
        let all: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        officer.post("/people/doubles", &all)
    };
    let unsaid = post(&mut officer, decision("keep-one", ""));
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    unsaid.says(&["请写明理由"]);
    let proposed = post(&mut officer, decision("keep-one", "身份证复印件一致"));
    let matter = proposed.header("location").to_owned();
    let page = officer.get(&matter);
    page.says(&["重复登记合并", "待复核", "身份证复印件一致"]);
    page.lacks(&["value=\"approve\""]);
    // A second person, of the authority over it.
    let mut authority = signed_in("authority-karamay");
    assert_eq!(authority.post(&matter, &[("version", "1"), ("step", "approve"), ("reason", "")]).status, StatusCode::SEE_OTHER);
    assert_eq!(officer.get(&format!("/people/{}?lang=zh", id(&other))).status, StatusCode::OK, "the double's address leads to the person");
    officer.get(&one).says(&["并入的重复登记", &format!("#{}", id(&other))]);
    assert_eq!(officer.post(&matter, &[("version", "2"), ("step", "undo"), ("reason", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(officer.post(&matter, &[("version", "2"), ("step", "undo"), ("reason", "实为两人")]).status, StatusCode::SEE_OTHER);
    assert_eq!(post(&mut officer, decision("apart", "面谈核实")).status, StatusCode::SEE_OTHER);
    officer.get("/people/doubles").lacks(&[&format!("#{}", id(&one))]);
}
