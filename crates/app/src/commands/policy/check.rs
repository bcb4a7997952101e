//! `policy check`: everything that can be proved about policies.

use super::super::Outcome;
use crate::args;
use crate::failure::Failure;
use crate::lang::{plural, t};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;
use std::io::Write as _;
use xueshi_policy::{Diagnostic, Lang, Severity, check};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let quiet = Arg::new("quiet").long("quiet").short('q').action(ArgAction::SetTrue).help_heading(args::heading(lang));
    Command::new("check")
        .about(
            t(lang, "检查政策：名称、规则重叠与缺漏、条款、解读、示例，能证明的都证明", "check policies: names, overlaps and gaps, clauses, readings, examples; what can be proved is proved")
                .to_owned(),
        )
        .override_usage("xueshi policy check [ID|FILE …] [--policies DIR] [--source DIR] [--quiet] [--format text|json]")
        .arg(super::which(lang))
        .arg(args::policies(lang))
        .arg(args::path(lang, "source", "DIR", "原文所在目录：核对 SHA-256 与条款编号", "folder of source texts: SHA-256 and numbered clauses are compared"))
        .arg(quiet.help(t(lang, "不显示提示", "do not show notes").to_owned()))
        .arg(super::format(lang))
        .after_help(
            t(
                lang,
                "例：\n  xueshi policy check\n  xueshi policy check 我的规定.toml --source 原文目录\n\n退出码：0 没有错误；1 有错误；2 无法开始。",
                "Examples:\n  xueshi policy check\n  xueshi policy check mine.toml --source texts\n\nExit codes: 0 no errors; 1 errors; 2 could not start.",
            )
            .to_owned(),
        )
}

/// Checks and prints every finding.
///
/// # Errors
/// If a file can not be read.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let (library, ids, mut findings) = super::chosen(matches, true)?;
    let sources = args::path_of(matches, "source").map(super::texts).transpose()?;
    // A file that does not decode is not proved anything about.
    if !xueshi_policy::has_errors(&findings) {
        for id in &ids {
            findings.extend(check(&library, id, sources.as_deref()));
        }
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings, notes) = (count(Severity::Error), count(Severity::Warning), count(Severity::Note));
    let quiet = matches.get_flag("quiet");
    let mut out = std::io::stdout().lock();
    if super::is_json(matches) {
        let all: Vec<_> = findings.iter().filter(|finding| !quiet || finding.severity != Severity::Note).map(|finding| as_json(finding, lang)).collect();
        writeln!(out, "{:#}", json!(all))?;
    } else {
        for finding in findings.iter().filter(|finding| !quiet || finding.severity != Severity::Note) {
            writeln!(out, "{}", finding.render(lang))?;
        }
        let policies = ids.len();
        let zh = format!("{policies} 份政策：{errors} 个错误，{warnings} 个警告，{notes} 个提示");
        let en = [plural(policies, "policy", "policies"), plural(errors, "error", "errors"), plural(warnings, "warning", "warnings"), plural(notes, "note", "notes")];
        let [policies, errors, warnings, notes] = en;
        writeln!(out, "{}", t(lang, &zh, &format!("{policies}: {errors}, {warnings}, {notes}")))?;
    }
    Ok(if errors > 0 { Outcome::Errors } else { Outcome::Fine })
}

fn as_json(finding: &Diagnostic, lang: Lang) -> serde_json::Value {
    let (line, column) = finding.source.place(finding.span.start);
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    json!({
        "code": finding.code.name(), "severity": severity, "file": finding.source.name, "line": line, "column": column,
        "cause": finding.cause.get(lang), "remedy": finding.remedy.get(lang),
    })
}
