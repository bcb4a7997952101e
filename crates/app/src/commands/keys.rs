//! `keys`: the keys that encrypt: which there are, rotation while the system serves, taking an old one away.

use super::Outcome;
use crate::args::{self, option, word};
use crate::failure::Failure;
use crate::installation;
use crate::lang::t;
use crate::progress::Progress;
use crate::web::KEYS_TAKEN_IN;
use clap::{Arg, ArgMatches, Command};
use std::time::Instant;
use xueshi_policy::{Lang, text};
use xueshi_registry::Registry;

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    let named = |name: &'static str, zh: &'static str, en: &'static str| {
        Command::new(name).about(t(lang, zh, en).to_owned()).args(installation::arguments(lang)).arg(args::policies(lang).env("XUESHI_POLICIES"))
    };
    let id = Arg::new("id").value_name("ID").required(true).help_heading(t(lang, "参数", "Arguments")).help(t(lang, "密钥编号，如 k1", "the id of the key, such as k1").to_owned());
    let to = option(
        lang,
        "to",
        "ID",
        "改用这个已加入的密钥（多台机器时先用 add 并分发）；不给则新建一个",
        "a key that was added already (with several machines: add, hand the file out, then this); a new one unless given",
    );
    Command::new("keys")
        .about(t(lang, "加密密钥：查看、轮换（不停机）、去掉旧的", "the keys that encrypt: list, rotate while the system serves, drop an old one").to_owned())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(named("list", "有哪些密钥，各加密了多少内容", "which there are, and how much each sealed"))
        .subcommand(named("add", "在密钥文件里加一个密钥，暂不使用", "add a key to the key file, without using it yet"))
        .subcommand(named("rotate", "改用新密钥，把已有的证件号码、证明材料等重新加密；可中断后再运行", "go over to a new key and seal identity numbers, proofs and the rest anew; broken off, run it again").arg(to))
        .subcommand(named("drop", "从密钥文件里去掉不再使用的密钥", "take a key that nothing is sealed with out of the key file").arg(id))
        .after_help(
            t(
                lang,
                "运行中的服务在一秒内读入新的密钥文件，不必重启。每次轮换后请重新备份密钥文件；\n旧密钥在仍需恢复轮换前的备份时不要丢弃。签名密钥与查找用的散列密钥不在轮换之列。",
                "Servers that run take in the new key file within a second; none is restarted. Back the key file up again after each rotation,\nand keep old keys as long as backups from before may be restored. The signing key and that of look-ups are not rotated.",
            )
            .to_owned(),
        )
}

/// Runs what was asked for.
///
/// # Errors
/// If the installation can not be opened, or the key file not be written.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let Some((name, matches)) = matches.subcommand() else { return Ok(Outcome::Fine) };
    let registry = installation::open_existing(matches)?;
    match name {
        "add" => {
            let id = registry.keys().add_key()?;
            println!(
                "{}",
                text!("已加入 {id}，尚未使用。分发到每台机器后运行：xueshi keys rotate --to {id}", "{id} is added and not used yet. Once every machine has the file: xueshi keys rotate --to {id}")
                    .get(lang)
            );
        }
        "rotate" => rotate(lang, matches, &registry)?,
        "drop" => drop_one(lang, matches, &registry)?,
        _ => list(lang, &registry)?,
    }
    Ok(Outcome::Fine)
}

fn list(lang: Lang, registry: &Registry) -> Result<(), Failure> {
    let counts = registry.sealed_with()?;
    for (place, id) in registry.keys().ids().iter().enumerate() {
        let (count, current) = (counts.get(id).copied().unwrap_or_default(), if place == 0 { t(lang, "  （当前）", "  (current)") } else { "" });
        println!("{id}\t{count}{current}");
    }
    Ok(())
}

fn rotate(lang: Lang, matches: &ArgMatches, registry: &Registry) -> Result<(), Failure> {
    let id = match word(matches, "to") {
        Some(id) => id.to_owned(),
        None => registry.keys().add_key()?,
    };
    registry.keys().use_key(&id)?;
    let changed = Instant::now();
    let progress = Progress::new();
    let mut all = 0;
    loop {
        // Servers may seal with the old key until they have looked at the file: what they did is found by another round after that.
        let certain = changed.elapsed() > KEYS_TAKEN_IN;
        let done = registry.reseal(|done| progress.tell(t(lang, "重新加密", "sealing anew"), all + done, all + done))?;
        all += done;
        if done == 0 && certain {
            break;
        }
        if done == 0 {
            std::thread::sleep(KEYS_TAKEN_IN.saturating_sub(changed.elapsed()));
        }
    }
    progress.clear();
    println!(
        "{}",
        text!(
            "已改用 {id}，重新加密 {all} 项。请重新备份密钥文件；不再需要旧备份后可运行 xueshi keys drop。",
            "{id} is in use, {all} values and files are sealed anew. Back the key file up again; once no older backup is needed, run xueshi keys drop."
        )
        .get(lang)
    );
    Ok(())
}

fn drop_one(lang: Lang, matches: &ArgMatches, registry: &Registry) -> Result<(), Failure> {
    let id = word(matches, "id").unwrap_or_default();
    let left = registry.sealed_with()?.get(id).copied().unwrap_or_default();
    if left > 0 {
        return Err(Failure::Message(text!(
            "还有 {left} 项是用 {id} 加密的，去掉就再也打不开。请先运行 xueshi keys rotate。",
            "{left} values and files are sealed with {id}; without it they can never be opened. Run xueshi keys rotate first."
        )));
    }
    registry.keys().drop_key(id)?;
    println!("{}", text!("已去掉 {id}。", "{id} is dropped.").get(lang));
    Ok(())
}
