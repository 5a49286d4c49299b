//! Reads the messages of a request of Chat.

use std::borrow::Cow;

use domain::provider::Surface;

use crate::dropped::{DROPPED, Place};
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements, text};
use crate::media;
use crate::node::Node;
use crate::turn::{Call, Item, Part, Voice};

/// Reads the messages.
pub(crate) fn parse<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
) -> Result<Vec<Item<'a>>, Unsupported> {
    let mut items = Vec::new();
    for (index, node) in elements(node, path)?.into_iter().enumerate() {
        message(&Fields::open(node, path.index(index))?, to, &mut items)?;
    }
    Ok(items)
}

fn message<'a>(
    fields: &Fields<'a, '_>,
    to: Surface,
    items: &mut Vec<Item<'a>>,
) -> Result<(), Unsupported> {
    let role = fields.need_text("role")?;
    let known: &[&str] = match &*role {
        "tool" => &["role", "content", "tool_call_id"],
        _ => &["role", "content"],
    };
    // What the model said before comes back with whatever its provider put beside it; what is asked
    // is read in full or refused.
    if role != "assistant" {
        without_others(fields, known, Place::Message)?;
    }
    match &*role {
        "system" | "developer" => {
            let voice = if role == "system" { Voice::System } else { Voice::Developer };
            let texts = texts(fields.need("content")?, &fields.at("content"))?;
            items.push(Item::System { voice, texts });
        }
        "user" => {
            let parts = parts(fields.need("content")?, &fields.at("content"), to)?;
            items.push(Item::User(parts));
        }
        "assistant" => assistant(fields, items)?,
        "tool" => items.push(Item::Result {
            call_id: fields.need_text("tool_call_id")?,
            parts: parts(fields.need("content")?, &fields.at("content"), to)?,
            failed: false,
        }),
        "function" => {
            return Err(fields.at("role").refuse("it is deprecated; use the role `tool`"));
        }
        _ => return Err(fields.at("role").refuse("it is no known role")),
    }
    Ok(())
}

/// Refuses fields that are neither known nor known to be without effect.
pub(crate) fn without_others(
    fields: &Fields<'_, '_>,
    known: &[&str],
    place: Place,
) -> Result<(), Unsupported> {
    let mut names = known.to_vec();
    let dropped = DROPPED.iter().filter(|d| d.client == Surface::Chat && d.place == place);
    names.extend(dropped.map(|d| d.field));
    fields.only(&names)
}

fn assistant<'a>(fields: &Fields<'a, '_>, items: &mut Vec<Item<'a>>) -> Result<(), Unsupported> {
    fields.without("audio", "spoken answers have no translation")?;
    fields.without("function_call", "it is deprecated; use `tool_calls`")?;
    if let Some(content) = fields.get("content") {
        let path = fields.at("content");
        match content.text() {
            Some(text) => said(items, text, false),
            None => {
                for (index, node) in elements(content, &path)?.into_iter().enumerate() {
                    let part = Fields::open(node, path.index(index))?;
                    match &*part.kind()? {
                        "text" => said(items, part.need_text("text")?, false),
                        "refusal" => said(items, part.need_text("refusal")?, true),
                        _ => return Err(part.at("type").refuse("a model does not say this")),
                    }
                }
            }
        }
    }
    if let Some(refusal) = fields.text("refusal")? {
        said(items, refusal, true);
    }
    if let Some(calls) = fields.get("tool_calls") {
        let path = fields.at("tool_calls");
        for (index, node) in elements(calls, &path)?.into_iter().enumerate() {
            items.push(Item::Call(call(&Fields::open(node, path.index(index))?)?));
        }
    }
    Ok(())
}

fn said<'a>(items: &mut Vec<Item<'a>>, text: Cow<'a, str>, refusal: bool) {
    if !text.is_empty() {
        items.push(Item::Said { text, refusal });
    }
}

fn call<'a>(fields: &Fields<'a, '_>) -> Result<Call<'a>, Unsupported> {
    let id = fields.need_text("id")?;
    let custom = match &*fields.kind()? {
        "function" | "" => false,
        "custom" => true,
        _ => return Err(fields.at("type").refuse("it is no known kind of call")),
    };
    let (object, input) = if custom { ("custom", "input") } else { ("function", "arguments") };
    let called = Fields::open(fields.need(object)?, fields.at(object))?;
    let arguments = called.text(input)?.unwrap_or_default();
    Ok(Call { id, name: called.need_text("name")?, arguments, custom })
}

/// Content that holds text only.
fn texts<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Vec<Cow<'a, str>>, Unsupported> {
    if let Some(text) = node.text() {
        return Ok(vec![text]);
    }
    let mut texts = Vec::new();
    for (index, node) in elements(node, path)?.into_iter().enumerate() {
        let part = Fields::open(node, path.index(index))?;
        if part.kind()? != "text" {
            return Err(part.at("type").refuse("instructions are text"));
        }
        without_others(&part, &["type", "text"], Place::Part)?;
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
    let kind = fields.need_text("type")?;
    without_others(fields, &["type", &*kind], Place::Part)?;
    match &*kind {
        "text" => Ok(Part::Text(fields.need_text("text")?)),
        "image_url" => {
            let image = Fields::open(fields.need("image_url")?, fields.at("image_url"))?;
            image.only(&["url", "detail"])?;
            let path = image.at("url");
            let source = media::source(text(image.need("url")?, &path)?, &path)?;
            media::need_image(to, &source, &path)?;
            Ok(Part::Image { source, detail: image.text("detail")? })
        }
        "file" => {
            let file = Fields::open(fields.need("file")?, fields.at("file"))?;
            file.without("file_id", "a file kept at one provider is unknown to another")?;
            file.only(&["file_data", "filename"])?;
            let path = file.at("file_data");
            let source = media::source(text(file.need("file_data")?, &path)?, &path)?;
            media::need_file(to, &source, &path)?;
            Ok(Part::File { source, name: file.text("filename")? })
        }
        _ => Err(fields.at("type").refuse("content of this type has no translation")),
    }
}
