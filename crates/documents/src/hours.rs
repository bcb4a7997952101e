//! Hours as they are printed: exact, from whole hundredths.

use serde::{Serialize, Serializer};
use std::fmt;

/// Hours of the account in whole hundredths: 48.5 hours are `Hours(4850)`. The account's unit may be another than the hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours(pub i64);

impl fmt::Display for Hours {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match part {
            0 => write!(out, "{sign}{whole}"),
            part if part % 10 == 0 => write!(out, "{sign}{whole}.{}", part / 10),
            part => write!(out, "{sign}{whole}.{part:02}"),
        }
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Hours;

    #[test]
    fn hours_are_printed_to_the_hundredth_and_no_further() {
        let printed = [0, 9000, 1750, 1705, 5, -250].map(|hundredths| Hours(hundredths).to_string());
        assert_eq!(printed, ["0", "90", "17.5", "17.05", "0.05", "-2.5"]);
        assert_eq!(Hours(i64::MIN).to_string(), "-92233720368547758.08", "the end of the range has no positive counterpart");
    }
}
