//! `backup`: everything but the keys, as of one moment, while the system runs.

use super::Outcome;
use crate::args::{self, file, path_of};
use crate::failure::Failure;
use crate::installation;
use crate::lang::t;
use crate::progress::Progress;
use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::Timestamp;
use std::path::Path;
use xueshi_policy::{Lang, text};

/// The command's arguments.
pub(crate) fn command(lang: Lang) -> Command {
    Command::new("backup")
        .about(t(lang, "备份数据库与证明材料（不停机、同一时刻）；密钥另行备份", "back up database and proofs, of one moment, while the system runs; keys apart").to_owned())
        .arg(file(lang, "folder", "FOLDER", "要写成的新文件夹", "the new folder to write").required(true))
        .arg(Arg::new("dated").long("dated").action(ArgAction::SetTrue).help(t(lang, "写在 FOLDER 内以此刻（UTC）命名的新文件夹里；定时备份用", "write into a new folder within FOLDER, named by this moment (UTC): for timers").to_owned()))
        .args(installation::arguments(lang))
        .arg(args::policies(lang).env("XUESHI_POLICIES"))
        .after_help(
            t(
                lang,
                "备份中的证明材料和证件号码仍是密文，没有密钥文件无法读取。请把密钥文件放在别处备份。\n核对：sha256sum -c SHA256SUMS；恢复：xueshi restore\n例：xueshi backup /backup/xueshi-2026-11-20\n　　xueshi backup --dated /backup",
                "Proofs and identity numbers in a backup stay encrypted and can not be read without the key file: back that up elsewhere.\nCheck it: sha256sum -c SHA256SUMS. Restore it: xueshi restore\nExamples: xueshi backup /backup/xueshi-2026-11-20\n          xueshi backup --dated /backup",
            )
            .to_owned(),
        )
}

/// Makes a backup.
///
/// # Errors
/// If the installation can not be opened, or the folder not be written.
pub(crate) fn run(lang: Lang, matches: &ArgMatches) -> Result<Outcome, Failure> {
    let folder = path_of(matches, "folder").unwrap_or(Path::new("."));
    let registry = installation::open_existing(matches)?;
    let now = Timestamp::from_microsecond(registry.now()).unwrap_or_default();
    let folder = &if matches.get_flag("dated") { folder.join(now.strftime("%Y%m%dT%H%M%SZ").to_string()) } else { folder.to_owned() };
    let progress = Progress::new();
    let copied = registry.back_up(folder, |done, all| progress.tell(t(lang, "备份", "backing up"), done, all))?;
    progress.clear();
    let (place, files, kib, ids) = (folder.display(), copied.files, copied.bytes.div_ceil(1024), copied.key_ids.join(", "));
    let keys = installation::keys_file(matches);
    let keys = keys.display();
    let said = text!(
        "已备份到 {place}：数据库和 {files} 份证明材料，共 {kib} KiB。\n密钥（{ids}）不在其中：请把 {keys} 另行备份到别处。",
        "Backed up to {place}: the database and {files} proofs, {kib} KiB.\nThe keys ({ids}) are not in it: back {keys} up elsewhere."
    );
    println!("{}", said.get(lang));
    Ok(Outcome::Fine)
}
