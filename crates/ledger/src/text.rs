//! Words in the two languages of the product.

use std::fmt;

/// A text in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl fmt::Display for Text {
    /// Both languages, for logs and where none was chosen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh, self.en)
    }
}

/// `text!("中文 {x}", "English {x}")`: both languages with the values in scope.
macro_rules! text {
    ($zh:literal, $en:literal) => {
        $crate::Text { zh: format!($zh), en: format!($en) }
    };
}
pub(crate) use text;
