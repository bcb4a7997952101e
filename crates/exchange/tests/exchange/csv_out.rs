//! CSV that is written.

use jiff::civil::date;
use xueshi_exchange::{CsvWriter, Out};

#[track_caller]
fn check(cells: &[Out<'_>], expect: &str) {
    let mut writer = CsvWriter::new(Vec::new(), &["a"]).unwrap();
    writer.row(cells).unwrap();
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert_eq!(text, format!("a\n{expect}\n"));
}

#[test]
fn cells_of_every_kind() {
    check(&[Out::Text("阅读"), Out::Empty, Out::Integer(-3), Out::Date(date(2019, 3, 1))], "阅读,,-3,2019-03-01");
    check(&[Out::Text("a, b"), Out::Text("say \"hi\""), Out::Text("one\ntwo")], "\"a, b\",\"say \"\"hi\"\"\",\"one\ntwo\"");
}

#[test]
fn hundredths() {
    for (value, digits) in [(7850, "78.5"), (7800, "78"), (7, "0.07"), (-7, "-0.07"), (-150, "-1.5"), (0, "0"), (i64::MAX, "92233720368547758.07"), (i64::MIN, "-92233720368547758.08")] {
        check(&[Out::Number(value)], digits);
    }
}

#[test]
fn texts_never_become_formulas() {
    for text in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\u{3000}=1", "\u{FEFF}=1", "＝1", "＋1", "－1", "＠x"] {
        check(&[Out::Text(text)], &format!("'{text}"));
    }
    check(&[Out::Text("\t=1")], "'\t=1");
    check(&[Out::Text("\tx")], "'\tx");
    check(&[Out::Text("\r=1")], "\"'\r=1\"");
    for text in ["a=1", "'=1", "1-2", "a@b.cn"] {
        check(&[Out::Text(text)], text);
    }
}

#[test]
fn a_header_and_a_byte_order_mark() {
    let writer = CsvWriter::with_bom(Vec::new(), &["人员编号", "=x"]).unwrap();
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert_eq!(text, "\u{FEFF}人员编号,'=x\n");
}
