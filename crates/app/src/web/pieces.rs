//! Files that are written while they are read, so that one of any length takes no memory.

use super::errors::Failed;
use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use std::io::{self, Write};
use tokio::sync::mpsc;

/// Pieces that wait for a slow reader at most, of [`PIECE`] bytes each.
const WAITING: usize = 8;
/// Bytes sent at once.
pub(super) const PIECE: usize = 64 * 1024;
/// The media type of comma-separated values.
pub(super) const CSV: &str = "text/csv; charset=utf-8";

/// Answers with a file that `write` writes on a thread of its own, held back by a slow reader. What fails midway breaks the answer off.
///
/// # Errors
/// If the name can not stand in a header.
pub(super) fn written(name: &str, media: &'static str, write: impl FnOnce(&mut Pipe) -> io::Result<()> + Send + 'static) -> Result<Response, Failed> {
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(|error| Failed::Internal(error.to_string()))?;
    let (sender, mut receiver) = mpsc::channel(WAITING);
    drop(tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { sender, piece: Vec::new() };
        if let Err(why) = write(&mut pipe).and_then(|()| pipe.flush())
            && why.kind() != io::ErrorKind::BrokenPipe
        {
            tracing::error!(%why, "a file broke off");
            // The reader must see that it is not whole.
            drop(pipe.sender.blocking_send(Err(why)));
        }
    }));
    // It may be asked again after its end: compression does.
    let body = Body::from_stream(stream::poll_fn(move |context| receiver.poll_recv(context)));
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(media)), (CONTENT_DISPOSITION, name), (CACHE_CONTROL, HeaderValue::from_static("private, no-store"))], body).into_response())
}

/// Where what is written goes: pieces for the one who reads.
pub(super) struct Pipe {
    sender: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        self.sender.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
