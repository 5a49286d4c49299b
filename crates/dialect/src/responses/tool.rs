//! Reads the tools of a request of Responses.

use std::borrow::Cow;
use std::collections::HashSet;

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
    let nodes = elements(node, path)?;
    let mut tools = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let fields = Fields::open(*node, path.index(index))?;
        if fields.kind()? == "namespace" {
            group(&fields, &mut tools)?;
        } else if !(nodes.len() > 1 && is_offline_search(&fields)?) {
            tools.push(tool(&fields)?);
        }
    }
    distinct(&tools, path)?;
    Ok(tools)
}

/// Refuses names that only look alike once groups are dissolved: a call could not be told apart.
fn distinct(tools: &[Tool<'_>], path: &Path<'_>) -> Result<(), Unsupported> {
    let grouped: HashSet<&str> =
        tools.iter().filter(|tool| tool.home.is_some()).map(|tool| &*tool.name).collect();
    let mut names = HashSet::with_capacity(tools.len());
    for name in tools.iter().map(|tool| &*tool.name) {
        if !names.insert(name) && grouped.contains(name) {
            return Err(path.refuse(format!("two tools would be called `{name}`")));
        }
    }
    Ok(())
}

/// Codex adds, unless told otherwise, a search of OpenAI's own index to its tools. Its model may use it
/// or not; one without it does not. A search of the web itself is refused.
fn is_offline_search(fields: &Fields<'_, '_>) -> Result<bool, Unsupported> {
    Ok(fields.kind()? == "web_search" && fields.flag("external_web_access")? == Some(false))
}

/// Tools in a group, which other dialects do not have: each is told with the group's name before its own.
fn group<'a>(fields: &Fields<'a, '_>, tools: &mut Vec<Tool<'a>>) -> Result<(), Unsupported> {
    without_others(fields, &["type", "name", "description", "tools"])?;
    let group = fields.need_text("name")?;
    let about = fields.text("description")?.filter(|about| !about.is_empty());
    let path = fields.at("tools");
    for (index, node) in elements(fields.need("tools")?, &path)?.into_iter().enumerate() {
        let mut tool = tool(&Fields::open(node, path.index(index))?)?;
        let name = std::mem::replace(&mut tool.name, "".into());
        tool.name = grouped(&group, &name).into();
        tool.description = match (&about, tool.description.take()) {
            (Some(about), Some(own)) => Some(format!("{about}\n\n{own}").into()),
            (about, own) => own.or_else(|| about.clone()),
        };
        tool.home = Some((group.clone(), name));
        tools.push(tool);
    }
    Ok(())
}

/// A tool's name with that of its group before it.
pub(crate) fn grouped(group: &str, name: &str) -> String {
    format!("{group}__{name}")
}

/// The name of the tool that is called: with that of its group, where it has one.
pub(crate) fn called<'a>(fields: &Fields<'a, '_>) -> Result<Cow<'a, str>, Unsupported> {
    let name = fields.need_text("name")?;
    Ok(match fields.text("namespace")? {
        Some(group) => grouped(&group, &name).into(),
        None => name,
    })
}

fn tool<'a>(fields: &Fields<'a, '_>) -> Result<Tool<'a>, Unsupported> {
    fields.without("defer_loading", "the provider of this model has no search for tools")?;
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
    let (name, description) = (fields.need_text("name")?, fields.text("description")?);
    Ok(Tool { name, description, input, home: None })
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
        "function" | "custom" => Ok(Choice::Named(called(&fields)?)),
        _ => Err(fields.at("type").refuse("a choice of this type has no translation")),
    }
}
