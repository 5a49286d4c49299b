//! Where a person sits: the tenant switcher and the projects of the tenant.

use contract::fault::Fault;
use contract::frame::TenantView;
use domain::role::Permission;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::Here;
use super::calls::TakeSeat;
use crate::paths;
use crate::post::Post;
use crate::ui::icon::{Icon, icon};
use crate::ui::{State, badge};

/// Why a seat could not be taken, while the address says so: the plain form comes back with the reason
/// in it. The action keeps what it found at the start, also when the address has gone on.
pub fn refused() -> Memo<Option<Fault>> {
    let refused = Post::to::<TakeSeat>().fault();
    let query = use_query_map();
    Memo::new(move |_| {
        query.read().get("__err")?;
        refused.get()
    })
}

/// The tenants that a person can go to. A plain form: the page is loaded anew, so nothing of the
/// former tenant stays in memory.
#[component]
pub fn TenantSwitcher(here: Here) -> impl IntoView {
    let (current, tenants, operator) = here.with(|view| {
        (view.tenant.clone(), view.tenants.clone(), view.may(Permission::ReadTenants))
    });
    let name = current.as_ref().map_or("Platform".to_owned(), |tenant| tenant.name.clone());
    let current_id = current.as_ref().map(|tenant| tenant.id);
    let seated = current.is_some();
    let initial = name.chars().next().unwrap_or('T').to_uppercase().to_string();
    let others = tenants
        .into_iter()
        .map(|tenant| {
            let chosen = Some(tenant.id) == current_id;
            if operator { by_reason(tenant, chosen) } else { by_button(tenant, chosen) }
        })
        .collect_view();
    view! {
        <details class="menu tenant-menu">
            <summary aria-label=format!("Tenant: {name}. Switch tenant")>
                <span class="monogram" aria-hidden="true">{initial}</span>
                <span class="menu-label">{name.clone()}</span>
                {icon(Icon::ChevronDown)}
            </summary>
            <form class="menu-list" method="post" action=TakeSeat::url()>
                <p class="menu-title">"Tenants"</p>
                {others}
                {(operator && seated)
                    .then(|| {
                        view! {
                            <button class="menu-item menu-rule" type="submit" name="tenant" value="">
                                {icon(Icon::Back)}
                                <span>"Leave the tenant"</span>
                            </button>
                        }
                    })}
            </form>
        </details>
    }
}

/// A member changes seats at once.
fn by_button(tenant: TenantView, chosen: bool) -> AnyView {
    view! {
        <button
            class="menu-item"
            type="submit"
            name="tenant"
            value=tenant.id.to_string()
            aria-current=chosen.then_some("true")
        >
            {icon(if chosen { Icon::Check } else { Icon::Building })}
            <span>{tenant.name}</span>
        </button>
    }
    .into_any()
}

/// A platform admin is asked for a reason first.
fn by_reason(tenant: TenantView, chosen: bool) -> AnyView {
    view! {
        <a
            class="menu-item"
            href=paths::tenant_enter(tenant.id)
            aria-current=chosen.then_some("true")
        >
            {icon(if chosen { Icon::Check } else { Icon::Building })}
            <span>{tenant.name}</span>
        </a>
    }
    .into_any()
}

/// The calls of one project: a link per project.
#[component]
pub fn ProjectMenu(here: Here) -> impl IntoView {
    let projects = here.with(|view| view.projects.clone());
    (!projects.is_empty()).then(|| {
        let count = projects.len();
        let items = projects
            .into_iter()
            .map(|project| {
                view! {
                    <a class="menu-item" href=paths::project_activity(project.id)>
                        {icon(Icon::Filter)}
                        <span>{project.name}</span>
                        {project.stopped.then(|| badge(State::Bad, "Stopped"))}
                    </a>
                }
            })
            .collect_view();
        view! {
            <details class="menu project-menu">
                <summary>
                    <span class="menu-label">"Projects"</span>
                    <span class="dim num">{count}</span>
                    {icon(Icon::ChevronDown)}
                </summary>
                <div class="menu-list">
                    <p class="menu-title">"Calls of one project"</p>
                    {items}
                    <a class="menu-item menu-rule" href=paths::ACTIVITY>
                        {icon(Icon::Activity)}
                        <span>"All projects"</span>
                    </a>
                </div>
            </details>
        }
    })
}
