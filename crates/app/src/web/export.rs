//! Records taken out of the registry as a file that is written while it is read: what one may see, identity numbers masked, the purpose
//! kept. A part of the list is in memory at a time, whatever its length.

use super::api;
use super::errors::Failed;
use super::pieces::{PIECE, Pipe, written};
use super::state::App;
use crate::input::Columns;
use axum::response::Response;
use std::collections::HashMap;
use std::io::{self, Read as _, Seek as _, Write};
use std::sync::Arc;
use xueshi_exchange::{ColumnKind, CsvWriter, Out, ParquetColumn, ParquetKind, ParquetWriter, SheetColumn, XlsxWriter};
use xueshi_policy::Lang;
use xueshi_registry::{Actor, RecordListed, RecordsSought, Registry, time};

/// Records read at a time.
const PART: i64 = 500;

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Comma-separated values with a byte order mark, which spreadsheets want.
    Csv,
    /// A workbook.
    Xlsx,
    /// Columns.
    Parquet,
}

impl Kind {
    /// The end of the file's name.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    /// Its media type.
    pub(super) fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// The kind of a name's end.
    pub(super) fn of(extension: &str) -> Option<Self> {
        [Self::Csv, Self::Xlsx, Self::Parquet].into_iter().find(|kind| kind.extension() == extension)
    }
}

/// What is taken out.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// As which kind of file.
    pub(super) kind: Kind,
    /// Which records.
    pub(super) sought: RecordsSought,
    /// What for.
    pub(super) purpose: String,
    /// The language of the headers: column names, or Chinese titles.
    pub(super) lang: Lang,
}

/// Answers with the records that the actor may see.
///
/// # Errors
/// If no purpose is stated.
pub(super) async fn records(app: &Arc<App>, actor: Actor, wanted: Wanted) -> Result<Response, Failed> {
    let (by, what, purpose) = (actor.clone(), described(&wanted), wanted.purpose.clone());
    api::ask(app, move |registry| registry.note_export(&by, &what, &purpose)).await?;
    let (registry, kind) = (Arc::clone(&app.registry), wanted.kind);
    let name = format!("records.{}", kind.extension());
    written(&name, kind.media(), move |pipe| write(&registry, &actor, &wanted, pipe))
}

/// What is kept of an export beside its purpose.
fn described(wanted: &Wanted) -> String {
    let RecordsSought { person, year, state } = &wanted.sought;
    let parts =
        [Some(format!("records.{}", wanted.kind.extension())), person.map(|id| format!("person {id}")), year.map(|year| year.to_string()), Some(state.clone()).filter(|state| !state.is_empty())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The columns that are not facts, in order.
const OWN: [(&str, &str); 9] = [
    ("person", "人员编号"),
    ("record", "记录编号"),
    ("name", "姓名"),
    ("identity", "身份证号"),
    ("employer", "用人单位"),
    ("year", "年度"),
    ("state", "状态"),
    ("since", "状态起始日期"),
    ("title", "学习内容"),
];

fn write(registry: &Registry, actor: &Actor, wanted: &Wanted, pipe: &mut Pipe) -> io::Result<()> {
    let year = wanted.sought.year.and_then(|year| i16::try_from(year).ok()).unwrap_or_else(|| registry.clock().today().year());
    let heads = Columns::of(registry.engine(), year).records;
    let facts: Vec<&str> = heads.list().iter().map(|head| head.id.as_str()).filter(|id| !["person", "record", "title", "evidence"].contains(id)).collect();
    let title = |id: &str, zh: &str| if wanted.lang == Lang::Zh && wanted.kind != Kind::Parquet { zh.to_owned() } else { id.to_owned() };
    let titles: Vec<String> = OWN.iter().map(|(id, zh)| title(id, zh)).chain(facts.iter().map(|id| title(id, &heads.title(id)))).collect();
    let parts = Parts { registry, actor, sought: &wanted.sought, facts: &facts };
    match wanted.kind {
        Kind::Csv => {
            let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
            let mut writer = CsvWriter::with_bom(pipe, &titles)?;
            parts.each(|row| writer.row(row))?;
            writer.finish()?.flush()
        }
        Kind::Parquet => {
            let kind = |at: usize| if [0, 1, 5].contains(&at) { ParquetKind::Integer } else { ParquetKind::Text };
            let columns: Vec<ParquetColumn> = titles.into_iter().enumerate().map(|(at, title)| ParquetColumn { title, kind: kind(at) }).collect();
            let mut writer = ParquetWriter::new(pipe, &columns)?;
            parts.each(|row| writer.row(row))?;
            writer.finish()
        }
        Kind::Xlsx => {
            let columns: Vec<SheetColumn> = titles.into_iter().map(|title| SheetColumn { title, width: 14, kind: ColumnKind::Text }).collect();
            let mut writer = XlsxWriter::new();
            let sheet = if wanted.lang == Lang::Zh { "记录" } else { "records" };
            writer.sheet(sheet, &columns).map_err(of_file)?;
            parts.each(|row| writer.row(row).map_err(of_file))?;
            // A workbook's end tells where its parts stand, so that it is put together on disk.
            let mut file = tempfile::tempfile()?;
            writer.save_to_writer(&mut file).map_err(of_file)?;
            file.rewind()?;
            let mut piece = vec![0; PIECE];
            loop {
                match file.read(&mut piece)? {
                    0 => return Ok(()),
                    read => pipe.write_all(&piece[..read])?,
                }
            }
        }
    }
}

fn of_file(error: xueshi_exchange::FileError) -> io::Error {
    io::Error::other(error.cause.en)
}

/// The records, part by part.
struct Parts<'a> {
    registry: &'a Registry,
    actor: &'a Actor,
    sought: &'a RecordsSought,
    facts: &'a [&'a str],
}

impl Parts<'_> {
    fn each(&self, mut row: impl FnMut(&[Out<'_>]) -> io::Result<()>) -> io::Result<()> {
        let mut after = 0;
        loop {
            let lines = self.registry.records(self.actor, self.sought, after, PART).map_err(io::Error::other)?;
            let Some(last) = lines.last() else { return Ok(()) };
            after = last.case;
            let mut people: Vec<i64> = lines.iter().map(|line| line.person).collect();
            people.sort_unstable();
            people.dedup();
            let identities: HashMap<i64, String> = self.registry.masked_identities(&people).map_err(io::Error::other)?.into_iter().collect();
            for line in &lines {
                self.one(line, identities.get(&line.person).map(String::as_str).unwrap_or_default(), &mut row)?;
            }
        }
    }

    fn one(&self, line: &RecordListed, identity: &str, row: &mut impl FnMut(&[Out<'_>]) -> io::Result<()>) -> io::Result<()> {
        let text = |text| if str::is_empty(text) { Out::Empty } else { Out::Text(text) };
        let since = time::day_of(line.since).to_string();
        let own =
            [Out::Integer(line.person), Out::Integer(line.record), text(&line.name), text(identity), text(&line.employer), Out::Integer(line.year), text(&line.state), text(&since), text(&line.title)];
        let facts = self.facts.iter().map(|column| text(line.facts.get(*column).map(String::as_str).unwrap_or_default()));
        row(&own.into_iter().chain(facts).collect::<Vec<_>>())
    }
}
