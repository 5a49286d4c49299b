//! Everything about a call as JSON: what the page is made of, and on demand the two bodies.

use domain::ids::CallId;
use leptos::prelude::*;

use super::calls::{Bodies, Document};
use super::content::{Audited, NotKept, refused};
use super::tab::with_bodies;
use crate::fault::UiFault;
use crate::ui::number::bytes;
use crate::ui::{Copy, JsonTree, LinkButton};

/// The tab.
#[component]
pub fn Raw(
    id: CallId,
    kept: bool,
    json: Result<Document, UiFault>,
    bodies: Option<Result<Bodies, UiFault>>,
    retry: Callback<()>,
) -> impl IntoView {
    let call = match json {
        Ok(json) => document("The call", json).into_any(),
        Err(fault) => refused(fault, retry).into_any(),
    };
    let said = match bodies {
        None if kept => view! {
            <p class="body-offer">
                <LinkButton href=with_bodies(id)>"Show prompt and answer"</LinkButton>
                <span class="dim">"They are decrypted for it, and the audit log records it."</span>
            </p>
        }
        .into_any(),
        None => view! { <NotKept /> }.into_any(),
        Some(Ok(bodies)) => view! {
            <Audited />
            {document("Request, as received", bodies.request)}
            {document("Answer, as returned", bodies.response)}
        }
        .into_any(),
        Some(Err(fault)) => refused(fault, retry).into_any(),
    };
    view! { {call} {said} }
}

/// A document: its tree where it is JSON, its text otherwise, and a way to copy it.
fn document(title: &'static str, document: Document) -> impl IntoView {
    let Document { tree, text, bytes: size, truncated } = document;
    let copied = text.clone();
    let shown = match tree {
        Some(node) => view! {
            <JsonTree node=node label=title />
            <details class="body-plain">
                <summary>"As text"</summary>
                <pre class="body-text" tabindex="0" aria-label=title>{text}</pre>
            </details>
        }
        .into_any(),
        None => {
            view! { <pre class="body-text" tabindex="0" aria-label=title>{text}</pre> }.into_any()
        }
    };
    view! {
        <section class="body">
            <div class="body-head">
                <h2>{title}</h2>
                <span class="dim num">{bytes(size)}</span>
                <Copy text=Signal::stored(copied) what=title />
            </div>
            {truncated.then(|| view! { <p class="notice">"Only the beginning was kept."</p> })}
            {shown}
        </section>
    }
}
