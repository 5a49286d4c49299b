//! Reads a request of Messages.

use domain::provider::Surface;

use super::message;
use super::tool;
use crate::dropped::{Place, is_dropped};
use crate::effort::{Effort, Reasoning};
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements, flag, number, text, unknown, whole};
use crate::node::Node;
use crate::reach::{Word, need};
use crate::turn::{Format, Item, Prompt, Tier, Voice};

/// Edits that only thin out what the model reads again; the gateway sends the conversation as given.
const EDITS: [&str; 2] = ["clear_thinking_", "clear_tool_uses_"];
/// Longest name of a user that OpenAI takes, in bytes.
const USER_BYTES_MAX: usize = 64;

/// Reads a request that goes to a provider of the dialect `to`.
pub(crate) fn parse(body: Node<'_>, to: Surface) -> Result<Prompt<'_>, Unsupported> {
    let fields = Fields::open(body, Path::ROOT)?;
    let mut prompt = Prompt { model: fields.need_text("model")?, ..Prompt::default() };
    if let Some(node) = fields.get("system") {
        let texts = message::texts(node, &fields.at("system"))?;
        prompt.items.push(Item::System { voice: Voice::Above, texts });
    }
    fields.need("max_tokens")?;
    message::parse(fields.need("messages")?, &fields.at("messages"), to, &mut prompt.items)?;
    for (name, node) in fields.members.iter().filter(|(_, node)| !node.is_null()) {
        let path = fields.at(name);
        let known = wishes(&mut prompt, name, node, &path, to)?
            || tools(&mut prompt, name, node, &path)?
            || surroundings(&mut prompt, name, node, &path, to)?;
        if !known && !node.is_empty() && !is_dropped(Surface::Messages, Place::Top, name) {
            return Err(unknown(&path));
        }
    }
    prompt.reasoning = reasoning(&fields)?;
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
        // `thinking` is read together with `output_config`, at the end.
        "model" | "messages" | "system" | "thinking" => {}
        "stream" => prompt.stream = flag(node, path)?,
        "max_tokens" => {
            let bound = whole(node, path)?;
            if bound == 0 {
                return Err(path.refuse("only Anthropic fills its prompt cache without an answer"));
            }
            prompt.output_tokens_max = Some(bound);
        }
        "temperature" => prompt.sampling.temperature = Some(number(node, path, 0.0, 1.0)?),
        "top_p" => prompt.sampling.top_p = Some(number(node, path, 0.0, 1.0)?),
        "top_k" => {
            need(to, Word::TopK, path)?;
            whole(node, path)?;
            prompt.sampling.top_k = Some(node.raw());
        }
        "stop_sequences" => {
            for (index, stop) in elements(node, path)?.into_iter().enumerate() {
                need(to, Word::Stop, path)?;
                prompt.stop.push(text(stop, &path.index(index))?);
            }
        }
        "output_config" => {
            let config = Fields::open(node, *path)?;
            config.only(&["effort", "format"])?;
            if let Some(node) = config.get("format") {
                prompt.format = Some(format(node, config.at("format"))?);
            }
        }
        // The name of the same while it was in beta.
        "output_format" => prompt.format = Some(format(node, *path)?),
        _ => return Ok(false),
    }
    Ok(true)
}

fn tools<'a>(
    prompt: &mut Prompt<'a>,
    name: &str,
    node: Node<'a>,
    path: &Path<'_>,
) -> Result<bool, Unsupported> {
    match name {
        "tools" => prompt.tools = tool::parse(node, path)?,
        "tool_choice" => {
            let fields = Fields::open(node, *path)?;
            prompt.choice = Some(tool::choice(&fields)?);
            let disabled = fields.flag("disable_parallel_tool_use")?;
            prompt.parallel = disabled.map(|disabled| !disabled);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn surroundings<'a>(
    prompt: &mut Prompt<'a>,
    name: &str,
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
) -> Result<bool, Unsupported> {
    match name {
        "metadata" => {
            let fields = Fields::open(node, *path)?;
            fields.only(&["user_id"])?;
            // It helps to find abuse and has no part in the answer: what OpenAI would refuse as too
            // long is left out.
            let user = fields.text("user_id")?;
            let fits = |user: &str| to == Surface::Messages || user.len() <= USER_BYTES_MAX;
            prompt.user = user.filter(|user| fits(user));
        }
        "service_tier" => {
            prompt.tier = Some(match &*text(node, path)? {
                "auto" => Tier::Auto,
                "standard_only" => Tier::Standard,
                _ => return Err(path.refuse("it is no known tier")),
            });
        }
        "speed" if text(node, path)? == "standard" => {}
        "context_management" => {
            let fields = Fields::open(node, *path)?;
            fields.only(&["edits"])?;
            let Some(edits) = fields.get("edits") else { return Ok(true) };
            let path = fields.at("edits");
            for (index, node) in elements(edits, &path)?.into_iter().enumerate() {
                let edit = Fields::open(node, path.index(index))?;
                let kind = edit.need_text("type")?;
                if !EDITS.iter().any(|known| kind.starts_with(known)) {
                    return Err(unknown(&edit.at("type")));
                }
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn format<'a>(node: Node<'a>, path: Path<'_>) -> Result<Format<'a>, Unsupported> {
    let fields = Fields::open(node, path)?;
    if fields.need_text("type")? != "json_schema" {
        return Err(fields.at("type").refuse("it is no known format"));
    }
    fields.only(&["type", "schema"])?;
    let schema =
        fields.object("schema")?.ok_or_else(|| fields.at("schema").refuse("it is missing"))?;
    // Here an answer always keeps to its schema.
    Ok(Format::Schema { name: None, description: None, schema, strict: Some(true) })
}

fn reasoning(fields: &Fields<'_, '_>) -> Result<Reasoning, Unsupported> {
    let effort = match fields.get("output_config") {
        None => None,
        Some(node) => {
            let config = Fields::open(node, fields.at("output_config"))?;
            let word = config.text("effort")?;
            let read = |word: &str| {
                Effort::read(word)
                    .filter(|effort| *effort >= Effort::Low)
                    .ok_or_else(|| config.at("effort").refuse("it is no known effort"))
            };
            word.as_deref().map(read).transpose()?
        }
    };
    let Some(node) = fields.get("thinking") else {
        return Ok(Reasoning { effort, wanted: false, shown: false });
    };
    let thinking = Fields::open(node, fields.at("thinking"))?;
    thinking.only(&["type", "budget_tokens", "display"])?;
    let shown = thinking.text("display")?.is_none_or(|display| display != "omitted");
    match &*thinking.need_text("type")? {
        "disabled" => Ok(Reasoning::default()),
        "adaptive" => Ok(Reasoning { effort, wanted: true, shown }),
        "enabled" => {
            let tokens = whole(thinking.need("budget_tokens")?, &thinking.at("budget_tokens"))?;
            let effort = effort.or(Some(Effort::of_budget(tokens)));
            Ok(Reasoning { effort, wanted: true, shown })
        }
        _ => Err(thinking.at("type").refuse("it is no known way of thinking")),
    }
}
