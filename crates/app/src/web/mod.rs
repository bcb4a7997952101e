//! The pages: what anyone may see and try in a browser.
//!
//! ```text
//! router (every URL) ── pages::<name> (one file a page) ── visit (who asks, in which language) ── look (templates, words, static files)
//!        │                                                        │
//!     layers: request id, log, security headers, errors      state (policies; the registry, once there is one)
//! ```
//!
//! A page is one file in `pages/`, one template in `web/templates/`, one line in `router`, and its words in `web/words/`.

mod assets;
mod clock;
mod errors;
mod lang;
mod look;
mod pages;
mod places;
mod router;
mod security;
mod server;
mod state;
#[cfg(test)]
mod tests;
mod visit;
mod words;

pub(crate) use look::WebFiles;
pub(crate) use server::{Serving, serve};
pub(crate) use state::App;
