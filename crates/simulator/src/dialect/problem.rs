//! Errors in each dialect's own shape.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{
    dialect::{Dialect, json},
    script,
};

/// Where AWS puts the type of an error.
const AWS_ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// A refusal, or an error that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// The parameter at fault. Anthropic's shape has no place for it.
    pub(crate) param: Option<&'static str>,
    /// A word for programs. Anthropic's shape has no place for it.
    pub(crate) code: Option<&'static str>,
    /// The error's type, where it does not follow from the status.
    pub(crate) kind: Option<&'static str>,
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

#[derive(Serialize)]
struct BedrockError<'a> {
    message: &'a str,
}

impl Problem {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
            param: None,
            code: None,
            kind: None,
        }
    }

    pub(crate) fn bad_param(
        param: &'static str,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { param: Some(param), code: Some(code), ..Self::bad_request(message) }
    }

    /// A limit under which nothing at all could be said.
    pub(crate) fn too_few_tokens(param: &'static str) -> Self {
        let message = format!("`{param}` is at least 1.");
        Self::bad_param(param, "integer_below_min_value", message)
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

    /// A path of Azure's without the version of its API.
    pub(crate) fn no_version() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::bad_request("Resource not found: `api-version` is missing from the query.")
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
        Self { status, code, ..Self::bad_request(message) }
    }

    /// The error of an account that has no money left, in each provider's own words.
    pub(crate) fn out_of_credit(dialect: Dialect, status: Option<StatusCode>) -> Self {
        match dialect {
            Dialect::OpenAi => Self {
                status: status.unwrap_or(StatusCode::TOO_MANY_REQUESTS),
                code: Some("insufficient_quota"),
                kind: Some("insufficient_quota"),
                ..Self::bad_request(
                    "You exceeded your current quota, please check your plan and billing details. \
                     (Simulated.)",
                )
            },
            Dialect::Anthropic | Dialect::Bedrock => Self {
                status: status.unwrap_or(StatusCode::BAD_REQUEST),
                ..Self::bad_request(
                    "Your credit balance is too low to access the Anthropic API. Please go to \
                     Plans & Billing to upgrade or purchase credits. (Simulated.)",
                )
            },
        }
    }

    /// The error as JSON.
    pub(crate) fn body(&self, dialect: Dialect, request_id: &str) -> String {
        match dialect {
            Dialect::OpenAi => json(&OpenAiError {
                error: OpenAiDetail {
                    message: &self.message,
                    kind: self.kind(dialect),
                    param: self.param,
                    code: self.code,
                },
            }),
            Dialect::Anthropic => json(&AnthropicError {
                kind: "error",
                error: AnthropicDetail { kind: self.kind(dialect), message: &self.message },
                request_id,
            }),
            Dialect::Bedrock => json(&BedrockError { message: &self.message }),
        }
    }

    /// The error's type in a dialect.
    pub(crate) fn kind(&self, dialect: Dialect) -> &'static str {
        self.kind.unwrap_or(match dialect {
            Dialect::OpenAi => openai_kind(self.status),
            Dialect::Anthropic => anthropic_kind(self.status),
            Dialect::Bedrock => bedrock_kind(self.status),
        })
    }

    /// The error as a response.
    pub(crate) fn response(&self, dialect: Dialect, request_id: &str) -> Response {
        let mut response = Body::from(self.body(dialect, request_id)).into_response();
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if dialect == Dialect::Bedrock {
            headers.insert(AWS_ERROR_TYPE, HeaderValue::from_static(self.kind(dialect)));
        }
        crate::deliver::mark(headers, dialect, request_id);
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

/// The exceptions that Bedrock's reference names.
fn bedrock_kind(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 | 403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "ModelTimeoutException",
        424 => "ModelErrorException",
        429 => "ThrottlingException",
        503 | 529 => "ServiceUnavailableException",
        500..=599 => "InternalServerException",
        _ => "ValidationException",
    }
}
