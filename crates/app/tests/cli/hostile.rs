//! Files made to take the machine with them: each is refused in words or read, in little memory and time, by the whole program.

#![cfg(unix)]

use crate::door::{GOOD, HEADER, POLICIES, command, table};
use std::fs::File;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What a process may have, threads' stacks and all: kibibytes, and seconds of a core. Nearly all need a tenth.
const LIMITS: &str = "ulimit -v 1500000 && ulimit -t 60";

const NEW_BOOK: &str = "Copy the data to a new workbook and save that, or use CSV.";

/// Assesses a file within the limits; what is said must have these fragments, in order.
#[track_caller]
fn assess(name: &str, write: impl FnOnce(&Path), code: i32, fragments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join(name));
    confined(folder.path(), &["assess", name, "--region", "990000", "--year", "2022", "--policies", POLICIES, "--format", "csv"], code, fragments);
}

#[track_caller]
fn confined(folder: &Path, args: &[&str], code: i32, fragments: &[&str]) {
    let program = command(folder, args);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{LIMITS} && exec \"$0\" \"$@\"")]).arg(program.get_program()).args(program.get_args()).current_dir(folder);
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let done = shell.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    let beginning: String = said.chars().take(2000).collect();
    assert_eq!(done.status.code(), Some(code), "{beginning}");
    assert!(!said.contains("panicked"), "{beginning}");
    let mut rest = said.as_str();
    for fragment in fragments {
        let at = rest.find(fragment).unwrap_or_else(|| panic!("“{fragment}” is not in\n{beginning}"));
        rest = &rest[at + fragment.len()..];
    }
}

/// The parts of a workbook that make it one.
const PARTS: [(&str, &str); 3] = [
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];
const SHEET: &str = "xl/worksheets/sheet1.xml";

/// A workbook of these parts beside the usual ones, each a beginning, what is repeated how many times, and an end.
fn book(path: &Path, method: CompressionMethod, parts: &[(&str, &str, &str, usize, &str)]) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    let options = SimpleFileOptions::default().compression_method(method).compression_level((method == CompressionMethod::Deflated).then_some(1));
    for (name, part) in PARTS {
        zip.start_file(name, options).unwrap();
        zip.write_all(part.as_bytes()).unwrap();
    }
    for (name, start, again, times, end) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(start.as_bytes()).unwrap();
        let block = again.repeat(1000);
        for _ in 0..times / 1000 {
            zip.write_all(block.as_bytes()).unwrap();
        }
        zip.write_all(again.repeat(times % 1000).as_bytes()).unwrap();
        zip.write_all(end.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

/// The beginning of a sheet with the header and the cells of a good record, up to the end of its row.
fn sheet_start(dimension: &str) -> String {
    let row = |number: usize, cells: &str| {
        let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        format!("<row r=\"{number}\">{}</row>", cells.split(',').map(cell).collect::<String>())
    };
    format!("<worksheet>{dimension}<sheetData>{}{}", row(1, HEADER), row(2, GOOD))
}

const SHEET_END: &str = "</sheetData></worksheet>";

fn packed(parts: &[(&str, &str, &str, usize, &str)]) -> impl FnOnce(&Path) {
    move |path| book(path, CompressionMethod::Deflated, parts)
}

#[test]
fn a_sheet_of_gigabytes_in_a_few_megabytes() {
    // Its directory says so truly: it is refused by that.
    let large = move |path: &Path| book(path, CompressionMethod::Deflated, &[(SHEET, &sheet_start(""), &" ".repeat(1000), 300_000, SHEET_END)]);
    assess("a.xlsx", large, 2, &["which is out of proportion; it was not opened", NEW_BOOK]);
}

#[test]
fn parts_that_share_their_bytes() {
    // A thousand entries of the directory name one part of 60 MiB.
    let shared = |path: &Path| {
        let mut bytes = Cursor::new(Vec::new());
        let mut zip = ZipWriter::new(&mut bytes);
        zip.start_file("xl/workbook000.xml", SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![b' '; 60 << 20]).unwrap();
        zip.finish().unwrap();
        let bytes = bytes.into_inner();
        let entry = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
        let mut all = bytes[..entry].to_vec();
        for number in 0..1000_u16 {
            let mut one = bytes[entry..end].to_vec();
            // Names must differ; they stand at offset 46.
            one[46 + 11..46 + 14].copy_from_slice(format!("{number:03}").as_bytes());
            all.extend(one);
        }
        let size = u32::try_from(all.len() - entry).unwrap();
        let mut tail = bytes[end..].to_vec();
        tail[8..10].copy_from_slice(&1000_u16.to_le_bytes());
        tail[10..12].copy_from_slice(&1000_u16.to_le_bytes());
        tail[12..16].copy_from_slice(&size.to_le_bytes());
        all.extend(tail);
        std::fs::write(path, all).unwrap();
    };
    assess("a.xlsx", shared, 2, &["out of proportion"]);
}

#[test]
fn elements_in_elements_without_end() {
    let start = sheet_start("");
    assess("a.xlsx", packed(&[(SHEET, &start, "<a>", 20_000_000, SHEET_END)]), 2, &["has a part \"xl/worksheets/sheet1.xml\" of elements more than 1000 deep", NEW_BOOK]);
    // Ends of elements in a text, where they end none, do not hide it.
    assess("a.xlsx", packed(&[(SHEET, &start, "<a b='/>'>", 5_000_000, SHEET_END)]), 2, &["of elements more than 1000 deep"]);
}

#[test]
fn parts_that_take_more_memory_than_they_are_large() {
    let sheet = sheet_start("");
    let good = (SHEET, sheet.as_str(), "", 0, SHEET_END);
    let styles = ("xl/styles.xml", "<styleSheet><cellXfs>", "<xf/>", 6_000_000, "</cellXfs></styleSheet>");
    assess("a.xlsx", packed(&[good, styles]), 2, &["has a part \"xl/styles.xml\" of more than 500000 elements", NEW_BOOK]);
    // Twelve million empty texts are still read.
    let texts = ("xl/sharedStrings.xml", "<sst>", "<si/>", 12_000_000, "</sst>");
    assess("a.xlsx", packed(&[good, texts]), 0, &["P1,2022"]);
    let texts = ("xl/sharedStrings.xml", "<sst uniqueCount=\"99999999\">", "<si/>", 12_000_000, "</sst>");
    assess("a.xlsx", packed(&[good, texts]), 2, &["The workbook is damaged"]);
}

#[test]
fn a_text_without_end() {
    let start = sheet_start("") + "<row r=\"3\"><c r=\"A3\" t=\"str\"><v>";
    assess("a.xlsx", packed(&[(SHEET, &start, "abcdefgh", 7_000_000, "</v></c></row></sheetData></worksheet>")]), 2, &["with a stretch of more than 4 MiB without a tag", NEW_BOOK]);
    // Many long ones in the rows in which the header is looked for; stored, so that they are not refused as packed too well.
    let text = format!("<c t=\"str\"><v>{}</v></c>", "x".repeat(30_000));
    let start = sheet_start("") + "<row r=\"3\">";
    let stored = |path: &Path| book(path, CompressionMethod::Stored, &[(SHEET, &start, &text, 2500, "</row></sheetData></worksheet>")]);
    assess("a.xlsx", stored, 2, &["has more than 64 MiB of text in its first 10 rows", NEW_BOOK]);
}

#[test]
fn a_sheet_that_says_it_is_huge_and_is_not() {
    let start = sheet_start("<dimension ref=\"A1:XFD1048576\"/>");
    assess("a.xlsx", packed(&[(SHEET, &start, "", 0, SHEET_END)]), 0, &["P1,2022"]);
    // Ten million columns, in its word and in a cell.
    let start = sheet_start("<dimension ref=\"A1:VHLVZ2\"/>") + "<row r=\"3\"><c r=\"VHLVZ3\"><v>1</v></c></row>";
    assess("a.xlsx", packed(&[(SHEET, &start, "", 0, SHEET_END)]), 2, &["The table has more than 16384 columns"]);
}

#[test]
fn a_line_of_a_gigabyte() {
    let gigabyte = |path: &Path| File::create(path).unwrap().set_len(1 << 30).unwrap();
    assess("a.csv", gigabyte, 2, &["The file is 1024 MiB large; 512 MiB are accepted", "Split it into several files"]);
    let line = |start: &str| {
        let start = start.to_owned();
        move |path: &Path| {
            let mut file = File::create(path).unwrap();
            file.write_all(start.as_bytes()).unwrap();
            for _ in 0..200 {
                file.write_all(&[b'a'; 1 << 20]).unwrap();
            }
        }
    };
    assess("a.csv", line(""), 2, &["required columns"]);
    assess("a.csv", line(&format!("{}P2,", table(&[GOOD]))), 1, &["32,767 characters"]);
    assess("a.csv", line(&format!("{}P2,\"", table(&[GOOD]))), 1, &["never closed"]);
}

#[test]
fn a_million_columns() {
    let header = |path: &Path| std::fs::write(path, format!("{HEADER}{}\n{GOOD}\n", ",x".repeat(1_000_000))).unwrap();
    assess("a.csv", header, 2, &["The table has more than 16384 columns"]);
    let row = |path: &Path| std::fs::write(path, format!("{}{}\n", table(&[GOOD]), ",x".repeat(1_000_000))).unwrap();
    assess("a.csv", row, 1, &["the header has 13"]);
}

#[test]
fn quotation_marks_that_pair_over_every_line_and_then_do_not() {
    // Each line is read as far as the broken mark at the end of the file, and then given up: the square of the lines, unless what is known to be broken is remembered.
    let lines = |path: &Path| std::fs::write(path, format!("{}\"a\n{}b\",\"x\"y\n", table(&[GOOD]), "b\",\"c\n".repeat(150_000))).unwrap();
    assess("a.csv", lines, 1, &["There is text between a closing quotation mark and the next separator"]);
}

#[test]
fn a_policy_of_a_gigabyte() {
    let folder = tempfile::tempdir().unwrap();
    File::create(folder.path().join("a.toml")).unwrap().set_len(1 << 30).unwrap();
    confined(folder.path(), &["policy", "check", "a.toml"], 1, &["too-large", "the file has 1048577 bytes or more; a policy file has 1048576 at most"]);
}
