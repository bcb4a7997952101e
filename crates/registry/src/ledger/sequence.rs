//! The sequencer: committed entries get their places in the tree, in order, and the tree a signed checkpoint.

use super::{Tiles, hash, last, number};
use crate::error::{Error, Result};
use crate::params;
use crate::registry::Registry;
use xueshi_ledger::{Commitment, Hash, LogKey, TreeHead, append};

/// Entries placed in one transaction.
const BATCH: i64 = 4096;

impl Registry {
    /// Gives committed entries their places and signs a checkpoint. Says how many were placed; call it again while it places any.
    ///
    /// Several servers may call it at once: one works, the others wait.
    ///
    /// # Errors
    /// If the stored tree is not the one that was signed: then nothing is placed and nothing signed.
    pub fn place_entries(&self) -> Result<usize> {
        let waiting = self.read(|tx| tx.number("SELECT COUNT(*) FROM (SELECT entry FROM unplaced LIMIT 1) u", params![]))?;
        if waiting == 0 {
            return Ok(0);
        }
        let (key, now) = (self.log_key()?, self.now());
        self.store.alone(move |tx| place(tx, &key, now))
    }
}

fn place(tx: &crate::store::Tx<'_>, key: &LogKey, now: i64) -> Result<usize> {
    let head = last(tx)?.map_or_else(TreeHead::empty, |(head, ..)| head);
    let waiting = tx.all("SELECT u.entry, e.commitment FROM unplaced u JOIN entries e ON e.id = u.entry ORDER BY u.entry LIMIT ?1", params![BATCH], |row| {
        Ok((row.get::<i64>(0)?, Commitment(hash(row.get(1)?)?)))
    })?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let leaves: Vec<Hash> = waiting.iter().map(|(_, commitment)| commitment.leaf()).collect();
    let appended = append(&mut Tiles(tx), &head, &leaves).map_err(Error::fault)?;
    for (place, (entry, _)) in (number(head.size)?..).zip(&waiting) {
        tx.execute("INSERT INTO log_leaves (place, entry) VALUES (?1, ?2)", params![place, *entry])?;
        tx.execute("DELETE FROM unplaced WHERE entry = ?1", params![*entry])?;
    }
    for tile in &appended.tiles {
        tx.execute(
            "INSERT INTO tiles (level, place, bytes) VALUES (?1, ?2, ?3) ON CONFLICT (level, place) DO UPDATE SET bytes = excluded.bytes",
            params![i64::from(tile.level), number(tile.index)?, &tile.bytes],
        )?;
    }
    let note = key.checkpoint(&appended.head).to_string();
    tx.execute("INSERT INTO checkpoints (size, root, note, at) VALUES (?1, ?2, ?3, ?4)", params![number(appended.head.size)?, &appended.head.root.0, &note, now])?;
    Ok(waiting.len())
}
