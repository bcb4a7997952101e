//! What somebody keeps to show, without asking the log, that an entry stands in it.

use serde::{Deserialize, Serialize};

use crate::checkpoint::{Cosigned, Opened, Verifiers};
use crate::commitment::{Commitment, Salt};
use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::note::Note;
use crate::proof::verify_inclusion;
use crate::reason::ProofError;
use crate::tree::TreeHead;

/// The form of receipts written here.
const FORMAT: &str = "xueshi/receipt/v1";

/// An entry's commitment, its path in the tree, and the signed checkpoint; as JSON, with hashes in Base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    format: String,
    /// The entry's place in the log, from 0.
    pub index: u64,
    /// What stands in the tree.
    pub commitment: Commitment,
    /// What was committed to; absent where entry and salt were erased or are not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Opening>,
    /// The inclusion path, from the leaf upwards.
    pub path: Vec<Hash>,
    /// The checkpoint as a signed note.
    pub checkpoint: String,
}

/// An entry with its salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The salt.
    pub salt: Salt,
    /// The entry's JSON, byte for byte as it was committed to.
    pub entry: String,
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The entry as it was committed to; absent where the receipt does not show it.
    pub entry: Option<String>,
    /// Its place in the log.
    pub index: u64,
    /// The tree it stands in, to be compared with other checkpoints of the log.
    pub head: TreeHead,
    /// The log's keys that signed.
    pub signed: Vec<VerifierKey>,
    /// The witnesses that cosigned.
    pub cosigned: Vec<Cosigned>,
}

impl Receipt {
    /// Puts a receipt together from the path that [`crate::prove_inclusion`] gave for the checkpoint's tree.
    pub fn new(index: u64, commitment: Commitment, opening: Option<Opening>, path: Vec<Hash>, checkpoint: &Note) -> Self {
        Self { format: FORMAT.to_owned(), index, commitment, opening, path, checkpoint: checkpoint.to_string() }
    }

    /// Reads a receipt.
    ///
    /// # Errors
    /// [`ProofError::Unreadable`] with its place, or [`ProofError::Format`].
    pub fn from_json(json: &str) -> Result<Self, ProofError> {
        #[derive(Deserialize)]
        struct Form {
            format: String,
        }
        let fault = |e: serde_json::Error| ProofError::Unreadable { line: e.line(), column: e.column(), json: e.is_data() };
        // The form first: a later one may have other fields.
        let Form { format } = serde_json::from_str(json).map_err(fault)?;
        if format != FORMAT {
            return Err(ProofError::Format { found: format });
        }
        serde_json::from_str(json).map_err(fault)
    }

    /// Verifies everything the receipt says, with nothing but the keys one believes.
    ///
    /// # Errors
    /// The first thing that does not hold: entry against commitment, the checkpoint's signatures,
    /// then the path.
    pub fn verify(&self, verifiers: &Verifiers) -> Result<Verified, ProofError> {
        if self.format != FORMAT {
            return Err(ProofError::Format { found: self.format.clone() });
        }
        if let Some(Opening { salt, entry }) = &self.opening
            && Commitment::new(salt, entry.as_bytes()) != self.commitment
        {
            return Err(ProofError::Opening);
        }
        let Opened { checkpoint, signed, cosigned } = verifiers.open(&self.checkpoint.parse()?)?;
        verify_inclusion(&self.commitment.leaf(), self.index, &self.path, &checkpoint.head)?;
        Ok(Verified { entry: self.opening.as_ref().map(|o| o.entry.clone()), index: self.index, head: checkpoint.head, signed, cosigned })
    }
}
