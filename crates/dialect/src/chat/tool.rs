//! Reads the tools of a request of Chat.

use crate::dropped::Place;
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements};
use crate::node::Node;
use crate::turn::{Choice, Grammar, Input, Tool};

use super::message::without_others;

const BUILT_IN: &str = "tools that run at the provider have no translation";

/// Reads the definitions.
pub(crate) fn parse<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Vec<Tool<'a>>, Unsupported> {
    elements(node, path)?
        .into_iter()
        .enumerate()
        .map(|(index, node)| tool(&Fields::open(node, path.index(index))?))
        .collect()
}

fn tool<'a>(fields: &Fields<'a, '_>) -> Result<Tool<'a>, Unsupported> {
    let kind = fields.need_text("type")?;
    if kind != "function" && kind != "custom" {
        return Err(fields.at("type").refuse(BUILT_IN));
    }
    without_others(fields, &["type", &*kind], Place::Tool)?;
    let inner = Fields::open(fields.need(&kind)?, fields.at(&kind))?;
    let input = if kind == "custom" {
        inner.only(&["name", "description", "format"])?;
        free(&inner)?
    } else {
        inner.only(&["name", "description", "parameters", "strict"])?;
        Input::Schema { schema: inner.object("parameters")?, strict: inner.flag("strict")? }
    };
    let (name, description) = (inner.need_text("name")?, inner.text("description")?);
    Ok(Tool { name, description, input, home: None })
}

/// What a custom tool takes, here and in Responses.
pub(crate) fn free<'a>(fields: &Fields<'a, '_>) -> Result<Input<'a>, Unsupported> {
    let Some(node) = fields.get("format") else {
        return Ok(Input::Text { grammar: None });
    };
    let format = Fields::open(node, fields.at("format"))?;
    let grammar = match &*format.need_text("type")? {
        "text" => None,
        "grammar" => {
            // Chat wraps the grammar in an object of its own; Responses does not.
            let wrapped = format.get("grammar");
            let grammar =
                wrapped.map(|node| Fields::open(node, format.at("grammar"))).transpose()?;
            Some(grammar_of(grammar.as_ref().unwrap_or(&format))?)
        }
        _ => return Err(format.at("type").refuse("it is no known format")),
    };
    Ok(Input::Text { grammar })
}

fn grammar_of<'a>(fields: &Fields<'a, '_>) -> Result<Grammar<'a>, Unsupported> {
    Ok(Grammar { syntax: fields.need_text("syntax")?, definition: fields.need_text("definition")? })
}

/// Reads the choice among them.
pub(crate) fn choice<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Choice<'a>, Unsupported> {
    if let Some(word) = node.text() {
        return match &*word {
            "auto" => Ok(Choice::Auto),
            "none" => Ok(Choice::Nothing),
            "required" => Ok(Choice::Any),
            _ => Err(path.refuse("it must be `auto`, `none`, `required` or name a tool")),
        };
    }
    let fields = Fields::open(node, *path)?;
    let kind = fields.need_text("type")?;
    match &*kind {
        "function" | "custom" => {
            let called = Fields::open(fields.need(&kind)?, fields.at(&kind))?;
            Ok(Choice::Named(called.need_text("name")?))
        }
        _ => Err(fields.at("type").refuse("a choice of this type has no translation")),
    }
}
