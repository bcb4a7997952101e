//! The professional's pages, as people of the demonstration use them.

use super::super::{App, Serves};
use super::{APP, Answer, Browser};
use crate::demo::{self, Size};
use axum::http::{Request, StatusCode};
use jiff::civil::date;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use xueshi_registry::{Actor, Clock, Declared, Facts, Role};

const PDF: &[u8] = b"%PDF-1.7 a certificate of a class";
const BOUNDARY: &str = "a-boundary";
/// A class of specialised study that ends in 2026: 8 hours under the rules of the place.
const CLASS: [(&str, &str); 7] = [("title", "院前急救培训班"), ("activity", "class"), ("subject", "specialised"), ("quantity", "8"), ("unit", "hours"), ("start", "2026-11-02"), ("end", "2026-11-03")];

/// Signs in as from a place of its own: the clock of the demonstration stands, so that all sign-ins fall into one minute.
fn session(login: &str) -> String {
    static PLACES: AtomicUsize = AtomicUsize::new(0);
    let from = format!("place {}", PLACES.fetch_add(1, Ordering::Relaxed));
    APP.registry.sign_in(login, super::PASSWORD, &from).unwrap().token
}

/// Who is signed in under a name, for asking the registry itself.
fn actor(login: &str) -> Actor {
    APP.registry.session(&session(login)).unwrap().unwrap().actor.unwrap()
}

fn person(login: &str) -> i64 {
    actor(login).person.unwrap()
}

/// The kind of body that [`form`] writes.
pub(super) fn multipart() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// The body of a form with files; fields in their order.
pub(super) fn form(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    if let Some((name, bytes)) = file {
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n").bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

impl Browser {
    /// Signed in to the demonstration.
    fn of(login: &str) -> Self {
        Self { cookie: format!("__Host-session={}", session(login)), ..Self::new(&APP) }
    }

    /// Posts a form with files, its token first.
    pub(super) fn send(&mut self, url: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
        let csrf = self.csrf.clone();
        let all: Vec<(&str, &str)> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.send_just(url, &all, file)
    }

    fn send_just(&mut self, url: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
        self.ask(Request::post(url).header("content-type", format!("multipart/form-data; boundary={BOUNDARY}")), form(fields, file))
    }

    /// Declares the class with a proof and gives the address of its case.
    fn declare(&mut self) -> String {
        let fields: Vec<(&str, &str)> = CLASS.into_iter().chain([("kind-of-proof", "completion-certificate"), ("do", "save")]).collect();
        let answer = self.send("/declare", &fields, Some(("结业证.pdf", PDF)));
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        answer.header("location").to_owned()
    }
}

/// A value of a hidden field of the page.
fn hidden<'a>(page: &'a Answer, name: &str) -> &'a str {
    let (_, rest) = page.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap()
}

/// Shows each page of a professional in both languages, and names their templates.
pub(super) fn every_template() -> BTreeSet<&'static str> {
    let mut browser = Browser::of("person-chengdu-1-1");
    let case = APP.registry.home(&actor("person-chengdu-1-1"), person("person-chengdu-1-1"), 2025).unwrap().lines[0].case;
    let mut templates = BTreeSet::new();
    for lang in ["zh", "en"] {
        for url in [
            "/home".to_owned(),
            "/home?year=2025".to_owned(),
            "/home?year=1990".to_owned(),
            "/declare".to_owned(),
            format!("/records/{case}"),
            "/me/deliveries".to_owned(),
            "/me/data".to_owned(),
            "/me/looked-at".to_owned(),
        ] {
            let page = browser.get(&format!("{url}{}lang={lang}", if url.contains('?') { '&' } else { '?' }));
            assert_eq!(page.status, StatusCode::OK, "{url}: {}", page.text);
            page.lacks(&["<style", " style=", "onclick", "<script>"]);
            assert_eq!(page.text.matches("<h1").count(), 1, "{url}");
            templates.extend(page.template);
        }
    }
    templates
}

#[test]
fn everybodys_year_opens_with_its_answer_and_shows_every_figure_in_a_table_too() {
    for place in ["chengdu", "chongqing", "karamay"] {
        for number in 1..=3 {
            let mut browser = Browser::of(&format!("person-{place}-1-{number}"));
            for year in [2025, 2026] {
                let page = browser.get(&format!("/home?year={year}&lang=zh"));
                assert_eq!(page.status, StatusCode::OK, "{}", page.text);
                page.says(&["<h1", &format!("{year} 年度"), "aria-current=\"page\""]);
                assert_eq!(page.text.contains("class=\"ring\""), page.text.contains("<th scope=\"row\">"), "a ring has its table");
            }
        }
    }
}

#[test]
fn a_form_asks_only_what_the_rule_needs_and_says_what_it_would_earn_while_nothing_is_kept() {
    let mut browser = Browser::of("person-chengdu-1-2");
    let before = browser.get("/home?lang=zh").text.matches("href=\"/records/").count();
    let begun = browser.get("/declare");
    begun.says(&["name=\"activity\"", "name=\"subject\"", "name=\"end\"", "multipart/form-data", "data-live"]);
    begun.lacks(&["name=\"quantity\"", "name=\"level\""]);
    let tried: Vec<(&str, &str)> = CLASS.into_iter().chain([("do", "try")]).collect();
    let without = browser.send("/declare", &tried, None);
    assert_eq!(without.status, StatusCode::OK);
    without.says(&["<p class=\"big\">8<small>学时", "附上证明后才计入：", "value=\"院前急救培训班\"", "name=\"quantity\""]);
    // The name of a file is enough to know that there will be a proof.
    let with: Vec<(&str, &str)> = tried.iter().copied().chain([("kind-of-proof", "completion-certificate")]).collect();
    browser.send("/declare", &with, Some(("结业证.pdf", b""))).lacks(&["附上证明后才计入："]);
    assert_eq!(browser.get("/home").text.matches("href=\"/records/").count(), before, "nothing was kept");
}

#[test]
fn what_is_wrong_is_said_under_its_field_and_what_was_filled_in_stays() {
    let mut browser = Browser::of("person-chengdu-1-2");
    browser.get("/declare?lang=zh");
    let untitled: Vec<(&str, &str)> = CLASS.into_iter().filter(|(name, _)| *name != "title").chain([("do", "save")]).collect();
    let answer = browser.send("/declare", &untitled, None);
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&["id=\"title-error\"", "value=\"8\"", "aria-invalid=\"true\""]);
    let many: Vec<(&str, &str)> = CLASS.into_iter().map(|(name, value)| (name, if name == "quantity" { "很多" } else { value })).chain([("do", "save")]).collect();
    let answer = browser.send("/declare", &many, None);
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&["id=\"quantity-error\"", "value=\"很多\"", "value=\"院前急救培训班\""]);
    let filed: Vec<(&str, &str)> = CLASS.into_iter().chain([("kind-of-proof", "completion-certificate"), ("do", "save")]).collect();
    let answer = browser.send("/declare", &filed, Some(("结业证.docx", b"PK a document")));
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&["id=\"file-error\"", "只收 PDF、JPEG、PNG"]);
    let unkind: Vec<(&str, &str)> = CLASS.into_iter().chain([("do", "save")]).collect();
    browser.send("/declare", &unkind, Some(("结业证.pdf", PDF))).says(&["id=\"kind-of-proof-error\""]);
}

#[test]
fn a_declaration_is_saved_looked_over_handed_in_and_withdrawn() {
    let mut browser = Browser::of("person-chengdu-1-3");
    browser.get("/declare?lang=zh");
    let case = browser.declare();
    let page = browser.get(&case);
    page.says(&["院前急救培训班", "还没有提交。", "提交审核", "<p class=\"big\">8<small>学时", "结业证.pdf", "写成草稿"]);
    // Its proof as it was attached.
    let proof = page.text.split("href=\"/proofs/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let file = browser.get(&format!("/proofs/{proof}"));
    assert_eq!((file.bytes.as_slice(), file.header("content-type"), file.header("cache-control")), (PDF, "application/pdf", "private, no-store"));
    // Edited: what is kept stands in the form.
    let edit = browser.get(&format!("{case}/edit"));
    edit.says(&["value=\"院前急救培训班\"", "value=\"2026-11-03\"", "结业证.pdf"]);
    let version = hidden(&edit, "version").to_owned();
    let changed: Vec<(&str, &str)> = CLASS.into_iter().map(|(name, value)| (name, if name == "quantity" { "6" } else { value })).chain([("version", version.as_str()), ("do", "save")]).collect();
    assert_eq!(browser.send(&format!("{case}/edit"), &changed, None).header("location"), case);
    assert_eq!(browser.send(&format!("{case}/edit"), &changed, None).status, StatusCode::CONFLICT, "the version was looked at before the change");
    let page = browser.get(&case);
    page.says(&["<p class=\"big\">6<small>学时"]);
    // A proof more, and off again.
    let attached = browser.send(&format!("{case}/attach"), &[("kind-of-proof", "other-proof")], Some(("照片.png", b"\x89PNG\r\n\x1a\n more")));
    assert_eq!(attached.header("location"), case, "{}", attached.text);
    browser.send(&format!("{case}/attach"), &[("kind-of-proof", "other-proof")], None).says(&["请选择文件，或拍照。"]);
    let page = browser.get(&case);
    let last = page.text.rsplit("name=\"proof\" value=\"").next().unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(browser.post(&format!("{case}/detach"), &[("proof", &last)]).header("location"), case);
    browser.get(&case).lacks(&["照片.png"]);
    // Handed in: it waits, and the home page says for whom.
    let version = hidden(&browser.get(&case), "version").to_owned();
    assert_eq!(browser.post(&format!("{case}/submit"), &[("version", &version)]).header("location"), case);
    browser.get(&case).says(&["待审核", "正等用人单位审核。"]);
    browser.get("/home").says(&["等用人单位审核，已 0 天"]);
    let page = browser.get(&case);
    page.lacks(&["/submit\"", "/edit\""]);
    let version = hidden(&page, "version").to_owned();
    assert_eq!(browser.post(&format!("{case}/withdraw"), &[("version", &version)]).header("location"), case);
    browser.get(&case).says(&["已撤回"]);
}

#[test]
fn an_accepted_record_can_be_corrected_and_the_form_begins_with_what_it_said() {
    let login = "person-chongqing-1-1";
    let home = APP.registry.home(&actor(login), person(login), 2025).unwrap();
    let accepted = home.lines.iter().find(|line| line.state == "accepted").unwrap();
    let mut browser = Browser::of(login);
    browser.get(&format!("/records/{}?lang=zh", accepted.case)).says(&[&format!("/declare?corrects={}", accepted.case)]);
    let page = browser.get(&format!("/declare?corrects={}", accepted.case));
    page.says(&["更正已认定的记录", &accepted.title, &format!("value=\"{}\"", accepted.facts["quantity"])]);
    let case = accepted.case.to_string();
    let mut fields: Vec<(&str, &str)> = accepted.facts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend([("title", accepted.title.as_str()), ("corrects", case.as_str()), ("do", "save")]);
    let saved = browser.send("/declare", &fields, None);
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let draft = saved.header("location").rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(APP.registry.case(&actor(login), draft).unwrap().corrects, Some(accepted.record));
}

#[test]
fn a_form_without_its_token_changes_nothing() {
    let mut browser = Browser::of("person-karamay-1-1");
    browser.get("/declare");
    let saving: Vec<(&str, &str)> = CLASS.into_iter().chain([("do", "save")]).collect();
    for url in ["/declare", "/records/1/edit", "/records/1/attach"] {
        assert_eq!(browser.send_just(url, &saving, None).status, StatusCode::FORBIDDEN, "{url}");
        // A token that comes later than the rest is none.
        let csrf = browser.csrf.clone();
        let late: Vec<(&str, &str)> = saving.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        assert_eq!(browser.send_just(url, &late, None).status, StatusCode::FORBIDDEN, "{url}");
    }
    for url in ["/records/1/submit", "/records/1/withdraw", "/records/1/detach", "/records/certificate"] {
        assert_eq!(browser.post_just(url, &[("version", "1"), ("proof", "1"), ("obligation", "1")]).status, StatusCode::FORBIDDEN, "{url}");
    }
    browser.get("/home").lacks(&["院前急救培训班"]);
}

#[test]
fn what_belongs_to_somebody_else_is_not_there() {
    let mut owner = Browser::of("person-karamay-1-2");
    owner.get("/declare");
    let case = owner.declare();
    let proof = owner.get(&case).text.split("href=\"/proofs/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut other = Browser::of("person-karamay-1-3");
    other.get("/declare");
    let id = case.rsplit('/').next().unwrap();
    for url in [case.clone(), format!("{case}/edit"), format!("/declare?corrects={id}"), format!("/proofs/{proof}"), "/documents/999999".to_owned()] {
        assert_eq!(other.get(&url).status, StatusCode::NOT_FOUND, "{url}");
    }
    for step in ["submit", "withdraw", "detach"] {
        assert_eq!(other.post(&format!("{case}/{step}"), &[("version", "0"), ("proof", &proof)]).status, StatusCode::NOT_FOUND, "{step}");
    }
    let saving: Vec<(&str, &str)> = CLASS.into_iter().chain([("do", "save"), ("version", "0")]).collect();
    assert_eq!(other.send(&format!("{case}/edit"), &saving, None).status, StatusCode::NOT_FOUND);
    // Officers have pages of their own.
    assert_eq!(Browser::of("employer-karamay-1").get("/home").status, StatusCode::FORBIDDEN);
    assert_eq!(super::get("/home").status, StatusCode::SEE_OTHER, "who is not signed in is led to the form");
}

#[test]
fn no_page_runs_more_statements_for_more_records() {
    // A registry of its own, in which nobody else reads meanwhile.
    let clock = Arc::new(AtomicI64::new(0));
    let registry = Arc::new(super::registry(crate::policies::library(None).unwrap(), Clock::Set(Arc::clone(&clock))));
    demo::fill(&registry, &clock, date(2026, 11, 20), Size { employers: 1, people: 1, years: 1 }, |_, _| {}).unwrap();
    let token = registry.sign_in("person-chengdu-1-1", super::PASSWORD, "here").unwrap().token;
    let actor = registry.session(&token).unwrap().unwrap().actor.unwrap();
    let app = Arc::new(App::new(Arc::clone(&registry), Serves::default()).unwrap());
    let mut browser = Browser { cookie: format!("session={token}"), ..Browser::new(&app) };
    let declared =
        |number: usize| Declared { title: format!("第{number}期培训班"), facts: CLASS.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Facts>(), corrects: None };
    let case = registry.declare(&actor, actor.person.unwrap(), &declared(0)).unwrap();
    let mut counted = || {
        let pages = ["/home".to_owned(), format!("/records/{case}"), format!("/records/{case}/edit"), "/declare".to_owned(), "/me/data".to_owned(), "/me/looked-at".to_owned()];
        pages.map(|url| {
            let before = registry.statements_read();
            assert_eq!(browser.get(&url).status, StatusCode::OK, "{url}");
            (registry.statements_read() - before, url)
        })
    };
    let few = counted();
    for number in 1..=20 {
        let case = registry.declare(&actor, actor.person.unwrap(), &declared(number)).unwrap();
        registry.submit(&actor, case, registry.case(&actor, case).unwrap().version).unwrap();
    }
    assert_eq!(few, counted());
    assert!(few.iter().all(|(statements, _)| *statements <= 26), "{few:?}");
}

#[test]
fn who_looked_and_why_is_shown_to_the_one_it_is_about() {
    let mut browser = Browser::of("person-chengdu-1-1");
    let officer = actor("employer-chengdu-1");
    assert_eq!(officer.held.role, Role::EmployerOfficer);
    APP.registry.unmask(&officer, person("person-chengdu-1-1"), "核对结业证上的身份证号").unwrap();
    browser.get("/me/looked-at?lang=zh").says(&["employer-chengdu-1", "查看身份证号", "核对结业证上的身份证号"]);
    Browser::of("person-chengdu-1-2").get("/me/looked-at?lang=zh").says(&["还没有人看过"]);
}

#[test]
fn a_verified_year_gives_a_certificate_that_proves_itself() {
    let frozen = ["chengdu", "chongqing", "karamay"].iter().flat_map(|place| (1..=3).map(move |number| format!("person-{place}-1-{number}"))).find_map(|login| {
        let home = APP.registry.home(&actor(&login), person(&login), 2025).unwrap();
        home.determinations.iter().find(|one| one.frozen).map(|one| (login.clone(), one.obligation.to_string()))
    });
    let (login, obligation) = frozen.expect("somebody's last year is verified");
    let mut browser = Browser::of(&login);
    browser.get("/home?year=2025&lang=zh").says(&["出具证书", &format!("value=\"{obligation}\"")]);
    let issued = browser.post("/records/certificate", &[("obligation", &obligation)]);
    assert_eq!(issued.status, StatusCode::SEE_OTHER, "{}", issued.text);
    let address = issued.header("location").to_owned();
    let document = browser.get(&address);
    assert_eq!(document.header("content-type"), "application/pdf");
    let credential = xueshi_documents::extract(&document.bytes).unwrap().unwrap();
    let receipt = xueshi_ledger::Receipt::from_json(std::str::from_utf8(&credential).unwrap()).unwrap();
    let verifiers = xueshi_ledger::Verifiers::new(APP.registry.origin(), [APP.registry.ledger_key().unwrap()], 0);
    assert!(receipt.verify(&verifiers).unwrap().entry.unwrap().contains("certificate"));
    let home = browser.get("/home?year=2025");
    home.says(&[&format!("href=\"{address}\""), "学时证书"]);
    home.lacks(&["出具证书"]);
    assert_eq!(browser.get(&address).bytes, document.bytes, "its bytes never change");
    let year_open = browser.post("/records/certificate", &[("obligation", "999999")]);
    assert_eq!(year_open.status, StatusCode::NOT_FOUND);
}
