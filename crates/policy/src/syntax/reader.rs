//! Reads tables key by key against the grammar and reports what does not fit, without stopping at the first.

use super::ast::{Scalar, Sp, Word};
use super::grammar::{self, Key as KeyDef, Kind};
use super::node::{Node, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Source, Span, nearest};
use crate::text::Text;
use jiff::civil::Date;
use std::sync::Arc;

/// The findings of one file while it is read.
pub(crate) struct Reader<'a> {
    pub(crate) source: &'a Arc<Source>,
    pub(crate) out: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    pub(crate) fn report(&mut self, code: Code, at: &Span, cause: Text, remedy: Text) {
        self.out.push(Diagnostic::new(code, self.source, at.clone(), cause, remedy));
    }

    /// Checks a table's keys against those of its kind: unknown ones, and required ones that are missing.
    pub(crate) fn keys(&mut self, node: &Node, what: &str, keys: &[KeyDef], at: &Span) {
        let NodeKind::Table(entries) = &node.kind else {
            if node.kind != NodeKind::Bad {
                self.wrong_type(node, Text::new("表", "a table"), "{ … }");
            }
            return;
        };
        for (key, _) in entries {
            if keys.iter().all(|known| known.name != key.name) {
                let names: Vec<&str> = keys.iter().map(|known| known.name).collect();
                self.unknown_key(key, what, &names);
            }
        }
        for key in keys.iter().filter(|key| key.required && node.get(key.name).is_none()) {
            let (name, zh, en, example) = (key.name, key.zh, key.en, key.example);
            self.report(Code::MissingKey, at, crate::text!("{what} 缺少 {name}：{zh}", "{what} lacks {name}: {en}"), crate::text!("补写，例如 {example}", "add it, for instance {example}"));
        }
    }

    /// Reports the keys of a small table that do not stand in it; anything but a table is left to whoever reads it.
    pub(crate) fn only(&mut self, node: &Node, what: &str, keys: &[&str]) {
        for (key, _) in node.entries().iter().filter(|(key, _)| !keys.contains(&key.name.as_str())) {
            self.unknown_key(key, what, keys);
        }
    }

    fn unknown_key(&mut self, key: &super::node::Key, what: &str, keys: &[&str]) {
        let name = &key.name;
        self.report(Code::UnknownKey, &key.at, crate::text!("{what} 没有 {name} 这个键", "{what} has no key {name}"), instead(name, keys, "键", "keys"));
    }

    pub(crate) fn kind_keys(&mut self, node: &Node, kind: &Kind, id: &Word) {
        let what = if kind.many { format!("[{}.{}]", kind.name, id.is) } else { format!("[{}]", kind.name) };
        let mut keys = kind.keys.to_vec();
        if kind.name == "rule" && node.get("gives").is_none() {
            // Reported once as a missing key; nothing else to add.
            keys.retain(|key| key.name != "examples" || node.get("examples").is_some());
        }
        self.keys(node, &what, &keys, &id.at);
    }

    pub(crate) fn wrong_type(&mut self, node: &Node, want: Text, example: &str) {
        if node.kind == NodeKind::Bad {
            return;
        }
        let have = node.type_name();
        let (want_zh, want_en, have_zh, have_en) = (&want.zh, &want.en, &have.zh, &have.en);
        self.report(
            Code::WrongType,
            &node.at,
            Text::new(format!("这里要{want_zh}，写的是{have_zh}"), format!("{want_en} stands here, not {have_en}")),
            crate::text!("例如 {example}", "for instance {example}"),
        );
    }

    pub(crate) fn bad_word(&mut self, at: &Span, word: &str, words: &[&str]) {
        self.report(Code::BadWord, at, crate::text!("“{word}”不能写在这里", "`{word}` does not stand here"), instead(word, words, "词", "words"));
    }

    /// A text, or `{ zh, en }`.
    pub(crate) fn text(&mut self, node: &Node) -> Text {
        match &node.kind {
            NodeKind::Text(zh) => Text::new(zh.clone(), ""),
            NodeKind::Table(entries) => {
                for (key, _) in entries {
                    if !["zh", "en"].contains(&key.name.as_str()) {
                        self.bad_word(&key.at, &key.name, &["zh", "en"]);
                    }
                }
                let part = |name: &str| node.get(name).and_then(Node::text).unwrap_or("").to_owned();
                let text = Text::new(part("zh"), part("en"));
                if text.zh.is_empty() {
                    self.wrong_type(node, Text::new("含 zh 的文字", "a text with zh"), r#"{ zh = "学时", en = "credit hours" }"#);
                }
                text
            }
            _ => {
                self.wrong_type(node, Text::new("文字", "a text"), r#""学时" 或 { zh = "学时", en = "credit hours" }"#);
                Text::default()
            }
        }
    }

    pub(crate) fn opt_text(&mut self, table: &Node, key: &str) -> Text {
        table.get(key).map(|node| self.text(node)).unwrap_or_default()
    }

    /// A plain string with its place.
    pub(crate) fn word(&mut self, node: &Node) -> Option<Word> {
        match &node.kind {
            NodeKind::Text(text) => Some(Sp { is: text.clone(), at: node.at.clone() }),
            _ => {
                self.wrong_type(node, Text::new("一个词，加引号", "a word in quotes"), r#""year""#);
                None
            }
        }
    }

    pub(crate) fn opt_word(&mut self, table: &Node, key: &str) -> Option<Word> {
        table.get(key).and_then(|node| self.word(node))
    }

    /// One word of a closed list.
    pub(crate) fn one_of(&mut self, table: &Node, key: &str, words: &[&str]) -> Option<String> {
        let word = self.opt_word(table, key)?;
        if words.contains(&word.is.as_str()) {
            return Some(word.is);
        }
        self.bad_word(&word.at, &word.is, words);
        None
    }

    /// A word, or a list of words.
    pub(crate) fn words(&mut self, table: &Node, key: &str) -> Vec<Word> {
        match table.get(key) {
            None => Vec::new(),
            Some(node) => match &node.kind {
                NodeKind::List(items) => items.iter().filter_map(|item| self.word(item)).collect(),
                _ => self.word(node).into_iter().collect(),
            },
        }
    }

    pub(crate) fn bool(&mut self, table: &Node, key: &str) -> bool {
        match table.get(key).map(|node| (&node.kind, node)) {
            None => false,
            Some((NodeKind::Bool(yes), _)) => *yes,
            Some((_, node)) => {
                self.wrong_type(node, Text::new("true 或 false", "true or false"), "true");
                false
            }
        }
    }

    pub(crate) fn date(&mut self, table: &Node, key: &str) -> Option<Date> {
        match table.get(key).map(|node| (&node.kind, node))? {
            (NodeKind::Date(date), _) => Some(*date),
            (_, node) => {
                self.wrong_type(node, Text::new("日期，不加引号", "a date without quotes"), "2019-05-14");
                None
            }
        }
    }

    pub(crate) fn integer(&mut self, table: &Node, key: &str) -> Option<i16> {
        let node = table.get(key)?;
        let whole = match &node.kind {
            NodeKind::Number(number) if number.is_integer() => i16::try_from(number.to_integer()).ok(),
            _ => None,
        };
        if whole.is_none() {
            self.wrong_type(node, Text::new("整数", "a whole number"), "1");
        }
        whole
    }

    pub(crate) fn scalar(&mut self, node: &Node) -> Option<Sp<Scalar>> {
        let is = match &node.kind {
            NodeKind::Text(text) => Scalar::Text(text.clone()),
            NodeKind::Number(number) => Scalar::Number(*number),
            NodeKind::Date(date) => Scalar::Date(*date),
            NodeKind::Bool(yes) => Scalar::Bool(*yes),
            _ => {
                self.wrong_type(node, Text::new("一个值", "a single value"), r#""national" 或 20"#);
                return None;
            }
        };
        Some(Sp { is, at: node.at.clone() })
    }

    /// The items of a list; a single value counts as a list of one.
    pub(crate) fn list<'n>(&mut self, table: &'n Node, key: &str) -> Vec<&'n Node> {
        match table.get(key) {
            None => Vec::new(),
            Some(node) => match &node.kind {
                NodeKind::List(items) => items.iter().collect(),
                NodeKind::Bad => Vec::new(),
                _ => {
                    self.wrong_type(node, Text::new("列表", "a list"), "[ … ]");
                    Vec::new()
                }
            },
        }
    }

    /// Checks the tables of a list against the keys of their kind and hands them back.
    pub(crate) fn tables<'n>(&mut self, table: &'n Node, kind: &str, key: &str) -> Vec<&'n Node> {
        let keys = match grammar::kind(kind).and_then(|kind| kind.keys.iter().find(|known| known.name == key)).map(|known| known.shape) {
            Some(grammar::Shape::Tables(keys)) => keys,
            _ => &[],
        };
        let items = self.list(table, key);
        for item in &items {
            self.keys(item, &format!("{kind}.{key}"), keys, &item.at);
        }
        items
    }

    /// Whether a name has the signs of an id; reported where it has not.
    pub(crate) fn id_ok(&mut self, name: &str, at: &Span) -> bool {
        let fine = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !fine {
            self.report(
                Code::BadId,
                at,
                crate::text!("“{name}”不能作标识", "`{name}` can not be an id"),
                Text::new("标识只用英文字母、数字、连字号与下划线", "an id has letters, digits, hyphens and underscores only"),
            );
        }
        fine
    }
}

/// What could stand in place of a word: the nearest, and all there are.
fn instead(word: &str, words: &[&str], zh: &str, en: &str) -> Text {
    let (all_zh, all_en) = (words.join("、"), words.join(", "));
    match nearest(word, words.iter().copied()) {
        Some(near) => crate::text!("改为 {near}；这里可用的{zh}：{all_zh}", "write {near}; the {en} here are: {all_en}"),
        None => crate::text!("这里可用的{zh}：{all_zh}", "the {en} here are: {all_en}"),
    }
}
