//! Which rows are whose: the order of persons, their rows, their place, and rows that belong to nobody.

use super::book::Defaults;
use super::error::{RowError, Table};
use super::headers::Columns;
use super::source::Source;
use std::collections::HashMap;
use xueshi_policy::{Text, text};

/// Where a person stands: what regulations answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// Six digits of GB/T 2260.
    pub(crate) region: String,
    /// The industry, where one is given.
    pub(crate) industry: Option<String>,
}

/// A person of the tables.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    /// Row of the persons table.
    pub(crate) card: Option<usize>,
    /// Which of [`Index::places`]; none where it can not be read.
    pub(crate) place: Option<usize>,
    /// A row of the persons table that names the person could not be used.
    pub(crate) in_error: bool,
}

/// Rows by person, persons in the order in which they appear.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) people: Vec<Entry>,
    /// Where each person's rows begin in `rows`, and where the last one's end.
    starts: Vec<u32>,
    rows: Vec<u32>,
    pub(crate) places: Vec<Place>,
    pub(crate) errors: Vec<RowError>,
    /// Persons with records whom the persons table lacks.
    pub(crate) without_card: usize,
}

impl Index {
    /// Groups the rows of both tables.
    pub(crate) fn new(records: &Source, persons: Option<&Source>, columns: &Columns, defaults: &Defaults) -> Self {
        let mut index = Self { places: vec![defaults.place.clone()], ..Self::default() };
        let mut known: HashMap<String, u32> = HashMap::new();
        let owners = index.owners(records, columns, &mut known);
        index.group(&owners);
        if let Some(persons) = persons {
            index.read_persons(persons, columns, &mut known, defaults);
            index.without_card = index.people.iter().filter(|person| person.card.is_none()).count();
        }
        // Persons without records have no rows.
        let last = index.starts.last().copied().unwrap_or(0);
        index.starts.resize(index.people.len() + 1, last);
        index
    }

    /// The rows of a person in the order of the file.
    pub(crate) fn rows(&self, person: usize) -> &[u32] {
        let at = |person: usize| self.starts.get(person).map_or(0, |start| *start as usize);
        self.rows.get(at(person)..at(person + 1)).unwrap_or_default()
    }

    /// For each row of the records, its person; none where the row names nobody.
    fn owners(&mut self, records: &Source, columns: &Columns, known: &mut HashMap<String, u32>) -> Vec<Option<u32>> {
        let mut owners = Vec::with_capacity(records.len());
        let mut last: Option<u32> = None;
        for row in 0..records.len() {
            let id = match records.text(row, Columns::PERSON) {
                Ok(id) if id.is_empty() => Err((String::new(), Text::new("必填，不能空白", "required: must not be blank"))),
                Ok(id) => Ok(id),
                Err(bad) => Err((bad.value.clone(), super::decode::bad_cell(String::new(), &bad).message)),
            };
            let owner = match id {
                // Rows of one person mostly follow each other.
                Ok(id) if last.is_some_and(|last| self.people.get(last as usize).is_some_and(|person| person.id == *id)) => last,
                Ok(id) => Some(self.person(&id, known)),
                Err((value, message)) => {
                    self.error(Table::Records, records, row, columns, ("person", value, message));
                    None
                }
            };
            owners.push(owner);
            last = owner.or(last);
        }
        owners
    }

    fn person(&mut self, id: &str, known: &mut HashMap<String, u32>) -> u32 {
        if let Some(at) = known.get(id) {
            return *at;
        }
        let at = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        known.insert(id.to_owned(), at);
        self.people.push(Entry { id: id.to_owned(), card: None, place: Some(0), in_error: false });
        at
    }

    /// Sorts the rows by person, keeping their order.
    fn group(&mut self, owners: &[Option<u32>]) {
        let mut starts = vec![0_u32; self.people.len() + 1];
        for owner in owners.iter().flatten() {
            starts[*owner as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        self.rows = vec![0; starts.last().map_or(0, |end| *end as usize)];
        for (row, owner) in (0_u32..).zip(owners) {
            if let Some(owner) = owner {
                let place = &mut next[*owner as usize];
                self.rows[*place as usize] = row;
                *place += 1;
            }
        }
        self.starts = starts;
    }

    fn read_persons(&mut self, persons: &Source, columns: &Columns, known: &mut HashMap<String, u32>, defaults: &Defaults) {
        let mut places: HashMap<Place, usize> = HashMap::from([(defaults.place.clone(), 0)]);
        for row in 0..persons.len() {
            let id = match persons.text(row, Columns::PERSON) {
                Ok(id) if !id.is_empty() => id.into_owned(),
                Ok(_) => {
                    let message = Text::new("必填，不能空白", "required: must not be blank");
                    self.error(Table::Persons, persons, row, columns, ("person", String::new(), message));
                    continue;
                }
                Err(bad) => {
                    let message = super::decode::bad_cell(String::new(), &bad).message;
                    self.error(Table::Persons, persons, row, columns, ("person", bad.value, message));
                    continue;
                }
            };
            let at = self.person(&id, known) as usize;
            if let Some(first) = self.people[at].card {
                let first = persons.number(first);
                let message = text!("人员重复：第 {first} 行已有；每人一行", "the person stands in row {first} already; one row a person");
                self.error(Table::Persons, persons, row, columns, ("person", id, message));
                self.people[at].in_error = true;
                continue;
            }
            self.people[at].card = Some(row);
            self.people[at].place = self.place(persons, row, columns, defaults).map(|place| {
                *places.entry(place).or_insert_with_key(|place| {
                    self.places.push(place.clone());
                    self.places.len() - 1
                })
            });
        }
    }

    /// The place of a row of persons, the command line's where the row says nothing; none where it can not be read.
    fn place(&mut self, persons: &Source, row: usize, columns: &Columns, defaults: &Defaults) -> Option<Place> {
        let mut read = |header: usize, id: &'static str, fine: fn(&str) -> bool, accepted: Text| match persons.text(row, header) {
            Ok(text) if text.is_empty() => Some(None),
            Ok(text) if fine(&text) => Some(Some(text.into_owned())),
            Ok(text) => {
                self.error(Table::Persons, persons, row, columns, (id, text.into_owned(), accepted));
                None
            }
            Err(bad) => {
                let message = super::decode::bad_cell(String::new(), &bad).message;
                self.error(Table::Persons, persons, row, columns, (id, bad.value, message));
                None
            }
        };
        let region = read(Columns::REGION, "region", is_region, region_accepted());
        let industry = read(Columns::INDUSTRY, "industry", |_| true, Text::default());
        Some(Place { region: region?.unwrap_or_else(|| defaults.place.region.clone()), industry: industry?.or_else(|| defaults.place.industry.clone()) })
    }

    fn error(&mut self, table: Table, source: &Source, row: usize, columns: &Columns, (column, value, message): (&str, String, Text)) {
        let heads = if table == Table::Records { &columns.records } else { &columns.persons };
        let error = RowError { table, file: source.file(row), row: source.number(row), column: column.to_owned(), title: heads.title(column), value, message };
        self.errors.push(error);
    }
}

/// Whether a text is a code of GB/T 2260.
pub(crate) fn is_region(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is accepted as a region.
pub(crate) fn region_accepted() -> Text {
    Text::new("填六位行政区划代码，如 510100（成都市）", "six digits of GB/T 2260, such as 510100 (Chengdu)")
}
