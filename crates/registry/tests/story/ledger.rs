//! Whatever is done behind the ledger's back is found; erasing leaves every proof valid.

use crate::support::Fixture;
use crate::town::Town;
use crate::{class, handed_in};
use xueshi_ledger::{Note, Verifiers, WitnessKey};
use xueshi_registry::Why;

/// A ledger with a few accepted records, all placed, in several checkpoints.
fn ledger(fixture: &Fixture) -> Town {
    let town = Town::found(&fixture.registry, "510000", "510100", 1);
    let employer = town.actor("employer", 1);
    for hours in ["8", "6", "4"] {
        let case = handed_in(&town, &class(hours), 1);
        let version = fixture.registry.case(&employer, case).unwrap().version;
        fixture.registry.decide(&employer, case, version, "accept", "").unwrap();
        while fixture.registry.place_entries().unwrap() > 0 {}
    }
    town
}

/// What is done behind its back, and a word of what is found.
const TAMPERING: [(&str, &str, &str); 11] = [
    ("a text is altered", "UPDATE entry_texts SET body = REPLACE(body, '\"8\"', '\"80\"') WHERE entry = (SELECT MIN(entry) FROM entry_texts)", "altered"),
    (
        "a salt is altered",
        "UPDATE entry_texts SET salt = (SELECT salt FROM entry_texts WHERE entry = (SELECT MAX(entry) FROM entry_texts)) WHERE entry = (SELECT MIN(entry) FROM entry_texts)",
        "altered",
    ),
    ("a text is removed", "DELETE FROM entry_texts WHERE entry = (SELECT MIN(entry) FROM entry_texts)", "no erasure was decided"),
    ("a commitment is altered", "UPDATE entries SET commitment = (SELECT commitment FROM entries WHERE id = (SELECT MAX(id) FROM entries)) WHERE id = (SELECT MIN(id) FROM entries)", "altered"),
    ("an entry is removed with its place", "DELETE FROM log_leaves WHERE place = 1", "is missing"),
    ("the end is cut off", "DELETE FROM log_leaves WHERE place = (SELECT MAX(place) FROM log_leaves)", "the end was removed"),
    (
        "two are exchanged",
        "UPDATE log_leaves SET entry = -1 WHERE place = 0; UPDATE log_leaves SET entry = (SELECT entry FROM log_leaves x WHERE x.place = 2) * -1 WHERE place = 2;
         UPDATE log_leaves SET entry = (SELECT MIN(id) FROM entries) WHERE place = 2; UPDATE log_leaves SET entry = (SELECT MIN(id) + 2 FROM entries) WHERE place = 0",
        "reordered",
    ),
    (
        "one is inserted at the end",
        "INSERT INTO entries (id, kind, at, commitment) SELECT 999999, kind, at, commitment FROM entries WHERE id = (SELECT MIN(id) FROM entries);
         INSERT INTO entry_texts (entry, salt, body) SELECT 999999, salt, body FROM entry_texts WHERE entry = (SELECT MIN(entry) FROM entry_texts);
         INSERT INTO log_leaves (place, entry) SELECT MAX(place) + 1, 999999 FROM log_leaves",
        "never signed",
    ),
    ("one is inserted without a place", "INSERT INTO entries (id, kind, at, commitment) SELECT 999999, kind, at, commitment FROM entries WHERE id = (SELECT MIN(id) FROM entries)", "wait for none"),
    (
        "a checkpoint is altered",
        "UPDATE checkpoints SET root = (SELECT root FROM checkpoints WHERE size = (SELECT MIN(size) FROM checkpoints)) WHERE size = (SELECT MAX(size) FROM checkpoints)",
        "signed for another tree",
    ),
    ("a result is altered", "UPDATE determinations SET result = REPLACE(result, '\"total\":800', '\"total\":8000') WHERE id = (SELECT MIN(id) FROM determinations)", "not what the ledger holds"),
];

fn every_tampering_is_found(fixture: impl Fn() -> Fixture) {
    for (what, sql, found) in TAMPERING {
        let fixture = fixture();
        ledger(&fixture);
        assert_eq!(fixture.registry.verify_ledger(&[], |_, _| {}).unwrap().findings, Vec::new(), "before: {what}");
        fixture.database.tamper(sql);
        let findings = fixture.registry.verify_ledger(&[], |_, _| {}).unwrap().findings;
        assert!(findings.iter().any(|finding| finding.text.en.contains(found)), "{what}: {findings:?}");
    }
}

#[test]
fn every_tampering_is_found_on_sqlite() {
    every_tampering_is_found(Fixture::sqlite);
}

#[test]
fn every_tampering_is_found_on_postgres() {
    every_tampering_is_found(Fixture::postgres);
}

/// Somebody with the keys rewrites everything and signs it anew: whoever kept an earlier checkpoint still notices.
#[test]
fn an_earlier_checkpoint_kept_elsewhere_betrays_a_rewritten_past() {
    let fixture = Fixture::sqlite();
    ledger(&fixture);
    let (kept, _) = fixture.registry.checkpoint().unwrap().unwrap();
    fixture.database.tamper(
        "DELETE FROM checkpoints; DELETE FROM tiles; INSERT INTO unplaced SELECT entry FROM log_leaves WHERE place > 0; DELETE FROM log_leaves; DELETE FROM entry_texts WHERE entry = (SELECT MIN(entry) FROM entry_texts);
         DELETE FROM entries WHERE id = (SELECT MIN(id) FROM entries); DELETE FROM determinations",
    );
    while fixture.registry.place_entries().unwrap() > 0 {}
    assert_eq!(fixture.registry.verify_ledger(&[], |_, _| {}).unwrap().findings, Vec::new(), "by itself it looks whole");
    assert_ne!(fixture.registry.verify_ledger(&[kept], |_, _| {}).unwrap().findings, Vec::new());
}

/// Tables themselves refuse what the program never does.
#[test]
fn the_tables_refuse_to_change_entries() {
    for fixture in [Fixture::sqlite(), Fixture::postgres()] {
        ledger(&fixture);
        for sql in [
            "UPDATE entries SET kind = 'x'",
            "DELETE FROM entries",
            "UPDATE entry_texts SET body = 'x'",
            "DELETE FROM entry_texts",
            "DELETE FROM log_leaves",
            "UPDATE checkpoints SET note = 'x'",
            "DELETE FROM audits",
        ] {
            assert!(fixture.registry.write(move |tx| tx.execute(sql, &[])).is_err(), "{sql}");
        }
    }
}

#[test]
fn erasing_what_an_entry_said_leaves_every_proof_valid() {
    for fixture in [Fixture::sqlite(), Fixture::postgres()] {
        ledger(&fixture);
        let registry = &fixture.registry;
        let entry = registry.read(|tx| tx.number("SELECT MIN(id) FROM entries", &[])).unwrap();
        let before = registry.receipt(entry).unwrap().unwrap();
        let now = registry.now();
        registry
            .write(move |tx| {
                tx.execute("INSERT INTO erasures (entry, at, decided) VALUES (?1, ?2, ?1)", xueshi_registry::params![entry, now])?;
                tx.execute("DELETE FROM entry_texts WHERE entry = ?1", xueshi_registry::params![entry])
            })
            .unwrap();
        let verification = registry.verify_ledger(&[], |_, _| {}).unwrap();
        assert_eq!((verification.findings, verification.erased), (Vec::new(), 1));
        let verifiers = Verifiers::new(registry.origin(), [registry.ledger_key().unwrap()], 0);
        let after = registry.receipt(entry).unwrap().unwrap();
        assert_eq!((after.verify(&verifiers).unwrap().entry, after.commitment == before.commitment), (None, true));
        assert!(before.verify(&verifiers).unwrap().entry.is_some(), "what was handed out before stays good");
    }
}

#[test]
fn witnesses_cosign_checkpoints_of_this_ledger_alone() {
    for (fixture, other) in [(Fixture::sqlite(), Fixture::sqlite()), (Fixture::postgres(), Fixture::postgres())] {
        let registry = &fixture.registry;
        ledger(&fixture);
        let witness = WitnessKey::from_seed("witness.example/w1", &[7; 32]).unwrap();
        let cosigned = |note: &str, time: u64| {
            let mut note: Note = note.parse().unwrap();
            witness.cosign(&mut note, time);
            note
        };
        let (note, _) = registry.checkpoint().unwrap().unwrap();
        let by_nobody_known = registry.cosign(&cosigned(&note, 1_551_402_100).to_string()).unwrap_err();
        assert!(by_nobody_known.to_string().contains("No known witness"), "{by_nobody_known}");

        assert_eq!(registry.add_witness(&registry.ledger_key().unwrap().to_string()).unwrap_err().why(), Some(Why::Invalid), "a log is no witness");
        assert_eq!(registry.add_witness("nonsense").unwrap_err().why(), Some(Why::Invalid));
        registry.add_witness(&witness.verifier().to_string()).unwrap();
        assert_eq!(registry.add_witness(&witness.verifier().to_string()).unwrap_err().why(), Some(Why::Duplicate));

        // The whole note, then only the line that a witness answers with: the later one stands.
        assert_eq!(registry.cosign(&cosigned(&note, 1_551_402_100).to_string()).unwrap()[0].time, 1_551_402_100);
        let line = cosigned(&note, 1_551_402_200).signatures().last().unwrap().to_string();
        assert_eq!(registry.cosign(&line).unwrap()[0].time, 1_551_402_200);
        let (shown, _) = registry.checkpoint().unwrap().unwrap();
        let verifiers = Verifiers::new(registry.origin(), [registry.ledger_key().unwrap(), witness.verifier()], 1);
        let opened = verifiers.open(&shown.parse().unwrap()).unwrap();
        assert_eq!(opened.cosigned.iter().map(|one| (one.witness.as_str(), one.time)).collect::<Vec<_>>(), [("witness.example/w1", 1_551_402_200)]);
        assert_eq!(registry.witnesses().unwrap()[0].last.map(|(size, _)| size), i64::try_from(opened.checkpoint.head.size).ok());

        // An altered signature, an altered text, another ledger's checkpoint.
        let altered = cosigned(&note, 1_551_402_300).to_string().replace("witness.example/w1 ", "witness.example/w1 A");
        assert_eq!(registry.cosign(&altered).unwrap_err().why(), Some(Why::Invalid));
        let size = opened.checkpoint.head.size;
        let longer = note.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size + 1), 1);
        assert!(registry.cosign(&cosigned(&longer, 1).to_string()).unwrap_err().to_string().contains("no checkpoint of this ledger"));
        ledger(&other);
        let (foreign, _) = other.registry.checkpoint().unwrap().unwrap();
        assert!(registry.cosign(&cosigned(&foreign, 1).to_string()).unwrap_err().to_string().contains("no checkpoint of this ledger"));

        assert_eq!(registry.verify_ledger(&[shown], |_, _| {}).unwrap().findings, Vec::new());
        registry.remove_witness("witness.example/w1").unwrap();
        assert_eq!(registry.remove_witness("witness.example/w1").unwrap_err().why(), Some(Why::NotFound));
    }
}
