//! The fields of a trial: those on which a rule that could still speak hangs, and no others.

use super::Asked;
use crate::input::RowError;
use crate::web::places::Choice;
use crate::web::visit::Visit;
use serde::Serialize;
use xueshi_policy::{Column, FactType, Stack, Text, Wanted};

/// A field.
#[derive(Debug, Serialize)]
pub(super) struct Field {
    pub(super) name: String,
    label: String,
    hint: String,
    /// `select`, `checks`, `number`, `date` or `text`.
    kind: &'static str,
    value: String,
    options: Vec<Choice>,
    /// It need not be filled in.
    optional: bool,
    error: String,
}

/// The fields of an activity.
pub(super) struct Form {
    fields: Vec<Field>,
}

/// The built-in columns.
const QUANTITY: &str = "quantity";
const UNIT: &str = "unit";

impl Form {
    /// The fields for what is stated so far. Where only one code is left, it is chosen.
    pub(super) fn of(stack: &Stack, visit: &Visit, asked: &Asked) -> Self {
        let schema = stack.schema();
        let mut stated: Vec<(usize, u16)> = Vec::new();
        for (name, value) in &asked.values {
            let column = schema.find(name).filter(|column| schema.columns[*column].kind == FactType::Code);
            stated.extend(column.and_then(|column| Some((column, schema.code(column, value)?))));
        }
        // What the rules ask for first: the codes that every record must state.
        let first: Vec<usize> = schema.columns.iter().enumerate().filter(|(_, column)| column.required && column.kind == FactType::Code && column.id != UNIT).map(|(at, _)| at).collect();
        let wanted = settled(stack, &mut stated, &first);
        let begun = first.iter().all(|column| stated.iter().any(|(known, _)| known == column));
        let shown = |one: &&Wanted| first.contains(&one.column) || begun;
        let mut fields: Vec<Field> = wanted.iter().filter(shown).map(|one| field(&schema.columns[one.column], one, visit, asked, &stated)).collect();
        fields.sort_by_key(|field| match field.name.as_str() {
            QUANTITY => 1,
            UNIT => 2,
            _ if field.optional => 3,
            _ => 0,
        });
        Self { fields }
    }

    /// Everything that must be filled in is.
    pub(super) fn complete(&self) -> bool {
        self.fields.iter().any(|field| field.name == QUANTITY) && self.fields.iter().all(|field| field.optional || !field.value.is_empty())
    }

    /// The values by column.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().filter(|field| !field.value.is_empty()).map(|field| (field.name.as_str(), field.value.as_str()))
    }

    /// Puts what is wrong under its field.
    pub(super) fn mark(&mut self, wrong: &[&RowError], visit: &Visit) {
        for error in wrong {
            if let Some(field) = self.fields.iter_mut().find(|field| field.name == error.column) {
                visit.say(&error.message).clone_into(&mut field.error);
            }
        }
    }

    /// The fields that must be filled in, and those that may.
    pub(super) fn into_fields(self) -> (Vec<Field>, Vec<Field>) {
        self.fields.into_iter().partition(|field| !field.optional)
    }
}

/// Chooses codes that are the only ones left and drops those that no rule takes any more, until nothing changes.
fn settled(stack: &Stack, stated: &mut Vec<(usize, u16)>, first: &[usize]) -> Vec<Wanted> {
    loop {
        let wanted = stack.wanted(stated);
        let before = stated.len();
        for one in wanted.iter().filter(|one| first.contains(&one.column) || one.column == 1) {
            let known = stated.iter().any(|(column, _)| *column == one.column);
            if let ([only], false) = (one.codes.as_slice(), known) {
                stated.push((one.column, *only));
            }
        }
        if stated.len() == before {
            return wanted;
        }
    }
}

fn field(column: &Column, wanted: &Wanted, visit: &Visit, asked: &Asked, stated: &[(usize, u16)]) -> Field {
    let given = asked.values.iter().find(|(name, _)| *name == column.id).map(|(_, value)| value.clone()).unwrap_or_default();
    let title = |code: &u16| column.codes.get(usize::from(*code)).map(|code| (code.id.clone(), visit.say(&code.title).to_owned()));
    let chosen = stated.iter().find(|(known, _)| *known == wanted.column).filter(|(_, code)| wanted.codes.contains(code)).and_then(|(_, code)| title(code));
    let (kind, value, options) = match column.kind {
        FactType::Code if column.open => ("text", given, Vec::new()),
        FactType::Code => {
            let value = chosen.map(|(id, _)| id).unwrap_or_default();
            let options = wanted.codes.iter().filter_map(title).map(|(id, title)| Choice { chosen: id == value, value: id, title });
            ("select", value.clone(), options.collect())
        }
        FactType::Codes => {
            let parts: Vec<&str> = given.split(';').collect();
            let options = column.codes.iter().map(|code| Choice { chosen: parts.contains(&code.id.as_str()), value: code.id.clone(), title: visit.say(&code.title).to_owned() });
            ("checks", given.clone(), options.collect())
        }
        FactType::YesNo => {
            let words = [("yes", Text::new("是", "Yes")), ("no", Text::new("否", "No"))];
            ("select", given.clone(), words.iter().map(|(id, title)| Choice { value: (*id).to_owned(), title: visit.say(title).to_owned(), chosen: given == *id }).collect())
        }
        FactType::Number => ("number", given, Vec::new()),
        FactType::Date => ("date", given, Vec::new()),
        FactType::Text | FactType::Texts | FactType::Years => ("text", given, Vec::new()),
    };
    // "Required" stands on the field itself.
    let hint = visit.say(&column.help).trim_start_matches("必填；").trim_start_matches("required; ").to_owned();
    let hint = if ["必填", "required"].contains(&hint.as_str()) { String::new() } else { hint };
    Field { name: column.id.clone(), label: capital(visit.say(&column.title)), hint, kind, value, options, optional: !(column.required || wanted.decisive), error: String::new() }
}

/// The words with a capital letter, as a label has.
fn capital(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
