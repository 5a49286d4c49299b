//! OpenAI's custom tools, which take free text, where only functions are known: a function of one
//! string stands for them. And what results of tools have in common.

use std::borrow::Cow;

use crate::node::Node;
use crate::pen;
use crate::turn::{Call, Grammar};

/// The function's parameters.
pub(crate) const SCHEMA: &str =
    r#"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}"#;
/// What a tool gave that failed without a word.
pub(crate) const FAILED: &str = "Error";

/// The function's description, with the grammar in words, since nothing enforces it there.
pub(crate) fn description(given: Option<&str>, grammar: Option<&Grammar<'_>>) -> String {
    let given = given.unwrap_or_default();
    match grammar {
        None => given.to_owned(),
        Some(Grammar { syntax, definition }) => {
            format!("{given}\n\n`input` must match this {syntax} grammar:\n{definition}")
                .trim_start()
                .to_owned()
        }
    }
}

/// A call's arguments as JSON.
pub(crate) fn arguments<'c>(call: &'c Call<'_>) -> Cow<'c, str> {
    if call.custom { wrapped(&call.arguments).into() } else { Cow::Borrowed(&call.arguments) }
}

/// Free text as the arguments of the function that stands for its tool.
pub(crate) fn wrapped(text: &str) -> String {
    let mut out = Vec::new();
    pen::object(&mut out, |o| o.text("input", text));
    String::from_utf8(out).unwrap_or_default()
}

/// The free text in such arguments. What is no such object is taken for the text itself.
pub(crate) fn unwrapped(arguments: &str) -> String {
    let input = Node::parse(arguments).ok().and_then(|node| node.get("input")?.text());
    input.map_or_else(|| arguments.to_owned(), Cow::into_owned)
}

/// A call's arguments as an object, which Messages demands. What is no object is kept as a text in one.
pub(crate) fn object(arguments: &str) -> Cow<'_, str> {
    if arguments.trim_ascii().is_empty() {
        return "{}".into();
    }
    if Node::parse(arguments).is_ok_and(Node::is_object) {
        return arguments.trim_ascii().into();
    }
    let mut out = Vec::new();
    pen::object(&mut out, |o| o.text("arguments", arguments));
    String::from_utf8(out).unwrap_or_default().into()
}

/// A result's text, which says that the tool failed where the dialect has no flag for it.
pub(crate) fn marked(text: &str, failed: bool) -> Cow<'_, str> {
    let says_so = text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("error"));
    if failed && !says_so { format!("{FAILED}: {text}").into() } else { text.into() }
}
