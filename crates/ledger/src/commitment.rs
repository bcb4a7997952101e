//! What stands in the tree for an entry.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::hash::{Hash, bytes32, leaf_hash};

/// Keeps the hash of an entry apart from every other use of SHA-256. Tag and salt have fixed
/// lengths, so no two pairs of salt and entry give the same input.
const TAG: &[u8] = b"xueshi/entry-commitment/v1\n";

/// Thirty-two random bytes, drawn by the caller for one entry alone and kept beside it. Whoever
/// lacks the salt can not try out which entry a commitment stands for.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

/// SHA-256 over tag, salt and the entry's canonical bytes: the data of its leaf in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(pub Hash);

impl Commitment {
    /// Commits to the bytes as they are: the caller writes an entry in one canonical form and
    /// keeps or reproduces exactly these bytes.
    pub fn new(salt: &Salt, entry: &[u8]) -> Self {
        Self(Hash(Sha256::new().chain_update(TAG).chain_update(salt.0).chain_update(entry).finalize().into()))
    }

    /// The hash of the leaf that holds this commitment.
    pub fn leaf(&self) -> Hash {
        leaf_hash(&self.0.0)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64_STANDARD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        bytes32(&String::deserialize(from)?).map(Salt).ok_or_else(|| serde::de::Error::custom("32 bytes in Base64 expected"))
    }
}
