//! What can be watched, and what must never be seen.

use std::collections::HashSet;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use vault::{Aad, CallBody};

use crate::house::{CANARY, House, hello};

/// Remembers every series there ever was.
#[derive(Clone, Default)]
struct Series(Arc<Mutex<HashSet<String>>>);

impl Series {
    fn all(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, key: &Key) {
        self.all().insert(key.to_string());
    }
}

impl Recorder for Series {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.note(key);
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.note(key);
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.note(key);
        Histogram::noop()
    }
}

#[tokio::test]
async fn t48_no_caller_can_make_a_series() {
    let series = Series::default();
    // Of this thread, on which everything of this test runs.
    let _recording = metrics::set_default_local_recorder(&series);
    let house = House::new().await;
    for n in 0..300 {
        let mut body = hello(n % 2 == 0);
        body["model"] = format!("model-{n}").into();
        let request = house.chat(&body).header("user-agent", format!("agent-{n}"));
        request.header("x-request-id", format!("request-{n}")).send().await.unwrap();
        let path = format!("/v1/route-{n}");
        house.post(&path).send().await.unwrap();
    }
    house.chat(&hello(false)).send().await.unwrap();
    house.calls(601).await;
    let series = series.all();
    assert!((10..120).contains(&series.len()), "{series:#?}");
    let chosen = |name: &&String| {
        ["model-", "agent-", "request-", "route-", "acme"].iter().any(|word| name.contains(word))
    };
    assert_eq!(series.iter().find(chosen), None);
}

/// A log that is kept.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Keeps everything that this thread logs. It must be the one on which all of a test runs.
    pub fn keep(&self) -> tracing::subscriber::DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    /// What there is so far. A copy: whoever logs must not wait for us.
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[tokio::test]
async fn t34_a_providers_key_is_nowhere_after_a_run_of_faults() {
    let log = Log::default();
    let _logging = log.keep();
    let house = House::patient(crate::house::settings()).await;
    let mut answers = Vec::new();
    let scripts = [
        "",
        "status=401",
        "status=500",
        "reset",
        "truncate",
        "malformed_json",
        "error_after=2",
        "broken_sse",
    ];
    for script in scripts {
        for streamed in [false, true] {
            let request = house.chat(&hello(streamed)).header("x-simulate", script);
            let response = request.send().await.unwrap();
            answers.push(format!("{:?}", response.headers()));
            answers.push(
                String::from_utf8_lossy(&response.bytes().await.unwrap_or_default()).into_owned(),
            );
        }
    }
    let mut dead = hello(false);
    dead["model"] = "dead".into();
    answers.push(house.chat(&dead).send().await.unwrap().text().await.unwrap());
    house.calls(scripts.len() * 2 + 1).await;
    let key = house.key.expose();
    let random = &key[8..30];
    for answer in &answers {
        assert!(!answer.contains(CANARY) && !answer.contains(random), "{answer}");
    }
    let text = log.text();
    assert!(text.contains("tokenone") || text.contains("gateway"), "nothing was logged");
    let found = |word: &str| text.lines().find(|line| line.contains(word)).map(str::to_owned);
    assert_eq!(found(CANARY), None);
    assert_eq!(found(random), None);
    assert_eq!(found("Hello, who is there?"), None, "a prompt is in the log");
    nothing_in_the_database(&house, &[CANARY, random, "Hello, who is there?"]).await;
}

/// Checks that no table has any of these words.
pub async fn nothing_in_the_database(house: &House, words: &[&str]) {
    let mut connection = house.estate.superuser().await;
    let tables: Vec<(String,)> = sqlx::query_as(
        "select format('%I.%I', schemaname, tablename) from pg_tables
         where schemaname not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for (table,) in tables {
        for word in words {
            // A bytea is shown in hexadecimal, so both spellings are looked for.
            let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
            let sql = format!(
                "select count(*) from {table} t where t::text like '%{word}%' or t::text like '%{hex}%'"
            );
            let (count,): (i64,) =
                sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
            assert_eq!(count, 0, "{table}");
        }
    }
}

#[tokio::test]
async fn prompt_and_answer_are_kept_sealed_and_open_at_their_place() {
    let house = House::new().await;
    let body = hello(true).to_string();
    let request = house.post("/v1/chat/completions").body(body.clone());
    let answer = request.send().await.unwrap().bytes().await.unwrap();
    let call = house.call().await;
    let mut connection = house.estate.superuser().await;
    let (request, response): (Vec<u8>, Vec<u8>) =
        sqlx::query_as("select request, response from app.call_payload where call_id = $1")
            .bind(call.id)
            .fetch_one(&mut connection)
            .await
            .unwrap();
    let estate = &house.estate;
    let place = |body| {
        Aad::call_payload(
            estate.ring.deployment(),
            estate.tenant,
            estate.project,
            call.id.into(),
            body,
        )
    };
    let opened = estate.ring.open(&place(CallBody::Request), &request).await.unwrap();
    assert_eq!(*opened, body.as_bytes());
    let opened = estate.ring.open(&place(CallBody::Response), &response).await.unwrap();
    assert_eq!(*opened, answer);
    assert!(estate.ring.open(&place(CallBody::Request), &response).await.is_err());
}
