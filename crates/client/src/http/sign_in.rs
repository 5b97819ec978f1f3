//! `/v1/sign-in-links` and `/v1/sign-in-bindings`.

use assent_api::v1::sign_in::{AskSignInLink, BindingList, BindingMade, NewBinding, SignInLink};

use super::{ClientError, Identified, NodeClient};
use crate::keys::PartyKeys;
use crate::statements::Signer;

impl NodeClient {
    /// Makes a link that signs the party in once, at whichever browser follows it first. `here` is
    /// where it goes then, a path of the node; My Home where there is none.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn sign_in_link(
        &self,
        signer: &Signer,
        keys: &PartyKeys,
        here: Option<&str>,
    ) -> Result<SignInLink, ClientError> {
        let who = Identified {
            signer,
            caller: keys.into(),
        };
        let body = AskSignInLink {
            here: here.map(str::to_owned),
        };
        self.post_as(who, "v1/sign-in-links", &body).await
    }

    /// Lets a subject of an identity provider act for an organisation or operator at a browser.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn bind_sign_in(
        &self,
        party: Identified<'_>,
        body: &NewBinding,
    ) -> Result<BindingMade, ClientError> {
        self.post_as(party, "v1/sign-in-bindings", body).await
    }

    /// The subjects that may act for a party.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn sign_in_bindings(
        &self,
        party: Identified<'_>,
    ) -> Result<BindingList, ClientError> {
        self.get_as(party, "v1/sign-in-bindings").await
    }

    /// Lets a subject act for a party no more.
    ///
    /// # Errors
    /// As [`ClientError`] says.
    pub async fn unbind_sign_in(
        &self,
        party: Identified<'_>,
        binding_id: &str,
    ) -> Result<(), ClientError> {
        self.delete_as(party, &format!("v1/sign-in-bindings/{binding_id}"))
            .await
    }
}
