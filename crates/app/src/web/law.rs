//! Clauses beside figures: what an item of the policies cites, each with its gist and a link to the whole.

use super::errors::Failed;
use super::pages::regulation::anchor;
use super::state::App;
use super::visit::Visit;
use serde::Serialize;
use xueshi_policy::{ItemRef, coverage};

/// The clause of what no text says.
const SILENT: &str = "silent";

/// A clause that is cited.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Cite {
    document: String,
    clause: String,
    gist: String,
    url: String,
    open: String,
}

/// The clauses of an item.
///
/// # Errors
/// If a word is missing.
pub(super) fn cites(app: &App, visit: &Visit, item: &ItemRef) -> Result<Vec<Cite>, Failed> {
    cites_of(app, visit, &item.policy, item.cite.iter().map(|clause| &**clause))
}

/// Clauses of a policy, which may be one that is no longer here.
///
/// # Errors
/// If a word is missing.
pub(super) fn cites_of<'c>(app: &App, visit: &Visit, policy: &str, clauses: impl IntoIterator<Item = &'c str>) -> Result<Vec<Cite>, Failed> {
    clauses.into_iter().map(|clause| cite(app, visit, policy, clause)).collect()
}

fn cite(app: &App, visit: &Visit, policy: &str, clause: &str) -> Result<Cite, Failed> {
    let file = app.engine.library().get(policy).filter(|_| clause != SILENT);
    let row = file.and_then(|file| coverage(file).into_iter().find(|row| row.clause == clause));
    Ok(Cite {
        document: file.map(|file| file.cited_as(visit.lang).to_owned()).unwrap_or_default(),
        clause: if clause == SILENT { visit.word("regulation.silent-cite", &[])? } else { clause.to_owned() },
        gist: row.map(|row| visit.say(&row.gist).to_owned()).unwrap_or_default(),
        url: file.map(|file| format!("/regulations/{}#{}", file.id(), anchor(clause))).unwrap_or_default(),
        open: visit.word("regulation.open", &[])?,
    })
}
