//! Reads the tools of a request of Responses.

use domain::provider::Surface;

use crate::chat::tool::free;
use crate::dropped::{DROPPED, Place};
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements};
use crate::node::Node;
use crate::turn::{Choice, Input, Tool};

const BUILT_IN: &str = "tools that run at the provider, or that only its own models know, have no \
    translation";

/// Reads the definitions.
pub(crate) fn parse<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Vec<Tool<'a>>, Unsupported> {
    elements(node, path)?
        .into_iter()
        .enumerate()
        .map(|(index, node)| tool(&Fields::open(node, path.index(index))?))
        .collect()
}

fn tool<'a>(fields: &Fields<'a, '_>) -> Result<Tool<'a>, Unsupported> {
    let input = match &*fields.need_text("type")? {
        "function" => {
            without_others(fields, &["type", "name", "description", "parameters", "strict"])?;
            Input::Schema { schema: fields.object("parameters")?, strict: fields.flag("strict")? }
        }
        "custom" => {
            without_others(fields, &["type", "name", "description", "format"])?;
            free(fields)?
        }
        _ => return Err(fields.at("type").refuse(BUILT_IN)),
    };
    Ok(Tool { name: fields.need_text("name")?, description: fields.text("description")?, input })
}

fn without_others(fields: &Fields<'_, '_>, known: &[&str]) -> Result<(), Unsupported> {
    others(fields, known, Place::Tool)
}

/// Refuses fields that are neither known nor known to be without effect.
pub(crate) fn others(
    fields: &Fields<'_, '_>,
    known: &[&str],
    place: Place,
) -> Result<(), Unsupported> {
    let mut names = known.to_vec();
    let dropped = DROPPED.iter().filter(|d| d.client == Surface::Responses && d.place == place);
    names.extend(dropped.map(|d| d.field));
    fields.only(&names)
}

/// Reads the choice among them.
pub(crate) fn choice<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Choice<'a>, Unsupported> {
    if node.text().is_some() {
        return crate::chat::tool::choice(node, path);
    }
    let fields = Fields::open(node, *path)?;
    match &*fields.need_text("type")? {
        "function" | "custom" => Ok(Choice::Named(fields.need_text("name")?)),
        _ => Err(fields.at("type").refuse("a choice of this type has no translation")),
    }
}
