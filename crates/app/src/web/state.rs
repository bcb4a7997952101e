//! What every request shares.

use super::errors::Failed;
use super::look::{Look, WebFiles};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use xueshi_policy::{Engine, Recital, recite};

/// The application: its policies and its look. The registry will stand here too.
#[derive(Debug)]
pub(crate) struct App {
    /// The regulations, compiled when first asked for.
    pub(super) engine: Engine,
    /// Browsers are told never to come without HTTPS.
    pub(super) https_only: bool,
    look: Arc<Look>,
    files: WebFiles,
    /// Policies in words, by id: a long one takes a tenth of a second to compile in every year.
    recitals: Mutex<HashMap<String, Arc<Recital>>>,
}

impl App {
    /// An application over checked policies.
    ///
    /// # Errors
    /// What is wrong with templates, words or static files, in one line.
    pub(crate) fn new(engine: Engine, files: WebFiles, https_only: bool) -> Result<Self, String> {
        Ok(Self { engine, https_only, look: Arc::new(Look::load(&files)?), files, recitals: Mutex::default() })
    }

    /// Templates, words and static files; those of a folder as they stand there now.
    pub(super) fn look(&self) -> Result<Arc<Look>, Failed> {
        if self.files.may_change() {
            return Ok(Arc::new(Look::load(&self.files).map_err(Failed::Internal)?));
        }
        Ok(Arc::clone(&self.look))
    }

    /// A policy in words; nothing where there is no such policy.
    pub(super) fn recital(&self, id: &str) -> Option<Arc<Recital>> {
        if let Some(known) = self.recitals.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Some(Arc::clone(known));
        }
        let recital = Arc::new(recite(self.engine.library(), id)?);
        self.recitals.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), Arc::clone(&recital));
        Some(recital)
    }
}
