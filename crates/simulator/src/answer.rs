//! What the simulator says: a pure function of the prompt and the script.

use crate::{
    dialect::Problem,
    prompt::{Prompt, Reasoning},
    schema::{self, Format},
    script::Script,
    tokens::{self, BYTES_PER_TOKEN},
    usage::Usage,
};

/// How every answer begins.
pub const OPENING: &str =
    "This is a simulated answer from TokenOne's built-in simulator; no model was asked.";

/// A tool is called when the last user message says so.
const TOOL_CUE: &str = "call the tool";

/// What pads an answer that is to be longer.
const FILLER: &str = " These words are simulated too.";

/// What reasoning is made of.
const THOUGHT: &str = "This reasoning is simulated; nobody thought about anything. ";

/// So many words of the last user message are repeated, in so many bytes at most.
const ECHO_WORDS_MAX: usize = 12;
const ECHO_BYTES_MAX: usize = 120;

/// The size of a streamed delta when the script names no number of them.
const DELTA_BYTES: usize = 16;

/// An answer, whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What went before, four bytes for each of its tokens; empty when nothing did.
    pub(crate) reasoning: String,
    pub(crate) said: Said,
    pub(crate) finish: Finish,
    pub(crate) usage: Usage,
}

/// What is said: words or JSON, or calls of tools.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Text(String),
    /// At least one.
    Calls(Vec<Call>),
}

/// A call of a tool.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// JSON, unless `max_tokens` has cut it short.
    pub(crate) arguments: String,
}

/// Why the answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    Stop,
    Length,
    ToolCall,
}

/// The answer to a prompt.
///
/// # Errors
/// When a tool is to be called that is not offered.
pub(crate) fn compose(prompt: &Prompt<'_>, script: &Script) -> Result<Answer, Problem> {
    let called = prompt.tools.called(script, calls_tool(&prompt.last_user))?;
    let mut said = if called.is_empty() {
        Said::Text(text(prompt, script))
    } else {
        let call = |tool: &&crate::tools::Tool<'_>| Call {
            name: tool.name.clone().into_owned(),
            arguments: schema::text(tool.schema, prompt.bytes),
        };
        Said::Calls(called.iter().map(call).collect())
    };
    let max_tokens = prompt.max_tokens.unwrap_or(u64::MAX);
    // One token at least is left for the answer itself.
    let reasoning_tokens = reasoning_tokens(prompt, script).min(max_tokens.saturating_sub(1));
    let cut = said.cut((max_tokens - reasoning_tokens).saturating_mul(BYTES_PER_TOKEN));
    let finish = match (cut, &said) {
        (true, _) => Finish::Length,
        (false, Said::Calls(_)) => Finish::ToolCall,
        (false, Said::Text(_)) => Finish::Stop,
    };
    let mut reasoning = String::new();
    pad(&mut reasoning, THOUGHT, bytes(reasoning_tokens));
    let cached = script.cached_tokens + script.cache_write_tokens + script.cache_write_1h_tokens;
    // One token at least is read anew, as with real providers.
    let least = if cached == 0 { 0 } else { cached + 1 };
    let usage = Usage {
        prompt_tokens: tokens::count(prompt.bytes).max(least),
        cached_tokens: script.cached_tokens,
        cache_write_tokens: script.cache_write_tokens,
        cache_write_1h_tokens: script.cache_write_1h_tokens,
        completion_tokens: reasoning_tokens + tokens::count(said.bytes()),
        reasoning_tokens,
        fault: script.usage,
    };
    Ok(Answer { reasoning, said, finish, usage })
}

impl Said {
    fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Calls(calls) => calls.iter().map(|call| call.arguments.len() as u64).sum(),
        }
    }

    /// Cuts what is said to a length, and says whether anything was cut off.
    fn cut(&mut self, bytes_max: u64) -> bool {
        if self.bytes() <= bytes_max {
            return false;
        }
        let mut left = usize::try_from(bytes_max).unwrap_or(usize::MAX);
        match self {
            Self::Text(text) => truncate(text, left),
            Self::Calls(calls) => {
                for call in &mut *calls {
                    truncate(&mut call.arguments, left);
                    left -= call.arguments.len();
                }
                calls.retain(|call| !call.arguments.is_empty());
            }
        }
        true
    }
}

/// A text in the pieces that a stream sends, none of them empty.
///
/// Of a named number of pieces there are fewer only when the text has not that many characters.
pub(crate) fn deltas(text: &str, chunks: Option<u64>) -> Vec<&str> {
    let length = text.len();
    let pieces = chunks
        .and_then(|chunks| usize::try_from(chunks).ok())
        .unwrap_or_else(|| length.div_ceil(DELTA_BYTES))
        .max(1);
    let mut deltas = Vec::with_capacity(pieces);
    let mut start = 0;
    for piece in 1..=pieces {
        let end = text.ceil_char_boundary(length * piece / pieces);
        if end > start {
            deltas.push(&text[start..end]);
            start = end;
        }
    }
    deltas
}

/// Counts the tokens of a stream as they are generated.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    before: u64,
    bytes: u64,
}

impl Tally {
    /// A tally that goes on from so many tokens.
    pub(crate) fn after(tokens: u64) -> Self {
        Self { before: tokens, bytes: 0 }
    }

    /// The tokens generated with this text and before it.
    pub(crate) fn add(&mut self, text: &str) -> u64 {
        self.bytes += text.len() as u64;
        self.before + tokens::count(self.bytes)
    }
}

fn calls_tool(message: &str) -> bool {
    message.to_ascii_lowercase().contains(TOOL_CUE)
}

fn reasoning_tokens(prompt: &Prompt<'_>, script: &Script) -> u64 {
    match prompt.reasoning {
        Reasoning::Never => 0,
        Reasoning::Unasked => script.reasoning_tokens.unwrap_or(0),
        Reasoning::Asked(tokens) => script.reasoning_tokens.unwrap_or(tokens),
    }
}

fn text(prompt: &Prompt<'_>, script: &Script) -> String {
    match prompt.format {
        Format::Words => words(prompt, script),
        Format::Object => schema::text(None, prompt.bytes),
        Format::Schema(schema) => schema::text(Some(schema), prompt.bytes),
    }
}

fn words(prompt: &Prompt<'_>, script: &Script) -> String {
    let mut text = if script.echo {
        format!("{OPENING} You said: {}", prompt.last_user)
    } else {
        format!(
            "{OPENING} Your prompt has {} bytes of text in {} message(s); the last user message \
             begins: \"{}\".",
            prompt.bytes,
            prompt.messages,
            first_words(&prompt.last_user),
        )
    };
    if let Some(chunks) = script.chunks {
        pad(&mut text, FILLER, bytes(chunks));
    }
    if let Some(wanted) = script.answer_tokens.map(bytes) {
        truncate(&mut text, wanted);
        pad(&mut text, FILLER, wanted);
    }
    text
}

/// The bytes of so many tokens.
fn bytes(tokens: u64) -> usize {
    usize::try_from(tokens.saturating_mul(BYTES_PER_TOKEN)).unwrap_or(usize::MAX)
}

fn truncate(text: &mut String, bytes_max: usize) {
    let end = tokens::prefix(text, bytes_max).len();
    text.truncate(end);
}

fn pad(text: &mut String, with: &str, bytes: usize) {
    let missing = bytes.saturating_sub(text.len());
    text.extend(with.chars().cycle().take(missing));
}

/// The beginning of a message, on one line.
fn first_words(message: &str) -> String {
    // Words are sought in a bounded part only: a prompt may be a single word of many megabytes.
    let start = tokens::prefix(message.trim_start(), ECHO_BYTES_MAX);
    start.split_whitespace().take(ECHO_WORDS_MAX).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::tools::{Choice, Tool, Tools};

    fn prompt(text: &'static str) -> Prompt<'static> {
        Prompt {
            model: Cow::Borrowed("sim-small"),
            messages: 1,
            bytes: text.len() as u64,
            last_user: Cow::Borrowed(text),
            ..Prompt::default()
        }
    }

    fn said(answer: &Answer) -> &str {
        match &answer.said {
            Said::Text(text) => text,
            Said::Calls(calls) => panic!("{calls:?}"),
        }
    }

    #[test]
    fn an_answer_says_what_it_is_and_repeats_the_beginning() {
        let answer = compose(&prompt("one  two\nthree"), &Script::default()).unwrap();
        let text = said(&answer);
        assert!(text.starts_with(OPENING));
        assert!(text.contains("14 bytes"), "{text}");
        assert!(text.ends_with("\"one two three\"."), "{text}");
    }

    #[test]
    fn deltas_put_together_are_the_text_in_the_number_asked_for() {
        for chunks in [1, 2, 7, 1000] {
            let script = Script { chunks: Some(chunks), ..Script::default() };
            let answer = compose(&prompt("héllo wörld ✓"), &script).unwrap();
            let deltas = deltas(said(&answer), script.chunks);
            assert_eq!(deltas.concat(), said(&answer));
            assert_eq!(deltas.len() as u64, chunks);
        }
    }

    #[test]
    fn an_answer_has_exactly_the_tokens_asked_for() {
        for tokens in [1, 3, 21, 500] {
            let script = Script { answer_tokens: Some(tokens), ..Script::default() };
            let answer = compose(&prompt("✓✓✓✓✓"), &script).unwrap();
            assert_eq!(answer.usage.completion_tokens, tokens);
        }
    }

    #[test]
    fn max_tokens_is_a_ceiling_for_reasoning_and_answer_together() {
        let short = Prompt { max_tokens: Some(5), ..prompt("hi") };
        let answer = compose(&short, &Script::default()).unwrap();
        assert_eq!((answer.usage.completion_tokens, answer.finish), (5, Finish::Length));
        let asked = Prompt { reasoning: Reasoning::Asked(9), ..short };
        let answer = compose(&asked, &Script::default()).unwrap();
        assert_eq!((answer.usage.completion_tokens, answer.usage.reasoning_tokens), (5, 4));
        assert_eq!((answer.reasoning.len(), said(&answer).len()), (16, 4));
    }

    #[test]
    fn calls_that_are_cut_short_lose_their_end() {
        let tool = || Tool { name: "t".into(), schema: None };
        let tools = Tools { offered: vec![tool()], choice: Choice::Always, ..Tools::default() };
        let prompt = Prompt { max_tokens: Some(11), tools, ..prompt("hi") };
        let script = Script { tool_calls: Some(3), ..Script::default() };
        let answer = compose(&prompt, &script).unwrap();
        let Said::Calls(calls) = &answer.said else { panic!("{answer:?}") };
        let lengths: Vec<_> = calls.iter().map(|call| call.arguments.len()).collect();
        assert_eq!((lengths, answer.finish), (vec![35, 9], Finish::Length));
    }

    #[test]
    fn a_prompt_is_as_long_as_what_was_cached_of_it_and_one_more() {
        let script = Script { cached_tokens: 100, cache_write_tokens: 20, ..Script::default() };
        assert_eq!(compose(&prompt("hi"), &script).unwrap().usage.prompt_tokens, 121);
    }
}
