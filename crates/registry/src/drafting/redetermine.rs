//! After a publication, on confirmation only: results that are still provisional are determined anew; frozen ones stay.

use super::effects::frozen;
use super::{get, seen};
use crate::access::{Action, Actor};
use crate::determinations::COUNTING;
use crate::error::{Error, Result, Why};
use crate::jobs::{self, End, Job, Keeping, Kind, Progress};
use crate::many;
use crate::params;
use crate::registry::Registry;
use crate::time::day_of;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use xueshi_policy::text;

/// Determining anew those whom a published draft affects. The cursor is the last person.
pub(crate) const REDETERMINE: Kind = Kind {
    id: "policy-redetermine",
    title: |payload| {
        let policy = payload["policy"].as_str().unwrap_or_default();
        text!("按 {policy} 的新文本重新认定", "Determine anew under the new text of {policy}")
    },
    step: redetermine,
    winds_up: false,
};

impl Registry {
    /// Begins to determine anew whom a published draft affects, where the result is still provisional. Gives the work.
    ///
    /// # Errors
    /// If the actor may not draft policies of its area, it is not in force yet, or this server does not know it yet.
    pub fn begin_redetermining(&self, actor: &Actor, draft: i64) -> Result<i64> {
        let in_force = |policy: &str| self.engine().library().get(policy).map(|file| file.hash().to_owned());
        let known = self.draft(actor, draft)?;
        let today = day_of(self.now()).to_string();
        if known.state != "published" || known.active_from.as_ref().is_none_or(|from| *from > today) || in_force(&known.policy).as_ref() != Some(&known.sha256) {
            return Err(Error::refused(Why::WrongState, "新文本还没有生效，不能按它重新认定。", "The new text is not in force yet."));
        }
        let (actor, now) = (actor.clone(), self.now());
        self.write(move |tx| {
            let draft = seen(tx, &actor, draft)?;
            let job = jobs::queue(tx, &actor, &REDETERMINE, &draft.id.to_string(), &json!({ "draft": draft.id, "sha256": draft.sha256, "policy": draft.policy }), now)?;
            tx.execute("UPDATE policy_drafts SET job = ?2 WHERE id = ?1", params![draft.id, job])?;
            Ok(job)
        })
    }
}

fn redetermine(registry: &Registry, job: &Job, actor: &Actor) -> Result<Keeping> {
    actor.must_ever(Action::Regulate)?;
    let id = job.payload["draft"].as_i64().ok_or_else(|| Error::fault("no draft"))?;
    let draft = registry.read(|tx| get(tx, id))?;
    // Another server may not have read the new text yet: it fails, and is tried again.
    if registry.engine().library().get(&draft.policy).map(xueshi_policy::PolicyFile::hash) != Some(draft.sha256.as_str()) {
        return Err(Error::fault("this server does not know the new text yet"));
    }
    let (engine, clock, job) = (Arc::clone(registry.engine()), registry.clock.clone(), job.clone());
    Ok(Box::new(move |tx| {
        let total = job.total.map_or_else(|| tx.number("SELECT COUNT(DISTINCT person) FROM policy_effects WHERE draft = ?1 AND frozen = 0", params![id]), Ok)?;
        let year = tx.first("SELECT trial_year FROM policy_drafts WHERE id = ?1", params![id], |row| row.get::<Option<i64>>(0))?.flatten().unwrap_or_default();
        let limit = i64::try_from(many::AT_ONCE).map_err(Error::fault)?;
        let people: Vec<i64> =
            tx.all("SELECT DISTINCT person FROM policy_effects WHERE draft = ?1 AND frozen = 0 AND person > ?2 ORDER BY person LIMIT ?3", params![id, job.cursor, limit], |row| row.get(0))?;
        // Frozen since the trial: it stays as well.
        let stands: HashSet<i64> = frozen(tx, &people, year)?.into_iter().map(|(person, _)| person).collect();
        let open: Vec<i64> = people.iter().copied().filter(|person| !stands.contains(person)).collect();
        let members = many::load(tx, &open, year, &COUNTING)?;
        many::determine(tx, &engine, &members, year, &|_, _| false, clock.now())?;
        let done = job.done + people.len() as i64;
        let end = people.is_empty().then(|| End::Done(text!("已对 {done} 人按新文本重新认定；已审验的年度没有动。", "{done} people were determined anew; verified years stand.")));
        Ok(Progress { cursor: people.last().copied().unwrap_or(job.cursor), done, total: Some(total), end })
    }))
}
