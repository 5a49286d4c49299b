//! API keys: which there are, making one (its secret is shown once), revoking one.
//!
//! What is open over the list stands in the address: `?new` is the form, `?revoke=<id>` the question.

pub mod calls;
mod create;
mod list;
mod reveal;
mod revoke;

use contract::keys::{KeyRow, KeyState, MadeKey};
use domain::role::Permission;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::frame::{Here, Page};
use crate::loaded::load;
use crate::paths;
use crate::post::Post;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::counted;
use crate::ui::{Button, Failure, LinkButton, SkeletonTable, Tone, sentence};

use calls::{Create, Revoke};

/// The page.
#[component]
pub fn KeysPage() -> impl IntoView {
    let create = Post::to::<Create>();
    let revoke = Post::to::<Revoke>();
    let keys = load(move || (create.version().get(), revoke.version().get()), |_| calls::list());
    let title = RwSignal::new("API keys".to_owned());
    let made = RwSignal::new(None::<MadeKey>);
    let query = use_query_map();
    let wants_new = Memo::new(move |_| query.read().get("new").is_some());
    let navigate = use_navigate();
    let back = Callback::new(move |()| {
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(paths::KEYS, options);
    });
    Effect::new(move |_| {
        if let Some(key) = create.answer() {
            made.set(Some(key));
            // The secret lives in the panel alone, until it is acknowledged.
            create.clear();
            back.run(());
        }
    });
    view! {
        <Page
            heading="API keys"
            title=title
            lead="Programs call the gateway with a key. A key belongs to one project and is shown once."
            actions=new_button()
        >
            <reveal::Reveal made/>
            <create::CreateDialog open=wants_new action=create on_close=back/>
            <Transition fallback=|| view! { <SkeletonTable/> }>
                {move || Suspend::new(async move {
                    match keys.await {
                        Ok(rows) => {
                            title.set(knows(&rows));
                            view! { <Listed rows revoke back/> }.into_any()
                        }
                        Err(fault) => {
                            view! { <Failure fault=fault.0 retry=move |()| keys.refetch()/> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
}

#[component]
fn Listed(rows: Vec<KeyRow>, revoke: Post, back: Callback<()>) -> impl IntoView {
    let stored = StoredValue::new(rows.clone());
    view! {
        <revoke::RevokeDialog rows=stored action=revoke on_close=back/>
        <list::KeyList rows may=refusal().is_none()/>
    }
}

/// What the page knows, for its title.
fn knows(rows: &[KeyRow]) -> String {
    let active = rows.iter().filter(|row| row.state == KeyState::Active).count();
    counted(active as u64, "active API key", "active API keys")
}

/// Why this person may not make or revoke keys.
fn refusal() -> Option<String> {
    let may = Here::get().is_none_or(|here| here.with(|view| view.may(Permission::ManageKeys)));
    (!may).then(|| sentence(&contract::fault::Fault::Forbidden(Permission::ManageKeys)))
}

fn new_button() -> AnyView {
    match refusal() {
        None => view! {
            <LinkButton href=paths::key_new() tone=Tone::Primary>
                {icon(Icon::Plus)}
                <span>"New key"</span>
            </LinkButton>
        }
        .into_any(),
        Some(why) => view! {
            <Button id="new-key" tone=Tone::Primary disabled_reason=why>
                {icon(Icon::Plus)}
                <span>"New key"</span>
            </Button>
        }
        .into_any(),
    }
}
