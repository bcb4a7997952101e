//! One JSON document: assessments, errors, notes, and the policies with their content hashes.

mod assessment;
mod explanation;
pub(crate) mod gate;
pub(crate) mod writer;

use super::{Report, Shape, Sink, Target};
use crate::assessing::Done;
use crate::failure::Failure;
use crate::input::RowError;
use std::collections::BTreeSet;
use std::io::Write;
use xueshi_policy::{Assessment, Lang, PolicyRef};

pub(crate) use assessment::{cite, write as assessment_json};
use writer::Json;

/// Assessments as JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonShape {
    pub(crate) lang: Lang,
    /// Whether the reckoning of each record is given.
    pub(crate) explain: bool,
}

/// One assessment as JSON, and the policies behind it.
#[derive(Debug)]
pub(crate) struct JsonPiece {
    pub(crate) texts: Vec<String>,
    policies: Vec<PolicyRef>,
}

impl Shape for JsonShape {
    type Piece = JsonPiece;

    fn piece(&self, done: &Done) -> JsonPiece {
        let text = |(at, assessment): (usize, &Assessment)| {
            let mut json = Json::new();
            let readings = done.readings.get(at).map(Vec::as_slice).unwrap_or_default();
            assessment::write(&mut json, assessment, readings, *self);
            json.into_text()
        };
        let mut policies: Vec<PolicyRef> = Vec::new();
        for policy in done.assessments.iter().flat_map(|assessment| &assessment.policies) {
            if !policies.contains(policy) {
                policies.push(policy.clone());
            }
        }
        JsonPiece { texts: done.assessments.iter().enumerate().map(text).collect(), policies }
    }
}

/// The whole document, written as it comes.
pub(crate) struct JsonDocument {
    target: Target,
    out: Box<dyn Write>,
    lang: Lang,
    empty: bool,
    policies: BTreeSet<(String, String)>,
}

impl JsonDocument {
    /// Starts the document.
    ///
    /// # Errors
    /// If it can not be written.
    pub(crate) fn new(target: Target, lang: Lang) -> Result<Self, Failure> {
        let mut out = target.writer()?;
        out.write_all(b"{\"assessments\":[")?;
        Ok(Self { target, out, lang, empty: true, policies: BTreeSet::new() })
    }
}

impl Sink<JsonPiece> for JsonDocument {
    fn put(&mut self, piece: JsonPiece) -> Result<(), Failure> {
        for text in &piece.texts {
            self.out.write_all(if self.empty { b"\n" } else { b",\n" })?;
            self.out.write_all(text.as_bytes())?;
            self.empty = false;
        }
        for policy in piece.policies {
            if !self.policies.iter().any(|(id, _)| **id == *policy.id) {
                self.policies.insert((policy.id.to_string(), policy.hash.to_string()));
            }
        }
        Ok(())
    }

    fn close(mut self, report: &Report) -> Result<(), Failure> {
        self.out.write_all(b"],\n\"errors\":[")?;
        for (at, error) in report.errors.iter().enumerate() {
            let mut json = Json::new();
            row_error(&mut json, error, self.lang);
            self.out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            self.out.write_all(json.into_text().as_bytes())?;
        }
        let mut json = Json::new();
        json.object(|json| {
            json.key("notes").list(report.file_notes.iter().chain(&report.notes), |json, note| json.string(note.get(self.lang)));
            json.key("policies").list(&self.policies, |json, (id, hash)| {
                json.object(|json| {
                    json.key("id").string(id);
                    json.key("sha256").string(hash);
                });
            });
        });
        let rest = json.into_text();
        writeln!(self.out, "],\n{}", rest.trim_start_matches('{'))?;
        self.out.flush()?;
        drop(self.out);
        self.target.complete()
    }
}

/// An error of a row.
pub(crate) fn row_error(json: &mut Json, error: &RowError, lang: Lang) {
    json.object(|json| {
        json.key("file").string(&error.file);
        json.key("row").number(error.row);
        json.key("column").string(&error.column);
        json.key("value").string(&error.value);
        json.key("message").string(error.message.get(lang));
    });
}
