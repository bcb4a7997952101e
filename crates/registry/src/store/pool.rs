//! Connections that are lent and given back.

use crate::error::{Error, Result};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How long a reader waits for a connection before it says that the system is busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// A bounded pool. Connections are made when first needed.
pub(super) struct Pool<C> {
    idle: Mutex<(Vec<C>, usize)>,
    given_back: Condvar,
    most: usize,
}

impl<C> Pool<C> {
    pub(super) fn new(most: usize) -> Self {
        Self { idle: Mutex::new((Vec::new(), 0)), given_back: Condvar::new(), most }
    }

    /// Lends a connection to `run`. One that `run` calls unfit is dropped, the next caller makes a new one.
    pub(super) fn lend<T>(&self, connect: impl FnOnce() -> Result<C>, run: impl FnOnce(&mut C) -> (Result<T>, bool)) -> Result<T> {
        let mut connection = match self.take()? {
            Some(connection) => connection,
            None => match connect() {
                Ok(connection) => connection,
                Err(error) => {
                    self.back(None);
                    return Err(error);
                }
            },
        };
        let (result, fit) = run(&mut connection);
        self.back(fit.then_some(connection));
        result
    }

    fn take(&self) -> Result<Option<C>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut idle, waited) = self.given_back.wait_timeout_while(idle, PATIENCE, |(idle, lent)| idle.is_empty() && *lent >= self.most).unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && idle.0.is_empty() && idle.1 >= self.most {
            return Err(Error::Busy);
        }
        idle.1 += 1;
        Ok(idle.0.pop())
    }

    fn back(&self, connection: Option<C>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.1 -= 1;
        idle.0.extend(connection);
        drop(idle);
        self.given_back.notify_one();
    }
}
