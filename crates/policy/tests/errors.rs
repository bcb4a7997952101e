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
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no sample for {name}"));
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
