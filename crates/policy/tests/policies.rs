//! The shipped policies, the test policies and the tutorial's: nothing is found in them, their examples come out, every figure is noticed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing helper fails its test")]

#[allow(dead_code, reason = "each test file uses some of it")]
mod support;

use support::{files, library, repository};
use xueshi_policy::{Engine, Lang, Library, PolicyFile, Severity, check, untested_figures};

/// The shipped policies, and all with the test policies and the tutorial.
fn libraries() -> (Library, Vec<String>, Library, Vec<String>) {
    let shipped = library(&files(&repository("policies")));
    let mut paths = support::policies();
    paths.push(repository("docs/tutorial.toml"));
    let all = library(&paths);
    assert_eq!(all.files().len(), paths.len(), "two policies of one id");
    let ids = |library: &Library| library.files().iter().map(|file: &PolicyFile| file.id().to_owned()).collect();
    (shipped.clone(), ids(&shipped), all.clone(), ids(&all))
}

#[test]
fn nothing_but_notes_is_found_in_any_policy() {
    let (.., all, ids) = libraries();
    for id in ids {
        let found: Vec<String> = check(&all, &id, None).iter().filter(|finding| finding.severity != Severity::Note).map(|finding| finding.render(Lang::En)).collect();
        assert!(found.is_empty(), "{id}:\n{}", found.join("\n"));
    }
}

#[test]
fn every_worked_example_comes_out() {
    let (.., all, ids) = libraries();
    let engine = Engine::new(all);
    for id in ids {
        let results = engine.run_examples(&id);
        assert!(!results.is_empty(), "{id} has no example");
        let wrong: Vec<String> = results.iter().flat_map(|result| &result.failures).map(|finding| finding.render(Lang::En)).collect();
        assert!(wrong.is_empty(), "{id}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_shipped_policies_have_at_least_120_worked_examples() {
    let (shipped, ids, ..) = libraries();
    let engine = Engine::new(shipped);
    let count: usize = ids.iter().map(|id| engine.run_examples(id).len()).sum();
    assert!(count >= 120, "{count}");
}

#[test]
fn every_figure_of_every_shipped_policy_is_noticed_when_it_changes() {
    let (shipped, ids, ..) = libraries();
    for id in ids {
        let (silent, tried) = untested_figures(&shipped, &id, 1);
        assert!(tried > 0, "{id} has no figures");
        assert!(silent.is_empty(), "{id}: {silent:#?}");
    }
}
