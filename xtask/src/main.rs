//! `cargo xtask demo | test | package | bench`: set-up and the checks, so that a fresh machine needs one command each.

mod bench;
mod bench_peers;
mod bench_small;
mod bench_table;
mod bench_xlsx;
mod checks;
mod demo;
mod package;
mod python;
mod run;

use std::process::ExitCode;

const HELP: &str = "cargo xtask <command>

  demo    make generated data (three places, 30 employers, 2,000 people, three years) and start the system with them
  test    everything CI runs: format, lints, tests, the policies and their figures, the browser, the API against its
          document, worked cases beside the project
  package a Debian package with a hardened systemd unit, in target/debian
  bench   [small | peers | registry] [--persons N] [--runs N]
          small: time one person explained, and a file of 1,000 rows
          peers: 20 records each of N persons (1,000,000), against DuckDB, Polars, NumPy, OpenFisca, ZEN and Axiom,
          N times (5) each after all results were found equal; writes the table of bench/README.md
          registry: records registered against bare durable commits, on both databases; a home and a desk among
          N people (1,000,000: 8 GB in the temporary folder) with 20 records each
";

fn main() -> ExitCode {
    let command = std::env::args().nth(1);
    let done = match command.as_deref() {
        Some("demo") => demo::demo(),
        Some("test") => checks::test(),
        Some("package") => package::package(),
        Some("bench") => bench::bench(&std::env::args().skip(2).collect::<Vec<_>>()),
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
