//! CSV: separators, line ends, quotation marks, rows that cannot be read.

use xueshi_exchange::{Limits, Which};

use crate::door::{check, check_with, headers};

#[test]
fn plain_rows() {
    check(
        "a.csv",
        "person,title,end,quantity\nP1,阅读,2019-03-01,8\nP2,,2019-03-02,7.5\n",
        "1: person=P1 | end=2019-03-01 | quantity=8 | title=阅读
         2: person=P2 | end=2019-03-02 | quantity=7.5",
    );
}

#[test]
fn line_ends_of_every_kind() {
    for end in ["\n", "\r\n", "\r"] {
        check(
            "a.csv",
            ["person,end,quantity", "P1,2019-03-01,8", "P2,2019-03-02,9"].join(end),
            "1: person=P1 | end=2019-03-01 | quantity=8
             2: person=P2 | end=2019-03-02 | quantity=9",
        );
    }
}

#[test]
fn quoted_fields() {
    check(
        "a.csv",
        "person,title,end,quantity\r\nP1,\"a, b\",2019-03-01,8\r\nP2,\"one\ntwo\",2019-03-02,8\r\nP3,\"say \"\"hi\"\"\" ,2019-03-03,8\r\nP4,5\" screen,2019-03-04,8\r\nP5,\"\",2019-03-05,\"8\"",
        "1: person=P1 | end=2019-03-01 | quantity=8 | title=a, b
         2: person=P2 | end=2019-03-02 | quantity=8 | title=one\\ntwo
         3: person=P3 | end=2019-03-03 | quantity=8 | title=say \"hi\"
         4: person=P4 | end=2019-03-04 | quantity=8 | title=5\" screen
         5: person=P5 | end=2019-03-05 | quantity=8",
    );
}

#[test]
fn blank_rows_keep_their_numbers() {
    check(
        "a.csv",
        "person,end,quantity\n\nP1,2019-03-01,8\n , ,\n,,\nP2,2019-03-02,8\n\n\n",
        "notice blank-rows: 3 blank rows were skipped (under the header: 1, 3, 4).
         2: person=P1 | end=2019-03-01 | quantity=8
         5: person=P2 | end=2019-03-02 | quantity=8",
    );
}

#[test]
fn short_rows_are_filled_up_and_empty_surplus_is_dropped() {
    check(
        "a.csv",
        "person,end,quantity,title\nP1,2019-03-01\nP2,2019-03-02,8,x,,,\n",
        "1: person=P1 | end=2019-03-01
         2: person=P2 | end=2019-03-02 | quantity=8 | title=x",
    );
}

#[test]
fn a_row_with_too_many_fields() {
    check(
        "a.csv",
        "person,title,end,quantity\nP1,a,2019-03-01,8\nP2,a, b,2019-03-02,8\nP3,c,2019-03-03,8\n",
        "1: person=P1 | end=2019-03-01 | quantity=8 | title=a
         3: person=P3 | end=2019-03-03 | quantity=8 | title=c
         fault 2 [P2,a, b,2019-03-02,8]: The row has 5 columns, but the header has 4. -> Delete the surplus columns; put a value that has a comma in it between quotation marks.",
    );
}

#[test]
fn an_unclosed_quotation_mark_costs_one_row() {
    check(
        "a.csv",
        "person,title,end,quantity\nP1,\"a,2019-03-01,8\nP2,b,2019-03-02,8\nP3,c,2019-03-03,8\n",
        "2: person=P2 | end=2019-03-02 | quantity=8 | title=b
         3: person=P3 | end=2019-03-03 | quantity=8 | title=c
         fault 1 [P1,\"a,2019-03-01,8]: The row has a quotation mark that is never closed. -> Put quotation marks in pairs; one inside of a value is written twice (\"\").",
    );
}

#[test]
fn text_after_a_closing_quotation_mark() {
    check(
        "a.csv",
        "person,title,end,quantity\nP1,\"a\"b,2019-03-01,8\nP2,b,2019-03-02,8\n",
        "2: person=P2 | end=2019-03-02 | quantity=8 | title=b
         fault 1 [P1,\"a\"b,2019-03-01,8]: There is text between a closing quotation mark and the next separator. -> Put quotation marks in pairs; one inside of a value is written twice (\"\").",
    );
}

#[test]
fn other_separators_are_recognised_by_the_header() {
    check(
        "a.csv",
        "person;end;quantity\nP1;2019-03-01;7,5\n",
        "notice separator: The columns are separated by semicolons and were read as such.
         1: person=P1 | end=2019-03-01 | quantity=7,5",
    );
    check(
        "a.tsv",
        "人员编号\t结束日期\t数量\nP1\t2019-03-01\t8\n",
        "notice separator: The columns are separated by tabs and were read as such.
         1: person=P1 | end=2019-03-01 | quantity=8",
    );
}

#[test]
fn a_file_without_rows() {
    check("a.csv", "person,end,quantity\n", "notice no-rows: There is only a header and no row of data.");
    check("a.csv", "person,end,quantity\n\n,,\n", "notice no-rows: There is only a header and no row of data.");
}

#[test]
fn an_empty_file() {
    let empty = "error empty: The file is empty: it has neither a header nor rows. -> Check that it is the right file, or export it again.";
    for bytes in ["", "\n", " \r\n \u{3000}\n", "\u{FEFF}", "\u{FEFF}\n"] {
        check("a.csv", bytes, empty);
    }
}

#[test]
fn a_text_too_long_for_a_cell() {
    let long = "字".repeat(32_768);
    let fits = "a".repeat(32_767);
    check(
        "a.csv",
        format!("person,title,end,quantity\nP1,{long},2019-03-01,8\nP2,{fits},2019-03-01,8"),
        &format!(
            "1: person=P1 | end=2019-03-01 | quantity=8 | title=!long-text({}…)
             2: person=P2 | end=2019-03-01 | quantity=8 | title={fits}",
            "字".repeat(60)
        ),
    );
}

#[test]
fn a_csv_file_has_no_named_sheets() {
    let named = Which::Named(&["persons", "人员"]);
    check_with("a.csv", "person,end,quantity\n", named, &Limits::default(), "no such sheet");
}

#[test]
fn limits() {
    let limits = Limits { file_bytes: 30, csv_rows: 2, ..Limits::default() };
    check_with("a.csv", "person,end,quantity\nP1,2019-03-01,8\n", Which::First, &limits, "error too-large: The file is 36 B large; 30 B are accepted. -> Split it into several files.");
    let limits = Limits { csv_rows: 2, ..Limits::default() };
    check_with("a.csv", "person,end,quantity\na\nb\nc\n", Which::First, &limits, "error too-many-rows: The file has more than 2 rows. -> Split it into several files.");
}

#[test]
fn two_hundred_thousand_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let mut text = "person,title,end,quantity\n".to_owned();
    for row in 1..=200_000 {
        text.push_str(&format!("P{row},\"第 {row} 次\",2019-03-01,{}.5\n", row % 9));
    }
    std::fs::write(&path, &text).unwrap();
    let steps = std::cell::RefCell::new(Vec::new());
    let table = xueshi_exchange::read(&path, &headers(), Which::First, &|done, total| {
        steps.borrow_mut().push((done, total));
    });
    let table = table.unwrap().unwrap();
    assert_eq!(table.len(), 200_000);
    assert_eq!(table.row_number(199_999), 200_000);
    assert_eq!(table.cell(199_999, 3), xueshi_exchange::Cell::Text("第 200000 次"));
    assert_eq!(table.cell(199_999, 4), xueshi_exchange::Cell::Empty);
    assert!(table.has(3) && !table.has(4) && !table.has(99));
    let steps = steps.into_inner();
    let total = text.len() as u64;
    assert!(steps.len() > 5 && steps.is_sorted() && steps.last() == Some(&(total, total)));
}

#[test]
#[cfg(target_os = "linux")]
fn a_device_without_end() {
    let limits = Limits { file_bytes: 1 << 20, ..Limits::default() };
    let path = std::path::Path::new("/dev/zero");
    let read = xueshi_exchange::read_with(path, &headers(), Which::First, &limits, &|_, _| {});
    assert_eq!(crate::door::shown(read, path), "error too-large: The file is 1 MiB large; 1 MiB are accepted. -> Split it into several files.\n");
}
