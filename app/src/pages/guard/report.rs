//! The form that says that the guard was wrong about a call.

use contract::fault::Field as FieldName;
use domain::limits::REASON_CHARS_MAX;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::Over;
use super::calls::Report;
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::{Button, Dialog, Field, FormAlert, FormBody, Tone};

/// The form, in a dialog. The server knows whether the call is one.
pub fn form(call: String, action: Post, over: Over) -> AnyView {
    let fault = action.fault();
    view! {
        <Dialog
            id="report"
            title="Report a mistake"
            open=Signal::stored(true)
            close_href=paths::guard(over.span)
            on_close=over.back
        >
            <PostForm action>
                <FormBody to=Report::PATH>
                    <FormAlert fault/>
                    <p class="dim">"Call " <span class="mono wrap">{call.clone()}</span></p>
                    <input type="hidden" name="call" value=call.clone()/>
                    <input type="hidden" name="span" value=over.span.word()/>
                    <Field
                        id="report-note"
                        name="note"
                        label="What is wrong"
                        hint="Such as: a question about our own documentation. Do not repeat the prompt."
                        autocomplete="off"
                        maxlength=REASON_CHARS_MAX
                        error=Signal::derive(move || {
                            field_error(fault.get().as_ref(), FieldName::Reason)
                        })
                    />
                    <div class="form-acts">
                        <Button submit=true tone=Tone::Primary>"Report"</Button>
                        <a class="btn btn-quiet" href=paths::guard(over.span) data-noscroll="true">"Cancel"</a>
                    </div>
                </FormBody>
            </PostForm>
        </Dialog>
    }
    .into_any()
}
