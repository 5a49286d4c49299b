//! What a call said. It is decrypted only when one of these tabs is opened, and that is written down.

use contract::call::{CallContent, Payload, Turn};
use contract::fault::Fault;
use leptos::prelude::*;

use crate::fault::UiFault;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::bytes;
use crate::ui::{Copy, Empty, Failure};

/// A part of what a call said; why not, where it cannot be read.
#[component]
pub fn Content(
    content: Result<CallContent, UiFault>,
    show: fn(CallContent) -> AnyView,
    retry: Callback<()>,
) -> impl IntoView {
    match content {
        Ok(content) => view! { <Audited /> {show(content)} }.into_any(),
        Err(fault) => refused(fault, retry).into_any(),
    }
}

/// Says that reading was recorded.
#[component]
pub fn Audited() -> impl IntoView {
    view! {
        <p class="notice audited">
            {icon(Icon::Lock)}
            "Decrypted for this view. That you have read it is in the audit log."
        </p>
    }
}

/// Nothing was kept.
#[component]
pub fn NotKept() -> impl IntoView {
    view! {
        <Empty
            title="What was said is not kept"
            sentence="This project does not keep prompts and answers, the call never had any, or their \
                      time is over. Everything else about the call is here."
        />
    }
}

/// Why it cannot be read.
pub fn refused(fault: UiFault, retry: Callback<()>) -> impl IntoView {
    let hint = matches!(fault.0, Fault::Forbidden(_)).then(|| {
        view! {
            <p class="dim mt-2">
                "The numbers of the call stay open to you in the other tabs."
            </p>
        }
    });
    view! { <Failure fault=fault.0 retry=retry /> {hint} }
}

/// Prompt and answer, as a conversation.
pub fn conversation(content: CallContent) -> AnyView {
    if content.turns.is_empty() {
        return view! {
            <p class="dim">"The bodies could not be read as a conversation; here they are as text."</p>
            {body("Request, as received", content.request)}
            {body("Answer, as returned", content.response)}
        }
        .into_any();
    }
    let cut = (cut("request", &content.request), cut("answer", &content.response));
    let turns = content.turns.into_iter().map(turn).collect_view();
    view! {
        {cut}
        <ol class="turns" aria-label="Conversation">
            {turns}
        </ol>
    }
    .into_any()
}

fn turn(turn: Turn) -> impl IntoView {
    let who = match turn.role.as_str() {
        "system" | "developer" => "System",
        "user" => "User",
        "assistant" => "Assistant",
        "tool" | "function" => "Tool",
        _ => "Other",
    };
    view! {
        <li class="turn" data-role=who.to_lowercase()>
            <p class="turn-who">
                {who}
                <Copy text=Signal::stored(turn.text.clone()) what="this turn" />
            </p>
            <div class="turn-text" dir="auto">{turn.text}</div>
        </li>
    }
}

/// A body as text.
fn body(title: &'static str, payload: Payload) -> impl IntoView {
    let cut = cut("body", &payload);
    view! {
        <section class="body">
            <div class="body-head">
                <h3>{title}</h3>
                <span class="dim num">{bytes(payload.bytes)}</span>
                <Copy text=Signal::stored(payload.text.clone()) what="this body" />
            </div>
            {cut}
            <pre class="body-text" tabindex="0" aria-label=title>{payload.text}</pre>
        </section>
    }
}

/// Says that only the beginning is there.
fn cut(what: &str, payload: &Payload) -> Option<impl IntoView + use<>> {
    payload.truncated.then(|| {
        let kept = u64::try_from(payload.text.len()).unwrap_or(u64::MAX);
        let text = format!(
            "Of the {what}, only the first {} of {} were kept.",
            bytes(kept),
            bytes(payload.bytes)
        );
        view! { <p class="notice">{text}</p> }
    })
}

/// A command that repeats the call.
pub fn curl(content: CallContent) -> AnyView {
    let cut = cut("request", &content.request);
    view! {
        {cut}
        <p class="dim">
            "Repeats the call: it is charged again. Put a key of your own where the placeholder is."
        </p>
        <div class="snippet">
            <pre tabindex="0" aria-label="cURL command">{content.curl.clone()}</pre>
            <Copy text=Signal::stored(content.curl) what="the command" />
        </div>
    }
    .into_any()
}
