//! Writes a request of Messages.

use std::borrow::Cow;

use crate::chat::compose::NO_PARAMETERS;
use crate::context::Wanted;
use crate::custom;
use crate::effort::{Effort, is_budgeted};
use crate::pen::{Array, Object, object};
use crate::turn::{Call, Choice, Format, Input, Item, Part, Prompt, Source, Tier, Tool};

/// Writes the body.
pub(crate) fn compose(prompt: &Prompt<'_>, wanted: &Wanted<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let bound = prompt.output_tokens_max.unwrap_or(u64::from(wanted.output_tokens_max));
    object(&mut out, |o| {
        o.text("model", wanted.upstream_model);
        o.whole("max_tokens", bound);
        system(o, &prompt.items);
        o.array("messages", |a| messages(a, &prompt.items));
        o.maybe_raw("temperature", prompt.sampling.temperature);
        o.maybe_raw("top_p", prompt.sampling.top_p);
        o.maybe_raw("top_k", prompt.sampling.top_k);
        if !prompt.stop.is_empty() {
            o.array("stop_sequences", |a| prompt.stop.iter().for_each(|stop| a.text(stop)));
        }
        tools(o, prompt);
        thinking(o, prompt, wanted.upstream_model, bound);
        output_config(o, prompt, wanted.upstream_model);
        if let Some(user) = &prompt.user {
            o.object("metadata", |o| o.text("user_id", user));
        }
        if let Some(tier) = prompt.tier {
            let standard = tier == Tier::Standard;
            o.text("service_tier", if standard { "standard_only" } else { "auto" });
        }
        if prompt.stream {
            o.flag("stream", true);
        }
    });
    out
}

/// All instructions, wherever they stand, as Anthropic's own layer for OpenAI's dialect places them.
fn system(o: &mut Object<'_>, items: &[Item<'_>]) {
    let texts: Vec<&str> = items
        .iter()
        .filter_map(|item| if let Item::System { texts, .. } = item { Some(texts) } else { None })
        .flatten()
        .map(|text| &**text)
        .filter(|text| !text.is_empty())
        .collect();
    match texts[..] {
        [] => {}
        [only] => o.text("system", only),
        _ => o.array("system", |a| texts.iter().for_each(|text| text_block(a, text))),
    }
}

fn thinking(o: &mut Object<'_>, prompt: &Prompt<'_>, model: &str, bound: u64) {
    let reasoning = prompt.reasoning;
    let effort = reasoning.effort.unwrap_or(Effort::High);
    if !is_budgeted(model) {
        if reasoning.wanted {
            o.object("thinking", |o| {
                o.text("type", "adaptive");
                if reasoning.shown {
                    o.text("display", "summarized");
                }
            });
        } else if effort == Effort::Nothing {
            o.object("thinking", |o| o.text("type", "disabled"));
        }
        return;
    }
    // A model that thinks within a budget wants its own signed thoughts back while tools run, and
    // these do not survive a change of dialect: it then goes on without thinking.
    if !reasoning.wanted || runs_tools(&prompt.items) {
        return;
    }
    if let Some(tokens) = effort.budget(bound) {
        o.object("thinking", |o| {
            o.text("type", "enabled");
            o.whole("budget_tokens", tokens);
        });
    }
}

/// Whether the last turn gives results of tools.
fn runs_tools(items: &[Item<'_>]) -> bool {
    let last = items.iter().rev().take_while(|item| !item.is_answer());
    last.into_iter().any(|item| matches!(item, Item::Result { .. }))
}

fn output_config(o: &mut Object<'_>, prompt: &Prompt<'_>, model: &str) {
    let effort = prompt.reasoning.effort.filter(|effort| *effort > Effort::Nothing);
    let effort = effort.filter(|_| !is_budgeted(model)).map(Effort::anthropic);
    let schema = match &prompt.format {
        Some(Format::Schema { schema, .. }) => Some(*schema),
        _ => None,
    };
    if effort.is_none() && schema.is_none() {
        return;
    }
    o.object("output_config", |o| {
        o.maybe_text("effort", effort);
        if let Some(schema) = schema {
            o.object("format", |o| {
                o.text("type", "json_schema");
                o.raw("schema", schema);
            });
        }
    });
}

fn tools(o: &mut Object<'_>, prompt: &Prompt<'_>) {
    if prompt.tools.is_empty() {
        return;
    }
    o.array("tools", |a| prompt.tools.iter().for_each(|each| a.object(|o| tool(o, each))));
    let one_at_a_time = prompt.parallel == Some(false);
    let kind = match &prompt.choice {
        None if one_at_a_time => "auto",
        None => return,
        Some(Choice::Auto) => "auto",
        Some(Choice::Nothing) => "none",
        Some(Choice::Any) => "any",
        Some(Choice::Named(_)) => "tool",
    };
    o.object("tool_choice", |o| {
        o.text("type", kind);
        if let Some(Choice::Named(name)) = &prompt.choice {
            o.text("name", name);
        }
        if one_at_a_time && kind != "none" {
            o.flag("disable_parallel_tool_use", true);
        }
    });
}

fn tool(o: &mut Object<'_>, tool: &Tool<'_>) {
    o.text("name", &tool.name);
    match &tool.input {
        Input::Schema { schema, strict } => {
            o.maybe_text("description", tool.description.as_deref());
            let schema = schema.filter(|schema| !is_bare(schema));
            o.raw("input_schema", schema.unwrap_or(NO_PARAMETERS));
            if *strict == Some(true) {
                o.flag("strict", true);
            }
        }
        Input::Text { grammar } => {
            let described = custom::description(tool.description.as_deref(), grammar.as_ref());
            o.text("description", &described);
            o.raw("input_schema", custom::SCHEMA);
        }
    }
}

/// `{}`, which Messages does not take for a schema of an object.
fn is_bare(schema: &str) -> bool {
    schema.bytes().all(|byte| matches!(byte, b'{' | b'}') || byte.is_ascii_whitespace())
}

/// Writes messages of alternating roles, results of tools first in theirs.
fn messages(a: &mut Array<'_>, items: &[Item<'_>]) {
    let spoken: Vec<&Item<'_>> = items.iter().filter(|item| says_something(item)).collect();
    let mut rest = &spoken[..];
    while let Some(first) = rest.first() {
        let answer = first.is_answer();
        let run = rest.iter().take_while(|item| item.is_answer() == answer).count();
        let (group, after) = rest.split_at(run);
        a.object(|o| {
            o.text("role", if answer { "assistant" } else { "user" });
            match group {
                [Item::User(parts)] if matches!(parts[..], [Part::Text(_)]) => {
                    parts.iter().filter_map(text).for_each(|text| o.text("content", text));
                }
                [Item::Said { text, .. }] => o.text("content", text),
                group => o.array("content", |a| blocks(a, group)),
            }
        });
        rest = after;
    }
}

fn says_something(item: &Item<'_>) -> bool {
    match item {
        Item::System { .. } => false,
        Item::User(parts) => parts.iter().any(is_block),
        Item::Said { text, .. } => !text.is_empty(),
        Item::Call(_) | Item::Result { .. } => true,
    }
}

/// Messages takes no empty texts.
fn is_block(part: &Part<'_>) -> bool {
    text(part).is_none_or(|text| !text.is_empty())
}

fn text<'p>(part: &'p Part<'_>) -> Option<&'p str> {
    if let Part::Text(text) = part { Some(text) } else { None }
}

fn blocks(a: &mut Array<'_>, group: &[&Item<'_>]) {
    for item in group {
        if let Item::Result { call_id, parts, failed } = item {
            a.object(|o| result(o, call_id, parts, *failed));
        }
    }
    for item in group {
        match item {
            Item::User(parts) => {
                parts.iter().filter(|part| is_block(part)).for_each(|part| write_part(a, part));
            }
            Item::Said { text, .. } => text_block(a, text),
            Item::Call(call) => a.object(|o| tool_use(o, call)),
            Item::System { .. } | Item::Result { .. } => {}
        }
    }
}

fn result(o: &mut Object<'_>, call_id: &str, parts: &[Part<'_>], failed: bool) {
    o.text("type", "tool_result");
    o.text("tool_use_id", &id(call_id));
    match parts {
        [] => {}
        [Part::Text(text)] => o.text("content", text),
        parts => o.array("content", |a| {
            parts.iter().filter(|part| is_block(part)).for_each(|part| write_part(a, part));
        }),
    }
    if failed {
        o.flag("is_error", true);
    }
}

fn tool_use(o: &mut Object<'_>, call: &Call<'_>) {
    o.text("type", "tool_use");
    o.text("id", &id(&call.id));
    o.text("name", &call.name);
    o.raw("input", &custom::object(&custom::arguments(call)));
}

/// An id of the letters that Messages takes; the same for a call and its result.
fn id(given: &str) -> Cow<'_, str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !given.is_empty() && given.chars().all(fits) {
        return given.into();
    }
    let fitted: String = given.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if fitted.is_empty() { "call".into() } else { fitted.into() }
}

fn text_block(a: &mut Array<'_>, text: &str) {
    a.object(|o| {
        o.text("type", "text");
        o.text("text", text);
    });
}

fn write_part(a: &mut Array<'_>, part: &Part<'_>) {
    match part {
        Part::Text(text) => text_block(a, text),
        Part::Image { source, .. } => a.object(|o| {
            o.text("type", "image");
            write_source(o, source);
        }),
        Part::File { source, name } => a.object(|o| {
            o.text("type", "document");
            write_source(o, source);
            o.maybe_text("title", name.as_deref());
        }),
    }
}

fn write_source(o: &mut Object<'_>, source: &Source<'_>) {
    o.object("source", |o| match source {
        Source::Base64 { media, data } => {
            o.text("type", "base64");
            o.text("media_type", media);
            o.text("data", data);
        }
        Source::Url(url) => {
            o.text("type", "url");
            o.text("url", url);
        }
    });
}
