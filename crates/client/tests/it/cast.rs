//! Who takes part in the stories of the tests: a requester, a source and a person with a
//! pseudonym at each, on a node of their own.

use std::collections::{BTreeMap, BTreeSet};

use assent_api::v1::consents::{ChangeStatus, ConsentView, FormView, GiveConsent, notice};
use assent_client::keys::{PairAlias, PartyKeys, Pseudonym, WalletLink};
use assent_client::statements::change::Change;
use assent_client::statements::consent::Question;
use assent_client::statements::give::{Answer, Given, Sharing};
use assent_client::statements::link::{AccountCertificate, Linking, PinnedLink};
use assent_client::status_chain::StatusChain;
use assent_crypto::digest::{Digest, Salt};
use assent_crypto::signature::SigningKey;
use assent_exchange::command::Command;
use assent_exchange::consent::command::{ConsentCommand, Give, StatusChange};
use assent_exchange::consent::offer;
use assent_exchange::identity::command::IdentityCommand;
use assent_exchange::link::command::LinkCommand;
use assent_exchange::service::command::ServiceCommand;
use assent_model::canonical;
use assent_model::description::{
    DataMapping, Dataset, MinimumAge, Policy, ProcessingBasis, Provider, ServiceDescription,
    ServiceInstance, Storage, Texts,
};
use assent_model::ids::{ConsentId, LinkId, PartyId, ServiceId};
use assent_model::names::Language;
use assent_model::records::Custody;
use assent_model::records::consent::{
    ConsentRequest, ResourceSet, RolePart, Superseded, UsageRules,
};
use assent_model::records::identity::PartyKind;
use assent_model::records::service::DescriptionRef;
use assent_model::statement::{self, Verified};
use assent_model::time::{Span, Timestamp};
use assent_model::vocabulary::{
    CollectionMethod, LegalBasis, ProcessingCategory, PurposeCategory, Recipient, StorageDuration,
    StorageLocation, ValueKind,
};

use crate::world::{START, World, chain};

pub(crate) const DATASET: &str = "readings";
pub(crate) const PURPOSE: &str = "advice";
pub(crate) const REQUIRED: &str = "energy.consumed";
pub(crate) const OPTIONAL: &str = "energy.produced";
pub(crate) const UNASKED: &str = "energy.location";

/// A validated name.
pub(crate) fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A resource set of one dataset.
pub(crate) fn resources(concepts: &[&str]) -> ResourceSet {
    let concepts = concepts.iter().map(|concept| name(concept)).collect();
    BTreeMap::from([(name(DATASET), concepts)])
}

/// A provider with a service and the person's link there.
pub(crate) struct Shop {
    pub keys: PartyKeys,
    pub description: ServiceDescription,
    pub link: WalletLink,
    pub pinned: PinnedLink,
}

impl Shop {
    pub(crate) fn reference(&self) -> DescriptionRef {
        self.description.reference()
    }

    pub(crate) fn links(&self) -> BTreeMap<LinkId, PinnedLink> {
        BTreeMap::from([(self.pinned.slr_id, self.pinned.clone())])
    }

    pub(crate) fn holder(&self) -> assent_crypto::signature::KeyId {
        self.keys.signing.verifying_key().thumbprint()
    }
}

/// Everybody.
pub(crate) struct Cast {
    pub world: World,
    /// The newest request.
    pub asked: Option<Verified<ConsentRequest>>,
    /// What the person reads.
    pub language: Language,
    pub requester: Shop,
    pub source: Shop,
}

/// A consent pair that was given.
pub(crate) struct Pair {
    pub request: Verified<ConsentRequest>,
    pub form: FormView,
    pub given: Given,
}

impl Pair {
    pub(crate) fn sink_id(&self) -> ConsentId {
        self.given.record.content().common_part.cr_id
    }

    pub(crate) fn source_id(&self) -> ConsentId {
        let record = self.given.source_record.as_ref().unwrap();
        record.content().common_part.cr_id
    }

    pub(crate) fn alias(&self) -> &PairAlias {
        self.given.alias.as_ref().unwrap()
    }

    /// The histories of a pair, from nothing but its records.
    pub(crate) fn chains(&self) -> [StatusChain; 2] {
        let source = self.given.source_record.as_ref().unwrap();
        [&self.given.record, source].map(|record| StatusChain::begin(record).unwrap())
    }

    pub(crate) fn notice(&self) -> String {
        String::from_utf8(canonical::encode(&self.form.notice)).unwrap()
    }
}

impl Cast {
    /// Everybody registered and linked.
    pub(crate) fn assemble() -> Self {
        let mut world = World::open();
        let requester = shop(&mut world, describe_requester);
        let source = shop(&mut world, describe_source);
        Self {
            world,
            asked: None,
            language: name("nl"),
            requester,
            source,
        }
    }

    /// The requester asks for data of the source, or for its own.
    pub(crate) fn ask(&mut self, from_source: bool) -> Verified<ConsentRequest> {
        let question = Question {
            service: self.requester.reference(),
            purpose_id: name(PURPOSE),
            source: from_source.then(|| self.source.reference()),
            answer_by: self.world.now + Span::from_days(2),
            valid_until_max: Some(START + Span::from_days(365)),
        };
        let request = self.world.signer().consent_request(
            &self.requester.keys,
            &self.requester.pinned,
            question,
        );
        self.world
            .accept(Command::Consent(ConsentCommand::Ask(request.clone())));
        self.asked = Some(request.clone());
        request
    }

    /// The form of a request, as a node makes it.
    pub(crate) fn form(&self, request: &ConsentRequest) -> FormView {
        let source = request.source.as_ref().map(|_| &self.source.description);
        let service = &self.requester.description;
        let purpose = service.purpose(&request.purpose_id).unwrap();
        let outline = service.outline();
        let holder = source.unwrap_or(service).outline();
        let offer = offer(outline.purpose(&request.purpose_id).unwrap(), &holder).unwrap();
        let max = request.valid_until_max.map(Timestamp::as_millis);
        let notice = notice(service, purpose, source, &offer, max, &self.language);
        FormView {
            request_id: request.request_id,
            notice_digest: Digest::of(&canonical::encode(&notice)),
            notice,
            usage_rules: UsageRules {
                purpose_id: purpose.purpose_id.clone(),
                legal_basis: purpose.legal_basis,
                conditions: purpose.digest(),
            },
            service: request.service.clone(),
            source: request.source.clone(),
            pop_key: self.requester.holder().to_string(),
        }
    }

    /// An answer to a form that asks for data of the source.
    pub(crate) fn sharing_answer<'a>(
        &'a self,
        form: &'a FormView,
        holder: &'a assent_crypto::signature::KeyId,
    ) -> Answer<'a> {
        Answer {
            sharing: Some(Sharing {
                source: &self.source.description,
                link: &self.source.link,
                sealing_key: self.source.keys.opening.sealing_key(),
                holder,
                token_key: self.world.operator.token_key.verifying_key(),
                supersedes: None,
            }),
            ..self.own_answer(form)
        }
    }

    /// An answer to the form of the newest request, which asks for the requester's own data.
    pub(crate) fn own_answer<'a>(&'a self, form: &'a FormView) -> Answer<'a> {
        Answer {
            request: self.asked.as_ref().unwrap(),
            language: &self.language,
            form,
            service: &self.requester.description,
            link: &self.requester.link,
            resource_set: resources(&[REQUIRED, OPTIONAL]),
            valid_from: START,
            valid_until: Some(START + Span::from_days(30)),
            age_confirmed: true,
            custody: Custody::Independent,
            supersedes: None,
            sharing: None,
        }
    }

    /// The requester asks for data of the source, and the person says yes.
    pub(crate) fn share(&mut self) -> Pair {
        let request = self.ask(true);
        let form = self.form(request.content());
        let holder = self.requester.holder();
        let answer = self.sharing_answer(&form, &holder);
        let given = self.world.signer().give(&answer).unwrap();
        self.accept_given(&given.request);
        Pair {
            request,
            form,
            given,
        }
    }

    /// The person replaces a pair by one with less.
    pub(crate) fn supersede(&mut self, pair: &Pair, chains: &[StatusChain; 2]) -> Pair {
        let request = self.ask(true);
        let form = self.form(request.content());
        let holder = self.requester.holder();
        let [sink, source] = chains;
        let superseded = |chain: &StatusChain| Superseded {
            cr_id: chain.cr_id(),
            prev: chain.head(),
        };
        let mut answer = self.sharing_answer(&form, &holder);
        answer.resource_set = resources(&[REQUIRED]);
        answer.supersedes = Some(superseded(sink));
        answer.sharing.as_mut().unwrap().supersedes = Some((superseded(source), pair.alias()));
        let given = self.world.signer().give(&answer).unwrap();
        self.accept_given(&given.request);
        Pair {
            request,
            form,
            given,
        }
    }

    #[track_caller]
    pub(crate) fn accept_given(&mut self, given: &GiveConsent) {
        let give = Give {
            primary: statement::verify(&given.record).unwrap(),
            source: given
                .source_record
                .as_ref()
                .map(|record| statement::verify(record).unwrap()),
        };
        self.world
            .accept(Command::Consent(ConsentCommand::Give(give)));
    }

    /// The person changes a pair.
    #[track_caller]
    pub(crate) fn change(&mut self, pair: &Pair, chains: &mut [StatusChain; 2], change: &Change) {
        let alias = &pair.given.alias.as_ref().unwrap().alias.key;
        let pseudonym = &self.requester.link.pseudonym.key;
        let changed = self
            .world
            .signer()
            .change_pair([(&chains[0], pseudonym), (&chains[1], alias)], change)
            .unwrap();
        self.accept_change(chains, &changed);
    }

    /// The operator disables or withdraws a pair for a person who lost the keys.
    #[track_caller]
    pub(crate) fn change_by_operator(&mut self, chains: &mut [StatusChain; 2], change: &Change) {
        let key = &self.world.operator.keys.signing;
        let changed = self
            .world
            .signer()
            .change_pair([(&chains[0], key), (&chains[1], key)], change)
            .unwrap();
        self.accept_change(chains, &changed);
    }

    #[track_caller]
    fn accept_change(&mut self, chains: &mut [StatusChain; 2], changed: &ChangeStatus) {
        let primary = statement::verify(&changed.record).unwrap();
        let counterpart = statement::verify(changed.counterpart.as_ref().unwrap()).unwrap();
        let operator = *self.world.operator.keys.signing.verifying_key();
        chains[0].extend(&primary, &operator).unwrap();
        chains[1].extend(&counterpart, &operator).unwrap();
        let change = StatusChange {
            primary,
            counterpart: Some(counterpart),
        };
        self.world
            .accept(Command::Consent(ConsentCommand::Change(change)));
    }

    /// A service acknowledges the end of a consent.
    #[track_caller]
    pub(crate) fn acknowledge(&mut self, of_sink: bool, chain: &StatusChain) {
        let shop = if of_sink {
            &self.requester
        } else {
            &self.source
        };
        let acknowledgement = self.world.signer().acknowledgement(
            &shop.keys,
            shop.description.service_id,
            chain.cr_id(),
            chain.head(),
        );
        self.world
            .accept(Command::Consent(ConsentCommand::Acknowledge(
                acknowledgement,
            )));
    }

    /// The requester replaces its signing key.
    pub(crate) fn rotate_requester(&mut self) {
        let signing = SigningKey::generate();
        let rotation = self
            .world
            .signer()
            .rotate(&self.requester.keys, &signing, None);
        self.world
            .accept(Command::Identity(IdentityCommand::Rotate(rotation)));
        self.requester.keys.signing = signing;
    }
}

/// A registered provider with a registered service, linked with the person.
fn shop(world: &mut World, describe: fn(PartyId) -> ServiceDescription) -> Shop {
    let keys = PartyKeys::generate();
    let registration =
        world
            .signer()
            .register(&keys, PartyKind::Organisation, Custody::Independent);
    world.accept(Command::Identity(IdentityCommand::Register(registration)));
    let description = describe(keys.party_id());
    register_service(world, &keys, &description);
    let (link, pinned) = link(world, &keys, &description);
    Shop {
        keys,
        description,
        link,
        pinned,
    }
}

pub(crate) fn register_service(
    world: &mut World,
    keys: &PartyKeys,
    description: &ServiceDescription,
) {
    let body = world.signer().register_service(keys, description).unwrap();
    let registration = statement::verify(&body.registration).unwrap();
    world.accept(Command::Service(ServiceCommand::Register(registration)));
}

fn link(
    world: &mut World,
    keys: &PartyKeys,
    description: &ServiceDescription,
) -> (WalletLink, PinnedLink) {
    let pseudonym = Pseudonym::generate();
    let certificate = AccountCertificate {
        service_id: description.service_id,
        account: "customer 17".to_owned(),
        surrogate_id: Some(pseudonym.surrogate_id()),
    };
    let account = certificate.commit(&Salt::generate());
    let linking = Linking {
        service: description.reference(),
        provider: keys.party_id(),
        holder: keys.signing.verifying_key().thumbprint(),
        custody: Custody::Independent,
        account,
    };
    let record = world.signer().link_record(&linking, &pseudonym);
    let (countersignature, pinned) = world
        .signer()
        .countersign(keys, description.service_id, account, &record)
        .unwrap();
    world.accept(Command::Link(LinkCommand::Create {
        record: record.clone(),
        countersignature,
    }));
    let link = WalletLink {
        slr_id: record.content().slr_id,
        service_id: description.service_id,
        provider: keys.party_id(),
        holder: linking.holder,
        pseudonym,
    };
    (link, pinned)
}

/// The consent as a node shows it to the source's provider.
pub(crate) fn source_view(pair: &Pair, chain: &StatusChain, statuses: Vec<String>) -> ConsentView {
    let record = pair.given.source_record.as_ref().unwrap();
    ConsentView {
        role: "source".to_owned(),
        counterpart: Some(pair.sink_id()),
        sealed_alias: pair.given.request.sealed_alias.clone(),
        ..view(record, chain, statuses)
    }
}

/// The consent as a node shows it.
pub(crate) fn view(
    record: &Verified<assent_model::records::consent::ConsentRecord>,
    chain: &StatusChain,
    statuses: Vec<String>,
) -> ConsentView {
    use assent_model::records::consent::ConsentStatus;

    let common = &record.content().common_part;
    let role = match record.content().role_specific_part {
        RolePart::Within { .. } => "within",
        RolePart::Sink { .. } => "sink",
        RolePart::Source { .. } => "source",
    };
    let status = match chain.status() {
        ConsentStatus::Active => "active",
        ConsentStatus::Disabled => "disabled",
        ConsentStatus::Withdrawn => "withdrawn",
    };
    ConsentView {
        cr_id: common.cr_id,
        counterpart: None,
        role: role.to_owned(),
        service_id: common.service.service_id,
        surrogate_id: common.surrogate_id,
        purpose_id: common.usage_rules.purpose_id.clone(),
        status: status.to_owned(),
        resource_set: chain.resource_set().clone(),
        required: BTreeSet::from([name(REQUIRED)]),
        head: chain.head(),
        closure: "not-owed".to_owned(),
        record: record.compact().to_owned(),
        statuses,
        sealed_alias: None,
    }
}

pub(crate) fn chain_id() -> assent_model::names::ChainId {
    chain()
}

fn texts(english: &str) -> Texts {
    Texts::from([
        (name("en"), english.to_owned()),
        (name("nl"), format!("{english} (nl)")),
    ])
}

/// A service without purposes that holds three concepts.
pub(crate) fn describe_source(provider: PartyId) -> ServiceDescription {
    let mapping = |property: &str, concept: &str| DataMapping {
        property: property.to_owned(),
        concept_id: name(concept),
        name: texts(property),
        kind: ValueKind::Quantity,
    };
    ServiceDescription {
        service_id: ServiceId::random(),
        version: 1,
        name: "Meter cloud".to_owned(),
        description: texts("Keeps what a meter measures"),
        logo: None,
        keywords: Vec::new(),
        provider: provider_of(provider),
        instance: ServiceInstance {
            url: "https://source.example".to_owned(),
            linking_redirect_uris: Vec::new(),
            consent_redirect_uris: Vec::new(),
            data_endpoint: Some("https://source.example/data/{dataset}".to_owned()),
        },
        minimum_age: None,
        datasets: vec![Dataset {
            dataset_id: name(DATASET),
            title: texts("Readings"),
            description: texts("What a meter measures"),
            publisher: None,
            contact_point: None,
            keywords: Vec::new(),
            spatial: None,
            data_structure_specification: None,
            issued: None,
            modified: None,
            resolution: None,
            data_mappings: vec![
                mapping("used", REQUIRED),
                mapping("made", OPTIONAL),
                mapping("where", UNASKED),
            ],
        }],
        purposes: Vec::new(),
    }
}

/// A service with one purpose that asks for two concepts.
pub(crate) fn describe_requester(provider: PartyId) -> ServiceDescription {
    let mut description = describe_source(provider);
    "Energy adviser".clone_into(&mut description.name);
    description.minimum_age = MinimumAge::try_from(16).ok();
    description.purposes = vec![ProcessingBasis {
        purpose_id: name(PURPOSE),
        name: texts("Advice"),
        description: texts("Tells how to use less"),
        category: PurposeCategory::ServiceProvision,
        legal_basis: LegalBasis::Consent,
        processing_categories: BTreeSet::from([ProcessingCategory::Analyse]),
        required_concepts: BTreeSet::from([name(REQUIRED)]),
        optional_concepts: BTreeSet::from([name(OPTIONAL)]),
        resolution: None,
        policy: Policy {
            policy_ref: "https://adviser.example/policy".to_owned(),
            policy_version: "1".to_owned(),
            policy_hash: Digest::of(b"policy"),
        },
        storage: Storage {
            location: StorageLocation::Eu,
            duration: StorageDuration::StatedPurpose,
            period: texts("13 months"),
        },
        recipients: BTreeSet::from([Recipient::Ours]),
        share_with: Vec::new(),
        obligations: Vec::new(),
        collection_method: CollectionMethod::FromAnotherService,
        termination: texts("It is erased"),
        automated_decisions: Texts::new(),
        consequences_of_refusal: Texts::new(),
        risks: Texts::new(),
        special_categories: false,
    }];
    description
}

fn provider_of(party_id: PartyId) -> Provider {
    Provider {
        party_id,
        business_id: "BE 0123.456.789".to_owned(),
        name: "Example".to_owned(),
        address: "Street 1, Town".to_owned(),
        jurisdiction: "BE".to_owned(),
        contact: "privacy@example.org".to_owned(),
        data_protection_officer: None,
        representative: None,
        supervisory_authority: "GBA".to_owned(),
    }
}
