//! Texts of people are printed as they are, or refused with a reason.

use crate::samples::{PRESS, card, certificate, form, issue};
use crate::words;
use proptest::prelude::*;
use xueshi_documents::{Error, Value};

fn named(name: &str) -> Result<Vec<u8>, Error> {
    let mut certificate = certificate();
    certificate.person.name = name.to_owned();
    certificate.records[0].activity = name.to_owned();
    PRESS.certificate(&certificate, &issue())
}

#[test]
fn what_looks_like_markup_is_printed_as_text() {
    for name in [
        r##"#panic("x")"##,
        r#"#image("/etc/passwd")"#,
        r#"a"b\c"#,
        "$x^2$ *粗* _斜_ `码` = 题 <标> @引 // 注 /* 注 */ ~ -- ---",
        "\\u{5b66} \\n",
        "${json} {{7*7}} %s",
        "https://example.cn/a?b=c&d=<e>",
        "'单' “双” ...",
    ] {
        let words = words(&named(name).unwrap_or_else(|wrong| panic!("{name}: {wrong}")));
        let bare: String = name.split_whitespace().collect();
        assert!(words.contains(&bare), "“{bare}” is not in: {words}");
    }
}

#[test]
fn very_long_words_are_broken_and_none_is_lost() {
    let long = "Donaudampfschifffahrtsgesellschaft".repeat(20);
    let pdf = named(&long).unwrap();
    assert!(words(&pdf).matches(&long).count() >= 2, "in the name and in the record");
    let chinese = "继续教育".repeat(200);
    assert!(words(&named(&chinese).unwrap()).contains(&chinese));
    let mut filled = card(3);
    filled.blocks[0].rows[0].insert("content".to_owned(), Value::Text(long.clone()));
    assert!(words(&PRESS.form(&form("cn-50-2022-321-card"), &filled, &issue()).unwrap()).contains(&long));
}

#[test]
fn a_character_no_font_draws_is_named_with_its_remedy() {
    for (name, code, package) in [("张🙂三", "U+1F642", "fonts-noto-cjk"), ("ئابدۇراخمان", "U+06", "fonts-noto-core")] {
        let Err(error) = named(name) else { continue };
        assert_eq!(error.code, "character");
        let said = error.message(true);
        assert!(said.contains(name) && said.contains(code) && said.contains(package), "{said}");
        assert!(error.message(false).contains(code));
    }
    assert!(named("张🙂三").is_err(), "colour pictures do not belong in a document of record");
}

#[test]
fn characters_that_are_not_seen_are_refused() {
    for hidden in ["王\u{202E}五", "王\u{200B}五", "王\u{0}五", "王\u{1b}[2J", "王\u{FEFF}五", "王\u{2066}五", "王\t五"] {
        let error = named(hidden).unwrap_err();
        assert_eq!(error.code, "character");
        assert!(error.message(true).contains("看不见的控制字符"), "{error}");
    }
}

#[test]
fn a_chosen_shape_of_a_character_is_printed() {
    assert!(words(&named("葛\u{E0100}某").unwrap()).contains('葛'));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_is_printed_or_refused(name in "[ -~一-龥㐀-䶵«»éü·（）《》\u{0}-\u{2ff}]{0,60}") {
        match named(&name) {
            Ok(pdf) => prop_assert!(pdf.starts_with(b"%PDF-")),
            Err(error) => prop_assert_eq!(error.code, "character"),
        }
    }
}
