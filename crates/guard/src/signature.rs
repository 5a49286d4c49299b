//! The named signatures, with the entries of two public catalogues that they belong to.
//!
//! OWASP: Top 10 for LLM Applications 2025 (`#n` is the scenario's number there). ATLAS: MITRE ATLAS techniques.

/// A way in which a text tries to take over a model. The order is that of the numbers, S01 to S19.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Signature {
    InstructionOverride,
    SystemPromptLeak,
    PersonaJailbreak,
    PrivilegedMode,
    AuthorityImpersonation,
    RefusalSuppression,
    PrefixInjection,
    FictionalFraming,
    Coercion,
    RoleDelimiterSpoof,
    ManyShotDialogue,
    PayloadSplitting,
    EncodedPayload,
    ConfusableText,
    InvisibleText,
    LanguageSwitch,
    IndirectInstruction,
    ToolHijack,
    ExfiltrationChannel,
}

/// Number, id, OWASP, ATLAS and one line of meaning.
struct Entry(Signature, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const ENTRIES: [Entry; 19] = {
    use Signature::*;
    [
        Entry(InstructionOverride, "instruction_override", "LLM01 #1", "AML.T0051.000", "sets the instructions above aside, or puts new ones in their place"),
        Entry(SystemPromptLeak, "system_prompt_leak", "LLM07", "AML.T0056", "asks for the hidden prompt, or for what the prompt guards"),
        Entry(PersonaJailbreak, "persona_jailbreak", "LLM01", "AML.T0054", "casts the model as someone without limits"),
        Entry(PrivilegedMode, "privileged_mode", "LLM01", "AML.T0054", "switches to a mode that does not exist"),
        Entry(AuthorityImpersonation, "authority_impersonation", "LLM01", "AML.T0054, AML.T0073", "claims a right that the channel cannot give"),
        Entry(RefusalSuppression, "refusal_suppression", "LLM01", "AML.T0054", "forbids refusals, warnings, apologies"),
        Entry(PrefixInjection, "prefix_injection", "LLM01", "AML.T0054", "dictates how the answer begins, or its exact words"),
        Entry(FictionalFraming, "fictional_framing", "LLM01", "AML.T0054", "wraps the request in a story, a game, a simulation"),
        Entry(Coercion, "coercion", "LLM01", "AML.T0051.000", "threatens, bribes, counts points"),
        Entry(RoleDelimiterSpoof, "role_delimiter_spoof", "LLM01", "AML.T0051.000", "forges the marks between roles, or the end of the input"),
        Entry(ManyShotDialogue, "many_shot_dialogue", "LLM01", "AML.T0054", "forges a dialogue in which the model has already complied"),
        Entry(PayloadSplitting, "payload_splitting", "LLM01 #6 #8", "AML.T0068", "hands the payload over in parts to be put together"),
        Entry(EncodedPayload, "encoded_payload", "LLM01 #9", "AML.T0068", "hides the payload in an encoding"),
        Entry(ConfusableText, "confusable_text", "LLM01 #9", "AML.T0068", "hides the payload in look-alike or scattered letters"),
        Entry(InvisibleText, "invisible_text", "LLM01 #9", "AML.T0068", "hides the payload in characters that nobody sees"),
        Entry(LanguageSwitch, "language_switch", "LLM01 #9", "AML.T0068", "overrides or leaks in another language"),
        Entry(IndirectInstruction, "indirect_instruction", "LLM01 #2 #4", "AML.T0051.001", "speaks to the model from inside a document or a tool's result"),
        Entry(ToolHijack, "tool_hijack", "LLM06", "AML.T0053", "forges a tool call, or has one made"),
        Entry(ExfiltrationChannel, "exfiltration_channel", "LLM02, LLM05", "AML.T0077, AML.T0057, AML.T0086", "has data carried out by a link, an image, a message"),
    ]
};

impl Signature {
    /// All of them, in the order of their numbers.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        ENTRIES.iter().map(|entry| entry.0)
    }

    fn entry(self) -> &'static Entry {
        &ENTRIES[self as usize]
    }

    /// `S01` to `S19`.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The name that headers, policies and records use; it never changes.
    pub fn id(self) -> &'static str {
        self.entry().1
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().find(|signature| signature.id() == id)
    }

    /// OWASP Top 10 for LLM Applications 2025.
    pub fn owasp(self) -> &'static str {
        self.entry().2
    }

    /// MITRE ATLAS.
    pub fn atlas(self) -> &'static str {
        self.entry().3
    }

    /// What a text with this signature does, as the end of the sentence "it …".
    pub fn meaning(self) -> &'static str {
        self.entry().4
    }
}

/// A set of signatures.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Signatures(u32);

impl Signatures {
    pub fn contains(self, signature: Signature) -> bool {
        self.0 & (1 << signature as u32) != 0
    }

    pub fn with(self, signature: Signature) -> Self {
        Self(self.0 | 1 << signature as u32)
    }

    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Signature> {
        Signature::all().filter(move |signature| self.contains(*signature))
    }
}

impl FromIterator<Signature> for Signatures {
    fn from_iter<I: IntoIterator<Item = Signature>>(signatures: I) -> Self {
        signatures.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_at_their_signatures_numbers() {
        for (index, signature) in Signature::all().enumerate() {
            assert_eq!(signature as usize, index);
            assert_eq!(Signature::from_id(signature.id()), Some(signature));
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set: Signatures = [Signature::ToolHijack, Signature::Coercion].into_iter().collect();
        assert_eq!(set.len(), 2);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Signature::Coercion, Signature::ToolHijack]);
        assert!(!set.contains(Signature::InvisibleText));
    }
}
