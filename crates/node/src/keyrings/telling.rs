//! Letters about who can open a keyring: whoever changes it, in whatever page, the person learns of it.

use assent_api::v1::keyring::{Wrapping, WrappingKind};
use assent_model::ids::PartyId;

use crate::http::failure::Failure;
use crate::mail;
use crate::mail::catalogue::Letter;
use crate::node::Node;

/// Writes to the person what has changed among the wrappings. Nothing where there were none before:
/// the person has just made the keys.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn tell(
    node: &Node,
    party: PartyId,
    before: &[Wrapping],
    after: &[Wrapping],
) -> Result<(), Failure> {
    if before.is_empty() {
        return Ok(());
    }
    for letter in letters(before, after) {
        mail::write_to(node, party, letter).await?;
    }
    Ok(())
}

/// Whether a keyring that was opened by some is opened by others afterwards. The first one has just been
/// made.
pub fn opens_anew(before: &[Wrapping], after: &[Wrapping]) -> bool {
    let is_gone = before.iter().any(|one| lacks(after, one));
    !before.is_empty() && (is_gone || after.iter().any(|one| lacks(before, one)))
}

/// What is there under the same name but as something else is new.
fn lacks(wrappings: &[Wrapping], one: &Wrapping) -> bool {
    !wrappings
        .iter()
        .any(|other| (&other.id, other.kind) == (&one.id, one.kind))
}

/// At most one letter of each kind.
fn letters(before: &[Wrapping], after: &[Wrapping]) -> Vec<Letter> {
    let is_new = |kind| {
        let mut of_kind = after.iter().filter(|one| one.kind == kind);
        of_kind.any(|one| lacks(before, one))
    };
    let is_gone = before.iter().any(|one| lacks(after, one));
    let told = [
        (is_new(WrappingKind::Device), Letter::DeviceAdded),
        (is_new(WrappingKind::Recovery), Letter::RecoveryKitMade),
        (is_new(WrappingKind::Passkey), Letter::KeyPasskeyAdded),
        (is_gone, Letter::DeviceRemoved),
    ];
    let told = told.into_iter().filter(|(is_told, _)| *is_told);
    told.map(|(_, letter)| letter).collect()
}
