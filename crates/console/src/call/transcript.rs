//! Reading stored bodies as a conversation, where they are one.
//!
//! The bodies are a stranger's: whatever cannot be read is left out and never an error, and what is no
//! text is described in brackets.

use std::collections::BTreeMap;

use contract::call::Turn;
use serde_json::Value;

/// Turns that are shown at most: a page with more helps nobody.
const TURNS_MAX: usize = 1_000;

/// The turns of a request and its answer, in order.
pub(crate) fn turns(request: &str, response: &str) -> Vec<Turn> {
    let mut turns = Vec::new();
    if let Ok(body) = serde_json::from_str::<Value>(request) {
        asked(&body, &mut turns);
    }
    match serde_json::from_str::<Value>(response) {
        Ok(body) => answered(&body, &mut turns),
        Err(_) => streamed(response, &mut turns),
    }
    turns.truncate(TURNS_MAX);
    turns
}

/// What a request says: chat messages, or a prompt, or texts to embed.
fn asked(body: &Value, turns: &mut Vec<Turn>) {
    for message in array(&body["messages"]).take(TURNS_MAX) {
        let role = match message["role"].as_str().unwrap_or_default() {
            "system" | "developer" => "system",
            "assistant" => "assistant",
            "tool" | "function" => "tool",
            _ => "user",
        };
        push(turns, role, message_text(message));
    }
    for field in ["prompt", "input"] {
        match &body[field] {
            Value::String(text) => push(turns, "user", text.clone()),
            Value::Array(items) => {
                for item in items.iter().take(TURNS_MAX) {
                    push(turns, "user", item_text(item));
                }
            }
            _ => {}
        }
    }
}

/// One element of a prompt: a text, or tokens by number.
fn item_text(item: &Value) -> String {
    match item {
        Value::String(text) => text.clone(),
        Value::Array(tokens) => format!("[{} tokens by number]", tokens.len()),
        Value::Number(_) => "[a token by number]".into(),
        _ => "[no text]".into(),
    }
}

/// What an answer in one piece says.
fn answered(body: &Value, turns: &mut Vec<Turn>) {
    for choice in array(&body["choices"]) {
        match &choice["text"] {
            Value::String(text) => push(turns, "assistant", text.clone()),
            _ => push(turns, "assistant", message_text(&choice["message"])),
        }
    }
    let vectors = array(&body["data"]).filter(|item| !item["embedding"].is_null()).count();
    if vectors > 0 {
        let noun = if vectors == 1 { "vector" } else { "vectors" };
        push(turns, "assistant", format!("[{vectors} {noun}]"));
    }
}

/// One message: its parts, a refusal, and the tools it calls.
fn message_text(message: &Value) -> String {
    let mut parts = Vec::new();
    match &message["content"] {
        Value::String(text) => parts.push(text.clone()),
        Value::Array(content) => parts.extend(content.iter().map(part_text)),
        _ => {}
    }
    if let Some(refusal) = message["refusal"].as_str() {
        parts.push(format!("[refused] {refusal}"));
    }
    for call in array(&message["tool_calls"])
        .map(|call| &call["function"])
        .chain(Some(&message["function_call"]).filter(|call| call.is_object()))
    {
        let text = |field: &str| call[field].as_str().unwrap_or_default();
        parts.push(tool_text(text("name"), text("arguments")));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// One part of a message that has several.
fn part_text(part: &Value) -> String {
    let kind = part["type"].as_str().unwrap_or("unknown");
    match kind {
        "text" | "input_text" | "output_text" => part["text"].as_str().unwrap_or_default().into(),
        "refusal" => format!("[refused] {}", part["refusal"].as_str().unwrap_or_default()),
        "image_url" => match part["image_url"]["url"].as_str() {
            Some(url) if !url.starts_with("data:") => format!("[image {url}]"),
            Some(url) => format!("[image, {} characters inline]", url.len()),
            None => "[image]".into(),
        },
        "input_audio" => "[audio]".into(),
        "file" => "[file]".into(),
        other => format!("[{other}]"),
    }
}

fn tool_text(name: &str, arguments: &str) -> String {
    format!("[calls {name}({arguments})]")
}

/// What a streamed answer says, put together from its deltas. The last event may be cut off.
fn streamed(text: &str, turns: &mut Vec<Turn>) {
    let mut choices: BTreeMap<u64, Said> = BTreeMap::new();
    for line in text.lines() {
        let Some(data) = line.strip_prefix("data:") else { continue };
        let Ok(event) = serde_json::from_str::<Value>(data.trim_start()) else { continue };
        for choice in array(&event["choices"]) {
            let index = choice["index"].as_u64().unwrap_or(0);
            // A stream that claims ever more choices is not one of a provider.
            if choices.len() < TURNS_MAX || choices.contains_key(&index) {
                choices.entry(index).or_default().hear(choice);
            }
        }
    }
    for said in choices.into_values() {
        push(turns, "assistant", said.text());
    }
}

/// One choice of a stream, as far as it was heard.
#[derive(Default)]
struct Said {
    content: String,
    refusal: String,
    /// Name and arguments, by the tool call's place.
    tools: BTreeMap<u64, (String, String)>,
}

impl Said {
    fn hear(&mut self, choice: &Value) {
        let delta = &choice["delta"];
        self.content.push_str(delta["content"].as_str().unwrap_or_default());
        self.content.push_str(choice["text"].as_str().unwrap_or_default());
        self.refusal.push_str(delta["refusal"].as_str().unwrap_or_default());
        for call in array(&delta["tool_calls"]) {
            let index = call["index"].as_u64().unwrap_or(0);
            let (name, arguments) = self.tools.entry(index).or_default();
            name.push_str(call["function"]["name"].as_str().unwrap_or_default());
            arguments.push_str(call["function"]["arguments"].as_str().unwrap_or_default());
        }
    }

    fn text(self) -> String {
        let mut parts = vec![self.content];
        if !self.refusal.is_empty() {
            parts.push(format!("[refused] {}", self.refusal));
        }
        parts.extend(self.tools.into_values().map(|(name, args)| tool_text(&name, &args)));
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn push(turns: &mut Vec<Turn>, role: &str, text: String) {
    turns.push(Turn { role: role.into(), text });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(request: &str, response: &str) -> Vec<(String, String)> {
        turns(request, response).into_iter().map(|turn| (turn.role, turn.text)).collect()
    }

    fn said(role: &str, text: &str) -> (String, String) {
        (role.into(), text.into())
    }

    #[test]
    fn a_chat_reads_as_its_turns() {
        let request = r#"{"messages":[
            {"role":"developer","content":"Be brief."},
            {"role":"user","content":[{"type":"text","text":"What is this?"},
              {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
            {"role":"assistant","content":null,
              "tool_calls":[{"function":{"name":"look","arguments":"{\"at\":1}"}}]},
            {"role":"tool","content":"a cat"}]}"#;
        let response = r#"{"choices":[{"message":{"role":"assistant","content":"A cat."}}]}"#;
        assert_eq!(
            read(request, response),
            [
                said("system", "Be brief."),
                said("user", "What is this?\n[image, 26 characters inline]"),
                said("assistant", "[calls look({\"at\":1})]"),
                said("tool", "a cat"),
                said("assistant", "A cat."),
            ]
        );
    }

    #[test]
    fn a_stream_is_put_together_and_may_be_cut_off() {
        let stream = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n\
            : keep-alive\n\n\
            data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\r\n\r\n\
            data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\
              \"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}\n\n\
            data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\
              \"function\":{\"arguments\":\"}\"}}]}}]}\n\n\
            data: [DONE]\n\ndata: {\"choices\":[{\"ind";
        assert_eq!(read("", stream), [said("assistant", "Hello\n[calls f({})]")]);
    }

    #[test]
    fn embeddings_and_prompts_are_described() {
        assert_eq!(
            read(r#"{"input":["a",[1,2]]}"#, r#"{"data":[{"embedding":[0.1]}]}"#),
            [
                said("user", "a"),
                said("user", "[2 tokens by number]"),
                said("assistant", "[1 vector]")
            ]
        );
        assert_eq!(
            read(r#"{"prompt":"Once"}"#, r#"{"choices":[{"text":" upon"}]}"#),
            [said("user", "Once"), said("assistant", " upon")]
        );
    }

    #[test]
    fn what_cannot_be_read_gives_no_turns() {
        for body in ["", "no", "[]", "null", "1", "{\"messages\":5}", "data: x", "{\"choices\":{}}"]
        {
            assert_eq!(read(body, body), []);
        }
    }
}
