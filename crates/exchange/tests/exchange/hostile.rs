//! Files made to do harm, and damaged ones: each is refused in words, at once.

use std::io::{Cursor, Write};

use xueshi_exchange::{Limits, Which};
use zip::write::SimpleFileOptions;

use crate::door::{check, check_with};
use crate::workbooks::{raw_book, raw_rows, records, zip_of};

const REMEDY: &str = "Copy the data to a new workbook and save that, or use CSV.";
const DAMAGED: &str = "error damaged: The workbook is damaged or not complete. -> Download or export it again; if Excel can open it, save it as a new file.";

/// A workbook with a part of many equal bytes.
fn bomb(name: &str, mebibytes: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..mebibytes {
        zip.write_all(&block).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_part_that_unpacks_out_of_proportion() {
    let bytes = bomb("xl/worksheets/sheet1.xml", 80);
    let cause = "error too-large: The workbook has a part \"xl/worksheets/sheet1.xml\" that unpacks from";
    check("a.xlsx", &bytes, &format!("{cause} 81540 B to 80 MiB, which is out of proportion; it was not opened. -> {REMEDY}"));
}

#[test]
fn parts_that_are_read_as_a_whole_are_small() {
    let bytes = bomb("xl/styles.xml", 33);
    let cause = "error too-large: The workbook has a part \"xl/styles.xml\" that unpacks from";
    check("a.xlsx", &bytes, &format!("{cause} 33648 B to 33 MiB, which is out of proportion; it was not opened. -> {REMEDY}"));
}

#[test]
fn a_package_that_unpacks_to_too_much() {
    let limits = Limits { unpacked_bytes: 2 << 20, ..Limits::default() };
    check_with(
        "a.xlsx",
        bomb("xl/worksheets/sheet1.xml", 3),
        Which::First,
        &limits,
        &format!("error too-large: The workbook unpacks to 3 MiB; 2 MiB are accepted, which is out of proportion; it was not opened. -> {REMEDY}"),
    );
}

#[test]
fn a_package_of_too_many_parts() {
    let names: Vec<String> = (0..20_001).map(|part| format!("p{part}")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    check("a.xlsx", zip_of(&parts), &format!("error too-large: The workbook has 20001 parts, which is out of proportion; it was not opened. -> {REMEDY}"));
}

#[test]
fn a_directory_that_lies_about_sizes() {
    let mut bytes = bomb("xl/worksheets/sheet1.xml", 80);
    // The size of the last part stands at offset 24 of its entry in the directory.
    let entry = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bytes[entry + 24..entry + 28].copy_from_slice(&1000_u32.to_le_bytes());
    check("a.xlsx", bytes, DAMAGED);
}

#[test]
fn a_count_of_texts_that_is_not_true() {
    for count in ["99999999999", "18446744073709551615", "99999999999999999999999"] {
        let shared = format!("<sst uniqueCount=\"{count}\"><si><t>a</t></si></sst>");
        check("a.xlsx", raw_book(&raw_rows(&[]), "", &shared), DAMAGED);
    }
    let hidden = format!("<sst uniqueCount{}=\"99999999999\"></sst>", " ".repeat(500));
    check("a.xlsx", raw_book(&raw_rows(&[]), "", &hidden), DAMAGED);
}

#[test]
fn entities_that_stand_for_entities() {
    let laughs: String = (1..10).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10))).collect();
    let declared = format!("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e0 \"ha\">{laughs}]>");
    let said = |part: &str| {
        format!(
            "error damaged: The workbook's part \"{part}\" has a document type declaration (DOCTYPE), which the standard of workbooks forbids; it was not opened. -> Open it in a spreadsheet program and save it as a new .xlsx; do not open a file from somebody you do not know."
        )
    };
    let shared = format!("{declared}<sst><si><t>&e9;</t></si></sst>");
    check("a.xlsx", raw_book(&raw_rows(&["<c r=\"A2\" t=\"s\"><v>0</v></c>"]), "", &shared), &said("xl/sharedstrings.xml"));
    let sheet = format!("{declared}<worksheet><sheetData>{}</sheetData></worksheet>", raw_rows(&["<c r=\"A2\" t=\"str\"><v>&e9;</v></c>"]));
    check("a.xlsx", zip_of(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", sheet.as_bytes())]), &said("xl/worksheets/sheet1.xml"));
    // One that nothing declares is not left out in silence.
    let undeclared = raw_rows(&["<c r=\"A2\" t=\"str\"><v>&e9;</v></c>"]);
    check("a.xlsx", raw_book(&undeclared, "", ""), "error damaged: The workbook is damaged or not complete (near row 1). -> Download or export it again; if Excel can open it, save it as a new file.");
}

#[test]
fn a_picture_of_one_colour_is_no_text_without_end() {
    let picture = vec![0xFF; 5 << 20];
    let parts = |name: &str| {
        let mut zip = zip::ZipWriter::new_append(Cursor::new(raw_book(&raw_rows(&["<c r=\"A2\"><v>1</v></c>"]), "", ""))).unwrap();
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&picture).unwrap();
        zip.finish().unwrap().into_inner()
    };
    check("a.xlsx", parts("xl/media/image1.bmp"), "sheet S\n1: person=#1");
    let cause = "error too-large: The workbook has a part \"xl/worksheets/sheet2.xml\" with a stretch of more than 4 MiB without a tag, which is out of proportion; it was not opened.";
    check("a.xlsx", parts("xl/worksheets/sheet2.xml"), &format!("{cause} -> {REMEDY}"));
}

#[test]
fn a_shared_text_that_is_not_there() {
    let rows = raw_rows(&["<c r=\"A2\" t=\"s\"><v>7</v></c>"]);
    check(
        "a.xlsx",
        raw_book(&rows, "", "<sst><si><t>P1</t></si></sst>"),
        "error damaged: The workbook is damaged or not complete (near row 1). -> Download or export it again; if Excel can open it, save it as a new file.",
    );
}

#[test]
fn a_package_cut_short() {
    let bytes = records(|sheet| {
        sheet.write(1, 0, "P1")?;
        Ok(())
    });
    for length in [4, 100, bytes.len() / 2, bytes.len() - 1] {
        check("a.xlsx", &bytes[..length], DAMAGED);
    }
}

#[test]
fn every_byte_changed_is_no_crash() {
    let bytes = records(|sheet| {
        sheet.write(1, 0, "P1")?;
        Ok(())
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    for at in (0..bytes.len()).step_by(37) {
        let mut changed = bytes.clone();
        changed[at] ^= 0xFF;
        std::fs::write(&path, changed).unwrap();
        let _ = xueshi_exchange::read(&path, &crate::door::headers(), Which::First, &|_, _| {});
    }
}

#[test]
fn impossible_places() {
    let damaged = |row| format!("error damaged: The workbook is damaged or not complete ({row}). -> Download or export it again; if Excel can open it, save it as a new file.");
    let too_many_columns = "error too-many-columns: The table has more than 16384 columns. -> Delete the columns that are not needed.";
    let too_many_rows = "error too-many-rows: The file has more than 1048576 rows. -> Split it into several files.";
    for (place, expect) in [
        ("XFE2", too_many_columns.to_owned()),
        ("A1048577", too_many_rows.to_owned()),
        ("A0", damaged("near row 1")),
        ("22", damaged("near row 1")),
        ("é2", damaged("near row 1")),
        // These overflow inside of the library that parses workbooks.
        ("A99999999999", DAMAGED.to_owned()),
        ("AAAAAAAAAAAAAAAAAAAA2", DAMAGED.to_owned()),
    ] {
        let rows = raw_rows(&[&format!("<c r=\"{place}\"><v>1</v></c>")]);
        check("a.xlsx", raw_book(&rows, "", ""), &expect);
    }
}

#[test]
fn rows_out_of_order() {
    let rows = format!("{}<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", raw_rows(&["<c r=\"A2\"><v>1</v></c>"]));
    check("a.xlsx", raw_book(&rows, "", ""), DAMAGED);
}

#[test]
fn merged_areas_that_overlap() {
    let area = "<mergeCell ref=\"A2:XFD1048576\"/>".repeat(10_000);
    let rows = raw_rows(&["<c r=\"A2\"><v>1</v></c>", "<c r=\"A3\"><v>1</v></c>"]);
    check("a.xlsx", raw_book(&rows, &format!("<mergeCells>{area}</mergeCells>"), ""), DAMAGED);
}

#[test]
fn errors_and_kinds_of_cells_that_are_not_known() {
    let remedy = "Open it in a spreadsheet program, correct that place and save it as a new .xlsx.";
    for (cell, cause) in [("<c r=\"A2\" t=\"e\"><v>#ODD!</v></c>", "near row 1, a cell has the unknown error \"#ODD!\""), ("<c r=\"A2\" t=\"z\"><v>1</v></c>", "near row 1, \"z\" is not known")] {
        check("a.xlsx", raw_book(&raw_rows(&[cell]), "", ""), &format!("error damaged: The workbook cannot be read: {cause}. -> {remedy}"));
    }
}

#[test]
fn a_workbook_without_its_parts() {
    check("a.xlsx", zip_of(&[("xl/workbook.xml", b"<workbook/>")]), &DAMAGED.replace("complete.", "complete (while opening it)."));
}

#[test]
fn too_many_unreadable_rows() {
    let mut text = "person,end,quantity\n".to_owned();
    text.push_str(&"a,b,c,d\n".repeat(200_001));
    check(
        "a.csv",
        text,
        "error too-many-faults: Up to row 200001 more than 200,000 rows cannot be read; of that row: The row has 4 columns, but the header has 3. -> Delete the surplus columns; put a value that has a comma in it between quotation marks.",
    );
}
