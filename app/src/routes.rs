//! Which address shows which page. Guarded pages are rendered in full before they are sent, so that
//! they work without a script and can still set their status.

use leptos::prelude::*;
use leptos_router::SsrMode;
use leptos_router::components::{ParentRoute, Route, Routes};
use leptos_router::path;

use crate::frame::Frame;
use crate::pages;

/// Every page of the console. The server answers `/` itself and sends everyone where they belong.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=pages::not_found::NotFound>
            <Route path=path!("/sign-in") view=pages::sign_in::SignInPage ssr=SsrMode::Async/>
            <Route path=path!("/welcome") view=pages::welcome::WelcomePage ssr=SsrMode::Async/>
            <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                <Route path=path!("/activity") view=pages::activity::ActivityPage ssr=SsrMode::Async/>
                <Route path=path!("/calls/:id") view=pages::call::CallPage ssr=SsrMode::Async/>
                <Route path=path!("/guard") view=pages::guard::GuardPage ssr=SsrMode::Async/>
                <Route path=path!("/keys") view=pages::keys::KeysPage ssr=SsrMode::Async/>
                <Route path=path!("/providers") view=pages::providers::ProvidersPage ssr=SsrMode::Async/>
                <Route path=path!("/agents") view=pages::agents::AgentsPage ssr=SsrMode::Async/>
                <Route path=path!("/set-up") view=pages::set_up::SetUpPage ssr=SsrMode::Async/>
                <Route path=path!("/kill-switch") view=pages::kill_switch::KillSwitchPage ssr=SsrMode::Async/>
                <Route path=path!("/kill-switch/stop") view=pages::kill_switch::StopPage ssr=SsrMode::Async/>
                <Route path=path!("/circuits") view=pages::circuits::CircuitsPage ssr=SsrMode::Async/>
                <Route path=path!("/tenants") view=pages::tenants::TenantsPage ssr=SsrMode::Async/>
            </ParentRoute>
        </Routes>
    }
}
