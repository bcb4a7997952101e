//! `/jobs/{id}/events`: how far a piece of work is, as server-sent events, until it has ended.

use super::far;
use crate::web::errors::Failed;
use crate::web::session::Signed;
use crate::web::state::App;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use xueshi_registry::{Actor, Job};

/// How often the work is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// A stream ends after so long; the browser comes back, and is let in or not anew.
const LONGEST: Duration = Duration::from_secs(600);

/// What a stream goes by.
struct Watching {
    app: Arc<App>,
    visit: Visit,
    actor: Actor,
    id: i64,
    began: Instant,
    /// What was said last; nothing before the first.
    said: Option<String>,
    over: bool,
}

/// `GET /jobs/{id}/events`.
pub(in crate::web) async fn get(State(app): State<Arc<App>>, visit: Visit, Signed { actor }: Signed, Path(id): Path<i64>) -> Result<Response, Failed> {
    let by = actor.clone();
    app.ask(move |registry| registry.job(&by, id)).await?;
    let watching = Watching { app, visit, actor, id, began: Instant::now(), said: None, over: false };
    let events = stream::unfold(watching, |watching| async move { next(watching).await.map(|(said, watching)| (Ok::<_, Infallible>(Event::default().data(said)), watching)) });
    // It may be asked again after its end.
    Ok(Sse::new(events.fuse()).keep_alive(KeepAlive::default()).into_response())
}

/// The next thing to say; nothing at the end.
async fn next(mut watching: Watching) -> Option<(String, Watching)> {
    while !watching.over && watching.began.elapsed() < LONGEST && !watching.app.stopping() {
        if watching.said.is_some() {
            tokio::time::sleep(LOOK).await;
        }
        let (actor, id) = (watching.actor.clone(), watching.id);
        let job = watching.app.ask(move |registry| registry.job(&actor, id)).await.ok()?;
        let said = told(&watching.visit, &job).ok()?;
        watching.over = !job.state.open();
        if watching.over || watching.said.as_ref() != Some(&said) {
            watching.said = Some(said.clone());
            return Some((said, watching));
        }
    }
    None
}

fn told(visit: &Visit, job: &Job) -> Result<String, Failed> {
    Ok(json!({ "open": job.state.open(), "percent": job.percent(), "far": far(visit, job)?, "state": job.state.word() }).to_string())
}
