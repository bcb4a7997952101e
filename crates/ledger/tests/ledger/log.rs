//! A log of numbered entries, stored as tiles in memory.

use std::collections::BTreeMap;

use xueshi_ledger::*;

pub(crate) type Tiles = BTreeMap<(u8, u64), Vec<u8>>;

pub(crate) const ORIGIN: &str = "ledger.example/log";

pub(crate) struct Log {
    pub(crate) tiles: Tiles,
    pub(crate) head: TreeHead,
    pub(crate) commitments: Vec<Commitment>,
}

pub(crate) fn salt(n: u64) -> Salt {
    let mut salt = [7; 32];
    salt[..8].copy_from_slice(&n.to_be_bytes());
    Salt(salt)
}

pub(crate) fn entry(n: u64) -> String {
    format!(r#"{{"entry":{n},"hours":"1.5","事项":"学习记录"}}"#)
}

pub(crate) fn commitment(n: u64) -> Commitment {
    Commitment::new(&salt(n), entry(n).as_bytes())
}

/// Stores what an append gave, as a table would; every wider tile must continue the one it replaces.
pub(crate) fn store(tiles: &mut Tiles, appended: &Appended) {
    for tile in &appended.tiles {
        if let Some(old) = tiles.insert((tile.level, tile.index), tile.bytes.clone()) {
            assert!(tile.bytes.len() > old.len() && tile.bytes.starts_with(&old), "tile {}/{} is no continuation", tile.level, tile.index);
        }
    }
}

impl Log {
    pub(crate) fn new() -> Self {
        Self { tiles: Tiles::new(), head: TreeHead::empty(), commitments: Vec::new() }
    }

    pub(crate) fn of(size: u64) -> Self {
        let mut log = Self::new();
        log.grow(size);
        log
    }

    /// Appends `count` entries in one batch.
    pub(crate) fn grow(&mut self, count: u64) -> Appended {
        let first = self.head.size;
        self.add((first..first + count).map(commitment).collect())
    }

    pub(crate) fn add(&mut self, commitments: Vec<Commitment>) -> Appended {
        let leaves: Vec<Hash> = commitments.iter().map(Commitment::leaf).collect();
        let appended = append(&mut self.tiles, &self.head, &leaves).unwrap();
        store(&mut self.tiles, &appended);
        self.head = appended.head;
        self.commitments.extend(commitments);
        appended
    }

    pub(crate) fn leaf(&self, index: u64) -> Hash {
        self.commitments[index as usize].leaf()
    }

    pub(crate) fn inclusion(&mut self, index: u64) -> Vec<Hash> {
        prove_inclusion(&mut self.tiles, &self.head, index).unwrap()
    }

    /// The receipt of an entry under a checkpoint signed by `key`.
    pub(crate) fn receipt(&mut self, index: u64, checkpoint: &Note) -> Receipt {
        let opening = Opening { salt: salt(index), entry: entry(index) };
        Receipt::new(index, commitment(index), Some(opening), self.inclusion(index), checkpoint)
    }
}

pub(crate) fn log_key() -> LogKey {
    LogKey::from_seed(ORIGIN, &[1; 32]).unwrap()
}

pub(crate) fn witness(n: u8) -> WitnessKey {
    WitnessKey::from_seed(&format!("witness.example/w{n}"), &[100 + n; 32]).unwrap()
}
