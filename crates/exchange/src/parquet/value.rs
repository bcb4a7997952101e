//! One stored value read as a text, a number or a date.

use std::borrow::Cow;
use std::fmt::Write;

use super::kind::{Kind, Meaning, NANOS_A_DAY, Raw};
use super::{NO_DAY, NO_NUMBER};

/// A value that cannot be read as asked.
#[derive(Debug, PartialEq)]
pub(super) enum Miss {
    /// It is something else: its text.
    Odd(String),
    /// Its bytes are no text.
    NotText,
    /// A whole number that has no room, as text.
    Large(String),
}

/// The first and the last day of the years 1 to 9999.
const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;

/// The text of a value, without outer white space.
pub(super) fn text(kind: Kind, raw: Raw<'_>) -> Result<Cow<'_, str>, Miss> {
    Ok(match (raw, kind.meaning) {
        (Raw::Bytes(bytes), Meaning::Plain) => Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| Miss::NotText)?.trim()),
        (Raw::Bytes(bytes), Meaning::Uuid) => Cow::Owned(uuid(bytes)),
        // A decimal of more digits than are calculated with.
        (Raw::Bytes(bytes), _) => Cow::Owned(format!("0x{}", hex(bytes))),
        (Raw::Truth(truth), _) => Cow::Borrowed(if truth { "true" } else { "false" }),
        (Raw::Single(value), _) => Cow::Owned(value.to_string()),
        (Raw::Double(value), _) => Cow::Owned(value.to_string()),
        (Raw::Whole(value), Meaning::Decimal(places)) => Cow::Owned(decimal_text(value, places)),
        (Raw::Whole(value), Meaning::Date) => Cow::Owned(date_text(value)),
        (Raw::Whole(value), Meaning::Moment(unit)) => Cow::Owned(moment_text(value * unit.nanos())),
        (Raw::Whole(value), _) => Cow::Owned(value.to_string()),
        (Raw::Moment(value), _) => Cow::Owned(moment_text(value)),
    })
}

/// The hundredths of a value; [`NO_NUMBER`] for a blank text.
pub(super) fn number(kind: Kind, raw: Raw<'_>) -> Result<i64, Miss> {
    let hundredths = match (raw, kind.meaning) {
        (Raw::Bytes(_), Meaning::Plain) => {
            let text = text(kind, raw)?;
            if text.is_empty() { Some(NO_NUMBER) } else { parse_number(&text) }
        }
        (Raw::Whole(value), Meaning::Plain | Meaning::Unsigned) => value.checked_mul(100).and_then(accepted),
        (Raw::Whole(value), Meaning::Decimal(places)) => rescaled(value, places).and_then(accepted),
        (Raw::Single(value), _) => exact(f64::from(value), |back| narrowed(back) == value),
        (Raw::Double(value), _) => exact(value, |back| back == value),
        _ => None,
    };
    hundredths.ok_or_else(|| odd(kind, raw))
}

/// The day of a value, counted from 1970-01-01; [`NO_DAY`] for a blank text.
pub(super) fn day(kind: Kind, raw: Raw<'_>) -> Result<i32, Miss> {
    let day = match (raw, kind.meaning) {
        (Raw::Bytes(_), Meaning::Plain) => {
            let text = text(kind, raw)?;
            if text.is_empty() {
                return Ok(NO_DAY);
            }
            parse_date(&text)
        }
        (Raw::Whole(value), Meaning::Date) => i64::try_from(value).ok(),
        (Raw::Whole(value), Meaning::Moment(unit)) => midnight(value * unit.nanos()),
        (Raw::Moment(value), _) => midnight(value),
        _ => None,
    };
    day.filter(|day| DAYS.contains(day)).and_then(|day| i32::try_from(day).ok()).ok_or_else(|| odd(kind, raw))
}

/// A whole number that identifies something.
pub(super) fn identifier(kind: Kind, raw: Raw<'_>) -> Result<i64, Miss> {
    match raw {
        Raw::Whole(value) => i64::try_from(value).ok().filter(|value| *value != NO_NUMBER).ok_or_else(|| Miss::Large(value.to_string())),
        _ => Err(odd(kind, raw)),
    }
}

/// Whether a stored number is a day that can be one.
pub(crate) fn is_day(day: i32) -> bool {
    DAYS.contains(&i64::from(day))
}

fn odd(kind: Kind, raw: Raw<'_>) -> Miss {
    match text(kind, raw) {
        Ok(text) => Miss::Odd(text.into_owned()),
        Err(miss) => miss,
    }
}

fn accepted(hundredths: i128) -> Option<i64> {
    i64::try_from(hundredths).ok().filter(|value| *value >= 0)
}

/// A number of so many places in hundredths, if it needs no more than two.
fn rescaled(value: i128, places: u8) -> Option<i128> {
    match places {
        0 => value.checked_mul(100),
        1 => value.checked_mul(10),
        2 => Some(value),
        // More digits than 128 bits hold: what is not zero is less than a hundredth.
        41.. => (value == 0).then_some(0),
        _ => {
            let unit = 10_i128.checked_pow(u32::from(places) - 2)?;
            (value % unit == 0).then_some(value / unit)
        }
    }
}

/// The hundredths of a binary number, if the decimal of two places next to it is stored as the very
/// same number: 0.1 is, though no binary number is exactly a tenth.
#[expect(clippy::float_arithmetic, reason = "the calculation is checked by turning its result back; nothing rounded leaves this function")]
fn exact(value: f64, is_same: impl Fn(f64) -> bool) -> Option<i64> {
    /// Whole numbers up to this are binary numbers without loss.
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    let nearest = (value * 100.0).round();
    let fits = (0.0..=WHOLE_MAX).contains(&nearest);
    (fits && is_same(nearest / 100.0)).then_some(nearest as i64)
}

/// The nearest number of half the width.
fn narrowed(value: f64) -> f32 {
    value as f32
}

/// Hundredths from digits with at most two places that are not zero.
pub(crate) fn parse_number(text: &str) -> Option<i64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
    if places.is_empty() || text.is_empty() {
        return None;
    }
    let places = places.trim_end_matches('0');
    if places.len() > 2 {
        return None;
    }
    let digits = whole.bytes().chain(places.bytes()).chain(std::iter::repeat_n(b'0', 2 - places.len()));
    digits.into_iter().try_fold(0_i64, |value, digit| {
        let digit = i64::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// The day of a date written as 2019-03-01.
pub(crate) fn parse_date(text: &str) -> Option<i64> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let digits = |from: usize, to: usize| {
        let part = bytes.get(from..to)?;
        part.iter().try_fold(0_i16, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i16::from(byte - b'0')))
    };
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (month, day) = (i8::try_from(digits(5, 7)?).ok()?, i8::try_from(digits(8, 10)?).ok()?);
    let date = jiff::civil::Date::new(digits(0, 4)?, month, day).ok()?;
    Some(days_of(date))
}

/// Days from 1970-01-01 to a date, in the calendar of today carried back.
pub(crate) fn days_of(date: jiff::civil::Date) -> i64 {
    let month = i64::from(date.month());
    // Years that begin in March have their leap day at the end.
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(date.day()) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The year, month and day that are so many days from 1970-01-01.
fn date_of(days: i128) -> (i128, i128, i128) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i128::from(month <= 2), month, day)
}

fn midnight(nanos: i128) -> Option<i64> {
    (nanos % NANOS_A_DAY == 0).then_some(nanos / NANOS_A_DAY).and_then(|day| i64::try_from(day).ok())
}

fn date_text(days: i128) -> String {
    let (year, month, day) = date_of(days);
    format!("{year:04}-{month:02}-{day:02}")
}

fn moment_text(nanos: i128) -> String {
    let (days, of_day) = (nanos.div_euclid(NANOS_A_DAY), nanos.rem_euclid(NANOS_A_DAY));
    let mut text = date_text(days);
    if of_day == 0 {
        return text;
    }
    let (seconds, rest) = (of_day / 1_000_000_000, of_day % 1_000_000_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    // Writing into a text can not fail.
    let _ = write!(text, " {hour:02}:{minute:02}:{second:02}");
    if rest > 0 {
        let _ = write!(text, ".{}", format!("{rest:09}").trim_end_matches('0'));
    }
    text
}

fn decimal_text(value: i128, places: u8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let places = usize::from(places);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    match part.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn uuid(bytes: &[u8]) -> String {
    let mut text = hex(bytes);
    for at in [20, 16, 12, 8] {
        if text.is_char_boundary(at) {
            text.insert(at, '-');
        }
    }
    text
}
