//! Another key for a provider.

use contract::fault::Field as FieldName;
use contract::providers::ProviderRow;
use domain::limits::CREDENTIAL_BYTES_MAX;
use domain::provider::{Auth, ProviderKind};
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::calls::{Routing, SetKey};
use super::general;
use super::open::Open;
use super::provider_form::named;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::time::{Shown, time};
use crate::ui::{Button, Clock, Dialog, Field, FormBody, Tone};

/// The form for a provider's key.
#[component]
pub fn KeyDialog(
    stored: StoredValue<Routing>,
    open: Memo<Option<Open>>,
    action: Post,
    back: Callback<()>,
) -> impl IntoView {
    let asked = Memo::new(move |_| match open.get() {
        Some(Open::Key(slug)) => {
            named(stored, &slug).filter(|row| row.kind != ProviderKind::Simulator)
        }
        _ => None,
    });
    let wanted = Memo::new(move |_| asked.read().is_some());
    view! {
        <Dialog id="provider-key" title="A provider's key" open=wanted close_href=paths::PROVIDERS on_close=back>
            {move || asked.get().map(|row| view! { <Asked row action/> })}
        </Dialog>
    }
}

#[component]
fn Asked(row: ProviderRow, action: Post) -> impl IntoView {
    let fault = action.fault();
    let pending = action.pending();
    let clock = Clock::here();
    let hint = match row.auth {
        Auth::SigV4 => "ACCESS_KEY_ID:SECRET_ACCESS_KEY, with :SESSION_TOKEN where there is one.",
        _ => "Sealed into the vault, and never shown again. Nodes use it within a second.",
    };
    view! {
        <PostForm action>
            <FormBody to=SetKey::PATH>
                <p class="note">
                    {icon(Icon::Info)}
                    <span>
                        {match row.credential {
                            Some(known) => {
                                view! {
                                    <strong>{row.name}</strong> " has the key "
                                    <code>{known.fingerprint}</code> ", its "
                                    {ordinal(known.version)} ", set "
                                    {time(clock, known.set_at, Shown::Relative)} "."
                                }
                                    .into_any()
                            }
                            None => view! { <strong>{row.name}</strong> " has no key yet." }.into_any(),
                        }}
                    </span>
                </p>
                <div role="alert" class="form-alert-slot">
                    {move || general(fault.get(), &[FieldName::Credential])}
                </div>
                <input type="hidden" name="id" value=row.id.to_string()/>
                <Field
                    id="new-credential"
                    name="credential"
                    label="New key"
                    kind="password"
                    hint=hint
                    autocomplete="off"
                    maxlength=CREDENTIAL_BYTES_MAX
                    error=Signal::derive(move || {
                        field_error(fault.get().as_ref(), FieldName::Credential)
                    })
                />
                <div class="form-acts">
                    <Button submit=true tone=Tone::Primary>
                        {move || if pending.get() { "Setting…" } else { "Set key" }}
                    </Button>
                    <a class="btn btn-quiet" href=paths::PROVIDERS data-noscroll="true">"Cancel"</a>
                </div>
            </FormBody>
        </PostForm>
    }
}

/// `1st`, `2nd`, `11th`.
fn ordinal(n: u32) -> String {
    let ending = match (n % 10, n % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_read_as_people_say_them() {
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 13, 21, 102].map(ordinal),
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd"]
        );
    }
}
