//! The rules of identity.

use assent_crypto::sealing::SealingKey;
use assent_crypto::signature::VerifyingKey;
use assent_model::ids::PartyId;
use assent_model::machine::Context;
use assent_model::records::Custody;
use assent_model::records::identity::{
    Deactivation, Genesis, KeyPossession, KeyRole, KeyRotation, PartyKind, Recovery, Registration,
    WalletRelease,
};
use assent_model::statement::{Nested, Recorded, Verified};

use super::command::IdentityCommand;
use super::event::IdentityEvent;
use super::rejection::IdentityRejection;
use super::state::{Chain, ChainKey, Party, PartyStatus, WalletBuild};
use crate::state::{State, View};

type Decision = Result<Vec<IdentityEvent>, IdentityRejection>;

/// Decides on a command of this component.
pub(crate) fn decide(view: &View<'_>, command: &IdentityCommand, context: Context) -> Decision {
    match command {
        IdentityCommand::Open(genesis) => open(view, genesis),
        IdentityCommand::Register(registration) => register(view, registration, context),
        IdentityCommand::Rotate(rotation) => rotate(view, rotation, context),
        IdentityCommand::Recover(recovery) => recover(view, recovery, context),
        IdentityCommand::Deactivate(deactivation) => deactivate(view, deactivation),
        IdentityCommand::PublishWallet(release) => publish_wallet(view, release),
    }
}

fn open(view: &View<'_>, genesis: &Verified<Genesis>) -> Decision {
    if view.chain().is_some() {
        return Err(IdentityRejection::ChainOpen);
    }
    if genesis.content().operator != PartyId::of(genesis.signer()) {
        return Err(IdentityRejection::PartyMismatch);
    }
    Ok(vec![IdentityEvent::Opened {
        genesis: genesis.record(),
    }])
}

fn register(view: &View<'_>, registration: &Verified<Registration>, context: Context) -> Decision {
    let said = registration.content();
    if said.party != PartyId::of(registration.signer()) {
        return Err(IdentityRejection::PartyMismatch);
    }
    if view.party(said.party).is_some() {
        return Err(IdentityRejection::PartyIdTaken);
    }
    let wanted = possession(said.party, KeyRole::Recovery);
    let recovery_key = possessed(view, &said.recovery, &wanted, context)?;
    if recovery_key == *registration.signer() {
        return Err(IdentityRejection::KeysEqual);
    }
    Ok(vec![IdentityEvent::Registered {
        registration: registration.record(),
        recovery_key,
    }])
}

fn rotate(view: &View<'_>, rotation: &Verified<KeyRotation>, context: Context) -> Decision {
    let said = rotation.content();
    let party = active(view, said.party)?;
    if *rotation.signer() != party.signing_key {
        return Err(IdentityRejection::WrongKey);
    }
    let wanted = possession(said.party, KeyRole::Signing);
    let signing_key = possessed(view, &said.signing, &wanted, context)?;
    check_apart(&signing_key, party)?;
    Ok(vec![IdentityEvent::KeysRotated {
        rotation: rotation.record(),
        signing_key,
    }])
}

fn recover(view: &View<'_>, recovery: &Verified<Recovery>, context: Context) -> Decision {
    let said = recovery.content();
    let party = active(view, said.party)?;
    if Some(*recovery.signer()) != party.recovery_key {
        return Err(IdentityRejection::WrongKey);
    }
    let wanted = possession(said.party, KeyRole::Signing);
    let signing_key = possessed(view, &said.signing, &wanted, context)?;
    check_apart(&signing_key, party)?;
    Ok(vec![IdentityEvent::Recovered {
        recovery: recovery.record(),
        signing_key,
    }])
}

fn deactivate(view: &View<'_>, deactivation: &Verified<Deactivation>) -> Decision {
    let party = active(view, deactivation.content().party)?;
    let keys = [Some(party.signing_key), party.recovery_key];
    if !keys.contains(&Some(*deactivation.signer())) {
        return Err(IdentityRejection::WrongKey);
    }
    Ok(vec![IdentityEvent::Deactivated {
        deactivation: deactivation.record(),
    }])
}

fn publish_wallet(view: &View<'_>, release: &Verified<WalletRelease>) -> Decision {
    let operator = view.chain().and_then(|chain| view.party(chain.operator));
    let operator = operator.ok_or(IdentityRejection::PartyUnknown)?;
    if *release.signer() != operator.signing_key {
        return Err(IdentityRejection::WrongKey);
    }
    if view.wallet(&release.content().digest).is_some() {
        return Err(IdentityRejection::WalletKnown);
    }
    Ok(vec![IdentityEvent::WalletPublished {
        release: release.record(),
    }])
}

fn active<'a>(view: &View<'a>, id: PartyId) -> Result<&'a Party, IdentityRejection> {
    let party = view.party(id).ok_or(IdentityRejection::PartyUnknown)?;
    if party.is_active() {
        Ok(party)
    } else {
        Err(IdentityRejection::PartyDeactivated)
    }
}

fn check_apart(signing_key: &VerifyingKey, party: &Party) -> Result<(), IdentityRejection> {
    if Some(*signing_key) == party.recovery_key {
        Err(IdentityRejection::KeysEqual)
    } else {
        Ok(())
    }
}

fn possession(party: PartyId, role: KeyRole) -> KeyPossession {
    KeyPossession { party, role }
}

/// The key that signed `proof`, if the proof is for this party and role, made for this chain, and
/// fresh: a proof from elsewhere or from long ago says nothing about who holds the key now.
fn possessed(
    view: &View<'_>,
    proof: &Nested<KeyPossession>,
    wanted: &KeyPossession,
    context: Context,
) -> Result<VerifyingKey, IdentityRejection> {
    let proof = proof
        .verify()
        .map_err(|_| IdentityRejection::PossessionUnproven)?;
    let is_fresh = view.chain().is_some_and(|chain| {
        let claims = proof.envelope().check(&chain.id, context.time);
        claims.is_ok()
    });
    if is_fresh && proof.content() == wanted {
        Ok(*proof.signer())
    } else {
        Err(IdentityRejection::PossessionUnproven)
    }
}

/// Applies what happened.
pub(crate) fn evolve(state: &mut State, event: &IdentityEvent) {
    match event {
        IdentityEvent::Opened { genesis } => opened(state, genesis),
        IdentityEvent::Registered {
            registration,
            recovery_key,
        } => {
            let said = registration.content();
            let party = party(
                said.kind,
                said.custody,
                registration.signer(),
                &said.sealing_key,
                Some(*recovery_key),
            );
            state.parties.put(said.party, party);
        }
        IdentityEvent::KeysRotated {
            rotation,
            signing_key,
        } => {
            let KeyRotation {
                party, sealing_key, ..
            } = rotation.content();
            install(state, *party, signing_key, sealing_key.as_ref());
        }
        IdentityEvent::Recovered {
            recovery,
            signing_key,
        } => {
            let Recovery {
                party, sealing_key, ..
            } = recovery.content();
            install(state, *party, signing_key, Some(sealing_key));
        }
        IdentityEvent::Deactivated { deactivation } => {
            let Deactivation { party } = deactivation.content();
            state.parties.expect_mut(party).status = PartyStatus::Deactivated;
        }
        IdentityEvent::WalletPublished { release } => {
            let WalletRelease { digest, origin } = release.content();
            let build = WalletBuild {
                origin: origin.clone(),
            };
            state.wallets.put(*digest, build);
        }
    }
}

fn opened(state: &mut State, genesis: &Recorded<Genesis>) {
    let said = genesis.content();
    let operator = party(
        PartyKind::Operator,
        Custody::Independent,
        genesis.signer(),
        &said.sealing_key,
        None,
    );
    state.parties.put(said.operator, operator);
    let chain = Chain {
        id: genesis.envelope().aud.clone(),
        operator: said.operator,
        token_key: said.token_key,
        checkpoint_key: said.checkpoint_key,
        acknowledge_within: said.acknowledge_within,
    };
    state.chain.put(ChainKey, chain);
}

fn party(
    kind: PartyKind,
    custody: Custody,
    signing_key: &VerifyingKey,
    sealing_key: &SealingKey,
    recovery_key: Option<VerifyingKey>,
) -> Party {
    Party {
        kind,
        custody,
        signing_key: *signing_key,
        sealing_key: sealing_key.clone(),
        recovery_key,
        status: PartyStatus::Active,
    }
}

fn install(
    state: &mut State,
    party: PartyId,
    signing_key: &VerifyingKey,
    sealing_key: Option<&SealingKey>,
) {
    let party = state.parties.expect_mut(&party);
    party.signing_key = *signing_key;
    if let Some(sealing_key) = sealing_key {
        party.sealing_key = sealing_key.clone();
    }
}

/// Reads what applying `event` needs, so that the view names what is not loaded.
pub(crate) fn touched(view: &View<'_>, event: &IdentityEvent) {
    match event {
        IdentityEvent::Opened { .. }
        | IdentityEvent::Registered { .. }
        | IdentityEvent::WalletPublished { .. } => None,
        IdentityEvent::KeysRotated { rotation, .. } => view.party(rotation.content().party),
        IdentityEvent::Recovered { recovery, .. } => view.party(recovery.content().party),
        IdentityEvent::Deactivated { deactivation } => view.party(deactivation.content().party),
    };
}
