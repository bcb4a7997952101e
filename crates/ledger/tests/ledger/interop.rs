//! The log as another implementation of the same specifications sees it (`tlog_tiles`, `signed_note`).

use proptest::prelude::*;
use tlog_tiles::{Checkpoint, Hash as TheirHash, Tile, TileHashReader, TileReader, check_record, check_tree, prove_record, prove_tree, record_hash};
use xueshi_ledger::*;

use crate::log::{Log, ORIGIN, Tiles, log_key, witness};

/// Serves stored tiles by their path, as the web server does.
struct Served<'t>(&'t Tiles, u64);

impl TileReader for Served<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let serve = |tile: &Tile| {
            let name: TileName = tile.path().replacen("tile/8/", "tile/", 1).parse().unwrap();
            assert!(name.lies_in(self.1), "{name}");
            let Row::Level(level) = name.row else { panic!("{name}") };
            self.0[&(level, name.index)][..usize::from(name.width) * 32].to_vec()
        };
        Ok(tiles.iter().map(serve).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn theirs(path: &[Hash]) -> Vec<TheirHash> {
    path.iter().map(|h| TheirHash(h.0)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn their_reader_authenticates_our_tiles_and_finds_our_proofs(old in 1..700u64, more in 0..700u64, at in any::<prop::sample::Index>()) {
        let mut log = Log::of(old);
        let before = log.head;
        log.grow(more);
        let (size, root) = (log.head.size, TheirHash(log.head.root.0));
        let index = at.index(size as usize) as u64;
        let inclusion = theirs(&log.inclusion(index));
        let consistency = theirs(&prove_consistency(&mut log.tiles, &before, &log.head).unwrap());
        let served = Served(&log.tiles, size);
        let reader = TileHashReader::new(size, root, &served);
        prop_assert_eq!(prove_record(size, index, &reader).unwrap(), inclusion.clone());
        prop_assert_eq!(prove_tree(size, old, &reader).unwrap(), consistency.clone());
        let leaf = record_hash(&log.commitments[index as usize].0.0);
        prop_assert!(check_record(&inclusion, size, root, index, leaf).is_ok());
        prop_assert!(check_tree(&consistency, size, root, old, TheirHash(before.root.0)).is_ok());
    }
}

#[test]
fn they_open_our_checkpoint_and_pass_over_cosignatures() {
    let log = Log::of(1000);
    let mut note = log_key().checkpoint(&log.head);
    witness(1).cosign(&mut note, 1_700_000_000);
    let note = note.to_string();
    let theirs = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    assert_eq!(theirs.to_bytes(), note.as_bytes());
    let key = signed_note::StandardVerifier::new(&log_key().verifier().to_string()).unwrap();
    let (known, unknown) = theirs.verify(&signed_note::VerifierList::new(vec![Box::new(key)])).unwrap();
    assert_eq!((known.len(), unknown.len()), (1, 1));
    let checkpoint = Checkpoint::from_bytes(theirs.text()).unwrap();
    assert_eq!((checkpoint.origin(), checkpoint.size(), checkpoint.hash().0), (ORIGIN, 1000, log.head.root.0));
}
