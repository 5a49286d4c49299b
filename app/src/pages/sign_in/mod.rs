//! Signing in. It works without a script; what failed is not said beyond "one of the two".

pub mod calls;

use contract::fault::Fault;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::frame::sidebar::mark;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Field, Tone, sentence};

use calls::SignIn;

/// E-mail address and password.
#[component]
pub fn SignInPage() -> impl IntoView {
    let action = Post::to::<SignIn>();
    let fault = action.fault();
    let pending = action.pending();
    let query = use_query_map();
    // Said by the query alone, so that server and browser agree.
    let next = query.with_untracked(|query| query.get("next"));
    let came_from_page = next.is_some();
    let next = paths::safe_next(next.as_deref());
    view! {
        <Title text="Sign in"/>
        <main id="main" class="door" tabindex="-1">
            <div class="door-panel">
                <div class="door-brand">{mark()}<span>"TokenOne"</span></div>
                <h1>"Sign in"</h1>
                {came_from_page
                    .then(|| view! { <p class="door-lead">"Sign in to continue to the page you asked for."</p> })}
                <div role="alert" class="form-alert-slot">
                    {move || fault.get().map(alert)}
                </div>
                <PostForm action>
                    <div class="form">
                        <input type="hidden" name="next" value=next/>
                        <Field
                            id="email"
                            name="email"
                            label="E-mail address"
                            kind="email"
                            autocomplete="username"
                            maxlength=domain::limits::EMAIL_BYTES_MAX
                            autofocus=true
                        />
                        <Field
                            id="password"
                            name="password"
                            label="Password"
                            kind="password"
                            autocomplete="current-password"
                            maxlength=domain::limits::PASSWORD_BYTES_MAX
                        />
                        <Button submit=true tone=Tone::Primary>
                            {move || if pending.get() { "Signing in…" } else { "Sign in" }}
                        </Button>
                    </div>
                </PostForm>
                <p class="door-note">
                    "No account, or locked out? A tenant admin or the operator of this gateway can help."
                </p>
            </div>
        </main>
    }
}

fn alert(fault: Fault) -> impl IntoView {
    let text = match &fault {
        Fault::Limited { .. } => sentence(&fault),
        Fault::WrongCredentials => {
            "The e-mail address or the password is wrong. Check both and try again.".to_owned()
        }
        other => sentence(other),
    };
    view! { <p class="form-alert">{icon(Icon::Alert)}<span>{text}</span></p> }
}
