//! Results as rows of cells, for tables, CSV and workbooks: one a person, one a record.

use super::{Shape, words};
use crate::assessing::Done;
use std::collections::HashSet;
use std::sync::Arc;
use xueshi_policy::{Assessment, Hours, ItemRef, Lang, Status, Text};

/// One person's result.
#[derive(Clone, Debug)]
pub(crate) struct PersonRow {
    pub(crate) person: String,
    pub(crate) name: Option<String>,
    pub(crate) year: i16,
    pub(crate) duty: Subject,
    pub(crate) status: Status,
    /// Recognised, by bucket.
    pub(crate) hours: Vec<(Subject, Hours)>,
    pub(crate) total: Hours,
    /// What lacks of each requirement, where it is known.
    pub(crate) short: Vec<(Subject, Option<Hours>)>,
    pub(crate) policies: String,
    /// Records that give nothing.
    pub(crate) problems: usize,
}

/// A bucket, a duty or the subject of a requirement.
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
    pub(crate) subject: Arc<str>,
    pub(crate) subject_title: Arc<str>,
    pub(crate) hours: Hours,
    pub(crate) rule: Option<ItemRef>,
    pub(crate) cut: Hours,
    pub(crate) carried: Hours,
    /// Code, and what it means.
    pub(crate) problem: Option<(Arc<str>, Arc<str>)>,
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
        done.assessments.iter().map(|assessment| person(assessment, done.name.as_ref())).collect()
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

fn person(assessment: &Assessment, name: Option<&String>) -> PersonRow {
    let subject = |id: &str, title: &Text| Subject { id: id.to_owned(), title: title.clone() };
    PersonRow {
        person: assessment.person.clone(),
        name: name.cloned(),
        year: assessment.year,
        duty: subject(&assessment.duty, &assessment.duty_title),
        status: assessment.status,
        hours: assessment.hours.iter().map(|bucket| (subject(&bucket.bucket, &bucket.title), bucket.hours)).collect(),
        total: assessment.total,
        short: assessment.requirements.iter().map(|one| (subject(&one.subject, &one.subject_title), one.at_least.map(|_| one.short))).collect(),
        policies: assessment.policies.iter().map(|policy| &*policy.id).collect::<Vec<_>>().join(";"),
        problems: words::assessed(assessment).filter(|record| record.problem.is_some()).count(),
    }
}

fn records(assessment: &Assessment, lang: Lang) -> impl Iterator<Item = RecordRow> {
    let person: Arc<str> = Arc::from(&*assessment.person);
    words::assessed(assessment).map(move |record| {
        let bucket = assessment.hours.iter().find(|bucket| bucket.bucket == record.subject);
        RecordRow {
            person: Arc::clone(&person),
            record: record.record.clone(),
            subject: Arc::from(&*record.subject),
            subject_title: Arc::from(bucket.map_or(&*record.subject, |bucket| bucket.title.get(lang))),
            hours: record.hours,
            rule: record.rule.clone(),
            cut: words::cut(record),
            carried: words::carried(record),
            problem: record.problem.as_ref().map(|problem| (Arc::from(&*problem.code), Arc::from(words::problem(problem, lang)))),
        }
    })
}

/// Rows of persons that wait until all are known: their columns follow from what was asked of anyone.
#[derive(Debug)]
pub(crate) struct PersonTable {
    /// The buckets, those of the contract first.
    pub(crate) hours: Vec<Subject>,
    /// The subjects of requirements, those of the contract first.
    pub(crate) short: Vec<Subject>,
    pub(crate) duties: Vec<Subject>,
    policies: Vec<String>,
    pub(crate) lines: Vec<PersonLine>,
}

/// A person's row, its cells in the order of the table's columns.
#[derive(Debug)]
pub(crate) struct PersonLine {
    pub(crate) person: Box<str>,
    pub(crate) name: Option<Box<str>>,
    pub(crate) year: i16,
    pub(crate) status: Status,
    pub(crate) hours: Box<[Option<Hours>]>,
    pub(crate) total: Hours,
    pub(crate) short: Box<[Option<Hours>]>,
    pub(crate) duty: usize,
    policies: usize,
    pub(crate) problems: usize,
}

impl Default for PersonTable {
    fn default() -> Self {
        // Titles come with the policies; the total has none of its own.
        let subject = |id: &str| Subject { id: id.to_owned(), title: if id == "total" { Text::new("合计", "total") } else { Text::default() } };
        Self {
            hours: ["general", "specialised", "elective"].map(subject).to_vec(),
            short: ["total", "general", "specialised"].map(subject).to_vec(),
            duties: Vec::new(),
            policies: Vec::new(),
            lines: Vec::new(),
        }
    }
}

impl PersonTable {
    /// Adds a row.
    pub(crate) fn push(&mut self, row: PersonRow) {
        let hours = row.hours.into_iter().map(|(subject, hours)| (place(&mut self.hours, subject), Some(hours)));
        let hours = placed(hours);
        let short = placed(row.short.into_iter().map(|(subject, short)| (place(&mut self.short, subject), short)));
        let policies = self.policies.iter().position(|known| *known == row.policies).unwrap_or_else(|| {
            self.policies.push(row.policies);
            self.policies.len() - 1
        });
        self.lines.push(PersonLine {
            person: row.person.into(),
            name: row.name.map(Into::into),
            year: row.year,
            status: row.status,
            hours,
            total: row.total,
            short,
            duty: place(&mut self.duties, row.duty),
            policies,
            problems: row.problems,
        });
    }

    /// The policies of a row, their ids joined.
    pub(crate) fn policies(&self, line: &PersonLine) -> &str {
        self.policies.get(line.policies).map_or("", String::as_str)
    }

    /// The least that is still to be done: what lacks of the whole, or of all buckets together, whichever is more.
    pub(crate) fn gap(&self, line: &PersonLine) -> Hours {
        let (mut buckets, mut most) = (Hours::ZERO, Hours::ZERO);
        for (subject, short) in self.short.iter().zip(&line.short) {
            let short = short.unwrap_or(Hours::ZERO);
            most = most.max(short);
            if self.hours.iter().any(|bucket| bucket.id == subject.id) {
                buckets = buckets.plus(short);
            }
        }
        most.max(buckets)
    }

    /// The duty of a row, where rows have different ones.
    pub(crate) fn duty(&self, line: &PersonLine) -> Option<&Subject> {
        self.duties.get(line.duty).filter(|_| self.has_duties())
    }

    /// Whether rows have different duties, so that each must say which.
    pub(crate) fn has_duties(&self) -> bool {
        self.duties.iter().filter(|duty| !duty.id.is_empty()).count() > 1
    }
}

/// The place of a subject among the columns; a new one gets a column.
fn place(subjects: &mut Vec<Subject>, subject: Subject) -> usize {
    match subjects.iter().position(|known| known.id == subject.id) {
        Some(at) => {
            if subjects[at].title.is_empty() {
                subjects[at].title = subject.title;
            }
            at
        }
        None => {
            subjects.push(subject);
            subjects.len() - 1
        }
    }
}

fn placed(cells: impl Iterator<Item = (usize, Option<Hours>)>) -> Box<[Option<Hours>]> {
    let mut all: Vec<Option<Hours>> = Vec::new();
    for (at, hours) in cells {
        all.resize(all.len().max(at + 1), None);
        all[at] = hours;
    }
    all.into()
}

/// Rows of records that wait; words that repeat are kept once.
#[derive(Debug, Default)]
pub(crate) struct RecordTable {
    pub(crate) rows: Vec<RecordRow>,
    words: HashSet<Arc<str>>,
}

impl RecordTable {
    /// Adds a row.
    pub(crate) fn push(&mut self, mut row: RecordRow) {
        for word in [&mut row.subject, &mut row.subject_title].into_iter().chain(row.problem.iter_mut().flat_map(|(code, message)| [code, message])) {
            match self.words.get(word) {
                Some(known) => *word = Arc::clone(known),
                None => {
                    self.words.insert(Arc::clone(word));
                }
            }
        }
        self.rows.push(row);
    }
}
