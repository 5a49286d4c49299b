//! Reads a request of Chat.

use std::borrow::Cow;

use domain::provider::Surface;

use super::message;
use super::tool;
use crate::dropped::{Place, is_dropped};
use crate::effort::{Effort, Reasoning};
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements, flag, number, text, unknown, whole};
use crate::node::Node;
use crate::reach::{Word, need};
use crate::turn::{Format, Prompt, Tier};

const FUNCTIONS: &str = "it is deprecated; use `tools` and `tool_choice`";
const LOGPROBS: &str = "the other dialect gives no log probabilities";

/// Reads a request that goes to a provider of the dialect `to`.
pub(crate) fn parse(body: Node<'_>, to: Surface) -> Result<Prompt<'_>, Unsupported> {
    let fields = Fields::open(body, Path::ROOT)?;
    let mut prompt = Prompt { model: fields.need_text("model")?, ..Prompt::default() };
    prompt.items = message::parse(fields.need("messages")?, &fields.at("messages"), to)?;
    for (name, node) in fields.members.iter().filter(|(_, node)| !node.is_null()) {
        let path = fields.at(name);
        let known = tools(&mut prompt, name, node, &path)?
            || sampling(&mut prompt, name, node, &path, to)?
            || wishes(&mut prompt, name, node, &path, to)?;
        if !known && !node.is_empty() && !is_dropped(Surface::Chat, Place::Top, name) {
            return Err(unknown(&path));
        }
    }
    Ok(prompt)
}

fn tools<'a>(
    prompt: &mut Prompt<'a>,
    name: &str,
    node: Node<'a>,
    path: &Path<'_>,
) -> Result<bool, Unsupported> {
    match name {
        "tools" => prompt.tools = tool::parse(node, path)?,
        "tool_choice" => prompt.choice = Some(tool::choice(node, path)?),
        "parallel_tool_calls" => prompt.parallel = Some(flag(node, path)?),
        "functions" | "function_call" if !node.is_empty() => return Err(path.refuse(FUNCTIONS)),
        "functions" | "function_call" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

fn sampling<'a>(
    prompt: &mut Prompt<'a>,
    name: &str,
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
) -> Result<bool, Unsupported> {
    let sampling = &mut prompt.sampling;
    match name {
        "temperature" => {
            sampling.temperature = Some(number(node, path, 0.0, 2.0)?);
            if node.number().is_some_and(|value| value > 1.0) {
                need(to, Word::Hot, path)?;
            }
        }
        "top_p" => sampling.top_p = Some(number(node, path, 0.0, 1.0)?),
        "top_k" => {
            need(to, Word::TopK, path)?;
            whole(node, path)?;
            sampling.top_k = Some(node.raw());
        }
        "seed" => {
            need(to, Word::Seed, path)?;
            sampling.seed = Some(number(node, path, f64::MIN, f64::MAX)?);
        }
        "presence_penalty" | "frequency_penalty" => {
            let penalty = number(node, path, -2.0, 2.0)?;
            if node.number() != Some(0.0) {
                need(to, Word::Penalty, path)?;
                let presence = name == "presence_penalty";
                let known = if presence {
                    &mut sampling.presence_penalty
                } else {
                    &mut sampling.frequency_penalty
                };
                *known = Some(penalty);
            }
        }
        "logit_bias" if node.is_empty() => {}
        "logit_bias" => {
            need(to, Word::LogitBias, path)?;
            sampling.logit_bias = Some(Fields::open(node, *path).map(|_| node.raw())?);
        }
        "logprobs" | "top_logprobs" if node.is_empty() => {}
        "logprobs" | "top_logprobs" => return Err(path.refuse(LOGPROBS)),
        "stop" => prompt.stop = stop(node, path, to)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn wishes<'a>(
    prompt: &mut Prompt<'a>,
    name: &str,
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
) -> Result<bool, Unsupported> {
    match name {
        "model" | "messages" => {}
        "stream" => prompt.stream = flag(node, path)?,
        "stream_options" => {
            let options = Fields::open(node, *path)?;
            options.only(&["include_usage", "include_obfuscation"])?;
            prompt.include_usage = options.flag("include_usage")?.unwrap_or(false);
        }
        "max_tokens" | "max_completion_tokens" => {
            let bound = Some(whole(node, path)?);
            prompt.output_tokens_max = prompt.output_tokens_max.max(bound);
        }
        "n" if whole(node, path)? == 1 => {}
        "n" => return Err(path.refuse("the provider of this model gives one answer per request")),
        "response_format" => prompt.format = format(node, path, to)?,
        "reasoning_effort" => {
            let word = text(node, path)?;
            let effort = Effort::read(&word).ok_or_else(|| path.refuse("it is no known effort"))?;
            prompt.reasoning =
                Reasoning { effort: Some(effort), wanted: effort > Effort::Nothing, shown: false };
        }
        "user" if prompt.user.is_some() => {}
        "user" | "safety_identifier" => prompt.user = Some(text(node, path)?),
        "service_tier" => prompt.tier = Some(tier(node, path, to)?),
        "verbosity" => prompt.verbosity = Some(text(node, path)?),
        "modalities" => {
            for (index, mode) in elements(node, path)?.into_iter().enumerate() {
                if mode.text().as_deref() != Some("text") {
                    let reason = "the provider of this model answers in text only";
                    return Err(path.index(index).refuse(reason));
                }
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn stop<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
) -> Result<Vec<Cow<'a, str>>, Unsupported> {
    let stops = match node.text() {
        Some(stop) => vec![stop],
        None => elements(node, path)?
            .into_iter()
            .enumerate()
            .map(|(index, stop)| text(stop, &path.index(index)))
            .collect::<Result<_, _>>()?,
    };
    if !stops.is_empty() {
        need(to, Word::Stop, path)?;
    }
    Ok(stops)
}

/// OpenAI's tiers, which Responses shares.
pub(crate) fn tier(node: Node<'_>, path: &Path<'_>, to: Surface) -> Result<Tier, Unsupported> {
    let tier = match &*text(node, path)? {
        "auto" => Tier::Auto,
        "default" => Tier::Standard,
        "flex" => Tier::Flex,
        "scale" => Tier::Scale,
        "priority" => Tier::Priority,
        _ => return Err(path.refuse("it is no known tier")),
    };
    if !matches!(tier, Tier::Auto | Tier::Standard) {
        need(to, Word::Tier, path)?;
    }
    Ok(tier)
}

fn format<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
) -> Result<Option<Format<'a>>, Unsupported> {
    let format = Fields::open(node, *path)?;
    match &*format.need_text("type")? {
        "text" => Ok(None),
        "json_object" => {
            need(to, Word::AnyJson, path)?;
            Ok(Some(Format::Object))
        }
        "json_schema" => {
            format.only(&["type", "json_schema"])?;
            let path = format.at("json_schema");
            schema(&Fields::open(format.need("json_schema")?, path)?).map(Some)
        }
        _ => Err(format.at("type").refuse("it is no known format")),
    }
}

/// OpenAI's description of a schema, which Responses shares.
pub(crate) fn schema<'a>(fields: &Fields<'a, '_>) -> Result<Format<'a>, Unsupported> {
    fields.only(&["type", "name", "description", "schema", "strict"])?;
    Ok(Format::Schema {
        name: fields.text("name")?,
        description: fields.text("description")?,
        schema: fields.object("schema")?.unwrap_or("{}"),
        strict: fields.flag("strict")?,
    })
}
