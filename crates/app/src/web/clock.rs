//! The one place of the pages that looks at the clock.

use jiff::Span;
use jiff::civil::{Date, date};
use std::time::{SystemTime, UNIX_EPOCH};

/// All of China keeps one time, eight hours ahead of UTC.
const HOURS_AHEAD: i64 = 8;

/// Today in China.
pub(super) fn today() -> Date {
    const EPOCH: Date = date(1970, 1, 1);
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0));
    let days = (seconds + HOURS_AHEAD * 3600) / 86_400;
    Span::new().try_days(days).ok().and_then(|span| EPOCH.checked_add(span).ok()).unwrap_or(EPOCH)
}
