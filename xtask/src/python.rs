//! Environments of Python, made once for each list of packages.

use crate::run::step;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A virtual environment with the pinned packages; its interpreter.
pub(crate) fn environment(folder: &Path, wanted: &Path) -> Result<PathBuf, String> {
    let venv = folder.join("venv");
    let python = venv.join("bin").join("python");
    made_by(wanted, &venv, || {
        step("environment", Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
        step("packages", Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(wanted))
    })?;
    Ok(python)
}

/// Makes a thing anew where it is missing or was made by another text of its source.
pub(crate) fn made_by(source: &Path, thing: &Path, make: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let text = fs::read(source).map_err(|why| format!("{}: {why}", source.display()))?;
    let mut name = thing.file_name().unwrap_or_default().to_owned();
    name.push(".made-by");
    let mark = thing.with_file_name(name);
    if thing.exists() && fs::read(&mark).is_ok_and(|made| made == text) {
        return Ok(());
    }
    make()?;
    fs::write(&mark, text).map_err(|why| format!("{}: {why}", mark.display()))
}
