//! Errors in each dialect's own shape.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{
    dialect::{Dialect, json},
    script,
};

/// A refusal, or an error that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// The parameter at fault. Anthropic's shape has no place for it.
    pub(crate) param: Option<&'static str>,
    /// A word for programs. Anthropic's shape has no place for it.
    pub(crate) code: Option<&'static str>,
}

#[derive(Serialize)]
struct OpenAiError<'a> {
    error: OpenAiDetail<'a>,
}

#[derive(Serialize)]
struct OpenAiDetail<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    param: Option<&'static str>,
    code: Option<&'static str>,
}

#[derive(Serialize)]
struct AnthropicError<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    error: AnthropicDetail<'a>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct AnthropicDetail<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    message: &'a str,
}

impl Problem {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into(), param: None, code: None }
    }

    pub(crate) fn bad_param(
        param: &'static str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { param: Some(param), code: Some(code), ..Self::bad_request(message) }
    }

    pub(crate) fn unauthorized(message: &str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: Some("invalid_api_key"),
            ..Self::bad_request(message)
        }
    }

    /// A model that does not exist, or not on this surface.
    pub(crate) fn no_model(model: &str) -> Self {
        let model = crate::tokens::prefix(model, 200);
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::bad_param(
                "model",
                "model_not_found",
                format!("The simulator has no model `{model}` here."),
            )
        }
    }

    pub(crate) fn not_found(path: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::bad_request(format!("The simulator serves nothing at {path} by this method."))
        }
    }

    pub(crate) fn too_large(bytes_max: usize) -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            ..Self::bad_request(format!(
                "The body could not be read, or is over {bytes_max} bytes."
            ))
        }
    }

    /// Settings that a script may not have, all of them named.
    pub(crate) fn simulation(refused: &[String]) -> Self {
        Self::bad_param(
            script::HEADER,
            "unknown_simulation",
            format!("Unknown or impossible simulation settings: {}.", refused.join("; ")),
        )
    }

    /// The error that a script asked for.
    pub(crate) fn scripted(status: StatusCode) -> Self {
        let (code, reason) = match status.as_u16() {
            401 => (Some("invalid_api_key"), "a wrong API key"),
            429 => (Some("rate_limit_exceeded"), "a rate limit"),
            503 | 529 => (None, "an overloaded provider"),
            500..=599 => (None, "a provider's internal error"),
            _ => (None, "a refused request"),
        };
        let message = format!("Simulated: {reason} ({}). No model was asked.", status.as_u16());
        Self { status, message, param: None, code }
    }

    /// The error as JSON.
    pub(crate) fn body(&self, dialect: Dialect, request_id: &str) -> String {
        match dialect {
            Dialect::OpenAi => json(&OpenAiError {
                error: OpenAiDetail {
                    message: &self.message,
                    kind: openai_kind(self.status),
                    param: self.param,
                    code: self.code,
                },
            }),
            Dialect::Anthropic => json(&AnthropicError {
                kind: "error",
                error: AnthropicDetail {
                    kind: anthropic_kind(self.status),
                    message: &self.message,
                },
                request_id,
            }),
        }
    }

    /// The error as a response.
    pub(crate) fn response(&self, dialect: Dialect, request_id: &str) -> Response {
        let mut response = Body::from(self.body(dialect, request_id)).into_response();
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        crate::deliver::mark(headers, request_id);
        response
    }
}

/// The types in OpenAI's published error bodies.
fn openai_kind(status: StatusCode) -> &'static str {
    match status.as_u16() {
        429 => "requests",
        500..=599 => "server_error",
        _ => "invalid_request_error",
    }
}

/// The types in Anthropic's table of errors.
fn anthropic_kind(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        500..=599 => "api_error",
        _ => "invalid_request_error",
    }
}
