//! Reads a request of Responses.

use domain::provider::Surface;

use super::item;
use super::tool;
use crate::chat::parse::{schema, tier};
use crate::dropped::{Place, is_dropped};
use crate::effort::{Effort, Reasoning};
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements, flag, number, text, unknown, whole};
use crate::node::Node;
use crate::reach::{Word, need};
use crate::turn::{Format, Item, Prompt, Voice};

const STORED: &str =
    "the provider of this model keeps no answers; send the conversation in `input`";
const BACKGROUND: &str = "the provider of this model has no background mode";
const PROMPTS: &str = "templates kept at one provider are unknown to another";
const TRUNCATION: &str = "the provider of this model does not shorten conversations";
const LOGPROBS: &str = "the other dialect gives no log probabilities";

/// Reads a request that goes to a provider of the dialect `to`.
pub(crate) fn parse(body: Node<'_>, to: Surface) -> Result<Prompt<'_>, Unsupported> {
    let fields = Fields::open(body, Path::ROOT)?;
    let mut prompt = Prompt { model: fields.need_text("model")?, ..Prompt::default() };
    if let Some(text) = fields.text("instructions")? {
        prompt.items.push(Item::System { voice: Voice::Above, texts: vec![text] });
    }
    item::parse(fields.need("input")?, &fields.at("input"), to, &mut prompt.items)?;
    for (name, node) in fields.members.iter().filter(|(_, node)| !node.is_null()) {
        let path = fields.at(name);
        let known = wishes(&mut prompt, name, node, &path, to)?
            || state(name, node, &path)?
            || rest(&mut prompt, name, node, &path, to)?;
        if !known && !node.is_empty() && !is_dropped(Surface::Responses, Place::Top, name) {
            return Err(unknown(&path));
        }
    }
    Ok(prompt)
}

fn wishes<'a>(
    prompt: &mut Prompt<'a>,
    name: &str,
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
) -> Result<bool, Unsupported> {
    match name {
        "model" | "input" | "instructions" => {}
        "stream" => prompt.stream = flag(node, path)?,
        "max_output_tokens" => prompt.output_tokens_max = Some(whole(node, path)?),
        "temperature" => {
            prompt.sampling.temperature = Some(number(node, path, 0.0, 2.0)?);
            if node.number().is_some_and(|value| value > 1.0) {
                need(to, Word::Hot, path)?;
            }
        }
        "top_p" => prompt.sampling.top_p = Some(number(node, path, 0.0, 1.0)?),
        "top_logprobs" if node.is_empty() => {}
        "top_logprobs" => return Err(path.refuse(LOGPROBS)),
        "tools" => prompt.tools = tool::parse(node, path)?,
        "tool_choice" => prompt.choice = Some(tool::choice(node, path)?),
        "parallel_tool_calls" => prompt.parallel = Some(flag(node, path)?),
        "reasoning" => prompt.reasoning = reasoning(&Fields::open(node, *path)?)?,
        "text" => {
            let fields = Fields::open(node, *path)?;
            fields.only(&["format", "verbosity"])?;
            prompt.verbosity = fields.text("verbosity")?;
            if let Some(node) = fields.get("format") {
                prompt.format = format(node, &fields.at("format"), to)?;
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// What would lean on something that the provider keeps.
fn state(name: &str, node: Node<'_>, path: &Path<'_>) -> Result<bool, Unsupported> {
    match name {
        "previous_response_id" | "conversation" => Err(path.refuse(STORED)),
        "prompt" => Err(path.refuse(PROMPTS)),
        "background" if flag(node, path)? => Err(path.refuse(BACKGROUND)),
        "background" => Ok(true),
        "truncation" if text(node, path)? != "disabled" => Err(path.refuse(TRUNCATION)),
        "truncation" => Ok(true),
        _ => Ok(false),
    }
}

fn rest<'a>(
    prompt: &mut Prompt<'a>,
    name: &str,
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
) -> Result<bool, Unsupported> {
    match name {
        // What can be included is encrypted reasoning, which only its maker can read, and results of
        // built-in tools, of which there are none.
        "include" => {
            for (index, word) in elements(node, path)?.into_iter().enumerate() {
                if word.text().as_deref() == Some("message.output_text.logprobs") {
                    return Err(path.index(index).refuse(LOGPROBS));
                }
            }
        }
        "metadata" => prompt.labels = Some(Fields::open(node, *path).map(|_| node.raw())?),
        "user" if prompt.user.is_some() => {}
        "user" | "safety_identifier" => prompt.user = Some(text(node, path)?),
        "service_tier" => prompt.tier = Some(tier(node, path, to)?),
        _ => return Ok(false),
    }
    Ok(true)
}

fn reasoning(fields: &Fields<'_, '_>) -> Result<Reasoning, Unsupported> {
    fields.only(&["effort", "summary", "generate_summary", "context"])?;
    let effort = match fields.text("effort")? {
        None => None,
        Some(word) => Some(
            Effort::read(&word)
                .ok_or_else(|| fields.at("effort").refuse("it is no known effort"))?,
        ),
    };
    let summary = fields.text("summary")?.or(fields.text("generate_summary")?);
    Ok(Reasoning {
        effort,
        wanted: effort.is_some_and(|effort| effort > Effort::Nothing),
        shown: summary.is_some_and(|word| word != "none"),
    })
}

fn format<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
) -> Result<Option<Format<'a>>, Unsupported> {
    let fields = Fields::open(node, *path)?;
    match &*fields.need_text("type")? {
        "text" => Ok(None),
        "json_object" => {
            need(to, Word::AnyJson, path)?;
            Ok(Some(Format::Object))
        }
        "json_schema" => schema(&fields).map(Some),
        _ => Err(fields.at("type").refuse("it is no known format")),
    }
}
