//! The vectors of the X-Wing draft, which the public interface cannot reach.

use super::xwing::{self, Private};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    sk: String,
    pk: String,
    ct: String,
    ss: String,
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(digit).collect()
}

#[test]
fn reproduces_the_vectors_of_the_draft() {
    let vectors = include_str!("../../../../fixtures/xwing/test-vectors.json");
    let vectors: Vec<Vector> = serde_json::from_str(vectors).expect("the fixture is JSON");
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let seed = hex(&vector.sk).try_into().expect("32 bytes");
        let (private, public) = Private::expand(&seed);
        assert_eq!(public.to_vec(), hex(&vector.pk));

        let encapsulated = hex(&vector.ct).try_into().expect("1120 bytes");
        let shared = private
            .decapsulate(&encapsulated)
            .ok()
            .expect("contributory");
        assert_eq!(shared.to_vec(), hex(&vector.ss));
    }
}

#[test]
fn both_sides_get_the_same_secret() {
    let (private, public) = Private::expand(&[1; 32]);
    let (encapsulated, shared) = xwing::encapsulate(&public);
    assert_eq!(private.decapsulate(&encapsulated).ok(), Some(shared));
}
