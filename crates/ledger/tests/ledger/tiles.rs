//! Tiles: names, widths, bundles, cost of an append, and a store that was altered.

use proptest::prelude::*;
use xueshi_ledger::*;

use crate::log::{Log, Tiles, commitment};

/// Counts what an append or proof reads.
struct Counting<'t>(&'t mut Tiles, usize);

impl TileRead for Counting<'_> {
    type Error = std::convert::Infallible;

    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, Self::Error> {
        self.1 += 1;
        self.0.tile(level, index)
    }
}

#[test]
fn names_are_those_of_the_specification() {
    let names = [
        ("tile/0/000", Row::Level(0), 0, 256),
        ("tile/0/x001/x234/067", Row::Level(0), 1_234_067, 256),
        ("tile/1/000.p/17", Row::Level(1), 0, 17),
        ("tile/0/273.p/112", Row::Level(0), 273, 112),
        ("tile/entries/x001/000.p/255", Row::Entries, 1000, 255),
    ];
    for (path, row, index, width) in names {
        let name = TileName { row, index, width };
        assert_eq!(name.to_string(), path);
        assert_eq!(path.parse(), Ok(name));
    }
    let none = [
        "tile/0/0",
        "tile/0/0000",
        "tile/0/001/067",
        "tile/0/x001/x067",
        "tile/0/x000/067",
        "tile/00/000",
        "tile/64/000",
        "tile/+1/000",
        "tile/0/+01",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/",
        "tile/0",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "checkpoint",
        "",
        "tile/0/../000",
    ];
    for path in none {
        assert_eq!(path.parse::<TileName>(), Err(BadTileName), "{path}");
    }
}

#[test]
fn a_tree_of_70000_has_the_tiles_the_specification_counts() {
    let log = Log::of(70_000);
    let mut widths: Vec<(u8, u64, usize)> = log.tiles.iter().map(|(&(level, index), bytes)| (level, index, bytes.len() / 32)).collect();
    widths.retain(|(level, index, _)| *level > 0 || *index > 271);
    assert_eq!(widths, [(0, 272, 256), (0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1)]);
    let has = |path: &str| path.parse::<TileName>().unwrap().lies_in(70_000);
    assert!(has("tile/0/273.p/112") && has("tile/0/273.p/3") && has("tile/entries/273.p/112") && has("tile/2/000.p/1") && has("tile/1/000"));
    assert!(!has("tile/0/273.p/113") && !has("tile/0/273") && !has("tile/0/274.p/1") && !has("tile/2/000.p/2") && !has("tile/3/000.p/1") && !has("tile/entries/273") && !has("tile/63/000"));
}

#[test]
fn a_batch_of_10000_reads_the_edge_and_writes_each_tile_once() {
    let mut log = Log::of(123_456);
    let leaves: Vec<Hash> = (0..10_000).map(|n| commitment(n).leaf()).collect();
    let mut counting = Counting(&mut log.tiles, 0);
    let appended = append(&mut counting, &log.head, &leaves).unwrap();
    assert_eq!(counting.1, 3, "one tile a level");
    // 123,456 = 482 tiles and 64; 133,456 = 521 tiles and 80; two tiles of level 1; one of level 2.
    assert_eq!(appended.tiles.iter().filter(|t| t.level == 0).count(), 40);
    assert_eq!(appended.tiles.len(), 40 + 2 + 1);
}

#[test]
fn a_proof_reads_at_most_two_tiles_a_level() {
    let mut log = Log::of(70_000);
    let earlier = Log::of(66_000).head;
    for index in [0, 255, 256, 65_535, 65_536, 69_999] {
        let mut counting = Counting(&mut log.tiles, 0);
        prove_inclusion(&mut counting, &log.head, index).unwrap();
        assert!(counting.1 <= 6, "{index}: {}", counting.1);
    }
    let mut counting = Counting(&mut log.tiles, 0);
    prove_consistency(&mut counting, &earlier, &log.head).unwrap();
    assert!(counting.1 <= 6);
}

#[test]
fn a_wider_tile_serves_the_earlier_tree() {
    let mut log = Log::of(300);
    let earlier = log.head;
    let leaf = log.leaf(290);
    log.grow(500);
    let path = prove_inclusion(&mut log.tiles, &earlier, 290).unwrap();
    assert_eq!(verify_inclusion(&leaf, 290, &path, &earlier), Ok(()));
}

#[test]
fn an_altered_store_is_neither_continued_nor_proved_from() {
    let log = Log::of(600);
    let wrong = |tiles: &mut Tiles, why: &str| {
        let root = TreeError::Root { size: 600, expected: log.head.root };
        assert_eq!(append(tiles, &log.head, &[leaf_hash(b"new")]), Err(root.clone()), "{why}");
        assert_eq!(prove_inclusion(tiles, &log.head, 520), Err(root), "{why}");
    };
    let mut tiles = log.tiles.clone();
    tiles.get_mut(&(0, 2)).unwrap()[40] ^= 1;
    wrong(&mut tiles, "a leaf of the edge");
    let mut tiles = log.tiles.clone();
    tiles.get_mut(&(1, 0)).unwrap()[3] ^= 1;
    wrong(&mut tiles, "a node");

    // A leaf within a full tile is not read by appending; whoever asks for its proof gets none.
    let mut tiles = log.tiles.clone();
    tiles.get_mut(&(0, 0)).unwrap()[0] ^= 1;
    assert!(append(&mut tiles, &log.head, &[leaf_hash(b"new")]).is_ok());
    assert_eq!(prove_inclusion(&mut tiles, &log.head, 0), Err(TreeError::Root { size: 600, expected: log.head.root }));

    let name = TileName { row: Row::Level(0), index: 2, width: 88 };
    for cut in [0, 31, 32, 87 * 32, 88 * 32 - 1, 88 * 32 + 5] {
        let mut tiles = log.tiles.clone();
        tiles.get_mut(&(0, 2)).unwrap().resize(cut, 0);
        let error = append(&mut tiles, &log.head, &[]).unwrap_err();
        assert_eq!(error, TreeError::Tile { tile: name, bytes: cut });
        assert!(error.title().en.starts_with("Tile tile/0/002.p/88 must have at least 2816 bytes") && error.title().zh.contains("tile/0/002.p/88"));
    }
    let mut tiles = log.tiles.clone();
    tiles.remove(&(0, 2));
    assert_eq!(append(&mut tiles, &log.head, &[]), Err(TreeError::Tile { tile: name, bytes: 0 }));
}

#[test]
fn what_the_store_says_is_passed_on() {
    struct Down;
    impl TileRead for Down {
        type Error = &'static str;

        fn tile(&mut self, _: u8, _: u64) -> Result<Option<Vec<u8>>, &'static str> {
            Err("connection lost")
        }
    }
    let head = Log::of(3).head;
    let error = append(&mut Down, &head, &[]).unwrap_err();
    assert_eq!(error, TreeError::Store("connection lost"));
    assert_eq!(error.title().en, "Stored tiles can not be read: connection lost");
}

proptest! {
    #[test]
    fn every_name_comes_back(level in 0..64u8, index: u64, width in 1..=256u16, entries: bool) {
        let name = TileName { row: if entries { Row::Entries } else { Row::Level(level) }, index, width };
        prop_assert_eq!(name.to_string().parse(), Ok(name));
    }

    #[test]
    fn bundles_come_back_and_cut_ones_are_none(count in 0..256u64, cut in 1..34usize) {
        let commitments: Vec<Commitment> = (0..count).map(commitment).collect();
        let bundle = encode_bundle(&commitments);
        prop_assert_eq!(decode_bundle(&bundle), Some(commitments.clone()));
        if count > 0 {
            prop_assert_eq!(decode_bundle(&bundle[..bundle.len() - cut]), None);
            prop_assert_eq!(&bundle[..2], &[0, 32]);
            prop_assert_eq!(leaf_hash(&bundle[2..34]), commitments[0].leaf());
        }
    }
}
