//! What a layer drops must be something it can take away.

use super::at_item;
use super::statics::lies_on;
use crate::diagnostic::{Code, Diagnostic};
use crate::library::{COMMON, Library};
use crate::syntax::ast::{Policy, Word};
use std::collections::BTreeSet;

/// Kinds of item that a layer can drop: those that decide something by themselves.
const DROPPED: [&str; 10] = ["rule", "limit", "surplus", "requirement", "exemption", "coverage", "check", "gate", "warning", "stage"];

/// Reports a drop of another kind, or of a policy that does not lie below: it would do nothing.
pub(super) fn check(library: &Library, policy: &Policy, word: &Word, out: &mut Vec<Diagnostic>) {
    let (below, kind) = word.is.split_once('/').map(|(below, rest)| (below, rest.split('.').next().unwrap_or(""))).unwrap_or_default();
    if !DROPPED.contains(&kind) {
        let all = DROPPED.join("、");
        let all_en = DROPPED.join(", ");
        out.push(at_item(
            Code::BadWord,
            policy,
            &word.at,
            crate::text!("drop 不能取消 [{kind}]：别的条目要用到它", "`drop` can not take away a [{kind}]: other items use it"),
            crate::text!("可以取消的有：{all}；其余的在本层另行声明，或不引用", "what can be dropped: {all_en}; declare anything else anew in this layer, or do not use it"),
        ));
    }
    let on_region = policy.layer.iter().flat_map(|layer| &layer.is.on).any(|on| on.is == "region");
    if below != COMMON && !on_region && !lies_on(library, &policy.head.id.is, below, &mut BTreeSet::new()) {
        out.push(at_item(
            Code::LayerOrder,
            policy,
            &word.at,
            crate::text!("{below} 不在本层之下，取消它的条目没有作用", "{below} does not lie below this layer: dropping an item of it does nothing"),
            crate::text!("把 {below} 写进 on，或去掉这一项", "name {below} in `on`, or leave this out"),
        ));
    }
}
