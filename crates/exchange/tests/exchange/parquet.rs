//! Parquet files: whatever type a column has, and however it is stored, equal values are read as
//! equal cells.

use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};

use xueshi_exchange::{Cells, Limits, ParquetFile, Reading};

use crate::parquet_door::{Column, check, file, headers, read, texts};

fn usual() -> WriterProperties {
    WriterProperties::builder().set_compression(Compression::SNAPPY).build()
}

/// A file of some persons with one other column, whose values are given.
fn beside_persons(column: &str, values: Column, rows: usize) -> Vec<u8> {
    let persons = Column::Long((0..rows).map(|_| Some(1)).collect());
    file(&format!("required int64 person; {column}"), usual(), &[vec![persons, values]])
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

/// Bytes of a whole number, the highest first.
fn high_first(value: i128, width: usize) -> Vec<u8> {
    let fill = if value < 0 { 0xFF } else { 0 };
    let all = value.to_be_bytes();
    let mut bytes = vec![fill; width.saturating_sub(16)];
    bytes.extend_from_slice(&all[16 - width.min(16)..]);
    bytes
}

#[test]
fn quantities_of_every_type() {
    let expect = "0: person =1 | quantity #1250\n1: person =1 | quantity #0\n2: person =1\n3: person =1 | quantity #40000\n";
    let tenths = [Some(125_i32), Some(0), None, Some(4_000)];
    let times = |factor: i32| tenths.iter().map(|value| value.map(|value| value * factor)).collect::<Vec<_>>();
    let longs = |factor: i64| tenths.iter().map(|value| value.map(|value| i64::from(value) * factor)).collect::<Vec<_>>();
    let fixed = |factor: i128, width: usize| Column::Fixed(tenths.iter().map(|value| value.map(|value| high_first(i128::from(value) * factor, width))).collect());
    let columns = [
        ("optional int32 quantity (DECIMAL(9,1));", Column::Whole(times(1))),
        ("optional int32 quantity (DECIMAL(9,2));", Column::Whole(times(10))),
        ("optional int32 quantity (DECIMAL(9,4));", Column::Whole(times(1_000))),
        ("optional int64 quantity (DECIMAL(18,1));", Column::Long(longs(1))),
        ("optional int64 quantity (DECIMAL(18,2));", Column::Long(longs(10))),
        ("optional int64 quantity (DECIMAL(18,12));", Column::Long(longs(100_000_000_000))),
        ("optional fixed_len_byte_array(3) quantity (DECIMAL(6,2));", fixed(10, 3)),
        ("optional fixed_len_byte_array(8) quantity (DECIMAL(18,2));", fixed(10, 8)),
        ("optional fixed_len_byte_array(16) quantity (DECIMAL(38,2));", fixed(10, 16)),
        ("optional fixed_len_byte_array(16) quantity (DECIMAL(38,30));", fixed(10_i128.pow(29), 16)),
        ("optional fixed_len_byte_array(32) quantity (DECIMAL(76,2));", fixed(10, 32)),
        ("optional binary quantity (DECIMAL(38,2));", Column::Bytes(tenths.iter().map(|value| value.map(|value| high_first(i128::from(value) * 10, 7))).collect())),
        ("optional float quantity;", Column::Single(vec![Some(12.5), Some(-0.0), None, Some(400.0)])),
        ("optional double quantity;", Column::Double(vec![Some(12.5), Some(0.0), None, Some(400.0)])),
        ("optional binary quantity (STRING);", Column::Text(vec![Some("12.50"), Some("0"), Some(" "), Some(" 400.000")])),
        ("optional binary quantity;", Column::Text(vec![Some("+12.5"), Some(".0"), None, Some("0400")])),
    ];
    for (column, values) in columns {
        assert_eq!(read(&beside_persons(column, values, 4)), expect, "{column}");
    }
}

#[test]
fn whole_quantities_of_every_width() {
    let expect = "0: person =1 | quantity #1200\n1: person =1\n2: person =1 | quantity #12700\n";
    for of in ["INTEGER(8,true)", "INTEGER(16,true)", "INTEGER(32,true)", "INTEGER(8,false)", "INTEGER(16,false)", "INTEGER(32,false)", "INT_8", "UINT_8", "UINT_32"] {
        let column = format!("optional int32 quantity ({of});");
        assert_eq!(read(&beside_persons(&column, Column::Whole(vec![Some(12), None, Some(127)]), 3)), expect, "{of}");
    }
    for of in ["INTEGER(64,true)", "INTEGER(64,false)", "INT_64", "UINT_64"] {
        let column = format!("optional int64 quantity ({of});");
        assert_eq!(read(&beside_persons(&column, Column::Long(vec![Some(12), None, Some(127)]), 3)), expect, "{of}");
    }
}

#[test]
fn numbers_without_a_sign_use_every_bit() {
    check(&beside_persons("optional int32 quantity (UINT_32);", Column::Whole(vec![Some(-1)]), 1), "0: person =1 | quantity #429496729500");
    check(&beside_persons("optional int64 quantity (UINT_64);", Column::Long(vec![Some(-1)]), 1), "0: person =1 | quantity !18446744073709551615");
}

#[test]
fn binary_numbers_are_exact_or_odd() {
    // A tenth and the like are no binary numbers; what is next to two decimal places is meant.
    for cents in (0..200_000_i64).chain([99_999_999, 123_456_789_012, 9_007_199_254_740_991]) {
        let value: f64 = format!("{}.{:02}", cents / 100, cents % 100).parse().unwrap();
        if cents % 997 == 0 || cents > 200_000 {
            check(&beside_persons("required double quantity;", Column::Double(vec![Some(value)]), 1), &format!("0: person =1 | quantity #{cents}"));
        }
    }
    let singles: Vec<Option<f32>> = (0..100_000_i64).map(|cents| format!("{}.{:02}", cents / 100, cents % 100).parse().ok()).collect();
    let expect: String = (0..100_000).map(|cents| format!("{cents}: person =1 | quantity #{cents}\n")).collect();
    assert_eq!(read(&beside_persons("required float quantity;", Column::Single(singles), 100_000)), expect);
    let odd = [(0.125, "0.125"), (1.0 / 3.0, "0.3333333333333333"), (-1.0, "-1"), (f64::NAN, "NaN"), (f64::INFINITY, "inf"), (1e17, "100000000000000000"), (12.5 + 4e-15, "12.500000000000004")];
    for (value, text) in odd {
        check(&beside_persons("required double quantity;", Column::Double(vec![Some(value)]), 1), &format!("0: person =1 | quantity !{text}"));
    }
    check(&beside_persons("required float quantity;", Column::Single(vec![Some(0.125), Some(0.1)]), 2), "0: person =1 | quantity !0.125\n1: person =1 | quantity #10");
}

#[test]
fn odd_quantities_keep_their_text() {
    check(
        &beside_persons("optional int64 quantity (DECIMAL(18,3));", Column::Long(vec![Some(12_505), None, Some(-1_000), Some(12_510)]), 4),
        "
        0: person =1 | quantity !12.505
        1: person =1
        2: person =1 | quantity !-1
        3: person =1 | quantity #1251
        ",
    );
    check(
        &beside_persons("optional binary quantity (STRING);", Column::Text(vec![Some("12.505"), Some("-1"), Some("1e2"), Some("十"), Some("99999999999999999999"), Some("1."), None]), 7),
        "
        0: person =1 | quantity !12.505
        1: person =1 | quantity !-1
        2: person =1 | quantity !1e2
        3: person =1 | quantity !十
        4: person =1 | quantity !99999999999999999999
        5: person =1 | quantity !1.
        6: person =1
        ",
    );
    check(
        &beside_persons("required int64 quantity;", Column::Long(vec![Some(i64::MAX), Some(-5), Some(5)]), 3),
        "0: person =1 | quantity !9223372036854775807\n1: person =1 | quantity !-5\n2: person =1 | quantity #500",
    );
    check(&beside_persons("required boolean quantity;", Column::Truth(vec![Some(true), Some(false)]), 2), "0: person =1 | quantity !true\n1: person =1 | quantity !false");
    check(&beside_persons("required int32 quantity (DATE);", Column::Whole(vec![Some(17_956)]), 1), "0: person =1 | quantity !2019-03-01");
    check(
        &beside_persons("required fixed_len_byte_array(32) quantity (DECIMAL(76,2));", Column::Fixed(vec![Some(vec![1; 32])]), 1),
        "0: person =1 | quantity !0x0101010101010101010101010101010101010101010101010101010101…",
    );
}

#[test]
fn dates_of_every_type() {
    let expect = "0: person =1 | end @17956\n1: person =1\n2: person =1 | end @-1\n";
    let day = 86_400_000;
    let moments = |unit: i64| Column::Long(vec![Some(17_956 * day * unit), None, Some(-day * unit)]);
    let columns = [
        ("optional int32 end (DATE);", Column::Whole(vec![Some(17_956), None, Some(-1)])),
        ("optional int64 end (TIMESTAMP(MILLIS,true));", moments(1)),
        ("optional int64 end (TIMESTAMP(MICROS,false));", moments(1_000)),
        ("optional int64 end (TIMESTAMP(NANOS,true));", moments(1_000_000)),
        ("optional int64 end (TIMESTAMP_MILLIS);", moments(1)),
        ("optional int64 end (TIMESTAMP_MICROS);", moments(1_000)),
        ("optional int96 end;", Column::Old(vec![Some((0, 2_440_588 + 17_956)), None, Some((0, 2_440_587))])),
        ("optional binary end (STRING);", Column::Text(vec![Some(" 2019-03-01"), None, Some("1969-12-31")])),
    ];
    for (column, values) in columns {
        assert_eq!(read(&beside_persons(column, values, 3)), expect, "{column}");
    }
}

#[test]
fn odd_dates_keep_their_text() {
    let odd = |column: &str, values: Column, text: &str| check(&beside_persons(column, values, 1), &format!("0: person =1 | end !{text}"));
    odd("required int64 end (TIMESTAMP(MILLIS,true));", Column::Long(vec![Some(17_955 * 86_400_000 + 57_600_000)]), "2019-02-28 16:00:00");
    odd("required int64 end (TIMESTAMP(NANOS,true));", Column::Long(vec![Some(-1)]), "1969-12-31 23:59:59.999999999");
    odd("required int96 end;", Column::Old(vec![Some((1_500_000_000, 2_440_588))]), "1970-01-01 00:00:01.5");
    odd("required int32 end (DATE);", Column::Whole(vec![Some(i32::MAX)]), "5881580-07-11");
    odd("required int32 end (DATE);", Column::Whole(vec![Some(i32::MIN)]), "-5877641-06-23");
    odd("required int32 end;", Column::Whole(vec![Some(20_190_301)]), "20190301");
    for text in ["2019-02-29", "2019/03/01", "2019-3-1", "2019-03-01 00:00", "-019-03-01", "0000-01-01", "明天"] {
        odd("required binary end (STRING);", texts(&[text]), text);
    }
}

#[test]
fn every_day_is_read_as_written() {
    let days: Vec<i32> = (-719_162..2_932_896).step_by(1_009).collect();
    let expect: String = days.iter().enumerate().map(|(row, day)| format!("{row}: person =1 | end @{day}\n")).collect();
    let epoch = jiff::civil::Date::new(1970, 1, 1).unwrap();
    let written: Vec<Option<Vec<u8>>> = days.iter().map(|day| Some(epoch.checked_add(jiff::Span::new().days(*day)).unwrap().to_string().into_bytes())).collect();
    let rows = days.len();
    assert_eq!(read(&beside_persons("required binary end (STRING);", Column::Bytes(written), rows)), expect);
}

#[test]
fn words_of_every_type() {
    let word = |column: &str, values: Column, text: &str| check(&beside_persons(column, values, 1), &format!("0: person =1 | title {text}"));
    word("required boolean title;", Column::Truth(vec![Some(true)]), "true");
    word("required int32 title;", Column::Whole(vec![Some(-12)]), "-12");
    word("required int64 title (UINT_64);", Column::Long(vec![Some(-1)]), "18446744073709551615");
    word("required int64 title (DECIMAL(18,3));", Column::Long(vec![Some(-50)]), "-0.05");
    word("required int64 title (DECIMAL(18,3));", Column::Long(vec![Some(12_000)]), "12");
    word("required int32 title (DATE);", Column::Whole(vec![Some(17_956)]), "2019-03-01");
    word("required int64 title (TIMESTAMP_MILLIS);", Column::Long(vec![Some(0)]), "1970-01-01");
    word("required double title;", Column::Double(vec![Some(1001.0)]), "1001");
    word("required float title;", Column::Single(vec![Some(0.1)]), "0.1");
    word("required fixed_len_byte_array(4) title;", Column::Fixed(vec![Some(b"ab  ".to_vec())]), "ab");
    word("required binary title (ENUM);", texts(&["class"]), "class");
    word("required fixed_len_byte_array(16) title (UUID);", Column::Fixed(vec![Some((0..16).collect())]), "00010203-0405-0607-0809-0a0b0c0d0e0f");
}

#[test]
fn identifiers() {
    let person = |column: &str, values: Column, expect: &str| check(&file(column, usual(), &[vec![values]]), expect);
    person("optional int32 person;", Column::Whole(vec![Some(-3), None]), "0: person =-3\n1:");
    person("required int64 person (UINT_64);", Column::Long(vec![Some(3)]), "0: person =3");
    person("required int32 person (UINT_32);", Column::Whole(vec![Some(-1)]), "0: person =4294967295");
    person("required binary person (STRING);", texts(&["007", "7", " 7 "]), "0: person 007\n1: person 7\n2: person 7");
    person("required double person;", Column::Double(vec![Some(1001.0)]), "0: person 1001");
    person("required int64 person (DECIMAL(18,0));", Column::Long(vec![Some(110_101_199_001_010_011)]), "0: person 110101199001010011");
    for (column, number) in [("required int64 person (UINT_64);", "18446744073709551615"), ("required int64 person (DECIMAL(18,0)); ", "")] {
        if !number.is_empty() {
            person(
                column,
                Column::Long(vec![Some(-1)]),
                &format!("error column-type: There is a number too large for an identifier in row group 1, column \"person\": {number}. -> Export the column as text."),
            );
        }
    }
    person(
        "required int64 person;",
        Column::Long(vec![Some(i64::MIN)]),
        "error column-type: There is a number too large for an identifier in row group 1, column \"person\": -9223372036854775808. -> Export the column as text.",
    );
}

/// Columns of many rows with many and few values, some of them empty, in groups of different sizes.
fn many_rows() -> (Vec<Vec<Column>>, String) {
    let mut expect = String::new();
    let (mut groups, mut row) = (Vec::new(), 0_i64);
    for rows in [20_000, 1, 40_001, 0, 5_000] {
        let (mut persons, mut ends, mut quantities, mut titles) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rows {
            // Stretches of empty cells, of filled ones, and of both by turns.
            let end = (row % 7 != 3).then(|| i32::try_from(row * 37 % 9_000).unwrap());
            let quantity = (row % 3_000 > 1_000).then_some(row * 7_919 % 4_001);
            let title = (row % 5_000 < 4_000 || row % 2 == 0).then(|| if row < 30_000 { format!("题{}", row / 6 % 11) } else { format!("title {}", row * 31 % 10_007) });
            let mut line = format!("{row}: person ={}", row / 24);
            line.extend(end.map(|end| format!(" | end @{end}")));
            line.extend(quantity.map(|quantity| format!(" | quantity #{quantity}")));
            line.extend(title.as_ref().map(|title| format!(" | title {title}")));
            expect.push_str(&line);
            expect.push('\n');
            persons.push(Some(row / 24));
            ends.push(end);
            quantities.push(quantity);
            titles.push(title.map(String::into_bytes));
            row += 1;
        }
        groups.push(vec![Column::Long(persons), Column::Whole(ends), Column::Long(quantities), Column::Bytes(titles)]);
    }
    (groups, expect)
}

const MANY: &str = "required int64 person; optional int32 end (DATE); optional int64 quantity (DECIMAL(18,2)); optional binary title (STRING);";

#[test]
fn many_rows_in_every_way() {
    let (groups, expect) = many_rows();
    let base = || WriterProperties::builder().set_data_page_row_count_limit(3_000).set_write_batch_size(500);
    let newer = || base().set_writer_version(WriterVersion::PARQUET_2_0);
    let plain = |builder: WriterPropertiesBuilder| builder.set_dictionary_enabled(false);
    let of = |column: &str| column.into();
    let ways = [
        ("one page", WriterProperties::builder()),
        ("many pages", base()),
        ("newer pages", newer()),
        ("snappy", base().set_compression(Compression::SNAPPY)),
        ("gzip", newer().set_compression(Compression::GZIP(GzipLevel::default()))),
        ("zstd", base().set_compression(Compression::ZSTD(ZstdLevel::default()))),
        ("newer zstd", newer().set_compression(Compression::ZSTD(ZstdLevel::default()))),
        ("lz4", base().set_compression(Compression::LZ4)),
        ("lz4 raw", base().set_compression(Compression::LZ4_RAW)),
        ("dictionaries that end early", base().set_dictionary_page_size_limit(600)),
        ("newer dictionaries that end early", newer().set_dictionary_page_size_limit(600)),
        ("plain", plain(base()).set_encoding(Encoding::PLAIN)),
        ("newer plain", plain(newer()).set_encoding(Encoding::PLAIN)),
        (
            "differences",
            plain(base())
                .set_column_encoding(of("person"), Encoding::DELTA_BINARY_PACKED)
                .set_column_encoding(of("end"), Encoding::DELTA_BINARY_PACKED)
                .set_column_encoding(of("quantity"), Encoding::DELTA_BINARY_PACKED)
                .set_column_encoding(of("title"), Encoding::DELTA_LENGTH_BYTE_ARRAY),
        ),
        (
            "prefixes and split bytes",
            plain(newer().set_compression(Compression::SNAPPY))
                .set_column_encoding(of("person"), Encoding::BYTE_STREAM_SPLIT)
                .set_column_encoding(of("end"), Encoding::BYTE_STREAM_SPLIT)
                .set_column_encoding(of("quantity"), Encoding::BYTE_STREAM_SPLIT)
                .set_column_encoding(of("title"), Encoding::DELTA_BYTE_ARRAY),
        ),
    ];
    for (way, properties) in ways {
        let found = read(&file(MANY, properties.build(), &groups));
        let first = found.lines().zip(expect.lines()).find(|(found, expect)| found != expect);
        assert!(found == expect, "{way}: {first:?}, {} lines", found.lines().count());
    }
}

#[test]
fn logical_values_in_every_way() {
    let truths: Vec<Option<bool>> = (0..5_000).map(|row| (row % 3 != 0).then_some(row % 5 < 2 || row > 4_000)).collect();
    let expect: String = truths.iter().enumerate().map(|(row, truth)| format!("{row}: person =1{}\n", truth.map_or(String::new(), |truth| format!(" | title {truth}")))).collect();
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let properties = WriterProperties::builder().set_writer_version(version).set_data_page_row_count_limit(900).set_write_batch_size(100);
        let persons = Column::Long(vec![Some(1); truths.len()]);
        let bytes = file("required int64 person; optional boolean title;", properties.build(), &[vec![persons, Column::Truth(truths.clone())]]);
        assert_eq!(read(&bytes), expect);
    }
}

#[test]
fn odd_values_among_many() {
    let values: Vec<Option<&str>> = (0..40_000).map(|row| [Some("12"), None, Some("x"), Some("8.5"), Some("x")][row * row % 5]).collect();
    let shown = |value: &Option<&str>| match value {
        Some("12") => " | quantity #1200",
        Some("8.5") => " | quantity #850",
        Some(_) => " | quantity !x",
        None => "",
    };
    let expect: String = values.iter().enumerate().map(|(row, value)| format!("{row}: person =1{}\n", shown(value))).collect();
    for dictionary in [true, false] {
        let properties = WriterProperties::builder().set_dictionary_enabled(dictionary).build();
        let persons = Column::Long(vec![Some(1); values.len()]);
        let bytes = file("required int64 person; optional binary quantity (STRING);", properties, &[vec![persons, Column::Text(values.clone())]]);
        assert_eq!(read(&bytes), expect);
    }
}

#[test]
fn threads_read_groups_of_one_file() {
    let (groups, _) = many_rows();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    std::fs::write(&path, file(MANY, usual(), &groups)).unwrap();
    let file = ParquetFile::open(&path, &headers(), &Limits::default()).unwrap();
    assert_eq!((file.rows(), file.groups(), file.columns()), (65_002, 5, &[Some(0), Some(1), Some(2), Some(3)][..]));
    let firsts: Vec<(u64, u64)> = (0..6).map(|group| (file.first_row(group), file.group_rows(group))).collect();
    assert_eq!(firsts, [(0, 20_000), (20_000, 1), (20_001, 40_001), (60_002, 0), (60_002, 5_000), (65_002, 0)]);
    let persons = |groups: std::ops::Range<usize>| {
        let (mut reader, mut persons) = (file.reader(&[(0, Reading::Id)], groups), Vec::new());
        while let Some(batch) = reader.next().unwrap() {
            let Cells::Integers(cells) = &batch.columns[0] else { panic!("persons are whole numbers") };
            assert_eq!(cells.len(), batch.rows);
            persons.push((batch.first_row, cells.clone()));
        }
        persons
    };
    let whole = persons(0..5);
    let parts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..5).map(|group| scope.spawn(move || persons(group..group + 1))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(parts, whole);
    assert_eq!(persons(7..9), []);
}

#[test]
fn words_keep_their_numbers() {
    let (groups, _) = many_rows();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    std::fs::write(&path, file(MANY, usual(), &groups)).unwrap();
    let file = ParquetFile::open(&path, &headers(), &Limits::default()).unwrap();
    let mut reader = file.reader(&[(3, Reading::Words)], 0..file.groups());
    let mut before: Vec<String> = Vec::new();
    while let Some(batch) = reader.next().unwrap() {
        let words = batch.words(0);
        assert_eq!(&words[..before.len()], before);
        before = words.to_vec();
    }
    assert_eq!(before[0], "");
    assert_eq!(reader.batch().words(0), before);
    before.sort();
    before.dedup();
    assert_eq!(before.len(), reader.batch().words(0).len(), "each text stands once");
}

#[test]
fn columns_that_the_file_lacks_have_empty_cells() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    std::fs::write(&path, file("required binary person (STRING);", usual(), &[vec![texts(&["P1", "P2"])]])).unwrap();
    let file = ParquetFile::open(&path, &headers(), &Limits::default()).unwrap();
    assert_eq!(file.columns(), [Some(0), None, None, None]);
    let mut reader = file.reader(&[(3, Reading::Words), (2, Reading::Number), (1, Reading::Date), (1, Reading::Id)], 0..1);
    let batch = reader.next().unwrap().unwrap();
    let none = xueshi_exchange::NO_NUMBER;
    assert_eq!(
        batch.columns,
        [Cells::Words(vec![0; 2]), Cells::Numbers { hundredths: vec![none; 2], odd: vec![] }, Cells::Days { days: vec![xueshi_exchange::NO_DAY; 2], odd: vec![] }, Cells::Words(vec![0; 2]),]
    );
    assert_eq!(batch.words(0), [""]);
    assert!(reader.next().unwrap().is_none());
}
