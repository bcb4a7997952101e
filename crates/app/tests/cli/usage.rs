//! What could not start: one clear message, nothing written, exit code 2. Help and languages.

use crate::door::{GOOD, POLICIES, assess, command, run, table};

#[test]
fn wrong_arguments() {
    run(&["assess", "a.csv", "--year", "2022"], &[]).says(2, &["xueshi: --region <CODE> is missing", "xueshi COMMAND --help"]);
    run(&["assess", "a.csv", "--region", "9900", "--year", "2022"], &[]).says(2, &["--region can not be “9900”: six digits of GB/T 2260"]);
    run(&["assess", "a.csv", "--region", "990000", "--year", "22"], &[]).says(2, &["--year can not be “22”: a year from 1950 to 2200"]);
    run(&["assess", "a.csv", "--region", "990000", "--year", "2022", "--format", "pdf"], &[]).says(2, &["can not be “pdf”; accepted: table, json, jsonl, csv, xlsx"]);
    assess(&table(&[GOOD]), &["--rows", "records"]).says(2, &["--rows is for csv and parquet only: add --format csv."]);
    run(&["asess"], &[]).says(2, &["there is no command asess; assess perhaps?"]);
    run(&["assess", "a.csv", "--regoin", "990000"], &[]).says(2, &["there is no option --regoin; --region perhaps?"]);
    run(&["assess", "a.csv", "--region", "990000", "--year", "2022", "--lang", "zh", "--year", "2023"], &[]).says(2, &["--year <YEAR> 只能给一次"]);
    run(&["assess", "a.csv", "--lang", "zh"], &[]).says(2, &["缺少 --region"]);
}

#[test]
fn files_that_can_not_be_read() {
    run(&["assess", "a.csv", "--region", "990000", "--year", "2022"], &[]).says(2, &["xueshi: a.csv: The file does not exist."]);
    run(&["assess", ".", "--region", "990000", "--year", "2022"], &[]).says(2, &["There is no *.parquet file in the folder"]);
    assess(&table(&[GOOD]), &["--persons", "none.csv"]).says(2, &["xueshi: none.csv: The file does not exist."]);
}

#[test]
fn policies_that_can_not_be_used() {
    let files: &[(&str, &[u8])] = &[("records.csv", b"x"), ("bad.toml", b"[policy]\nid = 1\n")];
    let args = ["assess", "records.csv", "--region", "990000", "--year", "2022", "--policies"];
    run(&[&args[..], &["none"]].concat(), files).says(2, &["xueshi: none can not be read: there is no such file or folder."]);
    let done = run(&[&args[..], &["bad.toml"]].concat(), files);
    done.says(2, &["--> bad.toml:2", "xueshi: The policies can not be used."]);
    assert_eq!(done.out, "");
}

#[test]
fn no_policy_answers() {
    run(&["assess", "r.csv", "--region", "990000", "--year", "1950"], &[("r.csv", table(&[GOOD]).as_bytes())]).says(2, &["No policy answers for 990000 in 1950; check the region and the year."]);
}

#[test]
fn circumstances_that_are_not_known() {
    assess(&table(&[GOOD]), &["--org-kind", "firm"]).says(2, &["--org-kind can not be “firm”: an unknown code; accepted: state-organ, enterprise"]);
    assess(&table(&[GOOD]), &["--industry", "magic"]).says(0, &["there is no policy of the industry “magic”"]);
    assess(&table(&[GOOD]), &["--person", "P9"]).says(2, &["There is no person “P9” in the files."]);
}

#[test]
fn outputs_that_can_not_be_written() {
    assess(&table(&[GOOD]), &["--output", "records.csv"]).says(2, &["records.csv is the input and must not be overwritten"]);
    assess(&table(&[GOOD]), &["--output", "none/x.json"]).says(2, &["none/x.json can not be written"]);
    let done = assess(&table(&[GOOD]), &["--output", "."]);
    done.says(2, &["is a folder"]);
    assert_eq!(done.files(), ["records.csv"]);
}

#[test]
fn a_reader_who_leaves_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..20_000).map(|n| GOOD.replace("P1", &format!("P{n}"))).collect();
    std::fs::write(folder.path().join("r.csv"), table(&rows.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
    let mut child = command(folder.path(), &["assess", "r.csv", "--region", "990000", "--year", "2022", "--format", "jsonl", "--policies", POLICIES])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stderr).trim()), (Some(0), ""));
}

#[test]
fn help_is_there_in_both_languages() {
    for command in ["assess", "try", "gate", "template", "completions"] {
        run(&[command, "--help"], &[]).says(0, &["Usage: xueshi ", "xueshi "]);
        let done = run(&[command, "--help", "--lang", "zh"], &[]);
        done.says(0, &["用法：xueshi "]);
        for english in ["Usage:", "Options:", "Print help", "Arguments:"] {
            assert!(!done.out.contains(english), "{english} is in the Chinese help of {command}");
        }
        assert_eq!(run(&["help", command], &[]).out, run(&[command, "--help"], &[]).out);
    }
    run(&["--help"], &[]).says(0, &["assess", "try", "gate", "template", "completions", "Start here:"]);
    run(&["--version"], &[]).says(0, &["xueshi 0."]);
    run(&[], &[]).says(2, &["assess"]);
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        run(&["completions", shell], &[]).says(0, &["assess"]);
    }
    run(&["completions", "tcsh"], &[]).says(2, &["tcsh"]);
}
