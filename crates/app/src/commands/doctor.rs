//! `doctor`: what is wrong with an installation, and what to do about it.

use super::Outcome;
use crate::args;
use crate::failure::Failure;
use crate::installation;
use crate::lang::t;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::path::Path;
use xueshi_policy::{Lang, Text, text};
use xueshi_registry::{Check, Health};

/// Free space below which it is bad, and below which it is said, in MiB.
const SPACE_MIB: (u64, u64) = (512, 5 * 1024);

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let json = Arg::new("json").long("json").action(ArgAction::SetTrue).help_heading(args::heading(lang));
    Command::new("doctor")
        .about(
            t(
                lang,
                "检查安装：配置、数据库、密钥、账本、时钟、磁盘、备份；有问题说明怎么办",
                "examine an installation: configuration, database, keys, ledger, clock, disk, backup; what to do where something is wrong",
            )
            .to_owned(),
        )
        .args(installation::arguments(lang))
        .arg(args::policies(lang).env("XUESHI_POLICIES"))
        .arg(json.help(t(lang, "以 JSON 输出", "write JSON").to_owned()))
        .after_help(t(lang, "退出码：0 正常（可有提醒）；1 有必须处理的问题。", "Exit codes: 0 fine (perhaps with warnings); 1 something must be mended.").to_owned())
}

/// Examines an installation.
///
/// # Errors
/// Never: what can not be opened is a finding.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let mut checks = vec![configuration(lang)];
    checks.push(disk(&installation::places(matches).1));
    match installation::open_existing(matches) {
        Ok(registry) => checks.extend(registry.examine()),
        Err(failure) => checks.push(Check::bad("open", failure.text())),
    }
    if matches.get_flag("json") {
        let all: Vec<serde_json::Value> = checks.iter().map(|check| serde_json::json!({ "check": check.id, "health": check.health.word(), "zh": check.text.zh, "en": check.text.en })).collect();
        println!("{:#}", serde_json::json!({ "healthy": worst(&checks) != Health::Bad, "checks": all }));
    } else {
        for check in &checks {
            let sign = match check.health {
                Health::Fine => t(lang, "正常", "fine   "),
                Health::Warning => t(lang, "提醒", "warning"),
                Health::Bad => t(lang, "问题", "BAD    "),
            };
            println!("{sign}  {}：{}", check.id, check.text.get(lang));
        }
    }
    Ok(if worst(&checks) == Health::Bad { Outcome::Errors } else { Outcome::Fine })
}

fn worst(checks: &[Check]) -> Health {
    checks.iter().map(|check| check.health).max().unwrap_or(Health::Fine)
}

/// Where this runs, the configuration file was read already; what is left are variables that nothing reads.
fn configuration(lang: Lang) -> Check {
    match args::config::check_environment(&args::root(lang), std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned())) {
        Ok(()) => Check::fine("configuration", Text::new("配置可读", "the configuration can be read")),
        Err(failure) => Check::bad("configuration", failure.text()),
    }
}

#[cfg(unix)]
fn disk(folder: &Path) -> Check {
    // The nearest folder that is there: the data folder may still be to be made.
    let there = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    match rustix::fs::statvfs(there) {
        Ok(found) => {
            let free = found.f_bavail.saturating_mul(found.f_frsize) >> 20;
            let said = text!("数据所在磁盘剩余 {free} MiB", "{free} MiB are free where the data are");
            match free {
                _ if free < SPACE_MIB.0 => Check::bad("disk", Text::new(format!("{}，写入将失败。请立即清理或扩容。", said.zh), format!("{}: writes will fail. Make room now.", said.en))),
                _ if free < SPACE_MIB.1 => Check::warning("disk", Text::new(format!("{}。请清理或扩容。", said.zh), format!("{}. Make room.", said.en))),
                _ => Check::fine("disk", said),
            }
        }
        Err(why) => Check::bad("disk", text!("查不到磁盘空间：{why}", "the free space can not be found out: {why}")),
    }
}

#[cfg(not(unix))]
fn disk(_: &Path) -> Check {
    Check::warning("disk", Text::new("此系统上请自行查看磁盘剩余空间", "look at the free space yourself on this system"))
}
