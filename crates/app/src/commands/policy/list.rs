//! `policy list`: which policies there are.

use super::super::Outcome;
use crate::args;
use crate::failure::Failure;
use crate::lang::t;
use crate::policies;
use crate::terminal::{left, width};
use clap::{ArgMatches, Command};
use serde_json::json;
use std::io::Write as _;
use xueshi_policy::{Lang, PolicyFile};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("list")
        .about(t(lang, "列出全部政策：标识、名称、地域、年度", "list all policies: id, title, place, years").to_owned())
        .override_usage("xueshi policy list [--policies DIR] [--format text|json]")
        .arg(args::policies(lang))
        .arg(super::format(lang))
        .after_help(
            t(lang, "例：\n  xueshi policy list\n  xueshi policy list --policies 我的目录 --format json", "Examples:\n  xueshi policy list\n  xueshi policy list --policies mine --format json")
                .to_owned(),
        )
}

/// Prints the list.
///
/// # Errors
/// If a policy can not be read.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let library = policies::library(args::path_of(matches, "policies"))?;
    let mut out = std::io::stdout().lock();
    if super::is_json(matches) {
        let all: Vec<_> = library.files().iter().map(|file| as_json(file, lang)).collect();
        writeln!(out, "{:#}", json!(all))?;
        return Ok(Outcome::Fine);
    }
    let rows: Vec<[String; 7]> = library.files().iter().map(|file| row(file, lang)).collect();
    let titles = [t(lang, "标识", "id"), t(lang, "地域", "place"), t(lang, "行业", "sector"), t(lang, "年度", "years"), t(lang, "条目", "items"), t(lang, "文号", "number"), t(lang, "名称", "title")];
    let widest: Vec<usize> = (0..7).map(|at| rows.iter().map(|row| width(&row[at])).chain([width(titles[at])]).max().unwrap_or(0)).collect();
    let line = |cells: [&str; 7]| cells.iter().zip(&widest).map(|(cell, widest)| left(cell, *widest)).collect::<Vec<_>>().join("  ");
    writeln!(out, "{}", line(titles).trim_end())?;
    for row in &rows {
        writeln!(out, "{}", line(row.each_ref().map(String::as_str)).trim_end())?;
    }
    Ok(Outcome::Fine)
}

fn years(file: &PolicyFile) -> String {
    match file.years() {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from}–{to}"),
        (Some(from), None) => format!("{from}–"),
        (None, Some(to)) => format!("–{to}"),
        (None, None) => "*".to_owned(),
    }
}

fn row(file: &PolicyFile, lang: Lang) -> [String; 7] {
    [
        file.id().to_owned(),
        file.place().to_owned(),
        file.sector().unwrap_or("").to_owned(),
        years(file),
        file.items().to_string(),
        file.number().unwrap_or("").to_owned(),
        file.title().get(lang).to_owned(),
    ]
}

fn as_json(file: &PolicyFile, lang: Lang) -> serde_json::Value {
    let (from, to) = file.years();
    json!({
        "id": file.id(), "title": file.title().get(lang), "number": file.number(), "authority": file.authority().get(lang), "place": file.place(), "sector": file.sector(),
        "governs": { "from": from, "to": to }, "items": file.items(), "sha256": file.hash(), "source_sha256": file.source_sha256(),
    })
}
