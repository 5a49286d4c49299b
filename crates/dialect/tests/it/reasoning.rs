//! How hard a model is to think, and by which name its answer is bounded, by the model.

use dialect::Wanted;
use domain::provider::Surface;
use serde_json::{Value, json};

use crate::WANTED;

fn sent(client: Surface, provider: Surface, model: &str, body: &Value) -> Value {
    let wanted = Wanted { upstream_model: model, ..WANTED };
    let body = body.to_string();
    let sent = dialect::request(client, provider, body.as_bytes(), &wanted).unwrap().body;
    serde_json::from_slice(&sent).unwrap()
}

fn asked(effort: &str, tokens: u64) -> Value {
    json!({"model": "m", "reasoning_effort": effort, "max_tokens": tokens,
        "messages": [{"role": "user", "content": "Hi"}]})
}

#[test]
fn old_models_of_anthropic_think_within_a_budget_and_new_ones_by_effort() {
    let budgeted = [
        "claude-3-7-sonnet-20250219",
        "claude-opus-4-20250514",
        "claude-sonnet-4",
        "claude-opus-4@20250514",
        "claude-opus-4-1-20250805",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "claude-haiku-4-5",
        "claude-opus-4-5",
    ];
    for model in budgeted {
        let sent = sent(Surface::Chat, Surface::Messages, model, &asked("low", 50_000));
        assert_eq!(sent["thinking"], json!({"type": "enabled", "budget_tokens": 2048}), "{model}");
        assert_eq!(sent["output_config"], Value::Null, "{model}");
    }
    for model in ["claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-4-7", "claude-opus-5", "x"] {
        let sent = sent(Surface::Chat, Surface::Messages, model, &asked("low", 50_000));
        assert_eq!(sent["thinking"], json!({"type": "adaptive"}), "{model}");
        assert_eq!(sent["output_config"], json!({"effort": "low"}), "{model}");
    }
}

#[test]
fn budgets_follow_the_effort_and_leave_room_for_the_answer() {
    let budget = |effort: &str, tokens: u64| {
        let model = "claude-sonnet-4-5";
        sent(Surface::Chat, Surface::Messages, model, &asked(effort, tokens))["thinking"]
            ["budget_tokens"]
            .as_u64()
    };
    let table =
        [("minimal", 1024), ("low", 2048), ("medium", 8192), ("high", 16_384), ("xhigh", 32_768)];
    for (effort, tokens) in table {
        assert_eq!(budget(effort, 100_000), Some(tokens));
        assert_eq!(budget(effort, 1024), None);
        for bound in [1025, 1100, 2000, 9000, 20_000] {
            assert!(budget(effort, bound).unwrap() < bound);
            assert!(budget(effort, bound).unwrap() >= 1024);
        }
    }
    assert_eq!(budget("none", 100_000), None);
    assert_eq!(budget("high", 10_000), Some(8000));
}

#[test]
fn budgets_become_efforts() {
    let effort = |thinking: Value, config: Value| {
        let body = json!({"model": "m", "max_tokens": 64_000, "thinking": thinking,
            "output_config": config, "messages": [{"role": "user", "content": "Hi"}]});
        sent(Surface::Messages, Surface::Responses, "m", &body)["reasoning"].clone()
    };
    let enabled = |tokens: u64| json!({"type": "enabled", "budget_tokens": tokens});
    for (tokens, word) in [(1024, "low"), (4096, "low"), (10_000, "medium"), (31_999, "high")] {
        let came = effort(enabled(tokens), Value::Null);
        assert_eq!(came, json!({"effort": word, "summary": "auto"}));
    }
    assert_eq!(effort(json!({"type": "adaptive"}), Value::Null), json!({"summary": "auto"}));
    let omitted = json!({"type": "adaptive", "display": "omitted"});
    assert_eq!(effort(omitted, json!({"effort": "medium"})), json!({"effort": "medium"}));
    assert_eq!(effort(json!({"type": "disabled"}), json!({"effort": "high"})), Value::Null);
    assert_eq!(effort(Value::Null, json!({"effort": "max"})), json!({"effort": "xhigh"}));
}

#[test]
fn a_model_with_a_budget_does_not_think_while_tools_run() {
    let mut body = asked("high", 50_000);
    body["messages"] = json!([
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c", "content": "ok"},
    ]);
    let old = sent(Surface::Chat, Surface::Messages, "claude-sonnet-4-5", &body);
    assert_eq!(old["thinking"], Value::Null);
    let new = sent(Surface::Chat, Surface::Messages, "claude-opus-4-7", &body);
    assert_eq!(new["thinking"], json!({"type": "adaptive"}));
}

#[test]
fn the_bound_of_an_answer_has_the_name_that_its_model_knows() {
    let body = json!({"model": "m", "input": "Hi", "max_output_tokens": 99});
    for model in ["gpt-5.1", "openai/o3-mini", "o4-mini", "my-gpt-5-deployment"] {
        let sent = sent(Surface::Responses, Surface::Chat, model, &body);
        assert_eq!(sent["max_completion_tokens"], 99, "{model}");
        assert_eq!(sent["max_tokens"], Value::Null, "{model}");
    }
    for model in ["gpt-4o", "llama-3.3-70b", "mistral-large-latest", "gemini-2.5-pro"] {
        let sent = sent(Surface::Responses, Surface::Chat, model, &body);
        assert_eq!(sent["max_tokens"], 99, "{model}");
        assert_eq!(sent["max_completion_tokens"], Value::Null, "{model}");
    }
}
