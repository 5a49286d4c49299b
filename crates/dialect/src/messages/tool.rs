//! Reads the tools of a request of Messages.

use domain::provider::Surface;

use crate::dropped::{DROPPED, Place};
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements};
use crate::node::Node;
use crate::turn::{Choice, Input, Tool};

const BUILT_IN: &str = "tools that Anthropic defines or runs have no translation";
const DEFERRED: &str = "the provider of this model has no search for tools";
const CALLERS: &str = "the provider of this model calls no tools out of code";

/// Reads the definitions.
pub(crate) fn parse<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Vec<Tool<'a>>, Unsupported> {
    elements(node, path)?
        .into_iter()
        .enumerate()
        .map(|(index, node)| tool(&Fields::open(node, path.index(index))?))
        .collect()
}

fn tool<'a>(fields: &Fields<'a, '_>) -> Result<Tool<'a>, Unsupported> {
    if !matches!(&*fields.kind()?, "custom" | "") {
        return Err(fields.at("type").refuse(BUILT_IN));
    }
    fields.without("defer_loading", DEFERRED)?;
    if let Some(node) = fields.get("allowed_callers") {
        let path = fields.at("allowed_callers");
        for (index, caller) in elements(node, &path)?.into_iter().enumerate() {
            if caller.text().as_deref() != Some("direct") {
                return Err(path.index(index).refuse(CALLERS));
            }
        }
    }
    let known = ["type", "name", "description", "input_schema", "strict", "allowed_callers"];
    others(fields, &known, Place::Tool)?;
    let input =
        Input::Schema { schema: fields.object("input_schema")?, strict: fields.flag("strict")? };
    let (name, description) = (fields.need_text("name")?, fields.text("description")?);
    Ok(Tool { name, description, input, home: None })
}

/// Refuses fields that are neither known nor known to be without effect.
pub(crate) fn others(
    fields: &Fields<'_, '_>,
    known: &[&str],
    place: Place,
) -> Result<(), Unsupported> {
    let mut names = known.to_vec();
    let dropped = DROPPED.iter().filter(|d| d.client == Surface::Messages && d.place == place);
    names.extend(dropped.map(|d| d.field));
    fields.only(&names)
}

/// Reads the choice among them.
pub(crate) fn choice<'a>(fields: &Fields<'a, '_>) -> Result<Choice<'a>, Unsupported> {
    fields.only(&["type", "name", "disable_parallel_tool_use"])?;
    match &*fields.need_text("type")? {
        "auto" => Ok(Choice::Auto),
        "any" => Ok(Choice::Any),
        "none" => Ok(Choice::Nothing),
        "tool" => Ok(Choice::Named(fields.need_text("name")?)),
        _ => Err(fields.at("type").refuse("it is no known choice")),
    }
}
