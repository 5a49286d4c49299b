//! The tenant keys that are unwrapped at this moment: few, and for a minute at most.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use domain::clock::Clock;
use domain::ids::TenantId;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::aad::Aad;
use crate::blob::Blob;
use crate::kek::{Kek, KekId, OpenError, SealError};
use crate::key::{Key256, RandomnessUnavailable};
use crate::keystore::{KeyStore, KeyStoreError};
use crate::lease::{WRAPS_ALARM, WRAPS_LEASED_PER_TURN, WrapLease, WrapsExhausted};
use crate::source::{KekSource, SourceFault, StoredKek};

/// How long an unwrapped key may be used before it must be unwrapped again, in seconds. A retired
/// key, or a revoked access to the key store, takes effect within this time.
pub const KEK_AGE_SECONDS_MAX: i64 = 60;
/// How many slots hold an unwrapped key at once. A key that is sealed with takes two: by tenant and by id.
pub const KEKS_CACHED_MAX: usize = 1024;

/// Below this the next turn of wraps is taken, while there are still some to seal with.
const WRAPS_LEFT_LOW: u64 = 4096;
/// Loads of different tenants run side by side; loads of one tenant wait for the first.
const LOAD_LANES: usize = 32;

/// Why the ring has no key, or a value was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The wrapped keys could not be read or written.
    #[error(transparent)]
    Source(#[from] SourceFault),
    /// The key store did not unwrap or wrap.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
    /// The tenant has no key of that id: what it sealed is gone.
    #[error("tenant {tenant} has no key {id}")]
    NoSuchKek {
        /// Whose key was asked for.
        tenant: TenantId,
        /// Which one.
        id: KekId,
    },
    /// The wrapped keys' place gave a key of another tenant, or another key than it was asked for.
    #[error("the place of wrapped keys gave another key than it was asked for")]
    MixedUp,
    /// The tenant's key may not wrap any more, and no successor was made.
    #[error(transparent)]
    Wraps(#[from] WrapsExhausted),
    /// The operating system gave no random bytes for a new key.
    #[error(transparent)]
    Randomness(#[from] RandomnessUnavailable),
    /// The value was not sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The value does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Unwraps tenant keys when they are needed and forgets them a minute later.
pub struct KeyRing {
    deployment: Uuid,
    keys: Arc<dyn KeyStore>,
    source: Arc<dyn KekSource>,
    clock: Arc<dyn Clock>,
    shelf: Mutex<Shelf>,
    lanes: Vec<tokio::sync::Mutex<()>>,
    hasher: RandomState,
}

impl KeyRing {
    /// An empty ring for one deployment.
    #[must_use]
    pub fn new(
        deployment: Uuid,
        keys: Arc<dyn KeyStore>,
        source: Arc<dyn KekSource>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            deployment,
            keys,
            source,
            clock,
            shelf: Mutex::default(),
            lanes: (0..LOAD_LANES).map(|_| tokio::sync::Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// This deployment's id, for [`Aad::deployment`].
    #[must_use]
    pub const fn deployment(&self) -> Uuid {
        self.deployment
    }

    /// The key the tenant seals with; made on first use, and replaced when it has wrapped too often.
    ///
    /// # Errors
    /// When it is not in memory and cannot be loaded or made.
    pub async fn active(&self, tenant: TenantId) -> Result<Arc<Kek>, RingError> {
        let slot = Slot::Active(tenant);
        if let Some(kek) = self.ready(slot) {
            return Ok(kek);
        }
        let _lane = self.lane(tenant).lock().await;
        if let Some(kek) = self.ready(slot) {
            return Ok(kek);
        }
        let stored = match self.source.active(tenant).await? {
            Some(stored) if stored.wraps < WRAPS_ALARM => stored,
            Some(worn) => self.make(tenant, Some(worn.id)).await?,
            None => self.make(tenant, None).await?,
        };
        if stored.tenant != tenant {
            return Err(RingError::MixedUp);
        }
        let lease = self.shelf().lease(tenant, stored.id);
        if lease.left() < WRAPS_LEFT_LOW {
            let before = self.source.take_wraps(tenant, stored.id, WRAPS_LEASED_PER_TURN).await?;
            lease.extend(before, WRAPS_LEASED_PER_TURN)?;
        }
        let kek = self.unwrap(&stored, lease).await?;
        let now = self.clock.now();
        let mut shelf = self.shelf();
        shelf.put(Slot::Id(tenant, kek.id()), Arc::clone(&kek), now);
        shelf.put(slot, Arc::clone(&kek), now);
        Ok(kek)
    }

    /// The tenant's key of that id, for opening what it sealed.
    ///
    /// # Errors
    /// When it is not in memory and cannot be loaded.
    pub async fn by_id(&self, tenant: TenantId, id: KekId) -> Result<Arc<Kek>, RingError> {
        let slot = Slot::Id(tenant, id);
        if let Some(kek) = self.held(slot) {
            return Ok(kek);
        }
        let _lane = self.lane(tenant).lock().await;
        if let Some(kek) = self.held(slot) {
            return Ok(kek);
        }
        let stored = self.source.by_id(tenant, id).await?;
        let stored = stored.ok_or(RingError::NoSuchKek { tenant, id })?;
        if stored.tenant != tenant || stored.id != id {
            return Err(RingError::MixedUp);
        }
        let kek = self.unwrap(&stored, Arc::new(WrapLease::none())).await?;
        self.shelf().put(slot, Arc::clone(&kek), self.clock.now());
        Ok(kek)
    }

    /// Seals with the tenant's active key.
    ///
    /// # Errors
    /// When there is no key, or it does not seal.
    pub async fn seal(&self, aad: &Aad<'_>, plaintext: &[u8]) -> Result<Vec<u8>, RingError> {
        Ok(self.active(aad.tenant).await?.seal(aad, plaintext)?)
    }

    /// Opens with the key that the blob names.
    ///
    /// # Errors
    /// When the key is not to be had, or the value does not open.
    pub async fn open(&self, aad: &Aad<'_>, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, RingError> {
        let blob = Blob::parse(bytes).map_err(OpenError::from)?;
        Ok(self.by_id(aad.tenant, blob.kek_id()).await?.open(aad, bytes)?)
    }

    /// Drops every key that is too old. The ring does so as it is used; a timer that calls this every
    /// few seconds makes an idle ring forget as well.
    pub fn sweep(&self) {
        let now = self.clock.now();
        self.shelf().sweep(now);
    }

    /// Drops a tenant's keys at once: after a rotation, or when the tenant is erased.
    pub fn forget(&self, tenant: TenantId) {
        let mut shelf = self.shelf();
        shelf.keks.retain(|slot, _| slot.tenant() != tenant);
        shelf.leases.remove(&tenant);
    }

    /// How many slots hold a key; for a gauge.
    #[must_use]
    pub fn held_count(&self) -> usize {
        self.shelf().keks.len()
    }

    async fn make(
        &self,
        tenant: TenantId,
        replaces: Option<KekId>,
    ) -> Result<StoredKek, RingError> {
        let (id, key) = (KekId::mint(), Key256::generate()?);
        let wrapped = self.keys.wrap(&self.kek_aad(tenant, id), &key).await?;
        let fresh = StoredKek {
            id,
            tenant,
            master_id: wrapped.master_id,
            wrapped: wrapped.bytes,
            wraps: 0,
        };
        Ok(self.source.promote(fresh, replaces).await?)
    }

    async fn unwrap(
        &self,
        stored: &StoredKek,
        lease: Arc<WrapLease>,
    ) -> Result<Arc<Kek>, RingError> {
        let aad = self.kek_aad(stored.tenant, stored.id);
        let key = self.keys.unwrap(&aad, &stored.wrapped).await?;
        Ok(Arc::new(Kek::new(stored.id, stored.tenant, key, lease)))
    }

    /// Binds a wrapped KEK to its deployment, tenant and id. All parts have a fixed length.
    fn kek_aad(&self, tenant: TenantId, id: KekId) -> Vec<u8> {
        [
            b"tokenone/v1/kek".as_slice(),
            self.deployment.as_bytes(),
            tenant.uuid().as_bytes(),
            id.uuid().as_bytes(),
        ]
        .concat()
    }

    fn held(&self, slot: Slot) -> Option<Arc<Kek>> {
        let now = self.clock.now();
        self.shelf().get(slot, now)
    }

    /// A held key that still has wraps to spend.
    fn ready(&self, slot: Slot) -> Option<Arc<Kek>> {
        self.held(slot).filter(|kek| kek.wraps_left() >= WRAPS_LEFT_LOW)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        // Nothing between lock and unlock can leave the maps half changed.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lane(&self, tenant: TenantId) -> &tokio::sync::Mutex<()> {
        let at = self.hasher.hash_one(tenant) as usize % LOAD_LANES;
        &self.lanes[at]
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Slot {
    Active(TenantId),
    Id(TenantId, KekId),
}

impl Slot {
    const fn tenant(self) -> TenantId {
        match self {
            Self::Active(tenant) | Self::Id(tenant, _) => tenant,
        }
    }
}

struct Held {
    kek: Arc<Kek>,
    since: DateTime<Utc>,
}

impl Held {
    /// A clock that was set back makes a key look unborn; then it is unwrapped anew as well.
    fn fresh(&self, now: DateTime<Utc>) -> bool {
        (0..KEK_AGE_SECONDS_MAX).contains(&(now - self.since).num_seconds())
    }
}

#[derive(Default)]
struct Shelf {
    keks: HashMap<Slot, Held>,
    /// Leases outlive the keys they belong to, or each minute would waste a turn.
    leases: HashMap<TenantId, (KekId, Arc<WrapLease>)>,
    swept: DateTime<Utc>,
}

impl Shelf {
    fn get(&mut self, slot: Slot, now: DateTime<Utc>) -> Option<Arc<Kek>> {
        if (now - self.swept).num_seconds() != 0 {
            self.sweep(now);
        }
        self.keks.get(&slot).filter(|held| held.fresh(now)).map(|held| Arc::clone(&held.kek))
    }

    fn put(&mut self, slot: Slot, kek: Arc<Kek>, now: DateTime<Utc>) {
        if self.keks.len() >= KEKS_CACHED_MAX && !self.keks.contains_key(&slot) {
            self.sweep(now);
            let oldest = self.keks.iter().min_by_key(|(_, held)| held.since).map(|(slot, _)| *slot);
            if let Some(oldest) = oldest.filter(|_| self.keks.len() >= KEKS_CACHED_MAX) {
                self.keks.remove(&oldest);
            }
        }
        self.keks.insert(slot, Held { kek, since: now });
    }

    fn lease(&mut self, tenant: TenantId, id: KekId) -> Arc<WrapLease> {
        match self.leases.get(&tenant) {
            Some((of, lease)) if *of == id => return Arc::clone(lease),
            _ => {}
        }
        if self.leases.len() >= KEKS_CACHED_MAX {
            // Costs its tenant the rest of one turn, of sixty-five thousand turns in a key's life.
            let other = self.leases.keys().next().copied();
            other.map(|other| self.leases.remove(&other));
        }
        let lease = Arc::new(WrapLease::none());
        self.leases.insert(tenant, (id, Arc::clone(&lease)));
        lease
    }

    fn sweep(&mut self, now: DateTime<Utc>) {
        self.keks.retain(|_, held| held.fresh(now));
        self.swept = now;
    }
}
