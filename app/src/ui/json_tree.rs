//! A JSON document that can be folded. It is read on the server ([`read`]), so that the browser needs no
//! general JSON type, and folded natively, so that it works without a script.

#[cfg(feature = "ssr")]
pub mod read;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A value, as it was written: order, repeated names and the digits of numbers stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Node {
    /// `true`, `false` or `null`.
    Word(String),
    /// A number, digit for digit.
    Number(String),
    /// A string, with its quotes and escapes.
    Text(String),
    /// Values, in order.
    List(Vec<Node>),
    /// Names and values, in order.
    Object(Vec<(String, Node)>),
    /// What follows is left to the text, since the document is too long or too deep for a tree.
    Cut,
}

/// Levels that are open at first.
const OPEN_LEVELS: usize = 2;
/// Longest text shown in one line before it is folded, in characters.
const TEXT_CHARS_SHOWN: usize = 400;

/// The document, folded below the second level.
#[component]
pub fn JsonTree(
    node: Node,
    /// What it is, for assistive technology.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <div class="json" role="group" aria-label=label>
            {branch(None, node, 0)}
        </div>
    }
}

fn branch(name: Option<String>, node: Node, level: usize) -> AnyView {
    match node {
        Node::List(items) if !items.is_empty() => {
            let size = format!("[ {} ]", items.len());
            let lines = items.into_iter().enumerate();
            let lines =
                lines.map(|(i, item)| branch(Some(i.to_string()), item, level + 1)).collect();
            folded(name, size, lines, level)
        }
        Node::Object(fields) if !fields.is_empty() => {
            let size = format!("{{ {} }}", fields.len());
            let lines = fields.into_iter();
            let lines = lines.map(|(name, value)| branch(Some(name), value, level + 1)).collect();
            folded(name, size, lines, level)
        }
        leaf => view! { <div class="json-leaf">{label(name)}{value(leaf)}</div> }.into_any(),
    }
}

fn folded(name: Option<String>, size: String, lines: Vec<AnyView>, level: usize) -> AnyView {
    view! {
        <details class="json-branch" open=level < OPEN_LEVELS>
            <summary>{label(name)}<span class="json-size">{size}</span></summary>
            <div class="json-children">{lines}</div>
        </details>
    }
    .into_any()
}

fn label(name: Option<String>) -> impl IntoView {
    name.map(|name| view! { <bdi class="json-key">{name}</bdi> })
}

fn value(node: Node) -> AnyView {
    let (class, text) = match node {
        Node::Word(text) => ("json-word", text),
        Node::Number(text) => ("json-number", text),
        Node::Text(text) => return string(text),
        Node::List(_) => ("json-size", "[ ]".into()),
        Node::Object(_) => ("json-size", "{ }".into()),
        Node::Cut => ("json-size", "… more, in the text".into()),
    };
    view! { <span class=class>{text}</span> }.into_any()
}

fn string(text: String) -> AnyView {
    match text.char_indices().nth(TEXT_CHARS_SHOWN) {
        None => view! { <bdi class="json-text">{text}</bdi> }.into_any(),
        Some((end, _)) => {
            let start = format!("{}…", &text[..end]);
            view! {
                <details class="json-long">
                    <summary>
                        <bdi class="json-text">{start}</bdi>
                    </summary>
                    <bdi class="json-text">{text}</bdi>
                </details>
            }
            .into_any()
        }
    }
}
