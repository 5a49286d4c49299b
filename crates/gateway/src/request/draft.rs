//! A request while its top-level fields are read, one surface's fields at a time.

use std::ops::Range;

use domain::provider::{Capability, Surface};

use super::field::{boolean, invalid, model, reference, says_something, whole, word, word_in};
use super::prompt::{Found, items, messages, texts, tools};
use super::stream_options::{self, StreamOptions};
use super::{ANSWERS_MAX, AskedFor, Invalid, Needs, OUTPUT_TOKENS_MAX};
use crate::origin::{MARKS_MAX, Mark, STORED_MAX, Stored};
use speech::json::Scanner;

/// Tiers of service that cost what the catalogue says. A dearer or cheaper one could not be charged
/// provably.
const TIERS: [&str; 3] = ["auto", "default", "standard_only"];

#[derive(Debug)]
pub(super) struct Draft {
    surface: Surface,
    begins_at: usize,
    model: Option<(String, Range<usize>)>,
    /// Whether the surface's prompt has been seen.
    prompt: bool,
    prompts: u64,
    streamed: bool,
    stream_options: StreamOptions,
    max_output_tokens: Option<u64>,
    answers: u64,
    needs: Needs,
    bound_to_account: bool,
    marks: Vec<Mark>,
    stored: Vec<Stored>,
    priced_apart: Option<&'static str>,
}

impl Draft {
    pub(super) fn new(surface: Surface, begins_at: usize) -> Self {
        Self {
            surface,
            begins_at,
            model: None,
            prompt: false,
            prompts: 1,
            streamed: false,
            stream_options: StreamOptions::Absent,
            max_output_tokens: None,
            answers: 1,
            needs: Needs::default(),
            bound_to_account: false,
            marks: Vec::new(),
            stored: Vec::new(),
            priced_apart: None,
        }
    }

    pub(super) fn read(
        &mut self,
        text: &str,
        scanner: &mut Scanner<'_>,
        name: &str,
    ) -> Result<(), Invalid> {
        if self.read_common(text, scanner, name)? {
            return Ok(());
        }
        let known = match self.surface {
            Surface::Chat => self.read_chat(text, scanner, name)?,
            Surface::Responses => self.read_response(text, scanner, name)?,
            Surface::Messages | Surface::CountTokens => self.read_message(text, scanner, name)?,
            Surface::Embeddings => self.read_embedding(scanner, name)?,
            Surface::Completions => self.read_completion(text, scanner, name)?,
        };
        if !known {
            scanner.value()?;
        }
        Ok(())
    }

    /// Fields that mean the same on every surface. Says whether the field was one.
    fn read_common(
        &mut self,
        text: &str,
        scanner: &mut Scanner<'_>,
        name: &str,
    ) -> Result<bool, Invalid> {
        match name {
            "model" => self.model = Some(model(text, scanner)?),
            "stream" => {
                let asked = boolean(text, scanner, name)?.0.unwrap_or(false);
                let can = !matches!(self.surface, Surface::Embeddings | Surface::CountTokens);
                self.streamed = asked && can;
            }
            "service_tier" => {
                let tier = word(text, scanner, name)?;
                if tier.is_some_and(|tier| !TIERS.contains(&&*tier)) {
                    let reason = "this tier has no price here, so it cannot be charged provably; \
                        leave it out";
                    return Err(invalid(name, reason));
                }
            }
            "models" if says_something(text, scanner)? => {
                let reason =
                    "fallback models are set by the operator, in the alias that `model` names";
                return Err(invalid(name, reason));
            }
            "models" => {}
            "tools" | "functions" => {
                if tools(text, scanner, name)? {
                    self.needs.add(Capability::Tools);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_chat(
        &mut self,
        text: &str,
        scanner: &mut Scanner<'_>,
        name: &str,
    ) -> Result<bool, Invalid> {
        match name {
            "messages" => self.read_messages(text, scanner)?,
            "stream_options" => self.stream_options = stream_options::read(text, scanner)?,
            "max_tokens" | "max_completion_tokens" => self.bound(text, scanner, name)?,
            "n" => self.answers = whole(text, scanner, name, ANSWERS_MAX)?.unwrap_or(1),
            "response_format" => self.structured(word_in(text, scanner, "type")?.as_deref()),
            "reasoning_effort" => {
                let effort = word(text, scanner, name)?;
                self.reasons(effort.is_some_and(|effort| effort != "none"));
            }
            "web_search_options" => {
                if says_something(text, scanner)? {
                    self.priced_apart = Some("web_search_options");
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_response(
        &mut self,
        text: &str,
        scanner: &mut Scanner<'_>,
        name: &str,
    ) -> Result<bool, Invalid> {
        match name {
            "input" => {
                let found = items(text, scanner)?;
                self.found(found);
            }
            "max_output_tokens" => self.bound(text, scanner, name)?,
            "text" => self.format_within(text, scanner)?,
            "reasoning" => {
                let says = says_something(text, scanner)?;
                self.reasons(says);
            }
            "previous_response_id" | "conversation" => {
                let (refers, id) = reference(text, scanner)?;
                self.bound_to_account |= refers;
                let field =
                    if name == "conversation" { "conversation" } else { "previous_response_id" };
                self.stored.extend(id.map(|id| Stored { mark: Mark::of(&id), field }));
                self.prompt = true;
            }
            "prompt" => self.prompt |= says_something(text, scanner)?,
            "background" => {
                if boolean(text, scanner, name)?.0 == Some(true) {
                    let reason = "a response in the background cannot be settled when it ends; \
                        use a stream";
                    return Err(invalid(name, reason));
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_message(
        &mut self,
        text: &str,
        scanner: &mut Scanner<'_>,
        name: &str,
    ) -> Result<bool, Invalid> {
        match name {
            "messages" => self.read_messages(text, scanner)?,
            "max_tokens" => self.bound(text, scanner, name)?,
            "thinking" => {
                let kind = word_in(text, scanner, "type")?;
                self.reasons(kind.is_some_and(|kind| kind != "disabled"));
            }
            "output_format" => self.structured(word_in(text, scanner, "type")?.as_deref()),
            "output_config" => self.format_within(text, scanner)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_embedding(&mut self, scanner: &mut Scanner<'_>, name: &str) -> Result<bool, Invalid> {
        if name != "input" {
            return Ok(false);
        }
        texts(scanner, name)?;
        self.prompt = true;
        Ok(true)
    }

    fn read_completion(
        &mut self,
        text: &str,
        scanner: &mut Scanner<'_>,
        name: &str,
    ) -> Result<bool, Invalid> {
        match name {
            "prompt" => {
                self.prompts = if scanner.kind()? == speech::json::Kind::Null {
                    scanner.value()?;
                    1
                } else {
                    texts(scanner, name)?
                };
            }
            "stream_options" => self.stream_options = stream_options::read(text, scanner)?,
            "max_tokens" => self.bound(text, scanner, name)?,
            "n" | "best_of" => {
                let count = whole(text, scanner, name, ANSWERS_MAX)?.unwrap_or(1);
                self.answers = self.answers.max(count);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_messages(&mut self, text: &str, scanner: &mut Scanner<'_>) -> Result<(), Invalid> {
        let found = messages(text, scanner)?;
        self.found(found);
        Ok(())
    }

    /// An object that holds the answer's `format` beside other things.
    fn format_within(&mut self, text: &str, scanner: &mut Scanner<'_>) -> Result<(), Invalid> {
        if scanner.kind()? != speech::json::Kind::Object {
            scanner.value()?;
            return Ok(());
        }
        scanner.object(|scanner, name| -> Result<(), Invalid> {
            if name == "format" {
                self.structured(word_in(text, scanner, "type")?.as_deref());
            } else {
                scanner.value()?;
            }
            Ok(())
        })
    }

    fn found(&mut self, found: Found) {
        self.prompt = true;
        self.bound_to_account |= found.bound_to_account;
        if self.surface == Surface::Responses {
            self.marks.extend(found.marks);
            let items = found.stored.into_iter().map(|mark| Stored { mark, field: "input" });
            self.stored.extend(items);
        }
        found.needs.iter().for_each(|capability| self.needs.add(capability));
    }

    fn bound(&mut self, text: &str, scanner: &mut Scanner<'_>, name: &str) -> Result<(), Invalid> {
        let bound = whole(text, scanner, name, OUTPUT_TOKENS_MAX)?;
        self.max_output_tokens = self.max_output_tokens.max(bound);
        Ok(())
    }

    fn structured(&mut self, format: Option<&str>) {
        if format == Some("json_schema") {
            self.needs.add(Capability::StructuredOutput);
        }
    }

    fn reasons(&mut self, asked: bool) {
        if asked {
            self.needs.add(Capability::Reasoning);
        }
    }

    pub(super) fn finish(mut self) -> Result<AskedFor, Invalid> {
        self.marks.drain(..self.marks.len().saturating_sub(MARKS_MAX));
        if self.stored.len() > STORED_MAX {
            let reason = format!("it refers to more than {STORED_MAX} stored items");
            return Err(invalid("input", reason));
        }
        let (model, model_at) = self.model.ok_or_else(|| invalid("model", "it is missing"))?;
        let prompt = match self.surface {
            Surface::Chat | Surface::Messages | Surface::CountTokens => "messages",
            Surface::Responses | Surface::Embeddings => "input",
            // A completion of nothing is a completion.
            Surface::Completions => "",
        };
        if !self.prompt && !prompt.is_empty() {
            return Err(invalid(prompt, "it is missing"));
        }
        let answers = self.answers.saturating_mul(self.prompts);
        if answers > ANSWERS_MAX {
            let reason = format!("it asks for {answers} answers; {ANSWERS_MAX} is the most");
            return Err(invalid("prompt", reason));
        }
        Ok(AskedFor {
            surface: self.surface,
            model,
            model_at,
            begins_at: self.begins_at,
            streamed: self.streamed,
            stream_options: self.stream_options,
            max_output_tokens: self.max_output_tokens,
            answers: u32::try_from(answers).unwrap_or(1),
            needs: self.needs,
            bound_to_account: self.bound_to_account,
            marks: self.marks,
            stored: self.stored,
            priced_apart: self.priced_apart,
        })
    }
}
