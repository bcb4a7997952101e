//! Facts as they are kept: texts by column of the policies, in one canonical JSON.

use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Texts by column.
pub type Facts = BTreeMap<String, String>;

/// The canonical JSON: keys in order, empty values left out.
pub(crate) fn to_json(facts: &Facts) -> String {
    let all: serde_json::Map<String, serde_json::Value> = facts.iter().filter(|(_, value)| !value.trim().is_empty()).map(|(name, value)| (name.clone(), value.clone().into())).collect();
    serde_json::Value::Object(all).to_string()
}

/// Reads what [`to_json`] wrote.
pub(crate) fn from_json(text: &str) -> Result<Facts> {
    serde_json::from_str(text).map_err(Error::fault)
}

/// A JSON text as it was kept.
pub(crate) fn json(text: &str) -> Result<serde_json::Value> {
    serde_json::from_str(text).map_err(Error::fault)
}
