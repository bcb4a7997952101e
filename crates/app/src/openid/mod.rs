//! Signing in by a provider of identities: OpenID Connect Core 1.0, the authorization code flow with PKCE (RFC 7636).
//!
//! ```text
//! settings (options of serve) ── client (discovery, keys, code → ID token) ── token (is it ours, now, for this browser?) ── signature
//! ```
//!
//! Only the subject is asked for (`scope=openid`): who somebody is here, is known by what was linked beforehand.

mod client;
mod settings;
mod signature;
mod token;

pub(crate) use client::{Back, Challenge, OpenId, Trouble};
pub(crate) use settings::{SECRET, Settings, arguments};
