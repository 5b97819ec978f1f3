//! One token of every kind that any part of the product signs.

use std::collections::{BTreeMap, BTreeSet};

use assent_api::v1::releases::{Confirmation, DecisionRequest, TOKEN_TYP, TokenClaims};
use assent_client::keys::{PartyKeys, Pseudonym};
use assent_client::sink;
use assent_client::statements::Signer;
use assent_client::statements::change::Change;
use assent_client::statements::consent::Question;
use assent_client::statements::link::{Linking, PinnedLink};
use assent_client::statements::request_proof::Caller;
use assent_client::status_chain::StatusChain;
use assent_crypto::digest::Digest;
use assent_crypto::jws::{self, DPOP_TYP};
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::{SigningKey, VerifyingKey};
use assent_model::canonical;
use assent_model::ids::{
    ConsentId, PairId, ReceiptId, RequestId, ServiceId, StatusRecordId, StreamId, SurrogateId,
};
use assent_model::names::Jti;
use assent_model::records::Custody;
use assent_model::records::account::AccountPseudonym;
use assent_model::records::consent::{
    CommonPart, ConsentRecord, ConsentStatus, FirstStatus, NoticeRef, ResourceSet, RolePart,
    Superseded, UsageRules,
};
use assent_model::records::identity::{Genesis, PartyKind, WalletRelease};
use assent_model::records::link::{AliasCertificate, LinkStatus};
use assent_model::records::release::{ReceiptBatch, UseAction, UseReceipt};
use assent_model::records::service::{
    DatasetOutline, DescriptionRef, Outline, PurposeOutline, ServiceRegistration,
};
use assent_model::records::stream::{
    StreamAnchor, StreamClosing, StreamGrant, StreamHolding, StreamKeys, StreamNaming,
    StreamOpening,
};
use assent_model::statement::{Content, Nested, Verified};
use assent_model::time::{Span, Timestamp};
use assent_model::vocabulary::{LegalBasis, Resolution};
use serde::Serialize;

const CHAIN: &str = "assent:judges";
const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const DATA_URL: &str = "https://source.example/data/readings";

/// A token with all that a judge has to know about it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Token {
    pub(crate) name: String,
    pub(crate) compact: String,
    pub(crate) typ: &'static str,
    pub(crate) jwk: VerifyingKey,
    /// In seconds since the epoch.
    pub(crate) now: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aud: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) iss: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub(crate) used_for: Option<TokenUse>,
}

/// What a DPoP proof must fit.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TokenUse {
    pub(crate) htm: &'static str,
    pub(crate) htu: &'static str,
    pub(crate) token: String,
}

/// Two services, a person with a pseudonym at each and an alias, an operator, and what they have
/// signed so far.
struct Cast {
    signer: Signer,
    operator: PartyKeys,
    token_key: SigningKey,
    provider: PartyKeys,
    pseudonym: Pseudonym,
    alias: Pseudonym,
    service: DescriptionRef,
    tokens: Vec<Token>,
}

/// One token of every kind, and of some kinds several.
pub(crate) fn tokens() -> Vec<Token> {
    let mut cast = Cast::assemble();
    cast.sign_about_parties();
    cast.sign_about_services();
    let link = cast.sign_about_links();
    cast.sign_about_requests(&link);
    cast.sign_about_consents(&link);
    cast.sign_about_uses();
    cast.sign_about_streams();
    cast.sign_access();
    cast.tokens
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a valid name")
}

fn resource_set() -> ResourceSet {
    let concepts = BTreeSet::from([name("energy.consumed"), name("energy.produced")]);
    BTreeMap::from([(name("readings"), concepts)])
}

impl Cast {
    fn assemble() -> Self {
        Self {
            signer: Signer::new(name(CHAIN), NOW),
            operator: PartyKeys::generate(),
            token_key: SigningKey::generate(),
            provider: PartyKeys::generate(),
            pseudonym: Pseudonym::generate(),
            alias: Pseudonym::generate(),
            service: description(),
            tokens: Vec::new(),
        }
    }

    fn add<T: Content>(&mut self, name: &str, statement: &Verified<T>) {
        self.add_statement(name, T::TYP.0, statement.compact(), statement.signer());
    }

    fn add_statement(&mut self, name: &str, typ: &'static str, compact: &str, jwk: &VerifyingKey) {
        self.tokens.push(Token {
            name: name.to_owned(),
            compact: compact.to_owned(),
            typ,
            jwk: *jwk,
            now: NOW.as_seconds(),
            aud: Some(CHAIN.to_owned()),
            iss: None,
            used_for: None,
        });
    }

    fn sign_about_parties(&mut self) {
        let genesis = Genesis {
            operator: self.operator.party_id(),
            token_key: *self.token_key.verifying_key(),
            checkpoint_key: *SigningKey::generate().verifying_key(),
            sealing_key: self.operator.opening.sealing_key().clone(),
            acknowledge_within: Span::from_days(1),
        };
        let genesis = self.signer.sign(&self.operator.signing, genesis);
        self.add("genesis", &genesis);
        let release = WalletRelease {
            digest: Digest::of(b"manifest"),
            origin: name("https://wallet.example"),
        };
        let release = self.signer.sign(&self.operator.signing, release);
        self.add("wallet-release", &release);

        let keys = &self.provider;
        let (signing, opening) = (SigningKey::generate(), OpeningKey::generate());
        let sealing = opening.sealing_key();
        let kind = PartyKind::Organisation;
        let registration = self.signer.register(keys, kind, Custody::Independent);
        let rotation = self.signer.rotate(keys, &signing, Some(sealing));
        let party = keys.party_id();
        let recovery = self
            .signer
            .recover(party, &keys.recovery, &signing, sealing);
        let deactivation = self.signer.deactivate(party, &keys.recovery);
        let recovery_key = registration.content().recovery.verify();
        let signing_key = rotation.content().signing.verify();
        self.add("registration", &registration);
        self.add("possession-of-recovery-key", &recovery_key.expect("signed"));
        self.add("key-rotation", &rotation);
        self.add("possession-of-signing-key", &signing_key.expect("signed"));
        self.add("recovery", &recovery);
        self.add("deactivation", &deactivation);
    }

    fn sign_about_services(&mut self) {
        let concepts = BTreeSet::from([name("energy.consumed"), name("energy.produced")]);
        let registration = ServiceRegistration {
            provider: self.provider.party_id(),
            description: self.service.clone(),
            outline: Outline {
                datasets: vec![DatasetOutline {
                    dataset_id: name("readings"),
                    concepts,
                    resolution: None,
                }],
                purposes: vec![PurposeOutline {
                    purpose_id: name("advice"),
                    legal_basis: LegalBasis::Consent,
                    conditions: Digest::of(b"conditions"),
                    required: BTreeSet::from([name("energy.consumed")]),
                    optional: BTreeSet::from([name("energy.produced")]),
                    resolution: None,
                }],
            },
        };
        let registration = self.signer.sign(&self.provider.signing, registration);
        self.add("service-registration", &registration);
    }

    fn sign_about_links(&mut self) -> PinnedLink {
        let account = Digest::of(b"account");
        let linking = Linking {
            service: self.service.clone(),
            provider: self.provider.party_id(),
            holder: self.provider.signing.verifying_key().thumbprint(),
            custody: Custody::Independent,
            account,
        };
        let record = self.signer.link_record(&linking, &self.pseudonym);
        let (countersignature, link) = self
            .signer
            .countersign(&self.provider, self.service.service_id, account, &record)
            .expect("the record is for this service");
        let (removed, prev) = (LinkStatus::Removed, record.digest());
        let status = self
            .signer
            .link_status(&self.pseudonym, link.slr_id, removed, prev);
        let certificate = AliasCertificate {
            slr_id: link.slr_id,
            surrogate_id: self.pseudonym.surrogate_id(),
            alias: self.alias.surrogate_id(),
            alias_key: *self.alias.key.verifying_key(),
        };
        let certificate = self.signer.sign(&self.pseudonym.key, certificate);
        self.add("link-record", &record);
        self.add("link-countersignature", &countersignature);
        self.add("link-status-record", &status);
        let account = AccountPseudonym {
            party: PartyKeys::generate().party_id(),
            surrogate_id: self.pseudonym.surrogate_id(),
        };
        let account = self.signer.sign(&self.pseudonym.key, account);
        self.add("alias-certificate", &certificate);
        self.add("account-pseudonym", &account);
        link
    }

    fn sign_about_requests(&mut self, link: &PinnedLink) {
        let question = Question {
            service: self.service.clone(),
            purpose_id: name("advice"),
            source: Some(description()),
            answer_by: NOW + Span::from_days(7),
            valid_until_max: Some(NOW + Span::from_days(365)),
        };
        let request = self.signer.consent_request(&self.provider, link, question);
        let refusal = self
            .signer
            .refuse(&self.pseudonym, request.content().request_id);
        self.add("consent-request", &request);
        self.add("consent-refusal", &refusal);
    }

    fn sign_about_consents(&mut self, link: &PinnedLink) {
        let slr_id = link.slr_id;
        let sink = RolePart::Sink {
            slr_id,
            source: description(),
            source_cr_id: ConsentId::random(),
            source_surrogate_id: self.alias.surrogate_id(),
        };
        let source = RolePart::Source {
            alias: Digest::of(b"alias"),
            sink: description(),
            sink_cr_id: ConsentId::random(),
            pop_key: self.provider.signing.verifying_key().thumbprint(),
            token_issuer_key: self.token_key.verifying_key().thumbprint(),
        };
        let records = [
            ("consent-record-within", RolePart::Within { slr_id }),
            ("consent-record-sink", sink),
            ("consent-record-source", source),
        ];
        for (name, role) in records {
            let pseudonym = if name.ends_with("source") {
                &self.alias
            } else {
                &self.pseudonym
            };
            let record = consent_record(pseudonym.surrogate_id(), &self.service, role);
            let record = self.signer.sign(&pseudonym.key, record);
            self.add(name, &record);
            self.sign_changes(&record);
        }
    }

    /// Pauses and then withdraws a consent, if it is one of the pseudonym's.
    fn sign_changes(&mut self, record: &Verified<ConsentRecord>) {
        let key = &self.pseudonym.key;
        if record.signer() != key.verifying_key() {
            return;
        }
        let mut chain = StatusChain::begin(record).expect("a consent begins active");
        let disabled = self.signer.status_record(&chain, key, &Change::Disable);
        let disabled = disabled.expect("an active consent can be paused");
        chain
            .extend(&disabled, self.operator.signing.verifying_key())
            .expect("it continues the chain");
        let withdrawn = self.signer.status_record(&chain, key, &Change::Withdraw);
        let withdrawn = withdrawn.expect("a paused consent can be withdrawn");
        let cr_id = chain.cr_id();
        let service_id = self.service.service_id;
        let acknowledgement =
            self.signer
                .acknowledgement(&self.provider, service_id, cr_id, withdrawn.digest());
        self.add("status-record-disabled", &disabled);
        self.add("status-record-withdrawn", &withdrawn);
        self.add("acknowledgement", &acknowledgement);
    }

    fn sign_about_uses(&mut self) {
        let receipt = |action, refusal: Option<&str>| UseReceipt {
            receipt_id: ReceiptId::random(),
            cr_id: ConsentId::random(),
            service_id: self.service.service_id,
            action,
            purpose_id: name("advice"),
            resource_set: resource_set(),
            refusal: refusal.map(str::to_owned),
            at: NOW,
        };
        let receipts = vec![
            receipt(UseAction::Released, None),
            receipt(UseAction::Refused, Some("consent-not-active")),
        ];
        let batch = self.signer.sign(&self.token_key, ReceiptBatch { receipts });
        let request = DecisionRequest {
            cr_id: ConsentId::random(),
            holder: self.provider.signing.verifying_key().thumbprint(),
            token: Jti::random(),
            purpose_id: name("advice"),
            dataset_id: name("readings"),
        };
        let request = self.signer.sign(&self.provider.signing, request);
        let report = self
            .signer
            .use_report(&self.provider, ConsentId::random(), resource_set());
        self.add("receipts", &batch);
        self.add("decision-request", &request);
        self.add("use-report", &report);
    }

    fn sign_about_streams(&mut self) {
        let device = PartyKeys::generate();
        let (stream_id, cr_id) = (StreamId::random(), ConsentId::random());
        let (head, sequence) = (Digest::of(b"a record"), 12);
        let holder = SurrogateId::of(self.alias.key.verifying_key());
        let holding = StreamHolding {
            stream_id,
            device: device.party_id(),
            holder,
        };
        let holding = self.signer.sign(&self.alias.key, holding);
        let opening = StreamOpening {
            stream_id,
            device: device.party_id(),
            holding: Nested::from(&holding),
        };
        let grant = StreamGrant {
            stream_id,
            cr_id,
            requester: self.provider.party_id(),
            sealing_key: self.provider.opening.sealing_key().clone(),
            resource_set: resource_set(),
            resolutions: BTreeMap::from([(name("readings"), Resolution::Day)]),
            history_from: None,
        };
        let keys = StreamKeys {
            stream_id,
            cr_id,
            grant: head,
            sequence,
            prev: head,
            sealed: "AAAA".to_owned(),
        };
        let anchor = StreamAnchor {
            stream_id,
            sequence,
            head,
        };
        let opening = self.signer.sign(&device.signing, opening);
        let anchor = self.signer.sign(&device.signing, anchor);
        let keys = self.signer.sign(&device.signing, keys);
        let grant = self.signer.sign(&self.alias.key, grant);
        let closing = StreamClosing { stream_id };
        let closing = self.signer.sign(&self.alias.key, closing);
        self.add("stream-holding", &holding);
        self.add("stream-opening", &opening);
        self.add("stream-grant", &grant);
        let naming = self.signer.sign(
            &self.alias.key,
            StreamNaming {
                stream_id,
                cr_id,
                history_from: None,
            },
        );
        self.add("stream-keys", &keys);
        self.add("stream-naming", &naming);
        self.add("stream-anchor", &anchor);
        self.add("stream-closing", &closing);
    }

    fn sign_access(&mut self) {
        let key = *self.provider.signing.verifying_key();
        let token_key = *self.token_key.verifying_key();
        let header = self.signer.request_proof(
            Caller::from(&self.provider),
            "POST",
            "/v1/tokens?page=1",
            Some(b"{}"),
        );
        let proof = header
            .strip_prefix("Assent ")
            .expect("the scheme of the header");
        self.add_statement("request-proof", "assent-request+jwt", proof, &key);

        let source = ServiceId::random();
        let token = self.access_token(source);
        let proof = sink::dpop_proof(&self.provider.signing, &token, "GET", DATA_URL, NOW)
            .expect("a whole address");
        self.add_statement("access-token", TOKEN_TYP.0, &token, &token_key);
        let access = self.tokens.last_mut().expect("one was just added");
        access.aud = Some(source.to_string());
        access.iss = Some(CHAIN.to_owned());
        self.add_statement("dpop-proof", DPOP_TYP.0, &proof, &key);
        let possession = self.tokens.last_mut().expect("one was just added");
        possession.aud = None;
        possession.used_for = Some(TokenUse {
            htm: "GET",
            htu: DATA_URL,
            token,
        });
    }

    fn access_token(&self, source: ServiceId) -> String {
        let claims = TokenClaims {
            iss: CHAIN.to_owned(),
            aud: source,
            client_id: self.service.service_id,
            sub: self.alias.surrogate_id().to_string(),
            cr_id: ConsentId::random(),
            source_cr_id: ConsentId::random(),
            cnf: Confirmation {
                jkt: self.provider.signing.verifying_key().thumbprint(),
            },
            iat: NOW.as_seconds(),
            exp: NOW.as_seconds() + 300,
            jti: Jti::random(),
        };
        jws::sign(TOKEN_TYP, &self.token_key, &canonical::encode(&claims))
    }
}

fn description() -> DescriptionRef {
    DescriptionRef {
        service_id: ServiceId::random(),
        version: 1,
        digest: Digest::of(b"description"),
    }
}

fn consent_record(
    surrogate_id: SurrogateId,
    service: &DescriptionRef,
    role_specific_part: RolePart,
) -> ConsentRecord {
    ConsentRecord {
        common_part: CommonPart {
            cr_id: ConsentId::random(),
            cr_pair_id: Some(PairId::random()),
            request_id: RequestId::random(),
            surrogate_id,
            service: service.clone(),
            resource_set: resource_set(),
            usage_rules: UsageRules {
                purpose_id: name("advice"),
                legal_basis: LegalBasis::Consent,
                conditions: Digest::of(b"conditions"),
            },
            notice: NoticeRef {
                language: name("nl-BE"),
                version: 1,
                digest: Digest::of(b"notice"),
            },
            form: Digest::of(b"form"),
            valid_from: NOW,
            valid_until: Some(NOW + Span::from_days(30)),
            custody: Custody::Independent,
            supersedes: Some(Superseded {
                cr_id: ConsentId::random(),
                prev: Digest::of(b"an older record"),
            }),
        },
        role_specific_part,
        status_record: FirstStatus {
            record_id: StatusRecordId::random(),
            consent_status: ConsentStatus::Active,
        },
    }
}
