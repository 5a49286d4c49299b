//! The first run: the platform admin is created by whoever can read the server's console.

pub mod calls;

use contract::fault::{Fault, Field as FieldName};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::frame::sidebar::mark;
use crate::loaded::load;
use crate::pages::sign_in::calls::first_run_open;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::{Button, Failure, Field, FormAlert, LinkButton, SkeletonLines, Tone};

use calls::FirstRun;

/// The form, or that it was filled in already.
#[component]
pub fn WelcomePage() -> impl IntoView {
    let open = load(|| (), |()| first_run_open());
    view! {
        <Title text="Set up"/>
        <main id="main" class="door" tabindex="-1">
            <div class="door-panel">
                <div class="door-brand">{mark()}<span>"TokenOne"</span></div>
                <Suspense fallback=|| view! { <SkeletonLines/> }>
                    {move || Suspend::new(async move {
                        match open.await {
                            Ok(true) => view! { <SetUp/> }.into_any(),
                            Ok(false) => done().into_any(),
                            Err(fault) => view! {
                                <h1>"Set up"</h1>
                                <Failure fault=fault.0 retry=move |()| open.refetch()/>
                            }
                            .into_any(),
                        }
                    })}
                </Suspense>
            </div>
        </main>
    }
}

fn done() -> impl IntoView {
    view! {
        <h1>"Already set up"</h1>
        <p class="door-lead">
            "This gateway has its platform admin. The setup token worked once and is void."
        </p>
        <LinkButton href=paths::SIGN_IN tone=Tone::Primary>"Sign in"</LinkButton>
    }
}

#[component]
fn SetUp() -> impl IntoView {
    let action = Post::to::<FirstRun>();
    let fault = action.fault();
    let pending = action.pending();
    let wrong = move |field| move || field_error(fault.get().as_ref(), field);
    view! {
        <h1>"Set up TokenOne"</h1>
        <p class="door-lead">
            "Create the platform admin: the one account that makes tenants. It sees that calls happen, never what they say."
        </p>
        <FormAlert fault/>
        <PostForm action>
            <div class="form">
                <Field
                    id="token"
                    name="token"
                    label="Setup token"
                    hint="Printed once on the server's console when it started."
                    autocomplete="one-time-code"
                    mono=true
                    error=Signal::derive(wrong(FieldName::Token))
                />
                <Field
                    id="name"
                    name="name"
                    label="Your name"
                    autocomplete="name"
                    maxlength=domain::limits::NAME_CHARS_MAX
                    error=Signal::derive(wrong(FieldName::Name))
                />
                <Field
                    id="email"
                    name="email"
                    label="E-mail address"
                    kind="email"
                    autocomplete="username"
                    maxlength=domain::limits::EMAIL_BYTES_MAX
                    error=Signal::derive(wrong(FieldName::Email))
                />
                <Field
                    id="password"
                    name="password"
                    label="Password"
                    kind="password"
                    hint=password_hint()
                    autocomplete="new-password"
                    minlength=domain::limits::PASSWORD_CHARS_MIN
                    maxlength=domain::limits::PASSWORD_BYTES_MAX
                    error=Signal::derive(wrong(FieldName::Password))
                />
                <Button submit=true tone=Tone::Primary>
                    {move || if pending.get() { "Creating…" } else { "Create the platform admin" }}
                </Button>
            </div>
        </PostForm>
    }
}

/// What makes a good password: length.
#[must_use]
pub fn password_hint() -> String {
    format!(
        "At least {} characters. A few unrelated words work well; any characters are allowed.",
        domain::limits::PASSWORD_CHARS_MIN
    )
}

/// The error that belongs to a field, if the fault is about it.
#[must_use]
pub fn field_error(fault: Option<&Fault>, wanted: FieldName) -> Option<String> {
    match fault {
        Some(Fault::Invalid { field, reason }) if *field == wanted => {
            Some(format!("{field} {reason}."))
        }
        _ => None,
    }
}
