//! A year's verification of everybody in reach: how many stand how, and a list to verify from.

use crate::access::{Action, Actor, CASES};
use crate::error::Result;
use crate::flow::VERIFICATION;
use crate::overview::holding;
use crate::params;
use crate::registry::Registry;

/// Which lines of a year are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct YearSought<'a> {
    /// The status as determined; empty for all.
    pub status: &'a str,
    /// The state of the case; `open` for whatever is still to be done, empty for all.
    pub state: &'a str,
    /// What the person's name holds; empty for all.
    pub text: &'a str,
    /// One employer's people; 0 for all.
    pub employer: i64,
}

/// How many stand so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearCount {
    /// The status as determined: `met`, `short` …
    pub status: String,
    /// The state of the verification.
    pub state: String,
    /// How many.
    pub people: i64,
}

/// One person's duty in a year.
#[derive(Clone, Debug, PartialEq)]
pub struct YearLine {
    /// The case.
    pub case: i64,
    /// The version a step must name.
    pub version: i64,
    /// The person's id.
    pub person: i64,
    /// The name.
    pub name: String,
    /// The employer.
    pub employer: String,
    /// The state of the case.
    pub state: String,
    /// The last day, where one is set.
    pub due: Option<String>,
    /// The status as determined.
    pub status: String,
    /// Hours that count, in hundredths.
    pub total: i64,
    /// The result with its sentence and requirements.
    pub result: serde_json::Value,
    /// Whether the actor may verify it now.
    pub open_to_me: bool,
}

/// A page of a year.
#[derive(Clone, Debug, PartialEq)]
pub struct YearPage {
    /// How many stand how, over everybody in reach.
    pub counts: Vec<YearCount>,
    /// The lines, by case.
    pub lines: Vec<YearLine>,
    /// The case after which the next page begins; nothing at the end.
    pub next: Option<i64>,
}

impl Registry {
    /// The verification of a year as far as the actor reaches, after the case `after`.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn year(&self, actor: &Actor, year: i64, sought: YearSought<'_>, after: i64, limit: i64) -> Result<YearPage> {
        const FROM: &str = "FROM cases c JOIN obligations o ON o.id = c.obligation JOIN determinations d ON d.id = (SELECT MAX(y.id) FROM determinations y WHERE y.obligation = o.id)
             WHERE c.flow = ?1 AND o.year = ?2 AND c.state <> 'set-aside' AND (CAST(?3 AS BIGINT) = 0 OR c.organisation = ?3)";
        let from_people = FROM.replace(" WHERE ", " JOIN people x ON x.id = c.person JOIN organisations e ON e.id = c.organisation WHERE ");
        let counting = actor.filter(Action::See, CASES, 3);
        let seeing = actor.filter(Action::See, CASES, 8);
        let verifying = actor.filter(Action::Verify, CASES, 8 + seeing.values.len());
        let text = holding(sought.text);
        self.read(|tx| {
            let sql = format!("SELECT d.status, c.state, COUNT(*) {FROM} AND {} GROUP BY d.status, c.state ORDER BY d.status, c.state", counting.sql);
            let counts = tx.all(&sql, &counting.params(params![VERIFICATION.id, year, sought.employer]), |row| Ok(YearCount { status: row.get(0)?, state: row.get(1)?, people: row.get(2)? }))?;
            let sql = format!(
                "SELECT c.id, c.version, c.person, x.name, e.name, c.state, c.due, d.status, d.total, d.result, CASE WHEN c.open = 1 AND c.stage IS NOT NULL AND {} THEN 1 ELSE 0 END
                 {from_people} AND c.id > ?4 AND (?5 = '' OR d.status = ?5) AND (?6 = '' OR c.state = ?6 OR (?6 = 'open' AND c.open = 1)) AND (?7 = '%' OR x.name LIKE ?7 ESCAPE '!') AND {} ORDER BY c.id LIMIT ?8",
                verifying.sql, seeing.sql
            );
            let values = verifying.params(&seeing.params(params![VERIFICATION.id, year, sought.employer, after, sought.status, sought.state, &text, limit]));
            let lines = tx.all(&sql, &values, |row| {
                Ok(YearLine {
                    case: row.get(0)?,
                    version: row.get(1)?,
                    person: row.get(2)?,
                    name: row.get(3)?,
                    employer: row.get(4)?,
                    state: row.get(5)?,
                    due: row.get(6)?,
                    status: row.get(7)?,
                    total: row.get(8)?,
                    result: crate::facts::json(&row.get::<String>(9)?)?,
                    open_to_me: row.flag(10)?,
                })
            })?;
            let full = i64::try_from(lines.len()).is_ok_and(|count| count == limit);
            let next = lines.last().filter(|_| full).map(|line| line.case);
            Ok(YearPage { counts, lines, next })
        })
    }
}
