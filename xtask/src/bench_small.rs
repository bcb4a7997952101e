//! The whole process over 1,000 rows.

use crate::run::{built, root, step, xueshi};
use std::fs;
use std::time::Instant;

/// Times the whole process over 1,000 rows, best and median of eleven runs.
pub(crate) fn bench() -> Result<(), String> {
    let folder = root().join("build").join("bench");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let file = folder.join("rows-1000.csv");
    step("rows", built("release", "xueshi-samples", &["csv"]).arg(&file).arg("1000"))?;
    let mut times = Vec::new();
    for _ in 0..11 {
        let begun = Instant::now();
        let mut command = xueshi(&["assess"]);
        command.arg(&file).args(["--region", "510100", "--year", "2019", "--format", "csv"]).stdout(std::process::Stdio::null());
        let status = command.status().map_err(|why| why.to_string())?;
        if !status.success() {
            return Err(format!("assess: {status}"));
        }
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!("1,000 rows, whole process: best {:?}, median {:?}", times[0], times[times.len() / 2]);
    Ok(())
}
