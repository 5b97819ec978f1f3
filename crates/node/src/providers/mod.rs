//! Identity providers (OpenID Connect Core 1.0) at which the people of organisations sign in.
//!
//! A provider vouches for a subject, and says nothing about parties: who a subject may act for is what
//! the party has said, with its key ([`bindings`]). The code flow with PKCE, state and nonce; what a
//! provider says is believed only with a signature of a key that it publishes, for this node, now.

pub(crate) mod bindings;
mod calling;
mod vouching;

use std::sync::{Mutex, PoisonError};

use assent_model::time::{Span, Timestamp};
use openidconnect::core::CoreProviderMetadata;

use self::calling::Line;
use crate::config::{Config, IdentityProvider};

pub(crate) use vouching::{Begun, Vouched, begin, vouch};

/// How long what a provider publishes about itself is believed without asking again.
const METADATA_KEPT_FOR: Span = Span::from_minutes(15);

/// The identity providers of a node.
pub struct Providers {
    all: Vec<Provider>,
}

/// One of them.
pub(crate) struct Provider {
    pub(crate) settings: IdentityProvider,
    /// Where the provider sends people back to.
    callback: String,
    line: Line,
    known: Mutex<Option<(Timestamp, CoreProviderMetadata)>>,
}

impl Providers {
    /// The providers of a configuration that was checked.
    ///
    /// # Errors
    /// The TLS set-up fails.
    pub fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let public_url = config.public_url.trim_end_matches('/');
        let provider = |settings: &IdentityProvider| {
            Ok(Provider {
                callback: format!("{public_url}/sign-in/providers/{}/callback", settings.id),
                line: Line::new(settings.private)?,
                settings: settings.clone(),
                known: Mutex::default(),
            })
        };
        let all = config.identity_providers.iter().map(provider);
        Ok(Self {
            all: all.collect::<Result<_, reqwest::Error>>()?,
        })
    }

    /// All of them, in the order of the configuration.
    pub(crate) fn all(&self) -> &[Provider] {
        &self.all
    }

    /// The provider with this name in addresses.
    pub(crate) fn find(&self, id: &str) -> Option<&Provider> {
        self.all.iter().find(|provider| provider.settings.id == id)
    }

    /// Whether a provider issues as this.
    pub(crate) fn knows(&self, issuer: &str) -> bool {
        let mut all = self.all.iter();
        all.any(|provider| provider.settings.issuer == issuer)
    }
}

impl Provider {
    /// What was published a short while ago.
    fn known(&self, now: Timestamp) -> Option<CoreProviderMetadata> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, metadata) = known.as_ref()?;
        (now.since(*at) < METADATA_KEPT_FOR).then(|| metadata.clone())
    }

    fn learn(&self, now: Timestamp, metadata: &CoreProviderMetadata) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((now, metadata.clone()));
    }
}
