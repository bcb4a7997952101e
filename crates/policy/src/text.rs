//! Words in the two languages of the product.

/// A language of the product. Chinese comes first: it is the language of the law.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// 简体中文.
    #[default]
    Zh,
    /// English.
    En,
}

/// A text in both languages. `en` may be empty in a policy that gives only the language of its law; readers then see `zh`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text {
    /// 简体中文.
    pub zh: String,
    /// English, or empty.
    pub en: String,
}

impl Text {
    /// Builds a text from both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The same words in both languages: an id, a name, a figure.
    pub fn same(word: impl Into<String>) -> Self {
        let word = word.into();
        Self { en: word.clone(), zh: word }
    }

    /// The words in `lang`; Chinese where the English is not given.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En if !self.en.is_empty() => &self.en,
            _ => &self.zh,
        }
    }

    /// Whether nothing is said in either language.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

/// `text!("中文 {x}", "English {x}")`: both languages with the values in scope.
#[macro_export]
macro_rules! text {
    ($zh:literal, $en:literal) => {
        $crate::Text { zh: format!($zh), en: format!($en) }
    };
}

/// `say!("{a}与{b}", "{a} and {b}"; a, b)`: both languages of texts, each in its own.
macro_rules! say {
    ($zh:literal, $en:literal; $($name:ident),+) => {
        $crate::text::Text {
            zh: { $(let $name = $name.get($crate::text::Lang::Zh); let _ = $name;)+ format!($zh) },
            en: { $(let $name = $name.get($crate::text::Lang::En); let _ = $name;)+ format!($en) },
        }
    };
}
pub(crate) use say;
