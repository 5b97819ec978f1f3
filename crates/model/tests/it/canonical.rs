use assent_crypto::digest::Digest;
use assent_model::canonical::{self, DecodeError};
use assent_model::records::consent::{ConsentRefusal, ConsentRequest, NoticeRef};
use assent_model::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::records::request;

#[derive(Debug, PartialEq, Eq)]
enum Read {
    Fine,
    WrongShape,
    NotCanonical,
}

fn check<T: Serialize + DeserializeOwned>(json: &str, expected: &Read) {
    let read = match canonical::decode::<T>(json.as_bytes()) {
        Ok(value) => {
            assert_eq!(canonical::encode(&value), json.as_bytes());
            Read::Fine
        }
        Err(DecodeError::Shape(_)) => Read::WrongShape,
        Err(DecodeError::NotCanonical) => Read::NotCanonical,
    };
    assert_eq!(read, *expected, "{json}");
}

#[test]
fn one_object_has_one_spelling() {
    let id = "a".repeat(32);
    let a = format!("\"request_id\":\"crq_{id}\"");
    let b = format!("\"surrogate_id\":\"sur_{id}\"");
    let check = |json: String, expected: Read| check::<ConsentRefusal>(&json, &expected);
    check(format!("{{{a},{b}}}"), Read::Fine);
    check(format!("{{{b},{a}}}"), Read::NotCanonical);
    check(format!("{{{a}, {b}}}"), Read::NotCanonical);
    check(format!("{{{a},{b}}}\n"), Read::NotCanonical);
    check(format!("[\"crq_{id}\",\"sur_{id}\"]"), Read::NotCanonical);
    let escaped = a.replace("crq", "\\u0063rq");
    check(format!("{{{escaped},{b}}}"), Read::NotCanonical);
    check(format!("{{{a},{a},{b}}}"), Read::WrongShape);
    check(format!("{{{a}}}"), Read::WrongShape);
    check(format!("{{{a},{b},\"more\":1}}"), Read::WrongShape);
    check(format!("{{{a},{b}}}{{}}"), Read::WrongShape);
    check(String::new(), Read::WrongShape);
    check("null".into(), Read::WrongShape);
}

#[test]
fn one_number_has_one_spelling() {
    let check = |number: &str, expected: Read| {
        let digest = Digest::ZERO;
        let json = format!(r#"{{"digest":"{digest}","language":"en","version":{number}}}"#);
        check::<NoticeRef>(&json, &expected);
    };
    check("0", Read::Fine);
    check("4294967295", Read::Fine);
    check("4294967296", Read::WrongShape);
    check("1.0", Read::WrongShape);
    check("1e0", Read::WrongShape);
    check("01", Read::WrongShape);
    check("-0", Read::WrongShape);
    check("-1", Read::WrongShape);
    check("\"1\"", Read::WrongShape);
    check("null", Read::WrongShape);
}

#[test]
fn what_is_absent_is_not_null() {
    let mut asked = request();
    asked.source = None;
    let json = canonical::encode(&asked);
    let json = String::from_utf8(json).expect("JSON is UTF-8");
    check::<ConsentRequest>(&json, &Read::Fine);
    let with_null = json.replace("\"surrogate_id\"", "\"source\":null,\"surrogate_id\"");
    check::<ConsentRequest>(&with_null, &Read::NotCanonical);
}

/// A number that a double would round is refused, wherever it stands.
#[test]
fn no_number_is_rounded() {
    let mut asked = request();
    asked.answer_by = Timestamp::MAX;
    let json = canonical::encode(&asked);
    let json = String::from_utf8(json).expect("JSON is UTF-8");
    check::<ConsentRequest>(&json, &Read::Fine);
    for too_large in [
        "9007199254740992",
        "9007199254740993",
        "18446744073709552000",
    ] {
        let json = json.replace("9007199254740991", too_large);
        check::<ConsentRequest>(&json, &Read::WrongShape);
    }
}
