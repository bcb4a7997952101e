//! Certificates and cards are handed out: entered in the ledger, printed, their bytes kept for ever. Pages and programs come this way.

use super::errors::Failed;
use super::pages::person::stacks;
use super::places;
use super::state::App;
use crate::failure::Failure;
use crate::printing::{self, Printing, Unprinted};
use std::sync::Arc;
use xueshi_policy::{Text, text};
use xueshi_registry::documents::Prepared;
use xueshi_registry::{Actor, Registry};

/// Years on one card at most; a career.
const YEARS_MAX: i64 = 60;

/// The certificate of a verified year, by its obligation; the id of the document.
///
/// # Errors
/// If the year is not verified, or is nobody's whom the actor may print for.
pub(super) async fn certificate(app: &Arc<App>, actor: Actor, obligation: i64) -> Result<i64, Failed> {
    issued(app, move |registry| registry.prepare_certificate(&actor, obligation), printing::certificate).await
}

/// The registration card of a person over some years, where a regulation of the place shows one; the id of the document.
///
/// # Errors
/// If there are too many years, no regulation shows a card, or the actor may not print for the person.
pub(super) async fn card(app: &Arc<App>, actor: Actor, person: i64, (from, to): (i64, i64)) -> Result<i64, Failed> {
    if !(0..YEARS_MAX).contains(&(to - from)) {
        return Err(Failed::Unprocessable(text!("登记卡至多写 {YEARS_MAX} 年，起始年度不晚于终止年度。", "A card holds at most {YEARS_MAX} years, the first not after the last.")));
    }
    let by = actor.clone();
    let shown = app.ask(move |registry| registry.person(&by, person)).await?;
    let stacks = stacks(app, &shown, to)?;
    let form = printing::card_form(&stacks).ok_or(Failed::NotFound)?;
    issued(app, move |registry| registry.prepare_card(&actor, person, (from, to)), move |prepared, with| printing::card(prepared, (form, &stacks), with)).await
}

/// Enters a document, prints it and keeps it.
async fn issued(
    app: &Arc<App>,
    prepare: impl FnOnce(&Registry) -> xueshi_registry::Result<Prepared> + Send + 'static,
    print: impl FnOnce(&Prepared, Printing<'_>) -> Result<Vec<u8>, Unprinted> + Send + 'static,
) -> Result<i64, Failed> {
    let look = app.look()?;
    let shared = Arc::clone(app);
    let printed = app.ask(move |registry| {
        // What can not be printed is not entered.
        if let Err(failure) = printing::ready() {
            return Ok(Err(failure.into()));
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
    printed.await?.map_err(not_printed)
}

/// What is told where a form or sheet could not be set: a character that no font draws is the reader's to mend, all else is ours.
pub(super) fn not_set(error: &xueshi_documents::Error) -> Failed {
    if error.code == "character" {
        return Failed::Unprocessable(Text::new(error.message(true), error.message(false)));
    }
    Failed::Internal(error.message(false))
}

fn not_printed(why: Unprinted) -> Failed {
    match why {
        Unprinted::Text(error) => not_set(&error),
        Unprinted::Failure(Failure::Message(text)) => Failed::Internal(format!("{} {}", text.zh, text.en)),
        Unprinted::Failure(other) => Failed::Internal(format!("{other:?}")),
    }
}
