//! `/api/v1`: the same registry for programs. A resource is one file here, its addresses stand in the router with their doors.
//!
//! ```text
//! handler types ── describe (what goes in, what comes out) ──▶ openapi (the document, the page at /api)
//!       │
//! request ── door ── auth (bearer, or session with its token) ── once (Idempotency-Key) ── extract ── resource ── answer
//! whatever fails ── problem (RFC 9457)
//! ```

mod affected;
mod answer;
pub(in crate::web) mod approvers;
pub(in crate::web) mod assess;
mod assessed;
pub(in crate::web) mod auth;
pub(in crate::web) mod completions;
pub(in crate::web) mod declarations;
pub(in crate::web) mod deliveries;
pub(in crate::web) mod describe;
pub(in crate::web) mod documents;
pub(in crate::web) mod doubles;
mod drafted;
pub(in crate::web) mod drafts;
mod employer_year;
pub(in crate::web) mod employer_years;
pub(in crate::web) mod endorsing;
pub(in crate::web) mod exports;
mod extract;
pub(in crate::web) mod gates;
pub(in crate::web) mod grants;
mod imported;
pub(in crate::web) mod imports;
pub(in crate::web) mod issuing;
pub(in crate::web) mod jobs;
pub(in crate::web) mod looked_at;
pub(in crate::web) mod matters;
pub(in crate::web) mod me;
pub(in crate::web) mod once;
pub(in crate::web) mod openapi;
pub(in crate::web) mod people;
pub(in crate::web) mod policies;
pub(in crate::web) mod problem;
pub(in crate::web) mod proofs;
pub(in crate::web) mod records;
pub(in crate::web) mod registers;
pub(in crate::web) mod registration;
pub(in crate::web) mod requests;
pub(in crate::web) mod spot_checks;
mod time;
pub(in crate::web) mod transfers;
pub(in crate::web) mod verifications;
pub(in crate::web) mod years;

use super::errors::Failed;
use super::state::App;
use problem::Problem;
use xueshi_registry::Registry;

/// Under which every address of the API stands.
pub(in crate::web) const ROOT: &str = "/api/v1/";

/// Asks the registry, on a thread that may wait; refusals keep their code and field.
///
/// # Errors
/// What the registry refuses.
pub(in crate::web) async fn ask<T: Send + 'static>(app: &App, work: impl FnOnce(&Registry) -> xueshi_registry::Result<T> + Send + 'static) -> Result<T, Failed> {
    app.run(work).await?.map_err(|error| Problem::of(error).into())
}
