//! Instants as the API tells them: RFC 3339, in UTC.

use jiff::Timestamp;

/// An instant in microseconds UTC.
pub(super) fn instant(microseconds: i64) -> String {
    Timestamp::from_microsecond(microseconds).unwrap_or_default().to_string()
}
