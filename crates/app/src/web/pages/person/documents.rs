//! `/documents/{id}`: a certificate or card as it was handed out; `POST /records/certificate` and `/records/card` hand one out.

use super::steps::file;
use super::{own, stacks};
use crate::failure::Failure;
use crate::printing::{self, Printing};
use crate::web::errors::Failed;
use crate::web::places;
use crate::web::session::{Posted, Signed};
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;
use xueshi_policy::text;
use xueshi_registry::Registry;
use xueshi_registry::documents::{Prepared, grouped};

/// The verified year, by its obligation.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Asked {
    obligation: i64,
}

/// The years of a card.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Years {
    from: i64,
    to: i64,
}

/// Years on one card at most; a career.
const YEARS_MAX: i64 = 60;

/// `POST /records/certificate`: enters it in the ledger, prints it, keeps its bytes for ever.
pub(in crate::web) async fn certificate(State(app): State<Arc<App>>, signed: Signed, Posted(asked): Posted<Asked>) -> Result<Response, Failed> {
    let prepare = move |registry: &Registry| registry.prepare_certificate(&signed.actor, asked.obligation);
    issued(app, prepare, printing::certificate).await
}

/// `POST /records/card`: the same for the registration card, where a regulation of the place shows one.
pub(in crate::web) async fn card(State(app): State<Arc<App>>, signed: Signed, Posted(years): Posted<Years>) -> Result<Response, Failed> {
    if !(0..YEARS_MAX).contains(&(years.to - years.from)) {
        return Err(Failed::Unprocessable(text!("登记卡至多写 {YEARS_MAX} 年，起始年度不晚于终止年度。", "A card holds at most {YEARS_MAX} years, the first not after the last.")));
    }
    let (person, actor) = (own(&signed)?, signed.actor.clone());
    let shown = app.ask(move |registry| registry.person(&actor, person)).await?;
    let stacks = stacks(&app, &shown, years.to)?;
    let form = printing::form_of(stacks.iter().flat_map(|stack| stack.files()).map(|file| file.id())).ok_or(Failed::NotFound)?;
    let prepare = move |registry: &Registry| registry.prepare_card(&signed.actor, person, (years.from, years.to));
    issued(app, prepare, move |prepared, with| printing::card(prepared, form, with)).await
}

/// Enters a document, prints it and keeps it; then shows it.
async fn issued(
    app: Arc<App>,
    prepare: impl FnOnce(&Registry) -> xueshi_registry::Result<Prepared> + Send + 'static,
    print: impl FnOnce(&Prepared, Printing<'_>) -> Result<Vec<u8>, Failure> + Send + 'static,
) -> Result<Response, Failed> {
    let look = app.look()?;
    let shared = Arc::clone(&app);
    let printed = app.ask(move |registry| {
        // What can not be printed is not entered.
        if let Err(failure) = printing::ready() {
            return Ok(Err(failure));
        }
        let prepared = prepare(registry)?;
        let place = places::name(&look.words, places::known(&shared, &prepared.person.region));
        // The ledger's name begins with the host it is served under.
        let site = format!("https://{}", registry.origin().split('/').next().unwrap_or_default());
        let with = Printing { engine: registry.engine(), place: &place, site: &site, at: registry.now(), specimen: shared.demo };
        match print(&prepared, with) {
            Ok(bytes) => registry.freeze_document(prepared.id, &bytes).map(|()| Ok(prepared.id)),
            Err(failure) => Ok(Err(failure)),
        }
    });
    let id = printed.await?.map_err(not_printed)?;
    Ok(Redirect::to(&format!("/documents/{id}")).into_response())
}

fn not_printed(failure: Failure) -> Failed {
    match failure {
        Failure::Message(text) => Failed::Internal(format!("{} {}", text.zh, text.en)),
        other => Failed::Internal(format!("{other:?}")),
    }
}

/// `GET /documents/{id}`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, signed: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    let (code, bytes) = app.ask(move |registry| registry.document(&signed.actor, id)).await?;
    file(&format!("{}.pdf", grouped(&code)), "application/pdf", bytes)
}
