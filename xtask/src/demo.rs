//! The example: a Chengdu clinic's staff for 2019, assessed with explanation.

use crate::clinic;
use crate::run::{cargo, root, step, xueshi};
use std::fs;
use std::time::Instant;

/// Makes the workbook and assesses it.
pub(crate) fn demo() -> Result<(), String> {
    step("build", &mut cargo(&["build", "--release", "--package", "xueshi"]))?;
    let folder = root().join("build").join("demo");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let workbook = folder.join("clinic-2019.xlsx");
    clinic::write(&workbook)?;
    println!("\nbuild/demo/clinic-2019.xlsx: 12 people, {} records\n", clinic::RECORDS.len());
    let path = "build/demo/clinic-2019.xlsx";
    println!("$ xueshi assess {path} --region 510100 --year 2019\n");
    step("all", &mut xueshi(&["assess", path, "--region", "510100", "--year", "2019"]))?;
    println!("\n$ xueshi assess {path} --region 510100 --year 2019 --person 医师02 --explain\n");
    step("one, explained", &mut xueshi(&["assess", path, "--region", "510100", "--year", "2019", "--person", "医师02", "--explain"]))?;
    println!("\nThe whole, as a workbook: target/release/xueshi assess {path} --region 510100 --year 2019 --output build/demo/result.xlsx");
    Ok(())
}

/// Times the whole process over 1,000 rows, best and median of eleven runs.
pub(crate) fn time_small_file() -> Result<(), String> {
    let folder = root().join("build").join("bench");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let file = folder.join("rows-1000.csv");
    fs::write(&file, clinic::csv(1000)).map_err(|why| format!("{}: {why}", file.display()))?;
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
