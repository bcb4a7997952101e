//! A TOML document as an owned tree with places, so that a reading can change a key and the file be decoded anew.

use crate::diagnostic::{Code, Diagnostic, Source, Span};
use crate::exact::{Exact, parse_decimal};
use crate::text::Text;
use jiff::civil::Date;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: Span,
    pub(crate) kind: NodeKind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NodeKind {
    Text(String),
    Number(Exact),
    Bool(bool),
    Date(Date),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
    /// Could not be read; already reported.
    Bad,
}

/// A key with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) at: Span,
}

impl Node {
    pub(crate) fn entries(&self) -> &[(Key, Node)] {
        match &self.kind {
            NodeKind::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.entries().iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Sets the value at a path of keys, making tables on the way; `None` removes it. Says whether something was there before.
    pub(crate) fn set(&mut self, path: &[&str], value: Option<Node>) -> bool {
        let (Some((first, rest)), NodeKind::Table(entries)) = (path.split_first(), &mut self.kind) else { return false };
        let found = entries.iter().position(|(key, _)| key.name == *first);
        match (found, rest.is_empty(), value) {
            (Some(at), true, Some(value)) => {
                entries[at].1 = value;
                true
            }
            (Some(at), true, None) => {
                entries.remove(at);
                true
            }
            (Some(at), false, value) => entries[at].1.set(rest, value),
            (None, true, Some(value)) => {
                entries.push((Key { name: (*first).to_owned(), at: value.at.clone() }, value));
                false
            }
            (None, ..) => false,
        }
    }

    /// The name of its type, for messages.
    pub(crate) fn type_name(&self) -> Text {
        match self.kind {
            NodeKind::Text(_) => Text::new("文字", "a text"),
            NodeKind::Number(_) => Text::new("数", "a number"),
            NodeKind::Bool(_) => Text::new("true/false", "true or false"),
            NodeKind::Date(_) => Text::new("日期", "a date"),
            NodeKind::List(_) => Text::new("列表", "a list"),
            NodeKind::Table(_) => Text::new("表", "a table"),
            NodeKind::Bad => Text::new("无法读取的值", "an unreadable value"),
        }
    }
}

/// Reads a file into a tree and reports every syntax error it holds.
pub(crate) fn parse(source: &Arc<Source>, out: &mut Vec<Diagnostic>) -> Node {
    // To find a place takes a walk through the text, so that not every one of many is looked for.
    const ERRORS: usize = 1000;
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    let mut last = None;
    for error in errors.into_iter().take(ERRORS) {
        // One mistake can be stumbled over twice at one place.
        let at = error.span().unwrap_or(0..0);
        if last.as_ref() != Some(&at) {
            out.push(syntax_error(source, at.clone(), error.message()));
        }
        last = Some(at);
    }
    let at = root.span();
    Node { at, kind: table(source, root.get_ref(), out) }
}

fn table(source: &Arc<Source>, table: &DeTable<'_>, out: &mut Vec<Diagnostic>) -> NodeKind {
    NodeKind::Table(table.iter().map(|(key, value)| (Key { name: key.get_ref().to_string(), at: key.span() }, node(source, value, out))).collect())
}

fn node(source: &Arc<Source>, value: &Spanned<DeValue<'_>>, out: &mut Vec<Diagnostic>) -> Node {
    let at = value.span();
    let kind = match value.get_ref() {
        DeValue::String(text) => NodeKind::Text(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => number_kind(source, number.as_str(), &at, out),
        DeValue::Integer(number) => bad_number(source, number.as_str(), &at, out),
        DeValue::Float(number) => number_kind(source, number.as_str(), &at, out),
        DeValue::Boolean(yes) => NodeKind::Bool(*yes),
        DeValue::Datetime(when) => {
            let day = when.date.filter(|_| when.time.is_none()).map(|date| (date.year, date.month, date.day));
            date_kind(source, day, &when.to_string(), &at, out)
        }
        DeValue::Array(items) => NodeKind::List(items.iter().map(|item| node(source, item, out)).collect()),
        DeValue::Table(entries) => table(source, entries, out),
    };
    Node { at, kind }
}

fn number_kind(source: &Arc<Source>, digits: &str, at: &Span, out: &mut Vec<Diagnostic>) -> NodeKind {
    match parse_decimal(&digits.replace('_', "")) {
        Some(number) => NodeKind::Number(number),
        None => bad_number(source, digits, at, out),
    }
}

fn bad_number(source: &Arc<Source>, digits: &str, at: &Span, out: &mut Vec<Diagnostic>) -> NodeKind {
    // A number may be as long as the file; its beginning says which is meant.
    const SHOWN: usize = 60;
    let written: String = source.text.get(at.clone()).unwrap_or(digits).chars().take(SHOWN).collect();
    out.push(Diagnostic::new(
        Code::BadNumber,
        source,
        at.clone(),
        crate::text!("“{written}”不是可精确计算的十进制数", "`{written}` is not a decimal that can be reckoned exactly"),
        Text::new("写成十进制数，如 12.5；分数写成文字，如 \"1/3\"", "write a decimal such as 12.5; a ratio as text, such as \"1/3\""),
    ));
    NodeKind::Bad
}

fn date_kind(source: &Arc<Source>, day: Option<(u16, u8, u8)>, when: &str, at: &Span, out: &mut Vec<Diagnostic>) -> NodeKind {
    let civil = day.and_then(|(year, month, day)| Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok());
    match civil {
        Some(date) => NodeKind::Date(date),
        None => {
            out.push(Diagnostic::new(
                Code::BadDate,
                source,
                at.clone(),
                crate::text!("“{when}”不是一个日历日期", "`{when}` is not a day of the calendar"),
                Text::new("写成 年-月-日，如 2019-05-14，不带时刻", "write year-month-day, for instance 2019-05-14, without a time"),
            ));
            NodeKind::Bad
        }
    }
}

/// Whether a line gives a key a number with this sign in it, as `0,5` or `1/60`.
fn number_with(line: &str, sign: char) -> bool {
    line.split('=').skip(1).any(|value| {
        let value = value.trim_start_matches([' ', '[']);
        let rest = value.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < value.len() && rest.strip_prefix(sign).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) && (sign != ',' || !line.contains('['))
    })
}

fn syntax_error(source: &Arc<Source>, at: Span, message: &str) -> Diagnostic {
    let message = message.trim().replace('\n', "; ");
    let line = source.line(source.place(at.start).0);
    let (why, remedy) = if number_with(line, ',') {
        (Text::new("小数点写成了逗号", "a decimal comma"), Text::new("小数点用点：0.5", "write a decimal point: 0.5"))
    } else if number_with(line, '/') {
        (Text::new("分数没有加引号", "a ratio without quotes"), Text::new("分数写成文字：\"1/60\"", "write a ratio as text: \"1/60\""))
    } else if message.contains("cannot extend value") {
        (
            Text::new("这个键前面已写了一个值，不能再有下级的键", "the key was given a value before, and can not have keys of its own"),
            Text::new("两处留一处：或写值，或写 键.下级 = …", "keep one of the two: the value, or the keys below it"),
        )
    } else if message.contains("duplicate key") {
        (Text::new("同一张表里有两个同名的键", "two keys of one table have the same name"), Text::new("合并两处，或改一个名字", "merge the two, or rename one"))
    } else if message.contains("string") || message.contains("quote") {
        (Text::new("文字的引号不完整", "the quotes of a text are not complete"), Text::new("文字两端各加一个英文双引号", "put one straight double quote at each end of a text"))
    } else if message.contains("datetime") || message.contains("date") || message.contains("day") || message.contains("month") {
        (Text::new("日期写法不对，或没有这一天", "not a date, or there is no such day"), Text::new("日期写成 2019-05-14，不加引号", "write a date as 2019-05-14, without quotes"))
    } else if message.contains("table") || message.contains("array") || message.contains("`]`") || message.contains("`}`") {
        (Text::new("括号不配对，或少了逗号", "brackets do not match, or a comma is missing"), Text::new("检查这里之前的 [ ] { } 与逗号", "check the brackets and commas before this place"))
    } else if message.contains("key") {
        (
            Text::new("键的写法不对：键只用英文字母、数字、连字号；含中文的键要加引号", "not a key: a key has letters, digits and hyphens; one with Chinese stands in quotes"),
            Text::new("给含中文或标点的键加英文双引号", "put a key with Chinese or punctuation in straight double quotes"),
        )
    } else {
        (Text::new("此处不合 TOML 语法", "this is not TOML"), Text::new("检查这里的引号、等号、括号与逗号", "check quotes, equals sign, brackets and commas here"))
    };
    Diagnostic::new(Code::Syntax, source, at, Text::new(format!("{}（{message}）", why.zh), format!("{} ({message})", why.en)), remedy)
}
