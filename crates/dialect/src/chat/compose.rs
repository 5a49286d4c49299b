//! Writes a request of Chat.

use crate::context::Wanted;
use crate::custom;
use crate::effort::Effort;
use crate::pen::{Array, Object, object};
use crate::turn::{Call, Choice, Format, Input, Item, Part, Prompt, Source, Tier, Tool, joined};

/// What a schema is called that came without a name, which OpenAI demands.
pub(crate) const SCHEMA_NAME: &str = "answer";
/// A function's parameters where it takes none.
pub(crate) const NO_PARAMETERS: &str = r#"{"type":"object","properties":{}}"#;

/// Writes the body.
pub(crate) fn compose(prompt: &Prompt<'_>, wanted: &Wanted<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    object(&mut out, |o| {
        o.text("model", wanted.upstream_model);
        o.array("messages", |a| messages(a, &prompt.items));
        bounds(o, prompt, wanted.upstream_model);
        sampling(o, prompt);
        tools(o, prompt);
        if let Some(format) = &prompt.format {
            o.object("response_format", |o| response_format(o, format));
        }
        let effort = prompt.reasoning.effort.map(Effort::openai);
        o.maybe_text("reasoning_effort", effort);
        o.maybe_text("verbosity", prompt.verbosity.as_deref());
        o.maybe_text("user", prompt.user.as_deref());
        o.maybe_text("service_tier", prompt.tier.map(tier));
        if prompt.stream {
            o.flag("stream", true);
            // Without it the stream would tell no usage, and the call could not be priced.
            o.object("stream_options", |o| o.flag("include_usage", true));
        }
    });
    out
}

/// OpenAI's word for a tier.
pub(crate) const fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Auto => "auto",
        Tier::Standard => "default",
        Tier::Flex => "flex",
        Tier::Scale => "scale",
        Tier::Priority => "priority",
    }
}

fn bounds(o: &mut Object<'_>, prompt: &Prompt<'_>, model: &str) {
    if let Some(tokens) = prompt.output_tokens_max {
        o.whole(bound_name(model), tokens);
    }
    if !prompt.stop.is_empty() {
        o.array("stop", |a| prompt.stop.iter().for_each(|stop| a.text(stop)));
    }
}

/// OpenAI's models that reason refuse the old name of the bound; other servers may not know the new
/// one, and would then not bound the answer at all.
fn bound_name(model: &str) -> &'static str {
    let name = model.rsplit('/').next().unwrap_or(model);
    let reasons = ["o1", "o3", "o4"].iter().any(|series| name.starts_with(series))
        || name.contains("gpt-5")
        || name.contains("gpt-6");
    if reasons { "max_completion_tokens" } else { "max_tokens" }
}

fn sampling(o: &mut Object<'_>, prompt: &Prompt<'_>) {
    let sampling = &prompt.sampling;
    o.maybe_raw("temperature", sampling.temperature);
    o.maybe_raw("top_p", sampling.top_p);
    o.maybe_raw("top_k", sampling.top_k);
    o.maybe_raw("seed", sampling.seed);
    o.maybe_raw("presence_penalty", sampling.presence_penalty);
    o.maybe_raw("frequency_penalty", sampling.frequency_penalty);
    o.maybe_raw("logit_bias", sampling.logit_bias);
}

fn tools(o: &mut Object<'_>, prompt: &Prompt<'_>) {
    if prompt.tools.is_empty() {
        return;
    }
    o.array("tools", |a| {
        for tool in &prompt.tools {
            a.object(|o| {
                o.text("type", "function");
                o.object("function", |o| function(o, tool));
            });
        }
    });
    match &prompt.choice {
        None => {}
        Some(Choice::Auto) => o.text("tool_choice", "auto"),
        Some(Choice::Nothing) => o.text("tool_choice", "none"),
        Some(Choice::Any) => o.text("tool_choice", "required"),
        Some(Choice::Named(name)) => o.object("tool_choice", |o| {
            o.text("type", "function");
            o.object("function", |o| o.text("name", name));
        }),
    }
    if let Some(parallel) = prompt.parallel {
        o.flag("parallel_tool_calls", parallel);
    }
}

fn function(o: &mut Object<'_>, tool: &Tool<'_>) {
    o.text("name", &tool.name);
    match &tool.input {
        Input::Schema { schema, strict } => {
            o.maybe_text("description", tool.description.as_deref());
            o.raw("parameters", schema.unwrap_or(NO_PARAMETERS));
            if let Some(strict) = strict {
                o.flag("strict", *strict);
            }
        }
        Input::Text { grammar } => {
            let described = custom::description(tool.description.as_deref(), grammar.as_ref());
            o.text("description", &described);
            o.raw("parameters", custom::SCHEMA);
        }
    }
}

fn response_format(o: &mut Object<'_>, format: &Format<'_>) {
    match format {
        Format::Object => o.text("type", "json_object"),
        Format::Schema { name, description, schema, strict } => {
            o.text("type", "json_schema");
            o.object("json_schema", |o| {
                o.text("name", name.as_deref().unwrap_or(SCHEMA_NAME));
                o.maybe_text("description", description.as_deref());
                o.raw("schema", schema);
                if let Some(strict) = strict {
                    o.flag("strict", *strict);
                }
            });
        }
    }
}

/// Writes the messages: instructions that follow each other as one, since the templates of many
/// models take a single message of them; what the model said and called as one.
fn messages(a: &mut Array<'_>, items: &[Item<'_>]) {
    let mut rest = items;
    while let Some((first, _)) = rest.split_first() {
        let same = |item: &&Item<'_>| kind(item) == kind(first) && kind(first) != Kind::User;
        let run = rest.iter().take_while(same).count().max(1);
        let (group, after) = rest.split_at(run);
        rest = after;
        match kind(first) {
            Kind::System => system(a, group),
            Kind::User => user(a, first),
            Kind::Answer => assistant(a, group),
            Kind::Result => {
                let shown = results(a, group);
                if !shown.is_empty() {
                    let next = after.first().filter(|item| kind(item) == Kind::User);
                    rest = after.get(usize::from(next.is_some())..).unwrap_or_default();
                    show(a, &shown, next);
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    System,
    User,
    Answer,
    Result,
}

const fn kind(item: &Item<'_>) -> Kind {
    match item {
        Item::System { .. } => Kind::System,
        Item::User(_) => Kind::User,
        Item::Said { .. } | Item::Call(_) => Kind::Answer,
        Item::Result { .. } => Kind::Result,
    }
}

fn system(a: &mut Array<'_>, group: &[Item<'_>]) {
    let texts = group.iter().filter_map(|item| match item {
        Item::System { texts, .. } => Some(joined(texts)),
        _ => None,
    });
    let texts: Vec<String> = texts.collect();
    a.object(|o| {
        o.text("role", "system");
        o.text("content", &texts.join("\n\n"));
    });
}

fn user(a: &mut Array<'_>, item: &Item<'_>) {
    if let Item::User(parts) = item {
        a.object(|o| {
            o.text("role", "user");
            content(o, parts);
        });
    }
}

fn assistant(a: &mut Array<'_>, group: &[Item<'_>]) {
    let spoken: Vec<&str> = group.iter().filter_map(|item| said(item, false)).collect();
    let refused: Vec<&str> = group.iter().filter_map(|item| said(item, true)).collect();
    let calls: Vec<&Call<'_>> = group
        .iter()
        .filter_map(|item| if let Item::Call(call) = item { Some(call) } else { None })
        .collect();
    a.object(|o| {
        o.text("role", "assistant");
        let text = (!spoken.is_empty()).then(|| spoken.concat());
        o.text_or_null("content", text.as_deref());
        if !refused.is_empty() {
            o.text("refusal", &refused.concat());
        }
        if !calls.is_empty() {
            o.array("tool_calls", |a| calls.iter().for_each(|call| tool_call(a, call)));
        }
    });
}

fn said<'i>(item: &'i Item<'_>, refused: bool) -> Option<&'i str> {
    match item {
        Item::Said { text, refusal } if *refusal == refused => Some(text),
        _ => None,
    }
}

fn tool_call(a: &mut Array<'_>, call: &Call<'_>) {
    a.object(|o| {
        o.text("id", &call.id);
        o.text("type", "function");
        o.object("function", |o| {
            o.text("name", &call.name);
            o.text("arguments", &custom::arguments(call));
        });
    });
}

/// A piece of a result, and the call that it came from.
type Shown<'i, 'a> = (&'i str, &'i Part<'a>);

/// Writes the results of tools. Chat's hold text only; gives what else they hold.
fn results<'i, 'a>(a: &mut Array<'_>, group: &'i [Item<'a>]) -> Vec<Shown<'i, 'a>> {
    let mut shown: Vec<Shown<'i, 'a>> = Vec::new();
    for item in group {
        let Item::Result { call_id, parts, failed } = item else { continue };
        let texts: Vec<&str> = parts.iter().filter_map(text).collect();
        shown.extend(parts.iter().filter(|part| text(part).is_none()).map(|p| (&**call_id, p)));
        a.object(|o| {
            o.text("role", "tool");
            o.text("tool_call_id", call_id);
            match &texts[..] {
                [] if !parts.is_empty() => o.text("content", "See the next message."),
                [] => o.text("content", if *failed { custom::FAILED } else { "" }),
                [only] => o.text("content", &custom::marked(only, *failed)),
                [first, others @ ..] => o.array("content", |a| {
                    part_text(a, &custom::marked(first, *failed));
                    others.iter().for_each(|text| part_text(a, text));
                }),
            }
        });
    }
    shown
}

/// Writes what results hold beside text, in a message of the user that says where it comes from,
/// together with what the user says next.
fn show(a: &mut Array<'_>, shown: &[Shown<'_, '_>], next: Option<&Item<'_>>) {
    a.object(|o| {
        o.text("role", "user");
        o.array("content", |a| {
            for (call_id, part) in shown {
                part_text(a, &format!("From the result of the tool call {call_id}:"));
                write_part(a, part);
            }
            if let Some(Item::User(parts)) = next {
                parts.iter().for_each(|part| write_part(a, part));
            }
        });
    });
}

fn text<'p>(part: &'p Part<'_>) -> Option<&'p str> {
    if let Part::Text(text) = part { Some(text) } else { None }
}

fn content(o: &mut Object<'_>, parts: &[Part<'_>]) {
    match parts {
        [] => o.text("content", ""),
        [Part::Text(text)] => o.text("content", text),
        parts => o.array("content", |a| parts.iter().for_each(|part| write_part(a, part))),
    }
}

fn part_text(a: &mut Array<'_>, text: &str) {
    a.object(|o| {
        o.text("type", "text");
        o.text("text", text);
    });
}

fn write_part(a: &mut Array<'_>, part: &Part<'_>) {
    match part {
        Part::Text(text) => part_text(a, text),
        Part::Image { source, detail } => a.object(|o| {
            o.text("type", "image_url");
            o.object("image_url", |o| {
                match source {
                    Source::Base64 { media, data } => o.data_url("url", media, data),
                    Source::Url(url) => o.text("url", url),
                }
                o.maybe_text("detail", detail.as_deref());
            });
        }),
        Part::File { source, name } => a.object(|o| {
            o.text("type", "file");
            o.object("file", |o| {
                o.text("filename", name.as_deref().unwrap_or("document.pdf"));
                match source {
                    Source::Base64 { media, data } => o.data_url("file_data", media, data),
                    Source::Url(url) => o.text("file_data", url),
                }
            });
        }),
    }
}
