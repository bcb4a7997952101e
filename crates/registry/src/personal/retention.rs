//! How long data are kept, and their removal when the time is over.
//!
//! No text of the regulations here names a period: every one is a setting of the installation, shown with its default. What the ledger rests on
//! is kept until an erasure is decided.

use crate::error::{Error, Result};
use crate::files;
use crate::params;
use crate::registry::Registry;
use crate::store::{Param, Tx};
use std::time::Duration;
use xueshi_policy::Text;

const DAY: i64 = 86_400_000_000;
/// The setting that keeps when data were last looked through, in microseconds UTC.
const SETTING: &str = "purged-at";
/// Rows removed in one transaction.
const BATCH: i64 = 500;
/// A file that no row names is left for so long: its row may be about to be written.
const FILE_AGE_MIN: Duration = Duration::from_secs(86_400);

/// A kind of data with its period.
struct Kind {
    id: &'static str,
    zh: &'static str,
    en: &'static str,
    /// Days until it goes where the installation sets nothing; nothing for what is kept.
    days: Option<i64>,
    /// Ids of what is over: `?1` the last instant, `?2` how many at most.
    over: &'static str,
    /// What removes them; `{ids}` are those of `over`.
    remove: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        id: "sessions",
        zh: "已结束的登录会话",
        en: "sessions that ended",
        days: Some(30),
        over: "SELECT account FROM sessions WHERE ends_at < ?1 GROUP BY account LIMIT ?2",
        remove: &["DELETE FROM sessions WHERE account IN ({ids}) AND ends_at < ?1"],
    },
    Kind {
        id: "drafts",
        zh: "从未提交或已撤回的申报及其证明材料",
        en: "declarations never handed in or withdrawn, with their proofs",
        days: Some(730),
        over: "SELECT c.id FROM cases c WHERE c.flow = 'declaration' AND c.state IN ('draft', 'withdrawn') AND c.since < ?1
               AND NOT EXISTS (SELECT 1 FROM records r WHERE r.corrects = c.record) AND NOT EXISTS (SELECT 1 FROM completions m WHERE m.record = c.record) LIMIT ?2",
        remove: &[
            "DELETE FROM evidence WHERE record IN (SELECT record FROM cases WHERE id IN ({ids}))",
            "DELETE FROM case_steps WHERE case_id IN ({ids})",
            "UPDATE records SET title = '', facts = '{}', state = 'removed' WHERE id IN (SELECT record FROM cases WHERE id IN ({ids}))",
            "DELETE FROM cases WHERE id IN ({ids})",
        ],
    },
    // What an import that never ended had put down is of no use after so long; what became of each row stays.
    Kind {
        id: "imports",
        zh: "导入文件逐行的内容",
        en: "rows of imported files",
        days: Some(30),
        over: "SELECT id FROM imports WHERE cleared_at IS NULL AND made_at < ?1 AND CAST(?2 AS BIGINT) > 0 ORDER BY made_at LIMIT 1",
        remove: &[
            "UPDATE records SET title = '', facts = '{}', state = 'removed' WHERE state = 'importing' AND id IN (SELECT record FROM import_rows WHERE import IN ({ids}))",
            "UPDATE import_rows SET sealed = NULL, key_id = NULL, told = NULL WHERE import IN ({ids})",
            "UPDATE imports SET cleared_at = ?1 WHERE id IN ({ids})",
        ],
    },
    Kind {
        id: "records",
        zh: "学习记录、年度结果、证书、账本正文：保存至决定删除",
        en: "records, results of years, certificates, texts of the ledger: kept until their erasure is decided",
        days: None,
        over: "",
        remove: &[],
    },
    Kind { id: "audits", zh: "谁看过个人资料的记录：一直保存，不可更改", en: "who looked at whose data: kept, never changed", days: None, over: "", remove: &[] },
];

/// A kind of data, as it is kept here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The word it is set by.
    pub id: &'static str,
    /// What it is.
    pub title: Text,
    /// After so many days it goes; nothing for what stays.
    pub days: Option<i64>,
    /// The installation set the period; else it is built in.
    pub set_here: bool,
}

/// What was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purged {
    /// The kind; `files` for proofs that no row names any more.
    pub kind: &'static str,
    /// How many.
    pub removed: u64,
}

impl Registry {
    /// What is kept how long.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn retention(&self) -> Result<Vec<Kept>> {
        let set: Vec<(String, i64)> = self.read(|tx| tx.all("SELECT kind, days FROM retention", params![], |row| Ok((row.get(0)?, row.get(1)?))))?;
        let of = |kind: &Kind| set.iter().find(|(id, _)| id == kind.id).map(|(_, days)| *days);
        Ok(KINDS.iter().map(|kind| Kept { id: kind.id, title: Text::new(kind.zh, kind.en), days: of(kind).or(kind.days), set_here: of(kind).is_some() }).collect())
    }

    /// Sets the period of a kind, in days.
    ///
    /// # Errors
    /// If there is no such kind, it is one that stays, or the number is none.
    pub fn set_retention(&self, kind: &str, days: i64) -> Result<()> {
        let settable: Vec<&str> = KINDS.iter().filter(|known| known.days.is_some()).map(|known| known.id).collect();
        let known = settable.join(", ");
        if !settable.contains(&kind) {
            return Err(Error::invalid("kind", format!("没有可设定期限的“{kind}”；有：{known}。"), format!("There is no period of “{kind}” to be set; there are: {known}.")));
        }
        if !(1..=36_500).contains(&days) {
            return Err(Error::invalid("days", "天数填 1 至 36500。", "Days are 1 to 36500."));
        }
        let kind = kind.to_owned();
        self.write(move |tx| tx.execute("INSERT INTO retention (kind, days) VALUES (?1, ?2) ON CONFLICT (kind) DO UPDATE SET days = excluded.days", params![&kind, days]).map(drop))
    }

    /// Removes what is over its time, a few rows a transaction, then proofs that no row names; keeps a line about each kind.
    ///
    /// # Errors
    /// What the database refuses; what was removed stays removed.
    pub fn purge(&self) -> Result<Vec<Purged>> {
        let now = self.now();
        let mut done = Vec::new();
        for kept in self.retention()? {
            let (Some(days), Some(kind)) = (kept.days, KINDS.iter().find(|kind| kind.id == kept.id)) else { continue };
            let mut removed = 0;
            loop {
                let some = self.write(move |tx| remove_some(tx, kind, now - days * DAY))?;
                removed += some;
                if some == 0 {
                    break;
                }
            }
            self.keep_purge(kept.id, days, removed)?;
            done.push(Purged { kind: kept.id, removed });
        }
        let removed = self.evidence.remove_unused(FILE_AGE_MIN, |digests| self.read(|tx| files::used(tx, digests)))?;
        self.keep_purge("files", 0, removed)?;
        done.push(Purged { kind: "files", removed });
        self.set_setting(SETTING, &now.to_string())?;
        Ok(done)
    }

    /// Removes what is over its time, where nobody did for a day; says whether it did.
    ///
    /// # Errors
    /// See [`Registry::purge`].
    pub fn purge_daily(&self) -> Result<bool> {
        let last = self.setting(SETTING)?.and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
        if self.now() - last < DAY {
            return Ok(false);
        }
        self.purge().map(|_| true)
    }

    fn keep_purge(&self, kind: &'static str, days: i64, removed: u64) -> Result<()> {
        if removed == 0 {
            return Ok(());
        }
        let (now, removed) = (self.now(), i64::try_from(removed).map_err(Error::fault)?);
        self.write(move |tx| tx.execute("INSERT INTO purges (at, kind, days, removed) VALUES (?1, ?2, ?3, ?4)", params![now, kind, days, removed]).map(drop))
    }
}

fn remove_some(tx: &Tx<'_>, kind: &Kind, until: i64) -> Result<u64> {
    let ids: Vec<i64> = tx.all(kind.over, params![until, BATCH], |row| row.get(0))?;
    if ids.is_empty() {
        return Ok(0);
    }
    let list = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    for statement in kind.remove {
        let statement = statement.replace("{ids}", &list);
        let values: &[Param<'_>] = if statement.contains("?1") { &[Param::Int(until)] } else { &[] };
        tx.execute(&statement, values)?;
    }
    u64::try_from(ids.len()).map_err(Error::fault)
}
