//! What opens a provider: its key, out of the vault, and how it is shown.

use std::fmt;

use domain::provider::Auth;
use http::{HeaderName, HeaderValue, header};
use zeroize::Zeroizing;

/// A provider's key.
#[derive(Clone)]
pub(crate) struct Credential(Kind);

#[derive(Clone)]
enum Kind {
    /// A header that carries it.
    Header(HeaderName, HeaderValue, Zeroizing<Vec<u8>>),
    /// A key that signs and is never sent.
    Aws(AwsKey),
}

/// An AWS access key.
#[derive(Clone)]
pub(crate) struct AwsKey {
    pub(crate) id: String,
    pub(crate) secret: Zeroizing<String>,
    pub(crate) session: Option<Zeroizing<String>>,
}

impl Credential {
    /// From the key as it was kept; `None` where it cannot be what `auth` says.
    pub(crate) fn new(key: &[u8], auth: Auth) -> Option<Self> {
        let key = key.trim_ascii();
        let kind = match auth {
            Auth::Nothing => return None,
            Auth::SigV4 => Kind::Aws(AwsKey::parse(std::str::from_utf8(key).ok()?)?),
            Auth::Bearer => {
                let text = Zeroizing::new([b"Bearer ".as_slice(), key].concat());
                carried(header::AUTHORIZATION, &text, key)?
            }
            Auth::XApiKey => carried(HeaderName::from_static("x-api-key"), key, key)?,
            Auth::ApiKey => carried(HeaderName::from_static("api-key"), key, key)?,
        };
        Some(Self(kind))
    }

    /// The header that carries the key, where one does.
    pub(crate) fn header(&self) -> Option<(&HeaderName, &HeaderValue)> {
        match &self.0 {
            Kind::Header(name, value, _) => Some((name, value)),
            Kind::Aws(_) => None,
        }
    }

    /// The key that signs, where one does.
    pub(crate) const fn aws(&self) -> Option<&AwsKey> {
        match &self.0 {
            Kind::Aws(key) => Some(key),
            Kind::Header(..) => None,
        }
    }

    /// Whether a text repeats the key.
    pub(crate) fn occurs_in(&self, text: &[u8]) -> bool {
        let holds =
            |secret: &[u8]| !secret.is_empty() && memchr::memmem::find(text, secret).is_some();
        match &self.0 {
            Kind::Header(_, _, key) => holds(key),
            Kind::Aws(AwsKey { secret, session, .. }) => {
                holds(secret.as_bytes())
                    || session.as_ref().is_some_and(|session| holds(session.as_bytes()))
            }
        }
    }
}

impl AwsKey {
    /// `ACCESS_KEY_ID:SECRET_ACCESS_KEY` or `ACCESS_KEY_ID:SECRET_ACCESS_KEY:SESSION_TOKEN`. None of the
    /// three holds a colon.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':').map(str::trim);
        let (id, secret) = (parts.next()?, parts.next()?);
        if id.is_empty() || secret.is_empty() {
            return None;
        }
        let session = parts.next().filter(|session| !session.is_empty());
        Some(Self {
            id: id.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
            session: session.map(|session| Zeroizing::new(session.to_owned())),
        })
    }
}

fn carried(name: HeaderName, value: &[u8], key: &[u8]) -> Option<Kind> {
    let mut value = HeaderValue::from_bytes(value).ok()?;
    value.set_sensitive(true);
    Some(Kind::Header(name, value, Zeroizing::new(key.to_vec())))
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(redacted)")
    }
}
