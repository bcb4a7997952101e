//! A stretch of a file, read piece by piece.

use std::fs::File;
use std::io;
use std::sync::Arc;

use super::page::Fault;

/// How much is read at a time, in bytes, where no page is larger.
const PIECE: usize = 256 << 10;

/// The bytes of a stretch that have been read and not been used.
#[derive(Debug)]
pub(super) struct Input {
    file: Arc<File>,
    /// The place in the file up to which was read, and the end of the stretch.
    at: u64,
    end: u64,
    bytes: Vec<u8>,
    used: usize,
    read: usize,
}

impl Input {
    pub(super) fn new(file: Arc<File>) -> Input {
        Input { file, at: 0, end: 0, bytes: Vec::new(), used: 0, read: 0 }
    }

    /// Goes to another stretch.
    pub(super) fn set(&mut self, start: u64, end: u64) {
        (self.at, self.end, self.used, self.read) = (start, end, 0, 0);
    }

    /// How many bytes of the stretch have not been used.
    pub(super) fn left(&self) -> u64 {
        self.end - self.at + (self.read - self.used) as u64
    }

    /// What has been read and not used, `least` bytes at least. What was handed out before is gone.
    pub(super) fn peek(&mut self, least: usize) -> Result<&[u8], Fault> {
        if least as u64 > self.left() {
            return Err(Fault::Damaged);
        }
        if self.read - self.used < least {
            self.bytes.copy_within(self.used..self.read, 0);
            self.read -= self.used;
            self.used = 0;
            let size = least.max(PIECE);
            if self.bytes.len() < size {
                self.bytes.resize(size, 0);
            }
            let there = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
            let until = self.bytes.len().min(self.read.saturating_add(there));
            let into = &mut self.bytes[self.read..until];
            read_exact_at(&self.file, into, self.at).map_err(Fault::Input)?;
            self.at += into.len() as u64;
            self.read = until;
        }
        Ok(&self.bytes[self.used..self.read])
    }

    /// Uses up bytes that were peeked at; says where they stand in [`Input::bytes`].
    pub(super) fn take(&mut self, count: usize) -> usize {
        let at = self.used;
        self.used = self.read.min(at + count);
        at
    }

    /// Everything that is in memory.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How much memory is in use.
    pub(super) fn size(&self) -> usize {
        self.bytes.capacity()
    }
}

/// Reads at a place without a place of its own in the file, which other threads would move.
#[cfg(unix)]
fn read_exact_at(file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut into: &mut [u8], mut at: u64) -> io::Result<()> {
    while !into.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, into, at)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        at += count as u64;
        into = &mut into[count..];
    }
    Ok(())
}
