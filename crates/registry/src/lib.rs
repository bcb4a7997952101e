//! The registry of `xueshi`: people, employers, learning records, reviews, and the ledger that nobody can quietly alter.
//!
//! Facts and decisions are kept; hours are derived. This crate is the only one that speaks SQL, one text for SQLite and PostgreSQL.

mod store;
fn main(){}
