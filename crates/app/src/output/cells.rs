//! Results as rows of cells, for CSV and workbooks: one a person, one a record.

use super::{Shape, words};
use crate::assessing::Done;
use std::sync::Arc;
use xueshi_policy::{Assessment, Hours, ItemRef, Lang, Status, Text};

/// Subjects that always have a column for what lacks, in the order of the contract.
const SHORT_OF: [&str; 3] = ["total", "general", "specialised"];

/// One person's result.
#[derive(Debug)]
pub(crate) struct PersonRow {
    pub(crate) person: Arc<str>,
    pub(crate) year: i16,
    pub(crate) duty: String,
    pub(crate) status: Status,
    /// Bucket and hours.
    pub(crate) hours: Vec<(Subject, Hours)>,
    pub(crate) total: Hours,
    /// What is asked and what lacks, where it is known.
    pub(crate) short: Vec<(Subject, Option<Hours>)>,
    pub(crate) policies: String,
}

/// A bucket or a subject of a requirement.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) id: String,
    pub(crate) title: Text,
}

/// One record's result.
#[derive(Debug)]
pub(crate) struct RecordRow {
    pub(crate) person: Arc<str>,
    pub(crate) record: String,
    pub(crate) subject: String,
    pub(crate) subject_title: String,
    pub(crate) hours: Hours,
    pub(crate) rule: Option<ItemRef>,
    pub(crate) cut: Hours,
    pub(crate) carried: Hours,
    /// Code, and what it means.
    pub(crate) problem: Option<(String, String)>,
}

/// One row a person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PersonCells;

/// One row a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordCells(pub(crate) Lang);

/// Both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BothCells(pub(crate) Lang);

impl Shape for PersonCells {
    type Piece = Vec<PersonRow>;

    fn piece(&self, done: &Done) -> Self::Piece {
        done.assessments.iter().map(person).collect()
    }
}

impl Shape for RecordCells {
    type Piece = Vec<RecordRow>;

    fn piece(&self, done: &Done) -> Self::Piece {
        done.assessments.iter().flat_map(|assessment| records(assessment, self.0)).collect()
    }
}

impl Shape for BothCells {
    type Piece = (Vec<PersonRow>, Vec<RecordRow>);

    fn piece(&self, done: &Done) -> Self::Piece {
        (PersonCells.piece(done), RecordCells(self.0).piece(done))
    }
}

fn person(assessment: &Assessment) -> PersonRow {
    let short = assessment.requirements.iter().map(|requirement| {
        let subject = Subject { id: requirement.subject.clone(), title: requirement.subject_title.clone() };
        (subject, requirement.at_least.map(|_| requirement.short))
    });
    PersonRow {
        person: Arc::from(&*assessment.person),
        year: assessment.year,
        duty: assessment.duty.clone(),
        status: assessment.status,
        hours: assessment.hours.iter().map(|bucket| (Subject { id: bucket.bucket.clone(), title: bucket.title.clone() }, bucket.hours)).collect(),
        total: assessment.total,
        short: short.collect(),
        policies: assessment.policies.iter().map(|policy| &*policy.id).collect::<Vec<_>>().join(";"),
    }
}

fn records(assessment: &Assessment, lang: Lang) -> impl Iterator<Item = RecordRow> {
    let person: Arc<str> = Arc::from(&*assessment.person);
    words::assessed(assessment).map(move |record| {
        let bucket = assessment.hours.iter().find(|bucket| bucket.bucket == record.subject);
        RecordRow {
            person: Arc::clone(&person),
            record: record.record.clone(),
            subject: record.subject.clone(),
            subject_title: bucket.map_or_else(|| record.subject.clone(), |bucket| bucket.title.get(lang).to_owned()),
            hours: record.hours,
            rule: record.rule.clone(),
            cut: words::cut(record),
            carried: words::carried(record),
            problem: record.problem.as_ref().map(|problem| (problem.code.clone(), words::problem(problem, lang))),
        }
    })
}

/// The columns of a table of persons: they follow from what the persons' regulations know.
#[derive(Debug)]
pub(crate) struct PersonColumns {
    /// Buckets.
    pub(crate) hours: Vec<Subject>,
    /// Subjects of requirements.
    pub(crate) short: Vec<Subject>,
    /// Whether somebody has several duties, so that a row must say which.
    pub(crate) duties: bool,
}

impl PersonColumns {
    /// The columns of these rows.
    pub(crate) fn of(rows: &[PersonRow]) -> Self {
        let common = |id: &&str| Subject { id: (*id).to_owned(), title: common_title(id) };
        let mut columns = Self {
            hours: ["general", "specialised", "elective"].iter().map(|id| common(&id)).collect(),
            short: SHORT_OF.iter().map(|id| common(&id)).collect(),
            duties: false,
        };
        for row in rows {
            for (subject, _) in &row.hours {
                add(&mut columns.hours, subject);
            }
            for (subject, _) in &row.short {
                add(&mut columns.short, subject);
            }
        }
        let mut duties: Vec<&str> = rows.iter().map(|row| row.duty.as_str()).filter(|duty| !duty.is_empty()).collect();
        duties.sort_unstable();
        duties.dedup();
        columns.duties = duties.len() > 1;
        columns
    }
}

fn add(subjects: &mut Vec<Subject>, subject: &Subject) {
    match subjects.iter_mut().find(|known| known.id == subject.id) {
        Some(known) if known.title.is_empty() => known.title = subject.title.clone(),
        Some(_) => {}
        None => subjects.push(subject.clone()),
    }
}

/// Titles of columns that are always there come from the policies; the total's does not.
fn common_title(id: &str) -> Text {
    if id == "total" { Text::new("合计", "total") } else { Text::default() }
}
