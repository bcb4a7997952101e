//! Evidence files: under the hash of their content, encrypted, in a folder beside the database.

use crate::error::{Error, Result};
use crate::keys::Keys;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

/// Bytes of one file at most.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;

/// The folder.
#[derive(Debug)]
pub(crate) struct Evidence {
    folder: PathBuf,
}

/// What a file is by its first bytes: the media types that are accepted as proofs.
pub fn media_of(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        _ => None,
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Evidence {
    pub(crate) fn new(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).map_err(Error::fault)?;
        Ok(Self { folder })
    }

    /// Keeps bytes and says under which hash. They are on disk when this returns; the same bytes are kept once.
    pub(crate) fn keep(&self, keys: &Keys, bytes: &[u8]) -> Result<String> {
        let digest = digest(bytes);
        let path = self.path(&digest)?;
        if path.exists() {
            return Ok(digest);
        }
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(Error::fault)?;
        let (key, sealed) = keys.seal(bytes, &digest)?;
        let length = u8::try_from(key.len()).map_err(Error::fault)?;
        let spare = path.with_extension(format!("{:x}", u64::from_le_bytes(crate::keys::random()?)));
        let mut file = File::create(&spare).map_err(Error::fault)?;
        file.write_all(&[length]).and_then(|()| file.write_all(key.as_bytes())).and_then(|()| file.write_all(&sealed)).and_then(|()| file.sync_all()).map_err(Error::fault)?;
        fs::rename(&spare, &path).map_err(Error::fault)?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::fault)?;
        Ok(digest)
    }

    /// The bytes of a hash.
    pub(crate) fn read(&self, keys: &Keys, digest: &str) -> Result<Vec<u8>> {
        let kept = fs::read(self.path(digest)?).map_err(|error| Error::fault(format!("evidence {digest}: {error}")))?;
        let short = || Error::fault(format!("evidence {digest} is cut off"));
        let (length, rest) = kept.split_first().ok_or_else(short)?;
        let (key, sealed) = rest.split_at_checked(usize::from(*length)).ok_or_else(short)?;
        let bytes = keys.open(std::str::from_utf8(key).map_err(Error::fault)?, sealed, digest)?;
        if crate::evidence::digest(&bytes) == digest { Ok(bytes) } else { Err(Error::fault(format!("evidence {digest} holds something else"))) }
    }

    fn path(&self, digest: &str) -> Result<PathBuf> {
        if digest.len() != 64 || !digest.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(Error::fault("an evidence hash is malformed"));
        }
        Ok(self.folder.join(&digest[..2]).join(&digest[2..]))
    }
}
