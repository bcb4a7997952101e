//! Rules in the order in which they are asked: exceptions before what they except.

use super::compile::Compiler;
use crate::diagnostic::Code;
use crate::text::Text;
use std::collections::HashMap;

impl Compiler<'_> {
    /// The rules that hold, exceptions before what they except.
    pub(crate) fn order_rules(&mut self) {
        let mut all: Vec<(usize, usize)> = Vec::new();
        for (layer, item) in self.items("rule", |policy| &policy.rules) {
            let at = self.names.stack[layer].rules.iter().position(|rule| rule.id.is == item.id.is);
            if let Some(at) = at
                && self.governs(layer, &item.is.governs)
            {
                all.push((layer, at));
            }
        }
        let index: HashMap<(usize, &str), usize> = all.iter().enumerate().map(|(n, (layer, at))| ((*layer, self.names.stack[*layer].rules[*at].id.is.as_str()), n)).collect();
        let mut order = Vec::new();
        let mut state = vec![0_u8; all.len()];
        for n in 0..all.len() {
            self.visit_rule(n, &all, &index, &mut state, &mut order);
        }
        // A rule is placed after everything it speaks before has been placed; reversed, exceptions come first.
        order.reverse();
        self.rules = order.into_iter().map(|n| all[n]).collect();
    }

    pub(crate) fn visit_rule(&mut self, n: usize, all: &[(usize, usize)], index: &HashMap<(usize, &str), usize>, state: &mut [u8], order: &mut Vec<usize>) {
        if state[n] == 2 {
            return;
        }
        let (layer, at) = all[n];
        let item = &self.names.stack[layer].rules[at];
        if state[n] == 1 {
            let id = &item.id.is;
            self.report(
                layer,
                Code::Cycle,
                &item.id.at,
                crate::text!("规则 {id} 的 before 绕成了圈", "the `before` of rule {id} runs in a circle"),
                Text::new("断开其中一处", "break the circle at one place"),
            );
            return;
        }
        state[n] = 1;
        for word in &item.is.before {
            match self.before_target(layer, &word.is, index) {
                Some(Some(target)) => self.visit_rule(target, all, index, state, order),
                Some(None) => {}
                None => {
                    let known: Vec<&str> = self.names.stack.iter().flat_map(|p| &p.rules).map(|r| r.id.is.as_str()).collect();
                    self.unknown(layer, Code::UnknownItem, &word.at, &word.is, &known, "[rule]");
                }
            }
        }
        state[n] = 2;
        order.push(n);
    }

    /// The position of the rule that a `before` names, `Some(None)` where it does not hold in this year.
    pub(crate) fn before_target(&self, layer: usize, name: &str, index: &HashMap<(usize, &str), usize>) -> Option<Option<usize>> {
        let (policy, id) = name.split_once('/').map_or((None, name), |(policy, id)| (Some(policy), id));
        let declared = (0..=layer).rev().find(|at| {
            let here = self.names.stack[*at];
            policy.is_none_or(|policy| policy == here.head.id.is) && here.rules.iter().any(|rule| rule.id.is == id)
        })?;
        Some(index.get(&(declared, id)).copied())
    }

    /// The position of a rule seen from a layer; `Some(None)` where it does not hold in this year or for this person.
    pub(crate) fn rule_position(&mut self, layer: usize, name: &str) -> Option<Option<usize>> {
        let (policy, id) = name.split_once('/').map_or((None, name), |(policy, id)| (Some(policy), id));
        let declared = (0..=layer).rev().find(|at| {
            let here = self.names.stack[*at];
            policy.is_none_or(|policy| policy == here.head.id.is) && here.rules.iter().any(|rule| rule.id.is == id)
        })?;
        Some(self.rules.iter().position(|(l, at)| *l == declared && self.names.stack[*l].rules[*at].id.is == id))
    }

    pub(crate) fn rule_name(&self, layer: usize, at: usize) -> String {
        let policy = self.names.stack[layer];
        format!("{}/{}", policy.head.id.is, policy.rules[at].id.is)
    }
}
