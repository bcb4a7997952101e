//! Checkpoints (`c2sp.org/tlog-checkpoint`): a tree's head as the text of a signed note, and whom to believe it.

use crate::key::{KeyKind, VerifierKey};
use crate::note::Note;
use crate::reason::ProofError;
use crate::tree::TreeHead;

/// What a log says of its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, the same for ever.
    pub origin: String,
    /// The tree.
    pub head: TreeHead,
}

impl Checkpoint {
    /// The checkpoint as a note without signatures. The origin is a key's name, hence a good line.
    pub(crate) fn to_note(&self) -> Note {
        Note::unchecked(format!("{}\n{}\n{}\n", self.origin, self.head.size, self.head.root))
    }

    /// Reads the text of a note; extension lines are allowed and say nothing here.
    ///
    /// # Errors
    /// [`ProofError::Checkpoint`] with the line at fault.
    pub(crate) fn parse(text: &str) -> Result<Self, ProofError> {
        let fault = |line| ProofError::Checkpoint { line };
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty()).ok_or(fault(1))?;
        let digits = lines.next().ok_or(fault(2))?;
        let size: u64 = digits.parse().map_err(|_| fault(2))?;
        if size.to_string() != digits {
            return Err(fault(2));
        }
        let root = lines.next().and_then(|root| root.parse().ok()).ok_or(fault(3))?;
        match lines.position(str::is_empty) {
            Some(empty) => Err(fault(empty + 4)),
            None => Ok(Self { origin: origin.to_owned(), head: TreeHead { size, root } }),
        }
    }
}

/// Whom a reader believes: the log's keys, and witnesses with how many of them are asked for.
#[derive(Clone, Debug)]
pub struct Verifiers {
    origin: String,
    keys: Vec<VerifierKey>,
    quorum: usize,
}

/// A cosignature that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The witness.
    pub witness: String,
    /// When it had seen no later tree of this log, in Unix seconds.
    pub time: u64,
}

/// A checkpoint whose signatures were verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What the log says.
    pub checkpoint: Checkpoint,
    /// The log's key or keys that signed it.
    pub signed: Vec<VerifierKey>,
    /// The known witnesses that cosigned it.
    pub cosigned: Vec<Cosigned>,
}

impl Verifiers {
    /// Believes the log `origin` by `keys`: any of the log's own (several while a key is replaced)
    /// together with at least `quorum` of the witnesses. Keys of other logs are left aside.
    pub fn new(origin: &str, keys: impl IntoIterator<Item = VerifierKey>, quorum: usize) -> Self {
        let mut known: Vec<VerifierKey> = Vec::new();
        for key in keys {
            let serves = key.kind() == KeyKind::Witness || key.name() == origin;
            if serves && !known.contains(&key) {
                known.push(key);
            }
        }
        Self { origin: origin.to_owned(), keys: known, quorum }
    }

    /// Verifies a checkpoint. Signatures of unknown keys are passed over; one of a known key that
    /// does not hold refuses the whole note (`c2sp.org/signed-note`).
    ///
    /// # Errors
    /// A signature does not hold, the log's or the witnesses' are missing, the text is no
    /// checkpoint, or it is one of another log.
    pub fn open(&self, note: &Note) -> Result<Opened, ProofError> {
        let (mut signed, mut cosigned) = (Vec::new(), Vec::<Cosigned>::new());
        for signature in note.signatures() {
            for key in self.keys.iter().filter(|key| key.claims(signature)) {
                let time = key.verify(note.text(), &signature.bytes).ok_or_else(|| ProofError::BadSignature { name: signature.name.clone(), id: signature.id })?;
                match time {
                    None if !signed.contains(key) => signed.push(key.clone()),
                    Some(time) if cosigned.iter().all(|c| c.witness != key.name()) => cosigned.push(Cosigned { witness: key.name().to_owned(), time }),
                    _ => {}
                }
            }
        }
        if signed.is_empty() {
            return Err(ProofError::NotSigned { origin: self.origin.clone(), found: note.signatures().iter().map(|s| format!("{}+{:08x}", s.name, s.id)).collect() });
        }
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != self.origin {
            return Err(ProofError::Origin { found: checkpoint.origin, expected: self.origin.clone() });
        }
        if cosigned.len() < self.quorum {
            return Err(ProofError::Witnesses { found: cosigned.len(), need: self.quorum });
        }
        Ok(Opened { checkpoint, signed, cosigned })
    }
}
