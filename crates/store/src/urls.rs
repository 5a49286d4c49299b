//! Connection addresses: the runtime roles use the administrator's address with another user.

use secrecy::{ExposeSecret, SecretString};

use crate::error::StoreError;
use crate::prepare::RuntimeSecrets;

/// The role of the data plane.
pub const GATEWAY_ROLE: &str = "tokenone_gateway";
/// The role of the console.
pub const CONSOLE_ROLE: &str = "tokenone_console";

/// Where the two runtime roles connect, password included.
#[derive(Clone, Debug)]
pub struct RuntimeUrls {
    /// As [`GATEWAY_ROLE`].
    pub gateway: SecretString,
    /// As [`CONSOLE_ROLE`].
    pub console: SecretString,
}

/// The same host, database and parameters, with the runtime roles instead of the administrator.
///
/// # Errors
/// [`StoreError::Invalid`] where the address is none of Postgres.
pub fn runtime_urls(
    admin_url: &SecretString,
    secrets: &RuntimeSecrets,
) -> Result<RuntimeUrls, StoreError> {
    let admin = admin_url.expose_secret();
    Ok(RuntimeUrls {
        gateway: with_user(admin, GATEWAY_ROLE, &secrets.gateway_password)?,
        console: with_user(admin, CONSOLE_ROLE, &secrets.console_password)?,
    })
}

fn with_user(url: &str, user: &str, password: &SecretString) -> Result<SecretString, StoreError> {
    let (scheme, rest) = url
        .split_once("://")
        .filter(|(scheme, _)| matches!(*scheme, "postgres" | "postgresql"))
        .ok_or_else(|| StoreError::invalid("database address"))?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // Credentials need a host beside them; with a socket the parameter `host` overrides this one.
    let host = if host.is_empty() { "localhost" } else { host };
    let password = percent_encode(password.expose_secret());
    Ok(format!("{scheme}://{user}:{password}@{host}{}", without_credentials(tail)).into())
}

/// Drops `user` and `password` from the query, which would win over those in the authority.
fn without_credentials(tail: &str) -> String {
    let Some((path, query)) = tail.split_once('?') else { return tail.to_owned() };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !matches!(name, "user" | "password" | "")
        })
        .collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// RFC 3986 section 2.1, leaving only the unreserved characters of section 2.3.
fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_replaced_and_the_rest_stays() {
        for (url, expected) in [
            ("postgres://postgres:x@h:5433/db", "postgres://u:p%2Fw@h:5433/db"),
            ("postgresql://h/db?sslmode=require", "postgresql://u:p%2Fw@h/db?sslmode=require"),
            (
                "postgres:///db?host=/run/pg&user=a&password=b",
                "postgres://u:p%2Fw@localhost/db?host=/run/pg",
            ),
            ("postgres://a:b%40c@[::1]:5432/db?user=x", "postgres://u:p%2Fw@[::1]:5432/db"),
        ] {
            let made = with_user(url, "u", &"p/w".into()).unwrap();
            assert_eq!(made.expose_secret(), expected);
        }
        assert!(with_user("mysql://h/db", "u", &"p".into()).is_err());
        assert!(with_user("h/db", "u", &"p".into()).is_err());
    }
}
