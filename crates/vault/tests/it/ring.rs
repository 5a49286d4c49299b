//! The key ring over a place of wrapped keys in memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::clock::Clock;
use domain::ids::TenantId;
use uuid::Uuid;
use vault::{
    Aad, FileKeyStore, Health, KEK_AGE_SECONDS_MAX, KEKS_CACHED_MAX, KekId, KekSource, Key256,
    KeyRing, KeyStore, KeyStoreError, RingError, SourceFault, StoredKek, WRAPS_ALARM,
    WRAPS_LEASED_PER_TURN, WRAPS_STOP, WrappedKey,
};

use crate::forge::{TENANT, place};
use crate::keystore::Home;

/// Wrapped keys in memory, with the rules that a database would keep.
#[derive(Default)]
struct Shelf {
    keks: Mutex<HashMap<(TenantId, KekId), StoredKek>>,
    active: Mutex<HashMap<TenantId, KekId>>,
    promotions: AtomicUsize,
    /// As a database whose promotion of a successor has no effect.
    frozen: bool,
}

impl Shelf {
    fn find(&self, tenant: TenantId, id: KekId) -> Option<StoredKek> {
        self.keks.lock().unwrap().get(&(tenant, id)).cloned()
    }

    fn set_wraps(&self, tenant: TenantId, id: KekId, wraps: u64) {
        self.keks.lock().unwrap().get_mut(&(tenant, id)).unwrap().wraps = wraps;
    }
}

#[async_trait]
impl KekSource for Shelf {
    async fn by_id(&self, tenant: TenantId, id: KekId) -> Result<Option<StoredKek>, SourceFault> {
        tokio::task::yield_now().await;
        Ok(self.find(tenant, id))
    }

    async fn active(&self, tenant: TenantId) -> Result<Option<StoredKek>, SourceFault> {
        tokio::task::yield_now().await;
        let id = self.active.lock().unwrap().get(&tenant).copied();
        Ok(id.and_then(|id| self.find(tenant, id)))
    }

    async fn promote(
        &self,
        fresh: StoredKek,
        replaces: Option<KekId>,
    ) -> Result<StoredKek, SourceFault> {
        let mut active = self.active.lock().unwrap();
        if active.get(&fresh.tenant).copied() != replaces || self.frozen && replaces.is_some() {
            return Ok(self.find(fresh.tenant, active[&fresh.tenant]).unwrap());
        }
        self.promotions.fetch_add(1, Ordering::SeqCst);
        active.insert(fresh.tenant, fresh.id);
        self.keks.lock().unwrap().insert((fresh.tenant, fresh.id), fresh.clone());
        Ok(fresh)
    }

    async fn take_wraps(&self, tenant: TenantId, id: KekId, n: u32) -> Result<u64, SourceFault> {
        let mut keks = self.keks.lock().unwrap();
        let wraps = &mut keks.get_mut(&(tenant, id)).unwrap().wraps;
        let before = *wraps;
        *wraps += u64::from(n);
        Ok(before)
    }
}

/// The file key store, with its unwraps counted.
struct Counted(FileKeyStore, AtomicUsize);

#[async_trait]
impl KeyStore for Counted {
    async fn wrap(&self, aad: &[u8], key: &Key256) -> Result<WrappedKey, KeyStoreError> {
        self.0.wrap(aad, key).await
    }
    async fn unwrap(&self, aad: &[u8], wrapped: &[u8]) -> Result<Key256, KeyStoreError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.unwrap(aad, wrapped).await
    }
    async fn current_id(&self) -> Result<String, KeyStoreError> {
        self.0.current_id().await
    }
    async fn rotate(&self) -> Result<String, KeyStoreError> {
        self.0.rotate().await
    }
    async fn derive(&self, purpose: &str) -> Result<Key256, KeyStoreError> {
        self.0.derive(purpose).await
    }
    async fn health(&self) -> Result<Health, KeyStoreError> {
        self.0.health().await
    }
}

/// A clock that goes when it is told to.
struct Hand(AtomicI64);

impl Hand {
    fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).unwrap()
    }
}

struct Stage {
    _home: Home,
    keys: Arc<Counted>,
    shelf: Arc<Shelf>,
    clock: Arc<Hand>,
}

impl Stage {
    fn new(shelf: Shelf) -> Self {
        let (home, store) = Home::made();
        Self {
            _home: home,
            keys: Arc::new(Counted(store, AtomicUsize::new(0))),
            shelf: Arc::new(shelf),
            clock: Arc::new(Hand(AtomicI64::new(1_800_000_000))),
        }
    }

    fn ring(&self) -> KeyRing {
        let (keys, shelf, clock) = (self.keys.clone(), self.shelf.clone(), self.clock.clone());
        KeyRing::new(place().deployment, keys, shelf, clock)
    }

    fn unwraps(&self) -> usize {
        self.keys.1.load(Ordering::SeqCst)
    }
}

fn tenant(number: u128) -> TenantId {
    TenantId::from(Uuid::from_u128(number))
}

#[tokio::test]
async fn the_first_seal_makes_the_tenants_key_and_another_node_opens_with_it() {
    let stage = Stage::new(Shelf::default());
    let (one, other) = (stage.ring(), stage.ring());
    let blob = one.seal(&place(), b"secret").await.unwrap();
    assert_eq!(other.open(&place(), &blob).await.unwrap().as_slice(), b"secret");
    let second = other.seal(&place(), b"second").await.unwrap();
    assert_eq!(one.open(&place(), &second).await.unwrap().as_slice(), b"second");
    assert_eq!(stage.shelf.promotions.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_unwrapped_key_is_used_for_a_minute_and_then_unwrapped_again() {
    let stage = Stage::new(Shelf::default());
    let ring = stage.ring();
    let blob = ring.seal(&place(), b"secret").await.unwrap();
    stage.clock.forward(KEK_AGE_SECONDS_MAX - 1);
    ring.open(&place(), &blob).await.unwrap();
    ring.seal(&place(), b"again").await.unwrap();
    assert_eq!(stage.unwraps(), 1);
    stage.clock.forward(1);
    ring.open(&place(), &blob).await.unwrap();
    assert_eq!(stage.unwraps(), 2);
    // A clock that is set back must not keep a key alive.
    stage.clock.forward(-3600);
    ring.open(&place(), &blob).await.unwrap();
    assert_eq!(stage.unwraps(), 3);
}

#[tokio::test]
async fn an_idle_ring_forgets_when_it_is_swept() {
    let stage = Stage::new(Shelf::default());
    let ring = stage.ring();
    let kek = Arc::downgrade(&ring.active(TENANT).await.unwrap());
    assert!(ring.held_count() > 0 && kek.upgrade().is_some());
    stage.clock.forward(KEK_AGE_SECONDS_MAX);
    ring.sweep();
    assert_eq!(ring.held_count(), 0);
    assert!(kek.upgrade().is_none(), "the key is still in memory");
}

#[tokio::test]
async fn forgetting_a_tenant_takes_effect_at_once() {
    let stage = Stage::new(Shelf::default());
    let ring = stage.ring();
    let blob = ring.seal(&place(), b"secret").await.unwrap();
    stage.shelf.keks.lock().unwrap().clear();
    ring.forget(TENANT);
    let refused = ring.open(&place(), &blob).await.unwrap_err();
    assert!(matches!(refused, RingError::NoSuchKek { tenant: TENANT, .. }), "{refused}");
}

#[tokio::test]
async fn the_ring_is_bounded() {
    let stage = Stage::new(Shelf::default());
    let ring = stage.ring();
    for number in 0..KEKS_CACHED_MAX as u128 {
        ring.active(tenant(number)).await.unwrap();
        assert!(ring.held_count() <= KEKS_CACHED_MAX);
    }
    assert_eq!(ring.held_count(), KEKS_CACHED_MAX);
}

#[tokio::test]
async fn many_calls_at_once_load_the_key_once() {
    let stage = Stage::new(Shelf::default());
    let ring = Arc::new(stage.ring());
    let calls: Vec<_> = (0..64)
        .map(|_| {
            let ring = Arc::clone(&ring);
            tokio::spawn(async move { ring.active(TENANT).await.unwrap().id() })
        })
        .collect();
    let mut ids = Vec::new();
    for call in calls {
        ids.push(call.await.unwrap());
    }
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!((stage.unwraps(), stage.shelf.promotions.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn wraps_are_taken_in_turns_and_not_wasted() {
    let stage = Stage::new(Shelf::default());
    let ring = stage.ring();
    let id = ring.active(TENANT).await.unwrap().id();
    for _ in 0..10 {
        stage.clock.forward(KEK_AGE_SECONDS_MAX);
        ring.seal(&place(), b"x").await.unwrap();
    }
    let turn = u64::from(WRAPS_LEASED_PER_TURN);
    assert_eq!(stage.shelf.find(TENANT, id).unwrap().wraps, turn);
    for _ in 0..turn {
        ring.seal(&place(), b"x").await.unwrap();
    }
    assert_eq!(stage.shelf.find(TENANT, id).unwrap().wraps, 2 * turn);
}

#[tokio::test]
async fn d13_a_worn_key_gets_a_successor_and_still_opens() {
    let stage = Stage::new(Shelf::default());
    let ring = stage.ring();
    let old = ring.active(TENANT).await.unwrap().id();
    let blob = ring.seal(&place(), b"old").await.unwrap();
    stage.shelf.set_wraps(TENANT, old, WRAPS_ALARM);
    stage.clock.forward(KEK_AGE_SECONDS_MAX);
    let new = ring.active(TENANT).await.unwrap();
    assert!(new.id() != old && !new.wraps_alarm());
    assert_eq!(ring.open(&place(), &blob).await.unwrap().as_slice(), b"old");
}

#[tokio::test]
async fn d13_without_a_successor_sealing_stops_at_the_bound_and_opening_goes_on() {
    let stage = Stage::new(Shelf { frozen: true, ..Shelf::default() });
    let blob = stage.ring().seal(&place(), b"old").await.unwrap();
    let id = stage.ring().active(TENANT).await.unwrap().id();
    stage.shelf.set_wraps(TENANT, id, WRAPS_STOP - 5000);
    let ring = stage.ring();
    assert!(ring.active(TENANT).await.unwrap().wraps_alarm());
    let mut sealed = 0;
    let refused = loop {
        match ring.seal(&place(), b"x").await {
            Ok(_) => sealed += 1,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, RingError::Wraps(_)), "{refused}");
    assert!((1..=5000).contains(&sealed), "{sealed}");
    assert_eq!(ring.open(&place(), &blob).await.unwrap().as_slice(), b"old");
}

#[tokio::test]
async fn d2_a_wrapped_tenant_key_moved_to_another_tenant_does_not_unwrap() {
    let stage = Stage::new(Shelf::default());
    let ring = stage.ring();
    let (ours, theirs) = (tenant(1), tenant(2));
    let ours_id = ring.active(ours).await.unwrap().id();
    let theirs_id = ring.active(theirs).await.unwrap().id();
    let stolen = stage.shelf.find(theirs, theirs_id).unwrap().wrapped;
    stage.shelf.keks.lock().unwrap().get_mut(&(ours, ours_id)).unwrap().wrapped = stolen;
    stage.clock.forward(KEK_AGE_SECONDS_MAX);
    let refused = ring.by_id(ours, ours_id).await.unwrap_err();
    assert!(matches!(refused, RingError::KeyStore(KeyStoreError::Unwrap)), "{refused}");
}

#[tokio::test]
async fn d2_a_blob_does_not_open_for_another_tenant() {
    let stage = Stage::new(Shelf::default());
    let ring = stage.ring();
    let blob = ring.seal(&place(), b"ours").await.unwrap();
    ring.active(tenant(2)).await.unwrap();
    let there = Aad { tenant: tenant(2), ..place() };
    let refused = ring.open(&there, &blob).await.unwrap_err();
    assert!(matches!(refused, RingError::NoSuchKek { .. }), "{refused}");
}

#[tokio::test]
async fn d2_another_deployment_with_the_same_rows_cannot_unwrap() {
    let stage = Stage::new(Shelf::default());
    let blob = stage.ring().seal(&place(), b"ours").await.unwrap();
    let other = Uuid::from_u128(0xBAD);
    let (keys, shelf, clock) = (stage.keys.clone(), stage.shelf.clone(), stage.clock.clone());
    let ring = KeyRing::new(other, keys, shelf, clock);
    let refused = ring.open(&Aad { deployment: other, ..place() }, &blob).await.unwrap_err();
    assert!(matches!(refused, RingError::KeyStore(KeyStoreError::Unwrap)), "{refused}");
}
