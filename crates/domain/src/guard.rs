//! What a tenant or a project wants of the guard: what is refused, what is taken out of prompts, what is
//! masked in answers. The words of findings are the guard's own ids; this is who wants what of them.

use serde::{Deserialize, Serialize};

use crate::words::words;

/// Signatures, kinds or values that a policy may list.
pub const LISTED_MAX: usize = 200;
/// Longest value that a policy may let through, in bytes.
pub const VALUE_BYTES_MAX: usize = 200;
/// Highest threshold, in hundredths.
pub const THRESHOLD_MAX: u16 = 1_000;

words! {
    /// What is done about injections.
    Mode {
        /// Nothing is scanned.
        Off = "off", "Off";
        /// Everything is scanned and recorded, nothing is refused.
        Monitor = "monitor", "Monitor";
        /// Attacks are refused.
        Block = "block", "Block";
    }
}

words! {
    /// Where a text came in. What is ordinary in one place is an attack in another.
    Channel {
        /// What the caller's user says.
        User = "user", "A user's message";
        /// A document that was handed over for reading.
        Document = "document", "A document";
        /// What a tool returned.
        Tool = "tool", "A tool's result";
        /// The caller's own: instructions, definitions of tools, and what the model said before. Ordinary ones
        /// look like attacks, so only hidden text counts.
        System = "system", "System instructions";
    }
}

words! {
    /// What is done about secrets in prompts.
    Secrets {
        /// They are sent.
        Off = "off", "Off";
        /// A placeholder that names the kind is sent in their place.
        Tag = "tag", "Placeholder";
        /// The same words are sent in place of every secret.
        Mask = "mask", "Remove";
    }
}

words! {
    /// What is done about personal data in answers.
    Personal {
        /// It is passed on.
        Off = "off", "Off";
        /// The same words are passed on in place of every value.
        Mask = "mask", "Mask";
        /// A placeholder that names the kind is passed on.
        Tag = "tag", "Placeholder";
    }
}

words! {
    /// Whether somebody else is asked about an ambiguous prompt, and what holds where he does not answer.
    SecondOpinion {
        /// Nobody is asked.
        Off = "off", "Nobody is asked";
        /// Without an answer the prompt passes.
        Allow = "allow", "Ask; without an answer, let it pass";
        /// Without an answer the prompt is refused.
        Block = "block", "Ask; without an answer, refuse";
    }
}

words! {
    /// How bad a prompt is. The order is by severity.
    Verdict {
        /// Nothing to say.
        Clean = "clean", "Clean";
        /// Worth a mark and a line in the log.
        Suspicious = "suspicious", "Suspicious";
        /// Worth a second opinion.
        Ambiguous = "ambiguous", "Ambiguous";
        /// An attack: several signatures, and together beyond the threshold. Never one signature alone.
        Blocked = "blocked", "Attack";
    }
}

#[expect(clippy::derivable_impls, reason = "the words are made by a macro")]
impl Default for Verdict {
    fn default() -> Self {
        Self::Clean
    }
}

#[expect(clippy::derivable_impls, reason = "the words are made by a macro")]
impl Default for Mode {
    fn default() -> Self {
        Self::Block
    }
}

/// The policy of a tenant, or of a project that has one of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// What is done about injections.
    pub injections: Mode,
    /// From this score on a prompt is suspicious, in hundredths.
    pub suspicious_from: u16,
    /// From this score on a prompt is ambiguous, in hundredths.
    pub ambiguous_from: u16,
    /// From this score on a prompt of several signatures is an attack, in hundredths.
    pub blocked_from: u16,
    /// Ids of signatures that count nothing.
    pub disabled: Vec<String>,
    /// Whether an ambiguous prompt is shown to the operator's second opinion, a service of somebody else's.
    pub second_opinion: SecondOpinion,
    /// What is done about secrets in prompts.
    pub secrets: Secrets,
    /// Whether a placeholder in the answer becomes the secret again.
    pub restores: bool,
    /// What is done about personal data in answers.
    pub personal: Personal,
    /// Whether personal data is masked in the model's reasoning too. A signed thinking block that was
    /// changed is refused by its provider when the program sends it back.
    pub reasoning: bool,
    /// Ids of kinds, of secrets or of personal data, that are let through.
    pub kinds_passed: Vec<String>,
    /// Values that are let through, compared without regard to ASCII case.
    pub values_passed: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            injections: Mode::default(),
            suspicious_from: 50,
            ambiguous_from: 70,
            blocked_from: 90,
            disabled: Vec::new(),
            second_opinion: SecondOpinion::Off,
            secrets: Secrets::Tag,
            restores: false,
            personal: Personal::Mask,
            reasoning: true,
            kinds_passed: Vec::new(),
            values_passed: Vec::new(),
        }
    }
}

impl Policy {
    /// A policy under which nothing is looked at.
    #[must_use]
    pub fn off() -> Self {
        Self {
            injections: Mode::Off,
            secrets: Secrets::Off,
            personal: Personal::Off,
            ..Self::default()
        }
    }

    /// Whether the thresholds ascend and are within their bounds.
    #[must_use]
    pub const fn is_ordered(&self) -> bool {
        0 < self.suspicious_from
            && self.suspicious_from <= self.ambiguous_from
            && self.ambiguous_from <= self.blocked_from
            && self.blocked_from <= THRESHOLD_MAX
    }
}

/// What the guard found in one call, as it is kept with the call: kinds, places and keyed digests, never a
/// value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// How bad the prompt is.
    pub verdict: Verdict,
    /// The worst text's score, in hundredths.
    pub score: u16,
    /// What was seen in the prompt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Seen>,
    /// What the second opinion was, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Second>,
    /// What was taken out of the prompt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<Hidden>,
    /// What was masked in the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masked: Vec<Hidden>,
    /// How many findings of any sort are left out for want of room.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u32,
}

/// A signature in a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Its id.
    pub signature: String,
    /// What it weighs there, in hundredths.
    pub points: u16,
    /// The text it stands in, as a path of the body.
    pub path: String,
    /// Where it begins in that text, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// A second opinion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// Whose: the provider's short name.
    pub by: String,
    /// Whether the prompt was held to be an attack; `None` where there was no answer.
    pub flagged: Option<bool>,
    /// How long it took, in milliseconds.
    pub took_ms: u32,
}

/// A secret or personal value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// Its kind's id.
    pub kind: String,
    /// How often this value was met.
    pub times: u32,
    /// The first 16 bytes of its keyed digest, in hexadecimal: two findings of one tenant are of the same
    /// value where these agree.
    pub digest: String,
    /// Where it stood, from and to, in bytes, the first [`Hidden::SPANS_MAX`] places: of a secret in the body
    /// as it was sent to us, of a personal value in the text that it is part of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<(u32, u32)>,
}

impl Hidden {
    /// Most places of one value that are kept.
    pub const SPANS_MAX: usize = 10;
}

impl Findings {
    /// Most findings of each sort that are kept with a call.
    pub const EACH_MAX: usize = 50;

    /// Leaves half of each sort out, and the places of values first of all, for want of room.
    pub fn halve(&mut self) {
        let spans = self.redacted.iter_mut().chain(&mut self.masked);
        let any = spans.fold(false, |any, hidden| {
            let had = !hidden.spans.is_empty();
            hidden.spans.clear();
            any | had
        });
        if any {
            return;
        }
        let mut left_out = 0;
        let mut half = |length: usize| {
            left_out += length - length / 2;
            length / 2
        };
        self.signatures.truncate(half(self.signatures.len()));
        self.redacted.truncate(half(self.redacted.len()));
        self.masked.truncate(half(self.masked.len()));
        let left_out = u32::try_from(left_out).unwrap_or(u32::MAX);
        self.left_out = self.left_out.saturating_add(left_out);
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.verdict == Verdict::Clean && self.redacted.is_empty() && self.masked.is_empty()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_ascend_within_their_bounds() {
        let with = |s, a, b| Policy {
            suspicious_from: s,
            ambiguous_from: a,
            blocked_from: b,
            ..Policy::default()
        };
        assert!(Policy::default().is_ordered());
        assert!(with(1, 1, 1_000).is_ordered());
        for (s, a, b) in [(0, 1, 2), (3, 2, 4), (1, 4, 3), (1, 2, 1_001)] {
            assert!(!with(s, a, b).is_ordered(), "{s} {a} {b}");
        }
    }

    #[test]
    fn findings_are_halved_until_nothing_is_left_and_say_so() {
        let hidden =
            Hidden { kind: "jwt".into(), times: 1, digest: "0".into(), spans: vec![(1, 2)] };
        let mut found = Findings { redacted: vec![hidden; 5], ..Findings::default() };
        found.halve();
        assert_eq!((found.redacted.len(), found.left_out), (5, 0));
        assert!(found.redacted.iter().all(|hidden| hidden.spans.is_empty()));
        for left in [2, 1, 0, 0] {
            found.halve();
            assert_eq!(found.redacted.len(), left);
        }
        assert_eq!(found.left_out, 5);
    }

    #[test]
    fn findings_are_kept_without_what_is_empty() {
        let kept = serde_json::to_value(Findings::default()).unwrap();
        assert_eq!(kept, serde_json::json!({"verdict": "clean", "score": 0}));
        assert_eq!(serde_json::from_value::<Findings>(kept).unwrap(), Findings::default());
    }
}
