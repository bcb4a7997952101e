//! The ledger: entries that commit with the transaction that made them, and the tree they are placed in.
//!
//! An entry is a salted commitment; its text and salt stand beside it, so that both can be erased. A sequencer gives committed entries
//! their places in order ([`Registry::place_entries`]) and signs a checkpoint.

mod sequence;
mod verify;
mod witnesses;

use crate::error::{Error, Result};
use crate::keys::random;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use xueshi_ledger::{Commitment, Hash, LogKey, Note, Opening, Receipt, Row, Salt, TILE_WIDTH, TileName, TileRead, TreeHead, VerifierKey, encode_bundle, prove_inclusion};

pub use verify::{Finding, Verification};
pub use witnesses::Witness;

/// An entry to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewEntry<'a> {
    /// What kind: `record-accepted`, `determination` …
    pub(crate) kind: &'a str,
    /// Whom it is about.
    pub(crate) person: Option<i64>,
    /// Which record.
    pub(crate) record: Option<i64>,
    /// Which obligation.
    pub(crate) obligation: Option<i64>,
    /// What is entered.
    pub(crate) body: &'a serde_json::Value,
}

/// An entry whose text, salt and commitment are made: what is left to do needs the database.
#[derive(Debug)]
pub(crate) struct Sealed {
    kind: String,
    at: i64,
    person: Option<i64>,
    record: Option<i64>,
    salt: [u8; 32],
    text: String,
    commitment: Commitment,
}

impl Sealed {
    /// Seals an entry whose `body` is JSON already.
    pub(crate) fn new(kind: &str, person: Option<i64>, record: Option<i64>, body: &str, now: i64) -> Result<Self> {
        let salt: [u8; 32] = random()?;
        let id = |id: Option<i64>| id.map_or_else(|| "null".to_owned(), |id| id.to_string());
        let text = format!(r#"{{"kind":"{kind}","at":{now},"person":{},"record":{},"body":{body}}}"#, id(person), id(record));
        let commitment = Commitment::new(&Salt(salt), text.as_bytes());
        Ok(Self { kind: kind.to_owned(), at: now, person, record, salt, text, commitment })
    }

    /// Enters it: part of the transaction that decides it. Its place in the tree comes within the merge delay.
    pub(crate) fn enter(&self, tx: &Tx<'_>, obligation: Option<i64>) -> Result<i64> {
        let id = tx.number(
            "INSERT INTO entries (kind, at, person, record, obligation, commitment) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
            params![&self.kind, self.at, self.person, self.record, obligation, &self.commitment.0.0],
        )?;
        tx.later("INSERT INTO entry_texts (entry, salt, body) VALUES (?1, ?2, ?3)", params![id, &self.salt, &self.text])?;
        tx.later("INSERT INTO unplaced (entry) VALUES (?1)", params![id])?;
        Ok(id)
    }
}

/// Seals and enters something at once.
pub(crate) fn enter(tx: &Tx<'_>, new: &NewEntry<'_>, now: i64) -> Result<i64> {
    Sealed::new(new.kind, new.person, new.record, &new.body.to_string(), now)?.enter(tx, new.obligation)
}

/// The tiles as the tree reads them.
pub(crate) struct Tiles<'t, 'c>(pub(crate) &'t Tx<'c>);

impl TileRead for Tiles<'_, '_> {
    type Error = Error;

    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>> {
        self.0.first("SELECT bytes FROM tiles WHERE level = ?1 AND place = ?2", params![i64::from(level), number(index)?], |row| row.get(0))
    }
}

fn number(value: u64) -> Result<i64> {
    i64::try_from(value).map_err(Error::fault)
}

fn unsigned(value: i64) -> Result<u64> {
    u64::try_from(value).map_err(Error::fault)
}

fn hash(bytes: Vec<u8>) -> Result<Hash> {
    Ok(Hash(bytes.try_into().map_err(|_| Error::fault("a hash does not have 32 bytes"))?))
}

/// A tile or entry bundle, as everybody may have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// It is full, and will never be any other.
    pub full: bool,
}

/// The last checkpoint, if there is one.
pub(crate) fn last(tx: &Tx<'_>) -> Result<Option<(TreeHead, String, i64)>> {
    tx.first("SELECT size, root, note, at FROM checkpoints ORDER BY size DESC LIMIT 1", params![], |row| {
        Ok((TreeHead { size: unsigned(row.get(0)?)?, root: hash(row.get(1)?)? }, row.get(2)?, row.get(3)?))
    })
}

impl Registry {
    pub(crate) fn log_key(&self) -> Result<LogKey> {
        self.keys.log_key(&self.origin)
    }

    /// The key by which everybody can check the ledger's checkpoints, as published.
    ///
    /// # Errors
    /// If the ledger's name can not be signed for.
    pub fn ledger_key(&self) -> Result<VerifierKey> {
        Ok(self.log_key()?.verifier())
    }

    /// The name under which the ledger signs.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The last checkpoint as a signed note with the cosignatures it has, and when it was made.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn checkpoint(&self) -> Result<Option<(String, i64)>> {
        self.read(|tx| {
            let Some((head, note, at)) = last(tx)? else { return Ok(None) };
            Ok(Some((witnesses::with_cosignatures(tx, number(head.size)?, &note)?, at)))
        })
    }

    /// A tile's bytes, as published.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>> {
        self.read(|tx| Tiles(tx).tile(level, index))
    }

    /// The commitments of an entry bundle: 256 from `256 × index`, fewer at the end.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn bundle(&self, index: u64) -> Result<Vec<Commitment>> {
        self.read(|tx| bundle(tx, index))
    }

    /// What stands under a path of `c2sp.org/tlog-tiles`, such as `tile/0/x001/234.p/5`, as far as the last checkpoint covers it.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn published(&self, path: &str) -> Result<Option<Published>> {
        let Ok(name) = path.parse::<TileName>() else { return Ok(None) };
        let width = usize::from(name.width);
        self.read(|tx| {
            if !last(tx)?.is_some_and(|(head, ..)| name.lies_in(head.size)) {
                return Ok(None);
            }
            let bytes = match name.row {
                Row::Entries => Some(bundle(tx, name.index)?).filter(|all| all.len() >= width).map(|all| encode_bundle(&all[..width])),
                Row::Level(level) => Tiles(tx).tile(level, name.index)?.and_then(|tile| tile.get(..width * Hash::BYTES).map(<[u8]>::to_vec)),
            };
            let bytes = bytes.ok_or_else(|| Error::fault(format!("{path} is missing or too narrow")))?;
            Ok(Some(Published { bytes, full: name.width == TILE_WIDTH }))
        })
    }

    /// What proves to a stranger that an entry stands in the ledger; nothing until it has its place.
    ///
    /// # Errors
    /// If the tiles were altered.
    pub fn receipt(&self, entry: i64) -> Result<Option<Receipt>> {
        self.read(|tx| receipt(tx, entry))
    }
}

fn bundle(tx: &Tx<'_>, index: u64) -> Result<Vec<Commitment>> {
    let first = number(index)?.checked_mul(256).ok_or_else(|| Error::fault("a bundle lies outside"))?;
    tx.all("SELECT e.commitment FROM log_leaves l JOIN entries e ON e.id = l.entry WHERE l.place >= ?1 AND l.place < ?2 ORDER BY l.place", params![first, first + 256], |row| {
        Ok(Commitment(hash(row.get(0)?)?))
    })
}

/// See [`Registry::receipt`].
pub(crate) fn receipt(tx: &Tx<'_>, entry: i64) -> Result<Option<Receipt>> {
    let found = tx.first(
        "SELECT l.place, e.commitment, t.salt, t.body FROM log_leaves l JOIN entries e ON e.id = l.entry LEFT JOIN entry_texts t ON t.entry = e.id WHERE l.entry = ?1",
        params![entry],
        |row| Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?, row.get::<Option<Vec<u8>>>(2)?, row.get::<Option<String>>(3)?)),
    )?;
    let (Some((place, commitment, salt, body)), Some((head, note, _))) = (found, last(tx)?) else { return Ok(None) };
    let index = unsigned(place)?;
    if index >= head.size {
        return Ok(None);
    }
    let opening = match (salt, body) {
        (Some(salt), Some(entry)) => Some(Opening { salt: Salt(hash(salt)?.0), entry }),
        _ => None,
    };
    let path = prove_inclusion(&mut Tiles(tx), &head, index).map_err(Error::fault)?;
    let note: Note = note.parse().map_err(Error::fault)?;
    Ok(Some(Receipt::new(index, Commitment(hash(commitment)?), opening, path, &note)))
}
