//! Nodes that stop, in order or not: nothing is lost and nothing is charged twice.

use std::time::{Duration, Instant};

use gateway::Settings;

use crate::house::{House, hello, open, settings};

#[tokio::test]
async fn b3_holds_of_a_node_that_died_are_released_and_nothing_is_charged() {
    let house = House::new().await;
    let short = Settings {
        hold_seconds: 7,
        call_wait: Duration::from_secs(6),
        drain_wait: Duration::from_millis(100),
        ..settings()
    };
    // A node of its own runtime, which dies without a word.
    let estate = house.estate.clone();
    let (sent, based) = tokio::sync::oneshot::channel();
    let (die, death) = std::sync::mpsc::channel::<()>();
    let node = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let gateway = runtime.block_on(async {
            // A store of its own, so that its connections die with it.
            let mut connection = estate.superuser().await;
            let (port,): (String,) = sqlx::query_as("select current_setting('port')")
                .fetch_one(&mut connection)
                .await
                .unwrap();
            let store = estate.store_through(port.parse().unwrap()).await;
            let gateway = estate
                .gateway_over(store, Settings { reap_every: Duration::from_secs(600), ..short })
                .await;
            sent.send(open(&gateway).await.0).unwrap();
            gateway
        });
        death.recv().unwrap();
        runtime.shutdown_background();
        drop(gateway);
    });
    let base = based.await.unwrap();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let request = house.http.post(format!("{base}/v1/chat/completions"));
            let request = request.bearer_auth(house.key.expose()).body(hello(true).to_string());
            tokio::spawn(request.header("x-simulate", "forever;chunk_delay_ms=300").send())
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(house.estate.transfers().await.len(), 20);
    die.send(()).unwrap();
    node.join().unwrap();
    let calls = house.calls(20).await;
    assert!(
        calls.iter().all(|call| call.outcome == "expired" && call.charge_nano == 0),
        "{calls:#?}"
    );
    let transfers = house.estate.transfers().await;
    assert!(
        transfers.values().all(|rows| rows.len() == 2 && rows[1].kind == "E"),
        "{transfers:#?}"
    );
    house.estate.audit(&calls).await;
}

#[tokio::test]
async fn t22_a_drain_lets_calls_end_and_writes_everything() {
    let house = House::new().await;
    let calls: Vec<_> = (0..30)
        .map(|n| {
            let request = house
                .chat(&hello(n % 2 == 0))
                .header("x-simulate", "latency_ms=5000;chunk_delay_ms=20");
            tokio::spawn(async move { request.send().await.unwrap().bytes().await.unwrap() })
        })
        .collect();
    house.at_provider(30).await;
    assert!(house.gateway.drain(Duration::from_secs(20)).await);
    for call in calls {
        assert!(!call.await.unwrap().is_empty());
    }
    let calls = house.calls(30).await;
    assert!(calls.iter().all(|call| call.outcome == "completed"));
    house.estate.audit(&calls).await;
    let late = house.chat(&hello(false)).send().await.unwrap();
    assert_eq!(late.status(), 503);
    assert_eq!(late.headers()["retry-after"], "1");
}

#[tokio::test]
async fn t22_what_outlasts_the_drain_is_cut_and_settled_by_what_was_delivered() {
    let house = House::new().await;
    let slow = |script: &'static str, streamed| {
        let request = house.chat(&hello(streamed)).header("x-simulate", script);
        tokio::spawn(async move {
            let response = request.send().await?;
            response.bytes().await.map(drop)
        })
    };
    let delivering = slow("hang_after=4", true);
    let silent = slow("hang", false);
    house.at_provider(2).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let begun = Instant::now();
    assert!(!house.gateway.drain(Duration::from_millis(300)).await);
    assert!(begun.elapsed() < Duration::from_secs(8));
    let _ = (delivering.await, silent.await);
    let mut calls = house.calls(2).await;
    calls.sort_by_key(|call| call.charge_nano);
    assert_eq!((calls[0].usage_source.as_str(), calls[0].charge_nano), ("none", 0));
    assert_eq!(calls[1].usage_source, "estimated");
    assert!(calls[1].output_tokens >= 4);
    assert!(calls.iter().all(|call| call.outcome == "timed_out"), "{calls:#?}");
    house.estate.audit(&calls).await;
}

#[tokio::test]
async fn a_full_node_refuses_and_recovers() {
    let house = House::with(Settings { calls_in_flight_max: 4, ..settings() }).await;
    let busy: Vec<_> = (0..4)
        .map(|_| {
            let request = house.chat(&hello(false)).header("x-simulate", "latency_ms=3000");
            tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
        })
        .collect();
    house.at_provider(4).await;
    let refused = house.chat(&hello(false)).send().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["x-should-retry"]),
        (503, &"true".parse().unwrap())
    );
    for call in busy {
        assert_eq!(call.await.unwrap(), 200);
    }
    // A place is free again when its call is settled, which is just after its answer.
    while house.gateway.in_flight() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(house.chat(&hello(false)).send().await.unwrap().status(), 200);
    house.estate.audit(&house.calls(6).await).await;
}

#[tokio::test]
async fn t45_a_slow_database_costs_a_bounded_wait_and_leaves_no_hold_behind() {
    let house = House::with(Settings {
        admit_wait: Duration::from_secs(1),
        call_wait: Duration::from_secs(2),
        drain_wait: Duration::from_secs(1),
        hold_seconds: 4,
        ..settings()
    })
    .await;
    let estate = house.estate.clone();
    let slow = tokio::spawn(async move {
        estate
            .run("begin; lock table app.transfer in access exclusive mode; select pg_sleep(5); commit")
            .await;
    });
    let mut connection = house.estate.superuser().await;
    while !sqlx::query_scalar::<_, bool>(
        "select exists (select from pg_locks l where l.relation = 'app.transfer'::regclass
           and l.database = (select oid from pg_database where datname = current_database())
           and l.mode = 'AccessExclusiveLock' and l.granted)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap()
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let begun = Instant::now();
    let refused = house.chat(&hello(false)).send().await.unwrap();
    assert_eq!(refused.status(), 503);
    assert!(begun.elapsed() < Duration::from_millis(2_500), "{:?}", begun.elapsed());
    slow.await.unwrap();
    while house.chat(&hello(false)).send().await.unwrap().status() != 200 {
        assert!(begun.elapsed() < Duration::from_secs(15), "did not recover");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // The statement that we gave up may have been carried out all the same: then the hold is voided, or
    // it expires.
    while house.estate.transfers().await.values().any(|rows| rows.len() == 1) {
        assert!(begun.elapsed() < Duration::from_secs(25), "a hold is left behind");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let calls: Vec<crate::house::CallRow> =
        sqlx::query_as("select * from app.call").fetch_all(&mut connection).await.unwrap();
    let charged = calls.iter().filter(|call| call.charge_nano > 0).count();
    assert_eq!((charged, house.simulator.totals().bills), (1, 1), "{calls:#?}");
    house.estate.audit(&calls).await;
}
