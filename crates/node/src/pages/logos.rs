//! What stands beside the name of a service: the picture of its description, or the first letters of the
//! name. Pictures come from this node, as the service has signed them, and from nowhere else.

use std::sync::Arc;

use assent_exchange::service::state::{Description, DescriptionId};
use assent_model::description::{Logo, ServiceDescription};
use assent_model::ids::ServiceId;
use assent_model::records::service::DescriptionRef;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::spelling;
use crate::descriptions;
use crate::http::failure::Failure;
use crate::node::Node;

/// A version of a description never comes to have another picture.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// A picture that is opened by itself can do nothing.
const NOTHING: &str = "default-src 'none'; sandbox";

/// What stands beside a name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mark {
    /// Where the picture is, if there is one.
    pub(crate) picture: Option<String>,
    /// The first letters; empty where the name has none.
    pub(crate) initials: String,
}

impl Mark {
    /// The first letters of a name.
    pub(crate) fn letters(name: &str) -> Self {
        Self {
            picture: None,
            initials: spelling::initials(name),
        }
    }

    /// The mark of a service, as a version of its description that is registered says.
    pub(crate) fn of(description: &ServiceDescription) -> Self {
        let (id, version) = (description.service_id, description.version);
        Self::at(description, format!("/logos/{id}/{version}"))
    }

    /// The same with the picture at another address.
    pub(crate) fn at(description: &ServiceDescription, address: String) -> Self {
        Self {
            picture: description.logo.as_ref().map(|_| address),
            ..Self::letters(&description.name)
        }
    }
}

/// `GET /logos/{service}/{version}`: public, as descriptions are.
pub(super) async fn logo(
    State(node): State<Arc<Node>>,
    Path((service, version)): Path<(String, String)>,
) -> Response {
    let (Ok(service), Ok(version)) = (service.parse(), version.parse()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match find(&node, service, version).await {
        Ok(png) => (
            [(header::CACHE_CONTROL, FOR_GOOD)],
            picture(png).into_response(),
        )
            .into_response(),
        Err(failure) => status(&failure).into_response(),
    }
}

/// A picture as it is answered.
pub(crate) fn picture(png: Vec<u8>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CONTENT_SECURITY_POLICY, NOTHING),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, png)
}

async fn find(node: &Node, service_id: ServiceId, version: u32) -> Result<Vec<u8>, Failure> {
    let id = DescriptionId {
        service: service_id,
        version,
    };
    let registered = node.state.get::<Description>(&id).await?;
    let digest = registered.ok_or_else(Failure::not_found)?.digest;
    let reference = DescriptionRef {
        service_id,
        version,
        digest,
    };
    let description = descriptions::shared(node, &reference).await?;
    let logo = description.logo.as_ref().and_then(Logo::bytes);
    logo.ok_or_else(Failure::not_found)
}

fn status(failure: &Failure) -> StatusCode {
    StatusCode::from_u16(failure.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
