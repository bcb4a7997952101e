//! The pages: what anyone may see and try in a browser, and what people and officers do when they are signed in.
//!
//! ```text
//! router (every URL, each with its door) ── pages::<name> (one file a page) ── visit (who asks, in which language) ── look (templates, words, static files)
//!        │                                                                          │
//!     layers: request id, log, security headers, session, errors               state (policies, registry)
//! ```
//!
//! Programs come by `api`. A page is one file in `pages/`, one template in `web/templates/`, one line in `router`, and its words in `web/words/`.

mod api;
mod assets;
mod client;
mod clock;
mod door;
mod errors;
mod export;
mod fields;
mod issuing;
mod lang;
mod law;
mod live;
mod look;
mod meters;
mod pages;
mod paging;
mod pieces;
mod places;
mod result;
mod router;
mod runner;
mod security;
mod server;
mod session;
mod state;
#[cfg(test)]
mod tests;
mod told;
mod visit;
mod watch;
mod words;

pub(crate) use client::Proxy;
pub(crate) use look::WebFiles;
pub(crate) use server::{KEYS_TAKEN_IN, Serving, serve};
pub(crate) use state::{App, Serves};
