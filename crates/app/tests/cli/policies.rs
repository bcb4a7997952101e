//! The policy commands: what they print, where they fail, their exit codes.

use crate::door::{POLICIES, run, run_in};

const SMALL: &str = r#"
[policy]
id = "small"
title = { zh = "小规定", en = "a small regulation" }
number = "甲〔2024〕1号"
authority = { zh = "甲局", en = "bureau A" }
place = "98"
issued = 2024-01-01
known_since = 2024-01-01
governs = { from = 2024 }

[clause."一"]
is = "rule"
gist = { zh = "每天6学时", en = "6 hours a day" }

[clause."二"]
is = ["text", "flow:planned"]

[duty.annual]
title = { zh = "年度", en = "the year" }
window = "year"
role = "regional"

[rule.class]
cite = "一"
title = { zh = "培训班", en = "classes" }
match = { activity = "class" }
gives = { days = 6 }
proof = "any"
examples = [{ given = { quantity = 2, unit = "days" }, hours = 12 }, { given = { quantity = 2, unit = "hours" }, problem = "unit-not-accepted" }]
"#;

fn small(more: &[&str], text: &str) -> crate::door::Output {
    run(&[&["policy"], more].concat(), &[("small.toml", text.as_bytes())])
}

#[test]
fn the_list_names_every_policy() {
    run(&["policy", "list"], &[]).says(0, &["id", "place", "years", "items", "number", "title", "cn-51-2016-20", "51", "2016–", "川人社发〔2016〕20号", "Implementing Opinions"]);
    run(&["policy", "list", "--lang", "zh"], &[]).says(0, &["标识", "条目", "贯彻实施意见"]);
    let json = run(&["policy", "list", "--policies", POLICIES, "--format", "json"], &[]).json();
    let ids: Vec<&str> = json.as_array().unwrap().iter().map(|policy| policy["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"common") && ids.contains(&"land"), "{ids:?}");
    assert!(json[0]["items"].as_u64().unwrap() > 0 && json[0]["sha256"].as_str().unwrap().len() == 64);
}

#[test]
fn a_policy_is_spoken_aloud() {
    let rule = "附件3 第5条 国内（外）进修（A3-5）：学习形式为进修或出国（境）学习，科目类别为专业科目或选修科目；";
    run(&["policy", "show", "cn-65-city-2022", "--lang", "zh"], &[])
        .says(0, &["适用于全区", rule, "每月计60学时；一次至多120学时（2×60，见解读 one-years-hours）；结束当年至多60学时", "其余计入次年；须有培训证、结业证、合格证之一", "条款清单"]);
    small(&["show", "small.toml"], SMALL)
        .says(0, &["a small regulation", "codes that begin with 98", "一 classes (class): activity is class; days (less travel days): 6 credit hours each; any one proof."]);
    small(&["show"], SMALL).says(2, &["ID|FILE", "is missing"]);
    small(&["show", "smal"], SMALL).says(2, &["There is no policy smal; there are: ", "common", "ends in .toml"]);
}

#[test]
fn checks_report_and_fail_on_errors_only() {
    run(&["policy", "check", "--quiet"], &[]).says(0, &["7 policies: 0 errors, 0 warnings"]);
    small(&["check", "small.toml"], SMALL).says(0, &["note[unrecognised]", "1 policy: 0 errors, 0 warnings, 1 note"]);
    let broken = SMALL.replace("gives = { days = 6 }", "gives = { day = 6 }").replace("cite = \"一\"", "cite = \"三\"");
    let done = small(&["check", "small.toml"], &broken);
    done.says(
        1,
        &[
            "error[clause-gap]",
            "error[unknown-clause]",
            "the list of clauses has no \"三\"",
            "error[unknown-name]",
            "--> small.toml:28:11",
            "gives = { day = 6 }",
            "^^^",
            "cause: there is no day in [unit]",
            "remedy: write days",
            "原因",
            "3 errors",
        ],
    );
    let json = small(&["check", "small.toml", "--format", "json", "--quiet"], &broken).json();
    let codes: Vec<&str> = json.as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"unknown-name") && codes.contains(&"unknown-clause") && codes.contains(&"clause-gap"), "{codes:?}");
    assert_eq!((&json[0]["file"], &json[0]["severity"]), (&"small.toml".into(), &"error".into()));
    small(&["check", "none.toml"], SMALL).says(2, &["none.toml can not be read"]);
}

#[test]
fn two_files_of_one_id_are_refused() {
    let files: &[(&str, &[u8])] = &[("one.toml", SMALL.as_bytes()), ("two.toml", SMALL.as_bytes())];
    let both: &[&str] = &["one.toml and two.toml are both the policy small", "give one of them another id"];
    for command in ["check", "show", "test", "coverage"] {
        run(&["policy", command, "one.toml", "two.toml"], files).says(2, both);
        run(&["policy", command, "two.toml", "--policies", "one.toml"], files).says(2, both);
    }
    run(&["policy", "check", "--policies", "."], files).says(2, &["one.toml and ", "two.toml are both the policy small"]);
    run(&["policy", "show", "one.toml", "--policies", "one.toml"], files).says(0, &["a small regulation"]);
    let own = SMALL.replace("id = \"small\"", "id = \"cn-order-25\"");
    small(&["show", "small.toml"], &own).says(0, &["a small regulation"]);
}

#[test]
fn source_texts_are_held_against_the_policy() {
    let hash = "bde1b7dfd7bd1e1de5d4f1b1dd7ba2b9d5fa1fbab1a3e3c4f3b2a1f0e9d8c7b6";
    let text = SMALL.replace("governs = { from = 2024 }", &format!("governs = {{ from = 2024 }}\nsource_sha256 = \"{hash}\""));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("texts")).unwrap();
    std::fs::write(folder.path().join("texts/a.txt"), "一、每天6学时").unwrap();
    std::fs::write(folder.path().join("small.toml"), text).unwrap();
    run_in(folder, &["policy", "check", "small.toml", "--source", "texts"]).says(1, &["error[source-changed]"]);
}

#[test]
fn examples_run_and_figures_are_changed() {
    small(&["test", "small.toml"], SMALL).says(0, &["small: 2 examples, 0 failed", "2 passed, 0 failed"]);
    small(&["test", "small.toml"], &SMALL.replace("hours = 12 }", "hours = 13 }"))
        .says(1, &["small: 2 examples, 1 failed", "error[example-fails]", "hours should be 13, got 12", "1 passed, 1 failed"]);
    let figures = small(&["test", "small.toml", "--figures"], SMALL);
    assert!(figures.out.contains("changes of figures"), "{}", figures.out);
}

#[test]
fn every_clause_is_accounted_for() {
    run(&["policy", "coverage"], &[]).says(0, &["cn-51-2016-20", "二(二)¶3", "rule", "limit.writing", " clauses, 0 unaccounted for"]);
    small(&["coverage", "small.toml"], SMALL).says(0, &["一", "rule", "6 hours a day", "rule.class", "二", "text flow:planned", "2 clauses, 0 unaccounted for"]);
    small(&["coverage", "small.toml"], &SMALL.replace("is = [\"text\", \"flow:planned\"]", "is = \"rule\"")).says(1, &["[gap]", "2 clauses, 1 unaccounted for"]);
    let json = small(&["coverage", "small.toml", "--format", "json"], SMALL).json();
    assert_eq!(json[0]["clauses"][1]["is"][1], serde_json::json!({ "kind": "flow", "feature": "planned" }));
}

#[test]
fn versions_are_compared_in_words() {
    let other = SMALL.replace("gives = { days = 6 }", "gives = { days = 8 }").replace("hours = 12", "hours = 16");
    let files: &[(&str, &[u8])] = &[("old.toml", SMALL.as_bytes()), ("new.toml", other.as_bytes())];
    run(&["policy", "diff", "old.toml", "new.toml"], files)
        .says(0, &["2024", "changed", "rule.class", "was “days (less travel days): 6 credit hours each”, is “days (less travel days): 8 credit hours each”"]);
    run(&["policy", "diff", "old.toml", "old.toml"], files).says(0, &["no difference"]);
    run(&["policy", "diff", "old.toml", "new.toml", "--year", "2020"], files).says(0, &["no difference"]);
    run(&["policy", "diff", "old.toml", "none.toml"], files).says(2, &["none.toml can not be read"]);
}

#[test]
fn a_text_becomes_the_beginning_of_a_policy() {
    let text = "甲局文件\n甲人社发〔2024〕12号\n关于做好继续教育工作的通知\n一、要求\n每年90学时\n二、方式\n（一）培训班\n（二）自学\n二〇二四年三月五日\n";
    let made = run(&["policy", "new", "text.txt", "--output", "made.toml"], &[("text.txt", text.as_bytes())]);
    made.says(0, &["xueshi policy check made.toml"]);
    let file = String::from_utf8(made.file("made.toml")).unwrap();
    for piece in ["number = \"甲人社发〔2024〕12号\"", "issued = 2024-03-05", "source_sha256 = \"", "[clause.\"一\"]", "[clause.\"二(一)\"]", "[clause.\"二(二)\"]"] {
        assert!(file.contains(piece), "{piece} is not in\n{file}");
    }
    let again = run_in(made.folder, &["policy", "new", "text.txt", "--output", "made.toml"]);
    again.says(2, &["made.toml can not be written"]);
    run_in(again.folder, &["policy", "check", "made.toml", "--source", ".", "--quiet"]).says(0, &["1 policy: 0 errors"]);
}

#[test]
fn the_schema_is_json() {
    let schema = run(&["policy", "schema"], &[]).json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["properties"]["rule"]["description"].as_str().unwrap().contains("认定规则\na rule of recognition"));
}

#[test]
fn help_is_in_both_languages() {
    for name in ["list", "show", "check", "test", "coverage", "schema", "diff", "new"] {
        let (zh, en) = (run(&["policy", name, "--help", "--lang", "zh"], &[]), run(&["policy", name, "--help"], &[]));
        assert!(zh.code == 0 && zh.out.contains("例：") && en.out.contains("Example"), "{name}:\n{}\n{}", zh.out, en.out);
    }
}
