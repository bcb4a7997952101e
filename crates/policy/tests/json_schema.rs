//! The JSON Schema accepts every policy there is, and refuses what the language refuses.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

#[allow(dead_code, reason = "each test file uses some of it")]
mod support;

use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

fn json_of(text: &str) -> Value {
    fn value(of: &DeValue<'_>) -> Value {
        match of {
            DeValue::String(text) => json!(text),
            DeValue::Integer(number) => number_of(number.as_str()),
            DeValue::Float(number) => number_of(number.as_str()),
            DeValue::Boolean(yes) => json!(yes),
            DeValue::Datetime(when) => json!(when.to_string()),
            DeValue::Array(items) => items.iter().map(|item| value(item.get_ref())).collect(),
            DeValue::Table(entries) => table(entries),
        }
    }
    fn number_of(digits: &str) -> Value {
        Value::Number(digits.replace('_', "").parse().unwrap())
    }
    fn table(of: &DeTable<'_>) -> Value {
        Value::Object(of.iter().map(|(key, item)| (key.get_ref().to_string(), value(item.get_ref()))).collect())
    }
    table(DeTable::parse(text).unwrap().get_ref())
}

fn complaints(text: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(&xueshi_policy::json_schema()).unwrap();
    validator.iter_errors(&json_of(text)).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

const HEAD: &str = r#"
[policy]
id = "a"
title = "甲"
authority = "乙"
place = "51"
issued = 2020-01-01
known_since = 2020-01-01
governs = { from = 2020 }
"#;

#[test]
fn every_policy_is_accepted() {
    let validator = jsonschema::validator_for(&xueshi_policy::json_schema()).unwrap();
    let mut count = 0;
    for path in support::policies() {
        let of = json_of(&std::fs::read_to_string(&path).unwrap());
        let found: Vec<String> = validator.iter_errors(&of).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(found.is_empty(), "{}:\n{}", path.display(), found.join("\n"));
        count += 1;
    }
    assert!(count > 6, "only {count} policies were found");
}

#[test]
fn every_example_of_a_key_fits_the_key() {
    fn walk(schema: &Value, root: &Value, path: &str, count: &mut usize) {
        let Some(parts) = schema.as_object() else { return };
        if let Some(examples) = parts.get("examples").and_then(Value::as_array) {
            let mut own = schema.clone();
            own["$defs"] = root["$defs"].clone();
            let validator = jsonschema::validator_for(&own).unwrap();
            for example in examples {
                assert!(validator.is_valid(example), "{path}: {example} does not fit {schema}");
                *count += 1;
            }
        }
        for (name, part) in parts.iter().filter(|(name, _)| *name != "examples") {
            walk(part, root, &format!("{path}/{name}"), count);
        }
    }
    let schema = xueshi_policy::json_schema();
    let mut count = 0;
    walk(&schema, &schema, "", &mut count);
    assert!(count > 150, "only {count} examples");
}

#[test]
fn the_head_alone_is_accepted() {
    assert_eq!(complaints(HEAD), Vec::<String>::new());
}

#[test]
fn what_the_language_refuses_is_refused() {
    let rule = r#"cite = "一", match = { activity = "class" }, proof = "none""#;
    let cases = [
        ("an unknown kind", "[rules.a]\ntitle = \"甲\"".to_owned()),
        ("an unknown key", format!("[rule]\na = {{ {rule}, gives = 8, atmost = 60 }}")),
        ("a key that is missing", r#"rule.a = { cite = "一", match = "all", gives = 8 }"#.to_owned()),
        ("an id in Chinese", format!("rule.\"甲\" = {{ {rule}, gives = 8 }}")),
        ("a list where a figure stands", format!("rule.a = {{ {rule}, gives = [8] }}")),
        ("a figure of two operations", format!("rule.a = {{ {rule}, gives = {{ sum = [1, 2], product = [1, 2] }} }}")),
        ("a table without rows", format!("rule.a = {{ {rule}, gives = {{ by = \"level\" }} }}")),
        ("a date where a figure stands", r#"requirement.a = { cite = "一", at_least = true, binding = true }"#.to_owned()),
        ("two tests on one fact", r#"set.a = { where = { level = { not = "county", given = true } } }"#.to_owned()),
        ("an unknown test", r#"set.a = { where = { days = { atleast = 3 } } }"#.to_owned()),
        ("an empty list of codes", r#"set.a = { where = { level = [] } }"#.to_owned()),
        ("a word that does not stand there", r#"coverage.a = { cite = "一", for = "all", effect = "drop" }"#.to_owned()),
        ("at_least beside any_of", r#"requirement.a = { cite = "一", at_least = 1, any_of = [{ at_least = 2 }], binding = true }"#.to_owned()),
        ("a limit that says nothing", r#"limit.a = { cite = "一", of = "all", in = "year" }"#.to_owned()),
        ("a value that is two things", r#"value.a = { cite = "一", is = 1, proof = "any" }"#.to_owned()),
        ("of without type", r#"fact.a = { of = "record", title = "甲" }"#.to_owned()),
        ("a clause of no kind", r#"clause."一" = { is = "law" }"#.to_owned()),
        ("a feature that is not named", r#"clause."一" = { is = "flow:" }"#.to_owned()),
        ("an example with a misspelt key", format!("rule.a = {{ {rule}, gives = 8, examples = [{{ given = {{ quantity = 1 }}, hour = 8 }}] }}")),
        ("a case with a misspelt expectation", "[examples]\ncases = [{ title = \"甲\", records = [], expect = { state = \"met\" } }]".to_owned()),
        ("a rung with a misspelt key", format!("rule.a = {{ {rule}, gives = 8, spread = [{{ year = 0, most = 60 }}] }}")),
        ("a text of three languages", r#"paper.a = { title = { zh = "甲", en = "a", fr = "a" } }"#.to_owned()),
        ("a month without a day", r#"window.a = { title = "甲", dated = "end", years = 1, begins = "01" }"#.to_owned()),
    ];
    for (what, text) in cases {
        assert!(!complaints(&format!("{text}\n{HEAD}")).is_empty(), "{what} was accepted:\n{text}");
    }
    let head = HEAD.replace("place = \"51\"", "place = \"四川\"");
    assert!(!complaints(&head).is_empty(), "a place that is no code was accepted");
    assert!(!complaints("[account]\nunit = \"hours\"\nround = { step = 1, way = \"down\" }").is_empty(), "a file without a head was accepted");
}
