//! Keys: the log's own (Ed25519 over the note) and witnesses' (Ed25519 cosignatures with a time).

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{Signature as Ed25519, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::checkpoint::Checkpoint;
use crate::note::{Note, Signature};
use crate::text::{Text, text};
use crate::tree::TreeHead;

/// The latest time a cosignature may carry (2⁶³ − 1 seconds).
const LATEST: u64 = i64::MAX as u64;

/// What a key signs; its byte is the signature type of `c2sp.org/signed-note`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum KeyKind {
    /// Signs the note's text as it is.
    Log = 1,
    /// Signs a time and the note's text (`cosignature/v1`).
    Witness = 4,
}

/// A public key with its name; as text `name+hash+base64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    key: VerifyingKey,
}

/// The key a log signs its checkpoints with. Its name is the log's origin.
pub struct LogKey {
    name: String,
    key: SigningKey,
}

/// The key of a witness.
pub struct WitnessKey {
    name: String,
    key: SigningKey,
}

/// Why a key can not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The text is not of the form `name+hash+base64`.
    Form,
    /// The name is empty or has spaces, control characters or a plus.
    Name,
    /// The kind of key is another than the two known here.
    Kind(u8),
    /// The hash is not that of name and key: a part was altered or cut off.
    Id,
    /// The key's bytes are no Ed25519 key.
    Key,
}

impl KeyError {
    /// What is wrong.
    pub fn title(&self) -> Text {
        match self {
            Self::Form => text!("验证密钥应为“名称+标识+Base64”", "A verifier key has the form name+hash+base64"),
            Self::Name => text!("密钥名称不能为空，不能含空格、控制字符或加号", "A key's name must not be empty nor have spaces, control characters or a plus"),
            Self::Kind(kind) => text!("不认识第 {kind} 类密钥（只认 1：日志，4：见证人）", "Keys of kind {kind} are not known here (1: log, 4: witness)"),
            Self::Id => text!("密钥标识与名称、密钥不符", "The key's hash is not that of its name and key"),
            Self::Key => text!("密钥字节不是 Ed25519 公钥", "The key's bytes are no Ed25519 public key"),
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> Text {
        match self {
            Self::Name => text!("改用形如 example.org/log 的名称", "Choose a name such as example.org/log"),
            _ => text!("从日志或见证人公布处重新完整复制密钥文本", "Copy the whole key text again from where the log or witness publishes it"),
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.title().fmt(f)
    }
}

impl std::error::Error for KeyError {}

/// Whether a key or origin may be called this.
pub(crate) fn good_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// What a witness signs: header, time, and the note's text.
fn cosigned_text(time: u64, note: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{note}")
}

impl VerifierKey {
    fn new(name: &str, kind: KeyKind, key: VerifyingKey) -> Self {
        Self { name: name.to_owned(), kind, key }
    }

    /// The key's name: a log's origin, or the witness's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the key signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key id: the first four bytes of SHA-256(name ‖ newline ‖ kind ‖ key), big-endian.
    pub fn id(&self) -> u32 {
        let [a, b, c, d, ..]: [u8; 32] = Sha256::new().chain_update(&self.name).chain_update("\n").chain_update(self.typed()).finalize().into();
        u32::from_be_bytes([a, b, c, d])
    }

    /// The kind's byte and the key.
    fn typed(&self) -> Vec<u8> {
        [&[self.kind as u8], self.key.as_bytes().as_slice()].concat()
    }

    /// Whether the signature line claims to be of this key.
    pub(crate) fn claims(&self, signature: &Signature) -> bool {
        signature.name == self.name && signature.id == self.id()
    }

    /// Whether `bytes` is this key's signature of the note text; for a witness, with its time (Unix seconds).
    pub(crate) fn verify(&self, note: &str, bytes: &[u8]) -> Option<Option<u64>> {
        let (time, signature) = match self.kind {
            KeyKind::Log => (None, bytes),
            KeyKind::Witness => {
                let (time, signature) = bytes.split_first_chunk()?;
                (Some(u64::from_be_bytes(*time)).filter(|time| *time <= LATEST).map(Some)?, signature)
            }
        };
        let text = time.map_or_else(|| note.to_owned(), |time| cosigned_text(time, note));
        self.key.verify_strict(text.as_bytes(), &Ed25519::from_slice(signature).ok()?).ok()?;
        Some(time)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:08x}+{}", self.name, self.id(), BASE64_STANDARD.encode(self.typed()))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(typed)) = (parts.next(), parts.next(), parts.next()) else { return Err(KeyError::Form) };
        let typed = BASE64_STANDARD.decode(typed).map_err(|_| KeyError::Form)?;
        let (kind, key) = typed.split_first().ok_or(KeyError::Form)?;
        let kind = [KeyKind::Log, KeyKind::Witness].into_iter().find(|k| *k as u8 == *kind).ok_or(KeyError::Kind(*kind))?;
        if !good_name(name) {
            return Err(KeyError::Name);
        }
        let key = VerifyingKey::try_from(key).ok().filter(|key| !key.is_weak()).ok_or(KeyError::Key)?;
        let read = Self::new(name, kind, key);
        if format!("{:08x}", read.id()) == id { Ok(read) } else { Err(KeyError::Id) }
    }
}

impl LogKey {
    /// The key of an origin from 32 secret random bytes, which the caller draws and keeps.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(origin: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if good_name(origin) { Ok(Self { name: origin.to_owned(), key: SigningKey::from_bytes(seed) }) } else { Err(KeyError::Name) }
    }

    /// The public key.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::new(&self.name, KeyKind::Log, self.key.verifying_key())
    }

    /// Adds this key's signature to a note.
    pub fn sign(&self, note: &mut Note) {
        let bytes = self.key.sign(note.text().as_bytes()).to_bytes().to_vec();
        note.add(Signature { name: self.name.clone(), id: self.verifier().id(), bytes });
    }

    /// The signed checkpoint of a tree. The caller signs only heads that continue every head it
    /// signed before, and stores the checkpoint before it shows it.
    pub fn checkpoint(&self, head: &TreeHead) -> Note {
        let mut note = Checkpoint { origin: self.name.clone(), head: *head }.to_note();
        self.sign(&mut note);
        note
    }
}

impl WitnessKey {
    /// The key of a witness from 32 secret random bytes, which the caller draws and keeps.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if good_name(name) { Ok(Self { name: name.to_owned(), key: SigningKey::from_bytes(seed) }) } else { Err(KeyError::Name) }
    }

    /// The public key.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::new(&self.name, KeyKind::Witness, self.key.verifying_key())
    }

    /// Adds this witness's cosignature to a checkpoint at a time in Unix seconds (at most 2⁶³ − 1;
    /// later ones are cut to it). The caller has verified that the checkpoint is signed by its log
    /// and consistent with the last one it cosigned: that is what the cosignature says.
    pub fn cosign(&self, note: &mut Note, time: u64) {
        let time = time.min(LATEST);
        let signature = self.key.sign(cosigned_text(time, note.text()).as_bytes());
        let bytes = [time.to_be_bytes().as_slice(), &signature.to_bytes()].concat();
        note.add(Signature { name: self.name.clone(), id: self.verifier().id(), bytes });
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.verifier())
    }
}

impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WitnessKey({})", self.verifier())
    }
}
