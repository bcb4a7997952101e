//! Roots and proofs against `ct-merkle`, and against the vectors of Certificate Transparency.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;
use xueshi_ledger::*;

use crate::log::{Log, Tiles, commitment, store};

type Oracle = MemoryBackedTree<Sha256, [u8; 32]>;

fn oracle(size: u64) -> Oracle {
    let mut tree = Oracle::new();
    (0..size).for_each(|n| tree.push(commitment(n).0.0));
    tree
}

fn bytes(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|h| h.0).collect()
}

fn root(head: &TreeHead) -> RootHash<Sha256> {
    RootHash::new(head.root.0.into(), head.size)
}

/// Sizes about the borders of tiles as well as small ones.
fn size() -> impl Strategy<Value = u64> {
    prop_oneof![0..40u64, 250..262u64, 505..520u64, 1020..1030u64, 0..3000u64]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn batches_of_any_size_give_the_oracles_root(batches in prop::collection::vec(size(), 0..5)) {
        let mut log = Log::new();
        for batch in batches {
            log.grow(batch);
        }
        let theirs = oracle(log.head.size).root();
        prop_assert_eq!(theirs.as_bytes().as_slice(), &log.head.root.0);
        let whole = Log::of(log.head.size);
        prop_assert_eq!(whole.tiles, log.tiles);
    }

    #[test]
    fn inclusion_is_the_oracles_and_no_other_leaf_passes(size in size(), at in any::<prop::sample::Index>()) {
        prop_assume!(size > 0);
        let (mut log, tree) = (Log::of(size), oracle(size));
        let index = at.index(size as usize) as u64;
        let path = log.inclusion(index);
        let theirs = tree.prove_inclusion(index as usize);
        prop_assert_eq!(bytes(&path), theirs.as_bytes());
        prop_assert_eq!(verify_inclusion(&log.leaf(index), index, &path, &log.head), Ok(()));
        let ours = InclusionProof::<Sha256>::try_from_bytes(bytes(&path)).unwrap();
        prop_assert!(root(&log.head).verify_inclusion(&commitment(index).0.0, index, &ours).is_ok());

        for other in [0, index / 2, index.saturating_sub(1), index + 1, size - 1] {
            let verdict = verify_inclusion(&log.leaf(index), other, &path, &log.head);
            prop_assert_eq!(verdict.is_ok(), other == index, "index {} for {}", other, index);
        }
        prop_assert_eq!(verify_inclusion(&commitment(size).leaf(), index, &path, &log.head), Err(ProofError::NotIncluded { index, size }));
        for at in 0..path.len() {
            let mut altered = path.clone();
            altered[at].0[31] ^= 1;
            prop_assert_eq!(verify_inclusion(&log.leaf(index), index, &altered, &log.head), Err(ProofError::NotIncluded { index, size }));
            prop_assert_eq!(verify_inclusion(&log.leaf(index), index, &path[..at], &log.head), Err(ProofError::PathLength { found: at, need: path.len() }));
        }
    }

    #[test]
    fn consistency_is_the_oracles_and_no_other_past_passes(old in size(), more in size()) {
        let mut log = Log::of(old);
        let before = log.head;
        log.grow(more);
        let path = prove_consistency(&mut log.tiles, &before, &log.head).unwrap();
        prop_assert_eq!(verify_consistency(&before, &log.head, &path), Ok(()));
        if old > 0 && more > 0 {
            let theirs = oracle(old + more).prove_consistency(more as usize);
            prop_assert_eq!(bytes(&path), theirs.as_bytes());
            let ours = ConsistencyProof::<Sha256>::try_from_bytes(bytes(&path)).unwrap();
            prop_assert!(root(&log.head).verify_consistency(&root(&before), &ours).is_ok());
        }
        let differ = Err(ProofError::NotConsistent { old, new: old + more });
        for at in 0..path.len() {
            let mut altered = path.clone();
            altered[at].0[0] ^= 1;
            prop_assert_eq!(verify_consistency(&before, &log.head, &altered), differ.clone());
            prop_assert_eq!(verify_consistency(&before, &log.head, &path[..at]), differ.clone());
        }
        if more > 0 {
            let other = TreeHead { root: leaf_hash(b"another past"), ..before };
            prop_assert_eq!(verify_consistency(&other, &log.head, &path), differ.clone());
            if old > 0 {
                let other = TreeHead { root: leaf_hash(b"another present"), ..log.head };
                prop_assert_eq!(verify_consistency(&before, &other, &path), differ);
            }
            prop_assert_eq!(verify_consistency(&log.head, &before, &path), Err(ProofError::Shrunk { old: old + more, new: old }));
        }
    }

    #[test]
    fn a_rewritten_past_is_told_from_any_earlier_checkpoint(size in 2..600u64, more in 1..300u64, at in any::<prop::sample::Index>(), how in 0..4) {
        let mut honest = Log::of(size);
        let before = honest.head;
        honest.grow(more);
        let at = at.index(size as usize);
        let mut leaves = honest.commitments.clone();
        match how {
            0 => { leaves.remove(at); }
            1 => leaves.insert(at, commitment(1 << 40)),
            2 => leaves.swap(at, (at + 1) % size as usize),
            _ => leaves[at] = commitment(1 << 41),
        }
        let mut rewritten = Log::new();
        rewritten.add(leaves);
        let new = rewritten.head;
        // The best the rewriter can do: the proof an honest log of the old head's size would give over his tiles.
        let own = {
            let mut prefix = Log::new();
            prefix.add(rewritten.commitments[..size as usize].to_vec());
            prefix.head
        };
        let path = prove_consistency(&mut rewritten.tiles, &own, &new).unwrap();
        prop_assert_eq!(verify_consistency(&own, &new, &path), Ok(()));
        let refused = verify_consistency(&before, &new, &path);
        prop_assert_eq!(refused, if new.size == size { Err(ProofError::Forked { size }) } else { Err(ProofError::NotConsistent { old: size, new: new.size }) });
        prop_assert_eq!(prove_consistency(&mut rewritten.tiles, &before, &new), Err(TreeError::Root { size: new.size, expected: new.root }));
    }
}

#[test]
fn the_vectors_of_certificate_transparency() {
    let leaves: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let hex = |hash: Hash| hash.0.iter().map(|b| format!("{b:02x}")).collect::<String>();
    assert_eq!(hex(TreeHead::empty().root), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let (mut tiles, mut head) = (Tiles::new(), TreeHead::empty());
    for (leaf, root) in leaves.iter().zip(roots) {
        let appended = append(&mut tiles, &head, &[leaf_hash(leaf)]).unwrap();
        store(&mut tiles, &appended);
        head = appended.head;
        assert_eq!(hex(head.root), root);
    }
}

#[test]
fn the_empty_tree_is_the_beginning_of_every_tree_and_proves_nothing() {
    let mut log = Log::of(5);
    let empty = TreeHead::empty();
    assert_eq!(prove_consistency(&mut log.tiles, &empty, &log.head), Ok(vec![]));
    assert_eq!(verify_consistency(&empty, &log.head, &[log.head.root]), Err(ProofError::PathLength { found: 1, need: 0 }));
    let false_empty = TreeHead { size: 0, root: log.head.root };
    assert_eq!(verify_consistency(&false_empty, &log.head, &[]), Err(ProofError::NotConsistent { old: 0, new: 5 }));
    assert_eq!(verify_inclusion(&log.leaf(0), 0, &[], &empty), Err(ProofError::IndexOutside { index: 0, size: 0 }));
    assert_eq!(prove_inclusion(&mut log.tiles, &log.head, 5), Err(TreeError::Outside { asked: 5, size: 5 }));
    let larger = TreeHead { size: 6, root: log.head.root };
    assert_eq!(prove_consistency(&mut log.tiles, &larger, &log.head), Err(TreeError::Outside { asked: 6, size: 5 }));
}

#[test]
fn sizes_beyond_any_log_are_refused_without_overflow() {
    let huge = TreeHead { size: u64::MAX, root: leaf_hash(b"") };
    assert_eq!(append(&mut Tiles::new(), &huge, &[leaf_hash(b"")]), Err(TreeError::Full));
    assert!(matches!(append(&mut Tiles::new(), &huge, &[]), Err(TreeError::Tile { .. })));
    assert!(matches!(prove_inclusion(&mut Tiles::new(), &huge, u64::MAX - 1), Err(TreeError::Tile { .. })));
    assert!(matches!(verify_inclusion(&leaf_hash(b""), u64::MAX - 1, &[], &huge), Err(ProofError::PathLength { found: 0, .. })));
    assert_eq!(verify_inclusion(&leaf_hash(b""), 0, &[leaf_hash(b""); 64], &huge), Err(ProofError::NotIncluded { index: 0, size: u64::MAX }));
    let old = TreeHead { size: u64::MAX - 1, ..huge };
    assert!(matches!(verify_consistency(&old, &huge, &[leaf_hash(b""); 64]), Err(ProofError::NotConsistent { .. })));
    let half = TreeHead { size: 1 << 63, ..huge };
    assert!(matches!(verify_consistency(&half, &huge, &[leaf_hash(b""); 64]), Err(ProofError::NotConsistent { .. })));
}
