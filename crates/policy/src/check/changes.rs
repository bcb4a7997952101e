//! What a change of policy changes: who gains and who loses, in records.

use super::{programs, region};
use crate::diagnostic::Diagnostic;
use crate::library::{Library, PolicyFile};
use crate::program::algebra::{intersect, merge};
use crate::program::items::speaks;
use crate::program::{Program, Rule};
use crate::speak;
use crate::text::{Lang, Text};

/// One difference between two versions of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Added, removed or changed.
    pub kind: &'static str,
    /// The item, as `kind.id`.
    pub item: String,
    /// What it means: which records, and how.
    pub text: Text,
}

/// Compares two versions of a policy in a year. Both libraries hold everything the versions stand on.
///
/// # Errors
/// What keeps either from being compiled.
pub fn compare(before: (&Library, &PolicyFile), after: (&Library, &PolicyFile), year: i16) -> Result<Vec<Change>, Vec<Diagnostic>> {
    let old = programs(before.0, before.1, &region(before.1), year)?;
    let new = programs(after.0, after.1, &region(after.1), year)?;
    let mut changes = Vec::new();
    match (old.first(), new.first()) {
        (Some(old), Some(new)) => programs_differ(old.program(), new.program(), &mut changes),
        (None, Some(_)) => changes.push(Change { kind: "added", item: "policy".to_owned(), text: crate::text!("{year} 年起适用", "governs {year} now") }),
        (Some(_), None) => changes.push(Change { kind: "removed", item: "policy".to_owned(), text: crate::text!("不再适用于 {year} 年", "no longer governs {year}") }),
        (None, None) => {}
    }
    Ok(changes)
}

fn programs_differ(old: &Program, new: &Program, changes: &mut Vec<Change>) {
    let key = |rule: &Rule| rule.item.id.to_string();
    for (at, rule) in new.rules.iter().enumerate() {
        match old.rules.iter().position(|other| key(other) == key(rule)) {
            None => changes.push(Change { kind: "added", item: format!("rule.{}", rule.item.id), text: records(new, at) }),
            Some(was) => rules_differ(old, was, new, at, changes),
        }
    }
    for (at, rule) in old.rules.iter().enumerate() {
        if new.rules.iter().all(|other| key(other) != key(rule)) {
            changes.push(Change { kind: "removed", item: format!("rule.{}", rule.item.id), text: records(old, at) });
        }
    }
    macro_rules! items {
        ($field:ident, $name:literal) => {
            for item in &new.$field {
                match old.$field.iter().find(|other| other.item.id == item.item.id) {
                    None => changes.push(Change { kind: "added", item: format!("{}.{}", $name, item.item.id), text: Text::new("新增", "new") }),
                    Some(was) if was != item => changes.push(Change { kind: "changed", item: format!("{}.{}", $name, item.item.id), text: Text::new("内容改变", "says something else") }),
                    Some(_) => {}
                }
            }
            for item in &old.$field {
                if new.$field.iter().all(|other| other.item.id != item.item.id) {
                    changes.push(Change { kind: "removed", item: format!("{}.{}", $name, item.item.id), text: Text::new("取消", "gone") });
                }
            }
        };
    }
    for item in &new.requirements {
        let was = old.requirements.iter().find(|other| other.item.id == item.item.id && other.item.policy == item.item.policy);
        if let Some(was) = was
            && was != item
        {
            let figure = |r: &crate::program::Requirement| match r.ways.first().map(|way| &way.at_least) {
                Some(crate::program::Figure::Exact(number)) => crate::exact::show(*number),
                _ => "…".to_owned(),
            };
            let (a, b) = (figure(was), figure(item));
            changes.push(Change { kind: "changed", item: format!("requirement.{}", item.item.id), text: crate::text!("要求由 {a} 改为 {b}", "asks {b} instead of {a}") });
        }
    }
    items!(limits, "limit");
    items!(checks, "check");
    items!(coverages, "coverage");
    items!(exemptions, "exemption");
    items!(gates, "gate");
    items!(surpluses, "surplus");
}

fn rules_differ(old: &Program, was: usize, new: &Program, at: usize, changes: &mut Vec<Change>) {
    let (a, b) = (&old.rules[was], &new.rules[at]);
    let item = format!("rule.{}", b.item.id);
    if a.matches != b.matches || a.needs != b.needs {
        let (before, after) = (records(old, was), records(new, at));
        changes.push(Change {
            kind: "changed",
            item: item.clone(),
            text: Text::new(format!("原认定：{}；现认定：{}", before.zh, after.zh), format!("was: {}; now: {}", before.get(Lang::En), after.get(Lang::En))),
        });
    }
    let same = a.accepts == b.accepts
        && a.times == b.times
        && a.round == b.round
        && a.at_most == b.at_most
        && a.counted_in == b.counted_in
        && a.quantity_at_most == b.quantity_at_most
        && a.spread == b.spread
        && a.bucket == b.bucket;
    if !same {
        let both = intersect(&a.matches, &b.matches);
        let which = both.0.first().map(|region| speak::region(new, region)).unwrap_or_default();
        changes.push(Change { kind: "changed", item: item.clone(), text: Text::new(format!("学时算法改变，涉及：{}", which.zh), format!("gives other hours for: {}", which.get(Lang::En))) });
    }
    if a.proof != b.proof {
        changes.push(Change { kind: "changed", item, text: Text::new("证明要求改变", "asks other proofs") });
    }
}

/// The records a rule speaks of, in words.
fn records(program: &Program, at: usize) -> Text {
    let Some(left) = speaks(program, at) else { return Text::default() };
    let boxes: Vec<Text> = merge(left.0).iter().take(4).map(|region| speak::region(program, region)).collect();
    Text::new(boxes.iter().map(|t| t.zh.clone()).collect::<Vec<_>>().join("；或"), boxes.iter().map(|t| t.en.clone()).collect::<Vec<_>>().join("; or "))
}
