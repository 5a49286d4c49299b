//! The command palette: go somewhere or do something, by typing.

use domain::role::Permission;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::sidebar::places;
use super::{Here, Overlays};
use crate::paths;
use crate::ui::dialog::Dialog;
use crate::ui::icon::{Icon, icon};
use crate::ui::theme::Theme;

/// Entries shown at most.
const SHOWN_MAX: usize = 12;

/// What an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Act {
    Go(String),
    Wear(Theme),
    SignOut,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    words: String,
    group: &'static str,
    icon: Icon,
    act: Act,
}

/// The palette. Focus stays in the field; arrows move the choice (ARIA combobox with a list box).
#[component]
pub fn Palette(here: Here, overlays: Overlays) -> impl IntoView {
    let open = overlays.palette;
    let typed = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let field = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let all = StoredValue::new(entries(here));
    let found = Memo::new(move |_| all.with_value(|all| find(all, &typed.read())));
    Effect::new(move |_| {
        if open.get() {
            typed.set(String::new());
            chosen.set(0);
            if let Some(field) = field.get() {
                field.set_value("");
            }
        }
    });
    let run = Callback::new(move |entry: Entry| {
        open.set(false);
        match entry.act {
            Act::Go(href) => navigate(&href, NavigateOptions::default()),
            Act::Wear(theme) => theme.wear(),
            Act::SignOut => submit_sign_out(),
        }
    });
    let keys = move |event: KeyboardEvent| {
        let count = found.read_untracked().len();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => chosen.update(|i| *i = (*i + 1) % count),
            "ArrowUp" if count > 0 => chosen.update(|i| *i = (*i + count - 1) % count),
            "Enter" => {
                if let Some(entry) = found.get_untracked().get(chosen.get_untracked()).cloned() {
                    run.run(entry);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <Dialog id="palette" title="Go to or do" open=open on_close=move |()| open.set(false)>
            <div class="palette">
                <input
                    node_ref=field
                    class="input"
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="Type a page, a project or an act"
                    aria-label="Go to or do"
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-activedescendant=move || {
                        (!found.read().is_empty()).then(|| format!("palette-{}", chosen.get()))
                    }
                    on:input:target=move |event| {
                        typed.set(event.target().value());
                        chosen.set(0);
                    }
                    on:keydown=keys
                />
                <ul id="palette-list" role="listbox" aria-label="Results" class="palette-list">
                    {move || {
                        found
                            .get()
                            .into_iter()
                            .enumerate()
                            .map(|(i, entry)| option(i, entry, chosen, run))
                            .collect_view()
                    }}
                </ul>
                {move || {
                    found
                        .read()
                        .is_empty()
                        .then(|| view! { <p class="dim palette-none">"Nothing matches."</p> })
                }}
            </div>
        </Dialog>
    }
}

fn option(i: usize, entry: Entry, chosen: RwSignal<usize>, run: Callback<Entry>) -> impl IntoView {
    let (words, group, picture) = (entry.words.clone(), entry.group, entry.icon);
    view! {
        <li
            id=format!("palette-{i}")
            role="option"
            aria-selected=move || (chosen.get() == i).to_string()
            on:click=move |_| run.run(entry.clone())
            on:pointermove=move |_| {
                if chosen.get_untracked() != i {
                    chosen.set(i);
                }
            }
        >
            {icon(picture)}
            <span>{words}</span>
            <span class="dim">{group}</span>
        </li>
    }
}

/// Everything that this person can go to or do.
fn entries(here: Here) -> Vec<Entry> {
    let mut all: Vec<Entry> = places(here)
        .into_iter()
        .map(|place| entry(place.name, "Page", place.icon, Act::Go(place.href.into())))
        .collect();
    here.with(|view| {
        if view.tenant.is_some() && view.may(Permission::ManageKeys) {
            all.push(entry("New API key", "Act", Icon::Plus, Act::Go(paths::key_new())));
        }
        if view.may(Permission::ManageProviders) {
            all.extend([
                entry("New provider", "Act", Icon::Plus, Act::Go(paths::provider_new())),
                entry("New alias", "Act", Icon::Plus, Act::Go(paths::alias_new())),
            ]);
        }
        if view.may(Permission::ManageKills) {
            all.push(entry("Stop something", "Act", Icon::Stop, Act::Go(paths::KILL_STOP.into())));
        }
        if view.may(Permission::ManageTenants) {
            all.push(entry("New tenant", "Act", Icon::Plus, Act::Go(paths::tenant_new())));
        }
        if view.may(Permission::ReadTenants) {
            all.extend(view.tenants.iter().map(|tenant| {
                let act = Act::Go(paths::tenant_enter(tenant.id));
                entry(&format!("Enter {}", tenant.name), "Tenant", Icon::Building, act)
            }));
        }
        all.extend(view.projects.iter().map(|project| {
            let act = Act::Go(paths::project_activity(project.id));
            entry(&format!("Calls of {}", project.name), "Project", Icon::Filter, act)
        }));
    });
    all.extend([
        entry("Light theme", "Theme", Icon::Sun, Act::Wear(Theme::Light)),
        entry("Dark theme", "Theme", Icon::Moon, Act::Wear(Theme::Dark)),
        entry("System theme", "Theme", Icon::System, Act::Wear(Theme::System)),
        entry("Sign out", "Account", Icon::SignOut, Act::SignOut),
    ]);
    all
}

fn entry(words: &str, group: &'static str, icon: Icon, act: Act) -> Entry {
    Entry { words: words.to_owned(), group, icon, act }
}

/// Entries that hold every typed word, those that begin with the text first.
fn find(all: &[Entry], typed: &str) -> Vec<Entry> {
    let typed = typed.trim().to_lowercase();
    let holds = |entry: &&Entry| {
        let text = format!("{} {}", entry.words, entry.group).to_lowercase();
        typed.split_whitespace().all(|word| text.contains(word))
    };
    let mut found: Vec<Entry> = all.iter().filter(holds).cloned().collect();
    found.sort_by_key(|entry| !entry.words.to_lowercase().starts_with(&typed));
    found.truncate(SHOWN_MAX);
    found
}

/// Sends the account menu's own form, so that signing out has one way.
fn submit_sign_out() {
    use wasm_bindgen::JsCast as _;
    let form = document().query_selector("details.account-menu form").ok().flatten();
    if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
        let _ = form.submit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_any_words_and_the_beginning_wins() {
        let all = vec![
            entry("Enter Keystone", "Tenant", Icon::Building, Act::SignOut),
            entry("API keys", "Page", Icon::Key, Act::Go("/keys".into())),
            entry("Keys and locks", "Page", Icon::Key, Act::SignOut),
        ];
        let words = |typed| find(&all, typed).into_iter().map(|e| e.words).collect::<Vec<_>>();
        assert_eq!(words("key"), ["Keys and locks", "Enter Keystone", "API keys"]);
        assert_eq!(words("page api"), ["API keys"]);
        assert_eq!(words("nothing"), Vec::<String>::new());
    }
}
