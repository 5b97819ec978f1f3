//! Linking for a person whose keys the operator keeps.

use std::sync::Arc;

use assent_client::keys::{Pseudonym, Wallet, WalletLink};
use assent_client::statements::link::Linking;
use assent_crypto::digest::Digest;
use assent_exchange::command::Command;
use assent_exchange::consent::state::{Consent, Pause, Role, Status};
use assent_exchange::identity::state::Party;
use assent_exchange::link::command::LinkCommand;
use assent_exchange::link::state::Link;
use assent_model::ids::{ConsentId, LinkId, PartyId};
use assent_model::records::Custody;
use assent_model::records::link::{LinkRecord, LinkStatus};
use assent_model::records::service::DescriptionRef;
use assent_model::statement::Verified;

use super::answering::read;
use super::{Change, changing, keeping, name, signer, wallet};
use crate::accounts;
use crate::descriptions;
use crate::http::failure::Failure;
use crate::http::v1::consents;
use crate::node::Node;
use crate::release::stopping;

/// The person's half of a new link, under a new pseudonym: for the service to countersign and to
/// submit. `account` is the commitment to the person's account there.
///
/// # Errors
/// There is no such service, or the store does not take writes.
pub(crate) async fn offer_link(
    node: &Node,
    party: PartyId,
    service: &DescriptionRef,
    account: Digest,
) -> Result<Verified<LinkRecord>, Failure> {
    wallet(node, party).await?;
    let description = descriptions::read(node, service).await?;
    let provider = description.provider.party_id;
    let holder = read::<Party>(node, &provider)
        .await?
        .signing_key
        .thumbprint();
    let pseudonym = Pseudonym::generate();
    let linking = Linking {
        service: service.clone(),
        provider,
        holder,
        custody: Custody::Hosted,
        account,
    };
    let record = signer(node).link_record(&linking, &pseudonym);
    name(node, party, &pseudonym).await?;
    let link = WalletLink {
        slr_id: record.content().slr_id,
        service_id: service.service_id,
        provider,
        holder,
        pseudonym,
    };
    keeping::keep_link(node, party, &link).await?;
    Ok(record)
}

/// Removes a link and pauses every consent that hangs on it: together with the link those of the
/// service itself, one by one before it those that hand data out of it.
///
/// # Errors
/// The link is not this person's, or the rules refuse.
pub(crate) async fn remove_link(
    node: &Arc<Node>,
    party: PartyId,
    id: LinkId,
) -> Result<(), Failure> {
    let wallet = wallet(node, party).await?;
    for cr_id in handing_out(node, &wallet, id).await? {
        let body = changing::signed(node, &wallet, cr_id, &Change::Disable).await?;
        consents::submit_change(node, consents::verify_change(&body)?).await?;
    }
    let is_active = |consent: &Consent| consent.status == Status::Active;
    let affected = hanging_on(node, &wallet, id, is_active).await?;
    submit(node, &wallet, id, LinkStatus::Removed, &affected).await
}

/// Restores a link and resumes the consents that its removal paused.
///
/// # Errors
/// The link is not this person's, or the rules refuse.
pub(crate) async fn restore_link(
    node: &Arc<Node>,
    party: PartyId,
    id: LinkId,
) -> Result<(), Failure> {
    let wallet = wallet(node, party).await?;
    let paused = Status::Disabled { cause: Pause::Link };
    let affected = hanging_on(node, &wallet, id, |consent| consent.status == paused).await?;
    submit(node, &wallet, id, LinkStatus::Active, &affected).await
}

async fn submit(
    node: &Arc<Node>,
    wallet: &Wallet,
    id: LinkId,
    status: LinkStatus,
    affected: &[ConsentId],
) -> Result<(), Failure> {
    let link = wallet.link(id).ok_or_else(Failure::not_found)?;
    let head = read::<Link>(node, &id).await?.head;
    let change = match status {
        LinkStatus::Removed => Change::Disable,
        LinkStatus::Active => Change::Enable,
    };
    let mut changes = Vec::new();
    for cr_id in affected {
        let body = changing::signed(node, wallet, *cr_id, &change).await?;
        changes.push(consents::verify_change(&body)?);
    }
    let record = signer(node).link_status(&link.pseudonym, id, status, head);
    let command = Command::Link(LinkCommand::Change {
        record,
        consents: changes.clone(),
    });
    stopping::submit(node, command, &changes).await?;
    Ok(())
}

/// The consents that name the link and are as wanted.
async fn hanging_on(
    node: &Node,
    wallet: &Wallet,
    id: LinkId,
    is_wanted: impl Fn(&Consent) -> bool,
) -> Result<Vec<ConsentId>, Failure> {
    let link = wallet.link(id).ok_or_else(Failure::not_found)?;
    let surrogate = link.pseudonym.surrogate_id();
    let mut found = Vec::new();
    for cr_id in accounts::listed::<ConsentId>(node, surrogate, "consents").await? {
        let consent = read::<Consent>(node, &cr_id).await?;
        if consent.role.link() == Some(id) && is_wanted(&consent) {
            found.push(cr_id);
        }
    }
    Ok(found)
}

/// The active pairs whose source's record hangs on the link, each by the record of its sink. The
/// ledger does not know which they are; the wallet does.
async fn handing_out(node: &Node, wallet: &Wallet, id: LinkId) -> Result<Vec<ConsentId>, Failure> {
    let mut found = Vec::new();
    for pair in wallet.aliases().filter(|pair| pair.source_link == id) {
        let surrogate = pair.alias.surrogate_id();
        for cr_id in accounts::listed::<ConsentId>(node, surrogate, "consents").await? {
            let consent = read::<Consent>(node, &cr_id).await?;
            if let (Role::Source { counterpart, .. }, Status::Active) =
                (&consent.role, consent.status)
            {
                found.push(*counterpart);
            }
        }
    }
    Ok(found)
}
