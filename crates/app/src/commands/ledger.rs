//! `ledger`: what the ledger of an installation is worth: `verify`, `checkpoint`, `key`; and who witnesses it: `witness`, `cosign`.

use super::Outcome;
use crate::args::{self, path};
use crate::failure::{Failure, cannot_read};
use crate::installation;
use crate::lang::t;
use crate::progress::Progress;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::path::{Path, PathBuf};
use xueshi_policy::{Lang, text};
use xueshi_registry::time;

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let checkpoint = path(lang, "checkpoint", "FILE", "早先另存的检查点，可多次：账本的过去若被改写，与它对不上", "a checkpoint kept earlier, may be repeated: a rewritten past does not fit it")
        .action(ArgAction::Append);
    let verify = Command::new("verify")
        .about(t(lang, "查账本有没有被绕过系统改、删、插、调换", "look for what was altered, removed, inserted or reordered past the system").to_owned())
        .args(installation::arguments(lang))
        .arg(args::policies(lang).env("XUESHI_POLICIES"))
        .arg(checkpoint);
    let said = |name: &'static str, zh: &'static str, en: &'static str| {
        Command::new(name).about(t(lang, zh, en).to_owned()).args(installation::arguments(lang)).arg(args::policies(lang).env("XUESHI_POLICIES"))
    };
    Command::new("ledger")
        .about(t(lang, "账本：核对、检查点、公钥", "the ledger: verify it, its checkpoint, its key").to_owned())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(verify)
        .subcommand(said("checkpoint", "打印最近的检查点；另存起来，日后可证明过去未被改写", "print the last checkpoint; kept elsewhere, it proves later that the past was not rewritten"))
        .subcommand(said("key", "打印公钥，供他人核验", "print the public key, for others to verify with"))
        .subcommand(
            said("cosign", "收下见证人联署的检查点，或见证人答回的签名行", "keep a checkpoint that witnesses cosigned, or the signature lines a witness answered with")
                .arg(path(lang, "file", "FILE", "联署过的检查点；“-”从标准输入读", "the cosigned checkpoint; - reads standard input").long(None).required(true)),
        )
        .subcommand(
            Command::new("witness")
                .about(t(lang, "见证人：本系统相信谁", "witnesses: whom this installation believes").to_owned())
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommand(said("list", "列出见证人，和各自最近的联署", "list the witnesses, with what each cosigned last"))
                .subcommand(said("add", "加一个见证人", "add a witness").arg(words(lang, "key", "KEY", "见证人公布的公钥：名称+编号+内容", "the public key it publishes: name+number+content")))
                .subcommand(said("remove", "移除一个见证人；已有的联署保留", "remove a witness; what it cosigned stays").arg(words(lang, "name", "NAME", "见证人的名称", "the witness's name"))),
        )
}

/// An argument that must be given.
fn words(lang: Lang, name: &'static str, value: &'static str, zh: &'static str, en: &'static str) -> Arg {
    Arg::new(name).value_name(value).required(true).help(t(lang, zh, en).to_owned())
}

/// Runs what was asked for.
///
/// # Errors
/// If the installation can not be opened.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    match matches.subcommand() {
        Some(("checkpoint", matches)) => match installation::open(matches)?.checkpoint()? {
            Some((note, _)) => print!("{note}"),
            None => println!("{}", t(lang, "账本还是空的。", "The ledger is empty.")),
        },
        Some(("key", matches)) => println!("{}", installation::open(matches)?.ledger_key()?),
        Some(("cosign", matches)) => cosign(lang, matches)?,
        Some(("witness", matches)) => witness(lang, matches)?,
        Some((_, matches)) => return verify(lang, matches),
        None => {}
    }
    Ok(Outcome::Fine)
}

fn cosign(lang: Lang, matches: &ArgMatches) -> Result<(), Failure> {
    let file = matches.get_one::<PathBuf>("file").map_or(Path::new("-"), PathBuf::as_path);
    let note = if file == Path::new("-") { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
    let note = note.map_err(|error| cannot_read(file, &error))?;
    for one in installation::open(matches)?.cosign(&note)? {
        let (witness, at) = (one.witness, time::minute_of(i64::try_from(one.time).unwrap_or(i64::MAX / 1_000_000).saturating_mul(1_000_000)));
        println!("{}", text!("{witness} 已联署（{at}）。", "{witness} cosigned ({at}).").get(lang));
    }
    Ok(())
}

fn witness(lang: Lang, matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        Some(("add", matches)) => {
            installation::open(matches)?.add_witness(matches.get_one::<String>("key").map_or("", String::as_str))?;
            println!("{}", t(lang, "已加入。", "Added."));
        }
        Some(("remove", matches)) => {
            installation::open(matches)?.remove_witness(matches.get_one::<String>("name").map_or("", String::as_str))?;
            println!("{}", t(lang, "已移除。", "Removed."));
        }
        Some((_, matches)) => {
            let all = installation::open(matches)?.witnesses()?;
            if all.is_empty() {
                println!("{}", t(lang, "还没有见证人。用 ledger witness add 加入。", "There are no witnesses. Add one with `ledger witness add`."));
            }
            for one in all {
                let key = one.key;
                let said = match one.last {
                    Some((size, at)) => {
                        let at = time::minute_of(at);
                        text!("{key}　最近联署到第 {size} 条（{at} 收到）", "{key}  cosigned {size} entries (received {at})")
                    }
                    None => text!("{key}　还没有联署", "{key}  has cosigned nothing yet"),
                };
                println!("{}", said.get(lang));
            }
        }
        None => {}
    }
    Ok(())
}

fn verify(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let registry = installation::open(matches)?;
    let mut earlier = Vec::new();
    for file in matches.get_many::<PathBuf>("checkpoint").into_iter().flatten() {
        earlier.push(std::fs::read_to_string(file).map_err(|error| cannot_read(file, &error))?);
    }
    let progress = Progress::new();
    let step = t(lang, "核对账本", "verifying the ledger");
    let found = registry.verify_ledger(&earlier, |done, all| progress.tell(step, done.unsigned_abs(), all.unsigned_abs()))?;
    progress.clear();
    for finding in &found.findings {
        println!("{}", finding.text.get(lang));
    }
    let (leaves, checkpoints, erased, waiting, problems) = (found.leaves, found.checkpoints, found.erased, found.waiting, found.findings.len());
    let as_of = found.as_of.map(time::minute_of).unwrap_or_default();
    let said = if problems == 0 {
        text!(
            "账本完好：{leaves} 条、{checkpoints} 个检查点，截至 {as_of}；按决定删除内容 {erased} 条，待入树 {waiting} 条。",
            "The ledger stands as it was signed: {leaves} entries, {checkpoints} checkpoints, as of {as_of}; {erased} erased by decision, {waiting} waiting for their place."
        )
    } else {
        text!("发现 {problems} 处不符。请停止使用，另存现状，从备份恢复，并查明是谁改动。", "{problems} findings. Stop using it, keep it as it is, restore a backup, and find out who altered it.")
    };
    println!("{}", said.get(lang));
    Ok(if problems == 0 { Outcome::Fine } else { Outcome::Errors })
}
