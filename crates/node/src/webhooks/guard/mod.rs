//! Where callbacks may go: the guard against request forgery through webhook addresses (SSRF).
//!
//! An address is looked at three times: when an endpoint is made, before each attempt (a literal
//! address never reaches the resolver of the HTTP client), and when a name is resolved. The client
//! connects to nothing but what [`Guard::resolve`] has let through, so a name that answers
//! differently the next time (DNS rebinding) gains nothing. Redirects are not followed and
//! proxies of the environment are not used; both are set where the client is built.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The longest address of an endpoint, in bytes.
const URL_BYTES_MAX: usize = 2000;

/// Why an address is not called. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refused {
    /// Not an absolute URL with a host, or a very long one.
    #[error("the address is not a URL with a host")]
    NotAUrl,
    /// Not HTTPS.
    #[error("the address must begin with https://")]
    NotHttps,
    /// A user name or password stands in it.
    #[error("the address must not hold a user name or password")]
    UserInfo,
    /// A fragment stands in it, which no server would see.
    #[error("the address must not hold a fragment")]
    Fragment,
    /// The host is an address, or a name that leads to one, that is not on the public Internet.
    #[error("the address does not lead to the public Internet")]
    NotPublic,
}

/// How a name becomes addresses. The system's way outside tests.
pub type Lookup = Arc<dyn Fn(String) -> LookupAnswer + Send + Sync>;

/// See [`Lookup`].
pub type LookupAnswer = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Decides where callbacks may go.
#[derive(Clone)]
pub struct Guard {
    /// Lets plain HTTP, loopback and private addresses pass, for development.
    private_allowed: bool,
    lookup: Lookup,
}

impl Guard {
    /// A guard that asks the system's resolver.
    pub fn new(private_allowed: bool) -> Self {
        Self::with_lookup(
            private_allowed,
            Arc::new(|host| Box::pin(system_lookup(host))),
        )
    }

    /// A guard with another resolver.
    pub fn with_lookup(private_allowed: bool, lookup: Lookup) -> Self {
        Self {
            private_allowed,
            lookup,
        }
    }

    /// Reads the address of an endpoint and checks what can be checked without asking the network.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self, address: &str) -> Result<Url, Refused> {
        let url = Url::parse(address).map_err(|_| Refused::NotAUrl)?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(Refused::NotAUrl)?;
        if address.len() > URL_BYTES_MAX {
            return Err(Refused::NotAUrl);
        }
        match url.scheme() {
            "https" => {}
            "http" if self.private_allowed => {}
            _ => return Err(Refused::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::UserInfo);
        }
        if url.fragment().is_some() {
            return Err(Refused::Fragment);
        }
        // Decimal, octal and hexadecimal spellings are dotted quads by now: the URL standard says
        // so, and the client reads the same `Url`.
        let literal = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>();
        let is_local_name = is_local_name(host);
        match literal {
            _ if self.private_allowed => Ok(url),
            Ok(address) if !is_public(address) => Err(Refused::NotPublic),
            Err(_) if is_local_name => Err(Refused::NotPublic),
            _ => Ok(url),
        }
    }

    /// The addresses behind a name, all of them checked. One that is not public condemns the
    /// whole answer: no honest name has both kinds.
    async fn addresses(self, host: String) -> Result<Vec<IpAddr>, LookupError> {
        let addresses = (self.lookup)(host).await?;
        if addresses.is_empty() {
            return Err(LookupError::NoAddress);
        }
        if self.private_allowed || addresses.iter().copied().all(is_public) {
            Ok(addresses)
        } else {
            Err(Refused::NotPublic.into())
        }
    }
}

/// Why a name cannot be called.
#[derive(Debug, thiserror::Error)]
enum LookupError {
    #[error("the name cannot be resolved")]
    System(#[from] io::Error),
    #[error("the name has no address")]
    NoAddress,
    #[error("the name leads to a refused address")]
    Refused(#[from] Refused),
}

/// What the HTTP client asks before it connects.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.clone().addresses(name.as_str().to_owned());
        Box::pin(async move {
            let addresses = addresses.await?;
            // Port 0 stands for the port of the URL.
            let sockets = addresses
                .into_iter()
                .map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as Addrs)
        })
    }
}

async fn system_lookup(host: String) -> io::Result<Vec<IpAddr>> {
    let sockets = tokio::net::lookup_host((host, 0)).await?;
    Ok(sockets.map(|socket| socket.ip()).collect())
}

/// Names that never lead out of a machine or a network (RFC 6761, RFC 6762, RFC 8375 and the
/// reserved `internal`). What they resolve to is checked anyway; this answers earlier.
fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    ["localhost", "local", "internal", "home.arpa"]
        .iter()
        .any(|suffix| {
            host.strip_suffix(suffix)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

/// IPv4 networks that are not the public Internet (IANA special-purpose address registry).
const NOT_PUBLIC_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::UNSPECIFIED, 8),            // this network, unspecified
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // carrier-grade NAT; metadata of one cloud
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32), // metadata of one cloud, at a public address
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local; metadata of most clouds
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments; metadata of one cloud
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, broadcast
];

/// Networks within the global unicast space of IPv6 that are not the public Internet.
const NOT_PUBLIC_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// All of IPv6 that is global unicast. Loopback, unique local (`fd00::/8`), link-local and
/// multicast addresses lie outside.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const MAPPED: (Ipv6Addr, u32) = (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96);
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);
const SIX_TO_FOUR: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16);

/// Whether an address is one of the public Internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_within = |&(network, length): &(Ipv4Addr, u32)| {
        (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
    };
    !NOT_PUBLIC_V4.iter().any(is_within)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let is_within = |&(network, length): &(Ipv6Addr, u32)| {
        (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
    };
    // Where an IPv4 address is the real destination, it decides.
    if is_within(&MAPPED) || is_within(&NAT64) {
        return is_public_v4(embedded(address, 0));
    }
    if is_within(&SIX_TO_FOUR) {
        return is_public_v4(embedded(address, 80));
    }
    is_within(&GLOBAL_V6) && !NOT_PUBLIC_V6.iter().any(is_within)
}

/// The IPv4 address that ends so many bits before the end of an IPv6 address.
fn embedded(address: Ipv6Addr, bits_after: u32) -> Ipv4Addr {
    let low = (address.to_bits() >> bits_after) & u128::from(u32::MAX);
    Ipv4Addr::from_bits(u32::try_from(low).expect("masked to 32 bits"))
}

#[cfg(test)]
mod tests;
