//! Requests that are done once, however often they are sent (Idempotency-Key of the HTTP API).

use crate::error::Result;
use crate::params;
use crate::registry::Registry;
use sha2::{Digest as _, Sha256};

/// A key is kept for so long, in microseconds.
const KEPT: i64 = 24 * 60 * 60 * 1_000_000;

/// What became of a request, to be told again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: i64,
    /// Headers that belong to the answer, as JSON.
    pub headers: String,
    /// The body.
    pub body: Vec<u8>,
}

/// How a key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Once {
    /// Nobody used it: the request is to be done now.
    Now,
    /// The same request is under way, or broke off without an answer.
    Running,
    /// It was used for another request.
    Other,
    /// The same request was answered.
    Answered(Answered),
}

impl Registry {
    /// Begins a request under a key, for 24 hours.
    ///
    /// `subject` says whose key it is; `request` is everything that makes it the same request.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn begin_once(&self, subject: &str, key: &str, request: &[u8]) -> Result<Once> {
        let (subject, key, request, now) = (subject.to_owned(), hash(key.as_bytes()), hash(request), self.now());
        self.write(move |tx| {
            tx.execute("DELETE FROM api_requests WHERE begun_at < ?1", params![now - KEPT])?;
            let begun = "INSERT INTO api_requests (subject, key, request, begun_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (subject, key) DO NOTHING";
            if tx.execute(begun, params![&subject, &key, &request, now])? == 1 {
                return Ok(Once::Now);
            }
            let found = tx.first("SELECT request, status, headers, body FROM api_requests WHERE subject = ?1 AND key = ?2", params![&subject, &key], |row| {
                Ok((row.get::<Vec<u8>>(0)?, row.get::<Option<i64>>(1)?, row.get::<Option<String>>(2)?, row.get::<Option<Vec<u8>>>(3)?))
            })?;
            Ok(match found {
                Some((of, ..)) if of != request => Once::Other,
                Some((_, Some(status), headers, body)) => Once::Answered(Answered { status, headers: headers.unwrap_or_default(), body: body.unwrap_or_default() }),
                _ => Once::Running,
            })
        })
    }

    /// Keeps the answer to a request that was begun; without one the key is free again.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn end_once(&self, subject: &str, key: &str, answered: Option<Answered>) -> Result<()> {
        let (subject, key) = (subject.to_owned(), hash(key.as_bytes()));
        self.write(move |tx| match &answered {
            Some(Answered { status, headers, body }) => {
                tx.execute("UPDATE api_requests SET status = ?3, headers = ?4, body = ?5 WHERE subject = ?1 AND key = ?2", params![&subject, &key, *status, headers, body]).map(drop)
            }
            None => tx.execute("DELETE FROM api_requests WHERE subject = ?1 AND key = ?2 AND status IS NULL", params![&subject, &key]).map(drop),
        })
    }
}

fn hash(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}
