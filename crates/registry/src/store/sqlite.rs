//! SQLite: one writer that commits what waits together, readers from a pool.

use super::pool::Pool;
use super::sql::{Backend, Tx, sqlite_error};
use crate::error::{Error, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Readers at once.
const READERS: usize = 16;
/// Writes that are committed together at most.
const BATCH: usize = 256;

pub(crate) struct Sqlite {
    path: PathBuf,
    writer: Mutex<Option<Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    readers: Pool<Connection>,
}

/// A write that waits for the writer.
trait Job: Send {
    /// Does it within a savepoint; false takes it back.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    /// Answers, once everything is on disk or nothing is.
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct Work<T, F> {
    work: F,
    result: Result<T>,
    to: Sender<Result<T>>,
}

impl<T: Send, F: FnMut(&Tx<'_>) -> Result<T> + Send> Job for Work<T, F> {
    fn run(&mut self, tx: &Tx<'_>) -> bool {
        self.result = catch_unwind(AssertUnwindSafe(|| (self.work)(tx))).unwrap_or_else(|_| Err(Error::fault("a write panicked")));
        self.result.is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        // Nobody waits any more where the asking thread is gone.
        let _ = self.to.send(committed.and(self.result));
    }
}

impl Sqlite {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path).map_err(sqlite_error)?;
        prepare(&connection)?;
        let (send, receive) = channel();
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || write_all(&connection, &receive)).map_err(Error::fault)?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(Some(send)), thread: Mutex::new(Some(thread)), readers: Pool::new(READERS) })
    }

    pub(crate) fn write<T: Send + 'static>(&self, work: impl FnMut(&Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let gone = || Error::fault("the writer has stopped");
        let (to, answer) = channel();
        let job = Box::new(Work { work, result: Err(gone()), to });
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        writer.ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.readers.lend(
            || self.reader(),
            |connection| {
                if let Err(error) = run(connection, "BEGIN") {
                    return (Err(error), false);
                }
                let result = work(&Tx::new(Backend::Sqlite(connection)));
                let ended = run(connection, "COMMIT").is_ok();
                (result, ended)
            },
        )
    }
}

impl Sqlite {
    /// A connection that only reads.
    pub(super) fn reader(&self) -> Result<Connection> {
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(sqlite_error)?;
        ready(&connection)?;
        Ok(connection)
    }

    /// What is the matter with the file, if anything.
    pub(super) fn examine(&self) -> Result<Option<String>> {
        let found: String = self.reader()?.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sqlite_error)?;
        Ok(Some(found).filter(|found| found != "ok"))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // The thread ends when the last write is answered.
            let _ = thread.join();
        }
    }
}

/// Every connection.
fn ready(connection: &Connection) -> Result<()> {
    connection.busy_timeout(Duration::from_secs(10)).map_err(sqlite_error)?;
    connection.set_prepared_statement_cache_capacity(256);
    // A plan stands whatever the parameters are: else statements are planned anew with almost every use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop).map_err(sqlite_error)
}

/// Every connection that writes: nothing is answered before it is on disk.
pub(super) fn prepare(connection: &Connection) -> Result<()> {
    ready(connection)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536").map_err(sqlite_error)
}

fn write_all(connection: &Connection, waiting: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        jobs.extend(waiting.try_iter().take(BATCH - 1));
        let committed = commit(connection, &mut jobs);
        if committed.is_err() {
            // Nothing to take back where the transaction never began or is gone.
            let _ = connection.execute_batch("ROLLBACK");
        }
        for job in jobs {
            job.answer(committed.clone());
        }
    }
}

fn commit(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Result<()> {
    run(connection, "BEGIN IMMEDIATE")?;
    let alone = jobs.len() == 1;
    for job in jobs {
        let tx = Tx::new(Backend::Sqlite(connection));
        if alone {
            // Nothing else is in the transaction that would have to stay.
            return if job.run(&tx) { run(connection, "COMMIT") } else { run(connection, "ROLLBACK") };
        }
        run(connection, "SAVEPOINT one")?;
        if !job.run(&tx) {
            run(connection, "ROLLBACK TO one")?;
        }
        run(connection, "RELEASE one")?;
    }
    run(connection, "COMMIT")
}

/// Runs a statement without parameters that is run again and again.
fn run(connection: &Connection, sql: &str) -> Result<()> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute()).map(drop).map_err(sqlite_error)
}
