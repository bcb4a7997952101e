//! Descriptions of forms: those of the repository, and what is said of bad ones.

use crate::samples::{PRESS, card, form, forms_folder, issue, recognition};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use xueshi_documents::{Form, Given, Part, Shown, Value};

/// Every clause a policy file lists, by the id of the policy.
fn clauses(folder: &Path, found: &mut BTreeMap<String, Vec<String>>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            clauses(&path, found);
            continue;
        }
        let table: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        if let (Some(id), Some(clauses)) = (table.get("policy").and_then(|policy| policy.get("id")?.as_str()), table.get("clause").and_then(toml::Value::as_table)) {
            found.insert(id.to_owned(), clauses.keys().cloned().collect());
        }
    }
}

#[test]
fn every_form_of_the_repository_belongs_to_a_policy_and_cites_its_clauses() {
    let mut known = BTreeMap::new();
    clauses(&forms_folder().join("../policies"), &mut known);
    let mut forms = 0;
    for path in fs::read_dir(forms_folder()).unwrap().map(|entry| entry.unwrap().path()) {
        let id = path.file_stem().unwrap().to_string_lossy().into_owned();
        let form = form(&id);
        assert_eq!(form.id, id, "the file is named after the form");
        forms += 1;
        if form.policy == "*" {
            assert_eq!(form.shown, Shown::Nothing, "{id}: what belongs to no policy is nobody's official layout");
            continue;
        }
        let clauses = known.get(&form.policy).unwrap_or_else(|| panic!("{id}: there is no policy {}", form.policy));
        let fields = form.parts.iter().flat_map(|part| match part {
            Part::Head { fields } => fields.iter().collect::<Vec<_>>(),
            Part::Grid { rows, .. } => rows.iter().flatten().collect(),
            Part::Records { columns, .. } => columns.iter().collect(),
            Part::Opinion(_) => Vec::new(),
        });
        for cite in fields.filter_map(|field| field.cite.as_ref()).chain([&form.cite]).filter(|cite| *cite != "silent") {
            assert!(clauses.contains(cite), "{id} cites {cite}, which {} does not list", form.policy);
        }
    }
    assert_eq!(forms, 6);
}

const HEAD: &str = "id = \"a\"\nprints = \"card\"\ntitle = { zh = \"甲\" }\npolicy = \"p\"\nregulation = \"r\"\ncite = \"1\"\nshown = \"whole\"\n";

#[test]
fn a_form_that_is_wrong_says_where_and_why() {
    for (text, place, cause) in [
        ("id = \"a\"\ntitel = 1\n", "第 2 行", "titel"),
        ("id = ", "第 1 行", ""),
        (&format!("{HEAD}[[part]]\nis = \"box\"\n"), "第 9 行", "box"),
        (&format!("{HEAD}[[part]]\nis = \"head\"\nfields = [{{ key = \"a\", label = \"甲\" }}, {{ key = \"a\", label = \"乙\" }}]\n"), "a.toml", "用了两次"),
        (&format!("{HEAD}[[part]]\nis = \"grid\"\ncolumns = 2\nrows = [[{{ key = \"a\", label = \"甲\" }}, {{ key = \"b\", label = \"乙\" }}]]\n"), "a.toml", "放不进 2 格"),
        (&format!("{HEAD}[[part]]\nis = \"records\"\ncolumns = []\n"), "a.toml", "没有列"),
        (&format!("{HEAD}[[part]]\nis = \"opinion\"\nkey = \"o\"\nlabel = \"意见\"\nseal = \"公章\"\nsentence = \"共{{hours学时\"\n"), "a.toml", "花括号"),
    ] {
        let error = Form::parse("a.toml", text).unwrap_err();
        let said = error.message(true);
        assert_eq!(error.code, "form");
        assert!(said.contains(place) && said.contains(cause), "{said}");
        assert!(said.contains("forms/"), "the remedy: {said}");
    }
}

#[test]
fn what_a_form_has_no_place_for_is_refused_and_not_lost() {
    let table = form("cn-50-2022-321-card");
    let text = || Value::Text("x".to_owned());
    let mut value = card(3);
    value.values.insert("phone".to_owned(), text());
    let mut cell = card(3);
    cell.blocks[0].rows[0].insert("credits".to_owned(), text());
    let mut opinion = card(3);
    opinion.opinions.insert("employer-opinion".to_owned(), Given::default());
    for (filled, lost) in [(value, "phone"), (cell, "credits"), (opinion, "employer-opinion")] {
        let error = PRESS.form(&table, &filled, &issue()).unwrap_err();
        assert_eq!(error.code, "form-value");
        assert!(error.message(true).contains(&format!("没有“{lost}”的位置")), "{error}");
    }
    let mut blocks = recognition();
    blocks.blocks = card(3).blocks;
    assert_eq!(PRESS.form(&form("cn-65-city-2022-recognition"), &blocks, &issue()).unwrap_err().code, "form-value");
}
