//! A database as one file, and a database made of such a file.
//!
//! SQLite's is written by `VACUUM INTO`: one reading transaction, so that writers go on, and no pages of other processes' writes restart it as
//! they do SQLite's backup API. PostgreSQL's is `pg_dump`'s, which every database administrator knows to restore without us.

use super::{Store, postgres::Postgres, sqlite::Sqlite};
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The file of a SQLite database in a copy.
pub(crate) const SQLITE_COPY: &str = "registry.db";
/// The file of a PostgreSQL database in a copy.
pub(crate) const POSTGRES_COPY: &str = "registry.dump";

impl Store {
    /// Writes the database as of one moment into a folder; gives the file's name.
    pub(crate) fn copy_into(&self, folder: &Path) -> Result<&'static str> {
        match self {
            Self::Sqlite(store) => {
                copy_sqlite(store, &folder.join(SQLITE_COPY))?;
                Ok(SQLITE_COPY)
            }
            Self::Postgres(store) => {
                dump_postgres(store, &folder.join(POSTGRES_COPY))?;
                Ok(POSTGRES_COPY)
            }
        }
    }
}

fn copy_sqlite(store: &Sqlite, to: &Path) -> Result<()> {
    let text = to.to_str().ok_or_else(|| Error::fault("the name of the folder is not UTF-8"))?;
    let connection = store.reader()?;
    connection.execute("VACUUM INTO ?1", [text]).map(drop).map_err(Error::fault)
}

/// A program of PostgreSQL with the address as the environment and one argument: the password is never an argument, which others could see.
fn program(name: &str, address: &str) -> Command {
    let mut command = Command::new(name);
    let (address, password) = apart(address);
    command.arg("--dbname").arg(address).stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

/// An address without its password, and the password.
fn apart(address: &str) -> (String, Option<String>) {
    let password = address.parse::<::postgres::Config>().ok().and_then(|config| config.get_password().map(|bytes| String::from_utf8_lossy(bytes).into_owned()));
    let Some((scheme, rest)) = address.split_once("://").filter(|_| password.is_some()) else { return (address.to_owned(), password) };
    let (before, query) = rest.split_once('?').map_or((rest, ""), |(before, query)| (before, query));
    let before = before.rsplit_once('@').map_or_else(|| before.to_owned(), |(user, host)| format!("{}@{host}", user.split(':').next().unwrap_or_default()));
    let query: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("password=")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    (format!("{scheme}://{before}{query}"), password)
}

fn ran(mut command: Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| {
        Error::invalid(
            "database",
            format!("无法运行 {name}：{error}。请安装与数据库同版本或更新的 PostgreSQL 客户端程序，并使它在 PATH 中。"),
            format!("{name} can not be run: {error}. Install PostgreSQL's client programs, of the database's version or newer, and have them in PATH."),
        )
    })?;
    if done.status.success() { Ok(()) } else { Err(Error::fault(format!("{name}: {}", String::from_utf8_lossy(&done.stderr).trim()))) }
}

fn dump_postgres(store: &Postgres, to: &Path) -> Result<()> {
    let mut command = program("pg_dump", store.address());
    command.args(["--format=custom", "--no-owner", "--no-privileges", "--serializable-deferrable", "--file"]).arg(to);
    ran(command)
}

/// Makes a database of such a file; it must not be there yet, or be empty.
pub(crate) fn restore_from(copy: &Path, address: &str) -> Result<()> {
    let of_postgres = copy.file_name().is_some_and(|name| name == POSTGRES_COPY);
    if of_postgres != super::is_postgres(address) {
        let (zh, en) = if of_postgres { ("PostgreSQL", "PostgreSQL") } else { ("SQLite", "SQLite") };
        return Err(Error::invalid("database", format!("这份备份是 {zh} 的，要恢复到同一种数据库。"), format!("This backup is of {en}; it is restored to a database of the same kind.")));
    }
    let in_use = || Error::invalid("database", "要恢复到的数据库里已有内容。请给一个空的。", "The database to restore to is not empty. Give an empty one.");
    if of_postgres {
        let store = Postgres::new(address, address.parse().map_err(|_| super::bad_address())?);
        let tables: i64 = store.connect()?.query_one("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema()", &[]).map_err(Error::fault)?.get(0);
        if tables > 0 {
            return Err(in_use());
        }
        let mut command = program("pg_restore", address);
        command.args(["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]).arg(copy);
        return ran(command);
    }
    let path = PathBuf::from(address);
    if path.exists() {
        return Err(in_use());
    }
    super::make_folder(&path)?;
    let part = path.with_extension("part");
    std::fs::copy(copy, &part).map_err(Error::fault)?;
    std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(Error::fault)?;
    std::fs::rename(&part, &path).map_err(Error::fault)
}

/// Everything written so far on the disk of a folder is there when this returns.
#[cfg(target_os = "linux")]
pub(crate) fn to_disk(folder: &Path) -> Result<()> {
    let folder = std::fs::File::open(folder).map_err(Error::fault)?;
    rustix::fs::syncfs(folder).map_err(Error::fault)
}

/// Everything written so far on the disk of a folder is there when this returns.
#[cfg(not(target_os = "linux"))]
pub(crate) fn to_disk(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(Error::fault)? {
        let path = entry.map_err(Error::fault)?.path();
        if path.is_dir() { to_disk(&path)? } else { std::fs::File::open(&path).and_then(|file| file.sync_all()).map_err(Error::fault)? }
    }
    Ok(())
}
