//! A conversation with a node: its client, its chain, and the clock of this machine.

use assent_api::v1::Page;
use assent_api::v1::identity::ChainView;
use assent_api::v1::services::ServiceView;
use assent_client::http::{NodeClient, PageQuery};
use assent_client::key_history::KeyHistory;
use assent_client::statements::Signer;
use assent_crypto::signature::VerifyingKey;
use assent_model::description::ServiceDescription;
use assent_model::ids::{PartyId, ServiceId};
use assent_model::names::ChainId;
use assent_model::records::identity::Genesis;
use assent_model::records::service::{DescriptionRef, ServiceRegistration};
use assent_model::statement::{self, Verified};
use clap::Args;

use crate::failure::{Doing, Failure};
use crate::moment::now;

/// The most items that are asked for at once.
const PAGE: u32 = 100;

/// Which node to talk to.
#[derive(Debug, Clone, Args)]
pub(crate) struct NodeArguments {
    /// The node; plain http on this machine only
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8440")]
    node: String,
}

impl NodeArguments {
    /// Connects and learns which chain the node has.
    pub(crate) async fn connect(&self) -> Result<Session, Failure> {
        Session::open(&self.node).await
    }
}

/// A node whose chain is known.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) client: NodeClient,
    pub(crate) chain: ChainView,
    origin: String,
    chain_id: ChainId,
    operator_key: VerifyingKey,
}

/// A service as it is described now.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) description: ServiceDescription,
    pub(crate) provider: PartyId,
}

impl Session {
    pub(crate) async fn open(node: &str) -> Result<Self, Failure> {
        let client = NodeClient::new(node).doing(format!("{node} is not the address of a node"))?;
        let chain = client.chain().await;
        let chain = chain.doing(format!("the node at {node} cannot be asked for its chain"))?;
        let genesis = statement::verify::<Genesis>(&chain.genesis).map_err(|error| {
            Failure::problem("the genesis of the chain is not signed").caused_by(&error)
        })?;
        let operator_key = check_genesis(&chain, &genesis)?;
        Ok(Self {
            client,
            origin: node.trim_end_matches('/').to_owned(),
            chain_id: genesis.envelope().aud.clone(),
            operator_key,
            chain,
        })
    }

    /// Signs for the chain, now.
    pub(crate) fn signer(&self) -> Signer {
        Signer::new(self.chain_id.clone(), now())
    }

    /// The address of the node, as it was given.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn chain_id(&self) -> &ChainId {
        &self.chain_id
    }

    /// The key that signs for the operator.
    pub(crate) fn operator_key(&self) -> &VerifyingKey {
        &self.operator_key
    }

    /// A service in its current version.
    pub(crate) async fn service(&self, id: ServiceId) -> Result<Described, Failure> {
        let view = self.client.service(id).await;
        described(view.doing(format!("the service {id} cannot be read"))?)
    }

    /// The service in the version that a record names.
    pub(crate) async fn service_named(&self, named: &DescriptionRef) -> Result<Described, Failure> {
        let (id, version) = (named.service_id, named.version);
        let view = self.client.service_version(id, version).await;
        let described =
            described(view.doing(format!("version {version} of {id} cannot be read"))?)?;
        if described.description.reference() == *named {
            Ok(described)
        } else {
            Err(Failure::problem(
                "the node gives another description than the record names",
            ))
        }
    }
}

/// The operator's key, if what the node says of its chain is what the operator signed.
fn check_genesis(chain: &ChainView, genesis: &Verified<Genesis>) -> Result<VerifyingKey, Failure> {
    let said = genesis.content();
    let operator = KeyHistory::open(genesis).map_err(|error| {
        Failure::problem("the genesis of the chain is not valid").caused_by(&error)
    })?;
    let agrees = said.operator == chain.operator
        && said.token_key == chain.token_key
        && said.checkpoint_key == chain.checkpoint_key
        && genesis.envelope().aud.as_str() == chain.chain_id;
    if agrees {
        Ok(*operator.signing_key())
    } else {
        Err(Failure::problem(
            "the node names other keys than the genesis of its chain",
        ))
    }
}

fn described(view: ServiceView) -> Result<Described, Failure> {
    let invalid = |_| Failure::problem("the node gives a description that is not valid");
    let registration = statement::verify::<ServiceRegistration>(&view.registration)
        .map_err(|error| Failure::problem("the description is not signed").caused_by(&error))?;
    let description: ServiceDescription =
        serde_json::from_value(view.description).map_err(invalid)?;
    description.check().map_err(|error| {
        Failure::problem("the node gives a description that is not valid").caused_by(&error)
    })?;
    let said = registration.content();
    if said.description == description.reference() && said.provider == view.provider {
        Ok(Described {
            description,
            provider: view.provider,
        })
    } else {
        Err(Failure::problem(
            "the provider signed another description than the node gives",
        ))
    }
}

/// Collects a list page by page: `while let Some(query) = pages.next() { pages.take(…) }`.
#[derive(Debug)]
pub(crate) struct Pages<T> {
    items: Vec<T>,
    next: Option<PageQuery>,
}

impl<T> Pages<T> {
    pub(crate) fn new() -> Self {
        Self {
            items: Vec::new(),
            next: Some(PageQuery {
                cursor: None,
                limit: Some(PAGE),
            }),
        }
    }

    /// What to ask for next; nothing after the last page.
    pub(crate) fn next(&mut self) -> Option<PageQuery> {
        self.next.take()
    }

    pub(crate) fn take(&mut self, page: Page<T>) {
        self.items.extend(page.items);
        self.next = page.next.map(|cursor| PageQuery {
            cursor: Some(cursor),
            limit: Some(PAGE),
        });
    }

    pub(crate) fn into_items(self) -> Vec<T> {
        self.items
    }
}
