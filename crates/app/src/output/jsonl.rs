//! JSON Lines: one assessment a line.

use super::json::JsonPiece;
use super::{Report, Sink, Target};
use crate::failure::Failure;
use std::io::Write;

/// The lines, written as they come.
pub(crate) struct JsonLines {
    target: Target,
    out: Box<dyn Write>,
}

impl JsonLines {
    /// No line yet.
    ///
    /// # Errors
    /// If the output can not be opened.
    pub(crate) fn new(target: Target) -> Result<Self, Failure> {
        let out = target.writer()?;
        Ok(Self { target, out })
    }
}

impl Sink<JsonPiece> for JsonLines {
    fn put(&mut self, piece: JsonPiece) -> Result<(), Failure> {
        for text in &piece.texts {
            self.out.write_all(text.as_bytes())?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn close(mut self, _: &Report) -> Result<(), Failure> {
        self.out.flush()?;
        drop(self.out);
        self.target.complete()
    }
}
