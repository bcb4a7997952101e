//! The ledger through its public door: trees and proofs against two other implementations,
//! notes and tiles against the published specifications, and every tampering by its reason.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod interop;
mod log;
mod notes;
mod receipts;
mod tiles;
mod trees;
