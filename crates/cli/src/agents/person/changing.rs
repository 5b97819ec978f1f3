//! Pausing, resuming, narrowing and withdrawing what was consented to.

use std::collections::BTreeSet;

use assent_api::v1::Outcome;
use assent_api::v1::consents::{ChangeStatus, ConsentView};
use assent_client::chain_check;
use assent_client::statements::Signer;
use assent_client::statements::change::Change;
use assent_client::status_chain::StatusChain;
use assent_crypto::signature::SigningKey;
use assent_model::ids::ConsentId;
use assent_model::names::ConceptId;
use assent_model::records::consent::ResourceSet;

use super::Person;
use crate::failure::{Doing, Failure};

/// What is to become of a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Alteration {
    /// Nothing is delivered until it is resumed.
    Pause,
    /// The pause ends.
    Resume,
    /// These concepts are no longer delivered.
    Narrow(BTreeSet<ConceptId>),
    /// It ends for good.
    Withdraw,
}

/// A consent of the person: its verified history, and the key that continues it.
pub(super) struct Held<'w> {
    pub(super) chain: StatusChain,
    key: &'w SigningKey,
}

impl Person {
    /// Changes a consent, and with it the other record of a pair.
    pub(crate) async fn change(
        &self,
        cr_id: ConsentId,
        alteration: &Alteration,
    ) -> Result<Outcome, Failure> {
        let view = self.consent(cr_id).await?;
        let signer = self.session.signer();
        let body = self.signed_change(&signer, view, alteration).await?;
        let changed = self.session.client.change_status(cr_id, &body).await;
        changed.doing("the consent cannot be changed")
    }

    /// The signed status records of a change.
    pub(super) async fn signed_change(
        &self,
        signer: &Signer,
        view: ConsentView,
        alteration: &Alteration,
    ) -> Result<ChangeStatus, Failure> {
        let held = self.hold(&view)?;
        let change = change(alteration, held.chain.resource_set())?;
        let signed = match view.counterpart {
            None => signer.change_status(&held.chain, held.key, &change),
            Some(counterpart) => {
                let (_, other) = self.held(counterpart).await?;
                let pair = [(&held.chain, held.key), (&other.chain, other.key)];
                signer.change_pair(pair, &change)
            }
        };
        signed.doing("the change cannot be signed")
    }

    /// A consent, with its history checked.
    pub(super) async fn held(&self, cr_id: ConsentId) -> Result<(ConsentView, Held<'_>), Failure> {
        let view = self.consent(cr_id).await?;
        let held = self.hold(&view)?;
        Ok((view, held))
    }

    async fn consent(&self, cr_id: ConsentId) -> Result<ConsentView, Failure> {
        let view = self.session.client.consent(cr_id).await;
        view.doing(format!("the consent {cr_id} cannot be read"))
    }

    fn hold(&self, view: &ConsentView) -> Result<Held<'_>, Failure> {
        let key = &self.pseudonym(view.surrogate_id)?.key;
        let chain_id = self.session.chain_id();
        let operator_key = self.session.operator_key();
        let chain = chain_check::check_own(view, chain_id, key.verifying_key(), operator_key)
            .doing("the node shows a history that does not hold")?;
        Ok(Held { chain, key })
    }
}

/// What an alteration means for what is delivered now.
fn change(alteration: &Alteration, now: &ResourceSet) -> Result<Change, Failure> {
    Ok(match alteration {
        Alteration::Pause => Change::Disable,
        Alteration::Resume => Change::Enable,
        Alteration::Withdraw => Change::Withdraw,
        Alteration::Narrow(without) => {
            let is_in = |id: &&ConceptId| now.values().any(|concepts| concepts.contains(*id));
            if let Some(unknown) = without.iter().find(|concept| !is_in(concept)) {
                return Err(Failure::problem(format!(
                    "the concept {unknown} is not in the consent"
                )));
            }
            let mut narrowed = now.clone();
            for concepts in narrowed.values_mut() {
                concepts.retain(|concept| !without.contains(concept));
            }
            narrowed.retain(|_, concepts| !concepts.is_empty());
            Change::Narrow(narrowed)
        }
    })
}
