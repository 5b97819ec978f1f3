//! A household's meter that is paired, and the adviser that may read it.

use std::collections::BTreeMap;

use assent_api::v1::releases::TokenRequest;
use assent_api::v1::streams::{PutGrant, PutKeys, RecordsTaken};
use assent_client::channel::{Lanes, Moment, Publisher, Reading, Subscriber, keys};
use assent_client::http::{ClientError, Identified, NodeClient, StreamAccess};
use assent_client::keys::{PartyKeys, Pseudonym};
use assent_client::statements::Signer;
use assent_client::streams::{Granting, Standing, StreamTrust, granted, named};
use assent_crypto::digest::Digest;
use assent_crypto::sealing::SealingKey;
use assent_crypto::signature::SigningKey;
use assent_exchange::command::Command;
use assent_exchange::stream::command::StreamCommand;
use assent_model::ids::{ConsentId, StreamId};
use assent_model::names::DatasetId;
use assent_model::records::Custody;
use assent_model::records::consent::{ConsentRecord, ResourceSet};
use assent_model::records::identity::PartyKind;
use assent_model::records::stream::{StreamClosing, StreamGrant, StreamHolding, StreamOpening};
use assent_model::statement::{self, Nested};
use assent_model::time::Timestamp;
use assent_model::vocabulary::Resolution;
use assent_node::config::Config;

use crate::household::{Cast, Pair};
use crate::world::World;

/// A lane of what the adviser needs, one that can be dropped, and the first at other resolutions.
pub(crate) const NEEDED: &str = "live/electricity_delivered_tariff_1";
pub(crate) const OPTIONAL: &str = "live/electricity_returned_tariff_1";

const COARSER: &str = "quarter-hours/electricity_delivered_tariff_1";
const COARSEST: &str = "days/electricity_delivered_tariff_1";

/// A device with the stream that it writes.
pub(crate) struct Meter {
    pub(crate) keys: PartyKeys,
    pub(crate) stream: StreamId,
    pub(crate) holder: Pseudonym,
    pub(crate) publisher: Publisher,
}

/// Everybody.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) cast: Cast,
    pub(crate) client: NodeClient,
    pub(crate) trust: StreamTrust,
    pub(crate) pair: Pair,
    pub(crate) meter: Meter,
    /// How fine the source is said to be; `None` where it is said to be no stream.
    pub(crate) resolution: Option<Resolution>,
    /// From when on the holder gives the past as well.
    pub(crate) history_from: Option<Timestamp>,
    /// For which grants the device has handed keys over.
    pub(crate) handed: BTreeMap<ConsentId, Digest>,
}

impl Meter {
    /// Registers a device and opens its stream.
    pub(crate) async fn pair(world: &World, client: &NodeClient) -> Self {
        let (keys, holder) = (PartyKeys::generate(), Pseudonym::generate());
        let signer = world.signer();
        client
            .enrol(&signer, &keys, PartyKind::Device, Custody::Independent)
            .await
            .unwrap();
        let stream = StreamId::random();
        let holding = StreamHolding {
            stream_id: stream,
            device: keys.party_id(),
            holder: holder.surrogate_id(),
        };
        let opening = StreamOpening {
            stream_id: stream,
            device: keys.party_id(),
            holding: Nested::from(&signer.sign(&holder.key, holding)),
        };
        let opening = signer.sign(&keys.signing, opening);
        let command = Command::Stream(StreamCommand::Open(opening));
        let node = world.running.node();
        node.intake.submit(command, Vec::new()).await.unwrap();
        let lanes =
            Lanes::new([NEEDED, OPTIONAL, COARSER, COARSEST].map(|name| name.parse().unwrap()))
                .unwrap();
        let device = SigningKey::from_seed(keys.signing.seed());
        let moment = Moment {
            as_of: node.head.borrow().header.height,
            at: world.clock.now(),
        };
        Self {
            publisher: Publisher::open(stream, device, lanes, moment),
            keys,
            stream,
            holder,
        }
    }
}

impl Scene {
    /// A paired meter, an active consent, and no grant yet.
    pub(crate) async fn new() -> Self {
        Box::pin(Self::with(|_| ())).await
    }

    pub(crate) async fn with(set: impl FnOnce(&mut Config)) -> Self {
        let world = Box::pin(World::with(set)).await;
        let cast = Box::pin(Cast::enter(&world)).await;
        let client = cast.client.clone();
        let pair = cast.give(&world, true).await;
        let meter = Meter::pair(&world, &client).await;
        let trust = StreamTrust::of_node(&client).await.unwrap();
        Self {
            world,
            cast,
            client,
            trust,
            pair,
            meter,
            resolution: Some(Resolution::Second),
            history_from: None,
            handed: BTreeMap::new(),
        }
    }

    /// The same, granted, and the adviser has its keys.
    pub(crate) async fn granted() -> Self {
        let mut scene = Box::pin(Self::new()).await;
        scene.grant().await.unwrap();
        Box::pin(scene.follow()).await;
        scene
    }

    pub(crate) fn signer(&self) -> Signer {
        self.world.signer()
    }

    /// What the holder puts at the relay.
    pub(crate) async fn grant_body(&self) -> PutGrant {
        let key = self.cast.adviser.keys.opening.sealing_key();
        self.grant_body_to(key).await
    }

    /// The same, for another key of the adviser.
    pub(crate) async fn grant_body_to(&self, key: &SealingKey) -> PutGrant {
        let source = self.client.consent(self.pair.source).await.unwrap();
        let adviser = &self.cast.adviser.keys;
        let grant = StreamGrant {
            stream_id: self.meter.stream,
            cr_id: self.pair.source,
            requester: adviser.party_id(),
            sealing_key: key.clone(),
            resolutions: resolutions(&source.resource_set, self.resolution),
            resource_set: source.resource_set,
            history_from: self.history_from,
        };
        let keys = Granting {
            holder: &self.meter.holder.key,
            consent: &self.pair.alias.alias.key,
            device: self.meter.keys.opening.sealing_key(),
        };
        granted(&self.signer(), keys, grant)
    }

    pub(crate) async fn grant(&self) -> Result<(), ClientError> {
        let body = self.grant_body().await;
        self.put_grant(&body).await
    }

    pub(crate) async fn put_grant(&self, body: &PutGrant) -> Result<(), ClientError> {
        let signer = self.signer();
        let holder = Identified {
            signer: &signer,
            caller: (&self.meter.holder).into(),
        };
        let (stream, consent) = (self.meter.stream, self.pair.source);
        self.client.put_grant(holder, stream, consent, body).await
    }

    pub(crate) async fn take_back(&self) -> Result<(), ClientError> {
        let signer = self.signer();
        let holder = Identified {
            signer: &signer,
            caller: (&self.meter.holder).into(),
        };
        let (stream, consent) = (self.meter.stream, self.pair.source);
        self.client.delete_grant(holder, stream, consent).await
    }

    /// What the device is told, and believes.
    pub(crate) async fn standing(&self, after: Option<&str>) -> Standing {
        let signer = self.signer();
        let device = self.device(&signer);
        let view = self.client.standing(device, self.meter.stream, after).await;
        let Meter {
            stream,
            holder,
            keys,
            ..
        } = &self.meter;
        let holder = holder.key.verifying_key();
        let standing = self
            .trust
            .verify(*stream, holder, &keys.opening, &view.unwrap());
        standing.unwrap()
    }

    pub(crate) fn device<'s>(&'s self, signer: &'s Signer) -> Identified<'s> {
        Identified {
            signer,
            caller: (&self.meter.keys).into(),
        }
    }

    pub(crate) fn adviser<'s>(&'s self, signer: &'s Signer) -> Identified<'s> {
        Identified {
            signer,
            caller: (&self.cast.adviser.keys).into(),
        }
    }

    pub(crate) fn moment(&self, standing: &Standing) -> Moment {
        Moment {
            as_of: standing.height,
            at: self.world.clock.now(),
        }
    }

    /// The device does what the standing asks for: shuts out, lets in, hands keys over.
    pub(crate) async fn follow(&mut self) -> Standing {
        let standing = self.standing(None).await;
        let moment = self.moment(&standing);
        let publisher = &mut self.meter.publisher;
        let held: Vec<_> = publisher.readers().collect();
        let granted = |id| standing.grants.iter().find(|grant| grant.cr_id == id);
        for (id, lanes) in held {
            match granted(id) {
                None => publisher.exclude(&[id], moment),
                Some(grant) => {
                    let keep = publisher.lanes().within(&grant.resource_set);
                    if keep != lanes {
                        publisher.narrow(id, &keep, moment);
                    }
                }
            }
        }
        let mut handed = Vec::new();
        for grant in &standing.grants {
            let publisher = &mut self.meter.publisher;
            let is_held = publisher.readers().any(|(id, _)| id == grant.cr_id);
            let is_handed = self.handed.get(&grant.cr_id) == Some(&grant.digest);
            if is_held && is_handed && !grant.wants_keys {
                continue;
            }
            self.handed.insert(grant.cr_id, grant.digest);
            let lanes = publisher.lanes().within(&grant.resource_set);
            let admission = publisher.admit(grant.cr_id, &lanes, moment);
            let signer = self.world.signer();
            let (device, stream) = (&self.meter.keys.signing, self.meter.stream);
            let handover = keys::Handover {
                stream,
                consent: grant.cr_id,
                grant: grant.digest,
                to: &grant.sealing_key,
            };
            let keys = keys::seal(&signer, device, handover, &admission);
            handed.push((grant.cr_id, keys.compact().to_owned()));
        }
        self.upload().await.unwrap();
        for (consent, statement) in handed {
            let signer = self.signer();
            let (device, body) = (self.device(&signer), PutKeys { statement });
            let stream = self.meter.stream;
            let put = self.client.put_stream_keys(device, stream, consent, &body);
            put.await.unwrap();
        }
        standing
    }

    /// Seals a measurement of each lane, and sends what is unsent.
    pub(crate) async fn publish(&mut self, text: &str, moment: Moment) -> RecordsTaken {
        self.seal(text, moment);
        self.upload().await.unwrap()
    }

    pub(crate) fn seal(&mut self, text: &str, moment: Moment) {
        let lanes = self.meter.publisher.lanes().all();
        let parts: Vec<_> = lanes
            .into_iter()
            .map(|lane| (lane, text.as_bytes().to_vec()))
            .collect();
        self.meter.publisher.publish(&parts, moment);
    }

    pub(crate) async fn upload(&mut self) -> Result<RecordsTaken, ClientError> {
        let unsent: Vec<Vec<u8>> = self
            .meter
            .publisher
            .unsent()
            .map(|record| record.bytes().to_vec())
            .collect();
        let taken = self.put(&unsent).await?;
        self.meter.publisher.confirm(taken.next);
        Ok(taken)
    }

    /// Uploads any bytes as the device.
    pub(crate) async fn put(&self, records: &[Vec<u8>]) -> Result<RecordsTaken, ClientError> {
        let signer = self.signer();
        let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        let stream = self.meter.stream;
        self.client
            .put_records(self.device(&signer), stream, &records)
            .await
    }

    /// A token of the adviser.
    pub(crate) async fn token(&self) -> Result<String, ClientError> {
        let signer = self.signer();
        let request = TokenRequest {
            cr_id: self.pair.sink,
        };
        let answer = self.client.token(self.adviser(&signer), &request).await?;
        Ok(answer.access_token)
    }

    pub(crate) fn access<'s>(&'s self, token: &'s str) -> StreamAccess<'s> {
        StreamAccess {
            key: &self.cast.adviser.keys.signing,
            token,
            stream: self.meter.stream,
            cr_id: self.pair.source,
            now: self.world.clock.now(),
        }
    }

    /// The adviser's end of the stream, with the keys that it finds at the relay.
    pub(crate) async fn subscriber(&self) -> Subscriber {
        let signer = self.signer();
        let source = self.client.consent(self.pair.source).await.unwrap();
        let sink = self.client.consent(self.pair.sink).await.unwrap();
        let sink = statement::verify::<ConsentRecord>(&sink.record).unwrap();
        let streams = self
            .client
            .consent_streams(self.adviser(&signer), self.pair.source)
            .await
            .unwrap();
        let [stream] = streams.streams.as_slice() else {
            panic!("one stream: {streams:?}");
        };
        let chain = &self.trust.chain;
        let named = named::check(stream, &source, sink.content(), chain).unwrap();
        let opening = &self.cast.adviser.keys.opening;
        let opened = keys::open(&named.keys.unwrap(), opening).unwrap();
        Subscriber::join(named.stream_id, named.device_key, opened)
    }

    /// What the adviser reads from where it is, as far as there is anything.
    pub(crate) async fn read(
        &self,
        subscriber: &mut Subscriber,
    ) -> Result<Vec<Reading>, ClientError> {
        let token = self.token().await?;
        let from = subscriber.sequence();
        let records = self
            .client
            .read_records(self.access(&token), from, 1024)
            .await?;
        let read = records
            .iter()
            .map(|record| subscriber.read(record).unwrap());
        Ok(read.collect())
    }

    /// The holder unpairs.
    pub(crate) async fn close(&self) {
        let closing = StreamClosing {
            stream_id: self.meter.stream,
        };
        let closing = self.signer().sign(&self.meter.holder.key, closing);
        let command = Command::Stream(StreamCommand::Close(closing));
        let node = self.world.running.node();
        node.intake.submit(command, Vec::new()).await.unwrap();
    }
}

/// The same resolution for all datasets.
fn resolutions(
    resources: &ResourceSet,
    resolution: Option<Resolution>,
) -> BTreeMap<DatasetId, Resolution> {
    let ids = resources.keys().cloned();
    ids.filter_map(|id| Some((id, resolution?))).collect()
}

/// The words of a measurement.
pub(crate) fn words(reading: &Reading) -> Option<String> {
    let Reading::Measured { parts, .. } = reading else {
        return None;
    };
    let words = parts.iter().map(|(_, part)| str::from_utf8(part).unwrap());
    Some(words.collect::<Vec<_>>().join(" "))
}

/// The code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, ClientError>) -> String {
    result.unwrap_err().code().unwrap().to_owned()
}
