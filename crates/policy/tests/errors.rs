//! One kept sample for every kind of finding, and what is said of it in both languages.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing helper fails its test")]

#[allow(dead_code, reason = "each test file uses some of it")]
mod support;

use std::path::PathBuf;
use support::{files, library, repository};
use xueshi_policy::{Code, Diagnostic, Lang, PolicyFile, SourceText, check, has_errors};

fn folder() -> PathBuf {
    repository("crates/policy/tests/errors")
}

/// Everything found in a sample: a file, or a folder with the source text beside it.
fn findings(name: &str) -> Vec<Diagnostic> {
    let single = folder().join(format!("{name}.toml"));
    let (path, sources) = if single.is_file() {
        (single, None)
    } else {
        let text = folder().join(name).join("text.txt");
        (folder().join(name).join("policy.toml"), Some(vec![SourceText { name: "text.txt".to_owned(), bytes: std::fs::read(text).unwrap() }]))
    };
    let mut text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no sample for {name}"));
    if name == "too-large" {
        // A megabyte of comment is not worth keeping.
        text.extend(std::iter::repeat_n("# ", PolicyFile::BYTES_MAX / 2));
    }
    let (file, mut found) = PolicyFile::parse(&format!("{name}.toml"), &text);
    if let Some(file) = file.filter(|_| !has_errors(&found)) {
        let mut library = library(&files(&repository("policies")));
        library.add(file);
        found.extend(check(&library, "sample", sources.as_deref()));
    }
    found
}

#[test]
fn every_kind_of_finding_has_a_sample_that_shows_it() {
    for code in Code::ALL {
        let found = findings(code.name());
        let codes: Vec<&str> = found.iter().map(|finding| finding.code.name()).collect();
        let Some(finding) = found.iter().find(|finding| finding.code == *code) else { panic!("{}: not reported, but {codes:?}", code.name()) };
        assert!(!finding.cause.zh.is_empty() && !finding.cause.en.is_empty() && !finding.remedy.zh.is_empty() && !finding.remedy.en.is_empty(), "{}", code.name());
        insta::with_settings!({ snapshot_path => "errors/snapshots", prepend_module_to_snapshot => false }, {
            let english = finding.render(Lang::En);
            insta::assert_snapshot!(code.name(), format!("{}{}", finding.render(Lang::Zh), english.lines().next().unwrap()));
        });
    }
}

#[test]
fn every_sample_is_of_a_kind_that_exists() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(["five", "snapshots"].contains(&name.as_str()) || Code::ALL.iter().any(|code| code.name() == name), "{name}");
    }
}

#[test]
fn all_problems_of_a_file_are_reported_together() {
    let mut codes: Vec<(&str, usize)> = findings("five").iter().map(|finding| (finding.code.name(), finding.source.place(finding.span.start).0)).collect();
    codes.sort_unstable();
    assert_eq!(codes, [("bad-number", 17), ("bad-word", 6), ("bad-word", 12), ("missing-key", 14), ("unknown-key", 18), ("unknown-kind", 20)]);
}

#[test]
fn a_file_is_refused_in_words_however_deep_wide_or_wrong_it_is() {
    let deep = |open: &str, close: &str| format!("a = {}1{}", open.repeat(100_000), close.repeat(100_000));
    let many = |line: &dyn Fn(usize) -> String| (0..40_000).map(line).collect::<String>();
    let cases = [
        ("arrays in arrays", deep("[", "]"), "syntax"),
        ("tables in tables", deep("{a = ", "}"), "syntax"),
        ("keys below keys", format!("{} = 1", vec!["a"; 100_000].join(".")), "syntax"),
        ("tables below tables", format!("[{}]", vec!["a"; 100_000].join(".")), "syntax"),
        ("many keys", many(&|n| format!("k{n} = {n}\n")), "more-findings"),
        ("many keys on a line", format!("x = {{{}}}", many(&|n| format!("k{n} = {n}, "))), "unknown-kind"),
        ("many items", many(&|n| format!("[fact.f{n}]\n")), "missing-key"),
        ("one key many times", many(&|_| "k = 1\n".to_owned()), "more-findings"),
        ("nothing but errors", many(&|_| "= \n".to_owned()), "more-findings"),
        ("a long name", format!("{} = 1\n[fact.{}]\n", "a".repeat(300_000), "b".repeat(300_000)), "unknown-kind"),
        ("a long text", format!("[policy]\nid = \"{}\"", "x".repeat(900_000)), "missing-key"),
        ("a long number", format!("a = {}", "9".repeat(900_000)), "bad-number"),
    ];
    for (what, text, code) in cases {
        let start = std::time::Instant::now();
        let (file, found) = PolicyFile::parse("a.toml", &text);
        assert!(file.is_none() || has_errors(&found), "{what}");
        assert!(found.iter().any(|finding| finding.code.name() == code), "{what}: {:?}", found.iter().map(|finding| finding.code.name()).collect::<Vec<_>>());
        let said: usize = found.iter().map(|finding| finding.render(Lang::Zh).len()).sum();
        assert!(said < 1_000_000, "{what}: {said} bytes are said");
        // Some milliseconds each; half a minute is what a machine under load might take for a hundred times as much.
        assert!(start.elapsed().as_secs() < 30, "{what}: {:?}", start.elapsed());
    }
}
