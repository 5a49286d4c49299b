//! Real streams and answers: with a rewriter that changes nothing not a byte changes, with one that waits
//! nothing but the cadence, and with one that writes capitals nothing but words.

use std::path::{Path, PathBuf};

use domain::provider::Surface;
use serde_json::Value;

use crate::{ALL, data, hold, leaves, same_but_for_cadence, stream, whole};

/// Members that are no words in any of the files.
const PROTOCOL: [&str; 26] = [
    "call_id",
    "code",
    "data",
    "effort",
    "finish_reason",
    "format",
    "id",
    "item_id",
    "model",
    "name",
    "namespace",
    "object",
    "param",
    "prompt_cache_key",
    "reason",
    "role",
    "safety_identifier",
    "service_tier",
    "signature",
    "status",
    "stop_reason",
    "stop_sequence",
    "system_fingerprint",
    "tool_choice",
    "truncation",
    "type",
];

/// Folders of the dialect's golden files, with the surfaces of client and provider.
fn cases() -> Vec<(PathBuf, Surface, Surface)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dialect/tests/golden");
    let surface = |name: &str| match name {
        "chat" => Surface::Chat,
        "messages" => Surface::Messages,
        _ => Surface::Responses,
    };
    let mut cases: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let mut words = name.split('-');
            let (client, provider) = (words.next().unwrap(), words.next().unwrap());
            (path, surface(client), surface(provider))
        })
        .collect();
    cases.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(cases.len() > 20);
    cases
}

fn streams() -> Vec<(Surface, String)> {
    let mut streams = Vec::new();
    for (path, client, provider) in cases() {
        for (name, surface) in [("stream.txt", provider), ("told.txt", client)] {
            if let Ok(text) = std::fs::read_to_string(path.join(name)) {
                streams.push((surface, text));
            }
        }
    }
    assert!(streams.len() > 20);
    streams
}

fn answers() -> Vec<(Surface, String)> {
    let mut answers = Vec::new();
    for (path, client, provider) in cases() {
        let files =
            [("answer.json", provider), ("given.json", client), ("error_given.json", client)];
        for (name, surface) in files {
            if let Ok(text) = std::fs::read_to_string(path.join(name)) {
                answers.push((surface, text));
            }
        }
    }
    assert!(answers.len() > 20);
    answers
}

#[test]
fn what_is_not_changed_keeps_every_byte() {
    for (surface, text) in streams() {
        assert!(stream(surface, &text, ALL, hold(0, false)) == text, "{surface:?}");
    }
    for (surface, text) in answers() {
        assert!(whole(&text, ALL, false) == text, "{surface:?}");
    }
}

#[test]
fn what_waits_comes_before_its_text_ends() {
    for (surface, text) in streams() {
        for most in 1..20 {
            same_but_for_cadence(surface, &text, &stream(surface, &text, ALL, hold(most, false)));
        }
    }
}

/// Words are in capitals, and nothing else has changed.
fn only_words_changed(came: &Value, went: &Value) {
    let (came, went) = (leaves(came), leaves(went));
    assert_eq!(came.len(), went.len());
    for ((path, before), (other, after)) in came.iter().zip(&went) {
        // The names of a tool's arguments are words of the same JSON.
        assert!(path.join(".").eq_ignore_ascii_case(&other.join(".")));
        let name = path.last().map_or("", |name| &**name);
        let is_schema = path.iter().any(|name| matches!(&**name, "tools" | "text"));
        let is_input = path.iter().any(|name| name == "input");
        if name == "stop_sequence" || (path.len() > 1 && is_schema) {
            continue;
        }
        let is_json = matches!(name, "arguments" | "partial_json")
            || (name == "delta" && before.contains(['{', '}', '"']));
        if PROTOCOL.contains(&name) && !is_input {
            assert_eq!(before, after, "{path:?}");
        } else if is_json {
            assert!(before.eq_ignore_ascii_case(after), "{path:?}");
        } else {
            assert_eq!(&before.to_ascii_uppercase(), after, "{path:?}");
        }
    }
}

#[test]
fn exactly_the_words_change() {
    for (surface, text) in streams() {
        let went = data(&stream(surface, &text, ALL, hold(0, true)));
        let came = data(&text);
        assert_eq!(came.len(), went.len());
        for (came, went) in came.iter().zip(&went).filter(|(came, _)| came.is_object()) {
            only_words_changed(came, went);
        }
        assert_eq!(came.last() == Some(&"[DONE]".into()), went.last() == Some(&"[DONE]".into()));
    }
    for (_, text) in answers() {
        let went = whole(&text, ALL, true);
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        only_words_changed(&value(&text), &value(&went));
    }
}

#[test]
fn reasoning_that_stays_keeps_every_byte() {
    let options = speech::answer::Options { reasoning: false, ..ALL };
    for (surface, text) in streams() {
        let went = data(&stream(surface, &text, options, hold(3, true)));
        let thoughts = |events: &[Value]| -> Vec<(Vec<String>, String)> {
            let thinks = |path: &[String]| {
                path.iter().any(|name| {
                    matches!(&**name, "reasoning" | "reasoning_content" | "thinking" | "summary")
                })
            };
            events.iter().flat_map(leaves).filter(|(path, _)| thinks(path)).collect()
        };
        assert_eq!(thoughts(&data(&text)), thoughts(&went), "{surface:?}");
    }
}
