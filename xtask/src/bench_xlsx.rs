//! A workbook of 200,000 rows assessed by the whole process, beside only reading its cells with the library below.

use crate::clinic;
use crate::run::{root, xueshi};
use calamine::{Reader as _, Xlsx, open_workbook};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

const ROWS: usize = 200_000;

/// Times both in turn, so that what else the machine does falls on both, and prints their ratio.
pub(crate) fn bench(runs: usize) -> Result<(), String> {
    let folder = root().join("build").join("bench");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let file = folder.join(format!("rows-{ROWS}.xlsx"));
    clinic::long_book(&file, ROWS)?;
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

/// Reads every cell of the first sheet, and does nothing with it.
fn cells(file: &Path) -> Result<Duration, String> {
    let begun = Instant::now();
    let say = |why: calamine::XlsxError| format!("{}: {why}", file.display());
    let mut book: Xlsx<_> = open_workbook(file).map_err(say)?;
    let sheet = book.sheet_names().first().cloned().unwrap_or_default();
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(say)?;
    let mut count = 0_usize;
    while cells.next_cell().map_err(say)?.is_some() {
        count += 1;
    }
    if count < ROWS { Err(format!("{}: only {count} cells", file.display())) } else { Ok(begun.elapsed()) }
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
