//! The fields of a request's object, each read as the type that it must have or refused by its path.

use std::borrow::Cow;

use crate::fault::{Path, Unsupported};
use crate::node::{Members, Node};

/// An object of a request, and where it stands.
pub(crate) struct Fields<'a, 'p> {
    pub(crate) members: Members<'a>,
    pub(crate) path: Path<'p>,
}

impl<'a, 'p> Fields<'a, 'p> {
    pub(crate) fn open(node: Node<'a>, path: Path<'p>) -> Result<Self, Unsupported> {
        let Some(members) = node.members() else {
            return Err(path.refuse("it must be an object"));
        };
        if let Some(name) = members.twice() {
            return Err(path.field(name).refuse("it is given twice"));
        }
        Ok(Self { members, path })
    }

    pub(crate) fn at<'s>(&'s self, name: &'s str) -> Path<'s> {
        self.path.field(name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Node<'a>> {
        self.members.get(name)
    }

    pub(crate) fn need(&self, name: &str) -> Result<Node<'a>, Unsupported> {
        self.get(name).ok_or_else(|| self.at(name).refuse("it is missing"))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, Unsupported> {
        self.get(name).map(|node| text(node, &self.at(name))).transpose()
    }

    pub(crate) fn need_text(&self, name: &str) -> Result<Cow<'a, str>, Unsupported> {
        text(self.need(name)?, &self.at(name))
    }

    /// What kind of thing the object is; empty where it does not say.
    pub(crate) fn kind(&self) -> Result<Cow<'a, str>, Unsupported> {
        Ok(self.text("type")?.unwrap_or_default())
    }

    /// An object as it was written.
    pub(crate) fn object(&self, name: &str) -> Result<Option<&'a str>, Unsupported> {
        match self.get(name) {
            Some(node) if !node.is_object() => Err(self.at(name).refuse("it must be an object")),
            node => Ok(node.map(Node::raw)),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Unsupported> {
        self.get(name).map(|node| flag(node, &self.at(name))).transpose()
    }

    /// Refuses a field that says anything at all.
    pub(crate) fn without(&self, name: &str, reason: &str) -> Result<(), Unsupported> {
        match self.get(name) {
            Some(node) if !node.is_empty() => Err(self.at(name).refuse(reason)),
            _ => Ok(()),
        }
    }

    /// Refuses fields beside the known ones, unless they say nothing.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Unsupported> {
        for (name, node) in self.members.iter() {
            if !known.contains(&name) && !node.is_empty() {
                return Err(unknown(&self.at(name)));
            }
        }
        Ok(())
    }
}

pub(crate) fn text<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Cow<'a, str>, Unsupported> {
    node.text().ok_or_else(|| path.refuse("it must be a string"))
}

pub(crate) fn flag(node: Node<'_>, path: &Path<'_>) -> Result<bool, Unsupported> {
    node.boolean().ok_or_else(|| path.refuse("it must be true or false"))
}

pub(crate) fn whole(node: Node<'_>, path: &Path<'_>) -> Result<u64, Unsupported> {
    node.whole().ok_or_else(|| path.refuse("it must be a whole number that is not negative"))
}

/// A number between bounds, as it was written.
pub(crate) fn number<'a>(
    node: Node<'a>,
    path: &Path<'_>,
    least: f64,
    most: f64,
) -> Result<&'a str, Unsupported> {
    match node.number() {
        Some(value) if (least..=most).contains(&value) => Ok(node.raw()),
        _ => Err(path.refuse(format!("it must be a number from {least} to {most}"))),
    }
}

pub(crate) fn elements<'a>(node: Node<'a>, path: &Path<'_>) -> Result<Vec<Node<'a>>, Unsupported> {
    node.elements().ok_or_else(|| path.refuse("it must be an array"))
}

pub(crate) fn unknown(path: &Path<'_>) -> Unsupported {
    path.refuse("it has no translation into the dialect of the provider that serves this model")
}
