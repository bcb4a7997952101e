//! `/gates/{id}/sheet`: a kept answer as PDF, for whoever may see it.

use crate::printing;
use crate::web::errors::Failed;
use crate::web::issuing::not_set;
use crate::web::pages::person::steps::file;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;
use xueshi_documents::Text;
use xueshi_policy::Lang;

/// `GET /gates/{id}/sheet`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Signed { actor }: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    let (look, demo) = (app.look()?, app.demo);
    let printed = app.run(move |registry| {
        let shown = registry.gate_answer(&actor, id)?;
        let person = registry.person(&actor, shown.answered.person.0)?;
        let said = |lang, key: &str| look.words.say(lang, key, &[]).map_err(Failed::Internal);
        let sheet = printing::gate(registry.engine(), (&shown, &person), |key| Ok::<_, Failed>(Text::new(said(Lang::Zh, key)?, said(Lang::En, key)?)))?;
        printing::sheet(&sheet, (registry.now(), demo)).map_err(|error| not_set(&error))
    });
    file(&format!("答复单-{id}.pdf"), "application/pdf", printed.await??)
}
