//! A workbook of 200,000 rows assessed by the whole process, beside only reading its cells with the library below.

use crate::run::{built, root, step, timed, xueshi};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

const ROWS: u64 = 200_000;

/// Times both in turn, so that what else the machine does falls on both, and prints their ratio.
pub(crate) fn bench(runs: usize) -> Result<(), String> {
    let folder = root().join("build").join("bench");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let file = folder.join(format!("rows-{ROWS}.xlsx"));
    step("workbook", built("release", "xueshi-samples", &["book"]).arg(&file).arg(ROWS.to_string()))?;
    let (mut read, mut assessed) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        read.push(cells(&file)?);
        assessed.push(assess(&file, &folder.join("rows.csv"))?);
    }
    let ratios: Vec<String> = assessed.iter().zip(&read).map(|(ours, only)| format!("{}", ours.as_millis() * 100 / only.as_millis().max(1))).collect();
    let (read, assessed) = (median(read), median(assessed));
    println!("{ROWS} rows of XLSX: only reading the cells {read:?}, assess as a whole {assessed:?} (medians of {runs}); run by run, in percent: {}", ratios.join(", "));
    Ok(())
}

/// Reads every cell of the first sheet, and does nothing with it; without the start of a process.
fn cells(file: &Path) -> Result<Duration, String> {
    let (said, _) = timed(built("release", "xueshi-samples", &["cells"]).arg(file), &root())?;
    let mut numbers = said.split_whitespace().map(str::parse::<u64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(count)), Some(Ok(taken))) if count >= ROWS => Ok(Duration::from_millis(taken)),
        _ => Err(format!("{}: too few cells: {said}", file.display())),
    }
}

fn assess(file: &Path, output: &Path) -> Result<Duration, String> {
    let begun = Instant::now();
    let mut command = xueshi(&["assess"]);
    command.arg(file).args(["--region", "510100", "--year", "2019", "--output"]).arg(output).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().map_err(|why| why.to_string())?;
    // Some records need proofs that they lack: that is no failure of the run.
    if status.code().is_some_and(|code| code < 2) { Ok(begun.elapsed()) } else { Err(format!("assess: {status}")) }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
