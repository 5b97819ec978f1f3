//! Links: tying an account at a service to a pseudonym, and untying it.

use assent_api::v1::Outcome;
use assent_api::v1::consents::{ChangeStatus, ConsentView};
use assent_api::v1::links::{ChangeLink, CreateLink, LinkView};
use assent_client::key_history::KeyHistory;
use assent_client::keys::{Pseudonym, WalletLink};
use assent_client::statements::link::Linking;
use assent_model::ids::{LinkId, ServiceId};
use assent_model::records::consent::{ConsentStatus, ConsentStatusRecord};
use assent_model::records::link::{LinkStatus, LinkStatusRecord};
use assent_model::statement;

use super::{Alteration, CUSTODY, Person};
use crate::agents::provider::{Account, Provider};
use crate::failure::{Doing, Failure};

impl Person {
    /// Links the person's `account` at a service, within the provider's own session with the
    /// person. Provider and person keep what they need before anything is sent.
    pub(crate) async fn link(
        &mut self,
        service: ServiceId,
        account: &str,
        provider: &Provider,
    ) -> Result<LinkId, Failure> {
        let described = self.session.service(service).await?;
        let keys = self
            .session
            .client
            .key_history(described.provider, self.session.chain_id())
            .await;
        let keys = keys.doing("the keys of the provider cannot be traced")?;
        let pseudonym = Pseudonym::generate();
        let account = Account::certify(service, account, pseudonym.surrogate_id());
        let linking = Linking {
            service: described.description.reference(),
            provider: described.provider,
            holder: keys.signing_key().thumbprint(),
            custody: CUSTODY,
            account: account.commitment(),
        };
        let record = self.session.signer().link_record(&linking, &pseudonym);
        let countersignature = provider.countersign(service, account, &record)?;
        let slr_id = record.content().slr_id;
        self.wallet.add_link(WalletLink {
            slr_id,
            service_id: service,
            provider: described.provider,
            holder: linking.holder,
            pseudonym,
        });
        self.save()?;
        let body = CreateLink {
            record: record.compact().to_owned(),
            countersignature: countersignature.compact().to_owned(),
        };
        let created = self.session.client.create_link(&body).await;
        created.doing("the link cannot be made")?;
        Ok(slr_id)
    }

    /// Removes a link and pauses every consent that hangs on it: together with the link those of
    /// the service itself, one by one before it those that hand data out of it.
    pub(crate) async fn remove_link(&self, id: LinkId) -> Result<Outcome, Failure> {
        self.pause_sources(id).await?;
        self.change_link(id, LinkStatus::Removed).await
    }

    /// Restores a link and resumes the consents that were paused together with it.
    pub(crate) async fn restore_link(&self, id: LinkId) -> Result<Outcome, Failure> {
        self.change_link(id, LinkStatus::Active).await
    }

    async fn change_link(&self, id: LinkId, status: LinkStatus) -> Result<Outcome, Failure> {
        let link = self.wallet_link(id)?;
        let view = self.session.client.link(id).await;
        let view = view.doing(format!("the link {id} cannot be read"))?;
        let (alteration, affected) = match status {
            LinkStatus::Removed => (Alteration::Pause, self.active_consents(link).await?),
            LinkStatus::Active => (Alteration::Resume, self.paused_consents(link, &view).await?),
        };
        let signer = self.session.signer();
        let record = signer.link_status(&link.pseudonym, id, status, view.head);
        let mut consents: Vec<ChangeStatus> = Vec::new();
        for consent in affected {
            consents.push(self.signed_change(&signer, consent, &alteration).await?);
        }
        let body = ChangeLink {
            record: record.compact().to_owned(),
            consents,
        };
        let changed = self.session.client.change_link(id, &body).await;
        changed.doing("the link cannot be changed")
    }

    pub(super) fn wallet_link(&self, id: LinkId) -> Result<&WalletLink, Failure> {
        let link = self.wallet.link(id);
        link.ok_or_else(|| Failure::problem(format!("the wallet has no link {id}")))
    }

    /// The keys of a link's provider, which reach at least as far as the wallet knows.
    pub(super) async fn provider_keys(&self, link: &WalletLink) -> Result<KeyHistory, Failure> {
        let keys = self
            .session
            .client
            .key_history(link.provider, self.session.chain_id())
            .await;
        let keys = keys.doing("the keys of the provider cannot be traced")?;
        let reaches = keys.check_reaches(&link.holder);
        reaches.doing("the keys of the provider cannot be traced")?;
        Ok(keys)
    }

    /// The link with a service that is in force.
    pub(super) async fn active_link(&self, service: ServiceId) -> Result<&WalletLink, Failure> {
        for link in self
            .wallet
            .links()
            .filter(|link| link.service_id == service)
        {
            // A link that the node refused leaves a key behind, which harms nothing.
            let view = self.session.client.link(link.slr_id).await;
            match view {
                Ok(view) if view.status == LinkStatus::Active => return Ok(link),
                Err(error) if error.code().is_none() => return Err(error.into()),
                _ => {}
            }
        }
        Err(Failure::problem(format!(
            "the person has no link with {service}"
        )))
    }

    async fn consents_of(
        &self,
        link: &WalletLink,
        status: &str,
    ) -> Result<Vec<ConsentView>, Failure> {
        let mut consents = self.consents().await?;
        let surrogate_id = link.pseudonym.surrogate_id();
        consents.retain(|consent| consent.surrogate_id == surrogate_id && consent.status == status);
        Ok(consents)
    }

    async fn active_consents(&self, link: &WalletLink) -> Result<Vec<ConsentView>, Failure> {
        self.consents_of(link, "active").await
    }

    /// The consents that were paused by the removal of their link and not by the person.
    async fn paused_consents(
        &self,
        link: &WalletLink,
        view: &LinkView,
    ) -> Result<Vec<ConsentView>, Failure> {
        let removal = view.statuses.last().and_then(|compact| {
            let record = statement::verify::<LinkStatusRecord>(compact).ok()?;
            Some(record.envelope().iat)
        });
        let mut consents = self.consents_of(link, "disabled").await?;
        consents.retain(|consent| pause_signed_at(consent) == removal);
        Ok(consents)
    }

    /// The ledger does not know on which link the source's record of a pair hangs; the wallet does.
    async fn pause_sources(&self, link: LinkId) -> Result<(), Failure> {
        let hang_on = |pair: &&assent_client::keys::PairAlias| pair.source_link == link;
        let mut aliases = self.wallet.aliases().filter(hang_on).peekable();
        if aliases.peek().is_none() {
            return Ok(());
        }
        let aliases: Vec<_> = aliases.map(|pair| pair.alias.surrogate_id()).collect();
        for consent in self.consents().await? {
            let Some(counterpart) = consent.counterpart.filter(|_| consent.status == "active")
            else {
                continue;
            };
            let source = self.session.client.consent(counterpart).await;
            let source = source.doing(format!("the consent {counterpart} cannot be read"))?;
            if aliases.contains(&source.surrogate_id) {
                self.change(consent.cr_id, &Alteration::Pause).await?;
            }
        }
        Ok(())
    }
}

/// When the record was signed that paused a consent last, in seconds since the epoch. A pause that
/// comes with the removal of a link is signed in the same breath.
fn pause_signed_at(consent: &ConsentView) -> Option<u64> {
    let mut was_active = true;
    let mut paused = None;
    for compact in &consent.statuses {
        let record = statement::verify::<ConsentStatusRecord>(compact).ok()?;
        let is_active = record.content().consent_status == ConsentStatus::Active;
        if was_active && !is_active {
            paused = Some(record.envelope().iat);
        }
        was_active = is_active;
    }
    paused
}
