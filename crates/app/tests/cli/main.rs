//! The program as its users see it: run as a process, with files, through one door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod bad_input;
mod books;
mod door;
mod formats;
mod gates;
mod hostile;
mod parquet;
mod people;
mod policies;
mod scale;
mod simulate;
mod tables;
mod template;
mod trying;
mod usage;
