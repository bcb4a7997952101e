//! The assessment through one door: cases as text, and what must hold for any records.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing helper fails its test")]

mod cases;
mod columns;
mod explanations;
#[allow(dead_code, reason = "each test file uses some of it")]
#[path = "../support/mod.rs"]
mod files;
mod properties;
mod support;
