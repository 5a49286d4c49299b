//! Errors of a provider, told in the client's dialect: the message word for word, the type by status.

use std::borrow::Cow;

use domain::provider::Surface;

use crate::node::{Members, Node};
use crate::pen::{Object, event, object};

/// Longest text that is taken for a message where the body is no error of a known form, in bytes.
const MESSAGE_BYTES_MAX: usize = 4096;
/// What is said where a provider says nothing.
const SILENT: &str = "The provider gave no reason.";

/// An error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    /// HTTP status, or the one that the error would have.
    pub(crate) status: u16,
    pub(crate) message: String,
    /// OpenAI's `code`.
    pub(crate) code: Option<String>,
    /// OpenAI's `param`.
    pub(crate) param: Option<String>,
}

/// A provider's error body in the client's dialect.
pub(crate) fn translate(provider: Surface, client: Surface, status: u16, body: &[u8]) -> Vec<u8> {
    let is_anthropic = |surface| surface == Surface::Messages;
    let node = Node::read(body).ok();
    let told = node.is_some_and(|node| node.get("error").is_some_and(Node::is_object));
    // OpenAI's two dialects have one form of errors.
    if told && is_anthropic(provider) == is_anthropic(client) {
        return body.to_vec();
    }
    let failure = match node.and_then(|node| Failure::read(node, Some(status))) {
        Some(failure) => failure,
        None => Failure { status, message: plain(body), ..Failure::default() },
    };
    let mut out = Vec::new();
    object(&mut out, |o| match client {
        Surface::Messages => failure.write_anthropic(o),
        _ => failure.write_openai(o),
    });
    out
}

/// A body that is no JSON, as a message.
fn plain(body: &[u8]) -> String {
    let body = body.get(..MESSAGE_BYTES_MAX).unwrap_or(body);
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() { SILENT.to_owned() } else { text.to_owned() }
}

impl Failure {
    /// Reads an error: `{"error": {…}}` of either family, `{"error": "…"}`, or the error itself.
    pub(crate) fn read(node: Node<'_>, status: Option<u16>) -> Option<Self> {
        let outer = node.members()?;
        if let Some(error) = outer.get("error") {
            return match error.members() {
                Some(error) => Some(Self::of(&error, status)),
                None => Some(Self::said(error.text()?, status.unwrap_or(500))),
            };
        }
        if outer.get("message").is_some() {
            return Some(Self::of(&outer, status));
        }
        let detail = outer.get("detail")?;
        Some(Self::said(
            detail.text().unwrap_or(Cow::Borrowed(detail.raw())),
            status.unwrap_or(500),
        ))
    }

    fn said(message: Cow<'_, str>, status: u16) -> Self {
        Self { status, message: message.into_owned(), ..Self::default() }
    }

    fn of(error: &Members<'_>, status: Option<u16>) -> Self {
        let kind = error.text("type").unwrap_or_default();
        let code = error.get("code");
        let numbered = code.and_then(Node::whole).and_then(|code| u16::try_from(code).ok());
        let word = code.and_then(Node::text).map(Cow::into_owned);
        let status = status
            .or(numbered.filter(|code| (400..600).contains(code)))
            .unwrap_or_else(|| status_of(&kind, word.as_deref()));
        let message = error.text("message").map_or_else(|| SILENT.to_owned(), Cow::into_owned);
        let code = word.or_else(|| code_of(&kind, &message).map(str::to_owned));
        Self { status, message, code, param: error.text("param").map(Cow::into_owned) }
    }

    /// Writes OpenAI's form.
    pub(crate) fn write_openai(&self, o: &mut Object<'_>) {
        o.object("error", |o| {
            o.text("message", &self.message);
            o.text("type", openai_type(self.status));
            o.text_or_null("param", self.param.as_deref());
            o.text_or_null("code", self.code.as_deref());
        });
    }

    /// Writes Anthropic's form.
    pub(crate) fn write_anthropic(&self, o: &mut Object<'_>) {
        o.text("type", "error");
        o.object("error", |o| {
            o.text("type", anthropic_type(self.status));
            o.text("message", &self.message);
        });
    }

    /// Writes it as an event of a stream of Chat or Messages.
    pub(crate) fn write_event(&self, client: Surface, out: &mut Vec<u8>) {
        match client {
            Surface::Messages => event(out, Some("error"), |o| self.write_anthropic(o)),
            _ => event(out, None, |o| self.write_openai(o)),
        }
    }

    /// The code that Responses gives in a failed answer.
    pub(crate) fn response_code(&self) -> &str {
        match self.code.as_deref() {
            Some(code) => code,
            None if self.status == 429 => "rate_limit_exceeded",
            None if self.status < 500 => "invalid_prompt",
            None => "server_error",
        }
    }
}

const fn openai_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        400..=499 => "invalid_request_error",
        _ => "server_error",
    }
}

const fn anthropic_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        400..=499 => "invalid_request_error",
        504 => "timeout_error",
        503 | 529 => "overloaded_error",
        _ => "api_error",
    }
}

/// The status that an error in mid-stream would have had.
fn status_of(kind: &str, code: Option<&str>) -> u16 {
    match (kind, code) {
        (_, Some("rate_limit_exceeded" | "insufficient_quota"))
        | ("rate_limit_error" | "requests" | "tokens" | "insufficient_quota", _) => 429,
        (_, Some("overloaded")) | ("overloaded_error", _) => 529,
        (_, Some("provider_timeout")) | ("timeout_error", _) => 504,
        ("authentication_error", _) => 401,
        ("billing_error", _) => 402,
        ("permission_error", _) => 403,
        ("not_found_error", _) => 404,
        ("request_too_large", _) => 413,
        ("invalid_request_error", _) => 400,
        _ => 500,
    }
}

/// OpenAI's code for an error of Anthropic, where clients act on it.
fn code_of(kind: &str, message: &str) -> Option<&'static str> {
    match kind {
        "invalid_request_error" if message.starts_with("prompt is too long") => {
            Some("context_length_exceeded")
        }
        "billing_error" => Some("insufficient_quota"),
        "invalid_request_error" if message.contains("credit balance is too low") => {
            Some("insufficient_quota")
        }
        "rate_limit_error" => Some("rate_limit_exceeded"),
        "overloaded_error" => Some("overloaded"),
        _ => None,
    }
}

/// A failure of the gateway's own in mid-stream.
pub(crate) fn own(code: &str, message: &str) -> Failure {
    Failure {
        status: status_of("", Some(code)),
        message: message.to_owned(),
        code: Some(code.to_owned()),
        param: None,
    }
}
