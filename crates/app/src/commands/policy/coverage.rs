//! `policy coverage`: every clause of a regulation and what became of it.

use super::super::Outcome;
use crate::args;
use crate::failure::Failure;
use crate::lang::t;
use crate::terminal::{left, width};
use clap::{ArgMatches, Command};
use serde_json::json;
use std::io::Write as _;
use xueshi_policy::{CoverageRow, Lang, coverage, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("coverage")
        .about(t(lang, "逐条列出条款及其落实；有缺漏则失败", "every clause and what became of it; fails on a gap").to_owned())
        .override_usage("xueshi policy coverage [ID|FILE …] [--policies DIR] [--format text|json]")
        .arg(super::which(lang))
        .arg(args::policies(lang))
        .arg(super::format(lang))
        .after_help(
            t(
                lang,
                "例：\n  xueshi policy coverage cn-50-2006-17\n\n落实一栏：rule 由规则计算；text 无行为；其余为功能，planned 表示尚未做。",
                "Example:\n  xueshi policy coverage cn-50-2006-17\n\nWhat became of it: rule is computed; text has no behaviour; the others name a feature, planned one still to come.",
            )
            .to_owned(),
        )
}

/// Prints the clauses.
///
/// # Errors
/// If a file can not be read or is no policy.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let (library, ids, _) = super::chosen(matches, false)?;
    let all: Vec<(&str, Vec<CoverageRow>)> = ids.iter().filter_map(|id| library.get(id)).map(|file| (file.id(), coverage(file))).filter(|(_, rows)| !rows.is_empty()).collect();
    let mut out = std::io::stdout().lock();
    if super::is_json(matches) {
        let all: Vec<_> = all.iter().map(|(id, rows)| json!({ "policy": id, "clauses": rows.iter().map(|row| as_json(row, lang)).collect::<Vec<_>>() })).collect();
        writeln!(out, "{:#}", json!(all))?;
    } else {
        for (id, rows) in &all {
            print(&mut out, id, rows, lang)?;
        }
    }
    let gaps: usize = all.iter().map(|(_, rows)| rows.iter().filter(|row| row.gap).count()).sum();
    let clauses: usize = all.iter().map(|(_, rows)| rows.len()).sum();
    if !super::is_json(matches) {
        writeln!(out, "{}", text!("{clauses} 条，{gaps} 条没有着落", "{clauses} clauses, {gaps} unaccounted for").get(lang))?;
    }
    Ok(if gaps > 0 { Outcome::Errors } else { Outcome::Fine })
}

fn print(out: &mut impl std::io::Write, id: &str, rows: &[CoverageRow], lang: Lang) -> Result<(), Failure> {
    let widest = |cells: &dyn Fn(&CoverageRow) -> String| rows.iter().map(|row| width(&cells(row))).max().unwrap_or(0);
    let (clauses, became) = (widest(&|row| row.clause.clone()), widest(&words));
    writeln!(out, "{id}")?;
    for row in rows {
        let gap = if row.gap { t(lang, "〔缺漏〕", "[gap] ") } else { "" };
        let items = if row.items.is_empty() { String::new() } else { format!("  ← {}", row.items.join(", ")) };
        writeln!(out, "  {}  {}  {gap}{}{items}", left(&row.clause, clauses), left(&words(row), became), row.gist.get(lang))?;
    }
    writeln!(out)?;
    Ok(())
}

fn words(row: &CoverageRow) -> String {
    let word = |(kind, feature): &(String, Option<String>)| feature.as_ref().map_or_else(|| kind.clone(), |feature| format!("{kind}:{feature}"));
    row.became.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn as_json(row: &CoverageRow, lang: Lang) -> serde_json::Value {
    json!({ "clause": row.clause, "is": row.became.iter().map(|(kind, feature)| json!({ "kind": kind, "feature": feature })).collect::<Vec<_>>(), "items": row.items, "gist": row.gist.get(lang), "gap": row.gap })
}
