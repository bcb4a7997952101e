//! `policy diff`: what a new version of a policy changes, in records.

use super::super::Outcome;
use crate::args;
use crate::failure::Failure;
use crate::lang::t;
use crate::policies;
use clap::{ArgMatches, Command};
use std::collections::BTreeSet;
use std::io::Write as _;
use xueshi_policy::{Change, Lang, compare, has_errors, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let file = |id, name, zh, en| args::file(lang, id, name, zh, en).required(true);
    Command::new("diff")
        .about(t(lang, "比较一份政策的两个版本：每个条目原来怎么说、现在怎么说", "compare two versions of a policy: what each item said and what it says now").to_owned())
        .override_usage("xueshi policy diff OLD.toml NEW.toml [--year YEAR] [--policies DIR]")
        .arg(file("old", "OLD", "原版本", "the old version"))
        .arg(file("new", "NEW", "新版本", "the new version"))
        .arg(
            args::option(lang, "year", "YEAR", "比较哪一年；省略即任一版本有条目起止之年", "the year compared; left out: the years in which something of either begins or ends")
                .value_parser(clap::value_parser!(i16)),
        )
        .arg(args::policies(lang))
        .after_help(t(lang, "例：\n  xueshi policy diff 旧.toml 新.toml --year 2024", "Example:\n  xueshi policy diff old.toml new.toml --year 2024").to_owned())
}

/// Prints the differences.
///
/// # Errors
/// If a file can not be read or is no policy.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let base = policies::library(args::path_of(matches, "policies"))?;
    let load = |id: &str| {
        let path = args::path_of(matches, id).unwrap_or(std::path::Path::new(""));
        let (file, found) = policies::one(path)?;
        match file {
            Some(file) if !has_errors(&found) => {
                let mut library = base.clone();
                library.add(file.clone());
                Ok((library, file))
            }
            _ => Err(Failure::from(found)),
        }
    };
    let ((old, before), (new, after)) = (load("old")?, load("new")?);
    let years: BTreeSet<i16> = match matches.get_one::<i16>("year") {
        Some(year) => BTreeSet::from([*year]),
        None => before.turning_years().into_iter().chain(after.turning_years()).collect(),
    };
    let mut out = std::io::stdout().lock();
    let mut said: Vec<Change> = Vec::new();
    for year in years {
        // What changed in an earlier year already is not said again.
        let mut changes = compare((&old, &before), (&new, &after), year)?;
        changes.retain(|change| !said.contains(change));
        if changes.is_empty() {
            continue;
        }
        said.extend(changes.iter().cloned());
        writeln!(out, "{}", text!("{year} 年", "{year}").get(lang))?;
        for change in changes {
            let kind = match change.kind {
                "added" => t(lang, "新增", "added"),
                "removed" => t(lang, "删去", "removed"),
                _ => t(lang, "改变", "changed"),
            };
            writeln!(out, "  {kind}  {}  {}", change.item, change.text.get(lang))?;
        }
    }
    if said.is_empty() {
        writeln!(out, "{}", t(lang, "没有差别", "no difference"))?;
    }
    Ok(Outcome::Fine)
}
