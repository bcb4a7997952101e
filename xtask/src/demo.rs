//! The demonstration: the whole system with generated data, and the workbook of a clinic for the command line.

use crate::checks::fonts;
use crate::run::{built, cargo, root, step};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// The profile that builds fast: see the workspace's `Cargo.toml`.
const PROFILE: &str = "demo";
/// Where the system answers.
const LISTEN: &str = "127.0.0.1:8080";

/// Sets up what is missing, and starts the system.
pub(crate) fn demo() -> Result<(), String> {
    fonts()?;
    step("build", &mut cargo(&["build", "--profile", PROFILE, "--package", "xueshi", "--package", "xueshi-samples"]))?;
    let folder = root().join("build").join("demo");
    fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    step("workbook", built(PROFILE, "xueshi-samples", &["clinic"]).arg(folder.join("clinic-2019.xlsx")))?;
    let accounts = accounts(&folder)?;
    println!("\n{accounts}\nhttp://{LISTEN}/ in a moment; Ctrl+C stops it. Made anew after: rm -r build/demo");
    println!("On the command line: target/{PROFILE}/xueshi assess build/demo/clinic-2019.xlsx --region 510100 --year 2019 --person 医师02 --explain\n");
    step("serve", &mut built(PROFILE, "xueshi", &["serve", "--data", "build/demo/data", "--listen", LISTEN]))
}

/// Makes the data where there are none yet; the accounts to sign in with.
fn accounts(folder: &Path) -> Result<String, String> {
    let (data, half, said) = (folder.join("data"), folder.join("half"), folder.join("accounts.txt"));
    if !data.is_dir() {
        println!("── data");
        let begun = Instant::now();
        // Made beside and moved: what was broken off is made anew.
        let _ = fs::remove_dir_all(&half);
        let made = built(PROFILE, "xueshi", &["demo", "--data"]).arg(&half).current_dir(root()).stderr(std::process::Stdio::inherit()).output().map_err(|why| format!("demo: {why}"))?;
        if !made.status.success() {
            return Err(format!("demo: {}", made.status));
        }
        fs::write(&said, made.stdout).and_then(|()| fs::rename(&half, &data)).map_err(|why| format!("{}: {why}", data.display()))?;
        println!("   data: {:.1} s", begun.elapsed().as_secs_f32());
    }
    fs::read_to_string(&said).map_err(|why| format!("{}: {why}", said.display()))
}
