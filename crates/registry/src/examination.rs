//! What can be wrong with an installation, looked for: the database, the keys, the ledger, the clock, the proofs, the backup.

use crate::error::{Error, Result};
use crate::files;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use crate::time::minute_of;
use xueshi_ledger::{Note, Verifiers};
use xueshi_policy::{Text, text};

/// How something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// As it should be.
    Fine,
    /// It works, and should be seen to.
    Warning,
    /// It must be mended.
    Bad,
}

impl Health {
    /// The word for machines.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Warning => "warning",
            Self::Bad => "bad",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which: `database`, `schema`, `keys`, `ledger`, `clock`, `evidence`, `backup`.
    pub id: &'static str,
    /// How it is.
    pub health: Health,
    /// What was found, and what to do where something is to be done.
    pub text: Text,
}

impl Check {
    /// As it should be.
    pub fn fine(id: &'static str, text: Text) -> Self {
        Self { id, health: Health::Fine, text }
    }

    /// It works, and should be seen to.
    pub fn warning(id: &'static str, text: Text) -> Self {
        Self { id, health: Health::Warning, text }
    }

    /// It must be mended.
    pub fn bad(id: &'static str, text: Text) -> Self {
        Self { id, health: Health::Bad, text }
    }
}

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// An entry that waits longer for its place has nobody who places it.
const WAITING_MOST: i64 = 60 * SECOND;
/// How far the machine's clock may be from the database's, or behind what is kept.
const CLOCK_MOST: i64 = 5 * SECOND;
/// After so long without a backup it is said.
const BACKUP_MOST: i64 = 2 * DAY;
/// Files of each kind that are opened: the newest.
const PROOFS: i64 = 50;

type Examine = fn(&Registry) -> Result<Check>;

impl Registry {
    /// Looks at everything that can be looked at quickly; the whole ledger and all proofs are looked at by
    /// [`Registry::verify_ledger`] and [`Registry::check_evidence`].
    pub fn examine(&self) -> Vec<Check> {
        let checks: [(&'static str, Examine); 7] = [
            ("database", Self::examine_database),
            ("schema", Self::examine_schema),
            ("keys", Self::examine_keys),
            ("ledger", Self::examine_ledger),
            ("clock", Self::examine_clock),
            ("evidence", Self::examine_evidence),
            ("backup", Self::examine_backup),
        ];
        checks.into_iter().map(|(id, check)| check(self).unwrap_or_else(|why| Check::bad(id, text!("查不下去：{why}", "It could not be looked at: {why}")))).collect()
    }

    fn examine_database(&self) -> Result<Check> {
        let found = self.store.examine()?;
        Ok(match found {
            None => Check::fine("database", text!("数据库完好，提交即落盘", "the database is whole, and commits reach the disk")),
            Some(why) => Check::bad(
                "database",
                text!(
                    "数据库：{why}。请停止服务，另存现状；损坏的从备份恢复，设置不当的改回。",
                    "the database: {why}. Stop the service and keep it as it is; restore a backup if it is damaged, set it right if it is a setting."
                ),
            ),
        })
    }

    fn examine_schema(&self) -> Result<Check> {
        Ok(if self.schema_fits()? {
            Check::fine("schema", text!("表结构合用", "the tables fit this version"))
        } else {
            Check::bad("schema", text!("数据库已由不兼容的新版本升级。请安装新版本。", "A newer version has changed the tables so that this one can not use them. Install the newer version."))
        })
    }

    /// Every key that something was sealed with is at hand, and opens one thing of each.
    fn examine_keys(&self) -> Result<Check> {
        let used: Vec<(String, i64, Vec<u8>)> = self.read(|tx| {
            tx.all("SELECT key_id, person, sealed FROM person_identifiers WHERE id IN (SELECT MIN(id) FROM person_identifiers WHERE kind = 'identity-number' GROUP BY key_id)", params![], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
        })?;
        let closed: Vec<&str> =
            used.iter().filter(|(key, person, sealed)| self.keys.open(key, sealed, &crate::people::about("identity-number", *person)).is_err()).map(|(key, ..)| key.as_str()).collect();
        let (ids, missing) = (self.keys.ids().join(", "), closed.join(", "));
        Ok(if closed.is_empty() {
            Check::fine("keys", text!("密钥齐全（{ids}）", "the keys open what they sealed ({ids})"))
        } else {
            Check::bad(
                "keys",
                text!("用密钥 {missing} 加密的内容打不开。请从密钥备份取回原密钥文件。", "what was sealed with key {missing} can not be opened. Take the key file from the backup of the keys."),
            )
        })
    }

    fn examine_ledger(&self) -> Result<Check> {
        let now = self.now();
        let standing = self.standing()?;
        if let Some((note, _)) = self.checkpoint()? {
            let verifiers = Verifiers::new(&self.origin, [self.ledger_key()?], 0);
            let note: Note = note.parse().map_err(Error::fault)?;
            if let Err(why) = verifiers.open(&note) {
                return Ok(Check::bad(
                    "ledger",
                    text!(
                        "最近的检查点不是本密钥以此名称签的：{why}。请检查 --keys 与 --origin。",
                        "the last checkpoint was not signed with this key under this name: {why}. Check --keys and --origin."
                    ),
                ));
            }
        }
        let (placed, waiting) = (standing.placed, standing.waiting);
        Ok(match standing.waiting_since {
            Some(since) if now - since > WAITING_MOST => {
                let since = minute_of(since);
                Check::warning(
                    "ledger",
                    text!(
                        "有 {waiting} 条自 {since} 起未入树。服务在运行时请查日志并运行 xueshi ledger verify。",
                        "{waiting} entries wait for their place since {since}. If the service runs, look at its log and run xueshi ledger verify."
                    ),
                )
            }
            _ => Check::fine(
                "ledger",
                text!("账本 {placed} 条，待入树 {waiting} 条；全面核对用 xueshi ledger verify", "{placed} entries in the ledger, {waiting} waiting; xueshi ledger verify checks all of it"),
            ),
        })
    }

    /// The machine's clock is not behind what was kept, and not far from the database's.
    fn examine_clock(&self) -> Result<Check> {
        let now = self.now();
        let newest = self.read(|tx| tx.number("SELECT COALESCE(MAX(at), 0) FROM (SELECT MAX(at) AS at FROM entries UNION ALL SELECT MAX(at) AS at FROM audits) n", params![]))?;
        let theirs = self.store.clock()?.unwrap_or(now);
        let apart = (theirs - self.now()).abs();
        Ok(if newest > now + CLOCK_MOST {
            let newest = minute_of(newest);
            Check::bad(
                "clock",
                text!("本机时钟比已登记的内容（{newest}）还早。请校时（如启用 NTP）后再启动。", "this machine's clock is behind what was kept ({newest}). Set it right (NTP) before you start."),
            )
        } else if apart > CLOCK_MOST {
            let seconds = apart / SECOND;
            Check::bad("clock", text!("本机与数据库的时钟相差 {seconds} 秒。请给两边校时（如启用 NTP）。", "this machine's clock and the database's are {seconds} s apart. Set both right (NTP)."))
        } else {
            Check::fine("clock", text!("时钟无异常", "the clock agrees with what is kept"))
        })
    }

    fn examine_evidence(&self) -> Result<Check> {
        self.evidence.try_write()?;
        let newest: Vec<String> = self.read(|tx| files::newest(tx, PROOFS))?;
        let broken = newest.iter().filter(|digest| self.evidence.read(&self.keys, digest).is_err()).count();
        let all = newest.len();
        Ok(if broken == 0 {
            Check::fine("evidence", text!("证明材料可写，最近的 {all} 份文件可读", "proofs can be written, the newest {all} files can be read"))
        } else {
            Check::bad(
                "evidence",
                text!(
                    "最近的 {all} 份文件（证明材料、证书）中 {broken} 份缺失或打不开。请从备份取回。",
                    "of the newest {all} files (proofs, documents) {broken} are missing or can not be opened. Take them from the backup."
                ),
            )
        })
    }

    fn examine_backup(&self) -> Result<Check> {
        let now = self.now();
        Ok(match self.read(|tx: &Tx<'_>| crate::backup::last(tx))? {
            Some(at) if now - at <= BACKUP_MOST => {
                let at = minute_of(at);
                Check::fine("backup", text!("最近备份：{at}", "last backup: {at}"))
            }
            Some(at) => {
                let at = minute_of(at);
                Check::warning("backup", text!("最近备份是 {at}。请运行 xueshi backup，并设为每日任务。", "the last backup is of {at}. Run xueshi backup, daily."))
            }
            None => Check::warning(
                "backup",
                text!("从未备份。请运行 xueshi backup，并设为每日任务；密钥文件另行备份。", "there is no backup yet. Run xueshi backup, daily; back the key file up apart from it."),
            ),
        })
    }
}
