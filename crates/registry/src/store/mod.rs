//! Where everything is kept: SQLite in a file, or PostgreSQL by its address; migrations, transactions.

mod copy;
mod dialect;
mod pipeline;
mod pool;
mod postgres;
mod sql;
mod sqlite;

use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

pub(crate) use copy::{POSTGRES_COPY, SQLITE_COPY, restore_from, to_disk};
pub use sql::{Column, Param, Row, Tx};
pub(crate) use sql::{placeholders, storable};

/// The database.
pub(crate) enum Store {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgres::Postgres>),
}

impl Store {
    /// Opens a database, made on first use, and brings its tables up to date.
    ///
    /// `address` is `postgres://…` or the path of a file.
    pub(crate) fn open(address: &str) -> Result<Self> {
        if is_postgres(address) {
            let config = address.parse::<tokio_postgres::Config>().map_err(|_| bad_address())?;
            let store = postgres::Postgres::new(address, config);
            dialect::migrate_postgres(&mut store.connect()?)?;
            return Ok(Self::Postgres(Box::new(store)));
        }
        let path = PathBuf::from(address);
        if path.as_os_str().is_empty() {
            return Err(bad_address());
        }
        make_folder(&path)?;
        make_private(&path)?;
        let mut connection = rusqlite::Connection::open(&path).map_err(Error::fault)?;
        sqlite::prepare(&connection)?;
        dialect::migrate_sqlite(&mut connection)?;
        drop(connection);
        Ok(Self::Sqlite(sqlite::Sqlite::open(&path)?))
    }

    /// Whether the database itself is whole and keeps what it answers; else what is the matter.
    pub(crate) fn examine(&self) -> Result<Option<String>> {
        match self {
            Self::Sqlite(store) => store.examine(),
            Self::Postgres(store) => store.examine(),
        }
    }

    /// The database server's clock in microseconds UTC, where it has one of its own.
    pub(crate) fn clock(&self) -> Result<Option<i64>> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(store) => store.read(|tx| tx.first("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)", &[], |row| row.get(0))),
        }
    }

    /// Runs a transaction that writes. It may run several times, so it has no effect outside the database.
    pub(crate) fn write<T: Send + 'static>(&self, work: impl FnMut(&Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        match self {
            Self::Sqlite(store) => store.write(work),
            Self::Postgres(store) => store.write(work),
        }
    }

    /// Runs a transaction that writes and holds what it rests on by itself: by the versions of rows that it compares and changes.
    /// It may run several times.
    pub(crate) fn write_guarded<T: Send + 'static>(&self, work: impl FnMut(&Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        match self {
            Self::Sqlite(store) => store.write(work),
            Self::Postgres(store) => store.write_guarded(work),
        }
    }

    /// The same of what was prepared before it: where it comes too late it fails with [`Error::Busy`], and must be prepared again.
    pub(crate) fn write_once<T: Send + 'static>(&self, work: impl FnMut(&Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        match self {
            Self::Sqlite(store) => store.write(work),
            Self::Postgres(store) => store.write_once(work),
        }
    }

    /// Runs a transaction that writes and that no other of its kind runs beside, on any server.
    pub(crate) fn alone<T: Send + 'static>(&self, work: impl FnMut(&Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        match self {
            Self::Sqlite(store) => store.write(work),
            Self::Postgres(store) => store.alone(work),
        }
    }

    /// Runs a transaction that reads one state of everything.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        match self {
            Self::Sqlite(store) => store.read(work),
            Self::Postgres(store) => store.read(work),
        }
    }
}

/// Whether this version can use the tables as they stand now: a newer version may have changed them since they were opened.
pub(crate) fn schema_fits(tx: &Tx<'_>) -> Result<bool> {
    dialect::fits(tx)
}

fn is_postgres(address: &str) -> bool {
    address.starts_with("postgres://") || address.starts_with("postgresql://")
}

/// Makes the file where there is none, for its owner alone; SQLite gives the files beside it the same mode.
#[cfg(unix)]
fn make_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path).map(drop).map_err(Error::fault)
}

#[cfg(not(unix))]
fn make_private(_: &Path) -> Result<()> {
    Ok(())
}

fn make_folder(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder).map_err(Error::fault),
        _ => Ok(()),
    }
}

fn bad_address() -> Error {
    Error::invalid("database", "数据库地址写成文件路径，或 postgres://用户@主机/库名。", "The database is given as the path of a file, or as postgres://user@host/database.")
}
