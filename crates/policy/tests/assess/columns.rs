//! The columnar path gives what the explaining path gives, whatever the records are.

use crate::support::blank;
use proptest::prelude::*;
use std::sync::LazyLock;
use xueshi_policy::{Asked, Assessment, Block, Cell, Cells, Columnar, Engine, Exact, FactType, Hours, NO_DAY, NO_NUMBER, Of, Outcome, Person, Record, RowOutcome, Schema, Storage, Value};

/// Places, sectors and years that between them ask every shipped policy and every policy of the tests.
const PLACES: [(&str, Option<&str>, i16); 27] = [
    ("510100", None, 2019),
    ("510700", None, 2018),
    ("500000", None, 2023),
    ("500103", None, 2010),
    ("500103", None, 2018),
    ("650200", None, 2023),
    ("430100", None, 2020),
    ("110000", Some("health"), 2020),
    ("110000", Some("cpa"), 2020),
    ("310000", Some("lawyers"), 2020),
    ("990100", Some("test-alternatives"), 2022),
    ("990100", Some("test-bands"), 2022),
    ("990100", Some("test-buckets"), 2022),
    ("990100", Some("test-carry"), 2023),
    ("990100", Some("test-cycle"), 2021),
    ("990100", Some("test-deferral"), 2023),
    ("990100", None, 2022),
    ("990200", None, 2022),
    ("990100", Some("test-layers"), 2022),
    ("990200", Some("test-lower-grant"), 2022),
    ("990200", Some("test-outputs"), 2022),
    ("990200", Some("test-prorate"), 2022),
    ("990200", Some("test-purpose"), 2022),
    ("990200", Some("test-specialty"), 2023),
    ("330100", Some("school-teachers"), 2013),
    ("330100", Some("school-teachers"), 2018),
    ("320300", None, 2018),
];

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(crate::files::library(&crate::files::policies())));

/// Numbers to draw from, used over and over.
struct Draw<'a>(std::iter::Cycle<std::slice::Iter<'a, u16>>, usize);

impl Draw<'_> {
    fn up_to(&mut self, most: usize) -> usize {
        self.1 = self.1.wrapping_mul(31).wrapping_add(usize::from(*self.0.next().unwrap()));
        (self.1 >> 3) % most
    }
}

/// A person with its records, as the words and numbers of a file.
fn person(schema: &Schema, year: i16, plausible: bool, draw: &mut Draw<'_>) -> (Person, Vec<Record>) {
    let mut person = Person { id: "P".to_owned(), values: blank(schema, Of::Person), rows_in_error: false };
    if !plausible && draw.up_to(3) == 0 {
        for column in schema.columns.iter().filter(|column| column.of == Of::Person && !column.derived) {
            if draw.up_to(3) == 0 {
                person.values[column.slot] = value(schema, column.id.as_str(), year, plausible, draw);
            }
        }
    }
    let count = draw.up_to(14);
    let records = (0..count).map(|at| {
        let mut values = blank(schema, Of::Record);
        for column in schema.columns.iter().filter(|column| column.of == Of::Record && !column.derived) {
            values[column.slot] = value(schema, column.id.as_str(), year, plausible, draw);
        }
        Record { id: (at + 1).to_string(), row: at as u32 + 1, values }
    });
    let mut records: Vec<Record> = records.collect();
    // In the order in which they count.
    let end = schema.columns[schema.find("end").unwrap()].slot;
    records.sort_by_key(|record| match &record.values[end] {
        Value::Date(day) => Some(*day),
        _ => None,
    });
    (person, records)
}

const TEXTS: [&str; 8] = ["", "sc-online", "5G+", "cq-public-1", "cq-public-2", "人工智能与健康", "xj-rst-1", "甲"];

fn value(schema: &Schema, id: &str, year: i16, plausible: bool, draw: &mut Draw<'_>) -> Value {
    let at = schema.find(id).unwrap();
    let column = &schema.columns[at];
    let often = if plausible { 1 } else { 2 };
    match column.kind {
        FactType::Code if column.required || draw.up_to(4) != 0 => Value::Code(draw.up_to(column.codes.len()) as u16),
        FactType::Codes => {
            let codes: Vec<u16> = (0..column.codes.len() as u16).filter(|_| draw.up_to(3) == 0 || plausible).collect();
            if codes.is_empty() { Value::Empty } else { Value::Codes(codes) }
        }
        FactType::Number if column.required && draw.up_to(often) == 0 => Value::Number(Exact::from_integer(draw.up_to(9) as i64)),
        FactType::Number if column.required => Value::Number(Exact::new(draw.up_to(6000) as i64, 100)),
        FactType::Number if draw.up_to(2) == 0 => Value::Number(Exact::from_integer(draw.up_to(30) as i64)),
        FactType::Date => {
            let day = if plausible { jiff::civil::date(year, 1, 1) } else { jiff::civil::date(year - 1, 1, 1) };
            let after = draw.up_to(if plausible { 365 } else { 1100 }) as i64;
            Value::Date(day.checked_add(jiff::Span::new().days(after)).unwrap())
        }
        FactType::Text => match TEXTS[draw.up_to(TEXTS.len())] {
            "" => Value::Empty,
            text => Value::Text(text.into()),
        },
        FactType::YesNo if draw.up_to(2) == 0 => Value::YesNo(draw.up_to(2) == 0),
        FactType::Years => Value::Years(if draw.up_to(4) == 0 { vec![year - draw.up_to(3) as i16] } else { Vec::new() }),
        _ => Value::Empty,
    }
}

/// Columns as a file would have them: words numbered by first appearance, word 0 the empty cell.
struct Columns {
    ids: Vec<(String, Storage)>,
    words: Vec<Vec<String>>,
    numbers: Vec<Vec<u32>>,
    hundredths: Vec<Vec<i64>>,
    days: Vec<Vec<i32>>,
}

impl Columns {
    fn new(schema: &Schema, records: &[&Record]) -> Self {
        let mut new = Self { ids: Vec::new(), words: Vec::new(), numbers: Vec::new(), hundredths: Vec::new(), days: Vec::new() };
        for (at, column) in schema.columns.iter().enumerate().filter(|(_, column)| column.of == Of::Record && !column.derived) {
            let (mut words, mut numbers, mut hundredths, mut days) = (vec![String::new()], Vec::new(), Vec::new(), Vec::new());
            for record in records {
                match &record.values[column.slot] {
                    Value::Number(number) => hundredths.push((number * Exact::from_integer(100)).to_integer()),
                    Value::Date(day) => days.push(jiff::civil::date(1970, 1, 1).until(*day).unwrap().get_days()),
                    other => {
                        hundredths.push(NO_NUMBER);
                        days.push(NO_DAY);
                        let word = word(schema, at, other);
                        let known = words.iter().position(|known| *known == word).unwrap_or_else(|| {
                            words.push(word);
                            words.len() - 1
                        });
                        numbers.push(known as u32);
                    }
                }
            }
            let storage = match column.kind {
                FactType::Number => Storage::Numbers,
                FactType::Date => Storage::Days,
                _ => Storage::Words,
            };
            new.ids.push((column.id.clone(), storage));
            new.words.push(words);
            new.numbers.push(numbers);
            new.hundredths.push(hundredths);
            new.days.push(days);
        }
        new
    }

    fn cells(&self) -> Vec<Cells<'_>> {
        let cells = |at: usize| match self.ids[at].1 {
            Storage::Words => Cells::Words(&self.numbers[at]),
            Storage::Numbers => Cells::Numbers(&self.hundredths[at]),
            Storage::Days => Cells::Days(&self.days[at]),
        };
        (0..self.ids.len()).map(cells).collect()
    }
}

fn word(schema: &Schema, column: usize, value: &Value) -> String {
    let code = |at: &u16| schema.columns[column].codes[usize::from(*at)].id.clone();
    let word = match value {
        Value::Code(at) => code(at),
        Value::Codes(codes) => codes.iter().map(code).collect::<Vec<_>>().join(";"),
        Value::Text(text) => text.to_string(),
        Value::Texts(texts) => texts.join(";"),
        Value::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Years(years) => years.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
        _ => String::new(),
    };
    assert!(matches!(schema.read(column, &word), Cell::Is(..)), "{word}");
    word
}

/// Assesses persons both ways; says how many of how many were reckoned by columns.
fn compare((region, sector, year): (&str, Option<&str>, i16), people: impl Fn(&Schema, i16) -> Vec<(Person, Vec<Record>)>) -> Result<(usize, usize), TestCaseError> {
    let (asked, mut reckoned, mut all) = (Asked::year(year), 0, 0);
    for stack in ENGINE.stacks(region, sector, year).unwrap().iter() {
        let people = people(stack.schema(), year);
        let records: Vec<&Record> = people.iter().flat_map(|(_, records)| records).collect();
        let columns = Columns::new(stack.schema(), &records);
        let ids: Vec<(&str, Storage)> = columns.ids.iter().map(|(id, storage)| (id.as_str(), *storage)).collect();
        let cells = columns.cells();
        let block = Block { rows: records.len(), columns: &cells };
        for duty in stack.duties() {
            let mut columnar = Columnar::new(stack.clone(), *duty, asked, &ids).unwrap();
            for (at, words) in columns.words.iter().enumerate() {
                columnar.learn(at, words);
            }
            columnar.begin();
            let mut first = 0;
            for (person, records) in &people {
                let rows = first..first + records.len();
                first = rows.end;
                let candidates = ENGINE.assess(region, sector, &(person.clone(), records.clone()), asked).unwrap();
                let of_stack = |result: &&Assessment| *result.duty == *columnar.duty() && result.policies.iter().all(|policy| stack.files().iter().any(|file| file.id() == &*policy.id));
                let want = candidates.iter().filter(of_stack).max_by_key(|result| result.policies.len());
                let number = columnar.person(person);
                all += 1;
                for exactly in [false, true] {
                    let mut result = Ok(());
                    columnar.assess(number, &block, &[rows.start, rows.end], exactly, |_, outcome, out| {
                        result = (|| {
                            match outcome {
                                Outcome::Whole => {}
                                Outcome::None => prop_assert!(want.is_none(), "{region} {sector:?} {year}: the duty does not apply by columns, but does by reasons"),
                                Outcome::Totals(totals) => {
                                    reckoned += usize::from(!exactly);
                                    let Some(want) = want else { return Err(TestCaseError::fail("the duty applies by columns only")) };
                                    prop_assert_eq!(
                                        (totals.status, totals.total),
                                        (want.status, want.total),
                                        "{} {:?} {}: {} against {}",
                                        region,
                                        sector,
                                        year,
                                        rows_out(&totals, out),
                                        crate::support::summary(want)
                                    );
                                    for bucket in &want.hours {
                                        prop_assert_eq!(totals.bucket(&bucket.bucket), Some(bucket.hours));
                                    }
                                    let got: Vec<_> = totals.requirements().collect();
                                    let asked: Vec<_> = want.requirements.iter().map(|r| (r.have, r.at_least.unwrap_or(Hours::ZERO), r.short)).collect();
                                    prop_assert_eq!(got, asked);
                                    let policies: Vec<&str> = want.policies.iter().map(|policy| &*policy.id).collect();
                                    prop_assert_eq!(totals.policies().collect::<Vec<_>>(), policies);
                                    if exactly {
                                        same_rows(&totals, out, want)?;
                                    }
                                }
                            }
                            Ok(())
                        })()
                    });
                    result?;
                }
            }
        }
    }
    Ok((reckoned, all))
}

fn rows_out(totals: &xueshi_policy::Totals<'_>, rows: &[RowOutcome]) -> String {
    rows.iter().map(|row| format!("{} {:?} {:?}; ", row.hours, totals.rule(row).map(|item| &item.id), totals.problem(row))).collect()
}

fn same_rows(totals: &xueshi_policy::Totals<'_>, rows: &[RowOutcome], want: &Assessment) -> Result<(), TestCaseError> {
    prop_assert_eq!(rows.len(), want.records.len());
    for (row, record) in rows.iter().zip(&want.records) {
        let cut = record.cuts.iter().fold(Hours::ZERO, |sum, cut| sum.plus(cut.hours));
        prop_assert_eq!((row.hours, row.cut), (record.hours, cut));
        prop_assert_eq!(totals.rule(row).map(|item| &item.id), record.rule.as_ref().map(|item| &item.id));
        prop_assert_eq!(totals.problem(row), record.problem.as_ref().map(|problem| &*problem.code));
        if let Some(subject) = totals.subject(row) {
            prop_assert_eq!(subject, &*record.subject);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn columns_give_what_reasons_give(seeds in proptest::collection::vec(any::<u16>(), 60..120), plausible in any::<bool>()) {
        for place in PLACES {
            compare(place, |schema, year| {
                let mut draw = Draw(seeds.iter().cycle(), usize::from(seeds[0]));
                (0..6).map(|_| person(schema, year, plausible, &mut draw)).collect()
            })?;
        }
    }
}

/// Of people with ordinary records, nearly all are reckoned by columns.
#[test]
fn ordinary_people_are_reckoned_by_columns() {
    let seeds: Vec<u16> = (0..4001_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u16).collect();
    for (place, least) in [(PLACES[0], 90), (PLACES[1], 95), (PLACES[3], 95), (PLACES[4], 95), (PLACES[6], 95)] {
        let (reckoned, all) = compare(place, |schema, year| {
            let mut draw = Draw(seeds.iter().cycle(), 7);
            (0..500).map(|_| person(schema, year, true, &mut draw)).collect()
        })
        .unwrap();
        assert!(reckoned * 100 >= all * least, "{place:?}: {reckoned} of {all}");
    }
}
