//! Sichuan's rules of 2018 in `axiom-rules-engine`, by its dense executor, one row group after the other on two threads.
//!
//! Usage: `axiom-peer RECORDS.parquet OUT.parquet`
//!
//! Records are decided first, persons summed after: in one program the hours of a record would be reckoned anew for each sum.
//! Arithmetic is the engine's fast one, in 64-bit floats, which hold every whole hundredth here exactly.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use axiom_rules_engine::compile::CompiledProgramArtifact;
use axiom_rules_engine::dense::{DenseBatchSpec, DenseColumn, DenseCompiledProgram, DenseExecutionResult, DenseOutputValue, DenseRelationBatchSpec};
use axiom_rules_engine::model::{JudgmentOutcome, Period, PeriodKind};
use chrono::NaiveDate;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const ACTIVITIES: [&str; 14] =
    ["class", "distance", "advanced-seminar", "conference", "practice", "attachment", "overseas", "degree", "self-study", "publication", "exam", "teaching", "achievement", "sector-proof"];
const SUBJECTS: [&str; 3] = ["general", "specialised", "elective"];
const TOTALS: [&str; 4] = ["general", "specialised", "elective", "total"];

/// The two programs and the year.
struct Rules {
    records: DenseCompiledProgram,
    persons: DenseCompiledProgram,
    year: Period,
}

/// Persons of one row group with their four totals and whether the year is complete.
#[derive(Default)]
struct Part {
    person: Vec<i64>,
    totals: [Vec<i64>; 4],
    met: Vec<bool>,
}

fn main() -> Result<(), Failure> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [records, out] = &paths[..] else { return Err("asks for the records and the result".into()) };
    let rules = Rules::load()?;
    let groups = ParquetRecordBatchReaderBuilder::try_new(File::open(records)?)?.metadata().num_row_groups();
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Part)>, Failure> {
        let mut done = Vec::new();
        loop {
            let group = next.fetch_add(1, Ordering::Relaxed);
            if group >= groups {
                return Ok(done);
            }
            done.push((group, rules.assess(&read(records, group)?)?));
        }
    };
    let mut parts = std::thread::scope(|scope| -> Result<Vec<(usize, Part)>, Failure> {
        let other = scope.spawn(work);
        let mut parts = work()?;
        parts.extend(other.join().map_err(|_| "a thread failed")??);
        Ok(parts)
    })?;
    parts.sort_unstable_by_key(|(group, _)| *group);
    write(out, parts)
}

/// One row group as one batch, texts as dictionaries.
fn read(path: &str, group: usize) -> Result<RecordBatch, Failure> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let rows = usize::try_from(builder.metadata().row_group(group).num_rows())?;
    let mut reader = builder.with_row_groups(vec![group]).with_batch_size(rows).build()?;
    Ok(reader.next().ok_or("an empty row group")??)
}

/// The codes of a dictionary column, by the place of each text in a list; what is not in it, and nothing, is `other`.
fn codes(batch: &RecordBatch, name: &str, list: &[&str], other: i64) -> Result<DenseColumn, Failure> {
    let column = batch.column_by_name(name).ok_or_else(|| format!("no column {name}"))?;
    let column = column.as_dictionary::<Int32Type>();
    let place = |text: &str| list.iter().position(|known| *known == text).map_or(Ok(other), i64::try_from);
    let places = column.values().as_string::<i32>().iter().map(|text| place(text.unwrap_or_default())).collect::<Result<Vec<i64>, _>>()?;
    Ok(DenseColumn::Integer(column.keys().iter().map(|key| key.and_then(|key| places.get(usize::try_from(key).ok()?).copied()).unwrap_or(other)).collect()))
}

impl Rules {
    fn load() -> Result<Self, Failure> {
        let compile = |text, entity| -> Result<DenseCompiledProgram, Failure> { Ok(DenseCompiledProgram::from_artifact(&CompiledProgramArtifact::from_rulespec_str(text)?, Some(entity))?) };
        let day = |month, day| NaiveDate::from_ymd_opt(2018, month, day).ok_or("no such day");
        Ok(Self {
            records: compile(include_str!("rules.yaml"), "Record")?,
            persons: compile(include_str!("totals.yaml"), "Professional")?,
            year: Period { kind: PeriodKind::Custom("year".to_owned()), start: day(1, 1)?, end: day(12, 31)? },
        })
    }

    /// Decides the records of a batch, sums them by person.
    fn assess(&self, batch: &RecordBatch) -> Result<Part, Failure> {
        let column = |name: &str| batch.column_by_name(name).ok_or_else(|| format!("no column {name}"));
        let epoch = NaiveDate::default();
        let days = column("end")?.as_primitive::<Date32Type>().values().iter();
        let completed = days.map(|day| epoch.checked_add_signed(chrono::TimeDelta::days(i64::from(*day))).ok_or("a day out of range")).collect::<Result<Vec<_>, _>>()?;
        let quantity = column("quantity")?.as_primitive::<Decimal128Type>().values().iter().map(|number| i64::try_from(*number)).collect::<Result<Vec<_>, _>>()?;
        let evidence = column("evidence")?;
        let inputs = HashMap::from([
            ("activity".to_owned(), codes(batch, "activity", &ACTIVITIES, 13)?),
            ("subject".to_owned(), codes(batch, "subject", &SUBJECTS, 0)?),
            ("measure".to_owned(), codes(batch, "unit", &["hours", "minutes", "thousand-characters"], 3)?),
            ("result".to_owned(), codes(batch, "result", &["", "fail", "pass"], 0)?),
            ("proven".to_owned(), DenseColumn::Bool((0..batch.num_rows()).map(|row| evidence.is_valid(row)).collect())),
            ("completed".to_owned(), DenseColumn::Date(completed)),
            ("quantity".to_owned(), DenseColumn::Integer(quantity)),
        ]);
        let spec = DenseBatchSpec { row_count: batch.num_rows(), inputs, relations: HashMap::new() };
        let mut decided = self.records.execute_f64(&self.year, spec, &["hours".to_owned(), "bucket".to_owned()])?;

        let person = column("person")?.as_primitive::<Int64Type>().values();
        let mut offsets = vec![0];
        offsets.extend((1..person.len()).filter(|row| person[*row] != person[*row - 1]));
        let first: Vec<i64> = offsets.iter().map(|row| person[*row]).collect();
        offsets.push(person.len());
        let inputs = HashMap::from([("hours".to_owned(), scalar(&mut decided, "hours")?), ("bucket".to_owned(), scalar(&mut decided, "bucket")?)]);
        let study = self.persons.relations().first().ok_or("no relation")?.key.clone();
        let spec = DenseBatchSpec { row_count: first.len(), inputs: HashMap::new(), relations: HashMap::from([(study, DenseRelationBatchSpec { offsets, inputs })]) };
        let outputs: Vec<String> = TOTALS.iter().chain(&["met"]).map(|name| (*name).to_owned()).collect();
        let mut summed = self.persons.execute_f64(&self.year, spec, &outputs)?;

        let mut part = Part { person: first, ..Part::default() };
        for (name, total) in TOTALS.iter().zip(&mut part.totals) {
            *total = whole(&scalar(&mut summed, name)?)?;
        }
        let Some(DenseOutputValue::Judgment(met)) = summed.outputs.remove("met") else { return Err("met: no judgment".into()) };
        part.met = met.into_iter().map(|outcome| matches!(outcome, JudgmentOutcome::Holds)).collect();
        Ok(part)
    }
}

/// Takes a column of numbers out of a result.
fn scalar(result: &mut DenseExecutionResult, name: &str) -> Result<DenseColumn, Failure> {
    match result.outputs.remove(name) {
        Some(DenseOutputValue::Scalar(column)) => Ok(column),
        _ => Err(format!("{name}: no numbers").into()),
    }
}

/// Numbers that must be whole.
fn whole(column: &DenseColumn) -> Result<Vec<i64>, Failure> {
    match column {
        DenseColumn::Integer(values) => Ok(values.clone()),
        DenseColumn::Float(values) if values.iter().all(|value| value.fract() == 0.0) => Ok(values.iter().map(|value| *value as i64).collect()),
        _ => Err("hours that are not whole hundredths".into()),
    }
}

/// Writes one row a person, by person.
fn write(path: &str, parts: Vec<(usize, Part)>) -> Result<(), Failure> {
    let mut all = Part::default();
    for (_, part) in parts {
        if all.person.last().is_some_and(|last| part.person.first().is_some_and(|first| first <= last)) {
            return Err("the file is not sorted by person, or a person stands in two row groups".into());
        }
        all.person.extend(part.person);
        all.met.extend(part.met);
        for (all, part) in all.totals.iter_mut().zip(part.totals) {
            all.extend(part);
        }
    }
    let status: StringArray = all.met.iter().map(|met| Some(if *met { "met" } else { "short" })).collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![("person", Arc::new(Int64Array::from(all.person))), ("status", Arc::new(status))];
    for (name, total) in TOTALS.into_iter().zip(all.totals) {
        columns.push((name, Arc::new(Int64Array::from(total))));
    }
    let batch = RecordBatch::try_from_iter(columns)?;
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(Default::default())).build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}
