//! Every figure must be noticed by some worked example when it is changed.

use crate::engine::Engine;
use crate::exact::{Exact, parse_exact, show};
use crate::library::{Library, has_errors};
use crate::syntax::node::{Node, NodeKind};
use jiff::ToSpan as _;

/// A figure that could be changed without any example noticing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntestedFigure {
    /// The policy's id.
    pub policy: String,
    /// The line it stands on.
    pub line: usize,
    /// The keys that lead to it.
    pub path: String,
    /// What stands there, and what it was changed to.
    pub change: (String, String),
}

/// One place in a tree: keys and positions.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(usize),
}

/// Changes each figure of a policy up and down by one (small ones by a hundredth) and runs the examples of the library.
/// Gives the figures nobody noticed, and how many were tried. `every`: only each n-th figure, for a sample.
pub fn untested_figures(library: &Library, id: &str, every: usize) -> (Vec<UntestedFigure>, usize) {
    let Some(file) = library.get(id) else { return (Vec::new(), 0) };
    let mut places = Vec::new();
    for (key, node) in file.root.entries() {
        if !["examples", "clause"].contains(&key.name.as_str()) {
            collect(node, &mut vec![Step::Key(key.name.clone())], &mut places);
        }
    }
    let (mut silent, mut tried) = (Vec::new(), 0);
    for (path, node) in places.into_iter().step_by(every.max(1)) {
        for other in changed(&node) {
            tried += 1;
            let mut root = (*file.root).clone();
            replace(&mut root, &path, &other);
            let mut found = Vec::new();
            let Some(mutant) = file.redecode(root, &mut found) else { continue };
            let mut others = library.clone();
            others.add(mutant);
            if has_errors(&found) || notices(others, id) {
                continue;
            }
            silent.push(UntestedFigure {
                policy: id.to_owned(),
                line: file.ast.source.place(node.at.start).0,
                path: path
                    .iter()
                    .map(|step| match step {
                        Step::Key(key) => key.clone(),
                        // As in findings on examples, the first is 1.
                        Step::Item(at) => (at + 1).to_string(),
                    })
                    .collect::<Vec<_>>()
                    .join("."),
                change: (word(&node), word(&other)),
            });
        }
    }
    (silent, tried)
}

/// Whether an example of the policy, or of one that stands on it, comes out otherwise.
fn notices(library: Library, id: &str) -> bool {
    let others: Vec<String> = library.files().iter().map(|file| file.id().to_owned()).filter(|other| other != id).collect();
    let engine = Engine::new(library);
    let fails = |policy: &str| engine.run_examples(policy).iter().any(|result| !result.failures.is_empty());
    fails(id) || others.iter().any(|other| fails(other))
}

fn collect(node: &Node, path: &mut Vec<Step>, out: &mut Vec<(Vec<Step>, Node)>) {
    match &node.kind {
        NodeKind::Table(entries) => {
            for (key, value) in entries {
                let skipped = ["examples", "alternatives", "issued", "known_since", "source_sha256", "title", "text", "gist", "help", "message", "cite", "not_in_hand"];
                if !skipped.contains(&key.name.as_str()) {
                    path.push(Step::Key(key.name.clone()));
                    collect(value, path, out);
                    path.pop();
                }
            }
        }
        NodeKind::List(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(Step::Item(at));
                collect(item, path, out);
                path.pop();
            }
        }
        NodeKind::Number(_) | NodeKind::Date(_) => out.push((path.clone(), node.clone())),
        NodeKind::Text(text) if text.contains('/') && parse_exact(text).is_some() => out.push((path.clone(), node.clone())),
        NodeKind::Text(_) | NodeKind::Bool(_) | NodeKind::Bad => {}
    }
}

fn changed(node: &Node) -> Vec<Node> {
    let with = |kind| Node { at: node.at.clone(), kind };
    match &node.kind {
        NodeKind::Number(number) => {
            let step = if *number < Exact::from_integer(1) && *number > Exact::from_integer(0) { Exact::new(1, 100) } else { Exact::from_integer(1) };
            [crate::exact::add(*number, step), crate::exact::sub(*number, step)].into_iter().flatten().map(|number| with(NodeKind::Number(number))).collect()
        }
        NodeKind::Text(text) => match parse_exact(text) {
            Some(ratio) => vec![with(NodeKind::Text(format!("{}/{}", ratio.numer(), ratio.denom() + 1)))],
            None => Vec::new(),
        },
        NodeKind::Date(date) => [date.checked_add(1.day()), date.checked_sub(1.day())].into_iter().flatten().map(|date| with(NodeKind::Date(date))).collect(),
        _ => Vec::new(),
    }
}

fn replace(node: &mut Node, path: &[Step], other: &Node) {
    match (path.split_first(), &mut node.kind) {
        (None, _) => *node = other.clone(),
        (Some((Step::Key(key), rest)), NodeKind::Table(entries)) => {
            for (_, value) in entries.iter_mut().filter(|(have, _)| have.name == *key) {
                replace(value, rest, other);
            }
        }
        (Some((Step::Item(at), rest)), NodeKind::List(items)) => {
            if let Some(item) = items.get_mut(*at) {
                replace(item, rest, other);
            }
        }
        _ => {}
    }
}

fn word(node: &Node) -> String {
    match &node.kind {
        NodeKind::Number(number) => show(*number),
        NodeKind::Date(date) => date.to_string(),
        NodeKind::Text(text) => text.clone(),
        _ => String::new(),
    }
}
