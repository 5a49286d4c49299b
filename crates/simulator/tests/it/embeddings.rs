//! Embeddings.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{Bench, body};

fn floats(value: &Value) -> Vec<f32> {
    serde_json::from_value(value.clone()).unwrap()
}

#[tokio::test]
async fn vectors_are_deterministic_of_length_one_and_differ_by_text() {
    let bench = Bench::start().await;
    let ask = json!({"model": "sim-embed", "input": ["one text", "another", "one text"]});
    let list = body(bench.post("/v1/embeddings", &ask), 200).await;
    assert_eq!((&list["object"], &list["model"]), (&json!("list"), &json!("sim-embed")));
    let vectors: Vec<_> = (0..3).map(|i| floats(&list["data"][i]["embedding"])).collect();
    assert_eq!(vectors[0], vectors[2]);
    assert_ne!(vectors[0], vectors[1]);
    assert_eq!(vectors[0].len(), 256);
    let length: f32 = vectors[0].iter().map(|x| x * x).sum();
    assert!((length - 1.0).abs() < 1e-4, "{length}");
    assert_eq!(list["usage"], json!({"prompt_tokens": 6, "total_tokens": 6}));
    let bills = bench.bills(1).await;
    assert_eq!((bills[0].prompt_tokens, bills[0].completion_tokens), (6, 0));
    assert!(bills[0].completed);
}

#[tokio::test]
async fn base64_holds_the_same_floats() {
    let bench = Bench::start().await;
    let mut ask = json!({"model": "sim-embed", "input": "text", "dimensions": 8});
    let float = body(bench.post("/v1/embeddings", &ask), 200).await;
    ask["encoding_format"] = json!("base64");
    let encoded = body(bench.post("/v1/embeddings", &ask), 200).await;
    let bytes = STANDARD.decode(encoded["data"][0]["embedding"].as_str().unwrap()).unwrap();
    let decoded: Vec<f32> =
        bytes.as_chunks::<4>().0.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect();
    assert_eq!(decoded, floats(&float["data"][0]["embedding"]));
}

#[tokio::test]
async fn tokens_are_inputs_too_and_nonsense_is_refused() {
    let bench = Bench::start().await;
    let ask =
        |input: Value| bench.post("/v1/embeddings", &json!({"model": "sim-embed", "input": input}));
    assert_eq!(body(ask(json!([1, 2, 3])), 200).await["usage"]["prompt_tokens"], 3);
    let lists = body(ask(json!([[1, 2], [3]])), 200).await;
    assert_eq!(lists["data"].as_array().unwrap().len(), 2);
    for input in [json!([]), json!({"a": 1}), json!(5), json!(null)] {
        let error = body(ask(input.clone()), 400).await;
        assert!(error["error"]["message"].as_str().unwrap().contains("`input`"), "{input}");
    }
}
