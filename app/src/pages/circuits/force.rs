//! The form that decides in a circuit's place: what, of which, for how long, and why.

use contract::circuits::{CircuitsView, ProviderCircuit};
use contract::fault::{Fault, Field as FieldName};
use domain::circuit::{FORCE_MINUTES_MAX, Force as To};
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_router::hooks::use_query_map;

use super::calls::Force;
use super::live::Live;
use super::{followed, refusal};
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::number::counted;
use crate::ui::{Button, Dialog, Field, FormBody, Select, Toasts, Tone, choices, sentence};

/// How long a decision holds where nobody says otherwise, in minutes.
const MINUTES: &str = "30";
/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;

/// Opens for the provider that the address names. Works without a script: it is a plain form.
#[component]
pub fn ForceDialog(
    shown: RwSignal<CircuitsView>,
    live: Live,
    on_close: Callback<()>,
) -> impl IntoView {
    let action = Post::to::<Force>();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let slug = query.read().get("force")?;
        let to = query.read().get("to").and_then(|to| to.parse().ok()).unwrap_or(To::Open);
        shown.with(|view| view.providers.iter().any(|p| p.slug == slug)).then_some((slug, to))
    });
    let toasts = Toasts::here();
    Effect::new(move |_| {
        if action.done() {
            toasts.good("The circuit is forced, on every node within a second.");
            action.clear();
            live.refresh();
        }
    });
    let close = Callback::new(move |()| {
        action.clear();
        on_close.run(());
    });
    let open = Memo::new(move |_| asked.read().is_some());
    view! {
        <Dialog id="force" title="Force a circuit" open=open close_href=paths::CIRCUITS on_close=close>
            {move || {
                asked
                    .get()
                    .and_then(|(slug, to)| {
                        let provider = followed(shown, slug).get_untracked()?;
                        Some(view! { <Form provider to action/> })
                    })
            }}
        </Dialog>
    }
}

#[component]
fn Form(provider: ProviderCircuit, to: To, action: Post) -> impl IntoView {
    let fault = action.fault();
    let wrong = move |field| Signal::derive(move || field_error(fault.get().as_ref(), field));
    let pending = action.pending();
    let general = move || {
        fault.get().filter(|fault| !matches!(fault, Fault::Invalid { .. })).map(|fault| {
            let text = sentence(&fault);
            view! { <p class="form-alert">{icon(Icon::Alert)}<span>{text}</span></p> }
        })
    };
    let cancel = paths::circuit(&provider.slug);
    let ways = [
        (To::Open.as_str(), "Open: no new call is sent to it, those under way finish"),
        (To::Closed.as_str(), "Closed: every call is sent to it"),
    ];
    let models = models(&provider);
    let note = note(&provider);
    view! {
        <PostForm action>
            <FormBody to=Force::PATH>
                <p class="note">{icon(Icon::Info)} <span>{note}</span></p>
                <div role="alert" class="form-alert-slot">{general}</div>
                <input type="hidden" name="provider" value=provider.slug/>
                <Select id="force-to" name="to" label="Force it" options=choices(&ways) selected=to.as_str()/>
                <Select id="force-model" name="model" label="Which circuit" options=models/>
                <Field
                    id="force-minutes"
                    name="minutes"
                    label="Minutes"
                    kind="number"
                    hint=format!("It ends by itself. At most {FORCE_MINUTES_MAX}, which is a day.")
                    value=MINUTES
                    autocomplete="off"
                    error=wrong(FieldName::Minutes)
                />
                <Field
                    id="force-reason"
                    name="reason"
                    label="Reason"
                    hint="For those who read the log and this page: a ticket, a notice, an incident."
                    autocomplete="off"
                    maxlength=REASON_CHARS_MAX
                    error=wrong(FieldName::Reason)
                />
                <div class="form-acts">
                    <Button id="force-circuit" submit=true tone=Tone::Primary disabled_reason=refusal()>
                        {move || if pending.get() { "Forcing…" } else { "Force circuit" }}
                    </Button>
                    <a class="btn btn-quiet" href=cancel data-noscroll="true">"Cancel"</a>
                </div>
            </FormBody>
        </PostForm>
    }
}

/// The provider as a whole, and each of its models once.
fn models(provider: &ProviderCircuit) -> Vec<(String, String)> {
    let mut models: Vec<&str> = provider.dependants.iter().map(|d| d.model.as_str()).collect();
    models.extend(provider.targets.iter().map(|t| t.model.as_str()));
    models.sort_unstable();
    models.dedup();
    let whole = (String::new(), format!("{} as a whole", provider.name));
    let models = models.into_iter().map(|model| (model.to_owned(), format!("Its model {model}")));
    std::iter::once(whole).chain(models).collect()
}

/// What is at stake: aliases for which nothing takes over.
fn note(provider: &ProviderCircuit) -> String {
    let alone: Vec<&str> = provider
        .dependants
        .iter()
        .filter(|dependant| dependant.targets == 1)
        .map(|dependant| dependant.alias.as_str())
        .collect();
    match alone[..] {
        [] => "While it is open, the next target of each alias takes over.".into(),
        [alias] => format!("While it is open, calls to {alias} are refused: nothing takes over."),
        _ => format!(
            "While it is open, calls to {} are refused: nothing takes over.",
            counted(alone.len() as u64, "alias", "aliases")
        ),
    }
}
