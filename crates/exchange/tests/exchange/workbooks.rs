//! Makes workbooks for the tests: sound ones by a library, odd ones part by part.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use zip::write::SimpleFileOptions;

/// A workbook of one sheet.
pub(crate) fn book(fill: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet()).unwrap();
    workbook.save_to_buffer().unwrap()
}

/// A workbook of one sheet with the usual header in row 1.
pub(crate) fn records(fill: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>) -> Vec<u8> {
    book(|sheet| {
        sheet.write_row(0, 0, ["person", "end", "quantity", "title"])?;
        fill(sheet)
    })
}

/// A ZIP file of these parts.
pub(crate) fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook whose sheet and shared texts are given as XML: what stands in `<sheetData>` and
/// after it, and the whole of the shared texts.
pub(crate) fn raw_book(sheet_data: &str, after: &str, shared: &str) -> Vec<u8> {
    const MAIN: &str = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    const RELATIONS: &str = "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let sheet = format!("<worksheet {MAIN}><sheetData>{sheet_data}</sheetData>{after}</worksheet>");
    let workbook = format!("<workbook {MAIN} xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
    let package = format!("<Relationships {RELATIONS}><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    let relations = format!("<Relationships {RELATIONS}><Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>");
    let mut parts: Vec<(&str, &[u8])> =
        vec![("_rels/.rels", package.as_bytes()), ("xl/workbook.xml", workbook.as_bytes()), ("xl/_rels/workbook.xml.rels", relations.as_bytes()), ("xl/worksheets/sheet1.xml", sheet.as_bytes())];
    if !shared.is_empty() {
        parts.push(("xl/sharedStrings.xml", shared.as_bytes()));
    }
    zip_of(&parts)
}

/// The header and rows of a raw sheet; each row is the XML of its cells.
pub(crate) fn raw_rows(rows: &[&str]) -> String {
    let header: String =
        ["person", "end", "quantity", "title"].iter().zip(["A1", "B1", "C1", "D1"]).map(|(title, place)| format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{title}</t></is></c>")).collect();
    let mut xml = format!("<row r=\"1\">{header}</row>");
    for (row, number) in rows.iter().zip(2..) {
        xml.push_str(&format!("<row r=\"{number}\">{row}</row>"));
    }
    xml
}
