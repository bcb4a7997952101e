//! The texts of a column, each kept once and called by its number.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Texts in the order in which they were met; the first is the empty one.
#[derive(Debug)]
pub(super) struct Words {
    texts: Vec<String>,
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Bytes the texts take, with what keeping them takes.
    size: usize,
}

/// What a text takes beside its bytes: its own entry, and its place in the table.
const OVERHEAD: usize = 48;

impl Words {
    pub(super) fn new() -> Words {
        let mut words = Words { texts: Vec::new(), places: HashTable::new(), hasher: DefaultHashBuilder::default(), size: 0 };
        words.number("");
        words
    }

    pub(super) fn texts(&self) -> &[String] {
        &self.texts
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The number of a text that was met before.
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        let is_same = |place: &u32| self.texts.get(*place as usize).is_some_and(|known| known.as_bytes() == text);
        self.places.find(self.hasher.hash_one(text), is_same).copied()
    }

    /// The number of a text, which is kept if it is new.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.find(text.as_bytes()) {
            return number;
        }
        // Texts that many would take more than the memory allowed for them long before.
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.size += text.len() + OVERHEAD;
        let (texts, hasher) = (&self.texts, &self.hasher);
        let hash_of = |place: &u32| hasher.hash_one(texts.get(*place as usize).map_or(&b""[..], String::as_bytes));
        self.places.insert_unique(hasher.hash_one(text.as_bytes()), number, hash_of);
        number
    }
}
