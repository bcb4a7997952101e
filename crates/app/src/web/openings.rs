//! Opening a year for everybody in reach takes minutes: it runs beside the requests, and pages show how far it is.
//!
//! It is done in transactions of some hundred people; one that was broken off goes on where it stood when it is begun again.

use super::errors::Failed;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use xueshi_policy::Text;
use xueshi_registry::{Actor, Registry};

/// How far an opening is.
#[derive(Clone, Debug)]
pub(super) enum Opening {
    /// So many were opened so far.
    Running(usize),
    /// So many were opened.
    Done(usize),
    /// Why it stopped.
    Stopped(Text),
}

/// The openings under way and those that nobody saw the end of, by the role they were begun in and the year.
#[derive(Clone, Debug, Default)]
pub(super) struct Openings(Arc<Mutex<HashMap<(i64, i64), Opening>>>);

impl Openings {
    /// Begins one, unless it runs already.
    pub(super) fn begin(&self, registry: &Arc<Registry>, actor: &Actor, year: i64) {
        let key = (actor.held.id, year);
        {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(all.get(&key), Some(Opening::Running(_))) {
                return;
            }
            all.insert(key, Opening::Running(0));
        }
        let (openings, registry, actor) = (self.clone(), Arc::clone(registry), actor.clone());
        // A thread of its own: it outlives the request and holds up nobody's.
        std::thread::spawn(move || {
            let ended = registry.open_year(&actor, year, |opened| openings.set(key, Opening::Running(opened)));
            openings.set(
                key,
                match ended.map_err(Failed::from) {
                    Ok(opened) => Opening::Done(opened),
                    Err(Failed::Unprocessable(why) | Failed::Conflict(why)) => Opening::Stopped(why),
                    Err(other) => {
                        tracing::error!(?other, year, "a year could not be opened");
                        Opening::Stopped(Text::new(
                            "没有全部完成，已开启的有效。请再开启一次；仍不行请找管理人员。",
                            "It did not finish; what was opened stands. Open it once more; if that fails too, tell the administrator.",
                        ))
                    }
                },
            );
        });
    }

    fn set(&self, key: (i64, i64), opening: Opening) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, opening);
    }

    /// How far one is; what has ended is told once.
    pub(super) fn look(&self, actor: &Actor, year: i64) -> Option<Opening> {
        let key = (actor.held.id, year);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get(&key)? {
            Opening::Running(opened) => Some(Opening::Running(*opened)),
            _ => all.remove(&key),
        }
    }
}
