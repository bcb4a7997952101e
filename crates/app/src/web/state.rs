//! What every request shares.

use super::client::Proxy;
use super::errors::Failed;
use super::look::{Look, WebFiles};
use super::meters::Meters;
use crate::importing::Parser;
use crate::openid::OpenId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use xueshi_policy::{Engine, Recital, recite};
use xueshi_registry::Registry;

/// The application: its policies, its registry and its look.
#[derive(Debug)]
pub(crate) struct App {
    /// The regulations, compiled when first asked for.
    pub(super) engine: Arc<Engine>,
    /// People, records, the ledger.
    pub(super) registry: Arc<Registry>,
    /// Browsers are told never to come without HTTPS.
    pub(super) https_only: bool,
    /// The data are made up, and every page says so.
    pub(super) demo: bool,
    /// Proxies that are believed about who asks.
    pub(super) trusted: Vec<Proxy>,
    /// What is counted.
    pub(super) meters: Arc<Meters>,
    /// Where tables that are sent are read.
    pub(super) parser: Parser,
    /// The provider of identities that one can sign in by.
    pub(super) openid: Option<Arc<OpenId>>,
    /// The server was told to stop: what has begun is finished, nothing new is to be sent here.
    stopping: Arc<AtomicBool>,
    look: Arc<Look>,
    files: WebFiles,
    /// Policies in words, by id: a long one takes a tenth of a second to compile in every year.
    recitals: Mutex<HashMap<String, Arc<Recital>>>,
}

/// How pages are served.
#[derive(Clone, Debug, Default)]
pub(crate) struct Serves {
    /// Templates, words and static files.
    pub(crate) files: WebFiles,
    /// Browsers are told never to come without HTTPS.
    pub(crate) https_only: bool,
    /// The data are made up.
    pub(crate) demo: bool,
    /// Proxies that are believed about who asks.
    pub(crate) trusted: Vec<Proxy>,
    /// Where tables that are sent are read.
    pub(crate) parser: Parser,
    /// The provider of identities that one can sign in by.
    pub(crate) openid: Option<Arc<OpenId>>,
    /// What is counted, whatever the application is made anew.
    pub(crate) meters: Arc<Meters>,
    /// The server was told to stop.
    pub(crate) stopping: Arc<AtomicBool>,
}

impl App {
    /// An application over a registry.
    ///
    /// # Errors
    /// What is wrong with templates, words or static files, in one line.
    pub(crate) fn new(registry: Arc<Registry>, serves: Serves) -> Result<Self, String> {
        let Serves { files, https_only, demo, trusted, parser, openid, meters, stopping } = serves;
        let look = Arc::new(Look::load(&files)?);
        let engine = Arc::clone(registry.engine());
        Ok(Self { engine, registry, https_only, demo, trusted, meters, parser, openid, stopping, look, files, recitals: Mutex::default() })
    }

    /// Templates, words and static files; those of a folder as they stand there now.
    pub(super) fn look(&self) -> Result<Arc<Look>, Failed> {
        if self.files.may_change() {
            return Ok(Arc::new(Look::load(&self.files).map_err(Failed::Internal)?));
        }
        Ok(Arc::clone(&self.look))
    }

    /// Asks the registry, on a thread that may wait.
    ///
    /// # Errors
    /// What the registry refuses.
    pub(super) async fn ask<T: Send + 'static>(&self, work: impl FnOnce(&Registry) -> xueshi_registry::Result<T> + Send + 'static) -> Result<T, Failed> {
        self.run(work).await?.map_err(Failed::from)
    }

    /// Runs something with the registry, on a thread that may wait.
    ///
    /// # Errors
    /// If it panics.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce(&Registry) -> T + Send + 'static) -> Result<T, Failed> {
        let registry = Arc::clone(&self.registry);
        tokio::task::spawn_blocking(move || work(&registry)).await.map_err(|error| Failed::Internal(error.to_string()))
    }

    /// Whether the server was told to stop: what streams ends then.
    pub(super) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
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
