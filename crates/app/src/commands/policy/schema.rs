//! `policy schema`: the JSON Schema of policy files.

use super::super::Outcome;
use crate::failure::Failure;
use crate::lang::t;
use clap::{ArgMatches, Command};
use std::io::Write as _;
use xueshi_policy::{Lang, json_schema};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("schema")
        .about(t(lang, "输出政策文件的 JSON Schema，供编辑器补全与检查", "print the JSON Schema of policy files, for completion and checking in editors").to_owned())
        .override_usage("xueshi policy schema")
        .after_help(
            t(
                lang,
                "例：\n  xueshi policy schema > xueshi-policy.schema.json\n在政策文件第一行写 #:schema ./xueshi-policy.schema.json，支持 TOML 的编辑器即可补全。",
                "Example:\n  xueshi policy schema > xueshi-policy.schema.json\nWith #:schema ./xueshi-policy.schema.json in the first line of a policy file, editors that know TOML complete it.",
            )
            .to_owned(),
        )
}

/// Prints the schema.
///
/// # Errors
/// If it can not be written.
pub(crate) fn run(_: Lang, _: &ArgMatches) -> Result<Outcome, Failure> {
    writeln!(std::io::stdout().lock(), "{:#}", json_schema())?;
    Ok(Outcome::Fine)
}
