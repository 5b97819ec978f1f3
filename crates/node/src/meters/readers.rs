//! What reads the meters of a person, and what could.

use std::collections::BTreeSet;
use std::sync::Arc;

use assent_api::problem::Code;
use assent_client::streams::Streamed;
use assent_exchange::consent::state::{Consent, Role, Status};
use assent_model::ids::{ConsentId, PartyId, StreamId};
use assent_model::records::service::DescriptionRef;
use assent_model::time::Timestamp;
use assent_model::vocabulary::Resolution;

use crate::accounts;
use crate::descriptions;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::streams::grants;

/// A consent that reads a meter, or could.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// The source's record.
    pub(crate) cr_id: ConsentId,
    /// The service that the consent is with, as it was described then: who put the meter up, if the
    /// person says so.
    pub(crate) source: DescriptionRef,
    /// The service that reads, as it was described then.
    pub(crate) service: DescriptionRef,
    /// How often it reads, from seldom to often.
    pub(crate) resolutions: BTreeSet<Resolution>,
    /// What the meter was told of it.
    pub(crate) told: Told,
}

/// What a meter was told of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nothing.
    Nothing,
    /// That it reads what is measured from then on.
    FromThen,
    /// That it also reads what was measured before, from here on.
    Since(Timestamp),
}

/// The active consents of a person that read a meter, or could.
///
/// # Errors
/// The store fails.
pub(crate) async fn readers(
    node: &Node,
    party: PartyId,
    stream: StreamId,
) -> Result<Vec<Reader>, Failure> {
    let known = grants::of_stream(node, stream).await?;
    let told = |cr_id| match known.iter().find(|granted| granted.cr_id == cr_id) {
        None => Told::Nothing,
        Some(granted) => granted.history_from().map_or(Told::FromThen, Told::Since),
    };
    let belongings = accounts::belongings(node, party).await?;
    let reader = |metered: Metered| match &metered.consent.role {
        Role::Source { sink, .. } => Some(Reader {
            cr_id: metered.cr_id,
            source: metered.consent.service.clone(),
            service: sink.clone(),
            resolutions: metered.streamed.resolutions.into_values().collect(),
            told: told(metered.cr_id),
        }),
        Role::Within { .. } | Role::Sink { .. } => None,
    };
    let all = metered(node, belongings.consents).await?;
    Ok(all.into_iter().filter_map(reader).collect())
}

/// A source's record of an active pair that may be about a meter: something of it comes as a stream.
pub(crate) struct Metered {
    pub(crate) cr_id: ConsentId,
    pub(crate) consent: Arc<Consent>,
    pub(crate) streamed: Streamed,
}

/// Those of these consents that may be about a meter.
///
/// # Errors
/// The store fails.
pub(crate) async fn metered(
    node: &Node,
    consents: impl IntoIterator<Item = ConsentId>,
) -> Result<Vec<Metered>, Failure> {
    let mut found = Vec::new();
    for cr_id in consents {
        let consent = node.state.get::<Consent>(&cr_id).await?;
        let consent = consent.ok_or(Code::Internal)?;
        let is_source = matches!(consent.role, Role::Source { .. });
        if !is_source || consent.status != Status::Active {
            continue;
        }
        let source = descriptions::shared(node, &consent.service).await?;
        let streamed = Streamed::of(&source, &consent.resource_set);
        if !streamed.is_empty() {
            found.push(Metered {
                cr_id,
                consent,
                streamed,
            });
        }
    }
    Ok(found)
}
