//! Evidence files: under the hash of their content, encrypted, in a folder beside the database.

use crate::error::{Error, Result};
use crate::keys::Keys;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// Bytes of one file at most.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;

/// The folder.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    folder: PathBuf,
}

/// Whether a file was sealed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resealed {
    /// It was.
    Yes,
    /// The current key had sealed it already, or it is gone.
    No,
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

/// Marks a file that is there as used now; says whether it is still there then. A removal looks at the mark after it has put the file aside.
fn used_again(path: &std::path::Path) -> bool {
    let marked = File::options().write(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    marked.is_ok() && path.exists()
}

/// Whether nobody wrote or marked a file for so long.
fn older(path: &std::path::Path, age: Duration) -> bool {
    let modified = fs::metadata(path).and_then(|about| about.modified());
    modified.is_ok_and(|at| at.elapsed().is_ok_and(|elapsed| elapsed > age))
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
        if used_again(&path) {
            return Ok(digest);
        }
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(Error::fault)?;
        self.put(&path, keys, bytes, &digest)?;
        Ok(digest)
    }

    /// Seals bytes into a file that is whole or not there.
    fn put(&self, path: &std::path::Path, keys: &Keys, bytes: &[u8], digest: &str) -> Result<()> {
        let folder = path.parent().unwrap_or(&self.folder);
        let (key, sealed) = keys.seal(bytes, digest)?;
        let length = u8::try_from(key.len()).map_err(Error::fault)?;
        let spare = path.with_extension(format!("{:x}", u64::from_le_bytes(crate::keys::random()?)));
        let mut file = File::create(&spare).map_err(Error::fault)?;
        file.write_all(&[length]).and_then(|()| file.write_all(key.as_bytes())).and_then(|()| file.write_all(&sealed)).and_then(|()| file.sync_all()).map_err(Error::fault)?;
        fs::rename(&spare, path).map_err(Error::fault)?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::fault)
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

    /// Every file, as `ab/cdef…`; those still being written are left out.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let listed = |folder: &std::path::Path| -> Result<Vec<String>> {
            let entries = fs::read_dir(folder).map_err(Error::fault)?;
            entries.map(|entry| Ok(entry.map_err(Error::fault)?.file_name().to_string_lossy().into_owned())).collect()
        };
        for group in listed(&self.folder)?.into_iter().filter(|group| group.len() == 2) {
            names.extend(listed(&self.folder.join(&group))?.into_iter().filter(|name| name.len() == 62).map(|name| format!("{group}/{name}")));
        }
        names.sort();
        Ok(names)
    }

    /// The id of the key that sealed a file; nothing where the file is gone meanwhile.
    pub(crate) fn key_of(&self, name: &str) -> Result<Option<String>> {
        use std::io::Read as _;
        let mut start = [0; 256];
        let file = match File::open(self.folder.join(name)) {
            Ok(file) => file,
            Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(other) => return Err(Error::fault(other)),
        };
        let mut read = 0;
        let mut file = file.take(256);
        while let more @ 1.. = file.read(&mut start[read..]).map_err(Error::fault)? {
            read += more;
        }
        let key = start[..read].split_first().and_then(|(length, rest)| rest.get(..usize::from(*length))).ok_or_else(|| Error::fault(format!("evidence {name} is cut off")))?;
        String::from_utf8(key.to_vec()).map(Some).map_err(Error::fault)
    }

    /// Seals a file anew, where another key than the current one sealed it.
    pub(crate) fn reseal(&self, keys: &Keys, name: &str) -> Result<Resealed> {
        let Some(by) = self.key_of(name)? else { return Ok(Resealed::No) };
        if keys.ids().first() == Some(&by) {
            return Ok(Resealed::No);
        }
        let digest = name.replace('/', "");
        let bytes = self.read(keys, &digest)?;
        self.put(&self.path(&digest)?, keys, &bytes, &digest)?;
        Ok(Resealed::Yes)
    }

    /// Where a file of [`Evidence::names`] is.
    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Removes files that have lain for `age` and that no row names; `used` picks those of a list that some row names. Says how many went.
    pub(crate) fn remove_unused(&self, age: Duration, used: impl Fn(&[String]) -> Result<HashSet<String>>) -> Result<u64> {
        const AT_ONCE: usize = 200;
        let old: Vec<String> = self.names()?.into_iter().filter(|name| older(&self.folder.join(name), age)).map(|name| name.replace('/', "")).collect();
        let mut removed = 0;
        for some in old.chunks(AT_ONCE) {
            let used = used(some)?;
            for digest in some.iter().filter(|digest| !used.contains(*digest)) {
                let path = self.path(digest)?;
                let aside = path.with_extension("gone");
                if fs::rename(&path, &aside).is_err() {
                    continue;
                }
                // Somebody has just attached the same file again.
                let done = if older(&aside, age) { fs::remove_file(&aside) } else { fs::rename(&aside, &path) };
                done.map_err(Error::fault)?;
                removed += u64::from(!path.exists());
            }
        }
        Ok(removed)
    }

    /// Whether files can be written.
    pub(crate) fn try_write(&self) -> Result<()> {
        let spare = self.folder.join(format!("try.{:x}", u64::from_le_bytes(crate::keys::random()?)));
        File::create(&spare).and_then(|file| file.sync_all()).and_then(|()| fs::remove_file(&spare)).map_err(Error::fault)
    }

    fn path(&self, digest: &str) -> Result<PathBuf> {
        if digest.len() != 64 || !digest.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(Error::fault("an evidence hash is malformed"));
        }
        Ok(self.folder.join(&digest[..2]).join(&digest[2..]))
    }
}
