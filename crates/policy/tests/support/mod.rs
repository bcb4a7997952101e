//! The policy files of the repository, for tests.

use std::fs;
use std::path::{Path, PathBuf};
use xueshi_policy::{Diagnostic, Library, PolicyFile};

/// A path from the root of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Every `*.toml` under a folder, sorted by path.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The policies that are shipped, and those of the tests.
pub(crate) fn policies() -> Vec<PathBuf> {
    let mut all = files(&repository("policies"));
    all.extend(files(&repository("crates/policy/tests/policies")));
    all
}

/// Reads a policy under the name its path has from `root`.
pub(crate) fn read(path: &Path, root: &Path) -> (Option<PolicyFile>, Vec<Diagnostic>) {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    PolicyFile::parse(&name, &text)
}

/// A library of files, all of which must be readable.
pub(crate) fn library(paths: &[PathBuf]) -> Library {
    let mut library = Library::default();
    for path in paths {
        let (file, found) = read(path, &repository(""));
        assert!(found.is_empty(), "{}: {}", path.display(), found[0].render(xueshi_policy::Lang::En));
        library.add(file.unwrap());
    }
    library
}
