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
