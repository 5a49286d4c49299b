//! The targets of an alias: a list of rows that can be added, moved and taken away.
//!
//! A row keeps the number that it began with, under which its fields are sent; their order is sent
//! beside them. So a row that is moved is the same element, with what was typed into it.

use contract::aliases::TargetRow;
use domain::limits::{MODEL_BYTES_MAX, OUTPUT_TOKENS, TARGETS_MAX};
use domain::provider::Capability;
use leptos::prelude::*;

use super::alias_list::{flaw, price_words};
use super::calls::Routing;
use crate::ui::icon::{Icon, icon};
use crate::ui::{Announcer, Button, Checkbox, Checks, Field, Select, State, Tick, Tone, badge};

/// The number of the row that is there without a script only: no other comes that far.
const SPARE: u32 = 9_999;

/// The numbers of the rows, in their order.
#[derive(Clone, Copy)]
struct Rows {
    numbers: RwSignal<Vec<u32>>,
    next: StoredValue<u32>,
    announcer: Announcer,
}

impl Rows {
    fn new(count: usize) -> Self {
        let count = u32::try_from(count.max(1)).unwrap_or(1);
        Self {
            numbers: RwSignal::new((0..count).collect()),
            next: StoredValue::new(count),
            announcer: Announcer::here(),
        }
    }

    /// From 1; reactive.
    fn position(self, number: u32) -> usize {
        self.numbers.read().iter().position(|one| *one == number).map_or(0, |at| at + 1)
    }

    fn add(self) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        self.numbers.update(|numbers| numbers.push(number));
        focus_later(format!("target-{number}-provider"));
    }

    /// Moves a row by one place, and keeps the focus on the button that did it.
    fn shift(self, number: u32, up: bool) {
        self.numbers.update(|numbers| {
            if let Some(at) = numbers.iter().position(|one| *one == number) {
                let to = if up { at.saturating_sub(1) } else { (at + 1).min(numbers.len() - 1) };
                numbers.swap(at, to);
            }
        });
        let position = untrack(|| self.position(number));
        self.announcer.say(&format!("Now target {position}"));
        focus_later(format!("target-{number}-{}", if up { "up" } else { "down" }));
    }

    fn remove(self, number: u32) {
        self.numbers.update(|numbers| numbers.retain(|one| *one != number));
        self.announcer.say("Target taken away");
        focus_later("add-target".to_owned());
    }
}

/// Gives the focus to an element that is there by the next frame.
fn focus_later(id: String) {
    use wasm_bindgen::JsCast as _;
    request_animation_frame(move || {
        let element = document().get_element_by_id(&id);
        if let Some(element) = element.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}

/// The rows, in order. Without a script there is one more, and each can be struck out.
#[component]
pub fn Targets(targets: Vec<TargetRow>, stored: StoredValue<Routing>) -> impl IntoView {
    let rows = Rows::new(targets.len());
    let known = StoredValue::new(targets);
    let order = move || {
        let numbers = rows.numbers.read();
        numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
    };
    let full = Signal::derive(move || {
        (rows.numbers.read().len() >= TARGETS_MAX)
            .then(|| format!("An alias has at most {TARGETS_MAX} targets."))
    });
    view! {
        <fieldset class="target-list">
            <legend>"Targets, in order"</legend>
            <input type="hidden" name="form[order]" value=order/>
            <For each=move || rows.numbers.get() key=|number| *number let:number>
                <Target
                    number
                    rows
                    row=known.with_value(|known| known.get(number as usize).cloned())
                    stored
                />
            </For>
            <div class="only-noscript">
                <fieldset class="target">
                    <legend>"One more"</legend>
                    <TargetFields number=SPARE row=None stored spare=true/>
                </fieldset>
            </div>
            <div class="needs-script">
                <Button id="add-target" disabled_reason=full on_click=move |_| rows.add()>
                    {icon(Icon::Plus)}
                    <span>"Add target"</span>
                </Button>
            </div>
        </fieldset>
    }
}

#[component]
fn Target(
    number: u32,
    rows: Rows,
    row: Option<TargetRow>,
    stored: StoredValue<Routing>,
) -> impl IntoView {
    let position = Memo::new(move |_| rows.position(number));
    let count = Memo::new(move |_| rows.numbers.read().len());
    let first =
        Signal::derive(move || (position.get() <= 1).then(|| "It is the first.".to_owned()));
    let last = Signal::derive(move || {
        (position.get() >= count.get()).then(|| "It is the last.".to_owned())
    });
    let only =
        Signal::derive(move || (count.get() <= 1).then(|| "An alias needs a target.".to_owned()));
    let known = row.is_some();
    let state = row.as_ref().map(|row| {
        let price = row.price.map(price_words);
        view! {
            <p class="target-state dim">
                {match flaw(row.state) {
                    Some((state, word)) => badge(state, word).into_any(),
                    None => badge(State::Good, "Ready").into_any(),
                }} " " {price.unwrap_or_else(|| "No price: it is not called.".to_owned())}
            </p>
        }
    });
    view! {
        <fieldset class="target">
            <legend>{move || format!("Target {}", position.get())}</legend>
            {state}
            <TargetFields number row stored/>
            <div class="target-acts needs-script">
                <Button
                    id=format!("target-{number}-up")
                    tone=Tone::Quiet
                    label="Move up"
                    disabled_reason=first
                    on_click=move |_| rows.shift(number, true)
                >
                    {icon(Icon::ArrowUp)}
                </Button>
                <Button
                    id=format!("target-{number}-down")
                    tone=Tone::Quiet
                    label="Move down"
                    disabled_reason=last
                    on_click=move |_| rows.shift(number, false)
                >
                    {icon(Icon::ArrowDown)}
                </Button>
                <Button
                    id=format!("target-{number}-remove")
                    tone=Tone::Quiet
                    disabled_reason=only
                    on_click=move |_| rows.remove(number)
                >
                    "Take away"
                </Button>
            </div>
            {known
                .then(|| {
                    view! {
                        <div class="only-noscript">
                            <Checkbox
                                id=format!("target-{number}-removed")
                                name=name(number, "removed")
                                label="Take this target away"
                            />
                        </div>
                    }
                })}
        </fieldset>
    }
}

/// The name under which a field of a row is sent.
fn name(number: u32, field: &str) -> String {
    format!("form[targets][{number}][{field}]")
}

#[component]
fn TargetFields(
    number: u32,
    row: Option<TargetRow>,
    stored: StoredValue<Routing>,
    /// Whether it may stay empty.
    #[prop(optional)]
    spare: bool,
) -> impl IntoView {
    let id = |field: &str| format!("target-{number}-{field}");
    let mut providers: Vec<(String, String)> = stored.with_value(|routing| {
        let choice = |row: &contract::providers::ProviderRow| (row.slug.clone(), row.name.clone());
        routing.providers.iter().map(choice).collect()
    });
    if spare {
        providers.insert(0, (String::new(), "None".to_owned()));
    }
    let text = |pick: fn(&TargetRow) -> String| row.as_ref().map(pick).unwrap_or_default();
    let provider = text(|row| row.provider.clone());
    let model = text(|row| row.model.clone());
    let weight = row.as_ref().map_or(1, |row| row.weight).to_string();
    view! {
        <div class="target-fields">
            <Select
                id=id("provider")
                name=name(number, "provider")
                label="Provider"
                options=providers
                selected=provider
            />
            <Field
                id=id("model")
                name=name(number, "model")
                label="Model"
                value=model
                autocomplete="off"
                mono=true
                optional=spare
                maxlength=MODEL_BYTES_MAX
            />
            <Field
                id=id("weight")
                name=name(number, "weight")
                label="Weight"
                value=weight
                autocomplete="off"
                optional=spare
                maxlength=4
            />
        </div>
        <More number row/>
    }
}

/// What few people change: prices under another name, bounds, and what the model can do.
#[component]
fn More(number: u32, row: Option<TargetRow>) -> impl IntoView {
    let id = |field: &str| format!("target-{number}-{field}");
    let text = |pick: fn(&TargetRow) -> String| row.as_ref().map(pick).unwrap_or_default();
    let known = row.as_ref().is_some_and(|row| row.capabilities.is_some());
    let able = row.as_ref().and_then(|row| row.capabilities.clone()).unwrap_or_default();
    let ticks = Capability::ALL
        .iter()
        .map(|one| Tick { value: one.as_str(), label: one.label(), ticked: able.contains(one) })
        .collect();
    let knowledge = vec![
        ("false".to_owned(), "Not known: everything is taken to fit".to_owned()),
        ("true".to_owned(), "Known: only what is ticked below".to_owned()),
    ];
    view! {
        <details class="target-more">
            <summary>"Price, bounds and capabilities"</summary>
            <div class="target-fields">
                <Field
                    id=id("price-provider")
                    name=name(number, "price_provider")
                    label="Provider in the price catalogue"
                    hint="Empty: the provider's short name."
                    value=text(|row| row.price_provider.clone())
                    autocomplete="off"
                    mono=true
                    optional=true
                    maxlength=MODEL_BYTES_MAX
                />
                <Field
                    id=id("price-model")
                    name=name(number, "price_model")
                    label="Model in the price catalogue"
                    hint="Empty: the model."
                    value=text(|row| row.price_model.clone())
                    autocomplete="off"
                    mono=true
                    optional=true
                    maxlength=MODEL_BYTES_MAX
                />
                <Field
                    id=id("output")
                    name=name(number, "output_tokens_max")
                    label="Longest answer (tokens)"
                    hint=format!("Where a request does not say. Empty: {OUTPUT_TOKENS}.")
                    value=text(|row| row.output_tokens_max.to_string())
                    autocomplete="off"
                    optional=true
                    maxlength=8
                />
                <Field
                    id=id("context")
                    name=name(number, "context_tokens_max")
                    label="Longest context (tokens)"
                    hint="Empty: not known, everything is taken to fit."
                    value=text(|row| {
                        row.context_tokens_max.map(|tokens| tokens.to_string()).unwrap_or_default()
                    })
                    autocomplete="off"
                    optional=true
                    maxlength=8
                />
            </div>
            <Select
                id=id("known")
                name=name(number, "known")
                label="What the model can do beyond text"
                options=knowledge
                selected=known.to_string()
            />
            <Checks
                id=id("capabilities")
                name=format!("{}[]", name(number, "capabilities"))
                legend="Capabilities"
                ticks=ticks
            />
        </details>
    }
}
