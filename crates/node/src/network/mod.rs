//! Where a request comes from, as limits count it.
//!
//! The address that connects counts, unless it is a proxy that the operator trusts: then the nearest
//! address that such proxies name and that is none of them. What anybody else writes into a header
//! counts for nothing.

mod forwarded;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use axum::http::HeaderMap;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Whoever has one address of IPv6 has all that share its first 64 bits.
const SUBSCRIBER: u128 = !(u64::MAX as u128);

/// What is counted as one asker: an address of IPv4, or the 64 leading bits of one of IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address. An address of IPv4 that is written as one of IPv6 is that of IPv4.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & SUBSCRIBER).into(),
        })
    }
}

/// The networks of proxies whose word about others counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Vec<IpNet>")]
pub struct TrustedProxies(Vec<IpNet>);

/// A list of networks, or one text in which commas part them, as it stands in the environment.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    List(Vec<String>),
    Text(String),
}

/// What is none of the networks that can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a list of networks such as 10.0.0.0/8 or of addresses, or one that holds every address"
)]
pub struct NotNetworks;

impl TryFrom<Written> for TrustedProxies {
    type Error = NotNetworks;

    fn try_from(written: Written) -> Result<Self, NotNetworks> {
        match written {
            Written::List(networks) => networks.iter().map(|one| network(one)).collect(),
            Written::Text(text) => text.parse(),
        }
    }
}

impl FromStr for TrustedProxies {
    type Err = NotNetworks;

    fn from_str(text: &str) -> Result<Self, NotNetworks> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        text.split(',').map(network).collect()
    }
}

impl FromIterator<IpNet> for TrustedProxies {
    fn from_iter<I: IntoIterator<Item = IpNet>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

impl From<TrustedProxies> for Vec<IpNet> {
    fn from(proxies: TrustedProxies) -> Self {
        proxies.0
    }
}

impl fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let networks: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&networks.join(","))
    }
}

/// A network, or an address alone. One that holds every address would let everybody say who they are.
fn network(text: &str) -> Result<IpNet, NotNetworks> {
    let text = text.trim();
    let network: Option<IpNet> = match text.parse::<IpAddr>() {
        Ok(address) => Some(address.to_canonical().into()),
        Err(_) => text.parse().ok(),
    };
    let network = network.filter(|network| network.prefix_len() > 0);
    network.map(|network| network.trunc()).ok_or(NotNetworks)
}

impl TrustedProxies {
    fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The network that a request comes from.
    ///
    /// A proxy adds to one of the two headers and may hand on the other as it came. So where both are
    /// there they have to say the same; otherwise neither counts.
    pub fn network(&self, peer: IpAddr, headers: &HeaderMap) -> Network {
        let direct = Network::of(peer);
        if !self.trust(peer) {
            return direct;
        }
        let hops = [
            forwarded::x_forwarded_for(headers),
            forwarded::forwarded(headers),
        ];
        let said = hops.into_iter().filter(|hops| !hops.is_empty());
        let mut said = said.map(|hops| Network::of(self.nearest(peer, &hops)));
        match (said.next(), said.next()) {
            (Some(one), None) => one,
            (Some(one), Some(other)) if one == other => one,
            _ => direct,
        }
    }

    /// From the end: each proxy that is trusted says who came to it.
    fn nearest(&self, peer: IpAddr, hops: &[Option<IpAddr>]) -> IpAddr {
        let mut nearest = peer;
        for hop in hops.iter().rev() {
            match hop {
                Some(before) if self.trust(nearest) => nearest = *before,
                _ => break,
            }
        }
        nearest
    }
}
