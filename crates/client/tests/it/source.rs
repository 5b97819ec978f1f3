//! The guard of a source: who asks, with what, under which consent.

use std::collections::BTreeMap;

use assent_api::v1::releases::{Decision, DpopClaims, TOKEN_TYP, TokenClaims};
use assent_client::chain_check::{CheckedConsent, Pins, check};
use assent_client::sink;
use assent_client::source::{DataRequest, Grant, Refusal, Release, SourceGuard};
use assent_client::statements::change::Change;
use assent_client::status_chain::StatusChain;
use assent_crypto::base64url;
use assent_crypto::digest::Digest;
use assent_crypto::jws::{self, Typ, sign_dpop};
use assent_crypto::signature::SigningKey;
use assent_model::canonical;
use assent_model::description::Dataset;
use assent_model::ids::{ConsentId, ReceiptId, ServiceId};
use assent_model::names::{DatasetId, Jti};
use assent_model::time::{Span, Timestamp};
use serde_json::{Map, json};

use crate::cast::{
    Cast, DATASET, OPTIONAL, Pair, REQUIRED, chain_id, name, resources, source_view,
};
use crate::chain_check::statuses;
use crate::world::START;

const URL: &str = "https://source.example/data/readings";

/// A source with one consent, and a requester that may use it.
pub(crate) struct Guarded {
    pub cast: Cast,
    pub pair: Pair,
    pub chains: [StatusChain; 2],
    guard: SourceGuard,
}

impl Guarded {
    pub(crate) fn new() -> Self {
        let mut cast = Cast::assemble();
        let pair = cast.share();
        let chains = pair.chains();
        let guard = SourceGuard::new(
            chain_id(),
            cast.source.description.service_id,
            *cast.world.operator.token_key.verifying_key(),
        );
        let mut guarded = Self {
            cast,
            pair,
            chains,
            guard,
        };
        let checked = guarded.checked();
        guarded.guard.store(checked).unwrap();
        guarded
    }

    /// The consent as it is now.
    fn checked(&self) -> CheckedConsent {
        let statuses = statuses(&self.cast, self.pair.source_id());
        let view = source_view(&self.pair, &self.chains[1], statuses);
        let (chain, links) = (chain_id(), self.cast.source.links());
        let pins = Pins {
            chain: &chain,
            operator_key: self.cast.world.operator.keys.signing.verifying_key(),
            service_id: self.cast.source.description.service_id,
            links: &links,
            opening: &self.cast.source.keys.opening,
        };
        check(view, pins).unwrap()
    }

    fn change(&mut self, change: &Change) {
        self.cast.change(&self.pair, &mut self.chains, change);
        let checked = self.checked();
        self.guard.store(checked).unwrap();
    }

    /// A request that is granted.
    pub(crate) fn attempt(&self) -> Attempt {
        let now = self.cast.world.now;
        let claims = TokenClaims {
            iss: chain_id().to_string(),
            aud: self.cast.source.description.service_id,
            client_id: self.cast.requester.description.service_id,
            sub: self.pair.alias().alias.surrogate_id().to_string(),
            cr_id: self.pair.sink_id(),
            source_cr_id: self.pair.source_id(),
            cnf: assent_api::v1::releases::Confirmation {
                jkt: self.cast.requester.holder(),
            },
            iat: now.as_seconds(),
            exp: now.as_seconds() + 300,
            jti: Jti::random(),
        };
        let proof = DpopClaims {
            htm: "GET".to_owned(),
            htu: URL.to_owned(),
            ath: String::new(),
            iat: now.as_seconds(),
            jti: Jti::random(),
        };
        Attempt {
            claims,
            token_typ: TOKEN_TYP,
            token_key: again(&self.cast.world.operator.token_key),
            scheme: "DPoP",
            token: None,
            ath: None,
            proof,
            proof_key: again(&self.cast.requester.keys.signing),
            dpop: None,
            method: "GET",
            url: URL.to_owned(),
            dataset: name(DATASET),
            now,
        }
    }

    /// The dataset, granted.
    pub(crate) fn grant(&mut self) -> Grant {
        self.attempt().send(&mut self.guard).unwrap()
    }

    /// A release of the dataset, as far as the consent and the node allow.
    pub(crate) fn release(&mut self) -> Release {
        let decision = decision(&self.cast, &[REQUIRED, OPTIONAL]);
        self.grant()
            .release(&decision, self.cast.world.now)
            .unwrap()
    }
}

pub(crate) fn decision(cast: &Cast, concepts: &[&str]) -> Decision {
    Decision {
        allowed: true,
        refusal: None,
        resource_set: resources(concepts),
        receipt_id: Some(ReceiptId::random()),
        height: 9,
        time: cast.world.now.as_millis(),
    }
}

fn again(key: &SigningKey) -> SigningKey {
    SigningKey::from_seed(key.seed())
}

/// A data request in all its parts.
pub(crate) struct Attempt {
    claims: TokenClaims,
    token_typ: Typ,
    token_key: SigningKey,
    scheme: &'static str,
    /// The token, where it is not the one that the claims make.
    token: Option<String>,
    /// The hash of the token, where it is not the true one.
    ath: Option<Digest>,
    proof: DpopClaims,
    proof_key: SigningKey,
    /// The proof, where it is not the one that the claims make.
    dpop: Option<String>,
    method: &'static str,
    url: String,
    dataset: DatasetId,
    now: Timestamp,
}

impl Attempt {
    pub(crate) fn token(&self) -> String {
        let signed = || {
            let claims = canonical::encode(&self.claims);
            jws::sign(self.token_typ, &self.token_key, &claims)
        };
        self.token.clone().unwrap_or_else(signed)
    }

    fn proof(&self) -> String {
        let mut claims = self.proof.clone();
        let ath = self.ath;
        let ath = ath.unwrap_or_else(|| Digest::of(self.token().as_bytes()));
        claims.ath = ath.to_string();
        sign_dpop(&self.proof_key, &canonical::encode(&claims))
    }

    fn send(&self, guard: &mut SourceGuard) -> Result<Grant, Refusal> {
        let dpop = self.dpop.clone().unwrap_or_else(|| self.proof());
        guard.check(&DataRequest {
            authorization: &format!("{} {}", self.scheme, self.token()),
            dpop: &dpop,
            method: self.method,
            url: &self.url,
            dataset: &self.dataset,
            now: self.now,
        })
    }
}

#[track_caller]
fn check_row(change: impl FnOnce(&mut Attempt), expected: Result<(), Refusal>) {
    let mut guarded = Guarded::new();
    let mut attempt = guarded.attempt();
    change(&mut attempt);
    let outcome = attempt.send(&mut guarded.guard).map(|_| ());
    assert_eq!(outcome, expected);
}

#[test]
fn a_request_as_it_should_be_is_granted() {
    check_row(|_| {}, Ok(()));
    check_row(|a| a.scheme = "dpop", Ok(()));
    check_row(|a| a.url.push_str("?page=2#top"), Ok(()));
    check_row(
        |a| a.url = "HTTPS://Source.Example:443/data/./readings".to_owned(),
        Ok(()),
    );
    let mut guarded = Guarded::new();
    let attempt = guarded.attempt();
    let grant = attempt.send(&mut guarded.guard).unwrap();
    assert_eq!(grant.cr_id(), guarded.pair.source_id());
    assert_eq!(grant.sink(), guarded.cast.requester.description.service_id);
    assert_eq!(*grant.holder(), guarded.cast.requester.holder());
    assert_eq!(*grant.token(), attempt.claims.jti);
    assert_eq!(grant.purpose_id().as_str(), "advice");
    assert_eq!(
        grant.concepts(),
        &resources(&[REQUIRED, OPTIONAL])[&name(DATASET)]
    );
}

#[test]
fn what_a_sink_makes_is_granted() {
    let mut guarded = Guarded::new();
    let attempt = guarded.attempt();
    let (key, token) = (&guarded.cast.requester.keys.signing, attempt.token());
    let dpop = sink::dpop_proof(key, &token, "GET", URL, attempt.now).unwrap();
    let granted = guarded.guard.check(&DataRequest {
        authorization: &sink::authorization(&token),
        dpop: &dpop,
        method: "GET",
        url: URL,
        dataset: &name(DATASET),
        now: attempt.now,
    });
    assert!(granted.is_ok());
}

#[test]
fn a_token_must_be_one_of_this_chain() {
    check_row(|a| a.scheme = "Bearer", Err(Refusal::TokenMissing));
    check_row(
        |a| a.token = Some("a.b.c".to_owned()),
        Err(Refusal::TokenMalformed),
    );
    check_row(
        |a| a.token_key = SigningKey::generate(),
        Err(Refusal::TokenSignature),
    );
    check_row(
        |a| a.token_typ = Typ("assent-cr+jwt"),
        Err(Refusal::TokenMalformed),
    );
    check_row(
        |a| {
            let token = a.token();
            let last = if token.ends_with('A') { "B" } else { "A" };
            let middle = token.rfind('.').unwrap() + 5;
            let mut damaged = token;
            damaged.replace_range(middle..=middle, last);
            a.token = Some(damaged);
        },
        Err(Refusal::TokenSignature),
    );
}

/// A token with another header over the same claims, signed with whatever key.
fn with_header(attempt: &Attempt, header: &str, key: &SigningKey) -> String {
    let payload = base64url::encode(&canonical::encode(&attempt.claims));
    let signed = format!("{}.{payload}", base64url::encode(header.as_bytes()));
    let signature = base64url::encode(key.sign(signed.as_bytes()).as_bytes());
    format!("{signed}.{signature}")
}

#[test]
fn the_algorithm_cannot_be_chosen_by_the_token() {
    let kid = |a: &Attempt| a.token_key.verifying_key().thumbprint();
    for alg in ["none", "HS256", "ES256", "eddsa", "Ed25519"] {
        let confuse = |a: &mut Attempt| {
            let header = format!(r#"{{"alg":"{alg}","kid":"{}","typ":"at+jwt"}}"#, kid(a));
            a.token = Some(with_header(a, &header, &a.token_key));
        };
        check_row(confuse, Err(Refusal::TokenMalformed));
    }
    let unsigned = |a: &mut Attempt| {
        let token = a.token();
        let (signed, _) = token.rsplit_once('.').unwrap();
        a.token = Some(format!("{signed}."));
    };
    check_row(unsigned, Err(Refusal::TokenMalformed));
    let own_key = |a: &mut Attempt| {
        let key = SigningKey::generate();
        let jwk = serde_json::to_string(key.verifying_key()).unwrap();
        let header = format!(r#"{{"alg":"EdDSA","jwk":{jwk},"typ":"at+jwt"}}"#);
        a.token = Some(with_header(a, &header, &key));
    };
    check_row(own_key, Err(Refusal::TokenMalformed));
    let borrowed_name = |a: &mut Attempt| {
        let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"at+jwt"}}"#, kid(a));
        a.token = Some(with_header(a, &header, &SigningKey::generate()));
    };
    check_row(borrowed_name, Err(Refusal::TokenSignature));
}

#[test]
fn a_token_must_be_for_this_service_and_time() {
    check_row(
        |a| a.claims.iss = "assent:other".to_owned(),
        Err(Refusal::TokenIssuer),
    );
    check_row(
        |a| a.claims.aud = ServiceId::random(),
        Err(Refusal::TokenAudience),
    );
    check_row(|a| a.claims.exp += 1, Err(Refusal::TokenLifetime));
    check_row(|a| a.claims.exp = a.claims.iat, Err(Refusal::TokenLifetime));
    let shift = |a: &mut Attempt, by: i64| {
        a.claims.iat = a.claims.iat.checked_add_signed(by).unwrap();
        a.claims.exp = a.claims.exp.checked_add_signed(by).unwrap();
    };
    check_row(|a| shift(a, 60), Ok(()));
    check_row(|a| shift(a, 62), Err(Refusal::TokenFromFuture));
    check_row(|a| shift(a, -299), Ok(()));
    check_row(|a| shift(a, -300), Err(Refusal::TokenExpired));
}

#[test]
fn possession_must_be_proven_for_this_request() {
    check_row(|a| a.dpop = Some(String::new()), Err(Refusal::ProofInvalid));
    check_row(|a| a.dpop = Some(a.token()), Err(Refusal::ProofInvalid));
    check_row(
        |a| a.proof_key = SigningKey::generate(),
        Err(Refusal::ProofKey),
    );
    check_row(|a| a.method = "POST", Err(Refusal::ProofMethod));
    check_row(
        |a| a.proof.htm = "get".to_owned(),
        Err(Refusal::ProofMethod),
    );
    for url in [
        "https://source.example/data/others",
        "http://source.example/data/readings",
        "https://source.example:8443/data/readings",
        "https://source.example.evil.example/data/readings",
        "not an address",
    ] {
        check_row(|a| a.url = url.to_owned(), Err(Refusal::ProofTarget));
        check_row(|a| a.proof.htu = url.to_owned(), Err(Refusal::ProofTarget));
    }
    check_row(
        |a| a.proof.htu.push_str("?page=2"),
        Err(Refusal::ProofTarget),
    );
    check_row(
        |a| a.ath = Some(Digest::of(b"another token")),
        Err(Refusal::ProofToken),
    );
}

#[test]
fn a_proof_must_be_fresh() {
    check_row(|a| a.proof.iat -= 59, Ok(()));
    check_row(|a| a.proof.iat -= 60, Err(Refusal::ProofStale));
    check_row(|a| a.proof.iat += 60, Ok(()));
    check_row(|a| a.proof.iat += 61, Err(Refusal::ProofStale));
    check_row(|a| a.proof.iat = 0, Err(Refusal::ProofStale));
}

#[test]
fn a_proof_is_good_once() {
    let mut guarded = Guarded::new();
    let mut attempt = guarded.attempt();
    assert!(attempt.send(&mut guarded.guard).is_ok());
    let again = attempt.send(&mut guarded.guard);
    assert_eq!(again, Err(Refusal::ProofReplayed));

    // Not even when the clock goes on and back again.
    attempt.now = attempt.now + Span::from_seconds(59);
    assert_eq!(
        attempt.send(&mut guarded.guard),
        Err(Refusal::ProofReplayed)
    );
    attempt.now = attempt.now + Span::from_seconds(1);
    assert_eq!(attempt.send(&mut guarded.guard), Err(Refusal::ProofStale));
    attempt.now = guarded.cast.world.now;
    assert_eq!(attempt.send(&mut guarded.guard), Err(Refusal::ProofStale));

    let mut other = guarded.attempt();
    other.now = attempt.now + Span::from_seconds(1);
    other.proof.iat = other.now.as_seconds() + 30;
    assert!(other.send(&mut guarded.guard).is_ok());
}

#[test]
fn a_proof_is_used_up_by_a_refusal_too() {
    let mut guarded = Guarded::new();
    let mut attempt = guarded.attempt();
    attempt.dataset = name("others");
    let refused = attempt.send(&mut guarded.guard);
    assert_eq!(refused, Err(Refusal::DatasetNotConsented));
    attempt.dataset = name(DATASET);
    assert_eq!(
        attempt.send(&mut guarded.guard),
        Err(Refusal::ProofReplayed)
    );
}

#[test]
fn one_holder_cannot_make_the_guard_remember_without_end() {
    let mut guarded = Guarded::new();
    let mut refused = 0;
    for _ in 0..10_001 {
        let mut attempt = guarded.attempt();
        attempt.token = Some(attempt.token());
        refused += usize::from(attempt.send(&mut guarded.guard) == Err(Refusal::TooManyProofs));
    }
    assert_eq!(refused, 1);
}

#[test]
fn token_and_consent_must_agree() {
    check_row(
        |a| a.claims.source_cr_id = ConsentId::random(),
        Err(Refusal::ConsentUnknown),
    );
    check_row(
        |a| a.claims.cr_id = ConsentId::random(),
        Err(Refusal::ConsentMismatch),
    );
    check_row(
        |a| a.claims.client_id = ServiceId::random(),
        Err(Refusal::ConsentMismatch),
    );
    check_row(
        |a| a.claims.sub = "sur_other".to_owned(),
        Err(Refusal::ConsentMismatch),
    );
    let other_holder = |a: &mut Attempt| {
        a.proof_key = SigningKey::generate();
        a.claims.cnf.jkt = a.proof_key.verifying_key().thumbprint();
    };
    check_row(other_holder, Err(Refusal::HolderMismatch));
}

#[test]
fn the_person_decides_who_issues_tokens() {
    let mut guarded = Guarded::new();
    let other_key = SigningKey::generate();
    let mut guard = SourceGuard::new(
        chain_id(),
        guarded.cast.source.description.service_id,
        *other_key.verifying_key(),
    );
    guard.store(guarded.checked()).unwrap();
    guarded.guard = guard;
    let mut attempt = guarded.attempt();
    attempt.token_key = other_key;
    let outcome = attempt.send(&mut guarded.guard);
    assert_eq!(outcome, Err(Refusal::IssuerMismatch));
}

#[track_caller]
fn check_consent(change: impl FnOnce(&mut Guarded), expected: Result<(), Refusal>) {
    let mut guarded = Guarded::new();
    change(&mut guarded);
    let attempt = guarded.attempt();
    let outcome = attempt.send(&mut guarded.guard).map(|_| ());
    assert_eq!(outcome, expected);
}

#[test]
fn the_consent_must_be_in_force() {
    check_consent(|_| {}, Ok(()));
    check_consent(
        |g| g.change(&Change::Disable),
        Err(Refusal::ConsentNotActive),
    );
    check_consent(
        |g| {
            g.change(&Change::Disable);
            g.change(&Change::Enable);
        },
        Ok(()),
    );
    check_consent(
        |g| g.change(&Change::Withdraw),
        Err(Refusal::ConsentNotActive),
    );
    check_consent(
        |g| g.cast.world.now = START + Span::from_days(30),
        Err(Refusal::OutsidePeriod),
    );
    check_consent(
        |g| g.cast.world.now = START - Span::from_seconds(1),
        Err(Refusal::OutsidePeriod),
    );
    check_row(
        |a| a.dataset = name("others"),
        Err(Refusal::DatasetNotConsented),
    );
}

#[test]
fn a_history_only_grows() {
    let mut guarded = Guarded::new();
    let before = guarded.checked();
    guarded.change(&Change::Disable);
    assert!(guarded.guard.store(before).is_err());
    let attempt = guarded.attempt();
    let outcome = attempt.send(&mut guarded.guard);
    assert_eq!(outcome, Err(Refusal::ConsentNotActive));
    assert!(guarded.guard.store(guarded.checked()).is_ok());
    assert_eq!(guarded.guard.consents().count(), 1);
    assert!(guarded.guard.consent(guarded.pair.source_id()).is_some());
}

#[test]
fn what_was_stored_can_be_checked_and_loaded_again() {
    let mut guarded = Guarded::new();
    let stored: Vec<String> = guarded
        .guard
        .consents()
        .map(|consent| serde_json::to_string(consent.view()).unwrap())
        .collect();
    let (chain, links) = (chain_id(), guarded.cast.source.links());
    let pins = Pins {
        chain: &chain,
        operator_key: guarded.cast.world.operator.keys.signing.verifying_key(),
        service_id: guarded.cast.source.description.service_id,
        links: &links,
        opening: &guarded.cast.source.keys.opening,
    };
    let mut guard = SourceGuard::new(
        chain_id(),
        guarded.cast.source.description.service_id,
        *guarded.cast.world.operator.token_key.verifying_key(),
    );
    for text in stored {
        let view = serde_json::from_str(&text).unwrap();
        guard.store(check(view, pins).unwrap()).unwrap();
    }
    guarded.guard = guard;
    let attempt = guarded.attempt();
    assert!(attempt.send(&mut guarded.guard).is_ok());
}

#[track_caller]
fn check_decision(change: impl FnOnce(&mut Decision), expected: Result<&[&str], Refusal>) {
    let mut guarded = Guarded::new();
    let grant = guarded.attempt().send(&mut guarded.guard).unwrap();
    let mut decision = decision(&guarded.cast, &[REQUIRED, OPTIONAL]);
    change(&mut decision);
    let outcome = grant
        .release(&decision, guarded.cast.world.now)
        .map(|release| release.grant().concepts().clone());
    let expected = expected.map(|concepts| resources(concepts)[&name(DATASET)].clone());
    assert_eq!(outcome, expected);
}

#[test]
fn only_a_clear_and_fresh_yes_releases() {
    check_decision(|_| {}, Ok(&[REQUIRED, OPTIONAL]));
    check_decision(|d| d.allowed = false, Err(Refusal::NotAllowed));
    check_decision(|d| d.receipt_id = None, Err(Refusal::DecisionInvalid));
    check_decision(|d| d.time -= 90_000, Ok(&[REQUIRED, OPTIONAL]));
    check_decision(|d| d.time -= 90_001, Err(Refusal::DecisionInvalid));
    check_decision(|d| d.time += 60_001, Err(Refusal::DecisionInvalid));
    check_decision(
        |d| d.resource_set = BTreeMap::new(),
        Err(Refusal::DecisionInvalid),
    );
    check_decision(|d| d.resource_set = resources(&[REQUIRED]), Ok(&[REQUIRED]));
    check_decision(
        |d| d.resource_set = resources(&[REQUIRED, "energy.location"]),
        Ok(&[REQUIRED]),
    );
}

#[test]
fn what_was_not_consented_to_is_dropped() {
    let mut guarded = Guarded::new();
    guarded.change(&Change::Narrow(resources(&[REQUIRED])));
    let release = guarded.release();
    let mut dataset = guarded.cast.source.description.datasets[0].clone();
    let data = || -> Map<String, serde_json::Value> {
        json!({
            "used": 1, "made": 2, "where": 3, "unknown": 4,
            "energy.consumed": 5, "energy.produced": 6, "energy.location": 7,
        })
        .as_object()
        .unwrap()
        .clone()
    };
    let left = |dataset: &Dataset| {
        let left = release.enforce(dataset, data());
        left.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(left(&dataset), ["energy.consumed", "used"]);

    // A property that is named like a concept which was not consented to.
    dataset.data_mappings[0].property = "energy.produced".to_owned();
    assert_eq!(left(&dataset), ["energy.consumed"]);

    dataset.dataset_id = name("others");
    assert_eq!(left(&dataset), [""; 0]);
}

#[test]
fn addresses_of_data_are_made_from_the_description() {
    let endpoint = "https://source.example/data/{dataset}/all";
    let url = |dataset: &str| sink::data_url(endpoint, &name(dataset));
    assert_eq!(url("readings"), "https://source.example/data/readings/all");
    assert_eq!(url("a/b"), "https://source.example/data/a%2Fb/all");
}
