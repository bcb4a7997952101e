//! Running other programs from the root of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo as it was called, with its arguments.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// The binary, in the one profile of tests, checks and use.
pub(crate) fn xueshi(arguments: &[&str]) -> Command {
    built("release", "xueshi", arguments)
}

/// A binary of the workspace as a profile built it.
pub(crate) fn built(profile: &str, name: &str, arguments: &[&str]) -> Command {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let mut command = Command::new(target.join(profile).join(name));
    command.args(arguments);
    command
}

/// Runs a step, says what it is and how long it took.
pub(crate) fn step(title: &str, command: &mut Command) -> Result<(), String> {
    println!("── {title}");
    let begun = Instant::now();
    let status = command.current_dir(root()).status().map_err(|why| format!("{title}: can not be started: {why}"))?;
    println!("   {title}: {:.1} s", begun.elapsed().as_secs_f32());
    if status.success() { Ok(()) } else { Err(format!("{title}: {status}")) }
}

/// Runs a whole process in a folder: what it prints, and the time it takes; what it says against itself, where it fails.
pub(crate) fn timed(command: &mut Command, folder: &Path) -> Result<(String, Duration), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let name = program.rsplit('/').next().unwrap_or_default();
    let begun = Instant::now();
    let done = command.current_dir(folder).output().map_err(|why| format!("{name}: can not be started: {why}"))?;
    let taken = begun.elapsed();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    if done.status.success() { Ok((said, taken)) } else { Err(format!("{name}: {}\n{said}{}", done.status, String::from_utf8_lossy(&done.stderr))) }
}
