//! Keys: encryption of identity numbers and evidence, keyed hashes to find them by, the ledger's signing key.

use crate::error::{Error, Result};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD as URL64};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use xueshi_ledger::{LogKey, VerifierKey};

/// Bytes of a nonce of AES-256-GCM.
const NONCE: usize = 12;

/// Every key of an installation. Kept in a file of its own, outside the database.
///
/// Clones are of the same keys: what one takes in from the file ([`Keys::refresh`]), all have.
#[derive(Clone)]
pub struct Keys {
    held: Arc<RwLock<Arc<Held>>>,
    file: Option<Arc<PathBuf>>,
}

#[derive(Clone, PartialEq, Eq)]
struct Held {
    /// Keys that encrypt, by id; values are written with the current one and read with whichever they name.
    sealing: BTreeMap<String, [u8; 32]>,
    current: String,
    lookup: [u8; 32],
    signing: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("current", &self.held().current).finish_non_exhaustive()
    }
}

/// Random bytes from the system.
///
/// # Errors
/// If the system has none.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::fault)?;
    Ok(bytes)
}

/// A word that nobody can guess: 256 random bits in URL-safe Base64.
///
/// # Errors
/// If the system has no random bytes.
pub fn random_word() -> Result<String> {
    Ok(URL64.encode(random::<32>()?))
}

impl Keys {
    /// New keys.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn generate() -> Result<Self> {
        let current = "k1".to_owned();
        Ok(Self::of(Held { sealing: BTreeMap::from([(current.clone(), random()?)]), current, lookup: random()?, signing: random()? }, None))
    }

    fn of(held: Held, file: Option<&Path>) -> Self {
        Self { held: Arc::new(RwLock::new(Arc::new(held))), file: file.map(|path| Arc::new(path.to_owned())) }
    }

    fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the keys of a file, or makes the file where there is none and `make` says so.
    ///
    /// # Errors
    /// If the file can not be read, is open to others, or is not a file of keys.
    pub fn load(path: &Path, make: bool) -> Result<Self> {
        if !path.exists() && make {
            Self::generate()?.save(path)?;
        }
        Ok(Self::of(read(path)?, Some(path)))
    }

    /// Takes in what the file holds now: whoever changed it need not restart the servers. Says whether anything changed.
    ///
    /// # Errors
    /// See [`Keys::load`]; the keys stay as they were then.
    pub fn refresh(&self) -> Result<bool> {
        let Some(path) = &self.file else { return Ok(false) };
        let now = read(path)?;
        let changed = *self.held() != now;
        if changed {
            *self.held.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        }
        Ok(changed)
    }
    /// Adds a key that encrypts to the file and gives its id. Nothing is sealed with it before [`Keys::use_key`]: where several machines have
    /// the file, each must have it first.
    ///
    /// # Errors
    /// If the file can not be written, or the keys are of no file.
    pub fn add_key(&self) -> Result<String> {
        let mut held = Held::clone(&self.held());
        let id = (1..).map(|number| format!("k{number}")).find(|id| !held.sealing.contains_key(id)).unwrap_or_default();
        held.sealing.insert(id.clone(), random()?);
        self.replace(held)?;
        Ok(id)
    }

    /// From now on values are sealed with this key.
    ///
    /// # Errors
    /// If there is no such key, or the file can not be written.
    pub fn use_key(&self, id: &str) -> Result<()> {
        let mut held = Held::clone(&self.held());
        if !held.sealing.contains_key(id) {
            return Err(no_key(id));
        }
        held.current = id.to_owned();
        self.replace(held)
    }

    /// Takes a key out of the file. What is still sealed with it can never be opened again: see [`crate::Registry::sealed_with`].
    ///
    /// # Errors
    /// If there is no such key, it is the current one, or the file can not be written.
    pub fn drop_key(&self, id: &str) -> Result<()> {
        let mut held = Held::clone(&self.held());
        if held.current == id {
            return Err(Error::invalid("key", format!("{id} 正在使用。请先轮换。"), format!("{id} is in use. Rotate first.")));
        }
        held.sealing.remove(id).ok_or_else(|| no_key(id))?;
        self.replace(held)
    }

    fn replace(&self, held: Held) -> Result<()> {
        let path = self.file.as_ref().ok_or_else(|| Error::fault("these keys are of no file"))?;
        let spare = path.with_extension(format!("{:x}", u64::from_le_bytes(random()?)));
        write_private(&spare, &held.to_json())?;
        std::fs::rename(&spare, path.as_path()).map_err(Error::fault)?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(held);
        Ok(())
    }

    /// Writes the keys into a new file that only its owner can read.
    ///
    /// # Errors
    /// If the file is there already, or can not be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        write_private(path, &self.held().to_json())
    }

    /// The key by which everybody can check what the ledger of this name signs.
    ///
    /// # Errors
    /// If the name can not be signed for.
    pub fn ledger_key(&self, origin: &str) -> Result<VerifierKey> {
        Ok(self.log_key(origin)?.verifier())
    }

    pub(crate) fn log_key(&self, origin: &str) -> Result<LogKey> {
        LogKey::from_seed(origin, &self.held().signing).map_err(Error::fault)
    }

    /// The ids of the keys that encrypt, the current one first.
    pub fn ids(&self) -> Vec<String> {
        let held = self.held();
        let others = held.sealing.keys().filter(|id| **id != held.current).cloned();
        std::iter::once(held.current.clone()).chain(others).collect()
    }

    /// Encrypts: the id of the key, then nonce and ciphertext. `about` binds it to its place; it must be given again to open it.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub fn seal(&self, plain: &[u8], about: &str) -> Result<(String, Vec<u8>)> {
        let (nonce, held): ([u8; NONCE], _) = (random()?, self.held());
        let sealed = cipher(&held, &held.current)?.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: about.as_bytes() }).map_err(|_| Error::fault("a value could not be encrypted"))?;
        Ok((held.current.clone(), [&nonce[..], &sealed].concat()))
    }

    /// Decrypts what [`Keys::seal`] made.
    ///
    /// # Errors
    /// If the key is gone, the value was altered, or `about` is another.
    pub fn open(&self, key: &str, sealed: &[u8], about: &str) -> Result<Vec<u8>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or_else(|| Error::fault("a sealed value is too short"))?;
        if !self.held().sealing.contains_key(key) {
            // Sealed by a server that has taken in a newer file already.
            self.refresh()?;
        }
        cipher(&self.held(), key)?.decrypt(&Nonce::from(*nonce), Payload { msg: text, aad: about.as_bytes() }).map_err(|_| Error::fault(format!("a value sealed with key {key} can not be opened")))
    }

    /// A keyed hash to find a value by, without storing it. `kind` keeps values of different kinds apart.
    pub fn lookup(&self, kind: &str, value: &str) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.held().lookup) else { return [0; 32] };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl Held {
    fn to_json(&self) -> String {
        let sealing: serde_json::Map<String, serde_json::Value> = self.sealing.iter().map(|(id, key)| (id.clone(), BASE64.encode(key).into())).collect();
        let all = serde_json::json!({ "current": self.current, "sealing": sealing, "lookup": BASE64.encode(self.lookup), "signing": BASE64.encode(self.signing) });
        format!("{all:#}\n")
    }

    fn from_json(text: &str) -> Option<Self> {
        let all: serde_json::Value = serde_json::from_str(text).ok()?;
        let key = |value: &serde_json::Value| -> Option<[u8; 32]> { BASE64.decode(value.as_str()?).ok()?.try_into().ok() };
        let sealing: BTreeMap<String, [u8; 32]> = all.get("sealing")?.as_object()?.iter().map(|(id, value)| Some((id.clone(), key(value)?))).collect::<Option<_>>()?;
        let current = all.get("current")?.as_str()?.to_owned();
        sealing.contains_key(&current).then_some(())?;
        Some(Self { current, sealing, lookup: key(all.get("lookup")?)?, signing: key(all.get("signing")?)? })
    }
}

fn cipher(held: &Held, key: &str) -> Result<Aes256Gcm> {
    let bytes = held.sealing.get(key).ok_or_else(|| Error::fault(format!("key {key} is not in the key file")))?;
    Ok(Aes256Gcm::new(bytes.into()))
}

fn no_key(id: &str) -> Error {
    Error::invalid("key", format!("密钥文件里没有 {id}。"), format!("There is no {id} in the key file."))
}

fn read(path: &Path) -> Result<Held> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::invalid("keys", format!("读不到密钥文件 {}：{error}。", path.display()), format!("The key file {} can not be read: {error}.", path.display())))?;
    only_ours(path)?;
    Held::from_json(&text).ok_or_else(|| {
        Error::invalid("keys", format!("{} 不是密钥文件，或不完整。请从备份恢复。", path.display()), format!("{} is no key file, or not whole. Restore it from the backup.", path.display()))
    })
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Error::fault)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(Error::fault)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::fault)
}

#[cfg(not(unix))]
fn write_private(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(Error::fault)
}

#[cfg(unix)]
fn only_ours(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map_err(Error::fault)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::invalid("keys", format!("密钥文件 {0} 别人也能读。请执行 chmod 600 {0}。", path.display()), format!("The key file {0} is open to others. Run chmod 600 {0}.", path.display())))
}

#[cfg(not(unix))]
fn only_ours(_: &Path) -> Result<()> {
    Ok(())
}
