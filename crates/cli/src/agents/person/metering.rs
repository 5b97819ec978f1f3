//! Meters: pairing one by the code that it shows, letting consents read it, and unpairing it.

use std::collections::BTreeMap;

use assent_api::v1::Outcome;
use assent_api::v1::pairings::OfferView;
use assent_api::v1::streams::{CloseStream, StreamView};
use assent_client::http::{ClientError, Identified};
use assent_client::key_history::KeyHistory;
use assent_client::keys::{Pseudonym, WalletStream};
use assent_client::pairing::{PairingCode, RemoteMailbox, enter};
use assent_client::streams::{Granting, Streamed, granted};
use assent_model::ids::{ConsentId, PartyId, StreamId};
use assent_model::names::DatasetId;
use assent_model::records::consent::{ConsentRecord, RolePart};
use assent_model::records::stream::StreamGrant;
use assent_model::statement;
use assent_model::time::Timestamp;
use assent_model::vocabulary::Resolution;
use serde::Serialize;

use super::Person;
use crate::failure::{Doing, Failure};
use crate::moment::now;

/// A meter of the person.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Meter {
    /// What it was called when it was paired.
    pub(crate) label: String,
    /// Its stream, as the node knows it.
    #[serde(flatten)]
    pub(crate) stream: StreamView,
}

/// A consent that a meter was told of.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Grant {
    /// The stream.
    pub(crate) stream_id: StreamId,
    /// The source's record of the consent.
    pub(crate) cr_id: ConsentId,
    /// How fine what the meter gives of each dataset is.
    pub(crate) resolutions: BTreeMap<DatasetId, Resolution>,
    /// What was measured before this instant is not given; absent where nothing from before the grant is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) history_from: Option<Timestamp>,
}

impl Person {
    /// What a meter offers that shows this code.
    pub(crate) async fn offered(&self, code: &PairingCode) -> Result<OfferView, Failure> {
        let found = self.session.client.pairing(code.nameplate()).await;
        found.doing("the node knows of no meter that shows this code")
    }

    /// Pairs a meter that the person has seen the label of.
    pub(crate) async fn pair(
        &mut self,
        code: &PairingCode,
        found: OfferView,
    ) -> Result<Meter, Failure> {
        let offer = found.offer;
        let (stream_id, label) = (offer.stream, offer.label.clone());
        // Entered once before: a second key would take the place of the one that may hold it.
        if self.wallet.stream(stream_id).is_none() {
            self.wallet.add_stream(WalletStream {
                stream_id,
                device: offer.device,
                device_key: offer.device_key,
                label: label.clone(),
                holder: Pseudonym::generate(),
            });
            // Before the meter hears of it: without the key it could not be unpaired.
            self.save()?;
        }
        let kept = self.stream(stream_id)?;
        let holder = &kept.holder;
        let mailbox = RemoteMailbox {
            node: &self.session.client,
            chain: self.session.chain_id(),
            now: &now,
            holder,
        };
        let signer = self.session.signer();
        let holding = signer.stream_holding(holder, stream_id, offer.device);
        let paired = enter(&mailbox, code, offer, &holding).await;
        paired.doing("the meter is not paired")?;
        let stream = self.session.client.stream(stream_id).await;
        let stream = stream.doing("the stream cannot be read")?;
        Ok(Meter { label, stream })
    }

    /// The meters that were ever paired.
    pub(crate) async fn meters(&self) -> Result<Vec<Meter>, Failure> {
        let mut meters = Vec::new();
        for kept in self.wallet.streams() {
            let stream = match self.session.client.stream(kept.stream_id).await {
                // A code that was entered in vain leaves a key behind, which holds nothing.
                Err(ClientError::Problem(problem)) if problem.status == 404 => continue,
                stream => stream.doing("a stream cannot be read")?,
            };
            if stream.holder == kept.holder.surrogate_id() {
                let label = kept.label.clone();
                meters.push(Meter { label, stream });
            }
        }
        Ok(meters)
    }

    /// Unpairs a meter for good.
    pub(crate) async fn unpair(&self, id: StreamId) -> Result<Outcome, Failure> {
        let kept = self.stream(id)?;
        let signer = self.session.signer();
        let closing = signer.stream_closing(&kept.holder.key, id);
        let body = CloseStream {
            statement: closing.compact().to_owned(),
        };
        let closed = self.session.client.close_stream(id, &body).await;
        closed.doing("the meter cannot be unpaired")
    }

    /// Unpairs all meters that are paired still.
    pub(crate) async fn unpair_all(&self) -> Result<(), Failure> {
        for meter in self.meters().await? {
            if meter.stream.status == "open" {
                self.unpair(meter.stream.stream_id).await?;
            }
        }
        Ok(())
    }

    /// Lets a consent read a meter. It is named by either record of its pair.
    pub(crate) async fn grant(
        &self,
        consent: ConsentId,
        stream: Option<StreamId>,
        history_from: Option<Timestamp>,
    ) -> Result<Grant, Failure> {
        let kept = match stream {
            Some(id) => self.stream(id)?,
            None => self.only_stream().await?,
        };
        let (stream_id, source) = (kept.stream_id, self.source_record(consent).await?);
        let (view, held) = self.held(source).await?;
        let record = statement::verify::<ConsentRecord>(&view.record)
            .map_err(|error| Failure::problem("the record is not signed").caused_by(&error))?;
        let RolePart::Source { sink, .. } = &record.content().role_specific_part else {
            return Err(Failure::problem("the consent hands nothing out"));
        };
        let described = self
            .session
            .service_named(&record.content().common_part.service)
            .await?;
        let streamed = Streamed::of(&described.description, held.chain.resource_set());
        if streamed.is_empty() {
            return Err(Failure::problem(
                "nothing of this consent comes from a meter",
            ));
        }
        let requester = self.session.service_named(sink).await?.provider;
        let sealing_key = self.keys_of(requester).await?.sealing_key().clone();
        let grant = StreamGrant {
            stream_id,
            cr_id: source,
            requester,
            sealing_key,
            resource_set: streamed.resource_set,
            resolutions: streamed.resolutions.clone(),
            history_from,
        };
        let device = self.keys_of(kept.device).await?;
        let keys = Granting {
            holder: &kept.holder.key,
            consent: &self.pseudonym(view.surrogate_id)?.key,
            device: device.sealing_key(),
        };
        let signer = self.session.signer();
        let body = granted(&signer, keys, grant);
        let who = Identified {
            signer: &signer,
            caller: (&kept.holder).into(),
        };
        let put = self.session.client.put_grant(who, stream_id, source, &body);
        put.await.doing("the consent cannot be granted")?;
        Ok(Grant {
            stream_id,
            cr_id: source,
            resolutions: streamed.resolutions,
            history_from,
        })
    }

    fn stream(&self, id: StreamId) -> Result<&WalletStream, Failure> {
        let kept = self.wallet.stream(id);
        kept.ok_or_else(|| Failure::problem(format!("the wallet has no stream {id}")))
    }

    /// The one meter that is paired.
    async fn only_stream(&self) -> Result<&WalletStream, Failure> {
        let meters = self.meters().await?;
        let mut open = meters.iter().filter(|meter| meter.stream.status == "open");
        match (open.next(), open.next()) {
            (Some(one), None) => self.stream(one.stream.stream_id),
            (None, _) => Err(Failure::problem("no meter is paired")),
            _ => Err(Failure::problem(
                "several meters are paired: say which with --stream",
            )),
        }
    }

    /// The source's record of the pair that a consent belongs to.
    async fn source_record(&self, consent: ConsentId) -> Result<ConsentId, Failure> {
        let (view, _) = self.held(consent).await?;
        let record = statement::verify::<ConsentRecord>(&view.record)
            .map_err(|error| Failure::problem("the record is not signed").caused_by(&error))?;
        match &record.content().role_specific_part {
            RolePart::Source { .. } => Ok(consent),
            RolePart::Sink { source_cr_id, .. } => Ok(*source_cr_id),
            RolePart::Within { .. } => Err(Failure::problem("the consent hands nothing out")),
        }
    }

    async fn keys_of(&self, party: PartyId) -> Result<KeyHistory, Failure> {
        let client = &self.session.client;
        let keys = client.key_history(party, self.session.chain_id()).await;
        keys.doing(format!("the keys of {party} cannot be traced"))
    }
}
