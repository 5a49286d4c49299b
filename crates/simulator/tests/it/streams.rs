//! Faults of streams.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{Bench, drain, events, parse};

/// The bytes of a stream, as text where they are text, and whether it broke.
async fn stream(bench: &Bench, script: &str) -> (String, bool) {
    let response = bench.chat(script, true).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let (bytes, broken) = drain(response).await;
    (String::from_utf8_lossy(&bytes).into_owned(), broken)
}

fn deltas(text: &str) -> usize {
    text.matches(r#""delta":{"content":"#).count()
}

#[tokio::test]
async fn a_stream_breaks_after_exactly_as_many_deltas_as_asked() {
    let bench = Bench::start().await;
    for (index, wanted) in [0, 1, 4].into_iter().enumerate() {
        let (text, broken) = stream(&bench, &format!("chunks=6;reset_after={wanted}")).await;
        assert!(broken);
        assert_eq!(deltas(&text), wanted, "{text}");
        let bill = bench.bills(index + 1).await.pop().unwrap();
        assert!(bill.streamed && !bill.completed);
        assert_eq!(bill.completion_tokens == 0, wanted == 0);
    }
    let (text, broken) = stream(&bench, "chunks=6;reset_after=2;sse=split,comments").await;
    assert!(broken);
    assert_eq!(deltas(&text), 2, "{text}");
}

#[tokio::test]
async fn a_stream_hangs_after_as_many_deltas_as_asked() {
    let bench = Bench::start().await;
    let request = bench.chat("chunks=6;hang_after=3", true).timeout(Duration::from_secs(1));
    let (bytes, broken) = drain(request.send().await.unwrap()).await;
    assert!(broken);
    assert_eq!(deltas(&String::from_utf8(bytes).unwrap()), 3);
    assert!(!bench.bills(1).await[0].completed);
}

#[tokio::test]
async fn an_error_in_mid_stream_is_an_event_of_the_dialect() {
    let bench = Bench::start().await;
    let frames = events(bench.chat("chunks=6;error_after=2", true)).await;
    assert_eq!(frames.len(), 1 + 2 + 1);
    assert_eq!(parse(&frames[3])["error"]["type"], "server_error");
    assert!(!bench.bills(1).await[0].completed);
}

#[tokio::test]
async fn deltas_come_as_slowly_as_asked() {
    let bench = Bench::start().await;
    let start = Instant::now();
    stream(&bench, "chunks=4;chunk_delay_ms=50").await;
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn t25_a_stream_can_be_written_oddly_and_still_mean_the_same() {
    let bench = Bench::start().await;
    let (plain, _) = stream(&bench, "chunks=4").await;
    for script in ["chunks=4;sse=crlf", "chunks=4;sse=comments", "chunks=4;sse=split,crlf,comments"]
    {
        let (text, broken) = stream(&bench, script).await;
        assert!(!broken);
        assert_eq!(text.contains("\r\n"), script.contains("crlf"));
        assert_eq!(text.contains(": a simulated comment"), script.contains("comments"));
        assert_eq!(contents(&text), contents(&plain), "{script}");
        assert!(text.trim_end().ends_with("data: [DONE]"));
    }
}

#[tokio::test]
async fn t25_a_split_stream_comes_in_pieces_of_a_few_bytes() {
    let bench = Bench::start().await;
    let mut response = bench.chat("chunks=4;sse=split", true).send().await.unwrap();
    let mut sizes = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        sizes.push(chunk.len());
    }
    assert_eq!(sizes[..6], [1, 2, 3, 5, 8, 13]);
    assert!(sizes.iter().all(|size| *size <= 13));
}

#[tokio::test]
async fn t25_a_stream_can_lack_its_end_hold_garbage_or_broken_json() {
    let bench = Bench::start().await;
    let (text, broken) = stream(&bench, "sse=nodone").await;
    assert!(!broken && !text.contains("[DONE]"));
    let (text, _) = stream(&bench, "sse=garbage").await;
    assert!(text.contains("simulated_nonsense") && text.contains('\u{fffd}'));
    assert!(text.contains("[DONE]"));
    let (text, _) = stream(&bench, "broken_sse").await;
    assert!(text.contains("\r\n") && text.contains("{not json") && !text.contains("[DONE]"));
    let frames = events(bench.chat("malformed_json;chunks=5", true)).await;
    let broken = frames[..frames.len() - 1]
        .iter()
        .filter(|data| serde_json::from_str::<Value>(data).is_err());
    assert_eq!(broken.count(), 1);
}

#[tokio::test]
async fn a_stream_can_keep_its_usage_to_itself() {
    let bench = Bench::start().await;
    let (text, _) = stream(&bench, "no_usage").await;
    assert!(!text.contains("prompt_tokens") && text.contains("[DONE]"));
    let (text, _) = stream(&bench, "usage=negative").await;
    assert!(text.contains(r#""prompt_tokens":-5"#));
}

#[tokio::test]
async fn t24_a_stream_can_be_silent_before_its_first_event() {
    let bench = Bench::start().await;
    let start = Instant::now();
    let mut response = bench.chat("silence_ms=2000", true).send().await.unwrap();
    assert!(start.elapsed() < Duration::from_millis(1_900), "{:?}", start.elapsed());
    response.chunk().await.unwrap().unwrap();
    assert!(start.elapsed() >= Duration::from_secs(2));
}

#[tokio::test]
async fn t24_a_stream_can_be_silent_in_its_middle() {
    let bench = Bench::start().await;
    for wanted in [0, 2] {
        let script = format!("chunks=4;silence_after={wanted}:1500");
        let mut response = bench.chat(&script, true).send().await.unwrap();
        let mut before = String::new();
        let quiet = Duration::from_millis(700);
        while let Ok(chunk) = tokio::time::timeout(quiet, response.chunk()).await {
            before.push_str(std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap());
        }
        assert!(before.contains(r#""role":"assistant""#));
        assert_eq!(deltas(&before), wanted, "{before}");
        let (rest, broken) = drain(response).await;
        assert!(!broken && String::from_utf8(rest).unwrap().contains("[DONE]"));
    }
    assert!(bench.bills(2).await.iter().all(|bill| bill.completed));
}

/// The text that a lenient reader puts together.
fn contents(text: &str) -> String {
    text.lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .filter_map(|data| serde_json::from_str::<Value>(data).ok())
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned))
        .collect()
}
