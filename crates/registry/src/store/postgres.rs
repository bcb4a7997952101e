//! PostgreSQL: serializable transactions that are tried again, connections from a pool.

use super::pool::Pool;
use super::sql::{Backend, Postgres as Inner, Tx, postgres_error};
use crate::error::{Error, Result};
use postgres::{Client, Config, IsolationLevel, NoTls};
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

/// Connections of one server at most.
const CONNECTIONS: usize = 32;
/// How often a write is tried again when another one came in between.
const ATTEMPTS: u32 = 24;

pub(crate) struct Postgres {
    /// As it was given, for programs of PostgreSQL.
    address: String,
    config: Config,
    pool: Pool<Connection>,
}

struct Connection {
    client: Client,
    prepared: HashMap<String, postgres::Statement>,
}

impl Postgres {
    pub(crate) fn new(address: &str, config: Config) -> Self {
        Self { address: address.to_owned(), config, pool: Pool::new(CONNECTIONS) }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Settings under which an answered write could be lost, if any.
    pub(super) fn examine(&self) -> Result<Option<String>> {
        let wrong = self.read(|tx| {
            tx.all(
                "SELECT name, setting FROM pg_settings WHERE (name IN ('fsync', 'full_page_writes') AND setting <> 'on') OR (name = 'synchronous_commit' AND setting = 'off') ORDER BY name",
                &[],
                |row| Ok(format!("{} = {}", row.get::<String>(0)?, row.get::<String>(1)?)),
            )
        })?;
        Ok(Some(wrong.join(", ")).filter(|wrong| !wrong.is_empty()))
    }

    pub(super) fn connect(&self) -> Result<Client> {
        self.config.connect(NoTls).map_err(postgres_error)
    }

    pub(crate) fn write<T>(&self, work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.again(IsolationLevel::Serializable, work)
    }

    /// What it rests on is held by the rows that it changes first; nothing else it reads has to stand still.
    pub(crate) fn write_guarded<T>(&self, work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.again(IsolationLevel::ReadCommitted, work)
    }

    fn again<T>(&self, level: IsolationLevel, mut work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        for attempt in 0..ATTEMPTS {
            match self.once(level, false, &mut work) {
                Err(Error::Busy) => std::thread::sleep(pause(attempt)),
                done => return done,
            }
        }
        Err(Error::Busy)
    }

    /// One at a time over all servers; the others wait. Not serializable, so that it never makes an ordinary write start anew.
    pub(crate) fn alone<T>(&self, mut work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.once(IsolationLevel::ReadCommitted, false, &mut |tx| {
            tx.each("SELECT CAST(pg_advisory_xact_lock(20190201) AS TEXT)", &[], |_| Ok(()))?;
            work(tx)
        })
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let mut work = Some(work);
        self.once(IsolationLevel::RepeatableRead, true, &mut |tx| match work.take() {
            Some(work) => work(tx),
            None => Err(Error::fault("a read ran twice")),
        })
    }

    fn once<T>(&self, level: IsolationLevel, read_only: bool, work: &mut dyn FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        let connect = || Ok(Connection { client: self.connect()?, prepared: HashMap::new() });
        self.pool.lend(connect, |connection| {
            let result = transact(connection, level, read_only, work);
            (result, !connection.client.is_closed())
        })
    }
}

fn transact<T>(connection: &mut Connection, level: IsolationLevel, read_only: bool, work: &mut dyn FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
    let transaction = connection.client.build_transaction().isolation_level(level).read_only(read_only).start().map_err(postgres_error)?;
    let tx = Tx::new(Backend::Postgres(Box::new(RefCell::new(Inner { transaction, prepared: &mut connection.prepared }))));
    let result = work(&tx)?;
    tx.commit()?;
    Ok(result)
}

/// Longer each time and not the same for two servers: the clock's last digits spread them.
fn pause(attempt: u32) -> Duration {
    let spread = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos() % 1000);
    Duration::from_micros(u64::from((1 << attempt.min(7)) * (500 + spread)))
}
