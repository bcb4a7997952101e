//! One person of the registry under the policies: facts and records as they are kept, to assessments.

use crate::error::{Error, Result};
use crate::facts::{Facts, from_json};
use crate::grants::add_year;
use crate::params;
use crate::people::{self, post_of_year_first, same_person};
use crate::store::{Row, Tx};
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use xueshi_policy::{Asked, Assessment, Engine, Fault, FaultKind, Of, Person, ReadingEffect, Record, Rows, Schema};

/// A person with the records that count for a question.
#[derive(Clone, Debug)]
pub(crate) struct Learner {
    pub(crate) person: i64,
    pub(crate) region: String,
    pub(crate) sector: Option<String>,
    /// The facts of the person in the year asked about.
    pub(crate) facts: Facts,
    pub(crate) records: Vec<Learned>,
}

/// A record as policies see it.
#[derive(Clone, Debug)]
pub struct Learned {
    /// Its id, by which results name it.
    pub id: i64,
    /// The state of its case.
    pub state: String,
    /// The year it belongs to.
    pub year: i64,
    /// What was learnt.
    pub title: String,
    /// Texts by column, with `evidence` from the files attached.
    pub facts: Facts,
    /// The record it corrects.
    pub corrects: Option<i64>,
    /// The kind and the hash of each file attached.
    pub files: Vec<(String, String)>,
}

impl Learned {
    /// Adds the files attached: id, kind and hash of each.
    pub(crate) fn attach(&mut self, mut files: Vec<(i64, String, String)>) {
        if files.is_empty() {
            return;
        }
        files.sort_unstable();
        // As the policies read it: separated by semicolons.
        let kinds: BTreeSet<&str> = files.iter().map(|(_, kind, _)| kind.as_str()).collect();
        self.facts.insert("evidence".to_owned(), kinds.into_iter().collect::<Vec<_>>().join(";"));
        self.files = files.into_iter().map(|(_, kind, digest)| (kind, digest)).collect();
    }
}

impl Learner {
    /// Reads a person with all records of the states asked for, one statement whatever their number.
    pub(crate) fn load(tx: &Tx<'_>, person: i64, year: i64, states: &[&str]) -> Result<Self> {
        let (first, last) = people::days_of(year);
        let mut read = Read::default();
        tx.each(WHOLE, params![person, &last, &first], |row| read.take(row, states))?;
        read.into_learner(person)
    }

    /// Assesses every duty of a year.
    pub(crate) fn assess(&self, engine: &Engine, year: i64, explain: bool) -> Result<Vec<Assessment>> {
        self.assess_as(engine, Asked { assume_covered: false, explain, ..Asked::year(year_of(year)?) })
    }

    /// Assesses every duty of a year as if every record had its proofs.
    pub(crate) fn assess_unproven(&self, engine: &Engine, year: i64) -> Result<Vec<Assessment>> {
        self.assess_as(engine, Asked { assume_covered: false, explain: true, evidence: false, ..Asked::year(year_of(year)?) })
    }

    fn assess_as(&self, engine: &Engine, asked: Asked) -> Result<Vec<Assessment>> {
        engine.assess(&self.region, self.sector.as_deref(), self, asked).map_err(|found| Error::fault(format!("policies of {} can not be compiled: {found:?}", self.region)))
    }

    /// The readings that an explained assessment hangs on.
    pub(crate) fn readings(&self, engine: &Engine, year: i64, result: &Assessment) -> Result<Vec<ReadingEffect>> {
        let asked = Asked { assume_covered: false, explain: true, ..Asked::year(year_of(year)?) };
        Ok(engine.readings(&self.region, self.sector.as_deref(), self, asked, result))
    }
}

/// A year as the policies count it.
pub(crate) fn year_of(year: i64) -> Result<i16> {
    i16::try_from(year).ok().filter(|year| (1900..=2200).contains(year)).ok_or_else(|| Error::invalid("year", "年度须在1900至2200之间。", "The year lies between 1900 and 2200."))
}

/// A person as one statement reads it: what each row is, an id, two numbers, three texts. How a row is read, its arm of [`Read::take`] tells.
const WHOLE: &str = concat!(
    "SELECT * FROM (SELECT CAST(0 AS BIGINT) AS what, p.id AS id, p.organisation AS number, p.agency AS other, j.region AS a, s.code AS b, CAST(NULL AS TEXT) AS c
       FROM posts p JOIN organisations o ON o.id = p.organisation JOIN jurisdictions j ON j.id = o.jurisdiction LEFT JOIN sectors s ON s.id = o.sector WHERE ",
    same_person!("p.person", "?1"),
    post_of_year_first!("?3", "?2"),
    " LIMIT 1) place
     UNION ALL SELECT * FROM (SELECT CAST(1 AS BIGINT), p.id, p.organisation, p.agency, o.facts, CAST(NULL AS TEXT), CAST(NULL AS TEXT)
       FROM posts p JOIN organisations o ON o.id = p.organisation WHERE ",
    same_person!("p.person", "?1"),
    post_of_year_first!("?3", "?2"),
    " LIMIT 1) employer
     UNION ALL SELECT CAST(2 AS BIGINT), f.person, CAST(0 AS BIGINT), CAST(0 AS BIGINT), f.name, f.value, f.valid_from
       FROM person_facts f WHERE ",
    same_person!("f.person", "?1"),
    " AND f.valid_from <= ?2 AND (f.valid_to IS NULL OR f.valid_to >= ?3)
     UNION ALL SELECT CAST(3 AS BIGINT), r.id, r.year, r.corrects, r.title, r.facts, r.state FROM records r WHERE ",
    same_person!("r.person", "?1"),
    "
     UNION ALL SELECT CAST(4 AS BIGINT), e.record, e.id, CAST(0 AS BIGINT), e.kind, e.digest, CAST(NULL AS TEXT)
       FROM evidence e JOIN records r ON r.id = e.record WHERE ",
    same_person!("r.person", "?1"),
    " AND e.removed_at IS NULL
     UNION ALL SELECT CAST(5 AS BIGINT), g.id, g.year, CAST(0 AS BIGINT), g.name, CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM year_grants g WHERE g.ended_at IS NULL AND ",
    same_person!("g.person", "?1")
);

/// What [`WHOLE`] has brought so far.
#[derive(Default)]
struct Read {
    /// The region and the sector's code.
    place: Option<(String, Option<String>)>,
    employer: Facts,
    /// Since when, whose, which, what.
    facts: Vec<(String, i64, String, String)>,
    records: Vec<Learned>,
    /// By record: id, kind, hash.
    files: HashMap<i64, Vec<(i64, String, String)>>,
    /// Years granted, by column.
    granted: BTreeSet<(String, i64)>,
}

impl Read {
    fn take(&mut self, row: Row<'_>, states: &[&str]) -> Result<()> {
        match row.get::<i64>(0)? {
            0 => self.place = Some((row.get(4)?, row.get(5)?)),
            1 => self.employer = from_json(&row.get::<String>(4)?)?,
            2 => self.facts.push((row.get(6)?, row.get(1)?, row.get(4)?, row.get(5)?)),
            3 => {
                let state: String = row.get(6)?;
                if states.contains(&state.as_str()) {
                    let (title, mut facts): (String, Facts) = (row.get(4)?, from_json(&row.get::<String>(5)?)?);
                    facts.insert("title".to_owned(), title.clone());
                    self.records.push(Learned { id: row.get(1)?, state, year: row.get(2)?, title, facts, corrects: row.get(3)?, files: Vec::new() });
                }
            }
            4 => self.files.entry(row.get(1)?).or_default().push((row.get(2)?, row.get(4)?, row.get(5)?)),
            _ => {
                self.granted.insert((row.get(4)?, row.get(2)?));
            }
        }
        Ok(())
    }

    fn into_learner(mut self, person: i64) -> Result<Learner> {
        let (region, sector) = self.place.ok_or_else(|| Error::not_found("人员", "person"))?;
        // What is stated later takes the place of what was stated before, of one day the person's own that of a double, and of both the employer's.
        self.facts.sort_unstable_by(|a, b| (&a.0, a.1 == person, &a.2).cmp(&(&b.0, b.1 == person, &b.2)));
        let mut facts = self.employer;
        facts.extend(self.facts.into_iter().map(|(.., name, value)| (name, value)));
        for (name, year) in self.granted {
            add_year(&mut facts, name, year);
        }
        self.records.sort_unstable_by_key(|record| record.id);
        for record in &mut self.records {
            record.attach(self.files.remove(&record.id).unwrap_or_default());
        }
        Ok(Learner { person, region, sector, facts, records: self.records })
    }
}

impl Rows for Learner {
    fn read(&self, schema: &Schema) -> (Person, Vec<Record>) {
        let in_error = Cell::new(false);
        let mut records = Vec::with_capacity(self.records.len());
        for (row, record) in (1..).zip(&self.records) {
            let (values, faults) = filled(schema, &record.facts);
            // What this stack does not ask for is none of its business; the same cell may mean something to another.
            if faults.iter().any(|fault| fault.kind != FaultKind::Cell || schema.find(&fault.column).is_some()) {
                in_error.set(true);
                continue;
            }
            records.push(Record { id: record.id.to_string(), row, values });
        }
        let (values, faults) = schema.fill(Of::Person, &|column| self.facts.get(column).map(String::as_str));
        let person = Person { id: self.person.to_string(), values, rows_in_error: in_error.get() || !faults.is_empty() };
        (person, records)
    }
}

/// The values of a record under a stack, and what is wrong with them.
pub(crate) fn filled(schema: &Schema, facts: &Facts) -> (Vec<xueshi_policy::Value>, Vec<Fault>) {
    let (values, mut faults) = schema.fill(Of::Record, &|column| facts.get(column).map(String::as_str));
    schema.check_record(&values, &mut faults);
    (values, faults)
}

/// What is wrong with a record under every stack that answers for it; a fault counts where all stacks that read it see it.
pub(crate) fn faults(engine: &Engine, learner: &Learner, year: i64, facts: &Facts) -> Result<Vec<Fault>> {
    let stacks = engine.stacks(&learner.region, learner.sector.as_deref(), year_of(year)?).map_err(|found| Error::fault(format!("policies of {} can not be compiled: {found:?}", learner.region)))?;
    let mut common: Option<Vec<Fault>> = None;
    for stack in stacks.iter() {
        let (_, found) = filled(stack.schema(), facts);
        common = Some(match common {
            None => found,
            Some(before) => before.into_iter().filter(|fault| found.iter().any(|other| other.column == fault.column)).collect(),
        });
    }
    let mut all = common.unwrap_or_default();
    all.extend(unknown_columns(&stacks, facts));
    Ok(all)
}

fn unknown_columns(stacks: &[std::sync::Arc<xueshi_policy::Stack>], facts: &Facts) -> Vec<Fault> {
    let known = |column: &str| stacks.iter().any(|stack| stack.schema().find(column).and_then(|at| stack.schema().columns.get(at)).is_some_and(|column| column.of == Of::Record && !column.derived));
    let unknown = facts.iter().filter(|(column, _)| !known(column));
    unknown
        .map(|(column, value)| Fault {
            column: column.clone(),
            value: value.clone(),
            message: xueshi_policy::Text::new("适用的规定没有这一项", "the regulations that apply know no such item"),
            kind: FaultKind::Row,
        })
        .collect()
}

/// The year a record belongs to: that of its last day.
pub(crate) fn year_of_record(facts: &Facts) -> Option<i64> {
    let day = facts.get("end").filter(|day| !day.is_empty()).or_else(|| facts.get("start"))?;
    day.trim().get(..4)?.parse().ok()
}
