//! What a form with files held. Its token comes first, so that nothing of a stranger's form is read.

use crate::web::errors::Failed;
use crate::web::session::{Current, check_token};
use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use xueshi_registry::{Actor, NewEvidence, Registry, check_file};

/// A form of columns and proofs.
#[derive(Debug, Default)]
pub(in crate::web) struct Sent {
    /// Which button: `try` keeps nothing.
    pub(super) trying: bool,
    /// The version that was looked at.
    pub(super) version: i64,
    /// The case of the record to be corrected.
    pub(super) corrects: Option<i64>,
    /// Values by column; a column of several codes has them with semicolons between.
    pub(in crate::web) values: Vec<(String, String)>,
    /// What the files prove.
    pub(super) kind: String,
    /// The files that were chosen.
    pub(in crate::web) files: Vec<NewEvidence>,
}

fn broken(error: MultipartError) -> Failed {
    Failed::Status(error.status())
}

impl Sent {
    /// Reads a form.
    ///
    /// # Errors
    /// If its first field is not the token of the session, or it can not be read.
    pub(in crate::web) async fn read(mut body: Multipart, current: &Current) -> Result<Self, Failed> {
        let first = body.next_field().await.map_err(broken)?;
        let token = match first {
            Some(field) if field.name() == Some("csrf") => Some(field.text().await.map_err(broken)?),
            _ => None,
        };
        check_token(Some(current), token.as_deref())?;
        let mut sent = Self::default();
        while let Some(field) = body.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                let file = field.file_name().unwrap_or_default().to_owned();
                let bytes = field.bytes().await.map_err(broken)?;
                // A browser sends a file without a name where none was chosen.
                if !file.is_empty() {
                    sent.files.push(NewEvidence { kind: String::new(), name: file, bytes: bytes.to_vec() });
                }
                continue;
            }
            let value = field.text().await.map_err(broken)?.trim().to_owned();
            sent.take(name, value);
        }
        for file in &mut sent.files {
            file.kind.clone_from(&sent.kind);
        }
        Ok(sent)
    }

    fn take(&mut self, name: String, value: String) {
        match name.as_str() {
            "do" => self.trying = value == "try",
            "version" => self.version = value.parse().unwrap_or_default(),
            "corrects" => self.corrects = value.parse().ok(),
            "kind-of-proof" => self.kind = value,
            _ if value.is_empty() => {}
            _ => match self.values.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = format!("{known};{value}"),
                None => self.values.push((name, value)),
            },
        }
    }

    /// The value of a column.
    pub(in crate::web) fn value(&self, column: &str) -> &str {
        self.values.iter().find(|(known, _)| known == column).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// The kinds of proofs there will be, with those already attached.
    pub(super) fn proofs(&self, attached: &[String]) -> String {
        let mut kinds: Vec<&str> = attached.iter().map(String::as_str).collect();
        if !self.files.is_empty() && !self.kind.is_empty() {
            kinds.push(&self.kind);
        }
        kinds.join(";")
    }

    /// Checks the files before anything is kept.
    ///
    /// # Errors
    /// See [`check_file`].
    pub(super) fn check(&self) -> xueshi_registry::Result<()> {
        self.files.iter().try_for_each(|new| check_file(new).map(drop))
    }

    /// Attaches the files to a case.
    ///
    /// # Errors
    /// What the registry refuses.
    pub(super) fn attach(&self, registry: &Registry, actor: &Actor, case: i64) -> xueshi_registry::Result<()> {
        self.check()?;
        self.files.iter().try_for_each(|new| registry.attach(actor, case, new).map(drop))
    }
}
