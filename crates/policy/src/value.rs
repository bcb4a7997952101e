//! Values of facts, records and persons, as the assessment takes them.

use crate::exact::Exact;
use jiff::civil::Date;

/// What a fact holds for one record or person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing stated. Of a number or date: unknown, never zero.
    #[default]
    Empty,
    /// A declared code, by its position in the fact.
    Code(u16),
    /// Several declared codes.
    Codes(Vec<u16>),
    /// An exact number.
    Number(Exact),
    /// A day.
    Date(Date),
    /// A text; of an open code fact: text that is none of its codes.
    Text(Box<str>),
    /// Several texts.
    Texts(Vec<Box<str>>),
    /// Yes or no.
    YesNo(bool),
    /// A set of years; empty means none.
    Years(Vec<i16>),
}

/// One learning record. `values` has one place for every record fact of the stack's [`Schema`](crate::Schema).
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Unique for the person; decides the order of records that end on one day.
    pub id: String,
    /// The data row it came from, the first being 1.
    pub row: u32,
    /// One value for every record fact.
    pub values: Vec<Value>,
}

/// One person. `values` has one place for every person fact of the stack's [`Schema`](crate::Schema).
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Any identifier.
    pub id: String,
    /// One value for every person fact.
    pub values: Vec<Value>,
    /// A row of this person could not be read: the result is undetermined unless met.
    pub rows_in_error: bool,
}

/// Orders record ids: numbers by their value, before other ids.
pub(crate) fn compare_ids(a: &str, b: &str) -> std::cmp::Ordering {
    let number = |id: &str| (!id.is_empty() && id.len() <= 18 && id.bytes().all(|c| c.is_ascii_digit())).then(|| id.parse::<u64>().ok()).flatten();
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}
