//! Whose key is this? Answered from memory: checksum, keyed hash, one look-up by the whole hash.

use domain::refusal::Refusal;
use http::{HeaderMap, header};
use identity::api_key::ParsedKey;
use secrecy::ExposeSecret;

use crate::Pepper;
use crate::gateway::Gateway;
use crate::refuse::Refused;
use crate::snapshot::Snapshot;
use crate::trail::{Owner, Trail};

/// A call whose caller is known.
pub(crate) struct Known {
    trail: Box<Trail>,
    owner: Owner,
}

impl Known {
    pub(crate) fn into_parts(self) -> (Box<Trail>, Owner) {
        (self.trail, self.owner)
    }
}

/// Finds out who calls.
///
/// Unknown, revoked and expired keys get one and the same answer, and none of it says whether a key
/// exists. A node whose rules are not confirmed knows nobody.
pub(crate) fn authenticate(
    gateway: &Gateway,
    headers: &HeaderMap,
    mut trail: Box<Trail>,
) -> Result<Known, Refused> {
    let Some(snapshot) = gateway.rules().confirmed() else {
        return Err(Refused::new(Refusal::Unavailable, trail));
    };
    let found = owner(&snapshot, gateway.peppers(), headers, trail.started_at);
    trail.authenticated();
    match found {
        Some((owner, active)) => {
            trail.owner = Some(owner);
            if active {
                Ok(Known { trail, owner })
            } else {
                Err(Refused::new(Refusal::Suspended, trail))
            }
        }
        None => Err(Refused::new(Refusal::InvalidKey, trail)),
    }
}

fn owner(
    snapshot: &Snapshot,
    peppers: &[Pepper],
    headers: &HeaderMap,
    now: chrono::DateTime<chrono::Utc>,
) -> Option<(Owner, bool)> {
    let key = ParsedKey::parse(bearer(headers)?).ok()?;
    let known = peppers
        .iter()
        .find_map(|pepper| snapshot.key(&key.mac(pepper.key.expose_secret()), pepper.id))?;
    if known.expires_at.is_some_and(|at| at <= now) {
        return None;
    }
    Some((known.owner, known.active))
}

/// The token of the one `Authorization: Bearer` header. With two of them, nobody can say whose call it
/// is.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
