//! `parse-table`: reads one table from standard input, for the server that started it. Not for people.

use super::Outcome;
use crate::failure::Failure;
use crate::importing;
use clap::{Arg, ArgMatches, Command};
use xueshi_policy::Lang;

/// The command's arguments.
pub(crate) fn command(_: Lang) -> Command {
    Command::new("parse-table").hide(true).arg(Arg::new("columns").long("columns").required(true))
}

/// Reads the table and answers on standard output.
///
/// # Errors
/// If the answer can not be written.
pub(crate) fn run(_: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    importing::parse_table(matches.get_one::<String>("columns").map(String::as_str).unwrap_or_default())?;
    Ok(Outcome::Fine)
}
