//! The header row.

use crate::door::check;

#[test]
fn every_accepted_spelling() {
    for header in ["person,end,quantity", "\u{FEFF}Person , END,　quantity", "人员编号,结束日期,数量", "\"人员\n编号\",结束日期,\u{200B}数量", "ｐｅｒｓｏｎ,ＥＮＤ,ｑｕａｎｔｉｔｙ"]
    {
        check("a.csv", format!("{header}\nP1,2019-03-01,8"), "1: person=P1 | end=2019-03-01 | quantity=8");
    }
}

#[test]
fn unknown_columns_are_named_once() {
    check(
        "a.csv",
        "person,end,quantity,备注,levl,电话\nP1,2019-03-01,8,x,y,z\nP2,2019-03-01,8,x,y,z",
        "notice unknown-columns: These columns are not known and were not read: \"备注\", \"levl\", \"电话\". Should \"levl\" be \"级别 (level)\"?
         1: person=P1 | end=2019-03-01 | quantity=8
         2: person=P2 | end=2019-03-01 | quantity=8",
    );
}

#[test]
fn columns_without_a_header() {
    check(
        "a.csv",
        "person,,end,quantity,\nP1,,2019-03-01,8,\nP2,stray,2019-03-01,8,",
        "notice headless-columns: Some cells are in columns without a header and were not read (the first is B3).
         1: person=P1 | end=2019-03-01 | quantity=8
         2: person=P2 | end=2019-03-01 | quantity=8",
    );
}

#[test]
fn missing_columns_are_listed_with_what_was_found() {
    check(
        "a.csv",
        "人员编码,结束日期,备注\nP1,2019-03-01,x",
        "error missing-column: The header (row 1) lacks required columns: \"人员编号 (person)\", \"数量 (quantity)\"; the file has: \"人员编码\", \"结束日期\", \"备注\". -> Add these headers to row 1, in Chinese or in English. Should \"人员编码\" in column A be \"人员编号 (person)\"?",
    );
}

#[test]
fn two_columns_of_one_header() {
    check(
        "a.csv",
        "person,end,quantity,人员编号\nP1,2019-03-01,8,P2",
        "error duplicate-column: Several columns of the header (row 1) are \"人员编号 (person)\": A \"person\", D \"人员编号\". -> Keep only one of them.",
    );
}

#[test]
fn a_title_above_the_header() {
    let expect = "error header-row: Row 1 is not the header; the header seems to be in row 3. -> Delete the rows above row 3, so that the header is row 1.";
    check("a.csv", "2019 年度培训记录,,\n,,\nperson,end,quantity\nP1,2019-03-01,8", expect);
    // Even if the title is a known header by chance.
    check("a.csv", "学习内容,,\n,,\nperson,end,quantity\nP1,2019-03-01,8", expect);
    check("a.csv", "\n\nperson,end,quantity\nP1,2019-03-01,8", expect);
}

#[test]
fn a_header_far_below_is_not_looked_for() {
    let text = format!("x\n{}person,end,quantity\n", "y\n".repeat(11));
    check(
        "a.csv",
        text,
        "error missing-column: The header (row 1) lacks required columns: \"人员编号 (person)\", \"结束日期 (end)\", \"数量 (quantity)\"; the file has: \"x\". -> Add these headers to row 1, in Chinese or in English.",
    );
}

#[test]
fn broken_quotation_marks_in_the_header() {
    check("a.csv", "\"person,end,quantity\nP1,2019-03-01,8", "error header-row: The quotation marks of the header (row 1) are not in pairs. -> Correct the quotation marks of row 1.");
}

#[test]
fn a_header_of_nothing_but_separators() {
    check("a.csv", ",".repeat(20_000), "error too-many-columns: The table has more than 16384 columns. -> Delete the columns that are not needed.");
}
