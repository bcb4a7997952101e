//! `/matters/{case}/form`: the application for an exemption on its form, as PDF: before it is decided to be signed, afterwards with the
//! opinion. For whoever may see the matter.

use crate::printing::{self, Grounded};
use crate::web::errors::Failed;
use crate::web::issuing::not_set;
use crate::web::pages::person::steps::file;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;
use xueshi_registry::flow::EXEMPTION;

/// `GET /matters/{case}/form`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Signed { actor }: Signed, Path(case): Path<i64>) -> Result<Response, Failed> {
    let demo = app.demo;
    let printed = app.run(move |registry| {
        let shown = registry.matter(&actor, case)?;
        if shown.flow.id != EXEMPTION.id {
            return Err(Failed::NotFound);
        }
        let engine = registry.engine();
        let ground = Grounded::of(engine, &shown);
        let form = printing::exemption_form(engine, &ground.policy, &ground.cite).ok_or_else(|| Failed::Internal("there is no form of an exemption".to_owned()))?;
        let on = registry.on_form(&actor, case, &form.keys().collect::<Vec<_>>())?;
        let filled = printing::exemption(engine, &ground, (&shown, &on), &form);
        printing::form(&form, &filled, (registry.now(), demo)).map_err(|error| not_set(&error))
    });
    file(&format!("免学申请表-{case}.pdf"), "application/pdf", printed.await??)
}
