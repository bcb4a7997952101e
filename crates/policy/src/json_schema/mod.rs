//! The JSON Schema of policy files, made from the table of kinds: any editor that knows schemas for TOML completes and checks by it.

mod parts;

use crate::diagnostic::Source;
use crate::syntax::grammar::{KINDS, Key, Kind, Shape};
use crate::syntax::node::{self, Node, NodeKind};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The schema (draft 2020-12) of a policy file. What it can not say – names that must be declared, rules that must not overlap – is
/// what `policy check` is for.
pub fn json_schema() -> Value {
    let mut properties = Map::new();
    let mut definitions = parts::shared();
    for kind in KINDS {
        let name = format!("kind-{}", kind.name);
        let one = parts::reference(&name);
        let is = match kind {
            Kind { many: false, .. } => one,
            Kind { name: "clause", .. } => json!({ "type": "object", "additionalProperties": one }),
            _ => json!({ "type": "object", "propertyNames": { "pattern": "^[A-Za-z0-9_-]+$" }, "additionalProperties": one }),
        };
        properties.insert(kind.name.to_owned(), described(is, kind.zh, kind.en));
        definitions.insert(name, kind_schema(kind));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:xueshi:policy",
        "title": "学时政策文件 xueshi policy file",
        "description": "一份关于继续教育的规定，写成条目；每个条目注明条款。\nA regulation on continuing education as items, each with its clause.",
        "type": "object",
        "properties": properties,
        "required": ["policy"],
        "additionalProperties": false,
        "$defs": definitions,
    })
}

/// A kind's table of keys, with what its keys demand of each other.
fn kind_schema(kind: &Kind) -> Value {
    let mut is = described(table(kind.name, kind.keys), kind.zh, kind.en);
    if let (Value::Object(is), Some(Value::Object(demands))) = (&mut is, parts::demands(kind.name)) {
        is.extend(demands);
    }
    is
}

/// A table of these keys and no others. `path` says whose keys they are: a kind, or a kind and a key.
fn table(path: &str, keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), key_schema(path, key))).collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut is = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let (Value::Object(is), false) = (&mut is, required.is_empty()) {
        is.insert("required".to_owned(), json!(required));
    }
    is
}

fn key_schema(path: &str, key: &Key) -> Value {
    let inner = format!("{path}.{}", key.name);
    let is = match (parts::special(&inner), key.shape) {
        (Some(special), _) => special,
        (None, Shape::Text) => parts::reference("text"),
        (None, Shape::Word | Shape::Name) => json!({ "type": "string" }),
        (None, Shape::OneOf(words)) => json!({ "enum": words }),
        (None, Shape::Names) => parts::reference("names"),
        (None, Shape::Date) => parts::reference("date"),
        (None, Shape::Bool) => json!({ "type": "boolean" }),
        (None, Shape::Truth) => json!({ "type": ["boolean", "string"] }),
        (None, Shape::Integer) => json!({ "type": "integer" }),
        (None, Shape::Where) => parts::reference("where"),
        (None, Shape::Figure) => parts::reference("figure"),
        (None, Shape::Gives) => parts::reference("gives"),
        (None, Shape::Proof) => parts::reference("proof"),
        (None, Shape::Cite) => parts::reference("cite"),
        (None, Shape::Table(keys)) => table(&inner, keys),
        (None, Shape::Tables(keys)) => json!({ "type": "array", "items": table(&inner, keys) }),
        // A shape that only its own text explains; a test keeps this from happening.
        (None, Shape::Free) => json!({}),
    };
    let mut is = described(is, key.zh, key.en);
    if let (Value::Object(is), Some(example)) = (&mut is, example(key)) {
        is.insert("examples".to_owned(), json!([example]));
    }
    is
}

/// The value of a key's example.
fn example(key: &Key) -> Option<Value> {
    let source = Arc::new(Source { name: String::new(), text: key.example.to_owned() });
    let root = node::parse(&source, &mut Vec::new());
    root.get(key.name).map(value)
}

fn value(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Text(text) => json!(text),
        NodeKind::Number(number) => crate::exact::show(*number).parse::<serde_json::Number>().map_or(Value::Null, Value::Number),
        NodeKind::Bool(yes) => json!(yes),
        NodeKind::Date(date) => json!(date.to_string()),
        NodeKind::List(items) => items.iter().map(value).collect(),
        NodeKind::Table(entries) => Value::Object(entries.iter().map(|(key, node)| (key.name.clone(), value(node))).collect()),
        NodeKind::Bad => Value::Null,
    }
}

/// A schema with its description in both languages.
fn described(is: Value, zh: &str, en: &str) -> Value {
    let mut with = Map::from_iter([("description".to_owned(), json!(format!("{zh}\n{en}")))]);
    if let Value::Object(is) = is {
        with.extend(is);
    }
    Value::Object(with)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(path: &str, keys: &[Key], visit: &mut dyn FnMut(&str, &Key)) {
        for key in keys {
            let inner = format!("{path}.{}", key.name);
            visit(&inner, key);
            if let Shape::Table(keys) | Shape::Tables(keys) = key.shape {
                walk(&inner, keys, visit);
            }
        }
    }

    #[test]
    fn every_key_has_a_shape_and_an_example_that_can_be_read() {
        for kind in KINDS {
            walk(kind.name, kind.keys, &mut |path, key| {
                assert!(key.shape != Shape::Free || parts::special(path).is_some(), "{path}: its shape is missing in json_schema/parts.rs");
                assert!(example(key).is_some_and(|example| !example.is_null()), "{path}: its example can not be read: {}", key.example);
            });
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let schema = json_schema();
        let text = schema.to_string();
        for part in text.split("\"#/$defs/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(schema["$defs"].get(name).is_some(), "$defs lacks {name}");
        }
    }
}
