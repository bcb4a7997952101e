//! `/imports/{id}/rows.csv`: what became of every row, as a table to mend the file by. It is written as it is read.

use super::one::titles;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use std::collections::HashMap;
use std::sync::Arc;
use xueshi_registry::{Actor, ImportLine};

/// Rows read at once.
const PART: i64 = 2_000;

/// What the stream goes by.
struct Reading {
    app: Arc<App>,
    visit: Visit,
    actor: Actor,
    titles: HashMap<String, String>,
    id: i64,
    /// The last row written; nothing once all are.
    after: Option<i64>,
}

/// `GET /imports/{id}/rows.csv`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    let by = actor.clone();
    app.ask(move |registry| registry.import(&by, id)).await?;
    let head = visit.word("imports.csv-head", &[])?;
    let titles = titles(&app, &visit);
    let reading = Reading { app, visit, actor, titles, id, after: Some(0) };
    // Spreadsheets take a CSV file for UTF-8 where it begins with this mark.
    let begin = format!("\u{feff}{head}\r\n");
    let parts = stream::unfold((Some(begin), reading), |(begin, reading)| async move {
        match begin {
            Some(begin) => Some((Ok(begin), (None, reading))),
            None => next(reading).await,
        }
    });
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"import-{id}.csv\"")), (CACHE_CONTROL, "private, no-store".to_owned())];
    Ok((headers, Body::from_stream(parts)).into_response())
}

type Step = (Result<String, std::io::Error>, (Option<String>, Reading));

async fn next(mut reading: Reading) -> Option<Step> {
    let (actor, id, after) = (reading.actor.clone(), reading.id, reading.after?);
    let lines = match reading.app.ask(move |registry| registry.import_lines(&actor, id, None, after, PART)).await {
        Ok(lines) => lines,
        Err(why) => {
            // What was sent can not be taken back: it breaks off, and the browser says so.
            tracing::error!(?why, "a table broke off");
            reading.after = None;
            return Some((Err(std::io::Error::other("broken off")), (None, reading)));
        }
    };
    reading.after = lines.last().map(|line| line.row);
    reading.after?;
    let text = lines.iter().map(|line| written(&reading, line)).collect();
    Some((Ok(text), (None, reading)))
}

fn written(reading: &Reading, line: &ImportLine) -> String {
    let title = |column: &str| reading.titles.get(column).cloned().unwrap_or_else(|| column.to_owned());
    let (column, value, why) = line.fault.as_ref().map(|fault| (title(&fault.column), fault.value.clone(), reading.visit.say(&fault.text).to_owned())).unwrap_or_default();
    let changes = line.changes.iter().map(|(column, before, after)| format!("{}: {before} → {after}", title(column))).collect::<Vec<_>>().join("; ");
    let cells = [line.row.to_string(), line.outcome.word().to_owned(), line.about.clone(), column, value, why, changes];
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// A cell that no spreadsheet takes for a formula.
fn quoted(cell: &str) -> String {
    let safe = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}
