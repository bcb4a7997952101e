//! Numbers and dates of a workbook, which stores both as binary floating point.
//!
//! Spreadsheets calculate with and show 15 significant digits; what is stored beyond them is an
//! artefact of binary fractions (0.1 + 0.2 is stored as 0.30000000000000004).

use std::fmt::Write;

use calamine::ExcelDateTime;
use jiff::civil::Date;

use crate::bad::Reason;

/// A number in decimal digits.
#[derive(Debug, PartialEq)]
pub(crate) struct Digits {
    pub(crate) text: String,
    /// It has 16 or more digits before the point, the last of which spreadsheets replace by zeros.
    pub(crate) long: bool,
}

/// The shortest decimal digits of a number.
///
/// # Errors
/// If it has more than 15 significant digits before the point, which cannot be relied on.
pub(crate) fn digits(value: f64) -> Result<Digits, Reason> {
    if !value.is_finite() {
        return Err(Reason::FormulaError);
    }
    // Whole numbers that are stored exactly, as nearly all are, need no rounding.
    const EXACT: f64 = 1e15;
    if value.trunc() == value && value.abs() < EXACT {
        return Ok(Digits { text: (value as i64).to_string(), long: false });
    }
    let scientific = format!("{value:.14e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return Err(Reason::FormulaError);
    };
    let exponent: i32 = exponent.parse().map_err(|_| Reason::FormulaError)?;
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let significant: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let significant = significant.trim_end_matches('0');
    if significant.is_empty() {
        return Ok(Digits { text: "0".to_owned(), long: false });
    }
    let text = placed(sign, significant, exponent);
    let long = exponent >= 15;
    if long && text.parse::<f64>() != Ok(value) {
        return Err(Reason::LongNumber);
    }
    Ok(Digits { text, long })
}

/// Digits with the point in its place: the first digit stands for 10 to the power of `exponent`.
fn placed(sign: &str, significant: &str, exponent: i32) -> String {
    // Beyond this nobody reads zeros.
    const ZEROS_MAX: i32 = 21;
    let mut text = sign.to_owned();
    let count = i32::try_from(significant.len()).unwrap_or(0);
    if exponent >= ZEROS_MAX || exponent <= -ZEROS_MAX {
        let (first, rest) = significant.split_at(1);
        text.push_str(first);
        if !rest.is_empty() {
            text.push('.');
            text.push_str(rest);
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "e{exponent}");
    } else if exponent < 0 {
        text.push_str("0.");
        text.extend((1..-exponent).map(|_| '0'));
        text.push_str(significant);
    } else if count <= exponent + 1 {
        text.push_str(significant);
        text.extend((count..=exponent).map(|_| '0'));
    } else {
        let (whole, fraction) = significant.split_at(usize::try_from(exponent).unwrap_or(0) + 1);
        text.push_str(whole);
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// The date of a cell that is formatted as one.
///
/// # Errors
/// The reason and what the cell shows, if it is not exactly a date.
pub(crate) fn date(value: ExcelDateTime) -> Result<Date, (Reason, String)> {
    // 31 December 9999 in the calendar that starts in 1900; the one of 1904 ends sooner.
    const LAST_DAY: f64 = 2_958_465.0;
    let serial = value.as_f64();
    let stored = || digits(serial).map_or_else(|_| serial.to_string(), |digits| digits.text);
    if value.is_duration() {
        return Err((Reason::Time, stored()));
    }
    if !(0.0..=LAST_DAY).contains(&serial.trunc()) || serial < 0.0 {
        return Err((Reason::ImpossibleDate, stored()));
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    if serial < 1.0 {
        return Err((Reason::Time, format!("{hour:02}:{minute:02}:{second:02}")));
    }
    let shown = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second, milli) != (0, 0, 0, 0) {
        return Err((Reason::DateWithTime, format!("{shown} {hour:02}:{minute:02}:{second:02}")));
    }
    // The calendar of 1900 has a 29 February 1900, which there never was.
    let civil = || Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    civil().ok_or((Reason::ImpossibleDate, shown))
}
