//! Bytes put aside on disk in many parts, and taken back part by part.
//!
//! The file has no name: whatever ends the program, nothing of it is left.

use crate::failure::{Failure, cannot_put_aside};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Pieces of bytes in a file, each belonging to one of many parts.
pub(super) struct Spill {
    folder: PathBuf,
    store: Mutex<Store>,
}

struct Store {
    file: File,
    end: u64,
    /// The pieces of each part.
    parts: Vec<Vec<Piece>>,
}

struct Piece {
    order: u64,
    at: u64,
    length: u32,
}

impl Spill {
    /// An empty file in a folder.
    ///
    /// # Errors
    /// If the folder can not be written.
    pub(super) fn new(folder: &Path, parts: usize) -> Result<Self, Failure> {
        let file = tempfile::tempfile_in(folder).map_err(|error| cannot_put_aside(folder, &error))?;
        let parts = (0..parts).map(|_| Vec::new()).collect();
        Ok(Self { folder: folder.to_owned(), store: Mutex::new(Store { file, end: 0, parts }) })
    }

    /// Puts a piece of a part aside. `order`: where it stands among those of its part.
    ///
    /// # Errors
    /// If it can not be written.
    pub(super) fn put(&self, part: usize, order: u64, bytes: &[u8]) -> Result<(), Failure> {
        let mut store = self.store();
        let at = store.end;
        let written = store.file.seek(SeekFrom::Start(at)).and_then(|_| store.file.write_all(bytes));
        written.map_err(|error| cannot_put_aside(&self.folder, &error))?;
        store.end += bytes.len() as u64;
        let length = u32::try_from(bytes.len()).map_err(|_| cannot_put_aside(&self.folder, &io::ErrorKind::FileTooLarge.into()))?;
        if let Some(pieces) = store.parts.get_mut(part) {
            pieces.push(Piece { order, at, length });
        }
        Ok(())
    }

    /// How many parts there are.
    pub(super) fn parts(&self) -> usize {
        self.store().parts.len()
    }

    /// Takes the pieces of a part in their order; there are none afterwards.
    ///
    /// # Errors
    /// If they can not be read.
    pub(super) fn take(&self, part: usize) -> Result<Vec<Vec<u8>>, Failure> {
        let mut store = self.store();
        let mut pieces = store.parts.get_mut(part).map(std::mem::take).unwrap_or_default();
        pieces.sort_by_key(|piece| piece.order);
        let mut read = |piece: &Piece| {
            let mut bytes = vec![0; piece.length as usize];
            store.file.seek(SeekFrom::Start(piece.at)).and_then(|_| store.file.read_exact(&mut bytes)).map(|()| bytes)
        };
        pieces.iter().map(&mut read).collect::<io::Result<_>>().map_err(|error| self.damaged(&error))
    }

    /// What was put aside is not what is read back.
    pub(super) fn damaged(&self, error: &io::Error) -> Failure {
        cannot_put_aside(&self.folder, error)
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a number of seven bits a byte, the lowest first.
pub(super) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Adds a text.
pub(super) fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_number(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

/// A signed number with its sign in the lowest bit.
pub(super) fn folded(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

/// The number that was folded.
pub(super) fn unfolded(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Bytes that are taken from the front; nothing where they end too early.
pub(super) struct Taking<'a>(pub(super) &'a [u8]);

impl<'a> Taking<'a> {
    /// The next number.
    #[inline]
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            if *byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// The next text.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_by_part_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let spill = Spill::new(folder.path(), 2).unwrap();
        for (part, order, bytes) in [(0, 9, "last"), (1, 3, "other"), (0, 2, "first")] {
            spill.put(part, order, bytes.as_bytes()).unwrap();
        }
        assert_eq!(spill.take(0).unwrap(), [b"first".to_vec(), b"last".to_vec()]);
        assert_eq!(spill.take(0).unwrap(), Vec::<Vec<u8>>::new());
        assert_eq!(spill.take(1).unwrap(), [b"other".to_vec()]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
    }

    #[test]
    fn numbers_and_texts_come_back() {
        let mut bytes = Vec::new();
        for number in [0, 1, -1, i64::MAX, i64::MIN] {
            put_number(&mut bytes, folded(number));
        }
        put_text(&mut bytes, "学时");
        let mut taking = Taking(&bytes);
        for number in [0, 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(taking.number().map(unfolded), Some(number));
        }
        assert_eq!((taking.text(), taking.is_empty(), taking.number()), (Some("学时"), true, None));
        assert_eq!(Taking(&[5, b'a']).text(), None, "it ends too early");
    }
}
