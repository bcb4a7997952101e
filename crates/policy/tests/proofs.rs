//! What `check` proves, beyond the kept sample of every kind of finding: small policies, each with what must be found in it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

#[allow(dead_code, reason = "each test file uses some of it")]
mod support;

use support::{files, library, repository};
use xueshi_policy::{Diagnostic, Library, PolicyFile, check, has_errors};

const HEAD: &str = r#"
[policy]
id = "sample"
title = { zh = "样例", en = "a sample" }
authority = { zh = "样例", en = "a sample" }
place = "99"
issued = 2020-01-01
known_since = 2020-01-01
governs = { from = 2020 }
[clause."一"]
is = "rule"
[duty.annual]
title = { zh = "年度", en = "the year" }
window = "year"
role = "regional"
[rule.class]
cite = "一"
title = { zh = "培训班", en = "classes" }
match = { activity = "class" }
gives = { hours = 1 }
proof = "none"
examples = [{ given = { quantity = 2 }, hours = 2 }]
"#;

fn shipped() -> Library {
    library(&files(&repository("policies")))
}

/// What is found in the sample with more items, and beside other policies.
fn findings(more: &str, others: &[&str]) -> Vec<Diagnostic> {
    findings_of(&format!("{HEAD}{more}"), others)
}

/// What is found in a whole file.
fn findings_of(text: &str, others: &[&str]) -> Vec<Diagnostic> {
    let mut all = shipped();
    for other in others {
        all.add(PolicyFile::parse("other.toml", other).0.unwrap());
    }
    let (file, mut found) = PolicyFile::parse("sample.toml", text);
    if let Some(file) = file.filter(|_| !has_errors(&found)) {
        all.add(file);
        found.extend(check(&all, "sample", None));
    }
    found
}

/// Codes of what is found, notes and missing English aside, with a piece of each cause or remedy that must be there.
fn assert_found(more: &str, want: &[(&str, &str)]) {
    assert_found_beside(more, &[], want);
}

fn assert_found_beside(more: &str, others: &[&str], want: &[(&str, &str)]) {
    let found = findings(more, others);
    let errors: Vec<&Diagnostic> = found.iter().filter(|finding| finding.severity < xueshi_policy::Severity::Note).collect();
    let said = |finding: &Diagnostic| format!("{}: {} {} {} {}", finding.code.name(), finding.cause.zh, finding.cause.en, finding.remedy.zh, finding.remedy.en);
    let all: Vec<String> = errors.iter().map(|finding| said(finding)).collect();
    assert_eq!(errors.len(), want.len(), "{all:#?}");
    for ((code, piece), finding) in want.iter().zip(&all) {
        assert!(finding.starts_with(code) && finding.contains(piece), "wanted {code} with {piece:?}, found {finding}");
    }
}

#[test]
fn the_sample_itself_is_fine() {
    assert_found("", &[]);
}

#[test]
fn a_surplus_is_not_sent_to_a_window_that_never_comes() {
    let surplus = r#"
        [surplus.on]
        cite = "一"
        of = "all"
        above = 50
        to = { windows = 1 }
    "#;
    assert_found(surplus, &[]);
    let term = r#"
        [fact]
        from = { of = "person", type = "date", title = { zh = "起", en = "from" } }
        to = { of = "person", type = "date", title = { zh = "止", en = "to" } }
        [window.term]
        title = { zh = "任期", en = "term" }
        from = "from"
        to = "to"
        dated = "end"
        [duty.term]
        title = { zh = "任期", en = "the term" }
        window = "term"
        role = "regional"
    "#;
    let more = format!("{term}{surplus}");
    // Beside a yearly duty the hours of the term stay where they are.
    assert_found(&more, &[]);
    let alone = format!("{HEAD}{more}")
        .replace("[duty.annual]\ntitle = { zh = \"年度\", en = \"the year\" }\nwindow = \"year\"\nrole = \"regional\"\n", "")
        .replace("hours = 2 }]", "hours = 2, person = { from = 2020-01-01, to = 2022-12-31 } }]");
    let found = findings_of(&alone, &[]);
    assert!(found.iter().any(|finding| finding.code.name() == "conflict" && finding.cause.en.contains("has none after it")), "{found:#?}");
}

#[test]
fn what_can_not_be_dropped_is_refused() {
    let layer = |item: &str| {
        format!(
            r#"
        [layer]
        on = ["common"]
        takes_over = "all"
        requirements = "own"
        drop = [{{ cite = "一", item = "{item}" }}]
    "#
        )
    };
    assert_found(&layer("common/exemption.approved"), &[]);
    for item in ["common/window.ever", "common/fact.days", "common/reading.hundredth"] {
        assert_found(&layer(item), &[("bad-word", "can not take away")]);
    }
    assert_found(&layer("cn-order-25/requirement.total"), &[("layer-order", "does nothing")]);
}

#[test]
fn what_says_nothing_or_the_opposite_is_refused() {
    let text = HEAD.replace("[clause.\"一\"]\nis = \"rule\"", "[clause.\"一\"]\nis = \"text\"");
    let codes = |text: &str| {
        findings_of(text, &[]).iter().filter(|finding| finding.severity < xueshi_policy::Severity::Note).map(|finding| format!("{} {}", finding.code.name(), finding.cause.en)).collect::<Vec<_>>()
    };
    assert_eq!(codes(&text), ["clause-gap clause \"一\" is `text`, and rule.class cites it"]);
    assert_eq!(codes(&HEAD.replace("role = \"regional\"", "role = \"执照\"")), ["bad-id `执照` can not be an id"]);
    assert_eq!(codes(&HEAD.replace("proof = \"none\"", "at_most = -5\nproof = \"none\"")), ["bad-number `at_most` can not be negative"]);
    let case = "\n[examples]\ncases = [{ title = { zh = \"空\", en = \"empty\" }, records = [], expect = {} }]\n";
    assert_eq!(codes(&format!("{HEAD}{case}")), ["missing-key `expect` says nothing: the case can not fail"]);
}

#[test]
fn numbers_written_as_elsewhere_are_told_how_to_be_written() {
    for (written, want) in [("{ minutes = 0,5 }", "write a decimal point: 0.5"), ("{ minutes = 1/60 }", "\"1/60\""), ("8\ngives.days = 8", "keep one of the two")] {
        let found = findings_of(&HEAD.replace("gives = { hours = 1 }", &format!("gives = {written}")), &[]);
        assert!(found.len() == 1 && found[0].remedy.en.contains(want), "{written}: {found:#?}");
    }
}

#[test]
fn an_exception_is_told_to_speak_first() {
    let more = r#"
        [rule.national]
        cite = "一"
        title = { zh = "国家级", en = "national" }
        match = { activity = "class", level = "national" }
        gives = { hours = 2 }
        proof = "none"
        examples = [{ given = { quantity = 2 }, hours = 4 }]
    "#;
    assert_found(more, &[("overlap", r#"write before = ["class"] in [rule.national]"#)]);
    assert_found(&more.replace("gives = { hours = 2 }", "gives = { hours = 2 }\nbefore = [\"class\"]"), &[]);
}

#[test]
fn rules_of_different_years_or_duties_do_not_overlap() {
    let more = r#"
        [rule.earlier]
        cite = "一"
        match = { activity = "exam" }
        governs = { to = 2021 }
        gives = { exams = 10 }
        proof = "none"
        examples = [{ year = 2021, given = { quantity = 1 }, hours = 10 }]
        [rule.later]
        cite = "一"
        match = { activity = "exam" }
        governs = { from = 2022 }
        gives = { exams = 20 }
        proof = "none"
        examples = [{ year = 2022, given = { quantity = 1 }, hours = 20 }]
    "#;
    assert_found(more, &[]);
    assert_found(&more.replace("from = 2022", "from = 2021"), &[("overlap", "later")]);
}

#[test]
fn years_that_a_reading_names_are_looked_at() {
    let more = r#"
        [reading.until]
        cite = "一"
        text = { zh = "至2025年", en = "until 2025" }
        value = 2025
        alternatives = [{ text = { zh = "至2024年", en = "until 2024" }, value = 2024 }]
        [rule.exam]
        cite = "一"
        match = { activity = "exam" }
        governs = { from = "until" }
        gives = { by = "level", rows = [["national", 2]] }
        proof = "none"
        examples = [{ year = 2025, given = { level = "national", quantity = 1 }, hours = 2 }]
    "#;
    assert_found(more, &[("table-gap", "no row for: level is")]);
}

#[test]
fn an_alternative_that_leaves_two_rules_at_odds_is_bad() {
    let more = r#"
        [rule.national]
        cite = "一"
        title = { zh = "国家级", en = "national" }
        match = { activity = "class", level = "national" }
        before = ["class"]
        gives = { hours = 2 }
        proof = "none"
        examples = [{ given = { quantity = 2 }, hours = 4 }]
        [reading.seminars]
        cite = "一"
        text = { zh = "只说培训班", en = "classes only" }
        alternatives = [{ text = { zh = "研修班亦同", en = "seminars too" }, change = { rule.national.before = [] } }]
    "#;
    assert_found(more, &[("bad-alternative", "seminars does not hold together: rules sample/national and sample/class both claim")]);
}

#[test]
fn policies_that_lie_on_each_other_are_a_circle() {
    let layer = "[layer]\non = [\"other\"]\ntakes_over = \"nothing\"\nrequirements = \"higher\"\n";
    let other = HEAD.replace("\"sample\"", "\"other\"").replace("[rule.class]", "[layer]\non = [\"sample\"]\ntakes_over = \"all\"\nrequirements = \"higher\"\n[rule.class]");
    let found = findings(layer, &[&other]);
    assert!(
        found.iter().any(|finding| finding.code.name() == "layer-order" && finding.cause.en == "sample lies on other, and other lies on sample"),
        "{:?}",
        found.iter().map(|finding| &finding.cause.en).collect::<Vec<_>>()
    );
}

#[test]
fn misspelt_keys_of_small_tables_are_found() {
    let rule = |key: &str| {
        format!("[rule.exam]\ncite = \"一\"\nmatch = {{ activity = \"exam\" }}\ngives = {{ exams = 10 }}\nproof = \"none\"\nexamples = [{{ given = {{ quantity = 1 }}, hours = 10 }}]\n{key}\n")
    };
    assert_found(&rule("spread = [{ year = 0, atmost = 5 }]"), &[("unknown-key", "spread has no key atmost")]);
    assert_found(&rule("spread = { from = \"start\", to = \"end\", shares = \"days\" }"), &[("unknown-key", "shares")]);
    assert_found(&rule("").replace("hours = 10 }]", "hour = 10 }]"), &[("unknown-key", "rule.examples has no key hour")]);
    assert_found("[examples]\ncases = [{ title = \"甲\", records = [], expect = { state = \"met\" } }]\n", &[("unknown-key", "expect has no key state")]);
    assert_found("[fact.x]\nof = \"record\"\ntype = \"code\"\ntitle = \"甲\"\ncodes.a = { zh = \"乙\", alos = [\"丙\"] }\n", &[("bad-word", "alos")]);
}

#[test]
fn more_than_can_be_told_apart_is_refused_and_nothing_breaks() {
    let titles: Vec<String> = (0..140).map(|n| format!("\"t{n}\"")).collect();
    let more = format!("[set.many]\nwhere = {{ title = [{}] }}\n[limit.a]\ncite = \"一\"\nof = {{ set = \"many\" }}\nin = \"year\"\nat_most = 10\n", titles.join(", "));
    assert_found(&more, &[("too-many", "more than 126 values of title")]);
    let rule = |n: u32| {
        let (days, travel) = (n % 50, n / 50);
        format!(
            "[rule.r{n}]\ncite = \"一\"\nmatch = {{ activity = \"exam\", days = {days}, travel_days = {travel} }}\ngives = {n}\nproof = \"none\"\nexamples = [{{ given = {{ days = {days}, travel_days = {travel} }}, hours = {n} }}]\n"
        )
    };
    let rules: String = (0..140).map(rule).collect();
    assert_found(&format!("{rules}[limit.a]\ncite = \"一\"\nof = {{ rule = \"r139\" }}\nin = \"year\"\nat_most = 10\n"), &[("too-many", "more than 126 rules lie in one stack")]);
}

#[test]
fn two_facts_of_which_too_much_is_told_apart_are_both_named() {
    let words = |fact: &str| (0..140).map(|n| format!("\"{fact}{n}\"")).collect::<Vec<_>>().join(", ");
    let more =
        format!("[set.many]\nwhere = {{ title = [{}], provider = [{}] }}\n[limit.a]\ncite = \"一\"\nof = {{ set = \"many\" }}\nin = \"year\"\nat_most = 10\n", words("title"), words("provider"));
    assert_found(&more, &[("too-many", "more than 126 values of provider"), ("too-many", "more than 126 values of title")]);
}

#[test]
fn a_day_that_is_not_in_the_calendar_is_named() {
    let (file, found) = PolicyFile::parse("sample.toml", &HEAD.replace("issued = 2020-01-01", "issued = 2019-02-30"));
    let said: Vec<String> = found.iter().map(|finding| finding.cause.zh.clone()).collect();
    assert!(found.iter().all(|finding| ["syntax", "bad-date"].contains(&finding.code.name())) && said[0].contains("没有这一天") || said[0].contains("不是一个日历日期"), "{said:?}");
    assert!(file.is_none() || !found.is_empty());
}

#[test]
fn a_limit_after_another_is_fine_and_without_is_told_how() {
    let more = |after: &str| {
        format!(
            "[limit.a]\ncite = \"一\"\nof = {{ activity = \"class\" }}\nin = \"year\"\nat_most = 10\n[limit.b]\ncite = \"一\"\nof = {{ rule = \"class\" }}\nin = \"year\"\nat_most = 20\n{after}\n[examples]\ncases = [{{ title = \"甲\", year = 2020, records = [{{ activity = \"class\", subject = \"general\", unit = \"hours\", quantity = 30, end = 2020-01-02 }}], expect = {{ hours = [10], cut = [20] }} }}]\n"
        )
    };
    assert_found(&more(""), &[("limit-order", "after = [\"a\"] in [limit.b]")]);
    assert_found(&more("after = [\"a\"]"), &[]);
}

#[test]
fn tables_are_searched_wherever_a_figure_stands() {
    let table = r#"{ by = "org_kind", rows = [["enterprise", 1]] }"#;
    let step = format!(
        "[rule.exam]\ncite = \"一\"\nmatch = {{ activity = \"exam\" }}\ngives = {{ exams = 10 }}\nround = {{ step = {table}, way = \"down\" }}\nproof = \"none\"\nexamples = [{{ given = {{ quantity = 1 }}, person = {{ org_kind = \"enterprise\" }}, hours = 10 }}]\n"
    );
    assert_found(&step, &[("table-gap", "no row for: org kind is")]);
    let gate = format!("[gate.review]\ncite = \"一\"\ngate = \"title-review\"\nlook = {{ from = {table}, to = 0 }}\nasks = {{ status = [\"met\"] }}\nstrength = \"bar\"\n");
    assert_found(&gate, &[("table-gap", "no row for: org kind is")]);
    assert_found(&gate.replace("look =", "for = { org_kind = \"enterprise\" }\nlook ="), &[]);
    let sum = r#"{ by = "activity", rows = [["exam", 1]] }"#;
    let requirement = format!(
        "[requirement.points]\ncite = \"一\"\nmeasure = {{ sum = {sum} }}\nat_least = 1\nbinding = true\n[examples]\ncases = [{{ title = \"甲\", year = 2020, records = [], expect = {{ short = {{ points = 1 }} }} }}]\n"
    );
    assert_found(&requirement, &[("table-gap", "no row for: activity is class"), ("unreachable", "row")]);
    assert_found(&requirement.replace("\"exam\"", "\"class\""), &[]);
}

#[test]
fn layers_that_drop_out_together_are_left_out_together() {
    let more = r#"
        [rule.national]
        cite = "一"
        title = { zh = "国家级", en = "national" }
        match = { activity = "class", level = "national" }
        gives = { hours = 2 }
        proof = "none"
        examples = [{ given = { quantity = 2, subject = "specialised" }, person = { org_kind = "enterprise", in_service = "yes" }, hours = 2 }]
    "#;
    let above = |id: &str, on: &str, persons: &str| {
        let layer = format!("[layer]\non = [\"{on}\"]\ntakes_over = \"all\"\nrequirements = \"higher\"\n[coverage.staff]\ncite = \"一\"\nfor = {{ {persons} }}\neffect = \"layer\"\n[rule.class]");
        HEAD.replace("\"sample\"", &format!("\"{id}\"")).replace("[rule.class]", &layer)
    };
    let enterprises = above("enterprises", "sample", "org_kind = \"enterprise\"");
    let found = |other: &str| {
        let found = findings(more, &[&enterprises, other]);
        found.iter().filter(|finding| finding.code.name() == "overlap").count()
    };
    assert_eq!(found(&above("others", "enterprises", "in_service = \"yes\"")), 1, "nobody takes over where both drop out");
    assert_eq!(found(&above("others", "enterprises", "org_kind = { not = \"enterprise\" }")), 0, "one of the two always holds");
}

#[test]
fn a_cap_is_held_against_the_most_a_grant_can_be() {
    let rule = |grant: &str, most: u32| {
        format!(
            "[rule.exam]\ncite = \"一\"\nmatch = {{ activity = \"exam\" }}\ngives = {grant}\nat_most = {most}\nproof = \"none\"\nexamples = [{{ given = {{ level = \"national\", days = 1 }}, hours = 4 }}]\n"
        )
    };
    let table = r#"{ by = "level", rows = [["national", 4], [{ given = false }, 9]], else = 6 }"#;
    assert_found(&rule(table, 9), &[("idle-cap", "gives at most 9")]);
    assert_found(&rule(table, 8), &[]);
    assert_found(&rule(&format!("{{ least = [\"days\", 5, {table}] }}"), 5).replace("hours = 4", "hours = 1"), &[("idle-cap", "gives at most 5")]);
    assert_found(&rule(&format!("{{ sum = [\"days\", {table}] }}"), 60).replace("hours = 4", "hours = 5"), &[]);
}

#[test]
fn a_whole_case_stands_for_the_rules_and_requirements_it_reaches() {
    let rule = "[rule.exam]\ncite = \"一\"\nmatch = { activity = \"exam\" }\ngives = { exams = 10 }\nproof = \"none\"\n";
    let requirement = "[requirement.total]\ncite = \"一\"\nfor = { org_kind = \"enterprise\" }\nat_least = 10\nbinding = true\n";
    let case = |activity: &str, unit: &str, org: &str| {
        format!(
            "[[examples.cases]]\ntitle = \"甲\"\nyear = 2020\nperson = {{ org_kind = \"{org}\" }}\nrecords = [{{ activity = \"{activity}\", subject = \"general\", unit = \"{unit}\", quantity = 1 }}]\nexpect = {{ problem = [\"\"] }}\n"
        )
    };
    assert_found(&format!("{rule}{}", case("class", "hours", "enterprise")), &[("no-example", "rule exam has no worked example")]);
    assert_found(&format!("{rule}{}", case("exam", "exams", "enterprise")), &[]);
    assert_found(&format!("{requirement}{}", case("class", "hours", "state-organ")), &[("no-example", "no whole case asks requirement total")]);
    assert_found(&format!("{requirement}{}", case("class", "hours", "enterprise")), &[]);
    let at_gate = requirement.replace("at_least", "only_for = \"title-review\"\nat_least");
    let gate = "[gate.review]\ncite = \"一\"\ngate = \"title-review\"\nlook = { from = 0, to = 0 }\nasks = { status = [\"met\"] }\nstrength = \"bar\"\n";
    let enterprise = case("class", "hours", "enterprise");
    assert_found(&format!("{at_gate}{gate}{enterprise}"), &[("no-example", "expect = { gates = { title-review = … } }")]);
    assert_found(&format!("{at_gate}{gate}{}", enterprise.replace("problem = [\"\"]", "gates = { title-review = \"no\" }")), &[]);
}

#[test]
fn a_use_is_a_name_of_the_right_kind() {
    let spare = "[set.national]\nwhere = { level = \"national\" }\n[value.days]\ncite = \"一\"\nis = 3\n[unit.class]\ntitle = { zh = \"班\", en = \"classes\" }\n[fact.quantity_at_most]\nof = \"record\"\ntype = \"number\"\ntitle = { zh = \"数\", en = \"number\" }\n";
    let exam = |matches: &str, gives: &str| {
        format!(
            "[rule.exam]\ncite = \"一\"\nmatch = {{ activity = \"exam\", {matches} }}\nquantity_at_most = {{ days = 5 }}\ngives = {gives}\nproof = \"none\"\nexamples = [{{ given = {{ level = \"national\", days = 1, quantity_at_most = 1, quantity = 1 }}, hours = 3 }}]\n"
        )
    };
    let unused = |what: &str| format!("[{what}] is declared and not used");
    let (set, value, unit, fact) = (unused("set.national"), unused("value.days"), unused("unit.class"), unused("fact.quantity_at_most"));
    assert_found(&format!("{spare}{}", exam("level = \"national\"", "{ days = 3, hours = 3 }")), &[("unused", &set), ("unused", &value), ("unused", &unit), ("unused", &fact)]);
    assert_found(&format!("{spare}{}", exam("set = \"national\"", "{ days = \"days\", class = 3 }")), &[("unused", &fact)]);
    assert_found(&format!("{spare}{}", exam("set = \"national\", quantity_at_most = { below = \"days\" }", "{ class = 3, days = 3 }")), &[]);
}

#[test]
fn layers_above_and_alternatives_use_what_lies_below() {
    let value = "[value.spare]\ncite = \"一\"\nis = 3\n";
    let above = HEAD
        .replace("\"sample\"", "\"other\"")
        .replace("[rule.class]", "[layer]\non = [\"sample\"]\ntakes_over = \"nothing\"\nrequirements = \"higher\"\n[rule.class]")
        .replace("activity = \"class\"", "activity = \"exam\"");
    assert_found_beside(value, &[&above], &[("unused", "[value.spare]")]);
    assert_found_beside(value, &[&above.replace("hours = 1 }", "hours = \"spare\" }")], &[]);
    let reading = "[reading.rate]\ncite = \"一\"\ntext = { zh = \"按1计\", en = \"as 1\" }\nalternatives = [{ text = { zh = \"按3计\", en = \"as 3\" }, change = { rule.class.gives = { hours = \"spare\" } } }]\n";
    assert_found(&format!("{value}{reading}"), &[]);
}

#[test]
fn a_requirement_is_fed_by_a_rule_a_surplus_or_others() {
    let case = "[examples]\ncases = [{ title = \"甲\", year = 2020, records = [], expect = { status = \"short\" } }]\n";
    let requirement = |of: &str| format!("[requirement.some]\ncite = \"一\"\nof = {{ {of} }}\nat_least = 1\nbinding = true\n");
    assert_found(&format!("{}{case}", requirement("activity = \"exam\"")), &[("never-fed", "no rule gives anything to what requirement some measures")]);
    assert_found(&format!("{}{case}", requirement("activity = \"class\", bucket = \"general\"")), &[]);
    let general =
        "[rule.exam]\ncite = \"一\"\nmatch = { activity = \"exam\" }\ngives = { exams = 10 }\nbucket = \"general\"\nproof = \"none\"\nexamples = [{ given = { quantity = 1 }, hours = 10 }]\n";
    let specialised = requirement("activity = \"exam\", bucket = \"specialised\"");
    assert_found(&format!("{general}{specialised}{case}"), &[("never-fed", "requirement some")]);
    let surplus = "[surplus.over]\ncite = \"一\"\nof = { bucket = \"general\" }\nabove = 5\nto = { bucket = \"specialised\" }\n";
    assert_found(&format!("{general}{specialised}{surplus}{case}"), &[]);
    let layer = "[layer]\non = [\"cn-order-25\"]\ntakes_over = \"all\"\nrequirements = \"higher\"\n";
    let left = "delegates = [{ cite = \"一\", to = { zh = \"行业\", en = \"the sector\" }, what = { activity = \"exam\" } }]\n";
    let exams = requirement("activity = \"exam\"");
    assert_found(&format!("{layer}{exams}{case}"), &[("never-fed", "requirement some")]);
    assert_found(&format!("{layer}{left}{exams}{case}"), &[]);
}
