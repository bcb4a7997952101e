//! Where the output goes: standard output, or a file that appears only when it is complete.

use crate::failure::{Failure, cannot_write};
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use xueshi_policy::text;

/// The output of a command.
#[derive(Debug)]
pub(crate) struct Target {
    place: Place,
}

#[derive(Debug)]
enum Place {
    Screen,
    /// A file under another name until it is complete.
    File {
        path: PathBuf,
        part: PathBuf,
    },
    /// A pipe or device, which can not be renamed.
    Device(PathBuf),
}

impl Target {
    /// Opens the output: a file, or standard output where none is named or `-` is.
    ///
    /// # Errors
    /// If the file can not be written, or is one of those that are read.
    pub(crate) fn open(path: Option<&Path>, inputs: &[&Path]) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else { return Ok(Self { place: Place::Screen }) };
        let same = |input: &&Path| fs::canonicalize(input).ok().zip(fs::canonicalize(path).ok()).is_some_and(|(a, b)| a == b);
        if inputs.iter().any(same) {
            let path = path.display();
            return Err(Failure::Message(text!("输出文件 {path} 就是输入文件，不能覆盖；请换一个名称。", "{path} is the input and must not be overwritten; give the output another name.")));
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let path = path.display();
                return Err(Failure::Message(text!("{path} 是文件夹；请给出文件名。", "{path} is a folder; name a file.")));
            }
            Ok(metadata) if !metadata.is_file() => return Ok(Self { place: Place::Device(path.to_owned()) }),
            _ => {}
        }
        // A link stays one: what it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let part = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        File::create_new(&part).map_err(|error| cannot_write(&path, &error))?;
        Ok(Self { place: Place::File { path, part } })
    }

    /// Whether people look at it right now.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self.place, Place::Screen) && io::stdout().is_terminal()
    }

    /// Whether what is written can be thrown away and begun anew.
    pub(crate) fn starts_anew(&self) -> bool {
        matches!(self.place, Place::File { .. })
    }

    /// A folder for what is put aside until the output is complete: that of the output, else the system's own.
    pub(crate) fn folder(&self) -> PathBuf {
        match &self.place {
            Place::File { part, .. } => part.parent().map_or_else(|| PathBuf::from("."), Path::to_owned),
            Place::Screen | Place::Device(_) => std::env::temp_dir(),
        }
    }

    /// The file to be written and the name it gets when it is complete; none where the output is a stream.
    pub(crate) fn part(&self) -> Option<(&Path, &Path)> {
        match &self.place {
            Place::File { path, part } => Some((part, path)),
            _ => None,
        }
    }

    /// A stream to be written.
    ///
    /// # Errors
    /// If it can not be opened.
    pub(crate) fn writer(&self) -> Result<Box<dyn Write + Send>, Failure> {
        let path = match &self.place {
            Place::Screen => return Ok(Box::new(BufWriter::with_capacity(1 << 16, io::stdout()))),
            Place::File { part, .. } => part,
            Place::Device(path) => path,
        };
        let file = fs::OpenOptions::new().write(true).open(path).map_err(|error| cannot_write(path, &error))?;
        Ok(Box::new(BufWriter::with_capacity(1 << 16, file)))
    }

    /// Puts the complete file in its place. What was opened before must be flushed.
    ///
    /// # Errors
    /// If the file can not be renamed.
    pub(crate) fn complete(self) -> Result<(), Failure> {
        if let Place::File { path, part } = &self.place {
            fs::rename(part, path).map_err(|error| cannot_write(path, &error))?;
        }
        Ok(())
    }
}

impl Drop for Target {
    /// What was not completed is taken away.
    fn drop(&mut self) {
        if let Place::File { part, .. } = &self.place {
            let _ = fs::remove_file(part);
        }
    }
}
