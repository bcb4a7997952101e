//! Numbers that name people and organisations: checked by their standards, masked on screens.

use jiff::civil::Date;

/// An identity number (公民身份号码) of 18 characters after GB 11643, or of 15 digits before 1999.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityNumber(String);

impl IdentityNumber {
    /// Reads a number: digits, `X` as the last of 18, spaces left out. One of 15 digits becomes the one of 18 that replaced it.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let digits = |part: &str| part.bytes().all(|c| c.is_ascii_digit());
        let full = match text.len() {
            15 if digits(&text) => {
                let body = format!("{}19{}", &text[..6], &text[6..]);
                let check = check_character(&body)?;
                format!("{body}{check}")
            }
            18 if text.is_ascii() && digits(&text[..17]) && Some(text.chars().next_back()?) == check_character(&text[..17]) => text,
            _ => return None,
        };
        let number = Self(full);
        number.born().is_some().then_some(number)
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The date of birth in it.
    pub fn born(&self) -> Option<Date> {
        Date::new(self.0.get(6..10)?.parse().ok()?, self.0.get(10..12)?.parse().ok()?, self.0.get(12..14)?.parse().ok()?).ok()
    }
}

/// ISO 7064 MOD 11-2 over 17 digits.
pub fn check_character(body: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    (body.len() == 17).then_some(())?;
    let sum = body.chars().zip(WEIGHTS).map(|(c, weight)| Some(c.to_digit(10)? * weight)).sum::<Option<u32>>()?;
    "10X98765432".chars().nth((sum % 11) as usize)
}

/// First three and last four characters; everything between as dots.
pub fn masked(number: &str) -> String {
    let all: Vec<char> = number.chars().collect();
    if all.len() < 8 {
        return "•".repeat(all.len());
    }
    all.iter().enumerate().map(|(at, c)| if at < 3 || at + 4 >= all.len() { *c } else { '•' }).collect()
}

/// Whether a text is a unified social credit code (统一社会信用代码) after GB 32100.
pub fn is_credit_code(text: &str) -> bool {
    text.len() == 18 && text.is_ascii() && text.chars().next_back() == credit_check(&text[..17])
}

/// The check character of the first 17 characters of a unified social credit code: MOD 31, weights 3 to the power of the place.
pub fn credit_check(body: &str) -> Option<char> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    (body.len() == 17).then_some(())?;
    let mut weight = 1;
    let mut sum = 0;
    for c in body.chars() {
        sum += ALPHABET.find(c)? * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET.chars().nth((31 - sum % 31) % 31)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing helper fails its test")]

    use super::*;
    use proptest::prelude::*;

    /// A number of region 999999, which does not exist.
    fn number(born: &str, serial: u32) -> String {
        let body = format!("999999{born}{serial:03}");
        let check = check_character(&body).unwrap();
        format!("{body}{check}")
    }

    #[test]
    fn a_number_is_read_with_spaces_and_a_small_x() {
        let with_x = (1..999).map(|serial| number("19800101", serial)).find(|number| number.ends_with('X')).unwrap();
        let typed = format!(" {} {} {}", &with_x[..6], &with_x[6..14], with_x[14..].to_lowercase());
        assert_eq!(IdentityNumber::parse(&typed).unwrap().as_str(), with_x);
    }

    #[test]
    fn one_of_fifteen_digits_becomes_the_one_that_replaced_it() {
        let full = number("19610704", 12);
        let old = format!("{}{}", &full[..6], &full[8..17]);
        assert_eq!(IdentityNumber::parse(&old).unwrap().as_str(), full);
    }

    #[test]
    fn a_day_that_never_was_is_refused() {
        for born in ["19810229", "20231301", "20230100"] {
            assert_eq!(IdentityNumber::parse(&number(born, 1)), None, "{born}");
        }
    }

    #[test]
    fn masking_shows_three_and_four() {
        assert_eq!(masked(&number("19800101", 1)).chars().filter(|c| *c == '•').count(), 11);
        assert_eq!(masked("A12345"), "••••••");
    }

    /// The example that the standard itself gives.
    #[test]
    fn a_credit_code_is_checked() {
        assert!(is_credit_code("91350100M000100Y43"));
        for wrong in ["91350100M000100Y44", "91350100M000100Y4", "91350100I000100Y43", ""] {
            assert!(!is_credit_code(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(serial in 1u32..999, place in 0usize..17, digit in 0u32..10) {
            let right = number("19800101", serial);
            let mut wrong: Vec<char> = right.chars().collect();
            let other = char::from_digit(digit, 10).unwrap();
            prop_assume!(wrong[place] != other);
            wrong[place] = other;
            prop_assert_eq!(IdentityNumber::parse(&wrong.into_iter().collect::<String>()), None);
        }
    }
}
