//! Where calls may go at all. A provider's address is the operator's word, yet it must not lead into the
//! machine's own network by mistake, by a changed DNS answer, or because somebody took over a name
//! (OWASP API7:2023, server-side request forgery).

use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

use ipnet::IpNet;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Networks that are not the public internet (IANA special-purpose address registries, RFC 6890), and
/// those that carry an IPv4 address within.
const SPECIAL: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

static NETWORKS: LazyLock<Vec<IpNet>> =
    LazyLock::new(|| SPECIAL.iter().filter_map(|network| network.parse().ok()).collect());

/// Whether an address is one of the public internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    let address = address.to_canonical();
    !NETWORKS.iter().any(|network| network.contains(&address))
}

/// Hosts that providers may have; every host where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressAllow(Vec<String>);

impl EgressAllow {
    /// From patterns: a host, or `*.domain` for every host below it.
    #[must_use]
    pub fn new(patterns: Vec<String>) -> Self {
        Self(patterns.into_iter().map(|pattern| pattern.to_ascii_lowercase()).collect())
    }

    fn admits(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.0.is_empty()
            || self.0.iter().any(|pattern| match pattern.strip_prefix('*') {
                Some(suffix) => host.len() > suffix.len() && host.ends_with(suffix),
                None => host == *pattern,
            })
    }
}

/// Why an address is not to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Forbidden {
    #[error("its address is not http(s) with a host, or carries a user, a query or a fragment")]
    Malformed,
    #[error("its host is not on the list of hosts that may be called")]
    NotAllowed,
    #[error("its address is of a private network, which its settings do not allow")]
    Private,
}

/// Reads and checks a provider's base address. What its name resolves to is checked when it is dialled.
pub(crate) fn base(
    text: &str,
    private_network: bool,
    allow: &EgressAllow,
) -> Result<Url, Forbidden> {
    let url = Url::parse(text).map_err(|_| Forbidden::Malformed)?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let host = url.host().filter(|_| plain).ok_or(Forbidden::Malformed)?;
    if !allow.admits(url.host_str().unwrap_or_default()) {
        return Err(Forbidden::NotAllowed);
    }
    let literal: Option<IpAddr> = match host {
        url::Host::Domain(_) => None,
        url::Host::Ipv4(address) => Some(address.into()),
        url::Host::Ipv6(address) => Some(address.into()),
    };
    if !private_network && literal.is_some_and(|address| !is_public(address)) {
        return Err(Forbidden::Private);
    }
    Ok(url)
}

/// Resolves names to public addresses only, at the moment of dialling: a name that was harmless when it
/// was configured is looked at again each time, so that DNS rebinding gains nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public = only_public(found);
            if public.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn only_public(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    found.filter(|address| is_public(address.ip())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e42_every_special_network_is_written_as_one() {
        assert_eq!(NETWORKS.len(), SPECIAL.len());
    }

    #[test]
    fn e42_addresses_inside_are_told_from_those_outside() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "fd00::1",
            "fe80::1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn t33_a_base_address_leads_where_it_may() {
        let allow = EgressAllow::new(vec!["api.openai.com".into(), "*.example.com".into()]);
        let any = EgressAllow::default();
        for (text, private, allow, expected) in [
            ("https://api.openai.com/v1", false, &allow, None),
            ("https://API.OPENAI.COM./v1", false, &allow, None),
            ("https://a.example.com", false, &allow, None),
            ("https://example.com", false, &allow, Some(Forbidden::NotAllowed)),
            ("https://evilexample.com", false, &allow, Some(Forbidden::NotAllowed)),
            ("https://api.openai.com.evil.com", false, &allow, Some(Forbidden::NotAllowed)),
            ("http://127.0.0.1:8000/v1", false, &any, Some(Forbidden::Private)),
            ("http://2130706433/v1", false, &any, Some(Forbidden::Private)),
            ("http://0x7f.1/v1", false, &any, Some(Forbidden::Private)),
            ("http://[::1]/v1", false, &any, Some(Forbidden::Private)),
            ("http://169.254.169.254/latest", false, &any, Some(Forbidden::Private)),
            ("http://127.0.0.1:8000/v1", true, &any, None),
            ("https://user:pass@api.openai.com", false, &any, Some(Forbidden::Malformed)),
            ("https://api.openai.com/v1?key=1", false, &any, Some(Forbidden::Malformed)),
            ("file:///etc/passwd", true, &any, Some(Forbidden::Malformed)),
            ("nonsense", true, &any, Some(Forbidden::Malformed)),
        ] {
            assert_eq!(base(text, private, allow).err(), expected, "{text}");
        }
    }

    #[tokio::test]
    async fn t33_a_name_that_leads_inside_is_not_resolved() {
        let name: Name = "localhost".parse().unwrap();
        assert!(PublicOnly.resolve(name).await.is_err());
        let mixed = ["10.0.0.1:0", "1.1.1.1:0"].map(|text| text.parse().unwrap());
        assert_eq!(only_public(mixed.into_iter()), ["1.1.1.1:0".parse().unwrap()]);
    }
}
