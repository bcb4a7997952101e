//! One person under both: the status before and after, and every duty under which something changes, with the reason.

use super::Pair;
use crate::assessing::Done;
use crate::output::{assessed, carried, cut, problem_words};
use std::sync::Arc;
use xueshi_policy::{Assessment, Hours, ItemRef, Lang, RecordResult, RequirementResult, Status, Text};

/// One person compared.
#[derive(Debug)]
pub(crate) struct Compared<'a> {
    /// Of several duties the worst.
    pub(crate) status: Pair<Status>,
    /// For each fact of persons the position of the person's code.
    pub(crate) codes: &'a [Option<usize>],
    /// What binds and lacks.
    pub(crate) gaps: Pair<Vec<Gap<'a>>>,
    /// What lacks of the duty of which most lacks.
    pub(crate) lacks: Pair<Hours>,
    /// Under how many duties something changes.
    pub(crate) changed: usize,
    /// One for each of them, where they are listed.
    pub(crate) changes: Vec<Change>,
}

/// What a person lacks of one requirement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gap<'a> {
    pub(crate) duty: &'a Arc<str>,
    pub(crate) subject: &'a Arc<str>,
    pub(crate) title: &'a Arc<Text>,
    pub(crate) unit: &'a Arc<Text>,
    pub(crate) short: Hours,
}

/// What changes for a person under one duty.
#[derive(Debug)]
pub(crate) struct Change {
    /// Where the person stands among all, by which changes are listed.
    pub(crate) place: u64,
    pub(crate) person: String,
    pub(crate) name: Option<String>,
    pub(crate) duty: Arc<str>,
    pub(crate) duty_title: Arc<Text>,
    pub(crate) status: Pair<Status>,
    pub(crate) total: Pair<Hours>,
    pub(crate) lacks: Pair<Hours>,
    /// Every requirement asked on either side.
    pub(crate) requirements: Vec<RequirementChange>,
    /// The records whose hours change.
    pub(crate) records: Vec<RecordChange>,
    /// Consequences of the year that come or go.
    pub(crate) consequences: Vec<ConsequenceChange>,
}

/// A requirement on both sides; nothing where it is not asked.
#[derive(Debug)]
pub(crate) struct RequirementChange {
    pub(crate) subject: Arc<str>,
    pub(crate) title: Arc<Text>,
    pub(crate) sides: Pair<Option<Figures>>,
}

/// The figures of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Unknown where a missing fact decides it.
    pub(crate) at_least: Option<Hours>,
    pub(crate) have: Hours,
    pub(crate) short: Hours,
    pub(crate) binding: bool,
}

/// A record on both sides; nothing where it can not be read under those policies.
#[derive(Debug)]
pub(crate) struct RecordChange {
    pub(crate) record: String,
    pub(crate) sides: Pair<Option<RecordSide>>,
}

/// What became of a record.
#[derive(Debug)]
pub(crate) struct RecordSide {
    pub(crate) hours: Hours,
    /// Hours that count in later years.
    pub(crate) carried: Hours,
    /// Hours that caps took away.
    pub(crate) cut: Hours,
    pub(crate) rule: Option<ItemRef>,
    /// Code, and what it means.
    pub(crate) problem: Option<(Arc<str>, String)>,
}

/// A consequence of the year that stands on one side only.
#[derive(Debug)]
pub(crate) struct ConsequenceChange {
    pub(crate) gate: Arc<str>,
    pub(crate) message: Arc<Text>,
    /// Whether it stands under what is tried.
    pub(crate) after: bool,
}

impl RequirementChange {
    /// What lacks; nothing lacks of what is not asked.
    pub(crate) fn short(&self) -> Pair<Hours> {
        self.sides.map(|side| side.map_or(Hours::ZERO, |figures| figures.short))
    }
}

/// Compares what came of a person on either side. `place`: where the person stands among all.
pub(crate) fn compare<'a>(done: Pair<&'a Done>, place: u64, codes: &'a [Option<usize>], lang: Lang) -> Compared<'a> {
    let changes: Vec<Change> = duties(done).into_iter().filter_map(|duty| change(duty, place, done.after.name.as_deref(), lang)).collect();
    Compared {
        status: done.map(|done| done.assessments.iter().map(|assessment| assessment.status).max().unwrap_or(Status::NotCovered)),
        codes,
        gaps: Pair { before: done.before.assessments.iter().flat_map(gaps).collect(), after: done.after.assessments.iter().flat_map(gaps).collect() },
        lacks: done.map(|done| done.assessments.iter().map(lacks_of).max().unwrap_or_default()),
        changed: changes.len(),
        changes,
    }
}

/// The assessments of each duty. One without a duty only says that no regulation speaks.
fn duties(done: Pair<&Done>) -> Vec<Pair<Option<&Assessment>>> {
    fn under<'a>(done: &'a Done, duty: &str) -> Option<&'a Assessment> {
        done.assessments.iter().find(|one| *one.duty == *duty)
    }
    let real = |one: &&Assessment| !one.duty.is_empty();
    let mut all: Vec<Pair<Option<&Assessment>>> = Vec::new();
    for before in done.before.assessments.iter().filter(real) {
        all.push(Pair { before: Some(before), after: under(done.after, &before.duty) });
    }
    for after in done.after.assessments.iter().filter(real).filter(|after| under(done.before, &after.duty).is_none()) {
        all.push(Pair { before: None, after: Some(after) });
    }
    all
}

/// What changes under a duty; nothing where all stays as it is.
fn change(sides: Pair<Option<&Assessment>>, place: u64, name: Option<&str>, lang: Lang) -> Option<Change> {
    let any = sides.after.or(sides.before)?;
    let status = sides.map(|side| side.map_or(Status::NotCovered, |one| one.status));
    if status == (Pair { before: Status::NotCovered, after: Status::NotCovered }) {
        return None;
    }
    let total = sides.map(|side| side.map_or(Hours::ZERO, |one| one.total));
    let requirements = requirements(sides);
    let records = records(sides, lang);
    let consequences = consequences(sides);
    let lacking = requirements.iter().any(|one| one.short().differs());
    (status.differs() || total.differs() || lacking || !records.is_empty() || !consequences.is_empty()).then(|| Change {
        place,
        person: any.person.clone(),
        name: name.map(str::to_owned),
        duty: Arc::clone(&any.duty),
        duty_title: Arc::clone(&any.duty_title),
        status,
        total,
        lacks: sides.map(|side| side.map_or(Hours::ZERO, lacks_of)),
        requirements,
        records,
        consequences,
    })
}

/// The requirements that are asked of the person.
fn asked(side: Option<&Assessment>) -> &[RequirementResult] {
    side.filter(|one| !matches!(one.status, Status::Exempt | Status::NotCovered)).map_or(&[], |one| &one.requirements)
}

fn requirements(sides: Pair<Option<&Assessment>>) -> Vec<RequirementChange> {
    let both = sides.map(|side| asked(*side));
    let mut all: Vec<RequirementChange> = Vec::new();
    for one in both.before.iter().chain(both.after) {
        if all.iter().any(|known| known.subject == one.subject) {
            continue;
        }
        let figures = both.map(|list| {
            let found = list.iter().find(|other| other.subject == one.subject)?;
            Some(Figures { at_least: found.at_least, have: found.have, short: found.short, binding: found.binding })
        });
        all.push(RequirementChange { subject: Arc::clone(&one.subject), title: Arc::clone(&one.subject_title), sides: figures });
    }
    all
}

/// The records whose hours differ, here or in later years. Records are held together by their rows.
fn records(sides: Pair<Option<&Assessment>>, lang: Lang) -> Vec<RecordChange> {
    fn hours(record: Option<&RecordResult>) -> (Hours, &[(i16, Hours)]) {
        record.map_or((Hours::ZERO, &[]), |record| (record.hours, &record.carried_to))
    }
    let mut rows: Vec<u32> = [sides.before, sides.after].into_iter().flatten().flat_map(assessed).map(|record| record.row).collect();
    rows.sort_unstable();
    rows.dedup();
    let mut all = Vec::new();
    for row in rows {
        let pair = sides.map(|side| side.and_then(|one| assessed(one).find(|record| record.row == row)));
        if pair.map(|record| hours(*record)).differs()
            && let Some(any) = pair.before.or(pair.after)
        {
            all.push(RecordChange { record: any.record.clone(), sides: pair.map(|record| record.map(|record| became(record, lang))) });
        }
    }
    all
}

fn became(record: &RecordResult, lang: Lang) -> RecordSide {
    RecordSide {
        hours: record.hours,
        carried: carried(record),
        cut: cut(record),
        rule: record.rule.clone(),
        problem: record.problem.as_ref().map(|problem| (Arc::clone(&problem.code), problem_words(problem, lang))),
    }
}

fn consequences(sides: Pair<Option<&Assessment>>) -> Vec<ConsequenceChange> {
    let list = sides.map(|side| side.map_or(&[][..], |one| &one.consequences));
    let alone = |these: &[xueshi_policy::Consequence], those: &[xueshi_policy::Consequence], after: bool| -> Vec<ConsequenceChange> {
        let new = these.iter().filter(|one| those.iter().all(|other| other.gate != one.gate));
        new.map(|one| ConsequenceChange { gate: Arc::clone(&one.gate), message: Arc::clone(&one.message), after }).collect()
    };
    let mut all = alone(list.before, list.after, false);
    all.extend(alone(list.after, list.before, true));
    all
}

/// What binds a person who is not done, and lacks.
fn gaps(assessment: &Assessment) -> impl Iterator<Item = Gap<'_>> {
    let open = matches!(assessment.status, Status::Short | Status::Undetermined);
    assessment.requirements.iter().filter(move |one| open && one.binding && one.short > Hours::ZERO).map(|one| Gap {
        duty: &assessment.duty,
        subject: &one.subject,
        title: &one.subject_title,
        unit: one.unit.as_ref().unwrap_or(&assessment.unit),
        short: one.short,
    })
}

fn lacks_of(assessment: &Assessment) -> Hours {
    lacks(gaps(assessment), |subject| assessment.hours.iter().any(|bucket| *bucket.bucket == *subject))
}

/// The least that is still to be done under a duty: what lacks of the whole, or of all buckets together, whichever is more.
pub(super) fn lacks<'a>(gaps: impl Iterator<Item = Gap<'a>>, is_bucket: impl Fn(&str) -> bool) -> Hours {
    let (mut buckets, mut most) = (Hours::ZERO, Hours::ZERO);
    for gap in gaps {
        most = most.max(gap.short);
        if is_bucket(gap.subject) {
            buckets = buckets.plus(gap.short);
        }
    }
    most.max(buckets)
}
