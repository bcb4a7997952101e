//! The two kinds of work of an import: trying its rows, and entering them.

use super::{CellFault, Import, ImportKind, ImportRow, RowOutcome, Told, counts, get, open, people, records, settle};
use crate::access::{Action, Actor};
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::jobs::{End, Job, Keeping, Kind, Progress};
use crate::keys::Keys;
use crate::params;
use crate::registry::Registry;
use crate::store::{Param, Row, Tx};
use crate::time::Clock;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use xueshi_policy::{Engine, Text, text};

/// Rows tried or entered in one step.
const ROWS: i64 = 1_000;
/// From here on the cursor counts people whose records are put on their way.
const SETTLING: i64 = 1 << 48;
/// From here on it counts rows that are taken out again.
const UNDOING: i64 = 1 << 49;

/// Trying the rows of an import. The cursor is the last row tried.
pub(crate) const CHECK: Kind = Kind {
    id: "import-check",
    title: |payload| titled(payload, ("核对待导入的人员", "Try the import of people"), ("核对待导入的学习记录", "Try the import of learning records")),
    step: check,
    winds_up: false,
};

/// Entering the rows of an import: records are put down first, where nobody sees them, and put on their way when all are there; until
/// then everything can be taken out again.
pub(crate) const ENTER: Kind =
    Kind { id: "import-enter", title: |payload| titled(payload, ("导入人员", "Import people"), ("导入学习记录", "Import learning records")), step: enter, winds_up: true };

fn titled(payload: &Value, people: (&str, &str), records: (&str, &str)) -> Text {
    let (zh, en) = if payload["kind"] == "people" { people } else { records };
    Text::new(zh, en)
}

/// What rows are weighed with.
pub(super) struct Scales {
    pub(super) engine: Arc<Engine>,
    pub(super) keys: Keys,
    pub(super) actor: Actor,
    pub(super) import: Import,
    pub(super) clock: Clock,
}

/// A row that was weighed.
pub(super) struct Weighed {
    pub(super) row: i64,
    pub(super) outcome: RowOutcome,
    pub(super) person: Option<i64>,
    /// What tells it from other rows of the file.
    pub(super) twin: Option<String>,
    pub(super) told: Told,
    /// What is entered: the facts in one spelling, and for records the year.
    pub(super) facts: Facts,
    pub(super) year: i64,
}

impl Weighed {
    pub(super) fn refused(row: i64, column: &str, value: &str, text: Text) -> Self {
        Self::as_refused(row, CellFault { column: column.to_owned(), value: value.to_owned(), text })
    }

    pub(super) fn as_refused(row: i64, fault: CellFault) -> Self {
        Self { row, outcome: RowOutcome::Refused, person: None, twin: None, told: Told { fault: Some(fault), ..Told::default() }, facts: Facts::new(), year: 0 }
    }
}

fn scales(registry: &Registry, actor: &Actor, job: &Job) -> Result<Scales> {
    actor.must_ever(Action::Import)?;
    let id = job.payload["import"].as_i64().ok_or_else(|| Error::fault("no import"))?;
    let import = registry.read(|tx| get(tx, id))?;
    // The role is held for another organisation by now.
    if actor.held.organisation != Some(import.organisation) {
        return Err(Error::not_allowed());
    }
    Ok(Scales { engine: Arc::clone(&registry.engine), keys: registry.keys.clone(), actor: actor.clone(), import, clock: registry.clock.clone() })
}

fn rows(tx: &Tx<'_>, scales: &Scales, after: i64, limit: i64, only_good: bool) -> Result<Vec<ImportRow>> {
    let import = scales.import.id;
    let sql = format!(
        "SELECT row, sealed, key_id FROM import_rows WHERE import = ?1 AND row > ?2 AND sealed IS NOT NULL {} ORDER BY row LIMIT ?3",
        if only_good { "AND outcome IN ('created', 'changed')" } else { "" }
    );
    tx.all(&sql, params![import, after, limit], |row| {
        let number = row.get(0)?;
        open(&scales.keys, import, number, &row.get::<String>(2)?, &row.get::<Vec<u8>>(1)?)
    })
}

fn weigh(tx: &Tx<'_>, scales: &Scales, rows: &[ImportRow]) -> Result<Vec<Weighed>> {
    match scales.import.kind {
        ImportKind::People => people::weigh(tx, scales, rows),
        ImportKind::Records => records::weigh(tx, scales, rows),
    }
}

fn keep(tx: &Tx<'_>, import: i64, weighed: &Weighed, record: Option<i64>) -> Result<()> {
    tx.execute(
        "UPDATE import_rows SET outcome = ?3, person = CAST(?4 AS BIGINT), twin = ?5, told = ?6, record = CAST(?7 AS BIGINT) WHERE import = ?1 AND row = ?2",
        params![import, weighed.row, weighed.outcome.word(), weighed.person, weighed.twin.as_ref(), weighed.told.to_json().as_ref(), record],
    )
    .map(drop)
}

fn check(registry: &Registry, job: &Job, actor: &Actor) -> Result<Keeping> {
    let scales = scales(registry, actor, job)?;
    let mut weighed = registry.read(|tx| {
        let rows = rows(tx, &scales, job.cursor, ROWS, false)?;
        let mut weighed = weigh(tx, &scales, &rows)?;
        name_twins(tx, scales.import.id, job.cursor, &mut weighed)?;
        Ok(weighed)
    })?;
    weighed.sort_by_key(|one| one.row);
    let (import, total, done) = (scales.import.id, scales.import.rows, job.done + weighed.len() as i64);
    let cursor = weighed.last().map_or(job.cursor, |last| last.row);
    Ok(Box::new(move |tx| {
        for one in &weighed {
            keep(tx, import, one, None)?;
        }
        let mut end = None;
        if weighed.is_empty() {
            tx.execute("UPDATE imports SET state = 'checked' WHERE id = ?1", params![import])?;
            end = Some(End::Done(summary(tx, import, false)?));
        }
        Ok(Progress { cursor, done, total: Some(total), end })
    }))
}

/// Values that one statement asks for at once. The text stays the same whatever their number, so that it is prepared once.
const ASKED: usize = 100;

/// Hands every row of a query to `each` whose last condition is `… IN (…)` of any number of values.
pub(super) fn each_of<'p, V>(tx: &Tx<'_>, sql: &str, first: &[Param<'p>], values: &'p [V], param: impl Fn(&'p V) -> Param<'p>, mut each: impl FnMut(Row<'_>) -> Result<()>) -> Result<()> {
    let places: Vec<String> = (1..=ASKED).map(|at| format!("?{}", first.len() + at)).collect();
    let sql = sql.replace('…', &places.join(", "));
    for part in values.chunks(ASKED) {
        let asked = part.iter().map(&param).chain(std::iter::repeat_n(Param::Null, ASKED - part.len()));
        tx.each(&sql, &first.iter().copied().chain(asked).collect::<Vec<_>>(), &mut each)?;
    }
    Ok(())
}

/// Marks rows that say what an earlier row of the file says.
fn name_twins(tx: &Tx<'_>, import: i64, before: i64, weighed: &mut [Weighed]) -> Result<()> {
    let mut first: HashMap<String, i64> = HashMap::new();
    let twins: Vec<String> = weighed.iter().filter_map(|one| one.twin.clone()).collect();
    each_of(
        tx,
        "SELECT twin, MIN(row) FROM import_rows WHERE import = ?1 AND row <= ?2 AND twin IN (…) GROUP BY twin",
        params![import, before],
        &twins,
        |twin| Param::Text(twin),
        |row| {
            first.insert(row.get(0)?, row.get(1)?);
            Ok(())
        },
    )?;
    for one in weighed.iter_mut() {
        let Some(twin) = &one.twin else { continue };
        match first.get(twin) {
            None => drop(first.insert(twin.clone(), one.row)),
            Some(earlier) => {
                let text = text!("与第 {earlier} 行相同；只按那一行办理", "the same as row {earlier}, which is the one that counts");
                one.outcome = if one.outcome == RowOutcome::Refused { RowOutcome::Refused } else { RowOutcome::Double };
                one.told.fault.get_or_insert(CellFault { column: String::new(), value: String::new(), text });
                one.told.changes.clear();
            }
        }
    }
    Ok(())
}

fn enter(registry: &Registry, job: &Job, actor: &Actor) -> Result<Keeping> {
    let scales = scales(registry, actor, job)?;
    Ok(match job.cursor {
        UNDOING.. => Box::new(undoing(scales, job.clone())),
        SETTLING.. => Box::new(move_on(scales, job.clone())),
        _ if job.cancelling => {
            let job = job.clone();
            Box::new(move |_| Ok(turned_back(&job, 0)))
        }
        _ => Box::new(put_down(scales, job.clone())),
    })
}

/// Weighs the next rows anew and puts the good ones down.
fn put_down(scales: Scales, job: Job) -> impl FnMut(&Tx<'_>) -> Result<Progress> + Send {
    move |tx| {
        let import = &scales.import;
        let limit = if import.whole && import.kind == ImportKind::People { i64::MAX } else { ROWS };
        let rows = rows(tx, &scales, job.cursor, limit, true)?;
        let weighed = weigh(tx, &scales, &rows)?;
        if import.whole
            && let Some(refused) = weighed.iter().find(|one| one.outcome == RowOutcome::Refused)
        {
            keep(tx, import.id, refused, None)?;
            return Ok(turned_back(&job, refused.row));
        }
        let now = scales.clock.now();
        for mut one in weighed {
            let mut record = None;
            match import.kind {
                _ if !one.outcome.enters() => {}
                ImportKind::People => one.person = Some(people::enter(tx, &scales, &one, now)?),
                ImportKind::Records => record = Some(records::enter(tx, &scales, &one, now)?),
            }
            keep(tx, import.id, &one, record)?;
        }
        let good = import_rows(tx, import.id)?;
        let total = if import.kind == ImportKind::People { good } else { 2 * good };
        let done = job.done + rows.len() as i64;
        let last = rows.last().filter(|_| limit == ROWS).map(|row| row.row);
        let end = if last.is_none() && import.kind == ImportKind::People { Some(finished(tx, import.id)?) } else { None };
        Ok(Progress { cursor: last.unwrap_or(SETTLING), done, total: Some(total.max(done)), end })
    }
}

/// Puts the records of the next people on their way.
fn move_on(scales: Scales, job: Job) -> impl FnMut(&Tx<'_>) -> Result<Progress> + Send {
    move |tx| {
        let import = scales.import.id;
        let settled = settle::settle(tx, &scales, job.cursor - SETTLING)?;
        let (cursor, done, end) = match settled {
            None => (job.cursor, job.total.unwrap_or(job.done), Some(finished(tx, import)?)),
            Some((person, records)) => (SETTLING + person, job.done + records, None),
        };
        Ok(Progress { cursor, done, total: job.total.map(|total| total.max(done)), end })
    }
}

fn finished(tx: &Tx<'_>, import: i64) -> Result<End> {
    tx.execute("UPDATE imports SET state = 'entered' WHERE id = ?1", params![import])?;
    Ok(End::Done(summary(tx, import, true)?))
}

/// Takes out from here on what was put down: it was stopped, or all rows were wanted and one (`refused`, else 0) is refused now.
/// People entered one after another stay.
fn turned_back(job: &Job, refused: i64) -> Progress {
    Progress { cursor: UNDOING + refused, done: job.done, total: job.total, end: None }
}

/// Takes out some of what was put down, until nothing is left.
fn undoing(scales: Scales, job: Job) -> impl FnMut(&Tx<'_>) -> Result<Progress> + Send {
    move |tx| {
        let (import, refused) = (scales.import.id, job.cursor - UNDOING);
        let records = tx.all("SELECT record FROM import_rows WHERE import = ?1 AND record IS NOT NULL ORDER BY row LIMIT ?2", params![import, ROWS], |row| row.get::<i64>(0))?;
        for record in &records {
            tx.execute("UPDATE import_rows SET record = NULL WHERE record = ?1", params![*record])?;
            tx.execute("DELETE FROM records WHERE id = ?1 AND state = 'importing'", params![*record])?;
        }
        let mut end = None;
        if records.is_empty() {
            let people = scales.import.kind == ImportKind::People && !scales.import.whole;
            tx.execute("UPDATE imports SET state = ?2 WHERE id = ?1", params![import, if people { "entered" } else { "undone" }])?;
            end = Some(match refused {
                0 => End::Cancelled,
                row => End::Failed(text!(
                    "第 {row} 行现在不能导入了，所以全部没有导入。请看该行的原因，改正后重新上传。",
                    "Row {row} can no longer be entered, so that none was. See why at that row, mend the file and upload it again."
                )),
            });
        }
        Ok(Progress { cursor: job.cursor, done: (job.done - records.len() as i64).max(0), total: job.total, end })
    }
}

/// Rows that are entered, or were.
fn import_rows(tx: &Tx<'_>, import: i64) -> Result<i64> {
    Ok(counts(tx, import)?.into_iter().filter(|(outcome, _)| outcome.enters()).map(|(_, rows)| rows).sum())
}

/// What came of an import, or would, in one sentence.
fn summary(tx: &Tx<'_>, import: i64, entered: bool) -> Result<Text> {
    let counts = counts(tx, import)?;
    let of = |outcome| counts.iter().find(|(known, _)| *known == outcome).map_or(0, |(_, rows)| *rows);
    let (created, changed) = (of(RowOutcome::Created), of(RowOutcome::Changed));
    let (same, refused) = (of(RowOutcome::Unchanged) + of(RowOutcome::Double), of(RowOutcome::Refused));
    Ok(if entered {
        text!("已新增 {created} 条、变更 {changed} 条；已有的 {same} 条和不能导入的 {refused} 条没有动。", "{created} new, {changed} changed; {same} were there already and {refused} were refused.")
    } else {
        text!("可新增 {created} 条、变更 {changed} 条；{same} 条已有，{refused} 条不能导入。", "{created} would be new, {changed} changed; {same} are there already, {refused} are refused.")
    })
}
