//! The targets of an alias: a list of rows that can be added, moved and taken away.
//!
//! A row keeps the number that it began with, under which its fields are sent; its place is one of them.
//! So a row that is moved is the same element, with what was typed into it. Without a script the place is
//! typed, and a form that was refused comes back in the order that it asked for.

use std::collections::BTreeSet;

use contract::aliases::{TargetRow, rank};
use contract::draft::Draft;
use contract::fault::{Fault, Field as FieldName};
use domain::limits::{MODEL_BYTES_MAX, OUTPUT_TOKENS, TARGETS_MAX};
use domain::provider::Capability;
use leptos::prelude::*;

use super::alias_list::{flaw, price_words};
use super::calls::Routing;
use crate::ui::icon::{Icon, icon};
use crate::ui::{
    Announcer, Button, Checkbox, Checks, Field, Select, State, Tick, Tone, Typed, badge, sentence,
};

/// The number of the row that is there without a script only: no other comes that far, but those that
/// were once a row of this kind.
const SPARE: u32 = 9_999;

/// The numbers of the rows, in their order.
#[derive(Clone, Copy)]
struct Rows {
    numbers: RwSignal<Vec<u32>>,
    next: StoredValue<u32>,
    /// The number of the row that is there without a script only.
    spare: u32,
    announcer: Announcer,
}

impl Rows {
    /// As many as there are targets and at least one, or those of a form that was refused.
    fn new(count: usize) -> Self {
        let count = u32::try_from(count.max(1)).unwrap_or(1);
        let typed = Typed::here().with(typed_numbers).filter(|typed| !typed.is_empty());
        let numbers = typed.unwrap_or_else(|| (0..count).collect());
        let next = numbers.iter().max().map_or(0, |last| last + 1);
        let spare = next.max(SPARE);
        Self {
            numbers: RwSignal::new(numbers),
            next: StoredValue::new(if next < spare { next } else { spare + 1 }),
            spare,
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

/// The rows of a form that was refused, in the places that it gave them; not the one more that was left
/// empty.
fn typed_numbers(draft: &Draft) -> Vec<u32> {
    let fields = draft.fields.iter();
    let numbers: BTreeSet<u32> = fields
        .filter_map(|(name, _)| name.strip_prefix(ROWS)?.split(']').next()?.parse().ok())
        .collect();
    let text = |number: u32, field: &str| draft.get(&name(number, field)).unwrap_or_default();
    let mut numbers: Vec<_> = numbers
        .into_iter()
        .filter(|n| ["place", "provider", "model"].iter().any(|f| !text(*n, f).trim().is_empty()))
        .collect();
    numbers.sort_by_key(|n| rank(text(*n, "place"), text(*n, "was")));
    numbers
}

/// What is wrong with a target: the row's number, its field, and the sentence for people.
type Blame = Memo<Option<(u32, FieldName, String)>>;

/// What was wrong with this field of this row.
fn blamed(blame: Blame, number: u32, field: FieldName) -> Signal<Option<String>> {
    Signal::derive(move || {
        blame.with(|blame| match blame {
            Some((row, wrong, text)) if (*row, *wrong) == (number, field) => Some(text.clone()),
            _ => None,
        })
    })
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
pub fn Targets(
    targets: Vec<TargetRow>,
    stored: StoredValue<Routing>,
    fault: Memo<Option<Fault>>,
) -> impl IntoView {
    let rows = Rows::new(targets.len());
    let known = StoredValue::new(targets);
    // The fault counts the rows as they stood then: one that is moved afterwards takes its blame along.
    let blame = Memo::new(move |_| match fault.get() {
        Some(told @ Fault::InvalidTarget { target, field, .. }) => {
            let at = usize::from(target).checked_sub(1)?;
            let number = rows.numbers.with_untracked(|numbers| numbers.get(at).copied())?;
            Some((number, field, sentence(&told)))
        }
        _ => None,
    });
    let full = Signal::derive(move || {
        (rows.numbers.read().len() >= TARGETS_MAX)
            .then(|| format!("An alias has at most {TARGETS_MAX} targets."))
    });
    view! {
        <fieldset class="target-list">
            <legend>"Targets, in order"</legend>
            <For each=move || rows.numbers.get() key=|number| *number let:number>
                <Target
                    number
                    rows
                    row=known.with_value(|known| known.get(number as usize).cloned())
                    stored
                    blame
                />
            </For>
            <div class="only-noscript">
                <fieldset class="target">
                    <legend>"One more"</legend>
                    <TargetFields number=rows.spare row=None stored blame spare=true/>
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
    blame: Blame,
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
    let known = row.is_some() || number >= SPARE;
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
            <TargetFields number row stored blame/>
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
            <div class="only-noscript">
                <Place number position blame/>
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

/// Where a row stands, and where it shall: follows the buttons, and is typed where there is no script.
#[component]
fn Place(number: u32, position: Memo<usize>, blame: Blame) -> impl IntoView {
    let place = move || position.get().to_string();
    let start = untrack(place);
    let error = blamed(blame, number, FieldName::TargetPlace);
    let (id, error_id) = (format!("target-{number}-place"), format!("target-{number}-place-error"));
    view! {
        <div class="field">
            <label for=id.clone()>"Place"</label>
            <input
                id=id
                class="input"
                name=name(number, "place")
                inputmode="numeric"
                maxlength="4"
                autocomplete="off"
                value=start.clone()
                prop:value=place
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=error_id.clone()
            />
            <input type="hidden" name=name(number, "was") value=start prop:value=place/>
            <p class="field-error" id=error_id role="alert">{move || error.get()}</p>
        </div>
    }
}

/// What the names of all rows' fields begin with.
const ROWS: &str = "form[targets][";

/// The name under which a field of a row is sent.
fn name(number: u32, field: &str) -> String {
    format!("{ROWS}{number}][{field}]")
}

#[component]
fn TargetFields(
    number: u32,
    row: Option<TargetRow>,
    stored: StoredValue<Routing>,
    blame: Blame,
    /// Whether it may stay empty.
    #[prop(optional)]
    spare: bool,
) -> impl IntoView {
    let id = |field: &str| format!("target-{number}-{field}");
    let wrong = move |field| blamed(blame, number, field);
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
                error=wrong(FieldName::TargetProvider)
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
                error=wrong(FieldName::TargetModel)
            />
            <Field
                id=id("weight")
                name=name(number, "weight")
                label="Weight"
                value=weight
                autocomplete="off"
                optional=spare
                maxlength=4
                error=wrong(FieldName::TargetWeight)
            />
        </div>
        <More number row blame/>
    }
}

/// What few people change: prices under another name, bounds, and what the model can do.
#[component]
fn More(number: u32, row: Option<TargetRow>, blame: Blame) -> impl IntoView {
    const OWN: [FieldName; 4] = [
        FieldName::TargetPriceProvider,
        FieldName::TargetPriceModel,
        FieldName::TargetOutput,
        FieldName::TargetContext,
    ];
    let wrong = move |field| blamed(blame, number, field);
    // What is wrong must be seen.
    let open = move || {
        blame.with(|blame| {
            blame.as_ref().is_some_and(|(row, field, _)| *row == number && OWN.contains(field))
        })
    };
    let id = |field: &str| format!("target-{number}-{field}");
    let text = |pick: fn(&TargetRow) -> String| row.as_ref().map(pick).unwrap_or_default();
    let known = row.as_ref().is_some_and(|row| row.capabilities.is_some());
    let able = row.as_ref().and_then(|row| row.capabilities.clone()).unwrap_or_default();
    let ticks = Capability::ALL
        .iter()
        .map(|one| Tick {
            value: one.as_str().into(),
            label: one.label().into(),
            ticked: able.contains(one),
        })
        .collect();
    let knowledge = vec![
        ("false".to_owned(), "Not known: everything is taken to fit".to_owned()),
        ("true".to_owned(), "Known: only what is ticked below".to_owned()),
    ];
    view! {
        <details class="target-more" open=open>
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
                    error=wrong(FieldName::TargetPriceProvider)
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
                    error=wrong(FieldName::TargetPriceModel)
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
                    error=wrong(FieldName::TargetOutput)
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
                    error=wrong(FieldName::TargetContext)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_comes_back_with_the_rows_and_the_order_that_it_had() {
        let row = |number: u32, model: &str, place: &str, was: &str| {
            [("provider", "near"), ("model", model), ("place", place), ("was", was)]
                .map(|(field, value)| (name(number, field), value.to_owned()))
        };
        let empty =
            [(name(SPARE + 1, "provider"), String::new()), (name(SPARE + 1, "model"), " ".into())];
        let fields = row(0, "a", "2", "1").into_iter().chain(row(1, "b", "1", "2"));
        let fields = fields.chain(row(SPARE, "c", "", "")).chain(empty);
        let draft = Draft::of(String::new(), String::new(), fields);
        assert_eq!(typed_numbers(&draft), [1, 0, SPARE]);
        let nothing = Draft::of(String::new(), String::new(), std::iter::empty());
        assert!(typed_numbers(&nothing).is_empty());
    }
}
