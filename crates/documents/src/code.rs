//! The short code under which a document is looked up: typed from paper, so without letters that look alike.

use crate::text::{Error, Text, excerpt};
use data_encoding::{Encoding, Specification};
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// Crockford's base 32: no I, L, O, U; what is read as one of the first three is taken for 1, 1, 0.
static CROCKFORD: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.translate.from.push_str("abcdefghjkmnpqrstvwxyzIiLlOo");
    specification.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ111100");
    specification.ignore.push_str("- ");
    specification.encoding().ok()
});

/// 80 bits, printed as four groups of four: `7K3M-Q2XD-0V9T-HB5E`. Eighty bits can not be found by trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShortCode([u8; 10]);

impl ShortCode {
    /// The code of ten bytes, which the caller draws or derives.
    pub fn new(bytes: [u8; 10]) -> Self {
        Self(bytes)
    }

    /// The ten bytes.
    pub fn bytes(&self) -> [u8; 10] {
        self.0
    }
}

impl fmt::Display for ShortCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(encoding) = CROCKFORD.as_ref() else { return Err(fmt::Error) };
        for (at, symbol) in encoding.encode(&self.0).chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                out.write_str("-")?;
            }
            write!(out, "{symbol}")?;
        }
        Ok(())
    }
}

impl FromStr for ShortCode {
    type Err = Error;

    /// Reads a code as people type it: any case, with or without hyphens and spaces, O for 0, I and L for 1.
    fn from_str(typed: &str) -> Result<Self, Error> {
        // Sixteen symbols, three hyphens and some spaces; anything much longer is no code.
        let short = typed.len() <= 64;
        let bytes = CROCKFORD.as_ref().filter(|_| short).and_then(|encoding| encoding.decode(typed.as_bytes()).ok());
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or_else(|| {
            Error::new(
                "short-code",
                Text::new(format!("核验码“{}”", excerpt(typed)), format!("code \"{}\"", excerpt(typed))),
                Text::new("核验码是 16 个字母或数字，分四组印在证明上", "a code is 16 letters or digits, printed in four groups"),
                Text::new("请照证明上的核验码重新输入，或扫描二维码", "Type it again as printed, or scan the QR code"),
            )
        })
    }
}

impl Serialize for ShortCode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::ShortCode;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = ShortCode::new([0x39, 0x0d, 0x4b, 0x8b, 0xad, 0x06, 0xd3, 0xa8, 0xad, 0xcf]);
        let printed = code.to_string();
        assert_eq!(printed.len(), 19, "four groups of four: {printed}");
        for typed in [printed.clone(), printed.replace('-', ""), printed.to_lowercase(), printed.replace('0', "o").replace('1', "l"), printed.replace('-', " ")] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_is_said_to_be_none() {
        for typed in ["", "7K3M", "7K3M-Q2XD-0V9T-HB5U", "7K3M-Q2XD-0V9T-HB5E-0000", "学时", &"0".repeat(4096)] {
            let error = typed.parse::<ShortCode>().unwrap_err();
            assert_eq!(error.code, "short-code");
            assert!(error.message(true).contains("16 个字母或数字"));
        }
    }
}
