//! The assessment, case by case as text: what is given, what comes out.

use crate::support::{run, shipped};
use xueshi_policy::{Engine, Library, PolicyFile};

#[track_caller]
fn check(case: &str, want: &str) {
    let engine = Engine::new(shipped());
    let want = want.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let got = run(&engine, case).lines().map(str::trim).collect::<Vec<_>>().join("\n");
    assert_eq!(got, want, "\n--- case\n{case}");
}

/// The same with a policy of the test's own instead of those shipped.
#[track_caller]
fn check_with(policy: &str, case: &str, want: &str) {
    let mut library = Library::default();
    library.add(shipped().get("common").unwrap().clone());
    let (file, findings) = PolicyFile::parse("test.toml", policy);
    assert!(!xueshi_policy::has_errors(&findings), "{}", findings[0].render(xueshi_policy::Lang::En));
    library.add(file.unwrap());
    let want = want.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let got = run(&Engine::new(library), case).lines().map(str::trim).collect::<Vec<_>>().join("\n");
    assert_eq!(got, want, "\n--- case\n{case}");
}

const HEAD: &str = r#"
[policy]
id = "test"
title = "试验"
authority = "试验"
place = "99"
issued = 2020-01-01
known_since = 2020-01-01
governs = { from = 2020 }
[clause."一"]
is = "rule"
[duty.annual]
title = "年度"
window = "year"
role = "regional"
[rule.any]
cite = "一"
match = "all"
gives = { hours = 1 }
proof = "none"
"#;

#[test]
fn nobody_without_records_is_complete() {
    check("at 510100 2019", "short total=0/90 specialised=0/60 general=0/30");
}

#[test]
fn a_year_no_policy_governs_has_no_result() {
    check("at 500103 2005", "");
}

#[test]
fn records_that_end_together_are_ordered_by_id_as_numbers() {
    let case = "
        at 650200 2023
        - activity=degree subject=specialised quantity=1 unit=hours end=2023-06-30 evidence=transcript title=a
        - activity=degree subject=specialised quantity=1 unit=hours end=2023-06-30 evidence=transcript title=b";
    check(
        case,
        "
        short total=60/90 specialised=60/60
        1 60 specialised by A3-2
        2 0 specialised by A3-2 cut 60",
    );
}

#[test]
fn hours_carried_from_a_year_of_other_rules_are_not_carried() {
    // In 2020 the region had no rule of its own that spreads further study over two years.
    let case = "
        at 650200 2021
        - activity=attachment subject=specialised quantity=2 unit=months end=2020-10-01 evidence=completion-certificate";
    check(case, "short total=0/90 specialised=0/60\n1 0 specialised outside-year");
    let next = "
        at 650200 2022
        - activity=attachment subject=specialised quantity=2 unit=months end=2021-10-01 evidence=completion-certificate";
    check(next, "short total=60/90 specialised=60/60\n1 60 specialised by A3-5 from 2021");
}

#[test]
fn an_empty_number_that_a_rule_needs_is_an_error_of_the_row_and_never_zero() {
    let case = "
        at 510100 2019
        person org_kind=enterprise
        - activity=overseas subject=specialised quantity=100 unit=hours end=2019-06-30 evidence=completion-certificate";
    check(case, "undetermined total=0/90 specialised=0/60 general=0/30\n1 0 specialised needs days");
}

#[test]
fn an_unknown_fact_that_decides_gives_every_outcome() {
    let policy = HEAD.to_owned()
        + r#"
[requirement.total]
cite = "一"
at_least = { by = "title_level", rows = [["none", 0], ["junior", 20], [["intermediate", "deputy-senior", "senior"], 40]] }
binding = true
"#;
    let case = "at 990000 2020\n- activity=class subject=specialised quantity=30 unit=hours end=2020-05-01";
    check_with(
        &policy,
        case,
        "
        undetermined total=30/?
        if title_level=无: met
        if title_level=初级: met
        if title_level=中级: short
        if title_level=副高: short
        if title_level=正高: short
        1 30 specialised by any",
    );
    let known = "at 990000 2020\nperson title_level=junior\n- activity=class subject=specialised quantity=30 unit=hours end=2020-05-01";
    check_with(&policy, known, "met total=30/20\n1 30 specialised by any");
    let enough = "at 990000 2020\n- activity=class subject=specialised quantity=40 unit=hours end=2020-05-01";
    check_with(
        &policy,
        enough,
        "
        met total=40/?
        if title_level=无: met
        if title_level=初级: met
        if title_level=中级: met
        if title_level=副高: met
        if title_level=正高: met
        1 40 specialised by any",
    );
}

#[test]
fn in_a_register_an_unknown_coverage_fact_is_not_taken_as_covering() {
    let case = "strict\nat 510100 2019\n- activity=class subject=specialised quantity=30 unit=hours end=2019-05-01 evidence=training-certificate";
    let engine = Engine::new(shipped());
    let got = run(&engine, case);
    assert!(got.starts_with("undetermined"), "{got}");
    assert!(got.contains("org_kind=机关: short"), "{got}");
}

#[test]
fn an_exemption_is_asked_before_coverage() {
    check("at 510100 2019\nperson in_service=no exempt_years=2019", "exempt total=0/90 specialised=0/60 general=0/30");
    check("at 510100 2019\nperson in_service=no", "not-covered total=0/90 specialised=0/60 general=0/30");
}

#[test]
fn a_huge_quantity_is_refused_without_a_crash() {
    let case = "at 510100 2019\n- activity=class subject=specialised quantity=9999999999 unit=hours end=2019-05-01 evidence=training-certificate";
    check(case, "short total=9999999999/90 specialised=9999999999/60 general=0/30\n1 9999999999 specialised by actual");
}

#[test]
fn a_requirement_whose_persons_are_not_known_is_not_left_out() {
    let policy = HEAD.to_owned()
        + r#"
[requirement.all]
cite = "一"
at_least = 5
binding = true
[requirement.titled]
cite = "一"
of = { subject = "specialised" }
for = { title_level = { at_least = "junior" } }
at_least = 10
binding = true
"#;
    let case = "at 990000 2020\n- activity=class subject=general quantity=5 unit=hours end=2020-05-01";
    check_with(
        &policy,
        case,
        "
        undetermined total=5/5
        if title_level=无: met
        if title_level=初级: short
        if title_level=中级: short
        if title_level=副高: short
        if title_level=正高: short
        1 5 general by any",
    );
}

#[test]
fn codes_of_two_facts_are_compared_by_what_they_are_not_where_they_stand() {
    let policy = HEAD.replace("match = \"all\"", "match = { one = { same_as = \"other\" } }")
        + r#"
[fact.one]
of = "record"
type = "code"
title = "一"
codes = { p = "甲", q = "乙" }
[fact.other]
of = "record"
type = "code"
title = "二"
codes = { q = "乙", p = "甲" }
"#;
    let case = "
        at 990000 2020
        - one=p other=p activity=class subject=general quantity=5 unit=hours end=2020-05-01
        - one=p other=q activity=class subject=general quantity=5 unit=hours end=2020-05-02";
    check_with(&policy, case, "met\n1 5 general by any\n2 0 general no-rule");
}

#[test]
fn what_no_rung_of_a_spread_takes_is_cut_and_said() {
    let policy = HEAD.replace("proof = \"none\"", "spread = [{ year = 0, at_most = 10 }, { year = 1, at_most = 10 }]\nproof = \"none\"");
    let case = "at 990000 2020\n- activity=class subject=general quantity=25 unit=hours end=2020-05-01";
    check_with(&policy, case, "met\n1 10 general by any cut 5 10 to 2021");
}

#[test]
fn a_requirement_can_look_up_the_hours_earned_in_a_line() {
    let policy = HEAD.to_owned()
        + r#"
[requirement.general]
cite = "一"
of = { bucket = "general" }
at_least = { of = { measure = "sum", of = "all" }, each = [[0, "1/4"], [40, "1/2"]] }
binding = true
"#;
    let case = "at 990000 2020\n- activity=class subject=general quantity=20 unit=hours end=2020-05-01\n- activity=class subject=elective quantity=40 unit=hours end=2020-05-02";
    check_with(&policy, case, "met general=20/20\n1 20 general by any\n2 40 elective by any");
}

#[test]
fn a_limit_can_be_asked_for_each_value_of_a_derived_fact() {
    let policy = HEAD.to_owned()
        + r#"
[fact.month]
of = "record"
type = "number"
title = "距年初月数"
is = { months = [2020-01-01, "end"] }
cite = "一"
[limit.a-month]
cite = "一"
of = "all"
in = "year"
per = ["month"]
at_most = 10
"#;
    let case = "
        at 990000 2020
        - activity=class subject=general quantity=8 unit=hours end=2020-05-01
        - activity=class subject=general quantity=8 unit=hours end=2020-05-31
        - activity=class subject=general quantity=8 unit=hours end=2020-06-01";
    check_with(&policy, case, "met\n1 8 general by any\n2 2 general by any cut 6\n3 8 general by any");
}

/// A duty of three years from 2020, and a yes-no fact of the record.
fn cycle() -> String {
    HEAD.replace("[duty.annual]\ntitle = \"年度\"\nwindow = \"year\"", "[duty.cycle]\ntitle = \"周期\"\nwindow = \"cycle\"")
        + r#"
[window.cycle]
title = "三年"
years = 3
first = 2020
dated = "end"
cite = "一"
[fact.checked]
of = "record"
type = "yes-no"
title = "核实"
"#
}

#[test]
fn a_record_of_which_a_limit_or_requirement_can_not_tell_whether_it_belongs_is_an_error_of_the_row() {
    let case = "
        at 990000 2020
        - activity=class subject=general quantity=30 unit=hours end=2020-05-01
        - activity=class subject=general quantity=30 unit=hours end=2020-05-02 checked=no
        - activity=class subject=general quantity=30 unit=hours end=2020-05-03 checked=yes";
    let limit = |of: &str| format!("{}[limit.unchecked]\ncite = \"一\"\nof = {of}\nin = \"year\"\nat_most = 10\n", cycle());
    for of in ["{ checked = \"no\" }", "{ checked = { not = \"yes\" } }"] {
        check_with(
            &limit(of),
            case,
            "
            met
            1 0 general needs checked
            2 10 general by any cut 20
            3 30 general by any",
        );
    }
    check_with(&limit("{ checked = \"no\", subject = \"elective\" }"), case, "met\n1 30 general by any\n2 30 general by any\n3 30 general by any");
    let asked = format!("{}[requirement.checked]\ncite = \"一\"\nof = {{ checked = \"yes\" }}\nat_least = 30\nbinding = true\n", cycle());
    let short = case.replace("quantity=30 unit=hours end=2020-05-03", "quantity=20 unit=hours end=2020-05-03");
    check_with(&asked, &short, "undetermined checked=20/30\n1 0 general needs checked\n2 30 general by any\n3 20 general by any");
    check_with(
        &asked,
        case,
        "
        met checked=30/30
        1 0 general needs checked
        2 30 general by any
        3 30 general by any",
    );
}

#[test]
fn a_division_by_zero_names_the_divisor() {
    let policy = HEAD.replace("gives = { hours = 1 }", "gives = { ratio = [40, { difference = [\"authors\", 1] }] }")
        + "[fact.authors]\nof = \"record\"\ntype = \"number\"\ntitle = \"作者数\"\ncite = \"一\"\n";
    let case = "
        at 990000 2020
        - activity=publication subject=general quantity=1 unit=hours end=2020-05-01 authors=1
        - activity=publication subject=general quantity=1 unit=hours end=2020-05-02 authors=5";
    check_with(&policy, case, "met\n1 0 general needs authors divisor zero\n2 10 general by any");
    // The same where a condition asks for a number that is reckoned: what is blank, or divides, is named and not what stands first.
    let share = "[fact.share]\nof = \"record\"\ntype = \"number\"\ntitle = \"份额\"\nis = { ratio = [\"quantity\", \"authors\"] }\n";
    let asked = policy.replace("match = \"all\"", "match = { share = { at_least = 1 } }").replace("gives = { ratio = [40, { difference = [\"authors\", 1] }] }", "gives = 5") + share;
    let case = "
        at 990000 2020
        - activity=publication subject=general quantity=1 unit=hours end=2020-05-01 authors=0
        - activity=publication subject=general quantity=1 unit=hours end=2020-05-02
        - activity=publication subject=general quantity=2 unit=hours end=2020-05-03 authors=2";
    check_with(&asked, case, "met\n1 0 general needs authors divisor zero\n2 0 general needs authors\n3 5 general by any");
}

#[test]
fn of_parts_the_worst_is_shown_with_its_own_figure() {
    let policy = cycle() + "[requirement.each]\ncite = \"一\"\neach = \"year\"\nat_least = { by = \"window.year\", rows = [[2020, 0], [2021, 20], [2022, 30]], else = 0 }\nbinding = true\n";
    check_with(&policy, "at 990000 2022\n- activity=class subject=general quantity=40 unit=hours end=2022-05-01", "short each=0/20\n1 40 general by any");
    let both = "at 990000 2022\n- activity=class subject=general quantity=40 unit=hours end=2022-05-01\n- activity=class subject=general quantity=25 unit=hours end=2021-05-01";
    check_with(&policy, both, "met each=40/30\n1 40 general by any\n2 25 general by any");
}

#[test]
fn two_requirements_on_everything_are_told_apart() {
    let two = "[requirement.guide]\ncite = \"一\"\nat_least = 14\nbinding = false\n[requirement.floor]\ncite = \"一\"\ntitle = \"硬性\"\nat_least = 10\nbinding = true\n";
    check_with(&(HEAD.to_owned() + two), "at 990000 2020", "short total=0/14 floor=0/10");
    let engine = |policy: &str| {
        let mut library = Library::default();
        library.add(shipped().get("common").unwrap().clone());
        library.add(PolicyFile::parse("test.toml", policy).0.unwrap());
        Engine::new(library)
    };
    let case = crate::support::Case::read("at 990000 2020");
    let results = engine(&(HEAD.to_owned() + two)).assess("990000", None, &case.rows, case.asked).unwrap();
    let titles: Vec<&str> = results[0].requirements.iter().map(|r| r.subject_title.zh.as_str()).collect();
    assert_eq!(titles, ["总学时", "硬性"]);
}

#[test]
fn an_exempt_year_lifts_a_longer_window_only_where_all_its_years_are_exempt() {
    let policy = cycle() + "[requirement.total]\ncite = \"一\"\nat_least = 90\nbinding = true\n";
    for (years, want) in [("2020", "short total=0/90"), ("2021", "short total=0/90"), ("2020;2021;2022", "exempt total=0/90")] {
        check_with(&policy, &format!("at 990000 2021\nperson exempt_years={years}"), want);
    }
    let by_year = policy.replace("at_least = 90", "at_least = { over_years = { by = \"exempt_years\", rows = [[\"yes\", 0]], else = 30 } }");
    check_with(&by_year, "at 990000 2021\nperson exempt_years=2022", "short total=0/60");
}

#[test]
fn every_value_of_a_fact_of_several_is_counted_once() {
    let policy = HEAD.to_owned()
        + r#"
[fact.kinds]
of = "record"
type = "codes"
title = "种类"
codes = { a = "甲", b = "乙", c = "丙" }
[requirement.kinds]
cite = "一"
measure = { distinct = "kinds" }
at_least = 3
binding = true
"#;
    let case = "
        at 990000 2020
        - activity=class subject=general quantity=1 unit=hours end=2020-05-01 kinds=a;b
        - activity=class subject=general quantity=1 unit=hours end=2020-05-02 kinds=b;c
        - activity=class subject=general quantity=1 unit=hours end=2020-05-03";
    check_with(&policy, case, "met kinds=3/3\n1 1 general by any\n2 1 general by any\n3 1 general by any");
}

#[test]
fn the_nearest_of_two_rules_is_the_one_of_the_same_form() {
    let policy = HEAD.replace("[rule.any]\ncite = \"一\"\nmatch = \"all\"", "[rule.attend]\ncite = \"一\"\nmatch = { activity = \"class\" }")
        + "[rule.talk]\ncite = \"一\"\nmatch = { activity = \"teaching\", level = \"national\" }\ngives = { hours = 2 }\nproof = \"none\"\n";
    let mut library = Library::default();
    library.add(shipped().get("common").unwrap().clone());
    library.add(PolicyFile::parse("test.toml", &policy).0.unwrap());
    let case = crate::support::Case::read("at 990000 2020\n- activity=teaching subject=general quantity=1 unit=hours end=2020-05-01");
    let asked = xueshi_policy::Asked { explain: true, ..case.asked };
    let results = Engine::new(library).assess("990000", None, &case.rows, asked).unwrap();
    let detail = &results[0].records[0].problem.as_ref().unwrap().detail;
    assert!(matches!(detail, xueshi_policy::Detail::Near(near) if &*near.rule.id == "talk"), "{detail:?}");
}

#[test]
fn of_two_facts_that_are_compared_the_blank_one_is_named() {
    let policy = HEAD.replace("match = \"all\"", "match = { days = { at_least = \"limit\" } }") + "[fact.limit]\nof = \"record\"\ntype = \"number\"\ntitle = \"下限\"\n";
    let case = "
        at 990000 2020
        - activity=class subject=general quantity=1 unit=hours end=2020-05-01 days=3
        - activity=class subject=general quantity=1 unit=hours end=2020-05-02 limit=3
        - activity=class subject=general quantity=1 unit=hours end=2020-05-03 days=3 limit=3";
    check_with(&policy, case, "met\n1 0 general needs limit\n2 0 general needs days\n3 1 general by any");
}
