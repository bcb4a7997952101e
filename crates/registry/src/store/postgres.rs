//! PostgreSQL: transactions that are tried again, connections from a pool.

use super::pipeline::Pipeline;
use super::pool::Pool;
use super::sql::{Backend, Tx, postgres_error};
use crate::error::{Error, Result};
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Config, NoTls, Statement};

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
    /// Runs what reads and writes the socket, while somebody waits for it.
    runtime: Runtime,
    client: Client,
    prepared: HashMap<String, Statement>,
}

/// How transactions begin.
const SERIALIZABLE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
const COMMITTED: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

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

    /// A connection of the kind that migrations run on.
    pub(super) fn connect(&self) -> Result<postgres::Client> {
        postgres::Config::from(self.config.clone()).connect(NoTls).map_err(postgres_error)
    }

    fn open(&self) -> Result<Connection> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::fault)?;
        let (client, connection) = runtime.block_on(self.config.connect(NoTls)).map_err(postgres_error)?;
        // It ends with the client; what goes wrong is told to whoever waits for an answer.
        runtime.spawn(async move { drop(connection.await) });
        Ok(Connection { runtime, client, prepared: HashMap::new() })
    }

    pub(crate) fn write<T>(&self, work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.again(SERIALIZABLE, work)
    }

    /// What it rests on is held by the rows that it changes first; nothing else it reads has to stand still.
    pub(crate) fn write_guarded<T>(&self, work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.again(COMMITTED, work)
    }

    /// The same, where trying again as it is would not help.
    pub(crate) fn write_once<T>(&self, mut work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.once(COMMITTED, &mut work)
    }

    fn again<T>(&self, begin: &'static str, mut work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        for attempt in 0..ATTEMPTS {
            match self.once(begin, &mut work) {
                Err(Error::Busy) => std::thread::sleep(pause(attempt)),
                done => return done,
            }
        }
        Err(Error::Busy)
    }

    /// One at a time over all servers; the others wait. Not serializable, so that it never makes an ordinary write start anew.
    pub(crate) fn alone<T>(&self, mut work: impl FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.once(COMMITTED, &mut |tx| {
            tx.each("SELECT CAST(pg_advisory_xact_lock(20190201) AS TEXT)", &[], |_| Ok(()))?;
            work(tx)
        })
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let mut work = Some(work);
        self.once(SNAPSHOT, &mut |tx| match work.take() {
            Some(work) => work(tx),
            None => Err(Error::fault("a read ran twice")),
        })
    }

    fn once<T>(&self, begin: &'static str, work: &mut dyn FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.pool.lend(
            || self.open(),
            |connection| {
                let result = transact(connection, begin, work);
                (result, !connection.client.is_closed())
            },
        )
    }
}

fn transact<T>(connection: &mut Connection, begin: &'static str, work: &mut dyn FnMut(&Tx<'_>) -> Result<T>) -> Result<T> {
    let pipeline = Pipeline::new(&connection.runtime, &connection.client, &mut connection.prepared, begin);
    let tx = Tx::new(Backend::Postgres(Box::new(RefCell::new(pipeline))));
    let result = work(&tx);
    let Backend::Postgres(pipeline) = tx.backend else { return Err(Error::fault("a transaction of another database")) };
    let pipeline = pipeline.into_inner();
    match result {
        Ok(result) if begin == SNAPSHOT => {
            pipeline.leave();
            Ok(result)
        }
        Ok(result) => pipeline.commit().map(|()| result),
        Err(error) => {
            pipeline.roll_back();
            Err(error)
        }
    }
}

/// Longer each time and not the same for two servers: the clock's last digits spread them.
fn pause(attempt: u32) -> Duration {
    let spread = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos() % 1000);
    Duration::from_micros(u64::from((1 << attempt.min(7)) * (500 + spread)))
}
