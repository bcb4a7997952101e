//! Names and contents of published tiles (`c2sp.org/tlog-tiles`).

use std::fmt;
use std::str::FromStr;

use crate::commitment::Commitment;
use crate::hash::Hash;

/// How many hashes a full tile holds (height 8).
pub const TILE_WIDTH: u16 = 256;
/// Levels a tree of up to 2⁶⁴ − 1 leaves has.
pub(crate) const LEVELS: u8 = 8;
/// Each committed leaf in a bundle stands behind its length.
const LEAF_LENGTH: [u8; 2] = (Hash::BYTES as u16).to_be_bytes();

/// Which row of tiles a tile stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Row {
    /// Hashes of subtrees of 256^level leaves; level 0 holds leaf hashes.
    Level(u8),
    /// The leaves' data themselves (an entry bundle).
    Entries,
}

/// A published tile or entry bundle; as text its path, `tile/<L>/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileName {
    /// The row.
    pub row: Row,
    /// The place in the row, from 0.
    pub index: u64,
    /// How many hashes or entries are asked for: 1 to 256, 256 being a full tile.
    pub width: u16,
}

impl TileName {
    /// Whether a tree of `size` leaves has this tile at least this wide. A narrower tile is a
    /// prefix of the wider one, so a server cuts what is stored to `width` and needs no old versions.
    pub fn lies_in(&self, size: u64) -> bool {
        let level = match self.row {
            Row::Level(level) => level,
            Row::Entries => 0,
        };
        self.width <= width_in(level, self.index, size)
    }
}

/// How many hashes a tile has in a tree of `size` leaves: 0 to 256.
pub(crate) fn width_in(level: u8, index: u64, size: u64) -> u16 {
    let hashes = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
    let before = index.saturating_mul(u64::from(TILE_WIDTH));
    hashes.saturating_sub(before).min(u64::from(TILE_WIDTH)) as u16
}

impl fmt::Display for TileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Row::Level(level) => write!(f, "tile/{level}/")?,
            Row::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if self.width < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// The text is no path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadTileName;

impl FromStr for TileName {
    type Err = BadTileName;

    fn from_str(path: &str) -> Result<Self, BadTileName> {
        let rest = path.strip_prefix("tile/").ok_or(BadTileName)?;
        let (row, rest) = rest.split_once('/').ok_or(BadTileName)?;
        let row = match row {
            "entries" => Row::Entries,
            level => Row::Level(level.parse().map_err(|_| BadTileName)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, width.parse().map_err(|_| BadTileName)?),
            None => (rest, TILE_WIDTH),
        };
        let mut number = 0u64;
        for group in index.split('/') {
            let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().map_err(|_| BadTileName)?;
            number = number.checked_mul(1000).and_then(|n| n.checked_add(group)).ok_or(BadTileName)?;
        }
        let name = Self { row, index: number, width };
        // One tile has one path: what does not come back the same (zeros, signs, groups, width 0 or 256) is none.
        let levels = matches!(row, Row::Entries) || matches!(row, Row::Level(level) if level < 64);
        if levels && width > 0 && width <= TILE_WIDTH && name.to_string() == path { Ok(name) } else { Err(BadTileName) }
    }
}

/// An entry bundle: every commitment behind its length in two bytes.
pub fn encode_bundle(commitments: &[Commitment]) -> Vec<u8> {
    commitments.iter().flat_map(|c| LEAF_LENGTH.into_iter().chain(c.0.0)).collect()
}

/// The commitments of an entry bundle; none where it is not made of whole commitments.
pub fn decode_bundle(bundle: &[u8]) -> Option<Vec<Commitment>> {
    bundle.chunks(LEAF_LENGTH.len() + Hash::BYTES).map(|leaf| leaf.strip_prefix(&LEAF_LENGTH)?.try_into().ok().map(|bytes| Commitment(Hash(bytes)))).collect()
}
