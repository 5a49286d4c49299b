//! Reads the tools of a request of Messages.

use domain::provider::Surface;

use crate::dropped::{DROPPED, Place};
use crate::fault::{Path, Unsupported};
use crate::fields::{Fields, elements};
use crate::node::Node;
use crate::turn::{Choice, Input, Tool};

const BUILT_IN: &str = "tools that Anthropic defines or runs have no translation";
/// How the types of Anthropic's search for tools begin, which it runs itself.
const SEARCH: &str = "tool_search_tool_";
const CALLERS: &str = "the provider of this model calls no tools out of code";

/// Reads the definitions.
pub(crate) fn parse<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Vec<Tool<'a>>, Unsupported> {
    let nodes = elements(node, path)?;
    let mut tools = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let fields = Fields::open(*node, path.index(index))?;
        // It finds tools whose definitions are kept back; none are, so that there is nothing to find.
        if !(nodes.len() > 1 && is_search(&fields.kind()?)) {
            tools.push(tool(&fields)?);
        }
    }
    Ok(tools)
}

/// Whether a type, or a name as Anthropic gives it, is that of its search for tools.
pub(crate) fn is_search(word: &str) -> bool {
    word.starts_with(SEARCH)
}

fn tool<'a>(fields: &Fields<'a, '_>) -> Result<Tool<'a>, Unsupported> {
    if !matches!(&*fields.kind()?, "custom" | "") {
        return Err(fields.at("type").refuse(BUILT_IN));
    }
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
