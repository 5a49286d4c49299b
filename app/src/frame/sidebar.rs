//! Navigation: the pages that exist, for the person who is here.

use domain::role::Permission;
use leptos::prelude::*;
use leptos_router::components::A;

use super::{Here, Overlays};
use crate::paths;
use crate::ui::dialog::{Dialog, Shape};
use crate::ui::icon::{Icon, icon};

/// A page in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its address.
    pub href: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its picture.
    pub icon: Icon,
    /// The key after `g`.
    pub key: char,
}

const ACTIVITY: Place =
    Place { href: paths::ACTIVITY, name: "Activity", icon: Icon::Activity, key: 'a' };
const GUARD: Place = Place { href: paths::GUARD, name: "Guard", icon: Icon::Shield, key: 'd' };
const KEYS: Place = Place { href: paths::KEYS, name: "API keys", icon: Icon::Key, key: 'k' };
const PROVIDERS: Place =
    Place { href: paths::PROVIDERS, name: "Providers & aliases", icon: Icon::Route, key: 'p' };
const AGENTS: Place = Place { href: paths::AGENTS, name: "Agents", icon: Icon::Agent, key: 'b' };
const SET_UP: Place =
    Place { href: paths::SET_UP, name: "Client set-up", icon: Icon::Plug, key: 'u' };
const KILL_SWITCH: Place =
    Place { href: paths::KILL_SWITCH, name: "Kill switch", icon: Icon::Stop, key: 'x' };
const CIRCUITS: Place =
    Place { href: paths::CIRCUITS, name: "Circuits", icon: Icon::Circuit, key: 'c' };
const TENANTS: Place =
    Place { href: paths::TENANTS, name: "Tenants", icon: Icon::Building, key: 't' };

/// The pages that this person can reach from this seat.
#[must_use]
pub fn places(here: Here) -> Vec<Place> {
    here.with(|view| {
        let mut places = Vec::new();
        if view.tenant.is_some() {
            places.extend([ACTIVITY, GUARD, KEYS, AGENTS, SET_UP]);
        }
        if view.may(Permission::ReadKills) {
            places.push(KILL_SWITCH);
        }
        if view.may(Permission::ReadProviders) {
            places.push(PROVIDERS);
        }
        if view.may(Permission::ReadProviders) {
            places.push(CIRCUITS);
        }
        if view.may(Permission::ReadTenants) {
            places.push(TENANTS);
        }
        places
    })
}

/// The sidebar: with words on a wide screen, with pictures only on a middle one.
#[component]
pub fn Sidebar(here: Here) -> impl IntoView {
    view! {
        <aside class="sidebar">
            <a class="brand" href=paths::HOME rel="external" aria-label="TokenOne, start">
                {mark()}
                <span class="brand-word">"TokenOne"</span>
            </a>
            <nav aria-label="Main">{links(here)}</nav>
        </aside>
    }
}

/// The same navigation on a small screen, behind a button.
#[component]
pub fn NavDrawer(here: Here, overlays: Overlays) -> impl IntoView {
    view! {
        <Dialog
            id="nav-drawer"
            title="TokenOne"
            shape=Shape::Drawer
            open=overlays.nav
            on_close=move |()| overlays.nav.set(false)
        >
            <nav class="nav-drawer" aria-label="Main">
                {links(here)}
            </nav>
        </Dialog>
    }
}

fn links(here: Here) -> impl IntoView {
    let links = places(here)
        .into_iter()
        .map(|place| {
            view! {
                <li>
                    <A href=place.href>
                        {icon(place.icon)}
                        <span class="nav-word">{place.name}</span>
                        <kbd class="nav-key" aria-hidden="true">{format!("g {}", place.key)}</kbd>
                    </A>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="nav">{links}</ul> }
}

/// The product's mark: a one, held between two ledger lines.
#[must_use]
pub fn mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
            <rect class="mark-ground" width="20" height="20" rx="5"></rect>
            <path class="mark-line" d="M4 5.5h12M4 14.5h12"></path>
            <path class="mark-one" d="M8.2 8.4 10.4 6.9v6.3"></path>
        </svg>
    }
}
