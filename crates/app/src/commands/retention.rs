//! `retention`: how long kinds of data are kept, and their removal when the time is over.

use super::Outcome;
use crate::args::{self, word};
use crate::failure::Failure;
use crate::installation;
use crate::lang::t;
use clap::{Arg, ArgMatches, Command};
use xueshi_policy::{Lang, text};
use xueshi_registry::Registry;

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let named = |name: &'static str, zh: &'static str, en: &'static str| {
        Command::new(name).about(t(lang, zh, en).to_owned()).args(installation::arguments(lang)).arg(args::policies(lang).env("XUESHI_POLICIES"))
    };
    let positional = |id: &'static str, name: &'static str, zh: &'static str, en: &'static str| {
        Arg::new(id).value_name(name).required(true).help_heading(t(lang, "参数", "Arguments")).help(t(lang, zh, en).to_owned())
    };
    Command::new("retention")
        .about(t(lang, "各类数据保存多久，到期清除", "how long kinds of data are kept; removal when the time is over").to_owned())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(named("list", "各类数据的保存期限", "the period of each kind"))
        .subcommand(
            named("set", "设定一类数据的保存天数", "set the days of a kind")
                .arg(positional("kind", "KIND", "类别，见 list", "the kind, as list says"))
                .arg(positional("days", "DAYS", "天数", "days").value_parser(clap::value_parser!(i64))),
        )
        .subcommand(named("purge", "现在就清除到期的数据（服务运行时每天自动做一次）", "remove what is over its time now (a running server does so daily)"))
        .after_help(t(lang, "各地规定没有写明保存期限，期限由本系统的使用单位设定。", "The regulations name no periods: they are settings of the installation.").to_owned())
}

/// Runs what was asked for.
///
/// # Errors
/// If the installation can not be opened, or the period is none.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(Outcome::Fine) };
    let registry = installation::open_existing(matches)?;
    match name {
        "set" => registry.set_retention(word(matches, "kind").unwrap_or_default(), matches.get_one::<i64>("days").copied().unwrap_or_default())?,
        "purge" => {
            for done in registry.purge()? {
                println!("{}\t{}", done.kind, done.removed);
            }
            return Ok(Outcome::Fine);
        }
        _ => {}
    }
    list(lang, &registry)?;
    Ok(Outcome::Fine)
}

fn list(lang: Lang, registry: &Registry) -> Result<(), Failure> {
    for kept in registry.retention()? {
        let period = match kept.days {
            Some(days) if kept.set_here => text!("{days} 天（本单位设定）", "{days} days (set here)"),
            Some(days) => text!("{days} 天（默认）", "{days} days (built in)"),
            None => text!("一直保存", "kept"),
        };
        println!("{}\t{}\t{}", kept.id, period.get(lang), kept.title.get(lang));
    }
    Ok(())
}
