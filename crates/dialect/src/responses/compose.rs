//! Writes a request of Responses.

use std::collections::HashSet;

use crate::chat::compose::{NO_PARAMETERS, SCHEMA_NAME, tier};
use crate::context::Wanted;
use crate::custom;
use crate::effort::Effort;
use crate::pen::{Array, Object, object};
use crate::turn::{Choice, Format, Input, Item, Part, Prompt, Source, Tool, Voice, joined};

/// Writes the body.
pub(crate) fn compose(prompt: &Prompt<'_>, wanted: &Wanted<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let (above, items) = above(&prompt.items);
    object(&mut out, |o| {
        o.text("model", wanted.upstream_model);
        o.maybe_text("instructions", above.as_deref());
        o.array("input", |a| input(a, items));
        if let Some(tokens) = prompt.output_tokens_max {
            o.whole("max_output_tokens", tokens);
        }
        o.maybe_raw("temperature", unlike_default(prompt.sampling.temperature));
        o.maybe_raw("top_p", unlike_default(prompt.sampling.top_p));
        tools(o, prompt);
        if prompt.format.is_some() || prompt.verbosity.is_some() {
            o.object("text", |o| {
                if let Some(format) = &prompt.format {
                    o.object("format", |o| text_format(o, format));
                }
                o.maybe_text("verbosity", prompt.verbosity.as_deref());
            });
        }
        reasoning(o, prompt);
        o.maybe_raw("metadata", prompt.labels);
        o.maybe_text("safety_identifier", prompt.user.as_deref());
        o.maybe_text("service_tier", prompt.tier.map(tier));
        // Unlike the other dialects, Responses keeps answers unless told not to.
        o.flag("store", false);
        if prompt.stream {
            o.flag("stream", true);
        }
    });
    out
}

/// A number that is not 1, the default of Responses: its models that reason refuse even that one.
fn unlike_default(number: Option<&str>) -> Option<&str> {
    number.filter(|number| number.parse() != Ok(1.0))
}

/// Instructions beside the conversation, and the conversation.
fn above<'i, 'a>(items: &'i [Item<'a>]) -> (Option<String>, &'i [Item<'a>]) {
    match items.split_first() {
        Some((Item::System { voice: Voice::Above, texts }, rest)) => (Some(joined(texts)), rest),
        _ => (None, items),
    }
}

fn reasoning(o: &mut Object<'_>, prompt: &Prompt<'_>) {
    let reasoning = prompt.reasoning;
    if reasoning.effort.is_some() || reasoning.shown {
        o.object("reasoning", |o| {
            o.maybe_text("effort", reasoning.effort.map(Effort::openai));
            if reasoning.shown {
                o.text("summary", "auto");
            }
        });
    }
}

fn tools(o: &mut Object<'_>, prompt: &Prompt<'_>) {
    if prompt.tools.is_empty() {
        return;
    }
    o.array("tools", |a| prompt.tools.iter().for_each(|each| a.object(|o| tool(o, each))));
    match &prompt.choice {
        None => {}
        Some(Choice::Auto) => o.text("tool_choice", "auto"),
        Some(Choice::Nothing) => o.text("tool_choice", "none"),
        Some(Choice::Any) => o.text("tool_choice", "required"),
        Some(Choice::Named(name)) => o.object("tool_choice", |o| {
            let custom = prompt.custom_tools().iter().any(|custom| custom == name);
            o.text("type", if custom { "custom" } else { "function" });
            o.text("name", name);
        }),
    }
    if let Some(parallel) = prompt.parallel {
        o.flag("parallel_tool_calls", parallel);
    }
}

fn tool(o: &mut Object<'_>, tool: &Tool<'_>) {
    let custom = matches!(tool.input, Input::Text { .. });
    o.text("type", if custom { "custom" } else { "function" });
    o.text("name", &tool.name);
    o.maybe_text("description", tool.description.as_deref());
    match &tool.input {
        Input::Schema { schema, strict } => {
            o.raw("parameters", schema.unwrap_or(NO_PARAMETERS));
            // Here, unlike in the other dialects, schemas are strict unless said otherwise.
            o.flag("strict", strict.unwrap_or(false));
        }
        Input::Text { grammar: None } => o.object("format", |o| o.text("type", "text")),
        Input::Text { grammar: Some(grammar) } => o.object("format", |o| {
            o.text("type", "grammar");
            o.text("syntax", &grammar.syntax);
            o.text("definition", &grammar.definition);
        }),
    }
}

fn text_format(o: &mut Object<'_>, format: &Format<'_>) {
    match format {
        Format::Object => o.text("type", "json_object"),
        Format::Schema { name, description, schema, strict } => {
            o.text("type", "json_schema");
            o.text("name", name.as_deref().unwrap_or(SCHEMA_NAME));
            o.maybe_text("description", description.as_deref());
            o.raw("schema", schema);
            if let Some(strict) = strict {
                o.flag("strict", *strict);
            }
        }
    }
}

fn input(a: &mut Array<'_>, items: &[Item<'_>]) {
    let mut custom: HashSet<&str> = HashSet::new();
    for item in items {
        match item {
            Item::System { voice, texts } => {
                let role = if *voice == Voice::Developer { "developer" } else { "system" };
                message(a, role, |a| {
                    for text in texts {
                        part_text(a, "input_text", text);
                    }
                });
            }
            Item::User(parts) => {
                message(a, "user", |a| parts.iter().for_each(|part| write_part(a, part)));
            }
            Item::Said { text, refusal: false } => {
                message(a, "assistant", |a| part_text(a, "output_text", text));
            }
            Item::Said { text, refusal: true } => message(a, "assistant", |a| {
                a.object(|o| {
                    o.text("type", "refusal");
                    o.text("refusal", text);
                });
            }),
            Item::Call(call) => {
                if call.custom {
                    custom.insert(&call.id);
                }
                a.object(|o| {
                    let kind = if call.custom { "custom_tool_call" } else { "function_call" };
                    o.text("type", kind);
                    o.text("call_id", &call.id);
                    o.text("name", &call.name);
                    o.text(if call.custom { "input" } else { "arguments" }, &call.arguments);
                });
            }
            Item::Result { call_id, parts, failed } => a.object(|o| {
                let custom = custom.contains(&**call_id);
                let kind = if custom { "custom_tool_call_output" } else { "function_call_output" };
                o.text("type", kind);
                o.text("call_id", call_id);
                output(o, parts, *failed);
            }),
        }
    }
}

fn message(a: &mut Array<'_>, role: &str, fill: impl FnOnce(&mut Array<'_>)) {
    a.object(|o| {
        o.text("type", "message");
        o.text("role", role);
        o.array("content", fill);
    });
}

fn output(o: &mut Object<'_>, parts: &[Part<'_>], failed: bool) {
    match parts {
        [] => o.text("output", if failed { custom::FAILED } else { "" }),
        [Part::Text(text)] => o.text("output", &custom::marked(text, failed)),
        [Part::Text(text), rest @ ..] => o.array("output", |a| {
            part_text(a, "input_text", &custom::marked(text, failed));
            rest.iter().for_each(|part| write_part(a, part));
        }),
        parts => o.array("output", |a| {
            if failed {
                part_text(a, "input_text", custom::FAILED);
            }
            parts.iter().for_each(|part| write_part(a, part));
        }),
    }
}

fn part_text(a: &mut Array<'_>, kind: &str, text: &str) {
    a.object(|o| {
        o.text("type", kind);
        o.text("text", text);
    });
}

fn write_part(a: &mut Array<'_>, part: &Part<'_>) {
    match part {
        Part::Text(text) => part_text(a, "input_text", text),
        Part::Image { source, detail } => a.object(|o| {
            o.text("type", "input_image");
            match source {
                Source::Base64 { media, data } => o.data_url("image_url", media, data),
                Source::Url(url) => o.text("image_url", url),
            }
            o.text("detail", detail.as_deref().unwrap_or("auto"));
        }),
        Part::File { source, name } => a.object(|o| {
            o.text("type", "input_file");
            match source {
                Source::Base64 { media, data } => {
                    o.text("filename", name.as_deref().unwrap_or("document.pdf"));
                    o.data_url("file_data", media, data);
                }
                Source::Url(url) => o.text("file_url", url),
            }
        }),
    }
}
