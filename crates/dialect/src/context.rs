//! What surrounds a translation.

use domain::provider::Surface;

/// What the caller of a translation knows and the request does not say.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The model's name at the provider.
    pub upstream_model: &'a str,
    /// The bound of the answer, in tokens, where the client gives none and the provider demands one.
    pub output_tokens_max: u32,
    /// Our own count of the input, in tokens; what a stream says before the provider's number is known.
    pub input_tokens_estimate: u64,
    /// Seconds since 1970.
    pub created_unix_s: i64,
    /// Makes the ids of this answer unique: letters, digits, `_` and `-`.
    pub answer_id: &'a str,
}

/// What the translation of an answer has to remember of its request.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) client: Surface,
    pub(crate) provider: Surface,
    /// The model as the client named it.
    pub(crate) model: String,
    pub(crate) stream: bool,
    /// Whether a Chat client asked for usage in the stream.
    pub(crate) include_usage: bool,
    pub(crate) answer_id: String,
    pub(crate) created_unix_s: i64,
    pub(crate) input_tokens_estimate: u64,
    /// Names of the tools that take free text, which the provider knows as functions.
    pub(crate) custom_tools: Vec<String>,
    /// Tools that the client has in groups: the name at the provider, the group, and the name in it.
    pub(crate) grouped_tools: Vec<(String, String, String)>,
    /// The fields of the request that Responses repeats in its answer, as the inside of an object.
    pub(crate) echo: String,
}

/// A request in the provider's dialect.
#[derive(Clone, Debug)]
pub struct Translated {
    /// The body to send.
    pub body: Vec<u8>,
    /// What the answer is translated with.
    pub context: Context,
}

impl Context {
    /// The dialect of the client.
    #[must_use]
    pub const fn client(&self) -> Surface {
        self.client
    }

    /// The dialect of the provider.
    #[must_use]
    pub const fn provider(&self) -> Surface {
        self.provider
    }

    /// The model as the client named it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Whether the client asked for a stream; so does the request to the provider.
    #[must_use]
    pub const fn streamed(&self) -> bool {
        self.stream
    }

    /// An id for a call that came without one.
    pub(crate) fn call_id(&self, number: usize) -> String {
        format!("call_{}_{number}", self.answer_id)
    }

    /// The group and the name that the client knows a tool by.
    pub(crate) fn home<'n>(&'n self, tool: &'n str) -> (Option<&'n str>, &'n str) {
        match self.grouped_tools.iter().find(|(name, ..)| name == tool) {
            Some((_, group, name)) => (Some(group), name),
            None => (None, tool),
        }
    }

    pub(crate) fn is_custom(&self, tool: &str) -> bool {
        self.custom_tools.iter().any(|name| name == tool)
    }
}
