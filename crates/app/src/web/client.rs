//! Where a request comes from: the address of the connection, or what a trusted proxy says of it.

use super::state::App;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

/// Addresses whose `X-Forwarded-For` is believed: one address, or all that begin with so many bits of it (`10.0.0.0/8`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proxy {
    network: Ipv6Addr,
    bits: u32,
}

/// An IPv4 address stands within IPv6 after so many bits.
const MAPPED_BITS: u32 = 96;
/// Whoever has an IPv6 connection has all addresses of such a network.
const NETWORK_BITS: u32 = 64;

fn wide(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// The first bits of an address, the others zero.
fn cut(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
    Ipv6Addr::from_bits(address.to_bits() & mask)
}

impl FromStr for Proxy {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = text.trim().split_once('/').map_or((text.trim(), None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(drop)?;
        let (before, most) = if address.is_ipv4() { (MAPPED_BITS, 32) } else { (0, 128) };
        let bits = bits.map_or(Ok(most), |bits| bits.parse::<u32>().map_err(drop)).and_then(|bits| if bits <= most { Ok(before + bits) } else { Err(()) })?;
        Ok(Self { network: cut(wide(address), bits), bits })
    }
}

impl Proxy {
    fn holds(self, address: IpAddr) -> bool {
        cut(wide(address), self.bits) == self.network
    }
}

/// What tells clients apart when attempts are counted: an IPv4 address, or the network of an IPv6 one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client(pub(super) String);

/// Who stands behind the connection: proxies that are trusted, from the nearest on, name whom they speak for; the first that is not
/// trusted is the client, whatever he says himself.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[Proxy]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|proxy| proxy.holds(address));
    let said: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut client = peer.to_canonical();
    for word in said.iter().rev() {
        if !is_trusted(client) {
            break;
        }
        // Some proxies add a port.
        let Some(next) = word.parse().ok().or_else(|| word.parse::<SocketAddr>().ok().map(|with_port| with_port.ip())) else { break };
        client = IpAddr::to_canonical(&next);
    }
    client
}

fn name(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{}/{NETWORK_BITS}", cut(address, NETWORK_BITS)),
    }
}

/// Finds out who asks. Outermost: what stands inside goes by it.
pub(super) async fn find(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|from| from.0.ip());
    let client = peer.map_or_else(|| "unknown".to_owned(), |peer| name(behind(peer, request.headers(), &app.trusted)));
    request.extensions_mut().insert(Client(client));
    next.run(request).await
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self("unknown".to_owned())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing helper fails its test")]

    use super::*;

    fn client(peer: &str, said: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in said {
            headers.append("x-forwarded-for", axum::http::HeaderValue::from_static(line));
        }
        let trusted: Vec<Proxy> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        name(behind(peer.parse().unwrap(), &headers, &trusted))
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9", "nobody is trusted");
        assert_eq!(client("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9", "a stranger says it");
        assert_eq!(client("10.1.2.3", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(client("10.1.2.3", &["127.0.0.1, 198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1", "what the client wrote himself is not believed");
        assert_eq!(client("10.1.2.3", &["198.51.100.1, 192.168.0.7"], &["10.0.0.0/8", "192.168.0.7"]), "198.51.100.1", "two proxies, one behind the other");
        assert_eq!(client("10.1.2.3", &["198.51.100.1", "192.168.0.7"], &["10.0.0.0/8", "192.168.0.7"]), "198.51.100.1", "one line each");
        assert_eq!(client("10.1.2.3", &["nonsense"], &["10.0.0.0/8"]), "10.1.2.3");
        assert_eq!(client("::ffff:10.1.2.3", &["198.51.100.1:4711"], &["10.1.2.3"]), "198.51.100.1", "IPv4 within IPv6, with a port");
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        assert_eq!(client("2001:db8:1:2:3::4", &[], &[]), "2001:db8:1:2::/64");
        assert_eq!(client("::1", &["2001:db8::5"], &["::1"]), "2001:db8::/64");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0", "10.0.0.0/x", "proxy.example"] {
            assert!(text.parse::<Proxy>().is_err(), "{text}");
        }
        assert!("0.0.0.0/0".parse::<Proxy>().unwrap().holds("203.0.113.9".parse().unwrap()));
        assert!(!"0.0.0.0/0".parse::<Proxy>().unwrap().holds("2001:db8::1".parse().unwrap()));
    }
}
