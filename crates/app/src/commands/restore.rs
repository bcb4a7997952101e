//! `restore`: an installation from a backup and its keys, checked before it is said to stand.

use super::Outcome;
use crate::args::{self, file, path_of};
use crate::failure::Failure;
use crate::installation;
use crate::lang::t;
use crate::progress::Progress;
use clap::{ArgMatches, Command};
use std::path::Path;
use xueshi_policy::{Lang, text};
use xueshi_registry::backup;

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("restore")
        .about(t(lang, "用备份和密钥恢复到一个空的地方，并核对账本与证明材料", "restore a backup and its keys to an empty place, and check ledger and proofs").to_owned())
        .arg(file(lang, "folder", "FOLDER", "xueshi backup 写成的文件夹", "a folder that xueshi backup wrote").required(true))
        .args(installation::arguments(lang))
        .arg(args::policies(lang).env("XUESHI_POLICIES"))
        .after_help(
            t(
                lang,
                "先把密钥文件放好（--keys，默认数据文件夹里的 keys.json）。PostgreSQL 要先建一个空库。\n备份之后的内容不在其中；那以后发出的检查点与恢复后的账本对不上，见 docs/operation.md。\n例：xueshi restore /backup/xueshi-2026-11-20 --data /var/lib/xueshi",
                "Put the key file in place first (--keys; keys.json in the data folder unless given). For PostgreSQL, make an empty database first.\nWhat came after the backup is not in it; checkpoints of that time do not fit the restored ledger: see docs/operation.md.\nExample: xueshi restore /backup/xueshi-2026-11-20 --data /var/lib/xueshi",
            )
            .to_owned(),
        )
}

/// Restores a backup.
///
/// # Errors
/// If the backup is damaged, the keys are others, or the place is not empty.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let folder = path_of(matches, "folder").unwrap_or(Path::new("."));
    let progress = Progress::new();
    let manifest = backup::inspect(folder, |done, all| progress.tell(t(lang, "核对备份", "checking the backup"), done, all))?;
    let keys = installation::keys_file(matches);
    if installation::ledger_key(matches)? != manifest.ledger_key {
        let keys = keys.display();
        return Err(Failure::Message(text!(
            "密钥文件 {keys} 或 --origin 不是这份备份的。请取备份时所用的密钥文件和名称。",
            "The key file {keys} or --origin is not that of this backup. Take the key file and the name it was made with."
        )));
    }
    let (database, evidence) = installation::places(matches);
    backup::restore(folder, &manifest, &database, &evidence)?;
    let registry = installation::open(matches)?;
    let earlier: Vec<String> = manifest.checkpoint.clone().into_iter().collect();
    let verified = registry.verify_ledger(&earlier, |done, all| progress.tell(t(lang, "核对账本", "verifying the ledger"), done.unsigned_abs(), all.unsigned_abs()))?;
    let broken = registry.check_evidence(|done, all| progress.tell(t(lang, "核对证明材料", "checking the proofs"), done.unsigned_abs(), all.unsigned_abs()))?;
    progress.clear();
    for finding in &verified.findings {
        println!("{}", finding.text.get(lang));
    }
    for one in &broken {
        println!("{one}");
    }
    let (made, leaves, problems) = (&manifest.made, verified.leaves, verified.findings.len() + broken.len());
    if problems > 0 {
        println!("{}", text!("已恢复 {made} 的备份，但有 {problems} 处不符。请先用别的备份。", "The backup of {made} is restored, with {problems} findings. Try another backup first.").get(lang));
        return Ok(Outcome::Errors);
    }
    println!(
        "{}",
        text!(
            "已恢复 {made} 的备份：账本 {leaves} 条完好，证明材料齐全。现在可以启动：xueshi serve",
            "The backup of {made} is restored: the ledger's {leaves} entries stand as signed, all proofs open. Start it: xueshi serve"
        )
        .get(lang)
    );
    Ok(Outcome::Fine)
}
