//! Reading files from elsewhere in a process of its own: it has no keys, no settings, little memory and little time. What goes wrong in it
//! is an answer, not the end of the server.
//!
//! The parent hands the file over as standard input and the columns as an argument; the child answers with a line of JSON a row.

use super::Parsed;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use xueshi_exchange::{Cell, FileError, Header, Limits, Which, read_with};
use xueshi_policy::Text;
use xueshi_registry::{CellFault, IMPORT_ROWS_MAX, ImportRow};

/// A file that is sent, at most.
pub(crate) const FILE_BYTES_MAX: usize = 32 << 20;
/// Memory the child may take, in bytes.
const MEMORY_MAX: u64 = 1 << 30;
/// Processor time it may take, in seconds; and by the clock twice that.
const SECONDS_MAX: u64 = 60;
/// What it may answer, in bytes.
const ANSWER_MAX: u64 = 512 << 20;

/// Where files are read.
#[derive(Clone, Debug, Default)]
pub(crate) enum Parser {
    /// In a process of this program.
    #[default]
    Child,
    /// Here; for tests of pages, whose program has no such command.
    #[cfg(test)]
    Here,
}

impl Parser {
    /// Reads a file.
    ///
    /// # Errors
    /// Why it can not be read, with the remedy.
    pub(crate) fn read(&self, bytes: &[u8], headers: &[Header]) -> Result<Parsed, Text> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(Text::new(format!("文件超过 {} MB，请分成几个文件。", FILE_BYTES_MAX >> 20), format!("The file is larger than {} MB; split it.", FILE_BYTES_MAX >> 20)));
        }
        match self {
            Self::Child => in_child(bytes, headers),
            #[cfg(test)]
            Self::Here => {
                let mut file = tempfile::NamedTempFile::new().map_err(|error| unusable(&error))?;
                file.write_all(bytes).map_err(|error| unusable(&error))?;
                let mut out = Vec::new();
                answer(file.path(), headers, &mut out).map_err(|error| unusable(&error))?;
                understood(out.as_slice())
            }
        }
    }
}

fn unusable(error: &dyn std::fmt::Display) -> Text {
    tracing::error!(%error, "a file could not be read apart");
    Text::new("现在读不了文件，请稍后再试；仍不行请找管理人员。", "The file can not be read now. Try again later; if it fails again, tell the administrator.")
}

fn in_child(bytes: &[u8], headers: &[Header]) -> Result<Parsed, Text> {
    let mut child = start(bytes, headers).map_err(|error| unusable(&error))?;
    let out = child.stdout.take().ok_or_else(|| unusable(&"no output"))?;
    let (done, waiting) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let read = understood(BufReader::new(out.take(ANSWER_MAX)));
        // Nobody waits where it took too long.
        let _ = done.send(read);
    });
    let read = waiting.recv_timeout(Duration::from_secs(2 * SECONDS_MAX));
    if read.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| unusable(&error))?;
    let _ = reader.join();
    match read {
        Ok(Ok(parsed)) if status.success() => Ok(parsed),
        Ok(Err(why)) if status.success() => Err(why),
        _ => {
            tracing::warn!(%status, "a file took more than it may");
            Err(Text::new(
                "文件太复杂，读取时超出了内存或时间限制。请另存为 CSV，或分成几个文件后再上传。",
                "The file took more memory or time than it may. Save it as CSV, or split it, and upload it again.",
            ))
        }
    }
}

/// Starts the child with the file as its input, and nothing of our surroundings.
fn start(bytes: &[u8], headers: &[Header]) -> std::io::Result<std::process::Child> {
    // A file without a name: nothing of it is left however the process ends.
    let mut file: File = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    let columns: Vec<Value> = headers.iter().map(|header| json!({ "id": header.id, "names": header.names, "required": header.required })).collect();
    let program: PathBuf = std::env::current_exe()?;
    Command::new(program)
        .args(["parse-table", "--columns", &Value::from(columns).to_string()])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(file))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

/// What the child does: limits itself, reads standard input as a table, answers.
///
/// # Errors
/// If the answer can not be written, or the columns are none.
pub(crate) fn parse_table(columns: &str) -> std::io::Result<()> {
    limit();
    let all: Value = serde_json::from_str(columns)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let header = |one: &Value| Header { id: text(&one["id"]), names: one["names"].as_array().into_iter().flatten().map(text).collect(), required: one["required"] == true };
    let headers: Vec<Header> = all.as_array().into_iter().flatten().map(header).collect();
    answer(Path::new("/dev/stdin"), &headers, &mut BufWriter::new(std::io::stdout().lock()))
}

/// Takes away memory and time beyond what a table needs.
#[cfg(unix)]
fn limit() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (resource, most) in [(Resource::As, MEMORY_MAX), (Resource::Cpu, SECONDS_MAX), (Resource::Core, 0), (Resource::Fsize, 0)] {
        // Where the system has no such limit, the others hold.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

#[cfg(not(unix))]
fn limit() {}

fn answer(path: &Path, headers: &[Header], out: &mut impl Write) -> std::io::Result<()> {
    let limits = Limits { file_bytes: FILE_BYTES_MAX as u64, unpacked_bytes: 512 << 20, csv_rows: IMPORT_ROWS_MAX as u32, ..Limits::default() };
    let table = match read_with(path, headers, Which::First, &limits, &|_, _| {}) {
        Ok(Some(table)) => table,
        Ok(None) => return writeln!(out, "{}", json!({ "refused": { "zh": "文件里没有工作表。", "en": "The file has no sheet." } })),
        Err(FileError { cause, remedy, .. }) => {
            return writeln!(out, "{}", json!({ "refused": { "zh": format!("{}{}", cause.zh, remedy.zh), "en": format!("{} {}", cause.en, remedy.en) } }));
        }
    };
    for notice in &table.notices {
        writeln!(out, "{}", json!({ "notice": { "zh": notice.text.zh, "en": notice.text.en } }))?;
    }
    for fault in &table.row_errors {
        let fault_text = json!({ "column": fault.column, "value": fault.value, "zh": format!("{}{}", fault.cause.zh, fault.remedy.zh), "en": format!("{} {}", fault.cause.en, fault.remedy.en) });
        writeln!(out, "{}", json!({ "row": fault.row, "cells": {}, "fault": fault_text }))?;
    }
    for row in 0..table.len() {
        let mut cells = serde_json::Map::new();
        let mut fault = Value::Null;
        for (at, header) in headers.iter().enumerate() {
            let text = match table.cell(row, at) {
                Cell::Empty => continue,
                Cell::Text(text) => text.to_owned(),
                Cell::Number(digits) => digits.to_owned(),
                Cell::Date(day) => day.to_string(),
                Cell::Bad(bad) => {
                    fault = json!({ "column": header.id, "value": bad.value, "zh": format!("{}{}", bad.cause.zh, bad.remedy.zh), "en": format!("{} {}", bad.cause.en, bad.remedy.en) });
                    continue;
                }
            };
            cells.insert(header.id.clone(), text.into());
        }
        writeln!(out, "{}", json!({ "row": table.row_number(row), "cells": cells, "fault": fault }))?;
    }
    writeln!(out, "{}", json!({ "end": true }))?;
    out.flush()
}

/// Reads the answer; one that does not come to its end is none.
fn understood(from: impl std::io::BufRead) -> Result<Parsed, Text> {
    let mut parsed = Parsed::default();
    for line in from.lines() {
        let line = line.map_err(|error| unusable(&error))?;
        let value: Value = serde_json::from_str(&line).map_err(|error| unusable(&error))?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let both = |value: &Value| Text::new(text(&value["zh"]), text(&value["en"]));
        if value["refused"].is_object() {
            return Err(both(&value["refused"]));
        }
        if value["end"] == true {
            parsed.rows.sort_by_key(|row: &ImportRow| row.row);
            return Ok(parsed);
        }
        if value["notice"].is_object() {
            parsed.notices.push(both(&value["notice"]));
            continue;
        }
        let cells = value["cells"].as_object().into_iter().flatten().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        let fault = &value["fault"];
        parsed.rows.push(ImportRow {
            row: value["row"].as_i64().unwrap_or_default(),
            cells: cells.collect(),
            fault: fault.is_object().then(|| CellFault { column: text(&fault["column"]), value: text(&fault["value"]), text: both(fault) }),
        });
    }
    Err(unusable(&"the answer broke off"))
}
