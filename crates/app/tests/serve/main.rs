//! The real server as a process: how it is configured, watched, stopped, killed, backed up and restored.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing step fails its test")]
#![cfg(unix)]

mod browser;
mod configuration;
mod kill;
mod operation;
mod server;
#[allow(dead_code, reason = "each test file uses some of it")]
#[path = "../../../registry/tests/support/mod.rs"]
mod support;
#[allow(dead_code, reason = "each test file uses some of it")]
#[path = "../../../registry/tests/story/town.rs"]
mod town;
