//! The address of a provider: what it may look like, whether a file or a person gives it. Whether it
//! leads where it may is seen when it is called.

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFlaw {
    /// Nothing is written.
    #[error("no address is given")]
    Missing,
    /// It is longer than [`ADDRESS_BYTES_MAX`].
    #[error("it is too long")]
    TooLong,
    /// It begins with neither `https://` nor `http://`, has no host, or a character that no address has.
    #[error("it is not an http(s) address")]
    Malformed,
    /// It is `http://`, which only a private network may be.
    #[error("it is not encrypted, which only a private network may be")]
    Unencrypted,
    /// It carries a name or a password.
    #[error("it carries credentials")]
    Credentials,
    /// It carries a query or a fragment.
    #[error("it carries a query or a fragment")]
    Tail,
    /// It ends with a slash.
    #[error("it ends with a slash")]
    TrailingSlash,
}

/// Longest address, in bytes.
pub const ADDRESS_BYTES_MAX: usize = 500;

/// Looks at a provider's address. `private_network` says whether it may be unencrypted.
///
/// # Errors
/// The first [`AddressFlaw`] found.
pub fn check(text: &str, private_network: bool) -> Result<(), AddressFlaw> {
    if text.is_empty() {
        return Err(AddressFlaw::Missing);
    }
    if text.len() > ADDRESS_BYTES_MAX {
        return Err(AddressFlaw::TooLong);
    }
    let (encrypted, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(AddressFlaw::Malformed),
    };
    // RFC 3986 section 2: what an address is written in. A backslash is none of it, and some parsers
    // read it as a slash.
    let fit = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b);
    if !rest.bytes().all(fit) {
        return Err(AddressFlaw::Malformed);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(AddressFlaw::Credentials);
    }
    if !is_authority(authority) {
        return Err(AddressFlaw::Malformed);
    }
    if rest.contains(['?', '#']) {
        return Err(AddressFlaw::Tail);
    }
    if rest.ends_with('/') {
        return Err(AddressFlaw::TrailingSlash);
    }
    if rest.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(AddressFlaw::Malformed);
    }
    if encrypted || private_network { Ok(()) } else { Err(AddressFlaw::Unencrypted) }
}

/// A host, and a port where there is one.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else { return false };
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return false;
            }
            ("v6", port.strip_prefix(':').or_else(|| port.is_empty().then_some("443")))
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, Some("443")),
        },
    };
    let named = !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    named && port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses_pass() {
        for text in [
            "https://api.openai.com/v1",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "https://acme.openai.azure.com",
            "https://10.0.0.7:8443/v1",
            "https://[2001:db8::1]:8443/v1",
            "https://[2001:db8::1]/v1",
        ] {
            assert_eq!(check(text, false), Ok(()), "{text}");
        }
        assert_eq!(check("http://127.0.0.1:8000/v1", true), Ok(()));
    }

    #[test]
    fn each_flaw_is_told() {
        use AddressFlaw as F;
        let long = format!("https://h/{}", "x".repeat(ADDRESS_BYTES_MAX));
        for (text, flaw) in [
            ("", F::Missing),
            (long.as_str(), F::TooLong),
            ("ftp://host/v1", F::Malformed),
            ("api.openai.com/v1", F::Malformed),
            ("https://", F::Malformed),
            ("https:///v1", F::Malformed),
            ("https://host name/v1", F::Malformed),
            ("https://host\\@elsewhere/v1", F::Malformed),
            ("https://höst/v1", F::Malformed),
            ("https://host:0/v1", F::Malformed),
            ("https://host:99999/v1", F::Malformed),
            ("https://[::1", F::Malformed),
            ("https://[::1]x/v1", F::Malformed),
            ("https://host/v1/../admin", F::Malformed),
            ("https://user:pass@host/v1", F::Credentials),
            ("https://host/v1?key=1", F::Tail),
            ("https://host/v1#x", F::Tail),
            ("https://host/v1/", F::TrailingSlash),
            ("http://host/v1", F::Unencrypted),
        ] {
            assert_eq!(check(text, false), Err(flaw), "{text}");
        }
    }
}
