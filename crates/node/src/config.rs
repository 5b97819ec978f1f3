//! What an operator sets. Defaults < file (TOML) < environment (`ASSENT_…`) < flags.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use assent_model::names::ChainId;
use serde::{Deserialize, Serialize};

use crate::network::TrustedProxies;
use crate::objects;
use crate::webhooks::guard::Guard;

/// The configuration of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Holds keys, the SQLite store and mail in development.
    pub data_dir: PathBuf,
    /// Where the API listens. Loopback unless set otherwise.
    pub listen: SocketAddr,
    /// Where health and metrics are served.
    pub admin_listen: SocketAddr,
    /// `sqlite:PATH` or `postgres://…`; the SQLite file in the data directory when empty. May
    /// hold a password, so it is hidden when printed.
    pub store_url: String,
    /// The audience of every statement: chosen at `init`, never changed.
    pub chain: ChainId,
    /// The largest body that is accepted, in bytes.
    pub body_bytes_max: usize,
    /// How many commands may wait for a block.
    pub waiting_commands_max: usize,
    /// How many hours a service has to acknowledge the end of a consent. Read at `init`.
    pub acknowledge_within_hours: u64,
    /// How many requests a minute one network address may send; 0 for no limit.
    pub requests_per_minute: u32,
    /// The proxies before the node, as networks: what they say in `X-Forwarded-For` or `Forwarded` about
    /// who came to them counts where addresses are counted. Nobody's word otherwise.
    pub trusted_proxies: TrustedProxies,
    /// Whether webhooks may go to loopback, private addresses and plain HTTP: for development.
    pub callbacks_to_private: bool,
    /// Where people reach the node, such as `https://node.example`: for links in mail, and the site
    /// that passkeys are for. `http://localhost` and the port that it listens on when empty.
    pub public_url: String,
    /// `smtp://…` or `smtps://…`; mail is written to files in the data directory when empty.
    /// May hold a password, so it is hidden when printed.
    pub mail_url: String,
    /// The sender of mail.
    pub mail_from: String,
    /// How many records of its stream a device may send a minute; 0 for no limit.
    pub stream_records_per_minute: u32,
    /// How many hours records of streams stay in the store, before they go into segments beside it.
    pub stream_rows_hours: u64,
    /// `s3://BUCKET/PREFIX` for the segments of old records; files below `objects` in the data
    /// directory when empty. How to get into the bucket stands in the environment, by the usual
    /// names (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, …).
    pub objects_url: String,
    /// Options of the bucket, by the same names, over those of the environment: a table of the file.
    /// Hidden when printed.
    pub objects_options: BTreeMap<String, String>,
    /// For how many days records of streams are kept.
    pub stream_kept_days: u64,
    /// Where the people of organisations sign in, beside the other ways: tables of the file, each
    /// `[[identity_providers]]`.
    pub identity_providers: Vec<IdentityProvider>,
}

/// An identity provider (OpenID Connect) whose subjects can be bound to parties.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityProvider {
    /// Its name in addresses, such as `acme`: small letters, digits and hyphens. The provider has to
    /// know `{public_url}/sign-in/providers/{id}/callback` as a redirect URI.
    pub id: String,
    /// Its name on the button.
    pub name: String,
    /// Its issuer identifier, exactly as it stands in its tokens.
    pub issuer: String,
    /// What the provider calls this node.
    pub client_id: String,
    /// With what the node shows that it is that client; a public client has none. Hidden when printed.
    #[serde(default)]
    pub client_secret: String,
    /// Whether it may be reached by plain HTTP and at private addresses: for development, and for a
    /// provider within one's own network.
    #[serde(default)]
    pub private: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("assent-data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8440)),
            admin_listen: SocketAddr::from(([127, 0, 0, 1], 8441)),
            store_url: String::new(),
            chain: "assent:local"
                .parse()
                .expect("the default chain id is a name"),
            body_bytes_max: 256 * 1024,
            waiting_commands_max: 10_000,
            acknowledge_within_hours: 24,
            requests_per_minute: 6_000,
            trusted_proxies: TrustedProxies::default(),
            callbacks_to_private: false,
            public_url: String::new(),
            mail_url: String::new(),
            mail_from: "Assent <no-reply@localhost>".into(),
            stream_records_per_minute: 60_000,
            stream_rows_hours: 24,
            objects_url: String::new(),
            objects_options: BTreeMap::new(),
            stream_kept_days: 400,
            identity_providers: Vec::new(),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file or an environment variable has a field that does not exist or cannot be read.
    #[error("the configuration cannot be read")]
    Unreadable(#[from] config::ConfigError),
    /// A value is outside its bounds.
    #[error("`{field}` must be {bounds}")]
    OutOfBounds {
        /// The field.
        field: &'static str,
        /// Its bounds.
        bounds: &'static str,
    },
}

/// The fields that can hold a secret.
const SECRET_FIELDS: &[&str] = &["store_url", "mail_url"];

impl Config {
    /// Reads the file, if there is one, and the environment over it.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let defaults = config::Config::try_from(&Self::default())?;
        let mut builder = config::Config::builder().add_source(defaults);
        if let Some(file) = file {
            builder = builder.add_source(config::File::from(file));
        }
        let environment = config::Environment::with_prefix("ASSENT")
            .prefix_separator("_")
            .try_parsing(true);
        let config: Self = builder.add_source(environment).build()?.try_deserialize()?;
        config.check()?;
        Ok(config)
    }

    /// Checks bounds.
    ///
    /// # Errors
    /// The first value that is outside its bounds.
    pub fn check(&self) -> Result<(), ConfigError> {
        let bounds = |holds: bool, field, bounds| {
            if holds {
                Ok(())
            } else {
                Err(ConfigError::OutOfBounds { field, bounds })
            }
        };
        bounds(
            (1024..=64 << 20).contains(&self.body_bytes_max),
            "body_bytes_max",
            "1 KiB to 64 MiB",
        )?;
        bounds(
            (1..=1_000_000).contains(&self.waiting_commands_max),
            "waiting_commands_max",
            "1 to 1,000,000",
        )?;
        bounds(
            (1..=24 * 90).contains(&self.acknowledge_within_hours),
            "acknowledge_within_hours",
            "1 hour to 90 days",
        )?;
        bounds(
            (1..=24 * 90).contains(&self.stream_rows_hours),
            "stream_rows_hours",
            "1 hour to 90 days",
        )?;
        bounds(
            (1..=36_500).contains(&self.stream_kept_days),
            "stream_kept_days",
            "1 day to 100 years",
        )?;
        bounds(
            self.objects_url.is_empty() || is_bucket(&self.objects_url),
            "objects_url",
            "`s3://BUCKET` or `s3://BUCKET/PREFIX`",
        )?;
        bounds(
            self.objects_options
                .keys()
                .all(|name| objects::is_option(name)),
            "objects_options",
            "options of a bucket, such as `AWS_REGION`",
        )?;
        bounds(
            self.identity_providers.len() <= 8,
            "identity_providers",
            "8 at most",
        )?;
        bounds(
            self.identity_providers
                .iter()
                .all(IdentityProvider::is_good)
                && !has_twice(&self.identity_providers, |provider| &provider.id)
                && !has_twice(&self.identity_providers, |provider| &provider.issuer),
            "identity_providers",
            "providers with an `id` and an `issuer` of their own, a `name` and a `client_id`",
        )
    }

    /// The address of the store.
    pub fn store_url(&self) -> String {
        if self.store_url.is_empty() {
            format!("sqlite:{}", self.data_dir.join("assent.sqlite").display())
        } else {
            self.store_url.clone()
        }
    }

    /// The configuration as TOML-like lines, with secrets hidden.
    pub fn printed(&self) -> String {
        let mut shown = self.clone();
        for provider in &mut shown.identity_providers {
            if !provider.client_secret.is_empty() {
                "(hidden)".clone_into(&mut provider.client_secret);
            }
        }
        for option in shown.objects_options.values_mut() {
            "(hidden)".clone_into(option);
        }
        let value = serde_json::to_value(shown).expect("a configuration has a JSON form");
        let fields = value.as_object().expect("a configuration is an object");
        let line = |(name, value): (&String, &serde_json::Value)| {
            let is_secret = SECRET_FIELDS.contains(&name.as_str()) && value != "";
            if is_secret {
                format!("{name} = \"(hidden)\"\n")
            } else {
                format!("{name} = {value}\n")
            }
        };
        fields.iter().map(line).collect()
    }
}

impl IdentityProvider {
    fn is_good(&self) -> bool {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=32).contains(&self.id.len())
            && self.id.bytes().all(is_plain)
            && !self.name.is_empty()
            && !self.client_id.is_empty()
            && Guard::new(self.private).check(&self.issuer).is_ok()
    }
}

/// Whether this names a bucket, and no user, port or query.
fn is_bucket(url: &str) -> bool {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-._/".contains(char);
    url.strip_prefix("s3://").is_some_and(|place| {
        let bucket = place.split('/').next().unwrap_or_default();
        !bucket.is_empty() && place.chars().all(is_plain)
    })
}

fn has_twice<'a>(
    providers: &'a [IdentityProvider],
    field: impl Fn(&'a IdentityProvider) -> &'a String,
) -> bool {
    let mut seen = BTreeSet::new();
    !providers
        .iter()
        .all(|provider| seen.insert(field(provider)))
}
