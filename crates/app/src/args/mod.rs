//! The command line: its commands and options, and what is said where they are wrong.

pub(crate) mod config;
mod faults;
mod shared;

pub(crate) use shared::*;

use crate::commands;
use crate::failure::Failure;
use crate::lang::t;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::ffi::OsString;
use xueshi_policy::Lang;

/// The command with everything it can do, its help in one language.
pub(crate) fn root(lang: Lang) -> Command {
    let styles = Styles::styled().header(AnsiColor::Green.on_default().bold()).literal(AnsiColor::Cyan.on_default());
    let about = t(lang, "学时：依据各地继续教育规定，逐条条款地计算并解释学时", "xueshi (学时, the credit hour): continuing-education hours, computed and explained clause by clause");
    let command = Command::new("xueshi")
        .version(env!("CARGO_PKG_VERSION"))
        .about(about.to_owned())
        .styles(styles)
        .override_usage(t(lang, "xueshi 命令 [选项]", "xueshi COMMAND [OPTIONS]").to_owned())
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .subcommand_help_heading(t(lang, "命令", "Commands").to_owned())
        .next_help_heading(heading(lang))
        .arg(
            Arg::new("lang")
                .long("lang")
                .global(true)
                .value_name("zh|en")
                .value_parser(["zh", "en"])
                .hide_possible_values(true)
                .display_order(900)
                .help(t(lang, "语言；默认中文，也可设环境变量 XUESHI_LANG", "language of help, messages and results; the variable XUESHI_LANG sets it too").to_owned()),
        )
        .arg(Arg::new("version").short('V').long("version").action(ArgAction::Version).display_order(902).help(t(lang, "显示版本", "print the version").to_owned()))
        .after_help(after_help(lang).to_owned());
    prepared(command.subcommands(commands::ALL.iter().map(|entry| (entry.command)(lang))), lang)
}

/// What every command shares: the order of its help, and the flag that shows it.
fn prepared(command: Command, lang: Lang) -> Command {
    let template = match lang {
        Lang::Zh => "{about}\n\n用法：{usage}\n\n{all-args}{after-help}\n",
        Lang::En => "{about}\n\nUsage: {usage}\n\n{all-args}{after-help}\n",
    };
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help_heading(heading(lang)).display_order(901);
    let command = command.disable_help_flag(true).help_template(template).arg(help.help(t(lang, "显示说明", "print this help").to_owned()));
    command.mut_subcommands(|nested| prepared(nested, lang))
}

/// The words of the command line, understood; what they leave open is taken from the configuration file, where they name one.
///
/// # Errors
/// If they are wrong, or ask only for help, which is shown.
pub(crate) fn parse(words: &[OsString], lang: Lang) -> Result<ArgMatches, Failure> {
    let matches = understood(root(lang), words, lang, "")?;
    match config::named(&matches) {
        Some(path) => understood(config::apply(root(lang), &path)?, words, lang, &format!("{}: ", path.display())),
        None => Ok(matches),
    }
}

fn understood(command: Command, words: &[OsString], lang: Lang, place: &str) -> Result<ArgMatches, Failure> {
    command.try_get_matches_from(words).map_err(|error| {
        if error.use_stderr() {
            return Failure::Usage(faults::explain(&error, lang, place));
        }
        let _ = error.print();
        Failure::Quiet
    })
}

/// The title over a command's options.
pub(crate) fn heading(lang: Lang) -> &'static str {
    t(lang, "选项", "Options")
}

fn after_help(lang: Lang) -> &'static str {
    t(
        lang,
        "\
从这里开始：
  xueshi template --output 记录.xlsx                       得到可填写的工作簿
  xueshi assess 记录.xlsx --region 510100 --year 2019      认定其中每个人的学时
  xueshi assess 记录.xlsx --region 510100 --year 2019 --person P001 --explain
                                                           逐条解释某个人的记录

每个命令都有自己的说明：xueshi assess --help
退出码：0 全部认定；1 已认定，但有的行有错；2 无法开始。",
        "\
Start here:
  xueshi template --output records.xlsx                       a workbook to fill in
  xueshi assess records.xlsx --region 510100 --year 2019      the hours of everyone in it
  xueshi assess records.xlsx --region 510100 --year 2019 --person P001 --explain
                                                              every record of one person explained

Each command has its own help: xueshi assess --help
Exit codes: 0 all assessed; 1 assessed, some rows in error; 2 could not start.",
    )
}
