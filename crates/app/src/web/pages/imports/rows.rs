//! `/imports/{id}/rows.csv`: what became of every row, as a table to mend the file by.

use super::one::titles;
use crate::web::errors::Failed;
use crate::web::pieces::{CSV, Pipe, written};
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use xueshi_exchange::{CsvWriter, Out};
use xueshi_registry::{Actor, ImportLine, Registry};

/// Rows read at once.
const PART: i64 = 2_000;

/// `GET /imports/{id}/rows.csv`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    let by = actor.clone();
    app.ask(move |registry| registry.import(&by, id)).await?;
    let head = visit.word("imports.csv-head", &[])?;
    let titles = titles(&app, &visit);
    written(&format!("import-{id}.csv"), CSV, move |pipe| write(&app.registry, &visit, &actor, (id, &head, &titles), pipe))
}

fn write(registry: &Registry, visit: &Visit, actor: &Actor, (id, head, titles): (i64, &str, &HashMap<String, String>), pipe: &mut Pipe) -> io::Result<()> {
    let mut writer = CsvWriter::with_bom(pipe, &head.split(',').collect::<Vec<_>>())?;
    let mut after = 0;
    loop {
        let lines = registry.import_lines(actor, id, None, after, PART).map_err(io::Error::other)?;
        let Some(last) = lines.last() else { return writer.finish().map(drop) };
        after = last.row;
        lines.iter().try_for_each(|line| row(visit, titles, line, &mut writer))?;
    }
}

fn row(visit: &Visit, titles: &HashMap<String, String>, line: &ImportLine, writer: &mut CsvWriter<&mut Pipe>) -> io::Result<()> {
    let title = |column: &str| titles.get(column).cloned().unwrap_or_else(|| column.to_owned());
    let (column, value, why) = line.fault.as_ref().map(|fault| (title(&fault.column), fault.value.as_str(), visit.say(&fault.text))).unwrap_or_default();
    let changes = line.changes.iter().map(|(column, before, after)| format!("{}: {before} → {after}", title(column))).collect::<Vec<_>>().join("; ");
    writer.row(&[Out::Integer(line.row), Out::Text(line.outcome.word()), Out::Text(&line.about), Out::Text(&column), Out::Text(value), Out::Text(why), Out::Text(&changes)])
}
