//! Parquet files that are damaged, made to do harm, or of kinds that are not read: each is refused
//! in words.

use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use xueshi_exchange::Limits;

use crate::parquet_door::{Column, check, file, read, read_named, read_path, texts};

const DAMAGED_END: &str = "error damaged: The Parquet file is damaged or not complete (its description at the end cannot be read). -> Download or export it again.";

fn persons() -> Column {
    texts(&["P1", "P2", "P1"])
}

fn usual() -> WriterProperties {
    WriterProperties::builder().build()
}

#[test]
fn columns_that_are_not_as_they_should_be() {
    check(
        &file("required binary persn (STRING); required int32 kind;", usual(), &[vec![persons(), Column::Whole(vec![Some(1); 3])]]),
        r#"error missing-column: The file lacks required columns: "人员编号 (person)"; the file has: "persn", "kind". -> Export the file with these columns, named in Chinese or in English. Should "persn" be "人员编号 (person)"?"#,
    );
    check(
        &file("required binary person (STRING); required binary 人员编号 (STRING);", usual(), &[vec![persons(), persons()]]),
        r#"error duplicate-column: Several columns of the file are "人员编号 (person)": "person", "人员编号". -> Keep only one of them."#,
    );
    check(
        &file("required binary person (STRING); required binary ending (STRING); required group more { required int32 end; }", usual(), &[vec![persons(), persons(), Column::Whole(vec![Some(1); 3])]]),
        r#"
        notice unknown-columns: These columns are not known and were not read: "ending", "more".
        0: person P1
        1: person P2
        2: person P1
        "#,
    );
    for column in ["repeated binary title (STRING);", "required group title { required binary zh (STRING); }"] {
        let bytes = file(&format!("required binary person (STRING); {column}"), usual(), &[]);
        let (cause, remedy) =
            ("The column \"title\" is nested: it has lists or parts of its own.", "Export it as a column of one value a row; several values can be a text with semicolons between them.");
        check(&bytes, &format!("error nested-column: {cause} -> {remedy}"));
    }
    for column in ["required int32 title (TIME_MILLIS);", "required fixed_len_byte_array(12) title (INTERVAL);", "required fixed_len_byte_array(2) title (FLOAT16);"] {
        let bytes = file(&format!("required binary person (STRING); {column}"), usual(), &[]);
        check(&bytes, "error column-type: The column \"title\" has a type of data that is not read. -> Export it as text, whole numbers, decimals or dates.");
    }
}

#[test]
fn columns_after_nested_ones_are_found() {
    let columns = "required group more { required int32 a; required group inner { required int32 b; } } required binary person (STRING);";
    let bytes = file(columns, usual(), &[vec![Column::Whole(vec![Some(1); 3]), Column::Whole(vec![Some(2); 3]), persons()]]);
    check(
        &bytes,
        r#"
        notice unknown-columns: These columns are not known and were not read: "more".
        0: person P1
        1: person P2
        2: person P1
        "#,
    );
}

#[test]
fn files_that_are_no_parquet_files() {
    let limits = Limits::default();
    let named = |name: &str, bytes: &[u8]| read_named(name, bytes, &limits);
    assert_eq!(named("a.parquet", b""), "error empty: The file is empty: it has neither a header nor rows. -> Check that it is the right file, or export it again.\n");
    assert_eq!(named("a.parquet", b"person\n1\n"), "error wrong-name: The file's name ends in .parquet, but it holds plain text (CSV). -> Rename it to end in .csv, or export it again.\n");
    assert_eq!(named("a.parquet", b"PK\x03\x04"), "error wrong-name: The file's name ends in .parquet, but it holds an Excel workbook (XLSX). -> Rename it to end in .xlsx, or export it again.\n");
    let other = "error wrong-name: The file is not Parquet: it does not begin with PAR1. -> Check that it is the right file; let the name of a CSV or XLSX file end in .csv or .xlsx.\n";
    assert_eq!(named("a.parquet", b"%PDF-1.7"), other);
    assert_eq!(named("a", b"person\n"), other);
    let table = file("required binary person (STRING);", usual(), &[]);
    assert_eq!(named("a.csv", &table), "error wrong-name: The file's name ends in .csv, but it holds Parquet. -> Rename it to end in .parquet, or export it again.\n");
    assert_eq!(named("a", &table), "notice no-rows: There is only a header and no row of data.\n");
    let locked = "error password: The Parquet file is encrypted. -> Export it without encryption.\n";
    assert_eq!(named("a.parquet", b"PARE\x00\x00\x00\x00\x00\x00\x00\x00PARE"), locked);
}

#[test]
fn a_folder_and_a_file_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &std::path::Path| xueshi_exchange::ParquetFile::open(path, &crate::parquet_door::headers(), &Limits::default()).err().unwrap();
    assert_eq!(open(folder.path()).cause.en, "This is a folder, not a file.");
    assert_eq!(open(&folder.path().join("a.parquet")).cause.en, "The file does not exist.");
}

#[test]
fn lengths_of_the_description_that_are_not_true() {
    let bytes = file("required binary person (STRING);", usual(), &[vec![persons()]]);
    let at = bytes.len() - 8;
    for length in [0_u32, 1, 7, u32::try_from(bytes.len()).unwrap() - 11, u32::MAX] {
        let mut changed = bytes.clone();
        changed[at..at + 4].copy_from_slice(&length.to_le_bytes());
        check(&changed, DAMAGED_END);
    }
}

/// A file that consists of a description alone.
fn described(description: &[u8]) -> Vec<u8> {
    let mut bytes = b"PAR1".to_vec();
    bytes.extend_from_slice(description);
    bytes.extend_from_slice(&u32::try_from(description.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(b"PAR1");
    bytes
}

#[test]
fn descriptions_made_to_take_memory_or_depth() {
    // A list of structures that says it has two thousand million members.
    check(&described(b"\x15\x04\x19\xFC\xFF\xFF\xFF\xFF\x07"), DAMAGED_END);
    // A schema whose root says it has as many children: the columns are what counts, and there are none.
    let root = b"\x15\x04\x19\x1C\x48\x01a\x15\xFE\xFF\xFF\xFF\x0F\x00\x16\x00\x19\x0C\x00";
    let none = read(&described(root));
    assert!(none.starts_with("error missing-column"), "{none}");
    // Structures in structures, and lists in lists, a hundred thousand deep.
    check(&described(&[0x1C; 100_000]), DAMAGED_END);
    check(&described(&[0x19; 100_000]), DAMAGED_END);
    // A column that is nested without end.
    let mut deep = b"\x15\x04\x19\xFC\x81\x80\x04".to_vec();
    for _ in 0..65_537 {
        deep.extend_from_slice(b"\x48\x01a\x15\x02\x00");
    }
    deep.extend_from_slice(b"\x16\x00\x19\x0C\x00");
    check(&described(&deep), DAMAGED_END);
}

#[test]
fn more_rows_than_are_accepted() {
    let bytes = file("required binary person (STRING);", usual(), &[vec![persons()]]);
    let limits = Limits { parquet_rows: 2, ..Limits::default() };
    assert_eq!(read_named("a.parquet", &bytes, &limits), "error too-many-rows: The file has 3 rows; 2 are accepted. -> Split it into several files.\n");
}

#[test]
fn more_memory_than_is_allowed() {
    let bytes =
        file("required binary person (STRING);", WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build(), &[vec![Column::Bytes(vec![Some(vec![b'a'; 4 << 20])])]]);
    let said = |most: &str| {
        format!(
            "error too-large: Unpacked, the values take more memory than is allowed (row group 1, column \"person\"; {most} in all). -> Export the file with smaller pages and row groups, or split it into several files.\n"
        )
    };
    assert_eq!(read_named("a.parquet", &bytes, &Limits { page_bytes: 1 << 20, ..Limits::default() }), said("2048 MiB"));
    assert_eq!(read_named("a.parquet", &bytes, &Limits { parquet_bytes: 3 << 20, ..Limits::default() }), said("3 MiB"));
    let found = read_named("a.parquet", &bytes, &Limits { parquet_bytes: 30 << 20, ..Limits::default() });
    assert!(found.starts_with("0: person aaaa"));
}

#[test]
fn texts_that_are_not_utf_8() {
    let bytes = file("required binary person;", usual(), &[vec![Column::Bytes(vec![Some(vec![0xFF, 0xFE])])]]);
    check(&bytes, "error encoding: There is text that is not UTF-8 in row group 1, column \"person\". -> Export the file again with text in UTF-8.");
}

/// Small files with all that can be damaged: every kind of page, packed and not.
fn samples() -> Vec<Vec<u8>> {
    let columns = "required binary person (STRING); optional int32 end (DATE); optional fixed_len_byte_array(9) quantity (DECIMAL(20,2)); optional binary title (STRING);";
    let rows = 40;
    let texts = |of: usize| (0..rows).map(|row| (row % 5 != 3).then(|| format!("text {}", row % of).into_bytes())).collect::<Vec<_>>();
    let persons = |of| Column::Bytes(texts(of).into_iter().map(Option::unwrap_or_default).map(Some).collect());
    let group = |of: usize| {
        let ends = (0..rows).map(|row| (row % 4 != 1).then_some(i32::try_from(17_000 + row % of).unwrap())).collect();
        let quantities = (0..rows).map(|row| Some([&[0; 8][..], &[u8::try_from(row % of).unwrap()]].concat())).collect();
        vec![persons(of), Column::Whole(ends), Column::Fixed(quantities), Column::Bytes(texts(of))]
    };
    let base = || WriterProperties::builder().set_data_page_row_count_limit(25).set_write_batch_size(5);
    let newer = || base().set_writer_version(WriterVersion::PARQUET_2_0);
    let ways = [
        base(),
        base().set_compression(Compression::SNAPPY),
        base().set_compression(Compression::ZSTD(ZstdLevel::default())).set_dictionary_page_size_limit(20),
        newer().set_dictionary_enabled(false),
        newer().set_compression(Compression::LZ4_RAW).set_dictionary_enabled(false),
        newer().set_compression(Compression::LZ4),
        base().set_compression(Compression::GZIP(Default::default())),
    ];
    ways.into_iter().map(|way| file(columns, way.build(), &[group(3), group(30)])).collect()
}

#[test]
fn a_file_cut_short() {
    for bytes in samples() {
        for length in (4..bytes.len()).step_by(7) {
            check(&bytes[..length], DAMAGED_END);
        }
    }
}

#[test]
fn any_byte_changed_is_no_crash() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    for bytes in samples() {
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= [0xFF, 0x01, 0x80][at % 3];
            std::fs::write(&path, &changed).unwrap();
            let _ = read_path(&path, &Limits::default());
        }
    }
}

/// What a file of one column and one page says of itself.
struct Told {
    rows: i64,
    group_rows: i64,
    chunk_at: i64,
    chunk_bytes: Option<i64>,
    codec: i64,
    values: i64,
    encoding: i64,
    unpacked: Option<i64>,
    packed: Option<i64>,
    checksum: Option<i64>,
}

const TRUE: Told = Told { rows: 1, group_rows: 1, chunk_at: 4, chunk_bytes: None, codec: 0, values: 1, encoding: 0, unpacked: None, packed: None, checksum: None };

/// A whole number as descriptions write it.
fn number(value: i64) -> Vec<u8> {
    let mut rest = (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned();
    let mut bytes = Vec::new();
    while rest >= 0x80 {
        bytes.push((rest & 0x7F) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

/// A file of persons of 64 bits, with one page of these bytes, that says this of itself.
fn by_hand(told: &Told, page: &[u8]) -> Vec<u8> {
    let size = i64::try_from(page.len()).unwrap();
    let mut bytes = b"PAR1".to_vec();
    let field = |head: u8, value: i64| [vec![head], number(value)].concat();
    bytes.extend([field(0x15, 0), field(0x15, told.unpacked.unwrap_or(size)), field(0x15, told.packed.unwrap_or(size))].concat());
    let detail_head = match told.checksum {
        Some(sum) => [field(0x15, sum), vec![0x1C]].concat(),
        None => vec![0x2C],
    };
    bytes.extend([detail_head, field(0x15, told.values), field(0x15, told.encoding), vec![0x15, 6, 0x15, 6, 0, 0]].concat());
    bytes.extend_from_slice(page);
    let chunk_bytes = told.chunk_bytes.unwrap_or(i64::try_from(bytes.len()).unwrap() - 4);
    let at = bytes.len();
    bytes.extend_from_slice(b"\x15\x04\x19\x2C\x48\x01a\x15\x02\x00\x15\x04\x25\x00\x18\x06person\x00");
    bytes.extend([field(0x16, told.rows), b"\x19\x1C\x19\x1C\x26\x08\x1C\x15\x04\x19\x15\x00\x19\x18\x06person".to_vec(), field(0x15, told.codec)].concat());
    bytes.extend([field(0x16, 1), field(0x16, 1), field(0x16, chunk_bytes), field(0x26, told.chunk_at), vec![0, 0]].concat());
    bytes.extend([field(0x16, 1), field(0x16, told.group_rows), vec![0, 0]].concat());
    let length = u32::try_from(bytes.len() - at).unwrap();
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(b"PAR1");
    bytes
}

#[test]
fn checksums_are_checked() {
    let page = 7_i64.to_le_bytes();
    check(&by_hand(&TRUE, &page), "0: person =7");
    // CRC-32 of the page, as a signed number.
    let sum = i64::from(crc32fast::hash(&page).cast_signed());
    check(&by_hand(&Told { checksum: Some(sum), ..TRUE }, &page), "0: person =7");
    check(&by_hand(&Told { checksum: Some(sum ^ 1), ..TRUE }, &page), DAMAGED_PAGE);
}

const DAMAGED_PAGE: &str = "error damaged: The Parquet file is damaged or not complete (row group 1, column \"person\"). -> Download or export it again.";

#[test]
fn what_a_file_says_of_itself_is_compared() {
    let page = 7_i64.to_le_bytes();
    let most = i64::from(i32::MAX);
    let huge = 1 << 40;
    for told in [
        // More rows than there are, in the file alone or also in the group.
        Told { rows: 2, ..TRUE },
        Told { rows: -1, ..TRUE },
        Told { group_rows: 0, ..TRUE },
        Told { rows: 1_000, group_rows: -1, ..TRUE },
        // Chunks outside of the file, or over its description.
        Told { chunk_at: 0, ..TRUE },
        Told { chunk_at: huge, ..TRUE },
        Told { chunk_at: i64::MAX, ..TRUE },
        Told { chunk_at: i64::MIN, ..TRUE },
        Told { chunk_bytes: Some(huge), ..TRUE },
        Told { chunk_bytes: Some(i64::MAX), ..TRUE },
        Told { chunk_bytes: Some(60), ..TRUE },
    ] {
        check(&by_hand(&told, &page), DAMAGED_END);
    }
    for told in [
        Told { rows: 1_000_000_000, group_rows: 1_000_000_000, ..TRUE },
        Told { rows: 1_000_000_000, group_rows: 1_000_000_000, values: 1_000_000_000, ..TRUE },
        Told { rows: 2, group_rows: 2, values: 2, ..TRUE },
        Told { values: -1, ..TRUE },
        Told { chunk_bytes: Some(3), ..TRUE },
        Told { chunk_bytes: Some(0), ..TRUE },
        Told { packed: Some(7), ..TRUE },
        Told { packed: Some(100), ..TRUE },
        Told { packed: Some(-1), ..TRUE },
        Told { unpacked: Some(9), ..TRUE },
        Told { unpacked: Some(-1), ..TRUE },
        Told { codec: 99, ..TRUE },
        Told { codec: -1, ..TRUE },
        // Places in a dictionary that is not there.
        Told { encoding: 8, ..TRUE },
    ] {
        check(&by_hand(&told, &page), DAMAGED_PAGE);
    }
    // Fewer rows than there are: none is left out without a word.
    check(&by_hand(&Told { values: 2, ..TRUE }, &[7; 16]), DAMAGED_PAGE);
    for codec in [1, 2, 5, 6, 7] {
        for unpacked in [8, 1 << 20, 100 << 20] {
            check(&by_hand(&Told { codec, unpacked: Some(unpacked), ..TRUE }, &page), DAMAGED_PAGE);
        }
    }
    let large = "error too-large: Unpacked, the values take more memory than is allowed (row group 1, column \"person\"; 2048 MiB in all). -> Export the file with smaller pages and row groups, or split it into several files.";
    for codec in [0, 1, 2, 5, 6, 7] {
        check(&by_hand(&Told { codec, unpacked: Some(most), ..TRUE }, &page), large);
    }
}

#[test]
fn kinds_of_packing_and_values_that_are_not_read() {
    let page = 7_i64.to_le_bytes();
    for (codec, name) in [(3, "LZO"), (4, "Brotli")] {
        let said = format!("error compression: Compression by {name} is not read (row group 1, column \"person\"). -> Export the file with zstd, snappy, gzip or lz4, or without compression.");
        check(&by_hand(&Told { codec, ..TRUE }, &page), &said);
    }
    for encoding in [1, 4, 6, 7, 99, -1] {
        let said = "error compression: The values are encoded in a way that is not read (row group 1, column \"person\"). -> Export the file again with the usual settings.";
        check(&by_hand(&Told { encoding, ..TRUE }, &page), said);
    }
}

#[test]
fn differences_made_to_do_harm() {
    let differences = |bytes: &[u8], told: Told| check(&by_hand(&Told { encoding: 5, ..told }, bytes), DAMAGED_PAGE);
    // Parts of no values, blocks of no parts, too many values, and too few.
    differences(b"\x00\x01\x01\x00", TRUE);
    differences(b"\x80\x01\x00\x01\x00", TRUE);
    differences(b"\x80\x01\x04\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\x00", TRUE);
    differences(b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\x01\x02\x00\x00\x01", TRUE);
    differences(b"\x80\x01\x04\x00\x00", TRUE);
    // Differences of more than 64 bits.
    differences(b"\x80\x01\x04\x02\x00\x00\xFF\x00\x00\x00", Told { rows: 2, group_rows: 2, values: 2, ..TRUE });
    // Differences of no bits take no bytes: the numbers are all the same.
    check(&by_hand(&Told { encoding: 5, ..TRUE }, b"\x80\x01\x04\x01\x0E"), "0: person =7");
}
