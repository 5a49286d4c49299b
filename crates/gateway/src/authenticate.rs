//! Whose key is this? Answered from memory: checksum, keyed hash, one look-up by the whole hash. And what
//! is stopped goes no further.

use domain::kill::AgentName;
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
    let Some((owner, active)) = found else {
        return Err(Refused::new(Refusal::InvalidKey, trail));
    };
    trail.owner = Some(owner);
    if !active {
        return Err(Refused::new(Refusal::Suspended, trail));
    }
    match agent(headers) {
        Ok(agent) => trail.agent = agent,
        Err(refusal) => return Err(Refused::new(refusal, trail)),
    }
    match snapshot.kills.stop(&owner, trail.agent.as_ref(), trail.started_at) {
        Some(scope) => Err(Refused::new(Refusal::Killed { scope }, trail)),
        None => Ok(Known { trail, owner }),
    }
}

/// What the program calls itself.
fn agent(headers: &HeaderMap) -> Result<Option<AgentName>, Refusal> {
    const NAME: &str = "x-tokenone-agent";
    let mut values = headers.get_all(NAME).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let invalid = |reason: String| Refusal::InvalidHeader { name: NAME.into(), reason };
    if values.next().is_some() {
        return Err(invalid("it is given twice".into()));
    }
    let text = value.to_str().map_err(|_| invalid("it must be printable ASCII".into()))?;
    text.parse().map(Some).map_err(|error: domain::kill::NotAnAgentName| invalid(error.to_string()))
}

fn owner(
    snapshot: &Snapshot,
    peppers: &[Pepper],
    headers: &HeaderMap,
    now: chrono::DateTime<chrono::Utc>,
) -> Option<(Owner, bool)> {
    let key = presented(headers)?;
    let known = peppers
        .iter()
        .find_map(|pepper| snapshot.key(&key.mac(pepper.key.expose_secret()), pepper.id))?;
    if known.expires_at.is_some_and(|at| at <= now) {
        return None;
    }
    Some((known.owner, known.active))
}

/// The one key of ours that is presented, as a bearer token or in the header that Anthropic's clients
/// use; some of them send both. With two different ones, nobody can say whose call it is.
fn presented(headers: &HeaderMap) -> Option<ParsedKey<'_>> {
    let bearer = once(headers, header::AUTHORIZATION.as_str())?.and_then(token);
    let other = once(headers, "x-api-key")?;
    let mut keys = [bearer, other].into_iter().flatten();
    let ours = |text: &&str| ParsedKey::parse(text).is_ok();
    let first = keys.by_ref().find(ours)?;
    if keys.any(|text| ours(&text) && text != first) {
        return None;
    }
    ParsedKey::parse(first).ok()
}

/// The value of a header that may come once; the outer `None` where it comes twice.
fn once<'a>(headers: &'a HeaderMap, name: &str) -> Option<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().and_then(|value| value.to_str().ok());
    values.next().is_none().then_some(first)
}

fn token(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
