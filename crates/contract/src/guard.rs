//! The guard: what it found, what is wanted of it, trying it out, and telling it that it was wrong.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::caller::Caller;
use domain::guard::{Channel, Policy, Verdict};
use domain::ids::{CallId, ProjectId};
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// Calls with findings that are listed at most.
pub const FOUND_SHOWN_MAX: usize = 50;
/// Longest text that can be tried out, in bytes: a form that holds it three times as long, as forms encode
/// what is not ASCII, is still taken.
pub const TRIED_BYTES_MAX: usize = 16 * 1024;
/// Parts that a time range is cut into.
pub const PARTS: u32 = 24;

/// How far back the page looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    /// The last day.
    #[default]
    Day,
    /// The last week.
    Week,
    /// The last 30 days.
    Month,
}

impl Span {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The word in an address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    /// The words that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
        }
    }

    /// Its length in hours.
    #[must_use]
    pub const fn hours(self) -> u32 {
        match self {
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
        }
    }

    /// That of a word; an unknown one is the first.
    #[must_use]
    pub fn read(word: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|span| word == Some(span.word())).unwrap_or_default()
    }
}

/// The page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardView {
    /// What it did, in calls.
    pub totals: Totals,
    /// Every signature, in the order of their numbers.
    pub signatures: Vec<SignatureRow>,
    /// The latest calls with findings, newest first.
    pub found: Vec<FoundRow>,
    /// The tenant's policy, then those of its projects.
    pub policies: Vec<PolicyView>,
    /// Whether this viewer may change them.
    pub may_change: bool,
    /// How well this version was measured to see.
    pub evaluation: Evaluation,
}

/// A measurement of the guard on a labelled corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The day, as `2026-01-02`.
    pub measured_on: String,
    /// What came of it.
    pub figures: Vec<FigureRow>,
}

/// A share of the texts of one sort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureRow {
    /// Of what, and what befell it.
    pub meaning: String,
    /// The share, in ten-thousandths.
    pub share: u16,
    /// The lower end of its interval at 95 % (Wilson's), in ten-thousandths.
    pub low: u16,
    /// The upper end.
    pub high: u16,
    /// How many texts it was measured on.
    pub texts: u32,
}

/// What the guard did in a time range, in calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// All calls.
    pub calls: u64,
    /// Those whose prompt was above clean.
    pub flagged: u64,
    /// Those that were refused for it.
    pub refused: u64,
    /// Those with secrets in the prompt.
    pub redacted: u64,
    /// Those with personal data in the answer.
    pub masked: u64,
}

/// A signature with its hits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureRow {
    /// `S01`.
    pub number: String,
    /// Its id.
    pub id: String,
    /// What a text with it does, as the end of the sentence "it …".
    pub meaning: String,
    /// OWASP Top 10 for LLM Applications 2025, and MITRE ATLAS.
    pub references: String,
    /// Calls that carry it.
    pub calls: u64,
    /// The same by parts of the range, [`PARTS`] of them, oldest first.
    pub parts: Vec<u64>,
}

/// A call with findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRow {
    /// The call.
    pub call_id: CallId,
    /// When.
    pub at: DateTime<Utc>,
    /// The project's name.
    pub project: String,
    /// The key's name.
    pub key: String,
    /// How bad its prompt is.
    pub verdict: Verdict,
    /// The score, in hundredths.
    pub score: u16,
    /// What was found, in a few words.
    pub what: String,
    /// Whether it was refused.
    pub refused: bool,
    /// Whether somebody has reported it as a mistake.
    pub reported: bool,
}

/// A policy, its own or the one that holds in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// The project; `None` for the tenant's.
    pub project_id: Option<ProjectId>,
    /// Its name; the tenant's for its own.
    pub name: String,
    /// What holds.
    pub policy: Policy,
    /// Counts the changes of its own policy; 0 where it has none.
    pub version: u32,
    /// Who changed it last, and when.
    pub updated: Option<(String, DateTime<Utc>)>,
}

/// A text that was tried out. Nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// How bad it is.
    pub verdict: Verdict,
    /// The score, in hundredths.
    pub score: u16,
    /// Whether a call with it would be refused.
    pub refused: bool,
    /// What was seen.
    pub seen: Vec<SeenView>,
    /// What the text reads like with its tricks undone: look-alikes, encodings, hidden characters.
    pub undone: Vec<String>,
    /// The text as it would be sent.
    pub redacted: String,
    /// The text as an answer would be returned.
    pub masked: String,
}

/// A signature in a text that was tried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenView {
    /// Its id.
    pub id: String,
    /// What it means.
    pub meaning: String,
    /// What it weighs, in hundredths.
    pub points: u16,
    /// The words it was seen in.
    pub text: String,
}

/// The guard.
#[async_trait]
pub trait Guard: Send + Sync {
    /// What it found, and what is wanted of it.
    async fn view(&self, caller: &Caller, span: Span) -> Result<GuardView, Fault>;

    /// Changes a policy. `version` is that of the one it was made from, 0 where there was none of its own.
    async fn set_policy(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        policy: Policy,
        version: u32,
    ) -> Result<(), Fault>;

    /// Takes a policy away: what is above it holds again.
    async fn drop_policy(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        version: u32,
    ) -> Result<(), Fault>;

    /// Tries a text out under a policy. Nothing is stored.
    async fn try_out(
        &self,
        caller: &Caller,
        project: Option<ProjectId>,
        channel: Channel,
        text: String,
    ) -> Result<Tried, Fault>;

    /// Reports that the guard was wrong about a call.
    async fn report(&self, caller: &Caller, call_id: CallId, note: String) -> Result<(), Fault>;
}
