//! Real databases for tests: a file of its own, and a PostgreSQL cluster made from the binaries of this machine.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use xueshi_policy::{Engine, Library, PolicyFile};
use xueshi_registry::{Clock, Keys, Options, Registry};

/// 1 March 2019, 09:00 in Shanghai.
const BEGIN: i64 = 1_551_402_000_000_000;

/// A registry in a database of its own.
pub(crate) struct Fixture {
    pub(crate) registry: Arc<Registry>,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) keys: Keys,
    pub(crate) database: Database,
    pub(crate) folder: tempfile::TempDir,
}

/// Where the registry keeps its rows; held so that it lives as long as the test.
pub(crate) enum Database {
    Sqlite(PathBuf),
    Postgres { cluster: Arc<Cluster>, name: String },
}

impl Database {
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres { cluster, name } => format!("postgres://postgres@/{name}?host={}", cluster.socket().display().to_string().replace('/', "%2F")),
        }
    }

    /// Another database, empty, on the same cluster.
    pub(crate) fn beside(&self) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(path.with_extension("beside")),
            Self::Postgres { cluster, .. } => Self::Postgres { cluster: Arc::clone(cluster), name: cluster.create() },
        }
    }

    /// Changes rows behind the registry's back, triggers off.
    pub(crate) fn tamper(&self, sql: &str) {
        match self {
            Self::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                let names: Vec<String> = {
                    let mut all = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").unwrap();
                    all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
                };
                for name in names {
                    connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
                }
                connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
            }
            Self::Postgres { .. } => {
                let mut client = postgres::Client::connect(&self.address(), postgres::NoTls).unwrap();
                client.batch_execute(&format!("SET session_replication_role = replica; {sql}")).unwrap();
            }
        }
    }
}

/// The shipped policies.
pub(crate) fn engine() -> Arc<Engine> {
    static ENGINE: std::sync::OnceLock<Arc<Engine>> = std::sync::OnceLock::new();
    Arc::clone(ENGINE.get_or_init(|| {
        let mut library = Library::default();
        for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")) {
            let text = std::fs::read_to_string(&path).unwrap();
            library.add(PolicyFile::parse(&path.display().to_string(), &text).0.unwrap());
        }
        Arc::new(Engine::new(library))
    }))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "toml") {
            all.push(path);
        }
    }
    all.sort();
    all
}

impl Fixture {
    /// On SQLite.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("registry.db"));
        Self::open(folder, database)
    }

    /// On PostgreSQL.
    pub(crate) fn postgres() -> Self {
        Self::on(Cluster::shared())
    }

    /// On a PostgreSQL that answers when it is on disk, as real ones do.
    pub(crate) fn postgres_durable() -> Self {
        Self::on(Arc::new(Cluster::start("-c fsync=on -c synchronous_commit=on")))
    }

    fn on(cluster: Arc<Cluster>) -> Self {
        let name = cluster.create();
        Self::open(tempfile::tempdir().unwrap(), Database::Postgres { cluster, name })
    }

    fn open(folder: tempfile::TempDir, database: Database) -> Self {
        let clock = Arc::new(AtomicI64::new(BEGIN));
        let keys = Keys::generate().unwrap();
        let registry = Arc::new(Registry::open(options(&database, &keys, &clock, folder.path())).unwrap());
        registry.set_setting("demo", "1").unwrap();
        Self { registry, clock, keys, database, folder }
    }

    /// Puts the keys into a file, for another process.
    pub(crate) fn keep_keys(&self) {
        self.keys.save(&self.folder.path().join("keys.json")).unwrap();
    }

    /// Another server on the same database.
    pub(crate) fn beside(&self) -> Registry {
        Registry::open(options(&self.database, &self.keys, &self.clock, self.folder.path())).unwrap()
    }

    /// Lets days pass.
    pub(crate) fn days_pass(&self, days: i64) {
        self.clock.fetch_add(days * 86_400_000_000, Ordering::Relaxed);
    }
}

/// Opens the registry of another process: its database and its folder.
pub(crate) fn open_again(address: &str, folder: &Path) -> Registry {
    let keys = Keys::load(&folder.join("keys.json"), false).unwrap();
    let clock = Arc::new(AtomicI64::new(BEGIN));
    Registry::open(at(address.to_owned(), &keys, &clock, folder)).unwrap()
}

fn options(database: &Database, keys: &Keys, clock: &Arc<AtomicI64>, folder: &Path) -> Options {
    at(database.address(), keys, clock, folder)
}

fn at(database: String, keys: &Keys, clock: &Arc<AtomicI64>, folder: &Path) -> Options {
    Options { database, evidence: folder.join("evidence"), keys: keys.clone(), clock: Clock::Set(Arc::clone(clock)), engine: engine(), origin: "ledger.test/xueshi".to_owned() }
}

/// A PostgreSQL cluster in a temporary folder, reached through a socket there.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    databases: AtomicUsize,
}

impl Cluster {
    /// One for all tests of the process; stopped when the last test that uses it ends.
    fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let cluster = Arc::new(Self::start("-c fsync=off"));
            *shared = Arc::downgrade(&cluster);
            cluster
        })
    }

    fn start(durability: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let path = folder.path().display().to_string();
        if is_root() {
            assert!(Command::new("chown").args(["postgres", &path]).status().unwrap().success(), "user postgres is needed: install postgresql-15");
        }
        run("initdb", &["-D", &format!("{path}/data"), "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]);
        let settings = format!("-k {path} -c listen_addresses= -c max_connections=200 {durability}");
        run("pg_ctl", &["-D", &format!("{path}/data"), "-l", &format!("{path}/log"), "-w", "-o", &settings, "start"]);
        Self { folder, databases: AtomicUsize::new(0) }
    }

    fn socket(&self) -> &Path {
        self.folder.path()
    }

    fn create(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let address = format!("postgres://postgres@/postgres?host={}", self.socket().display().to_string().replace('/', "%2F"));
        postgres::Client::connect(&address, postgres::NoTls).unwrap().batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        name
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        run("pg_ctl", &["-D", &format!("{}/data", self.folder.path().display()), "-m", "immediate", "stop"]);
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

/// Runs a program of PostgreSQL 15; as user `postgres` where this is root, whom it refuses.
fn run(program: &str, args: &[&str]) {
    let path = format!("/usr/lib/postgresql/15/bin/{program}");
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", &path]);
        command
    } else {
        Command::new(&path)
    };
    let output = command.args(args).current_dir("/tmp").stdout(std::process::Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Processor time of this process so far; nothing where the system does not tell. A busy machine lengthens it less than the clock.
pub(crate) fn processor_time() -> Option<std::time::Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // After the name in brackets; in hundredths of a second, which Linux promises to programs.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(std::time::Duration::from_millis(ticks * 10))
}
