//! What surrounds every page of someone signed in: sidebar, top bar, banners, palette, keys.

pub mod account;
pub mod banner;
pub mod calls;
pub mod help;
pub mod keyboard;
pub mod menu;
pub mod page;
pub mod palette;
pub mod seat;
pub mod sidebar;
pub mod top_bar;

use contract::fault::Fault;
use contract::frame::{FrameView, StoppedView};
use contract::kills::KillRow;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate};

use calls::Framing;
pub use page::{Crumb, Page};

use crate::loaded::{Loaded, load};
use crate::paths;
use crate::ui::draft::Refused;
use crate::ui::{Failure, SkeletonLines, SkeletonTable};

/// The frame's contents, for pages: who is here, where, and what they may do.
#[derive(Clone, Copy)]
pub struct Here(StoredValue<FrameView>);

impl Here {
    /// The frame around this page; `None` on a page without one.
    #[must_use]
    pub fn get() -> Option<Self> {
        use_context()
    }

    /// Reads from it.
    pub fn with<T>(self, read: impl FnOnce(&FrameView) -> T) -> T {
        self.0.with_value(read)
    }
}

/// What the kill switch stops of what this person sees. The page of the switch brings it up to date.
#[derive(Clone, Copy)]
pub struct Stopped(RwSignal<Vec<StoppedView>>);

impl Stopped {
    /// The list around this page; `None` on a page without a frame.
    #[must_use]
    pub fn get() -> Option<Self> {
        use_context()
    }

    /// What is stopped. Reactive.
    #[must_use]
    pub fn list(self) -> Vec<StoppedView> {
        self.0.get()
    }

    /// Takes over what is in force, of that what this frame tells: from outside of a tenant only what
    /// concerns all of them.
    pub fn follow(self, in_force: &[KillRow]) {
        let inside = Here::get().is_some_and(|here| here.with(|view| view.tenant.is_some()));
        let told = |row: &&KillRow| inside || row.scope.is_of_platform();
        let view = |row: &KillRow| StoppedView {
            id: row.id,
            scope: row.scope,
            target: row.target.clone().unwrap_or_default(),
            at: row.at,
        };
        self.0.set(in_force.iter().filter(told).map(view).collect());
    }
}

/// What is open over the page: one thing at a time.
#[derive(Clone, Copy)]
pub struct Overlays {
    /// The command palette.
    pub palette: RwSignal<bool>,
    /// The list of keys.
    pub help: RwSignal<bool>,
    /// The sidebar, on a small screen.
    pub nav: RwSignal<bool>,
}

/// The parent of every guarded page.
#[component]
pub fn Frame() -> impl IntoView {
    let loaded = load(|| (), |()| calls::load());
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                let found = loaded.await;
                #[cfg(feature = "ssr")]
                once_more().await;
                match found {
                    Ok(framing) => view! { <Framed framing/> }.into_any(),
                    Err(fault) => view! { <Unframed fault=fault.0 loaded/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Waits for a second look. Before Leptos renders a suspended part it looks whether that is ready, and
/// what it builds then it throws away: the page inside would ask for its data twice, and the browser
/// would be handed the answer of the page that was thrown away.
#[cfg(feature = "ssr")]
async fn once_more() {
    use std::task::Poll;
    let mut seen = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut seen, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[component]
fn Framed(framing: Framing) -> impl IntoView {
    let Framing { view, draft } = framing;
    provide_context(Refused(StoredValue::new(draft)));
    let stopped = Stopped(RwSignal::new(view.stopped.clone()));
    provide_context(stopped);
    let here = Here(StoredValue::new(view));
    provide_context(here);
    let overlays = Overlays {
        palette: RwSignal::new(false),
        help: RwSignal::new(false),
        nav: RwSignal::new(false),
    };
    provide_context(overlays);
    keyboard::listen(overlays);
    menu::close_on_leaving();
    close_after_navigation(overlays);
    view! {
        <div class="frame">
            <sidebar::Sidebar here/>
            <div class="frame-main">
                <top_bar::TopBar here overlays/>
                <banner::Banners here stopped/>
                <main id="main" class="main" tabindex="-1">
                    <Outlet/>
                </main>
                <footer class="footer">
                    <span>"TokenOne"</span>
                    <span class="needs-script">
                        "Times are in your time zone; point at one to see it in UTC."
                    </span>
                    <button type="button" class="link needs-script" on:click=move |_| overlays.help.set(true)>
                        "Keyboard: press ?"
                    </button>
                </footer>
            </div>
            <sidebar::NavDrawer here overlays/>
            <palette::Palette here overlays/>
            <help::Help open=overlays.help/>
        </div>
    }
}

/// A link in the drawer or the palette leads away from it.
fn close_after_navigation(overlays: Overlays) {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            overlays.nav.set(false);
            overlays.palette.set(false);
        }
        now
    });
}

/// The frame could not be had: a person whose session has ended is led to sign in, and back here.
#[component]
fn Unframed(fault: Fault, loaded: Loaded<Result<Framing, crate::fault::UiFault>>) -> impl IntoView {
    let location = use_location();
    let navigate = use_navigate();
    let signed_out = fault == Fault::SignInAgain;
    Effect::new(move |_| {
        if signed_out {
            let here = format!(
                "{}{}{}",
                location.pathname.get_untracked(),
                if location.search.get_untracked().is_empty() { "" } else { "?" },
                location.search.get_untracked()
            );
            navigate(&paths::sign_in_then(&here), Default::default());
        }
    });
    view! {
        <main id="main" class="alone" tabindex="-1">
            <h1 class="sr-only">"TokenOne"</h1>
            <Failure fault retry=move |()| loaded.refetch()/>
        </main>
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <div class="frame">
            <div class="sidebar" aria-hidden="true"></div>
            <div class="frame-main">
                <div class="top-bar" aria-hidden="true"></div>
                <main id="main" class="main" tabindex="-1">
                    <SkeletonLines lines=1/>
                    <SkeletonTable/>
                </main>
            </div>
        </div>
    }
}
