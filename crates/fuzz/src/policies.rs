//! A text as a policy: read, checked like `policy check`, shown.

use std::sync::OnceLock;

use xueshi_policy::{Diagnostic, Lang, Library, PolicyFile, check, has_errors, show};

/// The contract every stack stands on; no other policy is needed to check one.
const COMMON: &str = include_str!("../../../policies/common.toml");

/// Reads a text as a policy and, where it can be read, checks and shows it. What is not UTF-8 is refused before a parser sees it.
pub fn policy(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (file, found) = PolicyFile::parse("a.toml", text);
    said(&found);
    let Some(file) = file else {
        assert!(has_errors(&found), "a policy that is refused without a word");
        return;
    };
    if has_errors(&found) {
        return;
    }
    let id = file.id().to_owned();
    let mut library = common().clone();
    library.add(file);
    said(&check(&library, &id, None));
    for lang in [Lang::Zh, Lang::En] {
        let _ = show(&library, &id, lang);
    }
}

fn common() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let mut library = Library::default();
        if let (Some(file), _) = PolicyFile::parse("common.toml", COMMON) {
            library.add(file);
        }
        library
    })
}

/// Every finding names cause and remedy in both languages, at a place that can be shown.
fn said(found: &[Diagnostic]) {
    for finding in found {
        for lang in [Lang::Zh, Lang::En] {
            assert!(!finding.cause.get(lang).is_empty() && !finding.remedy.get(lang).is_empty());
            assert!(finding.render(lang).contains(finding.code.name()));
        }
    }
}
