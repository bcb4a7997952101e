//! The process that reads the tables which officers send.

use std::io::Write as _;
use std::process::{Command, Stdio};

const COLUMNS: &str = r#"[{"id":"person","names":["人员编号"],"required":true},{"id":"quantity","names":["数量"],"required":false}]"#;

fn child() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xueshi"));
    command.args(["parse-table", "--columns", COLUMNS]).env_clear().stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn answered(bytes: &[u8]) -> String {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let output = child().stdin(Stdio::from(file)).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_row_is_answered_and_the_end_is_told() {
    let lines = answered("人员编号,数量,别的\r\nP1,8,x\r\n\r\nP2,八,\r\n".as_bytes());
    let all: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(all[0]["notice"]["zh"].as_str().unwrap().contains("别的"), "{lines}");
    let rows: Vec<_> = all.iter().filter(|line| line["row"].is_number()).collect();
    assert_eq!((rows[0]["row"].as_i64(), rows[0]["cells"]["quantity"].as_str()), (Some(1), Some("8")));
    assert_eq!((rows[1]["row"].as_i64(), rows[1]["cells"]["quantity"].as_str(), rows[1]["cells"]["person"].as_str()), (Some(3), Some("八"), Some("P2")));
    assert_eq!(all.last().unwrap()["end"], true);
}

#[test]
fn what_is_no_table_is_refused_in_both_languages() {
    for bytes in [&b"%PDF-1.7"[..], "数量\r\n8\r\n".as_bytes(), b"PK\x03\x04 no workbook"] {
        let answer: serde_json::Value = serde_json::from_str(answered(bytes).trim()).unwrap();
        assert!(!answer["refused"]["zh"].as_str().unwrap().is_empty() && !answer["refused"]["en"].as_str().unwrap().is_empty());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn it_has_little_memory_and_little_time() {
    let mut child = child().stdin(Stdio::piped()).spawn().unwrap();
    let path = format!("/proc/{}/limits", child.id());
    // It limits itself first, then waits for the table.
    let limits = loop {
        let limits = std::fs::read_to_string(&path).unwrap();
        // The last one it sets.
        if limits.lines().any(|line| line.starts_with("Max file size") && line.split_whitespace().rev().nth(1) == Some("0")) {
            break limits;
        }
        assert!(child.try_wait().unwrap().is_none(), "it ended without limits:\n{limits}");
        std::thread::yield_now();
    };
    let limit = |name: &str| limits.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace().rev().nth(1).unwrap().to_owned();
    let set = ["Max address space", "Max cpu time", "Max core file size", "Max file size"].map(limit);
    assert_eq!(set, ["1073741824", "60", "0", "0"].map(str::to_owned));
    child.kill().unwrap();
    child.wait().unwrap();
}
