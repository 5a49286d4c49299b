//! Why a program's call is refused by us: the one table from meaning to wire.
//!
//! Errors of a provider are not here: they pass through as they came.

use serde::{Deserialize, Serialize};

use crate::kill::KillScope;

/// A refusal of the data plane. Its text never contains a secret, nor whether a key exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", self.message())]
pub enum Refusal {
    /// No key, or one that opens nothing: unknown, revoked and expired look the same.
    InvalidKey,
    /// The tenant or project is suspended.
    Suspended,
    /// The kill switch is thrown over it; of a provider: over every one that could answer.
    Killed {
        /// What is stopped, and not whose nor why.
        scope: KillScope,
    },
    /// The body cannot be read as what the route expects.
    InvalidBody {
        /// The field, as a JSON path; empty for the body as a whole.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The body is larger than we take.
    BodyTooLarge {
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// The headers are larger than we take, or cannot be read.
    InvalidHeader {
        /// The header's name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The key may use no such model.
    UnknownModel {
        /// What was asked for.
        model: String,
    },
    /// No such route.
    UnknownRoute {
        /// `POST /v1/…`.
        route: String,
    },
    /// The route exists, the method does not.
    MethodNotAllowed {
        /// `GET /v1/…`.
        route: String,
    },
    /// The media type is not JSON.
    UnsupportedMediaType,
    /// The idempotency key was used before, for the same request.
    Duplicate {
        /// The call that it ran as.
        call_id: crate::ids::CallId,
    },
    /// The idempotency key is in use by the same request, which has not ended.
    InProgress {
        /// The call that it runs as.
        call_id: crate::ids::CallId,
    },
    /// The idempotency key was used before, for another request.
    IdempotencyConflict,
    /// The model has no price, so that its cost cannot be proven.
    Unpriced {
        /// The alias.
        model: String,
    },
    /// The guard holds the prompt to be an injection, and the tenant's policy is to block.
    PromptBlocked {
        /// The ids of what it saw; never the text.
        signatures: Vec<String>,
    },
    /// The prompt is longer than any target's context.
    ContextTooLong {
        /// Its length in tokens, as we estimate it.
        tokens: u64,
        /// The longest context there is, in tokens.
        most: u32,
    },
    /// As things are set up nothing can answer: every target is switched off, its address is not allowed, or
    /// its key cannot be used.
    NoTarget {
        /// The alias.
        model: String,
    },
    /// The call goes on from what one provider account alone can read, and that account cannot take it.
    AccountAway {
        /// Why, in a few words.
        reason: String,
        /// When to try again, in seconds; `None` where time alone changes nothing.
        retry_after_s: Option<u32>,
    },
    /// The call goes on from answers of several provider accounts, of which none can read all.
    AccountsMixed,
    /// Every provider that could answer has failed of late and is left alone for a while.
    CircuitOpen {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// The node carries as many calls as it can.
    Overloaded,
    /// The database does not answer, or the node cannot confirm that its rules are current.
    Unavailable,
    /// The node is about to stop.
    ShuttingDown,
    /// The provider could not be reached or broke off before the first byte.
    UpstreamFault,
    /// The provider sent what is no answer.
    UpstreamInvalid,
    /// The provider did not answer in time.
    UpstreamTimeout,
    /// A fault of ours; the reference finds it in the log.
    Internal,
}

/// How a refusal goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// HTTP status.
    pub status: u16,
    /// OpenAI's `error.type`.
    pub kind: &'static str,
    /// OpenAI's `error.code`, and the word in the activity feed.
    pub code: &'static str,
    /// Whether sending the same again can help: the `x-should-retry` header that SDKs read.
    pub should_retry: bool,
    /// Seconds for `Retry-After`, where there is one.
    pub retry_after_s: Option<u32>,
}

impl Wire {
    /// Anthropic's `error.type` (docs.anthropic.com, "Errors").
    #[must_use]
    pub const fn anthropic_kind(&self) -> &'static str {
        match self.status {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            400..=499 => "invalid_request_error",
            503 => "overloaded_error",
            504 => "timeout_error",
            _ => "api_error",
        }
    }
}

impl Refusal {
    /// The table.
    #[must_use]
    pub const fn wire(&self) -> Wire {
        const INVALID: &str = "invalid_request_error";
        const SERVER: &str = "server_error";
        let (status, kind, code, should_retry, retry_after_s) = match self {
            Self::InvalidKey => (401, INVALID, "invalid_api_key", false, None),
            Self::Suspended => (403, "permission_error", "suspended", false, None),
            Self::Killed { scope: KillScope::Provider } => {
                (503, SERVER, "kill_switch_provider", false, None)
            }
            Self::Killed { .. } => (403, "permission_error", "kill_switch", false, None),
            Self::InvalidBody { .. } => (400, INVALID, "invalid_request", false, None),
            Self::InvalidHeader { .. } => (400, INVALID, "invalid_header", false, None),
            Self::BodyTooLarge { .. } => (413, INVALID, "request_too_large", false, None),
            Self::UnknownModel { .. } => (404, INVALID, "model_not_found", false, None),
            Self::UnknownRoute { .. } => (404, INVALID, "unknown_url", false, None),
            Self::MethodNotAllowed { .. } => (405, INVALID, "method_not_allowed", false, None),
            Self::UnsupportedMediaType => (415, INVALID, "unsupported_media_type", false, None),
            Self::Duplicate { .. } => (409, INVALID, "idempotency_key_used", false, None),
            Self::InProgress { .. } => (409, INVALID, "idempotency_key_in_progress", true, Some(1)),
            Self::IdempotencyConflict => (409, INVALID, "idempotency_key_conflict", false, None),
            Self::Unpriced { .. } => (403, "permission_error", "model_unpriced", false, None),
            Self::PromptBlocked { .. } => (400, INVALID, "prompt_blocked", false, None),
            Self::ContextTooLong { .. } => (400, INVALID, "context_length_exceeded", false, None),
            Self::NoTarget { .. } => (503, SERVER, "model_unavailable", false, None),
            Self::AccountAway { retry_after_s, .. } => {
                let again = retry_after_s.is_some();
                (503, SERVER, "provider_account_unavailable", again, *retry_after_s)
            }
            Self::AccountsMixed => (400, INVALID, "provider_accounts_mixed", false, None),
            Self::CircuitOpen { retry_after_s } => {
                (503, SERVER, "provider_circuit_open", true, Some(*retry_after_s))
            }
            Self::Overloaded => (503, SERVER, "overloaded", true, Some(1)),
            Self::Unavailable => (503, SERVER, "unavailable", true, Some(1)),
            Self::ShuttingDown => (503, SERVER, "shutting_down", true, Some(1)),
            Self::UpstreamFault => (502, SERVER, "provider_unreachable", true, None),
            Self::UpstreamInvalid => (502, SERVER, "provider_invalid_answer", true, None),
            Self::UpstreamTimeout => (504, SERVER, "provider_timeout", true, None),
            Self::Internal => (500, SERVER, "internal_error", true, None),
        };
        Wire { status, kind, code, should_retry, retry_after_s }
    }

    /// The field at fault, for OpenAI's `error.param`.
    #[must_use]
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::InvalidBody { field, .. } if !field.is_empty() => Some(field),
            Self::InvalidHeader { name, .. } => Some(name),
            Self::UnknownModel { .. } | Self::Unpriced { .. } | Self::NoTarget { .. } => {
                Some("model")
            }
            Self::AccountsMixed => Some("input"),
            Self::ContextTooLong { .. } => Some("messages"),
            Self::Duplicate { .. } | Self::InProgress { .. } | Self::IdempotencyConflict => {
                Some("Idempotency-Key")
            }
            _ => None,
        }
    }

    /// One sentence for the program's author, with the remedy where there is one.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::InvalidKey => "No valid TokenOne API key was given. Send one as \
                `Authorization: Bearer t1_live_…`; keys are made in the dashboard."
                .into(),
            Self::Suspended => "This tenant or project is suspended; ask its administrator.".into(),
            Self::Killed { scope: KillScope::Provider } => {
                "Every provider of this model is stopped \
                by the kill switch (provider). Trying again does not help until it is released; \
                another model may answer."
                    .into()
            }
            Self::Killed { scope } => format!(
                "Calls are stopped by the kill switch ({}). Trying again does not help until it is \
                 released; your administrator can say more.",
                scope.as_str()
            ),
            Self::InvalidBody { field, reason } if field.is_empty() => {
                format!("The request body is not valid: {reason}.")
            }
            Self::InvalidBody { field, reason } => format!("`{field}` is not valid: {reason}."),
            Self::InvalidHeader { name, reason } => {
                format!("The header `{name}` is not valid: {reason}.")
            }
            Self::BodyTooLarge { limit_bytes } => {
                format!("The request body is larger than the limit of {limit_bytes} bytes.")
            }
            Self::UnknownModel { model } => format!(
                "The model `{model}` does not exist or this key may not use it; \
                 `GET /v1/models` lists those it may."
            ),
            Self::UnknownRoute { route } => format!("Unknown request URL: {route}."),
            Self::MethodNotAllowed { route } => format!("Method not allowed: {route}."),
            Self::UnsupportedMediaType => {
                "The request body must be sent as `Content-Type: application/json`.".into()
            }
            Self::Duplicate { call_id } => format!(
                "This idempotency key was already used for this request, which ran as call {call_id}; \
                 nothing was sent or charged again."
            ),
            Self::InProgress { call_id } => format!(
                "This idempotency key is in use by this request, which still runs as call {call_id}; \
                 nothing was sent or charged again."
            ),
            Self::IdempotencyConflict => "This idempotency key was already used for another \
                request; use a new key for a new request."
                .into(),
            Self::Unpriced { model } => format!(
                "The model `{model}` has no price, so it cannot be charged provably; \
                 ask the operator to price it."
            ),
            Self::PromptBlocked { signatures } => format!(
                "This request was refused by the guard: it reads like a prompt injection ({}). Nothing was \
                 sent or charged. If it is none, your administrator can report it and change the policy.",
                signatures.join(", ")
            ),
            Self::ContextTooLong { tokens, most } => format!(
                "This request has about {tokens} tokens, and the longest context behind this model \
                 takes {most}; shorten it."
            ),
            Self::NoTarget { model } => format!(
                "No provider behind the model `{model}` can be called as it is set up. Trying again does \
                 not help; ask the operator, or use another model."
            ),
            Self::AccountAway { reason, retry_after_s } => {
                let remedy = match retry_after_s {
                    Some(seconds) => format!("retry in {seconds} s"),
                    None => "trying again does not help".into(),
                };
                format!(
                    "This call goes on from an answer that only the provider account which gave it can \
                     read, and that account cannot take the call: {reason}. It was sent to no other; \
                     {remedy}, or begin anew without the earlier response and its encrypted reasoning."
                )
            }
            Self::AccountsMixed => "This call goes on from answers of more than one provider account, and \
                none can read them all; leave the response or the encrypted reasoning of all but one out."
                .into(),
            Self::CircuitOpen { retry_after_s } => format!(
                "Every provider behind this model has failed of late and is left alone; retry in \
                 {retry_after_s} s."
            ),
            Self::Overloaded => {
                "The gateway is at its limit of calls in flight; retry shortly.".into()
            }
            Self::Unavailable => {
                "The gateway cannot admit calls at the moment; retry shortly.".into()
            }
            Self::ShuttingDown => "This node is about to stop; retry on another connection.".into(),
            Self::UpstreamFault => "The provider could not be reached or broke off.".into(),
            Self::UpstreamInvalid => "The provider's answer could not be read.".into(),
            Self::UpstreamTimeout => "The provider did not answer in time.".into(),
            Self::Internal => {
                "The gateway failed; the request id finds the reason in its log.".into()
            }
        }
    }
}
