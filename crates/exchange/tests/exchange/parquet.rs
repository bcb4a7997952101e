//! Parquet files: whatever type a column has, equal values are read as equal cells.

use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::parquet_door::{Column, check, file, texts};

fn usual() -> WriterProperties {
    WriterProperties::builder().set_compression(Compression::SNAPPY).build()
}

#[test]
fn a_table() {
    let bytes = file(
        "required int64 person; optional int32 end (DATE); optional int64 quantity (DECIMAL(18,2)); optional binary title (STRING);",
        usual(),
        &[vec![
            Column::Long(vec![Some(7), Some(7), Some(8)]),
            Column::Whole(vec![Some(17_956), None, Some(0)]),
            Column::Long(vec![Some(1250), Some(0), None]),
            Column::Text(vec![Some(" 安全 "), None, Some("安全")]),
        ]],
    );
    check(
        &bytes,
        "
        0: person =7 | end @17956 | quantity #1250 | title 安全
        1: person =7 | quantity #0
        2: person =8 | end @0 | title 安全
        ",
    );
}

#[test]
fn texts_with_chinese_names() {
    let bytes = file(
        "required binary 人员编号 (STRING); required binary 结束日期 (STRING); required binary 数量 (STRING);",
        usual(),
        &[vec![texts(&["P1", "P2"]), texts(&["2019-03-01", "  "]), texts(&["12.5", ""])]],
    );
    check(
        &bytes,
        "
        0: person P1 | end @17956 | quantity #1250
        1: person P2
        ",
    );
}
