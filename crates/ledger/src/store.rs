//! Stored tiles, as the tree reads them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;

use crate::hash::Hash;
use crate::text::{Text, text};
use crate::tile::{Row, TileName};

/// Where tiles are stored: one row a (level, index), which a wider version replaces.
pub trait TileRead {
    /// Why a tile could not be read.
    type Error;

    /// The hashes of a tile, 32 bytes each, as wide as they were last stored (a wider tile than
    /// the tree asked about has is cut); nothing where the tile was never stored.
    ///
    /// # Errors
    /// What the store says when it can not answer.
    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// Tiles in memory, for whoever rebuilds a tree from its leaves.
impl TileRead for BTreeMap<(u8, u64), Vec<u8>> {
    type Error = Infallible;

    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.get(&(level, index)).cloned())
    }
}

/// Why a tree could not be continued or asked for a proof. Nothing is to be stored or signed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeError<E> {
    /// The store could not answer.
    Store(E),
    /// A tile is missing, cut off, or not made of whole hashes.
    Tile {
        /// The tile, as wide as it must be.
        tile: TileName,
        /// How many bytes were found.
        bytes: usize,
    },
    /// The stored tiles do not give the root that was published: they were altered, or belong to another tree.
    Root {
        /// The size of the tree.
        size: u64,
        /// The published root.
        expected: Hash,
    },
    /// A leaf or an earlier tree was asked for that the tree does not have.
    Outside {
        /// The index, or the size of the earlier tree.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The tree can not hold so many leaves.
    Full,
}

impl<E: fmt::Display> TreeError<E> {
    /// What is wrong, and where.
    pub fn title(&self) -> Text {
        match self {
            Self::Store(e) => text!("读取已存的树瓦片失败：{e}", "Stored tiles can not be read: {e}"),
            Self::Tile { tile, bytes } => {
                let need = usize::from(tile.width) * Hash::BYTES;
                text!("树瓦片 {tile} 应有至少 {need} 字节，实有 {bytes} 字节", "Tile {tile} must have at least {need} bytes, {bytes} were found")
            }
            Self::Root { size, expected } => {
                text!("已存的树瓦片推不出 {size} 条时公布的根 {expected}", "The stored tiles do not give the root {expected} published at size {size}")
            }
            Self::Outside { asked, size } => text!("要的是第 {asked} 处，而树只有 {size} 条", "{asked} was asked for in a tree of {size} leaves"),
            Self::Full => text!("树已满", "The tree is full"),
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> Text {
        match self {
            Self::Store(_) => text!("检查数据库后重试", "Check the database and try again"),
            Self::Tile { .. } | Self::Root { .. } => text!(
                "停止签名；由各条目的承诺重建瓦片并与已公布的检查点比对，不符则从备份恢复并查明是谁改动",
                "Stop signing; rebuild the tiles from the entries' commitments and compare with the published checkpoint; if they differ, restore a backup and find out who altered them"
            ),
            Self::Outside { .. } => text!("等下一个检查点公布后再要证明", "Ask for the proof once the next checkpoint is published"),
            Self::Full => text!("另开一本日志", "Open another log"),
        }
    }
}

impl<E: fmt::Display> fmt::Display for TreeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.title().fmt(f)
    }
}

impl<E: fmt::Display + fmt::Debug> std::error::Error for TreeError<E> {}

/// The first `width` hashes of a tile.
pub(crate) fn read<R: TileRead>(tiles: &mut R, level: u8, index: u64, width: u16) -> Result<Vec<Hash>, TreeError<R::Error>> {
    let bytes = tiles.tile(level, index).map_err(TreeError::Store)?.unwrap_or_default();
    let (hashes, rest) = bytes.as_chunks::<{ Hash::BYTES }>();
    match hashes.get(..usize::from(width)) {
        Some(hashes) if rest.is_empty() => Ok(hashes.iter().map(|h| Hash(*h)).collect()),
        _ => Err(TreeError::Tile { tile: TileName { row: Row::Level(level), index, width }, bytes: bytes.len() }),
    }
}
