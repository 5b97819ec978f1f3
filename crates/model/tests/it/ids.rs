use std::collections::BTreeSet;

use assent_crypto::signature::SigningKey;
use assent_model::ids::{ConsentId, LinkId, PartyId, SurrogateId};

#[test]
fn ids_of_key_holders_come_from_their_keys_and_their_kind() {
    let of = |seed| {
        let key = SigningKey::from_seed(&[seed; 32]);
        let party = PartyId::of(key.verifying_key()).to_string();
        let pseudonym = SurrogateId::of(key.verifying_key()).to_string();
        (party, pseudonym)
    };
    let (party, pseudonym) = of(1);
    assert_eq!(of(1), (party.clone(), pseudonym.clone()));
    assert_ne!(of(2), (party.clone(), pseudonym.clone()));
    // One key in both roles does not show.
    assert_ne!(party.strip_prefix("prt_"), pseudonym.strip_prefix("sur_"));
}

/// What was derived once stands in logs: it never changes.
#[test]
fn derived_ids_stay_what_they_are() {
    let key = SigningKey::from_seed(&[1; 32]);
    let party = PartyId::of(key.verifying_key()).to_string();
    let pseudonym = SurrogateId::of(key.verifying_key()).to_string();
    assert_eq!(party, "prt_3loyzs3idsr6e6s6uvwx2vgovkce7g5s");
    assert_eq!(pseudonym, "sur_7pqu5covyritvg6u3f5qrfaellkl4mv3");
}

#[test]
fn the_spelling_is_base32() {
    let mut bytes = [0; 20];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::try_from(place * 13).expect("less than 256");
    }
    // As `base32` of any other library, in lower case.
    let id = ConsentId::from_bytes(bytes);
    assert_eq!(id.to_string(), "cns_aagrujzuifhfw2dvqkhzzknwypin32xx");
    assert_eq!(format!("{id:?}"), id.to_string());
}

#[test]
fn kinds_do_not_mix() {
    let id = ConsentId::from_bytes([7; 20]);
    let text = id.to_string();
    assert_eq!(text.parse(), Ok(id));
    assert!(text.parse::<LinkId>().is_err());
    let json = serde_json::to_string(&id).expect("JSON");
    assert_eq!(json, format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<ConsentId>(&json).ok(), Some(id));
    assert!(serde_json::from_str::<LinkId>(&json).is_err());
    assert!(serde_json::from_str::<ConsentId>("7").is_err());
}

#[test]
fn random_ids_differ() {
    let drawn: BTreeSet<ConsentId> = (0..100).map(|_| ConsentId::random()).collect();
    assert_eq!(drawn.len(), 100);
}
