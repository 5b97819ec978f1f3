//! Who takes part: an adviser that asks, an archive that has the data, and people linked to both.
//!
//! Services are described as in the examples, so that notices and records have the size of real
//! ones. Whatever a server is to be asked is signed here, before any clock runs.

use std::num::NonZero;
use std::thread;

use assent_api::v1::consents::{AskConsent, FormView, notice};
use assent_api::v1::links::CreateLink;
use assent_api::v1::releases::{Decide, DecisionRequest};
use assent_client::http::NodeClient;
use assent_client::keys::{PartyKeys, Pseudonym, WalletLink};
use assent_client::statements::Signer;
use assent_client::statements::consent::Question;
use assent_client::statements::give::{Answer, Sharing};
use assent_client::statements::link::{AccountCertificate, Linking, PinnedLink};
use assent_crypto::digest::{Digest, Salt};
use assent_crypto::signature::{KeyId, SigningKey, VerifyingKey};
use assent_exchange::consent::offer;
use assent_exchange::consent::state::Offer;
use assent_model::canonical;
use assent_model::description::{ProcessingBasis, ServiceDescription};
use assent_model::ids::{ConsentId, LinkId, RequestId, ServiceId};
use assent_model::names::{ChainId, Jti, PurposeId};
use assent_model::records::Custody;
use assent_model::records::consent::{ConsentRequest, ResourceSet, UsageRules};
use assent_model::records::identity::PartyKind;
use assent_model::statement::Verified;
use assent_model::time::{Span, Timestamp};
use assent_node::clock::Clock;
use serde_json::{Value, json};

use crate::Outcome;
use crate::load::Request;

const ADVISER: &str = include_str!("../../../examples/household/energy-adviser.json");
const ARCHIVE: &str = include_str!("../../../examples/household/meter-archive.json");
/// What the adviser asks for.
const PURPOSE: &str = "energy-advice";
/// How long questions wait, and consents hold.
const LONG: Span = Span::from_days(30);

/// An organisation with its service.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) keys: PartyKeys,
    description: ServiceDescription,
}

/// Both organisations at one node.
#[derive(Debug)]
pub(crate) struct Cast {
    chain: ChainId,
    token_key: VerifyingKey,
    pub(crate) adviser: Provider,
    pub(crate) archive: Provider,
}

/// A person's links.
#[derive(Debug)]
struct Person {
    at_adviser: WalletLink,
    /// What the adviser keeps of it.
    pinned: PinnedLink,
    /// The ledger never learns which link a source's record hangs on.
    at_archive: WalletLink,
}

/// A consent pair, ready to be given, with what comes before it.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) link: Request,
    pub(crate) question: Request,
    pub(crate) answer: Request,
    pub(crate) sink_id: ConsentId,
    pub(crate) source_id: ConsentId,
    /// What signed the source's record.
    pub(crate) alias: SigningKey,
    /// How many signatures the answer carries for the node to check.
    pub(crate) signatures: usize,
}

impl Cast {
    /// Registers both organisations and their services.
    pub(crate) async fn enrol(client: &NodeClient) -> Outcome<Self> {
        let chain = client.chain().await?;
        let cast = Self {
            chain: chain.chain_id.parse()?,
            token_key: chain.token_key,
            adviser: provider(ADVISER)?,
            archive: provider(ARCHIVE)?,
        };
        let signer = cast.signer();
        for provider in [&cast.adviser, &cast.archive] {
            let kind = PartyKind::Organisation;
            client
                .enrol(&signer, &provider.keys, kind, Custody::Independent)
                .await?;
            let registration = signer.register_service(&provider.keys, &provider.description)?;
            client.register_service(&registration).await?;
        }
        Ok(cast)
    }

    /// Signs for the node, now.
    pub(crate) fn signer(&self) -> Signer {
        Signer::new(self.chain.clone(), Clock::System.now())
    }

    /// Consents of so many people, each with a link of their own. Statements hold for five minutes.
    pub(crate) fn pairs(&self, count: usize) -> Vec<Pair> {
        let stage = Stage::of(self);
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            let shares = (0..cores).map(|core| (count + core) / cores);
            let threads: Vec<_> = shares
                .map(|share| {
                    let stage = &stage;
                    scope.spawn(move || (0..share).map(|_| stage.pair()).collect::<Vec<_>>())
                })
                .collect();
            let shares = threads
                .into_iter()
                .map(|thread| thread.join().expect("no step panics"));
            shares.flatten().collect()
        })
    }

    /// Questions of the archive, one for each of these records, whether it may hand out data.
    pub(crate) fn decisions(&self, records: &[ConsentId]) -> Vec<Request> {
        let stage = Stage::of(self);
        records
            .iter()
            .map(|record| stage.decision(*record))
            .collect()
    }
}

fn provider(description: &str) -> Outcome<Provider> {
    let keys = PartyKeys::generate();
    let mut description: Value = serde_json::from_str(description)?;
    description["service_id"] = json!(ServiceId::random());
    description["version"] = json!(1);
    description["provider"]["party_id"] = json!(keys.party_id());
    Ok(Provider {
        description: serde_json::from_value(description)?,
        keys,
    })
}

/// What is the same for everybody.
struct Stage<'a> {
    cast: &'a Cast,
    signer: Signer,
    holder: KeyId,
    purpose: &'a ProcessingBasis,
    offer: Offer,
    chosen: ResourceSet,
}

impl<'a> Stage<'a> {
    fn of(cast: &'a Cast) -> Self {
        let description = &cast.adviser.description;
        let purpose: PurposeId = PURPOSE.parse().expect("a purpose id");
        let outline = description.outline();
        let outlined = outline
            .purpose(&purpose)
            .expect("the adviser has the purpose");
        let offer = offer(outlined, &cast.archive.description.outline());
        let offer = offer.expect("the archive has what the purpose requires");
        let everything = offer.iter().map(|(dataset, offered)| {
            let concepts = offered.required.union(&offered.optional).cloned();
            (dataset.clone(), concepts.collect())
        });
        Self {
            cast,
            signer: cast.signer(),
            holder: cast.adviser.keys.signing.verifying_key().thumbprint(),
            purpose: description.purpose(&purpose).expect("as its outline"),
            chosen: everything.collect(),
            offer,
        }
    }

    fn pair(&self) -> Pair {
        let (person, link) = self.person();
        let (request, question) = self.question(&person);
        let form = self.form(request.content().request_id);
        let given = self.signer.give(&self.answer(&person, &request, &form));
        let given = given.expect("the form is as described");
        let source = given.source_record.expect("a pair has two records");
        let alias = given.alias.expect("a pair has an alias").alias.key;
        Pair {
            sink_id: given.record.content().common_part.cr_id,
            alias,
            link,
            question,
            answer: Request::post("/v1/consents", &given.request),
            source_id: source.content().common_part.cr_id,
            signatures: 1 + usize::from(given.request.source_record.is_some()),
        }
    }

    fn person(&self) -> (Person, Request) {
        let Provider { keys, description } = &self.cast.adviser;
        let pseudonym = Pseudonym::generate();
        let certificate = AccountCertificate {
            service_id: description.service_id,
            account: "customer".to_owned(),
            surrogate_id: Some(pseudonym.surrogate_id()),
        };
        let account = certificate.commit(&Salt::generate());
        let linking = Linking {
            service: description.reference(),
            provider: keys.party_id(),
            holder: self.holder,
            custody: Custody::Independent,
            account,
        };
        let record = self.signer.link_record(&linking, &pseudonym);
        let signed = self
            .signer
            .countersign(keys, description.service_id, account, &record);
        let (countersignature, pinned) = signed.expect("the record is as the service knows it");
        let body = CreateLink {
            record: record.compact().to_owned(),
            countersignature: countersignature.compact().to_owned(),
        };
        let at_adviser = wallet_link(&self.cast.adviser, pinned.slr_id, pseudonym);
        let at_archive = wallet_link(&self.cast.archive, LinkId::random(), Pseudonym::generate());
        let person = Person {
            at_adviser,
            pinned,
            at_archive,
        };
        (person, Request::post("/v1/links", &body))
    }

    fn question(&self, person: &Person) -> (Verified<ConsentRequest>, Request) {
        let question = Question {
            service: self.cast.adviser.description.reference(),
            purpose_id: self.purpose.purpose_id.clone(),
            source: Some(self.cast.archive.description.reference()),
            answer_by: self.signer.now() + LONG,
            valid_until_max: Some(self.until()),
        };
        let keys = &self.cast.adviser.keys;
        let request = self.signer.consent_request(keys, &person.pinned, question);
        let body = AskConsent {
            request: request.compact().to_owned(),
        };
        (request, Request::post("/v1/consent-requests", &body))
    }

    /// The form as the node would build it.
    fn form(&self, request_id: RequestId) -> FormView {
        let Cast {
            adviser, archive, ..
        } = self.cast;
        let notice = notice(
            &adviser.description,
            self.purpose,
            Some(&archive.description),
            &self.offer,
            Some(self.until().as_millis()),
            &"en".parse().expect("a language"),
        );
        FormView {
            request_id,
            notice_digest: Digest::of(&canonical::encode(&notice)),
            notice,
            usage_rules: UsageRules {
                purpose_id: self.purpose.purpose_id.clone(),
                legal_basis: self.purpose.legal_basis,
                conditions: self.purpose.digest(),
            },
            service: adviser.description.reference(),
            source: Some(archive.description.reference()),
            pop_key: self.holder.to_string(),
        }
    }

    fn answer<'b>(
        &'b self,
        person: &'b Person,
        request: &'b Verified<ConsentRequest>,
        form: &'b FormView,
    ) -> Answer<'b> {
        let archive = &self.cast.archive;
        Answer {
            request,
            language: &form.notice.language,
            form,
            service: &self.cast.adviser.description,
            link: &person.at_adviser,
            resource_set: self.chosen.clone(),
            valid_from: self.signer.now(),
            valid_until: Some(self.until()),
            age_confirmed: false,
            custody: Custody::Independent,
            supersedes: None,
            sharing: Some(Sharing {
                source: &archive.description,
                link: &person.at_archive,
                sealing_key: archive.keys.opening.sealing_key(),
                holder: &self.holder,
                token_key: &self.cast.token_key,
                supersedes: None,
            }),
        }
    }

    fn decision(&self, source_id: ConsentId) -> Request {
        let dataset = self.chosen.keys().next();
        let request = DecisionRequest {
            cr_id: source_id,
            holder: self.holder,
            token: Jti::random(),
            purpose_id: self.purpose.purpose_id.clone(),
            dataset_id: dataset.expect("the offer is not empty").clone(),
        };
        let request = self.signer.sign(&self.cast.archive.keys.signing, request);
        let body = Decide {
            request: request.compact().to_owned(),
        };
        Request::post("/v1/decisions", &body)
    }

    fn until(&self) -> Timestamp {
        self.signer.now() + LONG
    }
}

fn wallet_link(provider: &Provider, slr_id: LinkId, pseudonym: Pseudonym) -> WalletLink {
    WalletLink {
        slr_id,
        service_id: provider.description.service_id,
        provider: provider.keys.party_id(),
        holder: provider.keys.signing.verifying_key().thumbprint(),
        pseudonym,
    }
}
