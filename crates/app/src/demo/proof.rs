//! Proofs of the demonstration: a page of PDF that any viewer shows, and that says that it is made up.

use std::fmt::Write as _;

/// A page that names the demonstration, a login, a year and a day of it, so that each record has its own.
pub(super) fn page(login: &str, year: i64, number: i64) -> Vec<u8> {
    let lines = [(24, 72, 700, "DEMONSTRATION"), (12, 72, 672, "A made-up proof of learning. It certifies nothing.")];
    let mut content = String::new();
    for (size, x, y, text) in lines {
        let _ = writeln!(content, "BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET");
    }
    let _ = writeln!(content, "BT /F1 12 Tf 72 640 Td ({} / {year} / {number}) Tj ET", escaped(login));
    content.push_str("q 0.75 0.15 0.15 RG 3 w 72 520 200 80 re S Q\nBT /F1 18 Tf 0.75 0.15 0.15 rg 108 552 Td (SPECIMEN) Tj ET\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        places.push(file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.into_bytes()
}

/// A text as a PDF string takes it: plain characters, brackets and strokes escaped.
fn escaped(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic()).flat_map(|c| ['(', ')', '\\'].contains(&c).then_some('\\').into_iter().chain([c])).collect()
}
