//! placeholder
use super::Outcome;
use crate::failure::Failure;
use clap::{ArgMatches, Command};
use xueshi_policy::Lang;
pub(crate) fn command(_: Lang) -> Command { Command::new("template") }
pub(crate) fn run(_: Lang, _: &ArgMatches) -> Result<Outcome, Failure> { Ok(Outcome::Fine) }
