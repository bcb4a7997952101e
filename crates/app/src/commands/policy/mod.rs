//! `policy`: the regulations as files: listed, spoken aloud, checked, tried, compared, begun.

mod check;
mod coverage;
mod diff;
mod list;
mod new;
mod schema;
mod show;
mod test;

use super::{Entry, Outcome, dispatch};
use crate::args;
use crate::failure::{Failure, cannot_read};
use crate::lang::t;
use crate::policies;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::path::{Path, PathBuf};
use xueshi_policy::{Lang, Library, PolicyFile, has_errors, text};

/// The subcommands, in the order of the help.
const ALL: &[Entry] = &[
    Entry { command: list::command, run: list::run },
    Entry { command: show::command, run: show::run },
    Entry { command: check::command, run: check::run },
    Entry { command: test::command, run: test::run },
    Entry { command: coverage::command, run: coverage::run },
    Entry { command: diff::command, run: diff::run },
    Entry { command: new::command, run: new::run },
    Entry { command: schema::command, run: schema::run },
];

/// The command with its subcommands.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("policy")
        .about(t(lang, "政策文件：列出、朗读、检查、试算示例、条款落实、比较、新建", "policy files: list, show, check, test, coverage, diff, new, schema").to_owned())
        .override_usage(t(lang, "xueshi policy 子命令 [选项]", "xueshi policy SUBCOMMAND [OPTIONS]").to_owned())
        .arg_required_else_help(true)
        .subcommand_help_heading(t(lang, "子命令", "Subcommands").to_owned())
        .subcommands(ALL.iter().map(|entry| (entry.command)(lang)))
        .after_help(
            t(
                lang,
                "例：\n  xueshi policy list\n  xueshi policy check 我的规定.toml\n  xueshi policy new 原文.txt --output 我的规定.toml",
                "Examples:\n  xueshi policy list\n  xueshi policy check mine.toml\n  xueshi policy new text.txt --output mine.toml",
            )
            .to_owned(),
        )
}

/// Runs the subcommand.
///
/// # Errors
/// If it could not start.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    dispatch(ALL, lang, matches)
}

/// The policies or files a subcommand is about.
fn which(lang: Lang) -> Arg {
    Arg::new("which")
        .value_name("ID|FILE")
        .action(ArgAction::Append)
        .num_args(0..)
        .help_heading(t(lang, "参数", "Arguments"))
        .help(t(lang, "政策标识，或 .toml 文件；省略即全部", "policy ids, or .toml files; all when left out").to_owned())
}

/// `--format json` beside the text.
fn format(lang: Lang) -> Arg {
    args::option(lang, "format", "text|json", "输出格式：text（默认）或 json", "output: text (the default) or json").value_parser(["text", "json"]).hide_possible_values(true)
}

fn is_json(matches: &ArgMatches) -> bool {
    matches.get_one::<String>("format").is_some_and(|format| format == "json")
}

/// The library with the files named on the command line laid over it, and the ids asked for.
///
/// # Errors
/// If a file can not be read or is no policy, an id is unknown, or two files have one id. Findings of a file that decodes are left to the subcommand.
fn chosen(matches: &ArgMatches, tolerant: bool) -> Result<(Library, Vec<String>, Vec<xueshi_policy::Diagnostic>), Failure> {
    let mut policies = policies::read(args::path_of(matches, "policies"))?;
    let words: Vec<&String> = matches.get_many::<String>("which").into_iter().flatten().collect();
    let (mut ids, mut findings) = (Vec::new(), Vec::new());
    for word in words {
        if !word.ends_with(".toml") {
            if policies.library.get(word).is_none() {
                let known: Vec<&str> = policies.library.files().iter().map(PolicyFile::id).collect();
                let (zh, en) = (known.join("、"), known.join(", "));
                return Err(Failure::Message(text!(
                    "没有标识为 {word} 的政策；有：{zh}。文件请写 .toml 路径。",
                    "There is no policy {word}; there are: {en}. Write a file as a path that ends in .toml."
                )));
            }
            ids.push(word.clone());
            continue;
        }
        let (file, found) = policies::one(Path::new(word))?;
        if has_errors(&found) && !tolerant {
            return Err(found.into());
        }
        findings.extend(found);
        if let Some(file) = file {
            ids.push(file.id().to_owned());
            policies.add(file, Path::new(word))?;
        }
    }
    let library = policies.library;
    if ids.is_empty() && findings.is_empty() {
        ids = library.files().iter().map(|file| file.id().to_owned()).collect();
    }
    Ok((library, ids, findings))
}

/// Files of source texts under a folder.
fn texts(folder: &Path) -> Result<Vec<xueshi_policy::SourceText>, Failure> {
    let fail = |error: std::io::Error| cannot_read(folder, &error);
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    paths.into_iter().map(|path| Ok(xueshi_policy::SourceText { bytes: std::fs::read(&path).map_err(fail)?, name: path.display().to_string() })).collect()
}
