//! The pages through one door: requests to the router, without a network.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod api;
mod api_completions;
mod api_drafts;
mod api_files;
mod api_gates;
mod api_imports;
mod api_matters;
mod api_people;
mod api_work;
mod api_yearly;
mod deliveries;
mod doors;
mod drafts;
mod gates;
mod grants;
mod imports;
mod officer;
mod papers;
mod people;
mod person;
mod program;
#[allow(dead_code, reason = "each test uses some of it")]
#[path = "../../../../registry/tests/support/mod.rs"]
mod support;
mod yearly;

use super::errors::Failed;
use super::look::EMBEDDED;
use super::router::{framed, router};
use super::visit::Rendered;
use super::words::Words;
use super::{App, Serves};
use crate::demo::{self, PASSWORD, Size};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use jiff::civil::date;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, LazyLock};
use tower::ServiceExt as _;
use xueshi_policy::{Engine, Lang, Library, Text};
use xueshi_registry::{Clock, Registry};

/// One application for all tests, with a small demonstration in it: three places, an employer each, three people each, two years.
static APP: LazyLock<Arc<App>> = LazyLock::new(|| {
    let clock = Arc::new(AtomicI64::new(0));
    let registry = Arc::new(registry(crate::policies::library(None).unwrap(), Clock::Set(Arc::clone(&clock))));
    demo::fill(&registry, &clock, date(2026, 11, 20), Size { employers: 1, people: 3, years: 2 }, |_, _| {}).unwrap();
    Arc::new(App::new(registry, Serves { https_only: true, demo: true, ..Serves::default() }).unwrap())
});

fn registry(library: Library, clock: Clock) -> Registry {
    // Kept until the process ends: the application lives as long.
    crate::installation::open_for(&tempfile::tempdir().unwrap().keep(), Engine::new(library), clock).unwrap()
}

/// An application of its own over a real database, in it an employer a place with one professional each, at 20 November 2026.
fn app_on(fixture: &support::Fixture) -> Arc<App> {
    demo::fill(&fixture.registry, &fixture.clock, date(2026, 11, 20), Size { employers: 1, people: 1, years: 0 }, |_, _| {}).unwrap();
    Arc::new(App::new(Arc::clone(&fixture.registry), Serves { demo: true, ..Serves::default() }).unwrap())
}

/// An application without anything in its registry.
fn app(library: Library, https_only: bool) -> App {
    App::new(Arc::new(registry(library, Clock::System)), Serves { https_only, ..Serves::default() }).unwrap()
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    template: Option<&'static str>,
    text: String,
    bytes: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    #[track_caller]
    fn says(&self, words: &[&str]) {
        for word in words {
            assert!(self.text.contains(word), "“{word}” is missing in:\n{}", self.text);
        }
    }

    /// The words of a PDF, without the white space that lines and columns make.
    #[track_caller]
    fn pdf(&self) -> String {
        assert_eq!((self.status, self.header("content-type"), self.header("cache-control")), (StatusCode::OK, "application/pdf", "private, no-store"), "{}", self.text);
        let document = lopdf::Document::load_mem(&self.bytes).unwrap();
        let words: String = document.get_pages().into_keys().map(|page| document.extract_text(&[page]).unwrap()).collect();
        words.split_whitespace().collect()
    }

    #[track_caller]
    fn lacks(&self, words: &[&str]) {
        for word in words {
            assert!(!self.text.contains(word), "“{word}” stands in:\n{}", self.text);
        }
    }
}

fn ask(app: &Arc<App>, request: Request<Body>) -> Answer {
    ask_of(router(Arc::clone(app)), request)
}

fn ask_of(router: Router, request: Request<Body>) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = router.oneshot(request).await.unwrap();
        let (status, headers, template) = (response.status(), response.headers().clone(), response.extensions().get::<Rendered>().map(|rendered| rendered.0));
        let body = to_bytes(response.into_body(), 16 << 20).await.unwrap();
        Answer {
            status,
            headers,
            template,
            // Templates write the strokes of addresses as entities.
            text: String::from_utf8_lossy(&body).replace("&#x2f;", "/"),
            bytes: body.to_vec(),
        }
    })
}

fn get_with(url: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(Request::get(url), |request, (name, value)| request.header(*name, *value));
    ask(&APP, request.body(Body::empty()).unwrap())
}

fn get(url: &str) -> Answer {
    get_with(url, &[])
}

/// A rule of Chengdu in 2019: 8 hours of a class.
const CLASS: &str = "/calculator?place=510100&year=2019&activity=class&subject=specialised&quantity=8&unit=hours";
/// A conference in a city of Xinjiang: so many days at a level, with a cap.
const CONFERENCE: &str = "/calculator?place=650000&year=2023&activity=conference&subject=specialised&quantity=9&unit=days&level=prefecture";

/// Every page with what it shows in each of its states.
fn pages() -> Vec<String> {
    let mut all: Vec<String> = [
        "/",
        "/api",
        "/regulations",
        "/gates/explained",
        "/gates/explained?place=650200&year=2024",
        "/regulations?place=510100&year=2019",
        "/regulations?place=110000&year=1960",
        "/regulations?year=x",
        "/calculator",
        "/sign-in",
        "/verify",
        "/ledger",
        "/registers",
        "/registers?place=510100&year=2019",
        "/registers?place=110000&year=1960",
        CLASS,
        CONFERENCE,
        "/nothing",
    ]
    .map(str::to_owned)
    .to_vec();
    all.extend(APP.engine.library().files().iter().map(|file| format!("/regulations/{}", file.id())));
    all
}

#[test]
fn every_page_and_template_is_shown_in_both_languages() {
    let mut rendered = BTreeSet::new();
    for url in pages() {
        for (lang, html_lang) in [("zh", "zh-CN"), ("en", "en")] {
            let page = get(&format!("{url}{}lang={lang}", if url.contains('?') { '&' } else { '?' }));
            let expected = if url == "/nothing" { StatusCode::NOT_FOUND } else { StatusCode::OK };
            assert_eq!(page.status, expected, "{url}: {}", page.text);
            page.says(&[&format!("<html lang=\"{html_lang}\">"), "<main id=\"main\"", "class=\"skip\""]);
            // Nothing inside a page that its security policy would forbid.
            page.lacks(&["<style", " style=", "onclick", "<script>"]);
            assert_eq!(page.text.matches("<h1").count(), 1, "{url}");
            rendered.extend(page.template);
        }
    }
    rendered.extend(person::every_template());
    // The second factor has a test of its own: a demonstration does without.
    // So have officers' pages, which are seen signed in.
    let shared = [
        "deliveries.html",
        "delivery-parts.html",
        "delivery.html",
        "desk-parts.html",
        "draft.html",
        "drafts.html",
        "import.html",
        "imports.html",
        "job.html",
        "jobs.html",
        "desk.html",
        "exports.html",
        "doubles.html",
        "enrol.html",
        "field.html",
        "keys.html",
        "macros.html",
        "gate-parts.html",
        "gate-people.html",
        "gate.html",
        "gates.html",
        "many.html",
        "approvers.html",
        "grants.html",
        "matter.html",
        "matters.html",
        "people.html",
        "person.html",
        "proofs.html",
        "request.html",
        "requests.html",
        "register-desk.html",
        "register-parts.html",
        "sent.html",
        "registration.html",
        "shell.html",
        "account.html",
        "sign-in-app.html",
        "sign-in-code.html",
        "told.html",
        "spot-check.html",
        "spot-checks.html",
        "verification.html",
        "yearly-one.html",
        "yearly.html",
    ];
    let templates: BTreeSet<&str> = EMBEDDED.iter().filter_map(|(name, _)| name.strip_prefix("templates/")).filter(|name| !shared.contains(name)).collect();
    assert_eq!(rendered, templates, "every template is shown by some test");
}

#[test]
fn both_languages_have_the_same_words_and_pages_use_each() {
    let files: Vec<(String, Cow<'static, [u8]>)> = EMBEDDED.iter().map(|(name, content)| ((*name).to_owned(), Cow::Borrowed(*content))).collect();
    let words = Words::read(&files).unwrap();
    let keys = |lang| words.table(lang).keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(Lang::Zh), keys(Lang::En));
    let text: String = EMBEDDED.iter().filter(|(name, _)| name.starts_with("templates/")).map(|(_, content)| std::str::from_utf8(content).unwrap()).collect();
    let code = concat!(
        include_str!("../errors.rs"),
        include_str!("../router.rs"),
        include_str!("../pages/regulations.rs"),
        include_str!("../pages/regulation.rs"),
        include_str!("../pages/desk/case.rs"),
        include_str!("../pages/drafts/mod.rs"),
        include_str!("../pages/drafts/one.rs"),
        include_str!("../pages/imports/mod.rs"),
        include_str!("../pages/imports/one.rs"),
        include_str!("../pages/imports/rows.rs"),
        include_str!("../pages/jobs/mod.rs"),
        include_str!("../pages/desk/many.rs"),
        include_str!("../pages/people/one.rs"),
        include_str!("../pages/verification.rs"),
        include_str!("../pages/requests.rs"),
        include_str!("../pages/verify.rs"),
        include_str!("../pages/yearly/one.rs"),
        include_str!("../pages/gates/mod.rs"),
        include_str!("../pages/gates/one.rs"),
        include_str!("../pages/gates/people.rs"),
        include_str!("../told.rs"),
        include_str!("../law.rs"),
        include_str!("../pages/person/answer.rs"),
        include_str!("../pages/person/looked_at.rs"),
        include_str!("../pages/person/record.rs")
    );
    // Words of errors and of what became of a clause are chosen by name; the pages above show each.
    let by_name = |key: &str| {
        [
            "errors.",
            "became.",
            "roles.",
            "documents.",
            "holders.",
            "drafts.change-",
            "imports.of-",
            "imports.confirm-what-",
            "looked.",
            "verify.kind-",
            "desk.way-",
            "requests.kind-",
            "api.problems.",
            "api.tags.",
            "api.in-",
            "exports.",
            "keys.scope-",
            "journey.",
            "seals.",
            "findings.",
            "gates.answer-",
            "strengths.",
            "matter.",
        ]
        .iter()
        .any(|table| key.starts_with(table))
            || xueshi_policy::REGISTERS.iter().any(|register| key == format!("registers.{register}"))
    };
    let unused: Vec<String> =
        keys(Lang::Zh).into_iter().filter(|key| !by_name(key) && !text.contains(&format!("\"{key}\"")) && !text.contains(&format!("'{key}'")) && !code.contains(&format!("\"{key}\""))).collect();
    assert_eq!(unused, Vec::<String>::new(), "words that no page uses");
}

#[test]
fn the_language_is_asked_for_remembered_or_the_browsers() {
    let english = get("/?lang=en");
    english.says(&["Every hour rests on a clause", "href=\"/?lang=zh\""]);
    assert!(english.header("set-cookie").starts_with("lang=en;"), "the choice is remembered");
    get_with("/", &[("cookie", "lang=en"), ("accept-language", "zh-CN")]).says(&["Every hour rests on a clause"]);
    get_with("/", &[("accept-language", "en-GB,en;q=0.8")]).says(&["Every hour rests on a clause"]);
    let chinese = get_with("/", &[("accept-language", "de")]);
    chinese.says(&["每一个学时，都有条款可依"]);
    assert_eq!(chinese.header("set-cookie"), "", "nothing was chosen");
}

#[test]
fn every_answer_is_kept_to_itself() {
    for url in ["/", "/nothing", "/healthz"] {
        let page = get(url);
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{url}");
        assert!(!page.header("content-security-policy").contains("unsafe"), "{url}");
        assert_eq!((page.header("x-content-type-options"), page.header("x-frame-options")), ("nosniff", "DENY"), "{url}");
        assert!(page.header("strict-transport-security").contains("max-age"), "{url}");
        assert!(!page.header("x-request-id").is_empty(), "{url}");
    }
    let plain = Arc::new(app(Library::default(), false));
    let answer = ask(&plain, Request::get("/healthz").body(Body::empty()).unwrap());
    assert_eq!(answer.header("strict-transport-security"), "", "only behind HTTPS");
}

#[test]
fn an_error_says_what_happened_what_is_kept_and_what_to_do() {
    let page = get_with("/regulations/none", &[("x-request-id", "abc-1")]);
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.says(&["没有这个页面", "没有任何内容因此改变", "核对地址", "abc-1"]);
    let json = get_with("/nothing?lang=en", &[("accept", "application/json")]);
    assert_eq!((json.status, json.header("content-type")), (StatusCode::NOT_FOUND, "application/json"));
    let body: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(body["error"]["code"], "not-found");
    assert_eq!(body["error"]["kept"], "Nothing was changed.");
    let method = ask(&APP, Request::post("/calculator").body(Body::empty()).unwrap());
    assert_eq!((method.status, method.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD"));
    method.says(&["这个地址不接受这种请求"]);
    // What was asked for is words, whatever they are.
    get("/calculator?place=510100&year=%3Cscript%3E").lacks(&["<script>"]);
}

#[test]
fn every_failure_has_its_page_and_none_tells_of_the_inside() {
    let failures = [
        (Failed::Forbidden, 403, "您不能进行这一步"),
        (Failed::Unprocessable(Text::new("数量须为数字", "the quantity must be a number")), 422, "数量须为数字"),
        (Failed::Internal("secret".to_owned()), 500, "这一步没有完成"),
        (Failed::Status(StatusCode::PAYLOAD_TOO_LARGE), 413, "提交的内容太大"),
        (Failed::Status(StatusCode::SERVICE_UNAVAILABLE), 503, "这一步用时过长，已停下"),
    ];
    for (failed, status, words) in failures {
        for lang in ["zh", "en"] {
            let failed = failed.clone();
            let address = Router::new().route("/fails", axum::routing::get(|| async { failed }));
            let answer = ask_of(framed(address, Arc::clone(&APP)), Request::get(format!("/fails?lang={lang}")).body(Body::empty()).unwrap());
            assert_eq!(answer.status.as_u16(), status);
            answer.lacks(&["secret"]);
            if lang == "zh" {
                answer.says(&[words]);
            }
        }
    }
    let panics = Router::new().route(
        "/panics",
        axum::routing::get(|| async {
            if true {
                panic!("secret")
            }
        }),
    );
    let answer = ask_of(framed(panics, Arc::clone(&APP)), Request::get("/panics").body(Body::empty()).unwrap());
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    answer.says(&["这一步没有完成"]);
    answer.lacks(&["secret"]);
}

#[test]
fn static_files_may_be_kept_for_ever_and_only_under_their_hash() {
    let page = get("/");
    let from = page.text.find("/assets/app.").unwrap();
    let url = page.text[from..].split('"').next().unwrap();
    let style = get(url);
    assert_eq!((style.status, style.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(get("/assets/app.css").status, StatusCode::NOT_FOUND);
    assert_eq!(get("/assets/..%2fwords%2fzh.toml").status, StatusCode::NOT_FOUND);
}

#[test]
fn a_place_and_year_show_the_documents_that_hold_there_from_the_general_to_the_near() {
    let page = get("/regulations?place=510100&year=2019");
    let here = page.text.split("id=\"all\"").next().unwrap();
    let at = |number: &str| here.find(number).unwrap_or_else(|| panic!("{number} is missing"));
    assert!(at("人社部令第25号") < at("川人社发〔2016〕20号") && at("川人社发〔2016〕20号") < at("成人社函〔2019〕200号"));
    let later = get("/regulations?place=510100&year=2020");
    assert!(!later.text.split("id=\"all\"").next().unwrap().contains("成人社函〔2019〕200号"), "it governs 2019 only");
    get("/regulations?year=x").says(&["请填 1950 至 2200 之间的四位年份", "aria-invalid=\"true\""]);
}

#[test]
fn a_regulation_shows_every_clause_reading_and_checksum() {
    for file in APP.engine.library().files() {
        let page = get(&format!("/regulations/{}?lang=zh", file.id()));
        for row in xueshi_policy::coverage(file) {
            page.says(&[&format!("id=\"{}\"", super::pages::regulation::anchor(&row.clause).replace('"', "&quot;"))]);
        }
        page.says(&[file.hash()]);
        for reading in file.readings() {
            page.says(&[&format!("id=\"reading-{}\"", reading.id)]);
        }
    }
    // The law beside the figure: rule, table, cap, proof, example.
    get("/regulations/cn-65-city-2022?lang=en").says(&["worked examples", "Otherwise: "]);
}

#[test]
fn a_trial_gives_hours_with_rule_clause_and_proof() {
    let page = get(CLASS);
    page.says(&["<p class=\"big\">8<small>学时</small>", "二(二)¶2", "需要的证明："]);
    let capped = get(&format!("{CONFERENCE}&lang=en"));
    capped.says(&["<p class=\"big\">60<small>", "72", "−12"]);
}

#[test]
fn a_trial_asks_only_for_what_its_rule_needs() {
    let begun = get("/calculator?place=650000&year=2023");
    begun.says(&["name=\"activity\"", "name=\"subject\""]);
    begun.lacks(&["name=\"quantity\"", "name=\"level\""]);
    let conference = get("/calculator?place=650000&year=2023&activity=conference&subject=specialised");
    conference.says(&["name=\"quantity\"", "name=\"unit\"", "name=\"level\""]);
    conference.lacks(&["name=\"characters\"", "value=\"thousand-characters\""]);
}

#[test]
fn what_can_not_be_read_is_said_at_its_field() {
    let page = get("/calculator?place=510100&year=2019&activity=class&subject=specialised&quantity=many&unit=hours");
    assert_eq!(page.status, StatusCode::OK);
    page.says(&["id=\"quantity-error\"", "aria-invalid=\"true\"", "value=\"many\""]);
    page.lacks(&["class=\"big\""]);
    get("/calculator?place=110000&year=1960").says(&["这个地方这一年还没有收录规定"]);
}

/// A browser: it keeps its cookies, and the token of the forms it was shown.
struct Browser {
    app: Arc<App>,
    cookie: String,
    csrf: String,
}

impl Browser {
    fn new(app: &Arc<App>) -> Self {
        Self { app: Arc::clone(app), cookie: String::new(), csrf: String::new() }
    }

    /// Signed in to the demonstration.
    fn signed_in(login: &str) -> Self {
        let mut browser = Self::new(&APP);
        let answer = browser.post("/sign-in", &[("login", login), ("password", PASSWORD)]);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        browser.get("/regulations");
        browser
    }

    fn ask(&mut self, request: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
        let answer = ask(&self.app, request.header("cookie", &self.cookie).body(body.into()).unwrap());
        if let Some(cookie) = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).find(|value| value.contains("session=")) {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        if let Some((_, rest)) = answer.text.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest.split('"').next().unwrap().to_owned();
        }
        answer
    }

    fn get(&mut self, url: &str) -> Answer {
        self.ask(Request::get(url), String::new())
    }

    /// Gets a file as browsers do, who take it compressed.
    fn get_packed(&mut self, url: &str) {
        let packed = self.ask(Request::get(url).header("accept-encoding", "gzip"), String::new());
        assert_eq!((packed.status, packed.header("content-encoding"), &packed.bytes[..2]), (StatusCode::OK, "gzip", &[0x1f, 0x8b][..]), "{url}");
    }

    /// Looks through a list; the address that comes of it does not say for what.
    fn find(&mut self, list: &str, fields: &[(&str, &str)]) -> Answer {
        let sent = self.post("/find", &[&[("to", list)], fields].concat());
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let to = sent.header("location").to_owned();
        assert!(to.starts_with(&format!("{list}?")) && !to.contains('%'), "{to}");
        self.get(&to)
    }

    /// Posts a form with the token it was shown.
    fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let all: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        self.post_just(url, &all)
    }

    /// Posts a form as it is.
    fn post_just(&mut self, url: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(Request::post(url).header("content-type", "application/x-www-form-urlencoded"), serde_html_form::to_string(fields).unwrap())
    }
}

#[test]
fn a_wrong_password_says_so_and_keeps_the_name() {
    let mut browser = Browser::new(&APP);
    let answer = browser.post("/sign-in", &[("login", "person-chengdu-1-2"), ("password", "wrong password")]);
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.says(&["登录名或密码不对", "value=\"person-chengdu-1-2\""]);
    answer.lacks(&["wrong password"]);
}

#[test]
fn signing_in_leads_on_to_a_path_of_our_own_only() {
    for (next, to) in [("/regulations", "/regulations"), ("//elsewhere.test/", "/home"), ("https://elsewhere.test/", "/home"), ("", "/home")] {
        let answer = Browser::new(&APP).post("/sign-in", &[("login", "person-chengdu-1-1"), ("password", PASSWORD), ("next", next)]);
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, to), "{next}");
        assert!(answer.header("set-cookie").contains("HttpOnly") && answer.header("set-cookie").contains("Secure"), "{}", answer.header("set-cookie"));
    }
}

#[test]
fn signing_out_ends_the_session_and_needs_the_token() {
    let mut browser = Browser::signed_in("person-chengdu-1-1");
    let kept = browser.cookie.clone();
    assert_eq!(browser.post_just("/sign-out", &[("csrf", "another")]).status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/sign-out", &[]).status, StatusCode::SEE_OTHER);
    browser.cookie = kept;
    assert!(!browser.get("/regulations").text.contains("/sign-out"), "the old cookie opens nothing");
}

#[test]
fn a_form_from_another_site_is_refused() {
    let mut browser = Browser::signed_in("person-chengdu-1-1");
    let body = serde_html_form::to_string([("csrf", browser.csrf.as_str())]).unwrap();
    let request = Request::post("/sign-out").header("content-type", "application/x-www-form-urlencoded").header("sec-fetch-site", "cross-site");
    assert_eq!(browser.ask(request, body).status, StatusCode::FORBIDDEN);
}

#[test]
fn an_officer_sets_up_a_second_factor_and_is_asked_for_it() {
    // The same people, in an installation that is no demonstration.
    let clock = Arc::new(AtomicI64::new(0));
    let registry = Arc::new(registry(crate::policies::library(None).unwrap(), Clock::Set(Arc::clone(&clock))));
    demo::fill(&registry, &clock, date(2026, 11, 20), Size { employers: 1, people: 1, years: 0 }, |_, _| {}).unwrap();
    registry.forget_setting("demo").unwrap();
    let app = Arc::new(App::new(registry, Serves::default()).unwrap());
    let sign_in = [("login", "employer-chengdu-1"), ("password", PASSWORD)];
    let mut browser = Browser::new(&app);
    assert_eq!(browser.post("/sign-in", &sign_in).header("location"), "/sign-in/app");
    let page = browser.get("/sign-in/app");
    page.says(&["<svg class=\"qr\""]);
    let between = |text: &str, before: &str, after: char| text.split_once(before).unwrap().1.split(after).next().unwrap().to_owned();
    let sealed = between(&page.text, "name=\"sealed\" value=\"", '"');
    let secret: String = between(&page.text, "<span class=\"hash\">", '<').replace(' ', "");
    let totp = totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap()).with_account_name("x").build().unwrap();
    let code = |seconds: u64| totp.generate(seconds).to_string();
    let now = || u64::try_from(clock.load(std::sync::atomic::Ordering::Relaxed) / 1_000_000).unwrap();
    assert_eq!(browser.post("/sign-in/app", &[("code", "000000"), ("sealed", &sealed)]).status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.post("/sign-in/app", &[("code", &code(now())), ("sealed", &sealed)]).header("location"), "/sign-in");
    assert_eq!(browser.get("/sign-in").status, StatusCode::SEE_OTHER, "signed in");
    // The next time the code is asked for; the one just used is not taken again.
    let mut again = Browser::new(&app);
    assert_eq!(again.post("/sign-in", &sign_in).header("location"), "/sign-in/code");
    again.get("/sign-in/code").says(&["autocomplete=\"one-time-code\""]);
    assert_eq!(again.post("/sign-in/code", &[("code", &code(now()))]).status, StatusCode::UNPROCESSABLE_ENTITY);
    clock.fetch_add(30_000_000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(again.post("/sign-in/code", &[("code", &code(now()))]).header("location"), "/sign-in");
}
