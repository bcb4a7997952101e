//! The commands: each is one file and one line in [`ALL`].

mod assess;
mod backup;
mod completions;
mod demo;
mod doctor;
pub(crate) mod gate;
mod help;
mod keys;
mod ledger;
mod parse_table;
mod policy;
mod restore;
mod retention;
mod serve;
mod simulate;
mod template;
mod try_;
mod verify;

pub(crate) use template::sheet_columns;

use crate::failure::Failure;
use clap::{ArgMatches, Command};
use std::process::ExitCode;
use xueshi_policy::{Lang, Text};

/// A command.
pub(crate) struct Entry {
    /// Its arguments and help in a language.
    pub(crate) command: fn(Lang) -> Command,
    run: fn(Lang, &ArgMatches) -> Result<Outcome, Failure>,
}

/// How a command ended that could start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was done.
    Fine,
    /// Some rows are in error, or a check failed: what could be done was done.
    Errors,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Errors => Self::from(1),
        }
    }
}

/// Every command, in the order of the help.
pub(crate) const ALL: &[Entry] = &[
    Entry { command: assess::command, run: assess::run },
    Entry { command: try_::command, run: try_::run },
    Entry { command: gate::command, run: gate::run },
    Entry { command: simulate::command, run: simulate::run },
    Entry { command: template::command, run: template::run },
    Entry { command: policy::command, run: policy::run },
    Entry { command: serve::command, run: serve::run },
    Entry { command: doctor::command, run: doctor::run },
    Entry { command: backup::command, run: backup::run },
    Entry { command: restore::command, run: restore::run },
    Entry { command: keys::command, run: keys::run },
    Entry { command: retention::command, run: retention::run },
    Entry { command: ledger::command, run: ledger::run },
    Entry { command: verify::command, run: verify::run },
    Entry { command: demo::command, run: demo::run },
    Entry { command: completions::command, run: completions::run },
    Entry { command: help::command, run: help::run },
    Entry { command: parse_table::command, run: parse_table::run },
];

/// Runs the command that was asked for.
///
/// # Errors
/// If it could not start.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    dispatch(ALL, lang, matches)
}

/// Runs the one of `entries` that the subcommand names.
///
/// # Errors
/// If it could not start.
pub(crate) fn dispatch(entries: &[Entry], lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(Outcome::Fine) };
    match entries.iter().find(|entry| (entry.command)(lang).get_name() == name) {
        Some(entry) => (entry.run)(lang, matches),
        None => Ok(Outcome::Fine),
    }
}

/// The note about a file without a column for proofs.
pub(crate) fn proof_not_checked() -> Text {
    Text::new("未核对证明材料（proof not checked）：文件没有“证明材料”列", "proof not checked: the file has no column evidence")
}
