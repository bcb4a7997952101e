//! Signed notes, keys, checkpoints and cosignatures.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::Signer as _;
use proptest::prelude::*;
use xueshi_ledger::*;

use crate::log::{Log, ORIGIN, log_key, witness};

/// The example of Go's `sumdb/note` and of `signed_note`.
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NEUMANN_SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNED: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ROOT_SIGNED: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
/// The example of `c2sp.org/tlog-cosignature`.
const COSIGNED: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

fn signed(head: &TreeHead) -> Note {
    log_key().checkpoint(head)
}

fn believing(quorum: usize) -> Verifiers {
    Verifiers::new(ORIGIN, [log_key().verifier(), witness(1).verifier(), witness(2).verifier()], quorum)
}

#[test]
fn the_known_example_is_signed_byte_for_byte() {
    let seed: [u8; 32] = BASE64_STANDARD.decode(NEUMANN_SEED).unwrap()[1..].try_into().unwrap();
    let key = LogKey::from_seed("PeterNeumann", &seed).unwrap();
    assert_eq!(key.verifier().to_string(), NEUMANN);
    assert_eq!(key.verifier().id(), 0xc74f_20a3);
    let mut note = Note::new(TEXT).unwrap();
    key.sign(&mut note);
    assert_eq!(note.to_string(), format!("{TEXT}\n{SIGNED}"));
    LogKey::from_seed("EnochRoot", &[0; 32]).unwrap().sign(&mut note);
    assert_eq!(note.to_string(), format!("{TEXT}\n{SIGNED}{ROOT_SIGNED}"));
    key.sign(&mut note);
    assert_eq!(note.to_string().parse(), Ok(note.clone()), "signing again replaces the key's own line");
    assert_eq!(note.signatures().len(), 2);
}

#[test]
fn the_specifications_example_comes_back() {
    let note: Note = COSIGNED.parse().unwrap();
    assert_eq!(note.to_string(), COSIGNED);
    let ids: Vec<(&str, u32)> = note.signatures().iter().map(|s| (s.name(), s.id())).collect();
    assert_eq!(ids, [("example.com/behind-the-sofa", 0x033d_e0ae), ("witness.example.com/w1", 0x8d66_cf3f)]);
    assert!(matches!(Verifiers::new("example.com/behind-the-sofa", [], 0).open(&note), Err(ProofError::NotSigned { .. })));
}

#[test]
fn verifier_keys_come_back_and_bad_ones_say_why() {
    for key in [log_key().verifier(), witness(1).verifier()] {
        assert_eq!(key.to_string().parse(), Ok(key));
    }
    assert_eq!((log_key().verifier().kind(), witness(1).verifier().kind()), (KeyKind::Log, KeyKind::Witness));
    let weak = "AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let bad = [
        ("PeterNeumann", KeyError::Form),
        ("PeterNeumann+c74f20a3", KeyError::Form),
        ("PeterNeumann+c74f20a3+", KeyError::Form),
        ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", KeyError::Form),
        ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
        ("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
        ("PeterNewmann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Id),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Name),
        ("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KeyError::Name),
        ("PeterNeumann+c74f20a3+AhpcAA==", KeyError::Kind(2)),
        ("PeterNeumann+c74f20a3+AQEC", KeyError::Key),
    ];
    for (text, error) in bad {
        assert_eq!(text.parse::<VerifierKey>(), Err(error), "{text}");
        assert!(!error.title().zh.is_empty() && !error.remedy().en.is_empty());
    }
    assert_eq!(format!("x+00000000+{weak}").parse::<VerifierKey>(), Err(KeyError::Key), "a key of small order signs everything");
    for name in ["", "a b", "a+b", "a\nb", "全\u{3000}角"] {
        assert_eq!(LogKey::from_seed(name, &[1; 32]).err(), Some(KeyError::Name));
        assert_eq!(WitnessKey::from_seed(name, &[1; 32]).err(), Some(KeyError::Name));
    }
    assert!(!format!("{:?}", log_key()).contains("1, 1"), "secrets are not printed");
}

#[test]
fn malformed_notes_say_the_line() {
    let text = "o\n1\nroot\n";
    let bad = [
        (String::new(), NoteFault::Parts),
        (text.to_owned(), NoteFault::Parts),
        (format!("{text}\n"), NoteFault::Parts),
        (format!("{text}\n{}", SIGNED.trim_end()), NoteFault::Parts),
        (format!("{text}\n{SIGNED}\n"), NoteFault::Parts),
        (format!("{text}\nPeterNeumann x08go\n"), NoteFault::SignatureLine { line: 5 }),
        (format!("{text}\n{SIGNED}{}", SIGNED.replace('—', "-")), NoteFault::SignatureLine { line: 6 }),
        (format!("{text}\n— PeterNeumann x08gow==\n"), NoteFault::SignatureLine { line: 5 }),
        (format!("{text}\n— PeterNeumann x08gow\n"), NoteFault::SignatureLine { line: 5 }),
        (format!("{text}\n— Peter+Neumann x08go/Zj\n"), NoteFault::SignatureLine { line: 5 }),
        (format!("o\n1\r\nroot\n\n{SIGNED}"), NoteFault::Control { line: 2 }),
        (format!("{text}\n{}", SIGNED.repeat(101)), NoteFault::TooLong),
        (format!("{}\n\n{SIGNED}", "x".repeat(256 * 1024)), NoteFault::TooLong),
    ];
    for (note, fault) in bad {
        assert_eq!(note.parse::<Note>(), Err(fault), "{:.40}", note);
    }
    assert_eq!(Note::new("no newline"), Err(NoteFault::Parts));
    assert_eq!(Note::new("a\tb\n"), Err(NoteFault::Control { line: 1 }));
    assert!(NoteFault::SignatureLine { line: 6 }.title().zh.contains("第 6 行"));
}

#[test]
fn malformed_checkpoints_say_the_line_though_they_are_signed() {
    let root = Log::of(3).head.root;
    let bad = [
        ("\n3\n".to_owned(), 1),
        (format!("{ORIGIN}\n"), 2),
        (format!("{ORIGIN}\n03\n{root}\n"), 2),
        (format!("{ORIGIN}\n-3\n{root}\n"), 2),
        (format!("{ORIGIN}\n18446744073709551616\n{root}\n"), 2),
        (format!("{ORIGIN}\n3\n"), 3),
        (format!("{ORIGIN}\n3\nAAAA\n"), 3),
        (format!("{ORIGIN}\n3\n{root}\n\nextension\n"), 4),
        (format!("{ORIGIN}\n3\n{root}\nextension\n\n"), 5),
    ];
    for (text, line) in bad {
        let mut note = Note::new(&text).unwrap();
        log_key().sign(&mut note);
        assert_eq!(believing(0).open(&note), Err(ProofError::Checkpoint { line }), "{text}");
    }
    let mut note = Note::new(&format!("{ORIGIN}\n3\n{root}\nextension\n")).unwrap();
    log_key().sign(&mut note);
    assert_eq!(believing(0).open(&note).unwrap().checkpoint, Checkpoint { origin: ORIGIN.to_owned(), head: TreeHead { size: 3, root } });
}

#[test]
fn a_checkpoint_of_another_log_or_key_is_refused() {
    let head = Log::of(3).head;
    let mut note = Note::new(&format!("other.example/log\n3\n{}\n", head.root)).unwrap();
    log_key().sign(&mut note);
    assert_eq!(believing(0).open(&note), Err(ProofError::Origin { found: "other.example/log".to_owned(), expected: ORIGIN.to_owned() }));

    let stranger = LogKey::from_seed(ORIGIN, &[2; 32]).unwrap();
    let not_signed = |note: &Note| matches!(believing(0).open(note), Err(ProofError::NotSigned { origin, .. }) if origin == ORIGIN);
    assert!(not_signed(&stranger.checkpoint(&head)));
    assert!(not_signed(&LogKey::from_seed("other.example/log", &[1; 32]).unwrap().checkpoint(&head)));
    let mut note = Note::new(signed(&head).text()).unwrap();
    witness(1).cosign(&mut note, 5);
    assert!(not_signed(&note), "a witness does not speak for the log");

    let other = LogKey::from_seed("other.example/log", &[1; 32]).unwrap();
    let mut note = Note::new(signed(&head).text()).unwrap();
    other.sign(&mut note);
    let both = Verifiers::new(ORIGIN, [log_key().verifier(), other.verifier()], 0);
    assert!(matches!(both.open(&note), Err(ProofError::NotSigned { .. })), "another log, though known, does not speak for this one");

    // A stranger's signature under our key's name and id: a collision, or a mended line.
    let mine = signed(&head).signatures()[0].to_string();
    let theirs = stranger.checkpoint(&head).signatures()[0].to_string();
    let bytes = |line: &str| BASE64_STANDARD.decode(line.trim_end().rsplit_once(' ').unwrap().1).unwrap();
    let forged = [&bytes(&mine)[..4], &bytes(&theirs)[4..]].concat();
    let forged = format!("{}\n— {ORIGIN} {}\n", signed(&head).text(), BASE64_STANDARD.encode(forged));
    assert_eq!(believing(0).open(&forged.parse().unwrap()), Err(ProofError::BadSignature { name: ORIGIN.to_owned(), id: log_key().verifier().id() }));
}

#[test]
fn a_replaced_key_signs_beside_the_new_one() {
    let head = Log::of(3).head;
    let new = LogKey::from_seed(ORIGIN, &[9; 32]).unwrap();
    let mut note = signed(&head);
    new.sign(&mut note);
    for keys in [vec![log_key().verifier()], vec![new.verifier()], vec![log_key().verifier(), new.verifier()]] {
        let opened = Verifiers::new(ORIGIN, keys.clone(), 0).open(&note).unwrap();
        assert_eq!(opened.signed, keys);
    }
}

#[test]
fn cosignatures_are_kept_verified_and_counted_once() {
    let head = Log::of(3).head;
    let mut note = signed(&head);
    let line = |n: u8, time: u64| {
        let mut copy = Note::new(signed(&head).text()).unwrap();
        witness(n).cosign(&mut copy, time);
        copy.signatures()[0].clone()
    };
    assert_eq!(believing(1).open(&note), Err(ProofError::Witnesses { found: 0, need: 1 }));
    let first = line(1, 1_679_315_147);
    assert_eq!(first.to_string().parse(), Ok(first.clone()));
    note.add(first);
    note.add(line(3, 1_679_315_147));
    assert_eq!(believing(2).open(&note), Err(ProofError::Witnesses { found: 1, need: 2 }), "an unknown witness does not count");
    note.add(line(2, u64::MAX));
    note.add(line(1, 1_679_401_547));
    let opened = believing(2).open(&note.to_string().parse().unwrap()).unwrap();
    let cosigned = |n: u8, time| Cosigned { witness: format!("witness.example/w{n}"), time };
    assert_eq!(opened.cosigned, [cosigned(1, 1_679_401_547), cosigned(2, i64::MAX as u64)]);
    assert_eq!(note.signatures().len(), 4);

    let (own, line) = (note.signatures()[0].to_string(), note.signatures()[1].to_string());
    let doubled: Note = format!("{note}{line}{own}").parse().unwrap();
    assert_eq!(believing(2).open(&doubled).unwrap().signed, [log_key().verifier()]);
    let once = Verifiers::new(ORIGIN, [log_key().verifier(), witness(1).verifier()], 2);
    assert_eq!(once.open(&doubled), Err(ProofError::Witnesses { found: 1, need: 2 }), "a line twice is one witness");
}

#[test]
fn a_cosignature_signs_time_and_text_as_specified() {
    let head = Log::of(3).head;
    let mut note = signed(&head);
    witness(1).cosign(&mut note, 1_679_315_147);
    let line = note.signatures()[1].to_string();
    let bytes = BASE64_STANDARD.decode(line.trim_end().rsplit_once(' ').unwrap().1).unwrap();
    let key = witness(1).verifier().to_string();
    let key = BASE64_STANDARD.decode(key.splitn(3, '+').nth(2).unwrap()).unwrap();
    assert_eq!((key[0], bytes.len()), (4, 4 + 8 + 64));
    assert_eq!(bytes[4..12], 1_679_315_147u64.to_be_bytes());
    let message = format!("cosignature/v1\ntime 1679315147\n{ORIGIN}\n3\n{}\n", head.root);
    let key = ed25519_dalek::VerifyingKey::try_from(&key[1..]).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&bytes[12..]).unwrap();
    assert!(key.verify_strict(message.as_bytes(), &signature).is_ok());

    // A time that no cosignature may carry is refused although the signature holds.
    let time = 1u64 << 63;
    let message = format!("cosignature/v1\ntime {time}\n{}", note.text());
    let signature = ed25519_dalek::SigningKey::from_bytes(&[101; 32]).sign(message.as_bytes());
    let late = [&bytes[..4], &time.to_be_bytes(), &signature.to_bytes()].concat();
    note.add(format!("— witness.example/w1 {}", BASE64_STANDARD.encode(late)).parse().unwrap());
    assert_eq!(believing(0).open(&note), Err(ProofError::BadSignature { name: "witness.example/w1".to_owned(), id: witness(1).verifier().id() }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever character of a signed checkpoint is altered, nothing but the same head is ever believed.
    #[test]
    fn no_altered_checkpoint_is_believed(at in any::<prop::sample::Index>(), by in "[\n -~—]") {
        let head = Log::of(300).head;
        let mut note = signed(&head);
        witness(1).cosign(&mut note, 1_700_000_000);
        let mut chars: Vec<String> = note.to_string().chars().map(String::from).collect();
        let at = at.index(chars.len());
        prop_assume!(chars[at] != by);
        chars[at] = by;
        match chars.concat().parse::<Note>().map_err(ProofError::from).and_then(|note| believing(1).open(&note)) {
            Ok(opened) => prop_assert!(false, "believed: {:?}", opened),
            Err(error) => prop_assert!(!error.title().zh.is_empty() && !error.title().en.is_empty() && !error.remedy().zh.is_empty()),
        }
    }

    #[test]
    fn no_text_makes_reading_fail_otherwise_than_by_a_reason(text in "\\PC{0,60}", lines in prop::collection::vec("[—a-z+= /0-9\n]{0,20}", 0..6)) {
        let text = format!("{text}\n{}", lines.concat());
        if let Ok(note) = text.parse::<Note>() {
            prop_assert_eq!(note.to_string(), text);
        }
    }
}
