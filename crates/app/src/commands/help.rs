//! `help`: the help of a command, as `xueshi COMMAND --help` shows it.

use super::Outcome;
use crate::args::{self, word};
use crate::failure::Failure;
use crate::lang::t;
use clap::{Arg, ArgMatches, Command};
use xueshi_policy::{Lang, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("help")
        .about(t(lang, "显示某个命令的说明", "print the help of a command").to_owned())
        .override_usage("xueshi help [COMMAND]")
        .arg(Arg::new("command").value_name("COMMAND").help_heading(t(lang, "参数", "Arguments")).help(t(lang, "命令", "the command").to_owned()))
}

/// Shows the help.
///
/// # Errors
/// If there is no such command.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let mut root = args::root(lang);
    root.build();
    let Some(name) = word(matches, "command") else {
        root.print_help()?;
        return Ok(Outcome::Fine);
    };
    match root.find_subcommand_mut(name) {
        Some(command) => command.print_help()?,
        None => return Err(Failure::Message(text!("没有 {name} 这个命令。", "There is no command {name}."))),
    }
    Ok(Outcome::Fine)
}
