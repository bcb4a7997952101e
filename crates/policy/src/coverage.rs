//! What became of each clause of a regulation.

use crate::check::feature;
use crate::library::PolicyFile;
use crate::syntax::node::Node;
use crate::text::Text;

/// One clause with what carries it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageRow {
    /// The clause.
    pub clause: String,
    /// How it lives in the product: its kind, and the feature where it is no rule or text.
    pub became: Vec<(String, Option<String>)>,
    /// The items that cite it, as `kind.id`.
    pub items: Vec<String>,
    /// Its gist.
    pub gist: Text,
    /// It should be a rule and nothing cites it, or it names a feature that does not exist.
    pub gap: bool,
}

/// Every clause of a policy in the order of its file.
pub fn coverage(file: &PolicyFile) -> Vec<CoverageRow> {
    let policy = &file.ast;
    let cited = citations(&file.root);
    let rows = policy.clauses.iter().map(|clause| {
        let became: Vec<(String, Option<String>)> = clause
            .is
            .became
            .iter()
            .map(|word| match word.is.split_once(':') {
                Some((kind, feature)) => (kind.to_owned(), Some(feature.to_owned())),
                None => (word.is.clone(), None),
            })
            .collect();
        let mut items: Vec<String> = cited.iter().filter(|(cited, _)| *cited == clause.id.is).map(|(_, item)| item.clone()).collect();
        items.dedup();
        let unknown = became.iter().filter_map(|(_, feature)| feature.as_deref()).any(|id| feature(id).is_none());
        let idle = items.is_empty() && became.iter().any(|(kind, _)| kind == "rule");
        CoverageRow { clause: clause.id.is.clone(), gap: became.is_empty() || unknown || idle, became, items, gist: clause.is.gist.clone() }
    });
    rows.collect()
}

/// Every citation of a file: the clause, and the item that cites it.
fn citations(root: &Node) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (kind, items) in root.entries() {
        if ["clause", "examples", "policy"].contains(&kind.name.as_str()) {
            continue;
        }
        for (id, item) in items.entries() {
            let name = if kind.name == "layer" { "layer".to_owned() } else { format!("{}.{}", kind.name, id.name) };
            cites(item, &name, &mut all);
        }
    }
    all
}

fn cites(node: &Node, name: &str, all: &mut Vec<(String, String)>) {
    use crate::syntax::node::NodeKind;
    match &node.kind {
        NodeKind::Table(entries) => {
            for (key, value) in entries {
                if key.name == "cite" {
                    let words = match &value.kind {
                        NodeKind::List(words) => words.iter().filter_map(Node::text).collect(),
                        _ => value.text().into_iter().collect::<Vec<_>>(),
                    };
                    all.extend(words.into_iter().map(|word| (word.to_owned(), name.to_owned())));
                } else if key.name != "examples" {
                    cites(value, name, all);
                }
            }
        }
        NodeKind::List(items) => items.iter().for_each(|item| cites(item, name, all)),
        _ => {}
    }
}
