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
pub fn compare_ids(a: &str, b: &str) -> std::cmp::Ordering {
    let number = |id: &str| (!id.is_empty() && id.len() <= 18 && id.bytes().all(|c| c.is_ascii_digit())).then(|| id.parse::<u64>().ok()).flatten();
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

/// Days since 1970-01-01 of a date.
pub(crate) fn day_number(date: Date) -> i32 {
    // Whole years before this one, their leap days, and the day of the year; 1970-01-01 is day 719,163 by that count.
    let before = i32::from(date.year()) - 1;
    before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400) + i32::from(date.day_of_year()) - 719_163
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_numbered_as_the_calendar_counts_them() {
        let first = Date::new(1970, 1, 1).unwrap();
        for number in (-1_000_000..1_000_000).step_by(97).chain(-800..800) {
            let date = first.checked_add(jiff::Span::new().days(number)).unwrap();
            assert_eq!(day_number(date), number);
        }
        let span = |date: Date| first.until(date).unwrap().get_days();
        assert_eq!((day_number(Date::MIN), day_number(Date::MAX)), (span(Date::MIN), span(Date::MAX)));
    }
}
