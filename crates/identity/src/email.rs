//! An e-mail address, checked and in one form, so that one mailbox is one account.

use std::fmt;
use std::str::FromStr;

use domain::limits::EMAIL_BYTES_MAX;
use serde::{Deserialize, Serialize};

/// Longest part before the `@`, in bytes (RFC 5321 section 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;
/// Longest part of a domain between two dots, in bytes (RFC 1035 section 2.3.4).
const LABEL_BYTES_MAX: usize = 63;

/// A plausible address: trimmed, in lower case, ASCII. Whether anybody reads it, only a message tells.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// What is wrong with an address. Its text is for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailFlaw {
    /// Nothing was typed.
    #[error("enter an e-mail address")]
    Empty,
    /// Longer than [`EMAIL_BYTES_MAX`].
    #[error("an e-mail address has at most {EMAIL_BYTES_MAX} characters")]
    TooLong,
    /// No `@`, or more than one.
    #[error("an e-mail address has one @")]
    At,
    /// The part before the `@`.
    #[error("the part before the @ holds characters that an e-mail address cannot have")]
    Local,
    /// The part after the `@`.
    #[error("the part after the @ is not a domain such as example.com")]
    Domain,
}

impl Email {
    /// Reads an address as typed.
    ///
    /// The whole address is lower-cased: by RFC 5321 the local part may tell cases apart, but no mail
    /// provider does, and two accounts that differ in a capital are one person and a mistake.
    /// Addresses beyond ASCII are refused: two that look alike could be two people.
    ///
    /// # Errors
    /// See [`EmailFlaw`].
    pub fn parse(typed: &str) -> Result<Self, EmailFlaw> {
        let text = typed.trim();
        if text.is_empty() {
            return Err(EmailFlaw::Empty);
        }
        if text.len() > EMAIL_BYTES_MAX {
            return Err(EmailFlaw::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailFlaw::At)?;
        if domain.contains('@') {
            return Err(EmailFlaw::At);
        }
        if !is_local(local) {
            return Err(EmailFlaw::Local);
        }
        if !is_domain(domain) {
            return Err(EmailFlaw::Domain);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for Email {
    type Err = EmailFlaw;
    fn from_str(text: &str) -> Result<Self, EmailFlaw> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Email {
    type Error = EmailFlaw;
    fn try_from(text: String) -> Result<Self, EmailFlaw> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.0)
    }
}

/// A dot-atom of RFC 5322 section 3.2.3. Quoted local parts are allowed there and used by nobody.
fn is_local(local: &str) -> bool {
    local.len() <= LOCAL_BYTES_MAX
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
                })
        })
}

/// Two labels at least, or `localhost` for trying things out.
fn is_domain(domain: &str) -> bool {
    let labels = || domain.split('.');
    let named = labels().count() >= 2 || domain.eq_ignore_ascii_case("localhost");
    // An address with a bare number at the end would be an IP address, not a domain.
    let top = labels().next_back().unwrap_or_default();
    named
        && !top.bytes().all(|byte| byte.is_ascii_digit())
        && labels().all(|label| {
            (1..=LABEL_BYTES_MAX).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_come_into_one_form() {
        for (typed, read) in [
            ("  Ada@Example.COM ", "ada@example.com"),
            ("o'neil+tag@mail.example.org", "o'neil+tag@mail.example.org"),
            ("admin@localhost", "admin@localhost"),
            ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ] {
            let email = Email::parse(typed).unwrap();
            assert_eq!(email.as_str(), read);
            assert_eq!(format!("{}@{}", email.local(), email.domain()), read);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_reason() {
        let long = format!("{}@example.com", "a".repeat(EMAIL_BYTES_MAX));
        let local = format!("{}@example.com", "a".repeat(LOCAL_BYTES_MAX + 1));
        let label = format!("a@{}.com", "a".repeat(LABEL_BYTES_MAX + 1));
        for (typed, flaw) in [
            ("", EmailFlaw::Empty),
            (" \t", EmailFlaw::Empty),
            (long.as_str(), EmailFlaw::TooLong),
            ("ada", EmailFlaw::At),
            ("ada@example.com@evil.example", EmailFlaw::At),
            ("@example.com", EmailFlaw::Local),
            (local.as_str(), EmailFlaw::Local),
            ("a..b@example.com", EmailFlaw::Local),
            (".a@example.com", EmailFlaw::Local),
            ("a b@example.com", EmailFlaw::Local),
            ("a\0@example.com", EmailFlaw::Local),
            ("a\r\nBcc: x@example.com", EmailFlaw::Local),
            ("\"a\"@example.com", EmailFlaw::Local),
            ("ädä@example.com", EmailFlaw::Local),
            ("a@example", EmailFlaw::Domain),
            ("a@", EmailFlaw::Domain),
            ("a@.com", EmailFlaw::Domain),
            ("a@example.com.", EmailFlaw::Domain),
            ("a@-x.com", EmailFlaw::Domain),
            ("a@exa_mple.com", EmailFlaw::Domain),
            ("a@127.0.0.1", EmailFlaw::Domain),
            ("a@еxample.com", EmailFlaw::Domain),
            (label.as_str(), EmailFlaw::Domain),
        ] {
            assert_eq!(Email::parse(typed), Err(flaw), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_its_result_reads_the_same(typed in ".{0,80}") {
            if let Ok(email) = Email::parse(&typed) {
                prop_assert_eq!(Email::parse(email.as_str()).unwrap(), email);
            }
        }

        #[test]
        fn plausible_addresses_are_read(typed in "[a-zA-Z0-9]{1,20}@[a-z0-9]{1,10}\\.[a-z]{2,5}") {
            prop_assert_eq!(Email::parse(&typed).unwrap().to_string(), typed.to_lowercase());
        }
    }
}
