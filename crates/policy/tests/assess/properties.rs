//! What must hold whatever the records are.

use crate::support::{blank, shipped};
use proptest::prelude::*;
use xueshi_policy::{Asked, Assessment, Engine, Exact, FactType, Hours, Of, Person, Record, Schema, Value};

/// Places and years that between them ask every shipped policy.
const PLACES: [(&str, i16); 7] = [("510100", 2019), ("510700", 2018), ("500000", 2023), ("500103", 2010), ("500103", 2018), ("650200", 2023), ("430100", 2020)];

/// A record as numbers, turned into values under a schema.
#[derive(Clone, Debug)]
struct Seed {
    codes: Vec<u8>,
    quantity: i64,
    days: (u16, u16),
    texts: Vec<u8>,
    evidence: u16,
}

fn seed() -> impl Strategy<Value = Seed> {
    (proptest::collection::vec(any::<u8>(), 10), 0..6000_i64, (0..1100_u16, 0..40_u16), proptest::collection::vec(0..6_u8, 10), any::<u16>())
        .prop_map(|(codes, quantity, days, texts, evidence)| Seed { codes, quantity, days, texts, evidence })
}

const TEXTS: [&str; 6] = ["", "sc-online", "5G+", "cq-public-1", "cq-public-2", "人工智能与健康"];

fn record(schema: &Schema, year: i16, id: usize, seed: &Seed) -> Record {
    let mut values = blank(schema, Of::Record);
    let (mut code, mut text) = (seed.codes.iter().cycle(), seed.texts.iter().cycle());
    let first = jiff::civil::date(year - 1, 1, 1);
    let start = first.checked_add(jiff::Span::new().days(i64::from(seed.days.0))).unwrap();
    let end = start.checked_add(jiff::Span::new().days(i64::from(seed.days.1))).unwrap();
    for column in schema.columns.iter().filter(|column| column.of == Of::Record && !column.derived) {
        let draw = u16::from(*code.next().unwrap());
        values[column.slot] = match column.kind {
            FactType::Code if column.required || draw % 4 != 0 => Value::Code(draw % column.codes.len() as u16),
            FactType::Codes => Value::Codes((0..column.codes.len() as u16).filter(|n| seed.evidence >> (n % 16) & 1 == 1).collect()),
            FactType::Number if column.required => Value::Number(Exact::new(seed.quantity, 100)),
            FactType::Number if draw % 2 == 0 => Value::Number(Exact::new(i64::from(draw) * 10, 100)),
            FactType::Date => Value::Date(if column.id == "start" { start } else { end }),
            FactType::Text => match TEXTS[usize::from(*text.next().unwrap())] {
                "" => Value::Empty,
                word => Value::Text(word.into()),
            },
            _ => Value::Empty,
        };
    }
    Record { id: id.to_string(), row: id as u32, values }
}

fn assess(engine: &Engine, place: (&str, i16), records: Vec<Record>) -> Assessment {
    let stacks = engine.stacks(place.0, None, place.1).unwrap();
    let person = Person { id: "P".to_owned(), values: blank(stacks[0].schema(), Of::Person), rows_in_error: false };
    engine.assess(place.0, None, &(person, records), Asked::year(place.1)).unwrap().remove(0)
}

fn records(engine: &Engine, place: (&str, i16), seeds: &[Seed]) -> Vec<Record> {
    let stacks = engine.stacks(place.0, None, place.1).unwrap();
    seeds.iter().enumerate().map(|(at, seed)| record(stacks[0].schema(), place.1, at + 1, seed)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_changes_nothing(seeds in proptest::collection::vec(seed(), 1..14), place in 0..PLACES.len(), turn in 0..14_usize) {
        let engine = Engine::new(shipped());
        let one = records(&engine, PLACES[place], &seeds);
        let mut other = one.clone();
        other.rotate_left(turn % one.len());
        other.reverse();
        let (a, b) = (assess(&engine, PLACES[place], one), assess(&engine, PLACES[place], other));
        prop_assert_eq!((&a.status, &a.hours, a.total, &a.requirements, &a.consequences), (&b.status, &b.hours, b.total, &b.requirements, &b.consequences));
        for record in &a.records {
            let same = b.records.iter().find(|other| other.record == record.record).unwrap();
            prop_assert_eq!(record, same);
        }
    }

    #[test]
    fn hours_cuts_and_carries_add_up_to_what_the_rule_gave(seeds in proptest::collection::vec(seed(), 1..14), place in 0..PLACES.len()) {
        let engine = Engine::new(shipped());
        let result = assess(&engine, PLACES[place], records(&engine, PLACES[place], &seeds));
        let mut sum = Hours::ZERO;
        for record in &result.records {
            sum = sum.plus(record.hours);
            if record.problem.is_some() || record.missing.is_some() {
                prop_assert_eq!(record.hours, Hours::ZERO);
                prop_assert!(record.cuts.is_empty() && record.rule.is_none());
            } else if record.carried_from.is_none() {
                let cut = record.cuts.iter().fold(Hours::ZERO, |sum, cut| sum.plus(cut.hours));
                let carried = record.carried_to.iter().fold(Hours::ZERO, |sum, (_, hours)| sum.plus(*hours));
                prop_assert_eq!(record.steps.unwrap().rounded, record.hours.plus(cut).plus(carried));
            }
        }
        prop_assert_eq!(sum, result.total);
        prop_assert_eq!(result.hours.iter().fold(Hours::ZERO, |sum, bucket| sum.plus(bucket.hours)), result.total);
    }

    #[test]
    fn a_record_with_a_problem_changes_nothing_of_the_others(seeds in proptest::collection::vec(seed(), 2..14), place in 0..PLACES.len()) {
        let engine = Engine::new(shipped());
        let all = records(&engine, PLACES[place], &seeds);
        let whole = assess(&engine, PLACES[place], all.clone());
        // Which platform a year's hours come from is decided between records that are each in order.
        let idle: Vec<usize> = (0..all.len()).filter(|at| whole.records[*at].problem.as_ref().is_some_and(|problem| *problem.code != *"platform-not-combinable")).collect();
        let kept: Vec<Record> = all.iter().enumerate().filter(|(at, _)| !idle.contains(at)).map(|(_, record)| record.clone()).collect();
        let rest = assess(&engine, PLACES[place], kept);
        for record in &rest.records {
            let before = whole.records.iter().find(|other| other.record == record.record).unwrap();
            prop_assert_eq!(before, record);
        }
        prop_assert_eq!((&whole.hours, whole.total), (&rest.hours, rest.total));
    }

    #[test]
    fn explaining_changes_no_result(seeds in proptest::collection::vec(seed(), 1..10), place in 0..PLACES.len()) {
        let engine = Engine::new(shipped());
        let rows = records(&engine, PLACES[place], &seeds);
        let plain = assess(&engine, PLACES[place], rows.clone());
        let stacks = engine.stacks(PLACES[place].0, None, PLACES[place].1).unwrap();
        let person = Person { id: "P".to_owned(), values: blank(stacks[0].schema(), Of::Person), rows_in_error: false };
        let asked = Asked { explain: true, ..Asked::year(PLACES[place].1) };
        let told = engine.assess(PLACES[place].0, None, &(person, rows), asked).unwrap().remove(0);
        prop_assert_eq!((plain.status, &plain.hours, &plain.requirements), (told.status, &told.hours, &told.requirements));
        prop_assert!(plain.records.iter().zip(&told.records).all(|(a, b)| a.hours == b.hours && a.problem.as_ref().map(|p| &p.code) == b.problem.as_ref().map(|p| &p.code)));
    }
}
