//! `/records/{case}/form`: a declaration on the regulation's form of recognition, as PDF, where the place has one. For whoever may see it.

use super::stacks;
use super::steps::file;
use crate::printing;
use crate::web::errors::Failed;
use crate::web::issuing::not_set;
use crate::web::session::Signed;
use crate::web::state::App;
use axum::extract::{Path, State};
use axum::response::Response;
use std::sync::Arc;
use xueshi_documents::{Form, Prints};
use xueshi_policy::Stack;
use xueshi_registry::CaseShown;

/// The form of recognition that these policies show, of a case that is a declaration.
pub(in crate::web) fn form_of(shown: &CaseShown, stacks: &[Arc<Stack>]) -> Option<&'static Form> {
    shown.record.as_ref()?;
    printing::form_of(Prints::Recognition, stacks.iter().flat_map(|stack| stack.files()).map(|file| file.id()))
}

/// `GET /records/{case}/form`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, Signed { actor }: Signed, Path(case): Path<i64>) -> Result<Response, Failed> {
    let shared = Arc::clone(&app);
    let printed = app.run(move |registry| {
        let shown = registry.case(&actor, case)?;
        let year = shown.record.as_ref().map(|record| record.year).ok_or(Failed::NotFound)?;
        let stacks = stacks(&shared, &shown.person, year)?;
        let form = form_of(&shown, &stacks).ok_or(Failed::NotFound)?;
        let on = registry.on_form(&actor, case, &form.keys().collect::<Vec<_>>())?;
        let filled = printing::recognition(&stacks, (&shown, &on), form);
        printing::form(form, &filled, (registry.now(), shared.demo)).map_err(|error| not_set(&error))
    });
    file(&format!("学时认定登记表-{case}.pdf"), "application/pdf", printed.await??)
}
