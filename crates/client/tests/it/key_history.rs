//! The keys of a party follow from its id alone.

use assent_client::key_history::{KeyHistory, KeyHistoryError};
use assent_client::keys::PartyKeys;
use assent_client::statements::Signer;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::SigningKey;
use assent_model::names::ChainId;
use assent_model::records::Custody;
use assent_model::records::identity::{Genesis, PartyKind, Registration};
use assent_model::statement::Nested;
use assent_model::time::Span;

use crate::world::{START, chain};

/// A party that has just registered.
struct Story {
    signer: Signer,
    keys: PartyKeys,
    other: PartyKeys,
    history: KeyHistory,
}

impl Story {
    fn begin() -> Self {
        let (signer, keys) = (Signer::new(chain(), START), PartyKeys::generate());
        let registration = signer.register(&keys, PartyKind::Organisation, Custody::Independent);
        Self {
            history: KeyHistory::begin(&registration).unwrap(),
            other: PartyKeys::generate(),
            signer,
            keys,
        }
    }

    fn rotate(&mut self, keys: &PartyKeys) -> Result<SigningKey, KeyHistoryError> {
        let signing = SigningKey::generate();
        let rotation = self.signer.rotate(keys, &signing, None);
        self.history.rotate(&rotation).map(|()| signing)
    }
}

#[track_caller]
fn check(
    follow: impl FnOnce(&mut Story) -> Result<(), KeyHistoryError>,
    expected: Result<(), KeyHistoryError>,
) {
    let mut story = Story::begin();
    let before = story.history.clone();
    let outcome = follow(&mut story);
    assert_eq!(outcome, expected);
    assert!(
        outcome.is_ok() || story.history == before,
        "a refused change changes nothing"
    );
}

fn own(story: &Story) -> PartyKeys {
    let again = |key: &SigningKey| SigningKey::from_seed(key.seed());
    PartyKeys::of_party(
        story.keys.party_id(),
        again(&story.keys.signing),
        again(&story.keys.recovery),
        OpeningKey::from_seed(story.keys.opening.seed()),
    )
}

/// The keys of one party under the id of another.
fn as_party(party: &PartyKeys, keys: &PartyKeys) -> PartyKeys {
    let again = |key: &SigningKey| SigningKey::from_seed(key.seed());
    PartyKeys::of_party(
        party.party_id(),
        again(&keys.signing),
        again(&keys.recovery),
        OpeningKey::from_seed(keys.opening.seed()),
    )
}

#[test]
fn a_rotation_is_signed_with_the_key_before() {
    check(
        |s| {
            let keys = own(s);
            s.rotate(&keys).map(drop)
        },
        Ok(()),
    );
    check(
        |s| {
            let keys = as_party(&s.keys, &s.other);
            s.rotate(&keys).map(drop)
        },
        Err(KeyHistoryError::WrongKey),
    );
    check(
        |s| {
            let keys = as_party(&s.other, &s.keys);
            s.rotate(&keys).map(drop)
        },
        Err(KeyHistoryError::OtherParty),
    );
    let mut story = Story::begin();
    let mut keys = own(&story);
    let second = story.rotate(&keys).unwrap();
    assert_eq!(story.history.signing_key(), second.verifying_key());
    assert_eq!(
        story.rotate(&keys).map(drop),
        Err(KeyHistoryError::WrongKey)
    );
    keys.signing = second;
    assert!(story.rotate(&keys).is_ok());
}

#[test]
fn a_recovery_is_signed_with_the_recovery_key() {
    let recover = |s: &mut Story, key: fn(&Story) -> &SigningKey| {
        let (signing, opening) = (SigningKey::generate(), OpeningKey::generate());
        let party = s.keys.party_id();
        let recovery = s
            .signer
            .recover(party, key(s), &signing, opening.sealing_key());
        s.history.recover(&recovery)?;
        assert_eq!(s.history.signing_key(), signing.verifying_key());
        assert_eq!(s.history.sealing_key(), opening.sealing_key());
        Ok(())
    };
    check(|s| recover(s, |s| &s.keys.recovery), Ok(()));
    check(
        |s| recover(s, |s| &s.keys.signing),
        Err(KeyHistoryError::WrongKey),
    );
    check(
        |s| recover(s, |s| &s.other.recovery),
        Err(KeyHistoryError::WrongKey),
    );
}

#[test]
fn nothing_follows_a_deactivation() {
    for key in [
        |s: &Story| again(&s.keys.signing),
        |s: &Story| again(&s.keys.recovery),
    ] {
        let end_then_rotate = |s: &mut Story| {
            let deactivation = s.signer.deactivate(s.keys.party_id(), &key(s));
            s.history.deactivate(&deactivation).unwrap();
            assert!(!s.history.is_active());
            let before = s.history.clone();
            let keys = own(s);
            let outcome = s.rotate(&keys).map(drop);
            assert_eq!(s.history, before);
            outcome
        };
        let mut story = Story::begin();
        let outcome = end_then_rotate(&mut story);
        assert_eq!(outcome, Err(KeyHistoryError::Deactivated));
    }
    let end = |s: &mut Story| {
        let deactivation = s.signer.deactivate(s.keys.party_id(), &s.other.signing);
        s.history.deactivate(&deactivation)
    };
    check(end, Err(KeyHistoryError::WrongKey));
}

fn again(key: &SigningKey) -> SigningKey {
    SigningKey::from_seed(key.seed())
}

#[track_caller]
fn check_registration(
    change: impl FnOnce(&mut Registration, &Signer),
    expected: Result<(), KeyHistoryError>,
) {
    let (signer, keys) = (Signer::new(chain(), START), PartyKeys::generate());
    let registration = signer.register(&keys, PartyKind::Person, Custody::Page);
    let mut content = registration.content().clone();
    change(&mut content, &signer);
    let registration = signer.sign(&keys.signing, content);
    let outcome = KeyHistory::begin(&registration).map(drop);
    assert_eq!(outcome, expected);
}

#[test]
fn a_registration_is_of_the_party_of_its_key() {
    check_registration(|_, _| {}, Ok(()));
    check_registration(
        |said, _| said.party = PartyKeys::generate().party_id(),
        Err(KeyHistoryError::OtherParty),
    );
    let others_possession = |said: &mut Registration, signer: &Signer| {
        let other = PartyKeys::generate();
        let registration = signer.register(&other, PartyKind::Person, Custody::Page);
        said.recovery = registration.content().recovery.clone();
    };
    check_registration(others_possession, Err(KeyHistoryError::PossessionUnproven));
    let wrong_role = |said: &mut Registration, signer: &Signer| {
        let possession = assent_model::records::identity::KeyPossession {
            party: said.party,
            role: assent_model::records::identity::KeyRole::Signing,
        };
        said.recovery = Nested::from(&signer.sign(&SigningKey::generate(), possession));
    };
    check_registration(wrong_role, Err(KeyHistoryError::PossessionUnproven));
}

#[test]
fn an_operator_has_no_recovery_key() {
    let (signer, keys) = (Signer::new(chain(), START), PartyKeys::generate());
    let genesis = |operator| Genesis {
        operator,
        token_key: *keys.recovery.verifying_key(),
        checkpoint_key: *keys.recovery.verifying_key(),
        sealing_key: keys.opening.sealing_key().clone(),
        acknowledge_within: Span::from_days(1),
    };
    let history = KeyHistory::open(&signer.sign(&keys.signing, genesis(keys.party_id()))).unwrap();
    assert_eq!(history.recovery_key(), None);
    assert_eq!(history.signing_key(), keys.signing.verifying_key());
    let other = genesis(PartyKeys::generate().party_id());
    let outcome = KeyHistory::open(&signer.sign(&keys.signing, other));
    assert_eq!(outcome.map(drop), Err(KeyHistoryError::OtherParty));
}

fn another_chain() -> ChainId {
    "assent:elsewhere".parse().unwrap()
}

#[test]
fn possession_that_was_shown_to_another_chain_is_none() {
    let of_elsewhere = |said: &mut Registration, _: &Signer| {
        let keys = PartyKeys::generate();
        let elsewhere = Signer::new(another_chain(), START);
        let registration = elsewhere.register(&keys, PartyKind::Person, Custody::Page);
        said.recovery = registration.content().recovery.clone();
    };
    check_registration(of_elsewhere, Err(KeyHistoryError::OtherChain));
}

/// What a party signed about its keys: registration, two rotations, recovery.
fn signed(keys: &PartyKeys) -> Vec<String> {
    signed_by(&Signer::new(chain(), START), keys)
}

/// The same for the chain of a signer.
fn signed_by(signer: &Signer, keys: &PartyKeys) -> Vec<String> {
    let [first, second, third] = std::array::from_fn(|_| SigningKey::generate());
    let acting = |signing: &SigningKey| {
        let again = |key: &SigningKey| SigningKey::from_seed(key.seed());
        let opening = OpeningKey::from_seed(keys.opening.seed());
        PartyKeys::of_party(
            keys.party_id(),
            again(signing),
            again(&keys.recovery),
            opening,
        )
    };
    let sealing = keys.opening.sealing_key();
    vec![
        signer
            .register(keys, PartyKind::Organisation, Custody::Independent)
            .compact()
            .to_owned(),
        signer.rotate(keys, &first, None).compact().to_owned(),
        signer
            .rotate(&acting(&first), &second, Some(sealing))
            .compact()
            .to_owned(),
        signer
            .recover(keys.party_id(), &keys.recovery, &third, sealing)
            .compact()
            .to_owned(),
    ]
}

#[test]
fn a_history_is_traced_from_the_id() {
    let keys = PartyKeys::generate();
    let statements = signed(&keys);
    let whole = KeyHistory::trace(keys.party_id(), &chain(), &statements).unwrap();
    let older = KeyHistory::trace(keys.party_id(), &chain(), &statements[..2]).unwrap();
    assert_ne!(whole.signing_key(), older.signing_key());
    assert_eq!(whole.party(), keys.party_id());
}

#[test]
fn a_history_does_not_go_back_behind_a_known_key() {
    let keys = PartyKeys::generate();
    let statements = signed(&keys);
    let traced =
        |count: usize| KeyHistory::trace(keys.party_id(), &chain(), &statements[..count]).unwrap();
    for known in 1..=4 {
        let key = traced(known).signing_key().thumbprint();
        for shown in 1..=4 {
            let expected = if shown < known {
                Err(KeyHistoryError::Rewound)
            } else {
                Ok(())
            };
            assert_eq!(
                traced(shown).check_reaches(&key),
                expected,
                "{shown} of {known}"
            );
        }
    }
}

#[test]
fn a_history_that_skips_forks_or_begins_elsewhere_is_refused() {
    let (keys, other) = (PartyKeys::generate(), PartyKeys::generate());
    let own = signed(&keys);
    let others = signed(&other);
    let pick = |places: &[usize]| places.iter().map(|at| own[*at].clone()).collect::<Vec<_>>();
    let spliced = vec![own[0].clone(), others[1].clone()];
    let elsewhere = signed_by(&Signer::new(another_chain(), START), &keys);
    let continued_elsewhere = vec![own[0].clone(), elsewhere[1].clone()];
    let recovered_elsewhere = vec![own[0].clone(), elsewhere[3].clone()];
    for (name, statements, expected) in [
        ("nothing", Vec::new(), KeyHistoryError::Unreadable),
        ("no beginning", pick(&[1]), KeyHistoryError::Unreadable),
        ("another party's", others, KeyHistoryError::OtherParty),
        ("another chain's", elsewhere, KeyHistoryError::OtherChain),
        (
            "a rotation of another chain",
            continued_elsewhere,
            KeyHistoryError::OtherChain,
        ),
        (
            "a recovery of another chain",
            recovered_elsewhere,
            KeyHistoryError::OtherChain,
        ),
        (
            "a rotation left out",
            pick(&[0, 2]),
            KeyHistoryError::WrongKey,
        ),
        (
            "a rotation twice",
            pick(&[0, 1, 1]),
            KeyHistoryError::WrongKey,
        ),
        (
            "another party's rotation",
            spliced,
            KeyHistoryError::OtherParty,
        ),
        (
            "a beginning twice",
            pick(&[0, 0]),
            KeyHistoryError::Unreadable,
        ),
        (
            "words",
            vec![own[0].clone(), "a.b.c".into()],
            KeyHistoryError::Unreadable,
        ),
    ] {
        let traced = KeyHistory::trace(keys.party_id(), &chain(), &statements);
        assert_eq!(traced, Err(expected), "{name}");
    }
}
