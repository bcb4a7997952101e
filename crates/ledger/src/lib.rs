//! What makes entries unalterable, and lets strangers check them.
//!
//! ```text
//! entry, salt ─▶ Commitment ─▶ leaf hash ─append─▶ tiles, TreeHead ─LogKey─▶ Note (checkpoint) ◀─ cosignatures
//!                                                    │                         │
//!                                        prove_inclusion, prove_consistency    │
//!                                                    └────────▶ Receipt ◀──────┘ ─Verifiers─▶ Verified | ProofError
//! ```
//!
//! A leaf is a salted commitment to an entry (RFC 9162 tree, SHA-256); entry and salt stand beside
//! the tree, so that erasing both leaves every proof valid and tells nothing of what was erased.
//! The tree is kept and published as tiles (`c2sp.org/tlog-tiles`), its head as a signed note
//! (`c2sp.org/signed-note`, `c2sp.org/tlog-checkpoint`) that witnesses countersign
//! (`c2sp.org/tlog-cosignature`, Ed25519).
//!
//! What is never done here: no SQL, no clock, no randomness, no I/O. Salts, seeds and times are
//! given; tiles are read through [`TileRead`] and handed back to be stored.
//!
//! ```
//! # use std::collections::BTreeMap;
//! # use xueshi_ledger::*;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (seed, salt) = ([1; 32], Salt([2; 32]));
//! # let mut table = BTreeMap::new();
//! # let head = TreeHead::empty();
//! // The sequencer: a batch of committed entries, then the checkpoint, stored together.
//! let commitment = Commitment::new(&salt, br#"{"entry":1}"#);
//! let appended = append(&mut table, &head, &[commitment.leaf()])?;
//! for tile in appended.tiles {
//!     table.insert((tile.level, tile.index), tile.bytes);
//! }
//! let key = LogKey::from_seed("ledger.example/log", &seed)?;
//! let checkpoint = key.checkpoint(&appended.head);
//!
//! // Within the merge delay: the receipt of an entry.
//! let path = prove_inclusion(&mut table, &appended.head, 0)?;
//! let opening = Opening { salt, entry: r#"{"entry":1}"#.to_owned() };
//! let receipt = Receipt::new(0, commitment, Some(opening), path, &checkpoint);
//!
//! // A stranger, with nothing but the published key.
//! let published: VerifierKey = key.verifier().to_string().parse()?;
//! let verified = receipt.verify(&Verifiers::new("ledger.example/log", [published], 0))?;
//! assert_eq!(verified.entry.as_deref(), Some(r#"{"entry":1}"#));
//! # Ok(())
//! # }
//! ```
//!
//! Tree and notes are written out here: `tlog_tiles` panics where a store answers wrongly,
//! `signed_note` has one reason for every malformed note and knows no cosignatures, both stand on
//! an older SHA-256 and Ed25519; `ct-merkle` keeps every leaf in memory. All three are what the
//! tests hold this crate against.

mod checkpoint;
mod commitment;
mod hash;
mod key;
mod note;
mod proof;
mod reason;
mod receipt;
mod store;
mod text;
mod tile;
mod tree;

pub use checkpoint::{Checkpoint, Cosigned, Opened, Verifiers};
pub use commitment::{Commitment, Salt};
pub use hash::{Hash, leaf_hash, node_hash};
pub use key::{KeyError, KeyKind, LogKey, VerifierKey, WitnessKey};
pub use note::{Note, NoteFault, Signature};
pub use proof::{prove_consistency, prove_inclusion, verify_consistency, verify_inclusion};
pub use reason::ProofError;
pub use receipt::{Opening, Receipt, Verified};
pub use store::{TileRead, TreeError};
pub use text::Text;
pub use tile::{BadTileName, Row, TILE_WIDTH, TileName, decode_bundle, encode_bundle};
pub use tree::{Appended, StoredTile, TreeHead, append};
