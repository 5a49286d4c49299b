//! The shapes of OpenAI's older completions.

use serde_json::{Value, json};
use simulator::{Endpoint, OPENING};

use crate::{Bench, body, events, parse};

const PATH: &str = "/v1/completions";

#[tokio::test]
async fn a_whole_completion_has_the_published_shape() {
    let bench = Bench::start().await;
    let ask = json!({"model": "sim-small", "prompt": "Once upon a time", "max_tokens": 100});
    let answer = body(bench.post(PATH, &ask), 200).await;
    assert_eq!(answer["object"], "text_completion");
    assert!(answer["id"].as_str().unwrap().starts_with("cmpl-"));
    let choice = &answer["choices"][0];
    assert_eq!((&choice["index"], &choice["logprobs"]), (&json!(0), &Value::Null));
    assert_eq!(choice["finish_reason"], "stop");
    assert!(choice["text"].as_str().unwrap().starts_with(OPENING));
    let bill = bench.bills(1).await.remove(0);
    assert_eq!((bill.endpoint, bill.prompt_tokens), (Endpoint::Completions, 4));
    assert_eq!(answer["usage"]["prompt_tokens"], 4);
    assert_eq!(answer["usage"]["completion_tokens"], bill.completion_tokens);
}

#[tokio::test]
async fn a_streamed_completion_tells_its_usage_to_who_asks() {
    let bench = Bench::start().await;
    for include_usage in [true, false] {
        let ask = json!({
            "model": "sim-small", "prompt": ["Once upon a time"], "max_tokens": 100, "stream": true,
            "stream_options": {"include_usage": include_usage},
        });
        let request = bench.post(PATH, &ask).header("x-simulate", "chunks=3");
        let frames = events(request).await;
        assert_eq!(frames.last().unwrap(), "[DONE]");
        let chunks: Vec<Value> =
            frames[..frames.len() - 1].iter().map(|data| parse(data)).collect();
        assert_eq!(chunks.len(), 3 + 1 + usize::from(include_usage));
        let text: String =
            chunks.iter().filter_map(|chunk| chunk["choices"][0]["text"].as_str()).collect();
        assert!(text.starts_with(OPENING));
        assert_eq!(chunks[3]["choices"][0]["finish_reason"], "stop");
        assert_eq!(chunks[0].get("usage").is_some(), include_usage);
        if include_usage {
            assert_eq!(chunks[4]["choices"], json!([]));
            assert_eq!(chunks[4]["usage"]["prompt_tokens"], 4);
        }
    }
}

#[tokio::test]
async fn sixteen_tokens_are_the_limit_of_who_names_none() {
    let bench = Bench::start().await;
    let ask = json!({"model": "sim-large", "prompt": [1, 2, 3]});
    let answer = body(bench.post(PATH, &ask), 200).await;
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    assert_eq!(answer["usage"]["completion_tokens"], 16);
    assert_eq!(answer["usage"]["prompt_tokens"], 3);
    for prompt in [json!(["a", "b"]), json!({"a": 1}), Value::Null] {
        let ask = json!({"model": "sim-large", "prompt": prompt});
        let error = body(bench.post(PATH, &ask), 400).await;
        assert!(error["error"]["message"].as_str().unwrap().contains("`prompt`"), "{error}");
    }
}
