//! Lines put aside until all are known, and taken back in the order in which persons first appear.

use super::lines::{Line, LineColumns, Lines, NOT_KNOWN};
use super::spill::{Spill, Taking, folded, put_number, put_text, unfolded};
use crate::failure::Failure;
use crate::work;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use xueshi_exchange::NO_NUMBER;
use xueshi_policy::Status;

/// Lines by the places of their persons' first rows.
pub(crate) struct Spool {
    spill: Spill,
    columns: LineColumns,
    /// So many places belong to one part.
    width: u64,
    met: Mutex<Met>,
}

/// What lines have.
#[derive(Default)]
struct Met {
    /// Ids of policies joined, by their numbers.
    policies: Vec<String>,
    /// For each column of hours and of lacks, and for each duty, the first place of which a line has it.
    hours: Vec<Option<u64>>,
    short: Vec<Option<u64>>,
    duties: Vec<Option<u64>>,
}

/// The columns that some line has, in the order in which they come up.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// Of [`LineColumns::hours`].
    pub(crate) hours: Vec<usize>,
    /// Of [`LineColumns::short`].
    pub(crate) short: Vec<usize>,
    /// Whether each line says which duty it is of.
    pub(crate) duties: bool,
}

impl Shown {
    /// Every column.
    pub(crate) fn all(columns: &LineColumns) -> Self {
        Self { hours: (0..columns.hours.len()).collect(), short: (0..columns.short.len()).collect(), duties: columns.duties.len() > 1 }
    }
}

impl Spool {
    /// No line yet. `places`: how many there are, of which `width` belong to one part.
    ///
    /// # Errors
    /// If the folder can not be written.
    pub(super) fn new(folder: &Path, columns: &LineColumns, places: u64, width: u64) -> Result<Self, Failure> {
        let parts = usize::try_from(places / width + 1).unwrap_or(1);
        let met = Met { policies: Vec::new(), hours: vec![None; columns.hours.len()], short: vec![None; columns.short.len()], duties: vec![None; columns.duties.len()] };
        Ok(Self { spill: Spill::new(folder, parts)?, columns: columns.clone(), width, met: Mutex::new(met) })
    }

    /// Puts lines aside. Those of one person must come together.
    ///
    /// # Errors
    /// If they can not be written.
    pub(super) fn put(&self, lines: &Lines) -> Result<(), Failure> {
        let policies = self.meet(lines);
        let mut all: Vec<(usize, u64, Vec<u8>)> = Vec::new();
        let mut part_at: Vec<Option<usize>> = vec![None; self.spill.parts()];
        for line in lines.iter(&self.columns) {
            let part = usize::try_from(line.place / self.width).unwrap_or(0).min(part_at.len() - 1);
            let at = *part_at[part].get_or_insert_with(|| {
                all.push((part, line.place, Vec::new()));
                all.len() - 1
            });
            let number = policies.iter().position(|known| known == line.policies).unwrap_or(0);
            put_line(&mut all[at].2, &line, number as u64);
        }
        all.iter().try_for_each(|(part, first, bytes)| self.spill.put(*part, *first, bytes))
    }

    /// Notes which columns lines have; gives the policies met so far.
    fn meet(&self, lines: &Lines) -> Vec<String> {
        fn note(met: &mut [Option<u64>], cells: &[i64], place: u64) {
            for (first, _) in met.iter_mut().zip(cells).filter(|(first, cell)| **cell != NO_NUMBER && first.is_none_or(|first| place < first)) {
                *first = Some(place);
            }
        }
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        let Met { policies, hours, short, duties } = &mut *met;
        for line in lines.iter(&self.columns) {
            note(hours, line.hours, line.place);
            note(short, line.short, line.place);
            if let Some(first) = duties.get_mut(line.duty) {
                *first = Some(first.map_or(line.place, |first| first.min(line.place)));
            }
            if policies.last().is_none_or(|last| last != line.policies) && !policies.iter().any(|known| known == line.policies) {
                policies.push(line.policies.to_owned());
            }
        }
        policies.clone()
    }

    /// The columns that some line has: those of the contract, then the others in the order in which they come up.
    pub(crate) fn shown(&self) -> Shown {
        /// The contract's columns stand first and always.
        const CONTRACT: usize = 3;
        let order = |met: &[Option<u64>]| {
            let mut others: Vec<(u64, usize)> = met.iter().enumerate().skip(CONTRACT).filter_map(|(at, first)| Some(((*first)?, at))).collect();
            others.sort_unstable();
            (0..CONTRACT.min(met.len())).chain(others.into_iter().map(|(_, at)| at)).collect()
        };
        let met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        Shown { hours: order(&met.hours), short: order(&met.short), duties: met.duties.iter().flatten().count() > 1 }
    }

    /// Hands all lines over in order, and how many parts of how many are done.
    ///
    /// # Errors
    /// If they can not be read, or not be taken.
    pub(crate) fn each(&self, mut take: impl FnMut(&Lines, u64, u64) -> Result<(), Failure>) -> Result<(), Failure> {
        let policies = self.met.lock().unwrap_or_else(PoisonError::into_inner).policies.clone();
        let parts = self.spill.parts();
        let make = |part: usize| {
            let mut lines = Lines::default();
            for piece in self.spill.take(part)? {
                let mut taking = Taking(&piece);
                while !taking.is_empty() {
                    self.line(&mut taking, &policies, &mut lines).ok_or_else(|| self.spill.damaged(&io::ErrorKind::UnexpectedEof.into()))?;
                }
            }
            Ok(lines.sorted(&self.columns))
        };
        work::tasks(parts, make, |lines, at| take(&lines, at as u64 + 1, parts as u64))
    }

    /// Takes a line back; nothing where it is damaged.
    fn line(&self, taking: &mut Taking<'_>, policies: &[String], lines: &mut Lines) -> Option<()> {
        let place = taking.number()?;
        let person = taking.text()?;
        let status = *Status::ALL.get(usize::try_from(taking.number()?).ok()?)?;
        let duty = usize::try_from(taking.number()?).ok()?;
        let policies = policies.get(usize::try_from(taking.number()?).ok()?)?;
        let total = unfolded(taking.number()?);
        let mut cells = |count: usize| (0..count).map(|_| taking.number().map(cell)).collect::<Option<Vec<_>>>();
        let (hours, short) = (cells(self.columns.hours.len())?, cells(self.columns.short.len())?);
        lines.push(&Line { place, person, status, total, hours: &hours, short: &short, policies, duty });
        Some(())
    }
}

fn put_line(bytes: &mut Vec<u8>, line: &Line<'_>, policies: u64) {
    put_number(bytes, line.place);
    put_text(bytes, line.person);
    put_number(bytes, Status::ALL.iter().position(|status| *status == line.status).unwrap_or(0) as u64);
    put_number(bytes, line.duty as u64);
    put_number(bytes, policies);
    put_number(bytes, folded(line.total));
    line.hours.iter().chain(line.short).for_each(|number| put_number(bytes, put_aside(*number)));
}

/// No number and one that is not known come first, so that they take one byte.
fn put_aside(number: i64) -> u64 {
    match number {
        NO_NUMBER => 0,
        NOT_KNOWN => 1,
        number => folded(number) + 2,
    }
}

fn cell(kept: u64) -> i64 {
    match kept {
        0 => NO_NUMBER,
        1 => NOT_KNOWN,
        kept => unfolded(kept - 2),
    }
}
