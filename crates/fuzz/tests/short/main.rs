//! The short run: every kept file, then changed ones, through the functions that the fuzzer calls. The seed is fixed, so that
//! what fails once fails again.
//!
//! A failing input is left in the folder of temporary files under the name that the message says; put it into
//! `fuzz/corpus/<reader>/` with the correction, and it is tried for ever after.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod change;

use std::alloc::System;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use cap::Cap;
use change::Changer;

/// Counts what is allocated, and refuses what is beyond the limit of an input, upon which the process ends.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Memory is counted for the whole process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What an input of at most [`INPUT_BYTES`] may take. Nearly all take a hundredth of either.
const MEMORY_MAX: usize = 256 << 20;
const TIME_MAX: Duration = Duration::from_secs(20);
const INPUT_BYTES: usize = 1 << 16;

/// Tries the kept files and so many changed ones.
fn short_run(name: &str, read: fn(&[u8]), folders: &[&str], changed: usize) {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let seeds: Vec<Vec<u8>> = folders.iter().flat_map(|folder| files(&root().join(folder))).map(|path| std::fs::read(path).unwrap()).filter(|seed| seed.len() <= INPUT_BYTES).collect();
    assert!(seeds.len() >= 5, "{name}: only {} files to start from", seeds.len());
    for seed in &seeds {
        bounded(name, read, seed);
    }
    let mut changer = Changer::new(&seeds, INPUT_BYTES);
    for _ in 0..changed {
        bounded(name, read, &changer.next());
    }
}

/// Reads an input, which must take no more time and memory than it may, and must not panic.
fn bounded(name: &str, read: fn(&[u8]), input: &[u8]) {
    let kept = std::env::temp_dir().join(format!("xueshi-fuzz-{name}-{}", std::process::id()));
    // Written before: an allocation that is refused ends the process.
    std::fs::write(&kept, input).unwrap();
    let before = MEMORY.allocated();
    MEMORY.set_limit(before + MEMORY_MAX).unwrap();
    let start = Instant::now();
    let done = catch_unwind(AssertUnwindSafe(|| read(input)));
    let took = start.elapsed();
    MEMORY.set_limit(usize::MAX).unwrap();
    if let Err(panic) = done {
        eprintln!("{name}: panicked; the input is {}", kept.display());
        resume_unwind(panic);
    }
    assert!(took < TIME_MAX, "{name}: {took:?}; the input is {}", kept.display());
    std::fs::remove_file(&kept).unwrap();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file of a folder and those inside of it, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn policies() {
    // The shipped policies are the best samples of the language; they are read as they stand now.
    let folders = ["fuzz/corpus/policy", "crates/policy/tests/errors", "crates/policy/tests/policies", "policies"];
    short_run("policy", xueshi_fuzz::policy, &folders, 1500);
}

#[test]
fn csv() {
    short_run("csv", xueshi_fuzz::csv, &["fuzz/corpus/csv"], 20_000);
}

#[test]
fn xlsx() {
    // The library that parses workbooks panics on some impossible places, which the reader catches; it need not be heard.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("calamine")) {
            hook(panic);
        }
    }));
    short_run("xlsx", xueshi_fuzz::xlsx, &["fuzz/corpus/xlsx"], 10_000);
}

#[test]
fn parquet() {
    short_run("parquet", xueshi_fuzz::parquet, &["fuzz/corpus/parquet"], 20_000);
}
