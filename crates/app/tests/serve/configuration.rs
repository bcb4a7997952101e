//! What holds where the same setting stands in several places, and what is said of settings that are wrong.

use crate::server::{Server, xueshi};
use std::path::Path;
use std::process::Command;

fn said(command: &mut Command) -> (i32, String) {
    let done = command.output().unwrap();
    (done.status.code().unwrap(), format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)))
}

fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("xueshi.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

#[test]
fn the_command_line_comes_before_the_environment_and_that_before_the_file() {
    let (_folder, path) = file(
        "listen = \"127.0.0.1:1\"\norigin = \"of.file/log\"\nlog = \"warn\"\nhttps-only = true\ntrusted-proxies = [\"10.0.0.0/8\", \"127.0.0.1\"]\ndatabase = \"postgres://u:hush-hush@host/db?sslmode=require\"\n",
    );
    let (code, shown) =
        said(xueshi(&["serve", "--print-config", "--config", &path, "--listen", "127.0.0.1:3"]).env("XUESHI_LISTEN", "127.0.0.1:2").env("XUESHI_LOG", "debug").env("XUESHI_OIDC_SECRET", "whispered"));
    assert_eq!(code, 0, "{shown}");
    for line in [
        "oidc-secret = \"***\"  # environment XUESHI_OIDC_SECRET",
        "listen = \"127.0.0.1:3\"  # command line",
        "log = \"debug\"  # environment XUESHI_LOG",
        &format!("origin = \"of.file/log\"  # {path}"),
        &format!("https-only = true  # {path}"),
        &format!("trusted-proxies = [\"10.0.0.0/8\", \"127.0.0.1\"]  # {path}"),
        &format!("database = \"postgres://u:***@host/db?sslmode=require\"  # {path}"),
        "log-format = \"text\"  # built in",
        "# metrics = ",
    ] {
        assert!(shown.contains(line), "“{line}” is not in\n{shown}");
    }
    assert!(!shown.contains("hush-hush") && !shown.contains("whispered"), "{shown}");
    // What it prints is a configuration that says the same.
    let (_other, again) = file(&shown);
    let (_, shown_again) = said(&mut xueshi(&["serve", "--print-config", "--config", &again]));
    let values = |text: &str| -> Vec<String> { text.lines().map(|line| line.split("  #").next().unwrap().to_owned()).collect() };
    assert_eq!(values(&shown), values(&shown_again));
}

#[test]
fn a_wrong_setting_is_said_with_its_place() {
    let refused = |text: &str, fragments: &[&str]| {
        let (_folder, path) = file(text);
        let (code, said) = said(&mut xueshi(&["serve", "--config", &path]));
        assert_eq!(code, 2, "{said}");
        for fragment in fragments {
            assert!(said.contains(fragment), "“{fragment}” is not in\n{said}");
        }
        assert!(!Path::new("xueshi-data").exists(), "nothing was made");
    };
    refused("log = \"info\"\nlitsen = \"127.0.0.1:1\"\n", &["xueshi.toml:2: there is no setting litsen; listen perhaps? Known: ", "trusted-proxies"]);
    refused("print-config = true\n", &["xueshi.toml:1: there is no setting print-config"]);
    refused("listen = { port = 1 }\n", &["xueshi.toml:1: the value of listen is to be a text"]);
    refused("log = \"info\"\n\nlisten = 127.0.0.1\n", &["xueshi.toml:3: this is not TOML"]);
    refused("log-format = \"xml\"\n", &["xueshi.toml: ", "can not be “xml”; accepted: text, json"]);
    refused("trusted-proxies = [\"10.0.0.0/40\"]\n", &["--trusted-proxies can not be “10.0.0.0/40”: an address or a network"]);
    refused("listen = \"localhost\"\n", &["--listen can not be “localhost”: an address and a port"]);
    let (code, none) = said(&mut xueshi(&["serve", "--config", "none.toml"]));
    assert_eq!((code, none.contains("none.toml can not be read: there is no such file")), (2, true), "{none}");
    let (code, misspelt) = said(xueshi(&["serve"]).env("XUESHI_LISTNE", "127.0.0.1:1"));
    assert_eq!((code, misspelt.contains("environment: there is no setting XUESHI_LISTNE; XUESHI_LISTEN perhaps?")), (2, true), "{misspelt}");
}

#[test]
fn a_server_runs_by_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (_file, path) = file(&format!("listen = \"127.0.0.1:0\"\ndata = \"{}\"\nlog-format = \"json\"\n", data.display()));
    let mut server = Server::run(&mut xueshi(&["serve", "--config", &path]));
    let answer = crate::browser::ask(&server.address, "GET", "/regulations?place=510100", &[("x-request-id", "abc-1")], &[]).unwrap();
    assert_eq!((answer.status, answer.header("x-request-id")), (200, "abc-1"));
    let strange = crate::browser::ask(&server.address, "GET", "/healthz", &[("x-request-id", "a b; drop")], &[]).unwrap();
    assert!(!["a b; drop", ""].contains(&strange.header("x-request-id")), "a number of its own instead");
    server.terminate();
    let log = server.log();
    let lines: Vec<serde_json::Value> = log.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let line = lines.iter().find(|line| line["span"]["request_id"] == "abc-1").unwrap_or_else(|| panic!("{log:?}"));
    assert_eq!((&line["message"], &line["status"], &line["span"]["route"], &line["span"]["method"]), (&"answered".into(), &200.into(), &"/regulations".into(), &"GET".into()));
    assert!(data.join("keys.json").is_file());
    // The other commands read the same file.
    let (code, said) = said(&mut xueshi(&["ledger", "key", "--config", &path]));
    assert_eq!((code, said.starts_with("xueshi.local/ledger+")), (0, true), "{said}");
}
