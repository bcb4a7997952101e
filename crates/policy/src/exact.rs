//! Exact numbers: rationals for quantities and rates, whole hundredths for hours.

use crate::syntax::ast::Way;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Zero};
use std::fmt;

/// An exact rational number. Quantities have at most two decimals, rates any numerator and denominator.
pub type Exact = num_rational::Ratio<i64>;

/// Hours of the account in whole hundredths: 48.5 hours are `Hours(4850)`. The account's unit may be another than the hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours(pub i64);

impl Hours {
    /// No hours.
    pub const ZERO: Self = Self(0);

    /// The hours as a rational number.
    pub fn exact(self) -> Exact {
        Exact::new(self.0, 100)
    }

    /// Cut down to the hundredth; `None` beyond the range of the account.
    pub fn floor(value: Exact) -> Option<Self> {
        let (num, den) = hundredths(value);
        i64::try_from(num.div_euclid(den)).ok().map(Self)
    }

    /// Up to the next hundredth: a gap is never shown smaller than it is.
    pub fn ceil(value: Exact) -> Option<Self> {
        let (num, den) = hundredths(value);
        i64::try_from((num + den - 1).div_euclid(den)).ok().map(Self)
    }

    /// The sum, held at the ends of the range.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left after `other`, not below zero.
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }
}

/// A hundred times a number, as numerator and denominator, without looking for common divisors: neither can run over.
fn hundredths(value: Exact) -> (i128, i128) {
    (i128::from(*value.numer()) * 100, i128::from(*value.denom()))
}

impl fmt::Display for Hours {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match part {
            0 => write!(out, "{sign}{whole}"),
            p if p % 10 == 0 => write!(out, "{sign}{whole}.{}", p / 10),
            p => write!(out, "{sign}{whole}.{p:02}"),
        }
    }
}

/// Reads a decimal such as `12.50` from its digits. `None` where it is no decimal or out of range.
pub(crate) fn parse_decimal(text: &str) -> Option<Exact> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !plain(whole) || !plain(part) || (digits.contains('.') && part.is_empty()) {
        return None;
    }
    let part = part.trim_end_matches('0');
    let scale = 10_i64.checked_pow(u32::try_from(part.len()).ok()?)?;
    let number = |s: &str| if s.is_empty() { Some(0) } else { s.parse::<i64>().ok() };
    let units = number(whole)?.checked_mul(scale)?.checked_add(number(part)?)?;
    Some(Exact::new(sign * units, scale))
}

/// Reads `12.5` or a ratio `1/3`.
pub(crate) fn parse_exact(text: &str) -> Option<Exact> {
    match text.split_once('/') {
        Some((num, den)) => {
            let (num, den) = (parse_decimal(num.trim())?, parse_decimal(den.trim())?);
            if den.is_zero() { None } else { num.checked_div(&den) }
        }
        None => parse_decimal(text),
    }
}

/// The number as people write it: a decimal where it ends, else a ratio.
pub(crate) fn show(value: Exact) -> String {
    let (num, den) = (*value.numer(), *value.denom());
    let (mut rest, mut places) = (den, 0_u32);
    for prime in [2, 5] {
        let mut count = 0;
        while rest % prime == 0 {
            rest /= prime;
            count += 1;
        }
        places = places.max(count);
    }
    let scaled = 10_i128.checked_pow(places).map(|power| i128::from(num) * power / i128::from(den));
    match scaled {
        Some(_) if rest != 1 => format!("{num}/{den}"),
        Some(scaled) if places == 0 => scaled.to_string(),
        Some(scaled) => {
            let digits = format!("{:0width$}", scaled.unsigned_abs(), width = places as usize + 1);
            let (whole, part) = digits.split_at(digits.len() - places as usize);
            format!("{}{whole}.{part}", if scaled < 0 { "-" } else { "" })
        }
        None => format!("{num}/{den}"),
    }
}

/// `value` in whole `step`s, downward; `None` for a step that is not positive or a result out of range.
pub(crate) fn floor_to(value: Exact, step: Exact) -> Option<Exact> {
    (step > Exact::zero()).then_some(())?;
    value.checked_div(&step)?.floor().checked_mul(&step)
}

/// `value` in whole `step`s, upward.
pub(crate) fn ceil_to(value: Exact, step: Exact) -> Option<Exact> {
    (step > Exact::zero()).then_some(())?;
    value.checked_div(&step)?.ceil().checked_mul(&step)
}

/// `value` in whole `step`s, as hours cut down to the hundredth; `None` for a step that is not positive or a result out of range.
pub(crate) fn hours_in_steps(value: Exact, step: Exact, way: Way) -> Option<Hours> {
    (step > Exact::zero()).then_some(())?;
    let wide = |number: &i64| i128::from(*number);
    // How many steps the value is, without looking for common divisors.
    let (num, den) = (wide(value.numer()).checked_mul(wide(step.denom()))?, wide(value.denom()).checked_mul(wide(step.numer()))?);
    let steps = match way {
        Way::Down => num.div_euclid(den),
        Way::Up => num.checked_add(den - 1)?.div_euclid(den),
        Way::HalfUp => num.checked_mul(2)?.checked_add(den)?.div_euclid(den.checked_mul(2)?),
    };
    let hundredths = steps.checked_mul(wide(step.numer()))?.checked_mul(100)?.div_euclid(wide(step.denom()));
    i64::try_from(hundredths).ok().map(Hours)
}

/// Whether two numbers have no parts, so that no common divisors need to be looked for.
fn whole(a: Exact, b: Exact) -> bool {
    (*a.denom(), *b.denom()) == (1, 1)
}

/// Sum, or `None` out of range.
pub(crate) fn add(a: Exact, b: Exact) -> Option<Exact> {
    if whole(a, b) { a.numer().checked_add(b.numer()).map(Exact::from_integer) } else { a.checked_add(&b) }
}

/// Difference, or `None` out of range.
pub(crate) fn sub(a: Exact, b: Exact) -> Option<Exact> {
    if whole(a, b) { a.numer().checked_sub(b.numer()).map(Exact::from_integer) } else { a.checked_sub(&b) }
}

/// Product, or `None` out of range.
pub(crate) fn mul(a: Exact, b: Exact) -> Option<Exact> {
    if whole(a, b) { a.numer().checked_mul(b.numer()).map(Exact::from_integer) } else { a.checked_mul(&b) }
}

/// Quotient, or `None` by zero or out of range.
pub(crate) fn div(a: Exact, b: Exact) -> Option<Exact> {
    if b.is_zero() { None } else { a.checked_div(&b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_and_ratios_are_read_from_their_digits() {
        for (text, want) in [("12.50", "12.5"), ("0.1", "0.1"), ("1/3", "1/3"), ("-2.25", "-2.25"), ("7", "7"), (".5", "0.5"), ("2/4", "0.5")] {
            assert_eq!(parse_exact(text).map(show).as_deref(), Some(want), "{text}");
        }
        for text in ["", "1e3", "１", "1.", "1/0", "--1", "1 2", "abc", "99999999999999999999"] {
            assert_eq!(parse_exact(text), None, "{text}");
        }
    }

    #[test]
    fn hours_are_shown_without_idle_zeros() {
        for (hundredths, want) in [(4850, "48.5"), (4800, "48"), (4805, "48.05"), (-5, "-0.05"), (0, "0")] {
            assert_eq!(Hours(hundredths).to_string(), want);
        }
    }

    #[test]
    fn steps_round_downward_upward_and_to_the_nearest() {
        let (half, value) = (Exact::new(1, 2), Exact::new(7, 4));
        assert_eq!(floor_to(value, half), Some(Exact::new(3, 2)));
        assert_eq!(ceil_to(value, half), Some(Exact::new(2, 1)));
        assert_eq!(floor_to(value, Exact::from_integer(0)), None);
    }

    #[test]
    fn hours_in_steps_are_whole_steps_cut_down_to_the_hundredth() {
        let hours = |value: (i64, i64), step: (i64, i64), way| hours_in_steps(Exact::new(value.0, value.1), Exact::new(step.0, step.1), way).map(|hours| hours.0);
        assert_eq!([Way::Down, Way::Up, Way::HalfUp].map(|way| hours((7, 4), (1, 2), way)), [Some(150), Some(200), Some(200)]);
        assert_eq!([Way::Down, Way::Up, Way::HalfUp].map(|way| hours((13, 8), (1, 2), way)), [Some(150), Some(200), Some(150)]);
        // A third is no whole number of hundredths.
        assert_eq!([Way::Down, Way::Up].map(|way| hours((1, 2), (1, 3), way)), [Some(33), Some(66)]);
        for value in -40..40 {
            let (number, step) = (Exact::new(value, 7), Exact::new(3, 5));
            assert_eq!(hours_in_steps(number, step, Way::Down), floor_to(number, step).and_then(Hours::floor));
            assert_eq!(hours_in_steps(number, step, Way::Up), ceil_to(number, step).and_then(Hours::floor));
        }
        assert_eq!(hours((1, 1), (0, 1), Way::Down), None);
        assert_eq!(hours((i64::MAX, 1), (1, 1), Way::Down), None);
    }
}
