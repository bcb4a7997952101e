//! Lists in parts: where a list begins, and whether there is more of it.

use serde::Deserialize;

/// The last of a full part, behind which the next begins; nothing where the list ends here.
pub(super) fn more<T>(lines: &[T], most: i64) -> Option<&T> {
    lines.last().filter(|_| i64::try_from(lines.len()).is_ok_and(|count| count == most))
}

/// Where a list begins that shows the newest first: before this one.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Before {
    pub(super) before: Option<i64>,
}
