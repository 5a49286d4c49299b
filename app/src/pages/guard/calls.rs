//! The guard page's server functions, and what it is told.
//!
//! What is told is ready to be read: the server puts words and numbers together, so that the browser need
//! carry neither the code for it nor the types behind it.

use chrono::{DateTime, Utc};
use contract::draft::Draft;
use domain::guard::{Mode, Personal, SecondOpinion, Secrets, Verdict};
use domain::ids::CallId;
use serde::{Deserialize, Serialize};

use crate::fault::UiFault;
#[cfg(feature = "ssr")]
use crate::{paths, server};
#[cfg(feature = "ssr")]
use contract::fault::Fault;
#[cfg(feature = "ssr")]
use domain::guard::Policy;

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardPage {
    /// What the page knows, for its title.
    pub title: String,
    /// What it did, in calls: the name of a number, and the number.
    pub totals: Vec<(String, String)>,
    /// Every signature, in the order of their numbers.
    pub signatures: Vec<SignatureLine>,
    /// The latest calls with findings, newest first.
    pub found: Vec<FoundLine>,
    /// The tenant's policy, then those of its projects.
    pub policies: Vec<PolicyLine>,
    /// The name of the policy that the address opens, and its form as it starts.
    pub opened: Option<(String, Draft)>,
    /// When this version was measured on a corpus.
    pub measured_on: String,
    /// What came of it.
    pub figures: Vec<FigureLine>,
}

/// A figure of the measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureLine {
    /// Of what.
    pub meaning: String,
    /// The share.
    pub share: String,
    /// Its interval.
    pub interval: String,
    /// How many texts.
    pub texts: String,
}

/// A signature with its hits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureLine {
    /// `S01`.
    pub number: String,
    /// Its id.
    pub id: String,
    /// What a text with it does.
    pub meaning: String,
    /// Where others describe it.
    pub references: String,
    /// Calls that carry it.
    pub calls: String,
    /// The same over time.
    pub parts: Vec<Option<u64>>,
    /// Whether it counts under the tenant's policy.
    pub counts: bool,
}

/// A call with findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundLine {
    /// The call.
    pub call: CallId,
    /// When.
    pub at: DateTime<Utc>,
    /// Its project and its key.
    pub whose: String,
    /// How bad its prompt is.
    pub verdict: Verdict,
    /// What was found, and what was done.
    pub what: String,
    /// Whether somebody has reported it as a mistake.
    pub reported: bool,
}

/// What holds for a project, or for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyLine {
    /// What tells it in an address and in a form.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What holds.
    pub holds: String,
    /// Whose policy that is, and who made it.
    pub from: String,
    /// When it was made.
    pub at: Option<DateTime<Utc>>,
}

/// What the guard says of a text that was tried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// How bad it is.
    pub verdict: Verdict,
    /// Its score, and what would be done.
    pub sentence: String,
    /// What was seen, and the words it was seen in.
    pub seen: Vec<(String, String)>,
    /// What the text reads like with its tricks undone.
    pub undone: Vec<String>,
    /// The text as it would be sent.
    pub sent: String,
    /// The text as an answer would be returned.
    pub returned: String,
}

/// What the guard found in a time range, and what is wanted of it. `policy` is the key of the one whose
/// form is open.
#[leptos::server(prefix = "/do", endpoint = "guard/view")]
pub async fn view(
    #[server(default)] span: String,
    #[server(default)] policy: String,
) -> Result<GuardPage, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let span = contract::guard::Span::read(Some(&span));
    let view = server::answer(console.guard.view(&caller, span).await)?;
    Ok(super::ready::page(view, span, &policy))
}

/// A policy as its form sends it. Numbers are text, so that a field left empty is told as such; lists are
/// texts of a line each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyForm {
    injections: Mode,
    suspicious_from: String,
    ambiguous_from: String,
    blocked_from: String,
    #[serde(default)]
    disabled: Vec<String>,
    second_opinion: SecondOpinion,
    secrets: Secrets,
    #[serde(default)]
    restores: bool,
    personal: Personal,
    #[serde(default)]
    reasoning: bool,
    kinds_passed: String,
    values_passed: String,
}

#[cfg(feature = "ssr")]
impl PolicyForm {
    fn policy(self) -> Policy {
        // What is no number is outside the bounds as well.
        let number = |text: &str| text.trim().parse().unwrap_or(0);
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        Policy {
            injections: self.injections,
            suspicious_from: number(&self.suspicious_from),
            ambiguous_from: number(&self.ambiguous_from),
            blocked_from: number(&self.blocked_from),
            disabled: self.disabled,
            second_opinion: self.second_opinion,
            secrets: self.secrets,
            restores: self.restores,
            personal: self.personal,
            reasoning: self.reasoning,
            kinds_passed: lines(&self.kinds_passed),
            values_passed: lines(&self.values_passed),
        }
    }
}

/// The page of the time range that a form was opened over.
#[cfg(feature = "ssr")]
fn back_to(span: &str) -> String {
    paths::guard(contract::guard::Span::read(Some(span)))
}

/// Changes a policy.
#[leptos::server(prefix = "/do", endpoint = "guard/set_policy")]
pub async fn set_policy(
    project: String,
    version: u32,
    #[server(default)] span: String,
    form: PolicyForm,
) -> Result<(), UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let project = server::answer(super::ready::project(&project))?;
    server::answer(console.guard.set_policy(&caller, project, form.policy(), version).await)?;
    leptos_axum::redirect(&back_to(&span));
    Ok(())
}

/// Takes a policy away: what is above it holds again.
#[leptos::server(prefix = "/do", endpoint = "guard/drop_policy")]
pub async fn drop_policy(
    project: String,
    version: u32,
    #[server(default)] span: String,
) -> Result<(), UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    let project = server::answer(super::ready::project(&project))?;
    server::answer(console.guard.drop_policy(&caller, project, version).await)?;
    leptos_axum::redirect(&back_to(&span));
    Ok(())
}

/// Tries a text out. A form sent without a script would be answered with a redirect and lose the answer,
/// and what was typed would wait in the session: nothing is looked at then.
#[leptos::server(prefix = "/do", endpoint = "guard/try")]
pub async fn try_out(project: String, channel: String, tried: String) -> Result<Trial, UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    if server::plain_form() {
        return server::answer(Err(Fault::Unavailable));
    }
    let project = server::answer(super::ready::project(&project))?;
    // What no form of ours sends is taken for a user's.
    let channel = channel.parse().unwrap_or(domain::guard::Channel::User);
    let tried = server::answer(console.guard.try_out(&caller, project, channel, tried).await)?;
    Ok(super::ready::trial(tried))
}

/// Says that the guard was wrong about a call.
#[leptos::server(prefix = "/do", endpoint = "guard/report")]
pub async fn report(
    call: CallId,
    note: String,
    #[server(default)] span: String,
) -> Result<(), UiFault> {
    let console = server::console()?;
    let caller = server::answer(server::caller())?;
    server::answer(console.guard.report(&caller, call, note).await)?;
    leptos_axum::redirect(&back_to(&span));
    Ok(())
}
