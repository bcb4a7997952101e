//! Which rows are whose: the order of persons, their rows, their place, and rows that belong to nobody.

use super::cards::Cards;
use super::error::{RowError, Table};
use super::headers::Columns;
use super::source::Source;
use std::collections::HashMap;
use xueshi_policy::Text;

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
    /// Which of the cards.
    pub(crate) card: Option<u32>,
    /// Which of the places that cards name; none where it can not be read.
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
    pub(crate) errors: Vec<RowError>,
    /// Persons with records whom the persons table lacks.
    pub(crate) without_card: usize,
}

impl Index {
    /// Groups the rows of the records. `everyone`: persons who have a card and no record follow those who have one.
    pub(crate) fn new(records: &Source, cards: Option<&Cards>, columns: &Columns, everyone: bool) -> Self {
        let mut index = Self::default();
        let mut known: HashMap<String, u32> = HashMap::new();
        let owners = index.owners(records, columns, &mut known);
        index.group(&owners);
        let Some(cards) = cards else { return index };
        for person in &mut index.people {
            let id = std::mem::take(&mut person.id);
            *person = Entry::new(id, cards);
        }
        index.without_card = index.people.iter().filter(|person| person.card.is_none()).count();
        if everyone {
            let others = (0..u32::try_from(cards.list.len()).unwrap_or(u32::MAX)).filter(|card| !known.contains_key(&*cards.id(*card)));
            index.add_cards(others, cards);
        }
        index
    }

    /// Persons without records, by their cards.
    pub(crate) fn of_cards(which: impl Iterator<Item = u32>, cards: &Cards) -> Self {
        let mut index = Self::default();
        index.add_cards(which, cards);
        index
    }

    /// Somebody without records and without a card.
    pub(crate) fn somebody() -> Self {
        Self { people: vec![Entry { id: String::new(), card: None, place: Some(0), in_error: false }], starts: vec![0; 2], ..Self::default() }
    }

    fn add_cards(&mut self, which: impl Iterator<Item = u32>, cards: &Cards) {
        self.people.extend(which.map(|card| Entry::new(cards.id(card).into_owned(), cards)));
        // Persons without records have no rows.
        let last = self.starts.last().copied().unwrap_or(0);
        self.starts.resize(self.people.len() + 1, last);
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
                    self.errors.push(row_error(Table::Records, records, row, columns, ("person", value, message)));
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
}

impl Entry {
    fn new(id: String, cards: &Cards) -> Self {
        let card = cards.find(&id);
        match card.and_then(|card| cards.list.get(card as usize)) {
            Some(found) => Self { id, card, place: found.place, in_error: found.in_error },
            None => Self { id, card: None, place: Some(0), in_error: false },
        }
    }
}

/// An error of a row of a table.
pub(super) fn row_error(table: Table, source: &Source, row: usize, columns: &Columns, (column, value, message): (&str, String, Text)) -> RowError {
    let heads = if table == Table::Records { &columns.records } else { &columns.persons };
    RowError { table, file: source.file(row), row: source.number(row), column: column.to_owned(), title: heads.title(column), value, message }
}

/// Whether a text is a code of GB/T 2260.
pub(crate) fn is_region(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is accepted as a region.
pub(crate) fn region_accepted() -> Text {
    Text::new("填六位行政区划代码，如 510100（成都市）", "six digits of GB/T 2260, such as 510100 (Chengdu)")
}
