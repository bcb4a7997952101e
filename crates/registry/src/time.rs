//! Instants and legal dates. Instants are microseconds UTC; legal dates are civil dates in Asia/Shanghai, never derived from UTC ones.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Stands where it is set, in microseconds UTC; for drills, generated data and tests.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// Microseconds UTC.
    pub fn now(&self) -> i64 {
        match self {
            Self::System => std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX)),
            Self::Set(at) => at.load(Ordering::Relaxed),
        }
    }

    /// Today in Shanghai.
    pub fn today(&self) -> Date {
        day_of(self.now())
    }
}

/// The civil date in Shanghai of an instant in microseconds UTC.
pub fn day_of(microseconds: i64) -> Date {
    let shanghai = Offset::constant(8);
    Timestamp::from_microsecond(microseconds).map_or(Date::ZERO, |instant| shanghai.to_datetime(instant).date())
}

/// Date and time of day in Shanghai of an instant in microseconds UTC, to the minute.
pub fn minute_of(microseconds: i64) -> String {
    let shanghai = Offset::constant(8);
    Timestamp::from_microsecond(microseconds).map_or_else(
        |_| String::new(),
        |instant| {
            let at = shanghai.to_datetime(instant);
            format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
        },
    )
}

/// The first instant of a civil date in Shanghai, in microseconds UTC.
pub fn instant_of(day: Date) -> i64 {
    Offset::constant(8).to_timestamp(day.at(0, 0, 0, 0)).map_or(0, Timestamp::as_microsecond)
}
