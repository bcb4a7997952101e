//! The demonstration: the whole system with generated data, and the workbook of a clinic for the command line.

use crate::checks::fonts;
use crate::clinic;
use crate::run::{cargo, root, step, xueshi};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// Where the system answers.
const LISTEN: &str = "127.0.0.1:8080";

/// Sets up what is missing, and starts the system.
pub(crate) fn demo() -> Result<(), String> {
    fonts()?;
    step("build", &mut cargo(&["build", "--release", "--package", "xueshi"]))?;
    let folder = root().join("build").join("demo");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    clinic::write(&folder.join("clinic-2019.xlsx"))?;
    let accounts = accounts(&folder)?;
    println!("\n{accounts}\nhttp://{LISTEN}/ in a moment; Ctrl+C stops it. Made anew after: rm -r build/demo");
    println!("On the command line: target/release/xueshi assess build/demo/clinic-2019.xlsx --region 510100 --year 2019 --person 医师02 --explain\n");
    step("serve", &mut xueshi(&["serve", "--data", "build/demo/data", "--listen", LISTEN]))
}

/// Makes the data where there are none yet; the accounts to sign in with.
fn accounts(folder: &Path) -> Result<String, String> {
    let (data, half, said) = (folder.join("data"), folder.join("half"), folder.join("accounts.txt"));
    if !data.is_dir() {
        println!("── data");
        let begun = Instant::now();
        // Made beside and moved: what was broken off is made anew.
        let _ = fs::remove_dir_all(&half);
        let made = xueshi(&["demo", "--data"]).arg(&half).current_dir(root()).stderr(std::process::Stdio::inherit()).output().map_err(|why| format!("demo: {why}"))?;
        if !made.status.success() {
            return Err(format!("demo: {}", made.status));
        }
        fs::write(&said, made.stdout).and_then(|()| fs::rename(&half, &data)).map_err(|why| format!("{}: {why}", data.display()))?;
        println!("   data: {:.1} s", begun.elapsed().as_secs_f32());
    }
    fs::read_to_string(&said).map_err(|why| format!("{}: {why}", said.display()))
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
