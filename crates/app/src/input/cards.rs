//! The table of persons: a card each, found by the person's id.

use super::book::Defaults;
use super::decode::bad_cell;
use super::error::{RowError, Table};
use super::headers::Columns;
use super::index::{Place, is_region, region_accepted, row_error};
use super::source::Source;
use std::borrow::Cow;
use std::collections::HashMap;
use xueshi_policy::{Text, text};

/// Every card of the table of persons.
#[derive(Debug)]
pub(crate) struct Cards {
    pub(crate) source: Source,
    pub(crate) list: Vec<Card>,
    /// The card of each person.
    known: HashMap<Box<str>, u32>,
    /// Every place that a card names, the command line's first.
    pub(crate) places: Vec<Place>,
    /// Rows that can not be read, name nobody, or stand in no known place.
    pub(crate) errors: Vec<RowError>,
}

/// What the table says of one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Card {
    /// Its row.
    pub(crate) row: usize,
    /// Which of [`Cards::places`]; none where it can not be read.
    pub(crate) place: Option<usize>,
    /// Another row names the same person.
    pub(crate) in_error: bool,
}

impl Cards {
    /// Reads whose the rows are, and where each person stands.
    pub(crate) fn new(source: Source, columns: &Columns, defaults: &Defaults) -> Self {
        let mut cards = Self { source, list: Vec::new(), known: HashMap::new(), places: vec![defaults.place.clone()], errors: Vec::new() };
        let mut places: HashMap<Place, usize> = HashMap::from([(defaults.place.clone(), 0)]);
        for row in 0..cards.source.len() {
            let id: Box<str> = match cards.source.text(row, Columns::PERSON) {
                Ok(id) if !id.is_empty() => id.as_ref().into(),
                Ok(_) => {
                    let message = Text::new("必填，不能空白", "required: must not be blank");
                    cards.error(row, columns, ("person", String::new(), message));
                    continue;
                }
                Err(bad) => {
                    let message = bad_cell(String::new(), &bad).message;
                    cards.error(row, columns, ("person", bad.value, message));
                    continue;
                }
            };
            if let Some(at) = cards.known.get(&id) {
                let card = &mut cards.list[*at as usize];
                card.in_error = true;
                let first = cards.source.number(card.row);
                let message = text!("人员重复：第 {first} 行已有；每人一行", "the person stands in row {first} already; one row a person");
                cards.error(row, columns, ("person", id.into(), message));
                continue;
            }
            let place = cards.place(row, columns, defaults).map(|place| {
                *places.entry(place).or_insert_with_key(|place| {
                    cards.places.push(place.clone());
                    cards.places.len() - 1
                })
            });
            cards.known.insert(id, u32::try_from(cards.list.len()).unwrap_or(u32::MAX));
            cards.list.push(Card { row, place, in_error: false });
        }
        if let Source::File(name, rows) = &cards.source {
            cards.errors.extend(rows.row_errors.iter().map(|fault| RowError::unreadable(Table::Persons, name, fault)));
        }
        cards
    }

    /// The card of a person.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        self.known.get(id).copied()
    }

    /// Whose a card is.
    pub(crate) fn id(&self, card: u32) -> Cow<'_, str> {
        let row = self.list.get(card as usize).map_or(0, |card| card.row);
        self.source.text(row, Columns::PERSON).unwrap_or_default()
    }

    /// Every id of a person, in no order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(|id| &**id)
    }

    /// The place of a row, the command line's where the row says nothing; none where it can not be read.
    fn place(&mut self, row: usize, columns: &Columns, defaults: &Defaults) -> Option<Place> {
        let region = self.read(row, columns, (Columns::REGION, "region"), is_region, region_accepted());
        let industry = self.read(row, columns, (Columns::INDUSTRY, "industry"), |_| true, Text::default());
        Some(Place { region: region?.unwrap_or_else(|| defaults.place.region.clone()), industry: industry?.or_else(|| defaults.place.industry.clone()) })
    }

    /// What a cell says; `Some(None)` where it is blank, nothing where it can not be read.
    fn read(&mut self, row: usize, columns: &Columns, (header, id): (usize, &'static str), fine: fn(&str) -> bool, accepted: Text) -> Option<Option<String>> {
        let (value, message) = match self.source.text(row, header) {
            Ok(text) if text.is_empty() => return Some(None),
            Ok(text) if fine(&text) => return Some(Some(text.into_owned())),
            Ok(text) => (text.into_owned(), accepted),
            Err(bad) => {
                let message = bad_cell(String::new(), &bad).message;
                (bad.value, message)
            }
        };
        self.error(row, columns, (id, value, message));
        None
    }

    fn error(&mut self, row: usize, columns: &Columns, what: (&str, String, Text)) {
        let error = row_error(Table::Persons, &self.source, row, columns, what);
        self.errors.push(error);
    }
}
