//! What the simulator says: a pure function of the prompt and the script.

use crate::{
    prompt::Prompt,
    script::Script,
    tokens::{self, BYTES_PER_TOKEN},
};

/// How every answer begins.
pub const OPENING: &str =
    "This is a simulated answer from TokenOne's built-in simulator; no model was asked.";

/// A tool is called when the last user message says so.
const TOOL_CUE: &str = "call the tool";

/// What pads an answer that is to be longer.
const FILLER: &str = " These words are simulated too.";

/// So many words of the last user message are repeated, in so many bytes at most.
const ECHO_WORDS_MAX: usize = 12;
const ECHO_BYTES_MAX: usize = 120;

/// The size of a streamed delta when the script names no number of them.
const DELTA_BYTES: usize = 16;

/// An answer, whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The text, or the arguments of the tool call.
    pub(crate) text: String,
    /// The tool that is called, if one is.
    pub(crate) tool: Option<String>,
    pub(crate) finish: Finish,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
}

/// Why the answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    Stop,
    Length,
    ToolCall,
}

/// The answer to a prompt.
pub(crate) fn compose(prompt: &Prompt<'_>, script: &Script) -> Answer {
    let tool = prompt.tool.as_deref().filter(|_| calls_tool(&prompt.last_user));
    let mut text = match tool {
        Some(_) => format!(r#"{{"simulated":true,"prompt_bytes":{}}}"#, prompt.bytes),
        None => words(prompt, script),
    };
    let bytes_max =
        prompt.max_tokens.map_or(u64::MAX, |tokens| tokens.saturating_mul(BYTES_PER_TOKEN));
    let cut = text.len() as u64 > bytes_max;
    if cut {
        let end = tokens::prefix(&text, usize::try_from(bytes_max).unwrap_or(usize::MAX)).len();
        text.truncate(end);
    }
    let finish = match (cut, tool) {
        (true, _) => Finish::Length,
        (false, Some(_)) => Finish::ToolCall,
        (false, None) => Finish::Stop,
    };
    Answer {
        completion_tokens: tokens::count(text.len() as u64),
        prompt_tokens: tokens::count(prompt.bytes),
        tool: tool.map(str::to_owned),
        text,
        finish,
    }
}

impl Answer {
    /// The text in the pieces that a stream sends, none of them empty.
    ///
    /// Of a named number of pieces there are fewer only when the text has not that many characters.
    pub(crate) fn deltas(&self, chunks: Option<u64>) -> Vec<&str> {
        let length = self.text.len();
        let pieces = chunks
            .and_then(|chunks| usize::try_from(chunks).ok())
            .unwrap_or_else(|| length.div_ceil(DELTA_BYTES))
            .max(1);
        let mut deltas = Vec::with_capacity(pieces);
        let mut start = 0;
        for piece in 1..=pieces {
            let end = self.text.ceil_char_boundary(length * piece / pieces);
            if end > start {
                deltas.push(&self.text[start..end]);
                start = end;
            }
        }
        deltas
    }
}

fn calls_tool(message: &str) -> bool {
    message.to_ascii_lowercase().contains(TOOL_CUE)
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
    let bytes = |tokens: u64| usize::try_from(tokens * BYTES_PER_TOKEN).unwrap_or(usize::MAX);
    if let Some(chunks) = script.chunks {
        pad(&mut text, bytes(chunks));
    }
    if let Some(wanted) = script.answer_tokens.map(bytes) {
        let end = tokens::prefix(&text, wanted).len();
        text.truncate(end);
        pad(&mut text, wanted);
    }
    text
}

fn pad(text: &mut String, bytes: usize) {
    let missing = bytes.saturating_sub(text.len());
    text.extend(FILLER.chars().cycle().take(missing));
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

    fn prompt(text: &'static str) -> Prompt<'static> {
        Prompt {
            model: Cow::Borrowed("sim-small"),
            messages: 1,
            bytes: text.len() as u64,
            last_user: Cow::Borrowed(text),
            stream: false,
            include_usage: false,
            max_tokens: None,
            tool: None,
        }
    }

    #[test]
    fn an_answer_says_what_it_is_and_repeats_the_beginning() {
        let answer = compose(&prompt("one  two\nthree"), &Script::default());
        assert!(answer.text.starts_with(OPENING));
        assert!(answer.text.contains("14 bytes"), "{}", answer.text);
        assert!(answer.text.ends_with("\"one two three\"."), "{}", answer.text);
    }

    #[test]
    fn deltas_put_together_are_the_text_in_the_number_asked_for() {
        for chunks in [1, 2, 7, 1000] {
            let script = Script { chunks: Some(chunks), ..Script::default() };
            let answer = compose(&prompt("héllo wörld ✓"), &script);
            let deltas = answer.deltas(script.chunks);
            assert_eq!(deltas.concat(), answer.text);
            assert_eq!(deltas.len() as u64, chunks);
        }
    }

    #[test]
    fn an_answer_has_exactly_the_tokens_asked_for() {
        for tokens in [1, 3, 21, 500] {
            let script = Script { answer_tokens: Some(tokens), ..Script::default() };
            assert_eq!(compose(&prompt("✓✓✓✓✓"), &script).completion_tokens, tokens);
        }
    }

    #[test]
    fn max_tokens_is_a_ceiling() {
        let answer = compose(&Prompt { max_tokens: Some(5), ..prompt("hi") }, &Script::default());
        assert_eq!((answer.completion_tokens, answer.finish), (5, Finish::Length));
    }
}
