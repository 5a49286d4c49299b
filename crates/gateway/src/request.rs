//! What a chat request asks for, read without changing a byte of it.
//!
//! Only what the gateway acts on is checked: the model, the shape of the messages, streaming, and
//! the bounds of the answer. Everything else is the provider's business and passes untouched.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use domain::limits::MODEL_BYTES_MAX;
use domain::refusal::Refusal;

use crate::json::{Kind, Malformed, Scanner, unescape};

/// Most fields at the top of a request.
pub const FIELDS_MAX: usize = 256;
/// Most messages of a request.
pub const MESSAGES_MAX: usize = 100_000;
/// Most answers that may be asked for at once.
pub const ANSWERS_MAX: u64 = 128;
/// Most tokens that an answer may be bounded by; far beyond what any model gives.
pub const OUTPUT_TOKENS_MAX: u64 = 100_000_000;

const USAGE_OPTION: &str = r#"{"include_usage":true}"#;
const USAGE_MEMBER: &str = r#""include_usage":true"#;

/// A chat completion request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatRequest {
    model: String,
    model_at: Range<usize>,
    /// Just behind the opening brace.
    begins_at: usize,
    streamed: bool,
    stream_options: StreamOptions,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    answers: u32,
}

/// Where the wish for a stream's usage stands, or would stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum StreamOptions {
    #[default]
    Absent,
    Null(Range<usize>),
    /// An object without `include_usage`; the offset is just behind its brace.
    Silent {
        begins_at: usize,
        empty: bool,
    },
    /// `include_usage` is false or null.
    Declined(Range<usize>),
    Asked,
}

/// What is wrong with a body: the contents of [`Refusal::InvalidBody`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {reason}")]
pub struct Invalid {
    /// The field as a path; empty for the body as a whole.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Self::InvalidBody { field: invalid.field, reason: invalid.reason }
    }
}

impl From<Malformed> for Invalid {
    fn from(malformed: Malformed) -> Self {
        invalid("", format!("it is not JSON: {malformed}"))
    }
}

impl ChatRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Invalid`] names the first field that is wrong, or the byte where the body stops being JSON.
    pub fn parse(body: &[u8]) -> Result<Self, Invalid> {
        if body.is_empty() {
            return Err(invalid("", "it is empty"));
        }
        let text = std::str::from_utf8(body).map_err(|error| {
            invalid("", format!("it is not UTF-8 from byte {}", error.valid_up_to()))
        })?;
        let mut scanner = Scanner::new(text);
        if scanner.kind()? != Kind::Object {
            scanner.value()?;
            return Err(invalid("", "it must be a JSON object"));
        }
        let mut draft = Draft { begins_at: scanner.at() + 1, ..Draft::default() };
        let mut seen: Vec<Cow<'_, str>> = Vec::with_capacity(16);
        scanner.object(|scanner, name| {
            once(&mut seen, name.clone(), "")?;
            draft.read(text, scanner, &name)
        })?;
        scanner.end()?;
        draft.finish()
    }

    /// The model's alias as the caller wrote it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Whether the answer is to be streamed.
    #[must_use]
    pub const fn streamed(&self) -> bool {
        self.streamed
    }

    /// How many answers are asked for.
    #[must_use]
    pub const fn answers(&self) -> u32 {
        self.answers
    }

    /// The caller's bound of each answer, in tokens. Where both names are given, the larger counts,
    /// since a provider may heed either.
    #[must_use]
    pub fn max_output_tokens(&self) -> Option<u64> {
        self.max_tokens.max(self.max_completion_tokens)
    }

    /// Whether usage is asked for upstream and must be hidden from the caller, who did not ask.
    #[must_use]
    pub const fn hides_usage(&self) -> bool {
        self.streamed && !matches!(self.stream_options, StreamOptions::Asked)
    }

    /// The body for the provider: the caller's bytes, with the model's name replaced where it differs
    /// and usage asked for where the caller did not. With nothing to change it is the very same bytes.
    ///
    /// `body` is the body that this request was read from.
    #[must_use]
    pub fn upstream_body(&self, body: &Bytes, upstream_model: &str) -> Bytes {
        let mut edits: Vec<(Range<usize>, Cow<'static, str>)> = Vec::with_capacity(2);
        if upstream_model != self.model {
            let name = serde_json::Value::from(upstream_model).to_string();
            edits.push((self.model_at.clone(), name.into()));
        }
        if self.hides_usage() {
            let at = self.begins_at;
            edits.push(match &self.stream_options {
                StreamOptions::Null(span) => (span.clone(), USAGE_OPTION.into()),
                StreamOptions::Declined(span) => (span.clone(), "true".into()),
                StreamOptions::Silent { begins_at, empty } => {
                    let comma = if *empty { "" } else { "," };
                    (*begins_at..*begins_at, format!("{USAGE_MEMBER}{comma}").into())
                }
                StreamOptions::Absent | StreamOptions::Asked => {
                    (at..at, format!(r#""stream_options":{USAGE_OPTION},"#).into())
                }
            });
        }
        if edits.is_empty() { body.clone() } else { splice(body, edits) }
    }
}

/// Replaces spans that do not overlap.
fn splice(body: &[u8], mut edits: Vec<(Range<usize>, Cow<'static, str>)>) -> Bytes {
    edits.sort_by_key(|(span, _)| span.start);
    let grown: usize = edits.iter().map(|(_, text)| text.len()).sum();
    let mut spliced = Vec::with_capacity(body.len() + grown);
    let mut from = 0;
    for (span, text) in &edits {
        spliced.extend_from_slice(body.get(from..span.start).unwrap_or_default());
        spliced.extend_from_slice(text.as_bytes());
        from = span.end;
    }
    spliced.extend_from_slice(body.get(from..).unwrap_or_default());
    spliced.into()
}

/// A request while it is read.
#[derive(Default)]
struct Draft {
    begins_at: usize,
    model: Option<(String, Range<usize>)>,
    messages: bool,
    streamed: bool,
    stream_options: StreamOptions,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    answers: Option<u64>,
}

impl Draft {
    fn read(&mut self, text: &str, scanner: &mut Scanner<'_>, name: &str) -> Result<(), Invalid> {
        match name {
            "model" => self.model = Some(model(text, scanner)?),
            "messages" => {
                messages(text, scanner)?;
                self.messages = true;
            }
            "stream" => self.streamed = boolean(text, scanner, name)?.0.unwrap_or(false),
            "stream_options" => self.stream_options = stream_options(text, scanner)?,
            "max_tokens" => self.max_tokens = whole(text, scanner, name, OUTPUT_TOKENS_MAX)?,
            "max_completion_tokens" => {
                self.max_completion_tokens = whole(text, scanner, name, OUTPUT_TOKENS_MAX)?;
            }
            "n" => self.answers = whole(text, scanner, name, ANSWERS_MAX)?,
            _ => {
                scanner.value()?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<ChatRequest, Invalid> {
        let (model, model_at) = self.model.ok_or_else(|| invalid("model", "it is missing"))?;
        if !self.messages {
            return Err(invalid("messages", "it is missing"));
        }
        Ok(ChatRequest {
            model,
            model_at,
            begins_at: self.begins_at,
            streamed: self.streamed,
            stream_options: self.stream_options,
            max_tokens: self.max_tokens,
            max_completion_tokens: self.max_completion_tokens,
            answers: u32::try_from(self.answers.unwrap_or(1)).unwrap_or(1),
        })
    }
}

fn model(text: &str, scanner: &mut Scanner<'_>) -> Result<(String, Range<usize>), Invalid> {
    expect(scanner, "model", Kind::String, "it must be a string")?;
    let span = scanner.value()?;
    let name = unescape(text, span.start + 1..span.end - 1)
        .ok_or_else(|| invalid("model", "it holds half a character"))?;
    if name.is_empty() {
        return Err(invalid("model", "it is empty"));
    }
    if name.len() > MODEL_BYTES_MAX {
        return Err(invalid("model", format!("it is longer than {MODEL_BYTES_MAX} bytes")));
    }
    if name.chars().any(char::is_control) {
        return Err(invalid("model", "it holds control characters"));
    }
    Ok((name.into_owned(), span))
}

fn messages(text: &str, scanner: &mut Scanner<'_>) -> Result<(), Invalid> {
    expect(scanner, "messages", Kind::Array, "it must be an array")?;
    let mut count = 0;
    scanner.array(|scanner, index| {
        count = index + 1;
        if count > MESSAGES_MAX {
            return Err(invalid("messages", format!("it has more than {MESSAGES_MAX} elements")));
        }
        message(text, scanner, index)
    })?;
    if count == 0 { Err(invalid("messages", "it is empty")) } else { Ok(()) }
}

fn message(text: &str, scanner: &mut Scanner<'_>, index: usize) -> Result<(), Invalid> {
    if scanner.kind()? != Kind::Object {
        return Err(invalid(format!("messages[{index}]"), "it must be an object"));
    }
    let role = || format!("messages[{index}].role");
    let mut found = false;
    scanner.object(|scanner, name| -> Result<(), Invalid> {
        if name != "role" {
            scanner.value()?;
            return Ok(());
        }
        if found {
            return Err(invalid(role(), "it is given twice"));
        }
        found = true;
        if scanner.kind()? != Kind::String {
            return Err(invalid(role(), "it must be a string"));
        }
        let span = scanner.value()?;
        match unescape(text, span.start + 1..span.end - 1) {
            Some(word) if !word.is_empty() => Ok(()),
            _ => Err(invalid(role(), "it is empty")),
        }
    })?;
    if found { Ok(()) } else { Err(invalid(role(), "it is missing")) }
}

fn stream_options(text: &str, scanner: &mut Scanner<'_>) -> Result<StreamOptions, Invalid> {
    const FIELD: &str = "stream_options";
    const USAGE: &str = "stream_options.include_usage";
    match scanner.kind()? {
        Kind::Null => return Ok(StreamOptions::Null(scanner.value()?)),
        Kind::Object => {}
        _ => return Err(invalid(FIELD, "it must be an object")),
    }
    let begins_at = scanner.at() + 1;
    let mut options = StreamOptions::Silent { begins_at, empty: true };
    let mut seen = Vec::new();
    scanner.object(|scanner, name| -> Result<(), Invalid> {
        once(&mut seen, name.clone(), "stream_options.")?;
        if name != "include_usage" {
            if let StreamOptions::Silent { empty, .. } = &mut options {
                *empty = false;
            }
            scanner.value()?;
            return Ok(());
        }
        let (asked, span) = boolean(text, scanner, USAGE)?;
        options = match asked {
            Some(true) => StreamOptions::Asked,
            Some(false) | None => StreamOptions::Declined(span),
        };
        Ok(())
    })?;
    Ok(options)
}

/// A boolean or null, with where it stands.
fn boolean(
    text: &str,
    scanner: &mut Scanner<'_>,
    field: &str,
) -> Result<(Option<bool>, Range<usize>), Invalid> {
    let kind = scanner.kind()?;
    if !matches!(kind, Kind::Bool | Kind::Null) {
        return Err(invalid(field, "it must be true or false"));
    }
    let span = scanner.value()?;
    let value = (kind == Kind::Bool).then(|| text.get(span.clone()) == Some("true"));
    Ok((value, span))
}

/// A whole number from 1 to `max`, or null.
fn whole(
    text: &str,
    scanner: &mut Scanner<'_>,
    field: &str,
    max: u64,
) -> Result<Option<u64>, Invalid> {
    let kind = scanner.kind()?;
    if !matches!(kind, Kind::Number | Kind::Null) {
        return Err(invalid(field, "it must be a whole number"));
    }
    let span = scanner.value()?;
    if kind == Kind::Null {
        return Ok(None);
    }
    let digits = text.get(span).unwrap_or_default();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid(field, "it must be a whole number above zero"));
    }
    match digits.parse() {
        Ok(0) => Err(invalid(field, "it must be a whole number above zero")),
        Ok(number) if number <= max => Ok(Some(number)),
        _ => Err(invalid(field, format!("it is larger than {max}"))),
    }
}

fn expect(scanner: &mut Scanner<'_>, field: &str, kind: Kind, reason: &str) -> Result<(), Invalid> {
    if scanner.kind()? == kind { Ok(()) } else { Err(invalid(field, reason)) }
}

/// Fields that decide what a call costs and where it goes. Decoders that fold case, as Go's does, would
/// read another spelling as the same field, and take its value instead of the one that we priced.
const ACTED_ON: [&str; 8] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "include_usage",
    "max_tokens",
    "max_completion_tokens",
    "n",
];

/// Whether a name is read as another by a decoder that folds case. Two letters beyond ASCII fold into it.
fn folds_to(name: &str, known: &str) -> bool {
    let folded = name.chars().map(|c| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    });
    folded.eq(known.chars())
}

/// Refuses a name that came before: which of two values counts is anybody's guess, and a guess that
/// we and the provider make differently is a hole.
fn once<'a>(seen: &mut Vec<Cow<'a, str>>, name: Cow<'a, str>, path: &str) -> Result<(), Invalid> {
    if seen.contains(&name) {
        return Err(invalid(format!("{path}{}", shown(&name)), "it is given twice"));
    }
    let acted_on = if path.starts_with("messages") { &[][..] } else { &ACTED_ON[..] };
    if let Some(known) = acted_on.iter().find(|known| **known != name && folds_to(&name, known)) {
        let reason = format!("it differs from `{known}` only in case, and some servers read it so");
        return Err(invalid(format!("{path}{}", shown(&name)), reason));
    }
    if seen.len() == FIELDS_MAX {
        return Err(invalid(
            path.trim_end_matches('.'),
            format!("it has more than {FIELDS_MAX} fields"),
        ));
    }
    seen.push(name);
    Ok(())
}

/// A field's name for an error: bounded, on one line.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(100).collect()
}

fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Invalid {
    Invalid { field: field.into(), reason: reason.into() }
}
