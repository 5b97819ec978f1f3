//! The rules of services.

use std::collections::BTreeSet;

use assent_model::records::service::{Outline, ServiceRegistration};
use assent_model::statement::{Recorded, Verified};

use super::command::ServiceCommand;
use super::event::ServiceEvent;
use super::rejection::ServiceRejection;
use super::state::{Description, DescriptionId, Service};
use crate::state::{State, View};

type Decision = Result<Vec<ServiceEvent>, ServiceRejection>;

/// Decides on a command of this component.
pub(crate) fn decide(view: &View<'_>, command: &ServiceCommand) -> Decision {
    match command {
        ServiceCommand::Register(registration) => register(view, registration),
    }
}

fn register(view: &View<'_>, registration: &Verified<ServiceRegistration>) -> Decision {
    let said = registration.content();
    let provider = view.party(said.provider).filter(|party| party.is_active());
    if provider
        .ok_or(ServiceRejection::ProviderInactive)?
        .signing_key
        != *registration.signer()
    {
        return Err(ServiceRejection::WrongKey);
    }
    let service = view.service(said.description.service_id);
    if service.is_some_and(|service| service.provider != said.provider) {
        return Err(ServiceRejection::NotTheProvider);
    }
    let current = service.map_or(0, |service| service.version);
    if said.description.version.checked_sub(1) != Some(current) {
        return Err(ServiceRejection::VersionNotNext);
    }
    if current > 0 {
        view.description(said.description.service_id, current);
    }
    if !said.outline.is_within_bounds() {
        return Err(ServiceRejection::OutlineTooLarge);
    }
    if !is_sound(&said.outline) {
        return Err(ServiceRejection::OutlineInvalid);
    }
    Ok(vec![ServiceEvent::Registered {
        registration: registration.record(),
    }])
}

fn is_sound(outline: &Outline) -> bool {
    let datasets: BTreeSet<_> = outline
        .datasets
        .iter()
        .map(|dataset| &dataset.dataset_id)
        .collect();
    let purposes: BTreeSet<_> = outline
        .purposes
        .iter()
        .map(|purpose| &purpose.purpose_id)
        .collect();
    datasets.len() == outline.datasets.len()
        && purposes.len() == outline.purposes.len()
        && outline
            .purposes
            .iter()
            .all(|p| !p.required.is_empty() && p.required.is_disjoint(&p.optional))
}

/// Applies what happened.
pub(crate) fn evolve(state: &mut State, event: &ServiceEvent) {
    match event {
        ServiceEvent::Registered { registration } => registered(state, registration),
    }
}

fn registered(state: &mut State, registration: &Recorded<ServiceRegistration>) {
    let said = registration.content();
    let service = said.description.service_id;
    let version = said.description.version;
    if version > 1 {
        state
            .descriptions
            .expect_mut(&DescriptionId {
                service,
                version: version - 1,
            })
            .is_current = false;
    }
    state.services.put(
        service,
        Service {
            provider: said.provider,
            version,
        },
    );
    let described = Description {
        digest: said.description.digest,
        outline: said.outline.clone(),
        is_current: true,
    };
    state
        .descriptions
        .put(DescriptionId { service, version }, described);
}

/// Reads what applying `event` needs, so that the view names what is not loaded.
pub(crate) fn touched(view: &View<'_>, event: &ServiceEvent) {
    let ServiceEvent::Registered { registration } = event;
    let described = &registration.content().description;
    if described.version > 1 {
        view.description(described.service_id, described.version - 1);
    }
}
