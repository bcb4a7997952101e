//! What is made for a place, sector and year, kept for the next who ask, in bounded memory: places and years are what strangers name.

use std::collections::HashMap;
use std::sync::Arc;

/// A place, sector and year.
pub(crate) type PlaceKey = (String, Option<String>, i16);
/// The ids of policies, by stack, and the year: places without policies of their own share what those around them have.
pub(crate) type FilesKey = (Vec<Vec<String>>, i16);

/// Places kept at most; each is a text and a pointer.
const PLACES_MOST: usize = 4096;
/// Bytes of a place and sector at most that are kept: a place is six digits.
const PLACE_BYTES: usize = 64;

/// What was made, by place and by policies. With one more than fits all of it goes, and is made again when somebody asks.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    places: HashMap<PlaceKey, Arc<T>>,
    files: HashMap<FilesKey, Arc<T>>,
    most: usize,
}

impl<T> Kept<T> {
    /// Keeps what was made for `most` sets of policies and years.
    pub(crate) fn new(most: usize) -> Self {
        Self { places: HashMap::new(), files: HashMap::new(), most }
    }

    /// What was made for a place.
    pub(crate) fn of_place(&self, key: &PlaceKey) -> Option<Arc<T>> {
        self.places.get(key).cloned()
    }

    /// What was made for the policies of a place, which has it by its own name from then on.
    pub(crate) fn of_files(&mut self, place: PlaceKey, files: &FilesKey) -> Option<Arc<T>> {
        let found = self.files.get(files).cloned()?;
        self.name(place, &found);
        Some(found)
    }

    /// Keeps what was made.
    pub(crate) fn keep(&mut self, place: PlaceKey, files: FilesKey, made: &Arc<T>) {
        if self.files.len() >= self.most && !self.files.contains_key(&files) {
            self.files.clear();
            // They hold what is let go.
            self.places.clear();
        }
        self.files.insert(files, Arc::clone(made));
        self.name(place, made);
    }

    fn name(&mut self, place: PlaceKey, made: &Arc<T>) {
        if place.0.len() + place.1.as_ref().map_or(0, String::len) > PLACE_BYTES {
            return;
        }
        if self.places.len() >= PLACES_MOST && !self.places.contains_key(&place) {
            self.places.clear();
        }
        self.places.insert(place, Arc::clone(made));
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, PLACES_MOST};
    use std::sync::Arc;

    fn place(code: &str, year: i16) -> (String, Option<String>, i16) {
        (code.to_owned(), None, year)
    }

    fn files(id: &str, year: i16) -> (Vec<Vec<String>>, i16) {
        (vec![vec![id.to_owned()]], year)
    }

    #[test]
    fn places_share_and_nothing_outlives_its_room() {
        let mut kept = Kept::new(2);
        let made = Arc::new(1);
        kept.keep(place("51", 2020), files("a", 2020), &made);
        assert!(kept.of_files(place("5101", 2020), &files("a", 2020)).is_some_and(|found| Arc::ptr_eq(&found, &made)));
        assert!(kept.of_place(&place("5101", 2020)).is_some());
        for code in 0..3 * PLACES_MOST {
            assert!(kept.of_files(place(&code.to_string(), 2020), &files("a", 2020)).is_some());
            assert!(kept.places.len() <= PLACES_MOST);
        }
        assert!(kept.of_files(place(&"5".repeat(1000), 2020), &files("a", 2020)).is_some());
        assert!(kept.places.keys().all(|(code, ..)| code.len() < 1000), "a long text is not kept");
        for year in 0..100 {
            kept.keep(place("51", year), files("a", year), &Arc::new(2));
        }
        assert!(kept.files.len() <= 2);
        assert_eq!(Arc::strong_count(&made), 1, "nobody holds what was let go");
    }
}
