//! Which policies there are: those in the binary, and those of `--policies`, which add or replace by id.

use crate::failure::{Failure, cannot_read};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use xueshi_policy::{Diagnostic, Library, PolicyFile, has_errors, text};

/// Name and text of every policy in the binary.
pub(crate) const EMBEDDED: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// The policies of a command, and the files they were read from.
pub(crate) struct Policies {
    pub(crate) library: Library,
    read: Vec<(String, PathBuf)>,
}

impl Policies {
    /// Adds the policy of a file. It may replace one in the binary, not one of another file.
    ///
    /// # Errors
    /// If another file with this id was read.
    pub(crate) fn add(&mut self, file: PolicyFile, path: &Path) -> Result<(), Failure> {
        if let Some((id, first)) = self.read.iter().find(|(id, _)| id == file.id()) {
            let same = fs::canonicalize(first).is_ok_and(|first| fs::canonicalize(path).is_ok_and(|second| first == second));
            if !same {
                let (first, second) = (first.display(), path.display());
                return Err(Failure::Message(text!(
                    "{first} 与 {second} 的政策标识都是 {id}；请改其中一个的标识，或只给出一份。",
                    "{first} and {second} are both the policy {id}; give one of them another id, or name one of them only."
                )));
            }
        }
        self.read.push((file.id().to_owned(), path.to_owned()));
        self.library.add(file);
        Ok(())
    }
}

/// The policies in the binary, and those of a file or folder, which add to them or replace them by id.
///
/// # Errors
/// If a policy can not be read, or two files of the folder have one id.
pub(crate) fn read(own: Option<&Path>) -> Result<Policies, Failure> {
    let mut policies = Policies { library: Library::default(), read: Vec::new() };
    let mut diagnostics = Vec::new();
    for (name, text) in EMBEDDED {
        if let Some(file) = parsed(name, text, &mut diagnostics) {
            policies.library.add(file);
        }
    }
    for path in own.map(files).transpose()?.unwrap_or_default() {
        let text = read_text(&path)?;
        if let Some(file) = parsed(&path.display().to_string(), &text, &mut diagnostics) {
            policies.add(file, &path)?;
        }
    }
    if has_errors(&diagnostics) { Err(diagnostics.into()) } else { Ok(policies) }
}

/// One policy file with everything found wrong in it; no policy where not even its head can be read.
///
/// # Errors
/// If the file can not be read.
pub(crate) fn one(path: &Path) -> Result<(Option<PolicyFile>, Vec<Diagnostic>), Failure> {
    let text = read_text(path)?;
    Ok(PolicyFile::parse(&path.display().to_string(), &text))
}

/// The text of a policy file, and of one that is too large no more than shows that it is.
fn read_text(path: &Path) -> Result<String, Failure> {
    let most = PolicyFile::BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(|error| cannot_read(path, &error))?;
    let is_cut = bytes.len() as u64 == most;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        // The cut may go through a character.
        Err(error) if is_cut => Ok(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        Err(_) => Err(cannot_read(path, &io::ErrorKind::InvalidData.into())),
    }
}

/// The library of [`read`].
///
/// # Errors
/// See [`read`].
pub(crate) fn library(own: Option<&Path>) -> Result<Library, Failure> {
    Ok(read(own)?.library)
}

fn parsed(name: &str, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<PolicyFile> {
    let (file, findings) = PolicyFile::parse(name, text);
    diagnostics.extend(findings);
    file
}

/// The policy files under a folder in the order of their paths, or the one file itself.
fn files(own: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    if own.is_file() {
        found.push(own.to_owned());
    } else {
        collect(own, &mut found).map_err(|error| cannot_read(own, &error))?;
        if found.is_empty() {
            let own = own.display();
            return Err(Failure::Message(text!("{own} 中没有政策文件（*.toml）。", "There is no policy file (*.toml) in {own}.")));
        }
    }
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        // A link to a folder is not followed: it may lead back here.
        if entry.file_type()?.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}
