//! The guided demonstration.

use crate::program::{assent, folder, text};

#[test]
fn the_story_of_the_household_is_told_and_leaves_evidence() {
    let folder = folder();
    let out = folder.path().join("evidence");
    let told = assent(&["demo", "--once", "--only", "household", "--out", text(&out)]).done();
    for words in [
        "refused: proof-key",
        "refused: consent-disabled",
        "refused: consent-withdrawn",
        "acknowledges the end, signed",
        "verifies the evidence, with no node",
        "steps did what they should.",
    ] {
        assert!(told.stdout.contains(words), "{words}: {}", told.stdout);
    }
    assert!(
        !told.stdout.contains('\u{1b}'),
        "no colour where nobody looks"
    );
    assert_eq!(told.stderr, "");
    let bundle = out.join("evidence-bundle.json");
    let proven = assent(&["verify", "--json", text(&bundle)]).done().json();
    assert_eq!(proven["status"], "withdrawn");
    assert_eq!(proven["closure"], "acknowledged");
    assert_eq!(proven["pinned"], false);
}

#[test]
fn the_pages_of_both_are_opened_in_a_browser() {
    let folder = folder();
    let out = folder.path().join("evidence");
    let told = assent(&["demo", "--once", "--only", "home", "--out", text(&out)]).done();
    let signed_in = told.stdout.matches("signs in with a browser, by a link");
    assert_eq!(signed_in.count(), 2, "{}", told.stdout);
    assert!(told.stdout.contains("refused: it was used"));
    let bundle = out.join("home-evidence-bundle.json");
    let proven = assent(&["verify", "--json", text(&bundle)]).done().json();
    assert_eq!(proven["status"], "active");
}

#[test]
fn for_programs_it_answers_with_one_object() {
    let told = assent(&["demo", "--once", "--json"]).done().json();
    assert_eq!(told["told"][0]["story"], "household");
    assert!(told["steps"].as_u64() > Some(30), "{told}");
}
