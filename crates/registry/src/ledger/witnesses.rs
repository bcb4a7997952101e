//! Witnesses (见证人): others who cosign a checkpoint after they saw that it continues the last one they cosigned, so that the past
//! could be rewritten only with their help. Whom this installation believes is its own setting.

use crate::error::{Error, Result};
use crate::params;
use crate::registry::Registry;
use crate::settings;
use crate::store::Tx;
use xueshi_ledger::{Cosigned, KeyKind, Note, Signature, VerifierKey, Verifiers};

/// The setting that holds the witnesses' public keys, one a line.
const SETTING: &str = "witnesses";
/// Witnesses at most: a note holds no more signatures, one of them our own.
const MOST: usize = 15;

/// A witness, and how far it has vouched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Its public key.
    pub key: VerifierKey,
    /// The largest tree it cosigned, and when that reached us, in microseconds UTC.
    pub last: Option<(i64, i64)>,
}

impl Registry {
    /// The witnesses that this installation believes.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn witnesses(&self) -> Result<Vec<Witness>> {
        self.read(|tx| {
            let keys = keys(tx)?;
            let last = tx.all("SELECT witness, size, at FROM cosignatures c WHERE size = (SELECT MAX(x.size) FROM cosignatures x WHERE x.witness = c.witness)", params![], |row| {
                Ok((row.get::<String>(0)?, (row.get::<i64>(1)?, row.get::<i64>(2)?)))
            })?;
            Ok(keys.into_iter().map(|key| Witness { last: last.iter().find(|(witness, _)| witness == key.name()).map(|(_, last)| *last), key }).collect())
        })
    }

    /// Believes a witness from now on: its public key as it publishes it, `name+hash+base64`.
    ///
    /// # Errors
    /// If it is no key of a witness, one of that name is believed already, or there are too many.
    pub fn add_witness(&self, key: &str) -> Result<()> {
        let key: VerifierKey = key
            .trim()
            .parse()
            .map_err(|why: xueshi_ledger::KeyError| Error::invalid("key", format!("{}。{}。", why.title().zh, why.remedy().zh), format!("{}. {}.", why.title().en, why.remedy().en)))?;
        if key.kind() != KeyKind::Witness {
            return Err(Error::invalid(
                "key",
                "这是账本签名的公钥，不是见证人的。请向见证人取它公布的公钥（算法 4）。",
                "This is a log's key, not a witness's. Ask the witness for the key it publishes (algorithm 4).",
            ));
        }
        self.write(move |tx| {
            let mut all = keys(tx)?;
            if all.iter().any(|known| known.name() == key.name()) {
                return Err(Error::refused(
                    crate::error::Why::Duplicate,
                    "已有同名的见证人。要换公钥，请先移除旧的。",
                    "A witness of that name is believed already. To change its key, remove the old one first.",
                ));
            }
            if all.len() >= MOST {
                return Err(Error::invalid("key", format!("最多 {MOST} 个见证人。请先移除不用的。"), format!("There are {MOST} witnesses already, the most there can be. Remove one first.")));
            }
            all.push(key.clone());
            set(tx, &all)
        })
    }

    /// Believes a witness no longer. What it cosigned stays.
    ///
    /// # Errors
    /// If no witness of that name is believed.
    pub fn remove_witness(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.write(move |tx| {
            let mut all = keys(tx)?;
            let before = all.len();
            all.retain(|key| key.name() != name);
            if all.len() == before {
                return Err(Error::not_found("见证人", "witness"));
            }
            set(tx, &all)
        })
    }

    /// Keeps what witnesses cosigned: a cosigned checkpoint as a whole, or only the signature lines that a witness answered with, which
    /// are then of the last checkpoint. Gives the cosignatures that hold.
    ///
    /// # Errors
    /// If it is not a checkpoint of this ledger, a known witness's signature does not hold, or no known witness cosigned.
    pub fn cosign(&self, cosigned: &str) -> Result<Vec<Cosigned>> {
        let (verifiers, now) = (self.ledger_key()?, self.now());
        let origin = self.origin.clone();
        let given: Result<Note> = cosigned.parse().map_err(|why: xueshi_ledger::NoteFault| Error::invalid("note", format!("{}。", why.title().zh), format!("{}.", why.title().en)));
        let lines: Option<Vec<Signature>> = cosigned.lines().map(|line| line.parse().ok()).collect();
        self.write(move |tx| {
            let (text, signatures) = match &lines {
                Some(lines) if !lines.is_empty() => {
                    let (_, note, _) = super::last(tx)?.ok_or_else(|| Error::not_found("检查点", "checkpoint"))?;
                    (note.parse::<Note>().map_err(Error::fault)?.text().to_owned(), lines.clone())
                }
                _ => given.clone().map(|note| (note.text().to_owned(), note.signatures().to_vec()))?,
            };
            let stored = stored(tx, &text)?;
            let size = stored.0;
            let known = Verifiers::new(&origin, keys(tx)?.into_iter().chain([verifiers.clone()]), 0);
            let mut kept = Vec::new();
            for signature in signatures {
                let mut note = stored.1.clone();
                note.add(signature.clone());
                let opened = known.open(&note).map_err(|why| Error::invalid("note", format!("{}。{}。", why.title().zh, why.remedy().zh), format!("{}. {}.", why.title().en, why.remedy().en)))?;
                for one in opened.cosigned {
                    tx.execute(
                        "INSERT INTO cosignatures (size, witness, line, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (size, witness) DO UPDATE SET line = excluded.line, at = excluded.at",
                        params![size, &one.witness, &signature.to_string(), now],
                    )?;
                    kept.push(one);
                }
            }
            if kept.is_empty() {
                return Err(Error::invalid(
                    "note",
                    "里面没有已知见证人的签名。请先用 ledger witness add 加入见证人的公钥。",
                    "No known witness signed it. First add the witness's public key with `ledger witness add`.",
                ));
            }
            Ok(kept)
        })
    }
}

/// The size and note of our checkpoint with this text.
fn stored(tx: &Tx<'_>, text: &str) -> Result<(i64, Note)> {
    // The second line of a checkpoint is the size of the tree.
    let found = match text.lines().nth(1).and_then(|size| size.parse::<i64>().ok()) {
        Some(size) => tx.first("SELECT note FROM checkpoints WHERE size = ?1", params![size], |row| row.get::<String>(0))?.map(|note| (size, note)),
        None => None,
    };
    let note = found.map(|(size, note)| Ok::<_, Error>((size, note.parse::<Note>().map_err(Error::fault)?))).transpose()?;
    note.filter(|(_, note)| note.text() == text).ok_or_else(|| {
        Error::invalid(
            "note",
            "这不是本账本的检查点，或内容被改过。请用 ledger checkpoint 打印的那一份去联署。",
            "This is no checkpoint of this ledger, or it was altered. Have the one cosigned that `ledger checkpoint` prints.",
        )
    })
}

/// A checkpoint with the cosignatures that came for it.
pub(super) fn with_cosignatures(tx: &Tx<'_>, size: i64, note: &str) -> Result<String> {
    let lines = tx.all("SELECT line FROM cosignatures WHERE size = ?1 ORDER BY witness", params![size], |row| row.get::<String>(0))?;
    Ok(lines.iter().fold(note.to_owned(), |note, line| note + line))
}

fn keys(tx: &Tx<'_>) -> Result<Vec<VerifierKey>> {
    let text = settings::get(tx, SETTING)?.unwrap_or_default();
    text.lines().map(|line| line.parse().map_err(Error::fault)).collect()
}

fn set(tx: &Tx<'_>, keys: &[VerifierKey]) -> Result<()> {
    let text: Vec<String> = keys.iter().map(ToString::to_string).collect();
    settings::set(tx, SETTING, &text.join("\n"))
}
