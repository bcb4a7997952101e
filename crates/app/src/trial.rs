//! One activity that was filled in, and is nobody's record yet: what it would earn, and which proof it takes.

use crate::assessing::{Assessing, Done};
use crate::failure::Failure;
use crate::input::{Book, Columns, Defaults, Layouts};
use xueshi_policy::{Asked, Assessment, Engine, ProblemResult};

/// What came of an activity.
#[derive(Debug)]
pub(crate) struct Trial {
    /// The assessments, and what is wrong with the values.
    pub(crate) done: Done,
    /// The same with proofs looked at, where none was given.
    with_proofs: Option<Vec<Assessment>>,
}

/// A column that no policy has.
#[derive(Debug)]
pub(crate) struct NoColumn(pub(crate) String);

/// The values, by column, as a table of one record and one person. A record without days is taken to lie in the middle of the year.
///
/// # Errors
/// If there is no such column.
pub(crate) fn book<'v>(columns: Columns, defaults: Defaults, year: i16, values: impl IntoIterator<Item = (&'v str, &'v str)>) -> Result<Book, NoColumn> {
    let mut record = vec![String::new(); columns.records.list().len()];
    let mut person = vec![String::new(); columns.persons.list().len()];
    let mut set = |name: &str, value: &str| {
        let place = columns.records.named(name).map(|at| (&mut record, at)).or_else(|| columns.persons.named(name).map(|at| (&mut person, at)));
        place.map(|(row, at)| value.clone_into(&mut row[at])).ok_or_else(|| NoColumn(name.to_owned()))
    };
    let values: Vec<(&str, &str)> = values.into_iter().collect();
    set("record", "1")?;
    let start = values.iter().find(|(name, value)| *name == "start" && !value.is_empty());
    set("end", start.map_or(&*format!("{year}-07-01"), |(_, start)| start))?;
    for (name, value) in values {
        set(name, value)?;
    }
    record[Columns::PERSON] = "1".to_owned();
    person[Columns::PERSON] = "1".to_owned();
    Ok(Book::typed(record, person, columns, defaults))
}

impl Trial {
    /// Assesses the activity of a book. `earlier_too`: policies of earlier years may have errors that are to be told.
    ///
    /// # Errors
    /// If a policy can not be compiled, or none answers.
    pub(crate) fn run(engine: &Engine, book: &Book, year: i16, proofs_given: bool, earlier_too: bool) -> Result<Self, Failure> {
        let assess = |evidence: bool| {
            let asked = Asked { explain: true, evidence, ..Asked::year(year) };
            let assessing = Assessing { engine, book, asked };
            assessing.prepare(earlier_too)?;
            assessing.person(0, &Layouts::default())
        };
        let done = assess(proofs_given)?;
        let sound = book.errors.is_empty() && done.errors.is_empty();
        let with_proofs = if proofs_given || !sound { None } else { Some(assess(true)?.assessments) };
        Ok(Self { done, with_proofs })
    }

    /// What the proofs' absence alone would cost the record of an assessment.
    pub(crate) fn missing_proof(&self, at: usize) -> Option<&ProblemResult> {
        let without = self.done.assessments.get(at)?.records.first()?;
        let with = self.with_proofs.as_ref()?.get(at)?.records.first()?;
        with.problem.as_ref().filter(|_| without.problem.is_none())
    }
}
