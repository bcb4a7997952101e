//! What a paper form prints about the person of a case. The form is part of what is asked for: whoever may see the case may see it.

use crate::access::Actor;
use crate::cases;
use crate::error::Result;
use crate::facts::Facts;
use crate::flow::Flow;
use crate::params;
use crate::people::{self, same_person};
use crate::posts::name_of;
use crate::registration;
use crate::registry::Registry;
use crate::store::Tx;
use crate::time::day_of;
use xueshi_policy::Lang;

/// What is registered about the person of a case, as far as a form asks: of a case that is open as it stands today, of a closed one as it
/// stood when it was closed. The name is that of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnForm {
    /// The name.
    pub name: String,
    /// The identity number, masked; empty where none is known.
    pub identity_masked: String,
    /// The day of birth, `YYYY-MM-DD`, where it is known.
    pub born: Option<String>,
    /// The employer of the case.
    pub employer: String,
    /// What else is asked and registered, by the form's keys, in Chinese; codes of policies by their titles.
    pub facts: Facts,
}

impl Registry {
    /// What a form that asks for `keys` prints about the person of a case.
    ///
    /// # Errors
    /// If the actor may not see the case.
    pub fn on_form(&self, actor: &Actor, case: i64, keys: &[&str]) -> Result<OnForm> {
        let today = self.clock.today();
        self.read(|tx| {
            let case = cases::seen(tx, actor, case)?;
            let open = Flow::of(&case.flow).and_then(|flow| flow.state(&case.state)).is_some_and(|state| state.open);
            let day = if open { today } else { day_of(case.since) };
            let shown = people::shown(tx, &self.keys, case.thing.person)?;
            let mut facts = held(tx, case.thing.person, &day.to_string())?;
            facts.retain(|name, _| keys.contains(&name.as_str()));
            for column in registration::columns(&self.engine, &shown.region, shown.sector.as_deref(), i64::from(day.year()))? {
                if let Some(value) = facts.get_mut(&column.id)
                    && let Some(code) = column.codes.iter().find(|code| code.id == *value)
                {
                    code.title.get(Lang::Zh).clone_into(value);
                }
            }
            Ok(OnForm {
                born: tx.first("SELECT born FROM people WHERE id = ?1", params![case.thing.person], |row| row.get::<Option<String>>(0))?.flatten(),
                employer: name_of(tx, Some(case.thing.organisation))?,
                name: shown.name,
                identity_masked: shown.identity_masked,
                facts,
            })
        })
    }
}

/// The facts that held on a day; the person's own before those of a double.
fn held(tx: &Tx<'_>, person: i64, day: &str) -> Result<Facts> {
    let mut facts = Facts::new();
    tx.each(
        concat!(
            "SELECT name, value FROM person_facts WHERE valid_from <= ?2 AND (valid_to IS NULL OR valid_to >= ?2) AND ",
            same_person!("person", "?1"),
            " ORDER BY CASE WHEN person = ?1 THEN 1 ELSE 0 END, valid_from"
        ),
        params![person, day],
        |row| {
            facts.insert(row.get(0)?, row.get(1)?);
            Ok(())
        },
    )?;
    Ok(facts)
}
