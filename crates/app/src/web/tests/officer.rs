//! The desk, the yearly verification, people's files, and what strangers may look up.

use super::support::Fixture;
use super::*;
use std::collections::BTreeMap;
use xueshi_ledger::{TileRead, VerifierKey, Verifiers, prove_inclusion};
use xueshi_registry::{Actor, Declared, NewEvidence, Role, accounts};

/// An application of its own, so that what is decided here changes no other test's pages.
pub(super) static OFFICES: LazyLock<Arc<App>> = LazyLock::new(offices);

pub(super) fn offices() -> Arc<App> {
    let clock = Arc::new(AtomicI64::new(0));
    offices_in(Arc::new(registry(crate::policies::library(None).unwrap(), Clock::Set(Arc::clone(&clock)))), &clock)
}

/// The same on a database of each kind, which lives as long as what is given beside it.
pub(super) fn offices_on_both() -> [(Arc<App>, Fixture); 2] {
    [Fixture::sqlite(), Fixture::postgres()].map(|fixture| (offices_in(Arc::clone(&fixture.registry), &fixture.clock), fixture))
}

fn offices_in(registry: Arc<Registry>, clock: &AtomicI64) -> Arc<App> {
    demo::fill(&registry, clock, date(2026, 11, 20), Size { employers: 1, people: 3, years: 2 }, |_, _| {}).unwrap();
    over(registry)
}

/// An application over a database of a test's own, with the people of a small town and nothing of their years.
pub(super) fn offices_on(fixture: &Fixture) -> Arc<App> {
    demo::fill(&fixture.registry, &fixture.clock, date(2026, 11, 20), Size { employers: 1, people: 2, years: 0 }, |_, _| {}).unwrap();
    over(Arc::clone(&fixture.registry))
}

/// An application over a registry, which reads tables in this process.
pub(super) fn over(registry: Arc<Registry>) -> Arc<App> {
    Arc::new(App::new(registry, Serves { demo: true, parser: crate::importing::Parser::Here, ..Serves::default() }).unwrap())
}

/// The token of a new session. Each comes from a place of its own: the clock stands, so that attempts from one place would soon be too many.
fn token(app: &App, login: &str) -> String {
    static PLACES: AtomicI64 = AtomicI64::new(0);
    let place = PLACES.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
    app.registry.sign_in(login, PASSWORD, &place).unwrap().token
}

/// A browser signed in to it.
pub(super) fn signed_in(login: &str) -> Browser {
    signed_in_to(&OFFICES, login)
}

pub(super) fn signed_in_to(app: &Arc<App>, login: &str) -> Browser {
    let mut browser = Browser { cookie: format!("session={}", token(app, login)), ..Browser::new(app) };
    browser.get("/regulations");
    browser
}

pub(super) fn actor(login: &str) -> Actor {
    actor_of(&OFFICES, login)
}

pub(super) fn actor_of(app: &App, login: &str) -> Actor {
    app.registry.session(&token(app, login)).unwrap().unwrap().actor.unwrap()
}

/// Does the background work that there is; what another test does already is waited for.
pub(super) fn work_ends() {
    let runner = format!("{:?}", std::thread::current().id());
    loop {
        OFFICES.registry.finish_jobs(&runner).unwrap();
        let open = OFFICES.registry.read(|tx| tx.number("SELECT COUNT(*) FROM jobs WHERE state IN ('queued', 'running')", &[])).unwrap();
        if open == 0 {
            return;
        }
        std::thread::yield_now();
    }
}

/// A PNG of one pixel; `mark` makes it one of its kind.
fn picture(mark: &str) -> Vec<u8> {
    [&[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a][..], mark.as_bytes()].concat()
}

/// Hands a class of so many hours in for somebody of a place; gives the case.
pub(super) fn handed_in(login: &str, title: &str, proof: &str) -> i64 {
    handed_in_to(&OFFICES, login, title, proof)
}

fn handed_in_to(app: &App, login: &str, title: &str, proof: &str) -> i64 {
    let person = actor_of(app, login);
    let facts = [("activity", "class"), ("subject", "specialised"), ("quantity", "8"), ("unit", "hours"), ("start", "2026-03-02"), ("end", "2026-03-03"), ("result", "pass")];
    let facts: BTreeMap<String, String> = facts.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let registry = &app.registry;
    let case = registry.declare(&person, person.person.unwrap(), &Declared { title: title.to_owned(), facts, corrects: None }).unwrap();
    registry.attach(&person, case, &NewEvidence { kind: "completion-certificate".to_owned(), name: "结业证.png".to_owned(), bytes: picture(proof) }).unwrap();
    let version = registry.case(&person, case).unwrap().version;
    registry.submit(&person, case, version).unwrap();
    case
}

fn version(login: &str, case: i64) -> i64 {
    OFFICES.registry.case(&actor(login), case).unwrap().version
}

/// Everything that stands between two words.
pub(super) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    text.split_once(before).unwrap_or_else(|| panic!("“{before}” is missing in:\n{text}")).1.split(after).next().unwrap()
}

#[test]
fn the_desk_shows_a_case_with_everything_a_decision_needs() {
    let case = handed_in("person-chengdu-1-1", "急救新技术培训班", "desk");
    let mut officer = signed_in("employer-chengdu-1");
    let desk = officer.get("/desk?lang=zh");
    desk.says(&["等我审核", "data-lines", "name=\"case\""]);
    let page = officer.get(&format!("/desk/{case}"));
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    // What was declared in words, what it earns with rule and clause, what the stage checks with its clause, the proof, the way.
    page.says(&["急救新技术培训班", "2026-03-02 至 2026-03-03", "8 学时", "<p class=\"big\">", "川人社发〔2016〕20号", "这一步核对什么", "结业证.png", "填写", "提交"]);
    // Buttons and keys are those of the flow.
    for step in xueshi_registry::flow::DECLARATION.open("waiting").filter(|step| step.action == xueshi_registry::Action::Review) {
        page.says(&[&format!("value=\"{}\" data-key=\"{}\"", step.id, step.key.unwrap().to_ascii_uppercase()), step.zh]);
    }
    page.lacks(&["value=\"withdraw\"", "value=\"revoke\""]);
    let english = officer.get(&format!("/desk/{case}?lang=en"));
    english.says(&["What this stage checks", "Would earn", "2026-03-02 to 2026-03-03", ">Accept<kbd>A</kbd>"]);
    english.lacks(&["这一步核对什么", "可认定"]);
    // The file is shown inside our own pages only, and never kept.
    let proof = between(&english.text, "<img src=\"", "\"").to_owned();
    let file = officer.get(&proof.replace("&amp;", "&"));
    assert_eq!((file.status, file.header("content-type"), file.header("cache-control")), (StatusCode::OK, "image/png", "private, no-store"));
    assert!(file.header("content-security-policy").contains("frame-ancestors 'self'") && english.header("content-security-policy").contains("frame-src 'self'"));
    assert_eq!(signed_in("employer-chongqing-1").get(&proof).status, StatusCode::NOT_FOUND);
}

#[test]
fn a_decision_leads_on_to_the_next_case_and_asks_for_its_reason() {
    let (case, later) = (handed_in("person-chengdu-1-2", "护理进修班", "decide"), handed_in("person-chengdu-1-2", "护理进修二班", "decide 2"));
    let mut officer = signed_in("employer-chengdu-1");
    let url = format!("/desk/{case}");
    officer.get(&url);
    let now = version("employer-chengdu-1", case).to_string();
    let refused = officer.post(&url, &[("version", &now), ("step", "return"), ("reason", " ")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says(&["请写明理由", "aria-invalid=\"true\""]);
    let next = later.to_string();
    let decided = officer.post(&url, &[("version", &now), ("step", "return"), ("pick", "填写的时间与证明材料不符"), ("next", &next), ("q", "护理")]);
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    let to = decided.header("location").to_owned();
    assert!(to.starts_with(&format!("/desk/{later}?q=")) && to.ends_with(&format!("done=return&of={case}")), "{to}");
    officer.get(&to).says(&["已办理：退回补正", "护理进修二班"]);
    officer.get(&url).says(&["填写的时间与证明材料不符"]);
    // Somebody else was faster: nothing happens, and it is said.
    let stale = officer.post(&format!("/desk/{later}"), &[("version", "1"), ("step", "accept")]);
    assert_eq!(stale.status, StatusCode::CONFLICT);
    stale.says(&["刚被别人办理过"]);
    // The list is narrowed by name, title and year.
    officer.find("/desk", &[("q", "护理进修二班")]).says(&["等我审核 1 件"]);
    officer.find("/desk", &[("q", "护理进修二班"), ("year", "2019")]).says(&["等我审核 0 件", "筛选条件下没有结果"]);
    officer.find("/desk", &[("q", "%")]).says(&["等我审核 0 件"]);
    assert_eq!(officer.post("/find", &[("to", "/elsewhere"), ("q", "x")]).status, StatusCode::NOT_FOUND);
}

#[test]
fn many_are_decided_after_they_were_shown_and_failures_say_why() {
    let (first, second) = (handed_in("person-karamay-1-1", "眼科讲座一", "many 1"), handed_in("person-karamay-1-1", "眼科讲座二", "many 2"));
    let foreign = handed_in("person-chongqing-1-1", "口腔讲座", "many 3");
    let mut officer = signed_in("employer-karamay-1");
    let value = format!("{first}-{}", version("employer-karamay-1", first));
    let (stale, other) = (format!("{second}-1"), format!("{foreign}-2"));
    let chosen = [("case", value.as_str()), ("case", stale.as_str()), ("case", other.as_str()), ("step", "accept"), ("reason", "")];
    let asked = officer.post("/desk/many", &chosen);
    asked.says(&["不能撤回", "眼科讲座一", "眼科讲座二", "name=\"confirmed\""]);
    asked.lacks(&["口腔讲座"]);
    assert_eq!(OFFICES.registry.case(&actor("employer-karamay-1"), first).unwrap().way.len(), 2, "nothing was decided yet");
    officer.post("/desk/many", &[("step", "return"), ("case", &value)]).says(&["这一步要写明理由"]);
    officer.post("/desk/many", &[("step", "accept")]).says(&["还没有勾选"]);
    let done = officer.post("/desk/many", &[&chosen[..], &[("confirmed", "true")]].concat());
    done.says(&["已办理 1 件", "有 2 件没有办成", "刚被别人办理过", "没有这个事项"]);
    done.lacks(&["口腔讲座"]);
    // The first of two stages: it waits for the title office now, and the employer's officer has no more to say.
    officer.get(&format!("/desk/{first}")).lacks(&["data-key=\"A\""]);
    signed_in("office-karamay").get(&format!("/desk/{first}")).says(&["data-key=\"A\""]);
}

#[test]
fn nobody_reviews_himself() {
    let case = handed_in("person-chongqing-1-2", "自己的申报", "himself");
    let (person, officer) = (actor("person-chongqing-1-2"), actor("employer-chongqing-1"));
    let (account, organisation) = (person.account, officer.held.organisation);
    let role = OFFICES.registry.write(move |tx| accounts::give_role(tx, account, Role::EmployerOfficer, organisation, None, None, "2020-01-01")).unwrap();
    let mut browser = signed_in("person-chongqing-1-2");
    assert_eq!(browser.post("/role", &[("role", &role.to_string())]).header("location"), "/desk");
    browser.find("/desk", &[("q", "自己的申报")]).says(&["等我审核 0 件"]);
    let page = browser.get(&format!("/desk/{case}"));
    assert_eq!(page.status, StatusCode::OK);
    page.lacks(&["data-key=\"A\""]);
    let now = version("employer-chongqing-1", case).to_string();
    assert_eq!(browser.post(&format!("/desk/{case}"), &[("version", &now), ("step", "accept")]).status, StatusCode::FORBIDDEN);
    signed_in("employer-chongqing-1").find("/desk", &[("q", "自己的申报")]).says(&["等我审核 1 件"]);
}

#[test]
fn the_same_file_elsewhere_is_said_above_the_case() {
    let first = handed_in("person-karamay-1-2", "儿科研修班", "twin");
    let second = handed_in("person-karamay-1-3", "儿科研修班再次", "twin");
    let page = signed_in("employer-karamay-1").get(&format!("/desk/{second}"));
    page.says(&["同一份证明文件还用于", "儿科研修班", &format!("href=\"/desk/{first}\""), "另有 1 条记录用过"]);
}

#[test]
fn statements_of_a_page_are_as_many_whatever_its_lines() {
    // One of its own, in which nobody else reads meanwhile.
    let app = offices();
    let mut officer = signed_in_to(&app, "employer-chengdu-1");
    let mut cost = |url: &str| {
        let before = app.registry.statements_read();
        assert_eq!(officer.get(url).status, StatusCode::OK, "{url}");
        app.registry.statements_read() - before
    };
    let case = handed_in_to(&app, "person-chengdu-1-3", "数一数", "count");
    let look = |text: &str| app.registry.seal_for_form(text.as_bytes(), actor_of(&app, "employer-chengdu-1").account).unwrap();
    let (counted, nobody) = (look("数一数"), look("nobody"));
    let (one, person) = (cost(&format!("/desk/{case}?q={counted}")), cost(&format!("/people?name={nobody}")));
    for number in 0..4 {
        handed_in_to(&app, "person-chengdu-1-3", &format!("数一数 {number}"), &format!("count {number}"));
    }
    assert_eq!(cost(&format!("/desk/{case}?q={counted}")), one, "five lines instead of one");
    assert_eq!(cost("/people"), person, "everybody instead of nobody");
    assert_eq!(cost("/verification?year=2025"), cost(&format!("/verification?year=2025&q={nobody}")));
    assert!(one < 40, "{one} statements");
}

#[test]
fn a_year_is_opened_for_everybody_and_verified_many_at_once() {
    let mut officer = signed_in("employer-chongqing-1");
    officer.get("/verification?year=2024").says(&["2024 年度还没有开启审验"]);
    assert_eq!(officer.post("/verification/open", &[("year", "1800")]).status, StatusCode::UNPROCESSABLE_ENTITY);
    let job = officer.post("/verification/open", &[("year", "2024")]).header("location").to_owned();
    assert_eq!(officer.post("/verification/open", &[("year", "2024")]).header("location"), job, "under way already");
    // It waits for a server: the page is asked for anew, by events or without scripts.
    officer.get(&job).says(&["开启 2024 年度审验", "排队中", "http-equiv=\"refresh\"", &format!("data-events=\"{job}/events\"")]);
    signed_in("employer-chengdu-1").get("/jobs").lacks(&[&job]);
    work_ends();
    let ended = officer.get(&job);
    ended.says(&["已完成", "新增 3 人次", "href=\"/verification?year=2024\""]);
    ended.lacks(&["http-equiv", "data-events"]);
    let events = officer.get(&format!("{job}/events"));
    assert_eq!(events.header("content-type"), "text/event-stream");
    events.says(&["data: {\"open\":false,\"percent\":100,\"far\":\"已处理 3 / 3\",\"state\":\"done\"}"]);
    assert_eq!(officer.post(&format!("{job}/cancel"), &[]).status, StatusCode::CONFLICT, "it has ended");
    officer.get("/jobs").says(&[&format!("href=\"{job}\""), "已完成"]);
    let page = officer.get("/verification?year=2024");
    page.says(&["2024 年度：3 人", "未完成", "还差"]);
    let values: Vec<String> = page.text.split("name=\"case\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    assert_eq!(values.len(), 3);
    let mut chosen: Vec<(&str, &str)> = values.iter().map(|value| ("case", value.as_str())).collect();
    chosen.extend([("step", "verify"), ("reason", "情况属实"), ("year", "2024"), ("confirmed", "true")]);
    officer.post("/verification/many", &chosen).says(&["已办理 3 件", "href=\"/verification?year=2024\""]);
    officer.get("/verification?year=2024").says(&["已审验 3 人，待审验 0 人"]);
    officer.get("/verification?year=2024&state=waiting").says(&["没有符合条件的人员"]);
    // Reopened with a reason, by whoever may.
    let case = values[0].split('-').next().unwrap();
    let shown = officer.get(&format!("/desk/{case}"));
    shown.says(&["情况属实", "value=\"reopen\"", "年度审验"]);
    let now = between(&shown.text, "name=\"version\" value=\"", "\"").to_owned();
    let url = format!("/desk/{case}");
    assert_eq!(officer.post(&url, &[("version", &now), ("step", "reopen")]).status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(officer.post(&url, &[("version", &now), ("step", "reopen"), ("reason", "漏记一条")]).status, StatusCode::SEE_OTHER);
    officer.get("/verification?year=2024").says(&["重新审验", "已审验 2 人"]);
}

#[test]
fn a_file_shows_the_number_once_for_a_purpose_that_auditors_see() {
    let person = actor("person-chengdu-1-1").person.unwrap();
    let mut officer = signed_in("employer-chengdu-1");
    let url = format!("/people/{person}");
    let page = officer.get(&url);
    page.says(&["岗位", "各年度结果", "学习记录", "•••••••••••"]);
    page.lacks(&["999999", "谁查看过"]);
    let without = officer.post(&format!("{url}/identity"), &[("purpose", "")]);
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    without.says(&["id=\"purpose-error\""]);
    let shown = officer.post(&format!("{url}/identity"), &[("purpose", "核对考试报名")]);
    assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, "no-store"));
    shown.says(&["999999", "只显示这一次"]);
    officer.get(&url).lacks(&["999999"]);
    let audit = signed_in("auditor-chengdu").get(&url);
    audit.says(&["谁查看过", "employer-chengdu-1", "核对考试报名", "查看身份证号"]);
    audit.lacks(&["999999", "name=\"purpose\""]);
    let name = between(&page.text, "<h1>", "</h1>").to_owned();
    officer.find("/people", &[("name", &name)]).says(&[&format!("href=\"/people/{person}\"")]);
    signed_in("employer-chongqing-1").get("/people").lacks(&[&format!("href=\"/people/{person}\"")]);
}

/// A certificate of the first verified year of somebody.
fn certificate(login: &str) -> (i64, String) {
    let (registry, person) = (&OFFICES.registry, actor(login));
    let home = registry.home(&person, person.person.unwrap(), 2025).unwrap();
    let obligation = home.determinations.iter().find(|one| one.frozen).unwrap().obligation;
    let prepared = registry.prepare_certificate(&person, obligation).unwrap();
    registry.freeze_document(prepared.id, format!("%PDF-1.7 {}", prepared.code).as_bytes()).unwrap();
    (prepared.id, prepared.code)
}

#[test]
fn a_stranger_reads_in_one_sentence_whether_a_document_holds() {
    let mut stranger = Browser::new(&OFFICES);
    stranger.get("/verify?lang=zh").says(&["证书核验", "name=\"code\""]);
    let (_, first) = certificate("person-karamay-1-1");
    let typed = format!("{}-{}", &first[..4].to_lowercase(), &first[4..]);
    assert_eq!(stranger.get(&format!("/verify?code={typed}")).header("location"), format!("/verify/{first}"));
    let valid = stranger.get(&format!("/verify/{first}"));
    valid.says(&["这份证书有效", "class=\"verdict valid\"", "999••••", "2025 年度", "审验", "/ledger/key", "&quot;checkpoint&quot;"]);
    assert_eq!((valid.header("x-robots-tag"), valid.header("cache-control"), valid.header("referrer-policy")), ("noindex, nofollow", "no-store", "no-referrer"));
    assert_eq!(between(&valid.text, "<title>", "</title>"), "证书核验 · 学时", "nobody's name in the title");
    let (id, later) = certificate("person-karamay-1-1");
    stranger.get(&format!("/verify/{first}")).says(&["已被新的结果取代", &format!("href=\"/verify/{later}\"")]);
    let mut officer = signed_in("employer-karamay-1");
    let person = actor("person-karamay-1-1").person.unwrap();
    let url = format!("/people/{person}/documents/{id}");
    officer.get(&format!("/people/{person}")).says(&[&format!("action=\"{url}\""), "已被取代"]);
    assert_eq!(officer.post(&url, &[("reason", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(officer.post(&url, &[("reason", "打印有误")]).status, StatusCode::SEE_OTHER);
    stranger.get(&format!("/verify/{later}?lang=en")).says(&["was revoked on", "打印有误", "class=\"verdict revoked\""]);
    let unknown = stranger.get("/verify/0000-0000-0000-0000-0?lang=zh");
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    unknown.says(&["没有这个核验码"]);
}

#[test]
fn codes_can_not_be_tried_one_after_another() {
    let plain = Arc::new(app(Library::default(), false));
    let mut stranger = Browser::new(&plain);
    // A minute may end on the way; two minutes' worth of tries do not.
    let refused = (0..62).map(|_| stranger.get("/verify/00000000000000000")).find(|answer| answer.status != StatusCode::NOT_FOUND).unwrap();
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    refused.says(&["试的次数太多"]);
}

/// The published tiles, asked for as a stranger would.
struct Published {
    size: u64,
}

impl TileRead for Published {
    type Error = String;

    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, String> {
        let hashes = self.size.checked_shr(8 * u32::from(level)).unwrap_or(0).saturating_sub(index * 256).min(256);
        let part = if hashes < 256 { format!(".p/{hashes}") } else { String::new() };
        let (answer, bytes) = bytes(&format!("/ledger/tile/{level}/{index:03}{part}"));
        Ok((answer == StatusCode::OK).then_some(bytes))
    }
}

fn bytes(url: &str) -> (StatusCode, Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = router(Arc::clone(&OFFICES)).oneshot(Request::get(url).body(Body::empty()).unwrap()).await.unwrap();
        (response.status(), to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec())
    })
}

#[test]
fn a_stranger_follows_the_ledger_with_the_published_key_alone() {
    let key: VerifierKey = ask(&OFFICES, Request::get("/ledger/key").body(Body::empty()).unwrap()).text.trim().parse().unwrap();
    let verifiers = Verifiers::new(OFFICES.registry.origin(), [key], 0);
    let (_, note) = bytes("/ledger/checkpoint");
    let head = verifiers.open(&String::from_utf8(note).unwrap().parse().unwrap()).unwrap().checkpoint.head;
    assert!(head.size > 40, "{}", head.size);
    // An entry's commitment from the bundle lies in the tree of the checkpoint.
    let (status, bundle) = bytes(&format!("/ledger/tile/entries/000{}", if head.size < 256 { format!(".p/{}", head.size) } else { String::new() }));
    assert_eq!(status, StatusCode::OK);
    let commitments = xueshi_ledger::decode_bundle(&bundle).unwrap();
    let path = prove_inclusion(&mut Published { size: head.size }, &head, 7).unwrap();
    xueshi_ledger::verify_inclusion(&commitments[7].leaf(), 7, &path, &head).unwrap();
    // A narrower tile is the beginning of a wider one; what the checkpoint does not cover is not there.
    let (_, narrow) = bytes("/ledger/tile/0/000.p/5");
    let (_, wide) = bytes("/ledger/tile/0/000.p/9");
    assert!(narrow.len() == 5 * 32 && wide.starts_with(&narrow));
    for nothing in ["/ledger/tile/0/x001/000.p/1", "/ledger/tile/5/000.p/1", "/ledger/tile/0/0", "/ledger/tile/0/000.p/0", "/ledger/tile/entries/x009/000", "/ledger/tile/7/../0/000"] {
        assert_eq!(bytes(nothing).0, StatusCode::NOT_FOUND, "{nothing}");
    }
    let part = ask(&OFFICES, Request::get("/ledger/key").body(Body::empty()).unwrap());
    assert_eq!(part.header("content-type"), "text/plain; charset=utf-8");
}
