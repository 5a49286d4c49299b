//! What the target cannot say is refused by its path; what changes nothing is not.

use domain::provider::Surface::{self, Chat, Messages, Responses};
use serde_json::{Value, json};

use crate::WANTED;

/// A plain request with some fields more, or instead.
fn body(client: Surface, more: &Value) -> Value {
    let mut body = match client {
        Chat => json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]}),
        Responses => json!({"model": "m", "input": "Hi"}),
        _ => {
            json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]})
        }
    };
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn refusal(client: Surface, provider: Surface, more: &Value) -> Option<String> {
    let body = body(client, more).to_string();
    let sent = dialect::request(client, provider, body.as_bytes(), &WANTED);
    sent.err().map(|unsupported| {
        assert!(!unsupported.reason.is_empty());
        unsupported.field
    })
}

fn user(part: Value) -> Value {
    json!({"messages": [{"role": "user", "content": [part]}]})
}

#[test]
fn what_the_target_cannot_say_is_refused_by_its_path() {
    let chat_image = |url: &str| user(json!({"type": "image_url", "image_url": {"url": url}}));
    let block = |source: Value| user(json!({"type": "document", "source": source}));
    let cases: Vec<(Surface, Surface, Value, &str)> = vec![
        (Chat, Messages, json!({"temperature": 1.2}), "temperature"),
        (Chat, Messages, json!({"temperature": "warm"}), "temperature"),
        (Chat, Messages, json!({"seed": 7}), "seed"),
        (Chat, Responses, json!({"seed": 7}), "seed"),
        (Chat, Messages, json!({"n": 2}), "n"),
        (Chat, Responses, json!({"n": 2}), "n"),
        (Chat, Messages, json!({"logprobs": true}), "logprobs"),
        (Chat, Responses, json!({"top_logprobs": 3}), "top_logprobs"),
        (Chat, Messages, json!({"presence_penalty": 0.5}), "presence_penalty"),
        (Chat, Responses, json!({"frequency_penalty": -0.5}), "frequency_penalty"),
        (Chat, Messages, json!({"logit_bias": {"50256": -100}}), "logit_bias"),
        (Chat, Responses, json!({"stop": ["x"]}), "stop"),
        (Chat, Responses, json!({"stop": "x"}), "stop"),
        (Chat, Messages, json!({"response_format": {"type": "json_object"}}), "response_format"),
        (Chat, Messages, json!({"service_tier": "flex"}), "service_tier"),
        (Chat, Messages, json!({"modalities": ["text", "audio"]}), "modalities[1]"),
        (Chat, Messages, json!({"web_search_options": {"x": 1}}), "web_search_options"),
        (Chat, Messages, json!({"functions": [{"name": "f"}]}), "functions"),
        (Chat, Messages, json!({"something_new": 1}), "something_new"),
        (Chat, Messages, json!({"reasoning_effort": "heroic"}), "reasoning_effort"),
        (Chat, Messages, json!({"tools": [{"type": "web_search"}]}), "tools[0].type"),
        (
            Chat,
            Messages,
            json!({"tools": [{"type": "function", "function": {"name": "f", "parameters": 7}}]}),
            "tools[0].function.parameters",
        ),
        (Chat, Messages, json!({"tool_choice": {"type": "allowed_tools"}}), "tool_choice.type"),
        (Chat, Messages, chat_image("ftp://x"), "messages[0].content[0].image_url.url"),
        (
            Chat,
            Messages,
            chat_image("data:image/bmp;base64,AA=="),
            "messages[0].content[0].image_url.url",
        ),
        (Chat, Messages, chat_image("data:image/png,x"), "messages[0].content[0].image_url.url"),
        (
            Chat,
            Messages,
            user(json!({"type": "input_audio", "input_audio": {}})),
            "messages[0].content[0].type",
        ),
        (
            Chat,
            Responses,
            user(json!({"type": "file", "file": {"file_id": "file-1"}})),
            "messages[0].content[0].file.file_id",
        ),
        (Chat, Messages, json!({"messages": [{"role": "system", "content": "x"}]}), "messages"),
        (Chat, Messages, json!({"messages": [{"role": "assistant", "content": "x"}]}), "messages"),
        (
            Chat,
            Messages,
            json!({"messages": [{"role": "bard", "content": "x"}]}),
            "messages[0].role",
        ),
        (
            Chat,
            Messages,
            json!({"messages": [{"role": "user", "content": "x", "mood": "sad"}]}),
            "messages[0].mood",
        ),
        (Chat, Messages, json!({"messages": "Hi"}), "messages"),
        (Chat, Messages, json!({"model": null}), "model"),
        (Responses, Chat, json!({"previous_response_id": "resp_1"}), "previous_response_id"),
        (Responses, Messages, json!({"conversation": "conv_1"}), "conversation"),
        (Responses, Chat, json!({"background": true}), "background"),
        (Responses, Chat, json!({"prompt": {"id": "p"}}), "prompt"),
        (Responses, Chat, json!({"truncation": "auto"}), "truncation"),
        (Responses, Chat, json!({"include": ["message.output_text.logprobs"]}), "include[0]"),
        (Responses, Chat, json!({"tools": [{"type": "web_search"}]}), "tools[0].type"),
        (
            Responses,
            Messages,
            json!({"tools": [{"type": "custom", "name": "x"}, {"type": "mcp"}]}),
            "tools[1].type",
        ),
        (Responses, Chat, json!({"tools": [{"type": "local_shell"}]}), "tools[0].type"),
        (
            Responses,
            Chat,
            json!({"tools": [{"type": "function", "name": "f"},
                {"type": "web_search", "external_web_access": true}]}),
            "tools[1].type",
        ),
        (
            Responses,
            Chat,
            json!({"tools": [{"type": "web_search", "external_web_access": false}]}),
            "tools[0].type",
        ),
        (
            Responses,
            Chat,
            json!({"tools": [{"type": "function", "name": "a__b"},
                {"type": "namespace", "name": "a", "tools": [{"type": "function", "name": "b"}]}]}),
            "tools",
        ),
        (
            Responses,
            Chat,
            json!({"tools": [{"type": "namespace", "name": "a", "tools": [{"type": "mcp"}]}]}),
            "tools[0].tools[0].type",
        ),
        (Responses, Chat, json!({"tool_choice": {"type": "file_search"}}), "tool_choice.type"),
        (
            Responses,
            Chat,
            json!({"input": [{"type": "item_reference", "id": "x"}]}),
            "input[0].type",
        ),
        (Responses, Chat, json!({"input": [{"id": "x"}]}), "input[0].type"),
        (
            Responses,
            Chat,
            json!({"input": [{"type": "web_search_call", "id": "x"}]}),
            "input[0].type",
        ),
        (
            Responses,
            Chat,
            json!({"input": [{"role": "user", "content": [
                {"type": "input_file", "file_url": "https://example.org/a.pdf"}]}]}),
            "input[0].content[0].file_url",
        ),
        (
            Responses,
            Messages,
            json!({"input": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]}),
            "input[0].content[0].file_id",
        ),
        (Responses, Messages, json!({"text": {"format": {"type": "json_object"}}}), "text.format"),
        (Responses, Messages, json!({"top_logprobs": 2}), "top_logprobs"),
        (Messages, Chat, json!({"top_k": 5}), "top_k"),
        (Messages, Responses, json!({"stop_sequences": ["x"]}), "stop_sequences"),
        (Messages, Chat, json!({"max_tokens": 0}), "max_tokens"),
        (Messages, Chat, json!({"max_tokens": null}), "max_tokens"),
        (Messages, Chat, json!({"container": "c"}), "container"),
        (Messages, Chat, json!({"mcp_servers": [{"name": "s"}]}), "mcp_servers"),
        (Messages, Chat, json!({"inference_geo": "eu"}), "inference_geo"),
        (Messages, Chat, json!({"speed": "fast"}), "speed"),
        (
            Messages,
            Chat,
            json!({"context_management": {"edits": [{"type": "compact_20260112"}]}}),
            "context_management.edits[0].type",
        ),
        (
            Messages,
            Chat,
            json!({"output_config": {"task_budget": {"total": 1}}}),
            "output_config.task_budget",
        ),
        (Messages, Chat, json!({"thinking": {"type": "deep"}}), "thinking.type"),
        (
            Messages,
            Chat,
            json!({"tools": [{"name": "a", "input_schema": {}}, {"type": "bash_20250124", "name": "bash"}]}),
            "tools[1].type",
        ),
        // Without any tool to find, there is nothing that stands for a search for tools.
        (
            Messages,
            Chat,
            json!({"tools": [{"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"}]}),
            "tools[0].type",
        ),
        (
            Messages,
            Chat,
            block(json!({"type": "file", "file_id": "f"})),
            "messages[0].content[0].source.type",
        ),
        (
            Messages,
            Chat,
            block(json!({"type": "url", "url": "https://example.org/a.pdf"})),
            "messages[0].content[0].source",
        ),
        (
            Messages,
            Chat,
            user(json!({"type": "document", "citations": {"enabled": true},
                "source": {"type": "text", "media_type": "text/plain", "data": "x"}})),
            "messages[0].content[0].citations.enabled",
        ),
        (
            Messages,
            Chat,
            json!({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": [
                {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}]}]}),
            "messages[1].content[0].type",
        ),
        (
            Messages,
            Chat,
            json!({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Well,"}]}),
            "messages",
        ),
    ];
    for (client, provider, more, field) in cases {
        let came = refusal(client, provider, &more);
        assert_eq!(came.as_deref(), Some(field), "{client:?} to {provider:?}: {more}");
    }
}

#[test]
fn what_changes_nothing_is_not_refused() {
    let cases: Vec<(Surface, Surface, Value)> = vec![
        (
            Chat,
            Messages,
            json!({"n": 1, "logprobs": false, "seed": null, "stop": null, "stop": []}),
        ),
        (Chat, Messages, json!({"presence_penalty": 0, "frequency_penalty": 0.0, "functions": []})),
        (Chat, Messages, json!({"modalities": ["text"], "response_format": {"type": "text"}})),
        (
            Chat,
            Responses,
            json!({"store": true, "metadata": {"a": "b"}, "prediction": {"type": "content"}}),
        ),
        (
            Chat,
            Messages,
            json!({"messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Yes?", "audio": null, "function_call": null,
             "annotations": [], "reasoning_details": [{"type": "x"}], "provider_specific_fields": {"a": 1}},
            {"role": "user", "content": "Bye"}]}),
        ),
        (Responses, Chat, json!({"store": true, "truncation": "disabled", "background": false})),
        (
            Responses,
            Messages,
            json!({"include": ["reasoning.encrypted_content"], "max_tool_calls": 3,
            "prompt_cache_key": "k", "client_metadata": {"a": "b"}, "stream_options": {"include_obfuscation": false}}),
        ),
        (
            Responses,
            Messages,
            json!({"input": [
            {"type": "message", "role": "user", "content": "Hi"},
            {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "phase": "commentary",
             "content": [{"type": "output_text", "text": "Yes", "annotations": [], "logprobs": []}]},
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x", "status": "completed"},
            {"role": "user", "content": "Bye"}]}),
        ),
        (
            Messages,
            Chat,
            json!({"cache_control": {"type": "ephemeral"}, "mcp_servers": [], "speed": "standard"}),
        ),
        (
            Messages,
            Responses,
            json!({"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}]}),
        ),
        (
            Messages,
            Chat,
            json!({"messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "x", "signature": "y"},
                {"type": "redacted_thinking", "data": "z"},
                {"type": "tool_use", "id": "t", "name": "f", "input": {}, "caller": {"type": "direct"}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]}]}),
        ),
    ];
    for (client, provider, more) in cases {
        assert_eq!(refusal(client, provider, &more), None, "{client:?} to {provider:?}: {more}");
    }
}

#[test]
fn a_body_that_is_none_is_refused_as_a_whole() {
    for body in [&b""[..], b"[]", b"7", b"{", b"\xff", b"{\"model\":\"m\"} x"] {
        for client in [Chat, Responses, Messages] {
            let refused = dialect::request(client, Messages, body, &WANTED).unwrap_err();
            assert_eq!(refused.field, "");
        }
    }
    let twice = br#"{"model":"m","input":"Hi","input":"Bye"}"#;
    let refused = dialect::request(Responses, Chat, twice, &WANTED).unwrap_err();
    assert_eq!(refused.field, "input");
    assert!(dialect::request(Surface::Embeddings, Chat, b"{}", &WANTED).is_err());
    assert!(dialect::speaks(Chat) && !dialect::speaks(Surface::CountTokens));
}

#[test]
fn t32_a_schema_arrives_with_its_very_bytes() {
    let schema = "{ \"type\":\"object\",\n \"properties\": {\"z\":{}, \"a\": {\"const\": 12345678901234567890.10}} }";
    let body = format!(
        r#"{{"model":"m","messages":[{{"role":"user","content":"Hi"}}],"tools":[{{"type":"function","function":{{"name":"f","parameters":{schema}}}}}]}}"#
    );
    for provider in [Responses, Messages] {
        let sent = dialect::request(Chat, provider, body.as_bytes(), &WANTED).unwrap().body;
        assert!(String::from_utf8(sent).unwrap().contains(schema));
    }
}
