//! Proofs from tiles, and their verification without tiles (RFC 9162 §2.1.3, §2.1.4).

use crate::hash::{Hash, node_hash, root_of, split};
use crate::reason::ProofError;
use crate::store::{TileRead, TreeError, read};
use crate::tile::{TILE_WIDTH, width_in};
use crate::tree::TreeHead;

/// The inclusion path of a leaf, from the leaf upwards (§2.1.3.1). It is verified before it is
/// handed out: a proof that comes from an altered store is an error here, not at a stranger's.
///
/// # Errors
/// The tree has no such leaf, the store can not answer, or its tiles are not those of `head`.
pub fn prove_inclusion<R: TileRead>(tiles: &mut R, head: &TreeHead, index: u64) -> Result<Vec<Hash>, TreeError<R::Error>> {
    if index >= head.size {
        return Err(TreeError::Outside { asked: index, size: head.size });
    }
    let (mut lo, mut hi) = (0, head.size);
    let mut siblings = Vec::new();
    while hi - lo > 1 {
        let middle = lo + split(hi - lo);
        if index < middle {
            siblings.push((middle, hi));
            hi = middle;
        } else {
            siblings.push((lo, middle));
            lo = middle;
        }
    }
    let mut nodes = Nodes { tiles, size: head.size, read: Vec::new() };
    let path = nodes.all(&siblings)?;
    let leaf = nodes.root(index, index + 1)?;
    verify_inclusion(&leaf, index, &path, head).map_err(|_| TreeError::Root { size: head.size, expected: head.root })?;
    Ok(path)
}

/// The consistency path from an earlier tree to a later one (§2.1.4.1), verified before it is
/// handed out. Empty where the earlier tree has no leaves or both are the same.
///
/// # Errors
/// `old` is the larger one, the store can not answer, or its tiles are not those of both heads.
pub fn prove_consistency<R: TileRead>(tiles: &mut R, old: &TreeHead, new: &TreeHead) -> Result<Vec<Hash>, TreeError<R::Error>> {
    if old.size > new.size {
        return Err(TreeError::Outside { asked: old.size, size: new.size });
    }
    let (mut lo, mut hi) = (0, new.size);
    let mut ranges = Vec::new();
    let mut from_start = true;
    while old.size > 0 && hi != old.size {
        let middle = lo + split(hi - lo);
        if old.size <= middle {
            ranges.push((middle, hi));
            hi = middle;
        } else {
            ranges.push((lo, middle));
            lo = middle;
            from_start = false;
        }
    }
    if !from_start {
        ranges.push((lo, hi));
    }
    let path = Nodes { tiles, size: new.size, read: Vec::new() }.all(&ranges)?;
    verify_consistency(old, new, &path).map_err(|_| TreeError::Root { size: new.size, expected: new.root })?;
    Ok(path)
}

/// Nodes of a tree, from its tiles; a tile is read once.
struct Nodes<'t, R> {
    tiles: &'t mut R,
    size: u64,
    read: Vec<(u8, u64, Vec<Hash>)>,
}

impl<R: TileRead> Nodes<'_, R> {
    /// The roots of ranges noted from the top down, in the order of a path: from below.
    fn all(&mut self, ranges: &[(u64, u64)]) -> Result<Vec<Hash>, TreeError<R::Error>> {
        ranges.iter().rev().map(|&(lo, hi)| self.root(lo, hi)).collect()
    }

    /// MTH(D[lo:hi]) for a range that splitting the tree leads to.
    fn root(&mut self, lo: u64, hi: u64) -> Result<Hash, TreeError<R::Error>> {
        if !(hi - lo).is_power_of_two() {
            let middle = lo + split(hi - lo);
            let left = self.root(lo, middle)?;
            return Ok(node_hash(&left, &self.root(middle, hi)?));
        }
        // A full subtree of 2^height leaves is 2^(height mod 8) neighbours of one tile.
        let height = (hi - lo).trailing_zeros();
        let (level, count) = ((height / 8) as u8, 1usize << (height % 8));
        let first = lo >> (8 * level);
        let (index, place) = (first / u64::from(TILE_WIDTH), (first % u64::from(TILE_WIDTH)) as usize);
        Ok(root_of(self.tile(level, index)?.get(place..place + count).unwrap_or_default()))
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<&[Hash], TreeError<R::Error>> {
        let at = match self.read.iter().position(|(l, i, _)| (*l, *i) == (level, index)) {
            Some(at) => at,
            None => {
                let hashes = read(self.tiles, level, index, width_in(level, index, self.size))?;
                self.read.push((level, index, hashes));
                self.read.len() - 1
            }
        };
        Ok(self.read.get(at).map_or(&[], |(_, _, hashes)| hashes))
    }
}

/// Whether the leaf stands at `index` in the tree of `head` (§2.1.3.2).
///
/// # Errors
/// The index lies outside the tree, the path has not the length it must have, or it leads to another root.
pub fn verify_inclusion(leaf: &Hash, index: u64, path: &[Hash], head: &TreeHead) -> Result<(), ProofError> {
    if index >= head.size {
        return Err(ProofError::IndexOutside { index, size: head.size });
    }
    let need = inclusion_length(index, head.size);
    if path.len() != need {
        return Err(ProofError::PathLength { found: path.len(), need });
    }
    let (mut node, mut last) = (index, head.size - 1);
    let mut root = *leaf;
    for sibling in path {
        if node & 1 == 1 || node == last {
            root = node_hash(sibling, &root);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            root = node_hash(&root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && root == head.root { Ok(()) } else { Err(ProofError::NotIncluded { index, size: head.size }) }
}

/// The length of an inclusion path: a step for every level on which leaf and right edge differ,
/// and above that one for every left sibling of the edge.
fn inclusion_length(index: u64, size: u64) -> usize {
    let apart = u64::BITS - (index ^ (size - 1)).leading_zeros();
    let above = index.checked_shr(apart).unwrap_or(0);
    (apart + above.count_ones()) as usize
}

/// Whether the tree of `new` continues that of `old` without altering it (§2.1.4.2). Every tree
/// continues the empty one.
///
/// # Errors
/// `new` is smaller; both have one size and differ in their roots; or the path does not lead to both roots.
pub fn verify_consistency(old: &TreeHead, new: &TreeHead, path: &[Hash]) -> Result<(), ProofError> {
    let differ = ProofError::NotConsistent { old: old.size, new: new.size };
    if old.size > new.size {
        return Err(ProofError::Shrunk { old: old.size, new: new.size });
    }
    if old.size == new.size || old.size == 0 {
        return match path {
            _ if old.size == new.size && old.root != new.root => Err(ProofError::Forked { size: old.size }),
            _ if old.size == 0 && *old != TreeHead::empty() => Err(differ),
            [] => Ok(()),
            _ => Err(ProofError::PathLength { found: path.len(), need: 0 }),
        };
    }
    // The last full subtree of the old tree: all of it where its size is a power of two, else told by the path.
    let (mut node, mut last) = (old.size - 1, new.size - 1);
    let whole = node.trailing_ones();
    node = node.checked_shr(whole).unwrap_or(0);
    last = last.checked_shr(whole).unwrap_or(0);
    let (start, rest) = match path {
        rest if old.size.is_power_of_two() => (old.root, rest),
        [first, rest @ ..] => (*first, rest),
        [] => return Err(differ),
    };
    let (mut old_root, mut new_root) = (start, start);
    for sibling in rest {
        if last == 0 {
            return Err(differ);
        }
        if node & 1 == 1 || node == last {
            old_root = node_hash(sibling, &old_root);
            new_root = node_hash(sibling, &new_root);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_root = node_hash(&new_root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && old_root == old.root && new_root == new.root { Ok(()) } else { Err(differ) }
}
