//! The last step before something is stopped: what it would do, why it is done, and its name.

use contract::fault::{Fault, Field as FieldName};
use contract::kills::Preview;
use domain::kill::KillScope;
use domain::limits::REASON_CHARS_MAX;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::calls::Arm;
use super::words;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::{
    Button, Clock, Field, FormBody, LinkButton, Select, Tone, TypedConfirmation, choices, sentence,
};

/// Choices of how long it lasts, in hours; zero is until it is released.
const LASTS: [(&str, &str); 6] = [
    ("0", "Until it is released"),
    ("1", "1 hour"),
    ("4", "4 hours"),
    ("24", "24 hours"),
    ("168", "7 days"),
    ("720", "30 days"),
];

/// The step.
#[component]
pub fn Confirm(preview: Preview) -> impl IntoView {
    let scope = preview.target.scope;
    let what = words::named(scope, Some(&preview.name));
    let tenant = preview.tenant.clone().filter(|tenant| *tenant != preview.name);
    let facts = words::reach(scope, preview.reach)
        .into_iter()
        .map(|(name, number)| {
            view! { <div><dt>{name}</dt><dd class="num">{number}</dd></div> }
        })
        .collect_view();
    let form = if preview.stopped {
        view! { <Already/> }.into_any()
    } else {
        view! { <Form preview/> }.into_any()
    };
    view! {
        <div class="stop-step">
            <section aria-labelledby="reach-title">
                <h2 id="reach-title">
                    "What stopping " <span dir="auto">{what}</span>
                    {tenant.map(|tenant| format!(" of {tenant}"))} " would do"
                </h2>
                <p class="dim">{words::act(scope).1}</p>
                <dl class="facts">{facts}</dl>
                {words::counted_over(scope).map(|text| view! { <p class="dim">{text}</p> })}
            </section>
            <section aria-labelledby="form-title">
                <h2 id="form-title">"Stop it"</h2>
                {form}
            </section>
        </div>
    }
}

#[component]
fn Already() -> impl IntoView {
    view! {
        <p class="note">
            {icon(Icon::Info)}
            <span>"It is stopped already. The kill switch's page says by whom and why."</span>
        </p>
        <LinkButton href=paths::KILL_SWITCH>"What is stopped"</LinkButton>
    }
}

#[component]
fn Form(preview: Preview) -> impl IntoView {
    let action = Post::to::<Arm>();
    let fault = action.fault();
    let matches = RwSignal::new(false);
    let clock = Clock::here();
    // Without a script the button must work; the server checks the name in any case.
    let blocked = Signal::derive(move || {
        (clock.awake() && !matches.get()).then(|| "Type the name first.".to_owned())
    });
    let pending = action.pending();
    let wrong = move |field| Signal::derive(move || field_error(fault.get().as_ref(), field));
    let general = move || {
        let shown_elsewhere = |fault: &Fault| {
            matches!(
                fault,
                Fault::Invalid { field: FieldName::Reason | FieldName::Confirmation, .. }
            )
        };
        fault.get().filter(|fault| !shown_elsewhere(fault)).map(|fault| {
            let text = sentence(&fault);
            view! { <p class="form-alert">{icon(Icon::Alert)}<span>{text}</span></p> }
        })
    };
    let scope = preview.target.scope;
    let reason_hint = match scope {
        KillScope::All | KillScope::Provider => {
            "For the history and the audit log. Tenants are told that it is stopped, not why."
        }
        _ => "Everyone in the tenant who is stopped by it reads this.",
    };
    view! {
        <PostForm action>
            <FormBody to=Arm::PATH>
                <p class="danger-note">
                    {icon(Icon::Alert)}
                    <span>
                        "New calls are refused within a second, and answers under way are cut off. Programs are told by the code "
                        <code>{if scope == KillScope::Provider { "kill_switch_provider" } else { "kill_switch" }}</code>
                        "."
                    </span>
                </p>
                <div role="alert" class="form-alert-slot">{general}</div>
                <input type="hidden" name="target" value=preview.target.to_string()/>
                <Field
                    id="stop-reason"
                    name="reason"
                    label="Reason"
                    hint=reason_hint
                    autocomplete="off"
                    maxlength=REASON_CHARS_MAX
                    error=wrong(FieldName::Reason)
                />
                <Select id="stop-lasts" name="expires_in_hours" label="Lasts" options=choices(&LASTS)/>
                <TypedConfirmation
                    id="stop-name"
                    expected=preview.name
                    matches
                    error=wrong(FieldName::Confirmation)
                />
                <div class="form-acts">
                    <Button id="stop-now" submit=true tone=Tone::Danger disabled_reason=blocked>
                        {icon(Icon::Stop)}
                        <span>{move || if pending.get() { "Stopping…" } else { "Stop now" }}</span>
                    </Button>
                    <a class="btn btn-quiet" href=paths::KILL_SWITCH>"Cancel"</a>
                </div>
            </FormBody>
        </PostForm>
    }
}
