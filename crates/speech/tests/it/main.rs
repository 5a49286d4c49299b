//! Tests of where words stand, and of how they are rewritten.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod edges;
mod golden;
mod grown;
mod heard;
mod kept;
mod sturdy;
mod words;

use std::collections::BTreeMap;

use domain::provider::Surface;
use serde_json::Value;
use speech::answer::{Options, Rewriter, Stream, Writing};
use speech::sse::{Event, Splitter};

/// Everything is rewritten, and nothing taken out.
pub const ALL: Options = Options { logprobs: true, reasoning: true };

/// Holds back the last characters; and writes words in capitals, where it is to.
pub struct Hold {
    most: usize,
    capitals: bool,
    /// Within JSON: whether it stands in a string, and how much of an escape is to come.
    json: Option<(bool, usize)>,
    held: Vec<char>,
}

impl Hold {
    fn written(&mut self, character: char) -> char {
        if !self.capitals {
            return character;
        }
        let Some((in_string, escape)) = &mut self.json else {
            return character.to_ascii_uppercase();
        };
        if *escape > 0 {
            *escape -= 1;
            if *escape == 0 && character == 'u' {
                *escape = 4;
            }
            return character;
        }
        match character {
            '"' => *in_string = !*in_string,
            '\\' => *escape = 1,
            _ if *in_string => return character.to_ascii_uppercase(),
            _ => {}
        }
        character
    }
}

impl Rewriter for Hold {
    fn push(&mut self, piece: &str) -> String {
        for character in piece.chars() {
            let written = self.written(character);
            self.held.push(written);
        }
        let ready = self.held.len().saturating_sub(self.most);
        self.held.drain(..ready).collect()
    }

    fn finish(&mut self) -> String {
        self.held.drain(..).collect()
    }
}

/// Rewriters that hold back so many characters.
pub fn hold(most: usize, capitals: bool) -> impl FnMut(Writing) -> Hold {
    move |writing| Hold {
        most,
        capitals,
        json: (writing == Writing::Json).then_some((false, 0)),
        held: Vec::new(),
    }
}

pub fn whole(body: &str, options: Options, capitals: bool) -> String {
    let answer = speech::answer::whole(body.as_bytes(), options, &mut hold(0, capitals)).unwrap();
    String::from_utf8(answer.into_owned()).unwrap()
}

pub fn stream(
    surface: Surface,
    text: &str,
    options: Options,
    mut begin: impl FnMut(Writing) -> Hold,
) -> String {
    let mut stream = Stream::new(surface, options);
    let mut out = Vec::new();
    for event in events(text) {
        stream.event(&event, &mut begin, &mut out);
    }
    stream.end(&mut out);
    String::from_utf8(out).unwrap()
}

pub fn events(text: &str) -> Vec<Event> {
    let mut splitter = Splitter::default();
    splitter.push(text.as_bytes());
    let mut events = Vec::new();
    while let Some(event) = splitter.next_event().unwrap() {
        events.push(event);
    }
    events.extend(splitter.finish());
    events
}

/// What the events say, as JSON; what is none, as a text.
pub fn data(text: &str) -> Vec<Value> {
    let data = events(text).into_iter().filter_map(|event| {
        let data = String::from_utf8(event.data()?.into_owned()).unwrap();
        Some(serde_json::from_str(&data).unwrap_or(Value::String(data)))
    });
    data.collect()
}

/// The string leaves of a value with the names above them.
pub fn leaves(value: &Value) -> Vec<(Vec<String>, String)> {
    fn walk(value: &Value, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, String)>) {
        match value {
            Value::String(text) => found.push((path.clone(), text.clone())),
            Value::Array(list) => list.iter().for_each(|value| walk(value, path, found)),
            Value::Object(members) => {
                for (name, value) in members {
                    path.push(name.clone());
                    walk(value, path, found);
                    path.pop();
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, &mut Vec::new(), &mut found);
    found
}

/// The texts that grow over the events, by where they belong.
pub fn grown(surface: Surface, events: &[Value]) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let mut more = |key: String, text: Option<&str>| {
        if let Some(text) = text {
            texts.entry(key).or_insert_with(String::new).push_str(text);
        }
    };
    for event in events {
        match surface {
            Surface::Messages if event["type"] == "content_block_delta" => {
                for name in ["text", "thinking", "partial_json"] {
                    more(format!("{} {name}", event["index"]), event["delta"][name].as_str());
                }
            }
            Surface::Responses => {
                let place = ["type", "item_id", "output_index", "content_index", "summary_index"];
                let key: Vec<String> = place.iter().map(|name| event[name].to_string()).collect();
                more(key.join(" "), event["delta"].as_str());
            }
            Surface::Chat | Surface::Completions => {
                for choice in event["choices"].as_array().into_iter().flatten() {
                    let index = &choice["index"];
                    more(format!("{index} text"), choice["text"].as_str());
                    for name in ["content", "reasoning_content", "reasoning", "refusal"] {
                        more(format!("{index} {name}"), choice["delta"][name].as_str());
                    }
                    for call in choice["delta"]["tool_calls"].as_array().into_iter().flatten() {
                        let key = format!("{index} call {}", call["index"]);
                        more(key, call["function"]["arguments"].as_str());
                    }
                }
            }
            _ => {}
        }
    }
    texts.retain(|_, text| !text.is_empty());
    texts
}

/// An event without the texts that grow and without its number.
fn bare(surface: Surface, event: &Value) -> Value {
    let mut event = event.clone();
    let blank = |value: Option<&mut Value>| {
        if let Some(Value::String(text)) = value {
            text.clear();
        }
    };
    match surface {
        Surface::Messages if event["type"] == "content_block_delta" => {
            for name in ["text", "thinking", "partial_json"] {
                blank(event["delta"].get_mut(name));
            }
        }
        Surface::Responses => {
            blank(event.get_mut("delta"));
            if let Some(fields) = event.as_object_mut() {
                fields.remove("sequence_number");
            }
        }
        _ => {
            let choices = event.get_mut("choices").and_then(Value::as_array_mut);
            for choice in choices.into_iter().flatten() {
                blank(choice.get_mut("text"));
                let Some(delta) = choice.get_mut("delta") else { continue };
                for name in ["content", "reasoning_content", "reasoning", "refusal"] {
                    blank(delta.get_mut(name));
                }
                let calls = delta.get_mut("tool_calls").and_then(Value::as_array_mut);
                for call in calls.into_iter().flatten() {
                    blank(call.get_mut("function").and_then(|call| call.get_mut("arguments")));
                }
            }
        }
    }
    event
}

/// Whether a stream is complete with this event. One that broke off may be followed by what waited.
fn ends(event: &Value) -> bool {
    let last = ["message_stop", "response.completed", "response.incomplete", "response.failed"];
    event == "[DONE]" || last.iter().any(|kind| event["type"] == **kind)
}

/// Every event came out, in its order and with all but its text, and events of ours stand between them;
/// the texts are the same.
pub fn same_but_for_cadence(surface: Surface, came: &str, went: &str) {
    let (came, went) = (data(came), data(went));
    assert_eq!(grown(surface, &came), grown(surface, &went), "{surface:?}");
    let mut rest = went.iter().map(|event| bare(surface, event));
    for event in &came {
        let bare = bare(surface, event);
        assert!(rest.any(|other| other == bare), "{surface:?}: {event} is missing");
    }
    if came.last().is_some_and(ends) {
        assert_eq!(rest.next(), None, "{surface:?}: something follows the last event");
    }
    if surface == Surface::Responses {
        let numbers = |events: &[Value]| -> Vec<u64> {
            events.iter().filter_map(|event| event["sequence_number"].as_u64()).collect()
        };
        let (before, after) = (numbers(&came), numbers(&went));
        if let Some(first) = before.first() {
            assert_eq!(before.len(), came.len());
            assert_eq!(after, (*first..).take(went.len()).collect::<Vec<_>>());
        }
    }
}
