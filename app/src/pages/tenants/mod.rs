//! Tenants, for the operator: the list, making one, entering one with a reason.
//!
//! What is open over the list stands in the address: `?new` is the form, `?enter=<id>` the question.

pub mod calls;
mod create;
mod enter;
mod list;

use contract::tenants::TenantRow;
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
use crate::ui::{Failure, LinkButton, SkeletonTable, Tone};

use calls::Create;

/// The page.
#[component]
pub fn TenantsPage() -> impl IntoView {
    let create = Post::to::<Create>();
    let tenants = load(move || create.version().get(), |_| calls::list());
    let title = RwSignal::new("Tenants".to_owned());
    let query = use_query_map();
    let wants_new = Memo::new(move |_| query.read().get("new").is_some());
    let navigate = use_navigate();
    let back = Callback::new(move |()| {
        let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        navigate(paths::TENANTS, options);
    });
    view! {
        <Page
            heading="Tenants"
            title=title
            lead="Customers of this gateway, in numbers. What their calls say is theirs: entering a tenant takes a reason and is written into its own audit log."
            actions=new_button()
        >
            <create::CreateDialog open=wants_new action=create on_close=back/>
            <Transition fallback=|| view! { <SkeletonTable rows=4/> }>
                {move || Suspend::new(async move {
                    match tenants.await {
                        Ok(rows) => {
                            title.set(counted(rows.len() as u64, "tenant", "tenants"));
                            view! { <Listed rows back/> }.into_any()
                        }
                        Err(fault) => {
                            view! { <Failure fault=fault.0 retry=move |()| tenants.refetch()/> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </Page>
    }
}

#[component]
fn Listed(rows: Vec<TenantRow>, back: Callback<()>) -> impl IntoView {
    let stored = StoredValue::new(rows.clone());
    view! {
        <enter::EnterDialog rows=stored on_close=back/>
        <list::TenantList rows/>
    }
}

/// Shown to those who may; the page itself tells others which role does.
fn new_button() -> AnyView {
    let may = Here::get().is_some_and(|here| here.with(|v| v.may(Permission::ManageTenants)));
    may.then(|| {
        view! {
            <LinkButton href=paths::tenant_new() tone=Tone::Primary>
                {icon(Icon::Plus)}
                <span>"New tenant"</span>
            </LinkButton>
        }
    })
    .into_any()
}
