//! What the console's pages ask of a tenant: the feed, a call, keys, the audit log.

use chrono::{TimeDelta, Utc};
use domain::clock::{Clock, SystemClock};
use domain::cursor::Cursor;
use domain::ids::{CallId, KeyId, PriceId};
use domain::money::NanoUsd;
use domain::outcome::Outcome;
use store::StoreError;
use store::activity::Filter;
use store::calls::{CallRecord, NamedCall};

use crate::estate::{House, Tenant, event, id_at, new_key, payload, post};

/// Ten calls, a minute apart, the even ones in the other project.
async fn ten_calls(house: &House, tenant: &Tenant) -> Vec<CallRecord> {
    let calls: Vec<CallRecord> = (0..10_u32)
        .map(|n| {
            let id = id_at(&format!("2026-03-01T10:{n:02}:00Z"), 1);
            let even = n % 2 == 0;
            CallRecord {
                project_id: if even { tenant.other_project } else { tenant.project },
                key_id: if even { tenant.other_key } else { tenant.key },
                alias: Some(if n < 5 { "fast" } else { "smart" }.into()),
                provider: (n != 3).then(|| "sim".into()),
                code: (n == 3).then(|| "model_not_found".into()),
                charge: NanoUsd(i64::from(n) * 100),
                total_us: u64::from(n) * 1_000,
                ..house.record(
                    tenant,
                    id,
                    if n == 3 { Outcome::Refused } else { Outcome::Completed },
                )
            }
        })
        .collect();
    house.store.batch().await.unwrap().settle(&[], &calls, &[]).await.unwrap();
    calls
}

fn minutes(rows: &[NamedCall]) -> Vec<u32> {
    use chrono::Timelike;
    rows.iter().map(|row| row.call.started_at.minute()).collect()
}

#[tokio::test]
async fn the_feed_pages_both_ways_and_every_filter_narrows() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let calls = ten_calls(&house, &a).await;
    ten_calls(&house, &b).await;
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let all = Filter::default();

    let newest = tx.activity(&all, Cursor::Newest, 4).await.unwrap();
    assert_eq!(
        (minutes(&newest.rows), newest.older, newest.newer),
        (vec![9, 8, 7, 6], true, false)
    );
    assert_eq!(newest.rows[0].call, calls[9]);
    let second = tx.activity(&all, Cursor::Before(newest.rows[3].call.id), 4).await.unwrap();
    assert_eq!((minutes(&second.rows), second.older, second.newer), (vec![5, 4, 3, 2], true, true));
    let last = tx.activity(&all, Cursor::Before(second.rows[3].call.id), 4).await.unwrap();
    assert_eq!((minutes(&last.rows), last.older, last.newer), (vec![1, 0], false, true));
    let back = tx.activity(&all, Cursor::After(last.rows[0].call.id), 4).await.unwrap();
    assert_eq!((minutes(&back.rows), back.older, back.newer), (vec![5, 4, 3, 2], true, true));
    let front = tx.activity(&all, Cursor::After(back.rows[0].call.id), 4).await.unwrap();
    assert_eq!((minutes(&front.rows), front.older, front.newer), (vec![9, 8, 7, 6], true, false));
    let beyond = tx.activity(&all, Cursor::Before(calls[0].id), 4).await.unwrap();
    assert_eq!((minutes(&beyond.rows), beyond.older, beyond.newer), (vec![], false, true));

    let at = |minute: usize| Some(calls[minute].started_at);
    for (filter, expected) in [
        (Filter { from: at(7), ..all.clone() }, vec![9, 8, 7]),
        (Filter { to: at(2), ..all.clone() }, vec![1, 0]),
        (Filter { from: at(2), to: at(4), ..all.clone() }, vec![3, 2]),
        (Filter { project_id: Some(a.project), ..all.clone() }, vec![9, 7, 5, 3, 1]),
        (Filter { key_id: Some(a.other_key), ..all.clone() }, vec![8, 6, 4, 2, 0]),
        (Filter { key_id: Some(b.key), ..all.clone() }, vec![]),
        (Filter { model: Some("smart".into()), ..all.clone() }, vec![9, 8, 7, 6, 5]),
        (
            Filter { provider: Some("sim".into()), from: at(2), to: at(5), ..all.clone() },
            vec![4, 2],
        ),
        (Filter { outcome: Some(Outcome::Refused), ..all.clone() }, vec![3]),
        (Filter { code: Some("model_not_found".into()), ..all.clone() }, vec![3]),
        (Filter { charge_at_least: Some(NanoUsd(800)), ..all.clone() }, vec![9, 8]),
        (Filter { latency_ms_at_least: Some(9), ..all.clone() }, vec![9]),
        (Filter { from: Some(SystemClock.now()), ..all.clone() }, vec![]),
        (
            Filter {
                from: Some(chrono::DateTime::<Utc>::MIN_UTC),
                to: Some(chrono::DateTime::<Utc>::MAX_UTC),
                ..all.clone()
            },
            vec![9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
        ),
    ] {
        let page = tx.activity(&filter, Cursor::Newest, 50).await.unwrap();
        assert_eq!(minutes(&page.rows), expected, "{filter:?}");
        let count = tx.newer_count(&filter, None).await.unwrap();
        assert_eq!(count as usize, expected.len(), "{filter:?}");
    }
    assert_eq!(tx.newer_count(&all, Some(calls[6].id)).await.unwrap(), 3);
    assert_eq!(tx.latest_call().await.unwrap(), Some(calls[9].id));
    let around = tx.call_neighbours(calls[5].id).await.unwrap();
    assert_eq!((around.newer, around.older), (Some(calls[6].id), Some(calls[4].id)));
    assert_eq!(tx.call_neighbours(calls[9].id).await.unwrap().newer, None);
    tx.commit().await.unwrap();
    // The other tenant made calls with the same ids, and sees its own.
    let mut tx = house.store.tenant(&b.scope()).await.unwrap();
    assert_eq!(tx.call(calls[1].id).await.unwrap().unwrap().call.key_id, b.key);
}

#[tokio::test]
async fn counting_newer_calls_stops_at_a_thousand() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let calls: Vec<CallRecord> =
        (0..1_100).map(|_| house.record(&a, CallId::mint(), Outcome::Refused)).collect();
    house.store.batch().await.unwrap().settle(&[], &calls, &[]).await.unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    assert_eq!(tx.newer_count(&Filter::default(), None).await.unwrap(), store::activity::NEWER_MAX);
}

#[tokio::test]
async fn a_call_out_of_reach_is_not_there() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let call = CallId::mint();
    let mut batch = house.store.batch().await.unwrap();
    batch.admit(&[house.hold(&a, call, 10)], 60).await.unwrap();
    let record = house.record(&a, call, Outcome::Completed);
    batch
        .settle(&[post(&a, call, 5, 4)], std::slice::from_ref(&record), &[payload(&a, call)])
        .await
        .unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    assert_eq!(tx.call(call).await.unwrap().unwrap().call, record);
    assert_eq!(tx.price(house.price).await.unwrap().unwrap().model, "m");
    assert!(tx.price(PriceId::mint()).await.unwrap().is_none());
    let mut tx = house.store.tenant(&b.scope()).await.unwrap();
    assert!(tx.call(call).await.unwrap().is_none());
    assert!(tx.payload(call).await.unwrap().is_none());
    assert!(tx.call_ledger(call).await.unwrap().transfers.is_empty());
    assert_eq!(tx.latest_call().await.unwrap(), None);
}

#[tokio::test]
async fn keys_are_made_used_and_revoked_for_good() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let epoch = house.store.epoch().await.unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let id = KeyId::mint();
    tx.create_key(&new_key(a.project, id, "second")).await.unwrap();
    tx.commit().await.unwrap();
    assert!(house.store.epoch().await.unwrap() > epoch);
    let call = CallId::mint();
    let record = CallRecord { key_id: id, ..house.record(&a, call, Outcome::Refused) };
    house
        .store
        .batch()
        .await
        .unwrap()
        .settle(&[], std::slice::from_ref(&record), &[])
        .await
        .unwrap();

    let now = SystemClock.now();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let keys = tx.keys().await.unwrap();
    assert_eq!(keys.len(), 3);
    let key = keys.iter().find(|key| key.id == id).unwrap();
    assert_eq!((key.last_used_at, key.project.as_str()), (Some(record.started_at), "Main"));
    assert!(keys.iter().filter(|key| key.id != id).all(|key| key.last_used_at.is_none()));
    assert_eq!(tx.key_names().await.unwrap().len(), 3);
    assert!(tx.revoke_key(id, "ada@example.test", now).await.unwrap());
    assert!(!tx.revoke_key(id, "ada@example.test", now).await.unwrap());
    assert!(!tx.revoke_key(KeyId::mint(), "ada@example.test", now).await.unwrap());
    tx.commit().await.unwrap();
    let snapshot = house.store.gateway_snapshot().await.unwrap();
    assert!(snapshot.keys.iter().all(|key| key.id != id));
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let duplicate = tx.create_key(&new_key(a.project, KeyId::mint(), "second")).await;
    assert!(matches!(duplicate, Err(StoreError::Conflict { .. })));
}

#[tokio::test]
async fn what_is_audited_is_undone_with_what_it_is_about() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let kept = event("key.create");
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    tx.audit(&kept).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    tx.audit(&event("key.revoke")).await.unwrap();
    tx.rollback().await.unwrap();
    let mut tx = house.store.system(store::Reason::Seat).await.unwrap();
    let from_outside = event("seat.take");
    tx.audit(a.id, &from_outside).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let rows = tx.audit_events(None, 10).await.unwrap();
    let entries: Vec<_> = rows.iter().map(|row| row.entry.clone()).collect();
    assert_eq!(entries, [from_outside.clone(), kept.clone()]);
    assert!((SystemClock.now() - rows[0].at).abs() < TimeDelta::minutes(1));
    assert_eq!(tx.audit_events(Some(from_outside.id), 10).await.unwrap().len(), 1);
    let wrong = store::audit::AuditEntry { action: "Nonsense".into(), ..event("x.y") };
    assert!(matches!(tx.audit(&wrong).await, Err(StoreError::Invalid { .. })));
}

#[tokio::test]
async fn the_frame_knows_the_tenant_and_the_projects_in_reach() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    assert_eq!(tx.tenant().await.unwrap().unwrap().slug, "ada");
    let names: Vec<String> =
        tx.projects().await.unwrap().into_iter().map(|project| project.name).collect();
    assert_eq!(names, ["Main", "Side"]);
    assert!(!tx.only_simulated().await.unwrap());
    assert!(
        tx.alias_names().await.unwrap().is_empty() && tx.provider_names().await.unwrap().is_empty()
    );
}
