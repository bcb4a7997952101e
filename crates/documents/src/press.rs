//! From data to PDF: a template, the data as a file beside it, and the fonts. Data never become part of a template's text.

use crate::certificate::{Certificate, Proof};
use crate::characters;
use crate::fonts::Fonts;
use crate::form::{Filled, Form};
use crate::gate::GateSheet;
use crate::text::{Error, Text};
use jiff::civil::DateTime;
use qrcode::{EcLevel, QrCode, render::svg};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// The name under which a credential is attached, and found again.
pub const CREDENTIAL: &str = "xueshi-credential.json";

/// Legal time is that of Shanghai, eight hours ahead of UTC.
const SHANGHAI_MINUTES: i32 = 8 * 60;

/// What is set into documents of every kind.
const COMMON: &str = include_str!("../templates/common.typ");
const CERTIFICATE: &str = include_str!("../templates/certificate.typ");
const FORM: &str = include_str!("../templates/form.typ");
const GATE: &str = include_str!("../templates/gate.typ");

/// When and how a document is issued.
#[derive(Clone, Copy, Debug)]
pub struct Issue<'a> {
    /// The moment of issue in Shanghai time; it is printed and is the PDF's own date.
    pub at: DateTime,
    /// Whether it is a specimen, and says so across every page.
    pub specimen: bool,
    /// The credential for machines, carried inside as [`CREDENTIAL`].
    pub attachment: Option<&'a [u8]>,
}

/// Makes documents. Built once and shared: it holds the fonts.
pub struct Press {
    library: LazyHash<Library>,
    fonts: Arc<Fonts>,
}

impl Press {
    /// A press with these fonts.
    pub fn new(fonts: Arc<Fonts>) -> Self {
        Self { library: LazyHash::new(Library::builder().build()), fonts }
    }

    /// The certificate as PDF/A-3a and PDF/UA-1. The same input gives the same bytes.
    ///
    /// # Errors
    /// If a character can not be printed or the address is too long for a QR code.
    pub fn certificate(&self, certificate: &Certificate, issue: &Issue<'_>) -> Result<Vec<u8>, Error> {
        self.print(CERTIFICATE, json!({ "certificate": certificate }), Some(&certificate.proof), issue)
    }

    /// A card or form, filled in, as PDF/A-3a and PDF/UA-1. The same input gives the same bytes.
    ///
    /// # Errors
    /// As [`Press::certificate`], and if something is filled in that the form has no place for.
    pub fn form(&self, form: &Form, filled: &Filled, issue: &Issue<'_>) -> Result<Vec<u8>, Error> {
        filled.fits(form)?;
        self.print(FORM, json!({ "form": form, "filled": filled }), filled.proof.as_ref(), issue)
    }

    /// A kept answer of a gate as PDF/A-3a and PDF/UA-1. The same input gives the same bytes.
    ///
    /// # Errors
    /// If a character can not be printed.
    pub fn gate(&self, sheet: &GateSheet, issue: &Issue<'_>) -> Result<Vec<u8>, Error> {
        self.print(GATE, json!({ "sheet": sheet }), None, issue)
    }

    fn print(&self, template: &'static str, mut data: Value, proof: Option<&Proof>, issue: &Issue<'_>) -> Result<Vec<u8>, Error> {
        let minute = issue.at.round(jiff::Unit::Minute).unwrap_or(issue.at);
        data["issue"] = json!({ "date": minute.date(), "time": minute.time().strftime("%H:%M").to_string(), "specimen": issue.specimen, "attached": issue.attachment.is_some() });
        characters::check(&data, &self.fonts)?;
        data["fonts"] = json!(self.fonts.families);
        spell(&mut data);
        let mut files = vec![("main.typ", Bytes::from_string(template)), ("common.typ", Bytes::from_string(COMMON)), ("data.json", Bytes::from_string(data.to_string()))];
        if let Some(proof) = proof {
            files.push(("qr.svg", Bytes::from_string(qr(&proof.url)?)));
        }
        if let Some(attachment) = issue.attachment {
            files.push((CREDENTIAL, Bytes::new(attachment.to_vec())));
        }
        let identity = data.to_string();
        let page = Sheet::new(self, files)?;
        let document = typst::compile::<PagedDocument>(&page).output.map_err(|found| unset(&found))?;
        let options = PdfOptions {
            ident: Smart::Custom(identity),
            creator: Smart::Custom(Some("xueshi".to_owned())),
            timestamp: timestamp(issue.at),
            standards: PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1]).map_err(|why| broken(why.message().as_str()))?,
            ..PdfOptions::default()
        };
        let bytes = typst_pdf::pdf(&document, &options).map_err(|found| unset(&found));
        // What later documents can not use again is let go, so that a server's memory stays level.
        comemo::evict(8);
        bytes
    }
}

/// Numbers as texts: a template prints them as they are, and none passes through a float.
fn spell(data: &mut Value) {
    match data {
        Value::Number(number) => *data = Value::String(number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(spell),
        Value::Object(entries) => entries.values_mut().for_each(spell),
        _ => {}
    }
}

/// One document being set.
struct Sheet<'a> {
    press: &'a Press,
    main: FileId,
    files: HashMap<FileId, Bytes>,
}

impl<'a> Sheet<'a> {
    fn new(press: &'a Press, files: Vec<(&str, Bytes)>) -> Result<Self, Error> {
        let files = files.into_iter().map(|(name, bytes)| Ok((inside(name)?, bytes))).collect::<Result<_, Error>>()?;
        Ok(Self { press, main: inside("main.typ")?, files })
    }
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let text = String::from_utf8(self.file(id)?.to_vec()).map_err(|_| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn inside(name: &str) -> Result<FileId, Error> {
    let path = VirtualPath::new(name).map_err(|_| broken(name))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

/// The address as a QR code, quiet zone included; a quarter of it may be soiled.
fn qr(url: &str) -> Result<String, Error> {
    let code = QrCode::with_error_correction_level(url, EcLevel::Q).map_err(|_| {
        Error::new(
            "url",
            Text::new("核验地址", "address to check at"),
            Text::new(format!("有 {} 个字节，放不进二维码", url.len()), format!("its {} bytes do not fit a QR code", url.len())),
            Text::new("请把系统的网址设短些（300 字节以内）", "Configure a shorter address, below 300 bytes"),
        )
    })?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(256, 256).build())
}

fn timestamp(at: DateTime) -> Option<Timestamp> {
    let part = |number: i8| u8::try_from(number).ok();
    let moment = Datetime::from_ymd_hms(i32::from(at.year()), part(at.month())?, part(at.day())?, part(at.hour())?, part(at.minute())?, part(at.second())?)?;
    Timestamp::new_local(moment, SHANGHAI_MINUTES)
}

fn unset(found: &[SourceDiagnostic]) -> Error {
    let said: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
    broken(&said.join("; "))
}

/// No data should lead here: texts are checked before. It is said all the same, with what the typesetter said.
fn broken(said: &str) -> Error {
    Error::new(
        "typesetting",
        Text::new("排版", "typesetting"),
        Text::new(format!("文件没有排成（{said}）"), format!("the document was not set ({said})")),
        Text::new("数据没有改动；请把此消息和所用数据一并报告维护者", "No data changed; report this message with the data to the maintainers"),
    )
}
