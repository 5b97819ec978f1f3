use assent_crypto::jws::{self, JwsError, Typ, Unverified, UnverifiedDpop};
use assent_crypto::signature::{SigningKey, VerifyingKey};

#[test]
fn smoke() {
    let key = SigningKey::from_seed(&[7; 32]);
    let token = jws::sign(Typ("a+jwt"), &key, br#"{"a":[1,{"b":2}]}"#);
    println!("{token}");
    let parsed = Unverified::parse(&token, 4096).unwrap();
    parsed.verify(Typ("a+jwt"), key.verifying_key()).unwrap();
    let dpop = jws::sign_dpop(&key, b"{}");
    UnverifiedDpop::parse(&dpop, 4096)
        .unwrap()
        .verify()
        .unwrap();
    let text = serde_json::to_string(key.verifying_key()).unwrap();
    assert_eq!(
        serde_json::from_str::<VerifyingKey>(&text).unwrap(),
        *key.verifying_key()
    );
    assert_eq!(
        Unverified::parse(&dpop, 4096).unwrap_err(),
        JwsError::ForbiddenHeaderMember
    );
}
