//! Lists, readings with their alternatives, and problems.

use super::{Page, Said, Voice, cites};
use crate::speak::join;
use crate::syntax::ast::{self, Item};
use crate::syntax::node::{Node, NodeKind};
use crate::text::{Text, say};

/// So many entries of a list are read out.
const MOST_ENTRIES: usize = 60;

impl<'a> Voice<'a> {
    pub(super) fn list(&self, item: &'a Item<ast::List>) -> Said {
        let of = join(item.is.of.iter().map(|word| self.fact_title(&word.is)));
        let by = if item.is.kept_by == "operator" { Text::new("操作者", "the operator") } else { Text::same(item.is.kept_by.as_str()) };
        let count = Text::same(item.is.entries.len().to_string());
        let mut said = Said::plain(vec![say!("列{of}，共{count}项，由{by}维护", "of {of}; entries: {count}; kept by {by}"; of, count, by)]);
        said.rows = item.is.entries.iter().take(MOST_ENTRIES).map(entry_words).collect();
        if let Some(more) = item.is.entries.len().checked_sub(MOST_ENTRIES).filter(|more| *more > 0) {
            said.rows.push(crate::text!("…… 另有{more}项", "… and {more} more"));
        }
        said
    }

    /// The message of a problem.
    pub(super) fn problem_words(&self, id: &str) -> Text {
        let found = self.seen.first().and_then(|seen| seen.program.problems.iter().find(|problem| *problem.id == *id));
        found.map_or_else(|| Text::same(id), |problem| (*problem.text).clone())
    }

    pub(super) fn readings(&self, page: &mut Page) {
        let policy = self.policy();
        if policy.readings.is_empty() {
            return;
        }
        page.heading(Text::new("解读（现取第一行，另有其下各种取法）", "Readings (the first line is taken; below it what else it could be)"));
        for item in &policy.readings {
            let (cite, id, text) = (cites(&item.cite), Text::same(item.id.is.as_str()), &item.is.text);
            let value = item.is.value.as_ref().map(|value| {
                let value = crate::library::scalar_words(&value.is);
                say!("（现作 {value}）", " (taken as {value})"; value)
            });
            let value = value.unwrap_or_default();
            page.line(1, &say!("{cite} {id}：{text}{value}", "{cite} {id}: {text}{value}"; cite, id, text, value));
            for other in &item.is.alternatives {
                let (text, change) = (&other.text, alternative_words(other));
                page.line(3, &say!("另一种：{text}{change}", "else: {text}{change}"; text, change));
            }
        }
    }

    pub(super) fn problems(&self, page: &mut Page) {
        let policy = self.policy();
        let Some(seen) = self.seen.first().filter(|_| !policy.problems.is_empty()) else { return };
        page.heading(Text::new("问题（依次检查）", "Problems (in the order in which they are checked)"));
        for problem in seen.program.problems.iter().filter(|problem| policy.problems.iter().any(|item| item.id.is == *problem.id)) {
            let (id, text) = (Text::same(&*problem.id), &*problem.text);
            page.line(1, &say!("{id}：{text}", "{id}: {text}"; id, text));
        }
    }
}

fn entry_words(entry: &ast::Entry) -> Text {
    let (id, title) = (Text::same(entry.id.as_str()), &entry.title);
    let named = if title.is_empty() || title.zh == entry.id { id } else { say!("{title}（{id}）", "{title} ({id})"; title, id) };
    let days = match (entry.from, entry.to) {
        (None, None) => return named,
        (Some(from), None) => crate::text!("自{from}", "from {from}"),
        (None, Some(to)) => crate::text!("至{to}", "until {to}"),
        (Some(from), Some(to)) => crate::text!("{from}至{to}", "{from} to {to}"),
    };
    say!("{named}，{days}", "{named}, {days}"; named, days)
}

/// What an alternative would put in place: another value, or changes of items.
fn alternative_words(other: &ast::Alternative) -> Text {
    let mut parts: Vec<String> = other.value.iter().map(written).collect();
    for (kind, inner) in other.change.iter().flat_map(Node::entries) {
        match &inner.kind {
            NodeKind::Table(items) => {
                for (id, keys) in items {
                    match &keys.kind {
                        NodeKind::Table(keys) if !["policy", "account", "layer"].contains(&kind.name.as_str()) => {
                            parts.extend(keys.iter().map(|(key, value)| format!("{}.{}.{} = {}", kind.name, id.name, key.name, written(value))));
                        }
                        _ => parts.push(format!("{}.{} = {}", kind.name, id.name, written(keys))),
                    }
                }
            }
            _ => parts.push(format!("{} = {}", kind.name, written(inner))),
        }
    }
    let all = Text::new(parts.join("；"), parts.join("; "));
    if all.zh.is_empty() { all } else { say!("〔{all}〕", " [{all}]"; all) }
}

/// A value as it stands in the file, on one line.
fn written(node: &Node) -> String {
    match &node.kind {
        NodeKind::Text(text) => format!("\"{text}\""),
        NodeKind::Number(number) => crate::exact::show(*number),
        NodeKind::Bool(yes) => yes.to_string(),
        NodeKind::Date(date) => date.to_string(),
        NodeKind::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        NodeKind::Table(entries) => format!("{{ {} }}", entries.iter().map(|(key, value)| format!("{} = {}", key.name, written(value))).collect::<Vec<_>>().join(", ")),
        NodeKind::Bad => "?".to_owned(),
    }
}
