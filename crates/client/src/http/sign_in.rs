//! `/v1/sign-in-links`.

use assent_api::v1::sign_in::{AskSignInLink, SignInLink};

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
}
