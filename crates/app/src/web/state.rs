//! What every request shares.

use super::errors::Failed;
use super::look::{Look, WebFiles};
use std::sync::Arc;
use xueshi_policy::Engine;

/// The application: its policies and its look. The registry will stand here too.
#[derive(Debug)]
pub(crate) struct App {
    /// The regulations, compiled when first asked for.
    pub(super) engine: Engine,
    /// Browsers are told never to come without HTTPS.
    pub(super) https_only: bool,
    look: Arc<Look>,
    files: WebFiles,
}

impl App {
    /// An application over checked policies.
    ///
    /// # Errors
    /// What is wrong with templates, words or static files, in one line.
    pub(crate) fn new(engine: Engine, files: WebFiles, https_only: bool) -> Result<Self, String> {
        Ok(Self { engine, https_only, look: Arc::new(Look::load(&files)?), files })
    }

    /// Templates, words and static files; those of a folder as they stand there now.
    pub(super) fn look(&self) -> Result<Arc<Look>, Failed> {
        if self.files.may_change() {
            return Ok(Arc::new(Look::load(&self.files).map_err(Failed::Internal)?));
        }
        Ok(Arc::clone(&self.look))
    }
}
