//! Reads the input of a request of Responses.

use std::borrow::Cow;

use domain::provider::Surface;

use super::tool::{called, others};
use crate::dropped::Place;
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements, text};
use crate::media;
use crate::node::Node;
use crate::turn::{Call, Item, Part, Voice};

const REFERENCE: &str = "an item kept at one provider is unknown to another; send the item itself";
const BUILT_IN: &str = "items of tools that run at the provider have no translation";
const KEPT: &str = "a file kept at one provider is unknown to another";

/// Reads the input: a text, or items.
pub(crate) fn parse<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
    items: &mut Vec<Item<'a>>,
) -> Result<(), Unsupported> {
    if let Some(text) = node.text() {
        items.push(Item::User(vec![Part::Text(text)]));
        return Ok(());
    }
    for (index, node) in elements(node, path)?.into_iter().enumerate() {
        item(&Fields::open(node, path.index(index))?, to, items)?;
    }
    Ok(())
}

fn item<'a>(
    fields: &Fields<'a, '_>,
    to: Surface,
    items: &mut Vec<Item<'a>>,
) -> Result<(), Unsupported> {
    match &*fields.kind()? {
        "message" => message(fields, to, items)?,
        "" if fields.get("role").is_some() => message(fields, to, items)?,
        "" => return Err(fields.at("type").refuse(REFERENCE)),
        "function_call" => {
            others(fields, &["type", "call_id", "name", "namespace", "arguments"], Place::Message)?;
            items.push(Item::Call(call(fields, "arguments", false)?));
        }
        "custom_tool_call" => {
            others(fields, &["type", "call_id", "name", "namespace", "input"], Place::Message)?;
            items.push(Item::Call(call(fields, "input", true)?));
        }
        "function_call_output" | "custom_tool_call_output" => {
            others(fields, &["type", "call_id", "name", "namespace", "output"], Place::Message)?;
            items.push(Item::Result {
                call_id: fields.need_text("call_id")?,
                parts: parts(fields.need("output")?, &fields.at("output"), to)?,
                failed: false,
            });
        }
        // Encrypted for its maker; its summary is for people. The conversation goes on without it.
        "reasoning" => {}
        "item_reference" => return Err(fields.at("type").refuse(REFERENCE)),
        _ => return Err(fields.at("type").refuse(BUILT_IN)),
    }
    Ok(())
}

fn call<'a>(
    fields: &Fields<'a, '_>,
    arguments: &str,
    custom: bool,
) -> Result<Call<'a>, Unsupported> {
    Ok(Call {
        id: fields.need_text("call_id")?,
        name: called(fields)?,
        arguments: fields.text(arguments)?.unwrap_or_default(),
        custom,
    })
}

fn message<'a>(
    fields: &Fields<'a, '_>,
    to: Surface,
    items: &mut Vec<Item<'a>>,
) -> Result<(), Unsupported> {
    let role = fields.need_text("role")?;
    let content = fields.need("content")?;
    let path = fields.at("content");
    if role == "assistant" {
        return answer(content, &path, items);
    }
    others(fields, &["type", "role", "content"], Place::Message)?;
    match &*role {
        "user" => items.push(Item::User(parts(content, &path, to)?)),
        "system" | "developer" => {
            let voice = if role == "system" { Voice::System } else { Voice::Developer };
            items.push(Item::System { voice, texts: texts(content, &path)? });
        }
        _ => return Err(fields.at("role").refuse("it is no known role")),
    }
    Ok(())
}

/// What the model said before; whatever its provider put beside the text is left out.
fn answer<'a>(
    content: Node<'a>,
    path: &Path<'_>,
    items: &mut Vec<Item<'a>>,
) -> Result<(), Unsupported> {
    let mut say = |text: Cow<'a, str>, refusal| {
        if !text.is_empty() {
            items.push(Item::Said { text, refusal });
        }
    };
    if let Some(text) = content.text() {
        say(text, false);
        return Ok(());
    }
    for (index, node) in elements(content, path)?.into_iter().enumerate() {
        let part = Fields::open(node, path.index(index))?;
        match &*part.kind()? {
            "output_text" | "input_text" | "text" => say(part.need_text("text")?, false),
            "refusal" => say(part.need_text("refusal")?, true),
            _ => return Err(part.at("type").refuse("a model does not say this")),
        }
    }
    Ok(())
}

/// Content that holds text only.
fn texts<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Vec<Cow<'a, str>>, Unsupported> {
    if let Some(text) = node.text() {
        return Ok(vec![text]);
    }
    let mut texts = Vec::new();
    for (index, node) in elements(node, path)?.into_iter().enumerate() {
        let part = Fields::open(node, path.index(index))?;
        if !matches!(&*part.kind()?, "input_text" | "output_text" | "text") {
            return Err(part.at("type").refuse("instructions are text"));
        }
        texts.push(part.need_text("text")?);
    }
    Ok(texts)
}

fn parts<'a>(node: Node<'a>, path: &Path<'_>, to: Surface) -> Result<Vec<Part<'a>>, Unsupported> {
    if let Some(text) = node.text() {
        return Ok(vec![Part::Text(text)]);
    }
    elements(node, path)?
        .into_iter()
        .enumerate()
        .map(|(index, node)| part(&Fields::open(node, path.index(index))?, to))
        .collect()
}

fn part<'a>(fields: &Fields<'a, '_>, to: Surface) -> Result<Part<'a>, Unsupported> {
    fields.without("file_id", KEPT)?;
    match &*fields.need_text("type")? {
        "input_text" | "output_text" | "text" => {
            others(fields, &["type", "text"], Place::Part)?;
            Ok(Part::Text(fields.need_text("text")?))
        }
        "input_image" => {
            others(fields, &["type", "image_url", "detail"], Place::Part)?;
            let path = fields.at("image_url");
            let source = media::source(text(fields.need("image_url")?, &path)?, &path)?;
            media::need_image(to, &source, &path)?;
            Ok(Part::Image { source, detail: fields.text("detail")? })
        }
        "input_file" => {
            let known = ["type", "file_data", "file_url", "filename", "detail"];
            others(fields, &known, Place::Part)?;
            let name = if fields.get("file_url").is_some() { "file_url" } else { "file_data" };
            let path = fields.at(name);
            let source = media::source(text(fields.need(name)?, &path)?, &path)?;
            media::need_file(to, &source, &path)?;
            Ok(Part::File { source, name: fields.text("filename")? })
        }
        _ => Err(fields.at("type").refuse("content of this type has no translation")),
    }
}
