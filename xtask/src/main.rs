//! `cargo xtask demo | test | bench`: set-up and the checks, so that a fresh machine needs one command each.

mod checks;
mod clinic;
mod demo;
mod run;

use std::process::ExitCode;

const HELP: &str = "cargo xtask <command>

  demo    make the workbook of a Chengdu clinic's staff for 2019 and assess it with explanation
  test    everything CI runs: format, lints, tests, the policies and their figures, worked cases beside the project
  bench   time one person explained, and a file of 1,000 rows
";

fn main() -> ExitCode {
    let command = std::env::args().nth(1);
    let done = match command.as_deref() {
        Some("demo") => demo::demo(),
        Some("test") => checks::test(),
        Some("bench") => checks::bench(),
        _ => {
            print!("{HELP}");
            return if command.is_none() { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
