//! A transaction on PostgreSQL whose statements go out together: what nobody waits for is sent with the next statement that somebody does.

use super::sql::{Param, postgres_error};
use crate::error::{Error, Result};
use futures_util::future::{join, join_all};
use futures_util::{FutureExt as _, TryStreamExt as _};
use std::collections::HashMap;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Row, Statement};

/// A transaction.
pub(super) struct Pipeline<'c> {
    runtime: &'c Runtime,
    client: &'c Client,
    prepared: &'c mut HashMap<String, Statement>,
    /// What goes out with the next statement that is waited for, in order.
    queue: Vec<Queued>,
    /// Whether anything was sent.
    begun: bool,
}

/// A statement nobody waits for.
enum Queued {
    Plain(&'static str),
    Prepared(Statement, Vec<Kept>),
    /// It must touch a row; else the transaction fails so.
    Must(Statement, Vec<Kept>, Error),
}

/// A parameter that is kept until it is sent.
enum Kept {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Kept {
    fn of(param: &Param<'_>) -> Self {
        match param {
            Param::Null => Self::Null,
            Param::Int(value) => Self::Int(*value),
            Param::Text(value) => Self::Text((*value).to_owned()),
            Param::Blob(value) => Self::Blob((*value).to_owned()),
        }
    }

    fn param(&self) -> Param<'_> {
        match self {
            Self::Null => Param::Null,
            Self::Int(value) => Param::Int(*value),
            Self::Text(value) => Param::Text(value),
            Self::Blob(value) => Param::Blob(value),
        }
    }
}

impl Queued {
    /// Sends it, at the first poll, and says how many rows it touched.
    async fn send(&self, client: &Client) -> Result<u64> {
        match self {
            Self::Plain(text) => client.batch_execute(text).await.map(|()| 0).map_err(postgres_error),
            Self::Prepared(statement, kept) | Self::Must(statement, kept, _) => client.execute_raw(statement, kept.iter().map(Kept::param)).await.map_err(postgres_error),
        }
    }
}

impl<'c> Pipeline<'c> {
    pub(super) fn new(runtime: &'c Runtime, client: &'c Client, prepared: &'c mut HashMap<String, Statement>, begin: &'static str) -> Self {
        Self { runtime, client, prepared, queue: vec![Queued::Plain(begin)], begun: false }
    }

    /// Runs a statement without waiting for it. What goes wrong is told by the next one that is waited for, at the latest when it commits.
    pub(super) fn later(&mut self, sql: &str, params: &[Param<'_>]) -> Result<()> {
        let statement = self.prepare(sql)?;
        self.queue.push(Queued::Prepared(statement, params.iter().map(Kept::of).collect()));
        Ok(())
    }

    /// The same; where it touches no row, the transaction fails with `otherwise`.
    pub(super) fn must(&mut self, sql: &str, params: &[Param<'_>], otherwise: Error) -> Result<()> {
        let statement = self.prepare(sql)?;
        self.queue.push(Queued::Must(statement, params.iter().map(Kept::of).collect(), otherwise));
        Ok(())
    }

    /// Runs a statement and says how many rows it touched.
    pub(super) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        let statement = self.prepare(sql)?;
        let queue = self.take();
        let (sent, touched) = self.runtime.block_on(join(join_all(queue.iter().map(|one| one.send(self.client))), self.client.execute_raw(&statement, params)));
        held(queue, sent)?;
        touched.map_err(postgres_error)
    }

    /// Hands every row of a query to `each`.
    pub(super) fn each(&mut self, sql: &str, params: &[Param<'_>], each: &mut dyn FnMut(&Row) -> Result<()>) -> Result<()> {
        let statement = self.prepare(sql)?;
        let queue = self.take();
        let (sent, rows) = self.runtime.block_on(join(join_all(queue.iter().map(|one| one.send(self.client))), self.client.query_raw(&statement, params)));
        held(queue, sent)?;
        let mut rows = Box::pin(rows.map_err(postgres_error)?);
        while let Some(row) = self.runtime.block_on(rows.try_next()).map_err(postgres_error)? {
            each(&row)?;
        }
        Ok(())
    }

    /// Ends what wrote: answered when it is on disk. Where it fails, nothing is left open.
    pub(super) fn commit(mut self) -> Result<()> {
        let done = self.send_all();
        if done.is_err() {
            self.roll_back();
        }
        done
    }

    fn send_all(&mut self) -> Result<()> {
        // It must not commit before it is known that all touched what they must.
        if self.queue.iter().any(|one| matches!(one, Queued::Must(..))) {
            self.flush()?;
        }
        if self.begun || self.queue.len() > 1 {
            self.queue.push(Queued::Plain("COMMIT"));
            self.flush()?;
        }
        Ok(())
    }

    /// Ends what only read, without waiting for it: the answer is taken with that of the connection's next statement.
    pub(super) fn leave(self) {
        if self.begun {
            drop(self.client.batch_execute("COMMIT").now_or_never());
            // Once round, so that it is written to the socket.
            self.runtime.block_on(tokio::task::yield_now());
        }
    }

    pub(super) fn roll_back(self) {
        if self.begun {
            // Where it fails the connection is gone, and the transaction with it.
            drop(self.runtime.block_on(self.client.batch_execute("ROLLBACK")));
        }
    }

    fn flush(&mut self) -> Result<()> {
        let queue = self.take();
        let sent = self.runtime.block_on(join_all(queue.iter().map(|one| one.send(self.client))));
        held(queue, sent)
    }

    fn take(&mut self) -> Vec<Queued> {
        self.begun = true;
        std::mem::take(&mut self.queue)
    }

    /// Each text is prepared once on each connection; ours count parameters as `?1`, and hold no question mark elsewhere.
    fn prepare(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.runtime.block_on(self.client.prepare(&sql.replace('?', "$"))).map_err(postgres_error)?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// The first thing that went wrong.
fn held(queue: Vec<Queued>, sent: Vec<Result<u64>>) -> Result<()> {
    for (one, touched) in queue.into_iter().zip(sent) {
        if let (0, Queued::Must(_, _, otherwise)) = (touched?, one) {
            return Err(otherwise);
        }
    }
    Ok(())
}
