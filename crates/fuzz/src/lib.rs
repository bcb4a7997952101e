//! What hostile files are thrown at: a function for each reader, which takes any bytes and must return.
//!
//! A function here stands for the door that the program uses, and holds what is found against what every caller relies on.
//! Two drivers call them: the fuzzer in `fuzz/`, guided by coverage and run by hand for hours, and the short run of
//! `tests/short.rs`, part of every test.

mod package;
mod policies;
mod tables;

pub use policies::policy;
pub use tables::{csv, parquet, xlsx};
