//! Holds and settlements through the front door.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use domain::ids::{CallId, PriceId, ProjectId};
use domain::money::NanoUsd;
use domain::outcome::Outcome;
use store::ledger::{CallLedger, TransferKind};
use store::{HoldRow, Payable, Resolution, Settled, StoreError, Verdict};

use crate::estate::{Dice, House, Tenant, expire, number, payload, post, run, void};

async fn ledger(house: &House, tenant: &Tenant, call: CallId) -> CallLedger {
    let mut tx = house.store.tenant(&tenant.scope()).await.unwrap();
    tx.call_ledger(call).await.unwrap()
}

fn kinds(ledger: &CallLedger) -> Vec<TransferKind> {
    ledger.transfers.iter().map(|transfer| transfer.kind).collect()
}

#[tokio::test]
async fn i1_a_settled_call_balances_and_leaves_nothing_pending() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    let call = CallId::mint();
    let held = batch.admit(&[house.hold(&a, call, 1_000)], 60).await.unwrap();
    assert_eq!(held, HashMap::from([(call, Verdict::Held)]));
    let open = ledger(&house, &a, call).await;
    assert_eq!((kinds(&open), open.sum(), open.entries.len()), (vec![TransferKind::Hold], 0, 2));

    let settled = batch.settle(&[post(&a, call, 700, 600)], &[], &[]).await.unwrap();
    assert_eq!(settled, HashMap::from([(call, Settled::Resolved)]));
    let ledger = ledger(&house, &a, call).await;
    assert_eq!(kinds(&ledger), [TransferKind::Hold, TransferKind::Post, TransferKind::Post]);
    assert_eq!(ledger.sum(), 0);
    let of = |layer: &str, account: &str| -> i64 {
        ledger
            .entries
            .iter()
            .filter(|entry| entry.layer == layer && entry.account == account)
            .map(|entry| entry.amount.0)
            .sum()
    };
    // I8: what was pending is pending no more.
    assert_eq!((of("pending", "wallet"), of("pending", "revenue")), (0, 0));
    assert_eq!((of("posted", "wallet"), of("posted", "revenue")), (700, -700));
    assert_eq!((of("posted", "provider_cost"), of("posted", "provider_payable")), (600, -600));
    assert_eq!(ledger.transfers[1].released, NanoUsd(1_000));
    assert_eq!((ledger.transfers[1].remainder, ledger.transfers[2].remainder), (3, 4));
}

#[tokio::test]
async fn i6_a_hold_is_made_once_and_resolved_once() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    let [posted, voided, late] = [CallId::mint(), CallId::mint(), CallId::mint()];
    let holds = [posted, voided, late].map(|call| house.hold(&a, call, 100));
    for _ in 0..2 {
        let verdicts = batch.admit(&holds, 60).await.unwrap();
        assert!(verdicts.values().all(|verdict| *verdict == Verdict::Held));
    }
    let first = [post(&a, posted, 250, 90), void(&a, voided), expire(&a, late)];
    assert_eq!(batch.settle(&first, &[], &[]).await.unwrap().len(), 3);
    assert_eq!(batch.settle(&first, &[], &[]).await.unwrap().len(), 0, "repeating changes nothing");
    // A post after the hold ran out is late; after anything else it is refused silently.
    let second = [post(&a, posted, 9, 9), post(&a, voided, 9, 9), post(&a, late, 70, 60)];
    let answered = batch.settle(&second, &[], &[]).await.unwrap();
    assert_eq!(answered, HashMap::from([(late, Settled::Late)]));
    assert_eq!(batch.settle(&second, &[], &[]).await.unwrap().len(), 0);
    use TransferKind as K;
    let posted = ledger(&house, &a, posted).await;
    // I10: more than was held may be posted, and is posted in full.
    assert_eq!(posted.transfers[1].amount, NanoUsd(250));
    assert_eq!(kinds(&posted), [K::Hold, K::Post, K::Post]);
    assert_eq!(kinds(&ledger(&house, &a, voided).await), [K::Hold, K::Void]);
    let late = ledger(&house, &a, late).await;
    assert_eq!(kinds(&late), [K::Hold, K::Expire, K::Late, K::Late]);
    assert_eq!(late.sum(), 0);
}

#[tokio::test]
async fn a_cost_that_is_not_credible_goes_to_suspense_and_a_void_moves_nothing() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    let [doubtful, voided] = [CallId::mint(), CallId::mint()];
    let holds = [doubtful, voided].map(|call| house.hold(&a, call, 100));
    batch.admit(&holds, 60).await.unwrap();
    let resolutions = [
        Resolution { payable: Payable::Suspense, ..post(&a, doubtful, 50, 40) },
        Resolution { charge: NanoUsd(999), cost: NanoUsd(999), ..void(&a, voided) },
    ];
    batch.settle(&resolutions, &[], &[]).await.unwrap();
    assert_eq!(ledger(&house, &a, doubtful).await.transfers[2].credit, "suspense");
    assert_eq!(ledger(&house, &a, voided).await.transfers[1].amount, NanoUsd(0));
}

fn keyed(house: &House, tenant: &Tenant, key: &str, hash: u8) -> HoldRow {
    HoldRow {
        idempotency_key: Some(key.into()),
        request_hash: Some([hash; 32]),
        ..house.hold(tenant, CallId::mint(), 10)
    }
}

#[tokio::test]
async fn b4_fifty_retries_at_once_make_one_hold_and_b5_another_body_conflicts() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let mut tasks = Vec::new();
    for _ in 0..50 {
        let hold = keyed(&house, &a, "order-1", 1);
        let store = house.store.clone();
        tasks.push(tokio::spawn(async move {
            let mut batch = store.batch().await.unwrap();
            let verdict =
                batch.admit(std::slice::from_ref(&hold), 60).await.unwrap()[&hold.call_id];
            (hold.call_id, verdict)
        }));
    }
    let mut held = Vec::new();
    let mut pointed = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            (call, Verdict::Held) => held.push(call),
            (_, Verdict::InProgress { call_id }) => pointed.push(call_id),
            (_, other) => panic!("{other:?} of a call that runs"),
        }
    }
    assert_eq!((held.len(), pointed.len()), (1, 49));
    assert!(pointed.iter().all(|call| *call == held[0]));
    let mut batch = house.store.batch().await.unwrap();
    // Another body, the same key within one batch, another tenant's same key.
    let holds = [
        keyed(&house, &a, "order-1", 2),
        keyed(&house, &a, "order-2", 1),
        keyed(&house, &a, "order-2", 1),
        keyed(&house, &b, "order-1", 1),
        house.hold(&a, CallId::mint(), 1),
    ];
    let verdicts = batch.admit(&holds, 60).await.unwrap();
    let of = |index: usize| verdicts[&holds[index].call_id];
    assert_eq!(of(0), Verdict::Conflict);
    let twice = [of(1), of(2)];
    assert_eq!(twice.iter().filter(|verdict| **verdict == Verdict::Held).count(), 1, "{twice:?}");
    assert_eq!((of(3), of(4)), (Verdict::Held, Verdict::Held));
    let before = verdicts.clone();
    // The same batch again, as after a lost connection: the same answers.
    assert_eq!(batch.admit(&holds, 60).await.unwrap(), before);
}

#[tokio::test]
async fn a_key_is_used_once_its_call_ran_and_free_once_it_was_voided() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    let mut ask = async |hold: &HoldRow| {
        batch.admit(std::slice::from_ref(hold), 60).await.unwrap()[&hold.call_id]
    };
    let first = keyed(&house, &a, "order-1", 1);
    assert_eq!(ask(&first).await, Verdict::Held);
    let again = keyed(&house, &a, "order-1", 1);
    assert_eq!(ask(&again).await, Verdict::InProgress { call_id: first.call_id });
    let mut other = house.store.batch().await.unwrap();
    other.settle(&[void(&a, first.call_id)], &[], &[]).await.unwrap();
    // Another body may take the key too: nothing ran under it.
    let second = keyed(&house, &a, "order-1", 2);
    assert_eq!(ask(&second).await, Verdict::Held);
    // The voided call cannot take it back.
    assert_eq!(ask(&first).await, Verdict::Conflict);
    other.settle(&[post(&a, second.call_id, 7, 6)], &[], &[]).await.unwrap();
    let third = keyed(&house, &a, "order-1", 2);
    assert_eq!(ask(&third).await, Verdict::Duplicate { call_id: second.call_id });
    // What expired may have run.
    let lost = keyed(&house, &a, "order-2", 1);
    assert_eq!(ask(&lost).await, Verdict::Held);
    other.settle(&[expire(&a, lost.call_id)], &[], &[]).await.unwrap();
    let after = keyed(&house, &a, "order-2", 1);
    assert_eq!(ask(&after).await, Verdict::Duplicate { call_id: lost.call_id });
}

#[tokio::test]
async fn of_fifty_that_race_for_a_freed_key_one_gets_it_while_old_keys_are_forgotten() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    let first = keyed(&house, &a, "freed", 1);
    batch.admit(std::slice::from_ref(&first), 60).await.unwrap();
    batch.settle(&[void(&a, first.call_id)], &[], &[]).await.unwrap();
    let mut admin = house.admin().await;
    let yesterday = format!(
        "insert into app.idempotency (tenant_id, project_id, key, request_hash, call_id, at)
         select '{}', '{}', k, sha256('x'), gen_random_uuid(), now() - interval '25 hours'
         from unnest(array['stale', 'forgotten']) k",
        a.id, a.project
    );
    run(&mut admin, &yesterday).await.unwrap();
    let mut tasks = Vec::new();
    for index in 0..50 {
        let key = if index % 2 == 0 { "freed" } else { "stale" };
        let hold = keyed(&house, &a, key, 1);
        let store = house.store.clone();
        tasks.push(tokio::spawn(async move {
            if index % 5 == 0 {
                store.forget_idempotency(10).await.unwrap();
            }
            let mut batch = store.batch().await.unwrap();
            let verdicts = batch.admit(std::slice::from_ref(&hold), 60).await.unwrap();
            (key, verdicts[&hold.call_id])
        }));
    }
    let mut held = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            (key, Verdict::Held) => held.push(key),
            (_, Verdict::InProgress { .. }) => {}
            (key, other) => panic!("{key}: {other:?}"),
        }
    }
    held.sort_unstable();
    assert_eq!(held, ["freed", "stale"]);
    house.store.forget_idempotency(10).await.unwrap();
    let left = number(&mut admin, "select count(*) from app.idempotency").await.unwrap();
    assert_eq!(left, 3, "the voided use, the freed and the stale key's new use");
}

#[tokio::test]
async fn i7_b16_a_hold_on_anothers_key_project_or_price_is_refused() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let mut batch = house.store.batch().await.unwrap();
    let good = house.hold(&a, CallId::mint(), 10);
    for (bad, expected) in [
        (HoldRow { key_id: b.key, ..good.clone() }, "TK003"),
        (HoldRow { project_id: b.project, ..good.clone() }, "TK003"),
        (HoldRow { project_id: a.other_project, ..good.clone() }, "TK003"),
        (HoldRow { tenant_id: b.id, ..good.clone() }, "TK003"),
        (HoldRow { project_id: ProjectId::mint(), ..good.clone() }, "TK003"),
        (HoldRow { price_id: PriceId::mint(), ..good.clone() }, "TK005"),
    ] {
        // Beside a hold of the other tenant, so that both are on the batch's list.
        let error = batch.admit(&[bad, house.hold(&b, CallId::mint(), 1)], 60).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Refused { code, .. } if code == expected),
            "{error:?}"
        );
        assert!(!error.is_retryable());
    }
    let negative = HoldRow { amount: NanoUsd(-1), ..good.clone() };
    assert!(matches!(batch.admit(&[negative], 60).await, Err(StoreError::Invalid { .. })));
    assert_eq!(
        batch.admit(std::slice::from_ref(&good), 60).await.unwrap()[&good.call_id],
        Verdict::Held
    );
    // Settling another tenant's call finds nothing to settle.
    let foreign = Resolution { tenant_id: b.id, ..post(&a, good.call_id, 5, 5) };
    assert_eq!(batch.settle(&[foreign], &[], &[]).await.unwrap().len(), 0);
    assert_eq!(ledger(&house, &a, good.call_id).await.transfers.len(), 1);
}

#[tokio::test]
async fn b10_sums_beyond_sixty_four_bits_are_exact_and_i9_balances_are_the_sum_of_entries() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    let calls: Vec<CallId> = (0..3).map(|_| CallId::mint()).collect();
    let holds: Vec<HoldRow> = calls.iter().map(|call| house.hold(&a, *call, i64::MAX)).collect();
    batch.admit(&holds, 60).await.unwrap();
    let posts: Vec<Resolution> =
        calls.iter().map(|call| post(&a, *call, i64::MAX, i64::MAX)).collect();
    batch.settle(&posts, &[], &[]).await.unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let balances = tx.balances().await.unwrap();
    assert_eq!(balances.iter().map(|balance| balance.amount).sum::<i128>(), 0);
    let wallet = balances.iter().find(|b| b.account == "wallet" && b.layer == "posted").unwrap();
    assert_eq!(wallet.amount, 3 * i128::from(i64::MAX));
}

#[tokio::test]
async fn b11_many_small_calls_add_up_exactly() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let mut batch = house.store.batch().await.unwrap();
    for _ in 0..20 {
        let calls: Vec<CallId> = (0..1_000).map(|_| CallId::mint()).collect();
        let holds: Vec<HoldRow> = calls.iter().map(|call| house.hold(&a, *call, 20)).collect();
        batch.admit(&holds, 60).await.unwrap();
        let posts: Vec<Resolution> = calls.iter().map(|call| post(&a, *call, 20, 19)).collect();
        assert_eq!(batch.settle(&posts, &[], &[]).await.unwrap().len(), 1_000);
    }
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let posted: Vec<(String, i128)> = tx
        .balances()
        .await
        .unwrap()
        .into_iter()
        .filter(|balance| balance.layer == "posted")
        .map(|balance| (balance.account, balance.amount))
        .collect();
    let expected = [
        ("wallet", 400_000),
        ("revenue", -400_000),
        ("provider_cost", 380_000),
        ("provider_payable", -380_000),
    ];
    assert_eq!(posted, expected.map(|(account, amount)| (account.to_owned(), amount)));
}

/// Says whether to do it again; a deadlock fails the test.
fn again<T>(result: Result<T, StoreError>) -> bool {
    match result {
        Ok(_) => false,
        Err(StoreError::Raced(cause)) => {
            assert_ne!(cause.code.as_deref(), Some("40P01"), "deadlock");
            true
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b15_overlapping_batches_in_any_order_never_deadlock() {
    let house = House::new().await;
    let tenants = [house.tenant("ada").await, house.tenant("bob").await, house.tenant("cyd").await];
    let until = Instant::now() + Duration::from_secs(4);
    let shared: std::sync::Arc<Vec<Vec<(Tenant, HoldRow)>>> = std::sync::Arc::new(
        (0..400)
            .map(|round| {
                (0..20)
                    .map(|n| {
                        let tenant = tenants[n % 3];
                        let key = format!("{round}-{}", n / 2);
                        (tenant, keyed(&house, &tenant, &key, 1))
                    })
                    .collect()
            })
            .collect(),
    );
    let mut tasks = Vec::new();
    for seed in 1..=6 {
        let (store, shared) = (house.store.clone(), shared.clone());
        tasks.push(tokio::spawn(async move {
            let (mut dice, mut rounds) = (Dice::new(seed), 0);
            let mut batch = store.batch().await.unwrap();
            for round in shared.iter() {
                if Instant::now() > until && rounds >= 4 {
                    break;
                }
                let mut round = round.clone();
                dice.shuffle(&mut round);
                let holds: Vec<HoldRow> = round.iter().map(|(_, hold)| hold.clone()).collect();
                while again(batch.admit(&holds, 60).await) {}
                dice.shuffle(&mut round);
                let posts: Vec<Resolution> =
                    round.iter().map(|(tenant, hold)| post(tenant, hold.call_id, 5, 5)).collect();
                while again(batch.settle(&posts, &[], &[]).await) {}
                rounds += 1;
            }
            rounds
        }));
    }
    let mut rounds = 0;
    for task in tasks {
        rounds += task.await.unwrap();
    }
    assert!(rounds > 20, "only {rounds} rounds");
    for tenant in tenants {
        let mut tx = house.store.tenant(&tenant.scope()).await.unwrap();
        let balances = tx.balances().await.unwrap();
        assert_eq!(balances.iter().map(|balance| balance.amount).sum::<i128>(), 0);
    }
}

#[tokio::test]
async fn call_and_payload_are_written_once_and_completed_after_expiry() {
    let house = House::new().await;
    let (a, b) = (house.tenant("ada").await, house.tenant("bob").await);
    let mut batch = house.store.batch().await.unwrap();
    let call = CallId::mint();
    batch.admit(&[house.hold(&a, call, 10)], 60).await.unwrap();
    let expired = house.record(&a, call, Outcome::Expired);
    batch.settle(&[expire(&a, call)], &[expired], &[]).await.unwrap();
    let mut done = house.record(&a, call, Outcome::Completed);
    done.alias = Some(format!("{}\0", "ä".repeat(300)));
    done.user_agent = Some("x\0y".into());
    done.code = Some("z".repeat(1_000));
    batch.settle(&[post(&a, call, 7, 6)], &[done.clone()], &[payload(&a, call)]).await.unwrap();
    let again = store::calls::CallRecord { status: 500, ..done };
    batch.settle(&[], &[again.clone(), again], &[payload(&a, call)]).await.unwrap();
    let mut tx = house.store.tenant(&a.scope()).await.unwrap();
    let found = tx.call(call).await.unwrap().unwrap();
    assert_eq!((found.call.outcome, found.call.status), (Outcome::Completed, 200));
    assert_eq!(found.call.alias.as_deref(), Some("ä".repeat(256).as_str()));
    assert_eq!(found.call.user_agent.as_deref(), Some("x\u{fffd}y"));
    assert_eq!((found.project.as_str(), found.key.as_str()), ("Main", "first"));
    assert_eq!(tx.payload(call).await.unwrap(), Some(payload(&a, call)));
    assert!(tx.has_payload(call).await.unwrap());
    // A call or a payload under another tenant's key is refused as a whole.
    let foreign = store::calls::CallRecord {
        key_id: b.key,
        ..house.record(&a, CallId::mint(), Outcome::Refused)
    };
    let error = batch.settle(&[], &[foreign], &[]).await.unwrap_err();
    assert!(matches!(&error, StoreError::Refused { code, .. } if code == "TK003"), "{error:?}");
    let stray = store::calls::PayloadRecord { tenant_id: b.id, ..payload(&a, call) };
    let error = batch.settle(&[], &[], &[stray]).await.unwrap_err();
    assert!(matches!(&error, StoreError::Refused { code, .. } if code == "TK006"), "{error:?}");
    // The connection is usable after a refusal.
    assert!(batch.settle(&[], &[], &[]).await.unwrap().is_empty());
    batch.settle(&[], &[house.record(&b, CallId::mint(), Outcome::Refused)], &[]).await.unwrap();
}
