//! What is not reckoned by columns where many persons are assessed at once.

use super::at_item;
use crate::columns::{By, left};
use crate::diagnostic::{Code, Diagnostic};
use crate::library::PolicyFile;
use crate::program::Program;
use crate::text::Text;
use std::collections::BTreeMap;

/// Items of a file, and the slowest way in which they run in any year.
pub(super) type Items = BTreeMap<String, By>;

/// Adds the items of a file that a program does not reckon by columns.
pub(super) fn look(program: &Program, file: &PolicyFile, items: &mut Items) {
    for (by, item) in left(program).into_iter().filter(|(_, item)| *item.policy == *file.id()) {
        let known = items.entry(format!("{}.{}", item.kind, item.id)).or_insert(by);
        *known = by.max(*known);
    }
}

/// Names them, once a file.
pub(super) fn note(file: &PolicyFile, items: &Items, out: &mut Vec<Diagnostic>) {
    if items.is_empty() {
        return;
    }
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    let ways = [
        (By::Record, "逐条记录计算", "record by record"),
        (By::Touched, "所涉及的人逐人计算", "person by person, for those it touches"),
        (By::Everyone, "所有人逐人计算", "person by person, for everyone"),
    ];
    for (by, in_zh, in_en) in ways {
        let names: Vec<&str> = items.iter().filter(|(_, known)| **known == by).map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            zh.push(format!("{in_zh}的：{}", names.join("、")));
            en.push(format!("{in_en}: {}", names.join(", ")));
        }
    }
    out.push(at_item(
        Code::NotByColumns,
        &file.ast,
        &file.ast.head.id.at,
        Text::new(format!("一次认定许多人时不能整列计算。{}", zh.join("；")), format!("not reckoned by columns where many persons are assessed at once; {}", en.join("; "))),
        Text::new("结果相同，只是人多时慢些；无须修改", "the results are the same and only take longer for many persons; nothing must be changed"),
    ));
}
