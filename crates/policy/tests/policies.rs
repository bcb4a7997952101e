//! The shipped policies, the test policies and the tutorial's: nothing is found in them, their examples come out, every figure is noticed.

use std::path::{Path, PathBuf};
use xueshi_policy::{Engine, Lang, Library, PolicyFile, Severity, check, has_errors, untested_figures};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "toml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Adds files to a library and gives their ids.
fn add(library: &mut Library, paths: Vec<PathBuf>) -> Vec<String> {
    let read = |path: PathBuf| {
        let (file, found) = PolicyFile::parse(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap());
        assert!(!has_errors(&found), "{}", found[0].render(Lang::En));
        let file = file.unwrap();
        let id = file.id().to_owned();
        assert!(!library.add(file), "{id} twice");
        id
    };
    paths.into_iter().map(read).collect()
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The shipped policies, and all with the test policies and the tutorial.
fn libraries() -> (Library, Vec<String>, Library, Vec<String>) {
    let mut shipped = Library::default();
    let ids = add(&mut shipped, files(&here("../../policies")));
    let mut all = shipped.clone();
    let mut all_ids = ids.clone();
    all_ids.extend(add(&mut all, files(&here("tests/policies"))));
    all_ids.extend(add(&mut all, vec![here("../../docs/tutorial.toml")]));
    (shipped, ids, all, all_ids)
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
