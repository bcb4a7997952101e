//! Words in the two languages of the product.

/// A text in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

/// `text!("中文 {x}", "English {x}")`: both languages with the values in scope.
macro_rules! text {
    ($zh:literal, $en:literal) => {
        $crate::Text { zh: format!($zh), en: format!($en) }
    };
}
pub(crate) use text;
