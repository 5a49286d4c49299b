//! A conversation as a test thinks of it, written and read in each dialect independently of the code
//! under test.

use domain::provider::Surface;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// What is asked, in words that all three dialects have.
#[derive(Clone, Debug, PartialEq)]
pub struct Talk {
    pub system: String,
    pub events: Vec<Event>,
    pub tools: Vec<Tool>,
    pub choice: Choice,
    pub parallel: Option<bool>,
    pub tokens: u64,
    pub temperature: Option<f64>,
    pub schema: Option<Value>,
    pub effort: Option<String>,
    pub user: Option<String>,
    pub stream: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    User(Vec<Piece>),
    Said(String),
    Call { id: String, name: String, arguments: Value },
    Result { id: String, text: String },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(String),
    /// Media type and base64.
    Image(String, String),
    Link(String),
    /// Name and base64 of a PDF.
    Pdf(String, String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    pub name: String,
    pub description: Option<String>,
    pub schema: Value,
    pub strict: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    Default,
    Auto,
    Any,
    Nothing,
    Named(String),
}

fn word() -> impl Strategy<Value = String> {
    "[a-z]{1,8}"
}

/// Text with whatever is awkward in JSON and in streams.
pub fn text() -> impl Strategy<Value = String> {
    "[a-zA-Zäß€😀\"\\\\/\n\r\t{}\\[\\]:, \u{0}\u{2028}]{1,24}"
}

/// A tool's arguments.
pub fn arguments() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    let value = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(word(), inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(word(), value, 0..3)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        4 => text().prop_map(Piece::Text),
        1 => Just(Piece::Image("image/png".into(), "iVBORw0KGgo=".into())),
        1 => word().prop_map(|path| Piece::Link(format!("https://example.org/{path}.png"))),
        1 => word().prop_map(|name| Piece::Pdf(format!("{name}.pdf"), "JVBERi0=".into())),
    ]
}

/// A turn: the user speaks, the model answers and calls tools, which give results.
fn turn() -> impl Strategy<Value = Vec<Event>> {
    let calls = prop::collection::vec((word(), arguments(), text()), 0..3);
    (prop::collection::vec(piece(), 1..4), prop::option::of(text()), calls).prop_map(
        |(pieces, said, calls)| {
            let mut events = vec![Event::User(pieces)];
            events.extend(said.map(Event::Said));
            for (name, arguments, _) in &calls {
                let (id, name) = (String::new(), name.clone());
                events.push(Event::Call { id, name, arguments: arguments.clone() });
            }
            for (_, _, text) in calls {
                events.push(Event::Result { id: String::new(), text });
            }
            events
        },
    )
}

/// Gives every call an id of its own, and its result the same.
fn number(turns: Vec<Vec<Event>>) -> Vec<Event> {
    let mut events = Vec::new();
    for (index, turn) in turns.into_iter().enumerate() {
        let (mut calls, mut results) = (0, 0);
        for event in turn {
            events.push(match event {
                Event::Call { name, arguments, .. } => {
                    calls += 1;
                    Event::Call { id: format!("call_{index}_{calls}"), name, arguments }
                }
                Event::Result { text, .. } => {
                    results += 1;
                    Event::Result { id: format!("call_{index}_{results}"), text }
                }
                event => event,
            });
        }
    }
    events
}

/// Anything that all three dialects can say.
pub fn talk() -> impl Strategy<Value = Talk> {
    let tool = (word(), prop::option::of(text()), any::<bool>()).prop_map(
        |(name, description, strict)| Tool {
            schema: json!({"type": "object", "properties": {&name: {"type": "string"}}}),
            name,
            description,
            strict,
        },
    );
    let choice = prop_oneof![
        Just(Choice::Default),
        Just(Choice::Auto),
        Just(Choice::Any),
        Just(Choice::Nothing),
        Just(Choice::Named("tool".into())),
    ];
    let asked = (
        prop_oneof![Just(String::new()), text()],
        prop::collection::vec(turn(), 0..4).prop_map(number),
        prop::collection::vec(piece(), 1..3),
        prop::collection::vec(tool, 0..3),
    );
    let how = (
        choice,
        prop::option::of(any::<bool>()),
        50_000_u64..60_000,
        prop::option::of((0_u32..100).prop_map(|hundredths| f64::from(hundredths) / 100.0)),
        prop::option::of(word().prop_map(|name| json!({"type": "object", "title": name}))),
        prop::option::of(prop_oneof![Just("low"), Just("medium"), Just("high")]),
        prop::option::of(word()),
        any::<bool>(),
    );
    (asked, how).prop_map(
        |(
            (system, mut events, last, tools),
            (choice, parallel, tokens, temperature, schema, effort, user, stream),
        )| {
            events.push(Event::User(last));
            let any = !tools.is_empty();
            let choice = if any { choice } else { Choice::Default };
            // Messages has no place for it where no tool may be called.
            let says = any && choice != Choice::Nothing;
            let parallel = parallel.filter(|_| says && choice != Choice::Default);
            let effort = effort.map(str::to_owned);
            Talk {
                system,
                events: merged(events),
                tools,
                choice,
                parallel,
                tokens,
                temperature,
                schema,
                effort,
                user,
                stream,
            }
        },
    )
}

/// Events with what belongs together as one: pieces of the user, words of the model.
pub fn merged(events: Vec<Event>) -> Vec<Event> {
    let mut merged: Vec<Event> = Vec::new();
    for event in events {
        match (merged.last_mut(), event) {
            (Some(Event::User(known)), Event::User(more)) => known.extend(more),
            (Some(Event::Said(known)), Event::Said(more)) => known.push_str(&more),
            (_, event) => merged.push(event),
        }
    }
    merged
}

/// Writes a conversation.
pub fn render(dialect: Surface, talk: &Talk) -> Value {
    let mut body = match dialect {
        Surface::Chat => chat(talk),
        Surface::Responses => responses(talk),
        Surface::Messages => messages(talk),
        _ => panic!("no dialect"),
    };
    body["model"] = json!("alias");
    if talk.stream {
        body["stream"] = json!(true);
    }
    if let Some(temperature) = talk.temperature {
        body["temperature"] = json!(temperature);
    }
    body
}

fn chat(talk: &Talk) -> Value {
    let mut messages = Vec::new();
    if !talk.system.is_empty() {
        messages.push(json!({"role": "system", "content": talk.system}));
    }
    for event in &talk.events {
        match event {
            Event::User(pieces) => {
                let parts: Vec<Value> = pieces.iter().map(chat_piece).collect();
                messages.push(json!({"role": "user", "content": parts}));
            }
            Event::Said(text) => messages.push(json!({"role": "assistant", "content": text})),
            Event::Call { id, name, arguments } => {
                let function = json!({"name": name, "arguments": arguments.to_string()});
                let call = json!({"id": id, "type": "function", "function": function});
                if messages.last().is_none_or(|message| message["role"] != "assistant") {
                    messages.push(json!({"role": "assistant", "content": null}));
                }
                let message = messages.last_mut().unwrap();
                if message.get("tool_calls").is_none() {
                    message["tool_calls"] = json!([]);
                }
                message["tool_calls"].as_array_mut().unwrap().push(call);
            }
            Event::Result { id, text } => {
                messages.push(json!({"role": "tool", "tool_call_id": id, "content": text}));
            }
        }
    }
    let mut body = json!({"messages": messages, "max_completion_tokens": talk.tokens});
    let tools: Vec<Value> = talk
        .tools
        .iter()
        .map(|tool| {
            let mut function = json!({"name": tool.name, "parameters": tool.schema});
            described(&mut function, tool);
            function["strict"] = json!(tool.strict);
            json!({"type": "function", "function": function})
        })
        .collect();
    openai_tools(
        &mut body,
        talk,
        tools,
        |name| json!({"type": "function", "function": {"name": name}}),
    );
    if let Some(schema) = &talk.schema {
        let schema = json!({"name": "answer", "strict": true, "schema": schema});
        body["response_format"] = json!({"type": "json_schema", "json_schema": schema});
    }
    if let Some(effort) = &talk.effort {
        body["reasoning_effort"] = json!(effort);
    }
    if let Some(user) = &talk.user {
        body["user"] = json!(user);
    }
    body
}

fn openai_tools(body: &mut Value, talk: &Talk, tools: Vec<Value>, named: impl Fn(&str) -> Value) {
    if tools.is_empty() {
        return;
    }
    body["tools"] = tools.into();
    match &talk.choice {
        Choice::Default => {}
        Choice::Auto => body["tool_choice"] = json!("auto"),
        Choice::Any => body["tool_choice"] = json!("required"),
        Choice::Nothing => body["tool_choice"] = json!("none"),
        Choice::Named(name) => body["tool_choice"] = named(name),
    }
    if let Some(parallel) = talk.parallel {
        body["parallel_tool_calls"] = json!(parallel);
    }
}

fn described(tool: &mut Value, given: &Tool) {
    if let Some(description) = &given.description {
        tool["description"] = json!(description);
    }
}

fn chat_piece(piece: &Piece) -> Value {
    match piece {
        Piece::Text(text) => json!({"type": "text", "text": text}),
        Piece::Image(media, data) => {
            let url = format!("data:{media};base64,{data}");
            json!({"type": "image_url", "image_url": {"url": url}})
        }
        Piece::Link(url) => json!({"type": "image_url", "image_url": {"url": url}}),
        Piece::Pdf(name, data) => {
            let data = format!("data:application/pdf;base64,{data}");
            json!({"type": "file", "file": {"filename": name, "file_data": data}})
        }
    }
}

fn responses(talk: &Talk) -> Value {
    let input: Vec<Value> = talk
        .events
        .iter()
        .map(|event| match event {
            Event::User(pieces) => {
                let parts: Vec<Value> = pieces.iter().map(responses_piece).collect();
                json!({"type": "message", "role": "user", "content": parts})
            }
            Event::Said(text) => {
                let parts = json!([{"type": "output_text", "text": text, "annotations": []}]);
                json!({"type": "message", "role": "assistant", "content": parts})
            }
            Event::Call { id, name, arguments } => {
                let arguments = arguments.to_string();
                json!({"type": "function_call", "call_id": id, "name": name, "arguments": arguments})
            }
            Event::Result { id, text } => {
                json!({"type": "function_call_output", "call_id": id, "output": text})
            }
        })
        .collect();
    let mut body = json!({"input": input, "max_output_tokens": talk.tokens, "store": false});
    if !talk.system.is_empty() {
        body["instructions"] = json!(talk.system);
    }
    let tools: Vec<Value> = talk
        .tools
        .iter()
        .map(|tool| {
            let (name, strict) = (&tool.name, tool.strict);
            let mut function =
                json!({"type": "function", "name": name, "parameters": tool.schema, "strict": strict});
            described(&mut function, tool);
            function
        })
        .collect();
    openai_tools(&mut body, talk, tools, |name| json!({"type": "function", "name": name}));
    if let Some(schema) = &talk.schema {
        let (name, strict) = ("answer", true);
        let format =
            json!({"type": "json_schema", "name": name, "strict": strict, "schema": schema});
        body["text"] = json!({"format": format});
    }
    if let Some(effort) = &talk.effort {
        body["reasoning"] = json!({"effort": effort});
    }
    if let Some(user) = &talk.user {
        body["safety_identifier"] = json!(user);
    }
    body
}

fn responses_piece(piece: &Piece) -> Value {
    match piece {
        Piece::Text(text) => json!({"type": "input_text", "text": text}),
        Piece::Image(media, data) => {
            let url = format!("data:{media};base64,{data}");
            json!({"type": "input_image", "detail": "auto", "image_url": url})
        }
        Piece::Link(url) => json!({"type": "input_image", "detail": "auto", "image_url": url}),
        Piece::Pdf(name, data) => {
            let data = format!("data:application/pdf;base64,{data}");
            json!({"type": "input_file", "filename": name, "file_data": data})
        }
    }
}

fn messages(talk: &Talk) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    for event in &talk.events {
        let (role, blocks) = match event {
            Event::User(pieces) => ("user", pieces.iter().map(messages_piece).collect()),
            Event::Said(text) => ("assistant", vec![json!({"type": "text", "text": text})]),
            Event::Call { id, name, arguments } => {
                let call = json!({"type": "tool_use", "id": id, "name": name, "input": arguments});
                ("assistant", vec![call])
            }
            Event::Result { id, text } => {
                ("user", vec![json!({"type": "tool_result", "tool_use_id": id, "content": text})])
            }
        };
        if messages.last().is_none_or(|message| message["role"] != role) {
            messages.push(json!({"role": role, "content": []}));
        }
        messages.last_mut().unwrap()["content"].as_array_mut().unwrap().extend(blocks);
    }
    let mut body = json!({"messages": messages, "max_tokens": talk.tokens});
    if !talk.system.is_empty() {
        body["system"] = json!(talk.system);
    }
    if !talk.tools.is_empty() {
        let tools = talk.tools.iter().map(|tool| {
            let mut function = json!({"name": tool.name, "input_schema": tool.schema});
            described(&mut function, tool);
            if tool.strict {
                function["strict"] = json!(true);
            }
            function
        });
        body["tools"] = tools.collect::<Vec<_>>().into();
        let mut choice = match &talk.choice {
            Choice::Default => Value::Null,
            Choice::Auto => json!({"type": "auto"}),
            Choice::Any => json!({"type": "any"}),
            Choice::Nothing => json!({"type": "none"}),
            Choice::Named(name) => json!({"type": "tool", "name": name}),
        };
        if let Some(parallel) = talk.parallel {
            choice["disable_parallel_tool_use"] = json!(!parallel);
        }
        if !choice.is_null() {
            body["tool_choice"] = choice;
        }
    }
    let mut config = Map::new();
    if let Some(schema) = &talk.schema {
        config.insert("format".into(), json!({"type": "json_schema", "schema": schema}));
    }
    if let Some(effort) = &talk.effort {
        body["thinking"] = json!({"type": "adaptive", "display": "omitted"});
        config.insert("effort".into(), json!(effort));
    }
    if !config.is_empty() {
        body["output_config"] = config.into();
    }
    if let Some(user) = &talk.user {
        body["metadata"] = json!({"user_id": user});
    }
    body
}

fn messages_piece(piece: &Piece) -> Value {
    match piece {
        Piece::Text(text) => json!({"type": "text", "text": text}),
        Piece::Image(media, data) => {
            let source = json!({"type": "base64", "media_type": media, "data": data});
            json!({"type": "image", "source": source})
        }
        Piece::Link(url) => json!({"type": "image", "source": {"type": "url", "url": url}}),
        Piece::Pdf(name, data) => {
            let media = "application/pdf";
            let source = json!({"type": "base64", "media_type": media, "data": data});
            json!({"type": "document", "title": name, "source": source})
        }
    }
}
