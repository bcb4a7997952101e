//! Facts as they are kept: texts by column of the policies, in one canonical JSON.

use crate::error::{Error, Result};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Texts by column.
pub type Facts = BTreeMap<String, String>;

/// The canonical JSON: keys in order, empty values left out.
pub(crate) fn to_json(facts: &Facts) -> String {
    struct Stated<'a>(&'a Facts);
    impl Serialize for Stated<'_> {
        fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
            to.collect_map(self.0.iter().filter(|(_, value)| !value.trim().is_empty()))
        }
    }
    // Texts under texts are always JSON.
    serde_json::to_string(&Stated(facts)).unwrap_or_default()
}

/// Reads what [`to_json`] wrote.
pub(crate) fn from_json(text: &str) -> Result<Facts> {
    serde_json::from_str(text).map_err(Error::fault)
}

/// A JSON text as it was kept.
pub(crate) fn json(text: &str) -> Result<serde_json::Value> {
    serde_json::from_str(text).map_err(Error::fault)
}
