//! What a change of policy changes, in words: each item as it was and as it is, read out as `policy show` does.

use super::{programs, region};
use crate::diagnostic::Diagnostic;
use crate::library::{Library, PolicyFile};
use crate::show::sentences;
use crate::speak;
use crate::text::{Text, say};

/// One difference between two versions of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `added`, `removed` or `changed`.
    pub kind: &'static str,
    /// The item, as `kind.id`.
    pub item: String,
    /// What it says now, or said; of a change the parts that differ.
    pub text: Text,
}

/// Compares two versions of a policy in a year. Both libraries hold everything the versions stand on.
///
/// The sentences are compared and not the compiled forms: one new threshold somewhere changes how every condition is compiled, and
/// changes nothing of what the others say.
///
/// # Errors
/// What keeps either from being compiled.
pub fn compare(before: (&Library, &PolicyFile), after: (&Library, &PolicyFile), year: i16) -> Result<Vec<Change>, Vec<Diagnostic>> {
    programs(before.0, before.1, &region(before.1), year)?;
    programs(after.0, after.1, &region(after.1), year)?;
    let (old, new) = (sentences(before.0, before.1, year), sentences(after.0, after.1, year));
    match (old.is_empty(), new.is_empty()) {
        (true, false) => return Ok(vec![Change { kind: "added", item: "policy".to_owned(), text: crate::text!("现在适用于{year}年度", "governs {year} now") }]),
        (false, true) => return Ok(vec![Change { kind: "removed", item: "policy".to_owned(), text: crate::text!("不再适用于{year}年度", "no longer governs {year}") }]),
        _ => {}
    }
    let mut changes = Vec::new();
    for is in &new {
        match old.iter().find(|was| was.item == is.item) {
            None => changes.push(Change { kind: "added", item: is.item.clone(), text: sentence(&is.name, &is.parts) }),
            Some(was) => {
                let gone = || was.parts.iter().filter(|part| !is.parts.contains(part));
                let come = || is.parts.iter().filter(|part| !was.parts.contains(part));
                if gone().next().is_some() || come().next().is_some() || was.name != is.name {
                    let name = if was.name == is.name { is.name.clone() } else { turned(&was.name, &is.name) };
                    changes.push(Change { kind: "changed", item: is.item.clone(), text: parts_differ(&name, gone().cloned().collect(), come().cloned().collect()) });
                }
            }
        }
    }
    for was in old.iter().filter(|was| new.iter().all(|is| is.item != was.item)) {
        changes.push(Change { kind: "removed", item: was.item.clone(), text: sentence(&was.name, &was.parts) });
    }
    Ok(changes)
}

fn sentence(name: &Text, parts: &[Text]) -> Text {
    let parts = speak::sentence(parts.iter().cloned());
    if parts.is_empty() { name.clone() } else { say!("{name}：{parts}", "{name}: {parts}"; name, parts) }
}

fn turned(was: &Text, is: &Text) -> Text {
    say!("{was} → {is}", "{was} → {is}"; was, is)
}

fn parts_differ(name: &Text, gone: Vec<Text>, come: Vec<Text>) -> Text {
    let (was, is) = (speak::sentence(gone.into_iter()), speak::sentence(come.into_iter()));
    match (was.is_empty(), is.is_empty()) {
        (true, true) => name.clone(),
        (true, false) => say!("{name}：新增“{is}”", "{name}: new: “{is}”"; name, is),
        (false, true) => say!("{name}：不再“{was}”", "{name}: gone: “{was}”"; name, was),
        (false, false) => say!("{name}：原“{was}”，现“{is}”", "{name}: was “{was}”, is “{is}”"; name, was, is),
    }
}
