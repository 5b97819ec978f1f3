//! Problem codes: a page for each, and a reference that says the same.

use std::path::Path;

use assent_api::problem::Code;
use assent_node::http::catalogue;

use crate::calls::Calls;
use crate::world::World;

#[tokio::test]
async fn every_code_has_a_page_that_explains_it() {
    let world = World::new().await;
    let calls = Calls::anonymous(&world);
    let list = calls.get("/problems").await;
    for entry in catalogue::all() {
        let page = calls.get(&format!("/problems/{}", entry.code)).await;
        let text = page.text();
        assert_eq!(page.status, 200, "{}", entry.code);
        assert!(
            page.header("content-type").starts_with("text/html"),
            "{}",
            entry.code
        );
        for part in [entry.code, &entry.status.to_string()] {
            assert!(text.contains(part), "{}: {part} is missing", entry.code);
        }
        let first_words = entry.meaning.split('`').next().unwrap();
        assert!(text.contains(first_words), "{}", entry.code);
        assert!(!text.contains(['`', '{', '}']), "{}: {text}", entry.code);
        assert!(
            list.text()
                .contains(&format!("href=\"/problems/{}\"", entry.code))
        );
    }
    assert!(catalogue::all().count() > 90);
    assert!(
        Code::ALL
            .iter()
            .all(|code| catalogue::all().any(|entry| entry.code == code.as_str()))
    );
    calls
        .get("/problems/unheard-of")
        .await
        .is_problem(404, "not-found");
    calls
        .get("/problems/%3Cscript%3E")
        .await
        .is_problem(404, "not-found");
}

/// `UPDATE=1 cargo test -p assent-node --test it problems` writes the file anew.
#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/problems.md");
    let wanted = catalogue::reference();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/reference/problems.md is out of date: run `UPDATE=1 cargo test -p assent-node --test it problems`"
    );
}
