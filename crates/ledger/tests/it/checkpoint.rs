use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_ledger::checkpoint::{
    Checkpoint, CheckpointError, InvalidOrigin, Origin, SignedCheckpoint, app_hash, verifier_key,
};
use assent_model::time::Timestamp;
use signed_note::{Note, StandardVerifier, VerifierList};

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: "ledger.example/consent".parse().expect("a name"),
        size: 20_852_163,
        log_root: Digest::of(b"log"),
        status_root: Digest::of(b"status"),
        height: 12,
        time: Timestamp::from_millis(1_790_000_000_000),
    }
}

fn parse(text: &str) -> Result<Checkpoint, CheckpointError> {
    SignedCheckpoint::parse(text, key().verifying_key())
}

/// A note over any text, signed as a checkpoint would be.
fn sign_text(text: &str) -> String {
    // The signature line of an honest checkpoint shows how; the peer computes the signature.
    let verifying_key = *key().verifying_key();
    let name = text.lines().next().unwrap_or_default();
    let mut id_input = format!("{name}\n\u{1}").into_bytes();
    id_input.extend_from_slice(verifying_key.as_bytes());
    let mut blob = Digest::of(&id_input).as_bytes()[..4].to_vec();
    blob.extend_from_slice(key().sign(text.as_bytes()).as_bytes());
    format!("{text}\n— {name} {}\n", base64_text(&blob))
}

fn base64_text(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn a_signed_checkpoint_reads_back() {
    let signed = checkpoint().sign(&key());
    assert_eq!(parse(signed.as_str()), Ok(checkpoint()));
    assert_eq!(signed.to_string(), signed.as_str());
    let text = signed.as_str().split_once("\n\n").expect("a note").0;
    assert_eq!(
        sign_text(&format!("{text}\n")),
        signed.as_str(),
        "the test signs alike"
    );
}

#[test]
fn the_app_hash_is_that_of_both_roots() {
    let Checkpoint {
        log_root,
        status_root,
        ..
    } = checkpoint();
    assert_eq!(checkpoint().app_hash(), app_hash(&log_root, &status_root));
    assert_ne!(
        app_hash(&log_root, &status_root),
        app_hash(&status_root, &log_root)
    );
}

#[test]
fn signed_note_verifies_our_signature() {
    let origin: Origin = "ledger.example/consent".parse().expect("a name");
    let text = checkpoint().sign(&key()).to_string();
    let note = Note::from_bytes(text.as_bytes()).expect("a note");
    let verifier = |key: &SigningKey| {
        let text = verifier_key(&origin, key.verifying_key());
        VerifierList::new(vec![Box::new(
            StandardVerifier::new(&text).expect("a verifier key"),
        )])
    };
    let (verified, others) = note.verify(&verifier(&key())).expect("verifies");
    assert_eq!((verified.len(), others.len()), (1, 0));
    assert!(
        note.verify(&verifier(&SigningKey::from_seed(&[8; 32])))
            .is_err()
    );
}

#[test]
fn tlog_tiles_reads_our_text() {
    let text = checkpoint().sign(&key()).to_string();
    let note = Note::from_bytes(text.as_bytes()).expect("a note");
    let peer = tlog_tiles::Checkpoint::from_bytes(note.text()).expect("a checkpoint");
    assert_eq!(peer.origin(), "ledger.example/consent");
    assert_eq!(peer.size(), 20_852_163);
    assert_eq!(&peer.hash().0, Digest::of(b"log").as_bytes());
    let status = base64_text(Digest::of(b"status").as_bytes());
    let extension = format!("status {status}\nheight 12\ntime 1790000000000\n");
    assert_eq!(peer.extension(), extension);
}

#[test]
fn signatures_of_witnesses_are_let_through() {
    let signed = checkpoint().sign(&key()).to_string();
    let witness = format!("— witness.example/w1 {}\n", base64_text(&[9; 76]));
    assert_eq!(parse(&format!("{signed}{witness}")), Ok(checkpoint()));
    let (text, ours) = signed.rsplit_once("\n\n").expect("a note");
    assert_eq!(
        parse(&format!("{text}\n\n{witness}{ours}")),
        Ok(checkpoint())
    );
    // Another key of the same log, as in a rotation.
    let other_key = format!("— ledger.example/consent {}\n", base64_text(&[9; 68]));
    assert_eq!(parse(&format!("{signed}{other_key}")), Ok(checkpoint()));
    assert!(parse(&format!("{signed}{}", witness.repeat(63))).is_ok());
    assert_eq!(
        parse(&format!("{signed}{}", witness.repeat(64))),
        Err(CheckpointError::NotANote)
    );
}

#[test]
fn what_is_not_a_note_is_refused() {
    let signed = checkpoint().sign(&key()).to_string();
    let (text, line) = signed.rsplit_once("\n\n").expect("a note");
    let check = |note: String| assert_eq!(parse(&note), Err(CheckpointError::NotANote), "{note}");
    check(String::new());
    check("\n\n".to_owned());
    check(format!("{text}\tmore\n\n{line}"));
    check(format!("{text}\n"));
    check(format!("{text}\n\n"));
    check(format!("{text}\n{line}"));
    check(signed.trim_end().to_owned());
    check(format!("{signed}\n"));
    check(format!("{signed}trailing\n"));
    check(signed.replace('—', "-"));
    check(signed.replace("— ", "—"));
    check(signed.replace("— ledger.example/consent ", "— ledger.example/consent\t"));
    check(signed.replace("— ledger.example/consent ", "— ledger.example/consent  "));
    check(signed.replace("— ledger.example/consent ", "— ledger.example/con+sent "));
    check(signed.replace('\n', "\r\n"));
    check(format!("{}\n", signed.trim_end().trim_end_matches('=')));
    check(format!(
        "{text}\n\n— ledger.example/consent {}\n",
        base64_text(&[1; 4])
    ));
}

#[test]
fn a_checkpoint_without_our_signature_is_refused() {
    let signed = checkpoint().sign(&SigningKey::from_seed(&[8; 32]));
    assert_eq!(parse(signed.as_str()), Err(CheckpointError::NotSigned));
    // Our key, but under another name than that of the log.
    let ours = checkpoint().sign(&key()).to_string();
    let renamed = ours.replacen("ledger.example", "ledger.other", 1);
    assert_eq!(parse(&renamed), Err(CheckpointError::NotSigned));
    let renamed = ours.replace("— ledger.example", "— ledger.other");
    assert_eq!(parse(&renamed), Err(CheckpointError::NotSigned));
}

#[test]
fn an_altered_checkpoint_is_refused() {
    let signed = checkpoint().sign(&key()).to_string();
    let check = |note: &str| {
        assert_ne!(note, signed, "something is altered");
        assert_eq!(parse(note), Err(CheckpointError::BadSignature), "{note}");
    };
    check(&signed.replace("20852163", "20852164"));
    check(&signed.replace("height 12", "height 13"));
    check(&signed.replace("time 179", "time 178"));
    let log_root = base64_text(Digest::of(b"log").as_bytes());
    check(&signed.replace(&log_root, &base64_text(Digest::of(b"other").as_bytes())));
    // One good signature does not make up for a bad one by the same key.
    let line = signed.lines().last().expect("a signature");
    let (start, blob) = line.rsplit_once(' ').expect("a signature");
    let mut swapped = blob.to_owned();
    swapped.replace_range(
        20..24,
        if &blob[20..24] == "AAAA" {
            "BBBB"
        } else {
            "AAAA"
        },
    );
    check(&format!("{signed}{start} {swapped}\n"));
    check(&signed.replace(blob, &swapped));
}

#[test]
fn a_signed_text_in_another_spelling_is_refused() {
    let signed = checkpoint().sign(&key()).to_string();
    let text = format!("{}\n", signed.split_once("\n\n").expect("a note").0);
    assert_eq!(parse(&sign_text(&text)), Ok(checkpoint()));
    let check = |other: &str| {
        assert_ne!(other, text, "something is different");
        assert_eq!(
            parse(&sign_text(other)),
            Err(CheckpointError::NotACheckpoint),
            "{other}"
        );
    };
    check(&text.replace("20852163", "020852163"));
    check(&text.replace("20852163", "+20852163"));
    check(&text.replace("20852163", "20852163 "));
    check(&text.replace("20852163", "99999999999999999999"));
    check(&text.replace("height 12", "height 012"));
    check(&text.replace("height 12", "height  12"));
    check(&text.replace("time ", "Time "));
    check(&text.replace("height 12\n", ""));
    check(&text.replace("height 12\n", "height 12\nheight 12\n"));
    check(&format!("{text}more\n"));
    check(&format!("{text}\nmore\n"));
    let root = base64_text(Digest::of(b"log").as_bytes());
    check(&text.replace(&root, &base64_text(&[1; 31])));
    check(&text.replace(&root, &base64_text(&[1; 33])));
    check(&text.replace(&root, root.trim_end_matches('=')));
    check(&text.replace("status ", "status"));
}

#[test]
fn a_name_of_a_log_has_no_space_and_no_plus() {
    for text in ["", "a b", "a+b", "a\u{a0}b", "a\nb", "a\u{7f}b"] {
        assert_eq!(text.parse::<Origin>(), Err(InvalidOrigin), "{text:?}");
    }
    for text in ["a", "ledger.example/consent", "überall.example"] {
        assert_eq!(text.parse::<Origin>().expect("a name").as_str(), text);
    }
}
