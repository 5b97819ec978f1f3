//! The household, the meter archive and the energy adviser, with their keys, links and services.

use assent_api::v1::Outcome;
use assent_api::v1::consents::{Acknowledge, AskConsent, ChangeStatus, ConsentView};
use assent_api::v1::identity::ChainView;
use assent_api::v1::links::CreateLink;
use assent_client::chain_check;
use assent_client::http::{ClientError, NodeClient};
use assent_client::keys::{PairAlias, PartyKeys, Pseudonym, WalletLink};
use assent_client::statements::Signer;
use assent_client::statements::change::Change;
use assent_client::statements::consent::Question;
use assent_client::statements::give::{Answer, Given, Sharing};
use assent_client::statements::link::{Linking, PinnedLink};
use assent_crypto::digest::Digest;
use assent_model::description::ServiceDescription;
use assent_model::ids::{ConsentId, LinkId, RequestId, ServiceId};
use assent_model::names::Language;
use assent_model::records::Custody;
use assent_model::records::consent::{ConsentRequest, ResourceSet};
use assent_model::records::identity::PartyKind;
use assent_model::statement;
use assent_model::time::{Span, Timestamp};
use assent_node::clock::Clock;

use crate::world::World;

const ARCHIVE: &str = include_str!("../../../../examples/household/meter-archive.json");

/// An organisation with one service.
pub(crate) struct Provider {
    pub(crate) keys: PartyKeys,
    pub(crate) description: ServiceDescription,
    pub(crate) link: Option<PinnedLink>,
}

/// Everybody in the story, and a client of the node.
pub(crate) struct Cast {
    pub(crate) client: NodeClient,
    pub(crate) chain: ChainView,
    pub(crate) archive: Provider,
    pub(crate) adviser: Provider,
    pub(crate) archive_link: WalletLink,
    pub(crate) adviser_link: WalletLink,
    /// Who holds the household's keys.
    pub(crate) custody: Custody,
}

/// A pair that was given.
pub(crate) struct Pair {
    pub(crate) sink: ConsentId,
    pub(crate) source: ConsentId,
    pub(crate) alias: PairAlias,
}

impl Cast {
    /// Registers everybody, both services and both links.
    pub(crate) async fn enter(world: &World) -> Self {
        let client = NodeClient::new(&world.url("/")).unwrap();
        Self::enter_at(&client, &world.clock).await
    }

    /// The same, where somebody else may hold the household's keys.
    pub(crate) async fn enter_held(world: &World, custody: Custody) -> Self {
        let client = NodeClient::new(&world.url("/")).unwrap();
        Self::enter_with(&client, &world.clock, custody, ARCHIVE).await
    }

    /// The same, where what the archive has comes from a meter.
    pub(crate) async fn enter_metered(world: &World, custody: Custody) -> Self {
        let client = NodeClient::new(&world.url("/")).unwrap();
        let readings = "\"dataset_id\": \"readings\",";
        let stream = format!("{readings} \"resolution\": \"quarter-hour\",");
        let metered = ARCHIVE.replace(readings, &stream);
        assert_ne!(metered, ARCHIVE);
        Self::enter_with(&client, &world.clock, custody, &metered).await
    }

    /// The same at any node.
    pub(crate) async fn enter_at(client: &NodeClient, clock: &Clock) -> Self {
        Self::enter_with(client, clock, Custody::Independent, ARCHIVE).await
    }

    async fn enter_with(
        client: &NodeClient,
        clock: &Clock,
        custody: Custody,
        archive: &str,
    ) -> Self {
        let client = client.clone();
        let chain = client.chain().await.unwrap();
        let signer = Signer::new(chain.chain_id.parse().unwrap(), clock.now());
        let mut archive = provider(&client, &signer, archive).await;
        let mut adviser = provider(
            &client,
            &signer,
            include_str!("../../../../examples/household/energy-adviser.json"),
        )
        .await;
        let archive_link = link(&client, &signer, &mut archive, custody).await;
        let adviser_link = link(&client, &signer, &mut adviser, custody).await;
        Self {
            client,
            chain,
            archive,
            adviser,
            archive_link,
            adviser_link,
            custody,
        }
    }

    /// What the adviser signs to ask for the first purpose of its description.
    pub(crate) fn question(&self, world: &World) -> AskConsent {
        let question = Question {
            service: self.adviser.description.reference(),
            purpose_id: self.adviser.description.purposes[0].purpose_id.clone(),
            source: Some(self.archive.description.reference()),
            answer_by: world.clock.now() + Span::from_days(7),
            valid_until_max: None,
        };
        let pinned = self.adviser.link.as_ref().unwrap();
        let request = world
            .signer()
            .consent_request(&self.adviser.keys, pinned, question);
        AskConsent {
            request: request.compact().into(),
        }
    }

    /// The adviser asks.
    pub(crate) async fn ask(&self, world: &World) -> RequestId {
        let question = self.question(world);
        self.client.ask_consent(&question).await.unwrap();
        let request = statement::verify::<ConsentRequest>(&question.request).unwrap();
        request.content().request_id
    }

    /// The household's answer to a request: everything, or everything but the optional concepts.
    pub(crate) async fn answer(
        &self,
        world: &World,
        request: RequestId,
        with_optional: bool,
    ) -> Given {
        let language: Language = "en".parse().unwrap();
        let form = self.client.form(request, &language).await.unwrap();
        let asked = self.client.consent_request(request).await.unwrap();
        let asked = statement::verify::<ConsentRequest>(&asked.request).unwrap();
        let resource_set: ResourceSet = form
            .notice
            .datasets
            .iter()
            .map(|dataset| {
                let mut concepts: std::collections::BTreeSet<_> =
                    dataset.required.keys().cloned().collect();
                if with_optional {
                    concepts.extend(dataset.optional.keys().cloned());
                }
                (dataset.dataset_id.clone(), concepts)
            })
            .filter(|(_, concepts)| !concepts.is_empty())
            .collect();
        let archive = self
            .client
            .party(self.archive.keys.party_id())
            .await
            .unwrap();
        let holder = self.adviser.keys.signing.verifying_key().thumbprint();
        let answer = Answer {
            request: &asked,
            language: &language,
            form: &form,
            service: &self.adviser.description,
            link: &self.adviser_link,
            resource_set,
            valid_from: world.clock.now(),
            valid_until: None,
            age_confirmed: true,
            custody: self.custody,
            supersedes: None,
            sharing: Some(Sharing {
                source: &self.archive.description,
                link: &self.archive_link,
                sealing_key: &archive.sealing_key,
                holder: &holder,
                token_key: &self.chain.token_key,
                supersedes: None,
            }),
        };
        world.signer().give(&answer).unwrap()
    }

    /// Asks and gives.
    pub(crate) async fn give(&self, world: &World, with_optional: bool) -> Pair {
        let request = self.ask(world).await;
        let given = self.answer(world, request, with_optional).await;
        self.client.give_consent(&given.request).await.unwrap();
        Pair {
            sink: given.record.content().common_part.cr_id,
            source: given.source_record.unwrap().content().common_part.cr_id,
            alias: given.alias.unwrap(),
        }
    }

    /// Both records of a pair as the node shows them.
    pub(crate) async fn views(&self, pair: &Pair) -> [ConsentView; 2] {
        [
            self.client.consent(pair.sink).await.unwrap(),
            self.client.consent(pair.source).await.unwrap(),
        ]
    }

    /// What the household signs to change a pair.
    pub(crate) async fn signed_change(
        &self,
        world: &World,
        pair: &Pair,
        change: &Change,
    ) -> ChangeStatus {
        let [sink, source] = self.views(pair).await;
        let chain = self.chain.chain_id.parse().unwrap();
        let operator = world.operator_key(&self.client).await;
        let (sink_key, source_key) = (&self.adviser_link.pseudonym.key, &pair.alias.alias.key);
        let sink =
            chain_check::check_own(&sink, &chain, sink_key.verifying_key(), &operator).unwrap();
        let source =
            chain_check::check_own(&source, &chain, source_key.verifying_key(), &operator).unwrap();
        world
            .signer()
            .change_pair([(&sink, sink_key), (&source, source_key)], change)
            .unwrap()
    }

    /// The household changes a pair.
    pub(crate) async fn change(&self, world: &World, pair: &Pair, change: &Change) {
        let body = self.signed_change(world, pair, change).await;
        self.client.change_status(pair.sink, &body).await.unwrap();
    }

    /// A provider acknowledges the end of its consent.
    pub(crate) async fn acknowledge(
        &self,
        world: &World,
        provider: &Provider,
        consent: ConsentId,
    ) -> Result<Outcome, ClientError> {
        let head = self.client.consent(consent).await.unwrap().head;
        let service = provider.description.service_id;
        let acknowledgement =
            world
                .signer()
                .acknowledgement(&provider.keys, service, consent, head);
        let body = Acknowledge {
            acknowledgement: acknowledgement.compact().into(),
        };
        self.client.acknowledge(&body).await
    }

    /// The same cast in front of the same node after another start.
    pub(crate) fn again(self, world: &World) -> Self {
        let client = NodeClient::new(&world.url("/")).unwrap();
        Self { client, ..self }
    }
}

/// An organisation with a service that is described like this.
pub(crate) async fn provider(client: &NodeClient, signer: &Signer, description: &str) -> Provider {
    let keys = PartyKeys::generate();
    client
        .enrol(signer, &keys, PartyKind::Organisation, Custody::Independent)
        .await
        .unwrap();
    let mut value: serde_json::Value = serde_json::from_str(description).unwrap();
    value["service_id"] = ServiceId::random().to_string().into();
    value["version"] = 1.into();
    value["provider"]["party_id"] = keys.party_id().to_string().into();
    let description: ServiceDescription = serde_json::from_value(value).unwrap();
    let body = signer.register_service(&keys, &description).unwrap();
    client.register_service(&body).await.unwrap();
    Provider {
        keys,
        description,
        link: None,
    }
}

async fn link(
    client: &NodeClient,
    signer: &Signer,
    provider: &mut Provider,
    custody: Custody,
) -> WalletLink {
    let pseudonym = Pseudonym::generate();
    let (body, pinned) = new_link(signer, provider, &pseudonym, custody);
    client.create_link(&body).await.unwrap();
    let link = WalletLink {
        slr_id: pinned.slr_id,
        service_id: pinned.service_id,
        provider: provider.keys.party_id(),
        holder: provider.keys.signing.verifying_key().thumbprint(),
        pseudonym,
    };
    provider.link = Some(pinned);
    link
}

/// One more link with the adviser, if the node is there to acknowledge it.
pub(crate) async fn try_link(cast: &Cast, client: &NodeClient, clock: &Clock) -> Option<LinkId> {
    let signer = Signer::new(cast.chain.chain_id.parse().unwrap(), clock.now());
    let (body, slr_id) = link_body(&signer, &cast.adviser, &Pseudonym::generate());
    client.create_link(&body).await.ok()?;
    Some(slr_id)
}

/// What creates a link, and its id.
pub(crate) fn link_body(
    signer: &Signer,
    provider: &Provider,
    pseudonym: &Pseudonym,
) -> (CreateLink, LinkId) {
    let (body, pinned) = new_link(signer, provider, pseudonym, Custody::Independent);
    (body, pinned.slr_id)
}

/// Signs with the time of the node.
pub(crate) async fn signer_at(client: &NodeClient) -> Signer {
    let chain = client.chain().await.unwrap();
    Signer::new(
        chain.chain_id.parse().unwrap(),
        Timestamp::from_millis(chain.time),
    )
}

fn new_link(
    signer: &Signer,
    provider: &Provider,
    pseudonym: &Pseudonym,
    custody: Custody,
) -> (CreateLink, PinnedLink) {
    let account = Digest::of(b"the commitment to the account");
    let linking = Linking {
        service: provider.description.reference(),
        provider: provider.keys.party_id(),
        holder: provider.keys.signing.verifying_key().thumbprint(),
        custody,
        account,
    };
    let record = signer.link_record(&linking, pseudonym);
    let service_id = provider.description.service_id;
    let (countersignature, pinned) = signer
        .countersign(&provider.keys, service_id, account, &record)
        .unwrap();
    let body = CreateLink {
        record: record.compact().into(),
        countersignature: countersignature.compact().into(),
    };
    (body, pinned)
}
