//! Everything about a call as JSON: what the page is made of, and on demand the two bodies.

use domain::ids::CallId;
use leptos::prelude::*;

use super::calls::{self, Document};
use super::content::{Audited, NotKept, refused};
use super::tab::with_bodies;
use crate::ui::number::bytes;
use crate::ui::{Copy, JsonTree, LinkButton, SkeletonLines};

/// The tab.
#[component]
pub fn Raw(id: CallId, kept: bool, bodies: Memo<bool>) -> impl IntoView {
    let detail = Resource::new(move || id, calls::json);
    view! {
        <Transition fallback=|| view! { <SkeletonLines lines=8 /> }>
            {move || Suspend::new(async move {
                match detail.await {
                    Ok(json) => document("The call", json).into_any(),
                    Err(fault) => refused(fault, move || detail.refetch()).into_any(),
                }
            })}
        </Transition>
        {move || match (kept, bodies.get()) {
            (false, _) => view! { <NotKept /> }.into_any(),
            (true, false) => view! {
                <p class="body-offer">
                    <LinkButton href=with_bodies(id)>"Show prompt and answer"</LinkButton>
                    <span class="dim">"They are decrypted for it, and the audit log records it."</span>
                </p>
            }
            .into_any(),
            (true, true) => view! { <Bodies id=id /> }.into_any(),
        }}
    }
}

/// The two bodies.
#[component]
fn Bodies(id: CallId) -> impl IntoView {
    let bodies = Resource::new(move || id, calls::bodies);
    view! {
        <Transition fallback=|| view! { <SkeletonLines lines=8 /> }>
            {move || Suspend::new(async move {
                match bodies.await {
                    Ok(bodies) => view! {
                        <Audited />
                        {document("Request, as received", bodies.request)}
                        {document("Answer, as returned", bodies.response)}
                    }
                    .into_any(),
                    Err(fault) => refused(fault, move || bodies.refetch()).into_any(),
                }
            })}
        </Transition>
    }
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
