//! Where does it go on from? What a provider stores or encrypts, the account that did so can read and no
//! other. Each answer on `/v1/responses` leaves marks, written down with its settlement; a call that refers
//! to one of them asks for the account before it is routed. Calls that refer to nothing ask nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::ids::{ProviderId, TenantId};
use domain::provider::Surface;
use domain::refusal::Refusal;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use store::origins::Origin;
use tokio::time::{sleep, timeout};

use crate::ask::AskedParts;
use crate::gateway::{Gateway, Pepper};
use crate::obligation::Obligation;
use crate::trail::Route;

/// Most marks of what a request brings along that are looked for: the latest.
pub const MARKS_MAX: usize = 64;
/// Most stored things that one request may refer to by their ids, and most marks of one answer that are
/// kept: what has none could not be referred to.
pub const STORED_MAX: usize = 1_024;
/// The pauses after which a mark that nobody knows is looked for again. The settlement that brings it is
/// written after the answer has reached the client, which may be quick to go on.
const LOOKED_FOR_AGAIN: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(150),
    Duration::from_millis(400),
    Duration::from_millis(1_400),
];

/// Separates these digests from whatever else is made under the same key.
const PURPOSE: &[u8] = b"tokenone/origin/v1";

/// SHA-256 of something that one account alone can read: the id of a response or of an item, or what is
/// encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark([u8; 32]);

/// A reference to what a provider stores, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The mark of the id.
    pub mark: Mark,
    /// The field that names it.
    pub field: &'static str,
}

impl Mark {
    /// The mark of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// What is stored of it: nobody who reads the table can tell what was marked, nor recognise it at
    /// another tenant.
    fn keyed(self, pepper: &Pepper, tenant: TenantId) -> Option<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(pepper.key.expose_secret()).ok()?;
        mac.update(PURPOSE);
        mac.update(tenant.uuid().as_bytes());
        mac.update(&self.0);
        Some(mac.finalize().into_bytes().into())
    }
}

/// What the answer leaves with the account that gave it, where the caller can refer to it.
pub(crate) fn left(gateway: &Gateway, obligation: &Obligation) -> Option<Origin> {
    let marks = obligation.meter.marks();
    if marks.is_empty() || obligation.trail.route != Route::To(Surface::Responses) {
        return None;
    }
    let pepper = gateway.peppers().first()?;
    let tenant = obligation.owner.tenant_id;
    let marks = marks.iter().filter_map(|mark| mark.keyed(pepper, tenant)).collect();
    Some(Origin { provider_id: obligation.target.provider.id, marks })
}

/// The account that what a call refers to comes from; `None` where it refers to nothing, or brings along
/// what nobody knows.
///
/// What a provider stores, it gives to whoever has its key, and all tenants have that. So a reference by
/// an id that this project did not get from it is refused.
pub(crate) async fn recall(
    gateway: &Gateway,
    asked: &AskedParts,
) -> Result<Option<ProviderId>, Refusal> {
    let (sealed, stored) = (asked.request.marks(), asked.request.stored());
    if sealed.is_empty() && stored.is_empty() {
        return Ok(None);
    }
    let tenant = asked.owner.tenant_id;
    let keyed =
        |mark: Mark| gateway.peppers().iter().filter_map(move |pepper| mark.keyed(pepper, tenant));
    let all = sealed.iter().copied().chain(stored.iter().map(|stored| stored.mark));
    let marks: Vec<[u8; 32]> = all.flat_map(keyed).collect();
    let mut pauses = LOOKED_FOR_AGAIN.into_iter();
    loop {
        let look = gateway.store().origins(tenant, asked.owner.project_id, &marks);
        let found = match timeout(gateway.settings().admit_wait, look).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the origin of a call cannot be looked up");
                return Err(Refusal::Unavailable);
            }
            Err(_) => return Err(Refusal::Unavailable),
        };
        let missing =
            stored.iter().find(|stored| !keyed(stored.mark).any(|mark| found.contains_key(&mark)));
        let providers: BTreeSet<ProviderId> = found.into_values().collect();
        match (missing, providers.len()) {
            (None, 1) => return Ok(providers.first().copied()),
            (None, 2..) => return Err(Refusal::AccountsMixed),
            (None, 0) | (Some(_), _) => {}
        }
        if let Some(pause) = pauses.next() {
            sleep(pause).await;
            continue;
        }
        return match missing {
            None => Ok(None),
            Some(stored) => Err(Refusal::InvalidBody {
                field: stored.field.into(),
                reason: "it refers to what no answer to this project is known to have left".into(),
            }),
        };
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;

    use super::*;

    #[test]
    fn a_mark_says_nothing_to_who_has_not_the_key_or_is_another_tenant() {
        let pepper = |byte: u8| Pepper { id: 1, key: SecretBox::new(Box::new([byte; 32])) };
        let (one, other) = (TenantId::mint(), TenantId::mint());
        let kept = Mark::of("resp_1").keyed(&pepper(1), one);
        assert!(kept.is_some());
        assert_eq!(kept, Mark::of("resp_1").keyed(&pepper(1), one));
        assert_ne!(kept, Mark::of("resp_1").keyed(&pepper(1), other));
        assert_ne!(kept, Mark::of("resp_1").keyed(&pepper(2), one));
        assert_ne!(kept, Mark::of("resp_2").keyed(&pepper(1), one));
    }
}
