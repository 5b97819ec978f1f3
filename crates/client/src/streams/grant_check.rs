//! One grant, from the log to the lanes that it opens.

use assent_api::v1::streams::GrantView;
use assent_crypto::base64url;
use assent_crypto::domains::SEAL_STREAM_GRANT;
use assent_crypto::sealing::{self, OpeningKey};
use assent_crypto::signature::VerifyingKey;
use assent_exchange::consent::committed;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Pause, Status};
use assent_exchange::event::Event;
use assent_ledger::checkpoint::Checkpoint;
use assent_ledger::merkle;
use assent_ledger::sequencer::LeafContent;
use assent_ledger::status_map::StatusProof;
use assent_model::ids::{StreamId, SurrogateId};
use assent_model::records::consent::{ConsentRecord, ConsentStatus, ResourceSet, RolePart};
use assent_model::records::stream::{StreamGrant, StreamNaming};
use assent_model::statement::{self, Content, Verified};

use super::{Bounds, StandingFault, StandingGrant, StreamTrust, binding};
use crate::channel::dataset;
use crate::status_chain::{StatusChain, issued};

/// What a grant is held against.
pub(super) struct Check<'c> {
    pub(super) trust: &'c StreamTrust,
    pub(super) stream: StreamId,
    pub(super) holder: &'c VerifyingKey,
    pub(super) opening: &'c OpeningKey,
    pub(super) checkpoint: &'c Checkpoint,
}

impl Check<'_> {
    pub(super) fn grant(
        &self,
        view: &GrantView<StatusProof>,
    ) -> Result<StandingGrant, StandingFault> {
        let record = self.record(view)?;
        let chain = self.history(view, &record)?;
        self.active(view, &chain)?;
        let named = self.naming(view, &record)?;
        let grant = self.opened(view)?;
        let said = grant.content();
        if named.history_from != said.history_from {
            return Err(StandingFault::Grant);
        }
        let common = &record.content().common_part;
        let granted = issued(&grant).max(common.valid_from);
        Ok(StandingGrant {
            cr_id: view.cr_id,
            requester: said.requester,
            sealing_key: said.sealing_key.clone(),
            digest: StreamGrant::digest(&view.grant),
            resource_set: shared_by(said, chain.resource_set()),
            bounds: Bounds::new(granted, said.history_from, issued(&record), chain.changes()),
            valid_from: common.valid_from,
            valid_until: common.valid_until,
            wants_keys: view.wants_keys,
        })
    }

    /// The consent record, out of the log.
    fn record(
        &self,
        view: &GrantView<StatusProof>,
    ) -> Result<Verified<ConsentRecord>, StandingFault> {
        let entry = &view.entry;
        let leaf_hash = merkle::leaf_hash(entry.leaf.as_bytes());
        let (size, root) = (self.checkpoint.size, self.checkpoint.log_root);
        merkle::verify_inclusion(leaf_hash, entry.index, size, &entry.proof, root)
            .map_err(|_| StandingFault::NotIncluded)?;
        let leaf = LeafContent::<Event>::decode(entry.leaf.as_bytes())
            .map_err(|_| StandingFault::Record)?;
        let Event::Consent(ConsentEvent::Given { record, .. }) = &leaf.event else {
            return Err(StandingFault::Record);
        };
        let record = self.said(record.compact(), StandingFault::Record)?;
        let content: &ConsentRecord = record.content();
        let is_sources = matches!(content.role_specific_part, RolePart::Source { .. });
        let common = &content.common_part;
        let is_signed = common.surrogate_id == SurrogateId::of(record.signer());
        if is_sources && is_signed && common.cr_id == view.cr_id {
            Ok(record)
        } else {
            Err(StandingFault::Record)
        }
    }

    fn history(
        &self,
        view: &GrantView<StatusProof>,
        record: &Verified<ConsentRecord>,
    ) -> Result<StatusChain, StandingFault> {
        let mut chain = StatusChain::begin(record).map_err(|_| StandingFault::History)?;
        for status in &view.statuses {
            let status = self.said(status, StandingFault::History)?;
            chain
                .extend(&status, &self.trust.operator_key)
                .map_err(|_| StandingFault::History)?;
        }
        Ok(chain)
    }

    /// The history ends where the checkpoint says, and there the consent is active.
    fn active(
        &self,
        view: &GrantView<StatusProof>,
        chain: &StatusChain,
    ) -> Result<(), StandingFault> {
        let status = match view.status.as_str() {
            "active" => Status::Active,
            "disabled" => Status::Disabled {
                cause: Pause::Person,
            },
            "withdrawn" => Status::Withdrawn,
            "superseded" => Status::Superseded { by: view.cr_id },
            "expired" => Status::Expired,
            _ => return Err(StandingFault::StatusNotProven),
        };
        let subject = view.cr_id.to_string();
        let committed = committed(chain.head(), status);
        view.proof
            .verify(self.checkpoint.status_root, &subject, Some(committed))
            .map_err(|_| StandingFault::StatusNotProven)?;
        if status == Status::Active && chain.status() == ConsentStatus::Active {
            Ok(())
        } else {
            Err(StandingFault::NotActive)
        }
    }

    fn naming(
        &self,
        view: &GrantView<StatusProof>,
        record: &Verified<ConsentRecord>,
    ) -> Result<StreamNaming, StandingFault> {
        let naming: Verified<StreamNaming> = self.said(&view.naming, StandingFault::Naming)?;
        let said = naming.content();
        let is_this = said.stream_id == self.stream && said.cr_id == view.cr_id;
        if is_this && naming.signer() == record.signer() {
            Ok(said.clone())
        } else {
            Err(StandingFault::Naming)
        }
    }

    fn opened(
        &self,
        view: &GrantView<StatusProof>,
    ) -> Result<Verified<StreamGrant>, StandingFault> {
        let sealed = base64url::decode(&view.grant).map_err(|_| StandingFault::GrantUnopenable)?;
        let info = SEAL_STREAM_GRANT.as_bytes();
        let bound = binding(self.stream, view.cr_id);
        let opened = sealing::open(self.opening, info, &bound, &sealed)
            .map_err(|_| StandingFault::GrantUnopenable)?;
        let compact = String::from_utf8(opened).map_err(|_| StandingFault::Grant)?;
        let grant: Verified<StreamGrant> = self.said(&compact, StandingFault::Grant)?;
        let said = grant.content();
        let is_this = said.stream_id == self.stream && said.cr_id == view.cr_id;
        if is_this && grant.signer() == self.holder {
            Ok(grant)
        } else {
            Err(StandingFault::Grant)
        }
    }

    /// A statement for the pinned chain.
    fn said<T: Content>(
        &self,
        compact: &str,
        fault: StandingFault,
    ) -> Result<Verified<T>, StandingFault> {
        let said = statement::verify::<T>(compact).map_err(|_| fault)?;
        if said.envelope().aud == self.trust.chain {
            Ok(said)
        } else {
            Err(fault)
        }
    }
}

/// What both sets have, by the datasets of the device: those of the resolutions that the holder names.
/// A dataset without one is no stream, and gives nothing.
fn shared_by(granted: &StreamGrant, consented: &ResourceSet) -> ResourceSet {
    let mut lanes = ResourceSet::new();
    for (id, concepts) in &granted.resource_set {
        let (Some(resolution), Some(consented)) = (granted.resolutions.get(id), consented.get(id))
        else {
            continue;
        };
        let shared = concepts.intersection(consented).cloned();
        let lane = lanes.entry(dataset(*resolution)).or_default();
        lane.extend(shared);
    }
    lanes.retain(|_, concepts| !concepts.is_empty());
    lanes
}
