//! Everything CI runs, in the order in which it fails fastest.

use crate::run::{cargo, root, step, xueshi};
use std::process::Command;

/// Format, lints, tests (a short run of hostile files among them), policies, worked cases.
pub(crate) fn test() -> Result<(), String> {
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step("lints", &mut cargo(&["clippy", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("build", &mut cargo(&["build", "--release", "--workspace"]))?;
    step("tests", &mut cargo(&["test", "--release", "--workspace"]))?;
    let shared = root().join("..").join("shared");
    let seeds = shared.join("seeds");
    let mut check = xueshi(&["policy", "check", "--quiet"]);
    if seeds.is_dir() {
        check.arg("--source").arg(&seeds);
    }
    step("policies", &mut check)?;
    step("worked examples and every figure", &mut xueshi(&["policy", "test", "--figures"]))?;
    step("clauses", xueshi(&["policy", "coverage"]).stdout(std::process::Stdio::null()))?;
    let cases = shared.join("cases").join("check.py");
    if cases.is_file() {
        let binary = xueshi(&[]).get_program().to_owned();
        step("worked cases", Command::new("python3").arg(cases).arg(binary))?;
    }
    Ok(())
}
