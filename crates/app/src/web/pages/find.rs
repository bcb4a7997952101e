//! `POST /find`: the search forms of lists. What somebody looks for may be a person's name, which must stand in no address: addresses are kept by
//! browsers and proxies. So it is sealed for the account that asks, and the list goes on with the sealed text.

use crate::web::errors::Failed;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;
use xueshi_registry::{Actor, Registry};

/// The lists that are looked through.
const LISTS: [&str; 5] = ["/people", "/gates/people", "/verification", "/desk", "/deliveries"];
/// The fields that may hold a name.
const SEALED: [&str; 2] = ["q", "name"];
/// Characters looked for at most.
const MOST: usize = 100;

/// `POST /find`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, Signed { actor }: Signed, Posted(fields): Posted<Vec<(String, String)>>) -> Result<Response, Failed> {
    let to = fields.iter().find(|(name, _)| name == "to").and_then(|(_, to)| LISTS.into_iter().find(|list| list == to)).ok_or(Failed::NotFound)?;
    let mut asked = Vec::new();
    for (name, value) in fields.into_iter().filter(|(name, _)| !["to", "csrf"].contains(&name.as_str())) {
        let text: String = value.trim().chars().take(MOST).collect();
        let value = if SEALED.contains(&name.as_str()) && !text.is_empty() { app.registry.seal_for_form(text.as_bytes(), actor.account)? } else { text };
        asked.push((name, value));
    }
    let query = serde_html_form::to_string(&asked).map_err(|error| Failed::Internal(error.to_string()))?;
    Ok(Redirect::to(&format!("{to}?{query}")).into_response())
}

/// What an address says that is looked for; nothing where it was sealed for somebody else, or typed.
pub(in crate::web) fn opened(registry: &Registry, actor: &Actor, sealed: &str) -> String {
    let text = registry.unseal_for_form(sealed, actor.account).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.unwrap_or_default()
}
