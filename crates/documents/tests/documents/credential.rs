//! The credential inside a document: found again, by us and by others, and not trusted an inch.

use crate::samples::{CREDENTIAL, PRESS, card, certificate, form, issue};
use flate2::{Compression, write::ZlibEncoder};
use lopdf::{Document, Object};
use proptest::prelude::*;
use std::io::Write as _;
use xueshi_documents::{Issue, extract};

#[test]
fn a_credential_comes_back_byte_for_byte() {
    for (at, credential) in
        [CREDENTIAL.to_vec(), "学时".repeat(100_000).into_bytes(), b"{}".to_vec(), (0..=255).collect(), b"endstream endobj (xueshi-credential.json) /EF<</F 1 0 R>>".repeat(9)].into_iter().enumerate()
    {
        let pdf = PRESS.certificate(&certificate(), &Issue { attachment: Some(&credential), ..issue() }).unwrap();
        assert!(extract(&pdf).unwrap().unwrap() == credential, "credential {at}");
    }
    let card = PRESS.form(&form("cn-50-2022-321-card"), &card(100), &issue()).unwrap();
    assert_eq!(extract(&card).unwrap().unwrap(), CREDENTIAL);
}

#[test]
fn a_document_without_a_credential_has_none() {
    let pdf = PRESS.certificate(&certificate(), &Issue { attachment: None, ..issue() }).unwrap();
    assert_eq!(extract(&pdf), Ok(None));
}

#[test]
fn other_programs_find_it_where_the_format_says() {
    let pdf = PRESS.certificate(&certificate(), &issue()).unwrap();
    let document = Document::load_mem(&pdf).unwrap();
    let catalog = document.catalog().unwrap();
    assert!(catalog.has(b"AF"), "PDF/A-3 asks for the list of associated files");
    let follow = |object: &Object| document.dereference(object).unwrap().1.clone();
    let names = follow(catalog.get(b"Names").unwrap());
    let files = follow(names.as_dict().unwrap().get(b"EmbeddedFiles").unwrap());
    let list = follow(files.as_dict().unwrap().get(b"Names").unwrap());
    let list = list.as_array().unwrap();
    assert_eq!(list[0].as_str().unwrap(), b"xueshi-credential.json");
    let described = follow(&list[1]);
    let described = described.as_dict().unwrap();
    assert_eq!(described.get(b"AFRelationship").unwrap().as_name().unwrap(), b"Data");
    let stream = follow(described.get(b"EF").unwrap().as_dict().unwrap().get(b"F").unwrap());
    let stream = stream.as_stream().unwrap();
    assert_eq!(stream.get_plain_content().unwrap_or_else(|_| stream.content.clone()), CREDENTIAL);
}

#[test]
fn what_is_appended_to_a_file_leaves_the_credential_readable() {
    let mut pdf = PRESS.certificate(&certificate(), &issue()).unwrap();
    pdf.extend_from_slice(b"\n999 0 obj\n<</Type/Annot/Contents(seal)>>\nendobj\nxref\n0 0\ntrailer\n<</Prev 1>>\nstartxref\n1\n%%EOF\n");
    assert_eq!(extract(&pdf).unwrap().unwrap(), CREDENTIAL);
}

/// A file with one attachment whose stream is described so.
fn forged(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("%PDF-1.7\n1 0 obj\n<</Type/Filespec/F(xueshi-credential.json)/EF<</F 2 0 R>>>>\nendobj\n2 0 obj\n<</Type/EmbeddedFile{dictionary}>>\nstream\n");
    [head.as_bytes(), data, b"\nendstream\nendobj\n%%EOF\n"].concat()
}

#[test]
fn hostile_files_are_errors() {
    let mut bomb = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        bomb.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let packed = |data: &[u8]| forged(&format!("/Length {}/Filter/FlateDecode", data.len()), data);
    for (file, code) in [
        (b"".to_vec(), "not-pdf"),
        (b"<html>(xueshi-credential.json)</html>".to_vec(), "not-pdf"),
        (vec![b' '; (64 << 20) + 1], "too-large"),
        (packed(&bomb), "too-large"),
        (packed(b"not compressed"), "credential-unreadable"),
        (forged("/Length 99999999999999999999999", b"x"), "credential-unreadable"),
        (forged("/Length 4096", b"shorter than said"), "credential-unreadable"),
        (forged("/Length -1", b"x"), "credential-unreadable"),
        (forged("/Length 1/Filter/LZWDecode", b"x"), "credential-unreadable"),
        (forged("", b"x"), "credential-unreadable"),
        (b"%PDF-1.7\n(xueshi-credential.json)".to_vec(), "credential-unreadable"),
        (b"%PDF-1.7\n1 0 obj<</F(xueshi-credential.json)/EF<</F 1 0 R>>>>endobj".to_vec(), "credential-unreadable"),
        (b"%PDF-1.7\n1 0 obj<</F(xueshi-credential.json)/EF<</F 7 0 R>>>>endobj".to_vec(), "credential-unreadable"),
        ([&b"%PDF-1.7\n"[..], &b"1 0 obj(xueshi-credential.json)/EF".repeat(400_000)].concat(), "credential-unreadable"),
        ([&b"%PDF-1.7\n"[..], &b"[".repeat(8 << 20), b"(xueshi-credential.json)"].concat(), "credential-unreadable"),
    ] {
        let begins = String::from_utf8_lossy(&file[..file.len().min(120)]).into_owned();
        let error = extract(&file).map(|found| found.map(|bytes| bytes.len())).unwrap_err();
        assert_eq!(error.code, code, "{begins}");
        assert!(error.message(true).contains("原件"), "the remedy: {error}");
    }
    assert_eq!(extract(&forged("/Length 2", b"{}")).unwrap().unwrap(), b"{}", "unpacked is well");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_damaged_file_never_breaks_the_reader(cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), end in any::<prop::sample::Index>()) {
        static PDF: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| PRESS.certificate(&certificate(), &issue()).unwrap());
        // The attachment and its description stand at the end of the file: that is where damage is interesting.
        let mut pdf = PDF.clone();
        let tail = pdf.len() - pdf.len() / 8;
        for (place, byte) in &cuts {
            let at = tail + place.index(pdf.len() - tail);
            pdf[at] = *byte;
        }
        pdf.truncate(tail + end.index(pdf.len() - tail));
        let _ = extract(&pdf);
    }
}
