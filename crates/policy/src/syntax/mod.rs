//! The TOML syntax of the policy language: text to a typed tree, every problem of a file at once.

pub(crate) mod ast;
mod decode;
mod figures;
pub(crate) mod grammar;
pub(crate) mod node;
mod reader;

pub(crate) use decode::decode;
