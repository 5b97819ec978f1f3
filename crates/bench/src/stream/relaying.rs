//! Records a second from a device through the relay to a reader, end to end: sealed, signed, uploaded,
//! verified and stored, read under a consent, verified and opened.
//!
//! Device, node and reader share the machine. The device and the reader are this program, the node is
//! another process, so that the CPU time of each is known.

use std::time::{Duration, Instant};

use assent_api::v1::consents::ConsentView;
use assent_api::v1::releases::TokenRequest;
use assent_api::v1::streams::{OpenStream, PutKeys};
use assent_client::channel::{Lanes, Moment, Publisher, Reading, Subscriber, keys};
use assent_client::http::{Identified, StreamAccess};
use assent_client::keys::{PartyKeys, Pseudonym};
use assent_client::statements::Signer;
use assent_client::streams::{Granting, Standing, StreamTrust, granted};
use assent_crypto::channel::{Lane, Record};
use assent_crypto::signature::SigningKey;
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::records::stream::StreamGrant;
use assent_model::vocabulary::Resolution;
use assent_node::clock::Clock;

use crate::Outcome;
use crate::consent::stage::Stage;
use crate::figures::{Figure, Figures};
use crate::statistics::{ROUNDS, median, per_second};

/// Records of one upload and of one reading, and how many of them a round has.
const RECORDS: usize = 1024;
const UPLOADS: usize = 8;
/// A reading of live power and meter readings has about as many bytes.
const READING: [u8; 96] = [0x42; 96];

/// Measures a stream with one reader.
pub(super) fn run(figures: &mut Figures) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(figures))
}

/// A device, its relay, and a reader that has its keys.
struct Relayed {
    stage: Stage,
    meter: Meter,
    publisher: Publisher,
    reader: Subscriber,
    sink: ConsentId,
    source: ConsentId,
}

/// The device and whose it is.
struct Meter {
    trust: StreamTrust,
    keys: PartyKeys,
    holder: Pseudonym,
    stream: StreamId,
}

/// What one round took.
struct Round {
    uploading: Duration,
    reading: Duration,
    node: Duration,
}

async fn measure(figures: &mut Figures) -> Outcome<()> {
    let mut relayed = Relayed::begin().await?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(relayed.round().await?);
    }
    relayed.stage.stop()?;
    let count = RECORDS * UPLOADS;
    let median_of = |span: &dyn Fn(&Round) -> Duration| {
        median(rounds.iter().map(|round| per_second(count, span(round))))
    };
    let mut push = |name, value, unit| figures.push(Figure::new(name, value, unit));
    push(
        "records sealed, uploaded and stored",
        median_of(&|round| round.uploading),
        "/s",
    );
    push(
        "records read and opened",
        median_of(&|round| round.reading),
        "/s",
    );
    push(
        "records end to end, one after the other",
        median_of(&|round| round.uploading + round.reading),
        "/s",
    );
    push(
        "records taken and given by the node",
        median_of(&|round| round.node),
        "/CPU-s",
    );
    Ok(())
}

impl Relayed {
    async fn begin() -> Outcome<Self> {
        let stage = Stage::start().await?;
        let pair = stage.cast.pairs(1).pop().expect("one was made");
        let (sink, source) = (pair.sink_id, pair.source_id);
        let alias = SigningKey::from_seed(pair.alias.seed());
        let answers = stage.prepare(vec![pair]).await?;
        stage.send(1, answers).await?;
        let meter = Meter::enter(&stage).await?;
        let consent = stage.client.consent(source).await?;
        meter.grant(&stage, &alias, &consent).await?;
        let names = consent.resource_set.values().flatten();
        let names = names.map(|concept| format!("live/{concept}").parse());
        let lanes = Lanes::new(names.collect::<Result<Vec<_>, _>>()?)?;
        let standing = meter.standing(&stage).await?;
        let device = SigningKey::from_seed(meter.keys.signing.seed());
        let mut publisher = Publisher::open(meter.stream, device, lanes, moment(&standing));
        let reader = meter.admit(&stage, &mut publisher).await?;
        Ok(Self {
            stage,
            meter,
            publisher,
            reader,
            sink,
            source,
        })
    }

    /// Uploads a batch after the other, then reads them all.
    async fn round(&mut self) -> Outcome<Round> {
        let before = self.stage.server.cpu()?;
        let begin = Instant::now();
        for _ in 0..UPLOADS {
            self.upload().await?;
        }
        let uploading = begin.elapsed();
        let begin = Instant::now();
        let mut read = 0;
        while read < RECORDS * UPLOADS {
            read += self.read().await?;
        }
        Ok(Round {
            uploading,
            reading: begin.elapsed(),
            node: self.stage.server.cpu()?.saturating_sub(before),
        })
    }

    async fn upload(&mut self) -> Outcome<()> {
        let moment = moment(&self.meter.standing(&self.stage).await?);
        let lanes = self.publisher.lanes().all();
        let parts: Vec<(Lane, Vec<u8>)> = lanes
            .into_iter()
            .map(|lane| (lane, READING.to_vec()))
            .collect();
        for _ in 0..RECORDS {
            self.publisher.publish(&parts, moment);
        }
        self.meter.send(&self.stage, &mut self.publisher).await
    }

    /// Reads what the relay gives at once; how many measurements there were.
    async fn read(&mut self) -> Outcome<usize> {
        let signer = self.stage.cast.signer();
        let keys = &self.stage.cast.adviser.keys;
        let who = Identified {
            signer: &signer,
            caller: keys.into(),
        };
        let token = self
            .stage
            .client
            .token(who, &TokenRequest { cr_id: self.sink })
            .await?;
        let access = StreamAccess {
            key: &keys.signing,
            token: &token.access_token,
            stream: self.meter.stream,
            cr_id: self.source,
            now: signer.now(),
        };
        let limit = u32::try_from(RECORDS).expect("a batch is small");
        let records = self
            .stage
            .client
            .read_records(access, self.reader.sequence(), limit)
            .await?;
        if records.is_empty() {
            return Err("the relay has less than it was given".into());
        }
        let mut measured = 0;
        for record in records {
            let Reading::Measured { parts, .. } = self.reader.read(&record)? else {
                continue;
            };
            if parts.iter().any(|(_, part)| part.as_slice() != READING) {
                return Err("what was read is not what was measured".into());
            }
            measured += 1;
        }
        Ok(measured)
    }
}

impl Meter {
    /// Registers a device and opens its stream, as pairing does.
    async fn enter(stage: &Stage) -> Outcome<Self> {
        let meter = Self {
            trust: StreamTrust::of_node(&stage.client).await?,
            keys: PartyKeys::generate(),
            holder: Pseudonym::generate(),
            stream: StreamId::random(),
        };
        let signer = stage.cast.signer();
        let device = meter.keys.party_id();
        stage
            .client
            .enrol(
                &signer,
                &meter.keys,
                PartyKind::Device,
                Custody::Independent,
            )
            .await?;
        let holding = signer.stream_holding(&meter.holder, meter.stream, device);
        let opening = signer.stream_opening(&meter.keys, &holding);
        let body = OpenStream {
            statement: opening.compact().to_owned(),
        };
        stage.client.open_stream(&body).await?;
        Ok(meter)
    }

    /// The holder lets the adviser read all that the consent covers.
    async fn grant(&self, stage: &Stage, alias: &SigningKey, consent: &ConsentView) -> Outcome<()> {
        let signer = stage.cast.signer();
        let adviser = &stage.cast.adviser.keys;
        let datasets = consent.resource_set.keys().cloned();
        let grant = StreamGrant {
            stream_id: self.stream,
            cr_id: consent.cr_id,
            requester: adviser.party_id(),
            sealing_key: adviser.opening.sealing_key().clone(),
            resolutions: datasets.map(|id| (id, Resolution::Second)).collect(),
            resource_set: consent.resource_set.clone(),
            history_from: None,
        };
        let keys = Granting {
            holder: &self.holder.key,
            consent: alias,
            device: self.keys.opening.sealing_key(),
        };
        let body = granted(&signer, keys, grant);
        let holder = Identified {
            signer: &signer,
            caller: (&self.holder).into(),
        };
        let put = stage
            .client
            .put_grant(holder, self.stream, consent.cr_id, &body);
        Ok(put.await?)
    }

    async fn standing(&self, stage: &Stage) -> Outcome<Standing> {
        let signer = stage.cast.signer();
        let view = stage
            .client
            .standing(self.identified(&signer), self.stream, None);
        let holder = self.holder.key.verifying_key();
        let opening = &self.keys.opening;
        Ok(self
            .trust
            .verify(self.stream, holder, opening, &view.await?)?)
    }

    /// Gives the granted reader its keys; the reader that has them.
    async fn admit(&self, stage: &Stage, publisher: &mut Publisher) -> Outcome<Subscriber> {
        let standing = self.standing(stage).await?;
        let [grant] = standing.grants.as_slice() else {
            return Err("the grant does not stand".into());
        };
        let lanes = publisher.lanes().within(&grant.resource_set);
        let admission = publisher.admit(grant.cr_id, &lanes, moment(&standing));
        let (signer, device) = (stage.cast.signer(), &self.keys.signing);
        let handover = keys::Handover {
            stream: self.stream,
            consent: grant.cr_id,
            grant: grant.digest,
            to: &grant.sealing_key,
        };
        let sealed = keys::seal(&signer, device, handover, &admission);
        self.send(stage, publisher).await?;
        let body = PutKeys {
            statement: sealed.compact().to_owned(),
        };
        let put =
            stage
                .client
                .put_stream_keys(self.identified(&signer), self.stream, grant.cr_id, &body);
        put.await?;
        let opened = keys::open(&sealed, &stage.cast.adviser.keys.opening)?;
        let device = *device.verifying_key();
        Ok(Subscriber::join(self.stream, device, opened))
    }

    /// Uploads what is unsent.
    async fn send(&self, stage: &Stage, publisher: &mut Publisher) -> Outcome<()> {
        let signer = stage.cast.signer();
        let records: Vec<&[u8]> = publisher.unsent().map(Record::bytes).collect();
        let device = self.identified(&signer);
        let taken = stage
            .client
            .put_records(device, self.stream, &records)
            .await?;
        if !taken.withheld.is_empty() {
            return Err("the relay withholds".into());
        }
        publisher.confirm(taken.next);
        Ok(())
    }

    fn identified<'s>(&'s self, signer: &'s Signer) -> Identified<'s> {
        Identified {
            signer,
            caller: (&self.keys).into(),
        }
    }
}

fn moment(standing: &Standing) -> Moment {
    Moment {
        as_of: standing.height,
        at: Clock::System.now(),
    }
}
