//! Verifying evidence with no node: every byte counts.

use std::path::{Path, PathBuf};

use crate::program::{assent, folder, text};

/// How many places of a bundle are changed.
const PLACES: usize = 40;

/// A bundle, and who operates the log that it is from.
fn bundle(folder: &Path) -> (PathBuf, String) {
    let told = assent(&["demo", "--once", "--json", "--out", text(folder)])
        .done()
        .json();
    let operator = told["told"][0]["operator"]
        .as_str()
        .expect("the operator")
        .to_owned();
    (folder.join("evidence-bundle.json"), operator)
}

#[test]
fn a_bundle_holds_for_its_operator_and_with_every_byte() {
    let folder = folder();
    let (bundle, operator) = bundle(folder.path());
    let proven = assent(&["verify", "--json", "--operator", &operator, text(&bundle)])
        .done()
        .json();
    assert_eq!(proven["operator"], operator);
    assert_eq!(proven["pinned"], true);
    let other = "prt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    assent(&["verify", "--operator", other, text(&bundle)]).failed(1, "[log-untrusted]");

    let bytes = std::fs::read(&bundle).expect("the bundle");
    let changed = folder.path().join("changed.json");
    for place in (0..PLACES).map(|place| place * (bytes.len() - 1) / (PLACES - 1)) {
        let mut copy = bytes.clone();
        copy[place] ^= 1;
        std::fs::write(&changed, copy).expect("the copy is written");
        let verified = assent(&["verify", text(&changed)]);
        assert_eq!(verified.code, Some(1), "byte {place}: {verified:?}");
        assert_eq!(verified.stdout, "", "byte {place}");
    }
    std::fs::write(&changed, &bytes[..bytes.len() - 1]).expect("the copy is written");
    assent(&["verify", text(&changed)]).failed(1, "[bundle-malformed]");
}
