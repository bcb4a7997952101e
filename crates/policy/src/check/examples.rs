//! Worked examples: they come out, and every rule and requirement is reached by one.

use super::at_item;
use crate::ItemRef;
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::Engine;
use crate::library::{Library, PolicyFile};
use crate::syntax::ast::Word;
use crate::text::Text;

/// Runs the examples of a file: those that come out otherwise, and the rules and requirements that none reaches.
pub(crate) fn check(library: &Library, file: &PolicyFile, out: &mut Vec<Diagnostic>) {
    let policy = &*file.ast;
    let mut reached: Vec<ItemRef> = Vec::new();
    for result in Engine::new(library.clone()).run_examples(file.id()) {
        out.extend(result.failures);
        reached.extend(result.reached);
    }
    let none = |kind: &str, id: &Word| !reached.iter().any(|item| item.kind == kind && *item.id == *id.is && *item.policy == *file.id());
    for rule in policy.rules.iter().filter(|rule| rule.is.examples.is_empty() && none("rule", &rule.id)) {
        let id = &rule.id.is;
        out.push(at_item(
            Code::NoExample,
            policy,
            &rule.id.at,
            crate::text!("规则 {id} 没有示例，整例也没有用到它", "rule {id} has no worked example, and no whole case reaches it"),
            Text::new("写一个：examples = [{ given = { quantity = … }, hours = … }]", "add one: examples = [{ given = { quantity = … }, hours = … }]"),
        ));
    }
    for requirement in policy.requirements.iter().filter(|requirement| none("requirement", &requirement.id)) {
        let id = &requirement.id.is;
        out.push(at_item(
            Code::NoExample,
            policy,
            &requirement.id.at,
            crate::text!("要求 {id} 没有整例问到", "no whole case asks requirement {id}"),
            match requirement.is.only_for.first() {
                None => crate::text!(
                    "在 [[examples.cases]] 写一个须满足它的人：expect = {{ asked = {{ {id} = … }} }}",
                    "write a person of whom it is asked in [[examples.cases]]: expect = {{ asked = {{ {id} = … }} }}"
                ),
                Some(Word { is: gate, .. }) => crate::text!(
                    "在 [[examples.cases]] 写一个须满足它的人：expect = {{ gates = {{ {gate} = … }} }}",
                    "write a person of whom it is asked in [[examples.cases]]: expect = {{ gates = {{ {gate} = … }} }}"
                ),
            },
        ));
    }
}
