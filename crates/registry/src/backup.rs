//! Copies of a whole installation but its keys, and installations made from them.
//!
//! A copy is a folder: the database as of one moment, every evidence file, what it was made of (`manifest.json`), and the hash of every
//! file (`SHA256SUMS`, which `sha256sum -c` reads). Evidence files are kept before the rows that name them, so that those of a later
//! moment than the database's hold everything it names. Keys are not in it: whoever has one of the two has nothing.

use crate::error::{Error, Result};
use crate::registry::Registry;
use crate::settings;
use crate::store::{self, Tx};
use crate::time::minute_of;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The setting that keeps when the last copy was made, in microseconds UTC.
const SETTING: &str = "backed-up-at";
const MANIFEST: &str = "manifest.json";
const SUMS: &str = "SHA256SUMS";
const EVIDENCE: &str = "evidence";
/// The form of the folder.
const FORMAT: u64 = 1;

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Evidence files.
    pub files: u64,
    /// Bytes of everything.
    pub bytes: u64,
    /// Keys without which it can not be read.
    pub key_ids: Vec<String>,
    /// The ledger's last checkpoint before the copy: the copy holds at least this.
    pub checkpoint: Option<String>,
}

impl Registry {
    /// Copies everything but the keys into a new folder, while others go on writing. `progress` is told files done and all.
    ///
    /// # Errors
    /// If the folder is there already, or something can not be read or written; an unfinished copy is left as `….part`.
    pub fn back_up(&self, folder: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Copied> {
        if folder.exists() {
            return Err(Error::invalid("folder", format!("{} 已经存在。每次备份用一个新文件夹。", folder.display()), format!("{} is there already. Each backup is a new folder.", folder.display())));
        }
        let now = self.now();
        let part = folder.with_extension("part");
        fs::create_dir_all(part.join(EVIDENCE)).map_err(Error::fault)?;
        let checkpoint = self.checkpoint()?.map(|(note, _)| note);
        let database = self.store.copy_into(&part)?;
        let mut writer = Writer { folder: &part, sums: String::new(), bytes: 0 };
        writer.add_there(database)?;
        let all = self.evidence.names()?;
        let count = all.len() as u64;
        for (done, name) in (0u64..).zip(&all) {
            progress(done, count);
            writer.copy(&self.evidence.path_of(name), &format!("{EVIDENCE}/{name}"))?;
        }
        let key_ids = self.keys.ids();
        let manifest = serde_json::json!({
            "format": FORMAT,
            "made": minute_of(now),
            "version": env!("CARGO_PKG_VERSION"),
            "database": database,
            "evidence_files": count,
            "key_ids": key_ids,
            "ledger_key": self.ledger_key()?.to_string(),
            "checkpoint": checkpoint,
        });
        writer.add(MANIFEST, format!("{manifest:#}\n").as_bytes())?;
        let (sums, bytes) = (std::mem::take(&mut writer.sums), writer.bytes);
        put(&part.join(SUMS), sums.as_bytes())?;
        store::to_disk(&part)?;
        fs::rename(&part, folder).map_err(Error::fault)?;
        self.set_setting(SETTING, &now.to_string())?;
        Ok(Copied { files: count, bytes, key_ids, checkpoint })
    }
}

/// When the last copy was made, in microseconds UTC.
pub(crate) fn last(tx: &Tx<'_>) -> Result<Option<i64>> {
    Ok(settings::get(tx, SETTING)?.and_then(|text| text.parse().ok()))
}

/// What a copy says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The ledger's key when it was made.
    pub ledger_key: String,
    /// A checkpoint that the restored ledger must hold.
    pub checkpoint: Option<String>,
    /// When it was made, in Shanghai, to the minute.
    pub made: String,
    /// The name of the database's file.
    database: String,
}

/// Looks whether a copy is whole: every file that [`Registry::back_up`] wrote is there and as it was written.
///
/// # Errors
/// If it is not, or can not be read.
pub fn inspect(folder: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Manifest> {
    let no_copy = || Error::invalid("folder", format!("{} 不是完整的备份。", folder.display()), format!("{} is no whole backup.", folder.display()));
    let sums = fs::read_to_string(folder.join(SUMS)).map_err(|_| no_copy())?;
    let lines: Vec<(&str, &str)> = sums.lines().filter_map(|line| line.split_once("  ")).collect();
    for (done, (sum, name)) in (0u64..).zip(&lines) {
        progress(done, lines.len() as u64);
        let found = name.split('/').all(|part| part != "..").then(|| hash_of(&folder.join(name)).ok()).flatten();
        if found.as_deref() != Some(sum) {
            return Err(Error::invalid("folder", format!("备份里的 {name} 缺失或已损坏。请换一份备份。"), format!("{name} of the backup is missing or damaged. Take another backup.")));
        }
    }
    let text = fs::read_to_string(folder.join(MANIFEST)).map_err(|_| no_copy())?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| no_copy())?;
    if value["format"] != FORMAT {
        return Err(Error::invalid("folder", "这份备份由更新的版本写成。请用新版本恢复。", "This backup was written by a newer version. Restore it with that."));
    }
    let word = |name: &str| value[name].as_str().map(str::to_owned);
    Ok(Manifest {
        ledger_key: word("ledger_key").ok_or_else(no_copy)?,
        checkpoint: word("checkpoint"),
        made: word("made").unwrap_or_default(),
        database: word("database").filter(|name| [store::SQLITE_COPY, store::POSTGRES_COPY].contains(&name.as_str())).ok_or_else(no_copy)?,
    })
}

/// Puts a copy that [`inspect`] found whole into an empty place: a database that is not there or empty, an evidence folder without files.
///
/// # Errors
/// If something is there already, or the database is of the other kind.
pub fn restore(folder: &Path, manifest: &Manifest, database: &str, evidence: &Path) -> Result<()> {
    let in_use = |path: &Path| Error::invalid("data", format!("{} 里已有内容。请恢复到空的地方。", path.display()), format!("{} is not empty. Restore to an empty place.", path.display()));
    if fs::read_dir(evidence).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(in_use(evidence));
    }
    store::restore_from(&folder.join(&manifest.database), database)?;
    let from = folder.join(EVIDENCE);
    for group in fs::read_dir(&from).map_err(Error::fault)? {
        let group = group.map_err(Error::fault)?;
        let to = evidence.join(group.file_name());
        fs::create_dir_all(&to).map_err(Error::fault)?;
        for file in fs::read_dir(group.path()).map_err(Error::fault)? {
            let file = file.map_err(Error::fault)?;
            fs::copy(file.path(), to.join(file.file_name())).map_err(Error::fault)?;
        }
    }
    fs::create_dir_all(evidence).map_err(Error::fault)?;
    store::to_disk(evidence)
}

/// Writes files into a copy and keeps their hashes.
struct Writer<'f> {
    folder: &'f Path,
    sums: String,
    bytes: u64,
}

impl Writer<'_> {
    fn keep(&mut self, hash: &str, name: &str, bytes: u64) {
        self.sums.push_str(&format!("{hash}  {name}\n"));
        self.bytes += bytes;
    }

    /// A file that is there already.
    fn add_there(&mut self, name: &str) -> Result<()> {
        let path = self.folder.join(name);
        let (hash, bytes) = (hash_of(&path)?, fs::metadata(&path).map_err(Error::fault)?.len());
        self.keep(&hash, name, bytes);
        Ok(())
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        put(&self.folder.join(name), bytes)?;
        self.keep(&crate::evidence::digest(bytes), name, bytes.len() as u64);
        Ok(())
    }

    fn copy(&mut self, from: &Path, name: &str) -> Result<()> {
        let to = self.folder.join(name);
        if let Some(group) = to.parent() {
            fs::create_dir_all(group).map_err(Error::fault)?;
        }
        // Evidence is bounded in size; one that was erased since it was listed is no longer part of the copy.
        let bytes = match fs::read(from) {
            Ok(bytes) => bytes,
            Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(other) => return Err(Error::fault(format!("{}: {other}", from.display()))),
        };
        self.add(name, &bytes)
    }
}

fn put(path: &PathBuf, bytes: &[u8]) -> Result<()> {
    File::create(path).and_then(|mut file| file.write_all(bytes)).map_err(|error| Error::fault(format!("{}: {error}", path.display())))
}

fn hash_of(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(Error::fault)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer).map_err(Error::fault)? {
            0 => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            read => hash.update(&buffer[..read]),
        }
    }
}
