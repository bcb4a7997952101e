//! Encodings of text files.

use crate::door::check;

const TEXT: &str = "人员编号,学习内容,结束日期,数量\nP1,继续教育培训,2019-03-01,8\n";
const ROW: &str = "1: person=P1 | end=2019-03-01 | quantity=8 | title=继续教育培训";

#[test]
fn utf8_with_and_without_byte_order_mark() {
    check("a.csv", TEXT, ROW);
    check("a.csv", format!("\u{FEFF}{TEXT}"), ROW);
}

#[test]
fn utf16_with_byte_order_mark() {
    let expect = format!("notice encoding: The file is UTF-16 and was read as such.\n{ROW}");
    let with_mark = format!("\u{FEFF}{TEXT}");
    let little: Vec<u8> = with_mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = with_mark.encode_utf16().flat_map(u16::to_be_bytes).collect();
    check("a.csv", little, &expect);
    check("a.csv", big, &expect);
}

#[test]
fn utf16_without_byte_order_mark() {
    let bytes: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(
        "a.csv",
        bytes,
        "error encoding: The file is no text: byte 9 is 0 (it may be UTF-16 without its mark, or no table at all). -> Open it in a spreadsheet program and save it as \"CSV UTF-8 (comma delimited)\" or as .xlsx.",
    );
}

#[test]
fn gbk_and_gb18030() {
    let (gbk, ..) = encoding_rs::GBK.encode(TEXT);
    let said = "notice encoding: The file is not UTF-8 and was read as GBK (GB 18030); if characters look wrong, save it as CSV in UTF-8.";
    check("a.csv", gbk, &format!("{said}\n{ROW}"));
    // 𠮷 needs four bytes, which only GB 18030 has.
    let rare = TEXT.replace("继续教育培训", "𠮷林");
    let (gb18030, ..) = encoding_rs::GB18030.encode(&rare);
    check("a.csv", gb18030, &format!("{said}\n{}", ROW.replace("继续教育培训", "𠮷林")));
}

#[test]
fn a_few_broken_bytes_cost_their_rows() {
    let mut bytes = TEXT.as_bytes().to_vec();
    bytes.extend(b"P2,\xE7\xBB\xFF,2019-03-02,8\nP3,x,2019-03-03,8\n");
    check(
        "a.csv",
        bytes,
        &format!(
            "{ROW}
             3: person=P3 | end=2019-03-03 | quantity=8 | title=x
             fault 2 [P2,\u{FFFD}\u{FFFD},2019-03-02,8]: The row has damaged characters, which are not of the file's encoding. -> Correct the row, or export the file again as CSV in UTF-8."
        ),
    );
}

#[test]
fn broken_bytes_in_a_gbk_file_cost_their_rows() {
    let (gbk, ..) = encoding_rs::GBK.encode(TEXT);
    let mut bytes = gbk.into_owned();
    bytes.extend(b"P2,\xFF,2019-03-02,8\n");
    check(
        "a.csv",
        bytes,
        &format!(
            "notice encoding: The file is not UTF-8 and was read as GBK (GB 18030); if characters look wrong, save it as CSV in UTF-8.
             {ROW}
             fault 2 [P2,\u{FFFD},2019-03-02,8]: The row has damaged characters, which are not of the file's encoding. -> Correct the row, or export the file again as CSV in UTF-8."
        ),
    );
}

#[test]
fn neither_of_the_encodings() {
    check(
        "a.csv",
        b"person,title,end,quantity\nP1,ok,2019-03-01,8\nP2,caf\xE9,2019-03-02,8\n",
        "error encoding: The file is neither UTF-8 nor GBK: line 3, byte 51 is 0xE9. -> Open it in a spreadsheet program and save it as \"CSV UTF-8 (comma delimited)\" or as .xlsx.",
    );
}

#[test]
fn a_damaged_header() {
    let mut bytes = b"person,end,quantity,\xFFtitle\n".to_vec();
    bytes.extend("P1,2019-03-01,8,继续教育\n".as_bytes());
    check("a.csv", bytes, "error encoding: The header (row 1) has damaged characters. -> Correct row 1, or export the file again as CSV in UTF-8.");
}
