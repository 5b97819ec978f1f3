//! Every kind of token verifies with libraries that others wrote, and no damaged one does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use assent_crypto::base64url;
use assent_crypto::jws::{DPOP_TYP, Typ, sign};
use assent_crypto::signature::SigningKey;
use serde::Deserialize;

use crate::emitted::{self, Token};
use crate::tools::{Program, root};

#[derive(Debug, Deserialize)]
struct Judgement {
    valid: bool,
    verdicts: Vec<Verdict>,
}

#[derive(Debug, Deserialize)]
struct Verdict {
    name: String,
    valid: bool,
    reason: Option<String>,
}

fn judges() -> [Program; 2] {
    [
        Program::node("tests/judges/node/judge.mjs"),
        Program::python("tests/judges/python/judge.py"),
    ]
}

fn judge(judge: &Program, tokens: &[Token]) -> Judgement {
    let lines: Vec<String> = tokens
        .iter()
        .map(|token| serde_json::to_string(token).expect("a token has a JSON form"))
        .collect();
    let output = judge.run(&[], &lines.join("\n"));
    let judgement: Judgement = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}", String::from_utf8_lossy(&output.stderr));
    });
    assert_eq!(output.status.code(), Some(i32::from(!judgement.valid)));
    assert_eq!(judgement.verdicts.len(), tokens.len());
    judgement
}

#[track_caller]
fn check_all_valid(tokens: &[Token]) {
    for program in judges() {
        let judgement = judge(&program, tokens);
        let rejected: Vec<&Verdict> = judgement.verdicts.iter().filter(|v| !v.valid).collect();
        assert!(judgement.valid && rejected.is_empty(), "{rejected:?}");
    }
}

#[track_caller]
fn check_none_valid(tokens: &[Token]) {
    for program in judges() {
        let judgement = judge(&program, tokens);
        let accepted: Vec<&str> = judgement
            .verdicts
            .iter()
            .filter(|verdict| verdict.valid || verdict.reason.is_none())
            .map(|verdict| verdict.name.as_str())
            .collect();
        assert!(!judgement.valid && accepted.is_empty(), "{accepted:?}");
    }
}

#[test]
fn foreign_libraries_verify_every_token() {
    check_all_valid(&emitted::tokens());
}

#[test]
fn no_kind_of_token_is_left_out() {
    let emitted: BTreeSet<String> = emitted::tokens()
        .iter()
        .map(|token| token.typ.to_owned())
        .collect();
    let mut declared = BTreeSet::new();
    collect_typs(&root().join("crates"), &mut declared);
    assert_eq!(emitted, declared);
}

/// The `typ` of every family that some crate declares in its source.
fn collect_typs(folder: &Path, typs: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the folders of crates can be read") {
        let path = entry.expect("the folders of crates can be read").path();
        // Neither tests nor benchmarks are part of the product.
        let is_product = !path.ends_with("tests") && !path.ends_with("bench");
        if path.is_dir() && is_product {
            collect_typs(&path, typs);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("sources are text");
            typs.extend(source.lines().filter_map(declared_typ).map(str::to_owned));
        }
    }
}

fn declared_typ(line: &str) -> Option<&str> {
    let code = line.trim_start();
    let is_comment = code.starts_with("//");
    let (_, typ) = code.split_once(": Typ = Typ(\"")?;
    typ.split('"').next().filter(|_| !is_comment)
}

#[test]
fn no_character_of_a_token_can_be_changed() {
    let kinds = ["consent-record-sink", "access-token", "dpop-proof"];
    let tokens = emitted::tokens();
    for token in tokens
        .iter()
        .filter(|token| kinds.contains(&token.name.as_str()))
    {
        let damaged: Vec<Token> = (0..token.compact.len())
            .map(|at| changed_at(token, at))
            .collect();
        check_none_valid(&damaged);
    }
}

#[test]
fn no_token_is_valid_in_another_place() {
    let mut misplaced = Vec::new();
    for token in emitted::tokens() {
        let middle_of_payload = token.compact.len() / 2;
        misplaced.push(changed_at(&token, middle_of_payload));
        misplaced.push(changed_at(&token, token.compact.len() - 2));
        misplaced.push(with(&token, "typ", |token| token.typ = "assent-other+jwt"));
        misplaced.push(with(&token, "key", |token| {
            token.jwk = *SigningKey::generate().verifying_key();
        }));
        misplaced.push(with(&token, "early", |token| token.now -= 1_000));
        misplaced.push(with(&token, "late", |token| token.now += 1_000));
        if token.typ != DPOP_TYP.0 {
            misplaced.push(with(&token, "audience", |token| {
                token.aud = Some("assent:other".to_owned());
            }));
        }
        misplaced.push(with(&token, "unsigned", |token| {
            token.compact = unsigned(&token.compact);
        }));
        misplaced.push(with(&token, "signed-by-another", |token| {
            token.compact = signed_by_another(token);
        }));
    }
    check_none_valid(&misplaced);
}

fn with(token: &Token, what: &str, change: impl FnOnce(&mut Token)) -> Token {
    let mut token = token.clone();
    token.name = format!("{}, {what}", token.name);
    change(&mut token);
    token
}

/// The token with another character of the base64url alphabet in one place.
fn changed_at(token: &Token, at: usize) -> Token {
    with(token, &format!("character {at}"), |token| {
        let other = if token.compact[at..].starts_with('A') {
            "B"
        } else {
            "A"
        };
        token.compact.replace_range(at..=at, other);
    })
}

/// The token with `alg: none` and no signature.
fn unsigned(compact: &str) -> String {
    let payload = compact.split('.').nth(1).expect("three segments");
    let header = base64url::encode(br#"{"alg":"none"}"#);
    format!("{header}.{payload}.")
}

/// The same payload, well signed by a key that nobody knows.
fn signed_by_another(token: &Token) -> String {
    let payload = token.compact.split('.').nth(1).expect("three segments");
    let payload = base64url::decode(payload).expect("our own token");
    sign(Typ(token.typ), &SigningKey::generate(), &payload)
}
