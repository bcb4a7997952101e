//! The columns of a stack of policies: which facts records and persons have, and how a cell is read.

use crate::diagnostic::nearest;
use crate::exact::{Exact, parse_decimal};
use crate::syntax::ast::{FactType, Of, Policy};
use crate::text::Text;
use crate::value::Value;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;

/// The built-in columns of records that hold facts: the quantity and its unit.
pub(crate) const QUANTITY: &str = "quantity";
/// See [`QUANTITY`].
pub(crate) const UNIT: &str = "unit";
/// The record fact that holds the proofs at hand.
pub(crate) const EVIDENCE: &str = "evidence";

/// A column of records or persons.
#[derive(Clone, Debug)]
pub struct Column {
    /// The English header.
    pub id: String,
    /// The headers and what to fill in.
    pub title: Text,
    /// What to fill in.
    pub help: Text,
    /// Record or person.
    pub of: Of,
    /// What it holds.
    pub kind: FactType,
    /// Its codes, where it has any.
    pub codes: Vec<CodeWords>,
    /// Other text than the codes is accepted.
    pub open: bool,
    /// Codes rise and can be compared.
    pub ordered: bool,
    /// The value must be given: the quantity, the unit, and what the account places records by.
    pub required: bool,
    /// Computed from other columns; not read from files.
    pub derived: bool,
    /// Its place among the values of a record or person.
    pub slot: usize,
}

/// A code with its titles and other spellings.
#[derive(Clone, Debug)]
pub struct CodeWords {
    /// The code.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Other spellings, each with the codes it sets in other columns.
    pub also: Vec<(String, Vec<(String, String)>)>,
}

/// What a cell came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Cell {
    /// A value, and codes that its spelling sets in other columns.
    Is(Value, Vec<(String, String)>),
    /// Unreadable: why, and what is accepted.
    Bad(Text),
}

/// The columns of one stack.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Every column, policies from the bottom up.
    pub columns: Vec<Column>,
    /// Whether quantities in a unit must be whole, in the order of the unit column's codes.
    whole_units: Vec<bool>,
    index: HashMap<String, usize>,
    spellings: Vec<HashMap<String, (u16, usize)>>,
    titles: Vec<Vec<Arc<Text>>>,
}

impl Schema {
    /// Collects the columns of a stack, from the bottom up.
    pub(crate) fn of(stack: &[&Policy]) -> Self {
        let mut schema = Self::default();
        let units = stack.iter().flat_map(|policy| &policy.units);
        let mut codes: Vec<CodeWords> = Vec::new();
        for unit in units {
            if codes.iter().all(|code| code.id != unit.id.is) {
                codes.push(CodeWords { id: unit.id.is.clone(), title: unit.title.clone(), also: Vec::new() });
                schema.whole_units.push(unit.is.whole);
            }
        }
        schema.push(Column { required: true, ..plain(QUANTITY, Text::new("数量", "quantity"), Of::Record, FactType::Number) });
        schema.push(Column { required: true, codes, ..plain(UNIT, Text::new("计量单位", "unit"), Of::Record, FactType::Code) });
        for policy in stack {
            for fact in &policy.facts {
                let new: Vec<CodeWords> = fact.is.codes.iter().map(words).collect();
                match (schema.index.get(&fact.id.is).copied(), fact.is.kind) {
                    (Some(at), _) => {
                        let column = &mut schema.columns[at];
                        let known: Vec<String> = column.codes.iter().map(|code| code.id.clone()).collect();
                        column.codes.extend(new.into_iter().filter(|code| !known.contains(&code.id)));
                    }
                    (None, Some((of, kind))) => schema.push(Column {
                        help: fact.is.help.clone(),
                        codes: new,
                        open: fact.is.open,
                        required: fact.is.required,
                        ordered: fact.is.ordered,
                        derived: fact.is.derived.is_some(),
                        ..plain(&fact.id.is, fact.title.clone(), of, kind)
                    }),
                    (None, None) => {}
                }
            }
        }
        for account in stack.iter().filter_map(|policy| policy.account.as_ref()) {
            for name in [&account.is.subject, &account.is.dated].into_iter().flatten() {
                schema.require(&name.is);
            }
        }
        schema.spell();
        schema.titles = schema.columns.iter().map(|column| column.codes.iter().map(|code| Arc::new(code.title.clone())).collect()).collect();
        schema
    }

    fn push(&mut self, mut column: Column) {
        column.slot = self.columns.iter().filter(|other| other.of == column.of).count();
        self.index.insert(column.id.clone(), self.columns.len());
        self.columns.push(column);
    }

    fn require(&mut self, id: &str) {
        if let Some(at) = self.index.get(id) {
            self.columns[*at].required = true;
        }
    }

    /// Fills the tables of accepted spellings.
    fn spell(&mut self) {
        for column in &self.columns {
            let mut table = HashMap::new();
            for (at, code) in column.codes.iter().enumerate() {
                let at = u16::try_from(at).unwrap_or(u16::MAX);
                for word in [&code.id, &code.title.zh, &code.title.en] {
                    if !word.is_empty() {
                        table.entry(fold(word)).or_insert((at, 0));
                    }
                }
                for (number, (word, _)) in code.also.iter().enumerate() {
                    table.insert(fold(word), (at, number + 1));
                }
            }
            self.spellings.push(table);
        }
    }

    /// The position of a column.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// How many values a record or a person has.
    pub fn slots(&self, of: Of) -> usize {
        self.columns.iter().filter(|column| column.of == of).count()
    }

    /// The position of a code in a column.
    pub fn code(&self, column: usize, word: &str) -> Option<u16> {
        self.spellings.get(column)?.get(&fold(word)).map(|(at, _)| *at)
    }

    /// The title of a code, shared.
    pub(crate) fn title(&self, column: usize, code: u16) -> Option<Arc<Text>> {
        self.titles.get(column)?.get(usize::from(code)).cloned()
    }

    /// Whether quantities in this unit must be whole.
    pub fn whole(&self, unit: u16) -> bool {
        self.whole_units.get(usize::from(unit)).copied().unwrap_or(false)
    }

    /// Reads a cell's text. An empty one is [`Value::Empty`], of a `years` fact no years.
    pub fn read(&self, column: usize, text: &str) -> Cell {
        let text = text.trim();
        let Some(about) = self.columns.get(column) else { return Cell::Is(Value::Empty, Vec::new()) };
        if text.is_empty() {
            let value = if about.kind == FactType::Years { Value::Years(Vec::new()) } else { Value::Empty };
            return Cell::Is(value, Vec::new());
        }
        let read = match about.kind {
            FactType::Code => return self.read_code(column, text),
            FactType::Codes => self.read_codes(column, text),
            FactType::Number => read_number(text).map(Value::Number),
            FactType::Date => read_date(text).map(Value::Date),
            FactType::Text => Ok(Value::Text(text.into())),
            FactType::Texts => Ok(Value::Texts(parts(text).map(Into::into).collect())),
            FactType::YesNo => read_yes_no(text).map(Value::YesNo),
            FactType::Years => parts(text).map(read_year).collect::<Result<_, _>>().map(Value::Years),
        };
        read.map_or_else(Cell::Bad, |value| Cell::Is(value, Vec::new()))
    }

    fn read_code(&self, column: usize, text: &str) -> Cell {
        let about = &self.columns[column];
        match self.spellings[column].get(&fold(text)) {
            Some((at, also)) => {
                let sets = also.checked_sub(1).and_then(|n| about.codes.get(usize::from(*at))?.also.get(n)).map(|(_, sets)| sets.clone());
                Cell::Is(Value::Code(*at), sets.unwrap_or_default())
            }
            None if about.open => Cell::Is(Value::Text(text.into()), Vec::new()),
            None => Cell::Bad(self.not_a_code(column, text)),
        }
    }

    fn read_codes(&self, column: usize, text: &str) -> Result<Value, Text> {
        let mut codes = Vec::new();
        for part in parts(text) {
            match self.spellings[column].get(&fold(part)) {
                Some((at, _)) => codes.push(*at),
                None => return Err(self.not_a_code(column, part)),
            }
        }
        Ok(Value::Codes(codes))
    }

    fn not_a_code(&self, column: usize, text: &str) -> Text {
        let codes = &self.columns[column].codes;
        let zh = codes.iter().map(|code| format!("{}（{}）", code.id, code.title.zh)).collect::<Vec<_>>().join("、");
        let en = codes.iter().map(|code| code.id.clone()).collect::<Vec<_>>().join(", ");
        let words = codes.iter().flat_map(|code| [code.id.as_str(), code.title.zh.as_str()]);
        match nearest(text, words) {
            Some(near) => crate::text!("不认识的代码；是否指 {near}？可填：{zh}", "an unknown code; {near} perhaps? Accepted: {en}"),
            None => crate::text!("不认识的代码；可填：{zh}", "an unknown code; accepted: {en}"),
        }
    }
}

fn plain(id: &str, title: Text, of: Of, kind: FactType) -> Column {
    Column { id: id.to_owned(), title, help: Text::default(), of, kind, codes: Vec::new(), open: false, ordered: false, required: false, derived: false, slot: 0 }
}

fn words(code: &crate::syntax::ast::CodeDef) -> CodeWords {
    let also = code.also.iter().map(|alias| (alias.value.clone(), alias.sets.iter().map(|(fact, code)| (fact.is.clone(), code.is.clone())).collect()));
    CodeWords { id: code.id.is.clone(), title: code.title.clone(), also: also.collect() }
}

/// Letters without case, brackets and spaces of either width alike.
fn fold(word: &str) -> String {
    word.trim()
        .chars()
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            '　' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect::<String>()
        .to_lowercase()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；']).map(str::trim).filter(|part| !part.is_empty())
}

fn read_number(text: &str) -> Result<Exact, Text> {
    match parse_decimal(text) {
        Some(number) if number < Exact::from_integer(0) => Err(Text::new("不能是负数；填大于等于 0 的小数", "must not be negative; a decimal of 0 or more")),
        Some(number) if *number.denom() > 100 || 100 % number.denom() != 0 => Err(Text::new("至多两位小数", "at most two decimal places")),
        Some(number) if *number.numer() / *number.denom() < 10_000_000_000 => Ok(number),
        _ => Err(Text::new("填大于等于 0 的小数，至多两位小数，不带单位与千分符，如 12.5", "a decimal of 0 or more with at most two places, without unit or separators, such as 12.5")),
    }
}

fn read_date(text: &str) -> Result<Date, Text> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-' && bytes.iter().enumerate().all(|(at, b)| at == 4 || at == 7 || b.is_ascii_digit());
    if shaped {
        let date = text[..4].parse().ok().zip(text[5..7].parse().ok()).zip(text[8..].parse().ok());
        return date.and_then(|((year, month), day)| Date::new(year, month, day).ok()).filter(|date| date.year() >= 1900).ok_or_else(|| Text::new("日历上没有这一天", "there is no such day"));
    }
    let digits = bytes.iter().all(u8::is_ascii_digit);
    Err(match text.parse::<i64>() {
        Ok(serial) if digits && (10_000..=80_000).contains(&serial) => match spreadsheet_day(serial) {
            Some(day) => crate::text!(
                "像是电子表格的日期序号（若是，即 {day}）；请把该列设为日期格式，或写成 {day}",
                "looks like a spreadsheet's serial day ({day}, if it is); format the column as a date, or write {day}"
            ),
            None => Text::new("写成 年-月-日，如 2019-05-14", "write year-month-day, such as 2019-05-14"),
        },
        _ => Text::new("写成 年-月-日，如 2019-05-14", "write year-month-day, such as 2019-05-14"),
    })
}

/// The day of a spreadsheet's serial number (1900 system), only to say it in a message.
fn spreadsheet_day(serial: i64) -> Option<Date> {
    Date::new(1899, 12, 30).ok()?.checked_add(jiff::Span::new().try_days(serial).ok()?).ok()
}

fn read_yes_no(text: &str) -> Result<bool, Text> {
    match fold(text).as_str() {
        "yes" | "是" | "true" | "y" => Ok(true),
        "no" | "否" | "false" | "n" => Ok(false),
        _ => Err(Text::new("填 yes（是）或 no（否）", "yes or no")),
    }
}

fn read_year(text: &str) -> Result<i16, Text> {
    text.parse::<i16>()
        .ok()
        .filter(|year| (1900..=2200).contains(year))
        .ok_or_else(|| Text::new("填四位年份，多个用分号隔开，如 2019;2020", "years of four digits, separated by semicolons, such as 2019;2020"))
}
