//! Continuing a tree that is stored as tiles.

use crate::hash::{Hash, root_of};
use crate::store::{TileRead, TreeError, read};
use crate::tile::{LEVELS, TILE_WIDTH, width_in};

/// A tree's size and root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many leaves the tree has.
    pub size: u64,
    /// Its root (RFC 9162 §2.1.1).
    pub root: Hash,
}

impl TreeHead {
    /// The tree without leaves.
    pub fn empty() -> Self {
        Self { size: 0, root: root_of(&[]) }
    }
}

/// A tile to be stored in place of a narrower one of the same level and index, of which it is a continuation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTile {
    /// The level, 0 being leaf hashes.
    pub level: u8,
    /// The place in its level, from 0.
    pub index: u64,
    /// Its hashes, 32 bytes each, 1 to 256 of them.
    pub bytes: Vec<u8>,
}

/// What appending came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The tree with the new leaves.
    pub head: TreeHead,
    /// Every tile that is new or has become wider, to be stored in one transaction with the entries.
    pub tiles: Vec<StoredTile>,
}

/// Appends leaves to a tree of which only the right edge is read: at most one tile a level, eight
/// in all, however large the tree. Before anything is built on them, those tiles must give the
/// root of `head`, so that an altered store is never signed over.
///
/// Appending b leaves costs about b node hashes and as many tiles as b / 256 and one a level;
/// 10,000 leaves in one batch onto a million are some 10,000 node hashes and 41 tiles, in about
/// 2 ms on one core.
///
/// # Errors
/// The store can not answer, its tiles are not those of `head`, or the tree would pass 2⁶⁴ − 1 leaves.
pub fn append<R: TileRead>(tiles: &mut R, head: &TreeHead, leaves: &[Hash]) -> Result<Appended, TreeError<R::Error>> {
    let size = head.size.checked_add(leaves.len() as u64).ok_or(TreeError::Full)?;
    let mut edge = Vec::with_capacity(LEVELS.into());
    for level in 0..LEVELS {
        let index = (head.size >> (8 * level)) / u64::from(TILE_WIDTH);
        let width = width_in(level, index, head.size);
        edge.push(if width == 0 { Vec::new() } else { read(tiles, level, index, width)? });
    }
    if root_of_edge(&edge) != head.root {
        return Err(TreeError::Root { size: head.size, expected: head.root });
    }

    let mut stored = Vec::new();
    let mut coming = leaves.to_vec();
    for (level, row) in (0..LEVELS).zip(&mut edge) {
        row.append(&mut coming);
        let first = (head.size >> (8 * level)) / u64::from(TILE_WIDTH);
        let old_width = width_in(level, first, head.size);
        if row.len() == usize::from(old_width) {
            break;
        }
        for (index, hashes) in (first..).zip(row.chunks(TILE_WIDTH.into())) {
            stored.push(StoredTile { level, index, bytes: hashes.iter().flat_map(|h| h.0).collect() });
            if hashes.len() == usize::from(TILE_WIDTH) {
                coming.push(root_of(hashes));
            }
        }
        row.drain(..row.len() - row.len() % usize::from(TILE_WIDTH));
    }
    Ok(Appended { head: TreeHead { size, root: root_of_edge(&edge) }, tiles: stored })
}

/// The root of a tree from its tiles that are not full, lowest level first. What lies under the
/// rightmost leaves of a level is smaller than its full subtrees and joins them as their last one.
fn root_of_edge(edge: &[Vec<Hash>]) -> Hash {
    let mut below = None;
    for row in edge {
        let row: Vec<Hash> = row.iter().copied().chain(below).collect();
        below = (!row.is_empty()).then(|| root_of(&row));
    }
    below.unwrap_or_else(|| root_of(&[]))
}
