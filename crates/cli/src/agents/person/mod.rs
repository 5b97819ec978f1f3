//! A person: links accounts, answers requests, pauses, narrows and withdraws.

mod account;
mod answering;
mod changing;
mod linking;
mod metering;

pub(crate) use answering::{Choice, GivenConsent};
pub(crate) use changing::Alteration;
pub(crate) use metering::Meter;

use std::path::{Path, PathBuf};

use assent_api::v1::Outcome;
use assent_api::v1::consents::ConsentView;
use assent_client::key_file;
use assent_client::keys::{PartyKeys, Pseudonym, Wallet};
use assent_model::ids::{ConsentId, PartyId, SurrogateId};
use assent_model::records::Custody;
use assent_model::records::identity::PartyKind;
use assent_model::records::release::UseReceipt;

use super::keys::unusable;
use crate::failure::{Doing, Failure};
use crate::session::{Pages, Session};

/// Keys that this program holds did not come from the operator.
const CUSTODY: Custody = Custody::Independent;

/// A person with a wallet, at a node.
#[derive(Debug)]
pub(crate) struct Person {
    folder: PathBuf,
    wallet: Wallet,
    session: Session,
}

impl Person {
    /// The person whose wallet is in `folder`.
    pub(crate) fn open(folder: &Path, session: Session) -> Result<Self, Failure> {
        Ok(Self {
            wallet: key_file::load_wallet(folder).doing(unusable(folder))?,
            folder: folder.to_owned(),
            session,
        })
    }

    /// A new person, with a new wallet in `folder`.
    pub(crate) fn create(folder: &Path, session: Session) -> Result<Self, Failure> {
        let person = Self {
            folder: folder.to_owned(),
            wallet: Wallet::new(PartyKeys::generate()),
            session,
        };
        person.save()?;
        Ok(person)
    }

    fn save(&self) -> Result<(), Failure> {
        let saved = key_file::save_wallet(&self.folder, &self.wallet);
        saved.doing(format!(
            "the wallet in {} cannot be saved",
            self.folder.display()
        ))
    }

    pub(crate) fn party(&self) -> PartyId {
        self.wallet.keys.party_id()
    }

    /// Registers the person. The party and its pseudonyms are never named together.
    pub(crate) async fn enrol(&self) -> Result<Outcome, Failure> {
        let signer = self.session.signer();
        let (client, keys) = (&self.session.client, &self.wallet.keys);
        let enrolled = client
            .enrol(&signer, keys, PartyKind::Person, CUSTODY)
            .await;
        enrolled.doing("the person cannot be registered")
    }

    /// All consents that the person has given, by the records of the services that asked.
    pub(crate) async fn consents(&self) -> Result<Vec<ConsentView>, Failure> {
        let client = &self.session.client;
        let mut consents = Vec::new();
        for link in self.wallet.links() {
            let mut pages = Pages::new();
            while let Some(query) = pages.next() {
                let signer = self.session.signer();
                let page = client
                    .pseudonym_consents(&signer, &link.pseudonym, &query)
                    .await;
                pages.take(page.doing("the consents cannot be listed")?);
            }
            consents.extend(pages.into_items());
        }
        Ok(consents)
    }

    /// What was done with a consent, refusals included, as far as it is in the log.
    pub(crate) async fn receipts(&self, cr_id: ConsentId) -> Result<Vec<UseReceipt>, Failure> {
        let client = &self.session.client;
        let view = client.consent(cr_id).await;
        let view = view.doing(format!("the consent {cr_id} cannot be read"))?;
        let pseudonym = self.pseudonym(view.surrogate_id)?;
        let mut pages = Pages::new();
        while let Some(query) = pages.next() {
            let signer = self.session.signer();
            let page = client
                .consent_receipts(&signer, pseudonym, cr_id, &query)
                .await;
            pages.take(page.doing("the receipts cannot be listed")?);
        }
        Ok(pages.into_items())
    }

    /// The pseudonym or alias with this id.
    fn pseudonym(&self, id: SurrogateId) -> Result<&Pseudonym, Failure> {
        let of_links = self.wallet.links().map(|link| &link.pseudonym);
        let of_pairs = self.wallet.aliases().map(|pair| &pair.alias);
        of_links
            .chain(of_pairs)
            .find(|pseudonym| pseudonym.surrogate_id() == id)
            .ok_or_else(|| Failure::problem(format!("the wallet has no key for {id}")))
    }
}
