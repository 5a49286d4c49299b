//! What a call said. It is decrypted only when one of these tabs is opened, and that is written down.

use contract::call::{CallContent, Payload, Turn};
use contract::fault::Fault;
use domain::ids::CallId;
use leptos::prelude::*;

use super::calls;
use crate::fault::UiFault;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::bytes;
use crate::ui::{Copy, Empty, Failure, SkeletonLines};

/// Prompt and answer, as a conversation.
#[component]
pub fn Conversation(id: CallId, kept: bool) -> impl IntoView {
    view! { <Content id=id kept=kept show=conversation /> }
}

/// A command that repeats the call.
#[component]
pub fn Curl(id: CallId, kept: bool) -> impl IntoView {
    view! { <Content id=id kept=kept show=curl /> }
}

/// Loads what a call said and shows a part of it; says why where that is not possible.
#[component]
fn Content(id: CallId, kept: bool, show: fn(CallContent) -> AnyView) -> impl IntoView {
    if !kept {
        return view! { <NotKept /> }.into_any();
    }
    let content = Resource::new(move || id, calls::content);
    view! {
        <Transition fallback=|| view! { <SkeletonLines lines=8 /> }>
            {move || Suspend::new(async move {
                match content.await {
                    Ok(content) => view! { <Audited /> {show(content)} }.into_any(),
                    Err(fault) => refused(fault, move || content.refetch()).into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
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
pub fn refused(fault: UiFault, again: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    let hint = matches!(fault.0, Fault::Forbidden(_)).then(|| {
        view! {
            <p class="dim">
                "The numbers of the call stay open to you in the other tabs.."
            </p>
        }
    });
    view! { <Failure fault=fault.0 retry=Callback::new(move |()| again()) /> {hint} }
}

fn conversation(content: CallContent) -> AnyView {
    if content.turns.is_empty() {
        return view! {
            <p class="dim">"The bodies could not be read as a conversation; here they are as text."</p>
            {body("Request, as received", content.request)}
            {body("Answer, as returned", content.response)}
        }
        .into_any();
    }
    let cut = cut(&content.request).or_else(|| cut(&content.response));
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
pub fn body(title: &'static str, payload: Payload) -> impl IntoView {
    let cut = cut(&payload);
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
fn cut(payload: &Payload) -> Option<impl IntoView + use<>> {
    payload.truncated.then(|| {
        let kept = u64::try_from(payload.text.len()).unwrap_or(u64::MAX);
        let text = format!("Only the first {} of {} were kept.", bytes(kept), bytes(payload.bytes));
        view! { <p class="notice">{text}</p> }
    })
}

fn curl(content: CallContent) -> AnyView {
    let cut = cut(&content.request);
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
