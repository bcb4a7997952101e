//! One person of the tables: from its place and rows to its assessments.

use crate::failure::Failure;
use crate::input::{Book, Layouts, PersonRows, Place, RowError, Table};
use std::sync::Arc;
use xueshi_policy::{Asked, Assessment, Engine, Hours, ReadingEffect, Status, Text, text};

/// What came of one person.
#[derive(Debug)]
pub(crate) struct Done {
    /// The person's name, where it is known.
    pub(crate) name: Option<String>,
    /// One for every duty; at least one.
    pub(crate) assessments: Vec<Assessment>,
    /// The readings each assessment hangs on; only where explanations are asked for.
    pub(crate) readings: Vec<Vec<ReadingEffect>>,
    /// Rows that were left out.
    pub(crate) errors: Vec<RowError>,
}

/// Persons of a book, assessed under an engine's policies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assessing<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) book: &'a Book,
    pub(crate) asked: Asked,
}

impl Assessing<'_> {
    /// Compiles what the persons need before anything is written.
    ///
    /// # Errors
    /// If a policy can not be compiled, or no policy answers for anyone.
    pub(crate) fn prepare(&self, earlier_too: bool) -> Result<(), Failure> {
        prepare(self.engine, self.book.places(), self.asked.year, earlier_too)
    }

    /// Assesses a person.
    ///
    /// # Errors
    /// If a policy can not be compiled.
    pub(crate) fn person(&self, at: usize, layouts: &Layouts) -> Result<Done, Failure> {
        let name = self.book.name(at);
        let Some(Place { region, industry }) = self.book.place(at) else {
            let note = Text::new("行政区划或行业无法读取，不知适用哪些规定", "the region or the industry can not be read: it is not known which regulations apply");
            return Ok(Done { name, assessments: vec![self.bare(at, Status::Undetermined, note)], readings: Vec::new(), errors: Vec::new() });
        };
        let stacks = self.engine.stacks(region, industry.as_deref(), self.asked.year)?;
        let rows = PersonRows::new(self.book, at, layouts, &stacks);
        let mut assessments = self.engine.assess(region, industry.as_deref(), &rows, self.asked)?;
        let mut errors = rows.into_errors();
        if assessments.is_empty() {
            let year = self.asked.year;
            let note = if stacks.is_empty() {
                no_policy(region, year)
            } else {
                text!("{year} 年度不在该人员的任何期间内，或义务不针对该人员", "{year} lies in no window of this person, or the duty is not for this person")
            };
            assessments.push(self.bare(at, Status::NotCovered, note));
        }
        assessments.iter().flat_map(|assessment| self.missing(at, assessment)).for_each(|error| errors.push(error));
        let readings = if self.asked.explain && assessments.iter().any(|assessment| !assessment.policies.is_empty()) {
            // The same rows once more, so that errors are not counted twice.
            let again = PersonRows::new(self.book, at, layouts, &stacks);
            assessments.iter().map(|assessment| self.engine.readings(region, industry.as_deref(), &again, self.asked, assessment)).collect()
        } else {
            Vec::new()
        };
        Ok(Done { name, assessments, readings, errors: errors.into_list() })
    }

    /// Records that lack a fact without which they can not be assessed: errors of their rows.
    fn missing<'b>(&'b self, at: usize, assessment: &'b Assessment) -> impl Iterator<Item = RowError> + 'b {
        let missing = assessment.records.iter().filter_map(|record| Some((record, record.missing.as_ref().filter(|missing| !missing.of_person)?)));
        let records = &self.book.records;
        let row = move |number: u32| self.book.rows(at).iter().find(|row| records.number(**row as usize) == number).map_or(0, |row| *row as usize);
        missing.map(move |(record, missing)| RowError {
            table: Table::Records,
            file: records.file(row(record.row)),
            row: record.row,
            column: missing.column.clone(),
            title: missing.title.zh.clone(),
            value: String::new(),
            message: if missing.by_zero {
                Text::new("按这个值计算时除数为零；请核对", "the reckoning divides by zero with this value; look at it")
            } else {
                Text::new("规则需要这一项，不能空白", "the rules need it: must not be blank")
            },
        })
    }

    /// The result of a person for whom no regulation speaks.
    fn bare(&self, at: usize, status: Status, note: Text) -> Assessment {
        let day = |month, day| jiff::civil::Date::new(self.asked.year, month, day).unwrap_or_default();
        Assessment {
            person: self.book.entry(at).id.clone(),
            year: self.asked.year,
            duty: "".into(),
            duty_title: Arc::default(),
            window: (day(1, 1), day(12, 31)),
            policies: Vec::new(),
            unit: Arc::new(Text::new("学时", "credit hours")),
            status,
            hours: Vec::new(),
            total: Hours::ZERO,
            requirements: Vec::new(),
            records: Vec::new(),
            warnings: Vec::new(),
            consequences: Vec::new(),
            missing: Vec::new(),
            outcomes: Vec::new(),
            notes: vec![Arc::new(note)],
            exempt_by: None,
            not_covered_by: Vec::new(),
            remedies: Vec::new(),
        }
    }
}

/// What is said of a person of a place for which no policy answers.
pub(crate) fn no_policy(region: &str, year: i16) -> Text {
    text!("没有适用于 {region} 的 {year} 年度政策", "no policy answers for {region} in {year}")
}

/// Compiles what persons of these places need before anything is written.
///
/// # Errors
/// If a policy can not be compiled, or no policy answers for anyone.
pub(crate) fn prepare(engine: &Engine, places: &[Place], year: i16, earlier_too: bool) -> Result<(), Failure> {
    const CARRIED_YEARS: i16 = 3;
    let mut answered = false;
    for Place { region, industry } in places {
        answered |= !engine.stacks(region, industry.as_deref(), year)?.is_empty();
        for earlier in (1..=CARRIED_YEARS).filter(|_| earlier_too) {
            engine.stacks(region, industry.as_deref(), year - earlier)?;
        }
    }
    if answered {
        return Ok(());
    }
    let region = places.first().map_or("", |place| &place.region);
    Err(Failure::Message(text!("没有适用于 {region} 的 {year} 年度政策；请核对地区与年度。", "No policy answers for {region} in {year}; check the region and the year.")))
}
