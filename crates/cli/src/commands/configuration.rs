//! The configuration of a node: defaults, then a file, then the environment, then flags.

use std::net::SocketAddr;
use std::path::PathBuf;

use assent_model::names::ChainId;
use assent_node::config::Config;
use assent_node::network::TrustedProxies;
use clap::Args;

use crate::failure::{Doing, Failure};

/// Every setting as a flag. A flag wins over the environment, the environment over the file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Configuration (file < ASSENT_… in the environment < flags)")]
pub(crate) struct ConfigArguments {
    /// The configuration file, TOML
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keys, the SQLite store and mail in development
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where the API listens
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where health and metrics are served
    #[arg(long, value_name = "ADDRESS")]
    admin_listen: Option<SocketAddr>,
    /// `sqlite:PATH` or `postgres://…`; a file in the data directory otherwise
    #[arg(long, value_name = "URL")]
    store_url: Option<String>,
    /// The name of the chain, chosen at `init` for good
    #[arg(long, value_name = "NAME")]
    chain: Option<ChainId>,
    /// The largest body that is accepted, in bytes
    #[arg(long, value_name = "BYTES")]
    body_bytes_max: Option<usize>,
    /// How many commands may wait for a block
    #[arg(long, value_name = "COUNT")]
    waiting_commands_max: Option<usize>,
    /// How many hours a service has to acknowledge the end of a consent; read at `init`
    #[arg(long, value_name = "HOURS")]
    acknowledge_within_hours: Option<u64>,
    /// How many requests a minute one address may send; 0 for no limit
    #[arg(long, value_name = "COUNT")]
    requests_per_minute: Option<u32>,
    /// Proxies before the node that are believed about who came to them, as networks
    #[arg(long, value_name = "NETWORK,…")]
    trusted_proxies: Option<TrustedProxies>,
    /// Whether webhooks may go to private addresses and plain HTTP
    #[arg(long, value_name = "BOOL")]
    callbacks_to_private: Option<bool>,
    /// Where people reach the node
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// `smtp://…` or `smtps://…`; files in the data directory otherwise
    #[arg(long, value_name = "URL")]
    mail_url: Option<String>,
    /// The sender of mail
    #[arg(long, value_name = "MAILBOX")]
    mail_from: Option<String>,
}

impl ConfigArguments {
    /// The configuration that holds.
    pub(crate) fn load(self) -> Result<Config, Failure> {
        let loaded = Config::load(self.config.as_deref());
        let mut config = loaded.doing("the configuration cannot be used")?;
        self.lay_over(&mut config);
        config.check().doing("the configuration cannot be used")?;
        Ok(config)
    }

    fn lay_over(self, config: &mut Config) {
        fn set<T>(field: &mut T, flag: Option<T>) {
            if let Some(value) = flag {
                *field = value;
            }
        }
        set(&mut config.data_dir, self.data_dir);
        set(&mut config.listen, self.listen);
        set(&mut config.admin_listen, self.admin_listen);
        set(&mut config.store_url, self.store_url);
        set(&mut config.chain, self.chain);
        set(&mut config.body_bytes_max, self.body_bytes_max);
        set(&mut config.waiting_commands_max, self.waiting_commands_max);
        set(
            &mut config.acknowledge_within_hours,
            self.acknowledge_within_hours,
        );
        set(&mut config.requests_per_minute, self.requests_per_minute);
        set(&mut config.trusted_proxies, self.trusted_proxies);
        set(&mut config.callbacks_to_private, self.callbacks_to_private);
        set(&mut config.public_url, self.public_url);
        set(&mut config.mail_url, self.mail_url);
        set(&mut config.mail_from, self.mail_from);
    }
}
