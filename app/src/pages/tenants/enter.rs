//! The question before a platform admin enters a tenant: why.

use contract::fault::Field as FieldName;
use contract::tenants::TenantRow;
use domain::limits::REASON_CHARS_MAX;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use crate::frame::calls::TakeSeat;
use crate::frame::seat;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::ui::icon::{Icon, icon};
use crate::ui::{Button, Dialog, Field, FormAlert, FormBody, Tone};

/// Opens for the tenant that the address names. A plain form: the page is loaded anew afterwards, and
/// where the seat was refused, with this dialog open again and the refusal in it.
#[component]
pub fn EnterDialog(rows: StoredValue<Vec<TenantRow>>, on_close: Callback<()>) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let id = query.read().get("enter")?;
        rows.with_value(|rows| rows.iter().find(|row| row.id.to_string() == id).cloned())
    });
    let open = Memo::new(move |_| asked.read().is_some());
    view! {
        <Dialog id="enter" title="Enter a tenant" open=open close_href=paths::TENANTS on_close=on_close>
            {move || asked.get().map(|tenant| view! { <Question tenant/> })}
        </Dialog>
    }
}

#[component]
fn Question(tenant: TenantRow) -> impl IntoView {
    let name = tenant.name.clone();
    let fault = seat::refused();
    let wrong = Signal::derive(move || field_error(fault.get().as_ref(), FieldName::Reason));
    view! {
        <form method="post" action=TakeSeat::url()>
            <FormBody to=TakeSeat::PATH>
                <FormAlert fault/>
                <p class="note">
                    {icon(Icon::Info)}
                    <span>
                        "You will see the calls and keys of " <strong>{tenant.name}</strong>
                        ", not what the calls say. Your reason is written into its own audit log."
                    </span>
                </p>
                <input type="hidden" name="tenant" value=tenant.id.to_string()/>
                <Field
                    id="enter-reason"
                    name="reason"
                    label="Reason"
                    hint="For those who read the log: a ticket, a request, an incident."
                    autocomplete="off"
                    maxlength=REASON_CHARS_MAX
                    error=wrong
                />
                <div class="form-acts">
                    <Button submit=true tone=Tone::Primary>"Enter " {name}</Button>
                    <a class="btn btn-quiet" href=paths::TENANTS data-noscroll="true">"Cancel"</a>
                </div>
            </FormBody>
        </form>
    }
}
