//! Persons of whom the same is known, where the same policies answer: what holds for one of them holds for all.

use crate::assessing::no_policy;
use crate::failure::Failure;
use crate::input::{Book, Cards, ColumnFiles, Columns, Defaults, Layouts, PersonRows};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use xueshi_policy::{Asked, Engine, Person, Rows as _, Stack, Text};

/// So many kinds at most are reckoned by columns: with more, too few persons are of one kind.
const MOST_KINDS: usize = 1 << 12;
/// Whom only the explaining path can tell.
pub(crate) const LEFT: u32 = u32::MAX;
/// Those without a card, whom the command line describes.
pub(crate) const NO_CARD: u32 = 0;

/// The kinds of a population.
pub(crate) struct Kinds {
    pub(crate) cards: Option<Arc<Cards>>,
    /// For each card its kind, or [`LEFT`].
    of_card: Vec<u32>,
    /// Nothing where only the explaining path can tell.
    list: Vec<Option<Kind>>,
    /// The policies that answer in some place.
    pub(crate) sets: Vec<Arc<Vec<Arc<Stack>>>>,
    /// Whether a card's person has records.
    seen: Vec<AtomicBool>,
}

/// One kind.
pub(crate) struct Kind {
    /// Which of [`Kinds::sets`].
    pub(crate) set: usize,
    /// One of them, under each stack.
    pub(crate) persons: Vec<Person>,
    /// What is said of each of them.
    pub(crate) notes: Vec<Arc<Text>>,
    /// The card of one of them; nothing where they have none.
    pub(crate) card: Option<u32>,
}

impl Kinds {
    /// Finds the kinds. `also`: columns of persons by which they are told apart though no policy reads them.
    ///
    /// # Errors
    /// If a policy can not be compiled.
    pub(crate) fn new(engine: &Engine, files: &ColumnFiles, columns: &Columns, defaults: &Defaults, asked: Asked, (cards, also): (Option<Arc<Cards>>, &[&str])) -> Result<Self, Failure> {
        let places = cards.as_ref().map_or(std::slice::from_ref(&defaults.place), |cards| &cards.places);
        let mut sets: Vec<Arc<Vec<Arc<Stack>>>> = Vec::new();
        let mut set_of = Vec::with_capacity(places.len());
        for place in places {
            let stacks = engine.stacks(&place.region, place.industry.as_deref(), asked.year)?;
            // Where no policy answers, it is said of each place.
            set_of.push(sets.iter().position(|known| Arc::ptr_eq(known, &stacks) && !stacks.is_empty()).unwrap_or_else(|| {
                sets.push(stacks);
                sets.len() - 1
            }));
        }
        let book = Book::somebody(files.frame(), columns.clone(), defaults.clone());
        let mut new = Self { cards: None, of_card: Vec::new(), list: vec![kind(engine, &book, 0, (0, &sets[0]), asked)], sets, seen: Vec::new() };
        if let Some(cards) = cards {
            let examples = new.number(&cards, columns, &set_of, also);
            let book = Book::of_cards(examples.iter().map(|(card, _)| *card), files.frame(), columns.clone(), defaults.clone(), Arc::clone(&cards));
            let found = examples.iter().enumerate().map(|(at, (_, set))| kind(engine, &book, at, (*set, &new.sets[*set]), asked));
            let found: Vec<_> = found.collect();
            new.list.extend(found);
            new.seen = cards.list.iter().map(|_| AtomicBool::new(false)).collect();
            new.cards = Some(cards);
        }
        Ok(new)
    }

    /// Gives every card the number of its kind; for each kind a card and the policies that answer.
    fn number(&mut self, cards: &Cards, columns: &Columns, set_of: &[usize], also: &[&str]) -> Vec<(u32, usize)> {
        let reads = |id: &str| also.contains(&id) || self.sets.iter().flat_map(|stacks| stacks.iter()).any(|stack| stack.reads(id));
        let heads: Vec<(usize, bool)> = columns.persons.list().iter().enumerate().skip(1).filter(|(at, _)| cards.source.has(*at)).map(|(at, head)| (at, reads(&head.id))).collect();
        let mut known: HashMap<(usize, String), u32> = HashMap::new();
        let mut examples = Vec::new();
        let mut key = String::new();
        for (at, card) in (0_u32..).zip(&cards.list) {
            let set = card.place.and_then(|place| set_of.get(place).copied()).filter(|_| !card.in_error);
            let written = write_key(&mut key, cards, card.row, &heads);
            let Some(set) = set.filter(|_| written) else {
                self.of_card.push(LEFT);
                continue;
            };
            let number = match known.get(&(set, key.clone())) {
                Some(number) => *number,
                None if examples.len() == MOST_KINDS => LEFT,
                None => {
                    examples.push((at, set));
                    // The first kind is of those without a card.
                    let number = u32::try_from(examples.len()).unwrap_or(LEFT);
                    known.insert((set, key.clone()), number);
                    number
                }
            };
            self.of_card.push(number);
        }
        examples
    }

    /// The kind of a person, who has records.
    pub(crate) fn of(&self, id: &str) -> u32 {
        self.of_card(self.see(id))
    }

    /// The kind of whoever has a card, or of those who have none.
    pub(crate) fn of_card(&self, card: Option<u32>) -> u32 {
        card.map_or(NO_CARD, |card| self.of_card.get(card as usize).copied().unwrap_or(LEFT))
    }

    /// The card of a person, who has records.
    pub(crate) fn see(&self, id: &str) -> Option<u32> {
        let card = self.cards.as_ref()?.find(id)?;
        if let Some(seen) = self.seen.get(card as usize) {
            seen.store(true, Ordering::Relaxed);
        }
        Some(card)
    }

    /// The cards of persons who have no records, in order.
    pub(crate) fn without_records(&self) -> Vec<u32> {
        (0_u32..).zip(&self.seen).filter(|(_, seen)| !seen.load(Ordering::Relaxed)).map(|(card, _)| card).collect()
    }

    /// Every kind that is reckoned by columns, with its number.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, &Kind)> {
        (0_u32..).zip(&self.list).filter_map(|(number, kind)| Some((number, kind.as_ref()?)))
    }

    /// Whether quantities in a unit must be whole where some policy answers.
    pub(crate) fn is_whole(&self, word: &str) -> bool {
        self.sets.iter().flat_map(|stacks| stacks.iter()).any(|stack| {
            let schema = stack.schema();
            schema.find("unit").and_then(|unit| schema.code(unit, word)).is_some_and(|unit| schema.whole(unit))
        })
    }

    /// What holds for a kind; nothing where only the explaining path can tell.
    pub(crate) fn get(&self, kind: u32) -> Option<&Kind> {
        self.list.get(kind as usize)?.as_ref()
    }
}

/// Writes what a card says of its person; false where a cell can not be read.
fn write_key(key: &mut String, cards: &Cards, row: usize, heads: &[(usize, bool)]) -> bool {
    key.clear();
    for (header, reads) in heads {
        match cards.source.text(row, *header) {
            Ok(text) if *reads => key.push_str(&text),
            Ok(text) if text.is_empty() => {}
            Ok(_) => key.push('+'),
            Err(_) => return false,
        }
        // Stands in no cell.
        key.push('\u{1F}');
    }
    true
}

/// What holds for everyone of whom the same is known as of a person.
fn kind(engine: &Engine, book: &Book, person: usize, (set, stacks): (usize, &[Arc<Stack>]), asked: Asked) -> Option<Kind> {
    let layouts = Layouts::default();
    let rows = PersonRows::new(book, person, &layouts, stacks);
    let persons: Vec<Person> = stacks.iter().map(|stack| Person { rows_in_error: false, ..rows.read(stack.schema()).0 }).collect();
    let no_policy = book.place(person).filter(|_| stacks.is_empty()).map(|place| Arc::new(no_policy(&place.region, asked.year)));
    let notes = stacks.iter().zip(&persons).flat_map(|(stack, person)| engine.notes(stack, person, asked)).chain(no_policy).collect();
    let known = stacks.iter().all(|stack| stack.duties().iter().all(|duty| stack.subjects(*duty).is_some()));
    // What can not be read of a person is told where the person is assessed.
    (known && rows.into_errors().into_list().is_empty()).then_some(Kind { set, persons, notes, card: book.entry(person).card })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Place;
    use std::path::Path;

    #[test]
    fn whom_the_command_line_describes_is_reckoned_by_columns() {
        let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies");
        let engine = Engine::new(crate::policies::library(Some(&policies)).unwrap());
        let columns = Columns::of(&engine, 2022);
        let files = ColumnFiles::open(&[], &columns.records).unwrap();
        for industry in [None, Some("crafts".to_owned())] {
            let place = Place { region: "990000".to_owned(), industry };
            let defaults = Defaults { place, facts: vec![("org_kind".to_owned(), "enterprise".to_owned())] };
            let kinds = Kinds::new(&engine, &files, &columns, &defaults, Asked::year(2022), (None, &[])).unwrap();
            assert!(kinds.get(kinds.of("P1")).is_some());
        }
    }
}
