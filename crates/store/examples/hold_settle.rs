//! Measures holds and settlements with natural batching: while one batch commits, the next gathers.
//!
//! `cargo run --release -p store --example hold_settle` on a database of its own; prints calls per second
//! and the time that a caller waits for its hold.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use domain::caller::Scope;
use domain::clock::{Clock, SystemClock};
use domain::ids::{CallId, KeyId, PriceId, ProjectId, TenantId};
use domain::money::NanoUsd;
use domain::outcome::{Outcome, UsageSource};
use domain::steps::Steps;
use secrecy::SecretBox;
use store::calls::CallRecord;
use store::keys::NewKey;
use store::prices::PriceRow;
use store::{
    HoldRow, Payable, Reason, Resolution, ResolutionKind, RuntimeSecrets, RuntimeUrls, Store,
    StoreError,
};
use testing::{RUNTIME_PASSWORD, TestDatabase};
use tokio::sync::{mpsc, oneshot};

const CONTEXT_KEY: [u8; 32] = [7; 32];
const CALLERS: [usize; 3] = [1, 16, 64];
const RUN: Duration = Duration::from_secs(4);
const BATCH_ROWS_MAX: usize = 256;

type Fault = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Copy)]
struct Seat {
    tenant_id: TenantId,
    project_id: ProjectId,
    key_id: KeyId,
    price_id: PriceId,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it is what a bench is for")]
async fn main() -> Result<(), Fault> {
    let database = TestDatabase::new().await;
    let secrets = RuntimeSecrets {
        gateway_password: RUNTIME_PASSWORD.into(),
        console_password: RUNTIME_PASSWORD.into(),
        context_key: SecretBox::new(Box::new(CONTEXT_KEY)),
    };
    store::install_secrets(&database.superuser_url(), &secrets).await?;
    let urls = RuntimeUrls {
        gateway: database.runtime_url(store::GATEWAY_ROLE),
        console: database.runtime_url(store::CONSOLE_ROLE),
    };
    let store = Store::connect(&urls, CONTEXT_KEY).await?;
    let seat = furnish(&store).await?;
    println!("callers   calls/s   hold p50 ms   hold p99 ms   settle batch");
    for callers in CALLERS {
        let report = run(&store, seat, callers).await?;
        println!("{callers:>7} {report}");
    }
    store.close().await;
    Ok(())
}

async fn run(store: &Store, seat: Seat, callers: usize) -> Result<String, Fault> {
    let (holds, admitting) = mpsc::unbounded_channel::<(HoldRow, oneshot::Sender<()>)>();
    let (settlements, settling) = mpsc::unbounded_channel::<CallId>();
    let admitter = tokio::spawn(admit(store.clone(), admitting));
    let settler = tokio::spawn(settle(store.clone(), settling, seat));
    let until = Instant::now() + RUN;
    let mut tasks = Vec::new();
    for _ in 0..callers {
        let (holds, settlements) = (holds.clone(), settlements.clone());
        tasks.push(tokio::spawn(async move {
            let mut waits = Vec::new();
            while Instant::now() < until {
                let (call, began) = (CallId::mint(), Instant::now());
                let (answer, answered) = oneshot::channel();
                if holds.send((hold(seat, call), answer)).is_err() || answered.await.is_err() {
                    break;
                }
                waits.push(began.elapsed());
                if settlements.send(call).is_err() {
                    break;
                }
            }
            waits
        }));
    }
    drop((holds, settlements));
    let began = Instant::now();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await?);
    }
    admitter.await??;
    let (calls, batches) = settler.await??;
    // Until the last settlement is durable too.
    let seconds = began.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |share: f64| -> f64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index into a list of measurements"
        )]
        let index = (waits.len() as f64 * share) as usize;
        waits.get(index).map_or(0.0, Duration::as_secs_f64) * 1e3
    };
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let (rate, size) = (calls as f64 / seconds, calls as f64 / batches.max(1) as f64);
    Ok(format!("{rate:>9.0} {:>13.2} {:>13.2} {size:>14.1}", at(0.5), at(0.99)))
}

/// Takes what has gathered.
async fn gather<T>(queue: &mut mpsc::UnboundedReceiver<T>) -> Vec<T> {
    let mut rows = Vec::new();
    queue.recv_many(&mut rows, BATCH_ROWS_MAX).await;
    rows
}

async fn admit(
    store: Store,
    mut queue: mpsc::UnboundedReceiver<(HoldRow, oneshot::Sender<()>)>,
) -> Result<(), StoreError> {
    let mut batch = store.batch().await?;
    loop {
        let rows = gather(&mut queue).await;
        if rows.is_empty() {
            return Ok(());
        }
        let mut waiting: HashMap<CallId, oneshot::Sender<()>> = HashMap::new();
        let mut holds = Vec::new();
        for (hold, answer) in rows {
            waiting.insert(hold.call_id, answer);
            holds.push(hold);
        }
        for call in batch.admit(&holds, 60).await?.keys() {
            if let Some(answer) = waiting.remove(call) {
                let _ = answer.send(());
            }
        }
    }
}

async fn settle(
    store: Store,
    mut queue: mpsc::UnboundedReceiver<CallId>,
    seat: Seat,
) -> Result<(usize, usize), StoreError> {
    let (mut calls, mut batches) = (0, 0);
    let mut batch = store.batch().await?;
    loop {
        let ids = gather(&mut queue).await;
        if ids.is_empty() {
            return Ok((calls, batches));
        }
        let posts: Vec<Resolution> = ids.iter().map(|id| post(seat, *id)).collect();
        let records: Vec<CallRecord> = ids.iter().map(|id| record(seat, *id)).collect();
        calls += batch.settle(&posts, &records, &[]).await?.len();
        batches += 1;
    }
}

async fn furnish(store: &Store) -> Result<Seat, Fault> {
    let seat = Seat {
        tenant_id: TenantId::mint(),
        project_id: ProjectId::mint(),
        key_id: KeyId::mint(),
        price_id: PriceId::mint(),
    };
    let now = SystemClock.now();
    let price = PriceRow {
        id: seat.price_id,
        provider: "sim".into(),
        model: "m".into(),
        effective_from: now,
        input_nano_per_mtok: 1,
        cached_input_nano_per_mtok: 1,
        cache_write_nano_per_mtok: 1,
        cache_write_1h_nano_per_mtok: None,
        output_nano_per_mtok: 1,
        request_nano: 0,
        tiers: serde_json::json!([]),
        source: "bench".into(),
        hash: [1; 32],
    };
    let mut tx = store.system(Reason::Demo).await?;
    tx.insert_prices(&[price]).await?;
    tx.create_tenant(seat.tenant_id, "bench", "Bench", 0).await?;
    tx.create_project(seat.tenant_id, seat.project_id, "bench", "Bench").await?;
    tx.commit().await?;
    let scope = Scope { tenant_id: seat.tenant_id, projects: vec![seat.project_id] };
    let mut tx = store.tenant(&scope).await?;
    tx.create_key(&NewKey {
        id: seat.key_id,
        project_id: seat.project_id,
        name: "bench".into(),
        mac: [1; 32],
        pepper: 1,
        shown: "t1_…".into(),
        created_by: "bench".into(),
        created_at: now,
        expires_at: None,
    })
    .await?;
    tx.commit().await?;
    Ok(seat)
}

const fn hold(seat: Seat, call_id: CallId) -> HoldRow {
    HoldRow {
        call_id,
        tenant_id: seat.tenant_id,
        project_id: seat.project_id,
        key_id: seat.key_id,
        price_id: seat.price_id,
        amount: NanoUsd(1_000),
        idempotency_key: None,
        request_hash: None,
    }
}

const fn post(seat: Seat, call_id: CallId) -> Resolution {
    Resolution {
        call_id,
        tenant_id: seat.tenant_id,
        kind: ResolutionKind::Post,
        charge: NanoUsd(700),
        charge_remainder: 0,
        cost: NanoUsd(600),
        cost_remainder: 0,
        payable: Payable::Provider,
        price_id: seat.price_id,
    }
}

fn record(seat: Seat, id: CallId) -> CallRecord {
    let now = SystemClock.now();
    CallRecord {
        id,
        tenant_id: seat.tenant_id,
        project_id: seat.project_id,
        key_id: seat.key_id,
        price_id: Some(seat.price_id),
        started_at: now,
        ended_at: now,
        input_tokens: 10,
        cached_input_tokens: 0,
        cache_write_tokens: 0,
        cache_write_1h_tokens: 0,
        output_tokens: 20,
        reasoning_tokens: 0,
        charge: NanoUsd(700),
        cost: NanoUsd(600),
        request_bytes: 100,
        response_bytes: 200,
        steps: Steps {
            authenticated_us: Some(1),
            asked_us: Some(1),
            screened_us: Some(2),
            redacted_us: Some(2),
            routed_us: Some(2),
            admitted_us: Some(3),
            first_byte_us: Some(4),
            upstream_done_us: Some(5),
            masking_us: None,
        },
        total_us: 6,
        markup_ppm: 0,
        status: 200,
        streamed: false,
        simulated: true,
        surface: "chat.completions".into(),
        outcome: Outcome::Completed,
        usage_source: UsageSource::Reported,
        alias: Some("fast".into()),
        model_served: Some("fast".into()),
        provider: Some("sim".into()),
        code: None,
        note: None,
        request_id: "req".into(),
        upstream_request_id: None,
        client_ip: None,
        user_agent: None,
        agent: None,
        decision: None,
        guard: None,
        origin: None,
    }
}
