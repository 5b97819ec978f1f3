//! What happens to consents on a node in memory, and the bundles that show it.

use std::collections::BTreeMap;
use std::ops::Range;

use assent_client::evidence::{EvidenceError, Trust, verify};
use assent_client::keys::PartyKeys;
use assent_client::statements::change::Change;
use assent_crypto::digest::Digest;
use assent_crypto::signature::{KeyId, SigningKey};
use assent_exchange::command::Command;
use assent_exchange::consent::command::ConsentCommand;
use assent_exchange::event::Event;
use assent_exchange::identity::command::IdentityCommand;
use assent_exchange::release::command::ReleaseCommand;
use assent_exchange::service::event::ServiceEvent;
use assent_model::canonical;
use assent_model::description::{MinimumAge, Obligation, ServiceDescription, ShareWith};
use assent_model::ids::{ConsentId, ReceiptId};
use assent_model::records::release::{ReceiptBatch, UseAction, UseReceipt};
use assent_model::time::Span;
use assent_model::vocabulary::{ProcessingCategory, Recipient, Resolution};
use serde_json::Value;

use crate::bundles::Sample;
use crate::cast::{Cast, PURPOSE, Pair, REQUIRED, name, register_service, resources};

/// A consent with its whole past, and every key that has signed anything in it.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) cast: Cast,
    pub(crate) subject: ConsentId,
    pub(crate) keys: Keys,
    notice: String,
    descriptions: Vec<ServiceDescription>,
    /// Entries that are about an older consent.
    older: Range<u64>,
}

/// Private keys by the ids of their public halves.
#[derive(Default)]
pub(crate) struct Keys(BTreeMap<KeyId, SigningKey>);

impl Keys {
    fn of(cast: &Cast, pair: &Pair) -> Self {
        let operator = &cast.world.operator;
        let mut keys = Self::default();
        for party in [&operator.keys, &cast.requester.keys, &cast.source.keys] {
            keys.keep_of(party);
        }
        keys.keep(&operator.token_key);
        keys.keep(&operator.checkpoint_key);
        keys.keep(&cast.requester.link.pseudonym.key);
        if let Some(alias) = &pair.given.alias {
            keys.keep(&alias.alias.key);
        }
        keys
    }

    fn keep_of(&mut self, party: &PartyKeys) {
        self.keep(&party.signing);
        self.keep(&party.recovery);
    }

    fn keep(&mut self, key: &SigningKey) {
        let kept = SigningKey::from_seed(key.seed());
        self.0.insert(key.verifying_key().thumbprint(), kept);
    }

    /// The key with this id, if it is one of the story's.
    pub(crate) fn get(&self, id: &str) -> Option<&SigningKey> {
        let mut all = self.0.iter();
        all.find(|(known, _)| known.as_str() == id)
            .map(|(_, key)| key)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &SigningKey> {
        self.0.values()
    }
}

impl Story {
    fn new(name: &'static str, cast: Cast, pair: &Pair, subject: ConsentId) -> Self {
        Self {
            name,
            keys: Keys::of(&cast, pair),
            notice: pair.notice(),
            descriptions: vec![
                cast.requester.description.clone(),
                cast.source.description.clone(),
            ],
            older: 0..0,
            cast,
            subject,
        }
    }

    /// The indices of the entries that belong in the bundle: all but what the verifier calls
    /// superfluous.
    fn indices(&self) -> Vec<u64> {
        let mut indices: Vec<u64> = (0..self.cast.world.leaves.len() as u64).collect();
        indices.retain(|index| !self.older.contains(index));
        while let Err(error) = verify(&self.bundle_of(&indices), &Trust::FirstUse) {
            let EvidenceError::Superfluous(index) = error else {
                panic!("{}: {error:?}", self.name);
            };
            indices.retain(|kept| *kept != index);
        }
        indices
    }

    /// The bundle.
    pub(crate) fn bundle(&self) -> String {
        self.bundle_of(&self.indices())
    }

    /// The bundle with each of the entries that do not belong there.
    pub(crate) fn bundles_with_one_more(&self) -> Vec<Sample> {
        let indices = self.indices();
        let all = 0..self.cast.world.leaves.len() as u64;
        let others = all.filter(|index| !indices.contains(index));
        others
            .map(|extra| {
                let mut more = indices.clone();
                more.push(extra);
                more.sort_unstable();
                Sample {
                    name: format!("{}, with {extra}", self.name),
                    bundle: self.bundle_of(&more),
                }
            })
            .collect()
    }

    /// The bundle without each of its entries in turn, named by the type of the event.
    pub(crate) fn bundles_without_one(&self) -> Vec<Sample> {
        let indices = self.indices();
        let without = |left_out: &u64| {
            let rest = indices.iter().copied().filter(|index| index != left_out);
            let leaf = &self.cast.world.leaves[usize::try_from(*left_out).unwrap()];
            let leaf: Value = serde_json::from_slice(leaf).unwrap();
            let kind = leaf["event"]["what"]["type"].as_str().unwrap();
            Sample {
                name: format!("{}, without {kind}", self.name),
                bundle: self.bundle_of(&rest.collect::<Vec<u64>>()),
            }
        };
        indices.iter().map(without).collect()
    }

    fn bundle_of(&self, indices: &[u64]) -> String {
        let log = self.cast.world.log();
        let descriptions = indices.iter().filter_map(|index| {
            let leaf = &log[usize::try_from(*index).unwrap()];
            let Event::Service(ServiceEvent::Registered { registration }) = &leaf.event else {
                return None;
            };
            let reference = &registration.content().description;
            let described = self
                .descriptions
                .iter()
                .find(|one| one.reference() == *reference)?;
            Some(String::from_utf8(canonical::encode(described)).unwrap())
        });
        let descriptions = descriptions.collect();
        let world = &self.cast.world;
        world.bundle(self.subject, indices, descriptions, self.notice.clone())
    }
}

/// One story of every kind.
pub(crate) fn all() -> Vec<Story> {
    let mut stories = vec![new_consent(), eventful(), own_data(), described_in_full()];
    stories.extend([missed(), recovered(), expired()]);
    stories.extend(both_sides_withdrawn());
    stories.extend(superseded());
    stories
}

fn new_consent() -> Story {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let subject = pair.source_id();
    Story::new("a new consent, of the source", cast, &pair, subject)
}

/// The data of the service that asks.
pub(crate) fn own_data() -> Story {
    let cast = Cast::assemble();
    give_own_data("a consent within one service", cast)
}

/// A description that says everything that one can say. The link is of the version before.
pub(crate) fn described_in_full() -> Story {
    let mut cast = Cast::assemble();
    let before = cast.requester.description.clone();
    let description = describe_in_full(&before);
    register_service(&mut cast.world, &cast.requester.keys, &description);
    cast.requester.description = description;
    let mut story = give_own_data("a consent to what is described in full", cast);
    story.descriptions.push(before);
    story
}

fn describe_in_full(before: &ServiceDescription) -> ServiceDescription {
    let mut description = before.clone();
    let text = || Some("text".to_owned());
    let texts = || before.description.clone();
    description.version += 1;
    description.minimum_age = Some(MinimumAge::OLDEST);
    description.logo = Some(serde_json::from_value("iVBORw0KGgo".into()).expect("a text"));
    description.keywords = vec!["meter".to_owned(), "énergie \u{1f50c}".to_owned()];
    description.provider.data_protection_officer = text();
    description.provider.representative = text();
    description.instance.linking_redirect_uris = vec!["https://adviser.example/linked".to_owned()];
    description.instance.consent_redirect_uris = vec!["https://adviser.example/given".to_owned()];
    let dataset = &mut description.datasets[0];
    dataset.publisher = text();
    dataset.contact_point = text();
    dataset.keywords = vec!["reading".to_owned()];
    dataset.spatial = text();
    dataset.data_structure_specification = text();
    dataset.issued = Some("2026-01-01".to_owned());
    dataset.modified = Some("2026-02-01".to_owned());
    dataset.resolution = Some(Resolution::QuarterHour);
    let mut finer = dataset.clone();
    finer.dataset_id = "finer".parse().unwrap();
    finer.resolution = Some(Resolution::Second);
    description.datasets.insert(0, finer);
    let purpose = &mut description.purposes[0];
    purpose.resolution = Some(Resolution::QuarterHour);
    purpose.processing_categories = ProcessingCategory::ALL.iter().copied().collect();
    purpose.optional_concepts.clear();
    purpose.recipients = Recipient::ALL.iter().copied().collect();
    purpose.share_with = vec![ShareWith {
        org_name: "Example".to_owned(),
        org_url: "https://example.org".to_owned(),
        business_type: "research".to_owned(),
        required: false,
    }];
    purpose.obligations = vec![Obligation {
        event: "the consent ends".to_owned(),
        activity: "the data is erased".to_owned(),
    }];
    purpose.automated_decisions = texts();
    purpose.consequences_of_refusal = texts();
    purpose.risks = texts();
    purpose.special_categories = true;
    description
}

fn give_own_data(name: &'static str, mut cast: Cast) -> Story {
    let request = cast.ask(false);
    let form = cast.form(request.content());
    let mut answer = cast.own_answer(&form);
    answer.resource_set = resources(&[REQUIRED]);
    let given = cast.world.signer().give(&answer).unwrap();
    cast.accept_given(&given.request);
    let subject = given.record.content().common_part.cr_id;
    let pair = Pair {
        request,
        form,
        given,
    };
    Story::new(name, cast, &pair, subject)
}

/// Paused, narrowed, used, and withdrawn by the operator, with two keys replaced on the way.
pub(crate) fn eventful() -> Story {
    let mut cast = Cast::assemble();
    let mut replaced = Keys::default();
    replaced.keep_of(&cast.requester.keys);
    replaced.keep_of(&cast.world.operator.keys);
    cast.rotate_requester();
    rotate_operator(&mut cast);
    let pair = cast.share();
    let mut chains = pair.chains();
    cast.change(&pair, &mut chains, &Change::Disable);
    record_receipts(&mut cast, &[pair.sink_id(), pair.source_id()]);
    let narrow = Change::Narrow(resources(&[REQUIRED]));
    cast.change(&pair, &mut chains, &narrow);
    cast.change_by_operator(&mut chains, &Change::Withdraw);
    record_receipts(&mut cast, &[pair.sink_id()]);
    cast.acknowledge(true, &chains[0]);
    let subject = pair.sink_id();
    let mut story = Story::new("withdrawn by the operator", cast, &pair, subject);
    story.keys.0.append(&mut replaced.0);
    story
}

fn both_sides_withdrawn() -> [Story; 2] {
    [true, false].map(|of_sink| {
        let mut cast = Cast::assemble();
        let pair = cast.share();
        let mut chains = pair.chains();
        cast.change(&pair, &mut chains, &Change::Disable);
        cast.change(&pair, &mut chains, &Change::Enable);
        cast.change(&pair, &mut chains, &Change::Withdraw);
        let chain = &chains[usize::from(!of_sink)];
        cast.acknowledge(of_sink, chain);
        Story::new("withdrawn by the person", cast, &pair, chain.cr_id())
    })
}

/// The requester acts with a key that its recovery key has installed.
pub(crate) fn recovered() -> Story {
    let mut cast = Cast::assemble();
    let keys = &cast.requester.keys;
    let mut lost = Keys::default();
    lost.keep_of(keys);
    let signing = SigningKey::generate();
    let sealing = keys.opening.sealing_key();
    let recovery = cast
        .world
        .signer()
        .recover(keys.party_id(), &keys.recovery, &signing, sealing);
    let recover = Command::Identity(IdentityCommand::Recover(recovery));
    cast.world.accept(recover);
    cast.requester.keys.signing = signing;
    let pair = cast.share();
    let subject = pair.sink_id();
    let mut story = Story::new("asked with a recovered key", cast, &pair, subject);
    story.keys.0.append(&mut lost.0);
    story
}

/// An older consent and the one that took its place.
pub(crate) fn superseded() -> [Story; 2] {
    [false, true].map(|of_successor| {
        let mut cast = Cast::assemble();
        let begin = cast.world.leaves.len() as u64;
        let pair = cast.share();
        let end = cast.world.leaves.len() as u64;
        let chains = pair.chains();
        let next = cast.supersede(&pair, &chains);
        if of_successor {
            let subject = next.sink_id();
            let mut story = Story::new("a consent that superseded", cast, &next, subject);
            story.older = begin..end;
            story
        } else {
            let subject = pair.sink_id();
            Story::new("a consent that was superseded", cast, &pair, subject)
        }
    })
}

/// Nobody acknowledged the end in time.
pub(crate) fn missed() -> Story {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let mut chains = pair.chains();
    cast.change(&pair, &mut chains, &Change::Withdraw);
    cast.world.wait(Span::from_days(8));
    let miss = ConsentCommand::MissAcknowledgement(pair.sink_id());
    cast.world.accept(Command::Consent(miss));
    let subject = pair.sink_id();
    Story::new("a missed acknowledgement", cast, &pair, subject)
}

/// The agreed end was reached.
pub(crate) fn expired() -> Story {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    cast.world.wait(Span::from_days(31));
    let expire = ConsentCommand::ExpireConsent(pair.sink_id());
    cast.world.accept(Command::Consent(expire));
    let subject = pair.sink_id();
    Story::new("an expired consent", cast, &pair, subject)
}

fn rotate_operator(cast: &mut Cast) {
    let signing = SigningKey::generate();
    let keys = &cast.world.operator.keys;
    let rotation = cast.world.signer().rotate(keys, &signing, None);
    let rotate = Command::Identity(IdentityCommand::Rotate(rotation));
    cast.world.accept(rotate);
    cast.world.operator.keys.signing = signing;
}

fn record_receipts(cast: &mut Cast, consents: &[ConsentId]) {
    let receipt = |cr_id: &ConsentId| UseReceipt {
        receipt_id: ReceiptId::random(),
        cr_id: *cr_id,
        service_id: cast.requester.description.service_id,
        action: UseAction::Refused,
        purpose_id: name(PURPOSE),
        resource_set: resources(&[REQUIRED]),
        refusal: Some("consent-not-active".to_owned()),
        at: cast.world.now,
    };
    let receipts = consents.iter().map(receipt).collect();
    let token_key = &cast.world.operator.token_key;
    let batch = cast
        .world
        .signer()
        .sign(token_key, ReceiptBatch { receipts });
    cast.world
        .accept(Command::Release(ReleaseCommand::Record(batch)));
}

/// How a bundle names what it refers to.
pub(crate) fn digest_of(text: &str) -> String {
    Digest::of(text.as_bytes()).to_string()
}
