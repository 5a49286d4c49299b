//! Where the server listens, and the key to it.

use std::fmt::{self, Write as _};

use secrecy::{ExposeSecret as _, SecretString};

/// The superuser that `initdb` makes.
pub(crate) const SUPERUSER: &str = "postgres";

/// How to connect: always 127.0.0.1, always with a password.
#[derive(Clone)]
pub struct Address {
    pub(crate) port: u16,
    pub(crate) password: SecretString,
}

impl Address {
    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A URL for the superuser, for migrations and for setting the passwords of other roles.
    #[must_use]
    pub fn superuser_url(&self, database: &str) -> SecretString {
        self.url(SUPERUSER, &self.password, database)
    }

    /// A URL for any role whose password the caller knows.
    #[must_use]
    pub fn url(&self, role: &str, password: &SecretString, database: &str) -> SecretString {
        SecretString::from(format!(
            "postgres://{}:{}@127.0.0.1:{}/{}?sslmode=disable",
            percent_encoded(role),
            percent_encoded(password.expose_secret()),
            self.port,
            percent_encoded(database),
        ))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("port", &self.port).finish_non_exhaustive()
    }
}

/// Escapes everything that RFC 3986, section 2.3 does not call unreserved.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address { port: 5433, password: SecretString::from("p@ss/word") }
    }

    #[test]
    fn a_password_with_separators_stays_a_password() {
        let url = address().superuser_url("postgres");
        assert_eq!(
            url.expose_secret(),
            "postgres://postgres:p%40ss%2Fword@127.0.0.1:5433/postgres?sslmode=disable"
        );
    }

    #[test]
    fn the_password_is_not_printed() {
        assert!(!format!("{:?}", address()).contains("p@ss"));
    }
}
