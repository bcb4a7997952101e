//! One SQL text for both databases: parameters `?1`, integers, texts and bytes; no booleans, no floats.
//!
//! What the texts keep to: `CAST(SUM(x) AS BIGINT)`, `CAST(?1 AS BIGINT) IS NULL` where nothing else tells the type, `EXISTS` in
//! conditions only, `RETURNING` for new ids.

use super::pipeline::Pipeline;
use crate::error::{Error, Result};
use postgres::types::{IsNull, ToSql, Type, private::BytesMut};
use std::cell::{Cell, RefCell};

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Param<'a> {
    /// Nothing.
    Null,
    /// A whole number: an id, hundredths of an hour, microseconds, a yes (1) or no (0).
    Int(i64),
    /// A text, or a date as `YYYY-MM-DD`.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

/// Parameters of a statement: `params![id, &name, None::<i64>]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Param::from($value)),*] };
}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Param<'_> {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Param<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Blob(value)
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) if *ty == Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
            Self::Int(value) => value.to_sql(ty, out),
            Self::Text(value) => value.to_sql(ty, out),
            Self::Blob(value) => value.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// Rows that one statement inserts.
const INSERTED: usize = 32;

/// Placeholders for a list after `IN`, the first one numbered after `taken` others: `?2, ?3`.
pub(crate) fn placeholders(count: usize, taken: usize) -> String {
    (0..count).map(|at| format!("?{}", taken + at + 1)).collect::<Vec<_>>().join(", ")
}

/// A row of a result.
#[derive(Clone, Copy)]
pub enum Row<'r> {
    /// Of SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of PostgreSQL.
    Postgres(&'r postgres::Row),
}

/// What a column can be read as: `i64`, `String`, `Vec<u8>`, or an `Option` of one.
pub trait Column: rusqlite::types::FromSql + for<'a> postgres::types::FromSql<'a> {}

impl<T: rusqlite::types::FromSql + for<'a> postgres::types::FromSql<'a>> Column for T {}

impl Row<'_> {
    /// The value in a column, counted from 0.
    ///
    /// # Errors
    /// If it holds something else.
    pub fn get<T: Column>(&self, at: usize) -> Result<T> {
        match self {
            Self::Sqlite(row) => row.get(at).map_err(Error::fault),
            Self::Postgres(row) => row.try_get(at).map_err(Error::fault),
        }
    }

    /// A yes or no.
    ///
    /// # Errors
    /// See [`Row::get`].
    pub fn flag(&self, at: usize) -> Result<bool> {
        match self {
            // A literal 0 or 1 is a smaller number there than a column.
            Self::Postgres(row) if row.columns().get(at).is_some_and(|column| *column.type_() == Type::INT4) => row.try_get::<_, i32>(at).map(|value| value != 0).map_err(Error::fault),
            _ => Ok(self.get::<i64>(at)? != 0),
        }
    }
}

/// A transaction. What is done in it is kept as a whole or not at all.
pub struct Tx<'c> {
    pub(super) backend: Backend<'c>,
    pub(super) statements: Cell<u64>,
}

pub(super) enum Backend<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(Box<RefCell<Pipeline<'c>>>),
}

/// Refuses a text with the character of no code: PostgreSQL can not hold one.
pub(crate) fn storable(text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(Error::invalid("text", "内容中有不可见的空字符（U+0000），请删去后重填。", "There is a null character (U+0000) in a text; remove it and send it again."));
    }
    Ok(())
}

impl<'c> Tx<'c> {
    pub(super) fn new(backend: Backend<'c>) -> Self {
        Self { backend, statements: Cell::new(0) }
    }

    /// How many statements ran in this transaction so far.
    pub fn statements(&self) -> u64 {
        self.statements.get()
    }

    /// Counts a statement. A text with the character of no code is refused on both databases alike: PostgreSQL can not hold one.
    fn begin(&self, params: &[Param<'_>]) -> Result<()> {
        self.statements.set(self.statements.get() + 1);
        params.iter().try_for_each(|param| if let Param::Text(text) = param { storable(text) } else { Ok(()) })
    }

    /// Runs a statement and says how many rows it touched.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn execute(&self, sql: &str, params: &[Param<'_>]) -> Result<u64> {
        self.begin(params)?;
        match &self.backend {
            Backend::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql).map_err(sqlite_error)?;
                statement.execute(rusqlite::params_from_iter(params)).map(|rows| rows as u64).map_err(sqlite_error)
            }
            Backend::Postgres(pipeline) => pipeline.borrow_mut().execute(sql, params),
        }
    }

    /// Runs a statement whose count of rows nobody asks for; on PostgreSQL it is sent with the next statement that is waited for.
    ///
    /// # Errors
    /// What the database refuses; it may be told by the next statement, at the latest by the end of the transaction.
    pub fn later(&self, sql: &str, params: &[Param<'_>]) -> Result<()> {
        match &self.backend {
            Backend::Sqlite(_) => self.execute(sql, params).map(drop),
            Backend::Postgres(pipeline) => {
                self.begin(params)?;
                pipeline.borrow_mut().later(sql, params)
            }
        }
    }

    /// The same of a statement that must touch a row; else nothing of the transaction is kept, and it fails with `otherwise`.
    ///
    /// # Errors
    /// See [`Tx::later`].
    pub fn must(&self, sql: &str, params: &[Param<'_>], otherwise: Error) -> Result<()> {
        match &self.backend {
            Backend::Sqlite(_) => {
                if self.execute(sql, params)? == 0 {
                    return Err(otherwise);
                }
                Ok(())
            }
            Backend::Postgres(pipeline) => {
                self.begin(params)?;
                pipeline.borrow_mut().must(sql, params, otherwise)
            }
        }
    }

    /// Hands every row of a query to `each`.
    ///
    /// # Errors
    /// What the database or `each` refuses.
    pub fn each(&self, sql: &str, params: &[Param<'_>], mut each: impl FnMut(Row<'_>) -> Result<()>) -> Result<()> {
        self.begin(params)?;
        match &self.backend {
            Backend::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql).map_err(sqlite_error)?;
                let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(sqlite_error)?;
                while let Some(row) = rows.next().map_err(sqlite_error)? {
                    each(Row::Sqlite(row))?;
                }
                Ok(())
            }
            Backend::Postgres(pipeline) => pipeline.borrow_mut().each(sql, params, &mut |row| each(Row::Postgres(row))),
        }
    }

    /// Every row of a query; for lists that are paged or small by nature.
    ///
    /// # Errors
    /// See [`Tx::each`].
    pub fn all<T>(&self, sql: &str, params: &[Param<'_>], mut read: impl FnMut(Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.each(sql, params, |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// See [`Tx::each`].
    pub fn first<T>(&self, sql: &str, params: &[Param<'_>], mut read: impl FnMut(Row<'_>) -> Result<T>) -> Result<Option<T>> {
        let mut found = None;
        self.each(sql, params, |row| {
            if found.is_none() {
                found = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// A number that always exists: a count, or the id of `INSERT … RETURNING id`.
    ///
    /// # Errors
    /// See [`Tx::each`].
    pub fn number(&self, sql: &str, params: &[Param<'_>]) -> Result<i64> {
        self.first(sql, params, |row| row.get(0))?.ok_or_else(|| Error::fault("a number was expected, and no row came"))
    }

    /// Inserts many rows, some dozen in one statement. `into` is `INSERT INTO table (columns)`.
    ///
    /// # Errors
    /// What the database refuses.
    pub(crate) fn insert_many(&self, into: &str, rows: &[Vec<Param<'_>>]) -> Result<()> {
        // Few lengths, so that few statements are prepared.
        for (most, rows) in rows.chunks(INSERTED).map(|rows| (rows.len() == INSERTED, rows)) {
            for rows in rows.chunks(if most { INSERTED } else { 1 }) {
                let columns = rows.first().map_or(0, Vec::len);
                let row = |at: usize| (0..columns).map(|column| format!("?{}", at * columns + column + 1)).collect::<Vec<_>>().join(", ");
                let values = (0..rows.len()).map(|at| format!("({})", row(at))).collect::<Vec<_>>().join(", ");
                let params: Vec<Param<'_>> = rows.iter().flatten().copied().collect();
                self.execute(&format!("{into} VALUES {values}"), &params)?;
            }
        }
        Ok(())
    }
}

pub(super) fn sqlite_error(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy,
        _ => Error::fault(error),
    }
}

pub(super) fn postgres_error(error: postgres::Error) -> Error {
    use postgres::error::SqlState;
    match error.code() {
        Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED => Error::Busy,
        // Two transactions that did not see each other's row: the next attempt sees it and refuses by its own rule.
        Some(code) if *code == SqlState::UNIQUE_VIOLATION => Error::Busy,
        _ => match error.as_db_error() {
            Some(of) => Error::fault(format!("{}: {}", of.code().code(), of.message())),
            None => Error::fault(error),
        },
    }
}
