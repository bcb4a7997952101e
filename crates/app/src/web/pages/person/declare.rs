//! `/declare` and `/records/{case}/edit`: what was learnt. Asks only what the rule of the activity needs, and shows what it would
//! earn while it is filled in.
//!
//! ```text
//! GET: what is kept ─┐
//! POST try: sent ────┴─ form (fields of the rules) ── trial ── page        POST save: sent ── form ── kept ── /records/{case}
//! ```

use super::record::{Proof, proof_kinds, proofs, told};
use super::sent::Sent;
use super::{own, stacks};
use crate::web::errors::Failed;
use crate::web::fields::{Field, Form};
use crate::web::places::Choice;
use crate::web::session::{Current, Signed};
use crate::web::state::App;
use crate::web::told::{Shown, Teller};
use crate::web::visit::Visit;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xueshi_policy::{Cell, Stack};
use xueshi_registry::{CaseShown, Declared, Error, FILE_BYTES_MAX, Facts, PersonShown, Refusal, Why, check_title};

/// Which accepted record is to be corrected: its case.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Asked {
    corrects: Option<i64>,
}

/// What is declared: something new, a correction of an accepted record, or a change of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    New,
    Correct(i64),
    Edit(i64),
}

/// Whom and what it is about.
struct About {
    target: Target,
    person: PersonShown,
    /// The case that is edited or corrected.
    case: Option<CaseShown>,
}

#[derive(Serialize)]
struct Page {
    /// The case that is edited.
    case: Option<i64>,
    version: i64,
    /// The case of the record that is corrected, and its title.
    corrects: Option<i64>,
    corrected: String,
    title: String,
    title_error: String,
    fields: Vec<Field>,
    more: Vec<Field>,
    documents: Vec<(String, String)>,
    /// No regulation answers for the year.
    none: bool,
    proofs: Vec<Proof>,
    kinds: Vec<Choice>,
    kind_error: String,
    file_error: String,
    mib: usize,
    /// What is wrong with no field in particular.
    error: String,
    told: Option<Shown>,
}

/// `GET /declare`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, signed: Signed, Query(asked): Query<Asked>) -> Result<Response, Failed> {
    let about = about(&app, &signed, asked.corrects.map_or(Target::New, Target::Correct)).await?;
    let sent = kept(&about);
    Filling { app: &app, visit: &visit, signed: &signed, about: &about, sent: &sent }.page(None).await
}

/// `GET /records/{case}/edit`.
pub(in crate::web) async fn edit(State(app): State<Arc<App>>, visit: Visit, signed: Signed, Path(case): Path<i64>) -> Result<Response, Failed> {
    let about = about(&app, &signed, Target::Edit(case)).await?;
    if !about.editable() {
        return Ok(Redirect::to(&format!("/records/{case}")).into_response());
    }
    let sent = kept(&about);
    Filling { app: &app, visit: &visit, signed: &signed, about: &about, sent: &sent }.page(None).await
}

/// `POST /declare`.
pub(in crate::web) async fn post(State(app): State<Arc<App>>, visit: Visit, signed: Signed, current: Current, body: Multipart) -> Result<Response, Failed> {
    let sent = Sent::read(body, &current).await?;
    let about = about(&app, &signed, sent.corrects.map_or(Target::New, Target::Correct)).await?;
    Filling { app: &app, visit: &visit, signed: &signed, about: &about, sent: &sent }.done().await
}

/// `POST /records/{case}/edit`.
pub(in crate::web) async fn post_edit(State(app): State<Arc<App>>, visit: Visit, signed: Signed, current: Current, Path(case): Path<i64>, body: Multipart) -> Result<Response, Failed> {
    let sent = Sent::read(body, &current).await?;
    let about = about(&app, &signed, Target::Edit(case)).await?;
    Filling { app: &app, visit: &visit, signed: &signed, about: &about, sent: &sent }.done().await
}

/// Reads whom and what it is about. What belongs to somebody else is not found.
async fn about(app: &App, signed: &Signed, target: Target) -> Result<About, Failed> {
    let (person, actor) = (own(signed)?, signed.actor.clone());
    match target {
        Target::New => {
            let person = app.ask(move |registry| registry.person(&actor, person)).await?;
            Ok(About { target, person, case: None })
        }
        Target::Correct(case) | Target::Edit(case) => {
            let case = app.ask(move |registry| registry.case(&actor, case)).await?;
            if case.person.id != person || case.record.is_none() {
                return Err(Failed::NotFound);
            }
            Ok(About { target, person: case.person.clone(), case: Some(case) })
        }
    }
}

impl About {
    fn editable(&self) -> bool {
        self.case.as_ref().is_some_and(|case| ["draft", "returned"].contains(&case.state.as_str()))
    }

    fn facts(&self) -> Facts {
        self.case.as_ref().and_then(|case| case.record.as_ref()).map(|record| record.facts.clone()).unwrap_or_default()
    }

    /// The accepted record that is corrected, by this or by the draft that is edited.
    fn corrects(&self) -> Option<i64> {
        let case = self.case.as_ref()?;
        if matches!(self.target, Target::Correct(_)) { case.record.as_ref().map(|record| record.id) } else { case.corrects }
    }

    /// The proofs attached to what is edited.
    fn attached(&self) -> Vec<String> {
        let case = self.case.as_ref().filter(|_| matches!(self.target, Target::Edit(_)));
        case.map(|case| case.proofs.iter().map(|proof| proof.kind.clone()).collect()).unwrap_or_default()
    }
}

/// A form as it is first shown: what is kept already.
fn kept(about: &About) -> Sent {
    let Some(case) = &about.case else { return Sent::default() };
    let mut values: Vec<(String, String)> = about.facts().into_iter().filter(|(column, _)| !["title", "evidence"].contains(&column.as_str())).collect();
    values.push(("title".to_owned(), case.record.as_ref().map(|record| record.title.clone()).unwrap_or_default()));
    Sent { version: case.version, values, trying: true, ..Sent::default() }
}

/// A form being filled in.
struct Filling<'a> {
    app: &'a App,
    visit: &'a Visit,
    signed: &'a Signed,
    about: &'a About,
    sent: &'a Sent,
}

impl Filling<'_> {
    /// The year that the days say, or this one.
    fn year(&self) -> i64 {
        let year_of = |column: &str| self.sent.value(column).get(..4).and_then(|year| year.parse().ok());
        year_of("end").or_else(|| year_of("start")).unwrap_or_else(|| self.this_year())
    }

    fn this_year(&self) -> i64 {
        i64::from(self.app.registry.clock().today().year())
    }

    /// The stacks of the year; those of this one where no regulation answers for it.
    fn stacks(&self) -> Result<Arc<Vec<Arc<Stack>>>, Failed> {
        let found = stacks(self.app, &self.about.person, self.year())?;
        if found.is_empty() { stacks(self.app, &self.about.person, self.this_year()) } else { Ok(found) }
    }

    /// The fields that the rules ask for, with what can not be read marked.
    fn form(&self, stacks: &[Arc<Stack>]) -> (Form, bool) {
        let values = &self.sent.values;
        let Some((first, others)) = stacks.split_first() else { return (Form::default(), false) };
        let mut form = Form::of(first, self.visit, values);
        for other in others {
            form.join(Form::of(other, self.visit, values));
        }
        form.ask(first, "start", true, self.visit, values);
        form.ask(first, "end", false, self.visit, values);
        let mut wrong = false;
        for (column, value) in values {
            let Some((schema, at)) = stacks.iter().find_map(|stack| Some((stack.schema(), stack.schema().find(column)?))) else { continue };
            if let Cell::Bad(why) = schema.read(at, value) {
                wrong |= form.mark(column, &why, self.visit);
            }
        }
        (form, wrong)
    }

    /// What is declared: what the form asks for, with what it does not ask for of the same activity left as it was.
    fn declared(&self, form: &Form) -> Declared {
        let title = self.sent.value("title").to_owned();
        let mut facts: Facts = form.values().map(|(column, value)| (column.to_owned(), value.to_owned())).collect();
        let before = self.about.facts();
        if before.get("activity") == facts.get("activity") {
            facts.extend(before.into_iter().filter(|(column, _)| column != "evidence" && !form.asks(column)));
        }
        facts.insert("title".to_owned(), title.clone());
        Declared { title, facts, corrects: self.about.corrects() }
    }

    /// Keeps what was sent, or only tries it.
    async fn done(&self) -> Result<Response, Failed> {
        let stacks = self.stacks()?;
        let (form, wrong) = self.form(&stacks);
        if self.sent.trying {
            return self.page(None).await;
        }
        // Everything that is wrong is said at once.
        match check_title(self.sent.value("title")) {
            Err(Error::Refused(refusal)) => return self.refused(Some(&refusal)).await,
            _ if wrong => return self.refused(None).await,
            _ => {}
        }
        let (actor, person, target) = (self.signed.actor.clone(), self.about.person.id, self.about.target);
        let (declared, version, files) = (self.declared(&form), self.sent.version, self.sent.files.clone());
        let done = self.app.ask(move |registry| {
            let sent = Sent { files, ..Sent::default() };
            let keep = || {
                sent.check()?;
                let case = match target {
                    Target::New | Target::Correct(_) => registry.declare(&actor, person, &declared)?,
                    Target::Edit(case) => registry.revise(&actor, case, version, &declared).map(|()| case)?,
                };
                sent.attach(registry, &actor, case)?;
                Ok(case)
            };
            Ok(keep())
        });
        match done.await? {
            Ok(case) => Ok(Redirect::to(&format!("/records/{case}")).into_response()),
            Err(Error::Refused(refusal)) if refusal.why == Why::Invalid => self.refused(Some(&refusal)).await,
            Err(other) => Err(other.into()),
        }
    }

    async fn refused(&self, refusal: Option<&Refusal>) -> Result<Response, Failed> {
        let mut response = self.page(refusal).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(response)
    }

    /// The page, with what it would earn where enough is filled in.
    async fn page(&self, refusal: Option<&Refusal>) -> Result<Response, Failed> {
        let none = stacks(self.app, &self.about.person, self.year())?.is_empty();
        let stacks = self.stacks()?;
        let (mut form, wrong) = self.form(&stacks);
        let mut trial = None;
        if form.complete() && !wrong {
            let (actor, person, declared, proofs) = (self.signed.actor.clone(), self.about.person.id, self.declared(&form), self.sent.proofs(&self.about.attached()));
            let found = self.app.ask(move |registry| registry.trial(&actor, person, &declared, &proofs)).await?;
            for fault in &found.faults {
                form.mark(&fault.column, &fault.message, self.visit);
            }
            trial = Some(found);
        }
        let teller = Teller::new(self.app, self.visit);
        let said = |field: Option<&str>| refusal.filter(|refusal| refusal.field == field).map(|refusal| self.visit.say(&refusal.text).to_owned()).unwrap_or_default();
        let other = refusal.filter(|refusal| !["title", "kind", "file"].map(Some).contains(&refusal.field));
        let edited = matches!(self.about.target, Target::Edit(_));
        let case = self.about.case.as_ref();
        let told = trial.as_ref().map(|trial| told(trial, &teller)).transpose()?.flatten();
        let (fields, more) = form.into_fields();
        let documents = stacks.iter().flat_map(|stack| stack.files()).filter(|file| !xueshi_policy::coverage(file).is_empty());
        let mut links: Vec<(String, String)> = documents.map(|file| (format!("/regulations/{}", file.id()), file.cited_as(self.visit.lang).to_owned())).collect();
        links.dedup();
        let page = Page {
            case: case.filter(|_| edited).map(|case| case.id),
            version: self.sent.version,
            corrects: case.filter(|_| !edited).map(|case| case.id),
            corrected: case.filter(|_| !edited).and_then(|case| case.record.as_ref()).map(|record| record.title.clone()).unwrap_or_default(),
            title: self.sent.value("title").to_owned(),
            title_error: said(Some("title")),
            fields,
            more,
            documents: links,
            none,
            proofs: case.filter(|_| edited).map(|case| proofs(&case.proofs, &stacks, self.visit)).unwrap_or_default(),
            kinds: proof_kinds(&stacks, &self.sent.kind, self.visit),
            kind_error: said(Some("kind")),
            file_error: said(Some("file")),
            mib: FILE_BYTES_MAX >> 20,
            error: other.map(|refusal| self.visit.say(&refusal.text).to_owned()).unwrap_or_default(),
            told,
        };
        self.visit.page("declare.html", Serde(page))
    }
}
