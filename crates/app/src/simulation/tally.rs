//! All persons of a simulation together: counts, gaps, and those that change.

use super::Pair;
use super::compared::{Change, Compared, Gap};
use super::facts::{Fact, Facts};
use std::collections::BTreeMap;
use std::sync::Arc;
use xueshi_policy::{Hours, Status, Text};

/// For each status, in the order of [`Status::ALL`], how many persons have it.
pub(crate) type Counts = [usize; Status::ALL.len()];

/// What came of all persons.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) persons: usize,
    /// Persons of whom anything changes.
    pub(crate) changed: usize,
    /// How many have one status before and another after.
    pub(crate) matrix: [Counts; Status::ALL.len()],
    /// One for each fact by which persons are grouped and that anyone's row gives.
    groups: Vec<Group>,
    /// What lacks of each requirement, all persons together.
    pub(crate) gaps: Vec<GapSum>,
    /// How many persons lack so much.
    pub(crate) lacks: BTreeMap<Hours, Pair<usize>>,
    /// The first of those that change, in the order of the files once [`Tally::settle`] was called.
    pub(crate) changes: Vec<Change>,
    /// How many duties change, beyond those kept too.
    pub(crate) changes_all: usize,
    keep: usize,
}

/// Persons by the codes of one fact.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) fact: Arc<Fact>,
    /// For each code, and last for those of whom it is not given.
    pub(crate) counts: Vec<Pair<Counts>>,
}

/// What lacks of one requirement.
#[derive(Debug)]
pub(crate) struct GapSum {
    /// Where the first person stands who lacks it, and how many gaps of that person are told before.
    first: (u64, usize),
    pub(crate) duty: Arc<str>,
    pub(crate) subject: Arc<str>,
    pub(crate) title: Arc<Text>,
    pub(crate) unit: Arc<Text>,
    pub(crate) persons: Pair<usize>,
    pub(crate) short: Pair<Hours>,
}

impl Tally {
    /// Nobody yet; so many changes are kept to be listed.
    pub(crate) fn new(facts: &Facts, keep: usize) -> Self {
        let group = |fact: &Arc<Fact>| Group { counts: vec![Pair::default(); fact.codes.len() + 1], fact: Arc::clone(fact) };
        Self { persons: 0, changed: 0, matrix: Default::default(), groups: facts.list.iter().map(group).collect(), gaps: Vec::new(), lacks: BTreeMap::new(), changes: Vec::new(), changes_all: 0, keep }
    }

    /// Adds a person. `at`: where the person stands among all.
    pub(crate) fn add(&mut self, at: u64, person: Compared<'_>) {
        let status = person.status.map(|status| place(*status));
        self.persons += 1;
        self.changed += usize::from(person.changed > 0);
        self.matrix[status.before][status.after] += 1;
        for (group, code) in self.groups.iter_mut().zip(person.codes) {
            let last = group.counts.len() - 1;
            let counts = &mut group.counts[code.unwrap_or(last)];
            counts.before[status.before] += 1;
            counts.after[status.after] += 1;
        }
        let (before, after) = (&person.gaps.before, &person.gaps.after);
        for (n, gap) in before.iter().chain(after).enumerate() {
            let sum = self.gap((at, n), gap);
            let (persons, short) = if n < before.len() { (&mut sum.persons.before, &mut sum.short.before) } else { (&mut sum.persons.after, &mut sum.short.after) };
            *persons += 1;
            *short = short.plus(gap.short);
        }
        if person.lacks.before > Hours::ZERO {
            self.lacks.entry(person.lacks.before).or_default().before += 1;
        }
        if person.lacks.after > Hours::ZERO {
            self.lacks.entry(person.lacks.after).or_default().after += 1;
        }
        self.changes_all += person.changed;
        self.list(person.changes);
    }

    /// Adds what came of other persons.
    pub(crate) fn merge(&mut self, other: Self) {
        self.persons += other.persons;
        self.changed += other.changed;
        self.matrix.iter_mut().zip(&other.matrix).for_each(|(mine, theirs)| add(mine, theirs));
        for (mine, theirs) in self.groups.iter_mut().zip(&other.groups).flat_map(|(mine, theirs)| mine.counts.iter_mut().zip(&theirs.counts)) {
            add(&mut mine.before, &theirs.before);
            add(&mut mine.after, &theirs.after);
        }
        for gap in other.gaps {
            match self.gaps.iter_mut().find(|known| known.duty == gap.duty && known.subject == gap.subject) {
                Some(known) => known.merge(gap),
                None => self.gaps.push(gap),
            }
        }
        for (lacks, persons) in other.lacks {
            let known = self.lacks.entry(lacks).or_default();
            (known.before, known.after) = (known.before + persons.before, known.after + persons.after);
        }
        self.changes_all += other.changes_all;
        self.list(other.changes);
    }

    /// Puts everything in the order of the files.
    pub(crate) fn settle(&mut self) {
        self.gaps.sort_by_key(|gap| gap.first);
        self.changes.sort_by_key(|change| change.place);
    }

    /// Keeps changes, the first ones where there are more than are kept.
    fn list(&mut self, changes: Vec<Change>) {
        self.changes.extend(changes);
        if self.changes.len() > self.keep {
            self.changes.sort_by_key(|change| change.place);
            self.changes.truncate(self.keep);
        }
    }

    /// How many persons have each status.
    pub(crate) fn counts(&self) -> Pair<Counts> {
        let mut counts = Pair::<Counts>::default();
        for (before, row) in self.matrix.iter().enumerate() {
            for (after, persons) in row.iter().enumerate() {
                counts.before[before] += persons;
                counts.after[after] += persons;
            }
        }
        counts
    }

    /// Statuses before and after that differ, the most frequent first.
    pub(crate) fn moves(&self) -> Vec<(Pair<Status>, usize)> {
        let mut moves = self.flows();
        moves.retain(|(status, _)| status.differs());
        moves.sort_by_key(|(_, persons)| std::cmp::Reverse(*persons));
        moves
    }

    /// Statuses before and after that anyone has.
    pub(crate) fn flows(&self) -> Vec<(Pair<Status>, usize)> {
        let cells = Status::ALL.iter().zip(&self.matrix).flat_map(|(before, row)| Status::ALL.iter().zip(row).map(|(after, persons)| (Pair { before: *before, after: *after }, *persons)));
        cells.filter(|(_, persons)| *persons > 0).collect()
    }

    /// The groups by facts that are given of anyone.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| group.counts.iter().rev().skip(1).any(|counts| persons(&counts.before) > 0))
    }

    /// The unit of all gaps, where it is the same one.
    pub(crate) fn unit(&self) -> Option<&Text> {
        let first = &self.gaps.first()?.unit;
        self.gaps.iter().all(|gap| gap.unit == *first).then_some(first)
    }

    /// Whether requirements stand under different duties, so that each must say which.
    pub(crate) fn has_duties(&self) -> bool {
        self.changes.iter().any(|change| self.changes.first().is_some_and(|first| first.duty != change.duty))
    }

    fn gap(&mut self, first: (u64, usize), gap: &Gap<'_>) -> &mut GapSum {
        let at = self.gaps.iter().position(|known| known.duty == *gap.duty && known.subject == *gap.subject).unwrap_or_else(|| {
            self.gaps.push(GapSum {
                first,
                duty: Arc::clone(gap.duty),
                subject: Arc::clone(gap.subject),
                title: Arc::clone(gap.title),
                unit: Arc::clone(gap.unit),
                persons: Pair::default(),
                short: Pair::default(),
            });
            self.gaps.len() - 1
        });
        let known = &mut self.gaps[at];
        if first < known.first {
            (known.first, known.title, known.unit) = (first, Arc::clone(gap.title), Arc::clone(gap.unit));
        }
        known
    }
}

impl GapSum {
    fn merge(&mut self, other: Self) {
        let persons = Pair { before: self.persons.before + other.persons.before, after: self.persons.after + other.persons.after };
        let short = Pair { before: self.short.before.plus(other.short.before), after: self.short.after.plus(other.short.after) };
        if other.first < self.first {
            *self = other;
        }
        (self.persons, self.short) = (persons, short);
    }
}

impl Group {
    /// Each code that anyone has, with its title and counts; none is the code of those of whom it is not given.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (Option<&str>, Text, &Pair<Counts>)> {
        let not_given = (None, Text::new("未填", "not given"));
        let codes = self.fact.codes.iter().map(|(id, title)| (Some(id.as_str()), title.clone())).chain([not_given]);
        codes.zip(&self.counts).filter(|(_, counts)| persons(&counts.before) > 0).map(|((id, title), counts)| (id, title, counts))
    }
}

/// All persons of some counts.
pub(crate) fn persons(counts: &Counts) -> usize {
    counts.iter().sum()
}

fn add(mine: &mut Counts, theirs: &Counts) {
    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
}

fn place(status: Status) -> usize {
    Status::ALL.iter().position(|known| *known == status).unwrap_or(0)
}
