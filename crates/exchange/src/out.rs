//! What can be written into a cell, alike for every kind of file.

/// A cell to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out<'a> {
    /// Nothing.
    Empty,
    /// A text, which never becomes a formula.
    Text(&'a str),
    /// A number in hundredths: 7850 is written as 78.5.
    Number(i64),
    /// A whole number.
    Integer(i64),
    /// A date.
    Date(jiff::civil::Date),
}

/// What a column holds, which decides how a sheet shows and checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Free text; digits typed into it stay text, so that long numbers keep every digit.
    Text,
    /// A number, not negative.
    Number,
    /// A date.
    Date,
    /// One of a list of texts.
    Choice,
}

/// The decimal digits of a number of hundredths, without trailing zeros.
pub(crate) fn hundredths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.unsigned_abs() / 100, value.unsigned_abs() % 100);
    if rest == 0 {
        format!("{sign}{whole}")
    } else if rest % 10 == 0 {
        format!("{sign}{whole}.{}", rest / 10)
    } else {
        format!("{sign}{whole}.{rest:02}")
    }
}
