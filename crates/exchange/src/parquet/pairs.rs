//! Cells looked up two at a time: where a dictionary is so small that two places in it are a number
//! of ten bits at most, a table of all pairs saves unpacking them.

/// What every two places next to each other are read as.
#[derive(Debug)]
pub(super) struct Pairs<T> {
    /// Bits of a place; 0 as long as there is no table.
    width: usize,
    cells: Vec<[T; 2]>,
    /// Which pairs have a place that the dictionary has not; empty if none has.
    missing: Vec<bool>,
}

/// Bits of the widest places that are looked up in pairs.
const WIDTH_MAX: usize = 5;

impl<T: Copy> Pairs<T> {
    pub(super) fn new() -> Pairs<T> {
        Pairs { width: 0, cells: Vec::new(), missing: Vec::new() }
    }

    /// Forgets the dictionary.
    pub(super) fn clear(&mut self) {
        self.width = 0;
    }

    /// Whether places of so many bits can be looked up, for which a table is made of the dictionary.
    pub(super) fn prepare(&mut self, width: usize, dictionary: &[T]) -> bool {
        if self.width == width && width > 0 {
            return true;
        }
        let Some(first) = dictionary.first().filter(|_| (1..=WIDTH_MAX).contains(&width)) else {
            return false;
        };
        let places = 1 << width;
        let cell = |place: usize| dictionary.get(place).copied().unwrap_or(*first);
        self.cells.clear();
        self.cells.extend((0..places * places).map(|pair| [cell(pair % places), cell(pair / places)]));
        self.missing.clear();
        if dictionary.len() < places {
            self.missing.extend((0..places * places).map(|pair| pair % places >= dictionary.len() || pair / places >= dictionary.len()));
        }
        self.width = width;
        true
    }

    /// Looks up groups of eight places, and says whether the dictionary has all of them.
    pub(super) fn look_up(&self, packed: &[u8], cells: &mut [T]) -> bool {
        match self.width {
            1 => self.groups::<1>(packed, cells),
            2 => self.groups::<2>(packed, cells),
            3 => self.groups::<3>(packed, cells),
            4 => self.groups::<4>(packed, cells),
            WIDTH_MAX => self.groups::<WIDTH_MAX>(packed, cells),
            _ => false,
        }
    }

    fn groups<const W: usize>(&self, packed: &[u8], cells: &mut [T]) -> bool {
        // A table of exactly as many pairs as there can be, so that no look into it can miss.
        let pairs = 1 << (2 * W);
        let Some(table) = self.cells.get(..pairs) else {
            return false;
        };
        let mut is_missing = false;
        for (group, eight) in packed.chunks_exact(W).zip(cells.as_chunks_mut::<8>().0) {
            let mut window = [0_u8; 8];
            window[..W].copy_from_slice(group);
            let window = u64::from_le_bytes(window);
            for (at, two) in eight.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let pair = (window >> (at * 2 * W)) as usize & (pairs - 1);
                *two = table[pair];
                if let Some(missing) = self.missing.get(pair) {
                    is_missing |= missing;
                }
            }
        }
        !is_missing
    }
}
