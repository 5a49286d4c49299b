//! What a call used, carried between two ways of counting.
//!
//! OpenAI's `prompt_tokens` and `input_tokens` *include* cached tokens; Anthropic's `input_tokens`
//! *exclude* those read from and written to the cache. Here the kinds are disjoint.

use crate::node::{Members, Node};
use crate::pen::Object;

/// Bytes of text that make one token in an estimate.
const BYTES_PER_TOKEN: u64 = 4;

/// Tokens of one call; the kinds of input are disjoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Input neither read from nor written to a cache.
    pub(crate) input: u64,
    pub(crate) cache_read: u64,
    pub(crate) cache_write: u64,
    /// Output, reasoning included.
    pub(crate) output: u64,
    /// The part of the output spent on reasoning.
    pub(crate) reasoning: u64,
}

impl Usage {
    /// Chat's `usage`, also as servers write it that count reasoning outside of `completion_tokens`.
    pub(crate) fn chat(node: Node<'_>) -> Option<Self> {
        let fields = node.members()?;
        let total = fields.whole("total_tokens");
        let prompt = fields
            .whole("prompt_tokens")
            .or_else(|| total?.checked_sub(fields.whole("completion_tokens")?))?;
        let mut output = fields
            .whole("completion_tokens")
            .or_else(|| total?.checked_sub(prompt))
            .unwrap_or_default();
        let reasoning = detail(&fields, "completion_tokens_details", "reasoning_tokens");
        if reasoning > 0 && total == Some(prompt.saturating_add(output).saturating_add(reasoning)) {
            output = output.saturating_add(reasoning);
        }
        let cached = detail(&fields, "prompt_tokens_details", "cached_tokens");
        let named = ["prompt_cache_hit_tokens", "cached_tokens"];
        let cached = match cached {
            0 => named.iter().find_map(|name| fields.whole(name)).unwrap_or_default(),
            cached => cached,
        };
        Some(Self::inclusive(prompt, cached, output, reasoning))
    }

    /// Responses' `usage`.
    pub(crate) fn responses(node: Node<'_>) -> Option<Self> {
        let fields = node.members()?;
        let cached = detail(&fields, "input_tokens_details", "cached_tokens");
        let reasoning = detail(&fields, "output_tokens_details", "reasoning_tokens");
        let output = fields.whole("output_tokens").unwrap_or_default();
        Some(Self::inclusive(fields.whole("input_tokens")?, cached, output, reasoning))
    }

    /// Messages' `usage`.
    pub(crate) fn messages(node: Node<'_>) -> Option<Self> {
        let mut usage = Self::default();
        usage.lay_messages(node).then_some(usage)
    }

    /// Lays Messages' `usage` over what is known: the counts of a later event are cumulative, and
    /// absent where they have not changed. Says whether there was any.
    pub(crate) fn lay_messages(&mut self, node: Node<'_>) -> bool {
        let Some(fields) = node.members() else { return false };
        let mut any = false;
        let mut lay = |name, count: &mut u64| {
            if let Some(tokens) = fields.whole(name) {
                *count = tokens;
                any = true;
            }
        };
        lay("input_tokens", &mut self.input);
        lay("cache_read_input_tokens", &mut self.cache_read);
        lay("cache_creation_input_tokens", &mut self.cache_write);
        lay("output_tokens", &mut self.output);
        let thought = detail(&fields, "output_tokens_details", "thinking_tokens");
        self.reasoning = self.reasoning.max(thought);
        any
    }

    const fn inclusive(input: u64, cached: u64, output: u64, reasoning: u64) -> Self {
        let cache_read = if cached < input { cached } else { input };
        Self { input: input - cache_read, cache_read, cache_write: 0, output, reasoning }
    }

    /// Our own count, for a dialect that demands one where the provider gave none.
    pub(crate) fn estimate(input_tokens: u64, answer_bytes: u64) -> Self {
        Self {
            input: input_tokens.max(1),
            output: answer_bytes.div_ceil(BYTES_PER_TOKEN),
            ..Self::default()
        }
    }

    /// All input, cached or not.
    const fn input_total(&self) -> u64 {
        self.input.saturating_add(self.cache_read).saturating_add(self.cache_write)
    }

    pub(crate) fn write_chat(&self, o: &mut Object<'_>) {
        o.object("usage", |o| {
            o.whole("prompt_tokens", self.input_total());
            o.whole("completion_tokens", self.output);
            o.whole("total_tokens", self.input_total().saturating_add(self.output));
            o.object("prompt_tokens_details", |o| o.whole("cached_tokens", self.cache_read));
            o.object("completion_tokens_details", |o| o.whole("reasoning_tokens", self.reasoning));
        });
    }

    pub(crate) fn write_responses(&self, o: &mut Object<'_>) {
        o.object("usage", |o| {
            o.whole("input_tokens", self.input_total());
            o.object("input_tokens_details", |o| o.whole("cached_tokens", self.cache_read));
            o.whole("output_tokens", self.output);
            o.object("output_tokens_details", |o| o.whole("reasoning_tokens", self.reasoning));
            o.whole("total_tokens", self.input_total().saturating_add(self.output));
        });
    }

    pub(crate) fn write_messages(&self, o: &mut Object<'_>) {
        o.object("usage", |o| {
            o.whole("input_tokens", self.input);
            o.whole("cache_creation_input_tokens", self.cache_write);
            o.whole("cache_read_input_tokens", self.cache_read);
            o.whole("output_tokens", self.output);
            if self.reasoning > 0 {
                o.object("output_tokens_details", |o| o.whole("thinking_tokens", self.reasoning));
            }
        });
    }
}

fn detail(fields: &Members<'_>, object: &str, name: &str) -> u64 {
    fields.get(object).and_then(|node| node.get(name)).and_then(Node::whole).unwrap_or_default()
}
