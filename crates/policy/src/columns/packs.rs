//! Columns of words looked up together: the numbers of a row's words side by side are a place in one small table.

/// So many bits at most have the numbers of words that are looked up together: the table stays in the nearest cache.
const BITS: u32 = 13;
const TABLE: usize = 1 << BITS;
/// So many rows at a time.
const PIECE: usize = 1 << 8;

/// What the words of each column add to the number of a row.
pub(super) type Adds<'a> = (&'a [u32], &'a [u32]);

/// Some columns and what their words add together.
#[derive(Debug)]
pub(super) struct Pack {
    columns: Vec<Place>,
    sums: Box<[u32; TABLE]>,
}

/// Where the words of a column stand.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Which of the columns given.
    column: usize,
    /// The first of its bits, and how many they are.
    first: u32,
    wide: u32,
}

impl Pack {
    /// Packs as many columns together as there is room for; gives those that no pack has. `bad`: what a word adds that is not known.
    pub(super) fn all(columns: &[&[u32]], bad: u32) -> (Vec<Self>, Vec<usize>) {
        let wide = |column: usize| columns[column].len().next_power_of_two().trailing_zeros();
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|column| std::cmp::Reverse(wide(*column)));
        let mut packs: Vec<Vec<Place>> = Vec::new();
        for column in order {
            let wide = wide(column);
            let used = |pack: &[Place]| pack.last().map_or(0, |last| last.first + last.wide);
            match packs.iter_mut().find(|pack| used(pack) + wide <= BITS) {
                Some(pack) => pack.push(Place { column, first: used(pack), wide }),
                None => packs.push(vec![Place { column, first: 0, wide }]),
            }
        }
        // A column by itself is looked up as it is.
        let (packed, alone): (Vec<_>, Vec<_>) = packs.into_iter().partition(|pack| pack.len() > 1);
        (packed.into_iter().map(|pack| Self::new(pack, columns, bad)).collect(), alone.into_iter().flatten().map(|place| place.column).collect())
    }

    fn new(pack: Vec<Place>, columns: &[&[u32]], bad: u32) -> Self {
        let mut sums = Box::new([0_u32; TABLE]);
        let mut size = 1;
        for Place { column, wide, .. } in &pack {
            let of = |word: usize| columns[*column].get(word).copied().unwrap_or(bad);
            // What the columns before come to stands in the first places; for each word of this one it is written once more.
            for word in (0..1_usize << wide).rev() {
                for before in 0..size {
                    sums[word * size + before] = sums[before].wrapping_add(of(word));
                }
            }
            size <<= wide;
        }
        Self { columns: pack, sums }
    }

    /// Its columns, by their places among those given.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|place| place.column)
    }

    /// Adds what the words of each row come to. False, and nothing is added, where a number is too large for its place.
    pub(super) fn add(&self, rows: &mut [u32], ids: &[Adds<'_>]) -> bool {
        let fits = |place: &Place| ids[place.column].1.iter().fold(0, |all, id| all | id) >> place.wide == 0;
        if !self.columns.iter().all(fits) {
            return false;
        }
        let mut places = [0_u32; PIECE];
        for (piece, rows) in rows.chunks_mut(PIECE).enumerate() {
            let places = &mut places[..rows.len()];
            places.fill(0);
            for Place { column, first, .. } in &self.columns {
                let ids = ids[*column].1.get(piece * PIECE..).unwrap_or_default();
                places.iter_mut().zip(ids).for_each(|(place, id)| *place |= id << first);
            }
            for (row, place) in rows.iter_mut().zip(places.iter()) {
                *row = row.wrapping_add(self.sums[*place as usize % TABLE]);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_add_what_each_column_adds() {
        const BAD: u32 = 1 << 26;
        let tables: Vec<Vec<u32>> = [3_usize, 8, 1, 40, 7, 60, 9_000].iter().zip(1_u32..).map(|(words, at)| (0..*words as u32).map(|word| word * 100 * at).collect()).collect();
        let adds: Vec<&[u32]> = tables.iter().map(Vec::as_slice).collect();
        let (packs, alone) = Pack::all(&adds, BAD);
        assert_eq!((packs.len(), alone.len()), (2, 1));
        // Among the numbers those that no word has, which are bad.
        let ids: Vec<Vec<u32>> = tables.iter().zip(3_u32..).map(|(words, by)| (0..1000).map(|row| row * by % words.len().next_power_of_two() as u32).collect()).collect();
        assert!(ids[0].contains(&3));
        let columns: Vec<Adds<'_>> = adds.iter().copied().zip(ids.iter().map(Vec::as_slice)).collect();
        let mut rows = vec![5_u32; 1000];
        assert!(packs.iter().all(|pack| pack.add(&mut rows, &columns)));
        for (at, row) in rows.iter().enumerate() {
            let of = columns.iter().enumerate().filter(|(column, _)| !alone.contains(column)).map(|(_, (adds, ids))| adds.get(ids[at] as usize).copied().unwrap_or(BAD));
            assert_eq!(*row, of.fold(5_u32, u32::wrapping_add), "row {at}");
        }
        let large = vec![1_u32 << 20; 1000];
        let columns: Vec<Adds<'_>> = columns.iter().map(|(adds, _)| (*adds, large.as_slice())).collect();
        assert!(!packs[0].add(&mut rows, &columns));
    }
}
