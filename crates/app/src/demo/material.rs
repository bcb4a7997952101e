//! What the demonstration is made of, read from `demo/town.toml`: no place stands in the program.

use crate::failure::Failure;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The whole of it.
#[derive(Debug, Deserialize)]
pub(super) struct Material {
    pub(super) surnames: Vec<String>,
    pub(super) given: Vec<String>,
    pub(super) posts: Vec<String>,
    pub(super) wards: Vec<String>,
    pub(super) nation: Nation,
    #[serde(rename = "place")]
    pub(super) places: Vec<Place>,
}

/// The root of the places.
#[derive(Debug, Deserialize)]
pub(super) struct Nation {
    pub(super) region: String,
    pub(super) zh: String,
    pub(super) en: String,
}

/// One place of the demonstration.
#[derive(Debug, Deserialize)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) places: Vec<Level>,
    pub(super) short: String,
    pub(super) employer: String,
    pub(super) records: Vec<Kind>,
}

/// A jurisdiction, from the province down.
#[derive(Debug, Deserialize)]
pub(super) struct Level {
    pub(super) region: String,
    pub(super) level: String,
    pub(super) zh: String,
    pub(super) en: String,
}

/// A kind of learning.
#[derive(Debug, Deserialize)]
pub(super) struct Kind {
    pub(super) title: String,
    pub(super) facts: BTreeMap<String, String>,
    pub(super) quantity: (i64, i64),
    pub(super) proofs: Vec<String>,
}

impl Material {
    /// Reads the file in the binary.
    pub(super) fn read() -> Result<Self, Failure> {
        toml::from_str(include_str!("../../demo/town.toml")).map_err(|error| Failure::new(format!("演示素材有误：{error}"), format!("The material of the demonstration is wrong: {error}")))
    }
}
