//! `completions`: what a shell needs to complete the command line.

use super::Outcome;
use crate::args;
use crate::failure::Failure;
use crate::lang::t;
use clap::{Arg, ArgMatches, Command};
use clap_complete::Shell;
use std::io::Write as _;
use xueshi_policy::Lang;

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let shell = Arg::new("shell").value_name("SHELL").required(true).value_parser(clap::value_parser!(Shell)).hide_possible_values(true);
    Command::new("completions")
        .about(t(lang, "输出 shell 补全脚本", "print the completion script of a shell").to_owned())
        .override_usage("xueshi completions bash|zsh|fish|elvish|powershell")
        .arg(shell.help_heading(t(lang, "参数", "Arguments")).help("bash, zsh, fish, elvish, powershell"))
        .after_help(
            t(
                lang,
                "例：\n  xueshi completions bash > ~/.local/share/bash-completion/completions/xueshi\n  xueshi completions zsh > ~/.zfunc/_xueshi",
                "Examples:\n  xueshi completions bash > ~/.local/share/bash-completion/completions/xueshi\n  xueshi completions zsh > ~/.zfunc/_xueshi",
            )
            .to_owned(),
        )
}

/// Prints the script.
///
/// # Errors
/// If it can not be written.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    if let Some(shell) = matches.get_one::<Shell>("shell") {
        clap_complete::generate(*shell, &mut args::root(lang), "xueshi", &mut script);
    }
    let mut out = std::io::stdout().lock();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Outcome::Fine)
}
