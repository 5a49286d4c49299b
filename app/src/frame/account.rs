//! The person's own menu: who they are here, and the way out.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Here;
use super::calls::SignOut;
use crate::ui::icon::{Icon, icon};
use crate::ui::theme::ThemeSwitch;

/// Name, address, role, theme, sign-out. Signing out is a plain form, and the page is loaded anew.
#[component]
pub fn AccountMenu(here: Here) -> impl IntoView {
    let (name, email, role) =
        here.with(|view| (view.name.clone(), view.email.clone(), view.role.label()));
    let initials: String =
        name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect();
    view! {
        <details class="menu account-menu">
            <summary aria-label=format!("Account of {name}")>
                <span class="avatar" aria-hidden="true">{initials.to_uppercase()}</span>
            </summary>
            <div class="menu-list">
                <div class="menu-person">
                    <p class="menu-name">{name.clone()}</p>
                    <p class="dim">{email}</p>
                    <p class="dim">{role}</p>
                </div>
                <div class="menu-row needs-script">
                    <span>"Theme"</span>
                    <ThemeSwitch/>
                </div>
                <form method="post" action=SignOut::url()>
                    <button class="menu-item menu-rule" type="submit">
                        {icon(Icon::SignOut)}
                        <span>"Sign out"</span>
                    </button>
                </form>
            </div>
        </details>
    }
}
