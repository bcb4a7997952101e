//! What a file is, and what its name says it is.

use crate::door::check;
use crate::workbooks::{book, zip_of};

const CSV: &str = "person,end,quantity\nP1,2019-03-01,8\n";
const ROW: &str = "1: person=P1 | end=2019-03-01 | quantity=8";

#[test]
fn names_without_a_promise_are_read_by_content() {
    for name in ["records", "records.dat", "记录.CSV", "a.txt"] {
        check(name, CSV, ROW);
    }
    let bytes = book(|sheet| {
        sheet.write_row(0, 0, ["person", "end", "quantity"])?.write_row(1, 0, ["P1", "2019-03-01", "8"])?;
        Ok(())
    });
    for name in ["records", "records.bak", "A.XLSX", "a.xlsm"] {
        check(name, &bytes, &format!("sheet Sheet1\n{ROW}"));
    }
}

#[test]
fn a_name_that_is_not_true() {
    for name in ["a.xlsx", "a.xls"] {
        let extension = &name[1..];
        check(name, CSV, &format!("error wrong-name: The file's name ends in {extension}, but it holds plain text (CSV). -> Rename it to end in .csv, or export it again."));
    }
    let bytes = book(|_| Ok(()));
    for name in ["a.csv", "a.txt", "a.xls"] {
        let extension = &name[1..];
        check(name, &bytes, &format!("error wrong-name: The file's name ends in {extension}, but it holds an Excel workbook (XLSX). -> Rename it to end in .xlsx, or export it again."));
    }
}

#[test]
fn files_that_are_no_tables() {
    for (bytes, what) in [
        ("%PDF-1.7\n", "a PDF file"),
        ("\n <!DOCTYPE html><html>", "a web page (HTML)"),
        ("<html xmlns:o=\"urn:schemas-microsoft-com:office:office\">", "a web page (HTML)"),
        ("<table><tr><td>person", "a web page (HTML)"),
        ("<?xml version=\"1.0\"?><Workbook>", "an XML file"),
        ("{\"person\": \"P1\"}", "a JSON file"),
        (" [ {\"person\": \"P1\"}]", "a JSON file"),
        ("{\\rtf1", "an RTF document"),
    ] {
        for name in ["a.csv", "a.xlsx", "a.xls"] {
            check(name, bytes, &format!("error not-a-table: The file is really {what}, not a table. -> Open the data in a spreadsheet program and save it as .xlsx or .csv."));
        }
    }
    check("a.csv", b"\x89PNG\r\n\x1A\n", "error not-a-table: The file is really a PNG picture, not a table. -> Open the data in a spreadsheet program and save it as .xlsx or .csv.");
}

#[test]
fn parquet_where_a_table_is_asked_for() {
    for (name, ending) in [("a.csv", "csv"), ("a.xlsx", "xlsx"), ("a.xls", "xls")] {
        check(name, "PAR1\u{15}\u{4}", &format!("error wrong-name: The file's name ends in .{ending}, but it holds Parquet. -> Rename it to end in .parquet, or export it again."));
    }
    check("a.parquet", "PAR1\u{15}\u{4}", "error not-a-table: The file is Parquet; only CSV and XLSX are read here. -> Save the data as .xlsx or .csv.");
    check("a.parquet", "person\n1\n", "error wrong-name: The file's name ends in .parquet, but it holds plain text (CSV). -> Rename it to end in .csv, or export it again.");
}

#[test]
fn zip_files_that_are_no_workbooks() {
    let remedy = "Open it in a spreadsheet program and save it as .xlsx or .csv.";
    for (part, what) in [
        ("word/document.xml", "a Word document (.docx)"),
        ("ppt/presentation.xml", "a presentation (.pptx)"),
        ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
        ("Index/Document.iwa", "a Numbers or Pages file"),
    ] {
        check("a.xlsx", zip_of(&[(part, b"x")]), &format!("error zip-not-workbook: The file is {what}, not an Excel workbook (.xlsx). -> {remedy}"));
    }
    check(
        "a.xlsx",
        zip_of(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>")]),
        &format!("error zip-not-workbook: The file is an OpenDocument spreadsheet (.ods), not an Excel workbook (.xlsx). -> {remedy}"),
    );
    check(
        "a.xlsx",
        zip_of(&[("records.csv", CSV.as_bytes()), ("b.csv", b"x")]),
        "error zip-not-workbook: The file is a ZIP archive (2 files, such as \"records.csv\", \"b.csv\"), not an Excel workbook. -> Unpack it and choose the table inside.",
    );
}

/// The start of a file in the old container, with the name of one of its streams.
fn ole(stream: &str) -> Vec<u8> {
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.resize(512 * 3, 0);
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(512 * 5, 0);
    bytes
}

#[test]
fn workbooks_under_a_password() {
    for name in ["a.xlsx", "a.xls", "a"] {
        check(
            name,
            ole("EncryptedPackage"),
            "error password: The workbook is protected by a password. -> Open it in Excel, clear the password under File > Info > Protect Workbook > Encrypt with Password, and save it.",
        );
    }
}

#[test]
fn old_workbooks() {
    let remedy = "Open it in a spreadsheet program and save it as .xlsx.";
    for (name, cause) in [
        ("a.xls", "The file is an old Excel workbook (.xls), which is not read."),
        ("a", "The file is an old Excel workbook (.xls), which is not read."),
        ("a.xlsx", "The file's name ends in .xlsx, but it is an old Excel workbook (.xls), which is not read."),
        ("a.csv", "The file is named as CSV, but it is an old Excel workbook (.xls), which is not read."),
    ] {
        check(name, ole("Workbook"), &format!("error old-xls: {cause} -> {remedy}"));
    }
    check("a.xls", ole("WordDocument"), "error not-a-table: The file is really an old Word document (.doc), not a table. -> Open the data in a spreadsheet program and save it as .xlsx or .csv.");
}

#[test]
fn files_that_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.csv");
    let read = |path| xueshi_exchange::read(path, &crate::door::headers(), xueshi_exchange::Which::First, &|_, _| {});
    assert_eq!(crate::door::shown(read(&missing), &missing), "error cannot-open: The file does not exist. -> Check the path and the permissions; close the file if another program has it open.\n");
    assert_eq!(crate::door::shown(read(folder.path()), folder.path()), "error cannot-open: This is a folder, not a file. -> Name a file inside of the folder.\n");
}

#[test]
fn the_temporary_file_of_an_open_workbook() {
    check(
        "~$a.xlsx",
        "\u{5}Li Lei",
        "error lock-file: This is a temporary file that Excel keeps while a workbook is open (its name starts with ~$); it has no data. -> Use the file without ~$ in its name.",
    );
}
