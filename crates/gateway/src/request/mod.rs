//! What a request asks for, read without changing a byte of it.
//!
//! Only what the gateway acts on is checked: the model, the shape of the prompt, streaming, and the
//! bounds of the answer. Everything else is the provider's business and passes untouched.

mod draft;
mod edit;
mod field;
mod prompt;
mod stream_options;

use std::ops::Range;

use bytes::Bytes;
use domain::provider::{Capability, Surface};
use domain::refusal::Refusal;

use crate::origin::{Mark, Stored};
use draft::Draft;
use field::invalid;
use speech::json::{Kind, Malformed, Scanner};
use stream_options::StreamOptions;

pub use field::FIELDS_MAX;
pub use prompt::ELEMENTS_MAX;

/// Most answers that may be asked for at once, over all prompts of the request.
pub const ANSWERS_MAX: u64 = 128;
/// Most tokens that an answer may be bounded by; far beyond what any model gives.
pub const OUTPUT_TOKENS_MAX: u64 = 100_000_000;

/// A request on one of the surfaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedFor {
    surface: Surface,
    model: String,
    model_at: Range<usize>,
    /// Just behind the opening brace.
    begins_at: usize,
    streamed: bool,
    stream_options: StreamOptions,
    max_output_tokens: Option<u64>,
    answers: u32,
    needs: Needs,
    bound_to_account: bool,
    marks: Vec<Mark>,
    stored: Vec<Stored>,
    priced_apart: Option<&'static str>,
}

/// What a request needs of a model beyond text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs(u8);

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

impl AskedFor {
    /// Reads a body that came in on a surface.
    ///
    /// # Errors
    /// [`Invalid`] names the first field that is wrong, or the byte where the body stops being JSON.
    pub fn parse(surface: Surface, body: &[u8]) -> Result<Self, Invalid> {
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
        let mut draft = Draft::new(surface, scanner.at() + 1);
        let mut seen = Vec::with_capacity(16);
        scanner.object(|scanner, name| {
            field::once(&mut seen, name.clone(), "")?;
            draft.read(text, scanner, &name)
        })?;
        scanner.end()?;
        draft.finish()
    }

    /// The surface it came in on.
    #[must_use]
    pub const fn surface(&self) -> Surface {
        self.surface
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

    /// How many answers are asked for, over all prompts.
    #[must_use]
    pub const fn answers(&self) -> u32 {
        self.answers
    }

    /// The caller's bound of each answer, in tokens. Where several names of it are given, the largest
    /// counts, since a provider may heed any.
    #[must_use]
    pub const fn max_output_tokens(&self) -> Option<u64> {
        self.max_output_tokens
    }

    /// What it needs of a model beyond text.
    #[must_use]
    pub const fn needs(&self) -> Needs {
        self.needs
    }

    /// Whether it refers to what only the account that made it can read: a stored answer, or reasoning
    /// that is encrypted for it.
    #[must_use]
    pub const fn bound_to_account(&self) -> bool {
        self.bound_to_account
    }

    /// What it brings along of that, encrypted: the latest of it.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// What it refers to of that by an id: all of it, for none may be another tenant's.
    #[must_use]
    pub fn stored(&self) -> &[Stored] {
        &self.stored
    }

    /// A field of it for which a provider bills something that no price of ours covers.
    #[must_use]
    pub const fn priced_apart(&self) -> Option<&'static str> {
        self.priced_apart
    }

    /// Whether usage is asked for upstream and must be hidden from the caller, who did not ask.
    #[must_use]
    pub const fn hides_usage(&self) -> bool {
        self.streamed
            && matches!(self.surface, Surface::Chat | Surface::Completions)
            && !matches!(self.stream_options, StreamOptions::Asked)
    }

    /// The body for a provider that speaks the caller's dialect: the caller's bytes, with the model's
    /// name replaced where it differs and usage asked for where the caller did not. With nothing to
    /// change it is the very same bytes.
    ///
    /// `body` is the body that this request was read from.
    #[must_use]
    pub fn upstream_body(&self, body: &Bytes, upstream_model: &str) -> Bytes {
        edit::upstream_body(self, body, upstream_model)
    }
}

/// The body for Bedrock, where the address names the model and says whether to stream: those two fields
/// go, and the dialect's version and features come, which Anthropic has in headers. `None` where it is no
/// JSON object.
#[must_use]
pub fn bedrock_body(body: &[u8], betas: &[String]) -> Option<Bytes> {
    edit::bedrock_body(body, betas)
}

impl Needs {
    pub(crate) fn add(&mut self, capability: Capability) {
        self.0 |= bit(capability);
    }

    /// Whether this is among them.
    #[must_use]
    pub fn contain(self, capability: Capability) -> bool {
        self.0 & bit(capability) != 0
    }

    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.iter().copied().filter(move |capability| self.contain(*capability))
    }
}

const fn bit(capability: Capability) -> u8 {
    match capability {
        Capability::Tools => 1,
        Capability::Images => 2,
        Capability::StructuredOutput => 4,
        Capability::Reasoning => 8,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(surface: Surface, change: Value) -> AskedFor {
        let mut body = match surface {
            Surface::Responses => json!({"model": "m", "input": "Hi"}),
            _ => json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]}),
        };
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        AskedFor::parse(surface, body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn an_answer_after_a_schema_is_structured_output_wherever_its_format_stands() {
        let schema = json!({"type": "json_schema", "schema": {}});
        let text = json!({"type": "text"});
        for (surface, wrap) in [
            (Surface::Chat, (|format| json!({"response_format": format})) as fn(Value) -> Value),
            (Surface::Responses, |format| json!({"text": {"verbosity": "low", "format": format}})),
            (Surface::Messages, |format| json!({"output_format": format})),
            (
                Surface::Messages,
                |format| json!({"output_config": {"effort": "low", "format": format}}),
            ),
        ] {
            let needs = |format: &Value| read(surface, wrap(format.clone())).needs();
            assert!(needs(&schema).contain(Capability::StructuredOutput), "{surface:?}");
            assert!(!needs(&text).contain(Capability::StructuredOutput), "{surface:?}");
        }
        for odd in [json!(null), json!("low"), json!({"effort": "low"}), json!({"format": 3})] {
            let asked = read(Surface::Messages, json!({"output_config": odd}));
            assert!(!asked.needs().contain(Capability::StructuredOutput), "{odd}");
        }
    }

    #[test]
    fn what_one_account_alone_can_read_is_marked_and_nothing_else() {
        let marks = |change| read(Surface::Responses, change).marks().to_vec();
        let stored = |change| -> Vec<(Mark, &str)> {
            let asked = read(Surface::Responses, change);
            assert!(asked.bound_to_account() && asked.marks().is_empty());
            asked.stored().iter().map(|stored| (stored.mark, stored.field)).collect()
        };
        let of = |texts: &[&str]| texts.iter().map(|text| Mark::of(text)).collect::<Vec<_>>();
        for (request, id, field) in [
            (json!({"previous_response_id": "resp_1"}), "resp_1", "previous_response_id"),
            (json!({"conversation": "conv_1"}), "conv_1", "conversation"),
            (json!({"conversation": {"id": "conv_1"}}), "conv_1", "conversation"),
            (json!({"input": [{"type": "item_reference", "id": "msg_1"}]}), "msg_1", "input"),
        ] {
            assert_eq!(stored(request), [(Mark::of(id), field)]);
        }
        let sealed = json!({"type": "reasoning", "id": "rs_1", "encrypted_content": "a\"\u{e9}"});
        assert_eq!(marks(json!({"input": [sealed]})), of(&["a\"\u{e9}", "rs_1"]));
        for nothing in [
            json!({"previous_response_id": null}),
            json!({"previous_response_id": ""}),
            json!({"input": [{"type": "reasoning", "id": "rs_1", "encrypted_content": ""}]}),
            json!({"input": [{"type": "message", "id": "msg_1", "role": "user", "content": "x"}]}),
        ] {
            let asked = read(Surface::Responses, nothing.clone());
            assert!(asked.marks().is_empty() && asked.stored().is_empty(), "{nothing}");
            assert!(!asked.bound_to_account(), "{nothing}");
        }
        // Of many, the latest: those of the last turn say where the conversation is.
        let many =
            (0..200).map(|n| json!({"type": "reasoning", "encrypted_content": format!("{n}")}));
        let kept = marks(json!({"input": many.collect::<Vec<_>>()}));
        assert_eq!((kept.len(), kept.last()), (crate::MARKS_MAX, Some(&Mark::of("199"))));
        // What is referred to by an id is looked up to the last.
        let many = (0..200).map(|n| json!({"type": "item_reference", "id": format!("rs_{n}")}));
        assert_eq!(stored(json!({"input": many.collect::<Vec<_>>()})).len(), 200);
    }
}
