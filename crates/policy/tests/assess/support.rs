//! One door to the engine: a case as text in, a result as text out.

use crate::files::{files, library, repository};
use std::fmt::Write as _;
use xueshi_policy::{Asked, Assessment, Cell, Engine, FactType, Hours, Library, Of, Person, Record, Rows, Schema, Value};

/// The shipped policies.
pub(crate) fn shipped() -> Library {
    library(&files(&repository("policies")))
}

/// Rows as text, read under whichever schema asks: `column=value` words.
pub(crate) struct Text<'a> {
    pub(crate) person: Vec<(&'a str, &'a str)>,
    pub(crate) records: Vec<Vec<(&'a str, &'a str)>>,
}

impl Rows for Text<'_> {
    fn read(&self, schema: &Schema) -> (Person, Vec<Record>) {
        let mut person = Person { id: "P".to_owned(), values: blank(schema, Of::Person), rows_in_error: false };
        fill(schema, Of::Person, &self.person, &mut person.values);
        let records = self.records.iter().enumerate().map(|(at, words)| {
            let mut record = Record { id: (at + 1).to_string(), row: at as u32 + 1, values: blank(schema, Of::Record) };
            fill(schema, Of::Record, words, &mut record.values);
            record
        });
        (person, records.collect())
    }
}

/// Values of nothing stated.
pub(crate) fn blank(schema: &Schema, of: Of) -> Vec<Value> {
    let mut values = vec![Value::Empty; schema.slots(of)];
    for column in schema.columns.iter().filter(|column| column.of == of && column.kind == FactType::Years) {
        values[column.slot] = Value::Years(Vec::new());
    }
    values
}

fn fill(schema: &Schema, of: Of, words: &[(&str, &str)], values: &mut [Value]) {
    for (column, word) in words {
        let Some(at) = schema.find(column).filter(|at| schema.columns[*at].of == of) else { continue };
        match schema.read(at, word) {
            Cell::Is(value, _) => values[schema.columns[at].slot] = value,
            Cell::Bad(why) => panic!("{column}={word}: {}", why.en),
        }
    }
}

/// A case: `at REGION YEAR`, then `person a=b …`, then `- a=b …` a record.
pub(crate) struct Case<'a> {
    pub(crate) region: &'a str,
    pub(crate) asked: Asked,
    pub(crate) rows: Text<'a>,
}

impl<'a> Case<'a> {
    pub(crate) fn read(text: &'a str) -> Self {
        let mut case = Self { region: "000000", asked: Asked::year(2020), rows: Text { person: Vec::new(), records: Vec::new() } };
        let pairs = |rest: &'a str| rest.split_whitespace().filter_map(|word| word.split_once('=')).collect::<Vec<_>>();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(rest) = line.strip_prefix("at ") {
                let (region, year) = rest.split_once(' ').unwrap();
                case.region = region;
                case.asked.year = year.parse().unwrap();
            } else if let Some(rest) = line.strip_prefix("person") {
                case.rows.person = pairs(rest);
            } else if line == "strict" {
                case.asked.assume_covered = false;
            } else if let Some(rest) = line.strip_prefix("- ") {
                case.rows.records.push(pairs(rest));
            }
        }
        case
    }
}

/// Runs a case and says what came out, a line a fact.
pub(crate) fn run(engine: &Engine, text: &str) -> String {
    let case = Case::read(text);
    let results = engine.assess(case.region, None, &case.rows, case.asked).unwrap();
    results.iter().map(summary).collect::<Vec<_>>().join("\n")
}

/// A result in a few lines: status and requirements, then the records.
pub(crate) fn summary(result: &Assessment) -> String {
    let mut out = result.status.name().to_owned();
    for r in &result.requirements {
        let _ = write!(out, " {}={}/{}", r.subject, r.have, r.at_least.map_or("?".to_owned(), |hours| hours.to_string()));
    }
    for world in &result.outcomes {
        let assuming = world.assuming.iter().map(|(column, value)| format!("{column}={}", value.zh)).collect::<Vec<_>>().join(",");
        let _ = write!(out, "\n  if {assuming}: {}", world.status.name());
    }
    for record in &result.records {
        let cut = record.cuts.iter().fold(Hours::ZERO, |sum, cut| sum.plus(cut.hours));
        let _ = write!(out, "\n{} {} {}", record.record, record.hours, record.subject);
        if let Some(rule) = &record.rule {
            let _ = write!(out, " by {}", rule.id);
        }
        if cut > Hours::ZERO {
            let _ = write!(out, " cut {cut}");
        }
        for (year, hours) in &record.carried_to {
            let _ = write!(out, " {hours} to {year}");
        }
        if let Some(year) = record.carried_from {
            let _ = write!(out, " from {year}");
        }
        if let Some(problem) = &record.problem {
            let _ = write!(out, " {}", problem.code);
        }
        if let Some(missing) = &record.missing {
            let _ = write!(out, " needs {}{}", missing.column, if missing.by_zero { " divisor zero" } else { "" });
        }
    }
    out
}
