//! The form of a policy. It starts with what holds, and works without a script.

use contract::draft::Draft;
use contract::fault::Field as FieldName;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::calls::{DropPolicy, SetPolicy, SignatureLine};
use super::{Acts, Over};
use crate::pages::welcome::field_error;
use crate::paths;
use crate::post::{Post, PostForm};
use crate::ui::{
    Area, Button, Checkbox, Checks, Dialog, Field, FormAlert, FormBody, Select, Shape, Tick, Tone,
    choices,
};

/// What is done about injections, secrets and personal data.
const INJECTIONS: [(&str, &str); 3] = [
    ("block", "Block: attacks are refused"),
    ("monitor", "Monitor: everything is recorded, nothing is refused"),
    ("off", "Off: nothing is scanned"),
];
const SECOND: [(&str, &str); 3] = [
    ("off", "Nobody else is asked"),
    ("allow", "Ask; without an answer, let it pass"),
    ("block", "Ask; without an answer, refuse"),
];
const SECRETS: [(&str, &str); 3] = [
    ("tag", "A placeholder that names the kind is sent"),
    ("mask", "[removed] is sent"),
    ("off", "They are sent"),
];
const PERSONAL: [(&str, &str); 3] = [
    ("mask", "[masked] is passed on"),
    ("tag", "A placeholder that names the kind is passed on"),
    ("off", "It is passed on"),
];

/// The form, in a drawer.
pub fn form(
    (name, start): (String, Draft),
    signatures: &[SignatureLine],
    acts: Acts,
    over: Over,
) -> AnyView {
    let field = |name| start.get(name).unwrap_or_default().to_owned();
    let (project, version) = (field("project"), field("version"));
    let ticks = signatures
        .iter()
        .map(|line| Tick {
            value: line.id.clone(),
            label: format!("{} {}", line.number, line.id),
            ticked: false,
        })
        .collect();
    let (set, drop) = (acts.set, acts.drop);
    // What is not its own cannot be taken away.
    let away = (version != "0")
        .then(|| take_away(project.clone(), version.clone(), over.span.word(), drop));
    view! {
        <Dialog
            id="policy"
            title=format!("Policy: {name}")
            shape=Shape::Drawer
            open=Signal::stored(true)
            close_href=paths::guard(over.span)
            on_close=over.back
        >
            <PostForm action=set>
                <FormBody to=SetPolicy::PATH start=start>
                    <FormAlert fault=set.fault()/>
                    {hidden("project", project)}
                    {hidden("version", version)}
                    {hidden("span", over.span.word())}
                    {fields(acts, ticks)}
                    <div class="form-acts">
                        <Button submit=true tone=Tone::Primary>"Save"</Button>
                        <a class="btn btn-quiet" href=paths::guard(over.span) data-noscroll="true">"Cancel"</a>
                    </div>
                </FormBody>
            </PostForm>
            {away}
        </Dialog>
    }
    .into_any()
}

fn take_away(project: String, version: String, span: &'static str, action: Post) -> AnyView {
    let words = if project == "all" { "Use the default" } else { "Use the tenant's policy" };
    view! {
        <PostForm action>
            <FormBody to=DropPolicy::PATH>
                <FormAlert fault=action.fault()/>
                {hidden("project", project)}
                {hidden("version", version)}
                {hidden("span", span)}
                <div class="form-acts">
                    <Button submit=true tone=Tone::Quiet>{words}</Button>
                </div>
            </FormBody>
        </PostForm>
    }
    .into_any()
}

fn hidden(name: &'static str, value: impl Into<String>) -> impl IntoView {
    view! { <input type="hidden" name=name value=value.into()/> }
}

/// The fields take what they start with from the draft around them.
fn fields(acts: Acts, ticks: Vec<Tick>) -> impl IntoView {
    let fault = acts.set.fault();
    let wrong = move |field| Signal::derive(move || field_error(fault.get().as_ref(), field));
    view! {
        <Select id="policy-injections" name="form[injections]" label="Injections" options=choices(&INJECTIONS)/>
        {threshold("form[suspicious_from]", "Suspicious from", wrong(FieldName::Thresholds))}
        {threshold("form[ambiguous_from]", "Ambiguous from", Signal::stored(None))}
        {threshold("form[blocked_from]", "An attack from", Signal::stored(None))}
        <details class="numbers">
            <summary>"Signatures that count nothing"</summary>
            <Checks
                id="policy-disabled"
                name="form[disabled][]"
                legend="Ticked ones are off"
                ticks
                error=wrong(FieldName::Signatures)
            />
        </details>
        <Select
            id="policy-second"
            name="form[second_opinion]"
            label="Second opinion on ambiguous prompts"
            options=choices(&SECOND)
        />
        <Select id="policy-secrets" name="form[secrets]" label="Secrets in prompts" options=choices(&SECRETS)/>
        <Checkbox
            id="policy-restores"
            name="form[restores]"
            label="A placeholder in the answer becomes the secret again"
        />
        <Select
            id="policy-personal"
            name="form[personal]"
            label="Personal data in answers"
            options=choices(&PERSONAL)
        />
        <Checkbox
            id="policy-reasoning"
            name="form[reasoning]"
            label="Also in the model's reasoning"
            hint="A signed block of thinking that was changed is refused by its provider when it comes back."
        />
        <Area
            id="policy-kinds"
            name="form[kinds_passed]"
            label="Kinds let through"
            hint="One a line, such as ip_address. The documentation lists them."
            error=wrong(FieldName::Kinds)
        />
        <Area
            id="policy-values"
            name="form[values_passed]"
            label="Values let through"
            hint="One a line, such as support@example.com. They are kept as they are typed."
            error=wrong(FieldName::Values)
        />
    }
}

fn threshold(
    name: &'static str,
    label: &'static str,
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <Field
            id=name
            name=name
            label=label
            kind="number"
            hint="In hundredths, as all scores."
            autocomplete="off"
            error=error
        />
    }
}

#[cfg(test)]
mod tests {
    use domain::guard::{Mode, Personal, SecondOpinion, Secrets};

    use super::*;

    #[test]
    fn every_choice_is_one_of_the_policy() {
        let words =
            |pairs: &[(&'static str, &str)]| pairs.iter().map(|pair| pair.0).collect::<Vec<_>>();
        for word in words(&INJECTIONS) {
            assert!(word.parse::<Mode>().is_ok(), "{word}");
        }
        for word in words(&SECOND) {
            assert!(word.parse::<SecondOpinion>().is_ok(), "{word}");
        }
        for word in words(&SECRETS) {
            assert!(word.parse::<Secrets>().is_ok(), "{word}");
        }
        for word in words(&PERSONAL) {
            assert!(word.parse::<Personal>().is_ok(), "{word}");
        }
    }
}
