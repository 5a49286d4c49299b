//! Client set-up: what to write where, so that a program calls this instance, and the models on offer.

mod calls;
mod snippets;

use contract::set_up::SetUpView;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::frame::Page;
use crate::loaded::load;
use crate::paths;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::counted;
use crate::ui::{Column, Copy, Empty, Failure, LinkButton, SkeletonLines, Tab, Table, Tabs, Tone};
use snippets::{Client, Snippet};

/// The name of the client in the address.
const CLIENT: &str = "client";
/// What stands for a model where none is on offer.
const NO_MODEL: &str = "MODEL";

/// The page.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let map = use_query_map();
    let client = Memo::new(move |_| {
        let word = map.with(|map| map.get(CLIENT)).unwrap_or_default();
        word.parse::<Client>().unwrap_or_default()
    });
    let loaded = load(|| (), |()| calls::show());
    let title = Signal::derive(move || format!("Set up {}", client.get().label()));
    let tabs = Signal::derive(move || tabs(client.get()));
    view! {
        <Page
            heading="Client set-up"
            title=title
            lead="Point a client at this instance: change its address and its key, and nothing else."
        >
            <Tabs label="Clients" tabs=tabs/>
            <Transition fallback=|| view! { <SkeletonLines lines=8/> }>
                {move || Suspend::new(async move {
                    match loaded.await {
                        Ok(view) => view! { <Guide view client/> }.into_any(),
                        Err(fault) => {
                            view! { <Failure fault=fault.0 retry=move |()| loaded.refetch()/> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
}

fn tabs(current: Client) -> Vec<Tab> {
    Client::ALL
        .into_iter()
        .map(|client| Tab {
            href: paths::set_up(client.word()),
            label: client.label().into(),
            current: client == current,
        })
        .collect()
}

#[component]
fn Guide(view: SetUpView, client: Memo<Client>) -> impl IntoView {
    let SetUpView { base_url, models, any_key } = view;
    // The snippets ask for words, which a model for embeddings does not give; such models say so in their name.
    let words = models.iter().find(|name| !name.contains("embed"));
    let model = words.or(models.first()).cloned().unwrap_or_else(|| NO_MODEL.to_owned());
    let guide = move || {
        let guide = client.get().guide(&base_url, &model);
        let parts = guide.snippets.into_iter().map(snippet).collect_view();
        view! {
            <div class="set-up">
                {parts}
                <p class="note">{icon(Icon::Info)}<span>{guide.note}</span></p>
            </div>
        }
    };
    view! {
        <KeyFirst any_key/>
        {guide}
        <Models models/>
    }
}

/// A key comes before everything else.
#[component]
fn KeyFirst(any_key: bool) -> impl IntoView {
    let export = "export TOKENONE_API_KEY=…".to_owned();
    view! {
        <section class="set-up-key" aria-labelledby="key-title">
            <h2 id="key-title">"The key"</h2>
            <p>
                "Each snippet reads it from the variable " <code>"TOKENONE_API_KEY"</code>
                ", so that it stands in no file: " <code>{export}</code>
            </p>
            {(!any_key)
                .then(|| {
                    view! {
                        <p class="notice">
                            {icon(Icon::Key)}
                            <span>"There is no working key in your projects yet."</span>
                        </p>
                        <LinkButton href=paths::KEYS tone=Tone::Primary>"To the API keys"</LinkButton>
                    }
                })}
        </section>
    }
}

fn snippet(snippet: Snippet) -> impl IntoView {
    let Snippet { place, text } = snippet;
    let what = format!("what goes to: {place}");
    view! {
        <section class="set-up-part" aria-label=place>
            <h2>{place}</h2>
            <div class="snippet">
                <pre tabindex="0" aria-label=place>{text.clone()}</pre>
                <Copy text=Signal::stored(text) what=what/>
            </div>
        </section>
    }
}

/// The models that can be asked for.
#[component]
fn Models(models: Vec<String>) -> impl IntoView {
    if models.is_empty() {
        return view! {
            <h2>"Models"</h2>
            <Empty
                title="No model on offer"
                sentence="The operator has not configured any yet. Replace MODEL in the snippets once there is one."
            />
        }
        .into_any();
    }
    let title = counted(models.len() as u64, "model", "models");
    let rows = models
        .into_iter()
        .map(|name| {
            let what = format!("the name {name}");
            view! {
                <tr>
                    <th scope="row" class="mono" data-label="Name">{name.clone()}</th>
                    <td class="end acts" data-label="">
                        <Copy text=Signal::stored(name) what=what/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h2>{title} " to ask for"</h2>
        <Table
            caption="Models, by name"
            columns=vec![Column::new("Name").sorted("ascending"), Column::new("Acts").unseen()]
        >
            {rows}
        </Table>
    }
    .into_any()
}
