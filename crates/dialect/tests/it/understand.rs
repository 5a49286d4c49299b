//! Reads a request of each dialect as a test understands it, independently of the code under test.

use domain::provider::Surface;
use serde_json::Value;

use crate::talk::{Choice, Event, Piece, Talk, Tool, merged};

/// Reads a conversation.
pub fn understand(dialect: Surface, body: &Value) -> Talk {
    let (system, events) = match dialect {
        Surface::Chat => chat(body),
        Surface::Responses => responses(body),
        _ => messages(body),
    };
    let bound = ["max_tokens", "max_completion_tokens", "max_output_tokens"];
    let format = match dialect {
        Surface::Chat => &body["response_format"]["json_schema"]["schema"],
        Surface::Responses => &body["text"]["format"]["schema"],
        _ => &body["output_config"]["format"]["schema"],
    };
    let effort = match dialect {
        Surface::Chat => &body["reasoning_effort"],
        Surface::Responses => &body["reasoning"]["effort"],
        _ => &body["output_config"]["effort"],
    };
    let user = match dialect {
        Surface::Chat => &body["user"],
        Surface::Responses => &body["safety_identifier"],
        _ => &body["metadata"]["user_id"],
    };
    let (choice, parallel) = choice(dialect, body);
    Talk {
        system,
        events: merged(events),
        tools: list(&body["tools"]).iter().map(|node| tool(dialect, node)).collect(),
        choice,
        parallel,
        tokens: bound.iter().find_map(|name| body[name].as_u64()).unwrap(),
        temperature: body["temperature"].as_f64(),
        schema: (!format.is_null()).then(|| format.clone()),
        effort: effort.as_str().map(str::to_owned),
        user: user.as_str().map(str::to_owned),
        stream: body["stream"].as_bool().unwrap_or(false),
    }
}

fn list(node: &Value) -> &[Value] {
    node.as_array().map_or(&[], Vec::as_slice)
}

fn string(node: &Value) -> String {
    node.as_str().unwrap_or_else(|| panic!("no string: {node}")).to_owned()
}

fn parsed(node: &Value) -> Value {
    serde_json::from_str(&string(node)).unwrap()
}

fn pieces(content: &Value, piece: fn(&Value) -> Piece) -> Vec<Piece> {
    match content {
        Value::String(text) => vec![Piece::Text(text.clone())],
        content => list(content).iter().map(piece).collect(),
    }
}

fn link(url: &str) -> Piece {
    match url.strip_prefix("data:") {
        Some(rest) => {
            let (media, data) = rest.split_once(";base64,").unwrap();
            Piece::Image(media.to_owned(), data.to_owned())
        }
        None => Piece::Link(url.to_owned()),
    }
}

fn chat(body: &Value) -> (String, Vec<Event>) {
    let (mut system, mut events) = (String::new(), Vec::new());
    for message in list(&body["messages"]) {
        match message["role"].as_str().unwrap() {
            "system" => system.push_str(&string(&message["content"])),
            "user" => {
                events.push(Event::User(pieces(&message["content"], |part| {
                    match part["type"].as_str().unwrap() {
                        "text" => Piece::Text(string(&part["text"])),
                        "image_url" => link(part["image_url"]["url"].as_str().unwrap()),
                        "file" => {
                            let data = string(&part["file"]["file_data"]);
                            let data = data.strip_prefix("data:application/pdf;base64,").unwrap();
                            Piece::Pdf(string(&part["file"]["filename"]), data.to_owned())
                        }
                        kind => panic!("no part: {kind}"),
                    }
                })))
            }
            "assistant" => {
                events.extend(message["content"].as_str().map(|text| Event::Said(text.to_owned())));
                for call in list(&message["tool_calls"]) {
                    assert_eq!(call["type"], "function");
                    events.push(Event::Call {
                        id: string(&call["id"]),
                        name: string(&call["function"]["name"]),
                        arguments: parsed(&call["function"]["arguments"]),
                    });
                }
            }
            "tool" => events.push(Event::Result {
                id: string(&message["tool_call_id"]),
                text: string(&message["content"]),
            }),
            role => panic!("no role: {role}"),
        }
    }
    (system, events)
}

fn responses(body: &Value) -> (String, Vec<Event>) {
    let mut system = body["instructions"].as_str().unwrap_or_default().to_owned();
    let mut events = Vec::new();
    for item in list(&body["input"]) {
        match (item["type"].as_str().unwrap(), item["role"].as_str()) {
            ("message", Some("user")) => {
                events.push(Event::User(pieces(&item["content"], |part| {
                    match part["type"].as_str().unwrap() {
                        "input_text" => Piece::Text(string(&part["text"])),
                        "input_image" => link(part["image_url"].as_str().unwrap()),
                        "input_file" => {
                            let data = string(&part["file_data"]);
                            let data = data.strip_prefix("data:application/pdf;base64,").unwrap();
                            Piece::Pdf(string(&part["filename"]), data.to_owned())
                        }
                        kind => panic!("no part: {kind}"),
                    }
                })));
            }
            ("message", Some("assistant")) => {
                for part in list(&item["content"]) {
                    assert_eq!(part["type"], "output_text");
                    events.push(Event::Said(string(&part["text"])));
                }
            }
            ("message", Some("system")) => {
                list(&item["content"]).iter().for_each(|p| system.push_str(&string(&p["text"])));
            }
            ("function_call", None) => events.push(Event::Call {
                id: string(&item["call_id"]),
                name: string(&item["name"]),
                arguments: parsed(&item["arguments"]),
            }),
            ("function_call_output", None) => events.push(Event::Result {
                id: string(&item["call_id"]),
                text: string(&item["output"]),
            }),
            item => panic!("no item: {item:?}"),
        }
    }
    (system, events)
}

fn messages(body: &Value) -> (String, Vec<Event>) {
    let system = body["system"].as_str().unwrap_or_default().to_owned();
    let mut events = Vec::new();
    let mut before = "assistant";
    for message in list(&body["messages"]) {
        let role = message["role"].as_str().unwrap();
        assert_ne!(role, before, "roles do not alternate");
        before = role;
        if let Some(text) = message["content"].as_str() {
            events.push(match role {
                "user" => Event::User(vec![Piece::Text(text.to_owned())]),
                _ => Event::Said(text.to_owned()),
            });
            continue;
        }
        let mut results_over = false;
        for block in list(&message["content"]) {
            let kind = block["type"].as_str().unwrap();
            assert!(kind != "tool_result" || !results_over, "results do not come first");
            results_over |= kind != "tool_result";
            events.push(match (kind, role) {
                ("text", "assistant") => Event::Said(string(&block["text"])),
                ("tool_use", "assistant") => Event::Call {
                    id: string(&block["id"]),
                    name: string(&block["name"]),
                    arguments: block["input"].clone(),
                },
                ("tool_result", "user") => Event::Result {
                    id: string(&block["tool_use_id"]),
                    text: string(&block["content"]),
                },
                (_, "user") => Event::User(vec![block_piece(block)]),
                other => panic!("no block: {other:?}"),
            });
        }
    }
    (system, events)
}

fn block_piece(block: &Value) -> Piece {
    let source = &block["source"];
    match (block["type"].as_str().unwrap(), source["type"].as_str()) {
        ("text", None) => Piece::Text(string(&block["text"])),
        ("image", Some("base64")) => {
            Piece::Image(string(&source["media_type"]), string(&source["data"]))
        }
        ("image", Some("url")) => Piece::Link(string(&source["url"])),
        ("document", Some("base64")) => {
            assert_eq!(source["media_type"], "application/pdf");
            Piece::Pdf(string(&block["title"]), string(&source["data"]))
        }
        other => panic!("no block: {other:?}"),
    }
}

fn tool(dialect: Surface, node: &Value) -> Tool {
    let (inner, schema) = match dialect {
        Surface::Chat => (&node["function"], "parameters"),
        Surface::Responses => (node, "parameters"),
        _ => (node, "input_schema"),
    };
    Tool {
        name: string(&inner["name"]),
        description: inner["description"].as_str().map(str::to_owned),
        schema: inner[schema].clone(),
        strict: inner["strict"].as_bool().unwrap_or(false),
    }
}

fn choice(dialect: Surface, body: &Value) -> (Choice, Option<bool>) {
    let node = &body["tool_choice"];
    let word = match dialect {
        Surface::Messages => &node["type"],
        _ if node.is_object() => &node["type"],
        _ => node,
    };
    let name = match dialect {
        Surface::Chat => &node["function"]["name"],
        _ => &node["name"],
    };
    let choice = match word.as_str() {
        None => Choice::Default,
        Some("auto") => Choice::Auto,
        Some("required" | "any") => Choice::Any,
        Some("none") => Choice::Nothing,
        Some(_) => Choice::Named(string(name)),
    };
    let parallel = match dialect {
        Surface::Messages => node["disable_parallel_tool_use"].as_bool().map(|disabled| !disabled),
        _ => body["parallel_tool_calls"].as_bool(),
    };
    (choice, parallel)
}
