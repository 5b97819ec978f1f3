//! A key out of a code.

use assent_crypto::pake::{AgreedKey, Exchange, InvalidShare, Share, Side};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};

const CODE: &[u8] = b"BCDFGHJK";
const TERMS: &[&[u8]] = &[b"terms"];

fn begin(side: Side, code: &[u8]) -> Exchange {
    Exchange::begin(side, code, b"device", b"person")
}

/// Both ends of an exchange over these codes.
fn keys(shown: &[u8], entered: &[u8]) -> (AgreedKey, AgreedKey) {
    let (shows, enters) = (begin(Side::Shows, shown), begin(Side::Enters, entered));
    let (from_shows, from_enters) = (shows.share(), enters.share());
    (
        shows.finish(&from_enters).expect("a share"),
        enters.finish(&from_shows).expect("a share"),
    )
}

#[test]
fn the_same_code_gives_a_key_that_both_confirm() {
    let (shows, enters) = keys(CODE, CODE);
    assert!(shows.is_confirmed(TERMS, &enters.confirm(TERMS)));
    assert!(enters.is_confirmed(TERMS, &shows.confirm(TERMS)));
}

#[test]
fn other_codes_names_and_terms_confirm_nothing() {
    let (shows, enters) = keys(CODE, b"BCDFGHJL");
    assert!(!shows.is_confirmed(TERMS, &enters.confirm(TERMS)));
    assert!(!enters.is_confirmed(TERMS, &shows.confirm(TERMS)));

    let (shows, enters) = keys(CODE, CODE);
    assert!(!shows.is_confirmed(&[b"other"], &enters.confirm(TERMS)));
    assert!(!shows.is_confirmed(&[b"te", b"rms"], &enters.confirm(TERMS)));

    let enters = Exchange::begin(Side::Enters, CODE, b"device", b"somebody else");
    let shows = begin(Side::Shows, CODE);
    let (from_shows, from_enters) = (shows.share(), enters.share());
    let shows = shows.finish(&from_enters).expect("a share");
    let enters = enters.finish(&from_shows).expect("a share");
    assert!(!shows.is_confirmed(TERMS, &enters.confirm(TERMS)));
}

#[test]
fn nobody_is_convinced_by_their_own_words() {
    let (shows, enters) = keys(CODE, CODE);
    assert!(!shows.is_confirmed(TERMS, &shows.confirm(TERMS)));
    assert!(!enters.is_confirmed(TERMS, &enters.confirm(TERMS)));
    for side in [Side::Shows, Side::Enters] {
        let exchange = begin(side, CODE);
        let own = exchange.share();
        assert_eq!(exchange.finish(&own).err(), Some(InvalidShare));
    }
}

#[test]
fn what_is_no_point_is_no_share() {
    let mut bytes = *begin(Side::Enters, CODE).share().as_bytes();
    // Half of all strings are no point; the same in every run.
    let is_point = |bytes: &[u8; 33]| {
        let point = CompressedEdwardsY::from_slice(&bytes[1..]).expect("32 bytes");
        point.decompress().is_some()
    };
    while is_point(&bytes) {
        bytes[1] = bytes[1].wrapping_add(1);
    }
    let shows = begin(Side::Shows, CODE);
    assert_eq!(
        shows.finish(&Share::from_bytes(bytes)).err(),
        Some(InvalidShare)
    );
}

fn point(share: &Share) -> EdwardsPoint {
    let bytes = CompressedEdwardsY::from_slice(&share.as_bytes()[1..]).expect("32 bytes");
    bytes.decompress().expect("a point")
}

/// Who listens and has a guess for the code can subtract what the guess would have added to a share.
/// What remains is a multiple of the base point under every guess: the share fits them all, so the
/// guess cannot be checked. In a protocol that sends a hash or a signature under the code, one guess
/// would fit and all others not.
#[test]
fn a_share_fits_every_code() {
    let share = point(&begin(Side::Shows, CODE).share());
    assert!(share.is_torsion_free());
    // With a fixed random number, the shares of two codes differ by a multiple of one element that
    // has no known logarithm; so the difference of any two shares is in the group too.
    for code in [&b"CCCCCCCC"[..], b"ZZZZZZZZ", b""] {
        let other = point(&begin(Side::Shows, code).share());
        assert!((share - other).is_torsion_free());
        assert_ne!(share, other);
    }
    // And the share of one code never comes twice.
    let again = point(&begin(Side::Shows, CODE).share());
    assert_ne!(share, again);
}

#[test]
fn secrets_are_not_shown() {
    let (shows, _) = keys(CODE, CODE);
    assert_eq!(format!("{shows:?}"), "AgreedKey(..)");
    assert_eq!(
        format!("{:?}", begin(Side::Shows, CODE)),
        "Exchange(Shows, ..)"
    );
}
