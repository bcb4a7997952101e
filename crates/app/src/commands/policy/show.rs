//! `policy show`: a policy spoken aloud, to be held against its regulation.

use super::super::Outcome;
use crate::args;
use crate::failure::Failure;
use crate::lang::t;
use clap::{ArgMatches, Command};
use std::io::Write as _;
use xueshi_policy::{Lang, show};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("show")
        .about(t(lang, "逐条读出一份政策，供与原文对照：每句话取自编译后的规则，不是文件的字面", "speak a policy aloud, to be held against its regulation: as compiled, not as written").to_owned())
        .override_usage("xueshi policy show ID|FILE … [--policies DIR]")
        .arg(super::which(lang).required(true).num_args(1..).help(t(lang, "政策标识，或 .toml 文件", "policy ids, or .toml files").to_owned()))
        .arg(args::policies(lang))
        .after_help(
            t(
                lang,
                "例：\n  xueshi policy show cn-65-city-2022\n  xueshi policy show 我的规定.toml --lang en\n\n每条先写条款；“见解读”处有别的取法，列在后面。",
                "Examples:\n  xueshi policy show cn-65-city-2022\n  xueshi policy show mine.toml --lang en\n\nEvery line begins with its clause; \"reading\" marks what could be taken otherwise, as listed further down.",
            )
            .to_owned(),
        )
}

/// Speaks the policies.
///
/// # Errors
/// If a file can not be read or is no policy, or there is no such policy.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let (library, ids, _) = super::chosen(matches, false)?;
    let mut out = std::io::stdout().lock();
    for (at, text) in ids.iter().filter_map(|id| show(&library, id, lang)).enumerate() {
        let gap = if at > 0 { "\n" } else { "" };
        write!(out, "{gap}{text}")?;
    }
    Ok(Outcome::Fine)
}
