//! The texts of a column, each kept once and called by its number.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Texts in the order in which they were met; the first is the empty one.
#[derive(Debug)]
pub(crate) struct Words {
    texts: Vec<String>,
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Bytes the texts take, with what keeping them takes.
    size: usize,
    /// Texts met lately, by their beginnings and ends: of most columns there are but a few.
    recent: Box<[Recent; RECENT]>,
    /// The text met last by [`Words::lately`].
    last: u32,
}

/// A text as stored, and its number.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    key: Key,
    number: u32,
}

/// The length of a text, its first eight bytes and its last eight: all of a text that has no more.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Key {
    length: usize,
    first: u64,
    last: u64,
}

/// How many texts are remembered as met lately, a power of two.
const RECENT: usize = 1 << 10;

/// What a text takes beside its bytes: its own entry, and its place in the table.
const OVERHEAD: usize = 48;

impl Words {
    pub(crate) fn new() -> Words {
        let mut words = Words { texts: Vec::new(), places: HashTable::new(), hasher: DefaultHashBuilder::default(), size: 0, recent: Box::new([Recent::default(); RECENT]), last: 0 };
        words.number("");
        words
    }

    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }

    pub(crate) fn into_texts(self) -> Vec<String> {
        self.texts
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// The number of a text that was met lately just as it stands here, of sixteen bytes at most.
    pub(crate) fn recent(&self, text: &[u8]) -> Option<u32> {
        let key = Key::of(text)?;
        let recent = &self.recent[key.place()];
        (recent.key == key).then_some(recent.number)
    }

    /// Remembers what a text is read as.
    pub(crate) fn remember(&mut self, text: &[u8], number: u32) {
        if let Some(key) = Key::of(text) {
            self.recent[key.place()] = Recent { key, number };
        }
    }

    /// The number of a text that was met before.
    pub(crate) fn find(&self, text: &[u8]) -> Option<u32> {
        let is_same = |place: &u32| self.texts.get(*place as usize).is_some_and(|known| known.as_bytes() == text);
        self.places.find(self.hasher.hash_one(text), is_same).copied()
    }

    /// The number of a text, which is kept if it is new.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        match self.find(text.as_bytes()) {
            Some(number) => number,
            None => self.add(text),
        }
    }

    /// The number of a text that was likely met just before or lately; it is kept if it is new.
    pub(crate) fn lately(&mut self, text: &str) -> u32 {
        if self.texts.get(self.last as usize).is_some_and(|last| last == text) {
            return self.last;
        }
        self.last = match self.recent(text.as_bytes()) {
            Some(number) => number,
            None => {
                let number = self.number(text);
                self.remember(text.as_bytes(), number);
                number
            }
        };
        self.last
    }

    /// Keeps a text that was not met before.
    pub(crate) fn add(&mut self, text: &str) -> u32 {
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

impl Key {
    fn of(text: &[u8]) -> Option<Key> {
        let length = text.len();
        let (first, last) = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) if length <= 16 => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            (None, None) => {
                let mut bytes = [0; 8];
                bytes[..length].copy_from_slice(text);
                (u64::from_le_bytes(bytes), 0)
            }
            _ => return None,
        };
        Some(Key { length, first, last })
    }

    fn place(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(29) ^ self.length as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 54) as usize
    }
}
