//! Tests of the tables that come in and go out, through one door: a file is read and what came of
//! it compared with a text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::result_large_err, reason = "the errors are looked at, not passed on")]

mod csv;
mod csv_out;
mod door;
mod encodings;
mod headers;
mod hostile;
mod names;
mod parquet;
mod parquet_door;
mod parquet_hostile;
mod parquet_out;
mod roundtrip;
mod template;
mod workbooks;
mod xlsx;
mod xlsx_out;
