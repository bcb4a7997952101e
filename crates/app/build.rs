//! Puts the policy files of the repository into the binary: a new file needs no line here.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../policies").canonicalize()?;
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let list = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("policies.rs");
    let mut out = io::BufWriter::new(fs::File::create(list)?);
    writeln!(out, "[")?;
    for file in files {
        let inside = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        writeln!(out, "    ({:?}, include_str!({:?})),", format!("policies/{inside}"), file.display().to_string())?;
    }
    writeln!(out, "]")?;
    out.flush()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            // Forms are printed, not reckoned by.
            if !path.ends_with("forms") {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
