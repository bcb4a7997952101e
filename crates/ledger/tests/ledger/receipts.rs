//! Receipts: what they prove, and every tampering by its reason.

use serde_json::{Value, json};
use xueshi_ledger::*;

use crate::log::{Log, ORIGIN, commitment, entry, log_key, salt, witness};

fn believing(quorum: usize) -> Verifiers {
    Verifiers::new(ORIGIN, [log_key().verifier(), witness(1).verifier()], quorum)
}

fn receipt_of(index: u64, size: u64) -> Receipt {
    let mut log = Log::of(size);
    let mut checkpoint = log_key().checkpoint(&log.head);
    witness(1).cosign(&mut checkpoint, 1_700_000_000);
    log.receipt(index, &checkpoint)
}

/// The receipt as JSON with one place altered, read and verified again.
fn altered(receipt: &Receipt, pointer: &str, to: Value) -> Result<Verified, ProofError> {
    let mut json = serde_json::to_value(receipt).unwrap();
    *json.pointer_mut(pointer).unwrap() = to;
    Receipt::from_json(&json.to_string())?.verify(&believing(1))
}

#[test]
fn a_receipt_proves_entry_place_and_checkpoint() {
    let receipt = receipt_of(777, 1000);
    let json = serde_json::to_string(&receipt).unwrap();
    assert_eq!(Receipt::from_json(&json), Ok(receipt.clone()));
    let verified = receipt.verify(&believing(1)).unwrap();
    assert_eq!(verified.entry, Some(entry(777)));
    assert_eq!((verified.index, verified.head), (777, Log::of(1000).head));
    assert_eq!(verified.signed, [log_key().verifier()]);
    assert_eq!(verified.cosigned, [Cosigned { witness: "witness.example/w1".to_owned(), time: 1_700_000_000 }]);
}

#[test]
fn the_form_of_a_receipt_stays() {
    let mut log = Log::of(2);
    let receipt = log.receipt(1, &log_key().checkpoint(&Log::of(2).head));
    let json: Value = serde_json::from_str(&serde_json::to_string(&receipt).unwrap()).unwrap();
    let expected = json!({
        "format": "xueshi/receipt/v1",
        "index": 1,
        "commitment": "fXCg675t0mSKOHo7VhGTztI7EFr3no9/UvFJ2E41tSM=",
        "opening": { "salt": "AAAAAAAAAAEHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=", "entry": entry(1) },
        "path": [log.leaf(0).to_string()],
        "checkpoint": log_key().checkpoint(&log.head).to_string(),
    });
    assert_eq!(json, expected);
}

#[test]
fn erasing_entry_and_salt_leaves_every_proof_valid() {
    let mut receipt = receipt_of(5, 300);
    receipt.opening = None;
    let json = serde_json::to_string(&receipt).unwrap();
    assert!(!json.contains("opening") && !json.contains("学习记录"));
    let verified = Receipt::from_json(&json).unwrap().verify(&believing(1)).unwrap();
    assert_eq!((verified.entry, verified.index), (None, 5));
}

#[test]
fn a_commitment_hides_and_binds() {
    let bytes = entry(1);
    let known = Commitment::new(&salt(1), bytes.as_bytes());
    assert_eq!(known, commitment(1));
    assert_ne!(known, Commitment::new(&salt(2), bytes.as_bytes()));
    assert_ne!(known, Commitment::new(&salt(1), entry(2).as_bytes()));
    // No byte can move between salt and entry, and the commitment is not the bare hash of either.
    let mut moved = salt(1).0;
    moved[31] = bytes.as_bytes()[0];
    assert_ne!(known, Commitment::new(&Salt(moved), &bytes.as_bytes()[1..]));
    assert_ne!(known.leaf(), leaf_hash(bytes.as_bytes()));
    assert_eq!(format!("{:?}", salt(1)), "Salt(…)");
}

#[test]
fn every_tampering_is_told_by_its_reason() {
    let receipt = receipt_of(777, 1000);
    let other = receipt_of(776, 1000);
    let not_included = |index| Err(ProofError::NotIncluded { index, size: 1000 });
    let text = |value: &dyn std::fmt::Display| Value::String(value.to_string());

    assert_eq!(altered(&receipt, "/opening/entry", text(&entry(777).replace("1.5", "9.5"))), Err(ProofError::Opening));
    assert_eq!(altered(&receipt, "/opening/entry", text(&format!("{} ", entry(777)))), Err(ProofError::Opening));
    assert_eq!(altered(&receipt, "/opening/salt", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")), Err(ProofError::Opening));
    assert_eq!(altered(&receipt, "/commitment", text(&other.commitment.0)), Err(ProofError::Opening));
    let mut hidden = receipt.clone();
    hidden.opening = None;
    assert_eq!(altered(&hidden, "/commitment", text(&other.commitment.0)), not_included(777));

    assert_eq!(altered(&receipt, "/index", json!(776)), not_included(776));
    assert_eq!(altered(&receipt, "/index", json!(1000)), Err(ProofError::IndexOutside { index: 1000, size: 1000 }));
    assert_eq!(altered(&receipt, "/index", json!(999)), Err(ProofError::PathLength { found: 10, need: 8 }));
    assert_eq!(altered(&receipt, "/path/3", text(&leaf_hash(b"other"))), not_included(777));
    let path = |path: &[Hash]| Value::Array(path.iter().map(|h| text(h)).collect());
    assert_eq!(altered(&receipt, "/path", path(&receipt.path[1..])), Err(ProofError::PathLength { found: 9, need: 10 }));
    let mut swapped = receipt.path.clone();
    swapped.swap(0, 1);
    assert_eq!(altered(&receipt, "/path", path(&swapped)), not_included(777));

    let bad_signature = Err(ProofError::BadSignature { name: ORIGIN.to_owned(), id: log_key().verifier().id() });
    let head = Log::of(1000).head;
    let note = |from: &str, to: &str| text(&receipt.checkpoint.replacen(from, to, 1));
    assert_eq!(altered(&receipt, "/checkpoint", note(&head.root.to_string(), &leaf_hash(b"").to_string())), bad_signature);
    assert_eq!(altered(&receipt, "/checkpoint", note("\n1000\n", "\n1001\n")), bad_signature);
    assert_eq!(altered(&receipt, "/checkpoint", note(&format!("{ORIGIN}\n"), "other.example/log\n")), bad_signature);
    let dropped: String = receipt.checkpoint.lines().filter(|line| !line.starts_with("— witness")).map(|line| format!("{line}\n")).collect();
    assert_eq!(altered(&receipt, "/checkpoint", text(&dropped)), Err(ProofError::Witnesses { found: 0, need: 1 }));
    assert!(matches!(altered(&receipt, "/checkpoint", text(&LogKey::from_seed(ORIGIN, &[3; 32]).unwrap().checkpoint(&head))), Err(ProofError::NotSigned { .. })));
    let mut before = log_key().checkpoint(&Log::of(777).head);
    witness(1).cosign(&mut before, 1_600_000_000);
    assert_eq!(altered(&receipt, "/checkpoint", text(&before)), Err(ProofError::IndexOutside { index: 777, size: 777 }));

    assert_eq!(altered(&receipt, "/format", json!("xueshi/receipt/v2")), Err(ProofError::Format { found: "xueshi/receipt/v2".to_owned() }));
    let mut later = serde_json::to_value(&receipt).unwrap();
    later["format"] = json!("xueshi/receipt/v2");
    let later: Receipt = serde_json::from_value(later).unwrap();
    assert_eq!(later.verify(&believing(1)), Err(ProofError::Format { found: "xueshi/receipt/v2".to_owned() }), "however it was read");
    assert!(matches!(altered(&receipt, "/index", json!(-1)), Err(ProofError::Unreadable { json: true, .. })));
    assert!(matches!(altered(&receipt, "/path/0", json!("AAAA")), Err(ProofError::Unreadable { json: true, .. })));
    assert_eq!(altered(&receipt, "/checkpoint", json!("no note")), Err(ProofError::Note(NoteFault::Parts)));
}

#[test]
fn unreadable_receipts_say_the_place() {
    assert_eq!(Receipt::from_json("{\n \"format\": nothing}"), Err(ProofError::Unreadable { line: 2, column: 13, json: false }));
    assert!(matches!(Receipt::from_json(""), Err(ProofError::Unreadable { json: false, .. })));
    assert!(matches!(Receipt::from_json(r#"{"format":"xueshi/receipt/v1"}"#), Err(ProofError::Unreadable { json: true, .. })));
    let json = serde_json::to_string(&receipt_of(0, 1)).unwrap();
    let added = json.replacen('{', r#"{"hours":"80","#, 1);
    assert!(matches!(Receipt::from_json(&added), Err(ProofError::Unreadable { json: true, .. })), "what is not verified has no place in a receipt");
    let error = Receipt::from_json(&json[..40]).unwrap_err();
    assert!(error.title().zh.contains("第 1 行第 40 列") && error.remedy().en.contains("Download"));
}
