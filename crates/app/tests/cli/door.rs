//! The one door: arguments and files in a folder of their own, and what the program says to them.

use std::path::Path;
use std::process::{Command, Stdio};

/// What the program said.
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) folder: tempfile::TempDir,
}

impl Output {
    /// What it wrote as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}{}", self.out, self.err))
    }

    /// A file that it wrote.
    pub(crate) fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }

    /// Every file in the folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Both outputs and the code are as expected: `fragments` stand in them in this order.
    #[track_caller]
    pub(crate) fn says(&self, code: i32, fragments: &[&str]) {
        let all = format!("{}\n{}", self.out, self.err);
        let mut rest = all.as_str();
        for fragment in fragments {
            match rest.find(fragment) {
                Some(at) => rest = &rest[at + fragment.len()..],
                None => panic!("“{fragment}” is not in\n{all}\ncode {}", self.code),
            }
        }
        assert_eq!(self.code, code, "{all}");
    }
}

/// Runs the program in a folder with these files. It speaks English unless the arguments say otherwise.
pub(crate) fn run(args: &[&str], files: &[(&str, &[u8])]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    run_in(folder, args)
}

/// Runs the program in a folder that is there already.
pub(crate) fn run_in(folder: tempfile::TempDir, args: &[&str]) -> Output {
    let done = command(folder.path(), args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Output { code: done.status.code().unwrap_or(-1), out: text(done.stdout), err: text(done.stderr), folder }
}

pub(crate) fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xueshi"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command.env("XUESHI_LANG", "en");
    command
}

/// The folder of the tests' own policies: a region 99 and an industry of it.
pub(crate) const POLICIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies");

/// Assesses records under the tests' own region in 2022, as JSON.
pub(crate) fn assess(records: &str, more: &[&str]) -> Output {
    assess_file(("records.csv", records.as_bytes()), more)
}

/// Assesses a file of records under the tests' own region in 2022, as JSON.
pub(crate) fn assess_file(records: (&str, &[u8]), more: &[&str]) -> Output {
    assess_files(&[records], more)
}

/// Assesses the first of the files under the tests' own region in 2022, as JSON unless the arguments say otherwise.
pub(crate) fn assess_files(files: &[(&str, &[u8])], more: &[&str]) -> Output {
    let mut args = vec!["assess", files[0].0, "--region", "990000", "--year", "2022", "--policies", POLICIES];
    if !more.contains(&"--format") && !more.contains(&"--output") {
        args.extend(["--format", "json"]);
    }
    args.extend(more);
    run(&args, files)
}

/// The header that the tests' records have.
pub(crate) const HEADER: &str = "person,record,activity,subject,title,start,end,quantity,unit,days,kind,result,evidence";

/// Records of a table under [`HEADER`].
pub(crate) fn table(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// A record of eight hours that earns them.
pub(crate) const GOOD: &str = "P1,1,class,specialised,a,2022-03-01,2022-03-02,8,hours,,,,training-certificate";

/// The errors as `row column value: message`.
pub(crate) fn errors(json: &serde_json::Value) -> Vec<String> {
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let list = json["errors"].as_array().unwrap();
    list.iter().map(|error| format!("{} {} {}: {}", error["row"], word(&error["column"]), word(&error["value"]), word(&error["message"]))).collect()
}
