//! What years of study are used for, through the pages: asked, kept, listed, endorsed.

use super::officer::{actor_of, offices, signed_in_to};
use super::*;

/// The organisation that somebody works for.
fn office_name(app: &App, login: &str) -> String {
    actor_of(app, login).held.name.unwrap()
}

#[test]
fn a_gate_is_asked_listed_and_kept() {
    let app = offices();
    let mut public = Browser::new(&app);
    public.get("/gates/explained?place=650200&year=2024&lang=zh").says(&["职称评审", "一.2", "<article class=\"rule\">"]);
    public.get("/gates/explained?place=990000&year=2024").says(&["没有这类规定"]);

    // One asks for oneself; a day that is none is said at the form.
    let mut person = signed_in_to(&app, "person-chengdu-1-1");
    person.get("/gates?lang=zh").says(&["还没有查询过", "value=\"title-review\"", "答复连同依据保存并记入账本"]);
    let refused = person.post("/gates/ask", &[("gate", "title-review"), ("on", "明天")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says(&["日期不对"]);
    let asked = person.post("/gates/ask", &[("gate", "title-review"), ("on", "2026-03-01")]);
    let url = asked.header("location").to_owned();
    person.get(&url).says(&["职称评审", "重要条件", "川人社发〔2016〕20号", "SHA-256", "账本", "class=\"list\""]);
    person.get("/gates").says(&[&url, "2026-03-01"]);
    let other = actor_of(&app, "person-chengdu-1-2").person.unwrap().to_string();
    assert_eq!(person.post("/gates/ask", &[("gate", "title-review"), ("on", "2026-03-01"), ("person", &other)]).status, StatusCode::NOT_FOUND);
    assert_eq!(signed_in_to(&app, "employer-chongqing-1").get(&url).status, StatusCode::NOT_FOUND);

    // An officer looks at everybody, keeps one, and takes all of them away.
    let mut officer = signed_in_to(&app, "employer-chengdu-1");
    officer.get("/gates/people").says(&["按人员查看", "value=\"appointment\""]);
    let list = officer.get("/gates/people?gate=appointment&on=2026-03-01&lang=zh");
    list.says(&["保存答复", "/gates/people.csv?gate=appointment", "name=\"person\""]);
    officer.get("/gates/people?gate=appointment&on=x").says(&["日期不对", "aria-invalid=\"true\""]);
    let csv = officer.get("/gates/people.csv?gate=appointment&on=2026-03-01");
    assert_eq!((csv.status, csv.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert_eq!(csv.text.lines().count(), 4, "a head and three people:\n{}", csv.text);
    csv.says(&["\u{feff}人员编号,姓名", "川人社发〔2016〕20号"]);
    officer.get_packed("/gates/people.csv?gate=appointment&on=2026-03-01");
    let kept = officer.post("/gates/ask", &[("gate", "appointment"), ("on", "2026-03-01"), ("person", &other)]);
    officer.get(kept.header("location")).says(&["岗位聘用", "人员档案"]);

    // Where the answer is yes it can be endorsed: the authority audits, the title office endorses.
    let by = actor_of(&app, "employer-chengdu-1");
    let people = app.registry.people(&by, "", 0, 10).unwrap();
    let asked = people.iter().flat_map(|(person, ..)| ["2026-03-01", "2025-03-01", "2027-03-01"].map(|on| app.registry.ask_gate(&by, *person, "title-review", on).unwrap()));
    let yes = asked.map(|id| app.registry.gate_answer(&by, id).unwrap().answered).find(|one| one.answer == "yes").unwrap();
    let url = format!("/gates/{}", yes.id);
    officer.get(&url).says(&["申请签注", &format!("href=\"{url}/sheet\"")]);
    assert!(officer.get(&format!("{url}/sheet")).pdf().contains("没有申请签注"));
    assert_eq!(officer.post(&format!("{url}/endorsement"), &[]).status, StatusCode::SEE_OTHER);
    let mut authority = signed_in_to(&app, "authority-chengdu");
    authority.get("/gates?lang=zh").says(&["等我签注（1）"]);
    authority.get(&url).says(&["审核通过", "不予签注"]);
    let refused = authority.post(&format!("{url}/step"), &[("step", "refuse"), ("version", "1"), ("opinion", "")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(authority.post(&format!("{url}/step"), &[("step", "endorse"), ("version", "1"), ("opinion", "同意"), ("seal", "none")]).status, StatusCode::SEE_OTHER);
    let mut office = signed_in_to(&app, "office-chengdu");
    assert_eq!(office.post(&format!("{url}/step"), &[("step", "endorse"), ("version", "2"), ("opinion", "同意"), ("seal", "paper")]).status, StatusCode::SEE_OTHER);
    office.get(&url).says(&["已签注", "纸质已盖章"]);
    let sheet = office.get(&format!("{url}/sheet")).pdf();
    let name = office_name(&app, "office-chengdu");
    for said in
        ["职称评审", "titlereview", &yes.person.1, "999***", "川人社发〔2016〕20号", "重要条件", "已签注", "同意", "纸质已盖章", "未盖章", &name, "不是证书，没有核验码", &format!("第{}条", yes.entry)]
    {
        assert!(sheet.contains(said), "“{said}” is not in: {sheet}");
    }
    assert_eq!(signed_in_to(&app, "employer-chongqing-1").get(&format!("{url}/sheet")).status, StatusCode::NOT_FOUND);
}
