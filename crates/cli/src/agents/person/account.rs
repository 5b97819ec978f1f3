//! What a person tells the home operator alone.

use assent_api::v1::accounts::{AddPseudonym, PseudonymList};
use assent_client::http::Identified;
use assent_model::ids::ConsentId;
use assent_model::records::account::AccountPseudonym;

use super::Person;
use crate::failure::{Doing, Failure};

impl Person {
    /// Names every pseudonym and alias of the wallet as the person's own; what the account has then.
    pub(crate) async fn name_pseudonyms(&self) -> Result<PseudonymList, Failure> {
        let signer = self.session.signer();
        let who = Identified {
            signer: &signer,
            caller: (&self.wallet.keys).into(),
        };
        let links = self.wallet.links().map(|link| &link.pseudonym);
        let aliases = self.wallet.aliases().map(|pair| &pair.alias);
        for pseudonym in links.chain(aliases) {
            let statement = AccountPseudonym {
                party: self.party(),
                surrogate_id: pseudonym.surrogate_id(),
            };
            let body = AddPseudonym {
                statement: signer.sign(&pseudonym.key, statement).compact().to_owned(),
            };
            let added = self.session.client.add_pseudonym(who, &body).await;
            added.doing("a pseudonym cannot be named")?;
        }
        let list = self.session.client.pseudonyms(who).await;
        list.doing("the pseudonyms cannot be listed")
    }

    /// The receipt of a consent in a foreign format.
    pub(crate) async fn receipt(
        &self,
        cr_id: ConsentId,
        format: &str,
    ) -> Result<serde_json::Value, Failure> {
        let view = self.session.client.consent(cr_id).await;
        let view = view.doing(format!("the consent {cr_id} cannot be read"))?;
        let signer = self.session.signer();
        let who = Identified {
            signer: &signer,
            caller: self.pseudonym(view.surrogate_id)?.into(),
        };
        let receipt = self.session.client.receipt(who, cr_id, format).await;
        receipt.doing("there is no receipt")
    }
}
