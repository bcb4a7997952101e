//! A workbook written down as text, part by part, so that a change of it is a change of what the reader sees and not of a
//! checksum.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

/// Before the name of each part.
const MARK: &[u8] = b"\n--- ";

/// The parts that nearly every workbook has alike; used where the text has none of that name.
const USUAL: [(&str, &str); 3] = [
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
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
];

/// The package that a text of parts stands for: `--- name` on a line, then the part. Nothing where two parts have one name.
pub(crate) fn of_parts(text: &[u8]) -> Option<Vec<u8>> {
    pack(text).ok()
}

fn pack(text: &[u8]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // Stored as it is: to pack it would only take time.
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let parts = parts(text);
    let missing = USUAL.into_iter().filter(|(name, _)| parts.iter().all(|(known, _)| known != name));
    for (name, part) in missing {
        zip.start_file(name, options)?;
        zip.write_all(part.as_bytes())?;
    }
    for (name, part) in &parts {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(part)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn parts(text: &[u8]) -> Vec<(String, &[u8])> {
    let mut rest = text;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let next = rest.windows(MARK.len()).position(|window| window == MARK).unwrap_or(rest.len());
        let (part, after) = rest.split_at(next);
        let line = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let (name, body) = part.split_at(line);
        let name = String::from_utf8_lossy(name.strip_prefix(b"--- ").unwrap_or(name)).trim().to_owned();
        parts.push((name, body.get(1..).unwrap_or(&[])));
        rest = after.get(1..).unwrap_or(&[]);
    }
    parts
}
