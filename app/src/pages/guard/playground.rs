//! Trying a text out. Nothing of it is kept, and so it needs a script: an answer that a page shows anew
//! would have to wait somewhere.

use contract::fault::Field as FieldName;
use leptos::prelude::*;

use super::calls::Trial;
use super::verdict;
use crate::pages::welcome::field_error;
use crate::post::{Post, PostForm};
use crate::ui::icon::{Icon, icon};
use crate::ui::{Area, Button, FormAlert, Select, Tone, choices};

/// Where a text comes from, by the words of `domain::guard::Channel`.
const CHANNELS: [(&str, &str); 4] = [
    ("user", "A user's message"),
    ("document", "A document"),
    ("tool", "A tool's result"),
    ("system", "System instructions"),
];

/// The form, and what came of it.
pub fn playground(projects: Vec<(String, String)>, action: Post) -> AnyView {
    let fault = action.fault();
    let pending = action.pending();
    let error = Signal::derive(move || field_error(fault.get().as_ref(), FieldName::Text));
    view! {
        <p class="only-noscript form-alert">
            {icon(Icon::Info)}
            <span>"Trying a text out needs JavaScript: nothing of it is stored, so the answer is shown in this page."</span>
        </p>
        <div class="needs-script trial">
            <PostForm action>
                <div class="form">
                    <FormAlert fault/>
                    <Area
                        id="trial-text"
                        name="tried"
                        label="Text"
                        hint="Nothing of it is stored, logged or sent to a provider."
                        error
                    />
                    <Select id="trial-channel" name="channel" label="It is" options=choices(&CHANNELS)/>
                    <Select id="trial-project" name="project" label="Under the policy for" options=projects/>
                    <div class="form-acts">
                        <Button submit=true tone=Tone::Primary>
                            {move || if pending.get() { "Reading…" } else { "Try it" }}
                        </Button>
                    </div>
                </div>
            </PostForm>
            <div role="status">{move || action.answer().map(told)}</div>
        </div>
    }
    .into_any()
}

fn told(trial: Trial) -> AnyView {
    let seen = trial
        .seen
        .into_iter()
        .map(|(what, words)| view! { <li>{what} " " <q dir="auto">{words}</q></li> })
        .collect_view();
    view! {
        <section class="section" aria-label="Result">
            <p>{verdict(trial.verdict)} " " {trial.sentence}</p>
            <ul class="lines">{seen}</ul>
            {trial.undone.into_iter().map(|undone| text("With its tricks undone", undone)).collect_view()}
            {text("As it would be sent", trial.sent)}
            {text("As an answer would be returned", trial.returned)}
        </section>
    }
    .into_any()
}

fn text(heading: &'static str, text: String) -> impl IntoView {
    view! {
        <h3>{heading}</h3>
        <pre class="body-text" tabindex="0" aria-label=heading dir="auto">{text}</pre>
    }
}

#[cfg(test)]
mod tests {
    use domain::guard::Channel;

    use super::*;

    #[test]
    fn every_channel_is_offered() {
        let known: Vec<_> = Channel::ALL.iter().map(|one| (one.as_str(), one.label())).collect();
        assert_eq!(CHANNELS.to_vec(), known);
    }
}
