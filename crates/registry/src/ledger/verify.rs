//! Looking for what was altered, removed, inserted or reordered behind the ledger's back.

use super::{Tiles, hash, number, unsigned};
use crate::error::{Error, Result};
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use std::collections::BTreeMap;
use xueshi_ledger::{Commitment, Hash, Note, Salt, TileRead, TreeHead, Verifiers, append};
use xueshi_policy::{Text, text};

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The place in the tree or the size of the checkpoint.
    pub place: i64,
    /// What, and what to do.
    pub text: Text,
}

/// What a verification came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Leaves that were looked at.
    pub leaves: i64,
    /// Checkpoints that were looked at.
    pub checkpoints: i64,
    /// Entries whose text was erased by a decision.
    pub erased: i64,
    /// Entries that committed and wait for their place.
    pub waiting: i64,
    /// The date of the last checkpoint, in microseconds UTC.
    pub as_of: Option<i64>,
    /// Everything that does not fit; empty where the ledger stands as it was signed.
    pub findings: Vec<Finding>,
}

/// Findings after which the search stops: what follows is damage of the same kind.
const FINDINGS_MAX: usize = 100;

impl Registry {
    /// Checks the whole ledger against what was signed: every text against its commitment, every commitment against its place, the tree
    /// against every checkpoint, and every decision against its entry. `earlier` are checkpoints that somebody kept elsewhere.
    ///
    /// # Errors
    /// What the database refuses; what does not fit is a finding, not an error.
    pub fn verify_ledger(&self, earlier: &[String], mut progress: impl FnMut(i64, i64)) -> Result<Verification> {
        let key = self.log_key()?.verifier();
        let verifiers = Verifiers::new(&self.origin, [key], 0);
        self.read(|tx| {
            let mut search = Search { tx, verifiers: &verifiers, findings: Vec::new() };
            search.run(earlier, &mut progress)
        })
    }
}

struct Search<'s, 'c> {
    tx: &'s Tx<'c>,
    verifiers: &'s Verifiers,
    findings: Vec<Finding>,
}

/// A checkpoint as it is stored.
struct Stored {
    size: i64,
    root: Hash,
    note: String,
    at: i64,
}

impl Search<'_, '_> {
    fn found(&mut self, place: i64, text: Text) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { place, text });
        }
    }

    fn run(&mut self, earlier: &[String], progress: &mut dyn FnMut(i64, i64)) -> Result<Verification> {
        let checkpoints = self.checkpoints(earlier)?;
        let leaves = self.tx.number("SELECT COUNT(*) FROM log_leaves", params![])?;
        let erased = self.leaves(&checkpoints, leaves, progress)?;
        self.tiles(leaves)?;
        self.decisions()?;
        Ok(Verification {
            leaves,
            checkpoints: i64::try_from(checkpoints.len()).map_err(Error::fault)?,
            erased,
            waiting: self.tx.number("SELECT COUNT(*) FROM unplaced", params![])?,
            as_of: checkpoints.values().last().map(|last| last.at),
            findings: std::mem::take(&mut self.findings),
        })
    }

    /// Every checkpoint's signature; those kept elsewhere join the stored ones, and must be among them.
    fn checkpoints(&mut self, earlier: &[String]) -> Result<BTreeMap<i64, Stored>> {
        let stored = self
            .tx
            .all("SELECT size, root, note, at FROM checkpoints ORDER BY size", params![], |row| Ok(Stored { size: row.get(0)?, root: hash(row.get(1)?)?, note: row.get(2)?, at: row.get(3)? }))?;
        let mut all: BTreeMap<i64, Stored> = BTreeMap::new();
        for one in stored {
            match opened(self.verifiers, &one.note) {
                Ok(head) if number(head.size)? == one.size && head.root == one.root => {}
                Ok(_) => self.found(
                    one.size,
                    text!(
                        "检查点的签名是对另一个树签的：被改过。请从备份恢复并查明是谁改动。",
                        "The checkpoint was signed for another tree: it was altered. Restore it from a backup and find out who did it."
                    ),
                ),
                Err(why) => self.found(one.size, text!("检查点的签名不成立：{why}", "The checkpoint's signature does not hold: {why}")),
            }
            all.insert(one.size, one);
        }
        for note in earlier {
            match opened(self.verifiers, note) {
                Ok(head) => {
                    let size = number(head.size)?;
                    all.entry(size).and_modify(|known| known.root = head.root).or_insert(Stored { size, root: head.root, note: note.clone(), at: 0 });
                }
                Err(why) => self.found(-1, text!("给出的检查点不是本账本签的：{why}", "The checkpoint given was not signed by this ledger: {why}")),
            }
        }
        Ok(all)
    }

    /// Every leaf in order: its place, its commitment, its text; and at each checkpoint the root.
    fn leaves(&mut self, checkpoints: &BTreeMap<i64, Stored>, total: i64, progress: &mut dyn FnMut(i64, i64)) -> Result<i64> {
        let mut tree: BTreeMap<(u8, u64), Vec<u8>> = BTreeMap::new();
        let mut head = TreeHead::empty();
        let mut batch: Vec<Hash> = Vec::new();
        let (mut place, mut erased) = (0, 0);
        let mut problems: Vec<(i64, Text)> = Vec::new();
        let mut take = |tree: &mut BTreeMap<(u8, u64), Vec<u8>>, batch: &mut Vec<Hash>, problems: &mut Vec<(i64, Text)>, at: i64| -> Result<()> {
            let appended = append(tree, &head, batch).map_err(Error::fault)?;
            head = appended.head;
            tree.extend(appended.tiles.into_iter().map(|tile| ((tile.level, tile.index), tile.bytes)));
            batch.clear();
            if let Some(checkpoint) = checkpoints.get(&at)
                && checkpoint.root != head.root
            {
                problems.push((
                    at,
                    text!(
                        "前 {at} 条不再是签过名的那些：有的被改、删、插入或调换。请与更早的备份比对。",
                        "The first {at} entries are no longer those that were signed: some were altered, removed, inserted or reordered. Compare with an earlier backup."
                    ),
                ));
            }
            Ok(())
        };
        self.tx.each(
            "SELECT l.place, e.commitment, t.salt, t.body, e.id, CASE WHEN x.entry IS NULL THEN 0 ELSE 1 END FROM log_leaves l LEFT JOIN entries e ON e.id = l.entry
             LEFT JOIN entry_texts t ON t.entry = e.id LEFT JOIN erasures x ON x.entry = e.id ORDER BY l.place",
            params![],
            |row| {
                let stands: i64 = row.get(0)?;
                if stands != place {
                    problems.push((place, text!("第 {place} 处缺失，接着的是第 {stands} 处。", "Place {place} is missing; {stands} follows.")));
                    place = stands;
                }
                let Some(commitment) = row.get::<Option<Vec<u8>>>(1)? else {
                    problems.push((place, text!("第 {place} 处的条目被删。", "The entry at place {place} was removed.")));
                    batch.push(Hash([0; 32]));
                    place += 1;
                    return Ok(());
                };
                let commitment = Commitment(hash(commitment)?);
                match (row.get::<Option<Vec<u8>>>(2)?, row.get::<Option<String>>(3)?) {
                    (Some(salt), Some(body)) if Commitment::new(&Salt(hash(salt.clone())?.0), body.as_bytes()) == commitment => {}
                    (Some(_), Some(_)) => problems.push((place, text!("第 {place} 处的内容与承诺不符：被改过。", "The text at place {place} is not what was committed to: it was altered."))),
                    _ if row.flag(5)? => erased += 1,
                    _ => problems.push((place, text!("第 {place} 处的内容没有了，而没有决定删除它。", "The text at place {place} is gone, and no erasure was decided."))),
                }
                batch.push(commitment.leaf());
                place += 1;
                if batch.len() >= 4096 || checkpoints.contains_key(&place) {
                    take(&mut tree, &mut batch, &mut problems, place)?;
                    progress(place, total);
                }
                Ok(())
            },
        )?;
        take(&mut tree, &mut batch, &mut problems, place)?;
        for checkpoint in checkpoints.keys().filter(|size| **size > place) {
            problems.push((*checkpoint, text!("签过 {checkpoint} 条，而现在只有 {place} 条：末尾被删。", "{checkpoint} entries were signed, and there are {place} now: the end was removed.")));
        }
        let signed = checkpoints.keys().last().copied().unwrap_or(0);
        if place > signed {
            problems.push((signed, text!("第 {signed} 处以后的条目没有签名：是绕过系统插入的。", "The entries from place {signed} on were never signed: they were inserted past the system.")));
        }
        for (place, text) in problems {
            self.found(place, text);
        }
        self.stored_tiles(&tree)?;
        Ok(erased)
    }

    /// The stored tiles against those rebuilt from the entries.
    fn stored_tiles(&mut self, rebuilt: &BTreeMap<(u8, u64), Vec<u8>>) -> Result<()> {
        for ((level, index), bytes) in rebuilt {
            if Tiles(self.tx).tile(*level, *index)?.as_ref() != Some(bytes) {
                let place = number(*index)?;
                self.found(
                    place,
                    text!("瓦片 {level}/{index} 与条目不符：被改过或缺失。可由条目重建。", "Tile {level}/{index} does not fit the entries: it was altered or is missing. It can be rebuilt from them."),
                );
            }
        }
        Ok(())
    }

    /// Tiles beyond the tree.
    fn tiles(&mut self, leaves: i64) -> Result<()> {
        let full = unsigned(leaves)?.div_ceil(256);
        let beyond = self.tx.number("SELECT COUNT(*) FROM tiles WHERE level = 0 AND place >= ?1", params![number(full)?])?;
        if beyond > 0 {
            self.found(leaves, text!("有 {beyond} 个瓦片超出账本末尾。", "{beyond} tiles lie beyond the end of the ledger."));
        }
        Ok(())
    }

    /// What decisions and results point to, and entries that nothing placed.
    fn decisions(&mut self) -> Result<()> {
        let loose = self
            .tx
            .number("SELECT COUNT(*) FROM entries e WHERE NOT EXISTS (SELECT 1 FROM log_leaves l WHERE l.entry = e.id) AND NOT EXISTS (SELECT 1 FROM unplaced u WHERE u.entry = e.id)", params![])?;
        if loose > 0 {
            self.found(
                -1,
                text!(
                    "有 {loose} 个条目既无位置，也不在等待：是绕过系统插入的，或其位置被删。",
                    "{loose} entries have no place and wait for none: they were inserted past the system, or their places were removed."
                ),
            );
        }
        let mut altered = Vec::new();
        self.tx.each("SELECT d.id, d.entry, d.result, t.body FROM determinations d JOIN entry_texts t ON t.entry = d.entry", params![], |row| {
            let (result, body): (String, String) = (row.get(2)?, row.get(3)?);
            let same =
                serde_json::from_str::<serde_json::Value>(&body).ok().zip(serde_json::from_str::<serde_json::Value>(&result).ok()).is_some_and(|(body, result)| body["body"]["result"] == result);
            if !same {
                altered.push(row.get::<i64>(0)?);
            }
            Ok(())
        })?;
        for id in altered {
            self.found(id, text!("认定结果 {id} 与账本所记不符：被改过。", "Determination {id} is not what the ledger holds: it was altered."));
        }
        Ok(())
    }
}

fn opened(verifiers: &Verifiers, note: &str) -> std::result::Result<TreeHead, String> {
    let note: Note = note.parse().map_err(|fault| format!("{fault}"))?;
    verifiers.open(&note).map(|opened| opened.checkpoint.head).map_err(|fault| format!("{fault}"))
}
