//! What serves requests now. When other policies come into force, an application is made anew under them and takes over; what is under way
//! finishes under the old one.

use super::router::router;
use super::state::{App, Serves};
use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse as _;
use std::sync::{Arc, PoisonError, RwLock};
use tower::ServiceExt as _;
use xueshi_registry::Registry;

/// The application of now, with its addresses.
pub(super) struct Live {
    serves: Serves,
    now: RwLock<(Arc<App>, Router)>,
}

impl Live {
    /// Begins with an application.
    pub(super) fn new(app: App, serves: Serves) -> Arc<Self> {
        Arc::new(Self { serves, now: RwLock::new(with_addresses(app)) })
    }

    /// The application of now.
    pub(super) fn app(&self) -> Arc<App> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner).0)
    }

    /// The registry of now.
    pub(super) fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.app().registry)
    }

    /// Every address, answered by the application of the moment it is asked.
    pub(super) fn addresses(self: &Arc<Self>) -> Router {
        let live = Arc::clone(self);
        Router::new().fallback(move |request: Request| {
            let router = live.now.read().unwrap_or_else(PoisonError::into_inner).1.clone();
            async move { router.oneshot(request).await.into_response() }
        })
    }

    /// Takes over other policies, where others are in force by now. Gives whether there were any.
    ///
    /// # Errors
    /// What can not be read, in one line; the application of now stays.
    pub(super) fn refresh(&self) -> Result<bool, String> {
        let Some(registry) = self.registry().refreshed().map_err(|why| why.to_string())? else { return Ok(false) };
        let app = App::new(Arc::new(registry), self.serves.clone())?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = with_addresses(app);
        Ok(true)
    }
}

fn with_addresses(app: App) -> (Arc<App>, Router) {
    let app = Arc::new(app);
    (Arc::clone(&app), router(app))
}
