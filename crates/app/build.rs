//! Puts the policy files of the repository, and the templates, words and static files of the pages, into the binary: a new file needs no line here.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let crate_folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let toml = |path: &Path| path.extension().is_some_and(|extension| extension == "toml");
    embed(&crate_folder.join("../../policies").canonicalize()?, "policies/", "policies.rs", "include_str", toml)?;
    embed(&crate_folder.join("../../forms").canonicalize()?, "forms/", "forms.rs", "include_str", toml)?;
    embed(&crate_folder.join("web"), "", "web.rs", "include_bytes", |_| true)
}

/// Writes a list of names and contents of every file under a folder.
fn embed(root: &Path, prefix: &str, list: &str, include: &str, wanted: impl Fn(&Path) -> bool) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(root, &mut files)?;
    files.retain(|path| wanted(path));
    files.sort();
    let list = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join(list);
    let mut out = io::BufWriter::new(fs::File::create(list)?);
    writeln!(out, "[")?;
    for file in files {
        let inside = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        writeln!(out, "    ({:?}, {include}!({:?})),", format!("{prefix}{inside}"), file.display().to_string())?;
    }
    writeln!(out, "]")?;
    out.flush()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
