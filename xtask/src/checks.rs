//! Everything CI runs, in the order in which it fails fastest.

use crate::python::environment;
use crate::run::{cargo, root, step, xueshi};
use std::path::Path;
use std::process::{Command, Stdio};

/// Where Debian puts the fonts documents are set in.
const FONTS: &str = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc";

/// Format, lints, tests (a short run of hostile files among them), policies, worked cases.
pub(crate) fn test() -> Result<(), String> {
    fonts()?;
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
    browser()?;
    api()?;
    let cases = shared.join("cases").join("check.py");
    if cases.is_file() {
        let binary = xueshi(&[]).get_program().to_owned();
        step("worked cases", Command::new("python3").arg(cases).arg(binary))?;
    }
    Ok(())
}

/// The stories in a browser, with what they need.
fn browser() -> Result<(), String> {
    installed("/usr/bin/chromium", "chromium", "the browser tests need Chromium")?;
    let folder = root().join("tests").join("browser");
    let within = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words);
        command
    };
    let path = folder.display().to_string();
    step("browser: packages", within("npm", &["ci", "--no-audit", "--no-fund", "--prefix", &path]).stdout(Stdio::null()))?;
    step("browser: the story", &mut within("node", &[&format!("{path}/story.mjs")]))?;
    step("browser: signing in by a provider of identities", &mut within("node", &[&format!("{path}/sign-in.mjs")]))
}

/// The API against its own document, by a short seeded run of schemathesis.
fn api() -> Result<(), String> {
    let (folder, within) = (root().join("build").join("api"), root().join("tests").join("api"));
    std::fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let python = environment(&folder, &within.join("requirements.txt"))?;
    let binary = xueshi(&[]).get_program().to_owned();
    step("API", Command::new(python).arg(within.join("run.py")).arg(binary))
}

/// Installs the fonts documents are printed in, where there is apt-get and they are missing; elsewhere the tests name what is.
pub(crate) fn fonts() -> Result<(), String> {
    installed(FONTS, "fonts-noto-cjk", "documents are printed in these fonts")
}

/// Installs a Debian package where `file` of it is missing and there is apt-get; elsewhere what needs it says so.
fn installed(file: &str, package: &str, why: &str) -> Result<(), String> {
    let apt = || Command::new("apt-get").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    if Path::new(file).is_file() || !apt() {
        return Ok(());
    }
    let run = |words: &[&str]| {
        // As root, else as whoever may without a password: a check does not stop to ask for one.
        let mut direct = Command::new("apt-get");
        let mut through = Command::new("sudo");
        through.args(["--non-interactive", "apt-get"]);
        step(package, direct.args(words).stdout(Stdio::null())).or_else(|_| step(package, through.args(words).stdout(Stdio::null())))
    };
    run(&["update"])
        .and_then(|()| run(&["install", "--yes", "--no-install-recommends", package]))
        .map_err(|failed| format!("{failed}; {why}: run `apt-get update && apt-get install {package}` as root"))
}
