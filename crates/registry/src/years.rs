//! A year's verification of everybody in reach: how many stand how, and a list to verify from.

use crate::access::{Action, Actor, STUDY};
use crate::error::Result;
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
    /// The lines, by case.
    pub lines: Vec<YearLine>,
    /// The case after which the next page begins; nothing at the end.
    pub next: Option<i64>,
}

/// How a case's year (`cases c`) stood when it was determined last.
pub(crate) const STANDING: &str = "(SELECT d.status FROM determinations d WHERE d.obligation = c.obligation ORDER BY d.id DESC LIMIT 1)";

/// Which cases (`cases c JOIN obligations o`) are of a year (`?1`), of one employer (`?2`) or, where that is 0, of all.
pub(crate) fn of_year(employer: i64) -> String {
    let whose = if employer == 0 { "CAST(?2 AS BIGINT) = 0" } else { "c.organisation = ?2" };
    format!("c.flow = 'verification' AND o.year = ?1 AND c.state <> 'set-aside' AND {whose}")
}

impl Registry {
    /// How many of a year stand how, as far as the actor reaches: those of one employer, or of all where that is 0.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn year_counts(&self, actor: &Actor, year: i64, employer: i64) -> Result<Vec<YearCount>> {
        let filter = actor.filter(Action::See, STUDY, 2);
        let sql = format!(
            "SELECT s.status, s.state, COUNT(*) FROM (SELECT {STANDING} AS status, c.state AS state FROM cases c JOIN obligations o ON o.id = c.obligation WHERE {} AND {}) s
             WHERE s.status IS NOT NULL GROUP BY s.status, s.state ORDER BY s.status, s.state",
            of_year(employer),
            filter.sql
        );
        self.read(|tx| tx.all(&sql, &filter.params(params![year, employer]), |row| Ok(YearCount { status: row.get(0)?, state: row.get(1)?, people: row.get(2)? })))
    }

    /// The verification of a year as far as the actor reaches, after the case `after`.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn year(&self, actor: &Actor, year: i64, sought: YearSought<'_>, after: i64, limit: i64) -> Result<YearPage> {
        let seeing = actor.filter(Action::See, STUDY, 7);
        let verifying = actor.filter(Action::Verify, STUDY, 7 + seeing.values.len());
        let text = holding(sought.text);
        let sql = format!(
            "SELECT c.id, c.version, c.person, x.name, e.name, c.state, c.due, d.status, d.total, d.result, CASE WHEN c.open = 1 AND c.stage IS NOT NULL AND {} THEN 1 ELSE 0 END
             FROM cases c JOIN obligations o ON o.id = c.obligation JOIN determinations d ON d.id = (SELECT MAX(y.id) FROM determinations y WHERE y.obligation = c.obligation)
             JOIN people x ON x.id = c.person JOIN organisations e ON e.id = c.organisation
             WHERE {} AND c.id > ?3 AND (?4 = '' OR d.status = ?4) AND (?5 = '' OR c.state = ?5 OR (?5 = 'open' AND c.open = 1)) AND (?6 = '%' OR x.name LIKE ?6 ESCAPE '!') AND {} ORDER BY c.id LIMIT ?7",
            verifying.sql,
            of_year(sought.employer),
            seeing.sql
        );
        let values = verifying.params(&seeing.params(params![year, sought.employer, after, sought.status, sought.state, &text, limit]));
        let lines = self.read(|tx| {
            tx.all(&sql, &values, |row| {
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
            })
        })?;
        let full = i64::try_from(lines.len()).is_ok_and(|count| count == limit);
        let next = lines.last().filter(|_| full).map(|line| line.case);
        Ok(YearPage { lines, next })
    }
}
