//! Policies spoken aloud, and what changes between two versions of one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

#[allow(dead_code, reason = "each test file uses some of it")]
mod support;

use support::{files, library, policies, repository};
use toml::de::DeTable;
use xueshi_policy::{Lang, Library, PolicyFile, compare, show};

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

/// Kinds whose items are not spoken one by one: their words stand where they are used.
const NOT_SPOKEN: [&str; 9] = ["policy", "account", "layer", "value", "paper", "actor", "examples", "clause", "problem"];

#[test]
fn every_item_and_every_clause_is_spoken_in_both_languages() {
    let all = library(&policies());
    for path in policies() {
        let text = std::fs::read_to_string(&path).unwrap();
        let (file, _) = PolicyFile::parse("", &text);
        let file = file.unwrap();
        let root = DeTable::parse(&text).unwrap();
        for lang in LANGS {
            let spoken = show(&all, file.id(), lang).unwrap();
            for (kind, items) in root.get_ref().iter().filter(|(kind, _)| !NOT_SPOKEN.contains(&kind.get_ref().as_ref())) {
                for (id, _) in items.get_ref().as_table().unwrap() {
                    assert!(spoken.contains(id.get_ref().as_ref()), "{}: {}.{} is not spoken:\n{spoken}", file.id(), kind.get_ref(), id.get_ref());
                }
            }
            for (clause, _) in root.get_ref().get("clause").and_then(|clauses| clauses.get_ref().as_table()).into_iter().flatten() {
                assert!(spoken.contains(clause.get_ref().as_ref()), "{}: clause {} is not listed", file.id(), clause.get_ref());
            }
        }
    }
}

#[test]
fn no_sentence_has_holes() {
    let all = library(&policies());
    for file in all.files() {
        for lang in LANGS {
            for line in show(&all, file.id(), lang).unwrap().lines() {
                for hole in ["；；", "，，", "、、", "：；", "；。", "（）", "（（", "“”", "; ;", ": ;", ": .", "()", "((", " ,", "未填则）", "在规定界限内"] {
                    assert!(!line.contains(hole), "{} has a hole {hole:?}: {line}", file.id());
                }
            }
        }
    }
}

#[test]
fn english_is_english_where_the_policy_gives_it() {
    let all = library(&files(&repository("policies")));
    for file in all.files() {
        let spoken = show(&all, file.id(), Lang::En).unwrap();
        for line in spoken.lines() {
            assert!(!line.contains(['；', '：', '，', '。', '、']), "{}: {line}", file.id());
        }
    }
}

#[test]
fn an_unknown_policy_is_none_and_one_with_errors_still_has_a_head() {
    let mut all = library(&files(&repository("policies")));
    assert!(show(&all, "nowhere", Lang::Zh).is_none());
    let text = std::fs::read_to_string(repository("policies/xinjiang/2022-city.toml")).unwrap().replace("gives = { days = 8 }", "gives = { days = \"no-such-name\" }");
    all.add(PolicyFile::parse("x.toml", &text).0.unwrap());
    let spoken = show(&all, "cn-65-city-2022", Lang::En).unwrap();
    assert!(spoken.contains("run policy check first") && spoken.contains("附件3 第1条"), "{spoken}");
}

#[test]
fn policies_are_spoken_aloud() {
    let all = library(&policies());
    for id in ["xuzhou", "cme-2006", "sh-lawyers-2018", "test-carry", "test-bands", "test-layers-city", "test-deferral", "test-alternatives"] {
        for (lang, end) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let spoken: String = show(&all, id, lang).unwrap().lines().filter(|line| !line.contains("SHA-256")).map(|line| format!("{line}\n")).collect();
            insta::with_settings!({ snapshot_path => "show", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("{id}-{end}"), spoken);
            });
        }
    }
}

#[test]
fn the_handbook_shows_what_is_said() {
    let mut paths = files(&repository("policies"));
    paths.push(repository("docs/tutorial.toml"));
    let all = library(&paths);
    for (lang, handbook) in [(Lang::Zh, "docs/policy-language.md"), (Lang::En, "docs/policy-language.en.md")] {
        let text = std::fs::read_to_string(repository(handbook)).unwrap();
        let (_, shown) = text.split_once("$ xueshi policy show my/yunzhou.toml\n").unwrap();
        let (shown, _) = shown.split_once("```").unwrap();
        assert_eq!(shown, show(&all, "yunzhou-2023", lang).unwrap(), "{handbook}: put the output of `xueshi policy show docs/tutorial.toml` there");
    }
}

/// The changes between a policy and what becomes of it when pieces of its text are replaced.
fn changes(path: &str, replaced: &[(&str, &str)], year: i16) -> Vec<(&'static str, String, String, String)> {
    let text = std::fs::read_to_string(repository(path)).unwrap();
    let mut other = text.clone();
    for (from, to) in replaced {
        assert!(other.contains(from), "{path} has no {from}");
        other = other.replacen(from, to, 1);
    }
    let with = |text: &str| -> (Library, PolicyFile) {
        let mut all = library(&files(&repository("policies")));
        let file = PolicyFile::parse("x.toml", text).0.unwrap();
        all.add(file.clone());
        (all, file)
    };
    let ((old, before), (new, after)) = (with(&text), with(&other));
    let found = compare((&old, &before), (&new, &after), year).unwrap();
    found.into_iter().map(|change| (change.kind, change.item, change.text.zh, change.text.en)).collect()
}

#[test]
fn a_change_is_said_in_words_and_alone() {
    let sichuan = "policies/sichuan/2016-20.toml";
    assert_eq!(changes(sichuan, &[], 2020), []);
    let found = changes(sichuan, &[("at_most = 50", "at_most = 40")], 2020);
    let [(kind, item, zh, en)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((*kind, item.as_str()), ("changed", "limit.writing"));
    assert!(zh.contains("原“合计至多50学时") && zh.contains("现“合计至多40学时"), "{zh}");
    assert!(en.contains("was “at most 50 credit hours") && en.contains("is “at most 40 credit hours"), "{en}");
}

#[test]
fn a_new_code_changes_nothing_but_what_names_it() {
    // The code shifts how every condition on the fact is compiled; only the rule that names it says something else.
    let found = changes(
        "policies/xinjiang/2022-city.toml",
        &[
            ("[value.study-proof]", "[fact.level]\ncodes.ministerial = \"部级\"\n\n[value.study-proof]"),
            ("[\"international\", \"national\"], 12", "[\"international\", \"national\", \"ministerial\"], 12"),
            ("level = [\"international\", \"national\", \"provincial\", \"prefecture\"]", "level = [\"international\", \"national\", \"ministerial\", \"provincial\", \"prefecture\"]"),
        ],
        2023,
    );
    let items: Vec<&str> = found.iter().map(|(_, item, ..)| item.as_str()).collect();
    assert_eq!(items, ["rule.A3-4", "fact.level"], "{found:?}");
}

#[test]
fn items_that_come_and_go_are_read_out() {
    let found = changes("policies/xinjiang/2022-city.toml", &[("[limit.one-degree]", "[limit.one-degree-only]"), ("change.limit.one-degree.in", "change.limit.one-degree-only.in")], 2023);
    let kinds: Vec<(&str, &str)> = found.iter().map(|(kind, item, ..)| (*kind, item.as_str())).collect();
    assert_eq!(kinds, [("added", "limit.one-degree-only"), ("removed", "limit.one-degree")]);
    assert!(found.iter().all(|(_, _, zh, en)| zh.contains("合计至多60学时") && en.contains("at most 60 credit hours")), "{found:?}");
}

#[test]
fn a_year_that_an_item_holds_to_is_said() {
    let until = [("governs = { to = 2015 }", "governs = { to = 2014 }")];
    let found = changes("policies/chongqing/2006-17.toml", &until, 2010);
    let [(kind, item, zh, en)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((*kind, item.as_str()), ("changed", "requirement.general"));
    assert!(zh.contains("原“限至2015年度”，现“限至2014年度”") && en.contains("was “holds up to 2015”, is “holds up to 2014”"), "{zh} {en}");
    let found = changes("policies/chongqing/2006-17.toml", &until, 2015);
    assert_eq!(found.iter().map(|(kind, item, ..)| (*kind, item.as_str())).collect::<Vec<_>>(), [("removed", "requirement.general")]);
    let files = library(&files(&repository("policies")));
    assert_eq!(files.get("cn-50-2006-17").unwrap().turning_years(), [2006, 2016]);
}

#[test]
fn a_year_gained_or_lost_is_one_change() {
    let years = [("value = 2021", "value = 2022")];
    let found = changes("policies/xinjiang/2022-city.toml", &years, 2021);
    assert_eq!(found.iter().map(|(kind, item, ..)| (*kind, item.as_str())).collect::<Vec<_>>(), [("removed", "policy")]);
}
