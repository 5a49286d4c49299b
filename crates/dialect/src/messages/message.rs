//! Reads the messages of a request of Messages.

use std::borrow::Cow;

use domain::provider::Surface;

use super::tool::{is_search, others};
use crate::dropped::Place;
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements};
use crate::media;
use crate::node::Node;
use crate::pen::compact;
use crate::turn::{Call, Item, Part, Source, Voice};

const KEPT: &str = "a file kept at one provider is unknown to another";
const SERVER: &str = "blocks of tools that run at the provider have no translation";

/// Reads the messages.
pub(crate) fn parse<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    to: Surface,
    items: &mut Vec<Item<'a>>,
) -> Result<(), Unsupported> {
    for (index, node) in elements(node, path)?.into_iter().enumerate() {
        let fields = Fields::open(node, path.index(index))?;
        fields.only(&["role", "content"])?;
        let content = fields.need("content")?;
        let path = fields.at("content");
        match &*fields.need_text("role")? {
            "user" => user(content, &path, to, items)?,
            "assistant" => assistant(content, &path, items)?,
            "system" => {
                items.push(Item::System { voice: Voice::System, texts: texts(content, &path)? })
            }
            _ => return Err(fields.at("role").refuse("it is no known role")),
        }
    }
    Ok(())
}

/// Content that holds text only.
pub(crate) fn texts<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Vec<Cow<'a, str>>, Unsupported> {
    if let Some(text) = node.text() {
        return Ok(vec![text]);
    }
    let mut texts = Vec::new();
    for (index, node) in elements(node, path)?.into_iter().enumerate() {
        let block = Fields::open(node, path.index(index))?;
        if block.kind()? != "text" {
            return Err(block.at("type").refuse("instructions are text"));
        }
        others(&block, &["type", "text", "citations"], Place::Part)?;
        texts.push(block.need_text("text")?);
    }
    Ok(texts)
}

fn user<'a>(
    content: Node<'a>,
    path: &Path<'_>,
    to: Surface,
    items: &mut Vec<Item<'a>>,
) -> Result<(), Unsupported> {
    if let Some(text) = content.text() {
        items.push(Item::User(vec![Part::Text(text)]));
        return Ok(());
    }
    for (index, node) in elements(content, path)?.into_iter().enumerate() {
        let block = Fields::open(node, path.index(index))?;
        match &*block.kind()? {
            "tool_result" => items.push(result(&block, to)?),
            "mid_conv_system" => {
                let texts = texts(block.need("content")?, &block.at("content"))?;
                items.push(Item::System { voice: Voice::System, texts });
            }
            _ => {
                let part = part(&block, to)?;
                match items.last_mut() {
                    Some(Item::User(parts)) if index > 0 => parts.push(part),
                    _ => items.push(Item::User(vec![part])),
                }
            }
        }
    }
    Ok(())
}

fn result<'a>(block: &Fields<'a, '_>, to: Surface) -> Result<Item<'a>, Unsupported> {
    others(block, &["type", "tool_use_id", "content", "is_error"], Place::Part)?;
    let parts = match block.get("content") {
        None => Vec::new(),
        Some(content) => match content.text() {
            Some(text) => vec![Part::Text(text)],
            None => {
                let path = block.at("content");
                elements(content, &path)?
                    .into_iter()
                    .enumerate()
                    .map(|(index, node)| found_or_part(&Fields::open(node, path.index(index))?, to))
                    .collect::<Result<_, _>>()?
            }
        },
    };
    let failed = block.flag("is_error")?.unwrap_or(false);
    Ok(Item::Result { call_id: block.need_text("tool_use_id")?, parts, failed })
}

/// A piece of a tool's result. A client that searches for tools itself answers with references to what it
/// found; their definitions are with the others.
fn found_or_part<'a>(block: &Fields<'a, '_>, to: Surface) -> Result<Part<'a>, Unsupported> {
    if block.kind()? != "tool_reference" {
        return part(block, to);
    }
    others(block, &["type", "tool_name"], Place::Part)?;
    let name = block.need_text("tool_name")?;
    Ok(Part::Text(format!("The tool `{name}` can be called now.").into()))
}

/// What the model said before; whatever its provider put beside it is left out.
fn assistant<'a>(
    content: Node<'a>,
    path: &Path<'_>,
    items: &mut Vec<Item<'a>>,
) -> Result<(), Unsupported> {
    if let Some(text) = content.text() {
        items.push(Item::Said { text, refusal: false });
        return Ok(());
    }
    for (index, node) in elements(content, path)?.into_iter().enumerate() {
        let block = Fields::open(node, path.index(index))?;
        match &*block.kind()? {
            "text" => {
                let text = block.need_text("text")?;
                if !text.is_empty() {
                    items.push(Item::Said { text, refusal: false });
                }
            }
            "tool_use" => items.push(Item::Call(Call {
                id: block.need_text("id")?,
                name: block.need_text("name")?,
                arguments: compact(block.object("input")?.unwrap_or("{}")).into(),
                custom: false,
            })),
            // Signed for its maker alone. The conversation goes on without it.
            "thinking" | "redacted_thinking" => {}
            // Which tools were found does not matter where all are known.
            "server_tool_use" if is_search(&block.need_text("name")?) => {}
            "tool_search_tool_result" => {}
            _ => return Err(block.at("type").refuse(SERVER)),
        }
    }
    Ok(())
}

fn part<'a>(block: &Fields<'a, '_>, to: Surface) -> Result<Part<'a>, Unsupported> {
    match &*block.kind()? {
        "text" => {
            others(block, &["type", "text", "citations"], Place::Part)?;
            Ok(Part::Text(block.need_text("text")?))
        }
        "image" => {
            others(block, &["type", "source"], Place::Part)?;
            let source = Fields::open(block.need("source")?, block.at("source"))?;
            let image = match &*source.need_text("type")? {
                "base64" => base64(&source)?,
                "url" => Source::Url(source.need_text("url")?),
                "file" => return Err(source.at("type").refuse(KEPT)),
                _ => return Err(source.at("type").refuse("it is no known source")),
            };
            media::need_image(to, &image, &source.path)?;
            Ok(Part::Image { source: image, detail: None })
        }
        "document" => document(block, to),
        _ => Err(block.at("type").refuse("content of this type has no translation")),
    }
}

fn base64<'a>(source: &Fields<'a, '_>) -> Result<Source<'a>, Unsupported> {
    let (media, data) = (source.need_text("media_type")?, source.need_text("data")?);
    Ok(Source::Base64 { media, data })
}

fn document<'a>(block: &Fields<'a, '_>, to: Surface) -> Result<Part<'a>, Unsupported> {
    others(block, &["type", "source", "title", "citations"], Place::Part)?;
    if let Some(node) = block.get("citations") {
        let citations = Fields::open(node, block.at("citations"))?;
        citations.without("enabled", "the provider of this model gives no citations")?;
    }
    let source = Fields::open(block.need("source")?, block.at("source"))?;
    let title = block.text("title")?;
    let file = match &*source.need_text("type")? {
        "base64" => base64(&source)?,
        "url" => Source::Url(source.need_text("url")?),
        "text" => {
            let text = source.need_text("data")?;
            return Ok(Part::Text(match title {
                Some(title) => format!("{title}\n\n{text}").into(),
                None => text,
            }));
        }
        "file" => return Err(source.at("type").refuse(KEPT)),
        _ => return Err(source.at("type").refuse("a document of this source has no translation")),
    };
    media::need_file(to, &file, &source.path)?;
    Ok(Part::File { source: file, name: title })
}
