//! A server of the binary under test, over an installation of a test.

use crate::support::Fixture;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A server that runs; killed when it is dropped.
pub(crate) struct Server {
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    /// Of operators, where there is one.
    pub(crate) metrics: String,
    pub(crate) child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

/// The binary with its language fixed and none of this machine's settings.
pub(crate) fn xueshi(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xueshi"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("XUESHI_")) {
        command.env_remove(name);
    }
    command.args(args).env("XUESHI_LANG", "en").stdin(Stdio::null());
    command
}

/// The arguments that mean the installation of a fixture, whose keys are in its folder.
pub(crate) fn installation(fixture: &Fixture) -> Vec<String> {
    ["--data", &fixture.folder.path().display().to_string(), "--database", &fixture.database.address(), "--origin", "ledger.test/xueshi"].map(str::to_owned).to_vec()
}

impl Server {
    /// Starts one on a port that is free.
    pub(crate) fn start(fixture: &Fixture, more: &[&str]) -> Self {
        Self::run(xueshi(&["serve", "--listen", "127.0.0.1:0"]).args(installation(fixture)).args(more))
    }

    /// Runs a command that serves, and waits until it does.
    pub(crate) fn run(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut metrics = String::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("it did not start: {:?}", log.lock().unwrap())).unwrap();
            let said = |before: &str| line.split_once(before).and_then(|(_, rest)| rest.split_once('/')).map(|(address, _)| address.to_owned());
            metrics = said("for operators at http://").unwrap_or(metrics);
            let found = said("serving at http://");
            log.lock().unwrap().push(line);
            if let Some(address) = found {
                break address;
            }
        };
        let kept = Arc::clone(&log);
        let reader = std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| kept.lock().unwrap().push(line)));
        Self { address, metrics, child, log, reader: Some(reader) }
    }

    /// Ends it without a word.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop, as a service manager does.
    pub(crate) fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// What it wrote into its log, once it has ended.
    pub(crate) fn log(&mut self) -> Vec<String> {
        self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
