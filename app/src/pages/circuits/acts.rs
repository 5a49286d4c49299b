//! What a person can do with a provider's circuits, from the drawer.

use contract::circuits::{CircuitView, CircuitsView, ProbeView, ProviderCircuit};
use contract::fault::Fault;
use domain::circuit::Force as To;
use leptos::prelude::*;

use super::calls::{Clear, Probe};
use super::live::Live;
use super::{refusal, words};
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, State, Toasts, badge, sentence};

/// Force it, end that, ask the provider now.
#[component]
pub fn Acts(
    slug: String,
    provider: Memo<Option<ProviderCircuit>>,
    shown: RwSignal<CircuitsView>,
    live: Live,
) -> impl IntoView {
    let clear = Post::to::<Clear>();
    let ended = clear.fault();
    let toasts = Toasts::here();
    Effect::new(move |_| {
        match ended.get() {
            Some(fault) => toasts.bad(sentence(&fault)),
            None if clear.done() => toasts.good("The circuit decides by itself again."),
            None => return,
        }
        clear.clear();
        live.refresh();
    });
    let forced = Memo::new(move |_| {
        provider.with(|provider| {
            let all = provider.iter().flat_map(|p| std::iter::once(&p.circuit).chain(&p.targets));
            all.filter(|circuit| circuit.forced.is_some()).cloned().collect::<Vec<_>>()
        })
    });
    let clear_slug = slug.clone();
    view! {
        <div class="circuit-acts">
            {force_link(&slug, To::Open)} {force_link(&slug, To::Closed)}
            {move || {
                let ends = |circuit| end(clear_slug.clone(), circuit, clear);
                forced.get().into_iter().map(ends).collect_view()
            }}
        </div>
        <p class="dim">
            "To drain it, force it open: no new call is sent to it, and those under way finish."
        </p>
        <ProbeNow slug shown/>
    }
}

fn force_link(slug: &str, to: To) -> AnyView {
    let words = match to {
        To::Open => "Force open",
        To::Closed => "Force closed",
    };
    match refusal() {
        None => view! {
            <a class="btn" href=paths::circuit_force(slug, to.as_str()) data-noscroll="true">
                {words}
            </a>
        }
        .into_any(),
        Some(why) => {
            let id = format!("force-{}", to.as_str());
            view! { <Button id disabled_reason=why>{words}</Button> }.into_any()
        }
    }
}

/// Ending an override is undone by making it again, so it is not asked about.
fn end(slug: String, circuit: CircuitView, action: Post) -> impl IntoView {
    let model = circuit.model;
    let words = if model.is_empty() {
        "End the override".to_owned()
    } else {
        format!("End the override of {model}")
    };
    view! {
        <PostForm action>
            <input type="hidden" name="provider" value=slug/>
            <input type="hidden" name="model" value=model/>
            <Button submit=true>{words}</Button>
        </PostForm>
    }
}

#[component]
fn ProbeNow(slug: String, shown: RwSignal<CircuitsView>) -> impl IntoView {
    let probe = Post::to::<Probe>();
    let pending = probe.pending();
    let fault = probe.fault();
    let blocked = Signal::derive(move || {
        refusal().or_else(|| {
            let nothing = "This server has nothing to probe a provider with.";
            (!shown.with(|view| view.can_probe)).then(|| nothing.to_owned())
        })
    });
    view! {
        <div class="needs-script circuit-probe">
            <PostForm action=probe>
                <input type="hidden" name="provider" value=slug/>
                <input type="hidden" name="model" value=""/>
                <Button id="probe" submit=true disabled_reason=blocked>
                    {move || if pending.get() { "Probing…" } else { "Probe now" }}
                </Button>
            </PostForm>
            <p class="dim">"One small call to the provider. What it finds moves no circuit."</p>
            <div role="status">
                {move || match fault.get() {
                    Some(fault) => Some(not_asked(&fault)),
                    None => probe.answer().map(found),
                }}
            </div>
        </div>
        <p class="only-noscript form-alert">
            {icon(Icon::Info)} <span>"Probing a provider needs JavaScript: the answer is shown in this page."</span>
        </p>
    }
}

fn not_asked(fault: &Fault) -> AnyView {
    let text = sentence(fault);
    view! { <p class="form-alert">{icon(Icon::Alert)}<span>{text}</span></p> }.into_any()
}

fn found(probe: ProbeView) -> AnyView {
    let (state, word) =
        if probe.ok { (State::Good, "It answers") } else { (State::Bad, "It does not answer") };
    let status = match probe.status {
        Some(status) => format!("HTTP {status}"),
        None => "No answer".into(),
    };
    let served = probe.model_served.map(|model| {
        view! { ", served by " <code>{model}</code> }
    });
    view! {
        <p>
            {badge(state, word)} " " {status} " after " {words::ms(probe.latency_ms)} {served} ". "
            {probe.note}
        </p>
    }
    .into_any()
}
