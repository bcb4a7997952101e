//! Clauses beside figures: what an item of the policies cites, each with its gist and a link to the whole.

use super::errors::Failed;
use super::pages::regulation::anchor;
use super::visit::Visit;
use serde::Serialize;
use xueshi_policy::{CoverageRow, PolicyFile};

/// The clause of what no text says.
const SILENT: &str = "silent";

/// A clause that is cited.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Cite {
    document: String,
    clause: String,
    gist: String,
    pub(super) url: String,
    open: String,
}

impl Cite {
    /// Document and clause in plain words.
    pub(super) fn said(&self) -> String {
        format!("{} {}", self.document, self.clause).trim().to_owned()
    }
}

/// Clauses of a policy, which may be one that is no longer here; `rows` is what became of its clauses. The document is named at the first.
///
/// # Errors
/// If a word is missing.
pub(super) fn cites_in<'c>(visit: &Visit, file: Option<&PolicyFile>, rows: &[CoverageRow], clauses: impl IntoIterator<Item = &'c str>) -> Result<Vec<Cite>, Failed> {
    let mut all = clauses.into_iter().map(|clause| cite(visit, file.filter(|_| clause != SILENT), rows, clause)).collect::<Result<Vec<_>, _>>()?;
    all.iter_mut().skip(1).for_each(|cite| cite.document.clear());
    Ok(all)
}

fn cite(visit: &Visit, file: Option<&PolicyFile>, rows: &[CoverageRow], clause: &str) -> Result<Cite, Failed> {
    let row = file.and_then(|_| rows.iter().find(|row| row.clause == clause));
    Ok(Cite {
        document: file.map(|file| file.cited_as(visit.lang).to_owned()).unwrap_or_default(),
        clause: if clause == SILENT { visit.word("regulation.silent-cite", &[])? } else { clause.to_owned() },
        gist: row.map(|row| visit.say(&row.gist).to_owned()).unwrap_or_default(),
        url: file.map(|file| format!("/regulations/{}#{}", file.id(), anchor(clause))).unwrap_or_default(),
        open: visit.word("regulation.open", &[])?,
    })
}
