//! The other tools: their environment, the data they share with us, and how each is run and compared.

use crate::python::{environment, made_by};
use crate::run::{cargo, root, step, timed};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The folder, the interpreter and the records that all subjects share.
pub(crate) struct Work {
    /// Where results are written, outside what is kept in the repository.
    pub(crate) folder: PathBuf,
    /// The records, as Parquet.
    pub(crate) records: PathBuf,
    python: PathBuf,
    axiom: Option<PathBuf>,
}

/// How a subject is started.
enum How {
    /// A script of `bench/peers`, given the records and the result.
    Script(&'static str),
    /// The same over the first persons of the file; it says how many records took how long.
    Sample(&'static str),
    /// A script that writes no result.
    Decode(&'static str),
    /// A program, given the records and the result.
    Program(PathBuf),
}

/// Another tool that does the same work.
pub(crate) struct Subject {
    pub(crate) title: &'static str,
    pub(crate) version: String,
    /// What a reader of the table must know.
    pub(crate) remark: &'static str,
    how: How,
}

/// One timed run.
pub(crate) struct Run {
    taken: Duration,
    /// Records decided, where only a sample was.
    sample: Option<u64>,
}

impl Run {
    /// The time for all records.
    pub(crate) fn scaled(&self, records: u64) -> Duration {
        let Some(sample) = self.sample else { return self.taken };
        let micros = self.taken.as_micros() * u128::from(records) / u128::from(sample.max(1));
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

impl Work {
    /// Makes the environment and the records, unless they stand as they would be made.
    pub(crate) fn prepare(persons: u32) -> Result<Self, String> {
        let folder = root().join("build").join("bench");
        fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        let python = environment(&folder, &root().join("bench").join("requirements.txt"))?;
        let records = folder.join(format!("records-{persons}.parquet"));
        let script = root().join("bench").join("data.py");
        made_by(&script, &records, || step("records", Command::new(&python).arg(&script).args(["--persons", &persons.to_string(), "--out"]).arg(&records)))?;
        let axiom = axiom(&folder);
        Ok(Self { folder, records, python, axiom })
    }

    /// Where a subject writes its result.
    pub(crate) fn result(&self, name: &str) -> PathBuf {
        self.folder.join(format!("result-{name}.parquet"))
    }

    /// Takes a result of an earlier time away, so that it is not compared in place of a missing one.
    pub(crate) fn forget(&self, name: &str) {
        let _ = fs::remove_file(self.result(name));
    }

    fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(root().join("bench").join("peers").join(format!("{name}.py"))).arg(&self.records);
        command
    }
}

/// The program around `axiom-rules-engine`, if it builds here.
fn axiom(folder: &Path) -> Option<PathBuf> {
    let manifest = root().join("bench").join("peers").join("axiom").join("Cargo.toml");
    let target = folder.join("axiom-target");
    let mut build = cargo(&["build", "--release", "--locked", "--quiet", "--manifest-path"]);
    build.arg(manifest).arg("--target-dir").arg(&target);
    match step("axiom-rules-engine", &mut build) {
        Ok(()) => Some(target.join("release").join("axiom-peer")),
        Err(why) => {
            println!("   left out: {why}");
            None
        }
    }
}

/// Everyone else who does the work, the fastest kind first.
pub(crate) fn subjects(work: &Work) -> Vec<Subject> {
    let pinned = fs::read_to_string(root().join("bench").join("requirements.txt")).unwrap_or_default();
    let version = |package: &str| pinned.lines().find_map(|line| line.strip_prefix(package)?.strip_prefix("==")).unwrap_or_default().trim().to_owned();
    let script = |title, package: &str, remark, how| Subject { title, version: version(package), remark, how };
    let mut subjects = vec![
        script("DuckDB SQL", "duckdb", "", How::Script("duckdb_sql")),
        script("Polars", "polars", "", How::Script("polars_frame")),
        script("NumPy", "numpy", "", How::Script("numpy_arrays")),
        script("OpenFisca-Core", "openfisca-core", "", How::Script("openfisca_formulas")),
        script("GoRules ZEN", "zen-engine", "scaled from a sample", How::Sample("zen_table")),
    ];
    if let Some(program) = &work.axiom {
        let lock = fs::read_to_string(root().join("bench").join("peers").join("axiom").join("Cargo.lock")).unwrap_or_default();
        subjects.push(Subject { title: "Axiom rules engine", version: locked(&lock, "axiom-rules-engine"), remark: "", how: How::Program(program.clone()) });
    }
    subjects.push(script("PyArrow", "pyarrow", "only decodes the columns", How::Decode("pyarrow_decode")));
    subjects
}

/// The version of a crate in the text of a lock file.
fn locked(lock: &str, package: &str) -> String {
    let name = format!("name = \"{package}\"");
    let after = lock.lines().skip_while(|line| *line != name).nth(1).unwrap_or_default();
    after.trim_start_matches("version = ").trim_matches('"').to_owned()
}

/// How many records the file holds.
pub(crate) fn count_records(work: &Work) -> Result<u64, String> {
    let (said, _) = timed(&mut work.script("pyarrow_decode"), &work.folder)?;
    numbers(&said).first().copied().ok_or_else(|| format!("pyarrow_decode: no number of records in: {said}"))
}

/// The whole numbers among the words of the last line.
fn numbers(said: &str) -> Vec<u64> {
    said.lines().last().unwrap_or_default().split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

impl Subject {
    /// The name under which our own result is kept.
    pub(crate) const OURS: &str = "xueshi";

    /// The name under which its result is kept.
    pub(crate) fn name(&self) -> &str {
        match &self.how {
            How::Script(name) | How::Sample(name) | How::Decode(name) => name,
            How::Program(_) => "axiom",
        }
    }

    /// Does the work once, as a whole process.
    pub(crate) fn run(&self, work: &Work) -> Result<Run, String> {
        let mut command = match &self.how {
            How::Script(name) | How::Sample(name) | How::Decode(name) => work.script(name),
            How::Program(path) => {
                let mut program = Command::new(path);
                program.arg(&work.records);
                program
            }
        };
        if !matches!(self.how, How::Decode(_)) {
            command.arg(work.result(self.name()));
        }
        let (said, taken) = timed(&mut command, &work.folder).map_err(|why| format!("{}: {why}", self.title))?;
        if !matches!(self.how, How::Sample(_)) {
            return Ok(Run { taken, sample: None });
        }
        let [records, millis] = numbers(&said)[..] else { return Err(format!("{}: no records and milliseconds in: {said}", self.title)) };
        Ok(Run { taken: Duration::from_millis(millis), sample: Some(records) })
    }

    /// Compares its result with ours; the first difference is an error.
    pub(crate) fn compare(&self, work: &Work) -> Result<(), String> {
        let mut command = Command::new(&work.python);
        command.arg(root().join("bench").join("equal.py")).arg(work.result(Self::OURS)).arg(work.result(self.name()));
        match self.how {
            How::Decode(_) => return Ok(()),
            How::Sample(_) => command.arg("--sample"),
            How::Script(_) | How::Program(_) => &mut command,
        };
        let (said, _) = timed(&mut command, &work.folder).map_err(|why| format!("{} and xueshi do not agree: {why}", self.title))?;
        println!("   {}: {}", self.title, said.trim());
        Ok(())
    }
}
