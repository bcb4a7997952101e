//! Who approves an exemption: the texts name offices, or nobody; the operator says which registered organisation that is at a place.

use super::{ground_key, unlisted};
use crate::access::{Action, Actor};
use crate::audit;
use crate::error::{Error, Result};
use crate::organisations;
use crate::params;
use crate::registry::Registry;
use crate::store::Tx;
use std::collections::HashMap;

/// Who approves on a ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// Its id.
    pub id: i64,
    /// The place, in Chinese and English.
    pub place: (String, String),
    /// `policy/exemption/ground`.
    pub ground: String,
    /// For those who have returned.
    pub returned: bool,
    /// The organisation that approves.
    pub organisation: String,
}

/// Those named for a place: by ground and whether one has returned, the nearest.
pub(super) struct Named(HashMap<(String, bool), (i64, String)>);

impl Named {
    /// Reads those named for a jurisdiction or one above it.
    pub(super) fn at(tx: &Tx<'_>, jurisdiction: i64) -> Result<Self> {
        let mut all = HashMap::new();
        tx.each(
            "SELECT a.ground, a.returned, a.organisation, o.name FROM approvers a JOIN jurisdiction_within w ON w.inner_id = ?1 AND w.outer_id = a.jurisdiction JOIN organisations o ON o.id = a.organisation
             ORDER BY (SELECT COUNT(*) FROM jurisdiction_within v WHERE v.inner_id = a.jurisdiction), a.id",
            params![jurisdiction],
            |row| {
                // The nearest comes last.
                all.insert((row.get(0)?, row.flag(1)?), (row.get(2)?, row.get(3)?));
                Ok(())
            },
        )?;
        Ok(Self(all))
    }

    /// The organisation's id.
    pub(super) fn id(&self, ground: &str, returned: bool) -> Option<i64> {
        self.0.get(&(ground.to_owned(), returned)).map(|(id, _)| *id)
    }

    /// The organisation's name.
    pub(super) fn name(&self, ground: &str, returned: bool) -> Option<String> {
        self.0.get(&(ground.to_owned(), returned)).map(|(_, name)| name.clone())
    }
}

impl Registry {
    /// Who approves where, after an id.
    ///
    /// # Errors
    /// If the actor does not keep the installation.
    pub fn approvers(&self, actor: &Actor, after: i64, limit: i64) -> Result<Vec<Approver>> {
        actor.must_ever(Action::Operate)?;
        self.read(|tx| {
            tx.all(
                "SELECT a.id, j.name_zh, j.name_en, a.ground, a.returned, o.name FROM approvers a JOIN jurisdictions j ON j.id = a.jurisdiction JOIN organisations o ON o.id = a.organisation
                 WHERE a.id > ?1 ORDER BY a.id LIMIT ?2",
                params![after, limit],
                |row| Ok(Approver { id: row.get(0)?, place: (row.get(1)?, row.get(2)?), ground: row.get(3)?, returned: row.flag(4)?, organisation: row.get(5)? }),
            )
        })
    }

    /// Names who approves on a ground in a place (by its code) and all below it; an organisation by its code or exact name.
    ///
    /// # Errors
    /// If no policy lists the ground, or place or organisation is not registered.
    pub fn name_approver(&self, actor: &Actor, place: &str, ground: &str, returned: bool, organisation: &str) -> Result<()> {
        actor.must_ever(Action::Operate)?;
        if !self.engine.library().files().iter().flat_map(|file| file.grounds()).any(|one| ground_key(&one) == ground) {
            return Err(unlisted());
        }
        let (actor, place, ground, organisation, now) = (actor.clone(), place.trim().to_owned(), ground.to_owned(), organisation.to_owned(), self.now());
        self.write(move |tx| {
            let jurisdiction = tx
                .first("SELECT id FROM jurisdictions WHERE region = ?1 AND valid_to IS NULL ORDER BY id LIMIT 1", params![&place], |row| row.get::<i64>(0))?
                .ok_or_else(|| Error::invalid("place", "没有登记这个行政区划代码。", "No place of this code is registered."))?;
            let organisation = organisations::find(tx, &organisation, "")?;
            tx.execute(
                "INSERT INTO approvers (jurisdiction, ground, returned, organisation, set_by, set_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (jurisdiction, ground, returned) DO UPDATE SET organisation = excluded.organisation, set_by = excluded.set_by, set_at = excluded.set_at",
                params![jurisdiction, &ground, returned, organisation, actor.account, now],
            )?;
            audit::note(tx, now, Some(actor.account), "name-approver", None, &ground, &place)
        })
    }
}
