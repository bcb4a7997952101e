//! A policy in words as data: sections of items, each with its sentence, tables, examples.

use super::{Seen, Voice};
use crate::program::Accepts;
use crate::schema::{QUANTITY, Schema, UNIT};
use crate::speak::TableRow;
use crate::syntax::ast::{self, Item};
use crate::syntax::node::{Node, NodeKind};
use crate::text::{Text, say};

/// A policy in words.
#[derive(Clone, Debug)]
pub struct Recital {
    /// What its head says: labels and texts.
    pub head: Vec<(Text, Text)>,
    /// Its items by kind.
    pub sections: Vec<Section>,
}

/// The items of a kind.
#[derive(Clone, Debug)]
pub struct Section {
    /// What they are.
    pub heading: Text,
    /// `rule`, `requirement`, `limit` …
    pub kind: &'static str,
    /// Each in the order of the file.
    pub items: Vec<Told>,
}

/// An item in words.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// Its title, or nothing.
    pub title: Text,
    /// The clauses it cites; `silent` where the texts say nothing.
    pub cite: Vec<String>,
    /// Clause, title and id.
    pub name: Text,
    /// The parts of its sentence.
    pub parts: Vec<Text>,
    /// Tables that the parts refer to by number, row by row.
    pub tables: Vec<Vec<TableRow>>,
    /// Entries, grounds and the like.
    pub rows: Vec<Text>,
    /// Its worked examples.
    pub examples: Vec<ExampleWords>,
}

/// A worked example of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleWords {
    /// What the record states beyond what the rule asks for.
    pub given: Text,
    /// What comes of it.
    pub comes: Text,
    /// It gives no hours.
    pub refused: bool,
}

impl<'a> Voice<'a> {
    /// The worked examples of a rule, in words.
    pub(super) fn examples(&self, item: &'a Item<ast::Rule>) -> Vec<ExampleWords> {
        let mine = self.mine(item);
        let seen = self.seen.iter().find(|seen| seen.program.rules.iter().any(|rule| mine(&rule.item)));
        let Some(seen) = seen.or_else(|| self.seen.first()) else { return Vec::new() };
        let unit = seen.program.rules.iter().find(|rule| mine(&rule.item)).and_then(|rule| match &rule.accepts {
            Accepts::Units(units) => units.first().map(|(unit, _)| *unit),
            Accepts::Grant(_) => None,
        });
        item.is.examples.iter().filter_map(|example| self.example(seen, &example.node, unit)).collect()
    }

    fn example(&self, seen: &Seen<'a>, node: &Node, unit: Option<u16>) -> Option<ExampleWords> {
        let schema = &seen.program.schema;
        let entries = node.get("given").into_iter().chain(node.get("person")).flat_map(Node::entries);
        let mut parts: Vec<Text> = Vec::new();
        for (key, value) in entries {
            match key.name.as_str() {
                QUANTITY => {
                    let stated = node.get("given").and_then(|given| given.get(UNIT)).map(|unit| cell(schema, UNIT, unit));
                    let unit = stated.or_else(|| unit_title(schema, unit?)).unwrap_or_default();
                    let quantity = cell(schema, QUANTITY, value);
                    parts.insert(0, say!("{quantity}{unit}", "{quantity} {unit}"; quantity, unit));
                }
                UNIT => {}
                name => {
                    let title = schema.find(name).and_then(|at| schema.columns.get(at)).map_or_else(|| Text::same(name), |column| column.title.clone());
                    let value = cell(schema, name, value);
                    parts.push(if value.is_empty() { say!("未填{title}", "no {title}"; title) } else { say!("{title}：{value}", "{title}: {value}"; title, value) });
                }
            }
        }
        let (comes, refused) = match (node.get("hours"), node.get("problem")) {
            (Some(hours), _) => (self.earned(seen, node, cell(schema, QUANTITY, hours)), false),
            (None, Some(problem)) => (self.problem_words(problem.text()?), true),
            (None, None) => return None,
        };
        Some(ExampleWords { given: crate::speak::join(parts.into_iter()), comes, refused })
    }

    /// "60学时，超出上限20不计".
    fn earned(&self, seen: &Seen<'a>, node: &Node, hours: Text) -> Text {
        let unit = &*seen.program.unit;
        let mut text = say!("{hours} {unit}", "{hours} {unit}"; hours, unit);
        if let Some(cut) = node.get("cut").map(plain).filter(|cut| cut != "0") {
            let cut = Text::same(cut);
            text = say!("{text}，上限减去 {cut}", "{text}, a cap takes {cut}"; text, cut);
        }
        for (later, hours) in node.get("later").map(Node::entries).unwrap_or_default() {
            let (later, hours) = (Text::same(later.name.as_str()), Text::same(plain(hours)));
            text = say!("{text}，其后第 {later} 年 {hours}", "{text}, {hours} in year +{later}"; text, later, hours);
        }
        text
    }
}

fn unit_title(schema: &Schema, unit: u16) -> Option<Text> {
    let column = schema.columns.get(schema.find(UNIT)?)?;
    column.codes.get(usize::from(unit)).map(|code| code.title.clone())
}

/// A cell of an example: the title of its code, or what stands there.
fn cell(schema: &Schema, column: &str, node: &Node) -> Text {
    if let NodeKind::List(items) = &node.kind {
        return crate::speak::join(items.iter().map(|item| cell(schema, column, item)));
    }
    let word = plain(node);
    let title = schema.find(column).and_then(|at| Some((at, schema.code(at, &word)?))).and_then(|(at, code)| schema.columns.get(at)?.codes.get(usize::from(code)));
    match (title, word.as_str()) {
        (Some(code), _) => code.title.clone(),
        (None, "yes") => Text::new("是", "yes"),
        (None, "no") => Text::new("否", "no"),
        (None, _) => Text::same(word),
    }
}

fn plain(node: &Node) -> String {
    match &node.kind {
        NodeKind::Text(text) => text.clone(),
        NodeKind::Number(number) => crate::exact::show(*number),
        NodeKind::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        NodeKind::Date(date) => date.to_string(),
        NodeKind::List(_) | NodeKind::Table(_) | NodeKind::Bad => String::new(),
    }
}
