//! The fields of an activity: those on which a rule that could still speak hangs, and no others.

use crate::web::places::Choice;
use crate::web::visit::Visit;
use serde::Serialize;
use xueshi_policy::{Column, FactType, Stack, Text, Wanted};

/// Values by column, as they were filled in.
pub(super) type Values = [(String, String)];

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
    /// It stands among what is asked for only where it may matter.
    #[serde(skip)]
    aside: bool,
    error: String,
}

/// The fields of an activity.
#[derive(Default)]
pub(super) struct Form {
    fields: Vec<Field>,
}

/// The built-in columns.
const QUANTITY: &str = "quantity";
const UNIT: &str = "unit";

impl Form {
    /// The fields for what is stated so far. Where only one code is left, it is chosen.
    pub(super) fn of(stack: &Stack, visit: &Visit, given: &Values) -> Self {
        let schema = stack.schema();
        let mut stated: Vec<(usize, u16)> = Vec::new();
        for (name, value) in given {
            let column = schema.find(name).filter(|column| schema.columns[*column].kind == FactType::Code);
            stated.extend(column.and_then(|column| Some((column, schema.code(column, value)?))));
        }
        // What the rules ask for first: the codes that every record must state.
        let first: Vec<usize> = schema.columns.iter().enumerate().filter(|(_, column)| column.required && column.kind == FactType::Code && column.id != UNIT).map(|(at, _)| at).collect();
        let wanted = settled(stack, &mut stated, &first);
        let begun = first.iter().all(|column| stated.iter().any(|(known, _)| known == column));
        let shown = |one: &&Wanted| first.contains(&one.column) || begun;
        let mut fields: Vec<Field> = wanted.iter().filter(shown).map(|one| field(&schema.columns[one.column], one, visit, given, &stated)).collect();
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

    /// Puts what is wrong under its field; false where the form has no such field.
    pub(super) fn mark(&mut self, column: &str, wrong: &Text, visit: &Visit) -> bool {
        let field = self.fields.iter_mut().find(|field| field.name == column);
        field.map(|field| visit.say(wrong).clone_into(&mut field.error)).is_some()
    }

    /// Adds what another stack of rules asks for, which governs the same person.
    pub(super) fn join(&mut self, other: Self) {
        for field in other.fields {
            match self.fields.iter_mut().find(|known| known.name == field.name) {
                None => self.fields.push(field),
                Some(known) => {
                    let new: Vec<Choice> = field.options.into_iter().filter(|option| known.options.iter().all(|old| old.value != option.value)).collect();
                    known.options.extend(new);
                    if known.value.is_empty() {
                        known.value = field.value;
                    }
                }
            }
        }
    }

    /// Adds a field that is asked for whatever the rule.
    pub(super) fn ask(&mut self, stack: &Stack, column: &str, optional: bool, visit: &Visit, given: &Values) {
        let schema = stack.schema();
        let Some(at) = schema.find(column) else { return };
        self.fields.retain(|field| field.name != column);
        let field = field(&schema.columns[at], &Wanted { column: at, codes: Vec::new(), decisive: false }, visit, given, &[]);
        self.fields.push(Field { optional, aside: false, ..field });
    }

    /// Whether the form asks for a column.
    pub(super) fn asks(&self, column: &str) -> bool {
        self.fields.iter().any(|field| field.name == column)
    }

    /// The fields that must be filled in, and those that may.
    pub(super) fn into_fields(self) -> (Vec<Field>, Vec<Field>) {
        self.fields.into_iter().partition(|field| !field.aside)
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

fn field(column: &Column, wanted: &Wanted, visit: &Visit, values: &Values, stated: &[(usize, u16)]) -> Field {
    let given = values.iter().find(|(name, _)| *name == column.id).map(|(_, value)| value.clone()).unwrap_or_default();
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
    let optional = !(column.required || wanted.decisive);
    Field { name: column.id.clone(), label: capital(visit.say(&column.title)), hint, kind, value, options, optional, aside: optional, error: String::new() }
}

/// A field for what policies ask about persons.
pub(super) fn of_person(column: &Column, visit: &Visit, given: &str) -> Field {
    let option = |value: &str, title: &Text, chosen: bool| Choice { value: value.to_owned(), title: visit.say(title).to_owned(), chosen };
    let (kind, options) = match column.kind {
        FactType::Code if !column.open => ("select", column.codes.iter().map(|code| option(&code.id, &code.title, code.id == given)).collect()),
        FactType::YesNo => {
            let yes = ["yes", "是", "true", "1"].contains(&given);
            let no = ["no", "否", "false", "0"].contains(&given);
            ("select", vec![option("yes", &Text::new("是", "Yes"), yes), option("no", &Text::new("否", "No"), no)])
        }
        FactType::Codes => ("checks", column.codes.iter().map(|code| option(&code.id, &code.title, given.split(';').any(|part| part == code.id))).collect()),
        FactType::Number => ("number", Vec::new()),
        FactType::Date => ("date", Vec::new()),
        FactType::Code | FactType::Text | FactType::Texts | FactType::Years => ("text", Vec::new()),
    };
    Field {
        name: column.id.clone(),
        label: capital(visit.say(&column.title)),
        hint: visit.say(&column.help).to_owned(),
        kind,
        value: given.to_owned(),
        options,
        optional: true,
        aside: false,
        error: String::new(),
    }
}

/// A line to write in, or a choice among options.
pub(super) fn plain(name: &str, label: String, value: &str, options: Vec<Choice>) -> Field {
    let kind = if options.is_empty() { "text" } else { "select" };
    Field { name: name.to_owned(), label, hint: String::new(), kind, value: value.to_owned(), options, optional: true, aside: false, error: String::new() }
}

/// The words with a capital letter, as a label or a sentence has.
pub(super) fn capital(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
